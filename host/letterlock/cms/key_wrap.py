"""Taking a content key out of a wrapping under a symmetric key: AES (RFC 3394, RFC 5649) and 3DES (RFC 3217 §3)."""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_unwrap_with_padding

from letterlock.cms.encryption_algorithms import Wrap, wrap_algorithm
from letterlock.cms.failures import DecryptionFailed
from letterlock.cms.schema import Algorithm

_TRIPLE_DES_IV = bytes.fromhex("4adda22c79e82105")


def wrapping_key_octets(algorithm: Algorithm) -> int:
    """How long a key the algorithm wraps under.

    Raises:
        EncryptionNotSupported: it is not unwrapped here.
    """
    return wrap_algorithm(algorithm.oid)[0].key_octets


def unwrap(algorithm: Algorithm, wrapping: bytes, wrapped: bytes, octets: int) -> bytes:
    """The content key.

    Args:
        octets: how long it must be.

    Raises:
        EncryptionNotSupported: the algorithm is not unwrapped here.
        DecryptionFailed: another key wrapped it, it was changed, or it has another length.
    """
    known, wrap = wrap_algorithm(algorithm.oid)
    if len(wrapping) != known.key_octets:
        raise DecryptionFailed
    try:
        match wrap:
            case Wrap.AES:
                key = aes_key_unwrap(wrapping, wrapped)
            case Wrap.AES_PADDED:
                key = aes_key_unwrap_with_padding(wrapping, wrapped)
            case Wrap.TRIPLE_DES:
                key = _triple_des(wrapping, wrapped)
    except (InvalidUnwrap, ValueError):
        raise DecryptionFailed from None
    if len(key) != octets:
        raise DecryptionFailed
    return key


def _triple_des(wrapping: bytes, wrapped: bytes) -> bytes:
    """RFC 3217 §3.2.

    NOTE: The RFC wraps 3DES keys only, of 24 octets; OpenSSL wraps AES keys the same way, so any length is taken
    (`test_encrypted_by_openssl`).
    """
    if len(wrapped) % 8 or len(wrapped) < 32:  # step 1
        raise DecryptionFailed

    def decrypt(iv: bytes, octets: bytes) -> bytes:
        context = Cipher(TripleDES(wrapping), modes.CBC(iv)).decryptor()
        return context.update(octets) + context.finalize()

    turned = decrypt(_TRIPLE_DES_IV, wrapped)[::-1]  # steps 2 and 3
    inner = decrypt(turned[:8], turned[8:])  # steps 4 and 5
    key, checksum = inner[:-8], inner[-8:]  # step 6
    # Step 7. The checksum of RFC 3217 §2 is the start of a SHA-1 digest; nothing depends on collisions here.
    if not hmac.compare_digest(hashlib.sha1(key, usedforsecurity=False).digest()[:8], checksum):
        raise DecryptionFailed
    return key
