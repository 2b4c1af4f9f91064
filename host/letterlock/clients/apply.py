"""Doing what was planned: set-up writes and records, removal takes away what is recorded and still ours.

Each step stands alone: where the system refuses one, the others are still done, and the failure is an answer.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from letterlock.clients import launcher, manifests
from letterlock.clients.failures import CannotWrite
from letterlock.clients.journal import JOURNAL_FILE, File, Journal, Key
from letterlock.clients.machine import Machine
from letterlock.clients.plan import MANIFEST_MODE, State, Step, WriteFile
from letterlock.clients.registry import missing_ancestors
from letterlock.clients.table import HOSTS
from letterlock.clients.writing import ABSENT, discard, missing_directories, temporary, write_file


@dataclass(frozen=True)
class Done:
    """What became of a step or a removal: nothing to say, or the failure."""

    place: str
    failure: CannotWrite | None = None


def apply(machine: Machine, steps: Iterable[Step], journal: Journal) -> list[Done]:
    """Carry out every step given (the caller leaves out what the user refused), each recorded before it is done.

    Steps that would change nothing are recorded too, so that removal also takes away what an earlier, forgotten
    run wrote.
    """
    done: list[Done] = []
    for step in steps:
        try:
            journal = _recorded(machine, journal, step)
            _carry_out(machine, step)
            done.append(Done(step.place))
        except OSError as error:
            done.append(Done(step.place, _cannot(step.place, error)))
    return done


def _recorded(machine: Machine, before: Journal, step: Step) -> Journal:
    if isinstance(step, WriteFile):
        file = File(path=str(step.path), sha256=_sha256(step.content), clients=step.clients, **_replaced(step))
        after = before.with_file(file, missing_directories(step.path))
    else:
        replaced = step.present if step.state is State.FOREIGN else None
        key = Key(key=step.key, value=step.value, clients=step.clients, replaced=replaced)
        after = before.with_key(key, missing_ancestors(machine.registry, step.key) if machine.registry else [])
    if after != before:
        after = after.with_directories(missing_directories(machine.config / JOURNAL_FILE))
        after.save(machine.config)
    return after


def _replaced(step: WriteFile) -> dict[str, str]:
    """What somebody else has at the place, if it is something that could be put back."""
    if step.state is not State.FOREIGN:
        return {}
    if step.path.is_symlink():
        return {"replaced_link": os.readlink(step.path)}
    with step.path.open("rb") as file:
        present = file.read(manifests.MANIFEST_OCTETS + 1)
    # What is longer is no manifest: nothing reads it, and nothing misses it.
    return {} if len(present) > manifests.MANIFEST_OCTETS else {"replaced": present.decode("utf-8", "surrogateescape")}


def _carry_out(machine: Machine, step: Step) -> None:
    if step.state is State.SAME:
        return
    if isinstance(step, WriteFile):
        write_file(step.path, step.content, step.mode)
    elif machine.registry is not None:
        machine.registry.write(step.key, step.value)


class Left(StrEnum):
    """What is at a place that the journal names."""

    OURS = "ours"
    """As we wrote it, or changed and still leading to our launcher. It is removed."""
    GONE = "gone"
    ALTERED = "altered"
    """Somebody made it theirs. It stays."""


@dataclass(frozen=True)
class Removal:
    """Something the journal names, and what is there now."""

    place: str
    left: Left
    entry: File | Key


def removals(machine: Machine, journal: Journal) -> list[Removal]:
    """What removal would take away: manifests and keys first, the launcher they name last."""
    scripts = frozenset(str(machine.data / launcher.name(machine.system, host)) for host in HOSTS)
    keys = [Removal(key.key, _key_left(machine, key), key) for key in journal.keys]
    files = [Removal(file.path, _file_left(file, scripts), file) for file in journal.files]
    return [*keys, *sorted(files, key=lambda removal: removal.place in scripts)]


def _key_left(machine: Machine, entry: Key) -> Left:
    present = machine.registry.read(entry.key) if machine.registry else None
    if present is None:
        return Left.GONE
    return Left.OURS if present == entry.value else Left.ALTERED


def _file_left(entry: File, scripts: frozenset[str]) -> Left:
    path = Path(entry.path)
    if path.is_symlink():
        return Left.ALTERED
    try:
        present = path.read_bytes()
    except ABSENT:
        return Left.GONE
    except OSError:
        return Left.ALTERED
    ours = _sha256(present) == entry.sha256 or entry.path in scripts or manifests.launcher_named(present) in scripts
    return Left.OURS if ours else Left.ALTERED


def remove(machine: Machine, journal: Journal) -> list[Done]:
    """Take away what is ours, then the directories and keys made for it if nothing else is in them.

    Where it had replaced something of somebody else, that is put back.

    Altered things stay and are forgotten: they are somebody else's now. What the system refuses to remove stays
    recorded, so that a second run can try again.
    """
    done: list[Done] = []
    files: list[File] = []
    keys: list[Key] = []
    for removal in removals(machine, journal):
        try:
            _take_away(machine, removal)
            done.append(Done(removal.place))
        except OSError as error:
            done.append(Done(removal.place, _cannot(removal.place, error)))
            if isinstance(removal.entry, File):
                files.append(removal.entry)
            else:
                keys.append(removal.entry)
    made_keys = _remove_empty_keys(machine, journal.made_keys)
    kept = Journal(files=tuple(files), keys=tuple(keys), directories=journal.directories, made_keys=made_keys)
    try:
        if files or keys:
            kept.save(machine.config)
        else:
            Journal().save(machine.config)
            # Ours by name, even where a killed set-up made them and came no further.
            own = (str(machine.data), str(machine.config))
            _remove_empty_directories({*journal.directories, *own})
    except OSError as error:
        done.append(Done(str(machine.config), _cannot(str(machine.config), error)))
    return done


def _take_away(machine: Machine, removal: Removal) -> None:
    if isinstance(removal.entry, File):
        path = Path(removal.place)
        discard(temporary(path))
        if removal.left is Left.OURS:
            _put_back(path, removal.entry)
    elif removal.left is Left.OURS:
        assert machine.registry is not None
        if removal.entry.replaced is not None:
            machine.registry.write(removal.place, removal.entry.replaced)
        else:
            machine.registry.remove(removal.place)


def _put_back(path: Path, entry: File) -> None:
    if entry.replaced is not None:
        write_file(path, entry.replaced.encode("utf-8", "surrogateescape"), MANIFEST_MODE)
        return
    discard(path)
    if entry.replaced_link is not None:
        path.symlink_to(entry.replaced_link)


def _remove_empty_directories(directories: Iterable[str]) -> None:
    for directory in sorted(directories, key=len, reverse=True):
        try:
            Path(directory).rmdir()
        except OSError:
            continue  # not empty: something else lives there now


def _remove_empty_keys(machine: Machine, keys: Iterable[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for key in sorted(keys, key=len, reverse=True):
        if machine.registry is None or not machine.registry.is_empty(key):
            kept.append(key)
        else:
            machine.registry.remove(key)
    return tuple(reversed(kept))


def _cannot(place: str, error: OSError) -> CannotWrite:
    return CannotWrite(place, error.strerror or str(error))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
