"""A message written from what a person gives: text, HTML, attachments, images shown in the HTML (RFC 5322).

Octets go to a sink as they are made; a body of an attachment is never held. All that is written is ASCII with lines of
at most 998 octets, and bodies are encoded so that no relay changes them (`encode`).
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Generic, TypeVar
from urllib.parse import quote

import pybase64

from letterlock.mime import encode
from letterlock.mime.address import Mailbox

Sink = Callable[[bytes], object]
Who = TypeVar("Who")

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_WORD_OCTETS = 42
"""Octets of UTF-8 in an encoded word: in base64 and with its marks below the 75 characters of RFC 2047 §2."""
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+\-/^_`{|}~]+(?: [A-Za-z0-9!#$%&'*+\-/^_`{|}~]+)*")
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}")
_SECTION = 60


IMPORTANCES = ("low", "high")
SENSITIVITIES = ("Personal", "Private", "Company-Confidential")
"""RFC 2156 §5.3.4 and §5.3.5; what is usual is not said."""


@dataclass(frozen=True)
class Attachment:
    """A file to be sent along; with `content_id` an image (or the like) that the HTML shows as `cid:…`.

    `read` gives its octets, in pieces, each time it is called.
    """

    name: str
    type: str
    read: Callable[[], Iterable[bytes]]
    content_id: str | None = None


@dataclass(frozen=True)
class Letter(Generic[Who]):
    """What a person writes. At least one of text and HTML; where there are both, they say the same.

    `importance` is one of `IMPORTANCES`, `sensitivity` one of `SENSITIVITIES`; None: not said.
    `Who` is `Mailbox`, or whatever else says whom, before it is looked at.
    """

    sender: Who
    to: Sequence[Who] = ()
    cc: Sequence[Who] = ()
    bcc: Sequence[Who] = ()
    subject: str = ""
    text: str | None = None
    html: str | None = None
    attachments: Sequence[Attachment] = ()
    in_reply_to: str | None = None
    references: Sequence[str] = ()
    importance: str | None = None
    sensitivity: str | None = None


def write(letter: Letter[Mailbox], sink: Sink, at: datetime) -> None:
    """The whole message, unprotected. Bcc stands in it: whoever sends it takes it out."""
    domain = letter.sender.address.rpartition("@")[2]
    sink(_field("From", _mailboxes([letter.sender])))
    for name, mailboxes in (("To", letter.to), ("Cc", letter.cc), ("Bcc", letter.bcc)):
        if mailboxes:
            sink(_field(name, _mailboxes(mailboxes)))
    sink(_field("Subject", _text(letter.subject)))
    sink(_field("Date", [format_datetime(at)]))
    sink(_field("Message-ID", [f"<{secrets.token_hex(16)}@{domain}>"]))
    for name, values in (("In-Reply-To", [letter.in_reply_to or ""]), ("References", letter.references)):
        # Only what is an identifier: these come out of a message that somebody else wrote.
        known = [each for each in values if re.fullmatch(r"<[!-;=?-~]{1,900}>", each)]
        if known:
            sink(_field(name, known))
    for name, value, known_ones in (
        ("Importance", letter.importance, IMPORTANCES),
        ("Sensitivity", letter.sensitivity, SENSITIVITIES),
    ):
        if value in known_ones:
            sink(_field(name, [value or ""]))
    sink(b"MIME-Version: 1.0\r\n")
    for piece in _body(letter):
        sink(piece)


def _body(letter: Letter[Mailbox]) -> Iterator[bytes]:
    inline = [each for each in letter.attachments if each.content_id and letter.html is not None]
    beside = [each for each in letter.attachments if each not in inline]
    texts: list[Iterator[bytes]] = []
    if letter.text is not None or letter.html is None:
        texts.append(_written("plain", letter.text or ""))
    if letter.html is not None:
        html = _written("html", letter.html)
        texts.append(_multipart('related; type="text/html"', [html, *map(_attached, inline)]) if inline else html)
    body = texts[0] if len(texts) == 1 else _multipart("alternative", texts)
    return _multipart("mixed", [body, *map(_attached, beside)]) if beside else body


def _multipart(subtype: str, parts: Iterable[Iterator[bytes]]) -> Iterator[bytes]:
    # "=_" cannot stand in quoted-printable or base64 (RFC 2045 §6.7), and nobody can guess the rest.
    boundary = f"=_{secrets.token_hex(16)}"
    yield f'Content-Type: multipart/{subtype};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    for number, part in enumerate(parts):
        yield (b"\r\n" if number else b"") + f"--{boundary}\r\n".encode()
        yield from part
    yield f"\r\n--{boundary}--\r\n".encode()


def _written(subtype: str, text: str) -> Iterator[bytes]:
    octets = text.encode("utf-8", "replace")
    dense = encode.mostly_not_ascii(octets)
    encoding = "base64" if dense else "quoted-printable"
    yield f"Content-Type: text/{subtype}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n".encode()
    lines = encode.canonical([octets])
    yield from encode.base64(lines) if dense else encode.quoted_printable(lines)


def _attached(attachment: Attachment) -> Iterator[bytes]:
    type_ = attachment.type if _MEDIA_TYPE.fullmatch(attachment.type) else "application/octet-stream"
    if type_.lower().startswith(("multipart/", "message/")):
        # These may not be in base64 (RFC 2046 §5.2.1), and other parts of a message could look like this one's.
        type_ = "application/octet-stream"
    shown = "inline" if attachment.content_id else "attachment"
    yield f"Content-Type: {type_}\r\nContent-Transfer-Encoding: base64\r\n".encode()
    yield f"Content-Disposition: {shown}{_parameter('filename', attachment.name)}\r\n".encode()
    if attachment.content_id and re.fullmatch(r"[!-;=?-~]{1,900}", attachment.content_id):
        yield f"Content-ID: <{attachment.content_id}>\r\n".encode()
    yield b"\r\n"
    yield from encode.base64(attachment.read())


def _parameter(name: str, value: str) -> str:
    """`; name="value"`, in the form of RFC 2231 where it is long or not plain."""
    value = _printable(value)
    if not value:
        return ""
    if len(value) <= _SECTION and re.fullmatch(r"[ !#-\[\]-~]+", value):
        return f';\r\n {name}="{value}"'
    escaped = quote(value.encode("utf-8", "replace"), safe="")
    sections: list[str] = []
    while escaped:
        # An escape is not cut in two.
        cut = _SECTION - next((back for back in (1, 2) if escaped[_SECTION - back : _SECTION - back + 1] == "%"), 0)
        sections.append(escaped[:cut])
        escaped = escaped[cut:]
    if len(sections) == 1:
        return f";\r\n {name}*=utf-8''{sections[0]}"
    marks = ["utf-8''", *[""] * len(sections)]
    return "".join(f";\r\n {name}*{n}*={marks[n]}{each}" for n, each in enumerate(sections))


def _mailboxes(mailboxes: Sequence[Mailbox]) -> list[str]:
    words: list[str] = []
    for number, each in enumerate(mailboxes):
        comma = "," if number < len(mailboxes) - 1 else ""
        name = _printable(each.name)
        if not name:
            words.append(f"{each.address}{comma}")
            continue
        words += [name] if _ATOMS.fullmatch(name) and len(name) < 60 else _encoded(name)
        words.append(f"<{each.address}>{comma}")
    return words


def _text(text: str) -> list[str]:
    text = _printable(text)
    if not text or (_PLAIN.fullmatch(text) and "=?" not in text and all(len(each) < 70 for each in text.split(" "))):
        return text.split(" ")
    return _encoded(text)


def _encoded(text: str) -> list[str]:
    """RFC 2047: words of whole characters; the space between two of them is not part of the text."""
    words: list[bytes] = []
    current = b""
    for character in text:
        octets = character.encode("utf-8", "replace")
        if len(current) + len(octets) > _WORD_OCTETS:
            words.append(current)
            current = b""
        current += octets
    return [f"=?utf-8?B?{pybase64.b64encode(each).decode()}?=" for each in (*words, current)]


def _field(name: str, words: Sequence[str]) -> bytes:
    """A field, folded between words."""
    lines: list[str] = []
    line = f"{name}:"
    for word in words:
        if len(line) + 1 + len(word) > 76 and not line.endswith(":"):
            lines.append(line)
            line = ""
        line += f" {word}"
    return ("\r\n".join([*lines, line]).rstrip(" ") + "\r\n").encode("ascii")


def _printable(text: str) -> str:
    """Without control characters: a line end in a subject would begin another field."""
    return "".join(" " if ord(each) < 32 or ord(each) == 127 else each for each in text).strip(" ")
