"""Where this program keeps its files (the only place that knows)."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def data_dir() -> Path:
    """`$LETTERLOCK_HOME/data`, else what the operating system has for an application's data."""
    home = os.environ.get("LETTERLOCK_HOME")
    if home:
        return Path(home) / "data"
    from platformdirs import user_data_dir

    return Path(user_data_dir("letterlock", appauthor=False))


def config_dir() -> Path:
    """`$LETTERLOCK_HOME/config`, else what the operating system has for an application's settings."""
    home = os.environ.get("LETTERLOCK_HOME")
    if home:
        return Path(home) / "config"
    from platformdirs import user_config_dir

    return Path(user_config_dir("letterlock", appauthor=False))


def database() -> Path:
    """The path of the one database."""
    return data_dir() / "letterlock.sqlite"


def policy() -> Path | None:
    """The organisation's policy file, which only an administrator can write; None where there is no place for it."""
    return Path("/etc/letterlock/policy.json") if sys.platform == "linux" else None


def create_private(directory: Path) -> None:
    """Create a directory that only its owner may enter; one that exists keeps its permissions."""
    directory.parent.mkdir(parents=True, exist_ok=True)
    directory.mkdir(mode=0o700, exist_ok=True)
