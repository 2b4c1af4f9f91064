"""`letterlock doctor`: does everything work, and if not, what is missing and what mends it?

It goes every way that a client would go: finds the manifest where the client looks, reads it as the client does,
starts what it names in a desktop's environment, and has a signed message opened. It changes nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from letterlock.cli.setup_show import Screen
    from letterlock.clients.detect import Installation
    from letterlock.clients.examine import Way
    from letterlock.clients.machine import Machine
    from letterlock.errors import Coded, Reason


def register(commands: Any) -> None:
    """Add the command `doctor`."""
    parser = commands.add_parser(
        "doctor",
        help="check that everything works, and say what mends what does not",
        description="Starts Letterlock through every written manifest the way that browser or mail program would, "
        "and opens a built-in signed message through it. Changes nothing. Exit code 1 if there is something to mend.",
    )
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--seconds", type=float, default=10.0, metavar="N", help="how long an answer may take (default: 10)"
    )
    parser.set_defaults(run=run)


@dataclass(frozen=True)
class Finding:
    """One line of the report: something good or to be known (`line` with its facts), or something coded."""

    state: Literal["good", "remark", "mend"]
    subject: str
    line: str = ""
    facts: tuple[tuple[str, object], ...] = ()
    coded: Coded | None = None


def run(arguments: argparse.Namespace) -> int:
    """Examine, and show each finding as it is made."""
    from letterlock.cli.setup import machine_for
    from letterlock.cli.setup_show import Screen

    findings = []
    shown: set[str] = set()
    screen = None if arguments.json else Screen(arguments.language)
    for finding in examine(machine_for(False), arguments.language, arguments.seconds):
        findings.append(finding)
        # What is wrong with a file that several clients read is found for each of them, and said once.
        said = str(finding.coded or (finding.line, finding.facts))
        if screen is not None and said not in shown:
            _show(screen, finding)
        shown.add(said)
    mend = {str(finding.coded) for finding in findings if finding.state == "mend"}
    if screen is None:
        document = {"good": not mend, "findings": [_document(each, arguments.language) for each in findings]}
        print(json.dumps(document, ensure_ascii=False, indent=2))
    elif mend:
        screen.line("doctor_mend", "bold red", count=len(mend))
    else:
        screen.line("doctor_good", "bold green")
    return 1 if mend else 0


def examine(machine: Machine, language: str, seconds: float) -> Iterator[Finding]:
    """Every finding, from the installation outwards to the clients."""
    yield from _installation()
    yield from _store(language)
    yield from _own_keys()
    yield from _clients(machine, language, seconds)
    yield from _owa(machine, seconds)
    yield Finding("remark", "extension", "check_extension")


def _installation() -> Iterator[Finding]:
    from letterlock import __version__
    from letterlock.clients.requirements import missing, versions

    yield Finding("good", "product", "check_product", (("version", __version__),))
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("good", "python", "check_python", (("version", version), ("program", sys.executable)))
    lacking = missing()
    for reason in lacking:
        yield Finding("mend", "libraries", coded=reason)
    if not lacking:
        found = ", ".join(f"{name} {version}" for name, version in versions().items())
        yield Finding("good", "libraries", "check_libraries", (("found", found),))


def _store(language: str) -> Iterator[Finding]:
    from letterlock.clients.failures import StoreUnreadable
    from letterlock.errors import LetterlockError
    from letterlock.operations import trust
    from letterlock.store import location
    from letterlock.words.setup import line

    database = location.database()
    try:
        count = len(trust.kept(database))
        mode = trust.settings(database, policy=location.policy()).mode
    except LetterlockError as failure:
        yield Finding("mend", "store", coded=failure)
    except OSError as error:
        yield Finding("mend", "store", coded=StoreUnreadable(str(database), error.strerror or str(error)))
    else:
        yield Finding("good", "store", "check_store", (("count", count), ("file", str(database))))
        meaning = line(f"revocation_{mode.name.lower()}", language)
        yield Finding("good", "revocation", "check_revocation", (("meaning", meaning),))


def _own_keys() -> Iterator[Finding]:
    """Own certificates that have ended or end soon. What is wrong with the store itself `_store` says."""
    from datetime import UTC, datetime

    from letterlock.errors import LetterlockError
    from letterlock.keystore.identity_failures import IdentityExpired
    from letterlock.keystore.vault import Vault
    from letterlock.operations import keys_choose
    from letterlock.store import location

    try:
        ending = keys_choose.expiring(Vault.at(location.database()).entries(), datetime.now(UTC))
    except (LetterlockError, OSError):
        return
    for reason in ending:
        yield Finding("mend" if isinstance(reason, IdentityExpired) else "remark", "keys", coded=reason)


def _clients(machine: Machine, language: str, seconds: float) -> Iterator[Finding]:
    from letterlock.clients.detect import detect
    from letterlock.clients.examine import ways
    from letterlock.clients.failures import JournalUnreadable, NoClientFound, NotSetUp
    from letterlock.clients.journal import Journal

    try:
        journal = Journal.load(machine.config)
    except JournalUnreadable as failure:
        yield Finding("mend", "journal", coded=failure)
        journal = Journal()
    found = detect(machine)
    all_ways = ways(machine, found, journal)
    if not all_ways:
        yield Finding("mend", "clients", coded=NotSetUp() if found else NoClientFound())
    works = False
    for way in all_ways:
        reasons = [*way.reasons] or _trial(way, language, seconds)
        works = works or not reasons
        for reason in reasons:
            yield Finding("mend", way.client.id, coded=reason)
        if not reasons:
            facts = (("client", way.client.name), ("file", str(way.file)))
            yield Finding("good", way.client.id, "check_client", facts)
    yield from _sandboxes(found, works)


def _owa(machine: Machine, seconds: float) -> Iterator[Finding]:
    """Outlook on the web, where it was set up: the same way, the extension of somebody else."""
    from importlib.util import find_spec

    from letterlock.cli import trial_owa
    from letterlock.clients.examine import owa_ways
    from letterlock.clients.failures import JournalUnreadable, OwaNeeds, OwaRaised, SitesUnreadable
    from letterlock.clients.journal import Journal
    from letterlock.clients.sites import Sites
    from letterlock.errors import LetterlockError
    from letterlock.operations.owa import raised
    from letterlock.store import location

    try:
        found = owa_ways(Journal.load(machine.config))
    except JournalUnreadable:
        return  # said already
    for way in found:
        reasons = [*way.reasons] or trial_owa.attempt(way.command(), seconds)
        for reason in reasons:
            yield Finding("mend", f"owa-{way.client.id}", coded=reason)
        if not reasons:
            facts = (("client", way.client.name), ("file", str(way.file)))
            yield Finding("good", f"owa-{way.client.id}", "check_owa", facts)
    if found and find_spec("nh3") is None:
        yield Finding("mend", "owa", coded=OwaNeeds("nh3"))
    try:
        Sites.load(machine.config)
        weak = raised(location.database()) if found else ()
    except SitesUnreadable as failure:
        yield Finding("mend", "owa", coded=failure)
    except (LetterlockError, OSError):
        return  # said of the store
    else:
        if weak:
            yield Finding("remark", "owa", coded=OwaRaised(weak))


def _trial(way: Way, language: str, seconds: float) -> list[Reason]:
    from letterlock.cli.sample import signed_message
    from letterlock.cli.trial import attempt

    return attempt(way.command(), signed_message(), language=language, seconds=seconds)


def _sandboxes(found: list[Installation], works: bool) -> Iterator[Finding]:
    """A client that cannot start a host is something to mend only for people who have no other."""
    from letterlock.clients.detect import Reach
    from letterlock.clients.examine import confinement

    for installation in found:
        reason = confinement(installation)
        if reason is not None:
            closed = installation.reach is Reach.CLOSED
            yield Finding("mend" if closed and not works else "remark", installation.client.id, coded=reason)


def _show(screen: Screen, finding: Finding) -> None:
    mark, style = {"good": ("✓", "green"), "remark": ("·", "yellow"), "mend": ("✗", "bold red")}[finding.state]
    if finding.coded is not None:
        screen.coded(finding.coded, mark, style)
    else:
        screen.marked(finding.line, mark, style, **dict(finding.facts))


def _document(finding: Finding, language: str) -> dict[str, Any]:
    from letterlock.cli.setup_show import words
    from letterlock.words.setup import line

    head = {"state": finding.state, "subject": finding.subject}
    if finding.coded is not None:
        return {**head, **words(finding.coded, language)}
    facts = dict(finding.facts)
    return {
        **head,
        "code": finding.line,
        "facts": facts,
        "sentence": line(finding.line, language, **facts),
        "advice": "",
    }
