"""What a test needs beyond Python packages: programs, data, files of other projects.

On a developer's machine a test whose need is missing is skipped, and the reason says how to get it. Where `CI` is
set, everything is expected to be there, so a missing need is a failure: a suite that quietly ran nothing is no proof.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

PROJECT = Path(__file__).resolve().parent.parent
"""The root of the checkout."""


def missing(what: str, remedy: str) -> NoReturn:
    """Skips the test, or fails it where everything must be there (`CI`)."""
    reason = f"{what} is missing: {remedy}"
    if os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def require_program(program: str, package: str) -> Path:
    """The path of `program`, which Debian's `package` holds. System administration programs are found too."""
    found = shutil.which(
        program, path=os.environ.get("PATH", os.defpath) + os.pathsep + "/usr/sbin" + os.pathsep + "/sbin"
    )
    if found is None:
        missing(f"the program {program}", f"apt-get install {package}")
    return Path(found)


def require_path(path: Path, package: str) -> Path:
    """`path`, an installed file or folder of Debian's `package`."""
    if not path.exists():
        missing(str(path), f"apt-get install {package}")
    return path


def corpora_folder() -> Path:
    """Where the corpora of other projects lie: `LETTERLOCK_CORPORA`, else beside the checkout."""
    folder = Path(os.environ.get("LETTERLOCK_CORPORA", PROJECT.parent / "shared" / "corpora"))
    if not folder.is_dir():
        # Not a package that a machine could install: skipped everywhere, CI included.
        pytest.skip(f"the folder of corpora {folder} is missing: set LETTERLOCK_CORPORA to it")
    return folder
