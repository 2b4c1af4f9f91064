"""`letterlock keys backup|restore`: all keys in one encrypted file, and back."""

from __future__ import annotations

import argparse
import os
import secrets
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.cli import vault


def register(actions: Any) -> None:
    """Add the verbs."""
    backup = actions.add_parser("backup", help="write every key into one encrypted file")
    backup.add_argument("file", type=Path, metavar="FILE", help="a new file; one that exists is not replaced")
    restore = actions.add_parser("restore", help="put the keys of a backup into your vault; nothing there is replaced")
    restore.add_argument("file", type=Path, metavar="FILE")
    for parser, run in ((backup, run_backup), (restore, run_restore)):
        vault.add_options(parser, creates=parser is restore)
        parser.add_argument(
            "--backup-passphrase-file",
            type=Path,
            metavar="FILE",
            help="whose first line opens the backup (else you are asked)",
        )
        parser.set_defaults(run=run)


def run_backup(arguments: argparse.Namespace) -> int:
    """Write a backup; 0, or 1 where something in the vault was damaged and could not be saved."""
    from letterlock.cli.show import counting, say_line
    from letterlock.keystore import backup

    if arguments.file.exists():
        raise FileExistsError(17, os.strerror(17), str(arguments.file))
    opened = vault.unlocked(arguments)
    passphrase = vault.new_passphrase(arguments.backup_passphrase_file, "Passphrase of the backup: ")
    with counting("Sealing keys") as progress:
        octets, saved, lost = backup.write(opened, passphrase, progress=progress)
    _write_new(arguments.file, octets)
    say_line(f"{saved} keys are in {arguments.file}. Keep it elsewhere; its passphrase is its own.")
    for each in lost:
        say_line(f"  damaged, not saved: {each}")
    return 1 if lost else 0


def run_restore(arguments: argparse.Namespace) -> int:
    """Put keys back; 0, or 1 where the backup was damaged."""
    from letterlock.cli.show import counting, say_line
    from letterlock.keystore import backup

    with arguments.file.open("rb") as file:
        octets = file.read(limits.BACKUP_OCTETS + 1)
    passphrase = vault.passphrase(arguments.backup_passphrase_file, "Passphrase of the backup: ")
    opened = vault.unlocked(arguments, create=True)
    with counting("Opening keys") as progress:
        restored = backup.restore(opened, octets, passphrase, progress)
    say_line(f"{len(restored.new)} keys restored, {len(restored.known)} were here already.")
    if restored.damaged:
        say_line(f"  {restored.damaged} lines of the backup are damaged and gave no key.")
    if not restored.complete:
        say_line("  The backup is not whole: something of it is missing.")
    return 0 if restored.complete and not restored.damaged else 1


def _write_new(path: Path, octets: bytes) -> None:
    """The file whole or not at all, for its owner only, and never over another."""
    begun = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with open(begun, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(begun, path)
        except FileExistsError:
            raise FileExistsError(17, os.strerror(17), str(path)) from None
        except OSError:
            # FAT on a stick has no links; there `exists` was asked before.
            os.rename(begun, path)
    finally:
        begun.unlink(missing_ok=True)
