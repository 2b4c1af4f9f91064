"""PKCS#12 files: the identity that is in them, and what is said of one that does not open."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from letterlock import limits
from letterlock.keystore import failures as f
from letterlock.keystore.identity import Identity
from letterlock.keystore.pkcs12 import load
from tests.cms.builder import CONTENT, certificate_for, identity
from tests.cms.decrypting import decrypt
from tests.cms.envelope import agreement, enveloped, issuer_and_serial, transport
from tests.needs import require_program

ANNA = identity("RSA")
CLARA = identity("P-256", "Clara")


def file(
    passphrase: bytes | None = b"open sesame", key: bool = True, certificate: bool = True, others: bool = False
) -> bytes:
    """A good file, unless told otherwise."""
    protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase:
        protection = serialization.BestAvailableEncryption(passphrase)
    return pkcs12.serialize_key_and_certificates(
        b"Anna",
        ANNA.key if key else None,  # type: ignore[arg-type]
        ANNA.certificate if certificate else None,
        [CLARA.certificate] if others else None,
        protection,
    )


def test_identity_opens_mail() -> None:
    """What is in the file decrypts what was encrypted to its certificate."""
    found = load(file(), "open sesame")
    assert found.certificate == ANNA.der
    assert found.others == ()
    assert decrypt(enveloped([transport(ANNA.certificate)]), [found.recipient_key()])[1] == CONTENT


def test_chain_comes_along() -> None:
    """Other certificates in the file are kept beside."""
    assert load(file(others=True), "open sesame").others == (CLARA.der,)


@pytest.mark.parametrize("passphrase", ["Open sesame", "open sesam", "", "öffne"])
def test_wrong_passphrase_is_said(passphrase: str) -> None:
    """Any other passphrase is the wrong one."""
    with pytest.raises(f.WrongPassphrase):
        load(file(), passphrase)


def test_no_passphrase_in_both_readings(tmp_path: Path) -> None:
    """Without a passphrase, an empty one and none at all are both tried: programs differ."""
    assert load(file(None), "").certificate == ANNA.der
    assert load(openssl(tmp_path, "-passout", "pass:"), "").certificate == ANNA.der
    with pytest.raises(f.WrongPassphrase):
        load(openssl(tmp_path, "-passout", "pass:x"), "")


def openssl(folder: Path, *options: str) -> bytes:
    program = require_program("openssl", "openssl")
    pem = ANNA.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "anna.pem").write_bytes(pem + ANNA.certificate.public_bytes(serialization.Encoding.PEM))
    made = subprocess.run(
        [program, "pkcs12", "-export", "-in", folder / "anna.pem", *options], capture_output=True, timeout=60
    )
    assert made.returncode == 0, made.stderr.decode()
    return made.stdout


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("-legacy",), id="RC2-40 and 3DES"),
        pytest.param(("-keypbe", "PBE-SHA1-3DES", "-certpbe", "PBE-SHA1-3DES", "-macalg", "sha1"), id="3DES"),
        pytest.param(("-keypbe", "AES-256-CBC", "-certpbe", "AES-256-CBC", "-macalg", "sha512"), id="AES, SHA-512"),
        pytest.param(("-certpbe", "NONE",), id="certificates in clear"),
        pytest.param(("-name", "Schlüssel für Änne", "-CSP", "Microsoft"), id="names"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("passphrase", ["open sesame", "Öffne dich, Tür №7"])
def test_files_of_openssl_open(tmp_path: Path, options: tuple[str, ...], passphrase: str) -> None:
    """Old and new protection, names in other alphabets, passphrases too."""
    made = openssl(tmp_path, "-passout", f"pass:{passphrase}", *options)
    assert load(made, passphrase).certificate == ANNA.der
    with pytest.raises(f.WrongPassphrase):
        load(made, passphrase + "!")


def test_armour_is_taken_off() -> None:
    """A file in PEM armour opens."""
    text = base64.encodebytes(file())
    assert load(b"-----BEGIN PKCS12-----\n" + text + b"-----END PKCS12-----\n", "open sesame").certificate == ANNA.der
    with pytest.raises(f.KeyFileDamaged):
        load(b"-----BEGIN PKCS12-----\n=\n-----END PKCS12-----\n", "open sesame")


def test_files_without_key_or_certificate_are_told_apart() -> None:
    """What is missing in the file is named."""
    with pytest.raises(f.KeyMissing):
        load(file(key=False, others=True), "open sesame")
    with pytest.raises(f.CertificateMissing):
        load(file(certificate=False), "open sesame")


def test_a_certificate_of_another_key_is_none() -> None:
    """A certificate beside the key that is not the key's does not become its certificate."""
    made = pkcs12.serialize_key_and_certificates(
        b"", ANNA.key, None, [CLARA.certificate], serialization.NoEncryption()  # type: ignore[arg-type]
    )  # fmt: skip
    with pytest.raises(f.CertificateMissing):
        load(made, "")


