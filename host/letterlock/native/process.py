"""What this process asks of the operating system: no core dumps, a clean end when told to stop, a line in the log."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import sys

from letterlock import limits

_PR_SET_DUMPABLE = 4
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h


class Stopping:
    """Waits for input and, at the same time, for a reason to end: SIGTERM, SIGINT, or a client that does not read.

    All reasons arrive through one pipe that is watched together with the input. A handler that raised an exception
    could tear a lock out of somebody's hands, and a signal just before a blocking read would be lost.
    """

    def __init__(self) -> None:
        self.exit_code = 0
        self._wake, self._alarm = os.pipe()
        if sys.platform != "win32":
            os.set_blocking(self._alarm, False)
            signal.set_wakeup_fd(self._alarm, warn_on_full_buffer=False)
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda *_: None)

    def wait(self, source: int) -> bool:
        """True when `source` can be read, False when it is time to end (`exit_code` says how)."""
        if sys.platform == "win32":
            return True  # pipes cannot be watched there, and no signals are sent
        ready, _, _ = select.select([source, self._wake], [], [])
        if self._wake not in ready:
            return True
        number = os.read(self._wake, 1)[0]
        self.exit_code = 128 + number if number else 0
        return False

    def client_gone(self) -> None:
        """Ends the wait, from any thread: the client takes nothing any more, and may never end the input."""
        if sys.platform == "win32":
            os._exit(0)
        os.write(self._alarm, bytes(1))


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


def keep_freed_memory() -> None:
    """Lets the C library keep what was freed for the next piece of mail.

    glibc gives every block of more than 128 KiB back to the kernel at once, which has to clear it anew for the next
    one: chunks are larger than that, and this was most of the time a large mail took. Where the library has no such
    switch (musl, macOS, Windows) nothing happens.
    """
    if sys.platform != "linux":
        return
    import ctypes

    with contextlib.suppress(AttributeError, OSError):
        library = ctypes.CDLL(None)
        library.mallopt(_M_MMAP_THRESHOLD, limits.KEPT_MEMORY_OCTETS)
        library.mallopt(_M_TRIM_THRESHOLD, limits.KEPT_MEMORY_OCTETS)


def log(line: str) -> None:
    """A line on stderr, which browsers show in their console, if there is one."""
    with contextlib.suppress(Exception):
        sys.stderr.write(f"letterlock: {line}\n")
        sys.stderr.flush()
