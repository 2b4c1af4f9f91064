"""The one SQLite database: opened by path, safe for several processes at once and for being killed at any moment.

It knows octets, texts and times, and nothing of certificates. Every method is one transaction. The classic rollback
journal is used, not the write-ahead log: that one needs shared memory, which network home directories do not have,
and a writable directory even to read; our writes are rare and small.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from letterlock import limits
from letterlock.store.failures import (
    AnchorAmbiguous,
    AnchorNotKept,
    StoreBusy,
    StoreDamaged,
    StoreNewer,
    StoreUnreachable,
)
from letterlock.store.location import create_private
from letterlock.store.migrations import APPLICATION_ID, MIGRATIONS, Migration

_ANOTHER_REVISION = """
    INSERT INTO setting VALUES ('anchors.revision', '1')
    ON CONFLICT (name) DO UPDATE SET value = CAST(value AS INTEGER) + 1
"""

if TYPE_CHECKING:
    # Imported where it is used, so that opening a mail without any database does not pay for it.
    import sqlite3


@dataclass(frozen=True)
class StoredAnchor:
    """An anchor as kept: the certificate's DER, when it was added (UTC), the user's note, and the digest of its subject
    (empty if that was not told)."""

    sha256: str
    der: bytes
    added: datetime
    note: str
    subject: str = ""


@dataclass(frozen=True)
class KnownSigner:
    """A key that signed for an address, who certified it, and when that was first seen (UTC)."""

    key: str
    issuer: str
    first: datetime


class Store:
    """The open database. `Store.open` creates and writes; `Store.read` creates nothing and cannot write."""

    def __init__(self, path: Path, connection: sqlite3.Connection | None) -> None:
        self._path = path
        self._connection = connection

    @property
    def path(self) -> Path:
        """Where the database is, for failures."""
        return self._path

    @classmethod
    @contextmanager
    def open(cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Iterator[Self]:
        """Open for writing: creates directory and file, readable by their owner only, and brings the schema up to date.

        Raises:
            StoreDamaged, StoreNewer, StoreUnreachable, StoreBusy: also from the methods of the open store.
        """
        with _coded(path):
            _create(path)
            connection = _connect(path)
        store = cls(path, connection)
        try:
            store._migrate(migrations)
            yield store
        finally:
            connection.close()

    @classmethod
    @contextmanager
    def read(cls, path: Path, migrations: Sequence[Migration] = MIGRATIONS) -> Iterator[Self]:
        """Open for reading. Where there is no database this is an empty store, and nothing is created.

        An older schema is brought up to date first, for the queries are written for the newest.

        Raises:
            StoreDamaged, StoreNewer, StoreUnreachable, StoreBusy: also from the methods of the open store.
        """
        connection = None
        if _exists(path):
            with _coded(path):
                connection = _connect(path)
        store = cls(path, connection)
        try:
            store._prepare_reading(migrations)
            yield store
        finally:
            if connection is not None:
                connection.close()

    # --- Anchors -----------------------------------------------------------------------------------------------

    @staticmethod
    def stamp(path: Path) -> tuple[int, int, bytes] | None:
        """What changes whenever the database does: file, size, and the file change counter in its header.

        SQLite raises the counter with every transaction (file format, §1.3.7), so that a cache may be asked whether
        it is stale without opening the database. None: there is no database.

        Raises:
            StoreUnreachable: the system refuses to let it be read.
        """
        try:
            with path.open("rb", buffering=0) as file:
                state = os.fstat(file.fileno())
                return state.st_ino, state.st_size, file.read(28)[24:]
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreUnreachable(str(path), error.strerror or str(error)) from error

    def anchors(self) -> tuple[StoredAnchor, ...]:
        """The user's anchors, oldest first."""
        rows = self.rows("SELECT sha256, der, added, note, subject FROM anchor ORDER BY added, sha256")
        return tuple(self._anchor(*row) for row in rows)

    def add_anchor(self, der: bytes, note: str, added: datetime, subject: str = "") -> bool:
        """Keep an anchor; false if it was kept already (then its date and note stay). `subject` is a digest of it."""
        sha256 = hashlib.sha256(der).hexdigest()
        row = (sha256, der, added.astimezone(UTC).isoformat(timespec="seconds"), note, subject)
        with self.writing() as connection:
            new = connection.execute("INSERT OR IGNORE INTO anchor VALUES (?, ?, ?, ?, ?)", row).rowcount == 1
            if new:
                connection.execute(_ANOTHER_REVISION)
            return new

    def remove_anchor(self, sha256_prefix: str) -> StoredAnchor:
        """Forget the one anchor whose SHA-256 begins so (hex, case and colons do not matter).

        Raises:
            AnchorNotKept: there is none.
            AnchorAmbiguous: there are several; none is removed.
        """
        prefix = sha256_prefix.replace(":", "").replace(" ", "").lower()
        with self.writing() as connection:
            found = [anchor for anchor in self.anchors() if prefix and anchor.sha256.startswith(prefix)]
            if not found:
                raise AnchorNotKept(sha256_prefix)
            if len(found) > 1:
                raise AnchorAmbiguous(sha256_prefix, len(found))
            connection.execute("DELETE FROM anchor WHERE sha256 = ?", (found[0].sha256,))
            connection.execute(_ANOTHER_REVISION)
        return found[0]

    def anchors_revision(self) -> int:
        """A number that changes whenever the anchors do, so that thousands need not be read again to find out."""
        return int(self.setting("anchors.revision", 0))

    # --- Settings ----------------------------------------------------------------------------------------------

    def setting(self, name: str, default: Any = None) -> Any:
        """A setting's JSON value, or `default` where it was never set."""
        rows = self.rows("SELECT value FROM setting WHERE name = ?", name)
        try:
            return json.loads(rows[0][0]) if rows else default
        except ValueError:
            raise StoreDamaged(str(self._path), f"setting {name}") from None

    def set_setting(self, name: str, value: Any) -> None:
        """Keep a setting; `value` is anything JSON can say."""
        with self.writing() as connection:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))

    def change_setting(self, name: str, default: Any, change: Callable[[Any], Any]) -> Any:
        """Read a setting and keep what `change` makes of it, in one transaction; what was read."""
        with self.writing() as connection:
            before = self.setting(name, default)
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(change(before))))
        return before

    def remove_setting(self, name: str) -> None:
        """Forget a setting, so that its default holds again."""
        with self.writing() as connection:
            connection.execute("DELETE FROM setting WHERE name = ?", (name,))

    # --- What was seen before ----------------------------------------------------------------------------------

    def first_opened(self, sha256: str, now: datetime) -> datetime:
        """When this very message was first opened here: `now`, and kept, if it never was."""
        rows = self.rows("SELECT first FROM opened WHERE sha256 = ?", sha256)
        if not rows:
            with self.writing() as connection:
                connection.execute("INSERT OR IGNORE INTO opened VALUES (?, ?)", (sha256, _precise(now)))
            rows = self.rows("SELECT first FROM opened WHERE sha256 = ?", sha256)
        return self._time(rows[0][0])

    def signers(self, address: str) -> tuple[KnownSigner, ...]:
        """The keys with which mail from this address was signed, oldest first."""
        rows = self.rows("SELECT key, issuer, first FROM signer WHERE address = ? ORDER BY first, key", address)
        return tuple(KnownSigner(key, issuer, self._time(first)) for key, issuer, first in rows)

    def remember_signer(self, address: str, signer: KnownSigner) -> None:
        """Keep a key; one that is known keeps its date, and nothing is written."""
        if any((each.key, each.issuer) == (signer.key, signer.issuer) for each in self.signers(address)):
            return
        row = (address, signer.key, signer.issuer, _precise(signer.first))
        with self.writing() as connection:
            connection.execute("INSERT OR IGNORE INTO signer VALUES (?, ?, ?, ?)", row)

    # --- Inside ------------------------------------------------------------------------------------------------

    def _anchor(self, sha256: str, der: bytes, added: str, note: str, subject: str) -> StoredAnchor:
        try:
            if hashlib.sha256(der).hexdigest() == sha256:
                return StoredAnchor(sha256, der, datetime.fromisoformat(added), note, str(subject))
        except (TypeError, ValueError):
            pass
        # SQLite has no checksums. A certificate that is not the one the user chose must not vouch for anybody.
        raise StoreDamaged(str(self._path), f"anchor {sha256}")

    def _time(self, text: str) -> datetime:
        try:
            return datetime.fromisoformat(text)
        except (TypeError, ValueError):
            raise StoreDamaged(str(self._path), "time") from None

    def rows(self, query: str, *values: object) -> list[Any]:
        """What a query finds, for the other modules of this package; nothing where there is no database."""
        if self._connection is None:
            return []
        with _coded(self._path):
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction, for the other modules of this package."""
        assert self._connection is not None, "a store that was opened for reading does not write"
        with _coded(self._path):
            # IMMEDIATE takes the writer's lock now: two transactions that both read first and then want to write
            # would otherwise fail instead of waiting for each other.
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            finally:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")

    def _prepare_reading(self, migrations: Sequence[Migration]) -> None:
        if self._connection is None:
            return
        version = self._version(migrations)
        if version == 0:
            # Somebody was killed between creating the file and its first transaction: nothing is kept yet.
            self._connection.close()
            self._connection = None
            return
        if version < len(migrations):
            self._migrate(migrations)
        with _coded(self._path):
            self._connection.execute("PRAGMA query_only = ON")

    def _version(self, migrations: Sequence[Migration]) -> int:
        """How many migrations the database has taken; 0 for an empty file."""
        ((version,),) = self.rows("PRAGMA user_version")
        ((application,),) = self.rows("PRAGMA application_id")
        ((objects,),) = self.rows("SELECT count(*) FROM sqlite_master")
        if (version or objects) and application != APPLICATION_ID:
            raise StoreDamaged(str(self._path), "a database of another program")
        if version > len(migrations):
            raise StoreNewer(str(self._path), version, len(migrations))
        return int(version)

    def _migrate(self, migrations: Sequence[Migration]) -> None:
        if self._version(migrations) == len(migrations):
            return
        with self.writing() as connection:
            # Read again under the lock: another process may have been faster.
            version = self._version(migrations)
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for number, migration in enumerate(migrations[version:], version + 1):
                for statement in migration.statements:
                    connection.execute(statement)
                applied = datetime.now(UTC).isoformat(timespec="seconds")
                connection.execute("INSERT INTO migration VALUES (?, ?, ?)", (number, migration.purpose, applied))
            connection.execute(f"PRAGMA user_version = {len(migrations)}")


def _precise(time: datetime) -> str:
    # To the microsecond: what was kept compares equal to what it was kept from.
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _create(path: Path) -> None:
    """Directory and empty file, private from the first moment; SQLite gives its journal the same permissions."""
    create_private(path.parent)
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if os.name == "posix" and path.stat().st_mode & 0o077:
        path.chmod(0o600)


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError as error:
        raise StoreUnreachable(str(path), error.strerror or str(error)) from error


def _connect(path: Path) -> sqlite3.Connection:
    import sqlite3

    # mode=rw does not create. It is used for reading too: a journal left by a killed process must be rolled back
    # by whoever comes next; where the file is read-only, SQLite opens it so by itself.
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        isolation_level=None,
        timeout=limits.STORE_WAIT_MILLISECONDS / 1000,
    )
    try:
        # A database is data: no statements hidden in its schema are run, and its cells are checked when read.
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        connection.execute("PRAGMA synchronous = FULL")
        # What is deleted is overwritten: a removed key must not stay in the file's free space.
        connection.execute("PRAGMA secure_delete = ON")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def _coded(path: Path) -> Iterator[None]:
    """Turn failures of SQLite and of the file system into ours."""
    import sqlite3

    try:
        yield
    except sqlite3.Error as error:
        raise _failure(path, error) from error
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged schema in its message, and Python cannot read that.
        raise StoreDamaged(str(path), "schema") from error
    except OSError as error:
        raise StoreUnreachable(str(path), error.strerror or str(error)) from error


def _failure(path: Path, error: sqlite3.Error) -> StoreBusy | StoreDamaged | StoreUnreachable:
    import sqlite3

    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreBusy(str(path))
    unreachable = {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_AUTH,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
    }
    if primary in unreachable:
        return StoreUnreachable(str(path), str(error))
    return StoreDamaged(str(path), str(error))
