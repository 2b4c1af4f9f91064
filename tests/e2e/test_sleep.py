"""The background sleeps, or crashes: what was said stays, the next mail is checked, and nothing has to be reloaded."""

from __future__ import annotations

from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk

_SAVE = """
    const make = URL.createObjectURL;
    window.saved = 0;
    URL.createObjectURL = (blob) => { window.saved = blob.size; return make.call(URL, blob) };
    document.querySelector(".part__head button").click();
"""
_READY = "return document.querySelector('.parts pre')?.textContent.includes('EUR') ?? false"


def test_the_next_mail_is_checked(desk: Desk, messages: dict[str, int]) -> None:
    """In the preview pane, without a reload: the verdict before stays, and the next one comes as always."""
    desk.reader.select_message(messages["good"])
    assert desk.panel.status() == "valid"
    desk.browser.stop_background()
    assert desk.panel.status() == "valid"
    desk.reader.select_message(messages["changed"])
    wait_for(lambda: desk.panel.status() == "invalid", "the verdict on the next mail", 30)


def test_parts_come_after_it_slept(desk: Desk, messages: dict[str, int]) -> None:
    """Whoever saves a part of a mail that the background has forgotten has it opened anew, and can save it then."""
    desk.reader.open_message(messages["opaque"])
    wait_for(lambda: desk.panel.run(_READY), "the text")
    mark = "document.querySelector('.parts').dataset.before = 'true'"
    desk.panel.run(mark)
    desk.browser.stop_background()
    desk.panel.run(_SAVE)
    anew = "return document.querySelector('.parts:not([data-before])') !== null"
    wait_for(lambda: desk.panel.run(anew) and desk.panel.run(_READY), "the message, opened anew", 30)
    assert desk.panel.status() == "valid"
    desk.panel.run(_SAVE)
    wait_for(lambda: desk.panel.run("return window.saved") > 0, "the saved part", 30)


def test_back_and_forth_without_reload(desk: Desk, messages: dict[str, int]) -> None:
    """Where a page comes out of the browser's memory (back, forward), its verdict is there, and is the right one."""
    desk.reader.open_message(messages["good"])
    assert desk.panel.status() == "valid"
    desk.reader.open_message(messages["changed"])
    assert desk.panel.status() == "invalid"
    desk.browser.run("history.back()")
    wait_for(lambda: desk.panel.status() == "valid", "the verdict on the first mail", 30)
    desk.browser.run("history.forward()")
    wait_for(lambda: desk.panel.status() == "invalid", "the verdict on the second mail", 30)
