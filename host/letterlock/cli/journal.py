"""`letterlock journal`: what was signed on this computer, so that it can be proven and not be altered unseen."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import tokens, vault

if TYPE_CHECKING:
    from letterlock.keystore.vault import Vault


def register(commands: Any) -> None:
    """Add the command `journal` with `list`, `verify`, `head`, `delete` and `keep`."""
    parser = commands.add_parser("journal", help="what was signed and confirmed on this computer")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    list_ = actions.add_parser(
        "list", help="show every entry; recipients and subject only with the passphrase (--unlock)"
    )
    list_.add_argument("--unlock", action="store_true", help="open your keys, and show recipients and subjects")
    list_.add_argument("--json", action="store_true", help="for programs")
    vault.add_options(list_)
    list_.set_defaults(run=run_list)
    verify = actions.add_parser(
        "verify", help="check that nothing was changed, left out or put in; exit code 0 if nothing was, else 1"
    )
    verify.add_argument("--head", type=Path, metavar="FILE", help="an end that was kept elsewhere must be one of it")
    verify.add_argument("--unlock", action="store_true", help="open your keys, and check recipients and subjects, too")
    verify.add_argument("--json", action="store_true", help="for programs")
    vault.add_options(verify)
    verify.set_defaults(run=run_verify)
    head = actions.add_parser("head", help="write the signed end, to be kept elsewhere: FILE and FILE.p7s")
    head.add_argument("--out", type=Path, required=True, metavar="FILE")
    head.add_argument("--sign", metavar="ADDRESS", help="sign it anew with the key of this address of yours")
    vault.add_options(head)
    tokens.add_options(head, "sign with")
    head.set_defaults(run=run_head)
    delete = actions.add_parser("delete", help="forget the journal as a whole; single entries cannot be taken out")
    delete.add_argument("--yes", action="store_true", help="do not ask")
    delete.set_defaults(run=run_delete)
    keep = actions.add_parser("keep", help="keep a journal (the default), or write nothing into it from now on")
    keep.add_argument("kept", choices=("on", "off"))
    keep.set_defaults(run=run_keep)


def run_list(arguments: argparse.Namespace) -> int:
    """Show the entries, oldest first."""
    from letterlock.cli.show_proof import show_journal
    from letterlock.operations import describe_proof, journal_check
    from letterlock.store import location

    found = [describe_proof.entry(each) for each in journal_check.listed(location.database(), _vault(arguments))]
    if arguments.json:
        print(json.dumps({"entries": found}, ensure_ascii=False, indent=2))
    else:
        show_journal(found)
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Say whether the journal is whole."""
    from letterlock import limits
    from letterlock.cli.show_proof import show_report
    from letterlock.operations import describe_proof, journal_check, trust
    from letterlock.operations.authority_clock import now
    from letterlock.store import location

    exported = None
    if arguments.head:
        with arguments.head.open("rb") as text, _signature(arguments.head).open("rb") as signed:
            exported = text.read(limits.JOURNAL_HEAD_OCTETS), signed.read(limits.JOURNAL_HEAD_OCTETS + 1)
    settings = trust.settings(location.database(), policy=location.policy())
    found = journal_check.verified(location.database(), _vault(arguments), settings, now(), exported)
    answer = describe_proof.report(found, arguments.language)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False, indent=2))
    else:
        show_report(answer)
    return 0 if answer["whole"] else 1


def run_head(arguments: argparse.Namespace) -> int:
    """Write the signed end into two files that were not there before."""
    from letterlock.cli.show import say_line
    from letterlock.operations import journal_check
    from letterlock.store import location

    if arguments.sign and not _sign(arguments):
        return 2
    text, signed = journal_check.exported(location.database())
    for path, octets in ((arguments.out, text), (_signature(arguments.out), signed)):
        with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(octets)
    say_line(f"Written: {arguments.out} and {_signature(arguments.out).name}. Keep both elsewhere.")
    return 0


def run_delete(arguments: argparse.Namespace) -> int:
    """Forget everything."""
    from letterlock.cli.show import say_line
    from letterlock.operations import journal
    from letterlock.store import location

    if not arguments.yes:
        print("Everything in the journal is lost, with the receipts that came. Type “delete” to go on: ", end="")
        sys.stdout.flush()
        if sys.stdin.readline().strip() != "delete":
            say_line("Nothing was deleted.")
            return 1
    say_line(f"Deleted: {journal.delete(location.database())} entries")
    return 0


def run_keep(arguments: argparse.Namespace) -> int:
    """From now on."""
    from letterlock.cli.show import say_line
    from letterlock.operations import journal
    from letterlock.store import location

    journal.keep(location.database(), arguments.kept == "on")
    say_line("What you sign is entered." if arguments.kept == "on" else "Nothing is entered from now on.")
    return 0


def _sign(arguments: argparse.Namespace) -> bool:
    """Sign the end; false, and it is said, where there is no key for that."""
    from letterlock.cli.protect import desk, refuse
    from letterlock.cli.show import say_line
    from letterlock.operations import journal, keys_choose, protect
    from letterlock.operations.protect_reasons import NothingLeaves
    from letterlock.words import say

    own = desk(arguments)
    chosen = keys_choose.choose(own.vault.entries(), own.database, arguments.sign, own.at)
    missing: list[Any] = []
    key = protect.signing_key(chosen, own, arguments.sign, missing)
    if key is None:
        refuse(arguments, NothingLeaves(missing))
        return False
    for reason in journal.sign_end(own.database, key, own.stamping, own.trust, own.at, journal.chain(own, key)):
        words = say(reason.code, reason.facts(), arguments.language)
        say_line(f"{words.sentence} {words.advice}".rstrip())
    return True


def _vault(arguments: argparse.Namespace) -> Vault:
    return vault.unlocked(arguments) if arguments.unlock or arguments.passphrase_file else vault.here()


def _signature(path: Path) -> Path:
    return path.with_name(path.name + ".p7s")
