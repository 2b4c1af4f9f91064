"""Debian's Chromium with the unpacked extension, driven by Playwright."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Error, Frame, Page, Playwright, sync_playwright

from letterlock.clients.table import CHROMIUM_EXTENSION
from tests.e2e.browsers import NoPanel, NotNow, wait_for

_ARGUMENTS = (
    "--no-sandbox",  # root, as in CI, has none
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
_KEYS = {" ": "Space"}


class _Playwright:
    """One for all browsers of this process: in a thread it can run only once."""

    _users = 0
    _running: Playwright

    @classmethod
    def take(cls) -> Playwright:
        if cls._users == 0:
            cls._running = sync_playwright().start()
        cls._users += 1
        return cls._running

    @classmethod
    def give_back(cls) -> None:
        cls._users -= 1
        if cls._users == 0:
            cls._running.stop()


@contextmanager
def shared_playwright() -> Iterator[Playwright]:
    """Playwright for a browser that is started some other way; also while another browser of this process runs."""
    playwright = _Playwright.take()
    try:
        yield playwright
    finally:
        _Playwright.give_back()


class Chromium:
    """Chromium with a profile of its own below `folder`, and the extension that lies unpacked in `extension`.

    Args:
        program: The browser.
        window: Show it on the screen, for somebody who watches.
    """

    name = "chromium"

    def __init__(
        self, program: Path, folder: Path, extension: Path, language: str = "en-US", window: bool = False
    ) -> None:
        self._arguments = [
            *_ARGUMENTS,
            *([] if window else ["--headless=new"]),
            f"--lang={language}",
            f"--disable-extensions-except={extension}",
            f"--load-extension={extension}",
        ]
        self._program, self._folder, self._language = program, folder, language
        playwright = _Playwright.take()
        try:
            self._launch(playwright)
        except BaseException:
            _Playwright.give_back()
            raise
        first = wait_for(self._opened, "the tab that the extension opens when it is installed", 60)
        self.opened_first = str(first.url)
        first.close()

    def _opened(self) -> Page | None:
        self.page.wait_for_timeout(1)  # Playwright hears of new pages only while it waits
        pages = [each for each in self._context.pages if each.url.startswith(self.extension_url(""))]
        return pages[0] if pages else None

    def _launch(self, playwright: Playwright) -> None:
        self._context = playwright.chromium.launch_persistent_context(
            profile(self._folder),
            executable_path=self._program,
            headless=False,  # Playwright's own headless mode loads no extensions
            args=self._arguments,
            # Chromium on Linux takes the language of its own words from the environment.
            env={**os.environ, "LANGUAGE": self._language.replace("-", "_"), "HOME": str(self._folder)},
            locale=self._language,
            viewport={"width": 1280, "height": 900},
        )
        self.page = self._context.pages[0]

    def restart(self) -> None:
        self._context.close()
        self._launch(_Playwright._running)

    def open(self, url: str) -> None:
        self.page.goto(url)

    def extension_url(self, path: str) -> str:
        return f"chrome-extension://{CHROMIUM_EXTENSION}/{path}"

    def run(self, script: str, *arguments: Any) -> Any:
        return _run(self.page.main_frame, script, arguments)

    def run_in_panel(self, script: str, *arguments: Any) -> Any:
        self.page.wait_for_timeout(1)  # Playwright hears of new frames only while it waits
        for frame in self.page.frames[1:]:
            if frame.url.startswith("chrome-extension:"):
                return _run(frame, script, arguments)
        raise NoPanel

    def stop_background(self) -> None:
        devtools = self._context.new_cdp_session(self.page)
        for target in devtools.send("Target.getTargets")["targetInfos"]:
            if target["type"] == "service_worker":
                devtools.send("Target.closeTarget", {"targetId": target["targetId"]})
        devtools.detach()

    def choose_file(self, selector: str, file: Path) -> None:
        self.page.set_input_files(selector, file)

    def press_in_toolbar_menu(self, selector: str) -> None:
        self._context.service_workers[0].evaluate("chrome.action.openPopup()")
        # Playwright does not count the menu among the pages, so it is reached by Chromium's own protocol.
        devtools = self._context.new_cdp_session(self.page)
        menus = [
            target["targetId"]
            for target in devtools.send("Target.getTargets")["targetInfos"]
            if target["url"] == self.extension_url("ui/popup.html")
        ]
        attached = devtools.send("Target.attachToTarget", {"targetId": menus[0], "flatten": False})
        expression = f"document.querySelector({json.dumps(selector)}).click()"
        click = {"id": 1, "method": "Runtime.evaluate", "params": {"expression": expression}}
        with self._context.expect_page() as opened:
            devtools.send(
                "Target.sendMessageToTarget", {"sessionId": attached["sessionId"], "message": json.dumps(click)}
            )
        self.page.close()
        self.page = opened.value

    def badge(self) -> str:
        return str(self._context.service_workers[0].evaluate("chrome.action.getBadgeText({})"))

    @contextmanager
    def in_new_tab(self, press: Callable[[], None]) -> Iterator[None]:
        before = self.page
        with self._context.expect_page() as opening:
            press()
        self.page = opening.value
        try:
            self.page.wait_for_load_state()
            yield
        finally:
            self.page.close()
            self.page = before

    def click(self, selector: str) -> None:
        self.page.click(selector)

    def type(self, selector: str, text: str) -> None:
        self.page.type(selector, text)

    def press(self, key: str) -> None:
        self.page.keyboard.press(_KEYS.get(key, key))

    def prefer_dark(self, dark: bool) -> None:
        self.page.emulate_media(color_scheme="dark" if dark else "light")

    def screenshot(self, file: Path) -> None:
        self.page.screenshot(path=file)

    def stop(self) -> None:
        self._context.close()
        _Playwright.give_back()


def profile(folder: Path) -> Path:
    """The user-data directory of the Chromium started in `folder`."""
    return folder / "chromium"


def manifests(folder: Path) -> Path:
    """Where the Chromium started in `folder` looks for native hosts."""
    return profile(folder) / "NativeMessagingHosts"


def _run(frame: Frame, script: str, arguments: tuple[Any, ...]) -> Any:
    # Playwright hands over one value; a function spread over it gives the script its `arguments`.
    try:
        return frame.evaluate(f"values => (function () {{ {script} }})(...values)", list(arguments))
    except Error as error:
        # The frame went with the page it stood in; if the browser itself had ended, nothing would come later either.
        if any(words in error.message for words in ("context was destroyed", "detached", "has been closed")):
            raise NotNow from error
        raise
