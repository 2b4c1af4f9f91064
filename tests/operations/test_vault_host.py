"""One unlock for a host process, and what ends it: idleness, another process, the screen, or a lost database."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import keyring.backend
import pytest

from letterlock.keystore.failures import KeychainNotSet, KeychainUnavailable, WrongVaultPassphrase
from letterlock.keystore.vault import Vault
from letterlock.operations import screen
from letterlock.operations.vault import HostVault
from tests.keystore.vaults import PASSPHRASE, QUICK, made
from tests.needs import require_program
from tests.patience import PAUSE


@pytest.fixture
def database(tmp_path: Path) -> Path:
    database = tmp_path / "letterlock.sqlite"
    made(database)
    return database


def within(seconds: float, true: Callable[[], bool]) -> bool:
    """Whether it becomes true before then."""
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)
    return true()


def forgotten(vault: Vault, seconds: float = 5) -> bool:
    """Whether the master key is gone from memory, without asking the vault anything."""
    return within(seconds, lambda: vault._master is None)


def host(database: Path, vault: Vault, locked: object = None) -> HostVault:
    return HostVault(database, vault, screen_locked=lambda: locked, watch_seconds=0.02)  # type: ignore[arg-type,return-value]


def test_an_idle_host_forgets_without_being_asked(database: Path) -> None:
    """The key does not stay in memory until somebody asks again, and a new unlock is watched anew."""
    vault = Vault.at(database, cost=QUICK, idle=0.2)
    served = host(database, vault)
    for _ in range(2):
        assert not served.unlock("passphrase", PASSPHRASE)["locked"]
        assert forgotten(vault)


def test_a_lock_elsewhere_is_seen_without_being_asked(database: Path) -> None:
    """Another process locks: this one forgets by itself."""
    vault = Vault.at(database, cost=QUICK)
    served = host(database, vault)
    served.unlock("passphrase", PASSPHRASE)
    assert not forgotten(vault, 0.2)
    Vault.at(database).lock()
    assert forgotten(vault)


def test_a_locked_screen_locks_every_process(database: Path) -> None:
    """Also those whose own system does not tell them."""
    other = Vault.at(database, cost=QUICK)
    other.unlock(PASSPHRASE)
    vault = Vault.at(database, cost=QUICK)
    host(database, vault, locked=True).unlock("passphrase", PASSPHRASE)
    assert forgotten(vault)
    # It forgets first and asks the others then.
    assert within(5, lambda: other.locked)


def test_a_database_that_is_gone_locks(database: Path) -> None:
    """Nobody could ask this process to lock any more, so it does."""
    vault = Vault.at(database, cost=QUICK)
    host(database, vault).unlock("passphrase", PASSPHRASE)
    database.write_bytes(b"no database")
    assert forgotten(vault)


def test_attempts_are_made_one_at_a_time(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen requests at once never run two derivations beside each other: each takes 64 MiB."""
    from letterlock.keystore.derivation import Derivation

    derive, running, most = Derivation.key, [0], [0]

    def slow(self: Derivation, secret: str) -> bytearray:
        running[0] += 1
        most[0] = max(most[0], running[0])
        time.sleep(0.01)
        running[0] -= 1
        return derive(self, secret)

    monkeypatch.setattr(Derivation, "key", slow)
    served = host(database, Vault.at(database, cost=QUICK))

    def attempt() -> None:
        with pytest.raises(WrongVaultPassphrase):
            served.unlock("passphrase", "wrong one")

    threads = [threading.Thread(target=attempt) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1]


def test_a_change_wants_the_current_passphrase(database: Path) -> None:
    """Whoever sits at an unlocked keyboard cannot lock its owner out."""
    served = host(database, Vault.at(database, cost=QUICK))
    served.unlock("passphrase", PASSPHRASE)
    with pytest.raises(WrongVaultPassphrase):
        served.change_passphrase("wrong one", "another horse battery")
    served.change_passphrase(PASSPHRASE, "another horse battery")
    Vault.at(database, cost=QUICK).unlock("another horse battery")


# --- The desktop's keychain ------------------------------------------------------------------------------------


