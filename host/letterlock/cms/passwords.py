"""Content keys wrapped under a password: PBKDF2 (RFC 8018 §5.2) and PWRI-KEK (RFC 3211 §2.3)."""

from __future__ import annotations

import hmac

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from letterlock import limits
from letterlock.cms import der, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.encryption_algorithms import (
    PBKDF2,
    PSEUDORANDOM,
    PWRI_KEK,
    Mode,
    content_algorithm,
    encryption_name,
    key_algorithm,
)
from letterlock.cms.failures import (
    CmsMalformed,
    DecryptionFailed,
    EncryptionNotSupported,
    EncryptionParametersMalformed,
)
from letterlock.cms.recipients import Password
from letterlock.cms.schema import Algorithm

_HASHES: dict[str, hashes.HashAlgorithm] = {
    "SHA-1": hashes.SHA1(),  # noqa: S303 (in HMAC nothing depends on collisions)
    "SHA-224": hashes.SHA224(),
    "SHA-256": hashes.SHA256(),
    "SHA-384": hashes.SHA384(),
    "SHA-512": hashes.SHA512(),
}


def unwrap(recipient: Password, password: bytes) -> bytes:
    """The content key.

    Raises:
        DecryptionFailed: another password, or changed on the way.
        EncryptionNotSupported, EncryptionParametersMalformed: not for us, or nobody's.
    """
    if recipient.algorithm.oid != PWRI_KEK:
        raise EncryptionNotSupported(encryption_name(recipient.algorithm.oid))
    try:
        inner = schema.decode_algorithm(recipient.algorithm.parameters or b"", "PWRI-KEK")
        known, mode = content_algorithm(inner.oid)
        if mode is not Mode.CBC or known.block not in ("AES", "3DES"):
            raise EncryptionNotSupported(f"PWRI-KEK with {known.name}")
        size = 16 if known.block == "AES" else 8
        iv = der.contents(inner.parameters or b"", "PWRI-KEK")
        if len(iv) != size:
            raise EncryptionParametersMalformed("PWRI-KEK")
        wrapping = _derive(recipient.derivation, password, known.key_octets)
    except CmsMalformed:
        raise EncryptionParametersMalformed("PWRI-KEK") from None
    wrapped = recipient.encrypted_key
    if len(wrapped) % size or len(wrapped) < 2 * size:
        raise DecryptionFailed

    def decrypt(start: bytes, octets: bytes) -> bytes:
        block = AES(wrapping) if known.block == "AES" else TripleDES(wrapping)
        context = Cipher(block, modes.CBC(start)).decryptor()
        return context.update(octets) + context.finalize()

    # RFC 3211 §2.3.2: steps 1 and 2 undo the second encryption, whose start was the last block of the first.
    last = decrypt(wrapped[-2 * size : -size], wrapped[-size:])
    once = decrypt(last, wrapped[:-size]) + last
    text = decrypt(iv, once)  # step 3
    # Steps 4 to 6: a length, the complement of the key's first octets, the key, padding.
    key = text[4 : 4 + text[0]]
    check = bytes(octet ^ 0xFF for octet in text[1:4])
    if text[0] < 8 or len(key) != text[0] or not hmac.compare_digest(check, key[:3]):
        raise DecryptionFailed
    return key


def _derive(derivation: Algorithm | None, password: bytes, octets: int) -> bytes:
    if derivation is None:
        raise EncryptionNotSupported("a password without key derivation")
    if derivation.oid != PBKDF2:
        raise EncryptionNotSupported(encryption_name(derivation.oid))
    parameters = schema.decode(wire.Pbkdf2Parameters, derivation.parameters or b"", "PBKDF2")
    digest = "SHA-1"
    if parameters.prf is not None:
        digest = key_algorithm(Algorithm.read(parameters.prf, "PBKDF2").oid, PSEUDORANDOM).digest or ""
    if parameters.iteration_count < 1 or parameters.key_length not in (None, octets):
        raise EncryptionParametersMalformed("PBKDF2")
    if parameters.iteration_count > limits.CMS_PASSWORD_ITERATIONS:
        raise EncryptionNotSupported(f"PBKDF2 with {parameters.iteration_count} iterations")
    return PBKDF2HMAC(_HASHES[digest], octets, parameters.salt, parameters.iteration_count).derive(password)
