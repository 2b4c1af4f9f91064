"""The real browsers that the end-to-end tests drive, behind one face, so that a claim is written once for both.

Scripts are bodies of JavaScript functions: they read `arguments` and `return` a JSON value.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol


class Browser(Protocol):
    """A running browser with the extension and one tab."""

    name: str
    opened_first: str
    """The address of the tab that the extension opened when it was installed; the tab is closed."""

    def open(self, url: str) -> None:
        """Goes to `url` and waits until it is loaded."""

    def extension_url(self, path: str) -> str:
        """The address of one of the extension's own pages."""

    def run(self, script: str, *arguments: Any) -> Any:
        """Runs `script` in the page, with the page's own rights."""

    def run_in_panel(self, script: str, *arguments: Any) -> Any:
        """Runs `script` in the extension's first frame below the page. Raises `NoPanel` where there is none."""

    def stop_background(self) -> None:
        """Ends the extension's background as the browser itself does when it has slept long enough, or crashed."""

    def choose_file(self, selector: str, file: Path) -> None:
        """Chooses `file` in a file field of the page, as a person does in the dialogue."""

    def press_in_toolbar_menu(self, selector: str) -> None:
        """Opens the menu of the extension's toolbar button, presses a button in it, and goes on in the tab it opens."""

    def badge(self) -> str:
        """What stands on the extension's toolbar button."""

    def in_new_tab(self, press: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
        """Does what opens a tab, and is in that tab until the end, when it is closed."""

    def click(self, selector: str) -> None:
        """Clicks on an element with the mouse, as a person does."""

    def type(self, selector: str, text: str) -> None:
        """Types into a field of the page."""

    def press(self, key: str) -> None:
        """Presses and releases one key, by its name in `KeyboardEvent.key`, wherever the focus is."""

    def prefer_dark(self, dark: bool) -> None:
        """Makes pages see a person who prefers a dark (or a light) screen."""

    def screenshot(self, file: Path) -> None:
        """Keeps what the tab shows."""

    def restart(self) -> None:
        """Ends the browser, and starts it again with the same profile, in an empty tab."""

    def stop(self) -> None:
        """Ends the browser."""


class NotNow(AssertionError):
    """The page was replaced while it was asked."""


class NoPanel(NotNow):
    """The page holds no frame of the extension (yet)."""


def wait_for(question: Callable[[], Any], what: str, seconds: float = 30) -> Any:
    """Asks until the answer is true, and returns it. While the page or its panel loads, the answer is "not yet"."""
    deadline = time.monotonic() + seconds
    answer: Any = None
    while True:
        with contextlib.suppress(NotNow):
            answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {seconds} s; the last answer was {answer!r}")
        time.sleep(0.03)
