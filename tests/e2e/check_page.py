"""The extension's page for message files, as a person uses it."""

from __future__ import annotations

from pathlib import Path

from tests.e2e.browsers import Browser, wait_for
from tests.e2e.panel import Panel


class CheckPage:
    """Gives a message to the page, in any of the three ways, and reads what it says about it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.panel = Panel(browser, own_page=True)

    def open(self) -> None:
        """Opens the page anew, empty."""
        self._browser.open(self._browser.extension_url("ui/check.html"))

    def choose(self, file: Path) -> None:
        """Chooses a message file."""
        self._browser.choose_file("#file", file)

    def paste(self, text: str) -> None:
        """Opens the field for pasting, fills it, and asks for the check."""
        self._browser.run(
            """
            document.querySelector("#paste").click();
            document.querySelector("#text").value = arguments[0];
            document.querySelector("#pasting button[type=submit]").click();
            """,
            text,
        )

    def drop(self, message: str) -> None:
        """Drops a message file somewhere on the page."""
        self._browser.run(
            """
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([arguments[0]], "message.eml", {type: "message/rfc822"}));
            document.querySelector("#drop").dispatchEvent(new DragEvent("drop", {dataTransfer, bubbles: true}));
            """,
            message,
        )

    def text(self, expected: str) -> str:
        """The message's own text, once it shows `expected`: it is fetched after the verdict."""
        return str(
            wait_for(
                lambda: self._browser.run(
                    """
                    const text = document.querySelector("#parts").innerText;
                    return text.includes(arguments[0]) ? text : "";
                    """,
                    expected,
                ),
                f"{expected!r} in the message",
            )
        )
