"""Fixtures for the tests of keys."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder with a short path: GnuPG's agent makes a socket in it, whose path may have 108 octets."""
    with tempfile.TemporaryDirectory(prefix="gpg") as folder:
        yield Path(folder)
