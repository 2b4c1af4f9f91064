"""What protecting a message goes by, takes and gives: the wish, the desk, the message that comes and those that go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from letterlock import limits
from letterlock.cms import SigningKey
from letterlock.errors import Coded, MessageTooLarge
from letterlock.keystore.vault import Vault
from letterlock.mime.protecting import Policy
from letterlock.mime.reader import Reader
from letterlock.mime.writer import Finished
from letterlock.operations.form import OUR_FORM, Form
from letterlock.operations.recipients import RecipientChoice
from letterlock.operations.signature import Signature
from letterlock.operations.timestamps import NOBODY as NOBODY_STAMPS
from letterlock.operations.timestamps import Stamping
from letterlock.operations.trust import TrustSettings
from letterlock.spool import Spool
from letterlock.trust.certificate import Certificate


@dataclass(frozen=True)
class Wish:
    """What is wanted.

    Args:
        protect_headers: put the fields inside, too (RFC 9788).
        policy: what then stands outside of an encryption.
        legacy: say hidden fields once more in the text, for programs that do not know them.
        opaque: sign in a form that no relay can break, and only S/MIME programs can read.
        draft: encrypted for the sender alone, and not signed: it is not said yet.
        quotes_decrypted: the text has words from a message that was encrypted.
        quote_in_clear: send them in clear nevertheless; the person was told.
        receipt: ask everybody for a signed receipt (RFC 2634), to be sent to the sender.
    """

    sign: bool = False
    encrypt: bool = False
    protect_headers: bool = True
    policy: Policy = Policy.BASELINE
    legacy: bool = True
    opaque: bool = False
    draft: bool = False
    quotes_decrypted: bool = False
    quote_in_clear: bool = False
    receipt: bool = False

    @property
    def hides_subject(self) -> bool:
        """Whether the subject stands inside of the encryption alone."""
        return self.protect_headers and self.policy is not Policy.NONE


@dataclass(frozen=True)
class Desk:
    """What it is done with.

    Args:
        vault: unlocked where it is to be signed.
        trust: whom the sender believes about the recipients' certificates.
        others: certificates of recipients beside those that are kept here.
        cards: keys on smart cards, the preferred first; one that names the sender signs before those in the vault.
        stamping: who is asked for a time-stamp of every signature, and whether one is a condition.
        form: how it looks, where somebody else decides it.
    """

    vault: Vault
    database: Path
    trust: TrustSettings
    at: datetime
    others: Sequence[Certificate] = ()
    cards: Sequence[SigningKey] = ()
    stamping: Stamping = NOBODY_STAMPS
    form: Form = OUR_FORM


class Role(StrEnum):
    """What a message is made for."""

    EVERYBODY = "everybody"
    """For To and Cc (and Bcc, where it is not encrypted); also the copy for Sent, unless there is one of its own."""
    BLIND = "blind"
    """For one address in Bcc."""
    SENT = "sent"
    """For Sent alone: it names Bcc."""
    DRAFT = "draft"


@dataclass(frozen=True)
class Outgoing:
    """One message, where it goes, and how it is encrypted (algorithm None: not) and why so. Close `octets`."""

    role: Role
    recipients: tuple[str, ...]
    octets: Spool
    readers: tuple[RecipientChoice, ...]
    algorithm: str | None
    reasons: tuple[Coded, ...]
    signature: Signature | None = None


class Incoming:
    """A finished message (RFC 5322, any line ends) that comes in pieces."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._reader = Reader()
        self._only_cr: bool | None = None

    def feed(self, piece: bytes) -> None:
        """More octets.

        Raises:
            MessageTooLarge, HeaderTooLarge, TooManyParts: beyond a limit.
        """
        if self._only_cr is None:
            self._only_cr = b"\r" in piece and b"\n" not in piece
        if self._only_cr:
            piece = piece.replace(b"\r", b"\r\n")
        if len(self._spool) + len(piece) > limits.MESSAGE_OCTETS:
            raise MessageTooLarge(limits.MESSAGE_OCTETS)
        self._spool.write(piece)
        self._reader.feed(piece)

    def close(self) -> Finished:
        """The message. Raises `NotAMessage`."""
        return Finished.of(self._spool.blocks, self._reader.close())
