"""The only user of stdin and stdout.

`claim` takes both away from the rest of the process: a stray `print`, a warning of a C library or a child process
writes to stderr from then on, because one octet too many on stdout makes a browser close the port.
"""

from __future__ import annotations

import os
import sys
import threading
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

READ_OCTETS = 1 << 18
"""Most octets taken in one read. A pipe holds 64 KiB or, where it could be enlarged, 1 MiB."""

QUEUE_OCTETS = 4 * 1024 * 1024
"""Octets that may wait for the client to read them before whoever makes more has to wait too."""

STALLED_SECONDS = 60.0
"""A client that goes on sending but has not read its answers for so long is given up."""


class Pipes(NamedTuple):
    """The two private file descriptors of the conversation."""

    source: int
    sink: int


def claim() -> Pipes:
    """Moves stdin and stdout to private descriptors that children do not inherit, and points the public ones away."""
    if sys.platform == "win32":
        import msvcrt

        # Text mode would turn every LF into CR LF and end the input at 0x1A.
        msvcrt.setmode(0, os.O_BINARY)
        msvcrt.setmode(1, os.O_BINARY)
    pipes = Pipes(os.dup(0), os.dup(1))
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # started without stderr
        os.dup2(nothing, 1)
        os.dup2(nothing, 2)
    os.close(nothing)
    return pipes


def read(source: int) -> bytes:
    """Some octets, or none at the end of the input. A client that vanished is an end like any other."""
    try:
        return os.read(source, READ_OCTETS)
    except OSError:
        return b""


class Writer:
    """Writes whole frames in the order of `put`, from a thread of its own, so that no lock is held during a write.

    Args:
        sink: The private descriptor.
        broken: Called (from the writer's thread) when the client does not take anything any more.
    """

    def __init__(self, sink: int, broken: Callable[[], None]) -> None:
        self._sink = sink
        self._broken = broken
        self._changed = threading.Condition()
        self._frames: deque[bytes] = deque()
        self._waiting = 0
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="writer", daemon=True)
        self._thread.start()

    def put(self, octets: bytes) -> None:
        """Queues a frame. Never waits; whoever may wait calls `room` afterwards, without holding any lock."""
        if not octets:
            return
        with self._changed:
            if not self._closed:
                self._frames.append(octets)
                self._waiting += len(octets)
                self._changed.notify_all()

    def room(self, seconds: float = STALLED_SECONDS) -> bool:
        """Waits until the queue is short enough again; False if that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._waiting <= QUEUE_OCTETS or self._closed, seconds)

    def close(self, seconds: float) -> None:
        """Writes what is queued, but waits no longer than `seconds` for it."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(seconds)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._frames or self._closed)
                if not self._frames:
                    return
                octets = self._frames.popleft()
            try:
                write_all(self._sink, octets)
            except OSError:
                with self._changed:
                    self._closed = True
                    self._frames.clear()
                    self._waiting = 0
                    self._changed.notify_all()
                self._broken()
                return
            with self._changed:
                self._waiting -= len(octets)
                self._changed.notify_all()


def write_all(sink: int, octets: bytes) -> None:
    """Writes every octet; raises OSError."""
    view = memoryview(octets)
    while view:
        view = view[os.write(sink, view) :]
