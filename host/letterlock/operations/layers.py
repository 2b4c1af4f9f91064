"""Which S/MIME layers a message has, from the outside in, and what each one's CMS object says.

The walk goes down while one layer wraps everything that is shown. Where it stops there is the body; signed or
encrypted entities inside that body are fragments, which never speak for the whole message. Attached messages
(message/rfc822 inside a multipart) are attachments: their signatures are theirs and not this message's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
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
from letterlock.operations.forms import (
    is_clear_signed,
    is_cms,
    is_file,
    is_openpgp,
    is_signature,
    is_wrapper,
    marks_protected_fields,
    wraps_itself,
)
from letterlock.operations.reasons import (
    CertificatesOnly,
    ContentNotSupported,
    ContentTwice,
    EncryptedPart,
    NoSigners,
    OpenPgp,
    SignaturePartMissing,
    TooManyLayers,
)
from letterlock.operations.source import Content, Source
from letterlock.spool import Spool
from letterlock.store.failures import StoreBusy, StoreDamaged, StoreNewer, StoreUnreachable

if TYPE_CHECKING:
    from letterlock.cms import Decompressed, Decrypted, RecipientKey

_ENCRYPTED = frozenset({ENVELOPED_DATA, AUTH_ENVELOPED_DATA})
_SIGNED_TYPES = bare.BARE | {DATA}

AMBIGUITIES = frozenset(
    {
        "ambiguous_content_type",
        "ambiguous_delimiter",
        "duplicate_content_fields",
        "encoded_multipart",
        "header_control_characters",
        "header_malformed",
        "reused_boundary",
    }
)
"""Oddities of an entity around a signature over which mail readers are known to differ."""


_KEYS_UNUSABLE = (KeyUnavailable, StoreBusy, StoreDamaged, StoreNewer, StoreUnreachable)
"""Own keys are somewhere and cannot be had: locked, on a token that is not there, in a database that is damaged."""


class Kind(Enum):
    """What a layer is."""

    SIGNED = "signed"
    ENCRYPTED = "encrypted"
    COMPRESSED = "compressed"
    CERTIFICATES = "certificates"
    UNKNOWN = "unknown"


@dataclass
class Layer:
    """One layer. `content` is what its signers signed; `failure` why the layer is unusable as a whole."""

    kind: Kind
    entity: Entity
    multipart: bool
    signed: SignedData | None = None
    content: Content | None = None
    decrypted: Decrypted | None = None
    decompressed: Decompressed | None = None
    failure: Coded | None = None
    receipt: bytes | None = None
    """What is signed where that is a receipt (RFC 2634 §2.8): no mail, and nothing to be shown."""
    receipt_object: bytes = b""
    """The whole object of a receipt, so that it can be kept; empty where it is too large for that."""
    uncovered: list[Entity] = field(default_factory=list)
    """Parts beside the signed one and its signature: shown by readers, signed by nobody."""


@dataclass
class Shown:
    """A leaf that is shown, where its octets are, and the innermost signed layer around it.

    `omitted` are the places in its decoded octets of what only repeats protected header fields. `choices` are, for each
    multipart/alternative around it, the alternative that it belongs to.
    """

    source: Source
    entity: Entity
    signed: Layer | None
    omitted: range | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Payload:
    """The cryptographic payload (RFC 9788 §1.6): what stands inside all layers around everything shown.

    `root` is the entity whose fields may be protected ones; `wrapped` whether it is a message in a message/rfc822 part
    (RFC 8551 §3.1); `signed` the layer whose signature covers it, if that is the innermost one.
    """

    source: Source
    root: Entity
    wrapped: bool
    signed: Layer | None


@dataclass
class Structure:
    """`chain`: the layers around everything shown, outermost first; `fragments`: those around only a part."""

    chain: list[Layer] = field(default_factory=list)
    fragments: list[Layer] = field(default_factory=list)
    remarks: list[Coded] = field(default_factory=list)
    oddities: set[str] = field(default_factory=set)
    shown: list[Shown] = field(default_factory=list)
    payload: Payload | None = None


def explore(
    source: Source, spools: Callable[[], Spool], keys: Iterable[RecipientKey], allowance: Allowance
) -> Structure:
    """Read the structure of a message.

    Args:
        spools: makes a spool for each opaque content; the caller closes them.
        keys: whatever may open encrypted layers.
        allowance: what was left of it after reading the message itself.
    """
    return _Explorer(spools, keys, allowance).explore(source)


class _Explorer:
    def __init__(self, spools: Callable[[], Spool], keys: Iterable[RecipientKey], allowance: Allowance) -> None:
        self._spools = spools
        self._keys = keys
        self._allowance = allowance
        self._found = Structure()
        self._layers_left = limits.LAYERS_IN_MESSAGE
        self._signers_left = limits.SIGNERS_IN_MESSAGE
        self._values_left = limits.CMS_VALUES_IN_MESSAGE
        self._expansion_left = 0
        self._choices: tuple[str, ...] = ()
        """The alternatives that the entity being looked at belongs to, outermost first."""

    def explore(self, source: Source) -> Structure:
        # One bound for all compressed layers together: bombs inside bombs, or side by side, gain nothing.
        expanded = max(limits.CMS_EXPANSION_FREE_OCTETS, limits.CMS_EXPANSION * len(source.spool))
        self._expansion_left = min(expanded, limits.MESSAGE_OCTETS)
        self._message = source.root
        self._follow(source, source.root, signed=None, layers=self._found.chain)
        return self._found

    def _follow(self, source: Source, entity: Entity, signed: Layer | None, layers: list[Layer]) -> None:
        """Follow the layers from `entity` inwards; where they end there is a body."""
        wrapped = False
        while True:
            smime = is_clear_signed(entity) or is_cms(entity)
            if smime or is_wrapper(entity):
                # How what stands inside is taken apart is the signer's business: all of it is signed.
                self._found.oddities |= entity.oddities & AMBIGUITIES
            if smime and (len(layers) >= limits.NESTED_LAYERS or not self._layers_left):
                self._found.remarks.append(TooManyLayers(limits.NESTED_LAYERS))
                self._found.shown.append(Shown(source, entity, signed, choices=self._choices))
                return
            self._layers_left -= smime
            if is_clear_signed(entity):
                layer = self._clear_signed(source, entity)
                layers.append(layer)
                for beside in layer.uncovered:
                    self._show_among_others(source, beside, signed, entity)
                if not entity.children:
                    return
                signed, entity, wrapped = layer, entity.children[0], False
            elif is_cms(entity):
                unwrapped = self._unwrapped(source, entity)
                if unwrapped is not None:
                    source, entity = unwrapped, unwrapped.root
                    continue
                whole = layers is self._found.chain and not any(each.uncovered for each in layers)
                layer, inner = self._opaque(source, entity, whole)
                layers.append(layer)
                if inner is None:
                    return
                if layer.kind is not Kind.COMPRESSED:
                    # A signature around ciphertext says nothing of the text inside. One around compressed text does:
                    # nothing but that text comes out of it (RFC 8551 §3.6 allows either order).
                    signed = layer if layer.kind is Kind.SIGNED else None
                source, entity, wrapped = inner, inner.root, False
            elif is_wrapper(entity) and not signed and not marks_protected_fields(entity):
                # Nothing else is shown: list software leaves such empty wrappers behind.
                entity = entity.children[0]
            elif self._inside(layers, signed) and not wrapped and wraps_itself(entity, self._message):
                # RFC 8551 §3.1: a message wrapped whole, to protect its header fields too.
                entity, wrapped = entity.children[0], True
            else:
                if layers is self._found.chain and self._inside(layers, signed):
                    self._found.payload = Payload(source, entity, wrapped, signed)
                self._show(source, entity, signed)
                return

    def _inside(self, layers: list[Layer], signed: Layer | None) -> bool:
        """Whether something protects what is being looked at: a signature around it, or an encryption."""
        return signed is not None or any(layer.decrypted and not layer.failure for layer in layers)

    def _show(self, source: Source, entity: Entity, signed: Layer | None) -> None:
        """Note the leaves of a body, and follow what is signed or encrypted in only a part of it."""
        if entity.type in ("multipart/encrypted", "multipart/signed") and is_openpgp(entity):
            self._found.remarks.append(OpenPgp())
        around = self._choices
        for child in entity.children if entity.type.startswith("multipart/") else []:
            if entity.type == "multipart/alternative":
                self._choices = (*around, child.id)
            self._show_among_others(source, child, signed, entity)
        self._choices = around
        if not entity.type.startswith("multipart/") or not entity.children:
            self._found.shown.append(Shown(source, entity, signed, choices=self._choices))

    def _show_among_others(self, source: Source, entity: Entity, signed: Layer | None, around: Entity) -> None:
        """One part of several."""
        if is_clear_signed(entity) or (is_cms(entity) and not is_file(entity)):
            self._found.oddities |= around.oddities & AMBIGUITIES
            # Each fragment counts its own layers; no fragment's layer ever joins the chain.
            layers: list[Layer] = []
            self._follow(source, entity, signed, layers)
            self._found.fragments.extend(layers)
        else:
            self._show(source, entity, signed)

    def _clear_signed(self, source: Source, entity: Entity) -> Layer:
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

    def _unwrapped(self, source: Source, entity: Entity) -> Source | None:
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

    def _opaque(self, source: Source, entity: Entity, whole: bool) -> tuple[Layer, Source | None]:
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
