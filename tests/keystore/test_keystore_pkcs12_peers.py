"""PKCS#12 with programs that nobody here wrote: they read what is exported, and what they export is read."""

from __future__ import annotations

import os
import subprocess
from functools import cache
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letterlock import limits
from letterlock.keystore.pkcs12 import KeyFile, read
from letterlock.keystore.pkcs12_write import Exported, Form, write
from tests.interop.people import authority, person
from tests.needs import require_program

PASSPHRASE = "open sesame, 1001 nights"
ROOT = authority()[1].public_bytes(Encoding.DER)


@cache
def exported(form: Form, *kinds: str, passphrase: str = PASSPHRASE) -> bytes:
    """The keys of people of these kinds, with their authority's certificate."""
    keys = [
        Exported(person(kind).key, person(kind).certificate.public_bytes(Encoding.DER), f"{kind} of Änne")
        for kind in kinds
    ]
    return write(keys, [ROOT], passphrase, form)


def run(folder: Path, *arguments: str | Path, stdin: bytes = b"", **environment: str) -> bytes:
    done = subprocess.run(
        arguments, cwd=folder, capture_output=True, timeout=120, input=stdin, env={**os.environ, **environment}
    )
    assert done.returncode == 0, (done.stderr + done.stdout).decode(errors="replace")[-600:]
    return done.stdout + done.stderr


def plain(key: PrivateKeyTypes) -> bytes:
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def same(found: KeyFile, kind: str) -> bool:
    """The one key in the file is the person's, with the person's certificate."""
    (key,) = found.keys
    who = person(kind)
    return plain(key.key) == plain(who.key) and key.certificate == who.certificate.public_bytes(Encoding.DER)


# --- what we write ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def fewer_iterations(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Other programs compute the same with any count; the usual one is tried with OpenSSL."""
    if request.function is not test_openssl_reads_it:
        monkeypatch.setattr(limits, "KEY_FILE_ITERATIONS_WRITTEN", 10_000)
        monkeypatch.setattr(limits, "KEY_FILE_ITERATIONS_WRITTEN_MAC", 10_000)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("kinds", [("RSA",), ("P-256",), ("Ed25519", "X25519"), ("ML-DSA-65", "ML-KEM-768")], ids=str)
def test_what_is_written_is_read_again(form: Form, kinds: tuple[str, ...]) -> None:
    """Keys of every kind, also of those that have no other file, come back with their certificates and names."""
    found = read(exported(form, *kinds), PASSPHRASE)
    assert [plain(each.key) for each in found.keys] == [plain(person(kind).key) for kind in kinds]
    assert [each.name for each in found.keys] == [f"{kind} of Änne" for kind in kinds]
    assert all(each.certificate for each in found.keys)
    assert found.others == (ROOT,)
    assert found.has_checksum


@pytest.mark.parametrize("form", [Form.MODERN, Form.COMPATIBLE])
@pytest.mark.parametrize("kind", ["RSA", "P-256", "Ed25519", "X25519"])
@pytest.mark.parametrize("passphrase", [PASSPHRASE, "Öffne dich, Tür №7"])
def test_openssl_reads_it(tmp_path: Path, form: Form, kind: str, passphrase: str) -> None:
    """OpenSSL finds key, certificate and chain."""
    (tmp_path / "key.p12").write_bytes(exported(form, kind, passphrase=passphrase))
    program = require_program("openssl", "openssl")
    legacy = ("-legacy",) if form is Form.COMPATIBLE else ()
    shown = run(
        tmp_path, program, "pkcs12", "-in", "key.p12", "-passin", f"pass:{passphrase}", "-nodes", *legacy
    ).decode(errors="replace")
    assert shown.count("BEGIN CERTIFICATE") == 2
    assert person(kind).key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode() in shown


@pytest.mark.parametrize("form", [Form.MODERN, Form.COMPATIBLE])
@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_nss_reads_it(tmp_path: Path, form: Form, kind: str) -> None:
    """pk12util puts it into a database, as Thunderbird and Firefox do."""
    program, certutil = (require_program(each, "libnss3-tools") for each in ("pk12util", "certutil"))
    database = f"sql:{tmp_path}"
    run(tmp_path, certutil, "-N", "-d", database, "--empty-password")
    (tmp_path / "key.p12").write_bytes(exported(form, kind))
    run(tmp_path, program, "-i", "key.p12", "-d", database, "-W", PASSPHRASE, "-K", "")
    assert f"{kind} of Änne" in run(tmp_path, certutil, "-K", "-d", database).decode()


