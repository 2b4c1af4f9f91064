"""Proof in the protocol (1.7): the journal of what was signed here, and signed receipts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from letterlock.protocol.key_models import Address
from letterlock.protocol.shapes import Handle, Id, NoParams, Shape
from letterlock.verdict import CertificateSummary, Reason


class JournalListParams(Shape):
    """`journal_list`: the newest first, from the `after`th on; a reply has at most 200."""

    after: Annotated[int, Field(ge=0, le=1_000_000_000)]


class JournalListRequest(Shape):
    """Asks what was signed here; recipients and subjects are told while the vault is unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["journal_list"]
    params: JournalListParams


class JournalVerifyRequest(Shape):
    """Asks whether the journal is whole."""

    type: Literal["request"]
    id: Id
    operation: Literal["journal_verify"]
    params: NoParams


class ReceiptMakeParams(Shape):
    """`receipt_make`: for which opened message, by which own address (null: the one that is asked), and whether also
    where one was made before."""

    message: Handle
    address: Address | None
    again: bool


class ReceiptMakeRequest(Shape):
    """Makes the receipt that a message asks for. Only because a person says so: it tells the sender that it arrived."""

    type: Literal["request"]
    id: Id
    operation: Literal["receipt_make"]
    params: ReceiptMakeParams


class ReceiptGiveRequest(Shape):
    """Makes the receipt that a message asks for, and sends it over the account of the address that is asked."""

    type: Literal["request"]
    id: Id
    operation: Literal["receipt_give"]
    params: ReceiptMakeParams


# --- Replies


class JournalDetails(Shape):
    """What is sealed in an entry. The entry has the SHA-256 of `salt` (hex) followed by `text`."""

    recipients: list[str]
    subject: str | None
    message_id: str | None
    salt: str
    text: str


class JournalReceipt(Shape):
    """A receipt that came for a message: its entry, when it came (UTC), and who signed it (SHA-256 of the
    certificate)."""

    number: int
    at: str
    by: str | None
    signer: str | None


class JournalEntry(Shape):
    """One entry. `messages`: SHA-256 of the finished messages; `signer`: of the certificate; `body`: what was hashed;
    `details` null: sealed, or (`sealed` false) never kept."""

    number: int
    at: str
    kind: str
    hash: str
    body: str
    messages: list[str]
    signer: str | None
    time_stamped: str | None
    receipt_asked: bool
    sealed: bool
    details: JournalDetails | None
    receipts: list[JournalReceipt]


class JournalList(Shape):
    """Some of the entries, and how many there are."""

    entries: list[JournalEntry]
    total: int


class JournalEnd(Shape):
    """A signed end: after which entry, by whom (`own_key`: a key of this vault), and what an authority confirmed."""

    number: int
    hash: str
    signer: CertificateSummary
    own_key: bool
    time_stamped: str | None
    authority: str | None
    time_stamp_refused: Reason | None


class JournalReport(Shape):
    """What a check found. No `reasons`: it is `whole`; so many entries are `unsigned`, after the last signed end."""

    whole: bool
    entries: int
    unsigned: int
    end: JournalEnd | None
    stamped: JournalEnd | None
    reasons: list[Reason]


class ReceiptGiven(Shape):
    """A receipt that went out to everybody (`sent`), or something of which is in the outbox (`waits`)."""

    sent: bool
    waits: bool
    sender: str
    to: list[str]
    reasons: list[Reason]


class ReceiptMade(Shape):
    """A finished message in base64, from whom, and where it is to be sent. Nobody has sent it."""

    mail: str
    sender: str
    to: list[str]
    reasons: list[Reason]
