"""The header fields people rely on, and whom the From field names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from letterlock import limits
from letterlock.errors import Coded
from letterlock.mime.address import Mailbox, parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import Field, decode_words
from letterlock.mime.reader import Entity
from letterlock.operations.reasons import (
    FromMissing,
    FromSeveral,
    FromUnreadable,
    NameLooksLikeAddress,
    RepliesGoElsewhere,
    SentByAnother,
)
from letterlock.verdict import HeaderSet

_KNOWN = frozenset(
    {
        "from", "to", "cc", "bcc", "subject", "date", "message-id", "received", "return-path", "sender", "reply-to",
        "mime-version", "content-type", "delivered-to", "x-mozilla-status",
    }
)  # fmt: skip
"""At least one of these makes a text with colons a message."""

_LOOKS_LIKE_ADDRESS = re.compile(r"[^\s<>()\[\]\"',;:@]{1,64}@[^\s<>()\[\]\"',;:@]{1,255}")

FIELD_CHARACTERS = 2_000
"""Longest header value in a verdict; a longer one is cut with an ellipsis (the message itself is not)."""

FIELDS_SHOWN = 20
"""Most fields of one name in a verdict."""


@dataclass(frozen=True)
class Senders:
    """The From addresses, all of them; `addresses` is empty where one of them cannot be told for certain."""

    addresses: tuple[str, ...]
    remarks: tuple[Coded, ...]


def is_message(root: Entity) -> bool:
    """Whether the input has a header section that belongs to a mail."""
    return any(field.name in _KNOWN for field in root.fields)


def header_set(root: Entity) -> HeaderSet:
    """The fields for a verdict, decoded and bounded."""

    def texts(name: str) -> list[str]:
        return [shown(each) for each in root.field_values(name)[:FIELDS_SHOWN]]

    def one(name: str) -> str | None:
        found = texts(name)
        return found[0] if found else None

    return HeaderSet(
        from_=texts("from"),
        sender=texts("sender"),
        reply_to=texts("reply-to"),
        to=texts("to"),
        cc=texts("cc"),
        subject=one("subject"),
        date=one("date"),
    )


def shown(field: Field) -> str:
    """A field as a person reads it."""
    # An encoded word is at most twelve times as long as what it says.
    return _cut(decode_words(field.text[: 12 * FIELD_CHARACTERS]))


def senders(root: Entity) -> Senders:
    """Whom the message says it is from.

    Nothing is guessed: if one mailbox of one From field cannot be told for certain, nobody is named, so that no
    certificate can name the sender.
    """
    fields = root.field_values("from")
    if not fields:
        return Senders((), (FromMissing(),))
    mailboxes: list[Mailbox] = []
    try:
        for field in fields:
            found = parse_list(field.text, plainly=True)
            if not found:
                # Of several fields some readers show this one, and nobody as the sender.
                return Senders((), (FromUnreadable(),))
            mailboxes += found
    except BadAddress:
        return Senders((), (FromUnreadable(),))
    if len(mailboxes) > limits.SENDERS:
        return Senders((), (FromUnreadable(),))
    unique = tuple(dict.fromkeys(mailbox.address for mailbox in mailboxes))
    remarks: list[Coded] = [FromSeveral(unique)] if len(fields) > 1 else []
    remarks += [NameLooksLikeAddress(each.name, each.address) for each in mailboxes if _names_another(each)]
    return Senders(unique, tuple(remarks))


def beside(root: Entity, from_: Senders) -> list[Coded]:
    """Who stands beside From and is not in it: readers answer to one, and some show the other as the sender."""
    found: list[Coded] = []
    known = {each.lower() for each in from_.addresses}
    kinds: tuple[tuple[str, Callable[[tuple[str, ...]], Coded]], ...] = (
        ("sender", SentByAnother),
        ("reply-to", RepliesGoElsewhere),
    )
    for name, kind in kinds:
        others = tuple(each for each in _addresses(root, name) if each.lower() not in known)
        if others:
            found.append(kind(others[:FIELDS_SHOWN]))
    return found


def _addresses(root: Entity, name: str) -> tuple[str, ...]:
    """All addresses in fields of that name; where they cannot be read, what stands there."""
    found: list[str] = []
    for field in root.field_values(name)[:FIELDS_SHOWN]:
        try:
            found += [each.address for each in parse_list(field.text[: 12 * FIELD_CHARACTERS])]
        except BadAddress:
            found.append(shown(field))
    return tuple(dict.fromkeys(found))


def _names_another(mailbox: Mailbox) -> bool:
    """Whether the display name shows an address, and not the one the mail is from; many readers show only the name."""
    # NFKC: a full-width "@" looks like one.
    found = _LOOKS_LIKE_ADDRESS.findall(unicodedata.normalize("NFKC", mailbox.name[:FIELD_CHARACTERS]))
    return any(each.lower() != mailbox.address.lower() for each in found)


def date(root: Entity) -> datetime | None:
    """The Date field in UTC, or nothing where there is none that can be read (RFC 5322 §3.3)."""
    field = root.first("date")
    return None if field is None else time(field.text)


def received_date(root: Entity) -> datetime | None:
    """What the last mail server says (RFC 5321 §4.4: the first field, its time after the last semicolon). A claim."""
    field = root.first("received")
    return None if field is None else time(field.text.rpartition(";")[2])


def time(text: str) -> datetime | None:
    """A date as mail writes it, in UTC."""
    from email.utils import parsedate_to_datetime

    try:
        found = parsedate_to_datetime(text.strip())
    except (ValueError, OverflowError):
        return None
    # "-0000" says that the zone is unknown; the time is still UTC.
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _cut(text: str) -> str:
    return text if len(text) <= FIELD_CHARACTERS else text[: FIELD_CHARACTERS - 1] + "…"
