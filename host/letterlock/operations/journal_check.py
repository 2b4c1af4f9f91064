"""The journal shown and checked: who reads it, and whether it is whole.

    listed(database, vault)
    report = verified(database, vault, trust, now)

Nothing here is believed because it stands in the database: each entry's digest is computed anew, the signed ends are
verified like any other signature, and what an authority stamped is confirmed as for mail.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import Certificate as Carried
from letterlock.cms import CmsFailure, SignatureFailure, SignedDataReader, candidates, check, time_stamp_tokens
from letterlock.errors import Fault, JsonFact, LetterlockError, Reason
from letterlock.evidence import journal as pure
from letterlock.evidence.failures import TimeStampFailure
from letterlock.evidence.journal import End, Kind
from letterlock.evidence.timestamp import TimeStamp, verify
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.keystore.vault import Vault
from letterlock.operations.journal import PURPOSE, Details, JournalEmpty
from letterlock.operations.trust import TrustSettings
from letterlock.store.journal import EntryRow, JournalRecords
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Allowance
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.trust.revocation import NOTHING_AT_HAND


class JournalEndUnsigned(LetterlockError):
    """The journal has entries, and no end of it was signed yet."""

    code = "journal_end_unsigned"
    fault = Fault.USER


class JournalEndUnreadable(LetterlockError):
    """What is given as an exported end is none."""

    code = "journal_end_unreadable"
    fault = Fault.USER
    file: str


@dataclass(frozen=True)
class Listed:
    """One entry for a person. `details` None: sealed, and the vault is locked; or never kept, without a vault."""

    row: EntryRow
    facts: dict[str, JsonFact]
    details: dict[str, Any] | None
    sealed: bool
    salt: bytes = b""
    """With the details as JSON behind it, what the entry has the SHA-256 of."""
    receipts: tuple[EntryRow, ...] = ()
    """Receipts that came for it."""


@dataclass(frozen=True)
class CheckedEnd:
    """A signed end whose signature holds, by whom, and when it was there for certain."""

    end: End
    signer: Certificate
    own: bool
    """Whether the signer's certificate is one of the keys in this vault."""
    stamp: TimeStamp | None
    stamp_refused: TimeStampFailure | None


@dataclass(frozen=True)
class Report:
    """What a check found. Nothing in `reasons`: whole, and up to `end` nothing was changed since that was signed."""

    entries: int
    end: CheckedEnd | None
    stamped: CheckedEnd | None
    """The newest end that an authority stamped, if that is another one."""
    reasons: tuple[Reason, ...]

    @property
    def unsigned(self) -> int:
        """How many entries come after the last signed end."""
        return self.entries - (self.end.end.number if self.end else 0)


def listed(database: Path, vault: Vault) -> list[Listed]:
    """Every entry, the first one first; details where the vault is unlocked, receipts with what they are for."""
    with JournalRecords.read(database) as records:
        rows = records.entries()
    receipts: dict[str, list[EntryRow]] = {}
    for each in rows:
        if each.kind == Kind.RECEIPT_RECEIVED:
            receipts.setdefault(each.mark, []).append(each)
    opened = {each.number: _opened(each, vault) for each in rows}
    return [
        Listed(
            each,
            pure.facts(each),
            found.said if (found := opened[each.number]) else None,
            each.details is not None,
            found.salt if found else b"",
            tuple(receipts.get(each.mark, ())) if each.kind == Kind.SENT else (),
        )
        for each in rows
    ]


def marked(database: Path, value: bytes) -> tuple[EntryRow, ...]:
    """The entries about a signature with this value."""
    with JournalRecords.read(database) as records:
        return records.marked(hashlib.sha256(value).hexdigest())


def details(entry: EntryRow, vault: Vault) -> dict[str, Any] | None:
    """Whom it went to and what it is called; None where that is sealed, or was never kept."""
    found = _opened(entry, vault)
    return None if found is None else found.said


