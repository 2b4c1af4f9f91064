"""A process that sends until it is done or killed: `sender_process.py DATABASE CA submit|large|resume [SECONDS]`.

With SECONDS its clock is ahead by so many: claims of processes that were killed have run out. What is large does not
fit into the buffers of a connection. It says what became of each recipient, as JSON.
"""

from __future__ import annotations

import json
import ssl
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from letterlock.keystore.vault import Vault
from letterlock.operations import accounts, parcels, protect, send
from letterlock.operations.outbox import Outbox
from letterlock.operations.send import Way
from tests.keystore.vaults import PASSPHRASE, QUICK
from tests.operations.notes import note, statuses


def main(database: Path, ca: str, what: str, ahead: float) -> None:
    vault = Vault.at(database, cost=QUICK)
    vault.unlock(PASSPHRASE)
    (account,) = accounts.listed(database)
    way = Way(accounts.login(database, vault, account), ssl.create_default_context(cafile=ca))

    def outbox() -> Outbox:
        return Outbox(database, vault, lambda: time.time() + ahead)

    if what != "resume":
        incoming = protect.Incoming()
        incoming.feed(note(("y" * 76 + "\r\n") * (200_000 if what == "large" else 2_000)))
        letters = parcels.as_it_is(incoming.close(), datetime.now(UTC), account.copies)
        print(json.dumps(statuses(send.submit(letters, account, outbox(), way))), flush=True)
        return
    for batch in dict.fromkeys(each.stored.batch for each in outbox().items()):
        own = outbox()
        items = own.items(batch)
        if items:
            print(json.dumps([batch, statuses(send.resume(items, account, own, way))]), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4]) if len(sys.argv) > 4 else 0.0)
