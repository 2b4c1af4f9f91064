"""What each layer's CMS object says, and what is inside it.

One reader serves a whole message: what its objects may cost is counted for all of them together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.cms import (
    CmsFailure,
    DecryptionFailure,
    SignedData,
    SignedDataReader,
    content_type,
    content_type_name,
)
from letterlock.cms.content_types import (
    AUTH_ENVELOPED_DATA,
    COMPRESSED_DATA,
    DATA,
    ENVELOPED_DATA,
    RECEIPT,
    SIGNED_DATA,
)
from letterlock.cms.failures import TooManySigners
from letterlock.errors import Coded, KeyUnavailable
from letterlock.mime.failures import HeaderTooLarge, TooManyParts
from letterlock.mime.reader import Allowance, Entity, Reader
from letterlock.operations import bare
from letterlock.operations.forms import is_clear_signed, is_signature
from letterlock.operations.layer_shapes import AMBIGUITIES, Kind, Layer, Structure
from letterlock.operations.reasons import (
    CertificatesOnly,
    ContentNotSupported,
    ContentTwice,
    EncryptedPart,
    NoSigners,
    SignaturePartMissing,
)
from letterlock.operations.source import Source
from letterlock.spool import Spool
from letterlock.store.failures import StoreBusy, StoreDamaged, StoreNewer, StoreUnreachable

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey

_ENCRYPTED = frozenset({ENVELOPED_DATA, AUTH_ENVELOPED_DATA})
_SIGNED_TYPES = bare.BARE | {DATA}

_KEYS_UNUSABLE = (KeyUnavailable, StoreBusy, StoreDamaged, StoreNewer, StoreUnreachable)
"""Own keys are somewhere and cannot be had: locked, on a token that is not there, in a database that is damaged."""


class Objects:
    """Reads the objects of one message, which is `octets` long; what it notices stands in `found`."""

    def __init__(
        self,
        spools: Callable[[], Spool],
        keys: Iterable[RecipientKey],
        allowance: Allowance,
        found: Structure,
        octets: int,
    ) -> None:
        self._spools = spools
        self._keys = keys
        self._allowance = allowance
        self._found = found
        self._signers_left = limits.SIGNERS_IN_MESSAGE
        self._values_left = limits.CMS_VALUES_IN_MESSAGE
        # One bound for all compressed layers together: bombs inside bombs, or side by side, gain nothing.
        expanded = max(limits.CMS_EXPANSION_FREE_OCTETS, limits.CMS_EXPANSION * octets)
        self._expansion_left = min(expanded, limits.MESSAGE_OCTETS)

    def clear_signed(self, source: Source, entity: Entity) -> Layer:
        layer = Layer(Kind.SIGNED, entity, multipart=True)
        parts = entity.children
        layer.uncovered = parts[2:]
        if len(parts) < 2 or not is_signature(parts[1]):
            layer.failure = SignaturePartMissing(len(parts))
            layer.uncovered = parts[1:]
            return layer
        # A reader that takes the signature for something else shows whatever else is in it.
        self._found.oddities |= parts[1].oddities & AMBIGUITIES
        try:
            layer.signed = self._read_signed(source.body(parts[1]), _drop)
        except CmsFailure as failure:
            layer.failure = failure
            return layer
        layer.content = source.content(parts[0])
        if layer.signed.has_content:
            layer.failure = ContentTwice()
        else:
            layer.failure = self._unfit(layer.signed, frozenset({DATA}))
        return layer

    def unwrapped(self, source: Source, entity: Entity) -> Source | None:
        """The multipart/signed that Exchange packs whole into an application/pkcs7-mime part, if this is one."""
        pieces = source.body(entity)
        first = next(pieces, b"")
        if content_type(first) is not None or b"multipart/signed" not in first[: limits.PARAMETERS_CHARACTERS].lower():
            # What begins as a CMS object is one, also where its length ("0:") makes it look like a header field.
            return None
        spool = self._spools()
        try:
            reader = Reader(root_id=f"{entity.id}:1", allowance=self._allowance)
            for piece in chain((first,), pieces):
                spool.write(piece)
                reader.feed(piece)
            inner = Source(spool, reader.close(), source.watch)
        except (HeaderTooLarge, TooManyParts):
            return None
        return inner if is_clear_signed(inner.root) else None

    def opaque(self, source: Source, entity: Entity, whole: bool) -> tuple[Layer, Source | None]:
        """One application/pkcs7-mime entity, and what is inside it where that can be read."""
        layer = Layer(Kind.UNKNOWN, entity, multipart=False)
        pieces = source.body(entity)
        first = next(pieces, b"")
        kind = content_type(first)
        pieces = chain((first,), pieces)
        if kind in _ENCRYPTED:
            layer.kind = Kind.ENCRYPTED
            if not whole:
                # Decrypting a part and showing it among clear ones lets whoever wrote those have it (EFAIL).
                layer.failure = EncryptedPart()
                return layer, None
            return layer, self._decrypted(layer, pieces, source)
        if kind == COMPRESSED_DATA:
            layer.kind = Kind.COMPRESSED
            return layer, self._decompressed(layer, pieces, source)
        if kind is not None and kind != SIGNED_DATA:
            layer.failure = ContentNotSupported(content_type_name(kind))
            return layer, None
        return layer, self._signed(layer, pieces, source)

    def _decrypted(self, layer: Layer, pieces: Iterable[bytes], source: Source) -> Source | None:
        # Loaded when it is needed: most mail is not encrypted, and this is a tenth of the host's start.
        from letterlock.cms import EnvelopedReader

        spool = self._spools()
        try:
            opening = EnvelopedReader(spool.write, self._keys)
            for piece in pieces:
                opening.feed(piece)
            layer.decrypted = opening.close()
            # Only now is it known that these octets are the content: nothing looks at them before, so that no
            # difference in how they read can tell an attacker how a changed ciphertext decrypts.
            return self._content(layer, layer.decrypted.content_type, spool, source)
        except (CmsFailure, DecryptionFailure, HeaderTooLarge, TooManyParts, *_KEYS_UNUSABLE) as failure:
            layer.failure = failure
            if isinstance(failure.__cause__, KeyUnavailable):
                self._found.remarks.append(failure.__cause__)
            spool.close()
            return None

    def _decompressed(self, layer: Layer, pieces: Iterable[bytes], source: Source) -> Source | None:
        from letterlock.cms import CompressedReader

        spool = self._spools()
        unpacking = CompressedReader(spool.write, most=self._expansion_left)
        try:
            for piece in pieces:
                unpacking.feed(piece)
            layer.decompressed = unpacking.close()
            # Nothing looks at it before the checksum at its end is right: half a text is another text.
            return self._content(layer, layer.decompressed.content_type, spool, source)
        except (CmsFailure, HeaderTooLarge, TooManyParts) as failure:
            layer.failure = failure
            spool.close()
            return None
        finally:
            self._expansion_left = max(self._expansion_left - unpacking.octets, 0)

    def _content(self, layer: Layer, kind: str, spool: Spool, source: Source) -> Source | None:
        """What came out of an encryption or a compression. Raises `HeaderTooLarge`, `TooManyParts`."""
        if bare.inside(kind, spool):
            return bare.entity(kind, spool, f"{layer.entity.id}:1", self._spools, self._allowance, source.watch)
        if kind != DATA:
            # RFC 8551 §3.3 and §3.6: a MIME entity is encrypted and compressed as id-data.
            layer.failure = ContentNotSupported(content_type_name(kind))
            spool.close()
            return None
        reader = Reader(root_id=f"{layer.entity.id}:1", allowance=self._allowance)
        for block in spool.blocks():
            reader.feed(block)
        return Source(spool, reader.close(), source.watch)

    def _signed(self, layer: Layer, pieces: Iterable[bytes], source: Source) -> Source | None:
        layer.kind = Kind.SIGNED
        spool = self._spools()

        def keep(data: bytes) -> None:
            spool.write(data)
            reader.feed(data)

        try:
            reader = Reader(root_id=f"{layer.entity.id}:1", allowance=self._allowance)
            layer.signed = self._read_signed(pieces, keep)
            inner = Source(spool, reader.close(), source.watch)
        except (CmsFailure, HeaderTooLarge, TooManyParts) as failure:
            layer.failure = failure
            return None
        if not layer.signed.has_content:
            if not layer.signed.signers:
                layer.kind = Kind.CERTIFICATES
                self._found.remarks.append(CertificatesOnly())
                return None
            layer.failure = SignaturePartMissing(1)
            return None
        layer.content = inner.content(inner.root)
        if layer.signed.content_type == RECEIPT and layer.signed.signers:
            # NOTE: the octets as they were signed; a MIME reader has only seen them to find where they end.
            layer.receipt = spool.read(0, limits.RECEIPT_OCTETS + 1)
            if layer.entity.end - layer.entity.body <= limits.RECEIPT_OBJECT_OCTETS:
                layer.receipt_object = b"".join(source.body(layer.entity))
            layer.failure = self._too_many(layer.signed)
            return None
        layer.failure = self._unfit(layer.signed, _SIGNED_TYPES)
        if not bare.inside(layer.signed.content_type, spool):
            return inner
        try:
            return self._content(layer, layer.signed.content_type, spool, source)
        except TooManyParts as failure:
            layer.failure = failure
            return None

    def _read_signed(self, pieces: Iterable[bytes], content: Callable[[bytes], None]) -> SignedData:
        """Read a SignedData object; its content goes to `content` as it comes. Raises `CmsFailure`."""
        reader = SignedDataReader(content, values=min(limits.CMS_VALUES, self._values_left))
        try:
            for piece in pieces:
                reader.feed(piece)
            return reader.close()
        finally:
            self._values_left = max(self._values_left - reader.values, 0)

    def _unfit(self, signed: SignedData, kinds: frozenset[str]) -> Coded | None:
        """Why an object that can be read is no signature of a mail, whose content is of one of `kinds`."""
        if not signed.signers:
            return NoSigners()
        if signed.content_type not in kinds:
            # RFC 8551 §2.4.2: a MIME entity is signed as id-data. Something else that somebody signed (a time-stamp,
            # a program, a receipt) was not meant as a mail, even where its octets can be read as one.
            return ContentNotSupported(content_type_name(signed.content_type))
        return self._too_many(signed)

    def _too_many(self, signed: SignedData) -> Coded | None:
        self._signers_left -= len(signed.signers)
        return TooManySigners(limits.SIGNERS_IN_MESSAGE) if self._signers_left < 0 else None


def _drop(_: bytes) -> None:
    """What a detached signature brings along is never looked at: that it is there is already refused."""
