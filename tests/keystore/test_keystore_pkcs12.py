"""PKCS#12 files: the identity that is in them, and what is said of one that does not open."""

from __future__ import annotations

import base64
import contextlib
import subprocess
from pathlib import Path

import cryptography_vectors
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from letterlock import limits
from letterlock.cms import content_types, der
from letterlock.cms.oids import encoded
from letterlock.errors import LetterlockError
from letterlock.keystore import failures as f
from letterlock.keystore.identity import Identity
from letterlock.keystore.pbe import Budget, pads_evenly, readings
from letterlock.keystore.pkcs12 import SHROUDED_KEY, load, read
from letterlock.keystore.pkcs12_write import Exported, Form, _data, write
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
        builder = serialization.PrivateFormat.PKCS12.encryption_builder()
        protection = builder.kdf_rounds(100).hmac_hash(hashes.SHA256()).build(passphrase)
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


def test_every_changed_octet_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file changed anywhere opens to the same identity or not at all."""
    monkeypatch.setattr(limits, "KEY_FILE_ITERATIONS_COMPATIBLE", 20)
    good = write([Exported(CLARA.key, CLARA.der, "Clara")], [], "open sesame", Form.COMPATIBLE)
    for at in range(0, len(good), 2):
        changed = good[:at] + bytes((good[at] ^ 0x41,)) + good[at + 1 :]
        try:
            assert read(changed, "open sesame", Budget(10_000)).keys[0].certificate == CLARA.der
        except (f.WrongPassphrase, f.KeyFileDamaged, f.KeyFileNotSupported, f.KeyFileAltered, f.KeyFileTooCostly):
            continue


def test_keys_are_not_shown() -> None:
    """An identity in a log names no key."""
    shown = repr(load(file(), "open sesame"))
    assert "key" not in shown.replace("Identity(certificate=", "")


def test_unreadable_certificate_is_no_recipient() -> None:
    """An identity whose certificate nobody can read opens nothing."""
    with pytest.raises(f.CertificateMissing):
        Identity(b"", ANNA.key).recipient_key()


def test_elliptic_curve_identity() -> None:
    """A key on a curve opens what was agreed with it."""
    made = pkcs12.serialize_key_and_certificates(
        b"", CLARA.key, CLARA.certificate, None, serialization.NoEncryption()  # type: ignore[arg-type]
    )  # fmt: skip
    to_clara = agreement(CLARA.certificate.public_key(), issuer_and_serial(CLARA.certificate))  # type: ignore[arg-type]
    assert decrypt(enveloped([to_clara]), [load(made, "").recipient_key()])[1] == CONTENT


PASSPHRASES = {
    "asn1crypto": "password123",
    "bc-java": "",
    "libksba": "start",
    "mimekit": "no.secret",
    "nist-pkits": "password",
    "notmuch": "",
    "nss": "nss",
    "rustcrypto-cms": "hunter42",
    "thunderbird": "nss",
    "gnupg/tests/cms/samplekeys/credential_private_encrypted_3DES.p12": "qeFGds84/Sf0eKkJwcp6",
    "gnupg/tests/cms/samplekeys/credential_private_encrypted_AES256.p12": "qeFGds84/Sf0eKkJwcp6",
    "gnupg/tests/cms/samplekeys/edward.tester@demo.gnupg.com.p12": "abc,123456",
    "gnupg/tests/cms/samplekeys/nistp256-openssl-self-signed.p12": "abc",
    "gnupg/tests/cms/samplekeys/opensc-test.p12": "password",
    "gnupg/tests/cms/samplekeys/ov-server.p12": "start",
    "gnupg/tests/cms/samplekeys/ov-user.p12": "start",
    "gnupg/tests/cms/samplekeys/t5793-openssl.pfx": "test",
    "gnupg/tests/cms/samplekeys/t5793-test.pfx": "test",
    "gnupg/tests/cms/samplekeys/t6752-ov-user-ff.p12": "start",
}
"""By folder, or by file: as `ORIGIN.md` and `Description-p12` have them."""

NOT_OPENED = {
    "autocrypt-ph/bob.p12": "wrong_passphrase",  # nobody says which; OpenSSL does not open it with notmuch's either
    "gnupg/tests/cms/samplekeys/cryptlib-key.p12": "wrong_passphrase",  # nobody says which
    "gnupg/tests/cms/samplekeys/edward.tester@demo.gnupg.com.p12": "key_file_inner_passphrase",
    "gnupg/tests/cms/samplekeys/t5793-test.pfx": "key_file_altered",  # GnuPG checks no checksum
}


def test_every_file_of_the_corpora_opens_or_says_why_not(corpora: Path) -> None:
    """All 450 key files of other projects open with the passphrase that goes with them, to a key with its
    certificate; four do not, and the code says which of the possible troubles it is."""
    count, refused = 0, {}
    for path in sorted(each for each in corpora.rglob("*") if each.suffix in (".p12", ".pfx")):
        name = str(path.relative_to(corpora))
        passphrase = PASSPHRASES.get(name, PASSPHRASES.get(name.split("/")[0], "password"))
        try:
            found = read(path.read_bytes(), passphrase)
        except LetterlockError as failure:
            refused[name] = failure.code
            continue
        count += 1
        assert found.keys, name
        # The library makes no public key of parameters that stand in the issuer's certificate alone.
        assert all(key.certificate for key in found.keys) or "DSAParameter" in name, name
        assert not found.unread, name
    assert refused == NOT_OPENED
    assert count > 440


def test_every_file_of_the_library_opens() -> None:
    """The 31 vectors of `cryptography` itself: names, no keys, no certificates, Java's trust store."""
    folder = Path(cryptography_vectors.__file__).parent / "pkcs12"
    files = sorted(folder.rglob("*.p12"))
    for path in files:
        found = None
        for passphrase in ("", "cryptography", "password"):
            with contextlib.suppress(f.WrongPassphrase):
                found = read(path.read_bytes(), passphrase)
                break
        assert found is not None, path
        assert found.keys or found.others, path
    assert len(files) >= 30


