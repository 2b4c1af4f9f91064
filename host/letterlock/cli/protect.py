"""`letterlock protect` and `letterlock compose`: messages that are signed and encrypted. All or nothing."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import tokens, vault

if TYPE_CHECKING:
    from letterlock.operations.compose import Written
    from letterlock.operations.protect import Desk, Incoming, Outgoing, Plan, Wish

_READ_OCTETS = 1024 * 1024


def register(commands: Any) -> None:
    """Add the commands."""
    protect = commands.add_parser(
        "protect",
        help="sign and encrypt a finished message",
        description="Signed with the key of its From, encrypted to its To, Cc and Bcc, and to yourself. Exit code 0: "
        "done. 2: refused; nothing is written, and everything that is missing is said. 3: the input is no message.",
    )
    protect.add_argument("mail", metavar="MAIL", help="a message file (.eml), or - for standard input")
    _options(protect)
    protect.set_defaults(run=run_protect)
    compose = commands.add_parser(
        "compose",
        help="write, sign and encrypt a message",
        description="LETTER is a text file (UTF-8): lines From:, To:, Cc:, Bcc:, Subject:, an empty line, then the "
        "text. Nothing of it stands on the command line, which other users of the computer can read. Exit codes as "
        "for protect.",
    )
    compose.add_argument("letter", metavar="LETTER", help="the file, or - for standard input")
    add_parts(compose)
    _options(compose)
    compose.set_defaults(run=run_compose)


def _options(parser: argparse.ArgumentParser) -> None:
    add_wishes(parser)
    parser.add_argument("--draft", action="store_true", help="encrypt it for yourself alone, to go on later")
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument("--folder", type=Path, metavar="DIR", help="write every message here: Bcc makes several")
    parser.add_argument("--json", action="store_true", help="print what was made, and why so (with --out or --folder)")


def add_parts(parser: argparse.ArgumentParser) -> None:
    """Add the options for what goes along with a letter."""
    parser.add_argument("--html", type=Path, metavar="FILE", help="the same text in HTML (UTF-8)")
    parser.add_argument("--attach", type=Path, action="append", default=[], metavar="FILE", help="send this file along")
    parser.add_argument(
        "--inline", action="append", default=[], metavar="ID=FILE", help="an image that the HTML shows as cid:ID"
    )


def add_wishes(parser: argparse.ArgumentParser) -> None:
    """Add the options for how a message is signed and encrypted, and with what."""
    parser.add_argument("--sign", action="store_true", help="sign it")
    parser.add_argument("--encrypt", action="store_true", help="encrypt it")
    parser.add_argument("--opaque", action="store_true", help="sign in one piece, for mail servers that change text")
    parser.add_argument(
        "--headers",
        choices=("baseline", "shy", "none", "unprotected"),
        default="baseline",
        help="what of the header is hidden when encrypted: the subject; names and time zone, too; nothing (but still "
        "protected from change); or the header is not protected at all",
    )
    parser.add_argument("--receipt", action="store_true", help="ask everybody for a signed receipt (with --sign)")
    parser.add_argument("--no-legacy", action="store_true", help="do not repeat the hidden subject in the text")
    parser.add_argument("--quotes-decrypted", action="store_true", help="it quotes a message that was encrypted")
    parser.add_argument("--quote-in-clear", action="store_true", help="… and may be sent in clear nevertheless")
    parser.add_argument(
        "--certificate", type=Path, action="append", default=[], metavar="FILE", help="certificates of recipients"
    )
    vault.add_options(parser)
    tokens.add_options(parser)


def run_protect(arguments: argparse.Namespace) -> int:
    """Protect a finished message."""
    from letterlock.cli import explain
    from letterlock.errors import NotAMessage
    from letterlock.operations import protect

    wrong = _wrong(arguments, arguments.sign or arguments.encrypt or arguments.draft)
    if wrong:
        return wrong
    try:
        finished = incoming(arguments.mail).close()
    except NotAMessage as failure:
        explain(failure, arguments.language)
        return 3
    return _finish(arguments, lambda wish, desk: protect.plan(finished, wish, desk))


def incoming(name: str) -> Incoming:
    """A finished message out of a file. Raises `MessageTooLarge`, `OSError`."""
    from letterlock.cli.message import message_input
    from letterlock.operations import protect

    read = protect.Incoming()
    with message_input(name) as file:
        for piece in iter(lambda: file.read(_READ_OCTETS), b""):
            read.feed(piece)
    return read


def run_compose(arguments: argparse.Namespace) -> int:
    """Write a message and protect it as asked."""
    from letterlock.cli import explain
    from letterlock.errors import NotAMessage
    from letterlock.operations import compose

    wrong = _wrong(arguments, True)
    if wrong:
        return wrong
    try:
        letter = written(arguments)
    except NotAMessage as failure:
        explain(failure, arguments.language)
        return 3
    return _finish(arguments, lambda wish, desk: compose.plan(letter, wish, desk))


def written(arguments: argparse.Namespace) -> Written:
    """The letter and what goes along with it. Raises `NotAMessage`, `MessageTooLarge`, `OSError`."""
    from letterlock import limits
    from letterlock.cli.message import message_input
    from letterlock.errors import MessageTooLarge
    from letterlock.operations import letter_file

    with message_input(arguments.letter) as file:
        octets = file.read(limits.LETTER_OCTETS + 1)
    if len(octets) > limits.LETTER_OCTETS:
        raise MessageTooLarge(limits.LETTER_OCTETS)
    return letter_file.read(octets, arguments.html, arguments.attach, _inline(arguments.inline))


def _wrong(arguments: argparse.Namespace, wanted: bool) -> int:
    if not wanted:
        print("letterlock: say --sign, --encrypt, or both", file=sys.stderr)
    elif arguments.json and not arguments.out and not arguments.folder:
        print("letterlock: with --json, say where the message goes: --out or --folder", file=sys.stderr)
    elif any("=" not in each for each in getattr(arguments, "inline", ())):
        print("letterlock: --inline takes ID=FILE", file=sys.stderr)
    else:
        return 0
    return 2


def _inline(given: list[str]) -> list[tuple[str, Path]]:
    return [(each.partition("=")[0], Path(each.partition("=")[2])) for each in given]


def _finish(arguments: argparse.Namespace, planned: Any) -> int:
    from letterlock.operations.protect_reasons import NothingLeaves

    try:
        plan: Plan = planned(wish(arguments), desk(arguments))
        made = plan.make()
    except NothingLeaves as failure:
        refuse(arguments, failure)
        return 2
    try:
        if len(made) > 1 and not arguments.folder:
            print("letterlock: Bcc makes several messages; say where they go: --folder", file=sys.stderr)
            return 2
        files = _write(arguments, made)
        if arguments.json:
            print(json.dumps(_report(plan, made, files, arguments.language), ensure_ascii=False, indent=2))
        else:
            for reason in dict.fromkeys(reason for each in made for reason in each.reasons):
                _say(reason, arguments.language)
    finally:
        for each in made:
            each.octets.close()
    return 0


def wish(arguments: argparse.Namespace) -> Wish:
    """What the options of `add_wishes` say."""
    from letterlock.mime.protecting import Policy
    from letterlock.operations.protect import Wish

    protect = arguments.headers != "unprotected"
    return Wish(
        sign=arguments.sign,
        encrypt=arguments.encrypt,
        protect_headers=protect,
        policy=Policy(arguments.headers) if protect else Policy.NONE,
        legacy=not arguments.no_legacy,
        opaque=arguments.opaque,
        draft=getattr(arguments, "draft", False),
        quotes_decrypted=arguments.quotes_decrypted,
        quote_in_clear=arguments.quote_in_clear,
        receipt=arguments.receipt,
    )


def desk(arguments: argparse.Namespace) -> Desk:
    """What signing and encrypting is done with, as the options say; keys are unlocked where something is signed."""
    from letterlock.operations import authority, keys_choose, protect, timestamps, trust
    from letterlock.operations.authority_clock import now
    from letterlock.operations.protect import Desk
    from letterlock.store import location
    from letterlock.trust.anchors import certificates_of

    database = location.database()
    files: list[Path] = getattr(arguments, "certificate", [])
    others = [each for file in files for each in certificates_of(file.read_bytes(), file.name)]
    others += authority.people_in_force(database, now())
    card = tokens.opened(arguments)
    # Commands without these options are there to sign.
    signing = getattr(arguments, "sign", True) and not getattr(arguments, "draft", False)
    keys = vault.unlocked(arguments) if signing and not card else vault.here()
    settings = trust.settings(database, policy=location.policy())
    # As in the vault: a key made for what its owner must not deny goes first.
    on_card = list(card.keys()) if card else []
    on_card.sort(key=lambda each: not keys_choose.commits(protect.certificate_of(each)))
    stamping = timestamps.settings(database, location.policy())
    return Desk(keys, database, settings, now(), others, on_card, stamping)


def _write(arguments: argparse.Namespace, made: list[Outgoing]) -> list[str | None]:
    """Write every message; the file of each. Nothing that exists is replaced."""
    if arguments.folder:
        arguments.folder.mkdir(parents=True, exist_ok=True)
        files = [arguments.folder / f"{number} {each.role.value}.eml" for number, each in enumerate(made, 1)]
    elif arguments.out:
        files = [arguments.out]
    else:
        for piece in made[0].octets.blocks():
            sys.stdout.buffer.write(piece)
        return [None]
    begun: list[Path] = []
    try:
        for path, each in zip(files, made, strict=True):
            with open(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
                begun.append(path)
                for piece in each.octets.blocks():
                    file.write(piece)
    except BaseException:
        # All or nothing: half of the messages, or half of one, would be sent by whatever waits for files.
        for path in begun:
            path.unlink(missing_ok=True)
        raise
    return [str(each) for each in files]


def refuse(arguments: argparse.Namespace, failure: Any) -> None:
    """Say everything that is missing."""
    if getattr(arguments, "json", False):
        from letterlock.operations.describe import reason as coded

        problems = [coded(each, arguments.language).model_dump(mode="json") for each in failure.problems]
        print(json.dumps({"made": [], "problems": problems}, ensure_ascii=False, indent=2))
        return
    from letterlock.cli import explain

    explain(failure, arguments.language)
    for each in failure.problems:
        _say(each, arguments.language, "  - ")


def _say(reason: Any, language: str, before: str = "") -> None:
    from letterlock.words import say

    words = say(reason.code, reason.facts(), language)
    print(f"{before}{words.sentence} {words.advice}".rstrip(), file=sys.stderr)


def _report(plan: Plan, made: list[Outgoing], files: list[str | None], language: str) -> dict[str, Any]:
    from letterlock.operations.describe import reason as coded
    from letterlock.operations.keys_choose import commits

    signer = plan.signer
    return {
        "signed_by": None
        if signer is None
        else {"name": signer.name, "sha256": signer.sha256, "non_repudiation": commits(signer)},
        "made": [
            {
                "for": each.role.value,
                "file": file,
                "recipients": list(each.recipients),
                "algorithm": each.algorithm,
                "readers": [
                    {"address": one.address, "sha256": one.chosen.certificate.sha256}
                    for one in each.readers
                    if one.chosen is not None
                ],
                "reasons": [coded(reason, language).model_dump(mode="json") for reason in each.reasons],
            }
            for each, file in zip(made, files, strict=True)
        ],
        "problems": [],
    }
