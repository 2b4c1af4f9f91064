"""`letterlock trust`: whom you trust to say who signed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from letterlock.cli import trusting


def register(commands: Any) -> None:
    """Add the command `trust` with `add`, `list`, `remove`, `mozilla`, `system` and `path`."""
    parser = commands.add_parser("trust", help="keep the certificates of authorities whose word you accept")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    add = actions.add_parser("add", help="keep every certificate of a file (PEM, DER, .p7c) as an anchor")
    add.add_argument("file", type=Path, metavar="FILE")
    add.add_argument("--note", default="", help="why you trust it, for yourself")
    add.set_defaults(run=run_add)
    list_ = actions.add_parser("list", help="show the anchors kept")
    list_.add_argument("--json", action="store_true", help="for programs")
    list_.set_defaults(run=run_list)
    remove = actions.add_parser("remove", help="forget an anchor")
    remove.add_argument("sha256", metavar="FINGERPRINT", help="the first digits of its SHA-256 fingerprint")
    remove.set_defaults(run=run_remove)
    mozilla = actions.add_parser("mozilla", help="trust the roots that Mozilla trusts for mail (default), or do not")
    mozilla.add_argument(
        "use", nargs="?", choices=("on", "off"), help="without it, show the list and whether it is used"
    )
    mozilla.add_argument("--json", action="store_true", help="for programs")
    mozilla.set_defaults(run=run_mozilla)
    system = actions.add_parser(
        "system", help="trust the roots that this computer's operating system trusts for mail, or do not (default)"
    )
    system.add_argument(
        "use", nargs="?", choices=("on", "off"), help="without it, say whether it is used and how many there are"
    )
    system.add_argument("--json", action="store_true", help="for programs")
    system.set_defaults(run=run_system)
    revocation = actions.add_parser(
        "revocation", help="how much you want to know about withdrawn certificates when mail is opened"
    )
    revocation.add_argument(
        "mode",
        nargs="?",
        choices=("off", "at-hand", "crl", "ocsp", "strict"),
        help="crl (default): fetch lists; ocsp: and ask responders; strict: and believe nobody without an answer; "
        "at-hand: fetch nothing; without it, show what holds",
    )
    revocation.add_argument("--forget", action="store_true", help="throw away everything fetched")
    revocation.add_argument("--json", action="store_true", help="for programs")
    revocation.set_defaults(run=run_revocation)
    path = actions.add_parser(
        "path", help="judge a certificate by itself; exit code 0 if there is a valid path, else 1"
    )
    path.add_argument("certificate", type=Path, metavar="CERT")
    path.add_argument(
        "--intermediate", type=Path, action="append", default=[], metavar="FILE", help="certificates of its issuers"
    )
    path.add_argument("--json", action="store_true", help="for programs")
    trusting.add_options(path)
    path.set_defaults(run=run_path)


def run_add(arguments: argparse.Namespace) -> int:
    """Keep anchors, and show the fingerprint that the user should compare."""
    from letterlock.cli.show import say_line
    from letterlock.operations import trust
    from letterlock.store import location

    for certificate, new in trust.add(location.database(), arguments.file, arguments.note):
        say_line(f"{'Trusted from now on' if new else 'Trusted already'}: {certificate.name}")
        say_line(f"  SHA-256 {_grouped(certificate.sha256)}")
        say_line(f"  valid until {certificate.not_after:%Y-%m-%d}; compare the fingerprint with its owner")
    return 0


def run_list(arguments: argparse.Namespace) -> int:
    """Show the anchors, as a table or as JSON."""
    from letterlock.cli.show import anchors_table
    from letterlock.operations import trust
    from letterlock.store import location

    kept = trust.kept(location.database())
    if arguments.json:
        rows = [
            {
                "sha256": stored.sha256,
                "name": certificate.name if certificate else None,
                "subject": certificate.subject if certificate else None,
                "not_after": f"{certificate.not_after:%Y-%m-%dT%H:%M:%SZ}" if certificate else None,
                "added": f"{stored.added:%Y-%m-%dT%H:%M:%SZ}",
                "note": stored.note,
            }
            for stored, certificate in kept
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        anchors_table(kept)
    return 0


def run_remove(arguments: argparse.Namespace) -> int:
    """Forget one anchor."""
    from letterlock.cli.show import say_line
    from letterlock.operations import trust
    from letterlock.store import location

    stored, certificate = trust.remove(location.database(), arguments.sha256)
    name = certificate.name if certificate else "an unreadable certificate"
    say_line(f"No longer trusted: {name} (SHA-256 {stored.sha256[:16]}…)")
    return 0


def run_mozilla(arguments: argparse.Namespace) -> int:
    """Set whether Mozilla's roots are trusted, and say what holds; the organisation's policy has the last word."""
    from letterlock.cli.show import say_line
    from letterlock.operations import trust
    from letterlock.store import location
    from letterlock.trust import mozilla

    if arguments.use:
        trust.use_mozilla(location.database(), arguments.use == "on")
    used = trust.settings(location.database(), policy=location.policy()).mozilla
    roots = mozilla.roots()
    if arguments.json:
        print(json.dumps({"used": used, "roots": len(roots.anchors), "source": roots.source, "made": roots.made}))
        return 0
    say_line(f"{'Trusted' if used else 'Not trusted'}: {len(roots.anchors)} roots, list of {roots.made}")
    say_line(f"  {roots.source}")
    if arguments.use and used != (arguments.use == "on"):
        say_line(f"  Your organisation decided so ({location.policy()}).")
    return 0


def run_system(arguments: argparse.Namespace) -> int:
    """Set whether the operating system's roots are trusted, and say what holds; the organisation has the last word."""
    from letterlock.cli.show import say_line
    from letterlock.operations import system_roots, trust
    from letterlock.store import location

    # Read first: nobody switches on a list that cannot be read. Switching off needs no list.
    roots = 0 if arguments.use == "off" else len(system_roots.anchors())
    if arguments.use:
        trust.use_system(location.database(), arguments.use == "on")
    used = trust.settings(location.database(), policy=location.policy()).system
    if arguments.json:
        print(json.dumps({"used": used, "roots": roots}))
        return 0
    count = "" if arguments.use == "off" else f": {roots} roots of this computer"
    say_line(f"{'Trusted' if used else 'Not trusted'}{count}")
    if arguments.use and used != (arguments.use == "on"):
        say_line(f"  Your organisation decided so ({location.policy()}).")
    return 0


