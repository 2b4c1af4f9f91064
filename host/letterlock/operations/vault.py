"""The vault as a client of the host uses it: one unlock for this process, and a watch that locks it again.

What leaves here are states, names and certificates, and once a new recovery code; never a passphrase, never a key.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.cms import RecipientKey
from letterlock.errors import LetterlockError
from letterlock.keystore.own_keys import OwnKeys
from letterlock.keystore.vault import KEYCHAIN, RECOVERY, Vault
from letterlock.operations import keys, screen


class HostVault:
    """The vault of one host process.

    Args:
        database: the store's file.
        screen_locked: asked now and then whether the person's screen is locked; None where the system does not tell.
        watch_seconds: how often that, idleness and other processes' wish to lock are looked at.
    """

    def __init__(
        self,
        database: Path,
        vault: Vault | None = None,
        screen_locked: Callable[[], bool | None] | None = None,
        watch_seconds: float = limits.VAULT_WATCH_SECONDS,
    ) -> None:
        self._vault = vault or Vault.at(database)
        self._screen_locked = screen_locked or screen.locked
        self._watch_seconds = watch_seconds
        self._one = threading.Lock()
        self._watching = False

    @property
    def vault(self) -> Vault:
        """The vault itself, for what works on its keys."""
        return self._vault

    def keys(self) -> Iterable[RecipientKey]:
        """What decrypts mail, while unlocked; while locked, what says that it would."""
        return OwnKeys(self._vault)

    def status(self) -> dict[str, Any]:
        """Whether there is a vault, whether it is locked here, and what opens it."""
        ways = self._vault.ways
        return {
            "exists": self._vault.exists,
            "locked": self._vault.locked,
            "recovery": RECOVERY in ways,
            "keychain": KEYCHAIN in ways,
            "idle_seconds": self._vault.idle_seconds,
        }

    def create(self, passphrase: str, recovery: bool) -> dict[str, Any]:
        """Make the vault, unlocked; with a recovery code if asked for. Raises as `Vault.create`."""
        with self._one:
            code = self._vault.create(passphrase, recovery=recovery)
        self._watch()
        return {"status": self.status(), "recovery_code": code}

    def unlock(self, way: str, secret: str | None) -> dict[str, Any]:
        """Unlock it here, by "passphrase", "recovery" or "keychain". Raises as the vault does."""
        # One at a time: a client that asks sixteen times at once must not take sixteen times the memory.
        with self._one:
            if way == KEYCHAIN:
                self._vault.unlock_by_keychain()
            elif way == RECOVERY:
                self._vault.unlock_by_recovery(secret or "")
            else:
                self._vault.unlock(secret or "")
        self._watch()
        return self.status()

    def lock(self) -> dict[str, Any]:
        """Lock it here and in every other process. Raises as `Vault.lock`."""
        self._vault.lock()
        return self.status()

    def change_passphrase(self, current: str, new: str) -> dict[str, Any]:
        """Replace the passphrase; the current one is asked for, whoever is at the unlocked keyboard."""
        with self._one:
            self._vault.unlock(current)
            self._vault.change_passphrase(new)
        self._watch()
        return self.status()

    def listed(self) -> dict[str, Any]:
        """Every key that is whole, with its certificates, and how many things in the vault are damaged."""
        return {
            "keys": [keys.described(each) for each in self._vault.entries()],
            "damaged": len(self._vault.damage()),
        }

    # --- The watch ---

    def _watch(self) -> None:
        with self._one:
            if self._watching:
                return
            self._watching = True
        threading.Thread(target=self._look, name="vault", daemon=True).start()

    def _look(self) -> None:
        """Looks until it is locked: without this, an unused process would keep the key until it is asked again."""
        pause = threading.Event()
        while True:
            pause.wait(self._watch_seconds)
            with self._one:
                if self._due():
                    self._watching = False
                    return

    def _due(self) -> bool:
        if self._screen_locked():
            # Each process sees the screen by itself; asking the others, too, reaches those whose system does not tell.
            with suppress(LetterlockError):
                self._vault.lock()
        try:
            return self._vault.locked
        except LetterlockError:
            # The database cannot be read: nobody could ask us to lock. That is no reason to stay open.
            with suppress(LetterlockError):
                self._vault.lock()
            return True