# --- hostile files ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", Form)
def test_costs_are_bounded(form: Form) -> None:
    """A file that asks for more iterations than allowed is refused before they are spent."""
    made = write([Exported(CLARA.key, CLARA.der, "Clara")], [], "open sesame", form)
    with pytest.raises(f.KeyFileTooCostly):
        read(made, "open sesame", Budget(9_000))


def test_a_checksum_that_does_not_fit_is_told_from_a_wrong_passphrase() -> None:
    """Damage that the checksum shows and the passphrase survives is named as damage."""
    made = bytearray(file())
    # The last octets: MacData's iterations, before them the salt.
    made[-8] ^= 1
    with pytest.raises(f.KeyFileAltered):
        read(bytes(made), "open sesame")
    with pytest.raises(f.WrongPassphrase):
        read(bytes(made), "open Sesame")


def test_keys_under_another_passphrase_are_said() -> None:
    """The outside opens and the inside does not."""
    outside = write([Exported(CLARA.key, CLARA.der, "Clara")], [], "outside", Form.COMPATIBLE)
    inside = write([Exported(CLARA.key, None, "Clara")], [], "inside", Form.COMPATIBLE)

    def safe(octets: bytes) -> list[bytes]:
        fields = der.split(octets, 0x30, "PFX", 3)
        content = der.contents(der.split(fields[1], 0x30, "PFX", 2)[1], "PFX")
        return der.split(der.contents(content, "PFX"), 0x30, "PFX", 9)

    both = der.value(0x30, safe(outside)[0] + safe(inside)[0])
    with pytest.raises(f.KeyFileInnerPassphrase):
        read(der.value(0x30, der.integer(3) + _data(both)), "outside")


def test_old_nss_files_open() -> None:
    """NSS before 3.31 put the BMPString into PBES2, against the standard."""
    bmp = "Tür auf".encode("utf-16-be") + b"\0\0"
    content = der.value(0x30, b"".join((_pbes2_key(bmp),)))
    safe = der.value(0x30, _data(content))
    found = read(der.value(0x30, der.integer(3) + _data(safe)), "Tür auf")
    assert found.keys[0].key.private_numbers() == CLARA.key.private_numbers()  # type: ignore[union-attr]
    assert not found.has_checksum


def _pbes2_key(password: bytes) -> bytes:
    protection = serialization.BestAvailableEncryption(password)
    shrouded = CLARA.key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, protection)
    return der.value(0x30, encoded(SHROUDED_KEY) + der.value(0xA0, shrouded))


def test_scrypt_opens_and_is_bounded(tmp_path: Path) -> None:
    """OpenSSL can derive with scrypt; a file that asks for gigabytes is refused."""
    program = require_program("openssl", "openssl")
    pem = CLARA.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    made = subprocess.run(
        [program, "pkcs8", "-topk8", "-scrypt", "-outform", "DER", "-passout", "pass:x"],
        input=pem, capture_output=True, check=True,
    ).stdout  # fmt: skip

    def around(shrouded: bytes) -> bytes:
        bag = der.value(0x30, encoded(SHROUDED_KEY) + der.value(0xA0, shrouded))
        return der.value(0x30, der.integer(3) + _data(der.value(0x30, _data(der.value(0x30, bag)))))

    assert read(around(made), "x").keys
    costly = made.replace(b"\x02\x02\x40\x00", b"\x02\x03\x40\x00\x00")
    assert costly != made
    with pytest.raises((f.KeyFileDamaged, f.KeyFileTooCostly)):
        read(around(costly), "x")


def test_salts_that_gnupg_misreads_are_not_used() -> None:
    """Of the salts that it would derive another key from, none is ever written."""
    bmp = readings("open sesame")[0].bmp
    even = [pads_evenly(bmp, number.to_bytes(8, "big"), 1) for number in range(3_000)]
    assert 0.95 < sum(even) / len(even) < 1.0


def test_surprises_in_the_structure_are_damage_or_not_supported() -> None:
    """Public-key protection, and things in wrong places."""
    signed = der.value(0x30, encoded(content_types.SIGNED_DATA) + der.value(0xA0, der.value(0x30, b"")))
    with pytest.raises(f.KeyFileNotSupported):
        read(der.value(0x30, der.integer(3) + signed), "")
    enveloped = der.value(0x30, encoded(content_types.ENVELOPED_DATA) + der.value(0xA0, der.value(0x30, b"")))
    with pytest.raises(f.KeyFileNotSupported):
        read(der.value(0x30, der.integer(3) + _data(der.value(0x30, enveloped))), "")
    with pytest.raises(f.KeyFileDamaged):
        read(der.value(0x30, der.integer(3) + _data(der.value(0x30, b"\x05\x00"))), "")


def test_the_standards_own_file_opens() -> None:
    """PBMAC1 as RFC 9879 shows it, and with another checksum."""
    octets = Path(__file__).with_name("rfc9879_a1.pem").read_bytes()
    found = read(octets, "1234")
    assert found.has_checksum
    assert len(found.keys) == 1
    assert found.keys[0].certificate
    with pytest.raises(f.WrongPassphrase):
        read(octets, "12345")
    pfx = bytearray(base64.b64decode(octets.split(b"-----")[2]))
    at = pfx.index(bytes.fromhex("7aa56d8539d702"))  # the checksum
    pfx[at] ^= 1
    with pytest.raises(f.KeyFileAltered):
        read(bytes(pfx), "1234")
