"""Native messaging's frames: four octets of length in the machine's byte order, then that many octets of JSON.

The decoder is fed whatever a read returned and yields whole texts; it keeps at most one frame, and of a frame
above the limit nothing at all. A frame that is wrong is a value among the others (a failure), because the next
frame can still be right. `parse` is stricter than `json.loads`: what two JSON parsers could read in two ways is
refused.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Iterator, Mapping

import pybase64

from letterlock.limits import FRAME_IN_OCTETS, FRAME_OUT_OCTETS
from letterlock.protocol.failures import (
    FieldRepeated,
    FrameEmpty,
    FrameNotAnObject,
    FrameNotJson,
    FrameNotUtf8,
    FrameTooDeep,
    FrameTooLarge,
    FrameTruncated,
    ReplyTooLarge,
)

_LENGTH = struct.Struct("=I")

JSON_DEPTH = 16
"""Nesting of objects and arrays in a frame from the client; those of protocol 1 reach two."""


class FrameDecoder:
    """Cuts a stream of octets into frames. Incremental: feed it whole, in pieces or octet by octet."""

    def __init__(self, limit: int = FRAME_IN_OCTETS) -> None:
        self._limit = limit
        self._buffer = bytearray(_LENGTH.size)
        self._filled = 0
        self._skip = 0
        self._in_text = False

    def feed(self, data: bytes) -> Iterator[bytes | FrameEmpty | FrameTooLarge]:
        """Takes what was read and yields each frame that is complete, or why it is none.

        The iterator must be exhausted before the next call.
        """
        view = memoryview(data)
        while view:
            if self._skip:
                skipped = min(self._skip, len(view))
                self._skip -= skipped
                view = view[skipped:]
                continue
            # The buffer has its whole size from the start: one that grows is copied again and again.
            taken = min(len(self._buffer) - self._filled, len(view))
            self._buffer[self._filled : self._filled + taken] = view[:taken]
            self._filled += taken
            view = view[taken:]
            if self._filled < len(self._buffer):
                return
            complete, self._buffer, self._filled = bytes(self._buffer), bytearray(_LENGTH.size), 0
            if self._in_text:
                self._in_text = False
                yield complete
                continue
            (length,) = _LENGTH.unpack(complete)
            if length == 0:
                yield FrameEmpty()
            elif length > self._limit:
                # Said before it is skipped: whoever announces 4 GiB may never send them.
                self._skip = length
                yield FrameTooLarge(octets=length, limit=self._limit)
            else:
                self._buffer, self._in_text = bytearray(length), True

    def end(self) -> FrameTruncated | None:
        """The input has ended: None between two frames, else what is missing."""
        if self._skip:
            return FrameTruncated(missing=self._skip)
        if self._in_text or self._filled:
            return FrameTruncated(missing=len(self._buffer) - self._filled)
        return None


def encode(frame: Mapping[str, object], limit: int = FRAME_OUT_OCTETS) -> bytes:
    """The frame as octets, length first.

    Raises:
        ReplyTooLarge: The text would exceed `limit`. A browser would close the port.
    """
    try:
        text = json.dumps(frame, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")
    except UnicodeEncodeError:
        # A header field of a hostile mail may hold lone surrogates, which UTF-8 cannot carry and JSON's escapes can.
        text = json.dumps(frame, separators=(",", ":"), allow_nan=False).encode("ascii")
    return _framed(text, limit)


def encode_chunk(request: str, octets: bytes, last: bool, limit: int = FRAME_OUT_OCTETS) -> bytes:
    """The frame of the next octets of a stream: what `encode` would make of it, without JSON's look at each character.

    Raises:
        ReplyTooLarge: as `encode`.
    """
    name = json.dumps(request, ensure_ascii=False).encode("utf-8")
    text = b"".join((_CHUNK, name, _DATA, pybase64.b64encode(octets), _LAST if last else _NOT_LAST))
    return _framed(text, limit)


def _framed(text: bytes, limit: int) -> bytes:
    if len(text) > limit:
        raise ReplyTooLarge(octets=len(text), limit=limit)
    return _LENGTH.pack(len(text)) + text


_CHUNK, _DATA = b'{"type":"chunk","id":', b',"data":"'
_LAST, _NOT_LAST = b'","last":true}', b'","last":false}'
_CHUNK_START = re.compile(rb'\{"type":"chunk","id":"([\w-]{1,64})","data":"', re.ASCII)
_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_CHUNK_ENDS = {_LAST: True, _NOT_LAST: False}


def _plain_chunk(text: bytes) -> dict[str, object] | None:
    """A chunk as clients write them, read without JSON's look at each character; None for everything else."""
    start = _CHUNK_START.match(text)
    if start is None:
        return None
    end = text.find(b'"', start.end())
    last = _CHUNK_ENDS.get(text[end:]) if end >= 0 else None
    data = text[start.end() : end]
    # Base64 stands for itself in JSON; anything else may mean something, or be none.
    if last is None or data.translate(None, _BASE64):
        return None
    return {"type": "chunk", "id": start[1].decode("ascii"), "data": data.decode("ascii"), "last": last}


def parse(text: bytes, depth: int = JSON_DEPTH) -> dict[str, object]:
    """The JSON object in the text of a frame.

    Raises:
        FrameNotUtf8, FrameNotJson, FrameTooDeep, FieldRepeated, FrameNotAnObject: It is none.
    """
    if chunk := _plain_chunk(text):
        return chunk
    try:
        characters = text.decode("utf-8")
    except UnicodeDecodeError:
        raise FrameNotUtf8 from None
    if _too_deep(characters, depth):
        raise FrameTooDeep(limit=depth)
    try:
        value = json.loads(characters, object_pairs_hook=_once_each, parse_constant=_not_json)
    except ValueError:  # JSONDecodeError, and an integer of more digits than Python converts
        raise FrameNotJson from None
    if not isinstance(value, dict):
        raise FrameNotAnObject
    return value


_STRINGS_AND_BRACKETS = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


def _too_deep(text: str, depth: int) -> bool:
    # Python's parser recurses, and where it gives up depends on its version: the depth is bounded before it starts.
    # Counting is quick, and no chunk of an honest client needs the walk.
    if text.count("[") + text.count("{") <= depth:
        return False
    level = 0
    for match in _STRINGS_AND_BRACKETS.finditer(text):
        character = match[0][0]
        if character in "[{":
            level += 1
            if level > depth:
                return True
        elif character in "]}":
            level -= 1
    return False


def _once_each(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise FieldRepeated(field=name)
            seen.add(name)
    return members


def _not_json(_constant: str) -> object:
    raise FrameNotJson
