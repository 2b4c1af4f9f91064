"""A signed message in the webmail is verified the moment it is opened, in the full view and in the preview pane."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk


class Expected(NamedTuple):
    status: str
    icon: str
    words: tuple[str, ...]


SIGNED_BY_ANNA = Expected(
    "valid", "seal-whole", ("Signed by Anna Muster", "anna@muster.example", "unchanged", "Muster AG")
)

EXPECTED = {
    "good": SIGNED_BY_ANNA,
    "opaque": SIGNED_BY_ANNA,
    "pss": SIGNED_BY_ANNA,
    "ecdsa": SIGNED_BY_ANNA,
    "changed": Expected("invalid", "seal-broken", ("Changed on the way, or forged", "Do not act on it")),
    "mismatch": Expected(
        "mismatch", "seal-mismatch", ("somebody other than the sender", "anna@muster.example", "carla@partner.example")
    ),
    "unknown-issuer": Expected("untrusted", "seal-dashed", ("nobody you trust", "Fremd GmbH internal CA")),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_full_view(desk: Desk, messages: dict[str, int], name: str) -> None:
    """The panel above an opened message says what its signature is worth, in words and by its icon."""
    desk.reader.open_message(messages[name])
    _says(desk, name)
    desk.keep_screenshot(f"{name}-full")


@pytest.mark.parametrize("name", EXPECTED)
def test_preview_pane(desk: Desk, messages: dict[str, int], name: str) -> None:
    """So does the panel in the preview pane, for one message after the other."""
    desk.reader.select_message(messages[name])
    _says(desk, name)
    desk.keep_screenshot(f"{name}-preview")


@pytest.mark.parametrize("view", ["full", "preview"])
def test_hidden_text(desk: Desk, messages: dict[str, int], view: str) -> None:
    """What an opaque signature hides from the webmail is shown in the panel, whole: nothing is cut off or scrolls."""
    show = desk.reader.open_message if view == "full" else desk.reader.select_message
    show(messages["opaque"])
    whole = """
        const {scrollHeight, clientHeight} = document.querySelector("pre") ?? {};
        const page = document.documentElement;
        return scrollHeight > 0 && scrollHeight === clientHeight && page.scrollHeight <= innerHeight;
    """
    wait_for(lambda: desk.panel.run(whole), "the whole text")
    assert "DE02 1203 0000 0000 2020 51" in desk.panel.run("return document.querySelector('pre').textContent")
    # Roundcube's own word on it ("encrypted … can not be displayed") would contradict the text above.
    wait_for(lambda: desk.reader.words_of_the_body() == "", "silence below the panel")
    desk.keep_screenshot(f"opaque-text-{view}")


@pytest.mark.parametrize("view", ["full", "preview"])
def test_unsigned_mail_has_no_panel(desk: Desk, messages: dict[str, int], view: str) -> None:
    """Unsigned mail is normal: once it is checked, nothing is shown and nothing takes up room."""
    show = desk.reader.open_message if view == "full" else desk.reader.select_message
    show(messages["unsigned"])
    wait_for(lambda: desk.reader.panel_place()["state"] == "none", "the end of the check")
    assert desk.reader.panel_place()["height"] == 0
    desk.keep_screenshot(f"unsigned-{view}")


def test_one_message_after_the_other(desk: Desk, messages: dict[str, int]) -> None:
    """Whoever goes quickly from message to message sees the verdict of the one that is open, never of another."""
    for name in ("good", "changed", "unsigned", "mismatch", "opaque", "unknown-issuer"):
        desk.reader.select_message(messages[name])
    _says(desk, "unknown-issuer")


def _says(desk: Desk, name: str) -> None:
    expected = EXPECTED[name]
    panel = desk.panel
    shown = panel.words()
    assert panel.status() == expected.status, shown
    assert panel.icon()[0] == expected.icon
    for words in expected.words:
        assert words in shown
