"""The journal of what was signed on this computer: entered as it is made, shown, checked, and deleted as a whole.

    journal.enter_sent(desk, key, made, details)     # by `protect`, when the messages are made
    journal.listed(database, vault)
    report = journal.verified(database, vault, trust, now)

Entering and signing the end are two steps: the entry is written first, in one short transaction, and its end is signed
(and time-stamped, which asks the network) outside of it. Whoever is killed in between leaves an entry whose end is not
signed yet; the next signed end covers it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import Certificate as Carried
from letterlock.cms import (
    CmsFailure,
    SignatureFailure,
    SignedDataReader,
    SignedDataWriter,
    Signing,
    SigningKey,
    candidates,
    check,
    create_attributes,
    time_stamp_tokens,
)
from letterlock.errors import Coded, Fault, JsonFact, LetterlockError, Reason
from letterlock.evidence import journal as pure
from letterlock.evidence.failures import TimeStampFailure
from letterlock.evidence.journal import End, Kind
from letterlock.evidence.timestamp import TimeStamp, verify
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.keystore.vault import Vault
from letterlock.operations import timestamps
from letterlock.operations.timestamps import Stamping
from letterlock.operations.trust import TrustSettings
from letterlock.store.database import Store
from letterlock.store.journal import EntryRow, HeadRow, JournalRecords
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Allowance
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.trust.revocation import NOTHING_AT_HAND

if TYPE_CHECKING:
    from letterlock.operations.protect import Desk, Outgoing
    from letterlock.operations.signature import Signature

_KEPT = "journal.kept"
_PURPOSE = "journal"


class JournalEmpty(LetterlockError):
    """There is no journal, so it has no end."""

    code = "journal_empty"
    fault = Fault.USER


class JournalEndUnsigned(LetterlockError):
    """The journal has entries, and no end of it was signed yet."""

    code = "journal_end_unsigned"
    fault = Fault.USER


class JournalEndUnreadable(LetterlockError):
    """What is given as an exported end is none."""

    code = "journal_end_unreadable"
    fault = Fault.USER
    file: str


class Details(NamedTuple):
    """What is sealed in an entry; `salt` comes first in what the entry's digest is about."""

    salt: bytes
    said: dict[str, Any]

    def encode(self) -> bytes:
        """The octets of which an entry has the SHA-256."""
        return self.salt + json.dumps(self.said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    @classmethod
    def decode(cls, octets: bytes) -> Details | None:
        """None where it is something else."""
        try:
            said = json.loads(octets[pure.SALT_OCTETS :])
        except (ValueError, RecursionError):
            return None
        return cls(octets[: pure.SALT_OCTETS], said) if isinstance(said, dict) else None


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


# --- Entering --------------------------------------------------------------------------------------------------


def enter_sent(desk: Desk, key: SigningKey, made: Sequence[Outgoing], details: Mapping[str, str]) -> list[Coded]:
    """Everything that was just signed: one entry for each signature, and a signed end after the last.

    Returns:
        What is to be said of the end, where it could not be signed or time-stamped.
    """
    if not kept(desk.database):
        return []
    signatures: dict[int, tuple[Signature, list[Outgoing]]] = {}
    for each in made:
        if each.signature is not None:
            signatures.setdefault(id(each.signature), (each.signature, []))[1].append(each)
    for signature, messages in signatures.values():
        recipients = list(dict.fromkeys(address for each in messages for address in each.recipients))
        if not recipients:
            # The copy for Sent of an encrypted message with Bcc, which goes nowhere.
            continue
        _enter(
            desk.database,
            desk.vault,
            desk.at,
            Kind.SENT,
            {
                **_of_signature(signature),
                "messages": [_sha256(each) for each in messages],
            },
            hashlib.sha256(signature.value).hexdigest(),
            {**details, "recipients": recipients},
        )
    if not signatures:
        return []
    # Where a message has just waited for authorities in vain, its entry does not wait once more.
    stamped = all(signature.time_stamped for signature, _ in signatures.values())
    stamping = desk.stamping if stamped else Stamping()
    return sign_end(desk.database, key, stamping, desk.trust, desk.at, chain(desk, key))


def enter_receipt_sent(
    desk: Desk, key: SigningKey, signature: Signature, original: bytes, message: str, details: Mapping[str, Any]
) -> list[Coded]:
    """A receipt that was just signed, for the message whose signature has this value; what is to be said of it."""
    if not kept(desk.database):
        return []
    facts = {**_of_signature(signature), "messages": [message], "receipt_for": hashlib.sha256(original).hexdigest()}
    mark = hashlib.sha256(signature.value).hexdigest()
    _enter(desk.database, desk.vault, desk.at, Kind.RECEIPT_SENT, facts, mark, details)
    return sign_end(desk.database, key, desk.stamping, desk.trust, desk.at, chain(desk, key))


def enter_receipt_received(database: Path, at: datetime, entry: EntryRow, receipt: bytes, signer: Certificate) -> bool:
    """A receipt that was verified and fits this entry; false if it stands in the journal already."""
    digest = hashlib.sha256(receipt).hexdigest()
    facts: dict[str, JsonFact] = {
        "receipt": digest,
        "signature": entry.mark,
        "signer": signer.sha256,
        "by": signer.name,
        "for": entry.hash,
    }
    with JournalRecords.open(database) as records:
        if any(pure.facts(each).get("receipt") == digest for each in records.marked(entry.mark)):
            return False
        records.append(
            lambda identifier, last: pure.row(
                identifier, last, at, Kind.RECEIPT_RECEIVED, facts, entry.mark, object_=receipt
            )
        )
    return True


def sign_end(
    database: Path,
    key: SigningKey,
    stamping: Stamping,
    trust: TrustSettings,
    now: datetime,
    along: Sequence[bytes] = (),
) -> list[Coded]:
    """Sign the end as it is now; what is to be said of it. Raises `JournalEmpty`."""
    from letterlock.operations.protect_reasons import JournalEndNotSigned, SignedWithoutTimeStamp

    with JournalRecords.read(database) as records:
        identifier, last = records.id(), records.last()
    if identifier is None or last is None:
        raise JournalEmpty
    said: list[Coded] = []
    stamps: list[bytes] = []

    def beside(value: bytes) -> Sequence[bytes]:
        try:
            stamps.append(timestamps.stamp(value, stamping, trust, datetime.now(UTC)).token)
        except timestamps.NoTimeStamp as failure:
            said.append(SignedWithoutTimeStamp(failure.servers, failure.codes))
        return [create_attributes.time_stamp(each) for each in stamps]

    out = bytearray()
    signing = Signing(key, now, (), unsigned_attributes=beside if stamping.authorities else None)
    try:
        writer = SignedDataWriter(out.extend, [signing], certificates=along, detached=True)
        writer.write(End(identifier, last.number, last.hash).text())
        writer.close()
    except LetterlockError as failure:
        # A card that was pulled out after it had signed the message: the entry stands all the same.
        return [JournalEndNotSigned(failure.code)]
    with JournalRecords.open(database) as records:
        records.add_head(identifier, HeadRow(last.number, bytes(out), bool(stamps)))
    return said


def _enter(
    database: Path,
    vault: Vault,
    at: datetime,
    kind: Kind,
    facts: dict[str, JsonFact],
    mark: str,
    details: Mapping[str, Any],
) -> None:
    octets = Details(os.urandom(pure.SALT_OCTETS), dict(details)).encode()
    sealed = None
    if len(octets) <= limits.JOURNAL_DETAILS_OCTETS:
        try:
            sealed = vault.seal(_PURPOSE, octets)
        except VaultLocked:
            # Signed with a card: there may be no vault. Whoever has the message can still show what it says.
            sealed = None
    whole = {**facts, "details": pure.commitment(octets)}
    with JournalRecords.open(database) as records:
        records.append(lambda identifier, last: pure.row(identifier, last, at, kind, whole, mark, sealed))


def _of_signature(signature: Signature) -> dict[str, JsonFact]:
    stamped = signature.time_stamped
    return {
        "content": signature.content.hexdigest(),
        "signature": hashlib.sha256(signature.value).hexdigest(),
        "attributes": signature.attributes_digest.hex(),
        "signer": signature.certificate.fingerprint(hashes.SHA256()).hex(),
        "identifier": signature.request.identifier.hex() if signature.request else None,
        "time_stamped": stamped.strftime("%Y-%m-%dT%H:%M:%SZ") if stamped else None,
    }


def _sha256(made: Outgoing) -> str:
    digest = hashlib.sha256()
    for piece in made.octets.blocks():
        digest.update(piece)
    return digest.hexdigest()


def chain(desk: Desk, key: SigningKey) -> list[bytes]:
    """The authorities above a key in the vault, without the root."""
    whose = Carried.of(key.certificate).der
    found = [each.chain for each in desk.vault.entries() if whose in each.certificates]
    return [each.der for each in map(Certificate.parse, found[0] if found else ()) if not each.self_issued]


# --- Showing and checking --------------------------------------------------------------------------------------


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
        octets = vault.unseal(_PURPOSE, entry.details)
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


# --- Keeping ---------------------------------------------------------------------------------------------------


def kept(database: Path) -> bool:
    """Whether a journal is kept (the default)."""
    with Store.read(database) as store:
        return store.setting(_KEPT, True) is not False


def keep(database: Path, wanted: bool) -> None:
    """From now on, keep a journal, or do not; what is in it stays."""
    with Store.open(database) as store:
        store.set_setting(_KEPT, wanted)


def delete(database: Path) -> int:
    """Forget the journal as a whole; how many entries it had. There is no way to take out a single one."""
    with JournalRecords.open(database) as records:
        return records.delete()
