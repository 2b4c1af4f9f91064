"""HTML that wants out of its frame gets nowhere: nothing is fetched, nothing runs, nothing outside is touched."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e import html_mail
from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk
from tests.e2e.recorder import Recorder
from tests.e2e.roundcube import Roundcube
from tests.signed_mail import DemoMail

_MARK = "letterlockMailScript"

_SHOWN = """
    const frames = [...document.querySelectorAll(".part__frame")];
    const fetching = `script, link, style, iframe, frame, object, embed, form, input, button, textarea, select, audio,
      video, source, track, svg, math, meta, base, template, area, dialog, details, [src]:not(img[src^="blob:"]),
      [srcset], [href], [action], [ping], [background], [poster], [data], [id], [name], [popover], [autofocus],
      [contenteditable]`;
    return frames.map((frame) => {
      const page = frame.contentDocument;
      const around = frame.closest("article").getBoundingClientRect();
      const own = frame.getBoundingClientRect();
      return {
        part: frame.closest("article").dataset.part,
        address: page.location.pathname,
        left: [...page.body.querySelectorAll(fetching)].map((element) => element.outerHTML.slice(0, 120)),
        handlers: [...page.querySelectorAll("*")].flatMap((element) => [...element.attributes])
          .filter(({name}) => name.startsWith("on")).map(({name}) => name),
        ran: arguments[0] in frame.contentWindow,
        inside: own.top >= around.top && own.bottom <= around.bottom
          && own.left >= around.left && own.right <= around.right,
        fetched: frame.contentWindow.performance.getEntriesByType("resource").map(({name}) => name)
          .filter((name) => !/^(chrome|moz)-extension:.*[/]mail.css$/.test(name)),
      };
    });
"""

_OUTSIDE = """
    const heads = [...document.querySelectorAll(".part__head, .verdict, h1")];
    const covered = heads.filter((head) => {
      head.scrollIntoView({block: "center"});
      const {left, top, width, height} = head.getBoundingClientRect();
      return !head.contains(document.elementFromPoint(left + width / 2, top + height / 2));
    });
    return {
      path: location.pathname,
      ran: arguments[0] in window,
      covered: covered.length,
      parts: document.querySelectorAll("article").length,
      verdicts: document.querySelectorAll(".verdict").length,
      open: document.querySelectorAll("dialog, [popover]").length,
      wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    };
