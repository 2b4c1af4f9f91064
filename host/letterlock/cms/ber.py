"""An incremental reader of BER (X.690 §8) that turns it into DER, and lets one big string stream past.

It takes octets in chunks cut anywhere and refuses to know types. Indefinite lengths become definite, padded lengths
short, constructed strings primitive. SET OF elements keep their order, because signatures were made over what was
sent, sorted or not. What is DER already is copied whole and not taken apart.

One OCTET STRING, named by the tags that lead to it, is diverted: its octets go to a sink as they arrive and leave an
empty string in the output. So a message of any size passes in bounded memory. Every octet is looked at no more
than twice (once by `der.walk`, once here), whatever the input.
"""

from __future__ import annotations

from collections.abc import Callable

from letterlock import limits
from letterlock.cms.der import KINDS, Kind, length_octets, walk
from letterlock.cms.failures import (
    CmsBadLength,
    CmsBadTag,
    CmsMalformed,
    CmsTooDeep,
    CmsTooLarge,
    CmsTooManyValues,
    CmsTrailingData,
    CmsTruncated,
)

_TAG_OCTETS = 5
"""Longest identifier: tag numbers of 28 bits. CMS uses none above 30."""

_LENGTH_OCTETS = 16
"""Longest length, padding included. Real padded lengths have 5 or 9 octets."""

_PADDING = b"\0\r\n"
"""What may follow the object: zeros (stray end-of-contents octets, padding to a block) and line ends."""

_BIT_STRING = 0x03
_OCTET_STRING = 0x04
_OBJECT_IDENTIFIER = 0x06


class _Frame:
    """A constructed value whose contents are being read."""

    __slots__ = ("bound", "definite", "diverted", "index", "on_path", "size", "string", "tag", "unused")

    def __init__(self, tag: bytes, index: int, bound: int | None, definite: bool, on_path: bool) -> None:
        self.tag = tag
        self.index = index  # where its DER header goes in the output
        self.bound = bound  # absolute offset that nothing inside may pass; its end where the length is definite
        self.definite = definite
        self.on_path = on_path
        self.size = 0  # contents octets written so far
        self.string: _Frame | None = None  # the outermost frame of a string in pieces
        self.diverted = False
        self.unused = -1  # BIT STRING in pieces: unused bits of the latest piece


