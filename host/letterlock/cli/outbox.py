"""`letterlock outbox`: what waits to be sent."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from letterlock.cli import password, vault


def register(commands: Any) -> None:
    """Add the command `outbox` with `list`, `retry` and `forget`."""
    parser = commands.add_parser("outbox", help="messages that wait to be sent")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    list_ = actions.add_parser("list", help="show what waits, since when and for whom")
    list_.set_defaults(run=run_list)
    retry = actions.add_parser("retry", help="send what waits; exit code 1 if something still does")
    retry.add_argument("id", nargs="?", default="", metavar="ID", help="only this one (the first digits will do)")
    retry.add_argument(
        "--anyway", action="store_true", help="also what may have been sent already: somebody may get it twice"
    )
    password.add_options(retry)
    retry.set_defaults(run=run_retry)
    forget = actions.add_parser("forget", help="remove a message without sending it")
    forget.add_argument("id", metavar="ID")
    forget.set_defaults(run=run_forget)
    for each in (list_, retry, forget):
        each.add_argument("--json", action="store_true", help="for programs")
        vault.add_options(each)


def run_list(arguments: argparse.Namespace) -> int:
    """Show what waits."""
    from letterlock.cli.show import say_line
    from letterlock.operations import describe_send
    from letterlock.operations.outbox import Outbox
    from letterlock.store import location

    database = location.database()
    found = []
    # Where nothing waits nobody need be asked for a passphrase.
    if Outbox.counted(database):
        found = describe_send.waiting(Outbox(database, vault.unlocked(arguments)).items())
    if arguments.json:
        print(json.dumps({"waiting": found}, ensure_ascii=False))
        return 0
    if not found:
        say_line("Nothing waits.")
    for each in found:
        state = "being sent now" if each["busy"] else "perhaps sent already" if each["unsure"] else "waits"
        what = "the copy" if each["copy_only"] else ", ".join(each["recipients"])
        say_line(
            f"{each['batch'][:8]}  {each['since']}  {each['sender']} → {what} · {each['octets']:,} octets · {state}"
        )
    return 0


def run_retry(arguments: argparse.Namespace) -> int:
    """Send what waits."""
    from letterlock.cli import send
    from letterlock.operations import accounts
    from letterlock.operations import send as sending
    from letterlock.operations.outbox import Outbox
    from letterlock.store import location

    database = location.database()
    if not Outbox.counted(database):
        return send.told(arguments, [])
    keys = vault.unlocked(arguments)
    wanted = [Outbox(database, keys).batch(arguments.id)] if arguments.id else None
    batches = wanted or list(dict.fromkeys(each.stored.batch for each in Outbox(database, keys).items()))
    if len(batches) > 1 and arguments.password_fd is not None:
        print("letterlock: with --password-fd, say which one: ID", file=sys.stderr)
        return 2
    reports = []
    for batch in batches:
        outbox = Outbox(database, keys)
        items = outbox.items(batch)
        if items:
            account = accounts.one(database, items[0].stored.account)
            with send.way(arguments, account, keys) as way:
                reports.append(sending.resume(items, account, outbox, way, arguments.anyway))
    return send.told(arguments, reports)


def run_forget(arguments: argparse.Namespace) -> int:
    """Remove a message."""
    from letterlock.cli.show import say_line
    from letterlock.operations.outbox import Outbox
    from letterlock.store import location

    outbox = Outbox(location.database(), vault.here())
    batch = outbox.batch(arguments.id)
    outbox.forget_batch(batch)
    if arguments.json:
        print(json.dumps({"forgotten": batch}))
    else:
        say_line(f"Removed: {batch[:8]}")
    return 0
