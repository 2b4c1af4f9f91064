"""The states of one conversation, and of the requests in it. Sans-IO, and not thread-safe: the shell holds a lock.

    greeting ──hello, same major──▶ ready          (everything but hello: `hello_expected`)
        └─────hello, other major──▶ refused        (everything: `protocol_mismatch`)

    request:  running ──reply, error, last chunk, broken rule, cancel──▶ ended ──`released`──▶ forgotten

`receive` takes octets and yields events: what to write, what to start, what to stop. The other methods are called
by whoever carries out the requests; they return the octets to write, and nothing at all for a request that has
ended in the meantime, so that a late answer never follows the error that ended its request.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import pybase64

from letterlock import limits
from letterlock.errors import Cancelled, LetterlockError, MessageTooLarge
from letterlock.protocol import answers
from letterlock.protocol.checking import attributable, checked
from letterlock.protocol.events import Ended, Event, Granted, Outgoing, Requested, Uploaded
from letterlock.protocol.failures import (
    BadBase64,
    DuplicateId,
    HelloExpected,
    HelloRepeated,
    MissingField,
    ProtocolMismatch,
    TooManyRequests,
    UnknownFrameType,
    UnknownOperation,
    UnknownStream,
    WrongDirection,
    WrongType,
)
from letterlock.protocol.frames import FrameDecoder, encode, encode_chunk, parse
from letterlock.protocol.mistakes import internal_error
from letterlock.protocol.models import (
    CLIENT_FRAMES,
    Cancel,
    Chunk,
    ClientHello,
    Credit,
    PartParams,
    UploadParams,
)
from letterlock.protocol.requests import Request, request_model
from letterlock.protocol.shapes import AnswersCancel
from letterlock.protocol.streams import Download, Upload
from letterlock.protocol.version import PROTOCOL, UPDATES, Version, agree
from letterlock.words import LANGUAGES


@dataclass
class _Running:
    upload: Upload | None = None
    download: Download | None = None
    answers_cancel: bool = False


class Session:
    """One conversation with one client, from the host's side."""

    def __init__(
        self,
        *,
        requests: int = limits.REQUESTS_AT_ONCE,
        message: int = limits.MESSAGE_OCTETS,
        frame_in: int = limits.FRAME_IN_OCTETS,
        frame_out: int = limits.FRAME_OUT_OCTETS,
    ) -> None:
        self._decoder = FrameDecoder(frame_in)
        self._frame_out = frame_out
        self._most_requests = requests
        self._message = message
        self._greeted = False
        self._mismatch: ProtocolMismatch | None = None
        self._language = "en"
        self._version = PROTOCOL
        self._running: dict[str, _Running] = {}
        self._ending: set[str] = set()

    def receive(self, data: bytes) -> Iterator[Event]:
        """Takes what was read. The iterator must be exhausted before anything else is called."""
        for frame in self._decoder.feed(data):
            if isinstance(frame, bytes):
                yield from self._frame(frame)
            else:
                yield self._error(None, frame)

    def end(self) -> Iterator[Event]:
        """The client has gone: what was cut off is said, and everything that runs ends without a word."""
        if truncated := self._decoder.end():
            yield self._error(None, truncated)
        for request in list(self._running):
            self._end(request)
            yield Ended(request)

    # --- What the operations say ---

    def consumed(self, request: str, octets: int) -> bytes:
        """The operation has taken `octets` of its upload: perhaps the client may send more."""
        running = self._running.get(request)
        grant = running.upload.consume(octets) if running and running.upload else 0
        return self._encode(answers.credit(request, grant)) if grant else b""

    def progress(self, request: str, done: int, total: int | None) -> bytes:
        """How far the operation is, in octets."""
        return self._encode(answers.progress(request, done, total)) if request in self._running else b""

    def reply(self, request: str, result: Mapping[str, object]) -> bytes:
        """The answer. It ends the request, unless chunks follow.

        Raises:
            ReplyTooLarge: It does not fit into a frame. The request still runs and can be failed.
        """
        running = self._running.get(request)
        if running is None:
            return b""
        octets = self._encode(answers.reply(request, result))
        if running.download is None:
            self._end(request)
        return octets

    def update(self, message: str, result: Mapping[str, object]) -> bytes:
        """The renewed verdict on an opened message; nothing for a client that would not know what it is.

        Raises:
            ReplyTooLarge: It does not fit into a frame.
        """
        return self._encode(answers.update(message, result)) if self._version >= UPDATES else b""

    def credit(self, request: str) -> int:
        """How many octets the request may send now."""
        running = self._running.get(request)
        return running.download.credit if running and running.download else 0

    def chunk(self, request: str, data: bytes, last: bool) -> bytes:
        """The next octets of a download, within `credit`; the last ones end the request."""
        running = self._running.get(request)
        if running is None or running.download is None:
            return b""
        running.download.send(len(data))
        if last:
            self._end(request)
        return encode_chunk(request, data, last, self._frame_out)

    def fail(self, request: str, failure: LetterlockError) -> bytes:
        """The request ends with an error."""
        if request not in self._running:
            return b""
        self._end(request)
        return self._error(request, failure).octets

    def released(self, request: str) -> None:
        """Nothing works for the request any more. Until then its id stays in use."""
        self._running.pop(request, None)
        self._ending.discard(request)

    # --- What the client says ---

    def _frame(self, text: bytes) -> Iterator[Event]:
        try:
            frame = parse(text)
        except LetterlockError as unreadable:
            yield self._error(None, unreadable)
            return
        request = attributable(frame)
        try:
            yield from self._understood(frame)
        except Exception as mistake:
            # Also a mistake of our own must cost this frame only, and not the place in the stream of frames.
            failure = mistake if isinstance(mistake, LetterlockError) else internal_error(mistake)
            if request in self._running or request in self._ending:
                if frame.get("type") == "request":
                    # The id belongs to another request: an error under this id would seem to end that one.
                    request = None
                elif request in self._running:
                    # A stream that lost a chunk has a hole: it must not come to an answer.
                    self._end(request)
                    yield Ended(request)
            yield self._error(request, failure)

    def _understood(self, frame: dict[str, object]) -> Iterator[Event]:
        kind = frame.get("type")
        if "type" not in frame:
            raise MissingField(field="type")
        if not isinstance(kind, str):
            raise WrongType(field="type", expected="a string")
        if kind != "request" and kind not in CLIENT_FRAMES:
            raise UnknownFrameType(type=kind)
        if self._mismatch:
            raise self._mismatch
        if kind == "hello":
            self._hello(frame)
        elif not self._greeted:
            raise HelloExpected
        elif kind == "request":
            yield from self._request(frame)
        else:
            model = checked(CLIENT_FRAMES[kind], frame)
            if isinstance(model, Chunk):
                yield from self._chunk(model)
            elif isinstance(model, Credit):
                yield from self._credit(model)
            elif isinstance(model, Cancel):
                if not self._stream(model.id).answers_cancel:
                    raise Cancelled
                yield Ended(model.id)

    def _hello(self, frame: dict[str, object]) -> None:
        if self._greeted:
            raise HelloRepeated
        language = str(frame.get("language")).split("-")[0].lower()  # RFC 5646 §2.1: “de-AT” is a kind of “de”
        if language in LANGUAGES:
            self._language = language
        # The version comes before the shape: the hello of another major may have other fields, and the answer to it
        # must still be which side to update.
        version = Version.parse(frame.get("protocol"))
        if version is not None:
            try:
                self._version = agree(version)
            except ProtocolMismatch as mismatch:
                self._mismatch = mismatch
                raise
        checked(ClientHello, frame)
        self._greeted = True

    def _request(self, frame: dict[str, object]) -> Iterator[Event]:
        operation = frame.get("operation")
        # Without an operation, any request's shape says what is missing.
        shape = request_model(operation if isinstance(operation, str) else "close")
        if shape is None:
            raise UnknownOperation(operation=str(operation))
        model = cast("Request", checked(shape, frame))
        if model.id in self._running or model.id in self._ending:
            raise DuplicateId(request=model.id)
        # Work that has not noticed its end counts only beyond twice the limit: a client that has just seen an answer
        # may ask the next question at once, and one that cancels quickly still cannot pile up work.
        if max(len(self._running), (len(self._running) + len(self._ending)) // 2) >= self._most_requests:
            raise TooManyRequests(limit=self._most_requests)
        params = model.params
        running = _Running(answers_cancel=isinstance(params, AnswersCancel))
        if isinstance(params, UploadParams):
            if params.size is not None and params.size > self._message:
                raise MessageTooLarge(limit=self._message)
            running.upload = Upload(params.size)
        elif isinstance(params, PartParams):
            running.download = Download()
        self._running[model.id] = running
        if running.upload:
            yield Outgoing(self._encode(answers.credit(model.id, running.upload.granted)))
        yield Requested(model.id, model.operation, params, self._language, self._version)

    def _chunk(self, chunk: Chunk) -> Iterator[Event]:
        upload = self._stream(chunk.id).upload
        if upload is None:
            raise WrongDirection
        try:
            octets = pybase64.b64decode(chunk.data, validate=True)
        except ValueError:
            raise BadBase64 from None
        upload.receive(len(octets), chunk.last)
        if octets or chunk.last:
            yield Uploaded(chunk.id, octets, chunk.last)

    def _credit(self, credit: Credit) -> Iterator[Event]:
        download = self._stream(credit.id).download
        if download is None:
            raise WrongDirection
        download.grant(credit.octets)
        yield Granted(credit.id)

    def _stream(self, request: str) -> _Running:
        running = self._running.get(request)
        if running is None:
            raise UnknownStream
        return running

    def _end(self, request: str) -> None:
        del self._running[request]
        self._ending.add(request)

    def _error(self, request: str | None, failure: LetterlockError) -> Outgoing:
        return Outgoing(self._encode(answers.error(request, failure, self._language)))

    def _encode(self, frame: answers.Frame) -> bytes:
        return encode(frame, self._frame_out)
