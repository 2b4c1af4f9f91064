"""One authority and its people, with certificates that strict programs take."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding

from tests.cms.builder import identity
from tests.cms.envelope import receiver

PASSPHRASE = "interop"


@dataclass(frozen=True)
class Person:
    """A key of one kind and a certificate of the authority for it."""

    kind: str
    address: str
    key: PrivateKeyTypes
    certificate: x509.Certificate

    @property
    def file_name(self) -> str:
        """One for each key, also where an address has two."""
        return f"{self.address} {self.kind}"

    def write(self, folder: Path) -> tuple[Path, Path]:
        """Certificate and key in PEM files of this folder."""
        certificate, key = folder / f"{self.file_name}.crt", folder / f"{self.file_name}.key"
        certificate.write_bytes(self.certificate.public_bytes(Encoding.PEM))
        key.write_bytes(
            self.key.private_bytes(Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return certificate, key


@cache
def authority() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """The root that everybody's certificate comes from."""
    key = rsa.generate_private_key(65537, 2048)
    return key, _issue(_name("Interop Authority"), key, key, _name("Interop Authority"), None)


@cache
def person(kind: str, name: str = "", use: str = "") -> Person:
    """Whoever has a key of that kind (and that name); the same one each time.

    Args:
        use: "sign" or "decrypt", for a certificate that is for this alone; such persons have an address by their name.
    """
    address = f"{name or kind.lower().replace(' ', '-')}@example.org"
    key: PrivateKeyTypes
    if name and kind == "X25519":
        key = x25519.X25519PrivateKey.generate()
    else:
        # Keys of the tests beside, where they have such a kind.
        key = receiver(kind)._key if kind in _RECEIVERS else identity(kind, name or "Anna Muster").key
    root, issuer = authority()
    return Person(kind, address, key, _issue(_name(name or kind), key, root, issuer.subject, address, use))


_RECEIVERS = ("X25519", "X448", "ML-KEM-768", "ML-KEM-1024")


def _name(text: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Letterlock"),
            x509.NameAttribute(x509.NameOID.COMMON_NAME, text),
        ]
    )


def _issue(
    subject: x509.Name,
    key: PrivateKeyTypes,
    issuing: rsa.RSAPrivateKey,
    issuer: x509.Name,
    address: str | None,
    use: str = "",
) -> x509.Certificate:
    now = datetime.now(UTC)
    public = key.public_key()
    encapsulates = isinstance(key, x25519.X25519PrivateKey | x448.X448PrivateKey) or "MLKEM" in type(key).__name__
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(int.from_bytes(os.urandom(8), "big") >> 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=300))
        .add_extension(x509.BasicConstraints(address is None, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)  # type: ignore[arg-type]
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuing.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=address is not None and not encapsulates and use != "decrypt",
                content_commitment=False,
                key_encipherment=isinstance(key, rsa.RSAPrivateKey) and address is not None and use != "sign",
                data_encipherment=False,
                key_agreement=address is not None and not isinstance(key, rsa.RSAPrivateKey) and use != "sign",
                key_cert_sign=address is None,
                crl_sign=address is None,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    if address is not None:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False
        ).add_extension(x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
    return builder.sign(issuing, hashes.SHA256())
