"""EnvelopedData (RFC 5652 §6), AuthEnvelopedData (RFC 5083), EncryptedData (RFC 5652 §8): writing, as content streams.

    writer = EnvelopedWriter(out.write, [recipient_for(certificate) for certificate in certificates], "AES-256-GCM")
    for chunk in chunks:
        writer.write(chunk)
    writer.close()

The algorithm decides the type: one that authenticates makes AuthEnvelopedData, CBC makes EnvelopedData.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence

from letterlock.cms import content_types, create_attributes, der, framing
from letterlock.cms.content_encrypting import Encryption, content_algorithm, encryption
from letterlock.cms.create_recipients import RecipientInfo
from letterlock.cms.failures import EncryptingNotSupported
from letterlock.cms.oids import encoded

Sink = Callable[[bytes], None]


class _Writer:
    """What the writers of encrypted content have in common."""

    def __init__(
        self,
        sink: Sink,
        outer_type: str,
        before: bytes,
        encrypting: Callable[[Sink], Encryption],
        content_type: str,
        length: int | None,
    ) -> None:
        self._encryption = encrypting(lambda octets: self._frame.write(octets))
        authenticated = self._encryption.authenticated
        # RFC 5083 §2.1: contentType is authenticated where it is not id-data.
        self._attributes = b""
        if authenticated and content_type != content_types.DATA:
            self._attributes = create_attributes.content_type(content_type)
        self._encryption.start(der.value(0x31, self._attributes) if self._attributes else b"")
        self._frame = framing.FrameWriter(
            sink,
            outer_type,
            before,
            encoded(content_type) + self._encryption.identifier.encode(),
            explicit=False,
            length=None if length is None else self._encryption.octets(length),
            after_octets=len(self._after(bytes(16))) if authenticated else 0,
        )

    def write(self, octets: bytes) -> None:
        """More content.

        Raises:
            ContentTooLargeToEncrypt: CCM and ChaCha20-Poly1305 encrypt in one piece, and this is too much of it.
        """
        self._encryption.update(octets)

    def close(self) -> None:
        """No more content comes: writes the end.

        Raises:
            ValueError: the content has another length than stated.
        """
        tag = self._encryption.finish()
        self._frame.finish(self._after(tag) if self._encryption.authenticated else b"")

    def _after(self, tag: bytes) -> bytes:
        """authAttrs [1] and mac (RFC 5083 §2.1)."""
        return (der.value(0xA1, self._attributes) if self._attributes else b"") + der.value(0x04, tag)


class EnvelopedWriter(_Writer):
    """Writes one ContentInfo of type enveloped-data or authEnveloped-data.

    Args:
        sink: gets the octets, in order.
        recipients: who can open it; `create_recipients` makes them.
        algorithm: the content encryption algorithm by name ("AES-256-GCM", "AES-256-CBC", "ChaCha20-Poly1305" …).
        length: how many octets the content has, None where it is not known: then the object is BER, else DER.
        derived_key: derive the key from the content key and the algorithm (RFC 9709), so that nobody on the way can
            pass the content off as that of another algorithm. Only for recipients who are known to read it:
            see `preferences.reads_derived_keys`.

    Raises:
        EncryptingNotSupported: nothing is encrypted with that algorithm here, or to one of the recipients.
        ValueError: no recipients.
    """

    def __init__(
        self,
        sink: Sink,
        recipients: Sequence[RecipientInfo],
        algorithm: str,
        *,
        length: int | None = None,
        content_type: str = content_types.DATA,
        derived_key: bool = False,
    ) -> None:
        if not recipients:
            raise ValueError("nobody could open it")
        known = content_algorithm(algorithm)
        key = secrets.token_bytes(known.key_octets)
        infos = der.set_of(each.wrap(key) for each in recipients)
        authenticated = known.mode is not None and known.mode.authenticated
        # RFC 5083 §2.1: always 0. RFC 5652 §6.1: the highest that a recipient wants.
        version = 0 if authenticated else max(each.version for each in recipients)
        super().__init__(
            sink,
            content_types.AUTH_ENVELOPED_DATA if authenticated else content_types.ENVELOPED_DATA,
            der.integer(version) + infos,
            lambda encrypted: encryption(known, key, encrypted, derived=derived_key),
            content_type,
            length,
        )


class EncryptedWriter(_Writer):
    """Writes one ContentInfo of type encrypted-data, under a key that the reader has already.

    Args:
        key: of the algorithm's length. It may be used again: each object has an IV of its own.
        algorithm: one in CBC mode: EncryptedData has no place for a tag.
        derived_key: as for `EnvelopedWriter`.

    Raises:
        EncryptingNotSupported: another algorithm.
        ValueError: the key has another length.
    """

    def __init__(
        self,
        sink: Sink,
        key: bytes,
        algorithm: str,
        *,
        length: int | None = None,
        content_type: str = content_types.DATA,
        derived_key: bool = False,
    ) -> None:
        known = content_algorithm(algorithm)
        if known.mode is None or known.mode.authenticated:
            raise EncryptingNotSupported(f"{algorithm} in EncryptedData")
        if len(key) != known.key_octets:
            raise ValueError("a key of another length")
        super().__init__(
            sink,
            content_types.ENCRYPTED_DATA,
            der.integer(0),
            lambda encrypted: encryption(known, key, encrypted, derived=derived_key),
            content_type,
            length,
        )
