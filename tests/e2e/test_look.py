"""The verdict is for everybody: in the dark, in German, by keyboard, and through a screen reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.axe import violations
from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk, desk_in
from tests.e2e.roundcube import Roundcube
from tests.needs import require_path
from tests.signed_mail import DemoMail

GERMAN_FIREFOX = Path("/usr/lib/firefox-esr/browser/extensions/langpack-de@firefox-esr.mozilla.org.xpi")

_LUMINANCE = """
    const [red, green, blue] = getComputedStyle(document.querySelector(".verdict")).backgroundColor.match(/[\\d.]+/g);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
"""


@pytest.fixture
def dark(desk: Desk) -> Iterator[None]:
    """A person who prefers a dark screen."""
    desk.browser.prefer_dark(True)
    yield
    desk.browser.prefer_dark(False)


@pytest.mark.usefixtures("dark")
@pytest.mark.parametrize("name", ["good", "changed", "mismatch", "unknown-issuer"])
def test_dark(desk: Desk, messages: dict[str, int], name: str) -> None:
    """The panel is dark for whoever prefers that; its words and colours stay readable (axe's contrast rule)."""
    desk.reader.open_message(messages[name])
    desk.panel.settle()
    assert desk.panel.run(_LUMINANCE) < 100
    desk.keep_screenshot(f"dark-{name}")
    assert _violations(desk) == []


def test_dark_page(desk: Desk, dark: None, mail: DemoMail) -> None:
    """So is the page for message files."""
    page = CheckPage(desk.browser)
    page.open()
    page.drop(mail.good().decode("ascii"))
    assert page.panel.run(_LUMINANCE) < 100
    page.text("EUR")
    desk.keep_screenshot("dark-check")


@pytest.mark.parametrize("name", ["good", "changed", "mismatch", "unknown-issuer", "opaque"])
def test_accessible(desk: Desk, messages: dict[str, int], name: str) -> None:
    """With its details open, the panel breaks none of axe's rules (WCAG 2.2, levels A and AA)."""
    desk.reader.open_message(messages[name])
    desk.panel.press_button("Details")
    assert _violations(desk) == []
    desk.keep_screenshot(f"details-{name}")


def test_announced_once(desk: Desk, messages: dict[str, int]) -> None:
    """A screen reader is told the verdict politely, and the icon has a name."""
    desk.reader.open_message(messages["changed"])
    region = """
        const headline = document.querySelector(".verdict__headline");
        return [headline.getAttribute("role"), headline.getAttribute("aria-live")];
    """
    desk.panel.settle()
    assert desk.panel.run(region) == ["status", "polite"]
    assert desk.panel.icon()[1]


def test_keyboard(desk: Desk, messages: dict[str, int]) -> None:
    """Tab leads into the panel and shows where the focus is; Enter opens the details, Space closes them."""
    desk.reader.open_message(messages["good"])
    desk.panel.settle()
    desk.reader.focus_before_panel()
    wait_for(lambda: _tab_reaches_toggle(desk), "the focus on the button for details")
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    assert desk.panel.run(outline) != "none"
    expanded = "return document.querySelector('.verdict__toggle').getAttribute('aria-expanded')"
    desk.browser.press("Enter")
    wait_for(lambda: desk.panel.run(expanded) == "true", "open details")
    desk.keep_screenshot("keyboard-details")
    desk.browser.press(" ")
    wait_for(lambda: desk.panel.run(expanded) == "false", "closed details")


@pytest.mark.parametrize("name", ["chromium", "firefox"])
def test_german(name: str, webmail: Roundcube, mail: DemoMail, messages: dict[str, int], tmp_path: Path) -> None:
    """In a German browser the panel's own words and the host's sentences are German, in the same breath."""
    if name == "firefox":
        require_path(GERMAN_FIREFOX, "firefox-esr-l10n-de")
    with desk_in(name, tmp_path, webmail, mail, language="de") as desk:
        desk.reader.open_message(messages["good"])
        assert desk.panel.status() == "valid"
        assert desk.panel.headline().startswith("Signiert von Anna Muster")
        assert desk.panel.run("return document.documentElement.lang") == "de"
        desk.panel.press_button("Einzelheiten")
        assert not re.search(r"\b(the|and|of|from|signed)\b", desk.panel.words(), re.IGNORECASE)
        desk.keep_screenshot("german-good")
        desk.reader.open_message(messages["mismatch"])
        assert "Von jemand anderem als dem Absender signiert" in desk.panel.words()
        desk.keep_screenshot("german-mismatch")
        CheckPage(desk.browser).open()
        desk.keep_screenshot("german-check")


def _tab_reaches_toggle(desk: Desk) -> bool:
    reached = "return document.hasFocus() && document.activeElement.classList.contains('verdict__toggle')"
    if desk.panel.run(reached):
        return True
    desk.browser.press("Tab")
    return bool(desk.panel.run(reached))


def _violations(desk: Desk) -> list[str]:
    desk.panel.settle()
    return violations(desk.panel.run)
