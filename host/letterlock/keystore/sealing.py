"""Sealing: AES-256-GCM (NIST SP 800-38D) under a key for one purpose, bound to what the sealed octets belong to.

    sealed = nonce (12 octets, random) || ciphertext || tag (16 octets)

Each purpose has a key of its own, derived from the master key with HKDF-SHA-256 (RFC 5869), so that octets sealed for
one can never be taken for another's. Random nonces suffice for 2^32 sealings under one key; people reach some hundreds.
"""

from __future__ import annotations

import hashlib
import os

NONCE_OCTETS = 12
TAG_OCTETS = 16
VAULT_ID_OCTETS = 16


def purpose_key(master: bytes | bytearray, purpose: str) -> bytearray:
    """The key for one purpose; the caller overwrites it when done."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    key = bytearray(32)
    HKDF(SHA256(), 32, salt=None, info=b"letterlock 1 " + purpose.encode()).derive_into(master, key)
    return key


def vault_id(master: bytes | bytearray) -> bytes:
    """The name of a master key, which reveals nothing of it: it proves that what was unwrapped is the right one."""
    return hashlib.sha256(purpose_key(master, "vault id")).digest()[:VAULT_ID_OCTETS]


def seal(key: bytes | bytearray, octets: bytes | bytearray, belongs_to: bytes) -> bytes:
    """Sealed octets that open only with the same key and the same `belongs_to`."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_OCTETS)
    return nonce + AESGCM(key).encrypt(nonce, octets, belongs_to)


def unseal(key: bytes | bytearray, sealed: bytes, belongs_to: bytes) -> bytearray | None:
    """What was sealed, to be overwritten by the caller; None where anything is not as it was."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(sealed) < NONCE_OCTETS + TAG_OCTETS:
        return None
    opened = bytearray(len(sealed) - NONCE_OCTETS - TAG_OCTETS)
    try:
        AESGCM(key).decrypt_into(sealed[:NONCE_OCTETS], sealed[NONCE_OCTETS:], belongs_to, opened)
    except InvalidTag:
        return None
    return opened


def overwrite(secret: bytearray | None) -> None:
    """Zeros over a secret that is no longer needed. Copies that the libraries made are beyond our reach."""
    if secret is not None:
        secret[:] = bytes(len(secret))
