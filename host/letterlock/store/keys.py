"""The vault's tables: sealed private keys, and the ways to the key that seals them. Octets only; nothing is opened.

Every method is one transaction, so that a process killed at any moment leaves a key whole or not at all. What can be
checked without any secret is checked when it is read: digests of ways, public keys and certificates.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.store.database import Store
from letterlock.store.failures import KeyNotKept, StoreDamaged, VaultExists, VaultMissing, VaultReplaced

if TYPE_CHECKING:
    import sqlite3


@dataclass(frozen=True)
class StoredVault:
    """Which vault this is, when it was made (UTC), and how often everybody was asked to lock."""

    id: bytes
    made: datetime
    locks: int


@dataclass(frozen=True)
class StoredWay:
    """One way to the master key: its name, how its key is derived, and the master key under that key."""

    name: str
    parameters: dict[str, Any]
    wrapped: bytes = field(repr=False)


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate kept with a key: its DER, and whether it is for this very key (else it is of its chain)."""

    der: bytes
    own: bool


@dataclass(frozen=True)
class StoredKey:
    """A key as kept. `sealed` is None where it was read without (`SealedKeys.every_key`)."""

    id: str
    public: bytes = field(repr=False)
    algorithm: str
    created: datetime
    purpose: str = "both"
    label: str = ""
    note: str = ""
    superseded: datetime | None = None
    sealed: bytes | None = field(default=None, repr=False)
    certificates: tuple[StoredCertificate, ...] = field(default=(), repr=False)