def test_the_certificate_of_the_key_is_found_among_others() -> None:
    """Where the file does not say which certificate is the key's, the public key does."""
    renewed = certificate_for(ANNA.key, "Anna Muster")
    made = pkcs12.serialize_key_and_certificates(
        b"", ANNA.key, None, [CLARA.certificate, renewed], serialization.NoEncryption()  # type: ignore[arg-type]
    )  # fmt: skip
    found = load(made, "")
    assert found.certificate == renewed.public_bytes(serialization.Encoding.DER)
    assert found.others == (CLARA.der,)


@pytest.mark.parametrize("size", range(0, 2000, 61))
def test_a_part_of_a_file_is_damaged(size: int) -> None:
    """Cut anywhere, the file is damaged, and the passphrase is not blamed."""
    with pytest.raises(f.KeyFileDamaged):
        load(file()[:size], "open sesame")


@pytest.mark.parametrize("octets", [b"", b"hello", ANNA.der, b"\x30\x80\x00\x00", b"\x02\x01\x03"], ids=len)
def test_other_files_are_no_key_files(octets: bytes) -> None:
    """A certificate, a text, nothing: not a PKCS#12 file."""
    with pytest.raises(f.KeyFileDamaged):
        load(octets, "open sesame")


def test_large_files_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """A video is no key file."""
    with pytest.raises(f.KeyFileTooLarge):
        load(bytes(limits.KEY_FILE_OCTETS + 1), "")


def test_every_changed_octet_is_noticed() -> None:
    """A file changed anywhere opens to the same identity or not at all."""
    good = file()
    for at in range(0, len(good), 7):
        changed = good[:at] + bytes((good[at] ^ 0x41,)) + good[at + 1 :]
        try:
            assert load(changed, "open sesame").certificate == ANNA.der
        except (f.WrongPassphrase, f.KeyFileDamaged, f.KeyFileNotSupported):
            continue


def test_keys_are_not_shown() -> None:
    """An identity in a log names no key."""
    shown = repr(load(file(), "open sesame"))
    assert "key" not in shown.replace("Identity(certificate=", "")


def test_unreadable_certificate_is_no_recipient() -> None:
    """An identity whose certificate nobody can read opens nothing."""
    with pytest.raises(f.CertificateMissing):
        Identity(b"", ANNA.key).recipient_key()


def test_files_of_others_open(corpora: Path) -> None:
    """NSS, OpenSC, Bouncy Castle, GnuPG, notmuch: what their makers open opens.

    Not here: GnuPG's t5793-test.pfx, whose MAC does not fit (OpenSSL refuses it too; GnuPG looks at no MAC), and
    edward.tester's, whose two layers have two passphrases.
    """
    files = {
        "thunderbird/mailnews/test/data/smime/Alice.p12": "nss",
        "thunderbird/mailnews/test/data/smime/Alice-ec.p12": "nss",
        "nss/tests/smime/interop-openssl/Fran.p12": "nss",
        "notmuch/test/smime/bob.p12": "",
        "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test/johndoe.p12": "",
        "gnupg/tests/cms/samplekeys/opensc-test.p12": "password",
        "gnupg/tests/cms/samplekeys/t5793-openssl.pfx": "test",
        "gnupg/tests/cms/samplekeys/nistp256-openssl-self-signed.p12": "abc",
        "gnupg/tests/cms/samplekeys/t6752-ov-user-ff.p12": "start",
        "asn1crypto/tests/fixtures/keys/test-rc2.p12": "password123",
    }
    for path, passphrase in files.items():
        octets = (corpora / path).read_bytes()
        assert load(octets, passphrase).recipient_key(), path
        with pytest.raises(f.WrongPassphrase):
            load(octets, "something else")


def test_a_readable_passphrase_on_an_unreadable_file(corpora: Path) -> None:
    """A file that the passphrase opens, with a key that the library does not read, does not blame the passphrase."""
    octets = (corpora / "nist-pkits/pkcs12/DSAParametersInheritedCACert.p12").read_bytes()
    with pytest.raises(f.KeyFileNotSupported):
        load(octets, "password")
    with pytest.raises(f.WrongPassphrase):
        load(octets, "Password")


def test_elliptic_curve_identity() -> None:
    """A key on a curve opens what was agreed with it."""
    made = pkcs12.serialize_key_and_certificates(
        b"", CLARA.key, CLARA.certificate, None, serialization.NoEncryption()  # type: ignore[arg-type]
    )  # fmt: skip
    to_clara = agreement(CLARA.certificate.public_key(), issuer_and_serial(CLARA.certificate))  # type: ignore[arg-type]
    assert decrypt(enveloped([to_clara]), [load(made, "").recipient_key()])[1] == CONTENT
