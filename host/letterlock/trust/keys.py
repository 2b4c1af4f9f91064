"""Public keys: reading, naming, and how long they must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, mlkem, rsa, x448, x25519
from cryptography.hazmat.primitives.serialization import load_der_public_key

from letterlock.trust.schema import NotDer, items_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

MlDsaPublicKey = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey

RSASSA_PSS = "1.2.840.113549.1.1.10"
"""A key under this identifier makes RSASSA-PSS signatures only (RFC 4055 §1.2)."""

_NAMES = {
    "1.2.840.113549.1.1.1": "RSA",
    RSASSA_PSS: "RSA",
    "1.2.840.10045.2.1": "EC",
    "1.2.840.10040.4.1": "DSA",
    "1.3.101.110": "X25519",
    "1.3.101.111": "X448",
    "1.3.101.112": "Ed25519",
    "1.3.101.113": "Ed448",
    "2.16.840.1.101.3.4.3.17": "ML-DSA-44",
    "2.16.840.1.101.3.4.3.18": "ML-DSA-65",
    "2.16.840.1.101.3.4.3.19": "ML-DSA-87",
    "2.16.840.1.101.3.4.4.1": "ML-KEM-512",
    "2.16.840.1.101.3.4.4.2": "ML-KEM-768",
    "2.16.840.1.101.3.4.4.3": "ML-KEM-1024",
}
_CURVES = {"secp256r1": "P-256", "secp384r1": "P-384", "secp521r1": "P-521", "secp224r1": "P-224", "secp192r1": "P-192"}


_RSA_MOST_BITS = 16_384
_RSA_MOST_EXPONENT_BITS = 64
"""Nobody has larger numbers, and OpenSSL refuses them for larger keys (OPENSSL_RSA_MAX_PUBEXP_BITS): with an exponent
as long as the key, each check costs as much as making a signature."""


def load(key_der: bytes) -> PublicKeyTypes:
    """A SubjectPublicKeyInfo as a key of the library; raises what the library raises, and ValueError for RSA keys
    whose numbers are only there to cost time, and for a bare RSAPublicKey (RFC 8017 §A.1.1), which it takes as well."""
    try:
        inner = items_of(key_der)
    except NotDer:
        raise ValueError("not DER") from None
    if not inner or inner[0].tag_bytes != b"\x30":
        raise ValueError("no AlgorithmIdentifier")
    key = load_der_public_key(key_der)
    if isinstance(key, rsa.RSAPublicKey):
        exponent = key.public_numbers().e
        if key.key_size > _RSA_MOST_BITS or exponent.bit_length() > _RSA_MOST_EXPONENT_BITS:
            raise ValueError("RSA numbers")
    return key


def named(algorithm: str) -> str:
    """A key algorithm's usual name, else its object identifier."""
    return _NAMES.get(algorithm, algorithm or "?")


def described(key: PublicKeyTypes) -> str:
    """A key in words: kind and size."""
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return f"EC {_CURVES.get(key.curve.name, key.curve.name)}"
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    kind = type(key).__name__.lstrip("_").removesuffix("PublicKey")
    return kind.replace("MLDSA", "ML-DSA-").replace("MLKEM", "ML-KEM-")


def can_sign(key: PublicKeyTypes) -> bool:
    """Whether keys of this kind make signatures at all."""
    return isinstance(
        key,
        rsa.RSAPublicKey
        | ec.EllipticCurvePublicKey
        | dsa.DSAPublicKey
        | ed25519.Ed25519PublicKey
        | ed448.Ed448PublicKey
        | MlDsaPublicKey,
    )


def can_encrypt(key: PublicKeyTypes) -> bool:
    """Whether content keys are sent to keys of this kind at all."""
    return transports(key) or agrees(key)


def transports(key: PublicKeyTypes) -> bool:
    """Whether content keys are encrypted or encapsulated to such a key."""
    return isinstance(key, rsa.RSAPublicKey | mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey)


def agrees(key: PublicKeyTypes) -> bool:
    """Whether content keys are wrapped under a key agreed on with such a key."""
    return isinstance(key, ec.EllipticCurvePublicKey | x25519.X25519PublicKey | x448.X448PublicKey)
