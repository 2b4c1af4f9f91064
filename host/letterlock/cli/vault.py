"""The vault at a terminal: asked for its passphrase without echo, or opened with the first line of a file.

    parser = actions.add_parser("create", …)
    vault.add_options(parser)
    …
    opened = vault.unlocked(arguments, create=True)

A passphrase is never an argument and never in the environment: both are readable by others.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from letterlock import limits

if TYPE_CHECKING:
    from letterlock.keystore.vault import Vault


def add_options(parser: argparse.ArgumentParser, *, creates: bool = False) -> None:
    """Add `--passphrase-file`; to a command that makes a vault where there is none, `--recovery-code` too."""
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="whose first line opens your keys (else you are asked)"
    )
    if creates:
        parser.add_argument(
            "--recovery-code", action="store_true", help="show a code to print, if the vault for your keys is made now"
        )


def here() -> Vault:
    """This user's vault, not opened."""
    from letterlock.keystore.vault import Vault
    from letterlock.store import location

    return Vault.at(location.database())


def unlocked(arguments: argparse.Namespace, *, create: bool = False) -> Vault:
    """This user's vault, unlocked.

    Args:
        create: make it if there is none, which asks for the new passphrase twice.

    Raises:
        WrongVaultPassphrase, VaultMissing …: as `Vault.unlock` and `Vault.create`.
    """
    from letterlock.native.process import forbid_core_dumps

    forbid_core_dumps()
    vault = here()
    if create and not vault.exists:
        chosen = new_passphrase(arguments.passphrase_file, "New passphrase for your keys: ")
        code = vault.create(chosen, recovery=getattr(arguments, "recovery_code", False))
        print("Nobody can reset this passphrase. Back your keys up: letterlock keys backup FILE", file=sys.stderr)
        if code:
            # Beside a request or a document for programs, which go to standard output.
            print(code, file=sys.stderr)
            print("Print this code and put it away: it opens your keys, and is not kept here.", file=sys.stderr)
        else:
            print("A code to print, which opens them too: letterlock keys recovery", file=sys.stderr)
        return vault
    vault.unlock(passphrase(arguments.passphrase_file, "Passphrase of your keys: "))
    return vault


def passphrase(file: Path | None, prompt: str) -> str:
    """The first line of a file, or what is typed without echo."""
    if file is not None:
        with file.open("rb") as opened:
            return opened.readline(limits.PASSPHRASE_OCTETS).decode("utf-8", "replace").rstrip("\r\n")
    from getpass import getpass

    return getpass(prompt)


def new_passphrase(file: Path | None, prompt: str) -> str:
    """As `passphrase`; what is typed is asked for until it was typed twice alike."""
    while True:
        first = passphrase(file, prompt)
        if file is not None or passphrase(None, "Once more: ") == first:
            return first
        print("The two differ; once more.", file=sys.stderr)
