"""What is encrypted here opens here, in every way to every kind of key; others are asked in `tests/interop`."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from letterlock import limits
from letterlock.cms import (
    CertificateKey,
    DecryptionFailed,
    EncryptedReader,
    EncryptedWriter,
    EnvelopedWriter,
    NoRecipientKey,
    PasswordKey,
    PasswordRecipient,
    RecipientInfo,
    SharedKeyRecipient,
    WrappingKey,
    content_type,
    der,
    recipient_for,
)
from letterlock.cms import failures as f
from letterlock.cms.content_encrypting import CREATED
from letterlock.cms.create_recipients import AgreementRecipient
from tests.cms.builder import CONTENT, SIGNED_DATA, identity
from tests.cms.decrypting import decrypt
from tests.cms.envelope import AUTH_ENVELOPED, ENVELOPED, receiver

PASSWORD = b"correct horse"
SHARED = WrappingKey(bytes(range(32)), b"ours")
"""A key that both sides have."""


def encrypt(
    recipients: Sequence[RecipientInfo],
    algorithm: str = "AES-256-GCM",
    content: bytes = CONTENT,
    *,
    size: int = 1_000,
    length: int | None = None,
    content_type: str | None = None,
    derived_key: bool = False,
) -> bytes:
    """The object around the content, written in chunks of `size`."""
    out: list[bytes] = []
    more = {} if content_type is None else {"content_type": content_type}
    writer = EnvelopedWriter(out.append, recipients, algorithm, length=length, derived_key=derived_key, **more)
    for position in range(0, len(content), size):
        writer.write(content[position : position + size])
    writer.close()
    return b"".join(out)


def is_der(octets: bytes) -> bool:
    return der.walk(octets, 0, len(octets), 100, 100_000)[1] == -1


KINDS = ("RSA", "P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1",
         "X25519", "X448", "ML-KEM-768", "ML-KEM-1024")  # fmt: skip


@pytest.mark.parametrize("by_key_identifier", [False, True], ids=["issuer and serial", "key identifier"])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key(kind: str, by_key_identifier: bool) -> None:
    """To each kind of key in the way that goes with it; nothing of it is called weak."""
    key = receiver(kind)
    for algorithm in ("AES-256-GCM", "AES-256-CBC"):
        made = encrypt([recipient_for(key.certificate, by_key_identifier=by_key_identifier)], algorithm)
        said, content = decrypt(made, [key])
        assert content == CONTENT
        assert (said.algorithm, said.weak, said.authenticated) == (algorithm, (), algorithm.endswith("GCM"))
        with pytest.raises(NoRecipientKey):
            decrypt(made, [CertificateKey(identity("RSA", "Eve").certificate, identity("RSA", "Eve").key)])


@pytest.mark.parametrize("oaep", ["SHA-1", "SHA-256", "SHA-384", "SHA-512"])
def test_oaep(oaep: str) -> None:
    """RSA-OAEP with one hash for everything."""
    key = receiver("RSA")
    said, content = decrypt(encrypt([recipient_for(key.certificate, oaep=oaep)]), [key])
    assert (content, said.key_encryption) == (CONTENT, f"RSA-OAEP with {oaep}")


@pytest.mark.parametrize(
    ("kind", "agreement"),
    [
        (kind, f"ECDH with {derivation} and SHA-{bits}")
        for kind in ("P-256", "X25519", "X448")
        for derivation in ("X9.63", "HKDF")
        for bits in (256, 384, 512)
    ],
)
def test_agreements(kind: str, agreement: str) -> None:
    """Each key derivation with each kind of key."""
    key = receiver(kind)
    public = key.certificate.public_key()
    made = encrypt([AgreementRecipient(key.certificate, public, agreement)])  # type: ignore[arg-type]
    said, content = decrypt(made, [key])
    assert (content, said.key_encryption) == (CONTENT, agreement)


@pytest.mark.parametrize("algorithm", CREATED)
@pytest.mark.parametrize("octets", [0, 1, 15, 16, 17, 16_384, 40_000])
def test_content_of_any_length(algorithm: str, octets: int) -> None:
    """Every algorithm, with a stated length (DER) and without (BER), read whole and in pieces."""
    content = bytes(range(256)) * (octets // 256) + b"x" * (octets % 256)
    to = [SharedKeyRecipient(SHARED.octets, SHARED.identifier)]
    for length in (None, octets):
        made = encrypt(to, algorithm, content, length=length, size=777)
        assert is_der(made) == (length is not None)
        for size in (None, 100):
            said, opened = decrypt(made, [SHARED], size)
            assert (opened, said.algorithm) == (content, algorithm)
        expected = ENVELOPED if algorithm.endswith("CBC") else AUTH_ENVELOPED
        assert content_type(made) == expected


@pytest.mark.parametrize("bits", [128, 192, 256])
def test_shared_keys(bits: int) -> None:
    """AES keys of every length."""
    octets = bytes(range(bits // 8))
    made = encrypt([SharedKeyRecipient(octets, b"ours")])
    said, content = decrypt(made, [WrappingKey(octets, b"ours")])
    assert (content, said.key_encryption) == (CONTENT, f"AES-{bits} key wrap")


@pytest.mark.parametrize("algorithm", ["AES-128-CBC", "AES-192-GCM", "AES-256-GCM"])
def test_passwords(algorithm: str) -> None:
    """The password opens it, another one does not."""
    made = encrypt([PasswordRecipient(PASSWORD, 1_000)], algorithm)
    assert decrypt(made, [PasswordKey(PASSWORD)])[1] == CONTENT
    with pytest.raises(DecryptionFailed):
        decrypt(made, [PasswordKey(b"wrong")])


def test_several_recipients() -> None:
    """Each of them opens it alone, whatever stands beside."""
    keys = [receiver(kind) for kind in KINDS]
    made = encrypt(
        [
            *(recipient_for(key.certificate) for key in keys),
            SharedKeyRecipient(SHARED.octets, SHARED.identifier),
            PasswordRecipient(PASSWORD, 1_000),
        ]
    )
    for key in (*keys, SHARED, PasswordKey(PASSWORD)):
        assert decrypt(made, [key])[1] == CONTENT


def test_the_content_type_is_authenticated() -> None:
    """What is no plain data says so where nobody can change it (RFC 5083 §2.1)."""
    key = receiver("RSA")
    made = encrypt([recipient_for(key.certificate)], content_type=SIGNED_DATA, length=len(CONTENT))
    said, content = decrypt(made, [key])
    assert (said.content_type, content) == (SIGNED_DATA, CONTENT)
    assert [each.oid for each in said.attributes] == ["1.2.840.113549.1.9.3"]
    position = made.rindex(bytes.fromhex("2a864886f70d010702"))
    changed = made[:position] + bytes.fromhex("2a864886f70d010701") + made[position + 9 :]
    with pytest.raises(DecryptionFailed):
        decrypt(changed, [key])


def test_nothing_repeats() -> None:
    """Two objects over one content have nothing but their frame in common."""
    to = [recipient_for(receiver("RSA").certificate)]
    one, two = encrypt(to, length=len(CONTENT)), encrypt(to, length=len(CONTENT))
    assert one[-len(CONTENT) :] != two[-len(CONTENT) :]


def test_every_changed_octet_is_noticed() -> None:
    """Under GCM no change of the object yields other content."""
    made = encrypt([SharedKeyRecipient(SHARED.octets, SHARED.identifier)], length=len(CONTENT))
    for position in range(len(made)):
        changed = made[:position] + bytes((made[position] ^ 1,)) + made[position + 1 :]
        try:
            _, content = decrypt(changed, [SHARED])
        except (f.CmsFailure, f.DecryptionFailure):
            continue
        assert content == CONTENT


@pytest.mark.parametrize("length", [None, len(CONTENT)])
@pytest.mark.parametrize("bits", [128, 192, 256])
def test_encrypted_data(bits: int, length: int | None) -> None:
    """Under a key that both have already (RFC 5652 §8)."""
    key = bytes(range(bits // 8))
    out: list[bytes] = []
    writer = EncryptedWriter(out.append, key, f"AES-{bits}-CBC", length=length)
    writer.write(CONTENT)
    writer.close()
    content: list[bytes] = []
    reader = EncryptedReader(content.append, key)
    reader.feed(b"".join(out))
    assert not reader.close().authenticated
    assert b"".join(content) == CONTENT


@pytest.mark.parametrize(
    ("algorithm", "named"),
    [("3DES", "3DES"), ("RC2-128", "RC2-128"), ("Camellia-256", "Camellia-256"), ("rot13", "rot13")],
)
def test_old_and_unknown_algorithms_are_not_written(algorithm: str, named: str) -> None:
    """What is read with a warning is never written."""
    with pytest.raises(f.EncryptingNotSupported) as caught:
        encrypt([SharedKeyRecipient(SHARED.octets, SHARED.identifier)], algorithm)
    assert caught.value.algorithm == named


def test_keys_that_are_not_encrypted_to() -> None:
    """Weak and signing keys, unknown hashes and curves, shared keys that AES does not have."""
    for kind, named in (("RSA 1024", "RSA 1024"), ("Ed25519", "Ed25519"), ("secp256k1", "ECDH on secp256k1")):
        with pytest.raises(f.EncryptingNotSupported) as caught:
            recipient_for(identity(kind).certificate)
        assert caught.value.algorithm == named
    with pytest.raises(f.EncryptingNotSupported):
        recipient_for(identity("RSA").certificate, oaep="MD5")
    with pytest.raises(f.EncryptingNotSupported):
        encrypt([SharedKeyRecipient(bytes(8), b"short")])
    key = receiver("P-256")
    with pytest.raises(f.EncryptingNotSupported):
        AgreementRecipient(key.certificate, key.certificate.public_key(), "ECMQV")  # type: ignore[arg-type]
    with pytest.raises(f.EncryptingNotSupported):
        EncryptedWriter(lambda octets: None, bytes(32), "AES-256-GCM")


def test_a_key_identifier_that_is_not_there() -> None:
    """Only an identifier that the certificate states is written."""
    with pytest.raises(f.EncryptingNotSupported):
        recipient_for(receiver("RSA", identified=False).certificate, by_key_identifier=True)


def test_mistakes_of_the_caller() -> None:
    """No recipients, a key of another length, content of another length."""
    with pytest.raises(ValueError, match="nobody"):
        encrypt([])
    with pytest.raises(ValueError, match="length"):
        EncryptedWriter(lambda octets: None, bytes(16), "AES-256-CBC")
    for length in (len(CONTENT) - 1, len(CONTENT) + 1):
        with pytest.raises(ValueError, match="than was stated"):
            encrypt([SharedKeyRecipient(SHARED.octets, SHARED.identifier)], length=length)


def test_content_that_must_be_whole_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """CCM and ChaCha20-Poly1305 hold the content in memory, so its length has a limit."""
    monkeypatch.setattr(limits, "CMS_WHOLE_OCTETS", 100)
    with pytest.raises(f.ContentTooLargeToEncrypt):
        encrypt([SharedKeyRecipient(SHARED.octets, SHARED.identifier)], "AES-256-CCM", bytes(101))


def test_secrets_are_not_shown() -> None:
    """Neither a password nor a shared key stands in what a log might print."""
    assert "correct" not in repr(PasswordRecipient(PASSWORD))
    assert "octets" not in repr(SharedKeyRecipient(SHARED.octets, b"ours"))
