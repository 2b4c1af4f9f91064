"""A streaming MIME reader: fed octets in any portions, it yields a tree of entities with byte-exact offsets.

It never keeps a body: each entity says where in the message it starts and ends, and the caller reads those
octets from wherever it spooled them. What lies between two boundary delimiters belongs to the part exactly as
received; the line end before a delimiter belongs to the delimiter (RFC 2046 §5.1.1), which is what makes a
multipart/signed digest come out right (RFC 1847 §2.1).

Work is linear in the input. Bodies are searched for delimiters with `bytes.find`, never line by line.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto

from letterlock import limits
from letterlock.mime.failures import HeaderTooLarge, TooManyParts
from letterlock.mime.fields import Field, Parameters, parse_line, parse_parameters

_DELIMITER_LINE_OCTETS = 1_000
"""Longest delimiter line: RFC 5322 §2.1.1 allows 998 characters in any line, and the rest is padding."""

BOUNDARY_CHARACTERS = 200
"""Longest boundary taken as one. RFC 2046 §5.1.1 allows 70; some software makes longer ones."""

_FOLDED_BOUNDARY = re.compile(rb'boundary[ \t\r\n]*=[ \t\r\n]*"[^"]*\n', re.IGNORECASE)
"""A boundary with a line end inside its quotes: readers differ on what is left of it."""

_PLAIN_BOUNDARY = re.compile(r"(?! )[ -\[\]-~]*(?<! )")
"""A boundary on which readers agree: printable ASCII, no space at either end, nothing that looks like an escape."""

_CONTROLS = re.compile(rb"[\0-\x08\x0b-\x1a\x1c-\x1f\x7f]")
"""Control characters that no field has (RFC 5322 §2.2), and at which some readers begin another line or end the text:
CR and NUL, vertical tabs, form feeds, separators. Tabs are white space, and ESC stands in unencoded ISO-2022-JP."""

_PLAIN_ENCODINGS = frozenset({"7bit", "8bit", "binary", ""})
_SINGULAR = frozenset({"content-type", "content-transfer-encoding", "content-disposition", "mime-version"})


@dataclass(slots=True)
class Entity:
    """One MIME entity: the message itself (id `1`), a part (`1.2`) or a message inside a part (`1.2.1`).

    `start:end` are the entity's octets with its header section, as a signature covers them; `body:end` its body.
    `oddities` name what other readers may understand differently; they are code-like words, not sentences.
    """

    id: str
    start: int
    fields: list[Field] = field(default_factory=list)
    body: int = 0
    end: int = 0
    children: list[Entity] = field(default_factory=list)
    oddities: set[str] = field(default_factory=set)
    content: Parameters = field(default_factory=lambda: Parameters("text/plain"))
    disposition: Parameters = field(default_factory=lambda: Parameters(""))
    encoding: str = ""

    def field_values(self, name: str) -> list[Field]:
        """Every field of that name (lower case), in order."""
        return [each for each in self.fields if each.name == name]

    def first(self, name: str) -> Field | None:
        """The first field of that name (lower case)."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def type(self) -> str:
        """The media type in lower case, `text/plain` where none is given (RFC 2045 §5.2)."""
        return self.content.value

    @property
    def file_name(self) -> str | None:
        """The name a person would see, from Content-Disposition, else from Content-Type."""
        return self.disposition.parameters.get("filename") or self.content.parameters.get("name")

    def walk(self) -> list[Entity]:
        """This entity and all below it, in the order they stand in the message."""
        found = [self]
        for child in self.children:
            found.extend(child.walk())
        return found


class _State(Enum):
    HEADER = auto()
    BODY = auto()
    """In a leaf, a preamble or an epilogue: nothing counts but delimiters."""


@dataclass(slots=True)
class _Open:
    """A multipart whose end has not been seen."""

    entity: Entity
    delimiter: bytes
    """`--` and the boundary."""
    found: int = -1
    """Where in the message the line end before it was last found; it stands until the reader is past it."""
    searched: int = 0
    searched_after_cr: int = 0
    """Up to where the message is known to hold no other one, after a line end and after a bare CR. Without these a
    message that is full of one delimiter would be searched for all others again and again."""


