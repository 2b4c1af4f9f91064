"""`letterlock timestamps`: who confirms when something was signed."""

from __future__ import annotations

import argparse
import json
from typing import Any


def register(commands: Any) -> None:
    """Add the command `timestamps` with `list`, `add`, `remove`, `require` and `try`."""
    parser = commands.add_parser(
        "timestamps",
        help="authorities that confirm when you signed",
        description="Each is told when you sign, and a digest that reveals nothing of the message. They are asked in "
        "their order until one answers. When none does, the message is signed without a time-stamp, and that is said; "
        "or, with `require on`, it is not signed.",
    )
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show who is asked")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    add = actions.add_parser("add", help="ask this authority, too")
    add.add_argument("url", metavar="URL", help="http or https, as its operator says")
    add.add_argument("--policy", metavar="OID", help="ask for this policy (default: the authority's own)")
    add.set_defaults(run=run_add)
    remove = actions.add_parser("remove", help="ask it no more")
    remove.add_argument("url", metavar="URL")
    remove.set_defaults(run=run_remove)
    require = actions.add_parser(
        "require", help="refuse to sign without a time-stamp, or (the default) sign and say so"
    )
    require.add_argument("required", choices=("on", "off"))
    require.set_defaults(run=run_require)
    try_ = actions.add_parser("try", help="ask each for a time-stamp of nothing; exit code 1 if one gives none")
    try_.add_argument("--json", action="store_true", help="for programs")
    try_.set_defaults(run=run_try)


def run_list(arguments: argparse.Namespace) -> int:
    """Show who is asked, and what happens if nobody answers."""
    from letterlock.cli.show import say_line
    from letterlock.operations import describe_proof, timestamps
    from letterlock.store import location

    found = timestamps.settings(location.database(), location.policy())
    if arguments.json:
        print(json.dumps(describe_proof.stamping(found), ensure_ascii=False))
        return 0
    for each in found.authorities:
        say_line(f"{each.url}{f' (policy {each.policy})' if each.policy else ''}")
    if not found.authorities:
        say_line("Nobody confirms when you sign. “letterlock timestamps add URL” chooses an authority.")
        return 0
    say_line("Without a time-stamp nothing is signed." if found.required else "If none answers, it is signed without.")
    if found.by_organisation:
        say_line(f"Your organisation decided so ({location.policy()}).")
    return 0


def run_add(arguments: argparse.Namespace) -> int:
    """Keep an authority."""
    from letterlock.cli.show import say_line
    from letterlock.operations import timestamps
    from letterlock.store import location

    authority = timestamps.Authority.parse(arguments.url, arguments.policy)
    new = timestamps.add(location.database(), authority)
    say_line(f"{'Asked from now on' if new else 'Asked already'}: {authority.url}")
    say_line("  See what it answers: letterlock timestamps try")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget an authority; 1 if it was not kept."""
    from letterlock.cli.show import say_line
    from letterlock.operations import timestamps
    from letterlock.store import location

    kept = timestamps.remove(location.database(), arguments.url)
    say_line(f"{'Asked no more' if kept else 'It was not asked'}: {arguments.url}")
    return 0 if kept else 1


def run_require(arguments: argparse.Namespace) -> int:
    """Say what happens if nobody answers."""
    from letterlock.operations import timestamps
    from letterlock.store import location

    timestamps.require(location.database(), arguments.required == "on")
    arguments.json = False
    return run_list(arguments)


def run_try(arguments: argparse.Namespace) -> int:
    """Ask each of them; 1 if one of them gives none, or nobody is asked."""
    import os
    from datetime import UTC, datetime

    from letterlock.cli.show import say_line
    from letterlock.evidence.failures import TimeStampFailure
    from letterlock.net.failures import FetchFailure
    from letterlock.operations import describe_proof, timestamps, trust
    from letterlock.store import location
    from letterlock.words import say

    database = location.database()
    settings = trust.settings(database, policy=location.policy())
    found = timestamps.settings(database, location.policy())
    answers: list[dict[str, Any]] = []
    for each in found.authorities:
        answer: dict[str, Any] = {"url": each.url, "time": None, "reasons": []}
        try:
            stamped = timestamps.stamp_by(each, os.urandom(32), settings, datetime.now(UTC))
            answer["time"] = f"{stamped.time:%Y-%m-%dT%H:%M:%SZ}"
            told = [stamped.doubt] if stamped.doubt else []
        except (FetchFailure, TimeStampFailure) as failure:
            told = [failure]  # type: ignore[list-item]
        answer["reasons"] = describe_proof.reasons(told, arguments.language)
        answers.append(answer)
        if not arguments.json:
            say_line(f"{'✔' if answer['time'] else '✘'} {each.url}: {answer['time'] or 'no time-stamp'}")
            for reason in told:
                words = say(reason.code, reason.facts(), arguments.language)
                say_line(f"    {words.sentence} {words.advice}".rstrip())
    if arguments.json:
        print(json.dumps({"authorities": answers}, ensure_ascii=False))
    return 0 if answers and all(each["time"] for each in answers) else 1
