"""A vault of one's own, and an authority that issues what is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from letterlock.keystore import requests
from letterlock.keystore.vault import Vault
from tests.interop.people import authority
from tests.keystore.vaults import made

NOW = datetime.now(UTC).replace(microsecond=0)
ROOT = authority()[1]


def vault(folder: Path) -> tuple[Vault, Path]:
    """A new one, unlocked, and its database."""
    database = folder / "letterlock.sqlite3"
    return made(database), database


def issue(file: bytes, *, days: int = 365, start: datetime = NOW, name: str = "") -> list[bytes]:
    """A certificate for each request in a file, in DER, with what it asks for."""
    return [_issue(each, name or each.name or "Somebody", days, start) for each in requests.read(file)]


def _issue(request: requests.Request, name: str, days: int, start: datetime) -> bytes:
    key, root = authority()
    public = load_der_public_key(request.key)
    signs = request.purpose in ("sign", "both")
    decrypts = request.purpose in ("decrypt", "both")
    agrees = type(public).__name__.startswith(("X", "_X", "Elliptic", "EC"))
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)]))
        .issuer_name(root.subject)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(start - timedelta(minutes=5))
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(requests.general_names(request.addresses)), critical=False)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=signs, content_commitment=False, key_encipherment=decrypts and not agrees,
                data_encipherment=False, key_agreement=decrypts and agrees, key_cert_sign=False, crl_sign=False,
                encipher_only=False, decipher_only=False,
            ),
            critical=True,
        )
    )  # fmt: skip
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def pem(certificates: Sequence[bytes]) -> bytes:
    """A file with one block for each."""
    return b"".join(x509.load_der_x509_certificate(each).public_bytes(Encoding.PEM) for each in certificates)
