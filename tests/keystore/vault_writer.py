"""A process that adds keys to a vault until somebody kills it: `vault_writer.py DATABASE [COUNT]`.

It says that the vault is unlocked, then what was kept, one identifier a line, after the vault has said so. Each round
also seals the master key anew (a change of passphrase to one of two), so that a kill may hit that too.
"""

from __future__ import annotations

import os
import sys
from itertools import count
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from letterlock.keystore.failures import WrongVaultPassphrase
from letterlock.keystore.vault import Vault
from tests.keystore.vaults import PASSPHRASES, QUICK


def unlocked(database: Path) -> Vault:
    """The vault, by whichever of the two passphrases the last change left behind."""
    vault = Vault.at(database, cost=QUICK)
    try:
        vault.unlock(PASSPHRASES[0])
    except WrongVaultPassphrase:
        vault.unlock(PASSPHRASES[1])
    return vault


def write(database: Path, rounds: int | None, said: int = 1) -> None:
    """Add keys, and say so on a descriptor."""
    vault = unlocked(database)
    os.write(said, b"unlocked\n")
    for number in count() if rounds is None else range(rounds):
        entry = vault.add(ed25519.Ed25519PrivateKey.generate(), label=f"round {number}")
        os.write(said, f"{entry.id}\n".encode())
        vault.change_passphrase(PASSPHRASES[number % 2])


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else None)
