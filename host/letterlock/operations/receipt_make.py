"""Making a signed receipt (RFC 2634 §2.3 to §2.5), because a person says so: for whom, to whom, and what is signed.

    asked(opened, own_addresses)                       # raises why there is nothing to be given
    made = make(opened, desk)                          # a finished message, which nobody has sent yet

A receipt says: "this signature reached me and I verified it". So it is made for `valid` messages only. Nothing is ever
answered by itself: a receipt tells the sender that an address is read, and when.

Against loops: a receipt never asks for a receipt and is never given one (RFC 2634 §2.2.1), one is made once for each
signature, and its message says that it is an answer, so that no absence note answers it (RFC 3834 §5).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from letterlock import limits
from letterlock.cms import CmsFailure, SignedDataWriter, ess
from letterlock.cms.attributes import RECEIPT_REQUEST
from letterlock.cms.content_types import DATA, RECEIPT
from letterlock.cms.ess import Expansion, Receipt, ReceiptRequest
from letterlock.errors import Coded
from letterlock.mime import writer
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.operations import journal, keys_choose, protect
from letterlock.operations.protect_reasons import NothingLeaves
from letterlock.operations.receipt_reasons import (
    ReceiptForbiddenByList,
    ReceiptMadeAlready,
    ReceiptNotFromYou,
    ReceiptNotRequested,
    ReceiptRefused,
    ReceiptRequestsDiffer,
)
from letterlock.operations.receipts import addressees, request_of, signature_digest
from letterlock.operations.signature import Signature
from letterlock.operations.signers import SignerResult
from letterlock.store.journal import JournalRecords
from letterlock.trust.addresses import names_address
from letterlock.verdict import SignatureStatus

if TYPE_CHECKING:
    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.protect import Desk


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
    found = [(each, request_of(each)) for each in opened.assessment.deciding]
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
    wanted = addressees(headers) if request.from_everybody else request.from_addresses
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
    digest = ess.message_signature_digest_attribute(signature_digest(wanted.result))
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
        found += protect.certificate_of(each).addresses
    return list(dict.fromkeys(found))


def _asks(result: SignerResult) -> bool:
    """Whether a signature of a mail, intact or not, has a request beside it."""
    attributes = result.info.signed_attributes or ()
    return result.info.content_type == DATA and any(each.oid == RECEIPT_REQUEST for each in attributes)


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
        raise ReceiptMadeAlready(rows[0].time, rows[0].number)


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
