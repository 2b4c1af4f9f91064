"""Signed receipts (RFC 2634 §2, RFC 5035): told when one is asked for, made when a person says so, verified when one
comes.

    receipts.asked(opened, own_addresses)              # raises why there is nothing to be given
    made = receipts.make(opened, desk)                 # a finished message, which nobody has sent yet
    receipts.said(seen, Sent(database, vault))         # what a receipt that came proves

A receipt says: "this signature reached me and I verified it". So it is made for `valid` messages only, and what a
receipt is worth depends on its own signature, like anything else. Nothing is ever answered by itself: a receipt tells
the sender that an address is read, and when.

Against loops: a receipt never asks for a receipt and is never given one (RFC 2634 §2.2.1), one is made once for each
signature, and its message says that it is an answer, so that no absence note answers it (RFC 3834 §5).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock import limits
from letterlock.cms import CmsFailure, SignatureFailure, SignedDataWriter, ess
from letterlock.cms.algorithms import digest_for
from letterlock.cms.attributes import RECEIPT_REQUEST, message_digest
from letterlock.cms.content_types import DATA, RECEIPT
from letterlock.cms.ess import Expansion, Receipt, ReceiptRequest
from letterlock.errors import Coded, LetterlockError
from letterlock.evidence import journal as entries
from letterlock.evidence.journal import Kind
from letterlock.keystore.vault import Vault
from letterlock.mime import writer
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.operations import journal, keys_choose, protect
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.operations.receipt_reasons import (
    LabelMalformed,
    LabelShown,
    ReceiptConfirms,
    ReceiptDoesNotFit,
    ReceiptFits,
    ReceiptForbiddenByList,
    ReceiptForUnknown,
    ReceiptFromOther,
    ReceiptMadeAlready,
    ReceiptMalformed,
    ReceiptNotBelieved,
    ReceiptNotFromYou,
    ReceiptNotRequested,
    ReceiptReceived,
    ReceiptRefused,
    ReceiptRequested,
    ReceiptRequestMalformed,
    ReceiptRequestsDiffer,
)
from letterlock.operations.signature import Signature
from letterlock.operations.signers import SignerResult
from letterlock.store.journal import EntryRow, JournalRecords
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate
from letterlock.verdict import HeaderSet, SignatureStatus

if TYPE_CHECKING:
    from letterlock.operations.assess import SeenReceipt
    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.protect import Desk

# ESSSecurityLabel's basic values (RFC 2634 §3.2), in the standard's own words.
_CLASSIFICATIONS = ("unmarked", "unclassified", "restricted", "confidential", "secret", "top-secret")


# --- What is known of a message that was sent ------------------------------------------------------------------


class Message(NamedTuple):
    """What is kept of a sent message to compare a receipt with (RFC 2634 §2.6).

    `entry`: its entry in the journal; `recipients`: None where they cannot be told.
    """

    identifier: str
    attributes: str
    recipients: tuple[str, ...] | None
    entry: EntryRow | None = None


class Known(Protocol):
    """Who knows messages by their signature values."""

    def message(self, receipt: Receipt) -> Message | None:
        """The message that this receipt names; None where there is none."""
        ...

    def delivered(self, receipt: bytes, signer: Certificate, message: Message) -> None:
        """A receipt that fits this message and is believed."""
        ...

    def received(self, value: bytes) -> list[tuple[str, datetime]] | None:
        """Who confirmed the message with this signature value, and when; None where it was not sent from here."""
        ...


class Sent:
    """The journal on this computer. `keep`: enter the receipts that come."""

    def __init__(self, database: Path, vault: Callable[[], Vault] | None = None, keep: bool = False) -> None:
        self._database = database
        self._vault = vault
        self._keep = keep

    def message(self, receipt: Receipt) -> Message | None:
        """By the signature value; else by the identifier, so that a receipt for something else is told from a stray
        one."""
        with JournalRecords.read(self._database) as records:
            found = records.marked(hashlib.sha256(receipt.signature).hexdigest())
            rows = [each for each in found if each.kind == Kind.SENT] or records.identified(receipt.identifier.hex())
        if not rows:
            return None
        facts = entries.facts(rows[0])
        details = journal.details(rows[0], self._vault()) if self._vault else None
        recipients = tuple(map(str, details.get("recipients", ()))) if details else None
        return Message(str(facts.get("identifier")), str(facts.get("attributes")), recipients, rows[0])

    def delivered(self, receipt: bytes, signer: Certificate, message: Message) -> None:
        """Entered, where that is wanted."""
        if self._keep and message.entry is not None and receipt:
            journal.enter_receipt_received(self._database, datetime.now(UTC), message.entry, receipt, signer)

    def received(self, value: bytes) -> list[tuple[str, datetime]] | None:
        """As the journal has them."""
        rows = journal.marked(self._database, value)
        if all(each.kind != Kind.SENT for each in rows):
            return None
        found = [(entries.facts(each), each.at) for each in rows if each.kind == Kind.RECEIPT_RECEIVED]
        return [(str(facts.get("by", "–")), datetime.fromisoformat(at)) for facts, at in found]


class Given:
    """One message that somebody has at hand: the very message that was sent, opened."""

    def __init__(self, original: OpenedMessage) -> None:
        self._messages: dict[bytes, Message] = {}
        recipients = tuple(_named(original.verdict.headers.protected or original.verdict.headers.outer))
        for each in original.assessment.deciding:
            if each.checked is not None:
                request = _request(each)
                digest = _signature_digest(each)
                self._messages[each.info.value] = Message(
                    request.identifier.hex() if request else "", digest.hex(), recipients or None
                )

    def message(self, receipt: Receipt) -> Message | None:
        """By the signature value, else by the identifier."""
        by_identifier = {each.identifier: each for each in self._messages.values() if each.identifier}
        return self._messages.get(receipt.signature) or by_identifier.get(receipt.identifier.hex())

    def delivered(self, receipt: bytes, signer: Certificate, message: Message) -> None:
        """Nothing is kept."""

    def received(self, value: bytes) -> list[tuple[str, datetime]] | None:
        """Nothing is known."""
        return None


# --- What is said ----------------------------------------------------------------------------------------------


def told(intact: Sequence[SignerResult], sent: Known | None) -> list[Coded]:
    """The receipt that is asked for, and the label, of signatures that hold. The verdict does not depend on them."""
    said: list[Coded] = []
    for each in intact:
        try:
            label = ess.security_label(each.info.signed_attributes)
            said += [] if label is None else [_shown(label)]
        except CmsFailure:
            said.append(LabelMalformed())
        try:
            request = ess.receipt_request(each.info.signed_attributes)
        except CmsFailure:
            said.append(ReceiptRequestMalformed())
            continue
        if request is None or each.info.content_type != DATA:
            continue
        received = _received(each, sent)
        if received is not None:
            said += [ReceiptReceived(signer, at) for signer, at in received]
        else:
            said.append(ReceiptRequested(_name(each), request.to))
    return said


def said(seen: SeenReceipt, sent: Known | None) -> list[Coded]:
    """What a receipt that came proves."""
    try:
        receipt = Receipt.parse(seen.content)
    except CmsFailure as failure:
        return [ReceiptMalformed(str(failure.facts().get("where", failure.code)))]
    found: list[Coded] = []
    for result in seen.results:
        if not result.trusted or result.certificate is None:
            found.append(ReceiptNotBelieved(result.status.value))
            continue
        try:
            found.append(_compared(receipt, seen, result, result.certificate, sent))
        except CmsFailure:
            found.append(ReceiptMalformed("MsgSigDigest"))
        except LetterlockError as failure:
            # A journal that cannot be read keeps nobody from reading mail; it is said.
            found.append(failure)
    return found


def _compared(
    receipt: Receipt, seen: SeenReceipt, result: SignerResult, certificate: Certificate, sent: Known | None
) -> Coded:
    """RFC 2634 §2.6: every value of the receipt against what was sent."""
    content, encoded = seen.content, seen.encoded
    attributes = result.info.signed_attributes or ()
    digest = ess.message_signature_digest(attributes)
    computed = hashes.Hash(digest_for(result.info.digest).hash())
    computed.update(content)
    if message_digest(attributes) != computed.finalize():
        # The signature holds with other line ends only: these are not the octets that were signed.
        return ReceiptMalformed("Receipt")
    message = sent.message(receipt) if sent else None
    if message is None:
        return ReceiptForUnknown()
    if message.entry is not None and message.entry.mark != hashlib.sha256(receipt.signature).hexdigest():
        return ReceiptDoesNotFit("originatorSignatureValue")
    for field_, fits in (
        ("contentType", receipt.content_type == DATA),
        ("signedContentIdentifier", receipt.identifier.hex() == message.identifier),
        ("msgSigDigest", digest.hex() == message.attributes),
    ):
        if not fits:
            return ReceiptDoesNotFit(field_)
    if message.recipients is not None and not any(
        names_address(certificate.addresses, each) for each in message.recipients
    ):
        return ReceiptFromOther(certificate.name)
    if sent is not None:
        sent.delivered(encoded, certificate, message)
    if message.entry is None:
        return ReceiptFits(certificate.name)
    return ReceiptConfirms(certificate.name, datetime.fromisoformat(message.entry.at), message.entry.number)


def _received(result: SignerResult, sent: Known | None) -> list[tuple[str, datetime]] | None:
    try:
        return sent.received(result.info.value) if sent else None
    except LetterlockError:
        # That the database cannot be read is said where it matters.
        return None


def _shown(label: ess.SecurityLabel) -> LabelShown:
    number = label.classification
    said = [] if number is None else [_CLASSIFICATIONS[number] if number < len(_CLASSIFICATIONS) else str(number)]
    said += [label.mark] if label.mark else []
    return LabelShown(" · ".join(said) or "–", label.policy, number, label.categories)


def _name(result: SignerResult) -> str:
    return result.certificate.name if result.certificate else "–"


# --- Making one ------------------------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A receipt that can be given: for whose signature, as what it asks, to whom, and who of us gives it."""

    result: SignerResult
    request: ReceiptRequest
    to: tuple[str, ...]
    sender: str


