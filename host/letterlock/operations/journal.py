"""The journal of what was signed on this computer: entered as it is made, its end signed, and deleted as a whole.

    journal.enter_sent(desk, key, made, details)     # by `protect`, when the messages are made
    journal.sign_end(database, key, stamping, trust, now)

Entering and signing the end are two steps: the entry is written first, in one short transaction, and its end is signed
(and time-stamped, which asks the network) outside of it. Whoever is killed in between leaves an entry whose end is not
signed yet; the next signed end covers it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import Certificate as Carried
from letterlock.cms import SignedDataWriter, Signing, SigningKey, create_attributes
from letterlock.errors import Coded, Fault, JsonFact, LetterlockError
from letterlock.evidence import journal as pure
from letterlock.evidence.journal import End, Kind
from letterlock.keystore.failures import VaultLocked
from letterlock.keystore.vault import Vault
from letterlock.operations import timestamps
from letterlock.operations.timestamps import Stamping
from letterlock.operations.trust import TrustSettings
from letterlock.store.database import Store
from letterlock.store.journal import EntryRow, HeadRow, JournalRecords
from letterlock.trust.certificate import Certificate

if TYPE_CHECKING:
    from letterlock.operations.protect import Desk, Outgoing
    from letterlock.operations.signature import Signature

_KEPT = "journal.kept"

PURPOSE = "journal"
"""What details are sealed for (`Vault.seal`)."""


class JournalEmpty(LetterlockError):
    """There is no journal, so it has no end."""

    code = "journal_empty"
    fault = Fault.USER


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
            sealed = vault.seal(PURPOSE, octets)
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
