"""`letterlock authority issue` and `renew`: certificates for people, with progress, and resumed after an end."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import tokens, vault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from letterlock.authority.people import CertificateRequest
    from letterlock.operations.authority_issue import Done

_KINDS = (
    "RSA-3072",
    "RSA-4096",
    "P-256",
    "P-384",
    "RSA-3072-pair",
    "RSA-4096-pair",
    "P-256-pair",
    "P-384-pair",
    "Ed25519-X25519",
    "ML-DSA-65-ML-KEM-768",
)


def register(actions: Any) -> None:
    """Add both."""
    issue = actions.add_parser(
        "issue",
        help="certificates for people",
        description="For addresses, a list of staff, or a request. People who have a certificate in force are passed "
        "over, so a run that was stopped is gone on with by the same command.",
    )
    issue.add_argument("address", nargs="*", metavar="ADDRESS", help="one certificate for each (with --request: one)")
    issue.add_argument("--staff", type=Path, metavar="FILE", help="a CSV with the columns name, address, keys, request")
    issue.add_argument("--request", type=Path, metavar="FILE", help="certify the key of this PKCS#10 request")
    issue.add_argument(
        "--as-requested", action="store_true", help="with --request: you have confirmed the addresses and name in it"
    )
    issue.add_argument("--name", default="", help="the person's name")
    issue.add_argument("--mine", action="store_true", help="keep keys and certificates here, in your own keys")
    issue.add_argument("--again", action="store_true", help="also for whoever has a certificate in force")
    _delivery(issue)
    issue.set_defaults(run=run_issue)
    renew = actions.add_parser("renew", help="new certificates for who has one; the old ones stay good")
    renew.add_argument("what", nargs="*", metavar="ADDRESS|SERIAL")
    renew.add_argument("--expiring", type=int, metavar="DAYS", help="everybody whose certificate ends so soon")
    renew.add_argument("--issuing", action="store_true", help="the issuing CA itself (needs the root's key)")
    renew.add_argument("--root-key", type=Path, metavar="FILE", help="the file with the root's key")
    renew.add_argument("--root-passphrase-file", type=Path, metavar="FILE", help="whose first line opens --root-key")
    _delivery(renew)
    renew.set_defaults(run=run_renew)


def _delivery(parser: Any) -> None:
    parser.add_argument("--keys", choices=_KINDS, default="RSA-3072", help="what is made (default: RSA-3072)")
    parser.add_argument("--form", choices=("modern", "pbmac1", "compatible"), default="modern", help="of key files")
    parser.add_argument(
        "--out", type=Path, default=Path("key-files"), metavar="DIR", help="for key files and certificates"
    )
    parser.add_argument(
        "--slips", type=Path, default=Path("passphrases"), metavar="DIR", help="for their passphrases, one slip each"
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    vault.add_options(parser)
    tokens.add_options(parser, "the issuing key is on")


def run_issue(arguments: argparse.Namespace) -> int:
    """Issue to everybody named."""
    from letterlock.authority import people
    from letterlock.authority.people import CertificateRequest
    from letterlock.operations import authority, authority_issue
    from letterlock.operations.authority_clock import now
    from letterlock.operations.authority_files import Delivery
    from letterlock.store import location

    staff = _staff(arguments)
    if not staff and not arguments.request:
        print("letterlock: give addresses, --staff or --request")
        return 2
    delivery = None if arguments.mine else Delivery(arguments.out, arguments.slips)
    requests = arguments.staff.parent if arguments.staff else Path()
    how = authority_issue.How(arguments.keys, arguments.again, _form(arguments), arguments.language, requests)
    asked: Sequence[CertificateRequest] = ()
    confirmed = arguments.as_requested
    if arguments.request:
        asked = CertificateRequest.parse_all(authority_issue.read_request(arguments.request))
        if not arguments.address and not confirmed:
            confirmed = _confirmed(asked, arguments.name)
    keys, at = vault.unlocked(arguments), now()
    with authority.acting(location.database(), keys, tokens.opened(arguments)) as acting:
        if arguments.request:
            assert delivery is not None
            addresses = tuple(arguments.address)
            done = authority_issue.requested(
                acting, asked, delivery, at, addresses, arguments.name, as_requested=confirmed
            )
            _tell(iter([done]), 1, arguments.json)
            _say_left_out(asked, done)
        elif delivery is None:
            mine = (authority_issue.keep_mine(acting, each, how.kind, at, again=how.again) for each in staff)
            _tell(mine, len(staff), arguments.json)
        else:
            _tell(authority_issue.issue(acting, staff, delivery, how, at), len(staff), arguments.json)
    assert set(_KINDS) == set(people.KINDS)
    return 0


def run_renew(arguments: argparse.Namespace) -> int:
    """Renew everybody named, or the issuing CA."""
    from letterlock.authority import founding
    from letterlock.cli.authority import _offline
    from letterlock.cli.show import say_line
    from letterlock.operations import authority, authority_issue
    from letterlock.operations.authority_clock import now
    from letterlock.operations.authority_files import Delivery
    from letterlock.store import location

    keys, at = vault.unlocked(arguments), now()
    with authority.acting(location.database(), keys, tokens.opened(arguments)) as acting:
        if arguments.issuing:
            root = acting.root_key(_offline(arguments))
            renewed = founding.renew_issuing(acting.authority, root, acting.key, at)
            say_line(f"Renewed: {renewed.chain.issuing.name}, until {renewed.chain.issuing.not_after:%Y-%m-%d}")
            return 0
        rows = [row for wanted in arguments.what for row in authority.found(acting.authority, wanted, at)]
        if arguments.expiring is not None:
            rows += authority.expiring(acting.authority, arguments.expiring, at)
        delivery = Delivery(arguments.out, arguments.slips)
        how = authority_issue.How(arguments.keys, True, _form(arguments), arguments.language)
        _tell(authority_issue.renew(acting, rows, delivery, how, at), len(rows), arguments.json)
    return 0


def _confirmed(asked: Sequence[CertificateRequest], name: str) -> bool:
    """Shows what a request asks for, and asks whether it is so; where nobody can be asked, it is not."""
    if not sys.stdin.isatty():
        return False
    from letterlock.cli import show_authority

    show_authority.requested(asked, name)
    address = asked[0].addresses[0] if asked[0].addresses else ""
    return bool(address) and input("Type the first address to certify all of it: ").strip() == address


def _say_left_out(asked: Sequence[CertificateRequest], done: Done) -> None:
    """What the request says of its owner and was not certified, because nobody else said so."""
    from letterlock.authority.ca import address_key
    from letterlock.cli.show import clean

    first = asked[0]
    if first.name and first.name != done.person.name:
        print(f"The request gives the name “{clean(first.name)}”; --name certifies one.", file=sys.stderr)
    given = {address_key(each) for each in done.person.addresses}
    others = [clean(each) for each in first.addresses if address_key(each) not in given]
    if others:
        print(f"The request also asks for {', '.join(others)}, which was not certified.", file=sys.stderr)


def _staff(arguments: argparse.Namespace) -> Any:
    from letterlock import limits
    from letterlock.authority import people, staff
    from letterlock.authority.profiles import alternative_name

    if arguments.staff:
        with arguments.staff.open("rb") as file:
            return staff.read(file.read(limits.STAFF_OCTETS + 1), frozenset(people.KINDS))
    for address in arguments.address:
        alternative_name(address)
    return tuple(staff.Person(0, arguments.name, (address,)) for address in dict.fromkeys(arguments.address))


def _form(arguments: argparse.Namespace) -> Any:
    from letterlock.keystore.pkcs12_write import Form

    return Form(arguments.form)


def _tell(done: Iterator[Done], total: int, as_json: bool) -> None:
    """Say what was done, one line a person, with a bar where somebody watches."""
    from letterlock.cli import show_authority

    if as_json:
        for each in done:
            print(json.dumps(show_authority.done_json(each), ensure_ascii=False), flush=True)
    else:
        show_authority.issuing(done, total)
