"""The one SQLite database, opened by path; safe for several processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True)
class StoredAnchor:
    """An anchor as kept: the certificate's DER, when it was added (UTC), and the user's note."""

    sha256: str
    der: bytes
    added: datetime
    note: str


class Store:
    """The open database. `Store.open` writes and creates; `Store.read` creates nothing."""

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> Iterator[Store]:
        """Open for writing; creates directory and file, migrates an older schema."""
        raise NotImplementedError
        yield cls()

    @classmethod
    @contextmanager
    def read(cls, path: Path) -> Iterator[Store]:
        """Open for reading. Where there is no database this is an empty store, and nothing is created."""
        raise NotImplementedError
        yield cls()

    def anchors(self) -> tuple[StoredAnchor, ...]:
        """The user's anchors, oldest first."""
        raise NotImplementedError

    def add_anchor(self, der: bytes, note: str, added: datetime) -> bool:
        """Keep an anchor; false if it was kept already."""
        raise NotImplementedError

    def remove_anchor(self, sha256_prefix: str) -> StoredAnchor:
        """Forget the one anchor whose SHA-256 begins so; raises `AnchorNotKept` or `AnchorAmbiguous`."""
        raise NotImplementedError
