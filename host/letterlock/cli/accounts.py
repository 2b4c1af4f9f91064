"""`letterlock accounts`: the servers that mail is sent over, and the passwords for them."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from letterlock.cli import password, vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from letterlock.keystore.vault import Vault
    from letterlock.net.mail import MailServer, Security
    from letterlock.net.rules import Rules
    from letterlock.operations.account_failures import ServersElsewhere
    from letterlock.operations.accounts import Account, Tried

_BY_PORT: dict[int, Security] = {465: "tls", 587: "starttls", 993: "tls", 143: "starttls"}


def register(commands: Any) -> None:
    """Add the command `accounts` with `add`, `list`, `show`, `check`, `find` and `remove`."""
    parser = commands.add_parser("accounts", help="mail servers and passwords for sending")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = actions.add_parser(
        "add",
        help="set an account up, or change it",
        description="Without --smtp the address's domain is asked for its servers. The account is tried out before "
        "it is kept. Exit code 1: the servers do not let you in, or are to be confirmed; nothing is kept.",
    )
    add.add_argument("address", metavar="ADDRESS")
    add.add_argument("--smtp", metavar="HOST[:PORT]", help="the server for sending (default port: 465)")
    add.add_argument("--imap", metavar="HOST[:PORT]", help="the server with your folders (default port: 993)")
    for name in ("smtp", "imap"):
        add.add_argument(
            f"--{name}-security",
            choices=("tls", "starttls"),
            help="TLS from the start, or after STARTTLS (default: by the port, else TLS)",
        )
    add.add_argument("--user", default="", metavar="NAME", help="the name to log in with (default: the address)")
    add.add_argument(
        "--login",
        choices=("password", "oauth", "none"),
        help="how to log in (default: password, or what the domain says)",
    )
    add.add_argument("--sent", default="", metavar="FOLDER", help="where copies go (default: where the server says)")
    add.add_argument("--no-copy", action="store_true", help="keep no copy: your provider does so by itself")
    add.add_argument("--no-check", action="store_true", help="do not try it out")
    add.add_argument("--yes", action="store_true", help="confirm servers of another domain")
    add.add_argument("--json", action="store_true", help="for programs")
    password.add_options(add)
    vault.add_options(add)
    add.set_defaults(run=run_add)
    for name, help_, run in (
        ("list", "show every account", run_list),
        ("show", "show one account", run_show),
        ("check", "log in on its servers, and send nothing; exit code 1 if one does not let you in", run_check),
        ("find", "ask a domain for its servers, and keep nothing; exit code 1 if it says nothing", run_find),
        ("remove", "forget an account and its password", run_remove),
    ):
        action = actions.add_parser(name, help=help_)
        if name != "list":
            action.add_argument("address", metavar="ADDRESS")
        if name == "check":
            password.add_options(action)
            vault.add_options(action)
        action.add_argument("--json", action="store_true", help="for programs")
        action.set_defaults(run=run)


def run_add(arguments: argparse.Namespace) -> int:
    """Set an account up."""
    from letterlock.operations import accounts, describe_send
    from letterlock.store import location

    database = location.database()
    account, confirm = _wanted(arguments)
    answer: dict[str, Any] = {"account": None, "servers": [], "confirm": []}
    if confirm and not arguments.yes and not _confirmed(confirm, arguments):
        answer["confirm"] = [describe_send.said(each, arguments.language) for each in confirm]
        return _end(arguments, answer, 1)
    known = (each.id for each in accounts.listed(database) if each.address == arguments.address)
    account = accounts.checked(replace(account, id=next(known, "")))
    keys, secret = vault.here(), None
    if account.login != "none":
        keys = vault.unlocked(arguments, create=True)
        what = "Access token" if account.login == "oauth" else "Password"
        secret = password.asked(arguments, f"{what} of {account.user} at {account.smtp.host}: ")
    if not arguments.no_check:
        tried = list(_tried(account, keys, secret, arguments))
        answer["servers"] = [describe_send.tried(each, arguments.language) for each in tried]
        if any(each.failure for each in tried):
            return _end(arguments, answer, 1)
    answer["account"] = describe_send.account(accounts.put(database, keys, account, secret))
    return _end(arguments, answer, 0)


def _wanted(arguments: argparse.Namespace) -> tuple[Account, Sequence[ServersElsewhere]]:
    """The account as the options say, or as the domain does; and what is to be confirmed."""
    from letterlock.cli.show import say_line
    from letterlock.operations import accounts
    from letterlock.operations.accounts import Account

    elsewhere: Sequence[ServersElsewhere] = ()
    if arguments.smtp:
        imap = _server(arguments.imap, arguments.imap_security, 993) if arguments.imap else None
        account = Account(arguments.address, _server(arguments.smtp, arguments.smtp_security, 465), imap)
    else:
        account, settings, elsewhere = accounts.find(arguments.address, _rules())
        if not arguments.json:
            say_line(f"Found at {settings.source}:")
            _show_account(account)
    account = replace(
        account,
        user=arguments.user or account.user,
        login=arguments.login or account.login,
        copy=not arguments.no_copy,
        folder=arguments.sent,
    )
    return account, elsewhere


def _end(arguments: argparse.Namespace, answer: dict[str, Any], code: int) -> int:
    from letterlock.cli.show import say_line

    if arguments.json:
        print(json.dumps(answer, ensure_ascii=False))
    elif code == 0:
        say_line(f"Kept: {answer['account']['address']}")
    return code


def run_list(arguments: argparse.Namespace) -> int:
    """Show every account."""
    from letterlock.cli.show import say_line
    from letterlock.operations import accounts, describe_send
    from letterlock.store import location

    found = accounts.listed(location.database())
    if arguments.json:
        print(json.dumps({"accounts": [describe_send.account(each) for each in found]}, ensure_ascii=False))
        return 0
    if not found:
        say_line("There is no account yet: letterlock accounts add ADDRESS")
    for each in found:
        _show_account(each)
    return 0


def run_show(arguments: argparse.Namespace) -> int:
    """Show one account."""
    from letterlock.operations import accounts, describe_send
    from letterlock.store import location

    found = accounts.one(location.database(), arguments.address)
    if arguments.json:
        print(json.dumps(describe_send.account(found), ensure_ascii=False))
    else:
        _show_account(found)
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Log in everywhere."""
    from letterlock.operations import accounts, describe_send
    from letterlock.store import location

    account = accounts.one(location.database(), arguments.address)
    secret = password.given(arguments)
    keys = vault.here() if secret is not None or account.login == "none" else vault.unlocked(arguments)
    found = list(_tried(account, keys, secret, arguments))
    if arguments.json:
        answer = {"servers": [describe_send.tried(each, arguments.language) for each in found]}
        print(json.dumps(answer, ensure_ascii=False))
    return 1 if any(each.failure for each in found) else 0


