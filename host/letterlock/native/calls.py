"""One request being carried out: what an operation sees of the conversation.

An operation runs in a thread of its own, takes its upload piece by piece and sends its download within credit. Its
call makes it wait, tells it that it has been cancelled, and keeps progress rare. Nothing here knows frames or pipes.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from letterlock.errors import Cancelled
from letterlock.limits import CHUNK_OCTETS
from letterlock.protocol.version import PROTOCOL, Version

PROGRESS_SECONDS = 0.25
"""Least time between two reports of progress, and before the first: what is quick reports none."""

ALIVE_SECONDS = 5.0
"""Between two signs of life: a client gives up after some twenty of silence."""


class Channel(Protocol):
    """What a call needs from the conversation; each may be called from the operation's thread."""

    def consumed(self, request: str, octets: int) -> None: ...
    def progress(self, request: str, done: int, total: int | None) -> None: ...
    def reply(self, request: str, result: Mapping[str, object]) -> None: ...
    def update(self, message: str, result: Mapping[str, object]) -> None: ...
    def credit(self, request: str) -> int: ...
    def chunk(self, request: str, data: bytes, last: bool) -> None: ...


class Call:
    """A request while it runs."""

    def __init__(
        self,
        channel: Channel,
        request: str,
        language: str,
        clock: Callable[[], float] = time.monotonic,
        version: Version = PROTOCOL,
    ) -> None:
        self.language = language
        self.version = version
        self._channel = channel
        self._request = request
        self._clock = clock
        self._reported = clock()
        self._changed = threading.Condition()
        self._arrived: deque[tuple[bytes, bool]] = deque()
        self._grants = 0
        self._stopped = False
        self._gone = False

    # --- For the operation's thread ---

    def cancelled(self) -> bool:
        """Whether nobody wants the answer any more. Long work asks often."""
        return self._stopped

    def gone(self) -> bool:
        """Whether the client itself has gone, rather than cancelled the request."""
        return self._gone

    def upload(self) -> Iterator[bytes]:
        """The octets the client sends. Each piece counts as consumed when the next one is asked for.

        Raises:
            Cancelled: The request ended while the operation waited.
        """
        last = False
        while not last:
            with self._changed:
                self._changed.wait_for(lambda: self._arrived or self._stopped)
                if self._stopped:
                    raise Cancelled
                data, last = self._arrived.popleft()
            yield data
            self._channel.consumed(self._request, len(data))

    def progress(self, done: int, total: int | None) -> None:
        """Reports how far the work is, in octets; most reports are dropped."""
        now = self._clock()
        if now - self._reported >= PROGRESS_SECONDS:
            self._reported = now
            self._channel.progress(self._request, done, total)

    @contextmanager
    def alive(self) -> Iterator[None]:
        """Says that somebody is still working, as long as it lasts: for work that has no steps to report."""
        done = threading.Event()

        def say() -> None:
            while not done.wait(ALIVE_SECONDS):
                self.progress(0, None)

        saying = threading.Thread(target=say, name="alive", daemon=True)
        saying.start()
        try:
            yield
        finally:
            # No report may follow the answer.
            done.set()
            saying.join()

    def reply(self, result: Mapping[str, object], *, stopped: bool = False) -> None:
        """Answers; `stopped` also a request that was cancelled and is to be answered all the same.

        Raises:
            Cancelled: Nobody waits for the answer any more.
            ReplyTooLarge: It does not fit into a frame.
        """
        if self._stopped and not stopped:
            raise Cancelled
        self._channel.reply(self._request, result)

    def update(self, message: str, result: Mapping[str, object]) -> None:
        """Renews the verdict on an opened message, which may be after the answer.

        Raises:
            ReplyTooLarge: It does not fit into a frame.
        """
        self._channel.update(message, result)

    def send(self, pieces: Iterable[bytes]) -> None:
        """Sends a download to its end, never more than the client has granted.

        Raises:
            Cancelled: The request ended meanwhile.
        """
        pending = bytearray()
        for piece in pieces:
            pending += piece
            # One chunk is always held back: only the end of the pieces tells which one is the last.
            while len(pending) > CHUNK_OCTETS:
                self._send_some(pending, final=False)
        while pending:
            self._send_some(pending, final=True)
            if not pending:
                return
        self._channel.chunk(self._request, b"", True)

    def _send_some(self, pending: bytearray, final: bool) -> None:
        size = min(len(pending), CHUNK_OCTETS, self._credit())
        data = bytes(pending[:size])
        del pending[:size]
        self._channel.chunk(self._request, data, final and not pending)

    def _credit(self) -> int:
        while True:
            # The channel has a lock of its own, whose holder may be about to call `granted`: never ask it while
            # holding ours. A grant between the question and the wait is seen by its number.
            grants = self._grants
            if credit := self._channel.credit(self._request):
                return credit
            with self._changed:
                while self._grants == grants and not self._stopped:
                    self._changed.wait()
            if self._stopped:
                raise Cancelled

    # --- For the reader's thread ---

    def arrived(self, data: bytes, last: bool) -> None:
        """More of the upload."""
        with self._changed:
            self._arrived.append((data, last))
            self._changed.notify_all()

    def granted(self) -> None:
        """More credit for the download."""
        with self._changed:
            self._grants += 1
            self._changed.notify_all()

    def leave(self) -> None:
        """The client has gone."""
        self._gone = True
        self.stop()

    def stop(self) -> None:
        """Nobody wants the answer any more."""
        with self._changed:
            self._stopped = True
            self._arrived.clear()
            self._changed.notify_all()
