"""Whom content is encrypted to: one RecipientInfo for each (RFC 5652 §6.2, RFC 5753, RFC 8418, RFC 9629, RFC 9936).

Each class is one way to wrap a content key. `recipient_for` picks the way that goes with a certificate's key. Only
public keys, shared keys and passwords are needed, so nothing here can fail because a smart card is missing.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock import limits
from letterlock.cms import der, identifiers
from letterlock.cms.certificates import Certificate
from letterlock.cms.encryption_algorithms import (
    AGREEMENT,
    CONTENT,
    DERIVATIONS,
    KEM,
    PBKDF2,
    PSEUDORANDOM,
    PWRI_KEK,
    RSA_ENCRYPTION,
    RSAES_OAEP,
    WRAPS,
)
from letterlock.cms.failures import EncryptingNotSupported
from letterlock.cms.key_encryption import CURVES
from letterlock.cms.oids import encoded
from letterlock.cms.schema import Algorithm

_RSA_LEAST_BITS = 2048
_NULL = b"\x05\x00"
_MGF1 = "1.2.840.113549.1.1.8"
_KEM_RECIPIENT = "1.2.840.113549.1.9.16.13.3"
_EC_PUBLIC_KEY = "1.2.840.10045.2.1"
_X25519 = "1.3.101.110"
_X448 = "1.3.101.111"

_HASHES: dict[str, tuple[hashes.HashAlgorithm, str]] = {
    "SHA-1": (hashes.SHA1(), "1.3.14.3.2.26"),  # noqa: S303 (in OAEP nothing depends on collisions)
    "SHA-256": (hashes.SHA256(), "2.16.840.1.101.3.4.2.1"),
    "SHA-384": (hashes.SHA384(), "2.16.840.1.101.3.4.2.2"),
    "SHA-512": (hashes.SHA512(), "2.16.840.1.101.3.4.2.3"),
}
_BY_NAME = {
    **{each.name: each.oid for each in (*AGREEMENT, *DERIVATIONS, *KEM, *PSEUDORANDOM)},
    **{each.name: each.oid for each in WRAPS},
    **{each.name: each.oid for each in CONTENT},
}
_WRAP = Algorithm(_BY_NAME["AES-256 key wrap"], None)
_WRAP_OCTETS = 32

CREATED = frozenset(
    {
        "RSA PKCS#1 v1.5",
        "RSA-OAEP",
        "AES-128 key wrap",
        "AES-192 key wrap",
        "AES-256 key wrap",
        "ML-KEM-768",
        "ML-KEM-1024",
        "PBKDF2",
        "PWRI-KEK",
        "HKDF with SHA-256",
        "HMAC with SHA-256",
        *(f"ECDH with X9.63 and SHA-{bits}" for bits in (256, 384, 512)),
        *(f"ECDH with HKDF and SHA-{bits}" for bits in (256, 384, 512)),
    }
)
"""Names of the algorithms for content keys that are written here."""


class RecipientInfo(Protocol):
    """One recipient of what is written."""

    version: int
    """Of the EnvelopedData, as far as this recipient has a say (RFC 5652 §6.1)."""

    def wrap(self, key: bytes) -> bytes:
        """The RecipientInfo in DER, with this content key for the recipient."""
        ...


def recipient_for(
    certificate: x509.Certificate, *, oaep: str | None = None, by_key_identifier: bool = False
) -> RecipientInfo:
    """The recipient that a certificate belongs to, in the way that goes with its key.

    Args:
        oaep: for RSA: the hash of RSA-OAEP ("SHA-256", "SHA-1" …); None: PKCS#1 v1.5.
        by_key_identifier: name the certificate by its key's identifier, not by issuer and serial number.

    Raises:
        EncryptingNotSupported: nothing is encrypted to that key here.
    """
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise EncryptingNotSupported(certificate.public_key_algorithm_oid.dotted_string) from None
    match key:
        case rsa.RSAPublicKey():
            return TransportRecipient(certificate, key, oaep, by_key_identifier)
        case ec.EllipticCurvePublicKey():
            return AgreementRecipient(certificate, key, "ECDH with X9.63 and SHA-256", by_key_identifier)
        case x25519.X25519PublicKey():
            return AgreementRecipient(certificate, key, "ECDH with HKDF and SHA-256", by_key_identifier)
        case x448.X448PublicKey():
            return AgreementRecipient(certificate, key, "ECDH with HKDF and SHA-512", by_key_identifier)
        case mlkem.MLKEM768PublicKey() | mlkem.MLKEM1024PublicKey():
            return EncapsulationRecipient(certificate, key, by_key_identifier)
    raise EncryptingNotSupported(type(key).__name__.removesuffix("PublicKey"))


class TransportRecipient:
    """RSA: PKCS#1 v1.5 (RFC 3370 §4.2.1), or OAEP (RFC 3560) with one hash for everything and no label."""

    def __init__(
        self, certificate: x509.Certificate, key: rsa.RSAPublicKey, oaep: str | None, by_key_identifier: bool = False
    ) -> None:
        if key.key_size < _RSA_LEAST_BITS:
            raise EncryptingNotSupported(f"RSA {key.key_size}")
        if oaep is not None and oaep not in _HASHES:
            raise EncryptingNotSupported(f"RSA-OAEP with {oaep}")
        self.version = 2 if by_key_identifier else 0
        self._rid = _rid(certificate, by_key_identifier)
        self._key = key
        self._oaep = oaep

    def wrap(self, key: bytes) -> bytes:
        if self._oaep is None:
            algorithm, encrypted = Algorithm(RSA_ENCRYPTION, _NULL), self._key.encrypt(key, padding.PKCS1v15())
        else:
            hashed, oid = _HASHES[self._oaep]
            identifier = Algorithm(oid, _NULL).encode()
            # RFC 4055 §4.1: what has its default value (SHA-1) is left out.
            fields = b""
            if self._oaep != "SHA-1":
                fields = der.value(0xA0, identifier) + der.value(0xA1, Algorithm(_MGF1, identifier).encode())
            algorithm = Algorithm(RSAES_OAEP, der.value(0x30, fields))
            encrypted = self._key.encrypt(key, padding.OAEP(padding.MGF1(hashed), hashed, None))
        return der.value(0x30, der.integer(self.version) + self._rid + algorithm.encode() + der.value(0x04, encrypted))


