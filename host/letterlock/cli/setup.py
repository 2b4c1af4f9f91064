"""`letterlock setup`: let the browsers and mail programs of this computer find the native host."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from letterlock.cli.setup_show import View
    from letterlock.clients.apply import Done
    from letterlock.clients.callers import Callers
    from letterlock.clients.detect import Installation
    from letterlock.clients.machine import Machine
    from letterlock.clients.plan import Step
    from letterlock.clients.sites import Sites
    from letterlock.clients.table import Client, Host
    from letterlock.errors import Reason


def register(commands: Any) -> None:
    """Add the command `setup`."""
    parser = commands.add_parser(
        "setup",
        help="let browsers and mail programs find Letterlock",
        description="Finds the browsers and mail programs on this computer, shows what it would write, asks, and "
        "writes it. “letterlock uninstall” removes exactly that.",
    )
    parser.add_argument(
        "--client",
        action="append",
        default=[],
        metavar="NAME",
        help="only for this one (“letterlock clients” lists them)",
    )
    parser.add_argument(
        "--profile-dir", action="append", default=[], type=Path, metavar="DIR",
        help="only for a Chromium that is started with --user-data-dir=DIR",
    )  # fmt: skip
    parser.add_argument(
        "--extension-id", action="append", default=[], metavar="ID", help="also serve this extension, built by yourself"
    )
    parser.add_argument(
        "--owa",
        action="store_true",
        help="be the host of Microsoft's S/MIME extension for Outlook on the web (Chrome, Chromium, Edge)",
    )
    parser.add_argument(
        "--owa-site", action="append", default=[], metavar="HOST",
        help="with --owa: an Exchange server of your own where the extension may be used, such as mail.example.org",
    )  # fmt: skip
    parser.add_argument("--system", action="store_true", help="for all users of this computer (as its administrator)")
    parser.add_argument("--replace", action="store_true", help="also replace manifests of another installation")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--dry-run", action="store_true", help="only show what would be written")
    parser.add_argument("--json", action="store_true", help="for programs; asks nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Plan, show, ask, write.

    Returns:
        0 if everything is as it should be now (or this was a dry run), 1 if something was not written.
    """
    from letterlock.cli import setup_show
    from letterlock.clients import apply, launcher
    from letterlock.clients.callers import Callers
    from letterlock.clients.detect import detect
    from letterlock.clients.failures import NoClientFound
    from letterlock.clients.journal import Journal
    from letterlock.clients.plan import State, plan
    from letterlock.clients.sites import Sites
    from letterlock.clients.table import OWA, OWA_CLIENTS

    machine = machine_for(arguments.system)
    python = launcher.interpreter()
    if arguments.system and machine.registry is None:
        launcher.check_reachable(python)
    journal = Journal.load(machine.config)
    before = Callers.load(machine.config)
    callers = before.plus(arguments.extension_id)
    sites_before = Sites.load(machine.config)
    sites = sites_before.plus(arguments.owa_site)
    host = _host(arguments)
    found = detect(machine)
    clients = _chosen(arguments.client, found, bool(arguments.profile_dir))
    if host is OWA and not arguments.client:
        clients = [client for client in clients if client.id in OWA_CLIENTS]
    remarks = _remarks(found, clients, arguments.client)
    if not clients and not arguments.profile_dir:
        setup_show.view(arguments, (), remarks).nothing_found()
        raise NoClientFound
    steps = plan(
        machine,
        clients,
        journal,
        python,
        profiles=arguments.profile_dir,
        added=callers.all(),
        shared=arguments.system,
        host_home=None if arguments.system else os.environ.get("LETTERLOCK_HOME"),
        host=host,
    )
    view = setup_show.view(arguments, steps, remarks)
    view.plan()
    settled = all(step.state is State.SAME for step in steps) and callers == before and sites == sites_before
    if arguments.dry_run:
        view.line("nothing_to_write" if settled else "dry_run")
        return view.finish(0)
    if settled:
        # Recording what is there already lets removal find it, should an earlier journal have been lost.
        apply.apply(machine, steps, journal)
        view.line("nothing_to_write")
        return view.finish(0)
    if not (arguments.yes or view.ask("ask_write", enter=True)):
        view.line("not_written")
        return view.finish(1)
    agreed, kept = _agreed(steps, arguments, view)
    done = apply.apply(machine, agreed, journal)
    if callers != before:
        done.append(_save(callers, machine))
    if sites != sites_before:
        done.append(_save(sites, machine))
    view.outcome(done, kept)
    return view.finish(1 if kept or any(each.failure for each in done) else 0)


def machine_for(system: bool) -> Machine:
    """This computer, for this user or (as its administrator) for all."""
    from letterlock.clients.machine import Machine
    from letterlock.store import location

    machine = Machine.here(location.data_dir(), location.config_dir())
    return machine.for_everyone() if system else machine


def _chosen(names: Sequence[str], found: Sequence[Installation], only_profiles: bool) -> list[Client]:
    """The clients to write for: those named, else (unless a profile directory was) those found that reach a host."""
    from letterlock.clients.detect import Reach
    from letterlock.clients.failures import UnknownClient
    from letterlock.clients.table import BY_ID

    for name in names:
        if name not in BY_ID:
            raise UnknownClient(name, list(BY_ID))
    if names or only_profiles:
        return [BY_ID[name] for name in dict.fromkeys(names)]
    return [BY_ID[name] for name in dict.fromkeys(each.client.id for each in found if each.reach is not Reach.CLOSED)]


def _remarks(found: Sequence[Installation], clients: Sequence[Client], named: Sequence[str]) -> list[Reason]:
    """What to say of sandboxed clients: of those asked for, or of all."""
    from letterlock.clients.examine import confinement

    ids = {client.id for client in clients}
    return [
        remark for each in found if (not named or each.client.id in ids) and (remark := confinement(each)) is not None
    ]


def _agreed(steps: Sequence[Step], arguments: argparse.Namespace, view: View) -> tuple[list[Step], list[Step]]:
    """The steps to carry out, and those that stay undone because something foreign is there.

    A foreign launcher cannot be: the data directory is ours. A registry key that stays foreign needs no manifest,
    but writing it harms nothing.
    """
    from letterlock.clients.plan import State

    agreed: list[Step] = []
    kept: list[Step] = []
    for step in steps:
        doubtful = step.state is State.FOREIGN and not arguments.replace
        keep = doubtful and (arguments.yes or not view.ask("ask_replace", enter=False, place=step.place))
        (kept if keep else agreed).append(step)
    return agreed, kept


def _host(arguments: argparse.Namespace) -> Host:
    """The host that is registered. Raises `OwaNeeds`: what it needs is not here."""
    from importlib.util import find_spec

    from letterlock.clients.failures import OwaNeeds
    from letterlock.clients.table import LETTERLOCK, OWA

    if arguments.owa and find_spec("nh3") is None:
        raise OwaNeeds("nh3")
    return OWA if arguments.owa else LETTERLOCK


def _save(settings: Callers | Sites, machine: Machine) -> Done:
    from letterlock.clients.apply import Done
    from letterlock.clients.failures import CannotWrite

    place = str(machine.config / settings.FILE)
    try:
        settings.save(machine.config)
    except OSError as error:
        return Done(place, CannotWrite(place, error.strerror or str(error)))
    return Done(place)
