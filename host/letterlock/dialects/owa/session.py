"""The conversation with the extension, without input and output: octets in, events out.

    for event in session.receive(octets): …        # Outgoing, Requested or Dropped
    for event in session.finished(key, result): …  # when the operation has made its result

Each request goes through: uploading, running, ready. Slices are acknowledged as they come, in any order; those that
come again are acknowledged again. A result is read by offset or by part, in parts of the size asked for; after its last
part it is dropped, and only that last part is kept for somebody who asks again. Beyond its bounds the session drops
what nobody touched for the longest time, and what was dropped is answered with an error.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from letterlock import limits
from letterlock.dialects.owa.schema import (
    DOWNLOAD,
    GET_SETTINGS,
    NS,
    UPLOAD,
    Envelope,
    ErrorCode,
    Key,
    failure,
    failure_text,
    loggable,
    whole,
)
from letterlock.errors import LetterlockError
from letterlock.protocol.frames import FrameDecoder, encode, parse
from letterlock.spool import Spool


@dataclass(frozen=True)
class Outgoing:
    """A frame for the extension."""

    octets: bytes


@dataclass(frozen=True)
class Requested:
    """A request is complete: its JSON text, in UTF-8. Whoever takes it closes it."""

    key: Key
    number: int
    text: Spool


@dataclass(frozen=True)
class Dropped:
    """Nobody wants the result of this request any more."""

    key: Key
    number: int


Event = Outgoing | Requested | Dropped


@dataclass
class _Slice:
    start: int
    octets: int
    units: int
    digest: bytes


@dataclass
class _Upload:
    text: Spool = field(default_factory=Spool)
    slices: dict[int, _Slice] = field(default_factory=dict)
    end: int | None = None
    """Where the text ends, once its last slice is here."""

    def size(self) -> int:
        return len(self.text)

    def next_offset(self) -> int:
        return max((offset + each.units for offset, each in self.slices.items()), default=0)

    def joined(self) -> Spool | None:
        """The text, if nothing of it is missing."""
        if self.end is None or self.next_offset() != self.end:
            return None
        place, order = 0, sorted(self.slices)
        for offset in order:
            if offset != place:
                return None
            place += self.slices[offset].units
        if order == list(self.slices):
            return self.text  # they came in their order
        whole = Spool()
        for offset in order:
            each = self.slices[offset]
            for block in self.text.blocks(each.start, each.start + each.octets):
                whole.write(block)
        self.text.close()
        return whole


@dataclass
class _Running:
    first: bytes
    number: int
    waiting: list[Envelope] = field(default_factory=list)

    def size(self) -> int:
        return 0


@dataclass
class _Ready:
    first: bytes
    result: Spool
    parts: list[int] = field(default_factory=list)
    """Where each part that was fetched began."""
    place: int = 0

    def size(self) -> int:
        return len(self.result)


_State = _Upload | _Running | _Ready


class Session:
    """One conversation.

    Args:
        domains: sites of OWA that the organisation allows beside Microsoft's own.
        log: takes lines without content.
    """

    def __init__(self, domains: Sequence[str] = (), log: Callable[[str], None] = lambda line: None) -> None:
        self._domains = list(domains)
        self._log = log
        self._decoder = FrameDecoder(limits.OWA_FRAME_OCTETS)
        self._states: OrderedDict[Key, _State] = OrderedDict()
        self._last: tuple[Key, int | None, int | None, bytes] | None = None
        self._numbers = 0

    def receive(self, data: bytes) -> Iterator[Event]:
        """What the extension sent, cut anywhere. The iterator must be exhausted."""
        for text in self._decoder.feed(data):
            if not isinstance(text, bytes):
                self._log(f"a frame was skipped: {text.code}")
                continue
            try:
                frame = parse(text)
            except LetterlockError as wrong:
                self._log(f"a frame was skipped: {wrong.code}")
                continue
            yield from self._frame(frame)

    def finished(self, key: Key, number: int, result: Spool) -> Iterator[Event]:
        """The result of a request, as JSON in ASCII. The session closes it."""
        state = self._states.get(key)
        if not isinstance(state, _Running) or state.number != number:
            result.close()
            return
        ready = _Ready(state.first, result)
        self._states[key] = ready
        for envelope in state.waiting:
            yield from self._download(envelope)
        yield from self._within_bounds()

    def end(self) -> None:
        """The conversation is over: nothing is kept."""
        for key in list(self._states):
            self._close(self._states.pop(key))

    # --- Frames ---

    def _frame(self, frame: Mapping[str, Any]) -> Iterator[Event]:
        if frame.get("messageType") == GET_SETTINGS:
            # The one answer without an envelope.
            yield Outgoing(encode({"AllowedDomainsByPolicy": self._domains}))
            return
        envelope = Envelope.of(frame)
        if envelope is None:
            self._log("a message that names no request was ignored")
        elif envelope.kind == UPLOAD:
            yield from self._upload(envelope)
            yield from self._within_bounds()
        elif envelope.kind == DOWNLOAD:
            yield from self._download(envelope)
        else:
            self._log(f"unknown message type {loggable(envelope.kind)}")
            yield Outgoing(encode(envelope.reply(failure(ErrorCode.UNKNOWN_REQUEST))))

    # --- Upload ---

    def _upload(self, envelope: Envelope) -> Iterator[Event]:
        key, data = envelope.key, envelope.data
        slice_ = data.get("PartialData")
        octets = slice_.encode("utf-16-le", "surrogatepass") if isinstance(slice_, str) else b""
        digest = hashlib.sha256(octets).digest()
        state = self._states.get(key)
        offset = whole(data.get("StartOffset"))
        if isinstance(state, _Running | _Ready):
            if offset not in (0, None) or digest == state.first:
                yield _acknowledged(envelope)  # it came again, or belongs to what was refused
                return
            yield from self._drop(key)
            state = None
        if state is None:
            state = self._states[key] = _Upload()
        self._states.move_to_end(key)
        assert isinstance(state, _Upload)
        if not isinstance(slice_, str) or not self._put(state, offset, octets, data, digest):
            yield from self._refuse(envelope, state, ErrorCode.MALFORMED)
        elif len(state.text) > limits.OWA_REQUEST_OCTETS:
            yield from self._refuse(envelope, state, ErrorCode.TOO_LARGE)
        elif (text := state.joined()) is not None:
            self._numbers += 1
            first = state.slices[0].digest if state.slices else digest
            self._states[key] = _Running(first, self._numbers)
            yield _acknowledged(envelope)
            yield Requested(key, self._numbers, text)
        else:
            start = offset if offset is not None else state.next_offset() - len(octets) // 2
            yield _acknowledged(envelope, whole(data.get("PartIndex")) or 0, start, start + len(octets) // 2)

    def _put(self, upload: _Upload, offset: int | None, octets: bytes, data: Mapping[str, Any], digest: bytes) -> bool:
        """Keeps a slice; False where it contradicts the others. Offsets count UTF-16 units, as JavaScript does."""
        if offset is None:
            offset = upload.next_offset()
        known = upload.slices.get(offset)
        if known is None:
            if len(upload.slices) >= limits.OWA_SLICES:
                return False
            text = octets.decode("utf-16-le", "replace").encode("utf-8", "replace")
            upload.slices[offset] = _Slice(len(upload.text), len(text), len(octets) // 2, digest)
            upload.text.write(text)
        elif known.digest != digest:
            return False
        if data.get("IsLastPart") is True:
            upload.end = offset + len(octets) // 2
        return upload.end is None or upload.next_offset() <= upload.end

    def _refuse(self, envelope: Envelope, upload: _Upload, code: ErrorCode) -> Iterator[Event]:
        upload.text.close()
        self._states[envelope.key] = _Ready(b"", _spooled(failure_text(code)))
        self._log(f"a request was refused: {code.name.lower()}")
        yield _acknowledged(envelope)

    # --- Download ---

    def _download(self, envelope: Envelope) -> Iterator[Event]:
        key, data = envelope.key, envelope.data
        offset, part = whole(data.get("StartOffset")), whole(data.get("PartIndex"))
        state = self._states.get(key)
        if isinstance(state, _Running):
            if len(state.waiting) < limits.OWA_SESSIONS:
                state.waiting.append(envelope)
            return
        if not isinstance(state, _Ready):
            if self._last is not None and self._last[0] == key and (offset, part) in _names(self._last):
                yield Outgoing(self._last[3])
            else:
                # It was fetched, dropped, or never asked for.
                text = failure_text(ErrorCode.MALFORMED).decode()
                yield Outgoing(encode(envelope.reply(_part(0, 0, text, len(text)))))
            return
        self._states.move_to_end(key)
        size = whole(data.get("MaxPartSize"), 1) or limits.OWA_PART_CHARACTERS_USUAL
        size = min(size, limits.OWA_PART_CHARACTERS)
        start = _start(state, offset, part, size)
        index = part if part is not None else len(state.parts)
        total = len(state.result)
        text = state.result.read(start, start + size).decode("ascii")
        if index == len(state.parts) and len(state.parts) < limits.OWA_SLICES:
            state.parts.append(start)
        state.place = start + len(text)
        frame = encode(envelope.reply(_part(index, start, text, total)))
        if state.place >= total:
            # Fetched: what the mail says is kept no longer than it is wanted.
            self._last = (key, start, index, frame)
            self._close(self._states.pop(key))
        yield Outgoing(frame)

    # --- Bounds ---

    def _within_bounds(self) -> Iterator[Event]:
        while len(self._states) > limits.OWA_SESSIONS or self._held() > limits.OWA_HELD_OCTETS:
            oldest = next((key for key in self._states if self._states[key].size()), next(iter(self._states)))
            self._log("a request that nobody came back for was dropped")
            yield from self._drop(oldest)

    def _held(self) -> int:
        return sum(each.size() for each in self._states.values())

    def _drop(self, key: Key) -> Iterator[Event]:
        state = self._states.pop(key)
        if isinstance(state, _Running):
            yield Dropped(key, state.number)
        self._close(state)

    def _close(self, state: _State) -> None:
        if isinstance(state, _Upload):
            state.text.close()
        elif isinstance(state, _Ready):
            state.result.close()


def _start(state: _Ready, offset: int | None, part: int | None, size: int) -> int:
    """Where the part begins: at the offset; where that part began or would begin; where the last one ended."""
    total = len(state.result)
    if offset is not None:
        return min(offset, total)
    if part is None or part == len(state.parts):
        return state.place
    return state.parts[part] if part < len(state.parts) else min(part * size, total)


def _names(last: tuple[Key, int | None, int | None, bytes]) -> set[tuple[int | None, int | None]]:
    """How the last part may be asked for once more."""
    _, start, index, _ = last
    return {(start, index), (start, None), (None, index), (None, None)}


def _acknowledged(envelope: Envelope, part: int = -1, start: int = -1, following: int = -1) -> Outgoing:
    """A slice has arrived; with -1 everywhere: all have."""
    data = {
        "__type": f"AcknowledgePartialSmimeRequestArrived{NS}",
        "PartIndex": part,
        "StartOffset": start,
        "NextStartOffset": following,
        "Status": 1 if part < 0 else 0,
    }
    return Outgoing(encode(envelope.reply(data)))


def _part(index: int, start: int, text: str, total: int) -> dict[str, object]:
    return {
        "__type": f"ReturnPartialSmimeResult{NS}",
        "PartIndex": index,
        "StartOffset": start,
        "EndOffset": start + len(text),
        "IsLastPart": start + len(text) >= total,
        "PartialData": text,
        "TotalSize": total,
    }


def _spooled(octets: bytes) -> Spool:
    spool = Spool()
    spool.write(octets)
    return spool
