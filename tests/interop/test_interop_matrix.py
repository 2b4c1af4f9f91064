"""Real programs understand what is written here, and we what they write: the page says just that."""

from __future__ import annotations

import pytest

from tests.interop import matrix

ANEW = "python -m tests.interop.matrix writes it anew"


@pytest.mark.timeout(300)
def test_the_table_of_objects_is_what_happens() -> None:
    """Every cell, run again: neither a program nor we do less, or more, than it says."""
    assert matrix.objects_section(matrix.matrix()) in matrix.PAGE.read_text(), ANEW


@pytest.mark.timeout(300)
def test_the_table_of_messages_is_what_happens() -> None:
    """Composed, signed and encrypted here and read by each program, Thunderbird among them; and the other way round."""
    assert matrix.messages_section(matrix.messages()) in matrix.PAGE.read_text(), ANEW
