"""What set-up would do: every file and registry key, with what is there now. It writes nothing.

Clients that look in the same place share one manifest (Firefox and Thunderbird; on Windows also Chrome, Brave,
Vivaldi and Opera). Places are compared after following links, because people link `~/.librewolf` to `~/.mozilla`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from letterlock.clients import launcher, manifests
from letterlock.clients.journal import Journal
from letterlock.clients.machine import Machine, is_key
from letterlock.clients.table import LETTERLOCK, Client, Family, Host, System
from letterlock.clients.writing import ABSENT

MANIFEST_MODE = 0o644
LAUNCHER_MODE = 0o755


class State(StrEnum):
    """What is at a place, compared with what set-up would put there."""

    NEW = "new"
    SAME = "same"
    CHANGED = "changed"
    """Ours, but different: an older version, another interpreter, an added caller, or damaged."""
    FOREIGN = "foreign"
    """Not ours: another installation's, or somebody's own."""


@dataclass(frozen=True)
class WriteFile:
    """A file to be written. `present` says whose a foreign one is: the program that it starts, if it says."""

    path: Path
    content: bytes
    mode: int
    clients: tuple[str, ...]
    state: State
    present: str | None = None

    @property
    def place(self) -> str:
        return str(self.path)


@dataclass(frozen=True)
class SetKey:
    """A registry key whose default value is to be the path of a manifest."""

    key: str
    value: str
    clients: tuple[str, ...]
    state: State
    present: str | None = None

    @property
    def place(self) -> str:
        return self.key


Step = WriteFile | SetKey


def plan(
    machine: Machine,
    clients: Sequence[Client],
    journal: Journal,
    python: Path,
    *,
    profiles: Sequence[Path] = (),
    added: Iterable[str] = (),
    shared: bool = False,
    host_home: str | None = None,
    host: Host = LETTERLOCK,
) -> list[Step]:
    """The steps for these clients, in the order in which they are safe: a manifest follows what it names.

    Args:
        journal: What earlier runs wrote, to tell ours from others'.
        python: The interpreter the launcher starts.
        profiles: User data directories of Chromium that are not where the table says (`--user-data-dir`).
        added: Extension ids that the user allows besides ours, of either family.
        shared: Write where the clients of all users of this computer look.
        host_home: `LETTERLOCK_HOME` for the host, if set.
        host: Which one is registered; clients of a family that it has no manifest for are left out.
    """
    script = machine.data / launcher.name(machine.system, host)
    clients = [client for client in clients if client.family in host.templates]
    added = tuple(added)
    everyone = tuple(client.id for client in clients)
    steps: list[Step] = [
        _file(
            script, launcher.render(machine.system, python, host_home, host), LAUNCHER_MODE, everyone, journal, script
        )
    ]
    places = _places(machine, clients, profiles, shared, host)
    documents = {
        family: manifests.render(
            family, script, [extension for extension in added if manifests.family_of(extension) is family], host
        )
        for family in dict.fromkeys(family for family, _ in places)
    }
    keys: list[Step] = []
    for (family, place), names in places.items():
        if isinstance(place, Path):
            steps.append(_file(place, documents[family], MANIFEST_MODE, names, journal, script))
            continue
        file = machine.data / host.templates[family]
        if file not in [step.path for step in steps if isinstance(step, WriteFile)]:
            of_family = tuple(client.id for client in clients if client.family is family)
            steps.append(_file(file, documents[family], MANIFEST_MODE, of_family, journal, script))
        keys.append(_key(f"{place}\\{host.name}", str(file), names, journal, machine))
    return steps + keys


def _places(
    machine: Machine, clients: Sequence[Client], profiles: Sequence[Path], shared: bool, host: Host
) -> dict[tuple[Family, Path | str], tuple[str, ...]]:
    """Manifest files and registry keys, each with the clients that read it."""
    places: dict[tuple[Family, Path | str], tuple[str, ...]] = {}
    for client in clients:
        where = client.where[machine.system]
        for template in where.shared if shared else where.user:
            place: Path | str | None
            place = template if is_key(template) else _followed(machine.path(template), host)
            if place is not None:
                names = places.get((client.family, place), ())
                places[client.family, place] = names if client.id in names else (*names, client.id)
    # On Windows a profile directory changes nothing: the registry leads to the manifest.
    for profile in profiles if machine.system is not System.WINDOWS else ():
        file = _followed(profile.absolute() / "NativeMessagingHosts", host)
        assert file is not None
        places.setdefault((Family.CHROMIUM, file), ("chromium",))
    return places


def _followed(directory: Path | None, host: Host) -> Path | None:
    return None if directory is None else directory.resolve() / host.manifest_file


def _file(path: Path, content: bytes, mode: int, clients: tuple[str, ...], journal: Journal, script: Path) -> WriteFile:
    try:
        present = path.read_bytes()
    except ABSENT:
        # A link that leads nowhere is somebody's, too.
        state = State.FOREIGN if path.is_symlink() else State.NEW
        return WriteFile(path, content, mode, clients, state)
    except OSError:
        return WriteFile(path, content, mode, clients, State.FOREIGN)
    starts = manifests.launcher_named(present)
    if present == content and not path.is_symlink():
        state = State.SAME if _mode_suffices(path, mode) else State.CHANGED
    elif journal.wrote(path) and starts in (None, str(script)):
        state = State.CHANGED
    elif starts == str(script) or path == script:
        # Written by us and lost from the journal: only this program names that path in the user's data directory.
        state = State.CHANGED
    else:
        state = State.FOREIGN
    return WriteFile(path, content, mode, clients, state, starts if state is State.FOREIGN else None)


def _mode_suffices(path: Path, mode: int) -> bool:
    return path.stat().st_mode & mode == mode


def _key(key: str, value: str, clients: tuple[str, ...], journal: Journal, machine: Machine) -> SetKey:
    present = machine.registry.read(key) if machine.registry else None
    if present is None:
        return SetKey(key, value, clients, State.NEW)
    if present == value:
        return SetKey(key, value, clients, State.SAME)
    ours = journal.set_key(key) == present
    return SetKey(key, value, clients, State.CHANGED if ours else State.FOREIGN, present)
