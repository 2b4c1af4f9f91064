"""The verdict on the message read last in Outlook on the web, handed from that host to the extension's own.

Microsoft's extension has room for a few bits; ours shows all of it. The two hosts are two processes, so the one listens
on a socket that only its user can reach, and keeps the verdict in memory: it says who wrote what to whom, and belongs
on no disk. As with everything between programs of one user, what another of them says cannot be told from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import struct
import sys
import tempfile
import threading
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.limits import FRAME_OUT_OCTETS
from letterlock.verdict import Opened, Verdict

SECONDS = 2.0
"""For an answer between two processes of one computer."""

_NOTHING: dict[str, Any] = {"verdict": None, "read": None}


def place(data: Path) -> Path | None:
    """Where the socket lies for a person whose data lie there; None where there is no place that is theirs alone."""
    if not hasattr(socket, "AF_UNIX") or not hasattr(os, "getuid"):
        return None
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    folder = Path(runtime) if runtime.startswith("/") else Path(tempfile.gettempdir())
    folder = folder / f"letterlock-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        state = folder.lstat()
    except OSError:
        return None
    # In a directory that all may write to, somebody else may have made it first.
    if not stat.S_ISDIR(state.st_mode) or state.st_uid != os.getuid() or state.st_mode & 0o077:
        return None
    return folder / f"owa-{hashlib.sha256(str(data).encode()).hexdigest()[:16]}"


class LastVerdict:
    """What was read last, for whoever asks. Of several hosts the one that read last is asked."""

    def __init__(self, data: Path) -> None:
        self._place = place(data)
        self._answer = b""
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def keep(self, opened: Opened) -> None:
        """Something was read. Where nobody can be told, nothing happens: reading goes on."""
        said = {"verdict": opened.verdict.model_dump(mode="json"), "read": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        with self._lock, suppress(OSError):
            self._answer = json.dumps(said).encode("ascii")
            if self._place is not None and not self._listening():
                self._listen(self._place)

    def close(self) -> None:
        """The conversation is over: nothing is told any more."""
        with self._lock, suppress(OSError):
            self._answer = b""
            if self._socket is not None:
                if self._place is not None and self._listening():
                    self._place.unlink()
                self._socket.close()
                self._socket = None

    def _listening(self) -> bool:
        """Whether the socket that others find is ours, and not that of another browser's host."""
        try:
            return self._socket is not None and self._place is not None and self._place.stat().st_ino == self._inode
        except OSError:
            return False

    def _listen(self, place: Path) -> None:
        if self._socket is not None:
            self._socket.close()
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # Made beside and renamed: whoever asks meanwhile finds the old one or the new one.
        beside = place.with_name(f"{place.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        listener.bind(str(beside))
        beside.chmod(0o600)
        listener.listen(4)
        self._inode = beside.stat().st_ino
        os.replace(beside, place)
        self._socket = listener
        threading.Thread(target=self._serve, args=(listener,), name="last", daemon=True).start()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return  # closed
            with peer, suppress(OSError):
                peer.settimeout(SECONDS)
                if _same_user(peer):
                    peer.sendall(self._answer)


def fetch(data: Path) -> dict[str, Any]:
    """What was read last: `verdict` and `read`, both null where there is nothing."""
    where = place(data)
    if where is None:
        return _NOTHING
    octets = b""
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as asked:
            asked.settimeout(SECONDS)
            asked.connect(str(where))
            while (more := asked.recv(65_536)) and len(octets) < FRAME_OUT_OCTETS:
                octets += more
        said = json.loads(octets)
        verdict = Verdict.model_validate(said["verdict"])
        return {"verdict": verdict.model_dump(mode="json"), "read": str(said["read"])[:40]}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return _NOTHING


def _same_user(peer: socket.socket) -> bool:
    if sys.platform != "linux":
        return True  # the directory keeps others out
    credentials = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == os.getuid())
