"""Keys in memory that open recipient entries: a certificate's private key, a shared key, a password.

They hold secrets and show none. Where the secret is elsewhere, another class with the same `unwrap` takes its place
(`recipients.RecipientKey`).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import ec, mlkem, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import key_encryption, key_wrap, passwords, schema
from letterlock.cms.certificates import Certificate
from letterlock.cms.encryption_algorithms import RSA_ENCRYPTION, encryption_name
from letterlock.cms.failures import DecryptionFailed, DecryptionFailure, EncryptionNotSupported
from letterlock.cms.identifiers import CertificateIdentifier, IssuerAndSerial, KeyIdentifier
from letterlock.cms.recipients import (
    KeyAgreement,
    KeyEncapsulation,
    KeyTransport,
    Password,
    Recipient,
    SharedKey,
)

if TYPE_CHECKING:
    from cryptography import x509


class CertificateKey:
    """A certificate and its private key (that they belong together is the caller's to know).

    It answers to issuer and serial number, to the certificate's key identifier, and to the two identifiers that
    senders compute where the certificate has none.
    """

    def __init__(self, certificate: x509.Certificate, key: PrivateKeyTypes) -> None:
        self.certificate = certificate
        self._key = key
        self._identifiers = identifiers_of(certificate)

    def __repr__(self) -> str:
        return f"CertificateKey({self.certificate.subject.rfc4514_string()!r})"

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`.

        Where `trying`: entries under RSA PKCS#1 v1.5 only if they have a key identifier, because with other people's
        entries one in some hundreds would seem to be ours. All others prove themselves.
        """
        if not isinstance(recipient, KeyTransport | KeyAgreement | KeyEncapsulation):
            return None
        if not trying:
            return self._unwrap(recipient, octets) if recipient.rid in self._identifiers else None
        if recipient.algorithm.oid == RSA_ENCRYPTION and not isinstance(recipient.rid, KeyIdentifier):
            return None
        try:
            return self._unwrap(recipient, octets, trying=True)
        except DecryptionFailure:
            return None

    def _unwrap(
        self, recipient: KeyTransport | KeyAgreement | KeyEncapsulation, octets: int, trying: bool = False
    ) -> bytes | None:
        key = self._key
        match recipient:
            case KeyTransport() if isinstance(key, rsa.RSAPrivateKey):
                if len(recipient.encrypted_key) > (key.key_size + 7) // 8 and trying:
                    return None
                return key_encryption.transported(recipient, key, octets, trying)
            case KeyAgreement() if isinstance(
                key, ec.EllipticCurvePrivateKey | x25519.X25519PrivateKey | x448.X448PrivateKey
            ):
                return key_encryption.agreed(recipient, key_encryption.agree(recipient, key), octets)
            case KeyEncapsulation() if isinstance(key, mlkem.MLKEM768PrivateKey | mlkem.MLKEM1024PrivateKey):
                return key_encryption.decapsulated(recipient, key, octets)
        # The entry names our certificate and a way that its key does not go, or that we do not know.
        raise EncryptionNotSupported(encryption_name(recipient.algorithm.oid))


@dataclass(frozen=True)
class WrappingKey:
    """A symmetric key that both sides have had before (RFC 5652 §6.2.3), and its identifier."""

    octets: bytes = field(repr=False)
    identifier: bytes

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`."""
        if not isinstance(recipient, SharedKey) or (recipient.key_identifier != self.identifier and not trying):
            return None
        try:
            return key_wrap.unwrap(recipient.algorithm, self.octets, recipient.encrypted_key, octets)
        except DecryptionFailure:
            if trying:
                return None
            raise


@dataclass(frozen=True)
class PasswordKey:
    """A password (RFC 5652 §6.2.4), in UTF-8. An entry for a password names none: it is for this one, or broken."""

    password: bytes = field(repr=False)

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`."""
        if not isinstance(recipient, Password) or trying:
            return None
        key = passwords.unwrap(recipient, self.password)
        if len(key) != octets:
            raise DecryptionFailed
        return key


def identifiers_of(certificate: x509.Certificate) -> frozenset[CertificateIdentifier]:
    """What a recipient entry may call this certificate: by issuer and serial number, or by a key identifier."""
    found: set[CertificateIdentifier] = set()
    named = Certificate.of(certificate)
    if named.issuer is not None and named.serial is not None:
        found.add(IssuerAndSerial(named.issuer, named.serial))
    if named.key_identifier is not None:
        found.add(KeyIdentifier(named.key_identifier))
    if named.tbs is not None and named.key_algorithm is not None:
        # RFC 5280 §4.2.1.2 method 1, and the whole SubjectPublicKeyInfo as Windows has it.
        for octets in (named.key_bits, schema.octets(named.tbs.subject_public_key_info)):
            found.add(KeyIdentifier(hashlib.sha1(octets, usedforsecurity=False).digest()))
    return frozenset(found)
