"""`letterlock send`: a letter or a finished message, signed and encrypted as wished, goes out over an account."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from letterlock.cli import password, protect, vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from letterlock.keystore.vault import Vault
    from letterlock.operations.accounts import Account
    from letterlock.operations.outbox import Outbox, Parcel
    from letterlock.operations.protect import Outgoing
    from letterlock.operations.send import Way
    from letterlock.operations.send_report import Report


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "send",
        help="send a letter or a finished message",
        description="LETTER is as for compose; with --finished it is a message that another program has written, and "
        "without --sign and --encrypt that one goes out unchanged but for Bcc. Exit code 0: sent to everybody. 1: not "
        "to everybody; the answer says what became of it. 2: refused, nothing was sent. 3: the input is no message.",
    )
    parser.add_argument("letter", metavar="LETTER", help="the file, or - for standard input")
    parser.add_argument("--finished", action="store_true", help="the file is a finished message (.eml)")
    protect.add_parts(parser)
    protect.add_wishes(parser)
    parser.add_argument("--account", metavar="ADDRESS", help="send over this account (default: the one of From)")
    parser.add_argument(
        "--recipient",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="with --finished and unchanged: to these, instead of To, Cc and Bcc",
    )
    parser.add_argument("--no-copy", action="store_true", help="keep no copy in the folder of sent mail")
    parser.add_argument("--no-wait", action="store_true", help="what cannot be sent now does not stay in the outbox")
    parser.add_argument("--notice", action="store_true", help="ask the servers for notices of delivery (DSN)")
    parser.add_argument("--json", action="store_true", help="for programs")
    password.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Send."""
    from letterlock.cli import explain
    from letterlock.errors import NotAMessage
    from letterlock.operations.protect_reasons import NothingLeaves

    wrong = _wrong(arguments)
    if wrong:
        print(f"letterlock: {wrong}", file=sys.stderr)
        return 2
    try:
        return _unchanged(arguments) if _as_it_is(arguments) else _protected(arguments)
    except NothingLeaves as failure:
        protect.refuse(arguments, failure)
        return 2
    except NotAMessage as failure:
        explain(failure, arguments.language)
        return 3


def _as_it_is(arguments: argparse.Namespace) -> bool:
    return bool(arguments.finished and not arguments.sign and not arguments.encrypt)


def _wrong(arguments: argparse.Namespace) -> str:
    if arguments.recipient and not _as_it_is(arguments):
        return "--recipient is for --finished messages that go out unchanged"
    if any("=" not in each for each in arguments.inline):
        return "--inline takes ID=FILE"
    if arguments.finished and (arguments.html or arguments.attach or arguments.inline):
        return "nothing can be added to a finished message"
    return ""


def _unchanged(arguments: argparse.Namespace) -> int:
    from letterlock.operations import parcels
    from letterlock.operations.authority_clock import now

    finished = protect.incoming(arguments.letter).close()
    account = _account(arguments, parcels.sender_of(finished))
    keys = vault.unlocked(arguments)
    copy = account.copies and not arguments.no_copy
    letters = parcels.as_it_is(finished, now(), copy, arguments.recipient, arguments.notice)
    return _submit(arguments, account, keys, letters)


def _protected(arguments: argparse.Namespace) -> int:
    from dataclasses import replace

    from letterlock.operations import compose, parcels
    from letterlock.operations import protect as protecting

    wish, source = protect.wish(arguments), None if arguments.finished else protect.written(arguments)
    if not wish.sign and not wish.encrypt:
        wish = replace(wish, protect_headers=False)
    finished = protect.incoming(arguments.letter).close() if source is None else None
    desk = protect.desk(arguments)
    if desk.vault.locked:
        desk = replace(desk, vault=vault.unlocked(arguments))
    plan = compose.plan(source, wish, desk) if source is not None else protecting.plan(finished, wish, desk)  # type: ignore[arg-type]
    account = _account(arguments, plan.sender)
    made: list[Outgoing] = plan.make()
    try:
        for reason in dict.fromkeys(reason for each in made for reason in each.reasons):
            if not arguments.json:
                say(reason, arguments.language)
        copy = account.copies and not arguments.no_copy
        return _submit(arguments, account, desk.vault, parcels.of_made(made, plan.sender, copy, arguments.notice))
    finally:
        for each in made:
            each.octets.close()


def _account(arguments: argparse.Namespace, sender: str) -> Account:
    from letterlock.operations import accounts
    from letterlock.store import location

    if arguments.account:
        return accounts.one(location.database(), arguments.account)
    return accounts.sending_for(location.database(), sender)


def _submit(arguments: argparse.Namespace, account: Account, keys: Vault, letters: list[Parcel]) -> int:
    from letterlock.operations import send
    from letterlock.operations.outbox import Outbox
    from letterlock.store import location

    with way(arguments, account, keys, wait=not arguments.no_wait) as how:
        outbox: Outbox = Outbox(location.database(), keys)
        found = send.submit(letters, account, outbox, how)
    return told(arguments, [found])


@contextmanager
def way(arguments: argparse.Namespace, account: Account, keys: Vault, wait: bool = True) -> Iterator[Way]:
    """How to send: with the account's password or the one that was given, and with a bar where somebody watches."""
    from letterlock.cli.show import sending
    from letterlock.operations import accounts
    from letterlock.operations.send import Way
    from letterlock.store import location

    login = accounts.login(location.database(), keys, account, password.given(arguments))
    if arguments.json or not sys.stderr.isatty():
        yield Way(login, wait=wait)
        return
    with sending() as tell:
        yield Way(login, wait=wait, progress=tell)


def told(arguments: argparse.Namespace, reports: list[Report]) -> int:
    """Say what became of it; 0 if everything went out."""
    from letterlock.operations import describe_send

    answers = [describe_send.report(each, arguments.language) for each in reports]
    if arguments.json:
        print(json.dumps({"sent": answers}, ensure_ascii=False))
    else:
        for each in answers:
            _show(each)
    return 0 if all(each.all_sent for each in reports) else 1


_MARKS = {"sent": "✔", "waiting": "…", "unsure": "?"}
_WORDS = {
    "sent": "sent",
    "refused": "refused",
    "not_sent": "not sent",
    "waiting": "waits in the outbox",
    "unsure": "perhaps sent",
}


def _show(answer: dict[str, Any]) -> None:
    from letterlock.cli.show import say_line

    said: set[str] = set()
    for each in answer["recipients"]:
        say_line(f"{_MARKS.get(each['status'], '✘')} {each['address']}: {_WORDS[each['status']]}")
        _why(each["reason"], said)
    copy = answer["sent_copy"]
    if copy["status"] == "kept":
        say_line(f"  A copy is in “{copy['folder']}”.")
    elif copy["status"] == "waiting":
        say_line("  The copy waits in the outbox.")
        _why(copy["reason"], said)
    for each in answer["remarks"]:
        _why(each, said)
    if answer["waits"]:
        say_line(f"  To try again: letterlock outbox retry {answer['batch'][:8]}")


def _why(reason: dict[str, Any] | None, said: set[str]) -> None:
    from letterlock.cli.show import say_line

    if reason is not None and reason["sentence"] not in said:
        said.add(reason["sentence"])
        say_line(f"    {reason['sentence']} {reason['advice']}".rstrip())


def say(coded: Any, language: str) -> None:
    """A reason, on standard error."""
    from letterlock.words import say as words_of

    words = words_of(coded.code, coded.facts(), language)
    print(f"{words.sentence} {words.advice}".rstrip(), file=sys.stderr)
