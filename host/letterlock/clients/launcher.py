"""The launcher: a small script that a browser can start, and that starts the host with the right Python.

A manifest can name a program but no arguments, and the console script of an environment may move or be a shim;
so the manifest names this script, which names the interpreter in full.
"""

from __future__ import annotations

import shlex
import stat
import sys
from pathlib import Path

from letterlock.clients.failures import InterpreterPrivate, InterpreterUnknown
from letterlock.clients.table import LETTERLOCK, Host, System

# -P keeps the current directory out of the import path: browsers start a host in the launcher's directory, and a
# file `json.py` dropped there must not be imported instead of the library's.
_ARGUMENTS = "-P -m letterlock"


def name(system: System, host: Host = LETTERLOCK) -> str:
    """The script's file name."""
    return f"{host.launcher}.bat" if system is System.WINDOWS else host.launcher


def interpreter(executable: str | None = None) -> Path:
    """The Python that has this package installed.

    `sys.executable` is kept as it is: in a virtual environment it is a link, and only the link leads to the
    environment's packages (the resolved path, and `sys._base_executable`, lead to the Python without them).

    Raises:
        InterpreterUnknown: Python is embedded or its program was removed.
    """
    program = sys.executable if executable is None else executable
    if not program:
        raise InterpreterUnknown
    path = Path(program)
    # pythonw has no standard streams; the console program sits beside it.
    if path.stem.lower() == "pythonw":
        path = path.with_name(path.name.lower().replace("pythonw", "python"))
    if not path.is_absolute() or not path.exists():
        raise InterpreterUnknown
    return path


def check_reachable(python: Path, root: Path = Path("/")) -> None:
    """Can every user of the computer reach this interpreter? (Not asked on Windows, which has no such bits.)

    Raises:
        InterpreterPrivate: A directory on the way, or the program, is closed to others.
    """
    for place in (*reversed(python.parents), python, *reversed(python.resolve().parents)):
        if place.is_relative_to(root) and not place.stat().st_mode & stat.S_IXOTH:
            raise InterpreterPrivate(str(place))


def render(system: System, python: Path, home: str | None = None, host: Host = LETTERLOCK) -> bytes:
    """The script's text.

    Args:
        home: `LETTERLOCK_HOME` as it was when set-up ran. A client started from the desktop has another
            environment, and the host must use the same directories as the command line.
        host: which one it starts.
    """
    if system is System.WINDOWS:
        return _batch(python, home, host)
    lines = ["#!/bin/sh", "# Written by `letterlock setup`; `letterlock uninstall` removes it."]
    if home:
        lines.append(f"LETTERLOCK_HOME={shlex.quote(home)}; export LETTERLOCK_HOME")
    lines.append(f'exec {shlex.quote(str(python))} {_ARGUMENTS} {host.arguments} "$@"')
    return ("\n".join(lines) + "\n").encode("utf-8", "surrogateescape")


def _batch(python: Path, home: str | None, host: Host) -> bytes:
    # cmd reads a batch file in the console's code page, so UTF-8 is chosen first; its own output would corrupt the
    # first frame, so it goes nowhere. In a batch file `%` is written `%%`.
    lines = ["@echo off", "rem Written by `letterlock setup`; `letterlock uninstall` removes it.", "chcp 65001 >nul"]
    if home:
        lines.append(f'set "LETTERLOCK_HOME={_percent(home)}"')
    lines.append(f'"{_percent(str(python))}" {_ARGUMENTS} {host.arguments} %*')
    return ("\r\n".join(lines) + "\r\n").encode()


def _percent(text: str) -> str:
    return text.replace("%", "%%")