class BerReader:
    """One BER value in, DER out.

    Args:
        path: identifier octets from the outermost value to the diverted string; the last one in primitive form.
            Empty: nothing is diverted.
        content: gets the diverted octets, in order, at most once per `feed`.
        begins: called once, before the first diverted octet, with what was read until then: the value in DER as if
            every open one ended there.
        seen: gets (depth, contents) of each OBJECT IDENTIFIER whose container is on the path, as it is read and before
            anything later is. An exception it raises ends the reading.
    """

    def __init__(
        self,
        path: tuple[int, ...] = (),
        content: Callable[[bytes], None] = lambda octets: None,
        seen: Callable[[int, bytes], None] = lambda depth, octets: None,
        *,
        begins: Callable[[bytes], None] | None = None,
        depth: int = limits.CMS_DEPTH,
        values: int = limits.CMS_VALUES,
        octets: int = limits.CMS_STRUCTURE_OCTETS,
    ) -> None:
        self._path = path
        self._content = content
        self._seen = seen
        self._begins = begins
        self._depth = depth
        self._most_values = values
        self._most_octets = octets

        self._out: list[bytes] = []
        self._stack: list[_Frame] = []
        self._rest = b""  # the start of a header that is not complete
        self._offset = 0  # absolute offset of the first octet of `_rest`
        self._tag = b""  # identifier of the primitive whose contents are being collected
        self._need = 0  # contents octets of it that are still to come
        self._partial = bytearray()
        self._passing = False  # the primitive being read is (a piece of) the diverted string
        self._slow_until = 0  # up to here `walk` has found that values are not DER
        self._started = False

        self._values = 0
        self._octets = 0
        self._pieces = 0
        self._passed = 0
        self._pending: list[bytes] = []
        self.diverted = False
        """Whether the diverted string was found."""

    @property
    def values(self) -> int:
        """How many values were read so far, outside the diverted string."""
        return self._values

    def feed(self, data: bytes) -> None:
        """More octets.

        Raises:
            CmsFailure: what is wrong, as soon as it is seen. The reader is of no use any more.
        """
        buffer = self._rest + data if self._rest else data
        position = self._read(buffer)
        self._rest = buffer[position:]
        self._offset += position
        if self._pending:
            pending, self._pending = self._pending, []
            self._content(pending[0] if len(pending) == 1 else b"".join(pending))

    def close(self) -> bytes:
        """No more octets come: the whole value in DER.

        Raises:
            CmsTruncated: the value is not complete.
        """
        if not self._started or self._stack or self._need or self._rest:
            raise CmsTruncated(self._offset + len(self._rest))
        return b"".join(self._out)

    def _read(self, buffer: bytes) -> int:
        """Reads as much as is complete; returns the position in `buffer` of what is not."""
        base = self._offset
        size = len(buffer)
        position = 0
        stack = self._stack
        while True:
            if self._need:
                if position == size:
                    return position
                taken = buffer[position : position + self._need]
                position += len(taken)
                self._need -= len(taken)
                self._take(taken)
                continue
            while stack and stack[-1].definite and stack[-1].bound == base + position:
                self._leave()
            if not stack and self._started:
                if buffer[position:].strip(_PADDING):
                    raise CmsTrailingData(base + position)
                return size
            header = self._header(buffer, position, base)
            if header is None:
                return position
            position = self._enter(buffer, position, base, *header)

    def _header(self, buffer: bytes, start: int, base: int) -> tuple[int, int] | None:
        """Where identifier and length end, and the length (-1: indefinite). None: more octets are needed."""
        size = len(buffer)
        position = start + 1
        if start < size and buffer[start] & 0x1F == 0x1F:
            while position < size and buffer[position] & 0x80:
                position += 1
            position += 1
            if position - start > _TAG_OCTETS:
                raise CmsBadTag(base + start)
        if position >= size:
            return None
        length = buffer[position]
        position += 1
        if length == 0x80:
            length = -1
        elif length > 0x80:
            width = length - 0x80
            if width > _LENGTH_OCTETS:
                raise CmsBadLength(base + start)
            if position + width > size:
                return None
            length = int.from_bytes(buffer[position : position + width], "big")
            position += width
        return position, length

    def _enter(self, buffer: bytes, start: int, base: int, position: int, length: int) -> int:
        """Handles the value at `start` whose header ends at `position`; returns where to read on."""
        stack = self._stack
        parent = stack[-1] if stack else None
        octet = buffer[start]
        kind = KINDS[octet]
        definite = length >= 0
        bound = parent.bound if parent else None
        end = base + position + (length if definite else 0)
        if bound is not None and end > bound:
            raise CmsBadLength(base + start)
        if kind == Kind.END_OF_CONTENTS:
            if parent is None or parent.definite or length != 0 or position != start + 2:
                raise CmsBadTag(base + start)
            self._leave()
            return position
        tag = buffer[start : start + 1]
        if kind == Kind.HIGH_TAG:
            kind = Kind.CONSTRUCTED if octet & 0x20 else Kind.PRIMITIVE
            tag = _long_tag(buffer, start)
        if kind == Kind.WRONG or (kind == Kind.PRIMITIVE and not definite):
            raise CmsBadTag(base + start)
        self._started = True
        on_path, diverted = self._place(octet, parent, base + start)
        string = parent.string if parent else None
        around = position - start + (0 if definite else 2)  # the end-of-contents octets to come
        self._count(around, max(length, 0), kind == Kind.PRIMITIVE, diverted)
        if diverted and string is None and self._begins is not None:
            self._begins(self._so_far())
        if kind == Kind.PRIMITIVE:
            self._begin(tag, length, diverted, string)
            return position
        if len(stack) >= self._depth:
            raise CmsTooDeep(self._depth)
        if kind == Kind.CONSTRUCTED and not on_path and not diverted and definite:
            shortest = position - start == len(tag) + len(length_octets(length))
            if shortest and self._copy(buffer, start, base, position, position + length):
                return position + length
        frame = _Frame(tag, len(self._out), end if definite else bound, definite, on_path)
        if string is not None:
            frame.string = string
        else:
            self._out.append(b"")
            if diverted or kind == Kind.STRING_IN_PIECES:
                frame.string = frame
                frame.diverted = diverted
        stack.append(frame)
        return position

    def _so_far(self) -> bytes:
        """What was read, as if every open value ended here."""
        out = self._out.copy()
        size = 0
        for frame in reversed(self._stack):
            out[frame.index] = frame.tag + length_octets(frame.size + size)
            size += len(out[frame.index]) + frame.size
        return b"".join(out)

    def _place(self, octet: int, parent: _Frame | None, offset: int) -> tuple[bool, bool]:
        """Whether a value with this identifier is on the path, and whether it is (a piece of) the diverted string."""
        string = parent.string if parent else None
        if string is not None:
            # X.690 §8.6.4, §8.7.3.2, §8.23: pieces are BIT STRINGs in a BIT STRING, else OCTET STRINGs. Some encoders
            # repeat the string's own type instead.
            own = 0 if string.diverted else string.tag[0]
            if octet | 0x20 != own and (octet & 0xDF != _OCTET_STRING or own & 0x1F == _BIT_STRING):
                raise CmsBadTag(offset)
            return False, string.diverted
        depth = len(self._stack)
        if depth >= len(self._path) or (parent is not None and not parent.on_path):
            return False, False
        if depth == len(self._path) - 1:
            if octet & 0xDF != self._path[depth]:
                return False, False
            if self.diverted:
                raise CmsMalformed("content")  # a second content: which one was signed?
            self.diverted = True
            return False, True
        on_path = octet == self._path[depth]
        if depth == 0 and not on_path:
            raise CmsMalformed("ContentInfo")  # no need to read on
        return on_path, False

    def _copy(self, buffer: bytes, start: int, base: int, position: int, end: int) -> bool:
        """Copies a definite value whole where all of it is there and is DER already; says whether it did."""
        if end > len(buffer) or base + start < self._slow_until:
            return False
        left = self._most_values - self._values
        count, offending = walk(buffer, position, end, self._depth - len(self._stack) - 1, left)
        if offending >= 0:
            self._slow_until = base + offending + 1
            return False
        self._values += count
        self._octets += end - position
        if self._octets > self._most_octets:
            raise CmsTooLarge(self._most_octets)
        self._put(buffer[start:end])
        return True

    def _count(self, around: int, length: int, primitive: bool, diverted: bool) -> None:
        """Charges a value against the limits before anything of it is kept."""
        if diverted:
            self._pieces += 1
            if primitive:
                self._passed += length
            if self._pieces > self._most_values + self._passed // limits.CMS_PIECE_OCTETS:
                raise CmsTooManyValues(self._most_values)
            return
        self._values += 1
        if self._values > self._most_values:
            raise CmsTooManyValues(self._most_values)
        self._octets += around + (length if primitive else 0)
        if self._octets > self._most_octets:
            raise CmsTooLarge(self._most_octets)

    def _begin(self, tag: bytes, length: int, diverted: bool, string: _Frame | None) -> None:
        """Starts the contents of a primitive value."""
        self._tag = tag
        self._need = length
        self._passing = diverted
        if diverted and string is None:
            self._put(bytes((tag[0], 0)))
        if length == 0:
            self._take(b"")

    def _take(self, octets: bytes) -> None:
        """Takes contents octets of the current primitive; finishes it when none are missing."""
        if self._passing:
            if octets:
                self._pending.append(octets)
            return
        if self._need:
            self._partial += octets
            return
        if self._partial:
            octets = bytes(self._partial + octets)
            self._partial.clear()
        parent = self._stack[-1] if self._stack else None
        if parent is not None and parent.string is not None:
            self._piece(parent.string, octets)
            return
        if parent is not None and parent.on_path and self._tag[0] == _OBJECT_IDENTIFIER:
            self._seen(len(self._stack), octets)
        self._put(self._tag + length_octets(len(octets)) + octets)

    def _piece(self, string: _Frame, octets: bytes) -> None:
        """Adds a piece to a string in pieces."""
        if string.tag[0] & 0x1F == _BIT_STRING:
            # X.690 §8.6.4: each piece starts with its count of unused bits, zero in all but the last.
            if not octets or octets[0] > 7 or string.unused > 0 or (octets[0] and len(octets) == 1):
                raise CmsMalformed("BIT STRING")
            string.unused = octets[0]
            octets = octets[1:]
        string.size += len(octets)
        self._out.append(octets)

    def _put(self, octets: bytes) -> None:
        """A finished value goes out."""
        self._out.append(octets)
        if self._stack:
            self._stack[-1].size += len(octets)

    def _leave(self) -> None:
        """The innermost constructed value is complete: its header is known now."""
        frame = self._stack.pop()
        if frame.string is not None:
            if frame.string is not frame:
                return  # its pieces were added to the outermost frame as they came
            octet = frame.tag[0] & 0xDF
            if octet == _BIT_STRING and not frame.diverted:
                header = b"\x03" + length_octets(frame.size + 1) + bytes((max(frame.unused, 0),))
            else:
                header = bytes((octet,)) + length_octets(frame.size)
        else:
            header = frame.tag + length_octets(frame.size)
        self._out[frame.index] = header
        if self._stack:
            self._stack[-1].size += len(header) + frame.size


def _long_tag(buffer: bytes, start: int) -> bytes:
    """The identifier octets of a tag number above 30 (X.690 §8.1.2.4), all of which are there."""
    width = 2
    while buffer[start + width - 1] & 0x80:
        width += 1
    return buffer[start : start + width]


def to_der(octets: bytes) -> bytes:
    """One whole BER value in DER (SET OF elements keep their order).

    Raises:
        CmsFailure: not one BER value, or beyond a limit.
    """
    reader = BerReader()
    reader.feed(octets)
    return reader.close()
