"""The journal's tables: entries that are only ever added, the signed ends, and nothing of what they mean.

An entry is added in one transaction that has the writer's lock before it reads the last one, so that two processes
never write the same number, and one that is killed leaves the journal as it was.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

    from letterlock.store.database import Store

_ENTRIES = "SELECT number, at, kind, body, hash, mark, details, object FROM journal_entry "
_IN_ORDER = " ORDER BY number"


class EntryRow(NamedTuple):
    """One entry as kept."""

    number: int
    at: str
    kind: str
    body: str
    hash: str
    mark: str
    details: bytes | None
    object: bytes | None

    @property
    def time(self) -> datetime:
        """When it was entered; the beginning of all times where somebody has written something else there."""
        try:
            found = datetime.fromisoformat(self.at)
        except ValueError:
            return datetime.min.replace(tzinfo=UTC)
        return found if found.tzinfo else found.replace(tzinfo=UTC)


class HeadRow(NamedTuple):
    """One signed end as kept."""

    number: int
    signed: bytes
    stamped: bool


class JournalRecords:
    """The journal in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[JournalRecords]:
        """For writing. Raises as `Store.open`."""
        from letterlock.store.database import Store

        with Store.open(path) as store:
            yield cls(store)

    @classmethod
    @contextmanager
    def read(cls, path: Path) -> Iterator[JournalRecords]:
        """For reading. Raises as `Store.read`."""
        from letterlock.store.database import Store

        with Store.read(path) as store:
            yield cls(store)

    def id(self) -> str | None:
        """The journal's identifier; None where there is none."""
        rows = self._store.rows("SELECT id FROM journal")
        return str(rows[0][0]) if rows else None

    def entries(self) -> tuple[EntryRow, ...]:
        """All of them, the first one first."""
        return self._found("ORDER BY number")

    def marked(self, mark: str) -> tuple[EntryRow, ...]:
        """Those about the signature whose value has this SHA-256."""
        return self._found("WHERE mark = ? ORDER BY number", mark)

    def identified(self, identifier: str) -> tuple[EntryRow, ...]:
        """The messages whose receipts repeat this identifier (lower-case hex)."""
        # A body that somebody has changed need not be JSON any more.
        query = "WHERE kind = 'sent' AND CASE WHEN json_valid(body) THEN json_extract(body, '$.identifier') END = ?"
        return self._found(query + _IN_ORDER, identifier)

    def answering(self, mark: str) -> tuple[EntryRow, ...]:
        """The receipts that were made for the signature whose value has this SHA-256."""
        query = "WHERE kind = 'receipt_sent' AND "
        query += "CASE WHEN json_valid(body) THEN json_extract(body, '$.receipt_for') END = ?"
        return self._found(query + _IN_ORDER, mark)

    def last(self) -> EntryRow | None:
        """The last entry."""
        rows = self._found("ORDER BY number DESC LIMIT 1")
        return rows[0] if rows else None

    def heads(self) -> tuple[HeadRow, ...]:
        """The signed ends, the newest first."""
        rows = self._store.rows("SELECT number, signed, stamped FROM journal_head ORDER BY number DESC")
        return tuple(HeadRow(number, _octets(signed) or b"", bool(stamped)) for number, signed, stamped in rows)

    def append(self, make: Callable[[str, EntryRow | None], EntryRow]) -> EntryRow:
        """Add what `make` makes of the journal's identifier and its last entry."""
        with self._store.writing() as connection:
            # Random: an entry of a journal that was deleted fits into no other.
            connection.execute("INSERT OR IGNORE INTO journal VALUES (1, ?)", (os.urandom(16).hex(),))
            identifier = self.id()
            assert identifier is not None
            row = make(identifier, self.last())
            connection.execute("INSERT INTO journal_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)
        return row

    def _found(self, condition: str, *values: object) -> tuple[EntryRow, ...]:
        # SQLite keeps any type in any column: what somebody else has written there need not be what we write.
        return tuple(_entry(*row) for row in self._store.rows(_ENTRIES + condition, *values))

    def add_head(self, identifier: str, head: HeadRow) -> bool:
        """Keep a signed end of this journal; ends before it that no authority stamped say nothing more and go.

        False: the journal is another one by now, or was taken back; nothing was written.
        """
        with self._store.writing() as connection:
            last = self.last()
            if self.id() != identifier or last is None or last.number < head.number:
                return False
            connection.execute("DELETE FROM journal_head WHERE number < ? AND NOT stamped", (head.number,))
            connection.execute("INSERT OR REPLACE INTO journal_head VALUES (?, ?, ?)", head)
        return True

    def delete(self) -> int:
        """Forget the journal as a whole; how many entries it had."""
        with self._store.writing() as connection:
            ((entries,),) = connection.execute("SELECT count(*) FROM journal_entry").fetchall()
            connection.execute("DELETE FROM journal_head")
            connection.execute("DELETE FROM journal_entry")
            connection.execute("DELETE FROM journal")
        return int(entries)


def _entry(
    number: int, at: object, kind: object, body: object, hashed: object, mark: object, details: object, object_: object
) -> EntryRow:
    texts = _text(at), _text(kind), _text(body), _text(hashed), _text(mark)
    return EntryRow(number, *texts, _octets(details), _octets(object_))


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _octets(value: object) -> bytes | None:
    return value if value is None or isinstance(value, bytes) else repr(value).encode()
