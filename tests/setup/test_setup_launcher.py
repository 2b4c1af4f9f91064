"""The launcher starts the right Python whatever the paths contain."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from letterlock.clients import launcher
from letterlock.clients.failures import InterpreterPrivate, InterpreterUnknown
from letterlock.clients.table import System

AWKWARD = [
    "plain",
    "with space",
    "it's",
    'a "quoted" one',
    "Käthe ☃",
    "$(touch x)",
    "`x`",
    "a;b&c",
    "back\\slash",
    "%d",
]


@pytest.mark.parametrize("name", AWKWARD)
def test_any_path_survives_the_shell(tmp_path: Path, name: str) -> None:
    """Interpreter, home and script lie in a directory of that name; the arguments arrive as they were."""
    folder = tmp_path / name
    folder.mkdir()
    python = folder / "python"
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$LETTERLOCK_HOME" "$@"\n')
    python.chmod(0o755)
    script = folder / "letterlock-host"
    script.write_bytes(launcher.render(System.LINUX, python, str(folder)))
    script.chmod(0o755)
    done = subprocess.run([script, "an argument", "$x"], capture_output=True, text=True, check=True, cwd=tmp_path)
    assert done.stdout.splitlines() == [str(folder), "-P", "-m", "letterlock", "serve", "an argument", "$x"]


def test_no_home_is_set_where_set_up_had_none(tmp_path: Path) -> None:
    """The host then uses the system's directories, as the command line does."""
    assert b"LETTERLOCK_HOME" not in launcher.render(System.LINUX, Path("/usr/bin/python3"))


def test_a_file_in_the_launcher_s_directory_is_not_imported(tmp_path: Path) -> None:
    """Browsers start a host in its directory; a `json.py` there must not run."""
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the current directory')")
    script = tmp_path / "letterlock-host"
    script.write_bytes(launcher.render(System.LINUX, launcher.interpreter()))
    script.chmod(0o755)
    origin = "chrome-extension://gibofoagldhcngncamdmdaeadgfgakfk/"
    done = subprocess.run([script, origin], input=b"", capture_output=True, check=False, cwd=tmp_path)
    assert done.returncode == 0
    assert b'"type":"hello"' in done.stdout


def test_windows_batch_file_keeps_percent_signs_and_prints_nothing_of_its_own() -> None:
    """cmd expands `%name%`; `chcp` would print into the first frame."""
    text = launcher.render(System.WINDOWS, Path("C:/100%/Käthe/python.exe"), "C:/50%").decode("utf-8")
    lines = text.split("\r\n")
    assert lines[0] == "@echo off"
    assert "chcp 65001 >nul" in lines
    assert 'set "LETTERLOCK_HOME=C:/50%%"' in lines
    assert lines[-2] == '"C:/100%%/Käthe/python.exe" -P -m letterlock serve %*'
    assert lines[-1] == ""


def test_an_environment_s_python_is_named_and_not_what_it_links_to(tmp_path: Path) -> None:
    """The link leads to the environment's packages; its target does not."""
    link = tmp_path / "python"
    link.symlink_to(Path(sys.executable).resolve())
    assert launcher.interpreter(str(link)) == link


def test_the_console_python_is_named_where_the_windowed_one_ran(tmp_path: Path) -> None:
    """pythonw has no standard streams."""
    (tmp_path / "python.exe").touch()
    assert launcher.interpreter(str(tmp_path / "pythonw.exe")) == tmp_path / "python.exe"


@pytest.mark.parametrize("executable", ["", "python", "/nowhere/python"])
def test_an_unknown_interpreter_is_said(executable: str) -> None:
    """Embedded, relative, or removed."""
    with pytest.raises(InterpreterUnknown):
        launcher.interpreter(executable)


def test_for_all_users_a_private_python_is_refused(tmp_path: Path) -> None:
    """Root's own directory is closed to everybody else."""
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    python = private / "python"
    python.touch(mode=0o755)
    with pytest.raises(InterpreterPrivate) as failure:
        launcher.check_reachable(python, tmp_path)
    assert failure.value.place in (str(private), str(tmp_path))
