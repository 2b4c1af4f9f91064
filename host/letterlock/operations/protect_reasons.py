"""Why no message was made, and what is to be said of one that was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from letterlock.errors import Coded, Fault, LetterlockError, Reason


class NothingLeaves(LetterlockError):
    """Something is missing, so there is no message at all. `codes` are those of `problems`, every one there is."""

    code = "nothing_leaves"
    fault = Fault.USER
    codes: tuple[str, ...]

    def __init__(self, problems: Iterable[Coded]) -> None:
        found = tuple(problems)
        super().__init__(tuple(dict.fromkeys(each.code for each in found)))
        self.problems = found


class SenderNotOne(Reason):
    """From names nobody, or several: whose signature would it be?"""

    code = "sender_not_one"
    found: int


class SenderWithoutKey(Reason):
    """There is no own key in force that signs for the sender."""

    code = "sender_without_key"
    address: str


class KeyNotForSigning(Reason):
    """The own certificate for this address lets its key decrypt and not sign (RFC 8550 §4.4.2); `usage` is its."""

    code = "key_not_for_signing"
    name: str
    key: str
    usage: tuple[str, ...]


class ReceiptWithoutSignature(Reason):
    """Only a signed message can ask for a signed receipt (RFC 2634 §2.2)."""

    code = "receipt_without_signature"


class ReceiptAsked(Reason):
    """The message asks for signed receipts."""

    code = "receipt_asked"


class SignatureTimeStamped(Reason):
    """An authority confirmed when the signature was made."""

    code = "signature_time_stamped"
    time: datetime
    server: str


class SignatureTimeStampDoubted(Reason):
    """It did, and nobody here vouches for it: whoever trusts it can tell when the signature was made."""

    code = "signature_time_stamp_doubted"
    server: str
    authority: str


class SignedWithoutTimeStamp(Reason):
    """No authority answered, and that was no condition."""

    code = "signed_without_time_stamp"
    servers: tuple[str, ...]
    codes: tuple[str, ...]


class JournalEndNotSigned(Reason):
    """The entry stands in the journal, and its end could not be signed; the next one does."""

    code = "journal_end_not_signed"
    why: str


class NobodyToEncryptTo(Reason):
    """Neither To nor Cc nor Bcc names anybody."""

    code = "nobody_to_encrypt_to"


class MoreThanOneMessage(Reason):
    """More addresses than `limits.RECIPIENTS_ASKED` in one message."""

    code = "more_recipients_than_one_message"
    found: int
    limit: int


class DecryptedTextInClear(Reason):
    """The text quotes a message that was encrypted, and is not encrypted itself."""

    code = "decrypted_text_in_clear"


class SubjectHiddenInReply(Reason):
    """The text quotes a message that was encrypted; so the subject is not put outside, though that was asked for."""

    code = "subject_hidden_in_reply"


class SignedOpaque(Reason):
    """A part that may not be changed would not survive every relay, so the whole is signed in one piece."""

    code = "signed_opaque"


class AttachmentUnreadable(Reason):
    """A file that was to be sent along cannot be read; `why` is the system's word."""

    code = "attachment_unreadable"
    name: str
    why: str


class InlineImageMissing(Reason):
    """The HTML shows `cid:…`, and nothing with this identifier is sent along."""

    code = "inline_image_missing"
    content_id: str
