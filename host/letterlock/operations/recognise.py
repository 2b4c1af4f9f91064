"""Mail that looks protected or packed and is no S/MIME of its sender's: named, so that people know what opens it.

OpenPGP, PGP/MIME (RFC 3156) and inline (RFC 9580 §7), Italian certified mail (RFC 6109), AS2 (RFC 4130), and
winmail.dat (MS-OXTNEF). Names are what anybody can write into a mail: nothing here changes a status.
"""

from __future__ import annotations

import re

from letterlock import limits
from letterlock.errors import Coded
from letterlock.mime import transfer
from letterlock.mime.reader import Entity
from letterlock.operations.layers import Kind, Shown, Structure
from letterlock.operations.reasons import As2Message, OpenPgp, PecEnvelope, TnefAttachment

# RFC 9580 §6.2 and §7: at the start of a line, or of one in HTML. A quoted one ("> ") is somebody else's.
_INLINE_OPENPGP = re.compile(rb"(?m)^(?:<[^>\r\n]{0,200}>){0,8}-----BEGIN PGP (?:SIGNED )?MESSAGE-----")
_TNEF_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_TNEF_NAMES = frozenset({"winmail.dat", "win.dat"})


def remarks(message: Entity, structure: Structure) -> list[Coded]:
    """What the message, or something in it, is, besides S/MIME."""
    found: list[Coded] = []
    if any(_is_openpgp(shown) for shown in structure.shown) or _has_inline_openpgp(structure.shown):
        found.append(OpenPgp())
    if _is_pec(message, structure):
        found.append(PecEnvelope())
    if message.first("as2-version") or (message.first("as2-from") and message.first("as2-to")):
        found.append(As2Message())
    if any(_is_tnef(shown.entity) for shown in structure.shown):
        found.append(TnefAttachment())
    return [each for each in found if each not in structure.remarks]


def _is_openpgp(shown: Shown) -> bool:
    """A part of PGP/MIME whose multipart/encrypted a server has made into a multipart/mixed, as Exchange does."""
    return shown.entity.type == "application/pgp-encrypted"


def _has_inline_openpgp(found: list[Shown]) -> bool:
    texts = [each for each in found if each.entity.type in ("text/plain", "text/html", "application/pgp")]
    return any(_INLINE_OPENPGP.search(_head(each)) for each in texts[: limits.OPENPGP_TEXTS])


def _head(shown: Shown) -> bytes:
    entity = shown.entity
    pieces = shown.source.spool.blocks(entity.body, min(entity.end, entity.body + limits.OPENPGP_HEAD_OCTETS))
    return b"".join(transfer.decode(entity.encoding, pieces))


def _is_pec(message: Entity, structure: Structure) -> bool:
    """RFC 6109 §3.1: signed by the provider, the data of the certification in daticert.xml beside the sender's mail."""
    if not any(layer.kind is Kind.SIGNED for layer in structure.chain):
        return False
    marked = message.first("x-trasporto") or message.first("x-ricevuta") or message.first("x-tiporicevuta")
    return marked is not None and any(
        (shown.entity.file_name or "").lower() in ("daticert.xml", "postacert.eml") for shown in structure.shown
    )


def _is_tnef(entity: Entity) -> bool:
    return entity.type in _TNEF_TYPES or (entity.file_name or "").lower() in _TNEF_NAMES
