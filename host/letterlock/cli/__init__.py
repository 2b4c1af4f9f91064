"""The command line: every operation by hand, for people and scripts.

One module a subject; each has `register(subparsers)`, which adds its commands and sets `run`. Only the modules of
the command that was called are imported beyond their parsers, so that `letterlock open` stays quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from letterlock import __version__
from letterlock.cli import tokens
from letterlock.errors import LetterlockError
from letterlock.words import LANGUAGES, say

EXIT_GOOD = 0
EXIT_OTHER = 1
"""`verify`: any signature status but `valid`. Elsewhere: the answer is no."""
EXIT_USAGE = 2
"""The command was wrong, or something it needs cannot be used (as argparse has it)."""
EXIT_NO_MESSAGE = 3
"""`open`, `verify`: the input is no message, or cannot be opened as one."""


def main(argv: Sequence[str]) -> int:
    """Run one command and return the exit code."""
    parser = build_parser()
    arguments = parser.parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except LetterlockError as failure:
        explain(failure, arguments.language)
        return EXIT_USAGE
    except BrokenPipeError:
        # Whoever read the output has seen enough (`| head`). Nothing is to be said, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return EXIT_OTHER
    except OSError as failure:
        name = f"{failure.filename}: " if failure.filename else ""
        print(f"letterlock: {name}{failure.strerror or failure}", file=sys.stderr)
        return EXIT_USAGE
    except KeyboardInterrupt:
        return 130
    finally:
        tokens.lock_all()


def build_parser() -> argparse.ArgumentParser:
    """The parser of all commands."""
    from letterlock.cli import (
        accounts,
        authority,
        clients,
        doctor,
        evidence,
        journal,
        keys,
        message,
        outbox,
        people,
        protect,
        receipt,
        send,
        setup,
        timestamps,
        trust,
        uninstall,
    )

    parser = argparse.ArgumentParser(prog="letterlock", description="S/MIME for the mail you already read.")
    parser.add_argument("--version", action="version", version=f"letterlock {__version__}")
    parser.add_argument(
        "--language", choices=LANGUAGES, default=preferred_language(), help="language of sentences (default: yours)"
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for module in (
        message,
        protect,
        evidence,
        send,
        outbox,
        accounts,
        receipt,
        journal,
        timestamps,
        keys,
        people,
        tokens,
        authority,
        trust,
        setup,
        doctor,
        uninstall,
        clients,
    ):
        module.register(commands)
    serve = commands.add_parser("serve", help="what a browser starts: the native host on standard input and output")
    serve.add_argument("caller", nargs="*", help="as the browser gives them")
    return parser


def preferred_language() -> str:
    """The user's language if we speak it, else English (LC_ALL, LC_MESSAGES, LANG, in POSIX's order)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return value[:2] if value[:2] in LANGUAGES else "en"
    return "en"


def explain(failure: LetterlockError, language: str) -> None:
    """Say on standard error what happened and what helps."""
    words = say(failure.code, failure.facts(), language)
    print(f"letterlock: {words.sentence}", file=sys.stderr)
    if words.advice:
        print(f"  {words.advice}", file=sys.stderr)
