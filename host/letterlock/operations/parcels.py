"""Messages as they are given to the outbox: each with its own envelope, then the copy for the folder of sent mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from letterlock import limits
from letterlock.mime import sendable, writer
from letterlock.mime.address import parse_list
from letterlock.mime.writer import Finished
from letterlock.operations.account_failures import NobodyToSendTo, TooManyToSendTo
from letterlock.operations.accounts import Envelopes
from letterlock.operations.outbox import Parcel
from letterlock.operations.protect import Outgoing, Role
from letterlock.operations.protect_reasons import NothingLeaves, SenderNotOne
from letterlock.trust.addresses import domain_key, split_address


def of_made(
    made: Sequence[Outgoing],
    sender: str,
    copy: bool,
    receipt: bool = False,
    envelopes: Envelopes = Envelopes.OWN,
) -> list[Parcel]:
    """What `compose` and `protect` have made, for the outbox.

    Args:
        envelopes: how whoever sends them is told who gets them.

    Raises:
        NobodyToSendTo, TooManyToSendTo.
    """
    letters = [each for each in made if each.recipients]
    own = next((each for each in made if each.role is Role.SENT), None)
    _bounded([address for each in letters for address in each.recipients])
    found: list[Parcel] = []
    for each in letters:
        message_id = _message_id(each.octets.blocks())
        if envelopes is not Envelopes.OWN:
            found += apart(sender, each.recipients, each.octets.blocks, message_id, envelopes)
            continue
        found += _in_turns(Parcel(sender, each.recipients, each.octets.blocks(), message_id, receipt))
    if copy:
        octets = own.octets if own else letters[0].octets
        # Without Bcc the one message is the copy as well, and need not be kept twice.
        pieces = octets.blocks() if own or len(letters) > 1 else None
        found.append(Parcel(sender, (), pieces, _message_id(octets.blocks())))
    return found


def apart(
    sender: str,
    recipients: Sequence[str],
    blocks: Callable[[], Iterable[bytes]],
    message_id: str,
    envelopes: Envelopes,
) -> list[Parcel]:
    """A message to whom its To and Cc name, and one of their own to each of the others.

    For a provider that knows no envelope, and sends to everybody whom To, Cc and Bcc name, those have a header of their
    own, in which Bcc names them and nobody else is named: if it should fail to take Bcc out, they would still learn of
    nobody. Where the header names others than are meant, all are sent to so. What a signature or encryption protects is
    not touched.
    """
    head = sendable.split(blocks())[0].public()
    named = {_key(each) for name in ("to", "cc") for each in _named(head, name)}
    open_ = tuple(each for each in recipients if _key(each) in named)
    in_header = envelopes is Envelopes.IN_HEADER
    if in_header and len({_key(each) for each in open_}) < len(named):
        open_ = ()
    found = []
    if open_:
        found.append(Parcel(sender, open_, head.with_body(sendable.split(blocks())[1]), message_id))
    for each in recipients:
        if each not in open_:
            alone = head.only_for(each) if in_header else head
            found.append(Parcel(sender, (each,), alone.with_body(sendable.split(blocks())[1]), message_id))
    return found


def sender_of(finished: Finished) -> str:
    """The address that a finished message is sent from: its Sender's, else its From's. Raises `NothingLeaves`."""
    head = sendable.Head(finished.fields)
    senders = _named(head, "sender") or _named(head, "from")
    if len(senders) != 1:
        raise NothingLeaves([SenderNotOne(len(senders))])
    return senders[0]


def as_it_is(
    finished: Finished,
    at: datetime,
    copy: bool,
    recipients: Sequence[str] = (),
    receipt: bool = False,
    envelopes: Envelopes = Envelopes.OWN,
) -> list[Parcel]:
    """A finished message to be sent unchanged: Bcc is taken out of what goes to others, Date and Message-ID are added.

    Args:
        recipients: instead of those in To, Cc and Bcc.
        envelopes: how whoever sends it is told who gets it.

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

    if envelopes is not Envelopes.OWN:
        found = apart(sender, everybody, lambda: with_(head.public()), message_id, envelopes)
    else:
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


def _key(address: str) -> str:
    """An address as it is compared: its local part as servers in practice do, its domain as the DNS."""
    local, domain = split_address(address)
    return f"{local.casefold()}@{domain_key(domain)}"


def _message_id(pieces: Iterable[bytes]) -> str:
    return sendable.split(pieces)[0].message_id or ""