class Allowance:
    """What the readers of one message may take together: one for the message, one for each signed content inside."""

    def __init__(
        self,
        parts: int = limits.MIME_PARTS,
        lookalikes: int = limits.MIME_LOOKALIKES,
        headers_octets: int = limits.HEADERS_OCTETS,
        headers_lines: int = limits.HEADERS_LINES,
    ) -> None:
        self._parts = self._parts_left = parts
        self._lookalikes = self._lookalikes_left = lookalikes
        self._octets = self._octets_left = headers_octets
        self._lines = self._lines_left = headers_lines

    def take_part(self) -> None:
        """One more entity. Raises `TooManyParts`."""
        self._parts_left -= 1
        if self._parts_left < 0:
            raise TooManyParts(self._parts)

    def take_lookalike(self) -> None:
        """One more line that looks like a delimiter and is none. Raises `TooManyParts`."""
        self._lookalikes_left -= 1
        if self._lookalikes_left < 0:
            raise TooManyParts(self._lookalikes)

    def take_header_line(self, octets: int) -> None:
        """One more line of a header section. Raises `HeaderTooLarge`."""
        self._octets_left -= octets
        self._lines_left -= 1
        if self._octets_left < 0:
            raise HeaderTooLarge(self._octets)
        if self._lines_left < 0:
            raise HeaderTooLarge(self._lines)


