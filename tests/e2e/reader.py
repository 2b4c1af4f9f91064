"""A person who reads mail in the webmail: what they do with mouse and keyboard, in either browser."""

from __future__ import annotations

from typing import Any

from tests.e2e.browsers import Browser, wait_for
from tests.e2e.roundcube import PASSWORD, Roundcube


class Reader:
    """Bert, logged in to the webmail (under `url`, if it has several addresses)."""

    def __init__(self, browser: Browser, webmail: Roundcube, url: str = "") -> None:
        self._browser = browser
        self._url = url or webmail.url
        browser.open(self._url)
        browser.run(
            """
            document.querySelector("#rcmloginuser").value = "bert";
            document.querySelector("#rcmloginpwd").value = arguments[0];
            document.querySelector("#rcmloginsubmit").click();
            """,
            PASSWORD,
        )
        wait_for(lambda: browser.run("return Boolean(document.querySelector('#messagelist'))"), "the login")

    def open_message(self, uid: int) -> None:
        """Opens a message in the full view."""
        self._browser.open(f"{self._url}?_task=mail&_action=show&_mbox=INBOX&_uid={uid}")

    def open_list(self) -> None:
        """Goes to the inbox and waits for its list."""
        self._browser.open(f"{self._url}?_task=mail&_mbox=INBOX")

    def select_message(self, uid: int) -> None:
        """Selects a message in the list, so that the preview pane shows it."""
        if not self._browser.run("return Boolean(document.querySelector('#messagelist'))"):
            self.open_list()
        wait_for(
            # While Roundcube is busy it fetches the list, and forgets what was selected before.
            lambda: self._browser.run("return Boolean(!rcmail.busy && rcmail.message_list?.rows[arguments[0]])", uid),
            f"message {uid} in the list",
        )
        self._browser.run("rcmail.message_list.select(arguments[0])", uid)
        wait_for(
            lambda: self._browser.run(
                """
                const shown = document.querySelector("#messagecontframe").contentWindow;
                return shown.location.search.includes(`_uid=${arguments[0]}&`)
                  && Boolean(shown.document.querySelector("#messagebody"));
                """,
                uid,
            ),
            f"message {uid} in the preview pane",
        )

    def focus_before_panel(self) -> None:
        """Puts the focus on the last thing above the panel that a keyboard reaches."""
        self._browser.run("document.querySelector('#message-header .headers-table a, #message-header a').focus()")

    def words_of_the_body(self) -> str:
        """What the webmail itself shows where the open message's text belongs."""
        words: str = self._browser.run(
            """
            const frame = document.querySelector("#messagecontframe");
            return (frame?.contentDocument ?? document).querySelector("#messagebody").innerText;
            """
        )
        return words.strip()

    def panel_place(self) -> dict[str, Any]:
        """What the mail page knows of the panel beside the open message: its `state` and its `height`."""
        place: dict[str, Any] = self._browser.run(
            """
            const frame = document.querySelector("#messagecontframe");
            const place = (frame?.contentDocument ?? document).querySelector("[data-letterlock]");
            return {state: place?.dataset.letterlock ?? "", height: place?.getBoundingClientRect().height ?? 0};
            """
        )
        return place
