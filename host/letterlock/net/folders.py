"""Names of IMAP folders, and what a server says of them (RFC 9051 §7.3.1, RFC 3501 §5.1.3). Octets and texts only."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from typing import NamedTuple

_SENT_NAMES = (
    "sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte",
    "gesendete nachrichten",
)  # fmt: skip
"""What mail programs call the folder, where the server does not say which it is."""

_PLAIN = re.compile(r"[\x20-\x25\x27-\x7e]+")
_SHIFTED = re.compile(rb"&([A-Za-z0-9+,]*)-")


class Folder(NamedTuple):
    """A folder: its name as people read it, what stands between the levels of it ("" if there are none), and what the
    server says of it (lower case: "\\\\sent")."""

    name: str
    delimiter: str
    attributes: frozenset[str]

    @property
    def selectable(self) -> bool:
        """Whether messages can be in it."""
        return not self.attributes & {"\\noselect", "\\nonexistent"}

    @property
    def leaf(self) -> str:
        """The last level of its name, in lower case."""
        return (self.name.rpartition(self.delimiter)[2] if self.delimiter else self.name).casefold()


def encode(name: str) -> str:
    """A name in modified UTF-7 (RFC 3501 §5.1.3)."""
    out, position = [], 0
    while position < len(name):
        plain = _PLAIN.match(name, position)
        if plain:
            out.append(plain[0])
            position = plain.end()
        elif name[position] == "&":
            out.append("&-")
            position += 1
        else:
            end = position
            while end < len(name) and name[end] != "&" and not _PLAIN.match(name, end):
                end += 1
            octets = name[position:end].encode("utf-16-be", "surrogatepass")
            out.append("&" + base64.b64encode(octets, b"+,").decode().rstrip("=") + "-")
            position = end
    return "".join(out)


def decode(octets: bytes) -> str:
    """A name as a server says it: modified UTF-7, or UTF-8. What is neither is shown as it stands."""

    def unshifted(match: re.Match[bytes]) -> bytes:
        if not match[1]:
            return b"&"
        padded = match[1] + b"=" * (-len(match[1]) % 4)
        return base64.b64decode(padded, b"+,").decode("utf-16-be").encode()

    try:
        return _SHIFTED.sub(unshifted, octets).decode()
    except ValueError:
        return octets.decode("utf-8", "replace")


def folder(line: bytes) -> Folder | None:
    """What follows "* " where that is a LIST response, literals in place; None for anything else."""
    if not line.upper().startswith(b"LIST "):
        return None
    try:
        attributes, delimiter, name, *_ = values(line[5:])
    except ValueError:
        return None
    if not isinstance(attributes, list) or not isinstance(name, bytes) or isinstance(delimiter, list):
        return None
    said = frozenset(each.decode("ascii", "replace").lower() for each in attributes if isinstance(each, bytes))
    return Folder(decode(name), (delimiter or b"").decode("ascii", "replace"), said)


def sent(folders: Iterable[Folder]) -> Folder | None:
    """The folder of sent mail: the one that says so (RFC 6154), else one with a usual name."""
    usable = [each for each in folders if each.selectable]
    for each in usable:
        if "\\sent" in each.attributes:
            return each
    named = [each for each in usable if each.leaf in _SENT_NAMES]
    # The highest, and of those the most usual name.
    return min(
        named, key=lambda each: (each.name.count(each.delimiter or "\0"), _SENT_NAMES.index(each.leaf)), default=None
    )


def new_sent(folders: Iterable[Folder]) -> str:
    """What to call a folder of sent mail where there is none: below INBOX where everything is."""
    others = [each for each in folders if each.name.upper() != "INBOX"]
    below = [each for each in others if each.delimiter and each.name.upper().startswith(f"INBOX{each.delimiter}")]
    if below and len(below) == len(others):
        return f"INBOX{below[0].delimiter}Sent"
    return "Sent"


def values(octets: bytes) -> list[bytes | list[object] | None]:
    """Atoms, quoted strings, literals (their octets follow them), NIL, and lists of these. Raises `ValueError`."""
    found, end = _values(octets, 0, 0)
    if end != len(octets):
        raise ValueError("a closing bracket too many")
    return found


_ATOM = re.compile(rb'[^\s()"{]+')
_QUOTED = re.compile(rb'"((?:[^"\\\r\n]|\\.)*)"', re.DOTALL)
_LITERAL = re.compile(rb"~?\{(\d{1,9})\+?\}\r\n")
_DEPTH = 8


def _values(octets: bytes, position: int, depth: int) -> tuple[list[bytes | list[object] | None], int]:
    found: list[bytes | list[object] | None] = []
    while position < len(octets):
        octet = octets[position : position + 1]
        if octet == b" ":
            position += 1
        elif octet == b")":
            return (found, position + 1) if depth else (found, position)
        elif octet == b"(":
            if depth == _DEPTH:
                raise ValueError("too deep")
            inner, end = _values(octets, position + 1, depth + 1)
            if octets[end - 1 : end] != b")" or end == position + 1:
                raise ValueError("no closing bracket")
            found.append(list(inner))
            position = end
        elif match := _QUOTED.match(octets, position):
            found.append(re.sub(rb"\\(.)", rb"\1", match[1], flags=re.DOTALL))
            position = match.end()
        elif match := _LITERAL.match(octets, position):
            position = match.end() + int(match[1])
            if position > len(octets):
                raise ValueError("a literal without its end")
            found.append(octets[match.end() : position])
        elif match := _ATOM.match(octets, position):
            found.append(None if match[0].upper() == b"NIL" else match[0])
            position = match.end()
        else:
            raise ValueError("no value")
    return found, position
