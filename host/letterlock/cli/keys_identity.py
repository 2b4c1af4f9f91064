"""`letterlock keys create|request|certify|renew|default|check|show`: identities, from the first request to renewal."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from letterlock.cli import tokens, vault

if TYPE_CHECKING:
    from letterlock.errors import Coded
    from letterlock.keystore.entries import KeyEntry
    from letterlock.operations.keys_cards import CardKey
    from letterlock.operations.keys_choose import OwnIdentity
    from letterlock.operations.keys_make import Made

WHOSE = "an address of yours, or the first digits of a key's identifier as “keys list” shows it"


def register(actions: Any) -> None:
    """Add the verbs."""
    create = actions.add_parser("create", help="make keys for an address, and the request for their certificates")
    create.add_argument("address", nargs="+", metavar="ADDRESS", help="one or more addresses, the usual one first")
    create.add_argument("--name", default="", metavar="TEXT", help="your name, for the certificate")
    # What `keystore.create.KINDS` has; not imported here, because every command would wait for it.
    create.add_argument("--kind", default="RSA-3072", metavar="KIND", help=f"{', '.join(KINDS)} (default: RSA-3072)")
    create.set_defaults(run=run_create)
    request = actions.add_parser("request", help="write the request for a certificate of a key that is here")
    request.add_argument("key", metavar="KEY", help="the first digits of its identifier, as “keys list” shows it")
    request.add_argument("--address", action="append", default=[], help="other addresses than its certificate has")
    request.add_argument("--name", default="", metavar="TEXT", help="another name than its certificate has")
    request.set_defaults(run=run_request)
    certify = actions.add_parser(
        "certify", help="install the certificate that an authority issued; needs no passphrase"
    )
    certify.add_argument("file", type=Path, nargs="+", metavar="FILE", help="PEM, DER, .p7b or .p7c; also whole chains")
    certify.add_argument("--json", action="store_true", help="for programs")
    certify.set_defaults(run=run_certify)
    renew = actions.add_parser("renew", help="the next certificate, with new keys; the old ones stay for old mail")
    renew.add_argument("whose", metavar="ADDRESS|KEY", help=WHOSE)
    renew.add_argument("--same-key", action="store_true", help="another certificate for the same keys")
    renew.add_argument("--kind", metavar="KIND", help="another kind of keys from now on")
    renew.set_defaults(run=run_renew)
    for parser in (create, request, renew):
        vault.add_options(parser, creates=parser is create)
        parser.add_argument(
            "--out", type=Path, metavar="FILE", help="where the request goes (default: standard output)"
        )
        parser.add_argument("--json", action="store_true", help="for programs; the request is in it")
    default = actions.add_parser("default", help="which key an address uses from now on")
    default.add_argument("address", metavar="ADDRESS")
    default.add_argument("key", metavar="KEY", help="the first digits of its identifier, as “keys list” shows it")
    default.set_defaults(run=run_default)
    check = actions.add_parser("check", help="will it work? Sign and open a test message; say how others will see it")
    check.add_argument("whose", metavar="ADDRESS|KEY", help=WHOSE)
    check.add_argument("--json", action="store_true", help="for programs")
    vault.add_options(check)
    tokens.add_options(check, "also try the keys on")
    check.set_defaults(run=run_check)
    show = actions.add_parser("show", help="everything about one identity; needs no passphrase")
    show.add_argument("whose", metavar="ADDRESS|KEY", help=WHOSE)
    show.add_argument("--json", action="store_true", help="for programs")
    show.set_defaults(run=run_show)


KINDS = (
    *("RSA-3072", "RSA-4096", "P-256", "P-384", "RSA-3072-pair", "RSA-4096-pair", "P-256-pair", "P-384-pair"),
    *("Ed25519-X25519", "ML-DSA-65-ML-KEM-768"),
)
"""As `keystore.create.KINDS`; a test compares."""


def run_create(arguments: argparse.Namespace) -> int:
    """Make keys, and write the request."""
    from letterlock.operations import keys_make

    opened = vault.unlocked(arguments, create=True)
    made = keys_make.create(opened, arguments.kind, arguments.address, arguments.name, _now())
    return _requested(arguments, made)


def run_request(arguments: argparse.Namespace) -> int:
    """Write a request."""
    from letterlock.operations import keys, keys_make

    opened = vault.unlocked(arguments)
    entry = keys.chosen(opened, arguments.key)
    return _requested(arguments, keys_make.request(opened, entry, _now(), arguments.address, arguments.name))


def run_renew(arguments: argparse.Namespace) -> int:
    """Write the request for the next certificate."""
    from letterlock.operations import keys_choose, keys_make
    from letterlock.store import location

    opened = vault.unlocked(arguments)
    entries = keys_choose.named_by(opened, location.database(), arguments.whose, _now())
    made = keys_make.renew(
        opened, location.database(), entries, _now(), kind=arguments.kind, same_key=arguments.same_key
    )
    return _requested(arguments, made)


def run_certify(arguments: argparse.Namespace) -> int:
    """Install certificates: each file's, with what is to be said of them."""
    from letterlock.cli.show import say_line
    from letterlock.operations import keys_make
    from letterlock.operations.keys import described
    from letterlock.store import location

    octets = b"\n".join(_read(each) for each in arguments.file) if len(arguments.file) > 1 else _read(arguments.file[0])
    done = keys_make.certify(vault.here(), location.database(), octets, _now())
    if arguments.json:
        _print_json(
            {
                "taken": [
                    {
                        "key": described(each.entry),
                        "certificate": each.certificate.sha256,
                        "reasons": [_document(reason, arguments.language) for reason in each.reasons],
                    }
                    for each in done.taken
                ],
                "left_out": [_document(reason, arguments.language) for reason in done.left_out],
                "superseded": [each.id for each in done.superseded],
            }
        )
        return 0
    for taken in done.taken:
        say_line(
            f"Installed: {taken.certificate.name} ‹{', '.join(taken.certificate.addresses)}›, issued by "
            f"{taken.certificate.issuer_name}, good until {taken.certificate.not_after:%Y-%m-%d}, for the key "
            f"{taken.entry.id[:16]}."
        )
        _say(taken.reasons, arguments.language)
    _say(done.left_out, arguments.language)
    for old in done.superseded:
        say_line(f"The key {old.id[:16]} is from now on only for old mail.")
    return 0


