"""What was fetched from the network, kept until it runs out, within a bound.

Losing any of it costs a request and nothing else: an entry that is damaged is one that is not there. What was asked
for is kept as a digest: a URL may name a person.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from letterlock import limits
from letterlock.store.database import Store


def find(store: Store, asked: str, now: datetime) -> bytes | None:
    """What came for a question, if it is there, undamaged and still good. Raises as the store's methods."""
    rows = store.rows("SELECT octets, sha256, expires FROM fetched WHERE asked = ?", _digest(asked.encode()))
    for octets, sha256, expires in rows:
        if isinstance(octets, bytes) and _digest(octets) == sha256 and _later(expires, now):
            return octets
    return None


def keep(store: Store, asked: str, octets: bytes, now: datetime, expires: datetime) -> bool:
    """Keep an answer, in place of an earlier one; false if it is too large or has run out.

    What has run out goes first, then what was fetched longest ago, until all of it fits into
    `limits.FETCHED_KEPT_OCTETS`. Raises as the store's methods.
    """
    if len(octets) > limits.FETCHED_KEPT_OCTETS or expires <= now:
        return False
    asked = _digest(asked.encode())
    row = (asked, octets, _digest(octets), len(octets), _text(now), _text(expires))
    with store.writing() as connection:
        connection.execute("DELETE FROM fetched WHERE expires <= ? OR asked = ?", (_text(now), asked))
        room = limits.FETCHED_KEPT_OCTETS - len(octets)
        for old, size in connection.execute("SELECT asked, size FROM fetched ORDER BY fetched DESC").fetchall():
            room -= max(size, limits.FETCHED_LEAST_OCTETS) if isinstance(size, int) else limits.FETCHED_KEPT_OCTETS
            if room < 0:
                connection.execute("DELETE FROM fetched WHERE asked = ?", (old,))
        connection.execute("INSERT INTO fetched VALUES (?, ?, ?, ?, ?, ?)", row)
    return True


def forget(store: Store) -> int:
    """Throw everything away; how many entries that were."""
    with store.writing() as connection:
        return connection.execute("DELETE FROM fetched").rowcount


def _later(text: object, now: datetime) -> bool:
    try:
        return datetime.fromisoformat(str(text)) > now
    except (TypeError, ValueError):
        return False


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _text(time: datetime) -> str:
    # Of one length, so that texts compare as times do.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
