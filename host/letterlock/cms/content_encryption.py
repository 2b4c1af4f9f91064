"""Content encryption algorithms (RFC 5652 §6.1, RFC 5084, RFC 8103): decrypting, piece by piece.

`cipher` names the algorithm and the key it needs, before there is a key; `Cipher.start` then decrypts. What comes out
is not good before `finish` returns. Every way in which it can fail then is the same failure: see `DecryptionFailed`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import RC2, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import CipherContext, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock import limits
from letterlock.cms import der, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.algorithms import Status
from letterlock.cms.derived_key import derived_key
from letterlock.cms.encryption_algorithms import CEK_HKDF_SHA256, Mode, content_algorithm
from letterlock.cms.failures import (
    CmsMalformed,
    DecryptionFailed,
    EncryptedContentTooLarge,
    EncryptionNotSupported,
    EncryptionParametersMalformed,
)
from letterlock.cms.gcm import Gcm
from letterlock.cms.schema import Algorithm

Sink = Callable[[bytes], None]

_DEFAULT_TAG_OCTETS = 12
_RC2_128 = 58
"""rc2ParameterVersion of 128 effective key bits (RFC 2268 §6)."""
_RC2_BITS = {160: 40, 120: 64}


class Decryption(Protocol):
    """One content being decrypted."""

    def update(self, octets: bytes) -> None:
        """More encrypted octets."""
        ...

    def finish(self, tag: bytes | None, attributes: bytes) -> None:
        """No more come.

        Args:
            tag: the mac field of AuthEnvelopedData, None where the object has none.
            attributes: the octets authenticated beside the content, empty where there are none.

        Raises:
            DecryptionFailed: the content is not what was encrypted, or the key is not its key.
        """
        ...


@dataclass(frozen=True)
class Cipher:
    """A content encryption algorithm with its parameters, ready for a key of `key_octets`."""

    name: str
    weak: tuple[str, ...]
    key_octets: int
    authenticated: bool
    _start: Callable[[bytes, Sink], Decryption]

    def start(self, key: bytes, sink: Sink) -> Decryption:
        """Starts decrypting; what is decrypted goes to the sink and is not good before `Decryption.finish` returns.

        Raises:
            EncryptionNotSupported: this build of the library has not got the cipher (some leave out old ones).
        """
        try:
            return self._start(key, sink)
        except UnsupportedAlgorithm:
            raise EncryptionNotSupported(self.name) from None


def cipher(algorithm: Algorithm, separate_tag: bool) -> Cipher:
    """The cipher for an algorithm identifier.

    Args:
        separate_tag: the object is an AuthEnvelopedData, with the tag in a field of its own. Elsewhere an authenticated
            algorithm is misplaced, and read only with its tag at the end of the encrypted content.

    Raises:
        EncryptionNotSupported: not decrypted here, or no authenticated algorithm where one must be.
        EncryptionParametersMalformed: its parameters are not what its standard defines.
    """
    if algorithm.oid == CEK_HKDF_SHA256:
        return _derived(algorithm, separate_tag)
    known, mode = content_algorithm(algorithm.oid)
    try:
        if mode is Mode.CBC:
            # RFC 5083 §2.1: only authenticated algorithms. CBC there would pass for authenticated, and an attacker who
            # relabels the content would profit.
            if separate_tag:
                raise EncryptionNotSupported(f"{known.name} in AuthEnvelopedData")
            make = _cbc(known.name, known.block, algorithm)
            weak = (known.name,) if known.status is Status.WEAK else ()
            return Cipher(known.name, weak, known.key_octets, False, make)
        start = _authenticated(known.name, mode, algorithm, separate_tag)
    except CmsMalformed:
        raise EncryptionParametersMalformed(known.name) from None
    return Cipher(known.name, (), known.key_octets, True, start)


def _derived(algorithm: Algorithm, separate_tag: bool) -> Cipher:
    """RFC 9709: the key is derived from the content key and the algorithm it is for, so that nobody can pass off
    content of one algorithm as that of another."""
    if algorithm.parameters is None:
        raise EncryptionParametersMalformed("HKDF with SHA-256")
    try:
        inner = schema.decode_algorithm(algorithm.parameters, "HKDF with SHA-256")
    except CmsMalformed:
        raise EncryptionParametersMalformed("HKDF with SHA-256") from None
    if inner.oid == CEK_HKDF_SHA256:
        raise EncryptionParametersMalformed("HKDF with SHA-256")
    found = cipher(inner, separate_tag)
    info = algorithm.parameters

    def start(key: bytes, sink: Sink) -> Decryption:
        return found.start(derived_key(key, info, found.key_octets), sink)

    return replace(found, name=f"{found.name} with a derived key", _start=start)


def _cbc(name: str, block: str, algorithm: Algorithm) -> Callable[[bytes, Sink], Decryption]:
    if block == "RC2":
        parameters = schema.decode(wire.Rc2CbcParameter, algorithm.parameters or b"", name)
        if parameters.version != _RC2_128:
            bits = _RC2_BITS.get(parameters.version)
            raise EncryptionNotSupported(f"RC2-{bits}" if bits else f"RC2 version {parameters.version}")
        iv = parameters.iv
    else:
        # RFC 3565 §2.3.1, RFC 3370 §5.1: AES-IV ::= OCTET STRING (SIZE(16)), IV ::= OCTET STRING (SIZE(8))
        if not algorithm.parameters or algorithm.parameters[0] != 0x04:
            raise EncryptionParametersMalformed(name)
        iv = der.contents(algorithm.parameters, name)
    size = 16 if block == "AES" else 8
    if len(iv) != size:
        raise EncryptionParametersMalformed(name)

    def start(key: bytes, sink: Sink) -> Decryption:
        match block:
            case "AES":
                engine = BlockCipher(AES(key), modes.CBC(iv))
            case "RC2":
                engine = BlockCipher(RC2(key), modes.CBC(iv))
            case _:
                # DES is 3DES with one key three times.
                engine = BlockCipher(TripleDES(key * 3 if len(key) == 8 else key), modes.CBC(iv))
        return _Cbc(engine.decryptor(), size, sink)

    return start


class _Cbc:
    """CBC with the padding of RFC 5652 §6.3: n octets of value n, n from 1 to the block size.

    The last block is held back until the end, so that padding never goes to the sink.
    """

    def __init__(self, context: CipherContext, size: int, sink: Sink) -> None:
        self._context = context
        self._size = size
        self._sink = sink
        self._last = b""

    def update(self, octets: bytes) -> None:
        # The library keeps what is no whole block and returns whole blocks.
        text = self._context.update(octets)
        if not text:
            return
        if self._last:
            self._sink(self._last)
        self._last = text[-self._size :]
        if len(text) > self._size:
            self._sink(text[: -self._size])

    def finish(self, tag: bytes | None, attributes: bytes) -> None:
        try:
            self._context.finalize()
        except ValueError:
            raise DecryptionFailed from None
        padding = self._last[-1] if self._last else 0
        if not 1 <= padding <= self._size or self._last[-padding:] != bytes((padding,)) * padding:
            raise DecryptionFailed
        if padding < self._size:
            self._sink(self._last[:-padding])


def _authenticated(
    name: str, mode: Mode, algorithm: Algorithm, separate_tag: bool
) -> Callable[[bytes, Sink], Decryption]:
    encoded = algorithm.parameters or b""
    if mode is Mode.CHACHA:
        # RFC 8103 §4: AEADChaCha20Poly1305Nonce ::= OCTET STRING (SIZE(12))
        nonce, tag_octets = der.contents(encoded, name) if encoded[:1] == b"\x04" else b"", 16
        sound = len(nonce) == 12
    else:
        parameters = schema.decode(wire.AeadParameters, encoded, name)
        nonce = parameters.nonce
        tag_octets = _DEFAULT_TAG_OCTETS if parameters.icv_length is None else parameters.icv_length
        if mode is Mode.GCM:
            # The library takes nonces of 8 to 128 octets; nobody has others (RFC 5084 §3.2 recommends 12).
            sound = tag_octets in range(12, 17) and 8 <= len(nonce) <= 128
        else:
            # RFC 5084 §3.1 allows tags from 4 octets up. Short ones can be guessed by whoever sends often enough.
            sound = tag_octets in (8, 10, 12, 14, 16) and 7 <= len(nonce) <= 13
    if not sound:
        raise EncryptionParametersMalformed(name)

    def start(key: bytes, sink: Sink) -> Decryption:
        match mode:
            case Mode.GCM:
                decryption: Decryption = Gcm(key, nonce, tag_octets, sink)
            case Mode.CCM:
                decryption = _Whole(name, AESCCM(key, tag_octets), nonce, tag_octets, sink)
            case _:
                decryption = _Whole(name, ChaCha20Poly1305(key), nonce, tag_octets, sink)
        return decryption if separate_tag else _TagAtEnd(decryption, tag_octets)

    return start


class _Whole:
    """An authenticated algorithm that the library decrypts in one piece only: the content is collected first."""

    def __init__(self, name: str, engine: AESCCM | ChaCha20Poly1305, nonce: bytes, tag_octets: int, sink: Sink) -> None:
        self._name = name
        self._engine = engine
        self._nonce = nonce
        self._tag_octets = tag_octets
        self._sink = sink
        self._collected = bytearray()

    def update(self, octets: bytes) -> None:
        if len(self._collected) + len(octets) > limits.CMS_WHOLE_OCTETS:
            raise EncryptedContentTooLarge(self._name, limits.CMS_WHOLE_OCTETS)
        self._collected += octets

    def finish(self, tag: bytes | None, attributes: bytes) -> None:
        if tag is None or len(tag) != self._tag_octets:
            raise DecryptionFailed
        self._collected += tag
        try:
            text = self._engine.decrypt(self._nonce, self._collected, attributes or None)
        except (InvalidTag, ValueError):
            raise DecryptionFailed from None
        if text:
            self._sink(text)


class _TagAtEnd:
    """Takes the tag off the end of the encrypted content, for content that stands where it has no field of its own."""

    def __init__(self, inner: Decryption, tag_octets: int) -> None:
        self._inner = inner
        self._tag_octets = tag_octets
        self._held = b""

    def update(self, octets: bytes) -> None:
        held = self._held + octets
        self._held = held[-self._tag_octets :]
        if len(held) > self._tag_octets:
            self._inner.update(held[: -self._tag_octets])

    def finish(self, tag: bytes | None, attributes: bytes) -> None:
        self._inner.finish(self._held, attributes)
