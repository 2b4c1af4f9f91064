"""A computer of its own for each test: a home, a root and programs below a temporary folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from letterlock import cli
from letterlock.cli import setup
from letterlock.clients.machine import Machine
from letterlock.clients.registry import MemoryRegistry
from letterlock.clients.table import System


@dataclass
class Computer:
    """A computer in a folder. `machine` is what set-up sees of it."""

    folder: Path
    machine: Machine

    @property
    def home(self) -> Path:
        return self.machine.home

    @property
    def launcher(self) -> Path:
        return self.machine.data / "letterlock-host"

    def manifest(self, place: str) -> Path:
        """The manifest in a folder below the home."""
        return self.home / place / "letterlock.json"

    def install(self, program: str, text: str = "#!/bin/sh\n") -> Path:
        """Put a program on the PATH."""
        path = self.folder / "bin" / program
        path.write_text(text)
        path.chmod(0o755)
        return path

    def make(self, *paths: str) -> None:
        """Make empty files below the root (`/…`) or the home (`~/…`)."""
        for each in paths:
            path = self.machine.path(each)
            assert path is not None
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()

    def files(self) -> set[str]:
        """Everything below the home."""
        return {str(path.relative_to(self.home)) for path in self.home.rglob("*")}


def computer_in(folder: Path, system: System = System.LINUX) -> Computer:
    """A computer with nothing installed."""
    for name in ("home", "root", "bin"):
        (folder / name).mkdir(parents=True)
    home = folder / "home"
    environment = {"PATH": str(folder / "bin")}
    if system is System.WINDOWS:
        environment |= {
            "PROGRAMFILES": str(folder / "root/Program Files"),
            "LOCALAPPDATA": str(home / "AppData/Local"),
            "APPDATA": str(home / "AppData/Roaming"),
            "PROGRAMDATA": str(folder / "root/ProgramData"),
        }
    registry = MemoryRegistry() if system is System.WINDOWS else None
    machine = Machine(
        system, home, home / "data/letterlock", home / "settings/letterlock", folder / "root", environment, registry
    )
    return Computer(folder, machine)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """A Linux computer with Chromium, Firefox and Thunderbird."""
    made = computer_in(tmp_path / "computer")
    for program in ("chromium", "firefox", "thunderbird"):
        made.install(program)
    return made


@dataclass
class Outcome:
    """What a command returned and printed."""

    code: int
    out: str
    err: str


class CommandLine:
    """Runs `letterlock` in this process, on a computer of the test's."""

    def __init__(self, computer: Computer, capsys: pytest.CaptureFixture[str]) -> None:
        self._computer = computer
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Outcome:
        code = cli.main(["--language", "en", *arguments])
        printed = self._capsys.readouterr()
        return Outcome(code, printed.out, printed.err)


@pytest.fixture
def letterlock(computer: Computer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    """The command line on `computer`."""

    def machine_for(system: bool) -> Machine:
        return computer.machine.for_everyone() if system else computer.machine

    monkeypatch.setattr(setup, "machine_for", machine_for)
    monkeypatch.setenv("LETTERLOCK_HOME", str(computer.folder / "host"))
    capsys.readouterr()
    return CommandLine(computer, capsys)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What a person at a terminal types, in turn."""
    typed: list[str] = []

    class Terminal:
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr("sys.stdin", Terminal())
    monkeypatch.setattr("builtins.input", lambda question: typed.pop(0))
    return typed
