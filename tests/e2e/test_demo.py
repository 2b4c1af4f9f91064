"""The demo does what it promises: five verdicts, screenshots, nothing of the user's touched."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
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


@pytest.fixture(scope="module")
def without(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A search path on which everything is missing that `make demo` does not install: pytest above all."""
    folder = tmp_path_factory.mktemp("missing")
    extras = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    needed = {"letterlock", *map(_name, extras["demo"])}
    missing = {_name(each) for extra in extras.values() for each in extra} - needed
    for module, packages in metadata.packages_distributions().items():
        if not module.startswith("_") and missing.intersection(map(_name, packages)):
            (folder / f"{module}.py").write_text(
                "raise ModuleNotFoundError('not installed by make demo', name=__name__)"
            )
    assert (folder / "pytest.py").exists()
    return os.pathsep.join([str(folder), str(PROJECT / "host"), str(PROJECT)])


def _name(requirement: str) -> str:
    """The package of a requirement, as the index spells it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", re.split(r"[<>=;\[ ]", requirement, maxsplit=1)[0]).lower()


def test_in_chromium(home: Path, without: str) -> None:
    """With Chromium, every mail is opened in it and a screenshot of each is kept."""
    require_program("chromium", "chromium")
    _claims(home, os.environ["PATH"], without)
    for scene in SCENES:
        assert (PROJECT / RESULTS / f"{scene.name}.png").stat().st_size > 10_000


def test_without_chromium(home: Path, tmp_path: Path, without: str) -> None:
    """Without it, the demo says so and opens the mails through the native host's pipe."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "openssl").symlink_to(require_program("openssl", "openssl"))
    told = _claims(home, str(programs), without)
    assert "Without Chromium: it is not installed" in told


def _claims(home: Path, path: str, modules: str) -> str:
    environment = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo"],
        cwd=PROJECT,
        env=environment | {"HOME": str(home), "PATH": path, "PYTHONPATH": modules, "COLUMNS": "120"},
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
