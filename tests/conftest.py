"""Fixtures that every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.needs import corpora_folder


@pytest.fixture(scope="session")
def corpora() -> Path:
    """The folder with the corpora of other projects (setting: `LETTERLOCK_CORPORA`)."""
    return corpora_folder()