@dataclass(frozen=True)
class Made:
    """A finished message with a receipt. Nobody has sent it."""

    octets: bytes
    sender: str
    to: tuple[str, ...]
    reasons: list[Coded] = field(default_factory=list)


def asked(opened: OpenedMessage, own: Sequence[str], whose: str | None = None) -> Asked:
    """The receipt that a message asks us for (RFC 2634 §2.3).

    Args:
        own: our addresses.
        whose: which of them gives it, where that is not clear.

    Raises:
        ReceiptNotRequested, ReceiptRefused, ReceiptRequestsDiffer, ReceiptForbiddenByList, ReceiptNotFromYou.
    """
    found = [(each, _request(each)) for each in opened.assessment.deciding]
    asking = [(each, request) for each, request in found if request is not None]
    status = opened.verdict.signature.status
    if opened.assessment.receipts or not any(_asks(each) for each, _ in found):
        raise ReceiptNotRequested
    if status is not SignatureStatus.VALID:
        raise ReceiptRefused(status.value)
    if not asking:
        raise ReceiptNotRequested
    if any(request.encoded != asking[0][1].encoded for _, request in asking[1:]):
        raise ReceiptRequestsDiffer
    result, request = next(((each, one) for each, one in asking if each.status is status), asking[0])
    to = _receipts_to(request, _expansions(opened))
    headers = opened.verdict.headers.protected or opened.verdict.headers.outer
    wanted = _named(headers) if request.from_everybody else request.from_addresses
    ours = [each for each in own if any(names_address((each,), one) for one in wanted)]
    if whose is not None:
        # Somebody knows that a message to a list or by Bcc was meant for this address.
        ours = [whose] if request.from_everybody or any(names_address((whose,), one) for one in wanted) else []
    if not ours:
        raise ReceiptNotFromYou
    return Asked(result, request, to, ours[0])


