"""`CreateMessageFromSmime`: what OWA hands over is opened, and shown as OWA's `Message` object.

OWA gives the CMS object alone (`data:application/pkcs7-mime…`) or the whole signed entity (`data:multipart/signed…`).
A CMS object alone has no From field, so no signature on it can be `valid`: OWA shows a sender that nobody here has
seen. Protected fields (RFC 9788) inside do not help, for it is not them that OWA shows. Where a request names the
sender, that is taken.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from letterlock import limits
from letterlock.dialects.owa import bits
from letterlock.dialects.owa.html import Picture, cleaned, with_pictures
from letterlock.dialects.owa.texts import NotBase64, Pieces, base64_octets, base64_pieces, pieces_of, string
from letterlock.operations.open import OpenedMessage
from letterlock.verdict import Part

_URL_CHARACTERS = 2_000
_CMS_TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_FROM = re.compile(rb"^from[ \t]*:", re.IGNORECASE | re.MULTILINE)
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\"\\]{1,64}@[^\s<>()\[\],;:\"\\]{1,255}")
_EMPTY = (
    "Body", "CcRecipients", "BccRecipients", "Classification", "ClassificationDescription", "ClassificationGuid",
    "DateTimeSent", "From", "Importance", "InReplyTo", "NormalizedSubject", "RawDate", "Sender", "Sensitivity",
    "Subject", "ToRecipients",
)  # fmt: skip


def raw(params: Mapping[str, Any]) -> Iterator[bytes]:
    """The message in the form that `operations.open` takes. Raises `NotBase64`: it is no data URL with base64."""
    pieces = pieces_of(params.get("Smime"))
    head = b""
    for piece in pieces:
        head += piece
        if b"," in head or len(head) > _URL_CHARACTERS:
            break
    url, comma, rest = head.lstrip().partition(b",")
    kind = url.decode("ascii", "replace").strip()
    if not comma or len(url) > _URL_CHARACTERS or not kind.lower().startswith("data:"):
        raise NotBase64
    type_ = re.sub(r";\s*base64\s*$", "", kind[5:], flags=re.IGNORECASE)
    octets = base64_octets(_joined(rest, pieces))
    if type_.partition(";")[0].strip().lower() in _CMS_TYPES:
        yield _sender_field(params)
        yield b"MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n"
        yield from octets
        return
    first = next(octets, b"")
    if first.lstrip(b"\r\n").startswith(b"--"):
        # The body alone: its type stands in the address.
        printable = "".join(each for each in type_ if " " <= each <= "~")
        yield _sender_field(params) + f"MIME-Version: 1.0\r\nContent-Type: {printable}\r\n\r\n".encode()
    elif _FIELD.match(first) and _FROM.search(re.split(rb"\r?\n\r?\n", first, maxsplit=1)[0]) is None:
        yield _sender_field(params)
    yield first
    yield from octets


def message(opened: OpenedMessage) -> dict[str, object]:
    """An opened message as a `Message` object. Its long strings are read while it is written."""
    body, files = _divided(opened)
    kind, value = _body(opened, body)
    protected = opened.verdict.headers.protected
    attachments = [_attachment(opened, each, kind == "HTML") for each in files]
    return {
        "__type": "Message:#Exchange",
        "ItemClass": "IPM.Note.SMIME",
        "ItemId": {"__type": "ItemId:#Exchange", "Id": secrets.token_urlsafe(12)},
        "NormalizedBody": {"__type": "BodyContentType:#Exchange", "BodyType": kind, "Value": value},
        "HasAttachments": bool(attachments),
        "Attachments": attachments or None,
        "SmimeType": bits.smime_type(opened.verdict),
        "SmimeSignature": bits.signature(opened.verdict, opened.certificate),
        **dict.fromkeys(_EMPTY),
        # Hidden outside (RFC 9788): without it the reader would see “[...]”.
        "Subject": protected.subject if protected else None,
    }


def _divided(opened: OpenedMessage) -> tuple[Part | None, list[Part]]:
    """The part shown as the body, and those that are attachments; the poorer alternatives are neither."""
    candidates = [each for each in opened.parts if each.disposition == "inline" and each.type.startswith("text/")]
    shown = [each for each in candidates if each.type in ("text/html", "text/plain")]
    first = shown[0] if shown else None
    if first is None:
        return None, list(opened.parts)
    same = [each for each in shown if _alternatives(first, each)]
    html = [each for each in same if each.type == "text/html" and each.size <= limits.OWA_HTML_OCTETS]
    fitting = html or [each for each in same if each.size <= limits.OWA_HTML_OCTETS]
    if not fitting:
        return None, list(opened.parts)
    body = fitting[-1]
    left_out = {each.id for each in shown if each is not body and _alternatives(body, each)}
    return body, [each for each in opened.parts if each is not body and each.id not in left_out]


def _alternatives(one: Part, other: Part) -> bool:
    """Whether both are alternatives of the same thing."""
    if one is other:
        return True
    return (
        bool(one.choices and other.choices)
        and one.choices[0] != other.choices[0]
        and (one.choices[0].rpartition(".")[0] == other.choices[0].rpartition(".")[0])
    )


def _body(opened: OpenedMessage, part: Part | None) -> tuple[str, str | Pieces]:
    if part is None:
        return "Text", ""
    text = b"".join(opened.text(part.id)).decode("utf-8", "replace")
    if part.type != "text/html":
        return "Text", text
    html = cleaned(text)
    pictures = {each.content_id: _picture(opened, each) for each in opened.parts if each.content_id}
    return "HTML", Pieces(lambda: with_pictures(html, pictures, limits.OWA_RESULT_OCTETS // 4))


def _picture(opened: OpenedMessage, part: Part) -> Picture:
    return part.type, lambda: opened.body(part.id)


def _attachment(opened: OpenedMessage, part: Part, html: bool) -> dict[str, object]:
    return {
        "__type": "FileAttachment:#Exchange",
        "AttachmentId": {"__type": "AttachmentId:#Exchange", "Id": secrets.token_urlsafe(12)},
        "Name": part.name or _named(part),
        "ContentType": part.type,
        "ContentId": part.content_id,
        "ContentLocation": None,
        "IsInline": html and part.content_id is not None and part.type.startswith("image/"),
        "IsSmimeDecoded": True,
        "Size": part.size,
        "Content": Pieces(lambda: base64_pieces(opened.body(part.id))),
    }


def _named(part: Part) -> str:
    if part.type == "message/rfc822":
        return "message.eml"
    if part.type.startswith("text/"):
        return "text.html" if part.type == "text/html" else "text.txt"
    return "attachment"


def _joined(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _sender_field(params: Mapping[str, Any]) -> bytes:
    """A From field for the sender that the request names, in whatever form the dialect has names elsewhere."""
    for name in ("From", "Sender", "SenderAddress", "SenderEmailAddress", "SenderSmtpAddress"):
        found = _address(params.get(name))
        if found is not None:
            return f"From: {found}\r\n".encode()
    return b""


def _address(value: object, depth: int = 3) -> str | None:
    if isinstance(value, Mapping) and depth:
        inner = (value.get(name) for name in ("Mailbox", "EmailAddress", "SmtpAddress"))
        return next((found for each in inner if (found := _address(each, depth - 1))), None)
    text = string(value, limits.OWA_CERTIFICATES) if isinstance(value, str) else ""
    return text if text.isascii() and _ADDRESS.fullmatch(text) else None
