"""Certificates of other people: for which address, where from, and what their owners said of mail to them.

Octets and texts only. A certificate is kept once for each address. What mail brings is bounded, so that nobody can
fill the disk with certificates; what a person imported is never pushed out by it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.store.failures import StoreDamaged

if TYPE_CHECKING:
    from letterlock.store.database import Store

FROM_MAIL = "mail"


@dataclass(frozen=True)
class KeptCertificate:
    """One person's certificate.

    `source`: "mail", "file", "vcard", "ldap" or "dns"; `origin` says which one. `first` and `last` (UTC) are when it
    was first and last seen there. `capabilities`: object identifiers that its owner said he decrypts, None where he
    said nothing. `preferred`: its owner asked for mail to be encrypted to this one.
    """

    address: str
    der: bytes
    source: str
    origin: str
    first: datetime
    last: datetime
    capabilities: tuple[str, ...] | None = None
    preferred: bool = False

    @property
    def sha256(self) -> str:
        """Of `der`, lower-case hex."""
        return hashlib.sha256(self.der).hexdigest()


_COLUMNS = "address, sha256, der, source, origin, first, last, capabilities, preferred"


def certificates(store: Store, address: str | None = None) -> list[KeptCertificate]:
    """Those of one address, or all; by address, the last seen first.

    Raises:
        StoreDamaged: a row is not what was kept. A changed certificate must not receive anybody's mail.
    """
    where = "" if address is None else "WHERE address = ?"
    query = f"SELECT {_COLUMNS} FROM person {where} ORDER BY address, last DESC, sha256"  # noqa: S608 (constants)
    return [_kept(store, row) for row in store.rows(query, *([] if address is None else [address]))]


def keep(store: Store, found: Sequence[KeptCertificate]) -> int:
    """Keep certificates, and how many of them are new.

    One that is known keeps its source and first date, unless it came by mail and now a person has chosen it. Where
    mail brings more than `limits.PERSON_CERTIFICATES` for an address, or more than `limits.PEOPLE_CERTIFICATES` in all,
    those that mail showed longest ago go.
    """
    new = 0
    with store.writing() as connection:
        for each in found:
            known = connection.execute(
                "SELECT source FROM person WHERE address = ? AND sha256 = ?", (each.address, each.sha256)
            ).fetchone()
            said = None if each.capabilities is None else json.dumps(each.capabilities)
            if known is None:
                new += 1
                row = (
                    each.address,
                    each.sha256,
                    each.der,
                    each.source,
                    each.origin,
                    _text(each.first),
                    _text(each.last),
                    said,
                    each.preferred,
                )
                connection.execute(f"INSERT INTO person ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)  # noqa: S608
            else:
                connection.execute(
                    "UPDATE person SET last = max(last, ?), capabilities = coalesce(?, capabilities), "
                    "preferred = max(preferred, ?) WHERE address = ? AND sha256 = ?",
                    (_text(each.last), said, each.preferred, each.address, each.sha256),
                )
                if known[0] == FROM_MAIL and each.source != FROM_MAIL:
                    connection.execute(
                        "UPDATE person SET source = ?, origin = ? WHERE address = ? AND sha256 = ?",
                        (each.source, each.origin, each.address, each.sha256),
                    )
            if each.preferred:
                connection.execute(
                    "UPDATE person SET preferred = 0 WHERE address = ? AND sha256 <> ? AND last <= ?",
                    (each.address, each.sha256, _text(each.last)),
                )
            connection.execute(
                "DELETE FROM person WHERE source = ? AND address = ? AND sha256 NOT IN ("
                "SELECT sha256 FROM person WHERE source = ? AND address = ? ORDER BY last DESC LIMIT ?)",
                (FROM_MAIL, each.address, FROM_MAIL, each.address, limits.PERSON_CERTIFICATES),
            )
        connection.execute(
            "DELETE FROM person WHERE source = ? AND rowid NOT IN ("
            "SELECT rowid FROM person WHERE source = ? ORDER BY last DESC LIMIT ?)",
            (FROM_MAIL, FROM_MAIL, limits.PEOPLE_CERTIFICATES),
        )
    return new


def forget(store: Store, address: str, sha256: str | None = None) -> int:
    """Forget an address's certificates, or the one; how many those were."""
    with store.writing() as connection:
        if sha256 is None:
            return connection.execute("DELETE FROM person WHERE address = ?", (address,)).rowcount
        return connection.execute("DELETE FROM person WHERE address = ? AND sha256 = ?", (address, sha256)).rowcount


def _kept(store: Store, row: Any) -> KeptCertificate:
    address, sha256, der, source, origin, first, last, capabilities, preferred = row
    try:
        kept = KeptCertificate(
            address,
            der,
            source,
            origin,
            datetime.fromisoformat(first),
            datetime.fromisoformat(last),
            None if capabilities is None else tuple(str(each) for each in json.loads(capabilities)),
            bool(preferred),
        )
        if kept.sha256 == sha256:
            return kept
    except (TypeError, ValueError):
        pass
    raise StoreDamaged(str(store.path), f"certificate {sha256}")


def _text(time: datetime) -> str:
    # Of one length, so that texts compare as times do.
    return time.astimezone(UTC).isoformat(timespec="microseconds")
