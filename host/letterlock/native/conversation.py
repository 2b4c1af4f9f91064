"""The loop: octets from the client into the session, and what the session wants done to threads and pipes.

Three kinds of thread. The main one reads and never works. Each request works in a thread of its own, of which
there are at most `limits.REQUESTS_AT_ONCE`; a slow one holds up nobody. One writes (`pipes.Writer`). A lock guards
the session and the order of the frames; nothing waits or works while holding it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from letterlock.errors import Cancelled, InternalError, LetterlockError
from letterlock.native import process
from letterlock.native.calls import Call
from letterlock.native.operations import Operations
from letterlock.native.pipes import Writer
from letterlock.protocol.events import Ended, Event, Granted, Outgoing, Requested, Uploaded
from letterlock.protocol.mistakes import internal_error
from letterlock.protocol.session import Session

GRACE_SECONDS = 0.4
"""How long running requests get to notice the end of the input; after twice that the process is gone."""


class Conversation:
    """One client's conversation, from its first octet to its end."""

    def __init__(self, session: Session, operations: Operations, writer: Writer) -> None:
        self._session = session
        self._operations = operations
        self._writer = writer
        self._lock = threading.Lock()
        self._calls: dict[str, Call] = {}
        self._threads: dict[str, threading.Thread] = {}

    def run(self, read: Callable[[], bytes]) -> None:
        """Reads to the end of the input, or until the client stops reading its answers."""
        while data := read():
            self._handle(data)
            if not self._writer.room():
                return

    def end(self) -> bool:
        """Stops everything; True if nothing works any more, False if something did not notice in time."""
        with self._lock:
            # Also what has answered and still looks for more.
            for call in self._calls.values():
                call.leave()
            for event in self._session.end():
                self._do(event)
            threads = list(self._threads.values())
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        self._writer.close(GRACE_SECONDS)
        return not any(thread.is_alive() for thread in threads)

    # --- The reader's thread ---

    def _handle(self, data: bytes) -> None:
        with self._lock:
            for event in self._session.receive(data):
                self._do(event)

    def _do(self, event: Event) -> None:
        if isinstance(event, Outgoing):
            self._writer.put(event.octets)
        elif isinstance(event, Requested):
            self._start(event)
        elif isinstance(event, Uploaded):
            self._calls[event.request].arrived(event.octets, event.last)
        elif isinstance(event, Granted):
            self._calls[event.request].granted()
        elif isinstance(event, Ended):
            self._calls[event.request].stop()

    def _start(self, event: Requested) -> None:
        call = Call(self, event.request, event.language, version=event.version)
        thread = threading.Thread(target=self._work, args=(event, call), name=event.operation, daemon=True)
        self._calls[event.request] = call
        self._threads[event.request] = thread
        try:
            thread.start()
        except RuntimeError as exhausted:  # the system gives this process no more threads
            del self._calls[event.request], self._threads[event.request]
            self._writer.put(self._session.fail(event.request, internal_error(exhausted)))
            self._session.released(event.request)

    # --- The requests' threads ---

    def _work(self, event: Requested, call: Call) -> None:
        try:
            self._operations[event.operation](call, event.params)
        except Cancelled:
            # The session said so when it was asked to; a request that gave up by itself gets the same answer.
            self._fail(event.request, Cancelled())
        except LetterlockError as failure:
            self._fail(event.request, failure)
        except BaseException as mistake:
            internal = internal_error(mistake)
            self._fail(event.request, internal)
            process.log(f"a mistake in {internal.where}")
        else:
            # Nothing happens if it has answered, as it should; a client must never wait for an answer in vain.
            self._fail(event.request, InternalError(where=f"{event.operation}: no answer"))
        finally:
            with self._lock:
                del self._calls[event.request], self._threads[event.request]
                self._session.released(event.request)

    def _fail(self, request: str, failure: LetterlockError) -> None:
        self._say(lambda: self._session.fail(request, failure))

    def _say(self, speak: Callable[[], bytes]) -> None:
        with self._lock:
            self._writer.put(speak())
        self._writer.room()

    # --- calls.Channel ---

    def consumed(self, request: str, octets: int) -> None:
        """The operation has taken octets of its upload."""
        self._say(lambda: self._session.consumed(request, octets))

    def progress(self, request: str, done: int, total: int | None) -> None:
        """How far the operation is."""
        self._say(lambda: self._session.progress(request, done, total))

    def reply(self, request: str, result: Mapping[str, object]) -> None:
        """The operation's answer."""
        self._say(lambda: self._session.reply(request, result))

    def update(self, message: str, result: Mapping[str, object]) -> None:
        """The renewed verdict on an opened message."""
        self._say(lambda: self._session.update(message, result))

    def credit(self, request: str) -> int:
        """What the operation may send now."""
        with self._lock:
            return self._session.credit(request)

    def chunk(self, request: str, data: bytes, last: bool) -> None:
        """The next octets of a download."""
        self._say(lambda: self._session.chunk(request, data, last))
