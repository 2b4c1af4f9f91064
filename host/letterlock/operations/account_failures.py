"""What can go wrong with accounts and with sending, beside what servers say (`net.mail_failures`)."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError, Reason


class AccountMissing(LetterlockError):
    """No account sends for this address."""

    code = "account_missing"
    fault = Fault.USER
    address: str


class AccountSettingWrong(LetterlockError):
    """A setting of an account is none: a host, a port, a name."""

    code = "account_setting_wrong"
    fault = Fault.USER
    setting: str
    value: str


class AccountSecretMissing(LetterlockError):
    """The account has no password, or its servers were changed: a password is only sent where it was given for."""

    code = "account_secret_missing"
    fault = Fault.USER
    address: str


class AccountSecretWrong(LetterlockError):
    """What was given as a password or token cannot be one: empty, too long, or with a NUL in it."""

    code = "account_secret_wrong"
    fault = Fault.USER


class ServersElsewhere(Reason):
    """The domain names servers outside of itself. They would get the password, so a person has to confirm them."""

    code = "mail_servers_elsewhere"
    domain: str
    servers: tuple[str, ...]


class WayNotFromHere(LetterlockError):
    """The account sends through the webmail's page, which only a client with that page open can do."""

    code = "way_not_from_here"
    fault = Fault.USER
    address: str
    site: str


class WayNeedsProtection(LetterlockError):
    """The account sends through the webmail's page, and the message is neither signed nor encrypted: what the page may
    read is written in the webmail itself."""

    code = "way_needs_protection"
    fault = Fault.USER
    address: str


class WebmailRefused(LetterlockError):
    """The webmail did not send it, for certain; `detail` is what it said, if anything."""

    code = "webmail_refused"
    fault = Fault.HOST
    site: str
    detail: str


class WebmailFateUnknown(LetterlockError):
    """The webmail was told to send it, and did not answer: it may have been sent."""

    code = "webmail_fate_unknown"
    fault = Fault.HOST
    site: str


class MailUnsendable(LetterlockError):
    """SMTP cannot carry it as it is: a NUL, or a line beyond `limits.MAIL_LINE_LENGTH`, which servers break."""

    code = "mail_unsendable"
    fault = Fault.MAIL
    longest: int
    limit: int


class NobodyToSendTo(LetterlockError):
    """There is no address in To, Cc or Bcc."""

    code = "nobody_to_send_to"
    fault = Fault.USER


class TooManyToSendTo(LetterlockError):
    """More addresses than one sending may have (`limits.MAIL_RECIPIENTS`)."""

    code = "too_many_recipients_to_send"
    fault = Fault.USER
    limit: int


class OutboxTaken(LetterlockError):
    """Another process has taken a message over, since this one did not move for too long. The other one sends it."""

    code = "outbox_taken"
    fault = Fault.HOST
