"""The page of reasons says what the program says."""

from __future__ import annotations

from tests import reasons_page


def test_the_page_is_up_to_date() -> None:
    """Every class is on it, with its words of today: `python -m tests.reasons_page` writes it anew."""
    assert reasons_page.PAGE.read_text(encoding="utf-8") == reasons_page.page()
