"""`letterlock uninstall`: take away exactly what `setup` wrote.

Keys and settings stay, unless `--purge` is given and confirmed by typing a word.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letterlock.cli.setup_show import Screen
    from letterlock.clients.apply import Done, Removal
    from letterlock.clients.machine import Machine

DATA_FILES = ("letterlock.sqlite*",)
"""Keys, trusted certificates and settings: the one database with SQLite's own files beside it."""

CONFIG_FILES = ("callers.json", "owa.json")
"""What else the user may have set. Files are deleted by name and never a whole directory: with `LETTERLOCK_HOME` set to
a home, `data` below it may hold anything."""


def register(commands: Any) -> None:
    """Add the command `uninstall`."""
    parser = commands.add_parser(
        "uninstall",
        help="remove what setup wrote (keys and settings stay)",
        description="Shows what setup wrote, asks, and removes it. Files that others changed since stay.",
    )
    parser.add_argument("--system", action="store_true", help="what was set up for all users of this computer")
    parser.add_argument(
        "--purge", action="store_true", help="also delete all keys, trusted certificates and settings, for ever"
    )
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be removed")
    parser.add_argument("--json", action="store_true", help="for programs; asks nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Show, ask, remove.

    Returns:
        0 if nothing of what setup wrote is left (or this was a dry run), 1 if something is.
    """
    from letterlock.cli.setup import machine_for
    from letterlock.cli.setup_show import Screen, words
    from letterlock.clients import apply
    from letterlock.clients.journal import Journal

    machine = machine_for(arguments.system)
    journal = Journal.load(machine.config)
    removals = apply.removals(machine, journal)
    screen = Screen(arguments.language)
    if not arguments.json:
        _show(screen, removals)
    agreed = (
        arguments.yes
        or not removals
        or (not arguments.json and not arguments.dry_run and screen.ask("ask_remove", enter=True))
    )
    done: list[Done] = []
    purged: list[str] = []
    if agreed and not arguments.dry_run:
        done = apply.remove(machine, journal)
        if arguments.purge:
            purged = _purge(machine, arguments, screen, done)
    failures = [each.failure for each in done if each.failure]
    if arguments.json:
        document = {
            "removals": [{"place": each.place, "left": each.left.value} for each in removals],
            "removed": bool(agreed and not arguments.dry_run),
            "purged": purged,
            "failures": [words(each, arguments.language) for each in failures],
        }
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        for failure in failures:
            screen.coded(failure, "✗", "bold red")
        if arguments.dry_run or not agreed:
            screen.line("not_removed")
        elif removals and not failures and not purged:
            screen.line("removed", "green")
    return 0 if arguments.dry_run or (agreed and not failures) else 1


def _show(screen: Screen, removals: Sequence[Removal]) -> None:
    from letterlock.cli.setup_show import STYLES
    from letterlock.words.setup import line

    if not removals:
        screen.line("nothing_to_remove")
        return
    rows = [
        ((each.place, ""), (line(f"left_{each.left.value}", screen.language), STYLES.get(each.left.value, "dim")))
        for each in removals
    ]
    screen.table("removal_title", ("column_place", "column_state"), rows)


def _purge(machine: Machine, arguments: argparse.Namespace, screen: Screen, done: list[Done]) -> list[str]:
    """Delete the files of keys and settings, after the person typed the word for it; returns those deleted."""
    from letterlock.clients.apply import Done
    from letterlock.clients.failures import CannotWrite
    from letterlock.words.setup import line

    files = [*_kept_files(machine.data, DATA_FILES), *_kept_files(machine.config, CONFIG_FILES)]
    if not files or (arguments.json and not arguments.yes):
        return []
    if not arguments.yes:
        screen.line("purge_warning", "bold red")
        for file in files:
            screen.plain(f"  {file}")
        word = line("purge_word", screen.language)
        if screen.answer(line("ask_purge", screen.language, word=word)) != word:
            screen.line("not_purged")
            return []
    deleted = []
    for file in files:
        try:
            file.unlink()
            deleted.append(str(file))
        except OSError as error:
            done.append(Done(str(file), CannotWrite(str(file), error.strerror or str(error))))
    for directory in (machine.data, machine.config):
        with suppress(OSError):
            directory.rmdir()  # not empty: then somebody keeps something else there
    if deleted and not arguments.json:
        screen.line("purged", "green")
    return deleted


def _kept_files(directory: Path, patterns: Sequence[str]) -> list[Path]:
    return sorted(path for pattern in patterns for path in directory.glob(pattern) if path.is_file())
