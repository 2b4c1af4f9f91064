"""Accounts, sending and the outbox in the protocol (1.7): the requests about them, and what is answered."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from letterlock.protocol.key_models import Address
from letterlock.protocol.shapes import AnswersCancel, Id, NoParams, Octets, Shape, WithSecrets
from letterlock.protocol.writing_models import WantedParams
from letterlock.verdict import CertificateSummary, Reason

AccountId = Annotated[str, StringConstraints(min_length=1, max_length=320)]
"""An account's identifier, or its address."""
BatchId = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Line = Annotated[str, StringConstraints(max_length=500)]
MailSecret = Annotated[str, StringConstraints(max_length=8_192)]
"""A mail password or an OAuth 2 access token. It is never repeated: not in an error, not in a log."""


class Server(Shape):
    """A mail server. `security`: TLS from the start, or after STARTTLS; there is no other."""

    host: Annotated[str, StringConstraints(max_length=255)]
    port: Annotated[int, Field(ge=1, le=65_535)]
    security: Literal["tls", "starttls"]


class AccountSettings(Shape):
    """How mail from an address is sent. `id`: "" for a new account. `imap` null: nobody keeps a copy.
    `keep_copy`: false where the provider keeps one by itself; `folder`: where it goes, "" for where the server says."""

    id: Annotated[str, StringConstraints(max_length=64)]
    address: Address
    smtp: Server
    imap: Server | None
    user: Line
    login: Literal["password", "oauth", "none"]
    keep_copy: bool
    folder: Line


class AccountListRequest(Shape):
    """Asks which accounts there are. Needs no unlocked vault."""

    type: Literal["request"]
    id: Id
    operation: Literal["account_list"]
    params: NoParams


class AccountParams(WithSecrets):
    """An account, and its password or token; null: the one that is kept, if it was given for these very servers."""

    account: AccountSettings
    secret: MailSecret | None


class AccountPutRequest(Shape):
    """Keeps an account, its secret sealed in the vault."""

    type: Literal["request"]
    id: Id
    operation: Literal["account_put"]
    params: AccountParams


class AccountCheckRequest(Shape):
    """Logs in on the servers of an account, kept or not, and sends nothing."""

    type: Literal["request"]
    id: Id
    operation: Literal["account_check"]
    params: AccountParams


class AccountRemoveParams(Shape):
    """`account_remove`: which one."""

    account: AccountId


class AccountRemoveRequest(Shape):
    """Forgets an account and its password."""

    type: Literal["request"]
    id: Id
    operation: Literal["account_remove"]
    params: AccountRemoveParams


class AccountFindParams(Shape):
    """`account_find`: whose servers are looked for."""

    address: Address


class AccountFindRequest(Shape):
    """Asks an address's domain, its web server and its DNS, for its mail servers. No third party is asked."""

    type: Literal["request"]
    id: Id
    operation: Literal["account_find"]
    params: AccountFindParams


class SendParams(WantedParams, WithSecrets, AnswersCancel):
    """`send` takes a finished message as upload. Neither signed nor encrypted, it goes out unchanged but for its Bcc.

    `account`: null for the one of its From. `recipients`: instead of those in To, Cc and Bcc, only where it goes out
    unchanged. `keep_copy`: a copy goes into the folder of sent mail. `wait`: what cannot be sent now stays in the
    outbox; else the client keeps it. `notice`: ask for notices of delivery. `secret`: instead of the one that is kept.
    """

    account: AccountId | None = None
    recipients: Annotated[list[Annotated[str, StringConstraints(max_length=320)]], Field(max_length=1_000)] = []
    keep_copy: bool = True
    wait: bool = True
    notice: bool = False
    secret: MailSecret | None = None


class SendRequest(Shape):
    """Signs, encrypts and sends a message. A `cancel` is answered by the reply: it may have come too late (1.7)."""

    type: Literal["request"]
    id: Id
    operation: Literal["send"]
    params: SendParams


class OutboxListRequest(Shape):
    """Asks what waits to be sent. Needs an unlocked vault, if something does."""

    type: Literal["request"]
    id: Id
    operation: Literal["outbox_list"]
    params: NoParams


class OutboxRetryParams(WithSecrets, AnswersCancel):
    """`outbox_retry`: which batch, null for all; `anyway`: also what may have been sent, because a person says so."""

    batch: BatchId | None
    anyway: bool
    secret: MailSecret | None


class OutboxRetryRequest(Shape):
    """Sends what waits. Answers a `cancel` as `send` does."""

    type: Literal["request"]
    id: Id
    operation: Literal["outbox_retry"]
    params: OutboxRetryParams


class OutboxForgetParams(Shape):
    """`outbox_forget`: which batch."""

    batch: BatchId


class OutboxForgetRequest(Shape):
    """Removes what waits without sending it."""

    type: Literal["request"]
    id: Id
    operation: Literal["outbox_forget"]
    params: OutboxForgetParams


# --- Replies


class KeptAccount(AccountSettings):
    """An account; `has_secret`: a password is kept for it."""

    has_secret: bool


class AccountList(Shape):
    """Every account, oldest first."""

    accounts: list[KeptAccount]


class AccountFound(Shape):
    """What the domain says, where it says so, and what a person has to confirm before a password goes there."""

    account: KeptAccount
    source: str
    confirm: list[Reason]


class ServerTried(Shape):
    """A server: why it does not let us in, or the largest message that it takes (octets), what else it can do, and the
    folder that copies will go to (null: one will be made)."""

    protocol: Literal["smtp", "imap"]
    server: Server
    failure: Reason | None
    largest: int | None
    abilities: list[str]
    folder: str | None


class AccountChecked(Shape):
    """Each server of the account."""

    servers: list[ServerTried]


class RecipientTold(Shape):
    """What became of the message to one address, and why. `waiting`: in the outbox; `unsure`: in the outbox, and it may
    have been sent; `not_sent`: nothing went out and nothing waits."""

    address: str
    status: Literal["sent", "refused", "not_sent", "waiting", "unsure"]
    reason: Reason | None


class CopyTold(Shape):
    """What became of the copy, in which folder, and why it waits."""

    status: Literal["kept", "waiting", "not_wanted", "not_kept"]
    folder: str | None
    reason: Reason | None


class SendReport(Shape):
    """What became of one sending. `sent`: to everybody; `waits`: something of it is in the outbox, as `batch`."""

    batch: str
    sent: bool
    waits: bool
    recipients: list[RecipientTold]
    sent_copy: CopyTold
    remarks: list[Reason]


class Sent(Shape):
    """What became of it. With anything missing nothing was sent, and `problems` says all of it."""

    report: SendReport | None
    signed_by: CertificateSummary | None
    reasons: list[Reason]
    problems: list[Reason]


class Waiting(Shape):
    """Something in the outbox. `busy`: a process sends it now; `unsure`: it may have been sent; `copy_only`: only
    the copy waits."""

    batch: str
    account: str
    since: str
    sender: str
    recipients: list[str]
    octets: Octets
    busy: bool
    unsure: bool
    copy_only: bool


class Outbox(Shape):
    """What waits, in the order in which it came."""

    waiting: list[Waiting]


class OutboxRetried(Shape):
    """What became of each batch."""

    sent: list[SendReport]


class OutboxForgotten(Shape):
    """How many messages and copies were removed."""

    removed: int
