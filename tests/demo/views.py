"""Two ways to open a mail: in Chromium, as a person does, and straight through the pipe that Chromium would use."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from letterlock.clients.table import Family
from letterlock.native.client import HostProcess
from tests.demo.scenes import CLOSING, Scene, Seen
from tests.e2e.extension import unpacked
from tests.installed_host import InstalledHost

Open = Callable[[Scene, Path], Seen]

_WATCHING_SECONDS = 2.5
"""How long each mail stays in the window for somebody who watches."""


class NoBrowser(Exception):
    """Chromium cannot be used; the text says why and what helps."""


@contextmanager
def in_chromium(folder: Path, anchor: Path, screenshots: Path, tell: Callable[[str], None]) -> Iterator[Open]:
    """Opens mails on the extension's page for files, and keeps a screenshot of each.

    Raises:
        NoBrowser: There is no Chromium that could start a native host, or nothing to drive it with.
    """
    program = _chromium()
    try:
        from playwright.sync_api import Error

        from tests.e2e.browsers import chromium
        from tests.e2e.check_page import CheckPage
    except ImportError:
        raise NoBrowser("Playwright, which drives it, is not installed") from None
    host = InstalledHost(folder, Family.CHROMIUM, chromium.manifests(folder))
    host.trust(anchor)
    extension = unpacked("chromium", folder / "extension")
    screen = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    for window in (True, False) if screen else (False,):
        try:
            browser = chromium.Chromium(program, folder, extension, window=window)
            break
        except Error as error:  # the screen named in the environment may be gone, or somebody else's
            why = error.message.partition("\n")[0]
    else:
        raise NoBrowser(f"it did not start ({why})")
    tell(f"Opening them in Chromium, {'in its window' if window else 'headless: there is no screen for a window'} …")
    try:
        page = CheckPage(browser)

        def open_mail(scene: Scene, file: Path) -> Seen:
            page.open()
            page.choose(file)
            status = page.panel.status()
            page.text(CLOSING)  # the text comes after the verdict, and belongs into the picture
            screenshot = screenshots / f"{scene.name}.png"
            browser.screenshot(screenshot)
            if window:
                time.sleep(_WATCHING_SECONDS)
            return Seen(status, page.panel.headline(), screenshot)

        yield open_mail
    finally:
        browser.stop()


@contextmanager
def through_the_pipe(folder: Path, anchor: Path) -> Iterator[Open]:
    """Opens mails by speaking the extension's protocol to the host."""
    host = InstalledHost(folder, Family.CHROMIUM, folder / "chromium")
    host.trust(anchor)
    with HostProcess(environment={"LETTERLOCK_HOME": str(host.home)}) as process:

        def open_mail(_scene: Scene, file: Path) -> Seen:
            verdict = process.open(file.read_bytes())["verdict"]
            return Seen(verdict["signature"]["status"], verdict["headline"]["sentence"], None)

        yield open_mail


def _chromium() -> Path:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        raise NoBrowser("it is not installed (on Debian: apt-get install chromium)")
    program = Path(found)
    # Ubuntu's `chromium-browser` is a script that starts the Snap package, and a Snap cannot start a native host.
    if "/snap/" in str(program.resolve()) or b"/snap/" in program.read_bytes()[:4096]:
        raise NoBrowser("the one installed is a Snap package, which cannot start a native host")
    return program
