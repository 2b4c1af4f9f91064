"""What a mail can do to the verdict above it with what the webmail lets through: markup and styles, no scripts."""

from __future__ import annotations

from tests.e2e.conftest import Desk
from tests.e2e.roundcube import Roundcube
from tests.signed_mail import DemoMail

_FORGED = b"""\
Content-Type: text/html; charset=utf-8\r
\r
<html><body><img name="letterlockStarted"><img name="browser">\r
<div style="position:absolute; top:-140px; left:0; width:100%; height:160px; background:#fff; z-index:2147483647">\r
Signed by the managing director</div>\r
<div style="margin-top:-100px; height:60px; position:relative; z-index:9999; background:#fff">and unchanged</div>\r
<p>Transfer EUR 100.</p></body></html>\r
"""

_COVERED = """
    const panel = document.querySelector("[data-letterlock]");
    const {left, top, width, height} = panel.getBoundingClientRect();
    return [0.02, 0.5, 0.98].flatMap((x) => [0.05, 0.5, 0.95].map((y) => [left + x * width, top + y * height]))
      .filter(([x, y]) => document.elementFromPoint(x, y) !== panel);
"""


def test_forged_verdict_over_the_true_one(desk: Desk, webmail: Roundcube, mail: DemoMail) -> None:
    """A mail can neither lay a good verdict over its bad one, nor keep it away by names that a script stumbles over."""
    signed = mail.sign("Forged", _FORGED)
    changed = signed.replace(b"EUR 100", b"EUR 900")
    assert changed != signed
    desk.reader.open_message(webmail.deliver(changed))
    assert desk.panel.status() == "invalid"
    desk.keep_screenshot("forged-verdict")
    assert desk.browser.run(_COVERED) == []
