"""Which browsers and mail clients are on this computer, and which of them live in a sandbox that keeps them from us.

It looks for programs and for what a started client leaves in its profile. It starts nothing and reads no profile.
A client from Snap or Flatpak runs in a sandbox: it is named, because its user must hear why it cannot work.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from letterlock.clients.machine import Machine
from letterlock.clients.table import CLIENTS, Client, Portal, System

WRAPPER_OCTETS = 4096
"""How much of a program is read to see whether it only calls a snap: Ubuntu's `/usr/bin/firefox` has 1 KiB."""


class Packaging(StrEnum):
    """How a client came to this computer."""

    NATIVE = "native"
    SNAP = "snap"
    FLATPAK = "flatpak"


class Reach(StrEnum):
    """Can the client start our host?"""

    DIRECT = "direct"
    """Yes."""
    PORTAL = "portal"
    """Through the desktop's portal, where the desktop has it, after asking the user."""
    CLOSED = "closed"
    """No: its sandbox keeps it from starting programs outside."""


@dataclass(frozen=True)
class Installation:
    """A client that is here, the file that shows it, and what it can do for us.

    `package` is the name of the snap or the id of the Flatpak.
    """

    client: Client
    packaging: Packaging
    evidence: Path
    package: str = ""

    @property
    def reach(self) -> Reach:
        if self.packaging is Packaging.NATIVE:
            return Reach.DIRECT
        if self.packaging is Packaging.SNAP and self.client.snap_portal is Portal.WEBEXTENSIONS:
            return Reach.PORTAL
        return Reach.CLOSED

    @property
    def looks_in(self) -> str:
        """Where the client itself looks for manifests of a user (the sandboxes move its home and its settings)."""
        place = self.client.where[System.LINUX].user[0]
        if self.packaging is Packaging.SNAP:
            return re.sub(r"^(~|\$CONFIG)", f"~/snap/{self.package}/common", place)
        if self.packaging is Packaging.FLATPAK:
            place = place.replace("$CONFIG", "~/config")
            return place.replace("~", f"~/.var/app/{self.package}", 1)
        return place


def detect(machine: Machine) -> list[Installation]:
    """Every client found, in the table's order; one entry for each way it is installed."""
    found: list[Installation] = []
    for client in CLIENTS:
        found += _native(client, machine)
        if machine.system is System.LINUX:
            found += _snap(client, machine)
            found += _flatpak(client, machine)
    return found


def _native(client: Client, machine: Machine) -> list[Installation]:
    where = client.where[machine.system]
    for name in where.programs:
        for program in machine.programs(name):
            if not _is_snap(program, machine):
                return [Installation(client, Packaging.NATIVE, program)]
    # A profile without a program on the PATH: unpacked somewhere by hand, as Firefox and Thunderbird often are.
    # The sandboxed packages keep theirs elsewhere, so this is no sign of them.
    for template in where.profiles:
        profile = machine.path(template)
        if profile is not None and profile.exists():
            return [Installation(client, Packaging.NATIVE, profile)]
    return []


def _snap(client: Client, machine: Machine) -> list[Installation]:
    for snap in client.snaps:
        for template in (f"/snap/{snap}/current", f"/var/lib/snapd/snap/{snap}/current", f"/snap/bin/{snap}"):
            place = machine.path(template)
            if place is not None and place.exists():
                return [Installation(client, Packaging.SNAP, place, snap)]
    return []


def _flatpak(client: Client, machine: Machine) -> list[Installation]:
    for app in client.flatpaks:
        for template in (f"/var/lib/flatpak/app/{app}", f"~/.local/share/flatpak/app/{app}"):
            place = machine.path(template)
            if place is not None and place.exists():
                return [Installation(client, Packaging.FLATPAK, place, app)]
    return []


def _is_snap(program: Path, machine: Machine) -> bool:
    """Does a program on the PATH lead into a snap? By a link, or (Ubuntu's transitional packages) by a small script."""
    roots = [machine.root / "snap", machine.root / "var/lib/snapd"]
    try:
        # /snap/bin/firefox is itself a link to /usr/bin/snap: look at the name before following it.
        if any(path.is_relative_to(root) for root in roots for path in (program, program.resolve())):
            return True
        with program.open("rb") as file:
            start = file.read(WRAPPER_OCTETS)
    except OSError:
        return False
    return start.startswith(b"#!") and b"/snap/bin/" in start
