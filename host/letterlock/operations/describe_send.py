"""Accounts, the outbox and what was sent, as JSON has it: the same for the command line and for clients of the host."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from letterlock.errors import Coded
from letterlock.net.mail import MailServer
from letterlock.net.mail_settings import Settings
from letterlock.operations.account_failures import ServersElsewhere
from letterlock.operations.accounts import Account, Tried
from letterlock.operations.outbox import Item
from letterlock.operations.send_report import Report
from letterlock.verdict import reason

Answer = dict[str, Any]


def account(found: Account) -> Answer:
    """An account, without its password."""
    return {
        "id": found.id,
        "address": found.address,
        "smtp": server(found.smtp),
        "imap": server(found.imap),
        "user": found.user,
        "login": found.login,
        "keep_copy": found.copy,
        "folder": found.folder,
        "has_secret": found.has_secret,
    }


def server(found: MailServer | None) -> Answer | None:
    """Host, port and security."""
    return None if found is None else found._asdict()


def tried(found: Tried, language: str) -> Answer:
    """What came of an attempt to log in."""
    return {
        "protocol": found.protocol,
        "server": server(found.server),
        "failure": said(found.failure, language),
        "largest": found.largest,
        "abilities": list(found.abilities),
        "folder": found.folder,
    }


def proposal(found: Account, settings: Settings, confirm: Sequence[ServersElsewhere], language: str) -> Answer:
    """What a domain proposes, where it does so, and what a person has to confirm."""
    return {
        "account": account(found),
        "source": settings.source,
        "confirm": [said(each, language) for each in confirm],
    }


def report(found: Report, language: str) -> Answer:
    """What became of a batch."""
    return {
        "batch": found.batch,
        "sent": found.all_sent,
        "waits": found.kept,
        "recipients": [
            {"address": each.address, "status": each.status.value, "reason": said(each.failure, language)}
            for each in found.recipients
        ],
        "sent_copy": {
            "status": found.copy.value,
            "folder": found.folder,
            "reason": said(found.copy_failure, language),
        },
        "remarks": [said(each, language) for each in dict.fromkeys(found.remarks)],
    }


def waiting(items: Sequence[Item]) -> list[Answer]:
    """What waits, one entry for each batch, in the order in which they came."""
    batches: dict[str, list[Item]] = {}
    for each in items:
        batches.setdefault(each.stored.batch, []).append(each)
    return [
        {
            "batch": batch,
            "account": members[0].stored.account,
            "since": members[0].stored.made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "sender": members[0].slip.sender,
            "recipients": [address for each in members for address in each.slip.recipients],
            "octets": max(each.slip.octets for each in members),
            "busy": any(each.busy for each in members),
            "unsure": any(each.unsure and not each.is_copy for each in members),
            "copy_only": all(each.is_copy for each in members),
        }
        for batch, members in batches.items()
    ]


def said(coded: Coded | None, language: str) -> Any:
    """A failure or a reason, in words; None for none."""
    return None if coded is None else reason(coded.code, coded.facts(), language).model_dump(mode="json")
