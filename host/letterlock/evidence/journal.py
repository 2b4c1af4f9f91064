"""The journal of what was signed here: what an entry says, and whether a journal is whole. No database, no clock.

Each entry's hash covers its content and the hash before. Ends of the journal are signed with the user's key (a detached
CMS signature over a few lines of text, which any program can check) and, where an authority is configured, carry its
time-stamp. Up to the last signed end nothing can be changed, left out or put in between unseen by whoever has not the
key. What comes after it, and the removal of the journal as a whole, nobody can notice; but an end that was kept
elsewhere shows whether it was ever longer.

Whom a message went to and what it was called is not here but sealed beside: an entry has only the SHA-256 of it, salted
so that nobody can try names. Its owner can show these details of one entry and prove that they are the ones.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from letterlock.errors import JsonFact, Reason
from letterlock.store import chain
from letterlock.store.journal import EntryRow

_ENTRY = b"letterlock journal entry 1\n"
_START = b"letterlock journal 1\n"
_HEAD = re.compile(
    rb"Letterlock journal, signed end 1\r\nJournal: ([0-9a-f]{32})\r\nEntries: ([1-9][0-9]{0,17})\r\n"
    rb"Hash of the last entry: ([0-9a-f]{64})\r\n"
)
SALT_OCTETS = 16


class Kind(StrEnum):
    """What was done."""

    SENT = "sent"
    """A message was signed."""
    RECEIPT_SENT = "receipt_sent"
    """A signed receipt was made for a message that came."""
    RECEIPT_RECEIVED = "receipt_received"
    """A signed receipt came for a message that was sent."""


class JournalEntryMissing(Reason):
    """An entry is not there, though later ones or a signed end are."""

    code = "journal_entry_missing"
    number: int


class JournalEntryAltered(Reason):
    """An entry, or what was before it, is not what was written."""

    code = "journal_entry_altered"
    number: int


class JournalDetailsAltered(Reason):
    """Recipients and subject of an entry are not those that were written."""

    code = "journal_details_altered"
    number: int


class JournalEndWrong(Reason):
    """A signed end does not fit the entries, or its signature does not hold. `why`: what was found."""

    code = "journal_end_wrong"
    number: int
    why: str


class JournalRolledBack(Reason):
    """An end that was kept elsewhere is of a longer journal, or of another one."""

    code = "journal_rolled_back"
    number: int


def row(
    identifier: str,
    last: EntryRow | None,
    at: datetime,
    kind: Kind,
    facts: Mapping[str, JsonFact],
    mark: str,
    details: bytes | None = None,
    object_: bytes | None = None,
) -> EntryRow:
    """The entry after `last`."""
    number = last.number + 1 if last else 1
    previous = last.hash if last else start(identifier)
    body = json.dumps(dict(facts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    moment = at.astimezone(UTC).isoformat(timespec="seconds")
    hashed = chain.link(_ENTRY, number, previous, moment, kind.value, body)
    return EntryRow(number, moment, kind.value, body, hashed, mark, details, object_)


def start(identifier: str) -> str:
    """What the first entry follows."""
    return hashlib.sha256(_START + identifier.encode()).hexdigest()


def facts(entry: EntryRow) -> dict[str, JsonFact]:
    """An entry's content; empty where it is no JSON object (then the entry is altered, too)."""
    try:
        found = json.loads(entry.body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def commitment(details: bytes) -> str:
    """What an entry says of its details (which begin with their salt)."""
    return hashlib.sha256(details).hexdigest()


@dataclass(frozen=True)
class End:
    """The text that is signed: which journal, how many entries, and the hash of the last one."""

    journal: str
    number: int
    hash: str

    def text(self) -> bytes:
        """The octets under the signature: lines for people, CRLF as in mail."""
        return (
            f"Letterlock journal, signed end 1\r\nJournal: {self.journal}\r\nEntries: {self.number}\r\n"
            f"Hash of the last entry: {self.hash}\r\n"
        ).encode()

    @classmethod
    def parse(cls, text: bytes) -> End | None:
        """From what `text` wrote; None where it is something else."""
        found = _HEAD.fullmatch(text)
        return None if found is None else cls(found[1].decode(), int(found[2]), found[3].decode())


def check(identifier: str | None, entries: Iterable[EntryRow]) -> Iterator[Reason]:
    """Everything that is wrong in the chain; nothing where it is whole. Signed ends are looked at by `fits`."""
    expected, previous = 1, start(identifier or "")
    for each in entries:
        for number in range(expected, min(each.number, expected + _GAP_TOLD)):
            yield JournalEntryMissing(number)
        hashed = chain.link(_ENTRY, each.number, previous, each.at, each.kind, each.body)
        if (each.number == expected and hashed != each.hash) or not _beside(each):
            yield JournalEntryAltered(each.number)
        expected, previous = each.number + 1, each.hash


def _beside(entry: EntryRow) -> bool:
    """Whether what is kept beside an entry, and is not hashed with it, is what the entry says."""
    said = facts(entry)
    if entry.object is not None and hashlib.sha256(entry.object).hexdigest() != said.get("receipt"):
        return False
    return entry.mark == said.get("signature")


def fits(end: End, identifier: str | None, entries: Mapping[int, EntryRow]) -> str | None:
    """Why this end is not one of the journal with these entries; None where it is."""
    if end.journal != identifier:
        return "journal"
    entry = entries.get(end.number)
    if entry is None:
        return "missing"
    return None if entry.hash == end.hash else "hash"


_GAP_TOLD = 20
"""Missing entries told one by one; more of the same gap say nothing new."""
