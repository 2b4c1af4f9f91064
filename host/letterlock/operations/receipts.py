"""Signed receipts (RFC 2634, RFC 5035) as they are read: told when one is asked for, compared when one comes.

    told(intact_results, sent)                         # of a message: the receipt it asks for, its label
    said(seen, Sent(database, vault))                  # what a receipt that came proves

What a receipt is worth depends on its own signature, like anything else. `receipt_make` makes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cryptography.hazmat.primitives import hashes

from letterlock.cms import CmsFailure, SignatureFailure, ess
from letterlock.cms.algorithms import digest_for
from letterlock.cms.attributes import message_digest
from letterlock.cms.content_types import DATA
from letterlock.cms.ess import Receipt, ReceiptRequest
from letterlock.errors import Coded, LetterlockError
from letterlock.evidence import journal as entries
from letterlock.evidence.journal import Kind
from letterlock.keystore.vault import Vault
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.operations import journal, journal_check
from letterlock.operations.receipt_reasons import (
    LabelMalformed,
    LabelShown,
    ReceiptConfirms,
    ReceiptDoesNotFit,
    ReceiptFits,
    ReceiptForUnknown,
    ReceiptFromOther,
    ReceiptMalformed,
    ReceiptNotBelieved,
    ReceiptReceived,
    ReceiptRequested,
    ReceiptRequestMalformed,
)
from letterlock.operations.signers import SignerResult
from letterlock.store.journal import EntryRow, JournalRecords
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate
from letterlock.verdict import HeaderSet

if TYPE_CHECKING:
    from letterlock.operations.assess import SeenReceipt
    from letterlock.operations.open import OpenedMessage

# ESSSecurityLabel's basic values (RFC 2634 §3.2), in the standard's own words.
_CLASSIFICATIONS = ("unmarked", "unclassified", "restricted", "confidential", "secret", "top-secret")


# --- What is known of a message that was sent ------------------------------------------------------------------


class Message(NamedTuple):
    """What is kept of a sent message to compare a receipt with (RFC 2634 §2.6).

    `signature`: SHA-256 of the signature value; `attributes`: digest of the signed attributes, both in hex; `entry`:
    its entry in the journal; `recipients`: None where they cannot be told.
    """

    identifier: str
    signature: str
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
            found = records.marked(_sha256(receipt.signature))
            rows = [each for each in found if each.kind == Kind.SENT] or records.identified(receipt.identifier.hex())
        if not rows:
            return None
        facts = entries.facts(rows[0])
        details = journal_check.details(rows[0], self._vault()) if self._vault else None
        recipients = tuple(map(str, details.get("recipients", ()))) if details else None
        identifier, signature, attributes = (str(facts.get(name)) for name in ("identifier", "signature", "attributes"))
        return Message(identifier, signature, attributes, recipients, rows[0])

    def delivered(self, receipt: bytes, signer: Certificate, message: Message) -> None:
        """Entered, where that is wanted."""
        if self._keep and message.entry is not None and receipt:
            journal.enter_receipt_received(self._database, datetime.now(UTC), message.entry, receipt, signer)

    def received(self, value: bytes) -> list[tuple[str, datetime]] | None:
        """As the journal has them."""
        rows = journal_check.marked(self._database, value)
        if all(each.kind != Kind.SENT for each in rows):
            return None
        found = [(entries.facts(each), each.time) for each in rows if each.kind == Kind.RECEIPT_RECEIVED]
        return [(str(facts.get("by", "–")), at) for facts, at in found]


class Given:
    """One message that somebody has at hand: the very message that was sent, opened."""

    def __init__(self, original: OpenedMessage) -> None:
        self._messages: dict[bytes, Message] = {}
        recipients = tuple(addressees(original.verdict.headers.protected or original.verdict.headers.outer))
        for each in original.assessment.deciding:
            if each.checked is not None:
                request = request_of(each)
                digest = signature_digest(each)
                self._messages[each.info.value] = Message(
                    request.identifier.hex() if request else "",
                    _sha256(each.info.value),
                    digest.hex(),
                    recipients or None,
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
    for field_, fits in (
        ("originatorSignatureValue", _sha256(receipt.signature) == message.signature),
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
    return ReceiptConfirms(certificate.name, message.entry.time, message.entry.number)


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


def _sha256(octets: bytes) -> str:
    return hashlib.sha256(octets).hexdigest()


def _name(result: SignerResult) -> str:
    return result.certificate.name if result.certificate else "–"


# --- What a message says of itself ------------------------------------------------------------------------------


def request_of(result: SignerResult) -> ReceiptRequest | None:
    """What an intact signature asks for; a receipt asks for none, whatever stands beside it."""
    if result.checked is None or result.info.content_type != DATA:
        return None
    try:
        return ess.receipt_request(result.info.signed_attributes)
    except CmsFailure:
        return None


def signature_digest(result: SignerResult) -> bytes:
    """The digest of the signed attributes as the signature covers them, by the signer's own digest algorithm."""
    assert result.checked is not None
    try:
        computed = hashes.Hash(digest_for(result.info.digest).hash())
    except SignatureFailure:
        return b""
    computed.update(result.checked.signed_octets)
    return computed.finalize()


def addressees(headers: HeaderSet) -> list[str]:
    """The addresses of To and Cc."""
    found: list[str] = []
    for each in (*headers.to, *headers.cc):
        try:
            found += [one.address for one in parse_list(each)]
        except BadAddress:
            continue
    return found
