"""What can be seen of an installation without starting anything: clients, registry keys, manifests, launchers."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from letterlock.clients import manifests
from letterlock.clients.detect import Installation, Packaging, Reach
from letterlock.clients.failures import (
    ClosedFlatpak,
    ClosedSnap,
    KeyMissing,
    LauncherMissing,
    LauncherNotExecutable,
    ManifestMissing,
    SnapPortal,
)
from letterlock.clients.journal import Journal
from letterlock.clients.machine import Machine, is_key
from letterlock.clients.table import BY_ID, HOST_NAME, LETTERLOCK, OWA, Client, Family, Host
from letterlock.errors import Reason


@dataclass(frozen=True)
class Way:
    """A way from a client to the host: the manifest file it reads, and what is wrong with it, if anything.

    `manifest` is what the client would accept; then `reasons` may still say that its launcher does not run.
    """

    client: Client
    file: Path
    manifest: manifests.Manifest | None
    reasons: tuple[Reason, ...]
    host: Host = LETTERLOCK

    def command(self) -> list[str]:
        """Program and arguments as the client would start them.

        Chromium gives the origin (Chrome's "Native messaging protocol"), Mozilla the manifest and the add-on id
        (MDN's "Native messaging": "App manifest").
        """
        assert self.manifest is not None
        program = str(self.manifest.launcher)
        if self.client.family is Family.CHROMIUM:
            extension = next(iter(self.host.extensions), self.client.extension)
            return [program, manifests.caller(Family.CHROMIUM, extension)]
        return [program, str(self.file), self.client.extension]


def confinement(installation: Installation) -> Reason | None:
    """What the user of a sandboxed client must know."""
    name = installation.client.name
    if installation.reach is Reach.PORTAL:
        return SnapPortal(name)
    if installation.reach is Reach.CLOSED and installation.packaging is Packaging.SNAP:
        return ClosedSnap(name, installation.looks_in)
    if installation.reach is Reach.CLOSED:
        return ClosedFlatpak(name, installation.package, installation.looks_in)
    return None


def ways(machine: Machine, found: Sequence[Installation], journal: Journal) -> list[Way]:
    """Every way that should lead to the host: from each client found, and from everything that set-up wrote.

    Of a client with several places it is the one that the client uses; where nothing is in any, the first.
    """
    all_ways: list[Way] = []
    clients = dict.fromkeys(each.client.id for each in found if each.reach is not Reach.CLOSED)
    for client in (BY_ID[name] for name in clients):
        where = client.where[machine.system]
        candidates = [_from_place(machine, client, place) for place in (*where.user, *where.shared)]
        # A damaged manifest in the first place hides a good one further down: clients take the first they find.
        present = [way for way in candidates if not any(isinstance(reason, _ABSENT) for reason in way.reasons)]
        all_ways.append((present or candidates)[0])
    seen = {(way.client.id, way.file.resolve()) for way in all_ways}
    for entry in journal.files:
        file = Path(entry.path)
        if file.name == LETTERLOCK.manifest_file:
            readers = [BY_ID[name] for name in entry.clients if name in BY_ID]
            all_ways += [_from_file(each, file) for each in readers if (each.id, file.resolve()) not in seen]
    return all_ways


def owa_ways(journal: Journal) -> list[Way]:
    """Every way of Microsoft's extension to its host that set-up wrote."""
    files = [entry for entry in journal.files if Path(entry.path).name in (OWA.manifest_file, *OWA.templates.values())]
    return [
        _from_file(BY_ID[name], Path(entry.path), OWA) for entry in files for name in entry.clients if name in BY_ID
    ]


_ABSENT = (ManifestMissing, KeyMissing)


def _from_place(machine: Machine, client: Client, place: str) -> Way:
    if not is_key(place):
        directory = machine.path(place)
        assert directory is not None
        return _from_file(client, directory / LETTERLOCK.manifest_file)
    key = f"{place}\\{HOST_NAME}"
    value = machine.registry.read(key) if machine.registry else None
    if value is None:
        return Way(client, Path(key), None, (KeyMissing(client.name, key),))
    return _from_file(client, Path(value))


def _from_file(client: Client, file: Path, host: Host = LETTERLOCK) -> Way:
    if not file.exists() and not file.is_symlink():
        return Way(client, file, None, (ManifestMissing(client.name, str(file)),), host)
    manifest = manifests.read(file, client.family, host)
    if isinstance(manifest, Reason):
        return Way(client, file, None, (manifest,), host)
    reasons = [*manifests.admits(manifest, [client], host), *_launcher(manifest)]
    return Way(client, file, manifest, tuple(reasons), host)


def _launcher(manifest: manifests.Manifest) -> list[Reason]:
    launcher = manifest.launcher
    if not launcher.is_file():
        return [LauncherMissing(str(manifest.file), str(launcher))]
    if not os.access(launcher, os.X_OK):
        return [LauncherNotExecutable(str(launcher))]
    return []