class SealedKeys(Store):
    """The one database, seen as the vault's. `SealedKeys.open` and `SealedKeys.read` are `Store`'s."""

    # --- The vault ---

    def vault(self) -> StoredVault | None:
        """The vault, or None where none was made."""
        rows = self.rows("SELECT id, made, locks FROM vault")
        if not rows:
            return None
        octets, made, locks = rows[0]
        if not isinstance(octets, bytes) or not isinstance(locks, int):
            raise StoreDamaged(str(self._path), "vault")
        return StoredVault(octets, self._time(made), locks)

    def make(self, vault_id: bytes, ways: Iterable[StoredWay], now: datetime) -> None:
        """Keep a new vault with its ways. Raises `VaultExists`."""
        with self.writing() as connection:
            if self.rows("SELECT 1 FROM vault"):
                raise VaultExists(str(self._path))
            connection.execute("INSERT INTO vault VALUES (1, ?, ?, 0)", (vault_id, _text(now)))
            for way in ways:
                _put(connection, way)

    def way(self, name: str) -> StoredWay | None:
        """A way to the master key, or None where it was not set up.

        Raises:
            StoreDamaged: what is kept is not what was written.
        """
        rows = self.rows("SELECT parameters, wrapped, digest FROM vault_way WHERE name = ?", name)
        if not rows:
            return None
        parameters, wrapped, digest = rows[0]
        if not isinstance(parameters, str) or not isinstance(wrapped, bytes):
            raise StoreDamaged(str(self._path), f"vault_way {name}")
        if _way_digest(name, parameters, wrapped) != digest:
            raise StoreDamaged(str(self._path), f"vault_way {name}")
        return StoredWay(name, json.loads(parameters), wrapped)

    def ways(self) -> frozenset[str]:
        """The names of the ways that are set up."""
        return frozenset(str(name) for (name,) in self.rows("SELECT name FROM vault_way"))

    def put_way(self, vault_id: bytes, way: StoredWay) -> None:
        """Set a way up, or replace it. Raises `VaultReplaced`: the database holds another vault by now."""
        with self._writing_in(vault_id) as connection:
            _put(connection, way)

    def remove_way(self, vault_id: bytes, name: str) -> None:
        """Forget a way. Raises `VaultReplaced`."""
        with self._writing_in(vault_id) as connection:
            connection.execute("DELETE FROM vault_way WHERE name = ?", (name,))

    def ask_to_lock(self) -> None:
        """Make every process that has the vault unlocked lock it."""
        with self.writing() as connection:
            connection.execute("UPDATE vault SET locks = locks + 1")

    # --- Keys ---

    def add_key(self, vault_id: bytes, key: StoredKey, now: datetime) -> bool:
        """Keep a key with its certificates; false if the key was kept already (then only certificates are added).

        Raises:
            VaultReplaced: the database holds another vault by now, whose key would not open this one.
        """
        with self._writing_in(vault_id) as connection:
            row = (key.id, key.public, key.algorithm, key.sealed, _text(key.created), key.purpose, key.label, key.note)
            superseded = _text(key.superseded) if key.superseded else None
            new = connection.execute(
                "INSERT OR IGNORE INTO own_key VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (*row, superseded)
            ).rowcount
            _attach(connection, key.id, key.certificates, now)
        return new == 1

    def attach(self, key_id: str, certificates: Iterable[StoredCertificate], now: datetime) -> None:
        """Keep certificates with a key; those that are there stay. Raises `KeyNotKept`."""
        with self.writing() as connection:
            self._demand(key_id)
            _attach(connection, key_id, certificates, now)

    def describe_key(
        self,
        key_id: str,
        *,
        label: str | None = None,
        note: str | None = None,
        purpose: str | None = None,
        superseded: datetime | None = None,
    ) -> None:
        """Change what is said of a key; None leaves it as it is. Raises `KeyNotKept`."""
        with self.writing() as connection:
            self._demand(key_id)
            connection.execute(
                "UPDATE own_key SET label = coalesce(?, label), note = coalesce(?, note), "
                "purpose = coalesce(?, purpose), superseded = coalesce(?, superseded) WHERE id = ?",
                (label, note, purpose, _text(superseded) if superseded else None, key_id),
            )

    def remove_key(self, key_id: str) -> None:
        """Forget a key and its certificates, for ever. Raises `KeyNotKept`."""
        with self.writing() as connection:
            self._demand(key_id)
            connection.execute("DELETE FROM own_certificate WHERE key = ?", (key_id,))
            connection.execute("DELETE FROM own_key WHERE id = ?", (key_id,))

    def every_key(self) -> tuple[tuple[StoredKey, ...], tuple[str, ...]]:
        """All keys without what is sealed, oldest first; and the names of rows that are not what was written.

        A damaged row costs itself and no other: where the table cannot be read in one go, its rows are tried singly.
        """
        try:
            rows = self.rows(f"{_SELECT} ORDER BY created, id LIMIT ?", limits.KEYS_KEPT)
            damaged: list[str] = []
        except StoreDamaged:
            rows, damaged = self._singly()
        found = []
        for row in rows:
            try:
                key = self._key(row)
            except StoreDamaged as failure:
                damaged.append(failure.detail)
                continue
            certificates, broken = self._certificates(key.id)
            damaged += broken
            found.append(replace(key, certificates=certificates))
        return tuple(found), tuple(damaged)

    def key(self, key_id: str) -> StoredKey:
        """One key with what is sealed; certificates that are damaged are left out.

        Raises:
            KeyNotKept: there is none.
            StoreDamaged: its row is not what was written.
        """
        rows = self.rows(_SELECT + " WHERE id = ?", key_id)
        if not rows:
            raise KeyNotKept(key_id)
        found = self._key(rows[0])
        ((sealed,),) = self.rows("SELECT sealed FROM own_key WHERE id = ?", key_id)
        if not isinstance(sealed, bytes) or len(sealed) > limits.SEALED_OCTETS:
            raise StoreDamaged(str(self._path), f"own_key {key_id}")
        return replace(found, sealed=sealed, certificates=self._certificates(key_id)[0])

    def mend_key(self, vault_id: bytes, key: StoredKey) -> None:
        """Put a whole key in the place of a damaged row of the same identifier. Raises `VaultReplaced`."""
        with self._writing_in(vault_id) as connection:
            connection.execute(
                "UPDATE own_key SET public = ?, algorithm = ?, sealed = ? WHERE id = ?",
                (key.public, key.algorithm, key.sealed, key.id),
            )

    # --- Inside ---

    def _demand(self, key_id: str) -> None:
        if not self.rows("SELECT 1 FROM own_key WHERE id = ?", key_id):
            raise KeyNotKept(key_id)

    def _key(self, row: tuple[Any, ...]) -> StoredKey:
        key_id, public, algorithm, created, purpose, label, note, superseded = row
        if not isinstance(public, bytes) or hashlib.sha256(public).hexdigest() != key_id:
            raise StoreDamaged(str(self._path), f"own_key {key_id}")
        if not all(isinstance(each, str) for each in (algorithm, purpose, label, note)):
            raise StoreDamaged(str(self._path), f"own_key {key_id}")
        since = None if superseded is None else self._time(superseded)
        return StoredKey(key_id, public, algorithm, self._time(created), purpose, label, note, since)

    def _certificates(self, key_id: str) -> tuple[tuple[StoredCertificate, ...], list[str]]:
        """The certificates of a key that are whole, and the names of those that are not."""
        query = "SELECT sha256, der, own FROM own_certificate WHERE key = ? ORDER BY added, sha256"
        try:
            rows = self.rows(query, key_id)
        except StoreDamaged:
            return (), [f"own_certificate of {key_id}"]
        whole, damaged = [], []
        for sha256, der, own in rows:
            if isinstance(der, bytes) and hashlib.sha256(der).hexdigest() == sha256:
                whole.append(StoredCertificate(der, own == 1))
            else:
                damaged.append(f"own_certificate {sha256}")
        return tuple(whole), damaged

    def _singly(self) -> tuple[list[Any], list[str]]:
        rows, damaged, missing = [], [], 0
        for number in range(1, limits.KEYS_KEPT + 1):
            try:
                found = self.rows(f"{_SELECT} WHERE rowid = ?", number)
            except StoreDamaged:
                damaged.append(f"own_key row {number}")
                continue
            rows += found
            missing = 0 if found else missing + 1
            if missing > _GAP:
                break
        return sorted(rows, key=lambda row: str(row[3])), damaged or ["own_key"]

    @contextmanager
    def _writing_in(self, vault_id: bytes) -> Iterator[sqlite3.Connection]:
        with self.writing() as connection:
            found = self.rows("SELECT id FROM vault")
            if not found:
                raise VaultMissing
            if found[0][0] != vault_id:
                raise VaultReplaced
            yield connection


_GAP = 1_000
"""Rows missing in a row after which a damaged table is taken to end."""

_SELECT = "SELECT id, public, algorithm, created, purpose, label, note, superseded FROM own_key"


def _text(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="microseconds")


def _way_digest(name: str, parameters: str, wrapped: bytes) -> bytes:
    return hashlib.sha256(b"\0".join((name.encode(), parameters.encode(), wrapped))).digest()


def _put(connection: sqlite3.Connection, way: StoredWay) -> None:
    parameters = json.dumps(way.parameters, sort_keys=True)
    digest = _way_digest(way.name, parameters, way.wrapped)
    connection.execute(
        "INSERT OR REPLACE INTO vault_way VALUES (?, ?, ?, ?)", (way.name, parameters, way.wrapped, digest)
    )


def _attach(
    connection: sqlite3.Connection, key_id: str, certificates: Iterable[StoredCertificate], now: datetime
) -> None:
    for each in certificates:
        row = (key_id, hashlib.sha256(each.der).hexdigest(), each.der, int(each.own), _text(now))
        connection.execute("INSERT OR IGNORE INTO own_certificate VALUES (?, ?, ?, ?, ?)", row)
