"""Content encryption algorithms (RFC 5652 §6.3, RFC 5084, RFC 8103): encrypting, piece by piece.

The counterpart of `content_encryption.py`, for what is written: AES and ChaCha20, nothing older. Each `Encryption`
makes its own nonce or IV at random; a key is for one content alone.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock import limits
from letterlock.cms import der
from letterlock.cms.algorithms import Status
from letterlock.cms.derived_key import derived_key
from letterlock.cms.encryption_algorithms import CEK_HKDF_SHA256, CONTENT, ContentAlgorithm, Mode
from letterlock.cms.failures import ContentTooLargeToEncrypt, EncryptingNotSupported
from letterlock.cms.schema import Algorithm

Sink = Callable[[bytes], None]
_KeyFor = Callable[[Algorithm], bytes]
"""The key for content under an algorithm with its parameters."""

CREATED: dict[str, ContentAlgorithm] = {
    each.name: each for each in CONTENT if each.mode is not None and each.status is Status.READ
}
"""What content is encrypted with here, by name."""

_BLOCK = 16
_TAG_OCTETS = 16
"""RFC 5084 §3.1, §3.2: the default is 12, for no reason that holds; the whole tag is written."""
_NONCE_OCTETS = 12


class Encryption(Protocol):
    """One content being encrypted."""

    authenticated: bool
    """Whether `finish` answers a tag."""

    @property
    def identifier(self) -> Algorithm:
        """The algorithm with its parameters."""
        ...

    def octets(self, content: int) -> int:
        """How long the encrypted content of so many octets is."""
        ...

    def start(self, attributes: bytes) -> None:
        """Before the first octet: what is authenticated beside the content, empty where there is nothing."""
        ...

    def update(self, octets: bytes) -> None:
        """More content."""
        ...

    def finish(self) -> bytes:
        """No more comes: the tag, empty where there is none."""
        ...


def content_algorithm(name: str) -> ContentAlgorithm:
    """The algorithm of that name (as in `encryption_algorithms.CONTENT`).

    Raises:
        EncryptingNotSupported: nothing is encrypted with it here.
    """
    if name not in CREATED:
        raise EncryptingNotSupported(name)
    return CREATED[name]


def encryption(algorithm: ContentAlgorithm, key: bytes, sink: Sink, *, derived: bool = False) -> Encryption:
    """Encrypts one content under a key that is used for nothing else; what comes out goes to the sink.

    Args:
        derived: as RFC 9709 has it, under a key that also depends on the algorithm.
    """
    if not derived:
        return _engine(algorithm, lambda identifier: key, sink)
    found = _engine(algorithm, lambda identifier: derived_key(key, identifier.encode(), algorithm.key_octets), sink)
    found.identifier = Algorithm(CEK_HKDF_SHA256, found.identifier.encode())
    return found


def _engine(algorithm: ContentAlgorithm, key: _KeyFor, sink: Sink) -> _Cbc | _Gcm | _Whole:
    match algorithm.mode:
        case Mode.CBC:
            return _Cbc(algorithm, key, sink)
        case Mode.GCM:
            return _Gcm(algorithm, key, sink)
        case Mode.CCM:
            return _Whole(algorithm, lambda identifier: AESCCM(key(identifier), _TAG_OCTETS), sink)
        case _:
            return _Whole(algorithm, lambda identifier: ChaCha20Poly1305(key(identifier)), sink)


class _Cbc:
    """With the padding of RFC 5652 §6.3: n octets of value n, from one to a whole block."""

    authenticated = False

    def __init__(self, algorithm: ContentAlgorithm, key: _KeyFor, sink: Sink) -> None:
        iv = secrets.token_bytes(_BLOCK)
        self.identifier = Algorithm(algorithm.oid, der.value(0x04, iv))
        self._sink = sink
        self._context = Cipher(AES(key(self.identifier)), modes.CBC(iv)).encryptor()
        self._octets = 0

    def octets(self, content: int) -> int:
        return content + _BLOCK - content % _BLOCK

    def start(self, attributes: bytes) -> None:
        """Nothing is authenticated."""

    def update(self, octets: bytes) -> None:
        self._octets += len(octets)
        text = self._context.update(octets)
        if text:
            self._sink(text)

    def finish(self) -> bytes:
        padding = _BLOCK - self._octets % _BLOCK
        self._sink(self._context.update(bytes((padding,)) * padding) + self._context.finalize())
        return b""


class _Gcm:
    authenticated = True

    def __init__(self, algorithm: ContentAlgorithm, key: _KeyFor, sink: Sink) -> None:
        nonce = secrets.token_bytes(_NONCE_OCTETS)
        self.identifier = Algorithm(algorithm.oid, _aead_parameters(nonce))
        self._sink = sink
        self._context = Cipher(AES(key(self.identifier)), modes.GCM(nonce)).encryptor()

    def octets(self, content: int) -> int:
        return content

    def start(self, attributes: bytes) -> None:
        self._context.authenticate_additional_data(attributes)

    def update(self, octets: bytes) -> None:
        if octets:
            self._sink(self._context.update(octets))

    def finish(self) -> bytes:
        self._context.finalize()
        return self._context.tag


class _Whole:
    """An algorithm that the library has in one piece only: the content is collected first."""

    authenticated = True

    def __init__(
        self, algorithm: ContentAlgorithm, engine: Callable[[Algorithm], AESCCM | ChaCha20Poly1305], sink: Sink
    ) -> None:
        self._name = algorithm.name
        self._sink = sink
        self._nonce = secrets.token_bytes(_NONCE_OCTETS)
        # RFC 8103 §4: the nonce alone, for ChaCha20-Poly1305.
        chacha = algorithm.mode is Mode.CHACHA
        self.identifier = Algorithm(
            algorithm.oid, der.value(0x04, self._nonce) if chacha else _aead_parameters(self._nonce)
        )
        self._engine = engine(self.identifier)
        self._attributes = b""
        self._collected = bytearray()

    def octets(self, content: int) -> int:
        return content

    def start(self, attributes: bytes) -> None:
        self._attributes = attributes

    def update(self, octets: bytes) -> None:
        if len(self._collected) + len(octets) > limits.CMS_WHOLE_OCTETS:
            raise ContentTooLargeToEncrypt(self._name, limits.CMS_WHOLE_OCTETS)
        self._collected += octets

    def finish(self) -> bytes:
        encrypted = self._engine.encrypt(self._nonce, bytes(self._collected), self._attributes or None)
        if len(encrypted) > _TAG_OCTETS:
            self._sink(encrypted[:-_TAG_OCTETS])
        return encrypted[-_TAG_OCTETS:]


def _aead_parameters(nonce: bytes) -> bytes:
    """CCMParameters and GCMParameters ::= SEQUENCE { nonce OCTET STRING, ICVlen INTEGER DEFAULT 12 }"""
    return der.value(0x30, der.value(0x04, nonce) + der.integer(_TAG_OCTETS))
