"""JSON texts with very long strings (a mail, its attachments), read and written without holding them in memory.

Reading cuts the long strings out before Python's parser sees the rest: what is left is small, and each long string is
a `Text`, a place in a sealed spool that is unescaped while it is read. Writing takes values whose long strings are
`Pieces`, made while they are written. All that is written is ASCII, so that a character of the text is an octet.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pybase64

from letterlock import limits
from letterlock.errors import Fault, LetterlockError, MessageTooLarge
from letterlock.protocol import frames
from letterlock.protocol.failures import FrameNotJson
from letterlock.spool import Spool

_DEPTH = 64
_SHORT = 4096
"""Octets up to which a string stays where it is."""

_BEFORE = re.compile(rb'[^"]*')
_INSIDE = re.compile(rb'[^"\\]*')
_ESCAPE = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.", re.DOTALL)
"""RFC 8259 §7. Two of them are one character where they are a pair of surrogates."""
_LONGEST_ESCAPE = 12
_CONTROLS = bytes(range(32))


@dataclass(frozen=True)
class Text:
    """A long string: its escaped UTF-8 octets in a spool."""

    spool: Spool
    start: int
    end: int

    def pieces(self) -> Iterator[bytes]:
        """The string in UTF-8. Raises `FrameNotJson`: it has an escape that JSON does not know."""
        pending = b""
        for block in self.spool.blocks(self.start, self.end):
            pending += block
            if len(block.translate(None, _CONTROLS)) < len(block):  # an eighth of what a regular expression takes
                raise FrameNotJson
            cut = len(pending) if b"\\" not in pending else _before_open_escape(pending)
            yield _ESCAPE.sub(_unescaped, pending[:cut])
            pending = pending[cut:]
        yield _ESCAPE.sub(_unescaped, pending)

    def whole(self, limit: int) -> str:
        """The string in memory. Raises `MessageTooLarge`."""
        if self.end - self.start > 6 * limit:
            raise MessageTooLarge(limit)
        octets = b"".join(self.pieces())
        if len(octets) > limit:
            raise MessageTooLarge(limit)
        return octets.decode("utf-8", "replace")


def pieces_of(value: object) -> Iterator[bytes]:
    """A string, short or long, in UTF-8; nothing where it is none."""
    if isinstance(value, Text):
        yield from value.pieces()
    elif isinstance(value, str):
        yield value.encode("utf-8", "replace")


def string(value: object, limit: int = limits.OWA_FIELD_OCTETS) -> str:
    """A string, short or long, in memory; an empty one where it is none. Raises `MessageTooLarge`."""
    if isinstance(value, Text):
        return value.whole(limit)
    return value if isinstance(value, str) else ""


def read(octets: Iterable[bytes], spool: Spool, skeleton: int = limits.OWA_SKELETON_OCTETS) -> dict[str, Any]:
    """The JSON object in a text, its long strings as `Text`.

    Args:
        octets: the text in UTF-8, cut anywhere.
        spool: where the long strings go. It has to stay open as long as they are used.
        skeleton: most octets beside the long strings.

    Raises:
        FrameNotJson, FrameNotUtf8, FrameTooDeep, FieldRepeated, FrameNotAnObject: it is none.
        MessageTooLarge: too much beside the long strings.
    """
    cutter = _Cutter(spool, skeleton)
    for piece in octets:
        cutter.feed(piece)
    return cutter.close()


def read_text(value: object, spool: Spool) -> dict[str, Any]:
    """The JSON object in a string; raises as `read`."""
    return read(pieces_of(value), spool)


class _Cutter:
    """Copies a text without its long strings, each of which leaves a mark that nobody can guess."""

    def __init__(self, spool: Spool, skeleton: int) -> None:
        self._spool = spool
        self._limit = skeleton
        self._mark = f"{secrets.token_hex(8)}:"
        self._texts: list[Text] = []
        self._rest = bytearray()
        self._string: bytearray | None = None
        """The string so far, while it is short."""
        self._start = -1
        self._escaped = False

    def feed(self, piece: bytes) -> None:
        """More of the text."""
        place = 0
        while place < len(piece):
            if self._string is None and self._start < 0:
                place = self._outside(piece, place)
            else:
                place = self._within(piece, place)
            if len(self._rest) > self._limit:
                raise MessageTooLarge(self._limit)

    def close(self) -> dict[str, Any]:
        """The text is complete."""
        if self._string is not None or self._start >= 0:
            raise FrameNotJson
        found = frames.parse(bytes(self._rest), _DEPTH)
        result: dict[str, Any] = self._restored(found) if self._texts else found
        return result

    def _outside(self, piece: bytes, place: int) -> int:
        end = _BEFORE.match(piece, place).end()  # type: ignore[union-attr]
        self._rest += piece[place:end]
        if end < len(piece):
            self._string = bytearray()
            end += 1
        return end

    def _within(self, piece: bytes, place: int) -> int:
        if self._escaped:
            self._escaped = False
            self._keep(piece[place : place + 1])
            return place + 1
        end = _INSIDE.match(piece, place).end()  # type: ignore[union-attr]
        self._keep(piece[place:end])
        if end < len(piece):
            if piece[end] == ord("\\"):
                self._escaped = True
                self._keep(b"\\")
            else:
                self._end()
            end += 1
        return end

    def _keep(self, octets: bytes) -> None:
        if self._string is None:
            self._spool.write(octets)
            return
        self._string += octets
        if len(self._string) > _SHORT:
            self._start = len(self._spool)
            self._spool.write(bytes(self._string))
            self._string = None

    def _end(self) -> None:
        if self._string is not None:
            self._rest += b'"' + self._string + b'"'
        else:
            self._rest += f'"{self._mark}{len(self._texts)}"'.encode()
            self._texts.append(Text(self._spool, self._start, len(self._spool)))
        self._string, self._start = None, -1

    def _restored(self, value: Any) -> Any:
        if isinstance(value, dict):
            if any(name.startswith(self._mark) for name in value):
                raise MessageTooLarge(_SHORT)
            return {name: self._restored(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._restored(each) for each in value]
        if isinstance(value, str) and value.startswith(self._mark):
            return self._texts[int(value[len(self._mark) :])]
        return value


def _before_open_escape(octets: bytes) -> int:
    """How much can be unescaped by itself: nothing of an escape, or a pair of them, that may go on."""
    for found in _ESCAPE.finditer(octets):
        if found.end() > len(octets) - _LONGEST_ESCAPE:
            return found.start()
    return len(octets) - octets.endswith(b"\\")


def _unescaped(escape: re.Match[bytes]) -> bytes:
    try:
        return str(json.loads(b'"%s"' % escape[0])).encode("utf-8", "replace")
    except ValueError:
        raise FrameNotJson from None


def base64_octets(text: Iterable[bytes]) -> Iterator[bytes]:
    """What a base64 text means, in pieces; white space in it means nothing. Raises `NotBase64`."""
    pending = b""
    for piece in text:
        pending += piece.translate(None, b" \t\r\n")
        whole = len(pending) - len(pending) % 4
        # Padding ends it: what comes after is found by the next piece.
        yield _decoded(pending[:whole])
        pending = pending[whole:]
    if pending:
        yield _decoded(pending + b"=" * (-len(pending) % 4))


class NotBase64(LetterlockError):
    """A text that should be base64 is not."""

    code = "owa_not_base64"
    fault = Fault.CLIENT


def _decoded(text: bytes) -> bytes:
    try:
        return pybase64.b64decode(text, validate=True)
    except ValueError:
        raise NotBase64 from None


@dataclass(frozen=True)
class Pieces:
    """A long string to be written, in pieces."""

    make: Callable[[], Iterable[str]]


def base64_pieces(octets: Iterable[bytes]) -> Iterator[str]:
    """Octets as base64 without line ends."""
    pending = b""
    for piece in octets:
        pending += piece
        whole = len(pending) - len(pending) % 3
        yield pybase64.b64encode(pending[:whole]).decode("ascii")
        pending = pending[whole:]
    yield pybase64.b64encode(pending).decode("ascii")


def write(value: object, spool: Spool, limit: int = limits.OWA_RESULT_OCTETS) -> None:
    """A value as JSON in ASCII. Raises `MessageTooLarge`: it would be longer than `limit`."""
    for piece in _written(value):
        if len(spool) + len(piece) > limit:
            raise MessageTooLarge(limit)
        spool.write(piece.encode("ascii"))


def _written(value: object) -> Iterator[str]:
    if isinstance(value, Pieces):
        yield '"'
        for piece in value.make():
            yield json.dumps(piece)[1:-1]
        yield '"'
    elif isinstance(value, Mapping):
        yield "{"
        for number, (name, each) in enumerate(value.items()):
            yield ("," if number else "") + json.dumps(name) + ":"
            yield from _written(each)
        yield "}"
    elif isinstance(value, list | tuple):
        yield "["
        for number, each in enumerate(value):
            yield "," if number else ""
            yield from _written(each)
        yield "]"
    else:
        yield json.dumps(value)
