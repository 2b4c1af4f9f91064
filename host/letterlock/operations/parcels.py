"""Messages as they are given to the outbox: each with its own envelope, then the copy for the folder of sent mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from letterlock import limits
from letterlock.mime import sendable, writer
from letterlock.mime.address import parse_list
from letterlock.mime.writer import Finished
from letterlock.operations.account_failures import NobodyToSendTo, TooManyToSendTo
from letterlock.operations.outbox import Parcel
from letterlock.operations.protect import Outgoing, Role
from letterlock.operations.protect_reasons import NothingLeaves, SenderNotOne


def of_made(made: Sequence[Outgoing], sender: str, copy: bool, receipt: bool = False) -> list[Parcel]:
    """What `compose` and `protect` have made, for the outbox. Raises `NobodyToSendTo`, `TooManyToSendTo`."""
    letters = [each for each in made if each.recipients]
    own = next((each for each in made if each.role is Role.SENT), None)
    _bounded([address for each in letters for address in each.recipients])
    found: list[Parcel] = []
    for each in letters:
        message_id = _message_id(each.octets.blocks())
        found += _in_turns(Parcel(sender, each.recipients, each.octets.blocks(), message_id, receipt))
    if copy:
        octets = own.octets if own else letters[0].octets
        # Without Bcc the one message is the copy as well, and need not be kept twice.
        pieces = octets.blocks() if own or len(letters) > 1 else None
        found.append(Parcel(sender, (), pieces, _message_id(octets.blocks())))
    return found


def sender_of(finished: Finished) -> str:
    """The address that a finished message is sent from: its Sender's, else its From's. Raises `NothingLeaves`."""
    head = sendable.Head(finished.fields)
    senders = _named(head, "sender") or _named(head, "from")
    if len(senders) != 1:
        raise NothingLeaves([SenderNotOne(len(senders))])
    return senders[0]


def as_it_is(
    finished: Finished, at: datetime, copy: bool, recipients: Sequence[str] = (), receipt: bool = False
) -> list[Parcel]:
    """A finished message to be sent unchanged: Bcc is taken out of what goes to others, Date and Message-ID are added.

    Args:
        recipients: instead of those in To, Cc and Bcc.

    Raises:
        NotAMessage, HeaderTooLarge, BadAddress, NothingLeaves, NobodyToSendTo, TooManyToSendTo.
    """
    root, sender = finished.root, sender_of(finished)

    def whole() -> tuple[sendable.Head, Iterator[bytes]]:
        return sendable.split(finished.read(root.start, root.end))

    head, _ = whole()
    named = [each.address for typed in recipients for each in parse_list(typed)]
    named = named or [each for name in ("to", "cc", "bcc") for each in _named(head, name)]
    everybody = _bounded(named)
    head = head.completed(at, sender.rpartition("@")[2])
    message_id = head.message_id or ""

    def with_(chosen: sendable.Head) -> Iterator[bytes]:
        _, body = whole()
        yield from chosen.with_body(body)

    found = _in_turns(Parcel(sender, everybody, with_(head.public()), message_id, receipt))
    if copy:
        found.append(Parcel(sender, (), with_(head) if head.hidden else None, message_id))
    return found


def _in_turns(parcel: Parcel) -> list[Parcel]:
    """A message to so many that servers take them only in several turns; what is sent is kept once."""
    most = limits.MAIL_RECIPIENTS_AT_ONCE
    turns = [parcel.recipients[start : start + most] for start in range(0, len(parcel.recipients), most)]
    rest = [replace(parcel, recipients=each, pieces=None) for each in turns[1:]]
    return [replace(parcel, recipients=turns[0]), *rest]


def _bounded(addresses: Iterable[str]) -> tuple[str, ...]:
    everybody = tuple(dict.fromkeys(addresses))
    if not everybody:
        raise NobodyToSendTo
    if len(everybody) > limits.MAIL_RECIPIENTS:
        raise TooManyToSendTo(limits.MAIL_RECIPIENTS)
    return everybody


def _named(head: sendable.Head, name: str) -> list[str]:
    return [
        each.address for field_ in writer.named(head.fields, name) for each in parse_list(writer.value(field_))
    ]  # fmt: skip


def _message_id(pieces: Iterable[bytes]) -> str:
    return sendable.split(pieces)[0].message_id or ""
