"""Drafts: letters that are being written, sealed. Octets only; what is in them is not known here.

Each method is one transaction: whatever happens to a process, a draft is as it was before or as it was to become.
Each change makes a new revision and names the one that it replaces, so that of two who change one draft neither
loses anything without being told.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.store.failures import DraftChanged, DraftFileUnknown, DraftsFull, DraftUnknown, StoreDamaged

if TYPE_CHECKING:
    import sqlite3

    from letterlock.store.database import Store


@dataclass(frozen=True)
class StoredDraft:
    """A letter without its files. `octets`: of the draft and its files, sealed."""

    id: str
    revision: int
    changed: datetime
    octets: int
    envelope: bytes = field(repr=False)


@dataclass(frozen=True)
class StoredFile:
    """What is attached to a draft: its description, and how many pieces there are of it."""

    id: str
    pieces: int
    envelope: bytes = field(repr=False)


def new_id() -> str:
    """An identifier that no other draft, and no other file, has."""
    return secrets.token_hex(8)


def every(store: Store) -> list[StoredDraft]:
    """All of them, the last changed first. Raises `StoreDamaged`."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM draft ORDER BY changed DESC, id")  # noqa: S608 (constants)
    return [_draft(store, row) for row in rows]


def whole(store: Store, draft: str) -> tuple[StoredDraft, bytes]:
    """The one with this identifier and its sealed text, of one revision. Raises `DraftUnknown`, `StoreDamaged`."""
    rows = store.rows(f"SELECT {_COLUMNS}, body FROM draft WHERE id = ?", draft)  # noqa: S608 (constants)
    if not rows:
        raise DraftUnknown(draft)
    *columns, body = rows[0]
    return _draft(store, columns), bytes(body)


def put(store: Store, draft: StoredDraft, body: bytes) -> None:
    """Keep a revision; the first makes the draft.

    Raises:
        DraftUnknown: it was removed.
        DraftChanged: the revision before it is not the one that is kept.
        DraftsFull.
    """
    changed = draft.changed.astimezone(UTC).isoformat(timespec="microseconds")
    values = (draft.revision, changed, draft.envelope, body)
    with store.writing() as connection:
        _room(connection, len(draft.envelope) + len(body), new=draft.revision == 1)
        if draft.revision == 1:
            connection.execute(
                "INSERT INTO draft (revision, changed, envelope, body, id) VALUES (?, ?, ?, ?, ?)", (*values, draft.id)
            )
            return
        done = connection.execute(
            "UPDATE draft SET revision = ?, changed = ?, envelope = ?, body = ? WHERE id = ? AND revision = ?",
            (*values, draft.id, draft.revision - 1),
        )
        if not done.rowcount:
            raise DraftChanged(draft.id) if _exists(connection, draft.id) else DraftUnknown(draft.id)


def files(store: Store, draft: str) -> list[StoredFile]:
    """What is attached, in the order in which it came."""
    rows = store.rows("SELECT id, pieces, envelope FROM draft_file WHERE draft = ? ORDER BY rowid", draft)
    return [StoredFile(id_, int(pieces), bytes(envelope)) for id_, pieces, envelope in rows]


def attach(store: Store, draft: str, file: StoredFile, pieces: Sequence[bytes]) -> None:
    """Keep a file with a draft, whole. Raises `DraftUnknown`, `DraftsFull`."""
    with store.writing() as connection:
        if not _exists(connection, draft):
            raise DraftUnknown(draft)
        _room(connection, len(file.envelope) + sum(map(len, pieces)), new=False)
        connection.execute(
            "INSERT INTO draft_file (draft, id, pieces, envelope) VALUES (?, ?, ?, ?)",
            (draft, file.id, file.pieces, file.envelope),
        )
        connection.executemany(
            "INSERT INTO draft_piece (file, number, octets) VALUES (?, ?, ?)",
            [(file.id, number, octets) for number, octets in enumerate(pieces)],
        )


def piece(store: Store, file: str, number: int) -> bytes:
    """One sealed piece of a file. Raises `DraftFileUnknown`: it is not attached any more."""
    rows = store.rows("SELECT octets FROM draft_piece WHERE file = ? AND number = ?", file, number)
    if not rows:
        raise DraftFileUnknown(file)
    return bytes(rows[0][0])


def detach(store: Store, draft: str, file: str) -> None:
    """Forget a file. Raises `DraftFileUnknown`."""
    with store.writing() as connection:
        gone = connection.execute("DELETE FROM draft_file WHERE draft = ? AND id = ?", (draft, file))
        if not gone.rowcount:
            raise DraftFileUnknown(file)
        connection.execute("DELETE FROM draft_piece WHERE file = ?", (file,))


def remove(store: Store, draft: str) -> None:
    """Forget a draft and its files. Raises `DraftUnknown`."""
    with store.writing() as connection:
        if not connection.execute("DELETE FROM draft WHERE id = ?", (draft,)).rowcount:
            raise DraftUnknown(draft)
        connection.execute(
            "DELETE FROM draft_piece WHERE file IN (SELECT id FROM draft_file WHERE draft = ?)", (draft,)
        )
        connection.execute("DELETE FROM draft_file WHERE draft = ?", (draft,))


_FILES_OCTETS = """
    SELECT coalesce(sum(length(octets)), 0) FROM draft_piece
    WHERE file IN (SELECT draft_file.id FROM draft_file WHERE draft_file.draft = draft.id)
"""
_COLUMNS = f"id, revision, changed, length(body) + ({_FILES_OCTETS}), envelope"


def _exists(connection: sqlite3.Connection, draft: str) -> bool:
    return connection.execute("SELECT 1 FROM draft WHERE id = ?", (draft,)).fetchone() is not None


def _room(connection: sqlite3.Connection, octets: int, *, new: bool) -> None:
    ((count, text),) = connection.execute("SELECT count(*), coalesce(sum(length(body)), 0) FROM draft").fetchall()
    ((attached,),) = connection.execute("SELECT coalesce(sum(length(octets)), 0) FROM draft_piece").fetchall()
    if new and count >= limits.DRAFTS:
        raise DraftsFull(limits.DRAFTS, limits.DRAFTS_OCTETS)
    if text + attached + octets > limits.DRAFTS_OCTETS:
        raise DraftsFull(limits.DRAFTS, limits.DRAFTS_OCTETS)


def _draft(store: Store, row: Any) -> StoredDraft:
    id_, revision, changed, octets, envelope = row
    try:
        if isinstance(id_, str) and isinstance(envelope, bytes):
            return StoredDraft(id_, int(revision), datetime.fromisoformat(changed), int(octets), envelope)
    except (TypeError, ValueError):
        pass
    raise StoreDamaged(str(store.path), f"draft {id_}")
