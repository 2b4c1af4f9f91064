"""The journal and receipts as a client of the host asks for them: each verb one call, answers as JSON has them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.keystore.vault import Vault
from letterlock.operations import describe_proof, journal_check, receipt_make
from letterlock.operations.trust import TrustSettings

if TYPE_CHECKING:
    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.protect import Desk

Answer = dict[str, Any]


class HostProof:
    """The verbs on one host's vault and database. All raise as the verbs do."""

    def __init__(self, vault: Vault, database: Path) -> None:
        self._vault = vault
        self._database = database

    def listed(self, after: int) -> Answer:
        """A page of the journal, the newest entry first."""
        found = journal_check.listed(self._database, self._vault)[::-1]
        page: list[Answer] = []
        octets = 0
        for each in found[after : after + limits.JOURNAL_IN_REPLY]:
            if octets > limits.JOURNAL_REPLY_OCTETS:
                break
            page.append(describe_proof.entry(each))
            octets += len(json.dumps(page[-1], ensure_ascii=False).encode())
        return {"entries": page, "total": len(found)}

    def verified(self, trust: TrustSettings, language: str) -> Answer:
        """Whether the journal is whole."""
        found = journal_check.verified(self._database, self._vault, trust, datetime.now(UTC))
        return describe_proof.report(found, language)

    def receipt(self, opened: OpenedMessage, whose: str | None, again: bool, desk: Desk, language: str) -> Answer:
        """The receipt that an opened message asks for."""
        made = receipt_make.make(opened, desk, whose, again, language)
        return {
            "mail": base64.b64encode(made.octets).decode(),
            "sender": made.sender,
            "to": list(made.to),
            "reasons": describe_proof.reasons(made.reasons, language),
        }

    def give(self, opened: OpenedMessage, whose: str | None, again: bool, desk: Desk, language: str) -> Answer:
        """Make it, and send it over the account of the address that is asked.

        Raises:
            NoReceipt, NothingLeaves …: as `receipt_make.make`.
            AccountMissing, AccountSecretMissing, VaultLocked: it was not made, either; one is made only once.
        """
        from letterlock.operations import accounts, parcels, send
        from letterlock.operations.outbox import Outbox
        from letterlock.operations.protect import Incoming

        wanted = receipt_make.asked(opened, receipt_make.own_addresses(desk), whose)
        account = accounts.sending_for(self._database, wanted.sender)
        login = accounts.login(self._database, self._vault, account)
        made = receipt_make.make(opened, desk, whose, again, language)
        incoming = Incoming()
        incoming.feed(made.octets)
        letters = parcels.as_it_is(incoming.close(), desk.at, account.copies)
        report = send.submit(letters, account, Outbox(self._database, self._vault), send.Way(login))
        failures = [each.failure for each in report.recipients if each.failure is not None]
        return {
            "sent": report.all_sent,
            "waits": report.kept,
            "sender": made.sender,
            "to": list(made.to),
            "reasons": describe_proof.reasons(dict.fromkeys((*failures, *made.reasons)), language),
        }