def test_gpgsm_reads_it(short_path: Path) -> None:
    """gpgsm takes the secret key. Version 2.2 reads no other form, and crashes over elliptic curves whoever wrote the
    file (`docs/interop.md`)."""
    program = require_program("gpgsm", "gpgsm")
    home = {"GNUPGHOME": str(short_path), "LC_ALL": "C"}
    (short_path / "gpg-agent.conf").write_bytes(b"allow-loopback-pinentry\n")
    (short_path / "gpgsm.conf").write_bytes(b"disable-crl-checks\nno-secmem-warning\n")
    (short_path / "key.p12").write_bytes(exported(Form.COMPATIBLE, "RSA"))
    try:
        run(
            short_path, program, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0", "--import",
            "key.p12", stdin=PASSPHRASE.encode() + b"\n", **home,
        )  # fmt: skip
        assert person("RSA").address in run(short_path, program, "--list-secret-keys", **home).decode()
    finally:
        run(short_path, require_program("gpgconf", "gpgconf"), "--kill", "all", **home)


@pytest.mark.parametrize("form", [Form.MODERN, Form.COMPATIBLE])
@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_gnutls_reads_it(tmp_path: Path, form: Form, kind: str) -> None:
    """certtool shows key and certificates."""
    program = require_program("certtool", "gnutls-bin")
    (tmp_path / "key.p12").write_bytes(exported(form, kind))
    shown = run(tmp_path, program, "--p12-info", "--infile", "key.p12", "--inder", "--password", PASSPHRASE).decode(
        errors="replace"
    )
    assert shown.count("BEGIN CERTIFICATE") == 2
    assert "BEGIN ENCRYPTED PRIVATE KEY" in shown or "BEGIN PRIVATE KEY" in shown or "PKCS #8" in shown


@pytest.mark.parametrize("form", [Form.MODERN, Form.COMPATIBLE])
@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_java_reads_it(tmp_path: Path, form: Form, kind: str) -> None:
    """keytool finds a private key with a chain of two."""
    program = require_program("keytool", "default-jdk-headless")
    (tmp_path / "key.p12").write_bytes(exported(form, kind))
    shown = run(
        tmp_path, program, "-list", "-v", "-storetype", "PKCS12", "-keystore", "key.p12", "-storepass", PASSPHRASE
    ).decode()
    assert "PrivateKeyEntry" in shown
    assert "Certificate chain length: 2" in shown


def test_two_keys_in_one_file_reach_both_sides(tmp_path: Path) -> None:
    """A signing and an encryption key travel together: OpenSSL sees both."""
    (tmp_path / "pair.p12").write_bytes(exported(Form.MODERN, "RSA", "P-256"))
    program = require_program("openssl", "openssl")
    shown = run(tmp_path, program, "pkcs12", "-in", "pair.p12", "-passin", f"pass:{PASSPHRASE}", "-nodes").decode(
        "latin-1"
    )
    assert shown.count("BEGIN PRIVATE KEY") == 2
    assert shown.count("BEGIN CERTIFICATE") == 3


# --- what they write -------------------------------------------------------------------------------------------


