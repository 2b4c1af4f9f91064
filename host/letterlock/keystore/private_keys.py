"""Private keys as octets: PKCS#8 (RFC 5958) in DER, which every kind has that the library knows."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from letterlock.cms import load_certificate
from letterlock.trust import keys


def encode(key: PrivateKeyTypes) -> bytearray:
    """The key in clear, to be overwritten by the caller."""
    return bytearray(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def decode(octets: bytes | bytearray) -> PrivateKeyTypes | None:
    """The key in octets that were sealed by us, or None where they hold none.

    NOTE: the numbers of an RSA key are not proven anew each time, which takes 200 ms: they were when the key came in,
    and the seal has held since.
    """
    try:
        return load_der_private_key(octets, None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def parse(octets: bytes) -> PrivateKeyTypes:
    """The key in PKCS#8 from elsewhere, with all of its numbers checked. Raises ValueError."""
    try:
        return load_der_private_key(octets, None)
    except (TypeError, UnsupportedAlgorithm) as failure:
        raise ValueError(str(failure)) from None


def public(key: PrivateKeyTypes) -> bytes:
    """SubjectPublicKeyInfo in DER."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def described(key: PrivateKeyTypes) -> str:
    """Kind and size in words."""
    return keys.described(key.public_key())


def public_of_certificate(certificate: bytes) -> bytes | None:
    """The SubjectPublicKeyInfo in a certificate, or None where it cannot be read."""
    loaded = load_certificate(certificate)
    if loaded is None:
        return None
    try:
        return loaded.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
