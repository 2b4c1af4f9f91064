"""A process that issues a list of staff until it is done or killed: `issuer.py DATABASE STAFF BUNDLES SLIPS`."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from letterlock.authority import people, staff
from letterlock.keystore.vault import Vault
from letterlock.operations import authority, authority_issue
from letterlock.operations.authority_files import Delivery
from tests.keystore.vaults import PASSPHRASE, QUICK


def main(database: Path, csv: Path, bundles: Path, slips: Path) -> None:
    vault = Vault.at(database, cost=QUICK)
    vault.unlock(PASSPHRASE)
    everybody = staff.read(csv.read_bytes(), frozenset(people.KINDS))
    at = datetime.now(UTC).replace(microsecond=0)
    with authority.acting(database, vault) as acting:
        how = authority_issue.How("P-256")
        for done in authority_issue.issue(acting, everybody, Delivery(bundles, slips), how, at):
            print(done.outcome.value, flush=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:5]))
