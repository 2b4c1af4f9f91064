"""Genuine frames carry the person's own mark, which the page around them cannot know."""

from __future__ import annotations

import pytest

from tests.e2e.axe import violations
from tests.e2e.browsers import NoPanel, wait_for
from tests.e2e.conftest import Desk

_MARK = """
    const mark = document.getElementById("mark");
    return mark && !mark.hidden ? [mark.dataset.colour, mark.querySelector("bdi").textContent] : null;
"""


def shown(desk: Desk) -> list[str]:
    """Colour and words in the panel."""
    mark: list[str] = wait_for(lambda: desk.panel.run(_MARK), "the mark in the panel")
    return mark


def choose(desk: Desk, colour: str, words: str) -> None:
    """On the page for it, as a person does."""
    desk.browser.open(desk.browser.extension_url("ui/mark.html"))
    filled = "return document.querySelector('#mark-words').value"
    wait_for(lambda: desk.browser.run(filled), "the present mark")
    desk.browser.run(
        """
        const [colour, words] = arguments;
        document.querySelector(`[value=${colour}]`).click();
        document.querySelector("#mark-words").value = words;
        document.querySelector("#mark-form").requestSubmit();
        """,
        colour,
        words,
    )
    said = "return document.querySelector('#said').textContent"
    wait_for(lambda: desk.browser.run(said), "an answer")


def test_every_frame_has_it_from_the_start(desk: Desk, messages: dict[str, int]) -> None:
    """It is drawn by lot before anything was chosen, and the same above every mail."""
    desk.reader.open_message(messages["good"])
    first = shown(desk)
    assert len(first[1].split()) == 2
    desk.reader.open_message(messages["changed"])
    assert shown(desk) == first


def test_chosen(desk: Desk, messages: dict[str, int]) -> None:
    """Chosen on its page, it is what every panel shows."""
    choose(desk, "violet", "Nine green otters")
    assert desk.browser.run("return document.querySelector('#said').textContent") == "Kept. Open mails show it already."
    desk.keep_screenshot("own-mark")
    assert violations(desk.browser.run) == []
    desk.reader.open_message(messages["good"])
    assert shown(desk) == ["violet", "Nine green otters"]
    wait_for(lambda: desk.reader.panel_place()["state"] == "shown", "the panel")
    desk.panel.settle()
    desk.keep_screenshot("own-mark-panel")


def test_the_page_cannot_know_it(desk: Desk, messages: dict[str, int]) -> None:
    """Neither from the document around the panel, nor from a panel that the page frames itself."""
    choose(desk, "rose", "Seven red kettles")
    desk.reader.open_message(messages["good"])
    assert shown(desk) == ["rose", "Seven red kettles"]
    page = "return document.documentElement.outerHTML + JSON.stringify({...localStorage, ...sessionStorage})"
    assert "Seven red" not in desk.browser.run(page)
    desk.reader.open_message(messages["unsigned"])
    wait_for(lambda: desk.reader.panel_place()["state"] == "none", "the end of the check")
    outcome = desk.browser.run(
        """
        const frame = document.createElement("iframe");
        frame.src = arguments[0];
        document.body.prepend(frame);
        return new Promise((resolve) => {
          frame.addEventListener("load", () => {
            for (const name of ["mark.show", "panel.claim"]) {
              const {port1, port2} = new MessageChannel();
              frame.contentWindow.postMessage({name, token: "0".repeat(64)}, "*", [port2]);
              port1.onmessage = ({data}) => resolve(JSON.stringify(data));
            }
          });
          setTimeout(() => resolve("nothing was said"), 1500);
        });
        """,
        desk.browser.extension_url("ui/panel.html"),
    )
    assert outcome == "nothing was said"
    try:
        forged = desk.panel.run(_MARK)
    except NoPanel:
        forged = None  # the browser did not let the page have the frame at all
    assert forged is None


@pytest.mark.parametrize("words", ["x", "<img src=x>", "\u202e\u202e\u202e"])
def test_what_is_no_mark_is_not_kept(desk: Desk, words: str) -> None:
    """What cannot be seen or told apart is refused, and the mark before stays."""
    choose(desk, "olive", "Three calm beacons")
    choose(desk, "red", words)
    if words.startswith("<"):
        return  # the letters of it are words like any others, and text everywhere
    assert "That was not kept" in desk.browser.run("return document.querySelector('#said').textContent")
    desk.browser.open(desk.browser.extension_url("ui/mark.html"))
    wait_for(
        lambda: desk.browser.run("return document.querySelector('#mark-words').value") == "Three calm beacons",
        "the mark before",
    )
