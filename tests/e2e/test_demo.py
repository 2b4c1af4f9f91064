"""The demo does what it promises: five verdicts, screenshots, nothing of the user's touched."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo.__main__ import RESULTS
from tests.demo.scenes import SCENES
from tests.needs import PROJECT, require_program


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home directory in which nothing may appear."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def test_in_chromium(home: Path) -> None:
    """With Chromium, every mail is opened in it and a screenshot of each is kept."""
    require_program("chromium", "chromium")
    _claims(home, os.environ["PATH"])
    for scene in SCENES:
        assert (PROJECT / RESULTS / f"{scene.name}.png").stat().st_size > 10_000


def test_without_chromium(home: Path, tmp_path: Path) -> None:
    """Without it, the demo says so and opens the mails through the native host's pipe."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "openssl").symlink_to(require_program("openssl", "openssl"))
    told = _claims(home, str(programs))
    assert "Without Chromium: it is not installed" in told


def _claims(home: Path, path: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=PROJECT,
        env=environment | {"HOME": str(home), "PATH": path, "COLUMNS": "120"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for scene in SCENES:
        assert f" {scene.expected} " in done.stdout
    assert list(home.rglob("*")) == []
    return done.stdout
