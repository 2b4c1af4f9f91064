"""The messages a client has opened, so that it can fetch their parts: a few, the least recently used goes first."""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from letterlock.limits import OPEN_MESSAGES
from letterlock.protocol.failures import UnknownMessage

if TYPE_CHECKING:
    from letterlock.operations.online import Found
    from letterlock.verdict import Part, Verdict


class Fetchable(Protocol):
    """What has parts that a client fetches. It may hold a sealed temporary file."""

    def part(self, part_id: str) -> Part: ...
    def body(self, part_id: str) -> Iterator[bytes]: ...
    def text(self, part_id: str) -> Iterator[bytes]: ...
    def close(self) -> None: ...


@runtime_checkable
class Opened(Fetchable, Protocol):
    """What `operations.open` makes of a message."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def parts(self) -> list[Part]: ...
    @property
    def pending(self) -> bool: ...
    def find(self, cancelled: Callable[[], bool]) -> Found: ...
    def find_issuers(self, cancelled: Callable[[], bool]) -> Found: ...
    def renew(self, found: Found, promise: bool = False) -> None: ...


class Kept:
    """A message in use. `reading` is held by whoever reads it; `dropped` says that nobody wants it any more."""

    def __init__(self, message: Fetchable) -> None:
        self.message = message
        self.reading = threading.Lock()
        self.users = 0
        self.dropped = False

    @property
    def opened(self) -> Opened:
        """The message, if it was opened; one that was made has no verdict to ask about. Raises UnknownMessage."""
        if not isinstance(self.message, Opened):
            raise UnknownMessage
        return self.message

    def pieces(self, part_id: str, text: bool = False) -> Iterator[bytes]:
        # Two requests may fetch parts of one message at the same time, and a message reads from one place at a time.
        with self.reading:
            body = self.message.text(part_id) if text else self.message.body(part_id)
        while True:
            with self.reading:
                piece = next(body, None)
            if piece is None:
                return
            yield piece


class OpenMessages:
    """Opened messages by handle. A message that is dropped while a part is read is closed by the last reader."""

    def __init__(self, limit: int = OPEN_MESSAGES) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Kept] = OrderedDict()

    def keep(self, message: Fetchable) -> str:
        """Keeps a message and returns its handle, which nobody can guess and no other process knows."""
        handle = secrets.token_urlsafe(12)
        with self._lock:
            self._kept[handle] = Kept(message)
            surplus = [self._pop(next(iter(self._kept))) for _ in range(len(self._kept) - self._limit)]
        self._close(surplus)
        return handle

    @contextmanager
    def part(self, handle: str, part_id: str, text: bool = False) -> Iterator[tuple[Part, Iterator[bytes]]]:
        """A part of a message and its decoded octets (or its text); the message stays open for the `with` block.

        Raises:
            UnknownMessage, UnknownPart: There is none.
        """
        with self.held(handle) as kept:
            yield kept.message.part(part_id), kept.pieces(part_id, text)

    @contextmanager
    def held(self, handle: str) -> Iterator[Kept]:
        """A message that stays open for the `with` block, even if it is dropped meanwhile; raises UnknownMessage."""
        with self._lock:
            kept = self._kept.get(handle)
            if kept is None:
                raise UnknownMessage
            self._kept.move_to_end(handle)
            kept.users += 1
        try:
            yield kept
        finally:
            with self._lock:
                kept.users -= 1
            self._close([kept])

    def close(self, handle: str) -> None:
        """Forgets a message; raises UnknownMessage."""
        with self._lock:
            if handle not in self._kept:
                raise UnknownMessage
            kept = self._pop(handle)
        self._close([kept])

    def close_all(self) -> None:
        """Forgets every message, also those that are being read: the process ends."""
        with self._lock:
            every = [self._pop(handle) for handle in list(self._kept)]
        for kept in every:
            kept.message.close()

    def _pop(self, handle: str) -> Kept:
        kept = self._kept.pop(handle)
        kept.dropped = True
        return kept

    def _close(self, messages: list[Kept]) -> None:
        for kept in messages:
            if kept.dropped and not kept.users:
                kept.message.close()
