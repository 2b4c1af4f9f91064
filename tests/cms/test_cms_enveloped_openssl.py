"""Messages that OpenSSL's command line encrypted, and what OpenSSL makes of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from letterlock.cms import CertificateKey, PasswordKey, WrappingKey
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, Identity, identity
from tests.cms.decrypting import decrypt
from tests.cms.envelope import enveloped, transport
from tests.cms.test_cms_openssl import OpenSsl

LEGACY = ("-provider", "legacy", "-provider", "default")


@pytest.fixture
def openssl(tmp_path: Path) -> OpenSsl:
    return OpenSsl(tmp_path)


def key_of(who: Identity) -> CertificateKey:
    return CertificateKey(who.certificate, who.key)


def encrypt(openssl: OpenSsl, who: Identity | None, *options: str) -> bytes:
    recipient: tuple[str, ...] = ()
    if who is not None:
        pem = openssl.folder / f"{who.certificate.serial_number}.crt"
        pem.write_bytes(who.certificate.public_bytes(serialization.Encoding.PEM))
        recipient = ("-recip", str(pem))
    made = openssl.run("cms", "-encrypt", "-binary", "-in", openssl.content, "-outform", "DER", *recipient, *options)
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


OAEP = ("-keyopt", "rsa_padding_mode:oaep")


@pytest.mark.parametrize("form", [(), ("-stream",), ("-keyid",)], ids=["DER", "BER", "key identifier"])
@pytest.mark.parametrize(
    ("kind", "options", "content", "way", "weak"),
    [
        ("RSA", ("-aes128",), "AES-128-CBC", "RSA PKCS#1 v1.5", ()),
        ("RSA", ("-aes192",), "AES-192-CBC", "RSA PKCS#1 v1.5", ()),
        ("RSA", ("-aes-128-gcm",), "AES-128-GCM", "RSA PKCS#1 v1.5", ()),
        ("RSA", ("-aes-192-gcm",), "AES-192-GCM", "RSA PKCS#1 v1.5", ()),
        ("RSA", ("-aes-256-gcm", *OAEP), "AES-256-GCM", "RSA-OAEP with SHA-1", ()),
        ("RSA", ("-aes256", *OAEP, "-keyopt", "rsa_oaep_md:sha256"), "AES-256-CBC", "RSA-OAEP with SHA-256", ()),
        (
            "RSA",
            ("-aes256", *OAEP, "-keyopt", "rsa_oaep_md:sha512", "-keyopt", "rsa_mgf1_md:sha1"),
            "AES-256-CBC",
            "RSA-OAEP with SHA-512",
            (),
        ),
        (
            "RSA",
            ("-aes256", *OAEP, "-keyopt", "rsa_mgf1_md:sha384", "-keyopt", "rsa_oaep_label:0123456789"),
            "AES-256-CBC",
            "RSA-OAEP with SHA-1",
            (),
        ),
        ("RSA", ("-des3",), "3DES", "RSA PKCS#1 v1.5", ("3DES",)),
        ("RSA", ("-rc2-128", *LEGACY), "RC2-128", "RSA PKCS#1 v1.5", ("RC2-128",)),
        ("RSA", ("-des", *LEGACY), "DES", "RSA PKCS#1 v1.5", ("DES",)),
        ("RSA 1024", ("-aes256",), "AES-256-CBC", "RSA PKCS#1 v1.5", ("RSA 1024",)),
        ("P-256", ("-aes256",), "AES-256-CBC", "ECDH with X9.63 and SHA-1", ()),
        ("P-384", ("-aes-256-gcm", "-keyopt", "ecdh_kdf_md:sha384"), "AES-256-GCM", "ECDH with X9.63 and SHA-384", ()),
        ("P-521", ("-aes256", "-keyopt", "ecdh_kdf_md:sha512"), "AES-256-CBC", "ECDH with X9.63 and SHA-512", ()),
        (
            "P-256",
            ("-aes128", "-keyopt", "ecdh_cofactor_mode:1", "-keyopt", "ecdh_kdf_md:sha224"),
            "AES-128-CBC",
            "cofactor ECDH with X9.63 and SHA-224",
            (),
        ),
        (
            "brainpoolP384r1",
            ("-aes256", "-aes128-wrap", "-keyopt", "ecdh_kdf_md:sha256"),
            "AES-256-CBC",
            "ECDH with X9.63 and SHA-256",
            (),
        ),
        ("P-256", ("-aes128", "-des3-wrap"), "AES-128-CBC", "ECDH with X9.63 and SHA-1", ("3DES key wrap",)),
        ("P-256", ("-des3", "-des3-wrap"), "3DES", "ECDH with X9.63 and SHA-1", ("3DES", "3DES key wrap")),
    ],
)
def test_encrypted_by_openssl(
    openssl: OpenSsl,
    kind: str,
    options: tuple[str, ...],
    content: str,
    way: str,
    weak: tuple[str, ...],
    form: tuple[str, ...],
) -> None:
    """What OpenSSL encrypts opens, in DER and in streamed BER, and is named rightly."""
    who = identity(kind)
    octets = encrypt(openssl, who, *options, *form)
    for size in (None, 1, 100):
        decrypted, text = decrypt(octets, [key_of(who)], size)
        assert text == CONTENT
        assert (decrypted.algorithm, decrypted.key_encryption, decrypted.weak) == (content, way, weak)
        assert decrypted.authenticated == ("GCM" in content)


def test_several_recipients(openssl: OpenSsl) -> None:
    """Each recipient of one message opens it with the own key, whatever the other keys at hand."""
    people = [identity("RSA"), identity("P-256"), identity("RSA", "Clara"), identity("brainpoolP256r1")]
    files = [str(openssl.write(who, f"person{number}")[0]) for number, who in enumerate(people)]
    made = openssl.run("cms", "-encrypt", "-binary", "-in", openssl.content, "-outform", "DER", "-aes256", *files)
    assert made.returncode == 0, made.stderr.decode()
    for who in people:
        key = key_of(who)
        decrypted, text = decrypt(made.stdout, [key_of(identity("P-384")), key])
        assert text == CONTENT
        assert decrypted.key is key


def test_shared_keys_of_openssl(openssl: OpenSsl) -> None:
    """KEKRecipientInfo with AES key wrap."""
    octets = encrypt(openssl, None, "-aes256", "-secretkey", e.KEY.hex(), "-secretkeyid", "f00d")
    decrypted, text = decrypt(octets, [WrappingKey(e.KEY, b"\xf0\x0d")])
    assert text == CONTENT
    assert decrypted.key_encryption == "AES-256 key wrap"


def test_passwords_of_openssl(openssl: OpenSsl) -> None:
    """PasswordRecipientInfo, beside a certificate's."""
    octets = encrypt(openssl, identity("RSA"), "-aes256", "-pwri_password", "open sesame")
    assert decrypt(octets, [PasswordKey(b"open sesame")])[1] == CONTENT
    assert decrypt(octets, [key_of(identity("RSA"))])[1] == CONTENT


@pytest.mark.parametrize("pieces", [None, 10])
@pytest.mark.parametrize("content", [e.cbc(), e.gcm()], ids=["CBC", "GCM"])
def test_openssl_opens_what_the_tests_build(openssl: OpenSsl, content: e.Content, pieces: int | None) -> None:
    """The builder of these tests makes messages that OpenSSL opens too: a good one is really good."""
    who = identity("RSA")
    certificate, key = openssl.write(who, "receiver")
    octets = enveloped([transport(who.certificate)], content, pieces=pieces)
    (openssl.folder / "built").write_bytes(octets)
    opened = openssl.run(
        "cms", "-decrypt", "-binary", "-inform", "DER", "-in", "built", "-recip", certificate, "-inkey", key
    )
    assert opened.returncode == 0, opened.stderr.decode()
    assert opened.stdout == CONTENT
