"""A finished message becomes a signed one, an encrypted one, or both (RFC 8551): signed first, then encrypted.

    plan = protect.plan(incoming.close(), wish, desk)     # raises with everything that is missing, at once
    for outgoing in plan.make(): outgoing.octets, outgoing.recipients

All or nothing: without a key for the sender, or without a good certificate for one of the recipients, there is no
message at all. Everybody in Bcc gets a message of their own when it is encrypted, since an encrypted message tells
whoever opens it how many others can. Nothing is held in memory beyond what a spool holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from letterlock.errors import Coded
from letterlock.mime import writer
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.protecting import Policy
from letterlock.mime.writer import Finished
from letterlock.operations.protect_make import Plan
from letterlock.operations.protect_means import certificate_of, find, signing_key
from letterlock.operations.protect_reasons import (
    DecryptedTextInClear,
    NothingLeaves,
    SenderNotOne,
    SubjectHiddenInReply,
)
from letterlock.operations.protect_shapes import Desk, Incoming, Outgoing, Role, Wish

__all__ = [
    "Desk",
    "Incoming",
    "Outgoing",
    "Plan",
    "Role",
    "Wish",
    "certificate_of",
    "find",
    "plan",
    "signing_key",
]


def plan(finished: Finished, wish: Wish, desk: Desk, problems: Iterable[Coded] = ()) -> Plan:
    """Find everything that is needed.

    Args:
        problems: what is missing already; it is told with the rest.

    Raises:
        NothingLeaves: with every problem there is.
    """
    missing = list(problems)
    sender = _sender(finished, missing)
    named, blind = _named(finished, ("to", "cc"), missing), _named(finished, ("bcc",), missing)
    blind = tuple(each for each in blind if each not in named)
    means = find(sender, (*named, *blind), wish, desk, missing)
    if missing or sender is None:
        raise NothingLeaves(dict.fromkeys(missing))
    remarks: list[Coded] = [each for choice in means.recipients for each in choice.reasons]
    if wish.quotes_decrypted and not wish.encrypt and not wish.draft:
        remarks.append(DecryptedTextInClear())
    elif wish.quotes_decrypted and not wish.hides_subject:
        # RFC 9788 §6.1: what was confidential stays so in the reply, and its subject says what the mail's said.
        wish = replace(wish, protect_headers=True, policy=Policy.BASELINE)
        remarks.append(SubjectHiddenInReply())
    return Plan(finished, wish, desk, means.key, means.own, sender, named, blind, means.recipients, tuple(remarks))


def _sender(finished: Finished, missing: list[Coded]) -> str | None:
    found = _named(finished, ("from",), missing)
    if len(found) != 1:
        if not any(isinstance(each, BadAddress) for each in missing):
            missing.append(SenderNotOne(len(found)))
        return None
    return found[0]


def _named(finished: Finished, names: Sequence[str], missing: list[Coded]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        for field in writer.named(finished.fields, name):
            try:
                found += [each.address for each in parse_list(writer.value(field))]
            except BadAddress as failure:
                missing.append(failure)
    return tuple(dict.fromkeys(found))
