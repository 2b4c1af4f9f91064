"""AES-GCM (NIST SP 800-38D) where what is authenticated beside the content is known only after it.

AuthEnvelopedData has its attributes behind the content, and the library wants them before it. The tag is a sum in
GF(2^128), so the attributes' share of it can be computed apart and taken off the tag that was sent; the library then
checks the rest, as if there were no attributes. The share is public arithmetic over what was sent and a key of the
content; nothing of it depends on the text.
"""

from __future__ import annotations

from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock import limits
from letterlock.cms.failures import CmsTooLarge, DecryptionFailed

_BLOCK = 16
_REDUCTION = 0xE1 << 120
"""SP 800-38D §6.3: R, the polynomial of the field, most significant coefficient first."""


class Gcm:
    """One content being decrypted: see `content_encryption.Decryption`."""

    def __init__(self, key: bytes, nonce: bytes, tag_octets: int, sink: Callable[[bytes], None]) -> None:
        self._key = key
        self._tag_octets = tag_octets
        self._sink = sink
        self._context = Cipher(AES(key), modes.GCM(nonce, min_tag_length=12)).decryptor()
        self._octets = 0

    def update(self, octets: bytes) -> None:
        self._octets += len(octets)
        self._sink(self._context.update(octets))

    def finish(self, tag: bytes | None, attributes: bytes) -> None:
        if tag is None or len(tag) != self._tag_octets:
            raise DecryptionFailed
        if attributes:
            if len(attributes) > limits.CMS_AUTHENTICATED_ATTRIBUTES_OCTETS:
                raise CmsTooLarge(limits.CMS_AUTHENTICATED_ATTRIBUTES_OCTETS)
            share = _share(self._key, attributes, self._octets)
            tag = bytes(a ^ b for a, b in zip(tag, share, strict=False))
        try:
            self._context.finalize_with_tag(tag)
        except (InvalidTag, ValueError):
            raise DecryptionFailed from None


def _share(key: bytes, attributes: bytes, content_octets: int) -> bytes:
    """The part of the tag that the attributes make.

    SP 800-38D §6.4, §7.1: with H = E(K, 0), m blocks A of attributes and n blocks C of content, the tag is
    E(K, J0) + A_1·H^(m+n+1) + … + A_m·H^(n+2) + C_1·H^(n+1) + … + C_n·H^2 + (len(A) || len(C))·H.
    """
    encryptor = Cipher(AES(key), modes.ECB()).encryptor()  # noqa: S305 (one block, as GCM itself does)
    h = int.from_bytes(encryptor.update(bytes(_BLOCK)), "big")
    total = 0
    for start in range(0, len(attributes), _BLOCK):
        block = attributes[start : start + _BLOCK].ljust(_BLOCK, b"\0")
        total = _times(total ^ int.from_bytes(block, "big"), h)
    # Now A_1·H^m + … + A_m·H; what follows them in the sum are n blocks of content and the lengths.
    total = _times(total, _power(h, (content_octets + _BLOCK - 1) // _BLOCK + 1))
    lengths = (8 * len(attributes)) << 64
    return (total ^ _times(lengths, h)).to_bytes(_BLOCK, "big")


def _power(base: int, exponent: int) -> int:
    result = 1 << 127  # one, in GCM's order of bits
    while exponent:
        if exponent & 1:
            result = _times(result, base)
        base = _times(base, base)
        exponent >>= 1
    return result


def _times(x: int, y: int) -> int:
    """The product in the field (SP 800-38D §6.3, algorithm 1)."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ _REDUCTION if y & 1 else y >> 1
    return product
