"""What an internal CA keeps: its log, certificates and lists, as octets and texts.

Nothing here knows what a certificate is. Whatever changes the log goes through `appending`: one transaction that has
the writer's lock before it reads the end of the log, so that two processes never write the same number, and one that
is killed leaves the log, the certificates and the head as they were.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import sqlite3

    from letterlock.store.database import Store


class LogRow(NamedTuple):
    """One entry of the log as kept."""

    number: int
    at: str
    kind: str
    body: str
    hash: str


class HeadRow(NamedTuple):
    """The signed end of the log as kept."""

    number: int
    hash: str
    issuer: str
    signature: bytes


@dataclass(frozen=True)
class CertificateRow:
    """One certificate as kept. `revoked` is a time in ISO 8601 (UTC)."""

    serial: str
    role: str
    der: bytes
    bundle: str | None = None
    revoked: str | None = None
    reason: str | None = None


class AuthorityRecords:
    """The tables of the internal CA in an open store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    # --- Reading -----------------------------------------------------------------------------------------------

    def log(self) -> Iterator[LogRow]:
        """All entries in the order of their numbers."""
        for row in self._store.rows("SELECT number, at, kind, body, hash FROM authority_log ORDER BY number"):
            yield LogRow(*row)

    def head(self) -> HeadRow | None:
        """The signed end, None where there is no log."""
        rows = self._store.rows("SELECT number, hash, issuer, signature FROM authority_head")
        return HeadRow(*rows[0]) if rows else None

    def certificates(self, role: str | None = None) -> tuple[CertificateRow, ...]:
        """All certificates, or those of one role, in the order in which they were kept."""
        rows = self._store.rows(
            "SELECT * FROM authority_certificate WHERE ? IS NULL OR role = ? ORDER BY rowid", role, role
        )
        return tuple(CertificateRow(*row) for row in rows)

    def certificate(self, serial: str) -> CertificateRow | None:
        """The one with this serial number."""
        rows = self._store.rows("SELECT * FROM authority_certificate WHERE serial = ?", serial)
        return CertificateRow(*rows[0]) if rows else None

    def of_address(self, address: str) -> tuple[CertificateRow, ...]:
        """Those for an address, in the form in which it was kept, oldest first."""
        rows = self._store.rows(
            "SELECT * FROM authority_certificate WHERE serial IN "
            "(SELECT serial FROM authority_address WHERE address = ?) ORDER BY rowid",
            address,
        )
        return tuple(CertificateRow(*row) for row in rows)

    def of_bundle(self, sha256: str) -> tuple[CertificateRow, ...]:
        """Those handed over in the file with this SHA-256."""
        rows = self._store.rows("SELECT * FROM authority_certificate WHERE bundle = ?", sha256)
        return tuple(CertificateRow(*row) for row in rows)

    def revoked(self) -> list[tuple[str, str, str, str]]:
        """Serial number, role, time and reason of each revoked certificate, in the order of their times."""
        return self._store.rows(
            "SELECT serial, role, revoked, reason FROM authority_certificate WHERE revoked IS NOT NULL "
            "ORDER BY revoked, serial"
        )

    def list_number(self, role: str) -> int:
        """The number of the newest revocation list; 0 where there is none."""
        rows = self._store.rows("SELECT max(number) FROM authority_list WHERE role = ?", role)
        return int(rows[0][0] or 0) if rows else 0

    def newest_list(self, role: str) -> bytes | None:
        """The newest revocation list in DER."""
        rows = self._store.rows("SELECT der FROM authority_list WHERE role = ? ORDER BY number DESC LIMIT 1", role)
        return bytes(rows[0][0]) if rows else None

    # --- Writing -----------------------------------------------------------------------------------------------

    @contextmanager
    def appending(self) -> Iterator[Appending]:
        """A transaction that adds to the log and to the rest together."""
        with self._store.writing() as connection:
            yield Appending(self, connection)


class Appending:
    """What may be written in one transaction. Entries of the log are only ever added."""

    def __init__(self, records: AuthorityRecords, connection: sqlite3.Connection) -> None:
        self._records = records
        self._connection = connection

    def end(self) -> tuple[LogRow | None, HeadRow | None]:
        """The last entry and the head, read under the lock."""
        rows = self._connection.execute(
            "SELECT number, at, kind, body, hash FROM authority_log ORDER BY number DESC LIMIT 1"
        ).fetchall()
        return (LogRow(*rows[0]) if rows else None), self._records.head()

    def list_number(self, role: str) -> int:
        """As `AuthorityRecords.list_number`, under the lock."""
        return self._records.list_number(role)

    def is_revoked(self, serial: str) -> bool:
        """Whether a certificate is revoked, under the lock."""
        row = self._records.certificate(serial)
        return row is not None and row.revoked is not None

    def add(self, entries: Sequence[LogRow], head: HeadRow) -> None:
        """Add entries and put the head in the place of the old one."""
        self._connection.executemany("INSERT INTO authority_log VALUES (?, ?, ?, ?, ?)", entries)
        self._connection.execute("INSERT OR REPLACE INTO authority_head VALUES (1, ?, ?, ?, ?)", head)

    def add_certificate(self, row: CertificateRow, addresses: Sequence[str]) -> None:
        """Keep a certificate; a serial number that is known already is a failure."""
        self._connection.execute(
            "INSERT INTO authority_certificate VALUES (?, ?, ?, ?, ?, ?)",
            (row.serial, row.role, row.der, row.bundle, row.revoked, row.reason),
        )
        self._connection.executemany(
            "INSERT OR IGNORE INTO authority_address VALUES (?, ?)", [(each, row.serial) for each in addresses]
        )

    def revoke(self, serial: str, at: str, reason: str) -> None:
        """Mark a certificate as revoked."""
        self._connection.execute(
            "UPDATE authority_certificate SET revoked = ?, reason = ? WHERE serial = ?", (at, reason, serial)
        )

    def add_list(self, role: str, number: int, der: bytes) -> None:
        """Keep a revocation list; older ones of the same role are dropped."""
        self._connection.execute("DELETE FROM authority_list WHERE role = ?", (role,))
        self._connection.execute("INSERT INTO authority_list VALUES (?, ?, ?)", (role, number, der))

    def set_setting(self, name: str, value: object) -> None:
        """As `Store.set_setting`, in this transaction."""
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))
