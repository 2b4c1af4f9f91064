"""`letterlock protect`: a finished message becomes a signed, encrypted one. All or nothing."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from letterlock.cli import vault


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "protect",
        help="sign and encrypt a finished message",
        description="Signed with the key of its From, encrypted to its To and Cc. Exit code 0: done. 2: refused; then "
        "nothing is written. 3: the input is no message. The subject stays readable.",
    )
    parser.add_argument("mail", metavar="MAIL", help="a message file (.eml), or - for standard input")
    parser.add_argument("--sign", action="store_true", help="sign it")
    parser.add_argument("--encrypt", action="store_true", help="encrypt it")
    parser.add_argument(
        "--certificate", type=Path, action="append", default=[], metavar="FILE", help="certificates of recipients"
    )
    parser.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    vault.add_options(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the protected message."""
    from letterlock import limits
    from letterlock.cli import explain
    from letterlock.cli.message import message_input
    from letterlock.errors import NotAMessage
    from letterlock.operations import authority, protect, trust
    from letterlock.operations.authority_clock import now
    from letterlock.store import location
    from letterlock.trust.anchors import certificates_of

    if not arguments.sign and not arguments.encrypt:
        print("letterlock: say --sign, --encrypt, or both", file=sys.stderr)
        return 2
    database = location.database()
    others = [each for file in arguments.certificate for each in certificates_of(file.read_bytes(), file.name)]
    others += authority.people_in_force(database, now())
    with message_input(arguments.mail) as source:
        message = source.read(limits.PROTECTED_OCTETS + 1)
    keys = vault.unlocked(arguments) if arguments.sign else vault.here()
    settings = trust.settings(database, policy=location.policy())
    try:
        made = protect.protect(
            message, keys, database, settings, now(), sign=arguments.sign, encrypt=arguments.encrypt, others=others
        )
    except NotAMessage as failure:
        explain(failure, arguments.language)
        return 3
    if arguments.out:
        with open(arguments.out, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(made.message)
    else:
        sys.stdout.buffer.write(made.message)
    return 0
