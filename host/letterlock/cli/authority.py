"""`letterlock authority`: the internal CA by hand. Exit code 0: done; 1: the answer is no (`audit`); 2: refused.

What it issues to others are files; `authority_acts` has the commands that write them.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from letterlock.cli import authority_acts, tokens, vault


def register(commands: Any) -> None:
    """Add the command `authority` with its actions."""
    parser = commands.add_parser("authority", help="an internal CA: certificates for your organisation's mail")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    _init(actions)
    authority_acts.register(actions)
    _revoke(actions)
    _lists(actions)
    _look(actions)


def _init(actions: Any) -> None:
    init = actions.add_parser("init", help="make the authority: a root and an issuing CA")
    init.add_argument("organisation", metavar="ORGANISATION", help="its name, as people know it")
    init.add_argument(
        "--domain",
        action="append",
        default=[],
        metavar="DOMAIN",
        help="certify addresses of this domain only; .DOMAIN for all hosts below it (may be given several times)",
    )
    init.add_argument("--country", default="", metavar="CC", help="two letters")
    kinds = ("P-384", "RSA-4096", "ML-DSA-65")
    init.add_argument("--key", choices=kinds, default="P-384", help="kind of the authority's keys (default: P-384)")
    init.add_argument("--url", default="", metavar="URL", help="where lists and answers will be published")
    init.add_argument("--policy", action="append", default=[], metavar="OID", help="a certificate policy to name")
    init.add_argument("--days", type=_days(825), default=730, help="validity of people's certificates (default: 730)")
    init.add_argument(
        "--root-key", type=Path, metavar="FILE", help="write the root's key into this file, to be kept offline"
    )
    _root_passphrase(init)
    vault.add_options(init, creates=True)
    tokens.add_options(init, "make the issuing key on")
    init.add_argument(
        "--token-key", default="", metavar="KEY", help="use this key, which is on the card already (its label or ID)"
    )
    init.set_defaults(run=run_init)


def _revoke(actions: Any) -> None:
    revoke = actions.add_parser("revoke", help="revoke certificates, and make a new list")
    revoke.add_argument("what", nargs="+", metavar="ADDRESS|SERIAL")
    reasons = (
        "unspecified",
        "keyCompromise",
        "affiliationChanged",
        "superseded",
        "cessationOfOperation",
        "privilegeWithdrawn",
    )
    revoke.add_argument("--reason", choices=reasons, default="unspecified")
    vault.add_options(revoke)
    tokens.add_options(revoke, "the issuing key is on")
    revoke.set_defaults(run=run_revoke)


def _lists(actions: Any) -> None:
    crl = actions.add_parser("crl", help="make a new revocation list")
    crl.add_argument("--out", type=Path, metavar="FILE", help="write it here, DER")
    crl.add_argument("--days", type=_days(366), help="until the next one is due (default: 7)")
    crl.add_argument("--root", action="store_true", help="the root's list (needs its key)")
    crl.add_argument("--root-key", type=Path, metavar="FILE", help="the file with the root's key")
    _root_passphrase(crl)
    vault.add_options(crl)
    tokens.add_options(crl, "the issuing key is on")
    crl.set_defaults(run=run_crl)
    ocsp = actions.add_parser("ocsp", help="answer OCSP requests over HTTP, and serve lists and certificates")
    ocsp.add_argument("--listen", default="127.0.0.1:8560", metavar="HOST:PORT", help="default: 127.0.0.1:8560")
    vault.add_options(ocsp)
    tokens.add_options(ocsp, "the issuing key is on")
    ocsp.set_defaults(run=run_ocsp)


def _look(actions: Any) -> None:
    list_ = actions.add_parser("list", help="show what was issued")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    export = actions.add_parser("export", help="what clients need to trust the authority")
    formats = ("pem", "der", "chain", "mobileconfig", "windows", "mozilla", "policy")
    export.add_argument("format", choices=formats)
    export.add_argument("--out", type=Path, metavar="FILE", help="default: standard output")
    export.add_argument("--path", default="authority.pem", help="where the certificate will lie on the clients")
    export.set_defaults(run=run_export)
    audit = actions.add_parser("audit", help="check the log; exit code 0 if nothing was changed, else 1")
    audit.add_argument("--head", type=Path, metavar="FILE", help="a head that was exported before")
    audit.add_argument("--export-head", type=Path, metavar="FILE", help="write the head, to be kept elsewhere")
    audit.add_argument("--json", action="store_true", help="for programs")
    audit.set_defaults(run=run_audit)


def _root_passphrase(parser: Any) -> None:
    parser.add_argument(
        "--root-passphrase-file", type=Path, metavar="FILE", help="whose first line opens --root-key (else asked for)"
    )


def run_init(arguments: argparse.Namespace) -> int:
    """Make the authority, in a vault that is made with it if there is none."""
    from letterlock.authority.settings import Settings
    from letterlock.cli.show import say_line
    from letterlock.operations import authority
    from letterlock.operations.authority_clock import now
    from letterlock.store import location

    settings = Settings(
        organisation=arguments.organisation,
        country=arguments.country,
        domains=tuple(arguments.domain),
        policies=tuple(arguments.policy),
        url=arguments.url.rstrip("/"),
        person_days=arguments.days,
        issuing_key=arguments.key,
        root_key=arguments.key,
    )
    if arguments.token_key and not arguments.token:
        print("letterlock: --token-key needs --token")
        return 2
    keys = vault.unlocked(arguments, create=True)
    card = tokens.opened(arguments, write=not arguments.token_key)
    offline = _offline(arguments, new=True)
    made = authority.init(location.database(), keys, settings, now(), offline, card, arguments.token_key)
    root = made.chain.root
    say_line(f"Made: {root.name} and {made.chain.issuing.name} ({root.key})")
    say_line(f"  SHA-256 {root.sha256}")
    say_line(f"  for addresses of: {', '.join(made.settings.domains) or 'any domain'}; trusted on this computer")
    if arguments.root_key:
        say_line(f"  The root's key is in {arguments.root_key}. Put it away, with its passphrase elsewhere.")
    return 0


def run_revoke(arguments: argparse.Namespace) -> int:
    """Revoke everything named, all or nothing, and make the list that says so."""
    from letterlock.authority.crl import RevocationReason
    from letterlock.cli.show import say_line
    from letterlock.operations import authority
    from letterlock.operations.authority_clock import now
    from letterlock.store import location

    keys, at = vault.unlocked(arguments), now()
    with authority.acting(location.database(), keys, tokens.opened(arguments)) as acting:
        rows = {row.serial: row for wanted in arguments.what for row in authority.found(acting.authority, wanted, at)}
        acting.authority.revoke(list(rows), RevocationReason(arguments.reason), acting.key, at)
        acting.authority.make_list(acting.key, at)
    for serial in rows:
        say_line(f"Revoked: {serial}")
    say_line("  The new list is made; “letterlock authority crl --out FILE” writes it for your web server.")
    return 0


def run_crl(arguments: argparse.Namespace) -> int:
    """Make a list, and write it where it is to be published."""
    from letterlock.cli.show import say_line
    from letterlock.operations import authority
    from letterlock.operations.authority_clock import now
    from letterlock.operations.authority_files import write_public
    from letterlock.store import location

    keys = vault.unlocked(arguments)
    with authority.acting(location.database(), keys, tokens.opened(arguments)) as acting:
        root = acting.root_key(_offline(arguments)) if arguments.root else None
        made = acting.authority.make_list(acting.key, now(), arguments.days, root=root)
        count = 0 if root else len(acting.authority.revocations())
    if arguments.out:
        write_public(arguments.out, made)
    say_line(f"Made a list of {count} revoked certificates{f': {arguments.out}' if arguments.out else ''}")
    return 0


def run_ocsp(arguments: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from letterlock.cli.show import say_line
    from letterlock.operations import authority, authority_responder
    from letterlock.operations.authority_clock import now
    from letterlock.store import location

    host, _, port = arguments.listen.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        print(f"letterlock: {arguments.listen} is not HOST:PORT")
        return 2
    keys, card = vault.unlocked(arguments), tokens.opened(arguments)
    with authority.acting(location.database(), keys, card) as acting:
        responder = authority_responder.certify(acting, now())
    # The authority's key is not needed any more, and does not stay in a process that the network talks to.
    keys.forget()
    if card is not None:
        card.lock()
    until = responder.certificate.not_after

    def ready(name: str, number: int) -> None:
        say_line(f"Answering at http://{name}:{number}/ocsp until {until:%Y-%m-%d}; start it anew before that day.")

    application = authority_responder.Responder(location.database(), responder)
    authority_responder.serve(application, host.strip("[]"), int(port), ready)
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Everything issued, oldest first."""
    from letterlock.cli import show_authority
    from letterlock.operations import authority
    from letterlock.operations.authority_clock import now
    from letterlock.store import location

    with authority.reading(location.database()) as found:
        issued = authority.issued(found, now())
    if arguments.json:
        print(json.dumps([each.json() for each in issued], ensure_ascii=False, indent=2))
    else:
        show_authority.issued_table(issued)
    return 0


