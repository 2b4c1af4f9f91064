"""A process that writes drafts until somebody kills it: `draft_writer.py DATABASE [DRAFT]`.

It changes one draft and attaches a file to it, again and again, and says each revision only after it is kept.
"""

from __future__ import annotations

import sys
from itertools import count
from pathlib import Path

from letterlock.keystore.vault import Vault
from letterlock.operations.drafts import Drafts
from letterlock.store.failures import DraftChanged, StoreBusy
from tests.keystore.vaults import PASSPHRASE, QUICK


def main(database: Path, draft: str | None) -> None:
    vault = Vault.at(database, cost=QUICK)
    vault.unlock(PASSPHRASE)
    drafts = Drafts(database, vault)
    kept = drafts.put(None, None, {"subject": "0"}, b"0" * 100_000) if draft is None else drafts.open(draft).draft
    files: list[str] = []
    for _ in count():
        try:
            number = str(kept.revision)
            kept = drafts.put(kept.id, kept.revision, {"subject": number}, number.encode() * 50_000)
            files.append(drafts.attach(kept.id, number, "text/plain", None, [number.encode() * 300_000]).id)
            if len(files) > 2:
                drafts.detach(kept.id, files.pop(0))
        except (DraftChanged, StoreBusy):
            kept = drafts.open(kept.id).draft
            continue
        print(kept.id, kept.revision, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else None)
