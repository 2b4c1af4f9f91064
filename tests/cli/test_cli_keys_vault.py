"""`letterlock keys …` for the vault, as a person or a script runs it: whole processes, with the real cost."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
import time
from pathlib import Path

import pytest

from letterlock.keystore import pkcs12
from letterlock.keystore.failures import RecoveryNotSet
from letterlock.keystore.vault import Vault
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


class Home:
    """A person's home with a vault, in which the key of the demonstration's encrypted mail lies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "home" / "data" / "letterlock.sqlite"
        self.mail = DemoMail(folder / "mail")
        self.passphrase = self.text("passphrase", PASSPHRASE)
        vault = Vault.at(self.database)
        vault.create(PASSPHRASE)
        identity = pkcs12.load(self.mail.key_file(self.mail.carla, "correct horse").read_bytes(), "correct horse")
        self.key = vault.add(identity.key, [identity.certificate], label="Carla").id

    def text(self, name: str, text: str) -> str:
        path = self.folder / name
        path.write_text(f"{text}\n")
        return str(path)

    def environment(self) -> dict[str, str]:
        return {**os.environ, "LETTERLOCK_HOME": str(self.folder / "home"), "LC_ALL": "C.UTF-8"}

    def __call__(self, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "letterlock", *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=60,
        )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    require_program("openssl", "openssl")
    return Home(tmp_path)


def test_mail_is_opened_with_own_keys(home: Home) -> None:
    """With the passphrase it is there; without, the verdict says that the keys are locked, and for which one it is."""
    mail = home.folder / "mail.eml"
    mail.write_bytes(home.mail.encrypt("Offer", TEXT))
    locked = json.loads(home("open", str(mail), "--json").stdout)["verdict"]
    assert locked["headline"]["code"] == "encryption_locked"
    assert [reason["code"] for reason in locked["reasons"]] == ["vault_locked"]
    for way in (("--my-keys", "--passphrase-file", home.passphrase), ("--passphrase-file", home.passphrase)):
        opened = json.loads(home("open", str(mail), "--json", *way).stdout)["verdict"]
        assert opened["encryption"]["status"] == "decrypted"
    wrong = home("open", str(mail), "--passphrase-file", home.text("wrong", "not this one"))
    assert wrong.returncode == 2
    assert "not this one" not in wrong.stdout + wrong.stderr


def test_the_passphrase_is_asked_for_without_echo(home: Home) -> None:
    """At a terminal it is typed, and is not on the screen."""
    mail = home.folder / "mail.eml"
    mail.write_bytes(home.mail.encrypt("Offer", TEXT))
    child, terminal = pty.fork()
    if child == 0:
        os.execve(
            sys.executable, [sys.executable, "-m", "letterlock", "open", str(mail), "--my-keys"], home.environment()
        )
    screen = b""
    deadline = time.monotonic() + 60
    while b"Passphrase" not in screen and time.monotonic() < deadline:
        screen += os.read(terminal, 4096)
    time.sleep(0.2)  # getpass prints its prompt before it turns the echo off
    os.write(terminal, PASSPHRASE.encode() + b"\n")
    try:
        while part := os.read(terminal, 4096):
            screen += part
    except OSError:
        pass  # the other side of a pseudo-terminal is gone
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert b"decrypted" in screen
    assert PASSPHRASE.encode() not in screen


def test_list_test_and_remove(home: Home) -> None:
    """Listing needs no passphrase; removing asks, wants the passphrase, and is final."""
    (entry,) = json.loads(home("keys", "list", "--json").stdout)
    assert (entry["id"], entry["label"], entry["superseded"]) == (home.key, "Carla", None)
    assert "Carla" in home("keys", "list").stdout
    assert home("keys", "test", "--passphrase-file", home.passphrase).returncode == 0
    short = home.key[:8]
    assert home("keys", "remove", short, "--passphrase-file", home.passphrase, stdin="no\n").returncode == 1
    assert home("keys", "remove", "ffff", "--yes", "--passphrase-file", home.passphrase).returncode == 2
    assert home("keys", "remove", short, "--yes", "--passphrase-file", home.passphrase).returncode == 0
    assert json.loads(home("keys", "list", "--json").stdout) == []


def test_passphrase_and_recovery(home: Home) -> None:
    """The passphrase changes; a code opens what it was made for; `lock` needs no passphrase."""
    new = home.text("new", "another horse battery")
    changed = home("keys", "passphrase", "--passphrase-file", home.passphrase, "--new-passphrase-file", new)
    assert changed.returncode == 0, changed.stderr
    assert home("keys", "test", "--passphrase-file", home.passphrase).returncode == 2
    code = home("keys", "recovery", "--passphrase-file", new).stdout.splitlines()[0]
    Vault.at(home.database).unlock_by_recovery(code)
    forgotten = home(
        "keys",
        "passphrase",
        "--recovery-code-file",
        home.text("code", code.lower()),
        "--new-passphrase-file",
        home.passphrase,
    )
    assert forgotten.returncode == 0, forgotten.stderr
    assert home("keys", "test", "--passphrase-file", home.passphrase).returncode == 0
    assert home("keys", "lock").returncode == 0


def test_a_recovery_code_from_the_start(tmp_path: Path) -> None:
    """Shown once, when the vault is made, and only if asked for. That a lost passphrase is final is said, too."""

    def letterlock(home: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "letterlock", "--language", "en", "keys", *arguments],
            env={**os.environ, "LETTERLOCK_HOME": str(tmp_path / home)},
            capture_output=True,
            text=True,
            timeout=60,
        )

    (tmp_path / "passphrase").write_text(f"{PASSPHRASE}\n")
    create = ("create", "anna@muster.example", "--kind", "P-256", "--passphrase-file", str(tmp_path / "passphrase"))
    made = letterlock("with", *create, "--recovery-code")
    assert "Nobody can reset this passphrase" in made.stderr
    (code,) = (line for line in made.stderr.splitlines() if line.count("-") > 3 and " " not in line)
    assert code not in made.stdout
    Vault.at(tmp_path / "with" / "data" / "letterlock.sqlite").unlock_by_recovery(code)
    assert code not in letterlock("with", *create, "--recovery-code").stderr, "the vault is there: it has its code"
    letterlock("without", *create)
    with pytest.raises(RecoveryNotSet):
        Vault.at(tmp_path / "without" / "data" / "letterlock.sqlite").unlock_by_recovery(code)


def test_backup_and_restore(home: Home) -> None:
    """To another computer and back; a file that exists is not replaced; a damaged one restores what is whole."""
    secret, file = home.text("secret", "the backup's own words"), home.folder / "keys.backup"
    options = ("--passphrase-file", home.passphrase, "--backup-passphrase-file", secret)
    assert home("keys", "backup", str(file), *options).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    before = file.read_bytes()
    assert home("keys", "backup", str(file), *options).returncode == 2
    assert file.read_bytes() == before
    assert [each.name for each in home.folder.glob(".keys*")] == []
    home.database.unlink()
    assert home("keys", "restore", str(file), *options).returncode == 0
    assert json.loads(home("keys", "list", "--json").stdout)[0]["id"] == home.key
    lines = before.splitlines()
    file.write_bytes(b"\n".join([lines[0], lines[1][:-8], *lines[2:]]))
    assert home("keys", "restore", str(file), *options).returncode == 1
