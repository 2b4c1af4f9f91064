"""What is said of signed receipts and security labels (RFC 2634), and why no receipt is made."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Fault, LetterlockError, Reason


class ReceiptRequested(Reason):
    """A signer whose signature holds asks for a signed receipt. It is a remark: nothing is done without being asked."""

    code = "receipt_requested"
    signer: str
    addresses: tuple[str, ...]


class ReceiptRequestMalformed(Reason):
    """There is a request, and it cannot be told what is asked for."""

    code = "receipt_request_malformed"


class LabelShown(Reason):
    """The signer's label (RFC 2634 §3). A label is a wish about handling and no statement about the sender."""

    code = "security_label"
    label: str
    policy: str
    classification: int | None
    categories: tuple[str, ...]


class LabelMalformed(Reason):
    """There is a label, and it cannot be read."""

    code = "security_label_malformed"


class ReceiptConfirms(Reason):
    """A believed receipt for a message in the journal: proof of delivery."""

    code = "receipt_confirms"
    signer: str
    sent: datetime
    number: int


class ReceiptFits(Reason):
    """A believed receipt for the message that was given with it."""

    code = "receipt_fits"
    signer: str


class ReceiptForUnknown(Reason):
    """A receipt, and nothing is known here of the message it is for."""

    code = "receipt_for_unknown"


class ReceiptDoesNotFit(Reason):
    """It names a message and does not fit it: `why` is the field that differs."""

    code = "receipt_does_not_fit"
    why: str


class ReceiptFromOther(Reason):
    """It fits the message, and its signer is none of the recipients."""

    code = "receipt_from_other"
    signer: str


class ReceiptNotBelieved(Reason):
    """Its own signature is not valid; `status` is what it is."""

    code = "receipt_not_believed"
    status: str


class ReceiptMalformed(Reason):
    """Its content is no receipt, or lacks what a receipt must have."""

    code = "receipt_malformed"
    where: str


class ReceiptReceived(Reason):
    """For this message, which was sent from here, a receipt came."""

    code = "receipt_received"
    signer: str
    at: datetime


class NoReceipt(LetterlockError):
    """Base: why no receipt is made, or none is found."""

    fault = Fault.USER


class ReceiptNotRequested(NoReceipt):
    """Nobody asks for one; a receipt that is for one itself is never asked for (RFC 2634 §2.2.1)."""

    code = "receipt_not_requested"


class ReceiptRefused(NoReceipt):
    """The message's signature is not `valid`, so its receipt would say something that is not so (RFC 2634 §2.4)."""

    code = "receipt_refused"
    status: str


class ReceiptNotFromYou(NoReceipt):
    """Others are asked."""

    code = "receipt_not_from_you"


class ReceiptForbiddenByList(NoReceipt):
    """A mailing list that the message went through wants none, or only those before it are asked (RFC 2634 §4.3)."""

    code = "receipt_forbidden_by_list"


class ReceiptRequestsDiffer(NoReceipt):
    """Several signers ask for different ones, so none can be given (RFC 2634 §2.2.1)."""

    code = "receipt_requests_differ"


class ReceiptMadeAlready(NoReceipt):
    """One was made for this very signature; `number` is that of its entry in the journal."""

    code = "receipt_made_already"
    at: datetime
    number: int


class NotAReceipt(NoReceipt):
    """A message without a signed receipt in it."""

    code = "not_a_receipt"
