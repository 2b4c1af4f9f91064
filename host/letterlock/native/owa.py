"""The host for Microsoft's S/MIME Control: the same pipes, another tongue.

The main thread reads and answers slices; each complete request works in a thread of its own, of which the session
allows few. Nothing is sent before the extension asks, and nothing heavy is loaded before the first request.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from letterlock.dialects.owa.session import Dropped, Event, Outgoing, Requested, Session
from letterlock.native import pipes, process
from letterlock.native.callers import OWA, admit
from letterlock.native.process import log
from letterlock.protocol.failures import CallerNotAllowed

if TYPE_CHECKING:
    from letterlock.dialects.owa.desk import OwaDesk

SITES_FILE = "owa.json"
GRACE_SECONDS = 0.4


def main(arguments: Sequence[str], desk: Callable[[], OwaDesk] | None = None) -> int:
    """Serves Microsoft's extension at the other end of stdin and stdout until it leaves.

    Args:
        arguments: what the browser gave the host.
        desk: makes the operations; tests give their own.

    Returns:
        The exit code, as of `native.main`.
    """
    try:
        claimed = pipes.claim()
    except OSError:  # started without stdin or stdout: there is nobody to serve
        return 1
    try:
        admit(arguments, ours=OWA)
    except CallerNotAllowed as refused:
        # The dialect has no word for it: the browser's console says why, and the port closes.
        log(str(refused))
        return 1
    process.forbid_core_dumps()
    stopping = process.Stopping()
    writer = pipes.Writer(claimed.sink, broken=stopping.client_gone)
    conversation = Conversation(writer, desk or _standard)
    conversation.run(lambda: pipes.read(claimed.source) if stopping.wait(claimed.source) else b"")
    if not conversation.end():
        import os

        os._exit(stopping.exit_code)
    return stopping.exit_code


class Conversation:
    """One conversation with the extension."""

    def __init__(self, writer: pipes.Writer, desk: Callable[[], OwaDesk]) -> None:
        self._writer = writer
        self._make = desk
        self._desk: OwaDesk | None = None
        self._lock = threading.Lock()
        self._making = threading.Lock()
        self._session = Session(sites(), log)
        self._unwanted: dict[int, threading.Event] = {}
        self._threads: dict[int, threading.Thread] = {}

    def run(self, read: Callable[[], bytes]) -> None:
        """Reads to the end of the input, or until the extension stops reading its answers."""
        while data := read():
            with self._lock:
                self._do(self._session.receive(data))
            if not self._writer.room():
                return

    def end(self) -> bool:
        """Stops everything; True if nothing works any more."""
        with self._lock:
            for each in self._unwanted.values():
                each.set()
            threads = list(self._threads.values())
        if self._desk is not None:
            self._desk.close()
        for thread in threads:
            thread.join(GRACE_SECONDS)
        with self._lock:
            self._session.end()
        self._writer.close(GRACE_SECONDS)
        return not any(thread.is_alive() for thread in threads)

    def _do(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Outgoing):
                self._writer.put(event.octets)
            elif isinstance(event, Dropped):
                if (unwanted := self._unwanted.get(event.number)) is not None:
                    unwanted.set()
            else:
                self._start(event)

    def _start(self, event: Requested) -> None:
        unwanted = threading.Event()
        thread = threading.Thread(target=self._work, args=(event, unwanted), name="owa", daemon=True)
        self._unwanted[event.number], self._threads[event.number] = unwanted, thread
        thread.start()

    def _work(self, event: Requested, unwanted: threading.Event) -> None:
        try:
            with self._making:
                # The first request loads everything; two at once must not get two vaults.
                if self._desk is None:
                    self._desk = self._make()
                desk = self._desk
            result = desk.answer(event.text, unwanted.is_set)
            with self._lock:
                self._do(self._session.finished(event.key, event.number, result))
            self._writer.room()
        finally:
            with self._lock:
                del self._unwanted[event.number], self._threads[event.number]


def sites(files: Iterable[Path] | None = None) -> list[str]:
    """The sites of OWA that the user and the administrator allow beside Microsoft's, from their `owa.json`."""
    import json

    from letterlock import limits
    from letterlock.native.callers import standard_lists

    found: list[str] = []
    for file in [each.with_name(SITES_FILE) for each in standard_lists()] if files is None else files:
        try:
            with file.open("rb") as opened:
                text = opened.read(limits.OWA_CONFIG_OCTETS + 1)
            listed = json.loads(text)["sites"] if len(text) <= limits.OWA_CONFIG_OCTETS else None
            if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
                raise ValueError
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            log(f'{file} is not {{"sites": ["mail.example.org"]}}; it allows nothing')
            continue
        found += listed
    return list(dict.fromkeys(found))


def _standard() -> OwaDesk:
    from letterlock.dialects.owa import asking
    from letterlock.dialects.owa.desk import OwaDesk
    from letterlock.native.last import LastVerdict
    from letterlock.store import location

    last = LastVerdict(location.data_dir())
    desk = OwaDesk(location.database(), location.policy(), asking.standard(), log, last.keep)
    desk.on_close(last.close)
    return desk
