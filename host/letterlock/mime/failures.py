"""What can make an input unreadable as mail."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


class HeaderTooLarge(LetterlockError):
    """A header section beyond `limits.HEADER_OCTETS` or `limits.HEADER_FIELDS`, or all of them together beyond
    `limits.HEADERS_OCTETS` or `limits.HEADERS_LINES`."""

    code = "header_too_large"
    fault = Fault.MAIL
    limit: int


class TooManyParts(LetterlockError):
    """More MIME entities than `limits.MIME_PARTS`, or lines that look like delimiters than `limits.MIME_LOOKALIKES`."""

    code = "too_many_parts"
    fault = Fault.MAIL
    limit: int


class BadAddress(LetterlockError):
    """An address field that does not follow RFC 5322 §3.4, so that nobody can say whom it names."""

    code = "bad_address"
    fault = Fault.MAIL
    text: str
