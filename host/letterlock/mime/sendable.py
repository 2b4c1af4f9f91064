"""A finished message as it goes to a mail server: line ends, who is named in it, and what the server has to know.

Octets in, octets out, in pieces. Nothing in the body is changed but line ends (RFC 5321 §2.3.8: CRLF, and no CR or LF
apart from it, as "smuggled" messages need one). Of the header, Bcc goes, and what every message must have comes.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from letterlock import limits
from letterlock.errors import NotAMessage
from letterlock.mime import encode, writer
from letterlock.mime.failures import HeaderTooLarge

_HIDDEN = ("bcc", "resent-bcc")
_MESSAGE_ID = re.compile(r"<[\x21-\x3b\x3d\x3f-\x7e]{1,900}>")


@dataclass(frozen=True)
class Head:
    """The header section of a message: its fields, each whole with CRLF. The body is whatever follows."""

    fields: tuple[bytes, ...]

    @property
    def message_id(self) -> str | None:
        """The identifier, with its angle brackets; None where there is none that could be looked for."""
        for field in writer.named(self.fields, "message-id"):
            found = _MESSAGE_ID.search(writer.value(field))
            return found[0] if found else None
        return None

    @property
    def hidden(self) -> bool:
        """Whether it names somebody in Bcc."""
        return any(writer.named(self.fields, name) for name in _HIDDEN)

    def public(self) -> Head:
        """Without Bcc."""
        gone = [each for name in _HIDDEN for each in writer.named(self.fields, name)]
        return Head(tuple(each for each in self.fields if each not in gone))

    def only_for(self, address: str) -> Head:
        """With nobody in To, Cc and Bcc but this address, in Bcc."""
        gone = [each for name in ("to", "cc", *_HIDDEN) for each in writer.named(self.fields, name)]
        return Head((*(each for each in self.fields if each not in gone), f"Bcc: {address}\r\n".encode()))

    def completed(self, at: datetime, domain: str) -> Head:
        """With Date and Message-ID (RFC 5322 §3.6), which a server would else add, to each copy another one."""
        added = []
        if not writer.named(self.fields, "date"):
            added.append(f"Date: {format_datetime(at)}\r\n".encode())
        if not writer.named(self.fields, "message-id"):
            added.append(f"Message-ID: <{secrets.token_hex(16)}@{domain}>\r\n".encode())
        return Head((*added, *self.fields))

    def with_body(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """The whole message."""
        yield b"".join(self.fields) + b"\r\n"
        yield from body


def split(pieces: Iterable[bytes]) -> tuple[Head, Iterator[bytes]]:
    """A message's head and body, with CRLF line ends.

    Raises:
        NotAMessage, HeaderTooLarge: it has no header section, or one without end.
    """
    canonical = encode.canonical(pieces)
    begun = b""
    for piece in canonical:
        begun += piece
        if begun.startswith(b"\r\n") or b"\r\n\r\n" in begun:
            break
        if len(begun) > limits.HEADER_OCTETS:
            raise HeaderTooLarge(limits.HEADER_OCTETS)
    header, _, body = begun.partition(b"\r\n\r\n")
    fields = writer.header_fields(header + b"\r\n")
    if not fields or not all(writer.is_field(each) for each in fields):
        raise NotAMessage

    def rest() -> Iterator[bytes]:
        if body:
            yield body
        yield from canonical

    return Head(tuple(fields)), rest()


class Measure:
    """What a server has to know of a message, found out while its pieces pass."""

    def __init__(self) -> None:
        self.octets = 0
        self.eight_bit = False
        self.utf8 = False
        """There are octets beyond ASCII in the header (RFC 6532)."""
        self.nul = False
        self.longest = 0
        self._line = 0
        self._in_header = True
        self._tail = b""

    def pass_(self, piece: bytes) -> bytes:
        """Count a piece, and hand it on."""
        self.octets += len(piece)
        if not piece.isascii():
            self.eight_bit = True
        self.nul = self.nul or b"\0" in piece
        first, *others = piece.split(b"\n")
        # A line's CR counts, so that a line that is cut anywhere has the same length.
        self.longest = max(self.longest, self._line + len(first), *map(len, others))
        self._line = len(others[-1]) if others else self._line + len(first)
        if self._in_header:
            text = self._tail + piece
            end = text.find(b"\r\n\r\n")
            self._in_header = end < 0
            if not (text if end < 0 else text[:end]).isascii():
                self.utf8 = True
            self._tail = text[-3:]
        return piece

    @property
    def sendable(self) -> bool:
        """Whether SMTP carries it as it is: no NUL, no line longer than `limits.MAIL_LINE_LENGTH`."""
        return not self.nul and self.longest <= limits.MAIL_LINE_LENGTH + 1
