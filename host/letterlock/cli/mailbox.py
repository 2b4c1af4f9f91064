"""`letterlock open --mbox`: every message of a mailbox file, in one process or on all cores."""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from letterlock.errors import LetterlockError, NotAMessage
from letterlock.verdict import Opened

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey
    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.trust import TrustSettings
    from letterlock.verdict import Verdict

_BATCH = 32
"""Messages that a process takes at once."""


class Line(NamedTuple):
    """What is said of one message. `status`: of its signature, or the code of why it cannot be opened; `text`: the line
    to print, empty where there is none."""

    status: str
    text: str


class Mailbox:
    """A file, and how its messages are judged.

    Nothing is asked of the network and nothing kept: thousands of old mails would tell thousands of servers.
    """

    def __init__(
        self, path: Path, settings: TrustSettings, keys: Iterable[RecipientKey], arguments: argparse.Namespace
    ) -> None:
        from letterlock.mime.mbox import stretches

        self._settings = settings
        self._keys = keys
        self._at = arguments.at
        self._language = arguments.language
        self._json = arguments.json
        with open(path, "rb") as file:
            empty = os.fstat(file.fileno()).st_size == 0  # which cannot be mapped
            self._octets: bytes | mmap = b"" if empty else mmap(file.fileno(), 0, access=ACCESS_READ)
        self.stretches = list(stretches(self._octets))

    def lines(self, numbers: Sequence[int]) -> list[Line]:
        """What is to be said of these messages, counted from 0."""
        return [self._line(number) for number in numbers]

    def _line(self, number: int) -> Line:
        from letterlock.mime.mbox import unquoted

        stretch = self.stretches[number]
        raw = self._octets[stretch.start : stretch.stop]
        place = {"number": number + 1, "offset": stretch.start}
        try:
            opened = self._opened(raw)
            if opened.verdict.signature.status.value == "invalid" and (before := unquoted(raw)) != raw:
                # Perhaps it was the mailbox that changed the text; then its own rule takes that back.
                again = self._opened(before)
                if again.verdict.signature.status.value != "invalid":
                    opened, again = again, opened
                again.close()
        except LetterlockError as failure:
            said = json.dumps(place | {"error": failure.code}) if self._json else _for_people(number, failure.code)
            return Line(failure.code, said)
        try:
            status = opened.verdict.signature.status.value
            if self._json:
                reply = Opened(verdict=opened.verdict, parts=opened.parts, message=None).model_dump(mode="json")
                return Line(status, json.dumps(place | reply, ensure_ascii=False))
            # People see what is neither good nor ordinary.
            calm = status in ("valid", "none")
            return Line(status, "" if calm else _for_people(number, status, opened.verdict))
        finally:
            opened.close()

    def _opened(self, raw: bytes) -> OpenedMessage:
        from letterlock.operations.open import Opening

        opening = Opening(self._settings, self._at, self._language, self._keys)
        opening.feed(raw)
        return opening.close()


_mailbox: Mailbox
"""In a process that was made to help: what its parent has read."""


def _help(numbers: Sequence[int]) -> list[Line]:
    return _mailbox.lines(numbers)


def run(arguments: argparse.Namespace, settings: TrustSettings, keys: Iterable[RecipientKey]) -> int:
    """Say what is to be said of each message; 0, or 3 where there is none."""
    from letterlock.cli.show import say_line

    mailbox = Mailbox(Path(arguments.mail), settings, keys, arguments)
    began = time.perf_counter()
    counts: Counter[str] = Counter()
    with _progress(arguments.json) as tell:
        for line in _lines(mailbox, arguments.jobs or 1):
            counts[line.status] += 1
            if line.text:
                print(line.text) if arguments.json else say_line(line.text)
            tell(sum(counts.values()), len(mailbox.stretches))
    if not arguments.json:
        seconds = time.perf_counter() - began
        each = ", ".join(f"{status}: {count:,}" for status, count in counts.most_common()) or "no message"
        say_line(f"{each} ({sum(counts.values()) / max(seconds, 1e-6):,.0f} messages per second)")
    return 0 if sum(counts.values()) > counts[NotAMessage.code] else 3


def _lines(mailbox: Mailbox, jobs: int) -> Iterator[Line]:
    numbers = range(len(mailbox.stretches))
    batches = [numbers[start : start + _BATCH] for start in range(0, len(numbers), _BATCH)]
    if jobs < 2 or "fork" not in multiprocessing.get_all_start_methods():
        for batch in batches:
            yield from mailbox.lines(batch)
        return
    global _mailbox
    _mailbox = mailbox
    # Forked, so that keys that were unlocked here are not asked for again, or written anywhere.
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for found in pool.imap(_help, batches):
            yield from found


def _for_people(number: int, status: str, verdict: Verdict | None = None) -> str:
    if verdict is None:
        return f"{number + 1:>6}  {status}"
    shown = verdict.headers.protected or verdict.headers.outer
    about = (", ".join(shown.from_), shown.subject or "", verdict.headline.sentence)
    return f"{number + 1:>6}  {status}  {' · '.join(each for each in about if each)}"


@contextmanager
def _progress(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar where somebody watches."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from letterlock.cli.show import counting

    with counting("Opening") as tell:
        yield tell
