"""Which S/MIME layers a message has, from the outside in, and what each one's CMS object says.

The walk goes down while one layer wraps everything that is shown. Where it stops there is the body; signed or
encrypted entities inside that body are fragments, which never speak for the whole message. Attached messages
(message/rfc822 inside a multipart) are attachments: their signatures are theirs and not this message's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.mime.reader import Allowance, Entity
from letterlock.operations.forms import (
    is_clear_signed,
    is_cms,
    is_file,
    is_openpgp,
    is_wrapper,
    marks_protected_fields,
    wraps_itself,
)
from letterlock.operations.layer_objects import Objects
from letterlock.operations.layer_shapes import AMBIGUITIES, Kind, Layer, Payload, Shown, Structure
from letterlock.operations.reasons import OpenPgp, TooManyLayers
from letterlock.operations.source import Source
from letterlock.spool import Spool

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey

__all__ = ["Kind", "Layer", "Payload", "Shown", "Structure", "explore"]


def explore(
    source: Source, spools: Callable[[], Spool], keys: Iterable[RecipientKey], allowance: Allowance
) -> Structure:
    """Read the structure of a message.

    Args:
        spools: makes a spool for each opaque content; the caller closes them.
        keys: whatever may open encrypted layers.
        allowance: what was left of it after reading the message itself.
    """
    found = Structure()
    objects = Objects(spools, keys, allowance, found, len(source.spool))
    return _Explorer(source, objects, found).explore()


class _Explorer:
    def __init__(self, source: Source, objects: Objects, found: Structure) -> None:
        self._source = source
        self._objects = objects
        self._found = found
        self._layers_left = limits.LAYERS_IN_MESSAGE
        self._choices: tuple[str, ...] = ()
        """The alternatives that the entity being looked at belongs to, outermost first."""

    def explore(self) -> Structure:
        self._follow(self._source, self._source.root, signed=None, layers=self._found.chain)
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
                layer = self._objects.clear_signed(source, entity)
                layers.append(layer)
                for beside in layer.uncovered:
                    self._show_among_others(source, beside, signed, entity)
                if not entity.children:
                    return
                signed, entity, wrapped = layer, entity.children[0], False
            elif is_cms(entity):
                unwrapped = self._objects.unwrapped(source, entity)
                if unwrapped is not None:
                    source, entity = unwrapped, unwrapped.root
                    continue
                whole = layers is self._found.chain and not any(each.uncovered for each in layers)
                layer, inner = self._objects.opaque(source, entity, whole)
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
            elif self._inside(layers, signed) and not wrapped and wraps_itself(entity, self._source.root):
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
