"""Accounts that send mail: for which address, over which servers, and the sealed password.

Octets and texts only: what the settings mean and what opens the secret is not known here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.store.failures import AccountUnknown, StoreDamaged, TooManyAccounts

if TYPE_CHECKING:
    from letterlock.store.database import Store


@dataclass(frozen=True)
class StoredAccount:
    """One account. `settings` is anything that JSON can say; `secret` None: there is no password."""

    id: str
    address: str
    settings: dict[str, Any]
    secret: bytes | None = field(default=None, repr=False)
    made: datetime = field(default_factory=lambda: datetime.now(UTC))


_COLUMNS = "id, address, settings, secret, made"


def every(store: Store) -> list[StoredAccount]:
    """All of them, oldest first. Raises `StoreDamaged`."""
    return [_account(store, row) for row in store.rows(f"SELECT {_COLUMNS} FROM account ORDER BY made, id")]  # noqa: S608


def one(store: Store, account: str) -> StoredAccount:
    """The one with this identifier. Raises `AccountUnknown`, `StoreDamaged`."""
    rows = store.rows(f"SELECT {_COLUMNS} FROM account WHERE id = ?", account)  # noqa: S608 (constants)
    if not rows:
        raise AccountUnknown(account)
    return _account(store, rows[0])


def put(store: Store, account: StoredAccount) -> None:
    """Keep an account; one with the same identifier is replaced. Raises `TooManyAccounts`."""
    made = account.made.astimezone(UTC).isoformat(timespec="microseconds")
    row = (account.id, account.address, json.dumps(account.settings), account.secret, made)
    with store.writing() as connection:
        known = connection.execute("SELECT 1 FROM account WHERE id = ?", (account.id,)).fetchone()
        ((count,),) = connection.execute("SELECT count(*) FROM account").fetchall()
        if known is None and count >= limits.ACCOUNTS_KEPT:
            raise TooManyAccounts(limits.ACCOUNTS_KEPT)
        connection.execute(f"INSERT OR REPLACE INTO account ({_COLUMNS}) VALUES (?, ?, ?, ?, ?)", row)  # noqa: S608


def remove(store: Store, account: str) -> None:
    """Forget an account and its password. Raises `AccountUnknown`."""
    with store.writing() as connection:
        if not connection.execute("DELETE FROM account WHERE id = ?", (account,)).rowcount:
            raise AccountUnknown(account)


def _account(store: Store, row: Any) -> StoredAccount:
    id_, address, settings, secret, made = row
    try:
        said = json.loads(settings)
        whole = isinstance(said, dict) and isinstance(secret, bytes | None) and isinstance(address, str)
        if whole:
            return StoredAccount(id_, address, said, secret, datetime.fromisoformat(made))
    except (TypeError, ValueError):
        pass
    raise StoreDamaged(str(store.path), f"account {id_}")
