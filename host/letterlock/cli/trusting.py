"""What `open`, `verify` and `trust path` can be told about trust, as options of one meaning."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letterlock.operations.online import Online
    from letterlock.operations.trust import TrustSettings


def add_options(parser: argparse.ArgumentParser, *, now: bool = False) -> None:
    """Add them; `now`: for what can only be done at present."""
    parser.add_argument(
        "--anchor", type=Path, action="append", default=[], metavar="FILE", help="trust these certificates, this once"
    )
    if not now:
        parser.add_argument("--at", type=time, metavar="TIME", help="judge certificates at this time (ISO 8601, UTC)")
    parser.add_argument(
        "--evidence", type=Path, action="append", default=[], metavar="DIR", help="a folder of CRLs and OCSP answers"
    )
    parser.add_argument(
        "--revocation",
        choices=("off", "at-hand", "crl", "ocsp", "strict"),
        help="crl: fetch lists that are not at hand; ocsp: and ask responders; strict: and believe no certificate "
        "without a good word about it (default with --evidence, and then without network; else at-hand)",
    )
    parser.add_argument(
        "--fetch-issuers",
        action="store_true",
        help="fetch missing certificates of authorities from where the signer says; his server learns that you read it",
    )
    parser.add_argument(
        "--policy",
        choices=("modern", "legacy"),
        default="modern",
        help="legacy: let SHA-1, DSA and RSA from 1024 bits pass, with a remark (for old mail)",
    )
    parser.add_argument(
        "--initial-policy", action="append", default=[], metavar="OID", help="a certificate policy you accept"
    )
    for option, meaning in (
        ("--require-explicit-policy", "some accepted policy must hold for the whole path"),
        ("--inhibit-policy-mapping", "authorities must not equate policies"),
        ("--inhibit-any-policy", "“any policy” in a certificate does not count"),
    ):
        parser.add_argument(option, action="store_true", help=f"{meaning} (RFC 5280 §6.1.1)")


def settings(arguments: argparse.Namespace) -> TrustSettings:
    """What the options and the user's own settings come to."""
    from letterlock.operations import evidence, trust
    from letterlock.store import location
    from letterlock.trust.algorithms import LEGACY, MODERN
    from letterlock.trust.policies import NOTHING_ASKED, InitialPolicies
    from letterlock.trust.revocation import Mode

    mode = Mode(arguments.revocation or ("strict" if arguments.evidence else "at-hand"))
    return trust.settings(location.database(), arguments.anchor, location.policy())._replace(
        evidence=evidence.given(arguments.evidence),
        mode=mode,
        online=mode in trust.FETCHING and not (mode is Mode.STRICT and arguments.evidence),
        accepted=LEGACY if arguments.policy == "legacy" else MODERN,
        policies=InitialPolicies(
            frozenset(arguments.initial_policy) or NOTHING_ASKED.acceptable,
            arguments.require_explicit_policy,
            arguments.inhibit_policy_mapping,
            arguments.inhibit_any_policy,
        ),
    )


def online(arguments: argparse.Namespace, settings: TrustSettings) -> Online | None:
    """What was fetched before, and the network where it is wanted; nothing for a reader with a folder of evidence."""
    if arguments.evidence and not settings.online and not arguments.fetch_issuers:
        return None
    from letterlock.operations.online import Online
    from letterlock.store import location

    return Online(location.database())


@contextmanager
def asking(quiet: bool) -> Iterator[Callable[[str], None]]:
    """Tells a person who watches whom we are waiting for; called with each URL."""
    if quiet or not sys.stderr.isatty():
        yield lambda url: None
        return
    from letterlock.cli.show import waiting

    with waiting() as say:
        yield say


def time(text: str) -> datetime:
    """A time in ISO 8601, in UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a time like 2026-11-24T09:00:00Z") from error
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