class AgreementRecipient:
    """Ephemeral-static Diffie-Hellman: ECDH (RFC 5753 §3.1), X25519 and X448 (RFC 8418), wrapping with AES-256.

    Args:
        agreement: the name in `encryption_algorithms.AGREEMENT`, which holds the key derivation.
    """

    version = 2

    def __init__(
        self,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePublicKey | x25519.X25519PublicKey | x448.X448PublicKey,
        agreement: str,
        by_key_identifier: bool = False,
    ) -> None:
        if agreement not in CREATED:
            raise EncryptingNotSupported(agreement)
        if isinstance(key, ec.EllipticCurvePublicKey) and key.curve.name not in CURVES:
            raise EncryptingNotSupported(f"ECDH on {key.curve.name}")
        self._key = key
        self._agreement = agreement
        if by_key_identifier:
            # RecipientKeyIdentifier [0] IMPLICIT
            self._rid = der.value(0xA0, der.value(0x04, _key_identifier(certificate)))
        else:
            self._rid = identifiers.issuer_and_serial(certificate)

    def wrap(self, key: bytes) -> bytes:
        algorithm, own, secret = self._agree()
        ukm = secrets.token_bytes(64)  # RFC 5753 §3.1 has it optional; RFC 2631 §2.3 recommends as many octets
        wrap = _WRAP.encode()
        # ECC-CMS-SharedInfo, as in `key_encryption.agreed`
        shared = der.value(
            0x30,
            wrap
            + der.value(0xA0, der.value(0x04, ukm))
            + der.value(0xA2, der.value(0x04, (8 * _WRAP_OCTETS).to_bytes(4, "big"))),
        )
        hashed = _HASHES[self._agreement.rsplit(" ", 1)[1]][0]
        if "HKDF" in self._agreement:
            wrapping = HKDF(hashed, _WRAP_OCTETS, None, shared).derive(secret)
        else:
            wrapping = X963KDF(hashed, _WRAP_OCTETS, shared).derive(secret)
        originator = algorithm.encode() + der.value(0x03, b"\0" + own)
        entry = der.value(0x30, self._rid + der.value(0x04, aes_key_wrap(wrapping, key)))
        return der.value(
            0xA1,
            der.integer(3)
            + der.value(0xA0, der.value(0xA1, originator))
            + der.value(0xA1, der.value(0x04, ukm))
            + Algorithm(_BY_NAME[self._agreement], wrap).encode()
            + der.value(0x30, entry),
        )

    def _agree(self) -> tuple[Algorithm, bytes, bytes]:
        """A key for this message alone: its algorithm, its public octets, and the secret shared with the recipient."""
        match self._key:
            case ec.EllipticCurvePublicKey():
                own = ec.generate_private_key(self._key.curve)
                point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
                # RFC 5753 §3.1.1: the curve is the recipient's; named all the same, for readers that look.
                identifier = Algorithm(_EC_PUBLIC_KEY, CURVES[self._key.curve.name])
                return identifier, point, own.exchange(ec.ECDH(), self._key)
            case x25519.X25519PublicKey():
                ours = x25519.X25519PrivateKey.generate()
                return Algorithm(_X25519, None), ours.public_key().public_bytes_raw(), ours.exchange(self._key)
            case x448.X448PublicKey():
                mine = x448.X448PrivateKey.generate()
                return Algorithm(_X448, None), mine.public_key().public_bytes_raw(), mine.exchange(self._key)


