"""Set-up killed at any moment leaves whole files or none, and the next run puts all right."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

KILLED = """
import os, signal, sys
replace, count = os.replace, int(sys.argv.pop(1))
def killed(*arguments):
    global count
    count -= 1
    if count == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    replace(*arguments)
os.replace = killed
from letterlock.cli import main
sys.exit(main(sys.argv[1:]))
"""
"""Runs the command line and dies instead of its n-th rename, when the new file lies prepared beside the old one."""

RENAMES = 6
"""A first set-up for three clients: launcher and two manifests, each after the journal."""


def run(home: Path, *arguments: str, kill_at: int = 0) -> int:
    environment = {"HOME": str(home), "LETTERLOCK_HOME": str(home / "own"), "PATH": "/nowhere"}
    clients = ["--client", "chromium", "--client", "firefox"] if arguments[0] == "setup" else []
    command = [sys.executable, "-c", KILLED, str(kill_at), *arguments, "--yes", *clients]
    return subprocess.run(command, env=environment, capture_output=True, check=False, timeout=60).returncode


@pytest.mark.parametrize("kill_at", range(1, RENAMES + 1))
def test_killed_at_any_rename_no_half_file_is_left(tmp_path: Path, kill_at: int) -> None:
    """Manifests are whole or absent; a second run completes; removal leaves nothing."""
    assert run(tmp_path, "setup", kill_at=kill_at) == -signal.SIGKILL
    for manifest in tmp_path.rglob("letterlock.json"):
        assert Path(json.loads(manifest.read_bytes())["path"]).exists()
    assert run(tmp_path, "setup") == 0
    assert len(list(tmp_path.rglob("letterlock.json"))) == 2
    assert run(tmp_path, "uninstall") == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("kill_at", [1, 2, RENAMES])
def test_killed_and_removed_at_once_nothing_is_left(tmp_path: Path, kill_at: int) -> None:
    """The journal is ahead of what it records."""
    run(tmp_path, "setup", kill_at=kill_at)
    assert run(tmp_path, "uninstall") == 0
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_killed_while_renewing_the_old_manifest_still_stands(tmp_path: Path) -> None:
    """A browser that starts in that moment finds a working host."""
    assert run(tmp_path, "setup") == 0
    manifest = tmp_path / ".mozilla/native-messaging-hosts/letterlock.json"
    edited = json.dumps({**json.loads(manifest.read_bytes()), "description": "older"})
    manifest.write_text(edited)
    assert run(tmp_path, "setup", kill_at=1) == -signal.SIGKILL
    assert manifest.read_text() == edited


def test_there_are_as_many_renames_as_are_tested(tmp_path: Path) -> None:
    """One more than `RENAMES` is never reached."""
    assert run(tmp_path, "setup", kill_at=RENAMES + 1) == 0
