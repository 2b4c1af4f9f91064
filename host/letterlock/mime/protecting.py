"""Header protection, written (RFC 9788): what of the fields stands outside, and what old programs are told of the rest.

A header confidentiality policy (§3) says for each field what stands outside: the same, something else, or nothing. All
fields stand inside, and beside an encryption HP-Outer says for each what was put outside, so that whoever reads it can
tell what was hidden from what was changed on the way (§2.2).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import decode_octets, decode_words, parse_line
from letterlock.mime.reader import Entity

HIDDEN_SUBJECT = b"Subject: [...]\r\n"
"""RFC 9788 §3.2.1."""

_REMOVED = frozenset({"comments", "keywords"})
_NAMED = frozenset({"from", "to", "cc"})
_SHOWN = ("subject", "comments", "keywords", "from", "to", "cc", "date")
"""What of the hidden fields people see in their programs (RFC 9788 §5.2.2: user-facing ones)."""

_NEVER_INSIDE = frozenset({"received", "return-path", "dkim-signature"})
_BODY = re.compile(rb"<body\b[^>]*>", re.IGNORECASE)
_HEAD_OCTETS = 65_536


class Policy(StrEnum):
    """What stands outside of an encryption (RFC 9788 §3.2)."""

    NONE = "none"
    """Everything, as it is."""
    BASELINE = "baseline"
    """No subject, comments or keywords."""
    SHY = "shy"
    """As baseline; no names beside addresses, and no time zone."""


@dataclass(frozen=True)
class Protecting:
    """The fields of a message as they stand inside and outside."""

    inside: tuple[bytes, ...]
    outside: tuple[bytes, ...]
    legacy: Legacy | None


def clear(fields: Sequence[bytes]) -> Protecting:
    """For signed mail: the same inside as outside (hp="clear")."""
    return Protecting(tuple(_tidy(each) for each in fields if _goes_inside(each)), tuple(fields), None)


def cipher(fields: Sequence[bytes], policy: Policy, *, legacy: bool = True) -> Protecting:
    """For encrypted mail (hp="cipher").

    Args:
        legacy: say what is hidden once more in the text (RFC 9788 §5.2.2).
    """
    inside, outside, hidden = [], [], []
    for field in fields:
        put = confidential(field, policy)
        if put is not None:
            outside.append(put)
        if _goes_inside(field):
            inside.append(_tidy(field))
            if put != field and _name(field) in _SHOWN:
                hidden.append(f"{field.partition(b':')[0].decode('ascii').strip()}: {_words(field)}")
    # A field that is removed has no HP-Outer: that is how its removal is told.
    outer = [b"HP-Outer: " + _tidy(each) for each in outside if _goes_inside(each)]
    return Protecting((*inside, *outer), tuple(outside), Legacy(tuple(hidden)) if legacy and hidden else None)


def confidential(field: bytes, policy: Policy) -> bytes | None:
    """The field as it stands outside; None: not at all (hcp_baseline and hcp_shy of RFC 9788 §3.2)."""
    name = _name(field)
    if policy is Policy.NONE:
        return field
    if name == "subject":
        return HIDDEN_SUBJECT
    if name in _REMOVED:
        return None
    if policy is Policy.SHY and name in _NAMED:
        try:
            addresses = [each.address for each in parse_list(_value(field))]
        except BadAddress:
            return field
        return field.partition(b":")[0] + b": " + ",\r\n ".join(addresses).encode() + b"\r\n"
    if policy is Policy.SHY and name == "date":
        return _in_utc(field)
    return field


@dataclass(frozen=True)
class Legacy:
    """The hidden fields, as lines that a person reads."""

    lines: tuple[str, ...]

    def element(self, entity: Entity) -> Element | None:
        """What is written into a part; None where it is no text that is shown, or its charset has no words for it."""
        if entity.type not in ("text/plain", "text/html") or entity.disposition.value == "attachment":
            return None
        if not entity.field_values("content-type"):
            return None
        charset = entity.content.parameters.get("charset", "us-ascii")
        try:
            text = self._text(entity.type).encode(charset)
        except (ValueError, LookupError):  # the name may be anything: "\0", "idna", a codec that is no charset
            return None
        # In UTF-16 and the like the places to put it are not where they are looked for.
        return Element(text, entity.type == "text/html") if b"\0" not in text else None

    def _text(self, kind: str) -> str:
        if kind == "text/plain":
            # RFC 9788 §5.2.2.1: the fields, then an empty line.
            return "".join(f"{each}\r\n" for each in self.lines) + "\r\n"
        return (
            '<div class="header-protection-legacy-display"><pre>'
            + html.escape("\r\n".join(self.lines))
            + "</pre></div>"
        )


@dataclass(frozen=True)
class Element:
    """A legacy display element in the charset of its part."""

    octets: bytes
    html: bool

    def put_into(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """The body with the element at its head: in HTML the first thing inside the body element."""
        if not self.html:
            yield self.octets
            yield from body
            return
        pieces, head = iter(body), b""
        for piece in pieces:
            head += piece
            if len(head) >= _HEAD_OCTETS or _BODY.search(head):
                break
        found = _BODY.search(head)
        place = found.end() if found else 0
        yield head[:place] + self.octets + head[place:]
        yield from pieces


def _in_utc(field: bytes) -> bytes:
    from datetime import UTC
    from email.utils import format_datetime, parsedate_to_datetime

    try:
        found = parsedate_to_datetime(_value(field))
    except (ValueError, OverflowError):
        return field
    return b"Date: " + format_datetime(found.astimezone(UTC)).encode() + b"\r\n"


def _tidy(field: bytes) -> bytes:
    """Without white space at line ends, which relays cut, and without lines of nothing else."""
    return re.sub(rb"(?:[ \t]*\r\n)+(?=[ \t]|\Z)", b"\r\n", field)


def _goes_inside(field: bytes) -> bool:
    return _name(field) not in _NEVER_INSIDE


def _name(field: bytes) -> str:
    parsed = parse_line(field)
    return parsed[0] if parsed else ""


def _value(field: bytes) -> str:
    return decode_octets(field.partition(b":")[2].replace(b"\r\n", b"")).strip(" \t")


def _words(field: bytes) -> str:
    return " ".join(decode_words(_value(field)).split())
