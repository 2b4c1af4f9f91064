"""The desktop's own keychain unlocks the vault: GNOME's keyring over the Secret Service, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from letterlock.keystore.failures import WrongVaultPassphrase
from letterlock.keystore.vault import Vault
from tests.needs import PROJECT, require_program

_MAKE = """
import sys
from pathlib import Path
import keyring
from letterlock.keystore.vault import Vault
assert type(keyring.get_keyring()).__module__ == "keyring.backends.SecretService", keyring.get_keyring()
vault = Vault.at(Path(sys.argv[1]))
vault.create("correct horse battery staple")
vault.keep_in_keychain()
"""
_UNLOCK = """
import sys
from pathlib import Path
from letterlock.keystore.vault import Vault
vault = Vault.at(Path(sys.argv[1]))
vault.unlock_by_keychain()
print("locked" if vault.locked else "unlocked")
"""
_FORGET = """
import sys
from pathlib import Path
from letterlock.keystore.failures import KeychainNotSet
from letterlock.keystore.vault import Vault
vault = Vault.at(Path(sys.argv[1]))
vault.forget_keychain()
try:
    vault.unlock_by_keychain()
except KeychainNotSet:
    print("forgotten")
"""
_SESSION = """
printf 'the desktop login' | gnome-keyring-daemon --unlock --components=secrets >/dev/null || exit 9
for script in "$@"; do "$PYTHON" -c "$script" "$DATABASE" || exit 1; done
"""


@pytest.mark.skipif(sys.platform != "linux", reason="GNOME's keyring")
def test_gnomes_keyring_unlocks_the_vault(tmp_path: Path) -> None:
    """One process keeps it, another is unlocked by it, and a third makes it forget. The passphrase is never in it."""
    require_program("gnome-keyring-daemon", "gnome-keyring")
    runner = require_program("dbus-run-session", "dbus-daemon")
    database = tmp_path / "letterlock.sqlite"
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))}
    environment = inherited | {
        "HOME": str(tmp_path),
        "XDG_RUNTIME_DIR": str(runtime),
        "PYTHONPATH": str(PROJECT / "host"),
        "PYTHON": sys.executable,
        "DATABASE": str(database),
    }
    done = subprocess.run(
        [runner, "--", "sh", "-c", _SESSION, "sh", _MAKE, _UNLOCK, _FORGET],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["unlocked", "forgotten"]
    kept = list((tmp_path / ".local").rglob("*.keyring"))
    assert kept, "the keychain's own file"
    assert all(b"correct horse" not in each.read_bytes() for each in kept)
    with pytest.raises(WrongVaultPassphrase):
        Vault.at(database).unlock("the desktop login")