def run_find(arguments: argparse.Namespace) -> int:
    """Ask a domain."""
    from letterlock.cli import explain
    from letterlock.cli.show import say_line
    from letterlock.net.mail_failures import MailSettingsNotFound
    from letterlock.operations import accounts, describe_send

    try:
        account, settings, elsewhere = accounts.find(arguments.address, _rules())
    except MailSettingsNotFound as failure:
        explain(failure, arguments.language)
        return 1
    if arguments.json:
        answer = describe_send.proposal(account, settings, elsewhere, arguments.language)
        print(json.dumps(answer, ensure_ascii=False))
        return 0
    say_line(f"Found at {settings.source}:")
    _show_account(account)
    for each in elsewhere:
        _say(each, arguments.language)
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget an account."""
    from letterlock.cli.show import say_line
    from letterlock.operations import accounts, describe_send
    from letterlock.store import location

    found = accounts.remove(location.database(), arguments.address)
    if arguments.json:
        print(json.dumps(describe_send.account(found), ensure_ascii=False))
    else:
        say_line(f"Forgotten: {found.address}")
    return 0


# --- Inside ---


def _server(text: str, security: Security | None, port: int) -> MailServer:
    from letterlock.net.mail import MailServer
    from letterlock.operations.account_failures import AccountSettingWrong
    from letterlock.operations.accounts import IMAP_PORTS, SMTP_PORTS

    host, colon, digits = text.rpartition(":") if not text.endswith("]") else (text, "", "")
    if not colon:
        ports = SMTP_PORTS if port == 465 else IMAP_PORTS
        chosen = security or "tls"
        return MailServer(text, ports[chosen], chosen)
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 5:
        raise AccountSettingWrong("port", digits)
    return MailServer(host, int(digits), security or _BY_PORT.get(int(digits), "tls"))


def _rules() -> Rules:
    from letterlock.operations import trust
    from letterlock.store import location

    return trust.settings(location.database(), policy=location.policy()).network


def _tried(account: Account, keys: Vault, secret: str | None, arguments: argparse.Namespace) -> Iterator[Tried]:
    """Log in everywhere, and say what came of it as it comes."""
    from letterlock.operations import accounts
    from letterlock.store import location

    for each in accounts.tried(account, accounts.login(location.database(), keys, account, secret)):
        if not arguments.json:
            _show_tried(each, arguments.language)
        yield each


def _show_tried(found: Tried, language: str) -> None:
    from letterlock.cli.show import say_line
    from letterlock.words import say

    where = f"{found.protocol.upper()} {found.server.host}:{found.server.port}"
    if found.failure:
        words = say(found.failure.code, found.failure.facts(), language)
        say_line(f"✘ {where}: {words.sentence} {words.advice}")
        return
    more = [*found.abilities]
    if found.largest:
        more.append(f"messages up to {found.largest:,} octets")
    if found.protocol == "imap":
        more.append(f"copies go to “{found.folder}”" if found.folder else "a folder “Sent” will be made")
    say_line(f"✔ {where}: {', '.join(more)}".removesuffix(": "))


def _show_account(account: Account) -> None:
    from letterlock.cli.show import say_line

    say_line(account.address)
    for name, server in (("send", account.smtp), ("folders", account.imap)):
        if server is not None:
            way = "TLS" if server.security == "tls" else "STARTTLS"
            say_line(f"    {name}: {server.host}:{server.port} ({way})")
    kept = ", kept" if account.has_secret else ""
    say_line(f"    log in: {account.user or account.address}, {account.login}{kept}")
    if account.copies:
        say_line(f"    copies: {account.folder or 'where the server says'}")
    elif account.imap is not None:
        say_line("    copies: none")


def _confirmed(elsewhere: Sequence[ServersElsewhere], arguments: argparse.Namespace) -> bool:
    if arguments.json:
        return False
    for each in elsewhere:
        _say(each, arguments.language)
    if not sys.stdin.isatty():
        print("letterlock: confirm these servers with --yes", file=sys.stderr)
        return False
    return input("Is this your provider? [y/N] ").strip().lower() in ("y", "yes", "j", "ja")


def _say(coded: Any, language: str) -> None:
    from letterlock.words import say

    words = say(coded.code, coded.facts(), language)
    print(f"{words.sentence} {words.advice}", file=sys.stderr)
