"""Which S/MIME layers a message has, from the outside in, and what each one's CMS object says.

The walk goes down while one layer wraps everything that is shown. Where it stops there is the body; signed or
encrypted entities inside that body are fragments, which never speak for the whole message. Attached messages
(message/rfc822 inside a multipart) are attachments: their signatures are theirs and not this message's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
from letterlock.cms.content_types import AUTH_ENVELOPED_DATA, COMPRESSED_DATA, DATA, ENVELOPED_DATA, SIGNED_DATA
from letterlock.cms.failures import TooManySigners
from letterlock.errors import Coded
from letterlock.mime.failures import HeaderTooLarge, TooManyParts
from letterlock.mime.reader import Allowance, Entity, Reader
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

if TYPE_CHECKING:
    from letterlock.cms import Decrypted, RecipientKey

_SIGNATURE_TYPES = frozenset({"application/pkcs7-signature", "application/x-pkcs7-signature"})
_CMS_TYPES = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_CMS_NAMES = frozenset({"smime.p7m", "smime.p7c", "smime.p7z", "smime.aed"})
"""RFC 8551 §3.2.1: "the file name base SHOULD be smime"."""

_ENCRYPTED = frozenset({ENVELOPED_DATA, AUTH_ENVELOPED_DATA})

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
    failure: Coded | None = None
    uncovered: list[Entity] = field(default_factory=list)
    """Parts beside the signed one and its signature: shown by readers, signed by nobody."""


@dataclass
class Shown:
    """A leaf that is shown, where its octets are, and the innermost signed layer around it."""

    source: Source
    entity: Entity
    signed: Layer | None


@dataclass
class Structure:
    """`chain`: the layers around everything shown, outermost first; `fragments`: those around only a part."""

    chain: list[Layer] = field(default_factory=list)
    fragments: list[Layer] = field(default_factory=list)
    remarks: list[Coded] = field(default_factory=list)
    oddities: set[str] = field(default_factory=set)
    shown: list[Shown] = field(default_factory=list)


def explore(
    source: Source, spools: Callable[[], Spool], keys: Sequence[RecipientKey], allowance: Allowance
) -> Structure:
    """Read the structure of a message.

    Args:
        spools: makes a spool for each opaque content; the caller closes them.
        keys: whatever may open encrypted layers.
        allowance: what was left of it after reading the message itself.
    """
    return _Explorer(spools, keys, allowance).explore(source)


class _Explorer:
    def __init__(self, spools: Callable[[], Spool], keys: Sequence[RecipientKey], allowance: Allowance) -> None:
        self._spools = spools
        self._keys = keys
        self._allowance = allowance
        self._found = Structure()
        self._layers_left = limits.LAYERS_IN_MESSAGE
        self._signers_left = limits.SIGNERS_IN_MESSAGE
        self._values_left = limits.CMS_VALUES_IN_MESSAGE

    def explore(self, source: Source) -> Structure:
        self._follow(source, source.root, signed=None, layers=self._found.chain)
        return self._found

    def _follow(self, source: Source, entity: Entity, signed: Layer | None, layers: list[Layer]) -> None:
        """Follow the layers from `entity` inwards; where they end there is a body."""
        while True:
            smime = is_clear_signed(entity) or is_cms(entity)
            if smime or _is_wrapper(entity):
                # How what stands inside is taken apart is the signer's business: all of it is signed.
                self._found.oddities |= entity.oddities & AMBIGUITIES
            if smime and (len(layers) >= limits.NESTED_LAYERS or not self._layers_left):
                self._found.remarks.append(TooManyLayers(limits.NESTED_LAYERS))
                self._found.shown.append(Shown(source, entity, signed))
                return
            self._layers_left -= smime
            if is_clear_signed(entity):
                layer = self._clear_signed(source, entity)
                layers.append(layer)
                for beside in layer.uncovered:
                    self._show(source, beside, signed)
                if not entity.children:
                    return
                signed, entity = layer, entity.children[0]
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
                # A signature around ciphertext says nothing of the text inside.
                signed = layer if layer.kind is Kind.SIGNED else None
                source, entity = inner, inner.root
            elif _is_wrapper(entity) and not signed:
                # Nothing else is shown: list software leaves such empty wrappers behind.
                entity = entity.children[0]
            elif entity.type in ("message/rfc822", "message/global") and signed and entity.children:
                # RFC 8551 §3.1: a message wrapped whole, to protect its header fields too.
                entity = entity.children[0]
            else:
                self._show(source, entity, signed)
                return

    def _show(self, source: Source, entity: Entity, signed: Layer | None) -> None:
        """Note the leaves of a body, and follow what is signed or encrypted in only a part of it."""
        if entity.type in ("multipart/encrypted", "multipart/signed") and _is_openpgp(entity):
            self._found.remarks.append(OpenPgp())
        for child in entity.children if entity.type.startswith("multipart/") else []:
            if is_clear_signed(child) or (is_cms(child) and not _is_file(child)):
                self._found.oddities |= entity.oddities & AMBIGUITIES
                # Each fragment counts its own layers; no fragment's layer ever joins the chain.
                layers: list[Layer] = []
                self._follow(source, child, signed, layers)
                self._found.fragments.extend(layers)
            else:
                self._show(source, child, signed)
        if not entity.type.startswith("multipart/") or not entity.children:
            self._found.shown.append(Shown(source, entity, signed))

    def _clear_signed(self, source: Source, entity: Entity) -> Layer:
        layer = Layer(Kind.SIGNED, entity, multipart=True)
        parts = entity.children
        layer.uncovered = parts[2:]
        if len(parts) < 2 or not _is_signature(parts[1]):
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
            layer.failure = self._unfit(layer.signed)
        return layer

    def _unwrapped(self, source: Source, entity: Entity) -> Source | None:
        """The multipart/signed that Exchange packs whole into an application/pkcs7-mime part, if this is one."""
        pieces = source.body(entity)
        first = next(pieces, b"")
        if b"multipart/signed" not in first[: limits.PARAMETERS_CHARACTERS].lower():
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
        if kind is not None and kind != SIGNED_DATA:
            layer.kind = Kind.COMPRESSED if kind == COMPRESSED_DATA else Kind.UNKNOWN
            layer.failure = ContentNotSupported(content_type_name(kind))
            return layer, None
        return layer, self._signed(layer, pieces, source)

    def _decrypted(self, layer: Layer, pieces: Iterable[bytes], source: Source) -> Source | None:
        # Loaded when it is needed: most mail is not encrypted, and this is a tenth of the host's start.
        from letterlock.cms import EnvelopedReader

        spool = self._spools()
        opening = EnvelopedReader(spool.write, self._keys)
        try:
            for piece in pieces:
                opening.feed(piece)
            layer.decrypted = opening.close()
            # Only now is it known that these octets are the content: nothing looks at them before, so that no
            # difference in how they read can tell an attacker how a changed ciphertext decrypts.
            reader = Reader(root_id=f"{layer.entity.id}:1", allowance=self._allowance)
            for block in spool.blocks():
                reader.feed(block)
            return Source(spool, reader.close(), source.watch)
        except (CmsFailure, DecryptionFailure, HeaderTooLarge, TooManyParts) as failure:
            layer.failure = failure
            spool.close()
            return None

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
        layer.failure = self._unfit(layer.signed)
        return inner

    def _read_signed(self, pieces: Iterable[bytes], content: Callable[[bytes], None]) -> SignedData:
        """Read a SignedData object; its content goes to `content` as it comes. Raises `CmsFailure`."""
        reader = SignedDataReader(content, values=min(limits.CMS_VALUES, self._values_left))
        try:
            for piece in pieces:
                reader.feed(piece)
            return reader.close()
        finally:
            self._values_left = max(self._values_left - reader.values, 0)

    def _unfit(self, signed: SignedData) -> Coded | None:
        """Why an object that can be read is no signature of a mail."""
        if not signed.signers:
            return NoSigners()
        if signed.content_type != DATA:
            # RFC 8551 §2.4.2: a MIME entity is signed as id-data. Something else that somebody signed (a time-stamp,
            # a program, a receipt) was not meant as a mail, even where its octets can be read as one.
            return ContentNotSupported(content_type_name(signed.content_type))
        self._signers_left -= len(signed.signers)
        return TooManySigners(limits.SIGNERS_IN_MESSAGE) if self._signers_left < 0 else None


def is_clear_signed(entity: Entity) -> bool:
    """multipart/signed with an S/MIME signature, by its protocol or, where that does not say so, its second part."""
    if entity.type != "multipart/signed":
        return False
    protocol = entity.content.parameters.get("protocol", "").strip().lower()
    return protocol in _SIGNATURE_TYPES or (len(entity.children) > 1 and _is_signature(entity.children[1]))


def is_cms(entity: Entity) -> bool:
    """application/pkcs7-mime, or octets of no particular type with the file name that says so (RFC 8551 §3.2.1)."""
    if entity.type in _CMS_TYPES:
        return True
    return entity.type == "application/octet-stream" and (entity.file_name or "").lower().endswith((".p7m", ".p7c"))


def _is_file(entity: Entity) -> bool:
    """Whether a CMS part among others is a signed document ("invoice.xml.p7m") and no layer of this mail."""
    return entity.file_name is not None and entity.file_name.lower() not in _CMS_NAMES


def _is_wrapper(entity: Entity) -> bool:
    return entity.type == "multipart/mixed" and len(entity.children) == 1


def _is_signature(entity: Entity) -> bool:
    if entity.type in _SIGNATURE_TYPES:
        return True
    name = (entity.file_name or "").lower()
    return entity.type in (*_CMS_TYPES, "application/octet-stream") and name.endswith((".p7s", ".p7m"))


def _is_openpgp(entity: Entity) -> bool:
    return "pgp" in entity.content.parameters.get("protocol", "").lower()


def _drop(_: bytes) -> None:
    """What a detached signature brings along is never looked at: that it is there is already refused."""
