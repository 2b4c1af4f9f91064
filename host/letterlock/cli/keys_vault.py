"""`letterlock keys list|remove|lock|passphrase|recovery|test|keychain`: the vault itself, whatever keys are in it."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import vault

if TYPE_CHECKING:
    from letterlock.keystore.vault import Vault
from letterlock.cli.keys_identity import say_expiring


def register(actions: Any) -> None:
    """Add the verbs."""
    list_ = actions.add_parser("list", help="show your keys, also those on smart cards; needs no passphrase")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    remove = actions.add_parser("remove", help="forget a key for ever: mail encrypted for it stays closed")
    remove.add_argument("key", metavar="KEY", help="the first digits of its identifier, as “keys list” shows it")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    vault.add_options(remove)
    remove.set_defaults(run=run_remove)
    lock = actions.add_parser("lock", help="lock your keys, and your cards, in every browser and mail program")
    lock.set_defaults(run=run_lock)
    passphrase = actions.add_parser("passphrase", help="change the passphrase")
    vault.add_options(passphrase)
    passphrase.add_argument(
        "--recovery-code-file", type=Path, metavar="FILE", help="whose first line is the recovery code (- to be asked)"
    )
    passphrase.add_argument(
        "--new-passphrase-file", type=Path, metavar="FILE", help="whose first line is the new one (else you are asked)"
    )
    passphrase.set_defaults(run=run_passphrase)
    recovery = actions.add_parser("recovery", help="make a recovery code to print; it replaces an earlier one")
    vault.add_options(recovery)
    recovery.set_defaults(run=run_recovery)
    test = actions.add_parser("test", help="open every key, and say which are damaged; exit code 0 if none is")
    vault.add_options(test)
    test.set_defaults(run=run_test)
    keychain = actions.add_parser("keychain", help="let the desktop's keychain unlock your keys, or no longer")
    keychain.add_argument("use", choices=("on", "off"))
    vault.add_options(keychain)
    keychain.set_defaults(run=run_keychain)


def run_list(arguments: argparse.Namespace) -> int:
    """Show the keys, as a table or as JSON."""
    from letterlock.cli import explain
    from letterlock.operations import keys_cards
    from letterlock.store import location

    entries = vault.here().entries()
    found, failures = keys_cards.present(location.database())
    cards = keys_cards.without(found, entries)
    for failure in failures:
        explain(failure, arguments.language)
    if arguments.json:
        from letterlock.operations.keys import described

        document = [described(each) | {"token": None} for each in entries] + [each.json() for each in cards]
        print(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        from letterlock.cli.show_keys import keys_table

        keys_table(entries, cards)
        say_expiring([*entries, *(each.entry for each in cards)], arguments.language)
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget one key, after asking."""
    from letterlock.cli.show import say_line
    from letterlock.operations import keys

    entry = keys.chosen(vault.here(), arguments.key)
    name = keys.named(entry)
    say_line(f"This forgets the key {entry.id[:16]} ({entry.algorithm}) of {name} for ever.")
    say_line("Mail that was encrypted for it can then not be opened any more, unless you have a backup.")
    if not arguments.yes and input("Type “forget” to do it: ").strip().lower() != "forget":
        say_line("Nothing was changed.")
        return 1
    vault.unlocked(arguments).remove(entry.id)
    say_line("Forgotten.")
    return 0


def run_lock(arguments: argparse.Namespace) -> int:
    """Ask every process to lock."""
    from letterlock.cli.show import say_line
    from letterlock.operations import tokens
    from letterlock.store import location

    vault.here().lock()
    tokens.ask_to_lock(location.database())
    say_line("Locked, in every browser and mail program of yours.")
    return 0


def run_passphrase(arguments: argparse.Namespace) -> int:
    """Change the passphrase."""
    from letterlock.cli.show import say_line

    opened = _by_code(arguments.recovery_code_file) if arguments.recovery_code_file else vault.unlocked(arguments)
    opened.change_passphrase(vault.new_passphrase(arguments.new_passphrase_file, "New passphrase: "))
    say_line("Changed. A recovery code and the desktop's keychain go on working; a backup keeps its own passphrase.")
    return 0


def _by_code(file: Path) -> Vault:
    opened = vault.here()
    opened.unlock_by_recovery(vault.passphrase(None if str(file) == "-" else file, "Recovery code: "))
    return opened


def run_recovery(arguments: argparse.Namespace) -> int:
    """Make a recovery code, and show it this once."""
    from letterlock.cli.show import say_line

    code = vault.unlocked(arguments).new_recovery_code()
    say_line(code)
    say_line("Print or write it down and put it away: it opens your keys without the passphrase, and is not kept here.")
    return 0


def run_test(arguments: argparse.Namespace) -> int:
    """Open every key; 0 if all are whole, else 1."""
    from letterlock.cli.show import say_line

    opened = vault.unlocked(arguments)
    damaged = opened.damage()
    say_line(f"{len(opened.entries())} keys, {len(damaged)} damaged.")
    for each in damaged:
        say_line(f"  damaged: {each}")
    if damaged:
        say_line("“letterlock keys restore FILE” mends what a backup has; “keys backup FILE” saves what is whole.")
    return 1 if damaged else 0


def run_keychain(arguments: argparse.Namespace) -> int:
    """Let the keychain unlock, or no longer."""
    from letterlock.cli.show import say_line

    if arguments.use == "on":
        vault.unlocked(arguments).keep_in_keychain()
        say_line("Whoever is at your unlocked desktop can use your keys from now on, without the passphrase.")
    else:
        vault.here().forget_keychain()
        say_line("The keychain does not unlock your keys any more.")
    return 0
