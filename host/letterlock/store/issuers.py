"""Certificates of authorities that came with mail, kept so that a later mail whose sender left them out can be judged.

They vouch for nobody: a path over one still has to lead to an anchor. Each is found by a digest of its subject through
an index, so that thousands cost a message nothing. Their number is bounded, in all and of one name; who was not seen
for longest goes first. Losing one costs nothing but that; one that is damaged is one that is not there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from letterlock import limits
from letterlock.store.database import Store


def bearing(store: Store, subject: str) -> list[bytes]:
    """The certificates with this subject (its digest), DER, the last seen first. Raises as the store's methods."""
    rows = store.rows(
        "SELECT sha256, der FROM issuer WHERE subject = ? ORDER BY seen DESC LIMIT ?",
        subject,
        limits.ISSUERS_OF_NAME,
    )
    return [der for sha256, der in rows if isinstance(der, bytes) and _digest(der) == sha256]


def keep(
    store: Store,
    certificates: Iterable[tuple[str, bytes]],
    now: datetime,
    most: int = limits.ISSUERS_KEPT,
    of_name: int = limits.ISSUERS_OF_NAME,
) -> int:
    """Keep certificates, each with the digest of its subject; how many were new. Raises as the store's methods.

    Nothing is written while all of them are there and were seen lately.
    """
    wanted = {_digest(der): (subject, der) for subject, der in certificates if len(der) <= limits.ISSUER_OCTETS}
    lately = _text(now - timedelta(days=limits.ISSUERS_SEEN_DAYS))
    fresh = {
        sha256 for sha256 in wanted if store.rows("SELECT 1 FROM issuer WHERE sha256 = ? AND seen >= ?", sha256, lately)
    }
    due = wanted.keys() - fresh
    if not due:
        return 0
    new = 0
    with store.writing() as connection:
        for sha256 in sorted(due):
            subject, der = wanted[sha256]
            row = (sha256, subject, der, _text(now))
            new += connection.execute("INSERT OR IGNORE INTO issuer VALUES (?, ?, ?, ?)", row).rowcount
            connection.execute("UPDATE issuer SET seen = max(seen, ?) WHERE sha256 = ?", (_text(now), sha256))
            connection.execute(
                "DELETE FROM issuer WHERE sha256 IN "
                "(SELECT sha256 FROM issuer WHERE subject = ? ORDER BY seen DESC LIMIT -1 OFFSET ?)",
                (subject, of_name),
            )
        connection.execute(
            "DELETE FROM issuer WHERE sha256 IN (SELECT sha256 FROM issuer ORDER BY seen DESC LIMIT -1 OFFSET ?)",
            (most,),
        )
    return new


def count(store: Store) -> int:
    """How many are kept."""
    rows = store.rows("SELECT count(*) FROM issuer")
    return int(rows[0][0]) if rows else 0


def _digest(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _text(time: datetime) -> str:
    # Of one length, so that texts compare as times do.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
