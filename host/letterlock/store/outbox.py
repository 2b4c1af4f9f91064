"""What waits to be sent, sealed: so that a message neither vanishes nor is sent twice, whatever happens to a process.

    preparing ──▶ waiting ──▶ ending ──▶ (gone: sent)
        held ──────┘             └─ claim run out: nobody knows whether it was sent

Whoever works on an item has claimed it for a while, and renews the claim. Each step is one transaction and succeeds
only for whoever holds the claim: a process that slept through the end of its claim finds that out *before* it says
the last word to the server, and leaves the rest to the one who has it now. Until that last word ("ending") a server
must not deliver anything (RFC 5321 §4.1.1.4), so that it may be sent again; after it, only a person can know.

A copy for the folder of sent mail is "held" until the first message of its batch is gone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.store.failures import OutboxFull, OutboxItemUnknown, StoreDamaged

if TYPE_CHECKING:
    from letterlock.store.database import Store

MESSAGE, COPY = "message", "copy"
PREPARING, HELD, WAITING, ENDING = "preparing", "held", "waiting", "ending"


@dataclass(frozen=True)
class StoredItem:
    """A message, or the copy of one. `until`: seconds since 1970."""

    id: str
    batch: str
    number: int
    account: str
    role: str
    state: str
    content: str
    envelope: bytes = field(repr=False)
    claim: str | None
    until: float
    made: datetime


_COLUMNS = "id, batch, number, account, role, state, content, envelope, claim, until, made"
_MINE = "id = ? AND claim = ?"


def every(store: Store, batch: str | None = None) -> list[StoredItem]:
    """All that were put whole, or those of one batch; in the order in which they came. Raises `StoreDamaged`."""
    where, values = ("", []) if batch is None else ("AND batch = ?", [batch])
    query = f"SELECT {_COLUMNS} FROM outbox WHERE state <> ? {where} ORDER BY made, batch, number"  # noqa: S608
    return [_item(store, row) for row in store.rows(query, PREPARING, *values)]


def piece(store: Store, content: str, number: int) -> bytes:
    """One sealed piece. Raises `StoreDamaged`: it is not there."""
    rows = store.rows("SELECT octets FROM outbox_piece WHERE content = ? AND number = ?", content, number)
    if not rows or not isinstance(rows[0][0], bytes):
        raise StoreDamaged(str(store.path), f"outbox {content}")
    return rows[0][0]


# --- Putting ---


Piece = tuple[str, int, bytes]
"""Of which content, its number, and its sealed octets."""


def put(store: Store, items: Sequence[StoredItem], pieces: Sequence[Piece], now: float) -> None:
    """Keep a batch that is small, at once.

    Raises:
        OutboxFull: as many wait as may.
    """
    with store.writing() as connection:
        _begin(connection, items, now)
        connection.executemany("INSERT INTO outbox_piece VALUES (?, ?, ?)", pieces)


def prepare(store: Store, items: Sequence[StoredItem], now: float) -> None:
    """Begin a batch that is kept in several steps. Raises `OutboxFull`."""
    with store.writing() as connection:
        _begin(connection, [replace(each, state=PREPARING) for each in items], now)


def add_pieces(store: Store, pieces: Sequence[Piece], owner: str, until: float) -> bool:
    """Keep more of something in preparation, and renew the claim; false: it was swept away."""
    with store.writing() as connection:
        connection.execute("UPDATE outbox SET until = ? WHERE claim = ?", (until, owner))
        for content in {content for content, _, _ in pieces}:
            mine = "SELECT 1 FROM outbox WHERE content = ? AND claim = ?"
            if connection.execute(mine, (content, owner)).fetchone() is None:
                return False
        connection.executemany("INSERT INTO outbox_piece VALUES (?, ?, ?)", pieces)
    return True


def ready(store: Store, items: Sequence[StoredItem], until: float) -> bool:
    """From now on the batch is kept, in the states its items have; false (and nothing done): some was swept away."""
    with store.writing() as connection:
        for each in items:
            whole = connection.execute(
                f"SELECT 1 FROM outbox WHERE {_MINE} AND state = ?",  # noqa: S608 (constants)
                (each.id, each.claim, PREPARING),
            ).fetchone()
            if whole is None:
                return False
        for each in items:
            row = (each.state, each.envelope, until, each.id)
            connection.execute("UPDATE outbox SET state = ?, envelope = ?, until = ? WHERE id = ?", row)
    return True


def _begin(connection: Any, items: Sequence[StoredItem], now: float) -> None:
    """Insert items. What others began and never finished is swept away: nobody was told that it is kept."""
    stale = connection.execute("SELECT id FROM outbox WHERE state = ? AND until < ?", (PREPARING, now)).fetchall()
    for (item,) in stale:
        _delete(connection, item)
    ((count,),) = connection.execute("SELECT count(DISTINCT batch) FROM outbox").fetchall()
    if count >= limits.OUTBOX_BATCHES:
        raise OutboxFull(limits.OUTBOX_BATCHES)
    for each in items:
        made = each.made.astimezone(UTC).isoformat(timespec="microseconds")
        row = (each.id, each.batch, each.number, each.account, each.role, each.state, each.content, each.envelope)
        connection.execute(
            f"INSERT INTO outbox ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 (constants)
            (*row, each.claim, each.until, made),
        )


# --- Sending ---


def claim(store: Store, item: StoredItem, owner: str, now: float, until: float) -> bool:
    """Take an item to work on it, if nobody else does and it is still in the state in which it was seen."""
    with store.writing() as connection:
        taken = connection.execute(
            "UPDATE outbox SET claim = ?, until = ? WHERE id = ? AND state = ? AND (claim IS NULL OR until < ?)",
            (owner, until, item.id, item.state, now),
        )
        return bool(taken.rowcount)


def renew(store: Store, owner: str, until: float) -> None:
    """Keep everything that one holds for longer."""
    with store.writing() as connection:
        connection.execute("UPDATE outbox SET until = ? WHERE claim = ?", (until, owner))


def become(store: Store, item: str, owner: str, state: str, until: float) -> bool:
    """An item's next state, if it is still held; false: somebody else has taken it."""
    with store.writing() as connection:
        done = connection.execute(
            f"UPDATE outbox SET state = ?, until = ? WHERE {_MINE}",  # noqa: S608 (constants)
            (state, until, item, owner),
        )
        return bool(done.rowcount)