"""


@pytest.fixture
def recorder() -> Iterator[Recorder]:
    """Whom nothing may call."""
    made = Recorder()
    yield made
    made.stop()


@pytest.fixture
def page(desk: Desk) -> CheckPage:
    """The page for message files, empty."""
    made = CheckPage(desk.browser)
    made.open()
    return made


def test_every_way_out_is_closed(desk: Desk, page: CheckPage, recorder: Recorder) -> None:
    """A message of all hostile documents: each in a frame of its own, and not one call, script or trace outside."""
    cases = html_mail.hostile(recorder.secure)
    assert len(cases) >= 60
    parts = [html_mail.leaf("text/html; charset=utf-8", case["html"].encode()) for case in cases]
    page.drop((html_mail.HEAD + html_mail.multipart("mixed", *parts)).decode("ascii"))
    page.panel.settle()
    html_mail.settled(desk.browser, page.panel, len(cases))
    shown: list[dict[str, Any]] = desk.browser.run(_SHOWN, _MARK)
    for case, frame in zip(cases, shown, strict=True):
        assert frame["address"] == "/ui/mail.html", case["name"]
        assert frame["left"] == [], case["name"]
        assert frame["handlers"] == [], case["name"]
        assert frame["fetched"] == [], case["name"]
        assert not frame["ran"], case["name"]
        assert frame["inside"], case["name"]
    outside = desk.browser.run(_OUTSIDE, _MARK)
    assert outside == {
        "path": "/ui/check.html",
        "ran": False,
        "covered": 0,
        "parts": len(cases),
        "verdicts": 1,
        "open": 0,
        "wide": 0,
    }
    assert recorder.calls == []


def test_the_recorder_hears_what_is_allowed(desk: Desk, page: CheckPage, recorder: Recorder) -> None:
    """Pictures from elsewhere are fetched once a person asks for them: so the silence above means something."""
    html = f'<p>Pictures</p><img src="{recorder.secure}/1.png" alt="one"><img src="{recorder.plain}/2.png" alt="two">'
    page.drop((html_mail.HEAD + html_mail.leaf("text/html", html.encode())).decode("ascii"))
    html_mail.wait_for_mail(page.panel, "Pictures")
    assert recorder.calls == []
    desk.keep_screenshot("html-pictures-waiting")
    assert desk.browser.run("return document.querySelector('.part__remark button').textContent") == "Load the pictures"
    desk.browser.run("document.querySelector('.part__remark button').click()")
    wait_for(lambda: any(call.startswith(b"\x16\x03") for call in recorder.calls), "a call for the picture")
    assert not [call for call in recorder.calls if call.startswith(b"GET")], "nothing that others could read on the way"
    assert "mail-pictures" in desk.browser.run("return document.querySelector('.part__frame').src")


@pytest.mark.parametrize(
    "cut", ['<img src="{}/', "<style>*{{background:url({}/", '<form action="{}"><textarea name="x">', '<a href="{}/']
)
def test_an_encrypted_part_is_not_drawn_into_another(
    desk: Desk, mail: DemoMail, webmail: Roundcube, recorder: Recorder, cut: str
) -> None:
    """EFAIL, direct exfiltration: clear parts around an encrypted one. It is not opened, and nothing is fetched."""
    encrypted = mail.encrypt("x", b"Content-Type: text/plain\r\n\r\nThe secret\r\n")
    inner = encrypted[encrypted.index(b"Content-Type: ") :]
    before = html_mail.leaf("text/html", cut.format(recorder.secure).encode())
    around = html_mail.multipart("mixed", before, inner, html_mail.leaf("text/html", b'">after'))
    desk.reader.open_message(webmail.deliver(html_mail.HEAD + around))
    assert desk.panel.status() == "none"
    assert "The secret" not in desk.panel.words()
    page = CheckPage(desk.browser)
    page.open()
    page.drop((html_mail.HEAD + around).decode("ascii"))
    html_mail.settled(desk.browser, page.panel, 2)
    assert "The secret" not in desk.browser.run("return document.body.innerText")
    assert recorder.calls == []


_UNSANITISED = """
    const [html, done] = [arguments[0], arguments[1]];
    const frame = document.createElement("iframe");
    frame.sandbox = "allow-same-origin";
    frame.src = "mail.html";
    frame.className = "bare";
    frame.addEventListener("load", () => {
      const page = frame.contentDocument;
      if (page) page.body.append(page.createRange().createContextualFragment(html));
    }, {once: true});
    document.body.append(frame);
"""

_BARE = """
    const frames = [...document.querySelectorAll(".bare")];
    return frames.filter(({contentDocument}) => contentDocument?.readyState === "complete" || !contentDocument).length;
"""


def test_the_frame_alone_would_do(desk: Desk, page: CheckPage, recorder: Recorder) -> None:
    """Put into the frame as it came, not made harmless, it runs nothing and asks nobody for anything, either.

    A browser may open connections beforehand (`preconnect`, and Chromium for any frame), which no policy forbids: over
    none of them is anything said.
    """
    cases = html_mail.hostile(recorder.plain)
    for case in cases:
        desk.browser.run(_UNSANITISED, case["html"])
    wait_for(lambda: desk.browser.run(_BARE) == len(cases), "all frames", 60)
    # A last one, loaded after all of them: what they began has begun.
    desk.browser.run(_UNSANITISED, "<p>the last</p>")
    wait_for(lambda: desk.browser.run(_BARE) == len(cases) + 1, "the last frame", 60)
    assert desk.browser.run("return arguments[0] in window", _MARK) is False
    assert [call for call in recorder.calls if call] == []