class Reader:
    """Feed it a message, then `close` it for the tree."""

    def __init__(
        self,
        root_id: str = "1",
        header_octets: int = limits.HEADER_OCTETS,
        header_fields: int = limits.HEADER_FIELDS,
        depth: int = limits.MIME_DEPTH,
        allowance: Allowance | None = None,
    ) -> None:
        self._header_octets = header_octets
        self._header_fields = header_fields
        self._depth = depth
        self._allowance = allowance or Allowance()
        self._allowance.take_part()
        self._buffer = bytearray()
        self._position = 0
        """Offset in the message of the buffer's first octet."""
        self._state = _State.HEADER
        self._root = Entity(root_id, 0)
        self._entity = self._root
        """The innermost entity being read."""
        self._open: list[_Open] = []
        self._ended: _Open | None = None
        """The multipart whose epilogue is being read."""
        self._lines: list[tuple[str, list[bytes]]] = []
        self._header_size = 0
        self._scanned = 0
        """Octets of the buffer already known to hold no delimiter."""
        self._at_line_start = True
        self._line_end_octets = 0
        """Of the last line taken off the buffer: where a delimiter follows at once, that line end is part of it."""

    def feed(self, data: bytes | memoryview) -> None:
        """Read on. Raises `HeaderTooLarge` or `TooManyParts`."""
        self._buffer += data
        while self._step(final=False):
            pass

    def close(self) -> Entity:
        """The message has ended: the tree. Entities that never ended are marked `not_closed`."""
        while self._step(final=True):
            pass
        end = self._position + len(self._buffer)
        while self._state is _State.HEADER:
            self._end_header(end)
        # An epilogue's multipart is already closed; everything still open ends where the message ends.
        self._end_below(0, end, closed=False)
        self._root.end = end
        return self._root

    # --- one step: returns whether more can be done with what is in the buffer -------------------------------

    def _step(self, final: bool) -> bool:
        if self._state is _State.HEADER:
            return self._header_line(final)
        return self._find_delimiter(final)

    def _drop(self, octets: int) -> None:
        del self._buffer[:octets]
        self._position += octets
        self._scanned = 0

    def _unread(self, line: bytes) -> None:
        self._buffer[:0] = line
        self._position -= len(line)

    # --- headers ---------------------------------------------------------------------------------------------

    def _header_line(self, final: bool) -> bool:
        newline = self._buffer.find(b"\n", self._scanned)
        if newline < 0:
            self._scanned = len(self._buffer)
            if self._header_size + len(self._buffer) > self._header_octets:
                raise HeaderTooLarge(self._header_octets)
            if not final or not self._buffer:
                return False
            newline = len(self._buffer) - 1
        line = bytes(self._buffer[: newline + 1])
        start = self._position
        if self._open and line.startswith(b"--") and self._delimiter_at(0, newline + 1):
            # A part that ends inside its header section (no empty line): it has no body.
            self._end_header(start)
            return True
        self._drop(len(line))
        self._header_size += len(line)
        if self._header_size > self._header_octets:
            raise HeaderTooLarge(self._header_octets)
        self._allowance.take_header_line(len(line))
        self._take_header_line(line, start)
        return True

    def _take_header_line(self, line: bytes, start: int) -> None:
        text = self._without_line_end(line)
        if not text:
            self._end_header(self._position)
            return
        if _CONTROLS.search(text):
            self._entity.oddities.add("header_control_characters")
        if text[:1] in (b" ", b"\t"):
            if not self._lines or not text.strip(b" \t"):
                # A line of white space continues a field (RFC 5322 §4.2); to the eye, and to some readers, it is the
                # empty line that ends the header section.
                self._entity.oddities.add("header_malformed")
            if self._lines:
                self._lines[-1][1].append(line)
            return
        parsed = parse_line(text)
        if parsed is not None:
            if len(self._lines) >= self._header_fields:
                raise HeaderTooLarge(self._header_fields)
            name, _ = parsed
            if text[len(name) : len(name) + 1] != b":":
                # White space before the colon (RFC 5322 §4.5): some readers take such a line for the body's start.
                self._entity.oddities.add("header_malformed")
            self._lines.append((name, [line[line.index(b":") + 1 :]]))
        elif start == 0 and text.startswith(b"From "):
            return  # An mbox separator line before the message is no field.
        elif not self._lines:
            # No header section at all, not even an empty line: everything is body. Some readers skip the line.
            self._entity.oddities.add("header_malformed")
            self._unread(line)
            self._end_header(start)
        else:
            # Skipped here; other readers take it for the body's start.
            self._entity.oddities.add("header_malformed")

    def _without_line_end(self, line: bytes) -> bytes:
        text = line[:-1] if line.endswith(b"\n") else line
        text = text[:-1] if text.endswith(b"\r") else text
        self._line_end_octets = len(line) - len(text)
        return text

    def _end_header(self, body: int) -> None:
        entity = self._entity
        for name, pieces in self._lines:
            value = b"".join(pieces)
            entity.fields.append(Field(name, value.rstrip(b"\r\n")))
        self._lines = []
        self._header_size = 0
        entity.body = body
        self._describe(entity)
        self._state = _State.BODY
        self._at_line_start = True
        depth = entity.id.count(".")
        if entity.type.startswith("multipart/"):
            self._enter_multipart(entity, depth)
        elif entity.type in ("message/rfc822", "message/global") and depth < self._depth:
            if entity.encoding in _PLAIN_ENCODINGS:
                self._enter_part(entity, body)
            else:
                entity.oddities.add("encoded_message")

    def _describe(self, entity: Entity) -> None:
        names = [each.name for each in entity.fields]
        if any(names.count(name) > 1 for name in _SINGULAR):
            entity.oddities.add("duplicate_content_fields")
        content, disposition = entity.first("content-type"), entity.first("content-disposition")
        if content is not None:
            entity.content = parse_parameters(content.text)
            if _FOLDED_BOUNDARY.search(content.value):
                entity.oddities.add("ambiguous_content_type")
            if "/" not in entity.content.value:
                # RFC 2045 §5.2: what cannot be understood is plain text.
                entity.content = Parameters("text/plain", entity.content.parameters, ambiguous=True)
            if entity.content.ambiguous:
                entity.oddities.add("ambiguous_content_type")
        if disposition is not None:
            entity.disposition = parse_parameters(disposition.text)
        encoding = entity.first("content-transfer-encoding")
        if encoding is not None:
            entity.encoding = parse_parameters(encoding.text).value

    # --- entering and leaving parts --------------------------------------------------------------------------

    def _enter_multipart(self, entity: Entity, depth: int) -> None:
        boundary = entity.content.parameters.get("boundary", "").rstrip(" \t")
        if entity.encoding not in _PLAIN_ENCODINGS:
            # RFC 2045 §6.4 forbids it; some readers decode it nevertheless.
            entity.oddities.add("encoded_multipart")
        if not boundary or len(boundary) > BOUNDARY_CHARACTERS:
            entity.oddities.add("no_boundary")
            return
        if depth >= self._depth:
            entity.oddities.add("too_deep")
            return
        plain = _PLAIN_BOUNDARY.fullmatch(entity.content.parameters["boundary"]) and "=?" not in boundary
        if not plain or entity.content.commented:
            entity.oddities.add("ambiguous_content_type")
        delimiter = b"--" + boundary.encode("utf-8", "surrogateescape")
        if any(each.delimiter == delimiter for each in self._open):
            # Two nested multiparts with one boundary: where the inner one ends is anybody's guess.
            entity.oddities.add("reused_boundary")
        self._open.append(_Open(entity, delimiter))

    def _enter_part(self, parent: Entity, start: int) -> None:
        self._allowance.take_part()
        part = Entity(f"{parent.id}.{len(parent.children) + 1}", start)
        if parent.type == "multipart/digest":
            # RFC 2046 §5.1.5: there the parts are messages where they do not say otherwise.
            part.content = Parameters("message/rfc822")
        parent.children.append(part)
        self._entity = part
        self._state = _State.HEADER

    def _end_below(self, level: int, end: int, closed: bool) -> None:
        """Everything inside the multipart at `level` ends at `end`; so do the multiparts opened within it."""
        for inner in self._open[level + 1 :] if closed else self._open[level:]:
            inner.entity.oddities.add("not_closed")
        root = self._open[level].entity if self._open and closed else self._root
        current: Entity | None = root
        while current is not None and current.children:
            current = current.children[-1]
            if current.end == 0:
                # A part without a single octet: its first line would be the delimiter that follows.
                current.end = max(end, current.start)

    # --- bodies ----------------------------------------------------------------------------------------------

    def _find_delimiter(self, final: bool) -> bool:
        buffer = self._buffer
        watched = [*self._open, self._ended] if self._ended else self._open
        if not watched:
            self._drop(len(buffer))
            return False
        if self._at_line_start:
            # The body begins at a line's start, with no line end before it that a search could find.
            if len(buffer) < 2 and not final:
                return False
            if buffer.startswith(b"--"):
                done = self._try_delimiter(0, final)
                if done is not None:
                    return done
            self._at_line_start = False
        found = min((place for each in watched if (place := self._next(each)) >= 0), default=-1)
        for each in watched:
            self._look_after_cr(each, found if found >= 0 else len(buffer))
        if found < 0:
            keep = max(len(each.delimiter) for each in watched) + 2
            self._drop(max(len(buffer) - keep, 0))
            return False
        done = self._try_delimiter(found + 1, final)
        if done is None:
            self._scanned = found + 1
            return True
        return done

    def _next(self, each: _Open) -> int:
        """Where in the buffer, from `_scanned` on, the line end before the next such delimiter is; -1 for nowhere."""
        known = each.found - self._position
        if known >= self._scanned:
            return known
        place = self._buffer.find(b"\n" + each.delimiter, max(each.searched - self._position, self._scanned))
        if place >= 0:
            each.found = each.searched = self._position + place
        else:
            each.searched = self._position + max(len(self._buffer) - len(each.delimiter), self._scanned)
        return place

    def _look_after_cr(self, each: _Open, end: int) -> None:
        """A delimiter after a bare CR is one for readers that take CR for a line end, as Thunderbird and Python do."""
        if "ambiguous_delimiter" in each.entity.oddities:
            return
        start = max(each.searched_after_cr - self._position, 0)
        if self._buffer.find(b"\r" + each.delimiter, start, end) >= 0:
            each.entity.oddities.add("ambiguous_delimiter")
        each.searched_after_cr = self._position + max(end - len(each.delimiter), start)

    def _try_delimiter(self, place: int, final: bool) -> bool | None:
        """Take the line at `place` as a delimiter. True: taken. False: not whole yet. None: it is not one."""
        newline = self._buffer.find(b"\n", place)
        if newline < 0:
            if not final and len(self._buffer) - place <= _DELIMITER_LINE_OCTETS:
                # Keep what comes before it: the line end in front of a delimiter belongs to it.
                self._scanned = max(place - 2, 0)
                return False
            line_end = min(len(self._buffer), place + _DELIMITER_LINE_OCTETS)
        else:
            line_end = newline + 1
        level = self._delimiter_at(place, line_end)
        if level is None:
            return None
        number, closing = level
        if place == 0:
            before = -self._line_end_octets
        else:
            before = place - (2 if self._buffer[place - 2 : place] == b"\r\n" else 1)
        if b"\r" in self._without_line_end(bytes(self._buffer[place:line_end])):
            self._open[number].entity.oddities.add("ambiguous_delimiter")
        self._leave_part(number, self._position + before, closing)
        self._drop(line_end)
        if closing:
            self._at_line_start = True
        else:
            self._enter_part(self._open[number].entity, self._position)
        return True

    def _delimiter_at(self, place: int, line_end: int) -> tuple[int, bool] | None:
        """Which open multipart the line delimits, and whether it closes it; the innermost wins."""
        line = bytes(self._buffer[place:line_end]).rstrip(b" \t\r\n")
        for number in range(len(self._open) - 1, -1, -1):
            delimiter = self._open[number].delimiter
            if line == delimiter:
                return number, False
            if line == delimiter + b"--":
                return number, True
        ended = self._ended
        if ended is not None and line.startswith(ended.delimiter):
            # After its closing delimiter a multipart has no more parts; some readers go on reading parts.
            self._count_lookalike(ended.entity)
            self._ended = None
        for each in reversed(self._open):
            if line.startswith(each.delimiter):
                # RFC 2046 §5.1.1 lets a reader accept any line that merely begins with the delimiter, and some
                # do; we and most others do not. Whoever signs such a line may show two people two messages.
                self._count_lookalike(each.entity)
                break
        return None

    def _count_lookalike(self, entity: Entity) -> None:
        entity.oddities.add("ambiguous_delimiter")
        self._allowance.take_lookalike()

    def _leave_part(self, number: int, end: int, closing: bool) -> None:
        multipart = self._open[number].entity
        self._end_below(number, end, closed=True)
        del self._open[number + 1 :]
        self._ended = None
        if closing:
            self._ended = self._open.pop()
            # What follows is an epilogue: it ends where the next outer delimiter, or the message, is.
            self._entity = multipart
        self._state = _State.BODY
