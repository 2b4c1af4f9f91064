"""`letterlock tokens`: smart cards and other tokens, and the libraries that speak to them."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letterlock.operations.tokens import Tokens


def register(commands: Any) -> None:
    """Add the command `tokens` with `list`, `add` and `remove`."""
    parser = commands.add_parser("tokens", help="smart cards and other tokens that hold your keys")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show the tokens that are there, and the certificates on them")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    add = actions.add_parser("add", help="ask this PKCS#11 library, too; it runs with all your rights")
    add.add_argument("library", type=Path, metavar="LIBRARY", help="the full path of the library from the card's maker")
    add.set_defaults(run=run_add)
    remove = actions.add_parser("remove", help="ask a library no more")
    remove.add_argument("library", type=Path, metavar="LIBRARY")
    remove.set_defaults(run=run_remove)


def add_options(parser: argparse.ArgumentParser, does: str = "decrypt with") -> None:
    """Add `--token` and `--pin-file` to a command that uses keys."""
    parser.add_argument("--token", metavar="NAME", help=f"{does} this smart card (its label or serial number)")
    parser.add_argument(
        "--pin-file", type=Path, metavar="FILE", help="whose first line is its PIN (else you are asked)"
    )


_unlocked: list[Tokens] = []


def lock_all() -> None:
    """Lock what this command has unlocked: a token stays unlocked for its process until it is told."""
    while _unlocked:
        _unlocked.pop().lock()


def opened(arguments: argparse.Namespace, *, write: bool = False) -> Tokens | None:
    """The token that `--token` names, unlocked until the command ends; None without the option.

    Args:
        write: keys are to be made on it.
    """
    if not arguments.token:
        return None
    from letterlock.cli.vault import passphrase
    from letterlock.operations.tokens import Tokens
    from letterlock.store import location

    tokens = Tokens(location.database())
    _unlocked.append(tokens)
    tokens.unlock(arguments.token, passphrase(arguments.pin_file, f"PIN of {arguments.token}: "), write=write)
    return tokens


def run_list(arguments: argparse.Namespace) -> int:
    """Show the tokens, as lines or as JSON; 1 if there is none."""
    from letterlock.cli import explain
    from letterlock.cli.show import say_line
    from letterlock.operations import tokens
    from letterlock.store import location

    found, failures = tokens.present(location.database())
    if arguments.json:
        print(json.dumps({"tokens": [tokens.described(each) for each in found]}, ensure_ascii=False))
        return 0 if found else 1
    for failure in failures:
        explain(failure, arguments.language)
    for each in map(tokens.described, found):
        locked = " · its PIN is locked" if each["pin_locked"] else ""
        say_line(f"{each['label']} · {each['maker']} · serial number {each['serial']}{locked}")
        for certificate in each["certificates"]:
            addresses = ", ".join(certificate["addresses"]) or "no address"
            say_line(f"    {certificate['name']} · {addresses} · until {certificate['not_after'][:10]}")
    if not found:
        print("No smart card is there, or no library speaks to it: letterlock tokens add LIBRARY", file=sys.stderr)
    return 0 if found else 1


def run_add(arguments: argparse.Namespace) -> int:
    """Keep a library that works."""
    from letterlock.cli.show import say_line
    from letterlock.operations import tokens
    from letterlock.store import location

    found = tokens.add_library(location.database(), arguments.library)
    say_line(f"Asked from now on: {arguments.library} ({len(found)} token{'' if len(found) == 1 else 's'} there now)")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget a library."""
    from letterlock.cli.show import say_line
    from letterlock.operations import tokens
    from letterlock.store import location

    asked = tokens.remove_library(location.database(), arguments.library)
    say_line(f"{'Asked no more' if asked else 'It was not asked'}: {arguments.library}")
    return 0 if asked else 1
