"""An authority to order, in a store of its own, with keys in memory; every time is relative to the fixed `NOW`.

with founded(tmp_path, domains=("muster.example",)) as ca:
    anna = ca.issue("anna@muster.example")
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from letterlock.authority import exports, founding, keys
from letterlock.authority.ca import Authority, Wanted
from letterlock.authority.keys import PrivateCaKey
from letterlock.authority.profiles import Use
from letterlock.authority.settings import Settings
from letterlock.store.database import Store
from letterlock.trust.certificate import Certificate

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DOMAIN = "muster.example"


@cache
def key_of(kind: str, number: int = 0) -> PrivateCaKey:
    """A key of an authority; the same for each test, because RSA-4096 takes seconds."""
    return keys.generate(kind)


@dataclass
class Founded:
    """An authority, its keys, and what tests do with it."""

    database: Path
    authority: Authority
    root: PrivateCaKey
    key: PrivateCaKey
    at: datetime = NOW
    people: dict[str, PrivateKeyTypes] = field(default_factory=dict)

    def issue(
        self, *mailboxes: str, name: str = "", key: PrivateKeyTypes | None = None, use: Use = Use.BOTH
    ) -> Certificate:
        """A certificate, kept."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        made = self.authority.prepare(Wanted(name, mailboxes, public(key), use), self.key, self.at)
        self.authority.keep([made], self.key, self.at)
        self.people[made.serial] = key
        return made

    def write_chain(self, folder: Path) -> tuple[Path, Path]:
        """root.pem and issuing.pem."""
        root, issuing = folder / "root.pem", folder / "issuing.pem"
        root.write_bytes(exports.pem([self.authority.chain.root]))
        issuing.write_bytes(exports.pem([self.authority.chain.issuing]))
        return root, issuing


def public(key: PrivateKeyTypes) -> bytes:
    """SubjectPublicKeyInfo."""
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def private_pem(key: PrivateKeyTypes) -> bytes:
    """PKCS#8, in the clear: for programs that are tried."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@contextmanager
def founded(
    folder: Path,
    *,
    kind: str = "P-384",
    domains: tuple[str, ...] = (DOMAIN,),
    url: str = "http://pki.muster.example",
    at: datetime = NOW,
) -> Iterator[Founded]:
    """A new authority in `folder`."""
    folder.mkdir(exist_ok=True)
    database = folder / "letterlock.sqlite"
    settings = Settings("Muster AG", "CH", domains, (), url, root_key="", issuing_key="")
    root, key = key_of(kind, 0), key_of(kind, 1)
    with Store.open(database) as store:
        yield Founded(database, founding.found(store, settings, root, key, at), root, key, at)
