"""What can go wrong with a mail server. `server` is its name; `detail` is what it said, text that a stranger wrote."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError, Reason


class MailFailure(LetterlockError):
    """Base of all of them."""

    code = "mail_failed"
    fault = Fault.HOST
    server: str


class MailServerNotProven(MailFailure):
    """The server's certificate does not prove that it is the one that was named. There is no way around it."""

    code = "mail_server_not_proven"
    detail: str


class MailServerWithoutTls(MailFailure):
    """The server does not offer STARTTLS, or somebody on the way has taken the offer away (RFC 3207 §6)."""

    code = "mail_server_without_tls"


class MailAnswerInjected(MailFailure):
    """Something came before TLS that claims to be said after it (CVE-2021-38371, CVE-2020-15955, RFC 9051 §11.1)."""

    code = "mail_answer_injected"


class MailAnswerBroken(MailFailure):
    """What came is not the protocol, has no end, or ended in the middle."""

    code = "mail_answer_broken"
    detail: str


class MailLoginRefused(MailFailure):
    """The server does not take the name and the password (or token)."""

    code = "mail_login_refused"
    user: str
    detail: str


class MailNotAllowed(MailFailure):
    """The server knows who asks, and what was agreed to at the sign-in does not allow sending."""

    code = "mail_not_allowed"
    user: str
    detail: str


class MailLoginUnavailable(MailFailure):
    """The server knows none of the ways to log in that the account has; `offered` are those it knows."""

    code = "mail_login_unavailable"
    offered: tuple[str, ...]


class MailRefusedForNow(MailFailure):
    """The server takes no message at the moment (4xx): busy, full, or greylisting."""

    code = "mail_refused_for_now"
    detail: str


class MailRefused(MailFailure):
    """The server does not take this message (5xx)."""

    code = "mail_refused"
    detail: str


class SenderRefused(MailFailure):
    """The server does not take mail from this sender on this account."""

    code = "mail_sender_refused"
    address: str
    detail: str


class RecipientRefused(MailFailure):
    """The server does not take mail for this address (5xx)."""

    code = "mail_recipient_refused"
    address: str
    detail: str


class RecipientRefusedForNow(MailFailure):
    """The server does not take mail for this address at the moment (4xx)."""

    code = "mail_recipient_refused_for_now"
    address: str
    detail: str


class MailTooLargeForServer(MailFailure):
    """The message is larger than the server says that it takes (RFC 1870). It was not sent to find out."""

    code = "mail_too_large_for_server"
    octets: int
    limit: int


class MailNeedsSmtputf8(MailFailure):
    """An address or the header needs RFC 6531, which the server does not know. Rewriting would change who is meant."""

    code = "mail_needs_smtputf8"


class MailNeeds8bit(MailFailure):
    """The message has octets beyond ASCII, and the server takes none (RFC 6152). Rewriting would break a signature."""

    code = "mail_needs_8bit"


class MailFateUnknown(MailFailure):
    """The connection ended after the end of the message and before the server's answer: it may have been sent."""

    code = "mail_fate_unknown"


class MailFolderRefused(MailFailure):
    """The IMAP server does not take the copy into this folder."""

    code = "mail_folder_refused"
    folder: str
    detail: str


class ReceiptNotOffered(Reason):
    """A delivery status notification was wanted, and the server does not know how (RFC 3461)."""

    code = "mail_receipt_not_offered"
    server: str


class MailSettingsNotFound(LetterlockError):
    """Neither the domain's web server nor its DNS says over which servers its mail goes."""

    code = "mail_settings_not_found"
    fault = Fault.USER
    domain: str


class MailSettingsBroken(MailFailure):
    """The file with a provider's settings is not what it should be."""

    code = "mail_settings_broken"
    detail: str