class EncapsulationRecipient:
    """ML-KEM (RFC 9936) in a KEMRecipientInfo (RFC 9629 §3), with HKDF and SHA-256, wrapping with AES-256."""

    version = 3

    def __init__(
        self,
        certificate: x509.Certificate,
        key: mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey,
        by_key_identifier: bool = False,
    ) -> None:
        self._rid = _rid(certificate, by_key_identifier)
        self._key = key

    def wrap(self, key: bytes) -> bytes:
        name = "ML-KEM-768" if isinstance(self._key, mlkem.MLKEM768PublicKey) else "ML-KEM-1024"
        secret, ciphertext = self._key.encapsulate()
        wrap = _WRAP.encode()
        # CMSORIforKEMOtherInfo, as in `key_encryption.decapsulated`
        info = der.value(0x30, wrap + der.integer(_WRAP_OCTETS))
        wrapping = HKDF(hashes.SHA256(), _WRAP_OCTETS, None, info).derive(secret)
        entry = der.value(
            0x30,
            der.integer(0)
            + self._rid
            + Algorithm(_BY_NAME[name], None).encode()
            + der.value(0x04, ciphertext)
            + Algorithm(_BY_NAME["HKDF with SHA-256"], None).encode()
            + der.integer(_WRAP_OCTETS)
            + wrap
            + der.value(0x04, aes_key_wrap(wrapping, key)),
        )
        return der.value(0xA4, encoded(_KEM_RECIPIENT) + entry)


@dataclass(frozen=True)
class SharedKeyRecipient:
    """Whoever has this AES key, which both sides have had before (RFC 5652 §6.2.3), under its identifier."""

    octets: bytes = field(repr=False)
    identifier: bytes
    version = 2

    def wrap(self, key: bytes) -> bytes:
        """As `RecipientInfo.wrap`.

        Raises:
            EncryptingNotSupported: the key has no length that AES has.
        """
        bits = 8 * len(self.octets)
        if bits not in (128, 192, 256):
            raise EncryptingNotSupported(f"a shared key of {bits} bits")
        return der.value(
            0xA2,
            der.integer(4)
            + der.value(0x30, der.value(0x04, self.identifier))
            + Algorithm(_BY_NAME[f"AES-{bits} key wrap"], None).encode()
            + der.value(0x04, aes_key_wrap(self.octets, key)),
        )


@dataclass(frozen=True)
class PasswordRecipient:
    """Whoever knows this password, in UTF-8 (RFC 5652 §6.2.4): PBKDF2 with SHA-256, PWRI-KEK with AES-256-CBC."""

    password: bytes = field(repr=False)
    iterations: int = limits.CMS_PASSWORD_ITERATIONS_WRITTEN
    version = 3

    def wrap(self, key: bytes) -> bytes:
        """As `RecipientInfo.wrap`."""
        salt, iv = secrets.token_bytes(16), secrets.token_bytes(16)
        wrapping = PBKDF2HMAC(hashes.SHA256(), 32, salt, self.iterations).derive(self.password)
        # RFC 3211 §2.3.1: a length, the complement of the key's first octets, the key, and random octets to fill at
        # least two blocks; then encrypted twice, the second time from where the first left off.
        text = bytes((len(key), *(octet ^ 0xFF for octet in key[:3]))) + key
        text += secrets.token_bytes(max(32, -(-len(text) // 16) * 16) - len(text))
        context = Cipher(AES(wrapping), modes.CBC(iv)).encryptor()
        # One context chains just so: the next block starts from what it encrypted last.
        encrypted = context.update(context.update(text))
        prf = Algorithm(_BY_NAME["HMAC with SHA-256"], _NULL).encode()
        derivation = der.value(0x30, der.value(0x04, salt) + der.integer(self.iterations) + prf)
        inner = Algorithm(_BY_NAME["AES-256-CBC"], der.value(0x04, iv)).encode()
        return der.value(
            0xA3,
            der.integer(0)
            + b"\xa0" + Algorithm(PBKDF2, derivation).encode()[1:]
            + Algorithm(PWRI_KEK, inner).encode()
            + der.value(0x04, encrypted),
        )  # fmt: skip


def _rid(certificate: x509.Certificate, by_key_identifier: bool) -> bytes:
    if by_key_identifier:
        return der.value(0x80, _key_identifier(certificate))
    return identifiers.issuer_and_serial(certificate)


def _key_identifier(certificate: x509.Certificate) -> bytes:
    """The certificate's own: one that the recipient's program would have to compute is no use.

    Raises:
        EncryptingNotSupported: it has none.
    """
    found = Certificate.of(certificate).key_identifier
    if found is None:
        raise EncryptingNotSupported("a key identifier that the certificate does not have")
    return found
