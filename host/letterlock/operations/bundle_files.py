"""Bundles as files: written beside their place and then put there, so that nobody ever finds half of one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeVar

Made = TypeVar("Made")


def written(place: Path, make: Callable[[IO[bytes]], Made], *, replace: bool) -> Made:
    """Let `make` write a file, and put it at `place` once it is whole and on the disk.

    A process that is killed leaves at most a file whose name begins with a dot. Of two that replace one file at a time,
    the later wins, whole.

    Raises:
        FileExistsError: there is one, and it is not to be replaced.
        OSError: the folder cannot be written.
    """
    if not replace and place.exists():
        raise FileExistsError(17, "File exists", str(place))
    number, name = tempfile.mkstemp(prefix=f".{place.name}.", dir=place.parent)
    try:
        # For its owner alone: a bundle has a whole message in it.
        with open(number, "w+b") as file:
            made = make(file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return made