def make(
    opened: OpenedMessage, desk: Desk, whose: str | None = None, again: bool = False, language: str = "en"
) -> Made:
    """Make the receipt that a message asks for, as a finished message.

    Args:
        desk: with the vault unlocked, or a card.
        again: also where one was made for it already.

    Raises:
        NoReceipt: as `asked`, and `ReceiptMadeAlready`.
        NothingLeaves: there is no key to sign it with.
        NoTimeStamp: as `Plan.make`; whatever a key raises passes through.
    """
    wanted = asked(opened, own_addresses(desk), whose)
    value = wanted.result.info.value
    if not again:
        _not_yet(desk.database, value)
    missing: list[Coded] = []
    chosen = keys_choose.choose(desk.vault.entries(), desk.database, wanted.sender, desk.at)
    key = protect.signing_key(chosen, desk, wanted.sender, missing)
    if key is None:
        raise NothingLeaves(missing)
    signature = Signature(key, None, desk.stamping, desk.trust, desk.at)
    digest = ess.message_signature_digest_attribute(_signature_digest(wanted.result))
    signing = replace(signature.signing(desk.at, None), attributes=(digest,))
    content = Receipt(DATA, wanted.request.identifier, value).encode()
    out = bytearray()
    # RFC 2634 §2.5: the chain goes along, so that whoever gets it can check it.
    signer = SignedDataWriter(
        out.extend, [signing], certificates=journal.chain(desk, key), content_type=RECEIPT, length=len(content)
    )
    signer.write(content)
    signature.content.update(content)
    signer.close()
    octets = b"".join(writer.whole(_fields(opened, wanted, desk.at, language), _mime(bytes(out))))
    said = journal.enter_receipt_sent(
        desk, key, signature, value, hashlib.sha256(octets).hexdigest(), {"recipients": list(wanted.to)}
    )
    return Made(octets, wanted.sender, wanted.to, [*signature.reasons, *said])


