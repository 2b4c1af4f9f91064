"""What a person has set, beside whose word counts (`operations.trust`): locking, writing, automatic evidence.

    settings = HostSettings(database)
    settings.change(writing={"address": "anna@muster.example", "sign": True, "encrypt": "possible"})

It is kept in the one database, so that the browser, Thunderbird and the command line do the same.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import util
from pathlib import Path
from typing import Any, Literal, NamedTuple

from letterlock import __version__, limits
from letterlock.errors import Fault, LetterlockError
from letterlock.keystore import vault
from letterlock.operations import bundle_automatic
from letterlock.store.database import Store

Answer = dict[str, Any]
Encrypting = Literal["never", "possible", "always"]

WRITING = "writing.defaults"
"""The setting that says what new mail starts with: by address, and under "" for every other one.

Where nothing was set, each client does what suits it: whoever opens the editor of the extension wants its protection,
whoever writes in Thunderbird may have no key."""

_ENCRYPTING: tuple[Encrypting, ...] = ("never", "possible", "always")
_EXTRAS = {"smart cards": "pkcs11", "desktop keychain": "keyring", "LDAP": "ldap3", "DNS": "dns"}
"""What is there only where somebody installed it, and the module that shows it."""


class Start(NamedTuple):
    """What a new letter starts with. `encrypt` "possible": as soon as everybody who gets it can read it."""

    sign: bool
    encrypt: Encrypting


class WritingDefaultsTooMany(LetterlockError):
    """There are as many addresses with settings of their own as are kept."""

    code = "writing_defaults_too_many"
    fault = Fault.USER
    most: int


class HostSettings:
    """The settings in one database."""

    def __init__(self, database: Path) -> None:
        self._database = database

    def listed(self) -> Answer:
        """All of them."""
        with Store.read(self._database) as store:
            idle = vault.idle_seconds(store)
            writing = _kept(store)
        automatic = bundle_automatic.settings(self._database)
        return {
            "idle_seconds": idle,
            "writing": [_described(address, start) for address, start in sorted(writing.items())],
            "evidence": {"senders": list(automatic.senders), "folder": str(automatic.folder)},
        }

    def change(
        self,
        *,
        idle_seconds: int | None = None,
        writing: Mapping[str, Any] | None = None,
        forget: str | None = None,
        keep_evidence: str | None = None,
        keep_no_evidence: str | None = None,
    ) -> Answer:
        """Change some; None leaves what is. Raises `EvidenceSenderWrong`, `WritingDefaultsTooMany`."""
        if keep_evidence is not None:
            bundle_automatic.add(self._database, keep_evidence)
        if keep_no_evidence is not None:
            bundle_automatic.remove(self._database, keep_no_evidence)
        with Store.open(self._database) as store:
            if idle_seconds is not None:
                store.set_setting(vault.IDLE, idle_seconds)
            if writing is not None:
                start = [writing["sign"], writing["encrypt"]]
                store.change_setting(WRITING, {}, lambda kept: _with(kept, _address(writing["address"]), start))
            if forget is not None:
                store.change_setting(WRITING, {}, lambda kept: _without(kept, _address(forget)))
        return self.listed()


def report(database: Path, protocol: str) -> Answer:
    """What this installation is made of, for whoever helps: without an address, a name, a path or a secret."""
    from cryptography.hazmat.backends.openssl.backend import backend

    from letterlock.clients.requirements import versions

    return {
        "product": __version__,
        "protocol": protocol,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "openssl": backend.openssl_version_text(),
        "libraries": versions(),
        "extras": {name: util.find_spec(module) is not None for name, module in _EXTRAS.items()},
        "store": _state(database),
    }


def _state(database: Path) -> str:
    if not database.exists():
        return "new"
    try:
        with Store.read(database) as store:
            store.setting(WRITING)
    except LetterlockError as failure:
        return failure.code
    return "good"


def _kept(store: Store) -> dict[str, Start]:
    """What was set and can be understood; what a newer version may have written is left as it is."""
    said = store.setting(WRITING, {})
    if not isinstance(said, dict):
        return {}
    return {address: start for address, each in said.items() if (start := _start(each)) is not None}


def _start(said: object) -> Start | None:
    match said:
        case [bool(sign), str(encrypt)] if encrypt in _ENCRYPTING:
            return Start(sign, encrypt)
        case _:
            return None


def _with(kept: dict[str, Any], address: str, start: list[Any]) -> dict[str, Any]:
    changed = {**kept, address: start}
    if len(changed) > limits.WRITING_DEFAULTS:
        raise WritingDefaultsTooMany(limits.WRITING_DEFAULTS)
    return changed


def _without(kept: dict[str, Any], address: str) -> dict[str, Any]:
    return {each: start for each, start in kept.items() if each != address}


def _address(text: str) -> str:
    return text.strip().lower()


def _described(address: str, start: Start) -> Answer:
    return {"address": address, **start._asdict()}
