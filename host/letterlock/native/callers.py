"""Who started this host, and may they: the arguments that a browser gives, against the ids that are served.

- Chromium and its relatives: `chrome-extension://<id>/`, on Windows also `--parent-window=…`.
- Firefox and Thunderbird: the path of the manifest, then the id of the extension.

What this proves: a browser starts a host only for the extensions its manifest names, and states the caller's id
itself, so a foreign extension is kept out even where a manifest was widened. What it does not prove: any program of
the same user can start this host with any arguments. Against those stand the passphrase, the lock and the
confirmation of unusual operations, not this check.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from letterlock.native.process import log
from letterlock.protocol.failures import CallerNotAllowed

Family = Literal["chromium", "mozilla"]

OURS: dict[Family, frozenset[str]] = {
    "chromium": frozenset({"gibofoagldhcngncamdmdaeadgfgakfk"}),
    "mozilla": frozenset({"webmail@letterlock", "thunderbird@letterlock"}),
}
"""Our own extensions: the id that the key in the manifest gives, and those that the manifests state."""

OWA: dict[Family, frozenset[str]] = {
    "chromium": frozenset({"maafgiompdekodanheihhgilkjchcakm", "gamjhjfeblghkihfjdpmbpajhlpmobbp"}),
    "mozilla": frozenset(),
}
"""Microsoft's S/MIME extension: in Chrome and Chromium, and in Edge's store. They speak a dialect of their own, to a
host of another name."""

CALLERS_FILE = "callers.json"
CALLERS_OCTETS = 65_536
"""Most octets of a list of callers; a longer file is no list of ids."""

_ORIGIN = re.compile(r"chrome-extension://([a-p]{32})/")
_MOZILLA_ID = re.compile(r"[A-Za-z0-9._-]*@[A-Za-z0-9._-]+|\{[0-9a-fA-F-]{36}\}")


class Caller(NamedTuple):
    """An extension, as its browser names it."""

    family: Family
    extension: str


def admit(
    arguments: Sequence[str],
    lists: Iterable[Path] | None = None,
    ours: Mapping[Family, frozenset[str]] = OURS,
) -> Caller:
    """The caller, if it is one of ours or on one of the lists.

    Args:
        arguments: What the browser gave the host, without the program's own name.
        lists: Files like `callers.json`. Default: the user's and the administrator's. They are read only for a
            caller that is not ours.
        ours: the callers that need no list.

    Raises:
        CallerNotAllowed: It is not, or the arguments are no browser's.
    """
    caller = identify(arguments)
    if caller is None:
        raise CallerNotAllowed(caller=" ".join(arguments) or "–")
    if caller.extension not in ours[caller.family]:
        files = standard_lists() if lists is None else lists
        if not any(caller.extension in _listed(file, caller.family) for file in files):
            raise CallerNotAllowed(caller=arguments[0] if caller.family == "chromium" else caller.extension)
    return caller


def identify(arguments: Sequence[str]) -> Caller | None:
    """Whom the arguments name, or None where they have the form of no browser."""
    rest = [argument for argument in arguments if not argument.startswith("--parent-window=")]
    if len(rest) == 1 and (origin := _ORIGIN.fullmatch(rest[0])):
        return Caller("chromium", origin[1])
    if len(rest) == 2 and rest[0].endswith(".json") and _MOZILLA_ID.fullmatch(rest[1]):
        return Caller("mozilla", rest[1])
    return None


def standard_lists() -> list[Path]:
    """The user's list (written by `letterlock setup`) and, on Linux, the administrator's."""
    from letterlock.store.location import config_dir

    files = [config_dir() / CALLERS_FILE]
    if sys.platform == "linux":
        files.append(Path("/etc/letterlock") / CALLERS_FILE)
    return files


def _listed(file: Path, family: Family) -> frozenset[str]:
    # A list that cannot be read allows nobody; the reason goes to the browser's console, where its author looks.
    try:
        with file.open("rb") as opened:
            text = opened.read(CALLERS_OCTETS + 1)
    except FileNotFoundError:
        return frozenset()
    except OSError as failure:
        return _unreadable(file, failure.strerror or "cannot be read")
    try:
        lists = json.loads(text) if len(text) <= CALLERS_OCTETS else None
    except (ValueError, RecursionError):
        lists = None
    ids = lists.get(family, []) if isinstance(lists, dict) else None
    if not isinstance(ids, list) or not all(isinstance(entry, str) for entry in ids):
        return _unreadable(file, 'is not {"chromium": [ids], "mozilla": [ids]}')
    return frozenset(ids)


def _unreadable(file: Path, why: str) -> frozenset[str]:
    log(f"{file} {why}; it allows nobody")
    return frozenset()
