"""What a person reads in a verdict, in the panel of an open message or on the page for files."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.e2e.browsers import Browser, wait_for


@dataclass(frozen=True)
class Panel:
    """The verdict that the tab shows. Every question waits until the check is over.

    Args:
        own_page: The tab is a page of the extension, not a mail page with a frame of the extension.
    """

    browser: Browser
    own_page: bool = False

    def status(self) -> str:
        """The status of the signature, or `unavailable` where nothing could be found out."""
        return str(self._verdict("return verdict.dataset.status"))

    def code(self) -> str:
        """The code of the headline, or of the failure."""
        return str(self._verdict("return verdict.dataset.code"))

    def headline(self) -> str:
        """The one line a person reads first."""
        return str(self._verdict("return verdict.querySelector('.verdict__headline').textContent"))

    def words(self) -> str:
        """Every word that is visible now."""
        return str(self._verdict("return verdict.innerText"))

    def icon(self) -> tuple[str, str]:
        """The shape of the icon, and what a screen reader says for it."""
        shape, name = self._verdict(
            """
            const mark = verdict.querySelector(".verdict__mark .mark");
            return [mark.dataset.icon, mark.getAttribute("aria-label")];
            """
        )
        return shape, name

    def notice(self) -> str:
        """What happened after the verdict was given; empty when nothing did."""
        return str(self._verdict("return verdict.querySelector('.verdict__notice').innerText"))

    def press_button(self, words: str) -> None:
        """Presses the button with these words."""
        self._verdict(
            f"""
            const buttons = [...verdict.querySelectorAll("button")];
            buttons.find((button) => button.textContent === {json.dumps(words)}).click();
            """
        )

    def run(self, script: str, *arguments: Any) -> Any:
        """Runs `script` where the verdict is shown."""
        run = self.browser.run if self.own_page else self.browser.run_in_panel
        return run(script, *arguments)

    def settle(self, seconds: float = 15) -> None:
        """Waits until the check is over, whatever its outcome."""
        over = "return ['opened', 'failed'].includes(document.querySelector('.verdict')?.dataset.phase)"
        wait_for(lambda: self.run(over), "the end of the check", seconds)

    def _verdict(self, script: str) -> Any:
        self.settle()
        return self.run(f"const verdict = document.querySelector('.verdict'); {script}")