def run_revocation(arguments: argparse.Namespace) -> int:
    """Set how much is asked about withdrawal, and say what holds; the organisation's policy has the last word."""
    from letterlock.cli.show import say_line
    from letterlock.operations import trust
    from letterlock.store import location
    from letterlock.trust.revocation import Mode
    from letterlock.words.setup import line

    if arguments.mode:
        trust.use_revocation(location.database(), Mode(arguments.mode))
    forgotten = trust.forget_fetched(location.database()) if arguments.forget else 0
    holds = trust.settings(location.database(), policy=location.policy())
    if arguments.json:
        rules = holds.network
        print(json.dumps({"mode": holds.mode.value, "private_addresses": rules.private, "forgotten": forgotten}))
        return 0
    say_line(f"{holds.mode.value}: {line(f'revocation_{holds.mode.name.lower()}', arguments.language)}")
    if holds.online and holds.network.private:
        say_line("  Servers in private networks may be asked.")
    if arguments.forget:
        say_line(f"  Thrown away: {forgotten}")
    if arguments.mode and holds.mode.value != arguments.mode:
        say_line(f"  Your organisation decided so ({location.policy()}).")
    return 0


def run_path(arguments: argparse.Namespace) -> int:
    """Say whether there is a valid path, and what was found on the way."""
    from letterlock.cli.show import show_path
    from letterlock.operations import certificates

    settings = trusting.settings(arguments)
    result, at = certificates.judge(
        arguments.certificate,
        settings,
        arguments.intermediate,
        arguments.at,
        arguments.language,
        trusting.online(arguments, settings),
        arguments.fetch_issuers,
    )
    if arguments.json:
        found = {"checked_at": f"{at:%Y-%m-%dT%H:%M:%SZ}", **result.model_dump(mode="json")}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        show_path(result)
    return 0 if result.valid else 1


def _grouped(hexadecimal: str) -> str:
    return " ".join(hexadecimal[start : start + 4] for start in range(0, len(hexadecimal), 4))
