"""`letterlock people`: other people's certificates, and who can be encrypted to."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from letterlock.cli import trusting


def register(commands: Any) -> None:
    """Add the command `people` with `list`, `import`, `remove`, `lookup`, `directory` and `check`."""
    parser = commands.add_parser("people", help="certificates of the people you write to")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show whose certificates are kept, where from, and since when")
    list_.add_argument("address", nargs="?", metavar="ADDRESS", help="of one person only")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    import_ = actions.add_parser("import", help="keep the certificates of a file (PEM, DER, .p7b, .p7c, .vcf)")
    import_.add_argument("file", type=Path, metavar="FILE")
    import_.set_defaults(run=run_import)
    remove = actions.add_parser("remove", help="forget somebody's certificates")
    remove.add_argument("address", metavar="ADDRESS")
    remove.add_argument(
        "fingerprint", nargs="?", default="", metavar="FINGERPRINT", help="only those whose SHA-256 begins so"
    )
    remove.set_defaults(run=run_remove)
    lookup = actions.add_parser(
        "lookup", help="ask your directories and the DNS for somebody's certificate; exit code 1 if nobody has one"
    )
    lookup.add_argument("address", metavar="ADDRESS")
    lookup.add_argument("--no-dns", action="store_true", help="ask only the directories")
    lookup.set_defaults(run=run_lookup)
    directory = actions.add_parser("directory", help="show or set the directories (LDAP) that are asked")
    directory.add_argument("url", nargs="*", metavar="URL", help="ldaps://host/base; without any, they are shown")
    directory.add_argument("--none", action="store_true", help="ask none any more")
    directory.set_defaults(run=run_directory)
    check = actions.add_parser(
        "check", help="say who can be encrypted to, with what, and what would help; exit code 0 if all can, else 1"
    )
    check.add_argument("address", nargs="+", metavar="ADDRESS")
    check.add_argument("--json", action="store_true", help="for programs")
    trusting.add_options(check)
    check.set_defaults(run=run_check)


def run_list(arguments: argparse.Namespace) -> int:
    """Show what is kept, as a table or as JSON."""
    from letterlock.cli.show_people import show_people
    from letterlock.operations import describe_people, people
    from letterlock.store import location

    found = people.kept(location.database(), arguments.address)
    if arguments.json:
        print(json.dumps({"people": [describe_people.kept(*each) for each in found]}, ensure_ascii=False))
    else:
        show_people(found)
    return 0


def run_import(arguments: argparse.Namespace) -> int:
    """Keep certificates of a file."""
    from letterlock.cli.show import say_line
    from letterlock.operations import people
    from letterlock.store import location

    for each in people.import_file(location.database(), arguments.file):
        say_line(f"{'Kept' if each.new else 'Known already'}: {', '.join(each.addresses)} ({each.certificate.name})")
        say_line(f"  SHA-256 {each.certificate.sha256}")
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget certificates."""
    from letterlock.cli.show import say_line
    from letterlock.operations import people
    from letterlock.store import location

    count = people.forget(location.database(), arguments.address, arguments.fingerprint)
    say_line(f"Forgotten: {count} certificate{'' if count == 1 else 's'} of {arguments.address}")
    return 0


def run_lookup(arguments: argparse.Namespace) -> int:
    """Ask, and keep what is found."""
    from letterlock.cli.show import say_line
    from letterlock.operations import lookup
    from letterlock.store import location
    from letterlock.words import say

    found = lookup.look_up(location.database(), arguments.address, in_dns=not arguments.no_dns)
    for place in found:
        if place.failure:
            say_line(f"{place.place}: {say(place.failure.code, place.failure.facts(), arguments.language).sentence}")
        for each in place.imported:
            known = "" if each.new else " (known already)"
            say_line(f"{place.place}: {each.certificate.name}, until {each.certificate.not_after:%Y-%m-%d}{known}")
        if not place.failure and not place.imported:
            say_line(f"{place.place}: nothing for this address")
    return 0 if any(place.imported for place in found) else 1


def run_directory(arguments: argparse.Namespace) -> int:
    """Show or set the directories."""
    from letterlock.cli.show import say_line
    from letterlock.operations import lookup
    from letterlock.store import location

    if arguments.url or arguments.none:
        lookup.set_directories(location.database(), arguments.url)
    for url in lookup.directories(location.database()) or ["No directory is asked."]:
        say_line(url)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Who can be encrypted to."""
    from datetime import UTC, datetime

    from letterlock.cli.show_people import show_choices
    from letterlock.operations import describe_people, recipients
    from letterlock.store import location

    choices = recipients.choose(
        location.database(),
        arguments.address,
        trusting.settings(arguments),
        arguments.at or datetime.now(UTC),
        recipients.own(location.database()),
    )
    answer = describe_people.choices(choices, arguments.language)
    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False))
    else:
        show_choices(answer)
    return 0 if all(each.chosen for each in choices) else 1