@cache
def pem(kind: str) -> bytes:
    who = person(kind)
    return who.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + who.certificate.public_bytes(
        Encoding.PEM
    )


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="modern"),
        pytest.param(("-legacy",), id="RC2-40 and 3DES"),
        *(
            pytest.param(("-legacy", "-keypbe", name, "-certpbe", name), id=name)
            for name in (
                "PBE-SHA1-RC4-128", "PBE-SHA1-RC4-40", "PBE-SHA1-3DES", "PBE-SHA1-2DES", "PBE-SHA1-RC2-128",
                "PBE-SHA1-RC2-40", "PBE-MD5-DES", "PBE-SHA1-DES", "PBE-SHA1-RC2-64", "DES-EDE3-CBC", "RC2-CBC",
                "RC2-40-CBC", "RC2-64-CBC", "DES-CBC", "AES-128-CBC", "AES-192-CBC",
            )
        ),
        *(pytest.param(("-macalg", name), id=f"checksum {name}") for name in ("md5", "sha384", "sha512", "sha512-256")),
        pytest.param(("-nomac",), id="no checksum"),
        pytest.param(("-keypbe", "NONE", "-certpbe", "NONE"), id="key in clear"),
        pytest.param(("-iter", "1", "-maciter"), id="iteration once"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("passphrase", ["open sesame", "Öffne dich, Tür №7 😀", ""])
def test_files_of_openssl(tmp_path: Path, options: tuple[str, ...], passphrase: str) -> None:
    """Every protection that OpenSSL can write, with every sort of passphrase."""
    (tmp_path / "in.pem").write_bytes(pem("P-256"))
    program = require_program("openssl", "openssl")
    run(
        tmp_path, program, "pkcs12", "-export", "-in", "in.pem", "-out", "out.p12", "-passout", f"pass:{passphrase}",
        *options,
    )  # fmt: skip
    assert same(read((tmp_path / "out.p12").read_bytes(), passphrase), "P-256")


@pytest.mark.parametrize("options", [(), ("-c", "PKCS #12 V2 PBE With SHA-1 And 40 Bit RC2 CBC")], ids=str)
@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_files_of_nss(tmp_path: Path, kind: str, options: tuple[str, ...]) -> None:
    """What pk12util exports."""
    program, certutil = (require_program(each, "libnss3-tools") for each in ("pk12util", "certutil"))
    database = f"sql:{tmp_path}"
    run(tmp_path, certutil, "-N", "-d", database, "--empty-password")
    (tmp_path / "key.p12").write_bytes(exported(Form.MODERN, kind))
    run(tmp_path, program, "-i", "key.p12", "-d", database, "-W", PASSPHRASE, "-K", "")
    run(
        tmp_path, program, "-o", "out.p12", "-n", f"{kind} of Änne", "-d", database, "-W", "Tür auf", "-K", "", *options
    )  # fmt: skip
    assert same(read((tmp_path / "out.p12").read_bytes(), "Tür auf"), kind)


@pytest.mark.parametrize("cipher", ["3des-pkcs12", "rc2-40", "arcfour", "aes-128", "aes-256"])
def test_files_of_gnutls(tmp_path: Path, cipher: str) -> None:
    """What certtool exports."""
    program = require_program("certtool", "gnutls-bin")
    certificate, key = person("P-256").write(tmp_path)
    run(
        tmp_path, program, "--to-p12", "--load-certificate", certificate, "--load-privkey", key, "--p12-name", "Änne",
        "--password", PASSPHRASE, "--outder", "--outfile", "out.p12", "--pkcs-cipher", cipher,
    )  # fmt: skip
    assert same(read((tmp_path / "out.p12").read_bytes(), PASSPHRASE), "P-256")


def test_files_of_gpgsm(short_path: Path) -> None:
    """What gpgsm exports, in its armour."""
    program = require_program("gpgsm", "gpgsm")
    home = {"GNUPGHOME": str(short_path), "LC_ALL": "C"}
    (short_path / "gpg-agent.conf").write_bytes(b"allow-loopback-pinentry\n")
    (short_path / "gpgsm.conf").write_bytes(b"disable-crl-checks\nno-secmem-warning\n")
    (short_path / "key.p12").write_bytes(exported(Form.COMPATIBLE, "RSA"))
    common = (program, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase-fd", "0")
    secret = PASSPHRASE.encode() + b"\n"
    try:
        run(short_path, *common, "--import", "key.p12", stdin=secret, **home)
        for armour in ((), ("--armor",)):
            run(
                short_path, *common, *armour, "--output", "out.p12", "--export-secret-key-p12", person("RSA").address,
                stdin=secret, **home,
            )  # fmt: skip
            assert same(read((short_path / "out.p12").read_bytes(), PASSPHRASE), "RSA")
    finally:
        run(short_path, require_program("gpgconf", "gpgconf"), "--kill", "all", **home)


@pytest.mark.parametrize("provider", ["", "BC"])
def test_files_of_java(tmp_path: Path, provider: str) -> None:
    """What keytool exports, with Java's own provider and with Bouncy Castle's, which writes BER."""
    program = require_program("keytool", "default-jdk-headless")
    (tmp_path / "key.p12").write_bytes(exported(Form.COMPATIBLE, "RSA"))
    options: tuple[str, ...] = ()
    if provider:
        jar = Path("/usr/share/java/bcprov.jar")
        options = (
            "-providername", "BC", "-providerclass", "org.bouncycastle.jce.provider.BouncyCastleProvider",
            "-providerpath", str(jar),
        )  # fmt: skip
    run(
        tmp_path, program, "-importkeystore", "-noprompt", "-srckeystore", "key.p12", "-srcstoretype", "PKCS12",
        "-srcstorepass", PASSPHRASE, "-destkeystore", "out.p12", "-deststoretype", "PKCS12", "-deststorepass",
        PASSPHRASE, *options,
    )  # fmt: skip
    found = read((tmp_path / "out.p12").read_bytes(), PASSPHRASE)
    assert same(found, "RSA")
    assert x509.load_der_x509_certificate(found.others[0]).subject == authority()[1].subject
