"""Object identifiers between their contents octets (X.690 §8.19) and dotted text."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from cryptography.x509 import ObjectIdentifier as ObjectIdentifier
else:
    # The class without the module it is documented in: that loads everything about certificates, which takes a tenth
    # of the time in which a host must have its first answer ready.
    ObjectIdentifier = type(ec.EllipticCurveOID.SECP256R1)

_ARC_LIMIT = 1 << 128
"""Largest arc: UUIDs under 2.25 have 128 bits. Beyond it the number is noise."""


@lru_cache(maxsize=512)
def dotted(contents: bytes) -> str | None:
    """Dotted text of an OBJECT IDENTIFIER's contents octets, or None where they are not one."""
    if not contents or contents[-1] & 0x80:
        return None
    arcs: list[int] = []
    arc = 0
    for octet in contents:
        if arc == 0 and octet == 0x80:  # a padded arc: two encodings of one identifier
            return None
        arc = arc << 7 | octet & 0x7F
        if arc >= _ARC_LIMIT:
            return None
        if not octet & 0x80:
            arcs.append(arc)
            arc = 0
    first = min(arcs[0] // 40, 2)
    return ".".join(map(str, (first, arcs[0] - 40 * first, *arcs[1:])))


@lru_cache(maxsize=512)
def encoded(dotted: str) -> bytes:
    """An OBJECT IDENTIFIER in DER from its dotted text."""
    return asn1.encode_der(ObjectIdentifier(dotted))
