"""What a person wrote becomes the finished messages: written as MIME, then signed and encrypted as `protect` does.

    plan = compose.plan(Written("anna@muster.example", to=["bea@muster.example"], text="…"), wish, desk)
    for outgoing in plan.make(): …

Nothing leaves when anything is missing, and then everything that is missing is said at once.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from letterlock.errors import Coded
from letterlock.mime import letter
from letterlock.mime.address import Mailbox, parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.letter import Attachment, Letter
from letterlock.operations import protect
from letterlock.operations.protect import Desk, Incoming, Plan, Wish
from letterlock.operations.protect_reasons import AttachmentUnreadable, InlineImageMissing, NothingLeaves, SenderNotOne
from letterlock.operations.recipients import AddressNotAnAddress
from letterlock.trust.addresses import domain_key, split_address

_CID = re.compile(r"""(?:src|background|href)\s*=\s*["']?cid:([^"'\s>]{1,900})""", re.IGNORECASE)


Written = Letter[str]
"""As it was typed: each of `to`, `cc`, `bcc` may hold several addresses, with or without names."""


def plan(written: Written, wish: Wish, desk: Desk) -> Plan:
    """Write the message and find everything that is needed.

    Raises:
        NothingLeaves: with every problem there is.
        MessageTooLarge: beyond a limit.
    """
    problems: list[Coded] = []
    sender = _mailboxes([written.sender], problems)
    to, cc, bcc = (_mailboxes(each, problems) for each in (written.to, written.cc, written.bcc))
    attachments = [each for each in written.attachments if _readable(each, problems)]
    known = {each.content_id for each in written.attachments}
    missing = [each for each in dict.fromkeys(_CID.findall(written.html or "")) if each not in known]
    problems += map(InlineImageMissing, missing)
    if len(sender) != 1:
        problems.append(SenderNotOne(len(sender)))
        everybody = tuple(dict.fromkeys(each.address for each in (*to, *cc, *bcc)))
        protect.find(None, everybody, wish, desk, problems)
        raise NothingLeaves(dict.fromkeys(problems))
    whole = Letter(
        sender[0], to, cc, bcc, written.subject, written.text, written.html, attachments,
        written.in_reply_to, written.references, written.importance, written.sensitivity,
    )  # fmt: skip
    incoming = Incoming()
    letter.write(whole, incoming.feed, desk.at)
    return protect.plan(incoming.close(), wish, desk, problems)


def _mailboxes(typed: Sequence[str], problems: list[Coded]) -> list[Mailbox]:
    found: list[Mailbox] = []
    for text in typed:
        try:
            found += [_ascii(each) for each in parse_list(text)]
        except (BadAddress, UnicodeError):
            problems.append(AddressNotAnAddress(text))
    return found


def _ascii(mailbox: Mailbox) -> Mailbox:
    """With the domain as the DNS has it. Raises `UnicodeError`: a local part that needs SMTPUTF8 (RFC 6531)."""
    local, domain = split_address(mailbox.address)
    # Python's own "idna" codec makes "straße" into "strasse" (IDNA 2003), which may be somebody else's domain.
    address = f"{local}@{domain if domain.isascii() else domain_key(domain)}"
    address.encode("ascii")
    return Mailbox(mailbox.name, address)


def _readable(attachment: Attachment, problems: list[Coded]) -> bool:
    try:
        next(iter(attachment.read()), b"")
    except OSError as failure:
        problems.append(AttachmentUnreadable(attachment.name, failure.strerror or str(failure)))
        return False
    return True
