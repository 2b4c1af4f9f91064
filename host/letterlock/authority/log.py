"""The log of an authority: what it did, so that nothing can be taken out, changed or put in between unseen.

Each entry's hash covers its content and the hash before; the last hash is signed by the authority's key. Whoever can
write the database but has no key can only put back an older state as a whole, with the head of that time. Against that
a head is exported now and then (`authority audit --export-head`) and kept elsewhere: every later log must still have
that entry.

Nothing here knows a database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from letterlock.authority.failures import (
    ExportedHeadWrong,
    LogEntryAltered,
    LogEntryMissing,
    LogHeadWrong,
    LogRolledBack,
)
from letterlock.authority.keys import CaKey
from letterlock.errors import JsonFact, LetterlockError, Reason
from letterlock.store import chain

# What is hashed and what is signed begin with a line of text, so that neither can be a certificate, a list or an
# answer, which are signed with the same key and begin with the octet of a SEQUENCE.
_ENTRY = b"letterlock authority log entry 1\n"
_HEAD = b"letterlock authority log head 1\n"

START = hashlib.sha256(b"letterlock authority log 1\n").hexdigest()
"""What the first entry follows."""


class Kind(StrEnum):
    """What was done."""

    AUTHORITY = "authority"
    """A certificate of the authority itself: root or issuing."""
    ISSUED = "issued"
    REVOKED = "revoked"
    LIST = "list"
    """A revocation list was made."""
    RESPONDER = "responder"
    """A certificate for the OCSP responder."""


Facts = Mapping[str, JsonFact]


@dataclass(frozen=True)
class Entry:
    """One entry. `body` is the JSON text that was hashed, kept to the letter."""

    number: int
    at: str
    kind: str
    body: str
    hash: str

    @classmethod
    def following(cls, number: int, previous: str, at: datetime, kind: Kind, facts: Facts) -> Entry:
        """The entry of this number after the one with the hash `previous`."""
        body = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        moment = at.astimezone(UTC).isoformat(timespec="seconds")
        return cls(number, moment, kind.value, body, _hash(number, previous, moment, kind.value, body))

    def follows(self, previous: str) -> bool:
        """Whether the hash is right for this content after `previous`."""
        return self.hash == _hash(self.number, previous, self.at, self.kind, self.body)

    def facts(self) -> dict[str, JsonFact]:
        """The content; empty where it is no JSON object (then `follows` fails too, or it was written so)."""
        try:
            found = json.loads(self.body)
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Head:
    """The signed end of a log. `issuer` is the SHA-256 of the signing authority's certificate, lower-case hex."""

    number: int
    hash: str
    issuer: str
    signature: bytes

    @classmethod
    def sign(cls, entry: Entry, issuer: str, key: CaKey) -> Head:
        """The head after `entry`."""
        return cls(entry.number, entry.hash, issuer, key.sign(_head(entry.number, entry.hash, issuer)))

    @property
    def signed(self) -> bytes:
        """The octets that the signature is over."""
        return _head(self.number, self.hash, self.issuer)

    def json(self) -> str:
        """For a file that is kept elsewhere."""
        return json.dumps(
            {"number": self.number, "hash": self.hash, "issuer": self.issuer, "signature": self.signature.hex()}
        )

    @classmethod
    def parse(cls, text: str) -> Head | None:
        """What `json` wrote; None where it is something else."""
        try:
            found = json.loads(text)
            return cls(
                int(found["number"]), str(found["hash"]), str(found["issuer"]), bytes.fromhex(found["signature"])
            )
        except (ValueError, KeyError, TypeError):
            return None


HeadCheck = Callable[[Head], None]
"""Raises a `LetterlockError` where the authority did not sign this head."""


def check(entries: Iterable[Entry], head: Head | None, signed: HeadCheck, exported: Head | None) -> Iterator[Reason]:
    """Everything that is wrong with a log; nothing where it is whole.

    Args:
        entries: in the order of their numbers.
        head: the log's, None where it has none.
        signed: says whether a head is the authority's.
        exported: a head that was kept elsewhere, to see whether the log was put back.
    """
    expected, previous = 1, START
    seen_exported = exported is None
    for entry in entries:
        for number in range(expected, min(entry.number, expected + _GAP_TOLD)):
            yield LogEntryMissing(number)
        if not entry.follows(previous) and entry.number == expected:
            yield LogEntryAltered(entry.number)
        if exported is not None and (entry.number, entry.hash) == (exported.number, exported.hash):
            seen_exported = True
        expected, previous = entry.number + 1, entry.hash
    last = expected - 1
    if head is None or not _good(head, signed) or head.number < last or (head.number == last and head.hash != previous):
        if head is not None or last:
            yield LogHeadWrong(last)
    elif head.number > last:
        for number in range(expected, min(head.number + 1, expected + _GAP_TOLD)):
            yield LogEntryMissing(number)
    if exported is not None:
        if not _good(exported, signed):
            yield ExportedHeadWrong(exported.number)
        elif not seen_exported:
            yield LogRolledBack(exported.number)


_GAP_TOLD = 20
"""Missing entries told one by one; more of the same gap say nothing new."""


def _good(head: Head, signed: HeadCheck) -> bool:
    try:
        signed(head)
    except LetterlockError:
        return False
    return True


def _head(number: int, hashed: str, issuer: str) -> bytes:
    return _HEAD + f"{number}\n{hashed}\n{issuer}\n".encode()


def _hash(number: int, previous: str, at: str, kind: str, body: str) -> str:
    return chain.link(_ENTRY, number, previous, at, kind, body)