def own_addresses(desk: Desk) -> list[str]:
    """Every address that a key of ours is for."""
    found = keys_choose.addresses(desk.vault.entries())
    for each in desk.cards:
        found += Certificate.parse(each.certificate.public_bytes(Encoding.DER)).addresses
    return list(dict.fromkeys(found))


def _asks(result: SignerResult) -> bool:
    """Whether a signature of a mail, intact or not, has a request beside it."""
    attributes = result.info.signed_attributes or ()
    return result.info.content_type == DATA and any(each.oid == RECEIPT_REQUEST for each in attributes)


def _request(result: SignerResult) -> ReceiptRequest | None:
    """What an intact signature asks for; a receipt asks for none, whatever stands beside it."""
    if result.checked is None or result.info.content_type != DATA:
        return None
    try:
        return ess.receipt_request(result.info.signed_attributes)
    except CmsFailure:
        return None


def _receipts_to(request: ReceiptRequest, lists: Sequence[Expansion]) -> tuple[str, ...]:
    """To whom, after what the last mailing list says (RFC 2634 §4.3)."""
    to = request.to
    if lists:
        last = lists[-1]
        if request.first_tier or last.policy == "none":
            raise ReceiptForbiddenByList
        if last.policy == "instead":
            to = last.addresses
        elif last.policy == "in_addition":
            to = (*to, *last.addresses)
    # Whoever asks writes these names, and they are to stand in a header: nothing but one address each.
    to = tuple(dict.fromkeys(filter(_is_address, to)))[: limits.RECEIPT_ADDRESSES]
    if not to:
        raise ReceiptNotRequested
    return to


def _is_address(text: str) -> bool:
    try:
        found = parse_list(text)
    except BadAddress:
        return False
    return text.isprintable() and [each.address for each in found] == [text]


def _expansions(opened: OpenedMessage) -> tuple[Expansion, ...]:
    """Of the outermost intact signature that tells of any (RFC 2634 §4.2: a list puts its history there)."""
    for each in (*opened.assessment.around, *opened.assessment.deciding):
        if each.checked is None:
            continue
        try:
            found = ess.expansions(each.info.signed_attributes)
        except CmsFailure:
            # A list that cannot be understood may have said that it wants none.
            raise ReceiptForbiddenByList from None
        if found:
            return found
    return ()


def _not_yet(database: Path, value: bytes) -> None:
    digest = hashlib.sha256(value).hexdigest()
    with JournalRecords.read(database) as records:
        rows = records.answering(digest)
    if rows:
        raise ReceiptMadeAlready(datetime.fromisoformat(rows[0].at), rows[0].number)


def _signature_digest(result: SignerResult) -> bytes:
    """The digest of the signed attributes as the signature covers them, by the signer's own digest algorithm."""
    assert result.checked is not None
    try:
        computed = hashes.Hash(digest_for(result.info.digest).hash())
    except SignatureFailure:
        return b""
    computed.update(result.checked.signed_octets)
    return computed.finalize()


def _fields(opened: OpenedMessage, wanted: Asked, at: datetime, language: str) -> list[bytes]:
    """The header. The subject of the message is not repeated: it may have come encrypted."""
    local = os.urandom(16).hex()
    domain = wanted.sender.rpartition("@")[2]
    subject = "=?utf-8?q?Signierte_Quittung?=" if language == "de" else "Signed receipt"
    lines = [
        f"From: {wanted.sender}",
        f"To: {', '.join(wanted.to)}",
        f"Subject: {subject}",
        f"Date: {format_datetime(at.astimezone(UTC))}",
        f"Message-ID: <{local}@{domain}>",
        "Auto-Submitted: auto-replied",
    ]
    answered = opened.message_id
    if answered:
        lines += [f"In-Reply-To: {answered}", f"References: {answered}"]
    return [f"{each}\r\n".encode() for each in lines]


def _mime(cms: bytes) -> list[bytes]:
    return list(writer.pkcs7_mime([cms], "signed-receipt"))


def _named(headers: HeaderSet) -> list[str]:
    """The addresses of To and Cc."""
    found: list[str] = []
    for each in (*headers.to, *headers.cc):
        try:
            found += [one.address for one in parse_list(each)]
        except BadAddress:
            continue
    return found