class Chain(keyring.backend.KeyringBackend):
    """A keychain in memory, behind keyring's own interface."""

    priority = 1  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.open = True

    def get_password(self, service: str, username: str) -> str | None:
        if not self.open:
            raise keyring.errors.KeyringLocked("the secret is hunter2")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def chain() -> Iterator[Chain]:
    before = keyring.get_keyring()
    chain = Chain()
    keyring.set_keyring(chain)
    yield chain
    keyring.set_keyring(before)


def test_the_keychain_unlocks_who_asked_for_it(database: Path, chain: Chain) -> None:
    """It holds a key that opens the master key, neither the passphrase nor the master key itself; off is off."""
    vault = Vault.at(database, cost=QUICK)
    with pytest.raises(KeychainNotSet):
        vault.unlock_by_keychain()
    vault.unlock(PASSPHRASE)
    vault.keep_in_keychain()
    assert "keychain" in vault.ways
    assert vault._master is not None
    assert not {PASSPHRASE, vault._master.hex()} & set(chain.kept.values())
    Vault.at(database).unlock_by_keychain()
    vault.change_passphrase("another horse battery")
    Vault.at(database).unlock_by_keychain()
    vault.forget_keychain()
    assert chain.kept == {}
    with pytest.raises(KeychainNotSet):
        Vault.at(database).unlock_by_keychain()


def test_a_keychain_that_says_no(database: Path, chain: Chain) -> None:
    """Its own text, which may hold anything, is not repeated; an empty or another one's entry opens nothing."""
    vault = Vault.at(database, cost=QUICK)
    vault.unlock(PASSPHRASE)
    vault.keep_in_keychain()
    chain.open = False
    with pytest.raises(KeychainUnavailable) as failure:
        Vault.at(database).unlock_by_keychain()
    assert failure.value.facts() == {"detail": "KeyringLocked"}
    chain.open = True
    (place,) = chain.kept
    chain.kept[place] = "AAAA"
    with pytest.raises(KeychainUnavailable):
        Vault.at(database).unlock_by_keychain()
    chain.kept[place] = "A" * 43 + "="
    with pytest.raises(WrongVaultPassphrase):
        Vault.at(database).unlock_by_keychain()


# --- The screen ------------------------------------------------------------------------------------------------

SAVER = """
import sys
from jeepney import DBusAddress, HeaderFields, MessageType, new_method_return
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
connection = open_dbus_connection("SESSION")
connection.send_and_get_reply(message_bus.RequestName("org.gnome.ScreenSaver"))
print("ready", flush=True)
while True:
    message = connection.receive()
    if message.header.message_type is MessageType.method_call:
        answer = new_method_return(message, "b", (sys.argv[1] == "locked",))
        connection.send(answer)
"""


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session bus of our own, where no screen saver is but ours."""
    program = require_program("dbus-daemon", "dbus-daemon")
    daemon = subprocess.Popen(
        [program, "--session", "--nofork", "--print-address=1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert daemon.stdout is not None
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.stdout.readline().strip())
    monkeypatch.delenv("XDG_SESSION_ID", raising=False)
    yield
    daemon.terminate()
    daemon.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(("state", "answer"), [("locked", True), ("open", False)])
def test_a_screen_saver_is_asked(state: str, answer: bool) -> None:
    """Over a real bus; the freedesktop.org one is not there, the GNOME one says."""
    saver = subprocess.Popen([sys.executable, "-c", SAVER, state], stdout=subprocess.PIPE, text=True, env=os.environ)
    assert saver.stdout is not None
    assert saver.stdout.readline() == "ready\n"
    assert screen.locked() is answer
    saver.kill()
    saver.wait()


@pytest.mark.skipif(sys.platform != "linux", reason="D-Bus")
@pytest.mark.usefixtures("bus")
def test_nobody_to_ask() -> None:
    """A bus without a screen saver says nothing, neither yes nor no."""
    assert screen.locked() is None


def test_no_bus(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer without a desktop says nothing, at once."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")
    monkeypatch.setenv("XDG_SESSION_ID", "no such session")
    begun = time.monotonic()
    assert screen.locked() is None
    assert time.monotonic() - begun < PAUSE
