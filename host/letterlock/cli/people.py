"""`letterlock people`: other people's certificates, and who can be encrypted to."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from letterlock.cli import trusting


def register(commands: Any) -> None:
    """Add the command `people` with `list`, `import`, `remove` and `check`."""
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
    check = actions.add_parser(
        "check", help="say who can be encrypted to, with what, and what would help; exit code 0 if all can, else 1"
    )
    check.add_argument("address", nargs="+", metavar="ADDRESS")
    check.add_argument("--json", action="store_true", help="for programs")
    trusting.add_options(check)
    check.set_defaults(run=run_check)


def run_list(arguments: argparse.Namespace) -> int:
    """Show what is kept, as a table or as JSON."""
    from letterlock.cli.show_people import people_table
    from letterlock.operations import describe_people, people
    from letterlock.store import location

    found = people.kept(location.database(), arguments.address)
    if arguments.json:
        print(json.dumps({"people": [describe_people.kept(*each) for each in found]}, ensure_ascii=False))
    else:
        people_table(found)
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
