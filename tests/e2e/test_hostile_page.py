"""What a mail page that turned against its reader can see and do, in the page's own world and with its own rights."""

from __future__ import annotations

import time

import pytest

from tests.e2e.browsers import NoPanel, wait_for
from tests.e2e.conftest import Desk
from tests.e2e.reader import Reader
from tests.e2e.roundcube import Roundcube

_FORGED_FRAME = """
    const frame = document.createElement("iframe");
    frame.id = "forged";
    frame.src = arguments[0];
    document.body.prepend(frame);
    return new Promise((resolve) => {
      frame.addEventListener("load", () => resolve("loaded"));
      setTimeout(() => resolve("refused"), 1500);
    });
"""


@pytest.fixture
def open_desk(desk: Desk, messages: dict[str, int]) -> Desk:
    """A desk on which a good message is open, with its verdict shown."""
    desk.reader.open_message(messages["good"])
    assert desk.panel.status() == "valid"
    return desk


def test_cannot_reach_the_frame(open_desk: Desk) -> None:
    """The page sees that there is a panel, and neither the frame in it nor what it says."""
    seen = open_desk.browser.run(
        """
        const place = document.querySelector("[data-letterlock]");
        return {
          shadow: place.shadowRoot,
          text: place.textContent,
          windows: window.length,
          frames: [...document.querySelectorAll("iframe")].filter((frame) => !frame.src.startsWith("http")).length,
          attributes: place.getAttributeNames().sort(),
        };
        """
    )
    assert seen == {"shadow": None, "text": "", "windows": 0, "frames": 0, "attributes": ["data-letterlock", "style"]}


def test_learns_no_address_of_the_extension(open_desk: Desk) -> None:
    """Nothing that the browser records for the page names the extension, by which a page could recognise a person."""
    assert (
        open_desk.browser.run(
            """
            const names = performance.getEntries().map((entry) => entry.name);
            return [...names, document.documentElement.outerHTML].filter((text) => text.includes("-extension:"));
            """
        )
        == []
    )


def test_cannot_fetch_the_extension(open_desk: Desk) -> None:
    """A page that knows the extension's address from elsewhere gets none of its files.

    NOTE: In Firefox the empty panel can be fetched by whoever knows the address, which is drawn by lot in each profile.
    """
    panel = () if open_desk.browser.name == "firefox" else ("ui/panel.html",)
    for path in ("manifest.json", "ui/verdict.js", "ui/check.html", *panel):
        outcome = open_desk.browser.run(
            "return fetch(arguments[0]).then(() => 'fetched', () => 'refused')", open_desk.browser.extension_url(path)
        )
        assert outcome == "refused", path


@pytest.mark.parametrize(
    "path", [f"ui/{name}.html" for name in ("manage", "write", "unlock", "check", "receipt", "mark", "pdf")]
)
def test_cannot_frame_a_page_with_keys(open_desk: Desk, path: str) -> None:
    """What manages keys, writes mail or takes a passphrase does not load inside the page, which could lead clicks."""
    open_desk.browser.run(_FORGED_FRAME, open_desk.browser.extension_url(path))
    time.sleep(0.3)
    reached = """
        const frame = document.querySelector("#forged");
        frame.contentWindow.postMessage({ name: "host.ask", request: 1, operation: "key_list", params: {} }, "*");
        try {
          return frame.contentDocument?.body?.innerText ?? "";
        } catch {
          return "";
        }
    """
    assert open_desk.browser.run(reached).strip() == ""
    assert open_desk.browser.run("return document.body.innerText.includes('BEGIN')") is False


@pytest.mark.parametrize("path", ["ui/manage.html", "ui/write.html?draft=1", "ui/receipt.html?token=1"])
def test_cannot_open_a_page_with_keys(open_desk: Desk, path: str) -> None:
    """A window opened with such an address holds none of them, and nobody answers what is posted to it."""
    answers = open_desk.browser.run(
        """
        const heard = [];
        window.addEventListener("message", ({ data }) => heard.push(data));
        let opened = null;
        try {
          opened = window.open(arguments[0]);
        } catch {
          // Firefox refuses it like this
        }
        return new Promise((resolve) => setTimeout(() => {
          let text = "";
          try {
            opened?.postMessage({ name: "host.ask", request: 1, operation: "key_list", params: {} }, "*");
            text = opened?.document?.body?.innerText ?? "";
          } catch {
            // another origin's, or none
          }
          setTimeout(() => { opened?.close(); resolve([text, heard]); }, 500);
        }, 500));
        """,
        open_desk.browser.extension_url(path),
    )
    assert answers == ["", []]


def test_a_wrapped_fetch_sees_only_the_source(open_desk: Desk, messages: dict[str, int]) -> None:
    """A page that wraps its own functions is not asked by them: the source is fetched in a world of its own."""
    open_desk.browser.run(
        """
        window.seen = [];
        const watch = (place, name, which) => {
          const real = place[name];
          place[name] = function (...given) {
            window.seen.push([name, String(given[which])]);
            return real.apply(this, given);
          };
        };
        watch(window, "fetch", 0);
        watch(window, "postMessage", 0);
        watch(XMLHttpRequest.prototype, "open", 1);
        """
    )
    open_desk.browser.run("document.querySelector('[data-letterlock]').dispatchEvent(new Event('click'))")
    assert open_desk.panel.status() == "valid"
    seen = open_desk.browser.run(
        "return window.seen.filter(([name, what]) => /viewsource|letterlock|token/.test(what))"
    )
    assert seen == []


def test_forged_frame_says_nothing(desk: Desk, messages: dict[str, int]) -> None:
    """A page that puts the panel into a frame of its own and makes up tokens gets no verdict out of it."""
    desk.reader.open_message(messages["unsigned"])  # so that no true panel is there
    wait_for(lambda: desk.reader.panel_place()["state"] == "none", "the end of the check")
    desk.browser.run(_FORGED_FRAME, desk.browser.extension_url("ui/panel.html"))
    desk.browser.run(
        """
        const {contentWindow} = document.querySelector("#forged");
        for (const token of ["", "1", crypto.randomUUID()]) {
          contentWindow.postMessage({token}, "*", [new MessageChannel().port2]);
          contentWindow.postMessage({name: "state", state: {phase: "opened"}}, "*");
        }
        """
    )
    time.sleep(0.5)
    try:
        phase = desk.panel.run("return document.querySelector('.verdict').dataset.phase")
    except NoPanel:  # Chromium did not even load it
        phase = "checking"
    assert phase == "checking"


def test_forged_messages_change_nothing(open_desk: Desk) -> None:
    """Events that the page makes up leave the true verdict as it is."""
    open_desk.browser.run(
        """
        for (const data of [{name: "mail.open"}, {token: "x"}, {name: "outcome", shown: false}]) {
          window.postMessage(data, "*", [new MessageChannel().port2]);
          window.dispatchEvent(new MessageEvent("message", {data}));
          document.querySelector("[data-letterlock]").dispatchEvent(new CustomEvent("message", {detail: data}));
        }
        """
    )
    time.sleep(0.3)
    assert open_desk.panel.status() == "valid"


def test_site_not_granted(desk: Desk, webmail: Roundcube, messages: dict[str, int]) -> None:
    """On a site that the person did not grant, nothing of the extension runs, though it is the same webmail."""
    elsewhere = Reader(desk.browser, webmail, webmail.url.replace("127.0.0.1", "localhost"))
    elsewhere.open_message(messages["good"])
    wait_for(lambda: desk.browser.run("return Boolean(document.querySelector('#messagebody'))"), "the message")
    time.sleep(1)
    assert elsewhere.panel_place()["state"] == ""
