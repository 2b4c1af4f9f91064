"""Answering an opened message: whom it goes to, what it is called, what it belongs to (RFC 5322 §3.6.2 to §3.6.4).

Where the message carries protected fields (RFC 9788) those count, and those outside do not: what stands outside was
signed by nobody, and a Reply-To put there must not lead a confidential answer elsewhere. The text is not looked at
here: whoever answers fetches the part that is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from letterlock import limits
from letterlock.mime.address import Mailbox, parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.reader import Entity
from letterlock.operations import headers
from letterlock.operations.open import OpenedMessage
from letterlock.trust.addresses import names_address
from letterlock.verdict import EncryptionStatus

Kind = Literal["reply", "reply_all", "forward"]

_PREFIXES = {"reply": "Re: ", "reply_all": "Re: ", "forward": "Fwd: "}
_ANSWERED = re.compile(r"(?:(?:re|aw|sv|antw)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_FORWARDED = re.compile(r"(?:(?:fwd?|wg)(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,500}>", re.ASCII)


@dataclass(frozen=True)
class Answer:
    """What an answer begins with.

    Args:
        sender: the own address that the message was sent to; None where it names none.
        left_out: recipients beyond `limits.ANSWER_RECIPIENTS`.
        author: whom the quote is from, as a person reads it.
        encrypted: the message was encrypted; its words must not go out in clear unasked.
    """

    sender: str | None
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    left_out: int
    subject: str
    in_reply_to: str | None
    references: tuple[str, ...]
    author: str
    date: str | None
    encrypted: bool


def answer(opened: OpenedMessage, kind: Kind, own: Iterable[str]) -> Answer:
    """What an answer to a message begins with.

    Args:
        own: the addresses of whoever answers, the preferred ones first.
    """
    inside = opened.inside
    # The forms before RFC 9788 protect the subject alone, some of them.
    root = inside if inside and inside.field_values("from") else opened.root
    mine = tuple(own)
    authors, to, cc = (_mailboxes(root, name) for name in ("from", "to", "cc"))
    main, others = _recipients(kind, root, authors, to, cc, mine)
    kept_to, kept_cc = main[: limits.ANSWER_RECIPIENTS], others[: max(0, limits.ANSWER_RECIPIENTS - len(main))]
    left_out = len(main) + len(others) - len(kept_to) - len(kept_cc)
    identifiers = _identifiers(root, "message-id") or _identifiers(opened.root, "message-id")
    parent = identifiers[0] if len(identifiers) == 1 else None
    answers = kind != "forward"
    dated = root.first("date")
    date = headers.time(dated.text) if dated else None
    return Answer(
        sender=next((each for each in mine if _among(each, (*to, *cc))), None),
        to=kept_to,
        cc=kept_cc,
        left_out=left_out,
        subject=_PREFIXES[kind] + _bare(_shown(inside or root, "subject") or _shown(root, "subject"), kind),
        in_reply_to=parent if answers else None,
        references=_references(root, parent) if answers else (),
        author=", ".join(each.name or each.address for each in authors[:5]) or _shown(root, "from"),
        date=date.isoformat(timespec="seconds").replace("+00:00", "Z") if date else None,
        encrypted=opened.verdict.encryption.status is not EncryptionStatus.NONE,
    )


def described(found: Answer) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "sender": found.sender,
        "to": [{"name": each.name, "address": each.address} for each in found.to],
        "cc": [{"name": each.name, "address": each.address} for each in found.cc],
        "left_out": found.left_out,
        "subject": found.subject,
        "in_reply_to": found.in_reply_to,
        "references": list(found.references),
        "author": found.author,
        "date": found.date,
        "encrypted": found.encrypted,
    }


def _recipients(
    kind: Kind, root: Entity, authors: tuple[Mailbox, ...], to: tuple[Mailbox, ...], cc: tuple[Mailbox, ...],
    own: tuple[str, ...],
) -> tuple[tuple[Mailbox, ...], tuple[Mailbox, ...]]:  # fmt: skip
    """To and Cc of the answer; nobody twice, and never whoever answers, unless there is nobody else."""
    if kind == "forward":
        return (), ()

    def others(mailboxes: Iterable[Mailbox], besides: Iterable[Mailbox] = ()) -> tuple[Mailbox, ...]:
        seen = {each.address.lower() for each in besides}
        unique = {each.address.lower(): each for each in reversed([*mailboxes])}
        ordered = dict.fromkeys(each.address.lower() for each in mailboxes)
        return tuple(unique[key] for key in ordered if key not in seen and not _is_own(unique[key], own))

    # §3.6.2: to Reply-To where there is one, else to From. An answer to one's own mail goes where that went.
    wanted = _mailboxes(root, "reply-to") or authors
    main = others(wanted) or others(to) or wanted
    if kind == "reply":
        return main, ()
    return main, others((*to, *cc), besides=main)


def _mailboxes(root: Entity, name: str) -> tuple[Mailbox, ...]:
    """Those of all fields of one name that follow the grammar; nothing is guessed from the others."""
    found: list[Mailbox] = []
    for field in root.field_values(name)[: headers.FIELDS_SHOWN]:
        try:
            found += parse_list(field.text)
        except BadAddress:
            continue
    return tuple(found)


def _is_own(mailbox: Mailbox, own: Iterable[str]) -> bool:
    return names_address(tuple(own), mailbox.address)


def _among(address: str, mailboxes: Iterable[Mailbox]) -> bool:
    return any(names_address((each.address,), address) for each in mailboxes)


def _shown(root: Entity, name: str) -> str:
    field = root.first(name)
    return headers.shown(field).strip() if field else ""


def _bare(subject: str, kind: Kind) -> str:
    """A subject without the prefixes that programs in several languages put before it, where another would join it."""
    marks = _FORWARDED if kind == "forward" else _ANSWERED
    found = marks.match(subject)
    return subject[found.end() :] if found else subject


def _identifiers(root: Entity, name: str) -> tuple[str, ...]:
    field = root.first(name)
    return tuple(_MESSAGE_ID.findall(field.text)) if field else ()


def _references(root: Entity, parent: str | None) -> tuple[str, ...]:
    """RFC 5322 §3.6.4: the references of what is answered, or the only one that it answers, and it itself."""
    if parent is None:
        return ()
    before = _identifiers(root, "references")
    answered = _identifiers(root, "in-reply-to")
    found = tuple(dict.fromkeys((*(before or (answered if len(answered) == 1 else ())), parent)))
    most = limits.ANSWER_REFERENCES
    return found if len(found) <= most else (found[0], *found[1 - most :])
