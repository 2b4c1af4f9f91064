"""`letterlock receipt`: signed receipts for mail that asks for one, and what those that come prove."""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import tokens, trusting, vault

if TYPE_CHECKING:
    from collections.abc import Callable

    from letterlock.operations.open import OpenedMessage
    from letterlock.operations.receipts import Known

_READ_OCTETS = 1024 * 1024


def register(commands: Any) -> None:
    """Add the command `receipt` with `make` and `verify`."""
    parser = commands.add_parser("receipt", help="signed receipts: give one, or see what one proves")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    make = actions.add_parser(
        "make",
        help="make the receipt that a message asks for; nobody sends it but you",
        description="Only a message whose signature is valid gets one, once. Exit code 0: made. 2: none is made, and "
        "why. 3: the input is no message.",
    )
    make.add_argument("mail", metavar="MAIL", help="a message file (.eml), or - for standard input")
    make.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    make.add_argument("--as", dest="whose", metavar="ADDRESS", help="which of your addresses gives it")
    make.add_argument("--again", action="store_true", help="also where one was made already")
    make.add_argument("--json", action="store_true", help="print for whom it is (with --out)")
    vault.add_options(make)
    tokens.add_options(make, "sign with")
    trusting.add_options(make)
    make.set_defaults(run=run_make)
    verify = actions.add_parser(
        "verify",
        help="say what a receipt proves",
        description="Exit code 0: it confirms a message. 1: it does not, and why. 2: there is no receipt in it. 3: the "
        "input is no message.",
    )
    verify.add_argument("mail", metavar="RECEIPT", help="the message that came, or - for standard input")
    verify.add_argument(
        "--message", type=Path, metavar="MAIL", help="the message that was sent (default: look into the journal)"
    )
    verify.add_argument("--json", action="store_true", help="for programs")
    verify.add_argument("--passphrase-file", type=Path, metavar="FILE", help="whose first line opens your keys")
    verify.add_argument("--remember", action="store_true", help="enter it into the journal")
    tokens.add_options(verify)
    trusting.add_options(verify)
    verify.set_defaults(run=run_verify)


def run_make(arguments: argparse.Namespace) -> int:
    """Make a receipt."""
    from letterlock.cli.protect import desk, refuse
    from letterlock.errors import NotAMessage
    from letterlock.operations import describe_proof, receipt_make, receipts
    from letterlock.operations.protect_reasons import NothingLeaves

    if arguments.json and not arguments.out:
        print("letterlock: with --json, say where the receipt goes: --out", file=sys.stderr)
        return 2
    own = desk(arguments)
    try:
        opened = _opened(arguments, arguments.mail, partial(receipts.Sent, own.database))
    except NotAMessage as failure:
        return _no_message(arguments, failure)
    try:
        made = receipt_make.make(opened, own, arguments.whose, arguments.again, arguments.language)
    except NothingLeaves as failure:
        refuse(arguments, failure)
        return 2
    finally:
        opened.close()
    if arguments.out is None:
        sys.stdout.buffer.write(made.octets)
    else:
        with open(arguments.out, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(made.octets)
    if arguments.json:
        said = describe_proof.reasons(made.reasons, arguments.language)
        answer = {"from": made.sender, "to": list(made.to), "file": str(arguments.out), "reasons": said}
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return 0
    for reason in made.reasons:
        _say(reason, arguments.language)
    print(f"To be sent to {', '.join(made.to)}", file=sys.stderr)
    return 0


def run_verify(arguments: argparse.Namespace) -> int:
    """Say what a receipt proves."""
    from letterlock.cli.show import say_line
    from letterlock.errors import NotAMessage
    from letterlock.operations import describe_proof, receipts
    from letterlock.operations.receipt_reasons import NotAReceipt
    from letterlock.store import location

    original = None
    try:
        if arguments.message:
            original = _opened(arguments, str(arguments.message), None)
        sent = partial(_known, arguments, original, location.database())
        opened = _opened(arguments, arguments.mail, sent)
    except NotAMessage as failure:
        return _no_message(arguments, failure)
    opened.close()
    if original is not None:
        original.close()
    if not opened.assessment.receipts:
        raise NotAReceipt
    said = [each for seen in opened.assessment.receipts for each in receipts.said(seen, sent())]
    good = any(each.code in ("receipt_confirms", "receipt_fits") for each in said)
    if arguments.json:
        answer = {
            "confirmed": good,
            "reasons": describe_proof.reasons(said, arguments.language),
            "verdict": opened.verdict.model_dump(mode="json"),
        }
        print(json.dumps(answer, ensure_ascii=False, indent=2))
        return 0 if good else 1
    for each in said:
        _say(each, arguments.language, sys.stdout)
    if not good:
        for reason in opened.verdict.reasons:
            say_line(f"    {reason.sentence}")
    return 0 if good else 1


def _known(arguments: argparse.Namespace, original: OpenedMessage | None, database: Path) -> Known:
    from letterlock.operations.receipts import Given, Sent

    if original is not None:
        return Given(original)
    own = vault.unlocked(arguments) if arguments.passphrase_file else vault.here()
    return Sent(database, lambda: own, keep=arguments.remember)


def _opened(arguments: argparse.Namespace, name: str, sent: Callable[[], Known] | None) -> OpenedMessage:
    """Raises `NotAMessage`."""
    from letterlock.cli.message import message_input
    from letterlock.keystore.own_keys import OwnKeys
    from letterlock.operations.open import Opening

    settings = trusting.settings(arguments)
    own = vault.unlocked(arguments) if arguments.passphrase_file else vault.here()
    card = tokens.opened(arguments)
    keys = [*([card] if card else []), *OwnKeys(own)]
    online = trusting.online(arguments, settings)
    opening = Opening(settings, arguments.at, arguments.language, keys, None, online, sent=sent)
    with message_input(name) as file:
        for piece in iter(lambda: file.read(_READ_OCTETS), b""):
            opening.feed(piece)
    opened = opening.close()
    with trusting.asking(quiet=arguments.json) as asking:
        if opened.pending:
            opened.renew(opened.find(asking=asking))
    return opened


def _no_message(arguments: argparse.Namespace, failure: Any) -> int:
    from letterlock.cli import explain

    explain(failure, arguments.language)
    return 3


def _say(reason: Any, language: str, file: Any = None) -> None:
    from letterlock.words import say

    words = say(reason.code, reason.facts(), language)
    print(f"{words.sentence} {words.advice}".rstrip(), file=file or sys.stderr)