def run_default(arguments: argparse.Namespace) -> int:
    """Choose the key of an address."""
    from letterlock.cli.show import say_line
    from letterlock.operations import keys, keys_choose
    from letterlock.store import location

    entry = keys.chosen(vault.here(), arguments.key)
    uses = keys_choose.set_default(entry, location.database(), arguments.address)
    words = {"sign": "signs with", "encrypt": "is encrypted to with"}
    say_line(f"{arguments.address} {' and '.join(words[use.value] for use in uses)} {entry.id[:16]} from now on.")
    return 0


def run_check(arguments: argparse.Namespace) -> int:
    """Try an identity; 0 if it works for every address asked about, else 1."""
    from letterlock.cli import explain
    from letterlock.cli.show import say_line
    from letterlock.operations import keys_cards, keys_check, keys_choose, trust
    from letterlock.store import location

    # Whoever has all keys on a card has no vault.
    opened = vault.unlocked(arguments) if vault.here().exists else vault.here()
    database, now = location.database(), _now()
    unlocked = keys_cards.unlocked(tokens.opened(arguments))
    cards, failures = keys_cards.present(database)
    for failure in failures:
        explain(failure, arguments.language)
    settings = trust.settings(database, (), location.policy())
    wanted = [arguments.whose]
    if "@" not in arguments.whose:
        named = [each.entry for each in cards if each.entry.id.startswith(arguments.whose.lower())]
        wanted = keys_choose.addresses(named or keys_choose.named_by(opened, database, arguments.whose, now))
    checked = [
        keys_check.check(opened, database, each, settings, now, arguments.language, cards, unlocked) for each in wanted
    ]
    if arguments.json:
        _print_json(
            [
                {
                    "address": each.address,
                    "works": each.works,
                    "sign": _identity(each.sign, each.cards),
                    "encrypt": _identity(each.encrypt, each.cards),
                    "findings": [_document(reason, arguments.language) for reason in each.findings],
                }
                for each in checked
            ]
        )
    else:
        for each in checked:
            say_line(f"{each.address}: {'works' if each.works else 'does not work yet'}")
            _say(each.findings, arguments.language)
    return 0 if checked and all(each.works for each in checked) else 1


