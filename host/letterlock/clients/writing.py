"""Writing a file so that a reader, or a crash, never meets half of it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Write beside the place and rename into it. Makes the directories above.

    A browser may start while set-up runs, and the machine may lose power: either sees the old file or the new one,
    whole. The temporary file's name is fixed, so that a killed run leaves at most one, which `temporary` names.

    Raises:
        OSError: The system refused. The old file, if any, is as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = temporary(path)
    beside.unlink(missing_ok=True)
    # O_EXCL: whatever appeared there meanwhile (a link to somewhere else, say) is not written through.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)  # the mode above is cut by the umask
        os.replace(beside, path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


ABSENT = (FileNotFoundError, NotADirectoryError)
"""There is no such file: it is not there, or what should be a directory above it is a file."""


def discard(path: Path) -> None:
    """Remove a file, if it is there. Raises OSError where the system refuses."""
    with suppress(*ABSENT):
        path.unlink()


def temporary(path: Path) -> Path:
    """The name under which a file is prepared."""
    return path.with_name(f".{path.name}.letterlock-new")


def missing_directories(path: Path) -> list[Path]:
    """The directories above a file that `write_file` will have to make, outermost first."""
    missing: list[Path] = []
    for directory in path.parents:
        if directory.exists():
            break
        missing.append(directory)
    return missing[::-1]
