"""What this process asks of the operating system: no core dumps, and a clean end when told to stop."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from types import FrameType

_PR_SET_DUMPABLE = 4


class Stopped(BaseException):
    """The system told the process to end."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number


class Stopping:
    """Turns SIGTERM and SIGINT into `Stopped`, but only while the main thread waits for input.

    A signal that came at any other moment could tear a lock out of somebody's hands; it waits for the next read.
    """

    def __init__(self) -> None:
        self._number = 0
        self._reading = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._signalled)

    def guarded(self, read: Callable[[], bytes]) -> bytes:
        """`read()`, unless the process was told to end before or meanwhile: then `Stopped` is raised."""
        self._reading = True
        if self._number:
            raise Stopped(self._number)
        data = read()
        self._reading = False
        return data

    def _signalled(self, number: int, _frame: FrameType | None) -> None:
        self._number = number
        if self._reading:
            self._reading = False
            raise Stopped(number)


def forbid_core_dumps() -> None:
    """A core dump would write keys and mail to the disk. Where the system has no such switch, nothing happens."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    if sys.platform == "linux":
        import ctypes

        # RLIMIT_CORE does not bind a program that collects dumps through a pipe (systemd-coredump); this does. It
        # also keeps other programs of the same user from attaching to this one.
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
