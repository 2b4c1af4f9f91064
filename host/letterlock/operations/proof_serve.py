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