def _identity(own: OwnIdentity | None, cards: Mapping[str, CardKey]) -> dict[str, Any] | None:
    """A key as JSON has it, and the token that it is on."""
    from letterlock.operations.keys import described

    if own is None:
        return None
    return cards[own.entry.id].json() if own.entry.id in cards else described(own.entry) | {"token": None}


def run_show(arguments: argparse.Namespace) -> int:
    """Show everything about an identity."""
    from letterlock.operations import keys_choose
    from letterlock.operations.keys import described
    from letterlock.store import location

    database = location.database()
    entries = keys_choose.named_by(vault.here(), database, arguments.whose, _now())
    chosen = keys_choose.defaults(database)
    if arguments.json:
        _print_json([described(each) | {"default_for": _default_for(each, chosen)} for each in entries])
        return 0
    from letterlock.cli.show_keys import key_details

    for each in entries:
        key_details(each, _default_for(each, chosen))
    say_expiring(entries, arguments.language)
    return 0


def say_expiring(entries: Sequence[KeyEntry], language: str) -> None:
    """Announce what ends soon."""
    from letterlock.operations import keys_choose

    _say(keys_choose.expiring(entries, _now()), language)


def _default_for(entry: KeyEntry, chosen: dict[str, dict[str, str]]) -> list[str]:
    return [address for address, uses in chosen.items() if entry.id in uses.values()]


def _requested(arguments: argparse.Namespace, made: Made) -> int:
    """Write the request file, and say what now."""
    from letterlock.cli.show import say_line
    from letterlock.operations.keys import described

    if arguments.out is not None:
        arguments.out.write_bytes(made.request)
    if arguments.json:
        document = {"keys": [described(each) for each in made.entries], "request": made.request.decode()}
        _print_json(document)
        return 0
    if arguments.out is None:
        sys.stdout.write(made.request.decode())
        return 0
    for each in made.entries:
        say_line(f"Key {each.id[:16]} ({each.algorithm}, to {each.purpose.value}).")
    say_line(f"The request is in {arguments.out}. Send it to your authority; install what comes back:")
    say_line("  letterlock keys certify FILE")
    return 0


def _say(reasons: Sequence[Coded], language: str) -> None:
    from letterlock.cli.show import say_line
    from letterlock.words import say

    for reason in reasons:
        words = say(reason.code, reason.facts(), language)
        say_line(f"  – {words.sentence} [{reason.code}]")
        if words.advice:
            say_line(f"    {words.advice}")


def _document(reason: Coded, language: str) -> dict[str, Any]:
    from letterlock.words import say

    words = say(reason.code, reason.facts(), language)
    return {"code": reason.code, "facts": reason.facts(), "sentence": words.sentence, "advice": words.advice}


def _print_json(document: Any) -> None:
    print(json.dumps(document, ensure_ascii=False, indent=2))


def _read(path: Path) -> bytes:
    from letterlock import limits

    with path.open("rb") as file:
        return file.read(limits.CERTIFICATE_FILE_OCTETS + 1)


def _now() -> datetime:
    return datetime.now(UTC)
