"""OpenSSL as another maker of certificates (also of ones nobody should make any more)."""

from __future__ import annotations

import base64
import subprocess
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tests.needs import require_program
from tests.trust.chains import Issued, key

PERSON = "basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\nsubjectAltName=email:{address}\n"


def run(*arguments: str, data: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    openssl = str(require_program("openssl", "openssl"))
    return subprocess.run([openssl, *arguments], input=data, capture_output=True, check=False, timeout=30)


def signed(
    folder: Path, common_name: str, issuer: Issued | None, *options: str, extensions: str | None, kind: str = "RSA 2048"
) -> Issued:
    """A certificate made by `openssl x509`, in force from 2026-01-01 for as long as `NOW` needs.

    Args:
        folder: where the files may lie.
        common_name: the subject.
        issuer: who signs; itself where None.
        options: more of `openssl x509`, such as `-sha1`.
        extensions: the text of an extension section; a version 1 certificate where None.
        kind: of the key.
    """
    own = key(f"openssl {common_name}", kind)
    files = {"key": own, "ca.key": issuer.key if issuer else own}
    for file, private in files.items():
        (folder / file).write_bytes(
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    request = run("req", "-new", "-key", str(folder / "key"), "-subj", f"/CN={common_name}").stdout
    arguments = ["x509", "-req", "-days", "36500", "-set_serial", "77", *options]
    if issuer:
        (folder / "ca.pem").write_bytes(issuer.pem)
        arguments += ["-CA", str(folder / "ca.pem"), "-CAkey", str(folder / "ca.key")]
    else:
        arguments += ["-signkey", str(folder / "key")]
    if extensions is not None:
        (folder / "extensions").write_text(extensions)
        arguments += ["-extfile", str(folder / "extensions")]
    done = run(*arguments, data=request)
    assert done.returncode == 0, done.stderr.decode()
    return Issued(x509.load_pem_x509_certificate(done.stdout), own)


def pem(der: bytes, label: str = "CERTIFICATE") -> bytes:
    """DER as a PEM block."""
    return f"-----BEGIN {label}-----\n".encode() + base64.encodebytes(der) + f"-----END {label}-----\n".encode()
