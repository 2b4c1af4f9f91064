"""Every state of the verdict, and the pages that open without a message, for everybody: axe's rules, and reflow."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from letterlock.clients.table import CHROMIUM_EXTENSION
from tests.e2e.browsers.chromium import shared_playwright
from tests.e2e.extension import unpacked
from tests.needs import PROJECT, missing, require_program

_EXTENSION = PROJECT / "extension"
_AXE = _EXTENSION / "node_modules" / "axe-core" / "axe.min.js"
_ONE_PAGE = ("landmark-one-main", "landmark-unique", "page-has-heading-one", "region")
"""Rules about a page as a whole. The gallery is many of them, and the panel is a frame in another."""
_RULES = """(off) => axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    rules: Object.fromEntries(off.map((rule) => [rule, {enabled: false}]))
  }).then(({violations}) => violations.flatMap(({id, nodes}) =>
    nodes.map(({target, failureSummary}) => `${id} at ${target}: ${failureSummary}`)))"""
_FOCUS = """() => document.activeElement === document.body ? "" :
    getComputedStyle(document.activeElement).outlineStyle === "none" ? document.activeElement.outerHTML : "visible" """
_SCREENSHOTS = PROJECT / "build" / "screenshots" / "pages"
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """Chromium with the extension."""
    folder = tmp_path_factory.mktemp("gallery")
    extension = unpacked("chromium", folder / "extension")
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"]
    arguments += [f"--load-extension={extension}", f"--disable-extensions-except={extension}"]
    with shared_playwright() as playwright:
        browser = playwright.chromium.launch_persistent_context(
            folder / "profile",
            executable_path=require_program("chromium", "chromium"),
            headless=False,  # Playwright's own headless mode loads no extensions
            args=arguments,
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def gallery() -> Iterator[str]:
    """The address of the gallery."""
    server = subprocess.Popen(
        [require_program("node", "nodejs"), "test/gallery/serve.mjs", "0"],
        cwd=_EXTENSION,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    yield server.stdout.readline().strip()
    server.kill()
    server.wait()


@pytest.mark.parametrize(
    ("language", "look", "width"),
    [("en", "light", 1280), ("de", "dark", 640), ("de", "light", 320), ("en", "forced", 640)],
)
def test_every_state(context: BrowserContext, gallery: str, language: str, look: str, width: int) -> None:
    """With all details open, no rule is broken, and nothing is wider than the screen (320 px are 1280 px at 400 %)."""
    page = context.new_page()
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(
        color_scheme="light" if look == "light" else "dark", forced_colors="active" if look == "forced" else "none"
    )
    page.goto(f"{gallery}?lang={language}&open=all")
    page.wait_for_selector("body[data-ready] pre")
    assert _violations(page) == []
    assert page.evaluate(_OVERFLOW) == 0
    page.close()


_PAGES = {
    "check": "ui/check.html",
    "menu": "ui/popup.html",
    "panel": "ui/panel.html",
    "mark": "ui/mark.html",
    "unlock": "ui/unlock.html",
    "unlock-card": "ui/unlock.html?token=Karte",
    "welcome": "ui/manage.html#welcome",
    "settings": "ui/manage.html#settings",
    "write": "ui/write.html",
    "receipt": "ui/receipt.html?for=nothing",
    "pdf": "ui/pdf.html?part=nothing",
    "attached": "ui/check.html?part=nothing",
}
_LOOKS = {"light": (1280, "none"), "dark": (640, "none"), "narrow": (320, "none"), "forced": (640, "active")}


@pytest.mark.parametrize("name", _PAGES)
def test_page(context: BrowserContext, name: str) -> None:
    """Nor do our pages, as they are without a message and without the program: light, dark, with forced colours, and
    as narrow as 320 px. What can be reached by keyboard shows that it is."""
    page = context.new_page()
    page.goto(f"chrome-extension://{CHROMIUM_EXTENSION}/{_PAGES[name]}")
    _SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for look, (width, forced) in _LOOKS.items():
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme="dark" if look == "dark" else "light", forced_colors=forced)
        assert _violations(page) == [], look
        assert name == "menu" or page.evaluate(_OVERFLOW) == 0, look  # the menu has a width of its own
        page.screenshot(path=_SCREENSHOTS / f"{name}-{look}.png")
    page.keyboard.press("Tab")
    assert page.evaluate(_FOCUS) in ("", "visible")
    page.close()


def _violations(page: Page) -> list[str]:
    if not _AXE.exists():
        missing("axe-core", "run `npm ci` in extension/")
    page.evaluate(_AXE.read_text("utf-8"))
    return list(page.evaluate(_RULES, _ONE_PAGE))
