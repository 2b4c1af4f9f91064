"""Real programs understand what is written here, and we what they write: the page says just that."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest

from tests.interop import matrix

ANEW = "python -m tests.interop.matrix writes it anew"


@pytest.mark.timeout(300)
def test_the_table_of_objects_is_what_happens() -> None:
    """Every cell, run again: neither a program nor we do less, or more, than it says."""
    assert _found(matrix.matrix, matrix.OBJECTS) == _told(matrix.OBJECTS), ANEW


@pytest.mark.timeout(300)
def test_the_table_of_messages_is_what_happens() -> None:
    """Composed, signed and encrypted here and read by each program, Thunderbird among them; and the other way round."""
    assert _found(matrix.messages, matrix.MESSAGES) == _told(matrix.MESSAGES), ANEW


def test_the_page_has_both_tables() -> None:
    """As they are written from those cells, and nothing beside them."""
    page = matrix.page(_told(matrix.OBJECTS), _told(matrix.MESSAGES))
    assert page == matrix.PAGE.read_text(), ANEW


def _told(rows: Collection[str]) -> dict[str, list[str]]:
    told = matrix.told()
    return {row: told.get(row, []) for row in rows}


def _found(run: Callable[[Collection[str]], dict[str, list[str]]], rows: Collection[str]) -> dict[str, list[str]]:
    """What happens; a row that differs from the page is run twice more, with programs started anew.

    A program that cannot do a thing fails each time; one whose helper (gpgsm's agent, say) was not up in time does not.
    """
    found, told = run(rows), _told(rows)
    for _ in range(2):
        differing = [row for row in rows if found[row] != told[row]]
        found |= run(differing) if differing else {}
    return found
