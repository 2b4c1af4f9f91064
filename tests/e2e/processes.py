"""Programs that a test starts: each in a process group of its own, so that nothing it started outlives it."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psutil

READY_SECONDS = 20
STOP_SECONDS = 5


class ProcessGroup:
    """A running program and all its children. Its output goes to a log file, shown when it does not come up."""

    def __init__(
        self, command: Sequence[str], log: Path, environment: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> None:
        self._log = log
        self._command = command
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=cwd,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """The process id of the program itself, which is also the id of its group."""
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Waits until `ready()`; raises with the end of the log if the program ends first or takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while not ready():
            ended = self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                tail = self._log.read_text(errors="replace")[-2000:]
                how = f"ended with {self._process.returncode}" if ended else f"took over {READY_SECONDS} s"
                raise RuntimeError(f"{self._command[0]} ({what}) {how}:\n{tail}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Asks the program to end, waits, then ends whatever of its group is left."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()


def free_port() -> int:
    """A port of the loopback address that nobody listens on now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def listening(port: int) -> bool:
    """Whether somebody accepts connections on the loopback address."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def living_in(name: str, value: str) -> list[psutil.Process]:
    """The running processes whose environment variable `name` is `value`: how a test finds what a browser started."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(name) == value and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found
