"""The algorithms certificates are signed with: a table, and what a reader accepts of it.

Strength is a judgement of today, with its source in the table; what follows from it is the reader's choice
(`Accepted`): by default weak algorithms end a path, under `LEGACY` they are remarks, and broken ones are never
believed, whatever anybody accepts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from cryptography.hazmat.asn1 import TLV, decode_der
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from letterlock.trust.schema import NotDer, PssParameters, items_of, oid_of, whole

Family = Literal["RSA", "RSA-PSS", "ECDSA", "DSA", "Ed25519", "Ed448", "ML-DSA"]


class Strength(Enum):
    """How far a signature algorithm can be relied upon."""

    STRONG = "strong"
    WEAK = "weak"
    """SHA-1: chosen-prefix collisions since 2020 (https://sha-mbled.io). DSA: FIPS 186-5 no longer signs with it."""
    BROKEN = "broken"
    """MD2, MD4, MD5: RFC 6149, RFC 6150, RFC 6151. A rogue CA certificate was made with MD5 in 2008."""


@dataclass(frozen=True)
class SignatureAlgorithm:
    """One way of signing a certificate. `salt` is in octets and for RSA-PSS only."""

    name: str
    family: Family
    strength: Strength
    hash: Callable[[], hashes.HashAlgorithm] | None = None
    salt: int | None = None


@dataclass(frozen=True)
class Accepted:
    """What the reader relies on. Key sizes are in bits."""

    weak_algorithms: bool = False
    rsa_bits: int = 2048
    """RFC 8550 §4.2 and S/MIME BR §6.1.5: "RSA key pairs … modulus size … is at least 2048 bits"."""
    ec_bits: int = 224
    """Public CAs need 256 (S/MIME BR §6.1.5); 224 has the strength of RSA 2048 (NIST SP 800-57 part 1, table 2)."""


MODERN = Accepted()
LEGACY = Accepted(weak_algorithms=True, rsa_bits=1024, ec_bits=160)
"""For old mail and old test suites: SHA-1, DSA and RSA from 1024 bits are remarks instead of failures."""


_STRONG, _WEAK, _BROKEN = Strength.STRONG, Strength.WEAK, Strength.BROKEN
_RSA, _ECDSA, _DSA = "1.2.840.113549.1.1.", "1.2.840.10045.4.", "2.16.840.1.101.3.4.3."

# RFC 3279, RFC 4055, RFC 5758, RFC 8410, RFC 9881, and NIST's CSOR for SHA-3.
ALGORITHMS: dict[str, SignatureAlgorithm] = {
    _RSA + "2": SignatureAlgorithm("RSA with MD2", "RSA", _BROKEN),
    _RSA + "3": SignatureAlgorithm("RSA with MD4", "RSA", _BROKEN),
    _RSA + "4": SignatureAlgorithm("RSA with MD5", "RSA", _BROKEN),
    _RSA + "5": SignatureAlgorithm("RSA with SHA-1", "RSA", _WEAK, hashes.SHA1),
    "1.3.14.3.2.29": SignatureAlgorithm("RSA with SHA-1", "RSA", _WEAK, hashes.SHA1),
    _RSA + "14": SignatureAlgorithm("RSA with SHA-224", "RSA", _STRONG, hashes.SHA224),
    _RSA + "11": SignatureAlgorithm("RSA with SHA-256", "RSA", _STRONG, hashes.SHA256),
    _RSA + "12": SignatureAlgorithm("RSA with SHA-384", "RSA", _STRONG, hashes.SHA384),
    _RSA + "13": SignatureAlgorithm("RSA with SHA-512", "RSA", _STRONG, hashes.SHA512),
    _DSA + "13": SignatureAlgorithm("RSA with SHA3-224", "RSA", _STRONG, hashes.SHA3_224),
    _DSA + "14": SignatureAlgorithm("RSA with SHA3-256", "RSA", _STRONG, hashes.SHA3_256),
    _DSA + "15": SignatureAlgorithm("RSA with SHA3-384", "RSA", _STRONG, hashes.SHA3_384),
    _DSA + "16": SignatureAlgorithm("RSA with SHA3-512", "RSA", _STRONG, hashes.SHA3_512),
    _ECDSA + "1": SignatureAlgorithm("ECDSA with SHA-1", "ECDSA", _WEAK, hashes.SHA1),
    _ECDSA + "3.1": SignatureAlgorithm("ECDSA with SHA-224", "ECDSA", _STRONG, hashes.SHA224),
    _ECDSA + "3.2": SignatureAlgorithm("ECDSA with SHA-256", "ECDSA", _STRONG, hashes.SHA256),
    _ECDSA + "3.3": SignatureAlgorithm("ECDSA with SHA-384", "ECDSA", _STRONG, hashes.SHA384),
    _ECDSA + "3.4": SignatureAlgorithm("ECDSA with SHA-512", "ECDSA", _STRONG, hashes.SHA512),
    _DSA + "9": SignatureAlgorithm("ECDSA with SHA3-224", "ECDSA", _STRONG, hashes.SHA3_224),
    _DSA + "10": SignatureAlgorithm("ECDSA with SHA3-256", "ECDSA", _STRONG, hashes.SHA3_256),
    _DSA + "11": SignatureAlgorithm("ECDSA with SHA3-384", "ECDSA", _STRONG, hashes.SHA3_384),
    _DSA + "12": SignatureAlgorithm("ECDSA with SHA3-512", "ECDSA", _STRONG, hashes.SHA3_512),
    "1.2.840.10040.4.3": SignatureAlgorithm("DSA with SHA-1", "DSA", _WEAK, hashes.SHA1),
    _DSA + "1": SignatureAlgorithm("DSA with SHA-224", "DSA", _WEAK, hashes.SHA224),
    _DSA + "2": SignatureAlgorithm("DSA with SHA-256", "DSA", _WEAK, hashes.SHA256),
    "1.3.101.112": SignatureAlgorithm("Ed25519", "Ed25519", _STRONG),
    "1.3.101.113": SignatureAlgorithm("Ed448", "Ed448", _STRONG),
    _DSA + "17": SignatureAlgorithm("ML-DSA-44", "ML-DSA", _STRONG),
    _DSA + "18": SignatureAlgorithm("ML-DSA-65", "ML-DSA", _STRONG),
    _DSA + "19": SignatureAlgorithm("ML-DSA-87", "ML-DSA", _STRONG),
}

_PSS_DIGESTS: dict[str, tuple[str, Callable[[], hashes.HashAlgorithm], Strength]] = {
    "1.3.14.3.2.26": ("SHA-1", hashes.SHA1, _WEAK),
    "2.16.840.1.101.3.4.2.4": ("SHA-224", hashes.SHA224, _STRONG),
    "2.16.840.1.101.3.4.2.1": ("SHA-256", hashes.SHA256, _STRONG),
    "2.16.840.1.101.3.4.2.2": ("SHA-384", hashes.SHA384, _STRONG),
    "2.16.840.1.101.3.4.2.3": ("SHA-512", hashes.SHA512, _STRONG),
}
_SHA1 = "1.3.14.3.2.26"
_MGF1 = "1.2.840.113549.1.1.8"


def identified(identifier: list[TLV]) -> SignatureAlgorithm | None:
    """What an AlgorithmIdentifier means; None for one that cannot be checked here."""
    try:
        oid = oid_of(identifier[0])
        if oid == _RSA + "10":
            return _pss(identifier)
    except (ValueError, IndexError):
        return None
    return ALGORITHMS.get(oid)


def _pss(identifier: list[TLV]) -> SignatureAlgorithm | None:
    # RFC 4055 §3.1. Absent fields mean SHA-1 and a salt of 20 octets.
    parameters = decode_der(PssParameters, whole(identifier[1]))
    digest = oid_of(parameters.hash[0]) if parameters.hash else _SHA1
    mask_digest = _SHA1
    if parameters.mask:
        if oid_of(parameters.mask[0]) != _MGF1:
            return None
        mask_digest = oid_of(_first(parameters.mask[1]))
    # "The trailerField … MUST be 1". Two different digests are allowed by the letter and used by nobody.
    if digest not in _PSS_DIGESTS or mask_digest != digest or parameters.trailer not in (None, 1):
        return None
    salt = 20 if parameters.salt is None else parameters.salt
    if salt < 0:
        return None
    name, function, strength = _PSS_DIGESTS[digest]
    return SignatureAlgorithm(f"RSA-PSS with {name}", "RSA-PSS", strength, function, salt)


def _first(identifier: TLV) -> TLV:
    items = items_of(whole(identifier))
    if not items:
        raise NotDer("AlgorithmIdentifier")
    return items[0]


def weakness(key: PublicKeyTypes, accepted: Accepted) -> int | None:
    """The size in bits a key should have had; None if it is long enough."""
    if isinstance(key, rsa.RSAPublicKey | dsa.DSAPublicKey):
        return accepted.rsa_bits if key.key_size < accepted.rsa_bits else None
    if isinstance(key, ec.EllipticCurvePublicKey):
        return accepted.ec_bits if key.curve.key_size < accepted.ec_bits else None
    return None