def run_export(arguments: argparse.Namespace) -> int:
    """Write one form of the authority's certificates."""
    import sys

    from letterlock.operations import authority
    from letterlock.operations.authority_files import write_public
    from letterlock.store import location

    with authority.reading(location.database()) as found:
        octets = authority.exported(found, arguments.format, arguments.path)
    if arguments.out:
        write_public(arguments.out, octets)
    else:
        sys.stdout.buffer.write(octets)
    return 0


def run_audit(arguments: argparse.Namespace) -> int:
    """Say what is wrong with the log, or that nothing is."""
    from letterlock.cli import show_authority
    from letterlock.operations import authority
    from letterlock.operations.authority_files import write_public
    from letterlock.store import location
    from letterlock.words import say

    found = authority.checked(location.database(), arguments.head)
    if arguments.export_head and found.head and not found.findings:
        write_public(arguments.export_head, f"{found.head.json()}\n".encode())
    findings = [(each.code, each.facts(), say(each.code, each.facts(), arguments.language)) for each in found.findings]
    if arguments.json:
        reasons = [
            {"code": code, "facts": facts, "sentence": words.sentence, "advice": words.advice}
            for code, facts, words in findings
        ]
        print(json.dumps({"entries": found.entries, "whole": not reasons, "reasons": reasons}, ensure_ascii=False))
    else:
        show_authority.audit(found.entries, [(code, words) for code, _, words in findings])
    return 1 if findings else 0


def _offline(arguments: argparse.Namespace, new: bool = False) -> Any:
    if not arguments.root_key:
        return None
    from letterlock.operations.authority import OfflineRoot

    ask = vault.new_passphrase if new else vault.passphrase
    return OfflineRoot(arguments.root_key, ask(arguments.root_passphrase_file, "Passphrase of the root's key file: "))


def _days(most: int) -> Any:
    def days(text: str) -> int:
        if not text.isdigit() or not 1 <= int(text) <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to {most}")
        return int(text)

    return days
