"""Real programs understand what the engine writes, and the engine what they write: the page says just that."""

from __future__ import annotations

import pytest

from tests.interop import matrix


@pytest.mark.timeout(170)
def test_the_page_is_what_happens() -> None:
    """Every cell of `docs/interop.md`, run again: neither a program nor we do less, or more, than it says."""
    assert matrix.page(matrix.matrix()) == matrix.PAGE.read_text(), "python -m tests.interop.matrix writes it anew"
