"""Legacy display elements: protected fields written once more into the text, for programs that do not know them.

RFC 9788 §2.1.2 puts them at the head of a text/plain or text/html part that says so (`hp-legacy-display="1"`); its
forerunner puts a text part of its own first. Whoever shows the protected fields leaves them out (§4.5.3), so that
nobody reads them twice.

Left out is only what really repeats protected fields: else a sender could hide words from some readers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator

from letterlock import limits
from letterlock.mime import transfer
from letterlock.mime.fields import decode_octets, decode_words
from letterlock.mime.reader import Entity
from letterlock.operations.forms import marks_protected_fields
from letterlock.operations.layers import Kind, Shown, Structure

# RFC 9788 §4.5.3.2: the first div of that class inside the body.
_DIV = re.compile(
    r'<div\s+class="?header-protection-legacy-display"?\s*>(?P<words>[^<]*(?:</?(?:pre|p|br|tt)\b[^>]*>[^<]*)*)</div>',
    re.IGNORECASE,
)
_TAG = re.compile(r"<[^>]*>")


def omit(structure: Structure) -> None:
    """Take legacy display elements out of what is shown. Only inside an encryption they have a use (RFC 9788 §5.2)."""
    payload = structure.payload
    if payload is None or not any(layer.kind is Kind.ENCRYPTED and layer.decrypted for layer in structure.chain):
        return
    root, parameters = payload.root, payload.root.content.parameters
    if parameters.get("hp", "").lower() == "cipher":
        for shown in structure.shown:
            if shown.entity.content.parameters.get("hp-legacy-display") == "1":
                shown.omitted = _element(shown, root)
    elif parameters.get("protected-headers") == "v1" and root.type == "multipart/mixed" and len(root.children) > 1:
        first = root.children[0]
        if marks_protected_fields(first) and first.type in ("text/plain", "text/rfc822-headers"):
            structure.shown = [
                each for each in structure.shown if each.entity is not first or not _is_element(each, root)
            ]


def without(pieces: Iterable[bytes], omitted: range) -> Iterator[bytes]:
    """The octets but for those at the places `omitted`."""
    position = 0
    for piece in pieces:
        before = max(omitted.start - position, 0)
        after = max(omitted.stop - position, 0)
        kept = piece[:before] + piece[after:] if after > before else piece
        position += len(piece)
        if kept:
            yield kept


def _is_element(shown: Shown, root: Entity) -> bool:
    head = _head(shown, limits.LEGACY_DISPLAY_OCTETS + 1)
    return len(head) <= limits.LEGACY_DISPLAY_OCTETS and _repeats(decode_octets(head), root)


def _element(shown: Shown, root: Entity) -> range | None:
    """Where in the decoded body the element stands."""
    head = _head(shown, limits.LEGACY_DISPLAY_OCTETS)
    if shown.entity.type == "text/plain":
        # RFC 9788 §4.5.3.1: up to the first empty line.
        found = re.search(rb"\r?\n\r?\n", head)
        if found and _repeats(decode_octets(head[: found.start()]), root):
            return range(found.end())
    elif shown.entity.type == "text/html":
        # Latin-1, so that places in the text are places in the octets.
        match = _DIV.search(head.decode("latin-1"))
        if match:
            words = html.unescape(decode_octets(_TAG.sub("\n", match["words"]).encode("latin-1")))
            if _repeats(words, root):
                return range(match.start(), match.end())
    return None


def _head(shown: Shown, octets: int) -> bytes:
    entity = shown.entity
    head = b""
    # Nothing needs more than four times its octets: quoted-printable has three for one, and line ends.
    encoded = shown.source.spool.blocks(entity.body, min(entity.end, entity.body + 4 * octets))
    for piece in transfer.decode(entity.encoding, encoded):
        head += piece
        if len(head) >= octets:
            break
    return head[:octets]


def _repeats(words: str, root: Entity) -> bool:
    """Whether every line is a field of `root`, as a person reads it."""
    lines = [line for line in re.sub(r"\r?\n[ \t]+", " ", words).splitlines() if line.strip()]
    return bool(lines) and all(_is_field(line, root) for line in lines)


def _is_field(line: str, root: Entity) -> bool:
    name, colon, value = line.partition(":")
    values = [decode_words(each.text).split() for each in root.field_values(name.strip().lower())]
    return bool(colon) and decode_words(value).split() in values
