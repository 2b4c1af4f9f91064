"""Any mail can be checked on the extension's own page: its file is chosen or dropped, or its source pasted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk
from tests.signed_mail import DemoMail


@pytest.fixture
def page(desk: Desk) -> CheckPage:
    """The page, empty."""
    made = CheckPage(desk.browser)
    made.open()
    return made


def test_opened_from_the_toolbar(desk: Desk) -> None:
    """The menu of the toolbar button leads to the page."""
    desk.reader.open_list()
    desk.browser.press_in_toolbar_menu("#check")
    ready = "return location.pathname === '/ui/check.html' && document.readyState === 'complete'"
    wait_for(lambda: desk.browser.run(ready), "the page for message files")


def test_empty(desk: Desk, page: CheckPage) -> None:
    """Before a message is given, the page asks for one and shows no verdict."""
    assert desk.browser.run("return document.querySelector('#result').hidden")
    desk.keep_screenshot("check-empty")


def test_chosen(desk: Desk, page: CheckPage, mail: DemoMail, tmp_path: Path) -> None:
    """A chosen file gets its verdict, and the signed text is shown."""
    file = tmp_path / "mail.eml"
    file.write_bytes(mail.good())
    page.choose(file)
    assert page.panel.status() == "valid"
    assert "EUR 18,400.00" in page.text("EUR")
    desk.keep_screenshot("check-chosen")


def test_pasted(desk: Desk, page: CheckPage, mail: DemoMail) -> None:
    """A pasted source is checked as mail, with the line ends that mail has."""
    page.paste(mail.opaque().decode("ascii"))
    assert page.panel.status() == "valid"
    assert "EUR 18,400.00" in page.text("EUR")
    desk.keep_screenshot("check-pasted")


def test_dropped(desk: Desk, page: CheckPage, mail: DemoMail) -> None:
    """A dropped file gets its verdict."""
    page.drop(mail.changed().decode("ascii"))
    assert page.panel.status() == "invalid"
    desk.keep_screenshot("check-dropped")


def test_unsigned(desk: Desk, page: CheckPage, mail: DemoMail) -> None:
    """Here, where somebody asks, unsigned mail is called unsigned, calmly."""
    page.drop(mail.unsigned().decode("ascii"))
    assert page.panel.status() == "none"
    assert page.panel.headline() == "Not signed."
    assert page.panel.icon()[0] == "sheet"
    desk.keep_screenshot("check-unsigned")


def test_not_a_message(desk: Desk, page: CheckPage) -> None:
    """Something that is no mail is called that, and no verdict is made up."""
    page.drop("\x00\x01 this is no mail")
    assert page.panel.status() == "unavailable"
    assert page.panel.code() == "not_a_message"
    desk.keep_screenshot("check-no-message")
