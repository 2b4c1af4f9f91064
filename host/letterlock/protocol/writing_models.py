"""Signing and encrypting finished messages in the protocol (1.7): the request, and what is answered."""

from __future__ import annotations

from typing import Literal

from letterlock.protocol.models import UploadParams
from letterlock.protocol.shapes import Handle, Id, Octets, Shape
from letterlock.verdict import CertificateSummary, Reason


class WantedParams(UploadParams):
    """What is wanted of a finished message (RFC 5322, its Bcc in it), which is the upload.

    `headers`: what of its header stands inside of an encryption only (nothing; the subject; names and times too).
    `opaque`: signed in one piece. `quotes_decrypted`: its text has words from an encrypted message, which are sent in
    clear only where `quote_in_clear` says that the person was asked. `receipt`: a signed message asks everybody for a
    signed receipt.
    """

    sign: bool
    encrypt: bool
    headers: Literal["none", "baseline", "shy"] = "baseline"
    opaque: bool = False
    quotes_decrypted: bool = False
    quote_in_clear: bool = False
    receipt: bool = False


class ProtectParams(WantedParams):
    """`protect` takes a finished message as upload. `draft`: for the sender alone, unsigned."""

    draft: bool = False


class ProtectRequest(Shape):
    """Signs and encrypts a message: all of it, or nothing (1.7)."""

    type: Literal["request"]
    id: Id
    operation: Literal["protect"]
    params: ProtectParams


# --- Replies


class Reader(Shape):
    """Somebody whom a message is encrypted to, and the certificate's SHA-256."""

    address: str
    sha256: str


class MadeMessage(Shape):
    """A message that was made; `part` fetches its `size` octets by `id`.

    `role`: `everybody` is for To and Cc (and for Bcc where it is not encrypted), and for Sent where no other is; each
    `blind` is for one address of Bcc; `sent` is for Sent alone, and names Bcc; `draft` is for Drafts. `recipients`:
    whom it is to be sent to, and nobody else. `algorithm`: that it is encrypted with, null: it is not encrypted.
    """

    id: str
    role: Literal["everybody", "blind", "sent", "draft"]
    recipients: list[str]
    size: Octets
    algorithm: str | None
    readers: list[Reader]
    reasons: list[Reason]


class Protected(Shape):
    """The messages, of which `message` is the handle for `part` and `close`. With anything missing there is none, and
    `problems` says all of it; they are the person's to solve, so this is no error."""

    message: Handle | None
    signed_by: CertificateSummary | None
    made: list[MadeMessage]
    problems: list[Reason]
