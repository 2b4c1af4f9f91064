"""From the click on a message in Roundcube to the verdict on screen, beside Roundcube's own time to show the message.

    python -m tests.benchmarks.webmail [--clicks N] [--browser NAME]

A real mouse clicks on one message after the other, each signed and never seen before. The browser itself says when it
painted what: the message (`first-contentful-paint` of Roundcube's frame) and the verdict (the same of the panel's,
which stays unseen until it has something to say, or the panel's own mark, if that came later). Both are counted from
the press of the button.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median, quantiles
from typing import Any

from tests.benchmarks.pipe import text
from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk, desk_in
from tests.e2e.roundcube import Roundcube
from tests.signed_mail import DemoMail

CLICKS = 50
BROWSERS = ("chromium", "firefox")

_LISTEN = """
    const press = (event) => { window.pressed = performance.timeOrigin + event.timeStamp; };
    document.addEventListener("mousedown", press, true);
"""
_MESSAGE = """
    const frame = document.querySelector("#messagecontframe")?.contentWindow;
    const [paint] = frame?.performance.getEntriesByName("first-contentful-paint") ?? [];
    if (!paint || !frame.location.search.includes(`_uid=${arguments[0]}&`)) return null;
    const [loading] = frame.performance.getEntriesByType("navigation");
    const since = frame.performance.timeOrigin - window.pressed;
    return { asked: since, answered: since + loading.responseEnd, painted: since + paint.startTime };
"""
_VERDICT = """
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    const [verdict] = performance.getEntriesByName("verdict");
    return paint && verdict ? performance.timeOrigin + Math.max(paint.startTime, verdict.startTime) : null;
"""


@dataclass(frozen=True)
class Shown:
    """Milliseconds from the click: the message was asked for, had come, was painted; the verdict was painted."""

    asked: float
    answered: float
    painted: float
    verdict: float

    @property
    def added(self) -> float:
        """How much later than the message the verdict is there."""
        return self.verdict - self.painted


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clicks", type=int, default=CLICKS)
    parser.add_argument("--browser", choices=BROWSERS)
    chosen = parser.parse_args()
    print(f"{f'Roundcube, median of {chosen.clicks} clicks':<44}{'chromium':>10}{'firefox':>10}")
    webmail = Roundcube()
    try:
        with tempfile.TemporaryDirectory() as folder:
            mail = DemoMail(Path(folder) / "mail")
            uids = deliver(webmail, mail, chosen.clicks + 1)
            found = {
                name: clicked_through(name, Path(folder) / name, webmail, mail, uids)
                for name in BROWSERS
                if chosen.browser in (None, name)
            }
    finally:
        webmail.stop()
    row("click to the request for the message", found, lambda each: each.asked)
    row("click to its last octet", found, lambda each: each.answered)
    row("click to the message on screen", found, lambda each: each.painted)
    row("click to the verdict on screen", found, lambda each: each.verdict)
    row("the verdict adds", found, lambda each: each.added)
    row("  nine of ten add at most", found, lambda each: each.added, lambda values: quantiles(values, n=10)[-1])


def deliver(webmail: Roundcube, mail: DemoMail, count: int) -> list[int]:
    """Signed messages of 10 KB, no two alike."""
    return [webmail.deliver(mail.sign(f"Report {number}", text(10_000))) for number in range(count)]


def clicked_through(name: str, folder: Path, webmail: Roundcube, mail: DemoMail, uids: list[int]) -> list[Shown]:
    """Each message shown, but for the first: the host is started by it."""
    folder.mkdir()
    with desk_in(name, folder, webmail, mail) as desk:
        desk.reader.open_list()
        wait_for(lambda: desk.browser.run("return rcmail.message_list?.rows[arguments[0]]?.id", uids[0]), "the list")
        desk.browser.run(_LISTEN)
        return [click(desk, uid) for uid in uids][1:]


def click(desk: Desk, uid: int) -> Shown:
    """One message: clicked on, and looked at until the verdict is there."""
    row_id = desk.browser.run("return rcmail.message_list.rows[arguments[0]].id", uid)
    desk.browser.click(f"#{row_id} .fromto")
    message: dict[str, float] = wait_for(lambda: desk.browser.run(_MESSAGE, uid), "the message", 30)
    pressed: float = desk.browser.run("return window.pressed")

    def verdict() -> Any:
        painted = desk.browser.run_in_panel(_VERDICT)
        return painted if painted and painted > pressed else None

    painted: float = wait_for(verdict, "the verdict", 30)
    assert desk.panel.status() == "valid", "a benchmark of wrong verdicts would be worth nothing"
    return Shown(**message, verdict=painted - pressed)


def row(
    label: str,
    found: dict[str, list[Shown]],
    value: Callable[[Shown], float],
    over: Callable[[list[float]], float] = median,
) -> None:
    """One figure for each browser."""
    figures = {name: over([value(each) for each in shown]) for name, shown in found.items()}
    cells = (f"{figures[name]:>7.0f} ms" if name in figures else " " * 10 for name in BROWSERS)
    print(f"{label:<44}{''.join(cells)}")


if __name__ == "__main__":
    main()