def verified(
    database: Path, vault: Vault, trust: TrustSettings, now: datetime, exported: tuple[bytes, bytes] | None = None
) -> Report:
    """Check everything.

    Args:
        vault: unlocked, details are checked too.
        exported: text and signature of an end that was kept elsewhere.

    Raises:
        JournalEndUnreadable: the exported one is none.
    """
    with JournalRecords.read(database) as records:
        identifier, rows, heads = records.id(), records.entries(), records.heads()
    reasons = list(pure.check(identifier, rows))
    reasons += [pure.JournalDetailsAltered(each.number) for each in rows if not _details_fit(each, vault)]
    by_number = {each.number: each for each in rows}
    good: list[CheckedEnd] = []
    for head in heads:
        entry = by_number.get(head.number)
        end = End(identifier or "", head.number, entry.hash if entry else "")
        try:
            if entry is None:
                raise _EndDoesNotFit("missing")
            good.append(_checked(end.text(), head.signed, end, vault, trust, now))
        except _EndDoesNotFit as failure:
            reasons.append(pure.JournalEndWrong(head.number, failure.why))
        if good and (good[-1].stamp or not any(each.stamped for each in heads)):
            break
    if exported is not None:
        reasons += _compared(exported, identifier, by_number, vault, trust, now)
    stamped = next((each for each in good if each.stamp), None)
    return Report(len(rows), good[0] if good else None, stamped, tuple(reasons))


def exported(database: Path) -> tuple[bytes, bytes]:
    """The last signed end: its text, and the detached signature (DER).

    Raises:
        JournalEmpty, JournalEndUnsigned.
    """
    with JournalRecords.read(database) as records:
        identifier, heads = records.id(), records.heads()
        entries = {each.number: each for each in records.entries()}
    if identifier is None or not entries:
        raise JournalEmpty
    if not heads or heads[0].number not in entries:
        raise JournalEndUnsigned
    return End(identifier, heads[0].number, entries[heads[0].number].hash).text(), heads[0].signed


class _EndDoesNotFit(Exception):
    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _checked(text: bytes, signed: bytes, end: End, vault: Vault, trust: TrustSettings, now: datetime) -> CheckedEnd:
    """Raises `_EndDoesNotFit`."""
    try:
        reader = SignedDataReader(lambda _: None)
        reader.feed(signed)
        found = reader.close()
        (info,) = found.signers
        loaded = [each for each in map(Carried.load, found.certificates) if each is not None]
        (carried,) = list(candidates(info, loaded))[:1]
        check(info, carried, lambda algorithm: _digest(algorithm, text), lambda octets: text[:octets])
        signer = Certificate.parse(carried.der)
    except (CmsFailure, SignatureFailure, CertificateUndecodable) as failure:
        raise _EndDoesNotFit(failure.code) from None
    except ValueError:
        raise _EndDoesNotFit("signer") from None
    stamp, refused = None, None
    for token in time_stamp_tokens(info)[: limits.TIME_STAMPS_IN_MESSAGE]:
        try:
            stamp = verify(token, info.value, trust.stamping(now, NOTHING_AT_HAND, Allowance()), found.certificates)
            break
        except TimeStampFailure as failure:
            refused = failure
    own = any(signer.der in each.certificates for each in vault.entries())
    return CheckedEnd(end, signer, own, stamp, None if stamp else refused)


def _compared(
    given: tuple[bytes, bytes],
    identifier: str | None,
    entries: Mapping[int, EntryRow],
    vault: Vault,
    trust: TrustSettings,
    now: datetime,
) -> list[Reason]:
    text, signed = given
    end = End.parse(text)
    if end is None or len(signed) > limits.JOURNAL_HEAD_OCTETS:
        raise JournalEndUnreadable(text[:60].decode(errors="replace"))
    try:
        _checked(text, signed, end, vault, trust, now)
    except _EndDoesNotFit as failure:
        return [pure.JournalEndWrong(end.number, failure.why)]
    return [] if pure.fits(end, identifier, entries) is None else [pure.JournalRolledBack(end.number)]


def _opened(entry: EntryRow, vault: Vault) -> Details | None:
    if entry.details is None or vault.locked:
        return None
    try:
        octets = vault.unseal(PURPOSE, entry.details)
    except (SecretDamaged, VaultLocked):
        return None
    found = Details.decode(octets)
    return None if found is None or pure.commitment(octets) != pure.facts(entry).get("details") else found


def _details_fit(entry: EntryRow, vault: Vault) -> bool:
    return entry.details is None or vault.locked or _opened(entry, vault) is not None


def _digest(algorithm: hashes.HashAlgorithm, octets: bytes) -> bytes:
    digest = hashes.Hash(algorithm)
    digest.update(octets)
    return digest.finalize()
