"""The key that content is really encrypted with, where the sender used CEK-HKDF (RFC 9709).

Without it the same content key opens content under any algorithm of its length. Whoever guesses a block of content
under GCM can then relabel the object as CBC and see from whether it decrypts if the guess was right. With it the key
depends on the algorithm and its parameters, so a relabelled object has another key.
"""

from __future__ import annotations

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_SALT = b"The Cryptographic Message Syntax"


def derived_key(content_key: bytes, identifier: bytes, octets: int) -> bytes:
    """RFC 9709 §2.

    Args:
        identifier: the AlgorithmIdentifier of the content encryption in DER, as the object has it.
        octets: how long a key that algorithm takes.
    """
    return HKDF(hashes.SHA256(), octets, _SALT, identifier).derive(content_key)