def release(store: Store, owner: str) -> None:
    """Let go of everything that one holds. Others may take it at once."""
    with store.writing() as connection:
        connection.execute("UPDATE outbox SET claim = NULL, until = 0 WHERE claim = ?", (owner,))


def sent(store: Store, item: StoredItem) -> None:
    """An item is where it belongs: forget it; copies of its batch need not be held any more."""
    with store.writing() as connection:
        _delete(connection, item.id)
        if item.role == MESSAGE:
            connection.execute("UPDATE outbox SET state = ? WHERE batch = ? AND state = ?", (WAITING, item.batch, HELD))


def forget(store: Store, item: str) -> None:
    """Forget an item without sending it; with the last message of a batch the copies that are still held go, too."""
    with store.writing() as connection:
        rows = connection.execute("SELECT batch FROM outbox WHERE id = ?", (item,)).fetchall()
        _delete(connection, item)
        for (batch,) in rows:
            (left,) = connection.execute(
                "SELECT count(*) FROM outbox WHERE batch = ? AND role = ?", (batch, MESSAGE)
            ).fetchone()
            if not left:
                held = "SELECT id FROM outbox WHERE batch = ? AND state = ?"
                for (copy,) in connection.execute(held, (batch, HELD)).fetchall():
                    _delete(connection, copy)


def forget_batch(store: Store, batch: str, now: float) -> int:
    """Forget what nobody works on of a batch; how many items.

    Raises:
        OutboxItemUnknown: there is none.
    """
    with store.writing() as connection:
        rows = connection.execute(
            "SELECT id FROM outbox WHERE batch = ? AND (claim IS NULL OR until < ?)", (batch, now)
        ).fetchall()
        if not rows:
            raise OutboxItemUnknown(batch)
        for (item,) in rows:
            _delete(connection, item)
        return len(rows)


def _delete(connection: Any, item: str) -> None:
    """An item, and its pieces unless they are those of another one, too."""
    contents = connection.execute("SELECT content FROM outbox WHERE id = ?", (item,)).fetchall()
    connection.execute("DELETE FROM outbox WHERE id = ?", (item,))
    for (content,) in contents:
        connection.execute(
            "DELETE FROM outbox_piece WHERE content = ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE content = ?)",
            (content, content),
        )


def _item(store: Store, row: Any) -> StoredItem:
    id_, batch, number, account, role, state, content, envelope, claimed, until, made = row
    try:
        texts = (id_, batch, account, role, state, content)
        known = role in (MESSAGE, COPY) and state in (PREPARING, HELD, WAITING, ENDING)
        if known and isinstance(envelope, bytes) and all(isinstance(each, str) for each in texts):
            begun = datetime.fromisoformat(made)
            return StoredItem(
                id_, batch, int(number), account, role, state, content, envelope, claimed, float(until), begun
            )
    except (TypeError, ValueError):
        pass
    raise StoreDamaged(str(store.path), f"outbox {id_}")
