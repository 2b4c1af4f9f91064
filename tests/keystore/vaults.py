"""Vaults for tests: quick to open, for the cost of Argon2id is not what they are about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from letterlock.keystore.derivation import Cost
from letterlock.keystore.vault import Vault

PASSPHRASE = "correct horse battery"
PASSPHRASES = (PASSPHRASE, "another horse battery")
QUICK = Cost("a test", iterations=1, lanes=1, memory_kib=8)
START = datetime(2026, 1, 1, tzinfo=UTC)


def made(database: Path) -> Vault:
    """A new vault, unlocked."""
    vault = Vault.at(database, cost=QUICK)
    vault.create(PASSPHRASE)
    return vault


def certified(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey, address: str) -> bytes:
    """A certificate that the key gives to itself, in DER."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, address.partition("@")[0])])
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(START)
        .not_valid_after(START + timedelta(days=730))
        .add_extension(x509.SubjectAlternativeName([x509.RFC822Name(address)]), critical=False)
    )
    algorithm = None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256()
    return builder.sign(key, algorithm).public_bytes(Encoding.DER)
