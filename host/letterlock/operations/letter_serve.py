"""Answers and drafts as a client of the host asks for them: answers as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from letterlock.keystore.vault import Vault
from letterlock.operations import accounts, answer, keys_choose
from letterlock.operations.drafts import Draft, DraftFile, Drafts, OpenedDraft
from letterlock.operations.open import OpenedMessage

Answer = dict[str, Any]

LISTED_CHARACTERS = 300
"""Of a subject and of recipients in the list of drafts."""


class HostLetters:
    """The verbs on one host's database and vault. All raise as the verbs do."""

    def __init__(self, vault: Vault, database: Path) -> None:
        self._vault = vault
        self._database = database
        self._drafts = Drafts(database, vault)

    def answer(self, opened: OpenedMessage, kind: answer.Kind) -> Answer:
        """What an answer to a message begins with. Needs no unlocked vault."""
        sending = [each.address for each in accounts.listed(self._database)]
        own = dict.fromkeys((*sending, *keys_choose.addresses(self._vault.entries())))
        return answer.described(answer.answer(opened, kind, own))

    def put(self, asked: Any, text: bytes) -> Answer:
        """Keep a letter."""
        kept = self._drafts.put(asked.draft, asked.revision, asked.fields.model_dump(mode="json"), text)
        return {"draft": kept.id, "revision": kept.revision}

    def attach(self, asked: Any, octets: Iterable[bytes]) -> Answer:
        """Keep a file."""
        return _file(self._drafts.attach(asked.draft, asked.name, asked.media_type, asked.content_id, octets))

    def detach(self, draft: str, file: str) -> Answer:
        """Forget a file."""
        self._drafts.detach(draft, file)
        return {"removed": file}

    def listed(self) -> Answer:
        """Every draft."""
        if not self._drafts.counted():
            return {"drafts": []}
        return {"drafts": [_summary(each) for each in self._drafts.listed()]}

    def open(self, draft: str) -> tuple[Answer, OpenedDraft]:
        """A draft, and what is fetched of it."""
        opened = self._drafts.open(draft)
        kept = opened.draft
        files = [_file(each) for each in kept.files]
        return {"draft": kept.id, "revision": kept.revision, "fields": kept.fields, "files": files}, opened

    def remove(self, draft: str) -> Answer:
        """Forget a draft."""
        self._drafts.remove(draft)
        return {"removed": draft}


def _file(found: DraftFile) -> Answer:
    return {
        "id": found.id,
        "name": found.name,
        "media_type": found.type,
        "size": found.size,
        "content_id": found.content_id,
    }


def _summary(found: Draft) -> Answer:
    fields = found.fields or {}
    return {
        "draft": found.id,
        "changed": found.changed.isoformat(timespec="seconds").replace("+00:00", "Z"),
        "octets": found.octets,
        "subject": str(fields.get("subject", ""))[:LISTED_CHARACTERS],
        "to": str(fields.get("to", ""))[:LISTED_CHARACTERS],
        "files": len(found.files),
        "sending": bool(fields.get("sending")),
        "damaged": found.fields is None,
    }
