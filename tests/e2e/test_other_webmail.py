"""The same verdicts in webmail other than Roundcube with its newer skin: SOGo, and Roundcube with the older one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.e2e.browsers import Browser, wait_for
from tests.e2e.conftest import SCREENSHOTS, browser_in
from tests.e2e.panel import Panel
from tests.e2e.reader import Reader
from tests.e2e.roundcube import Roundcube
from tests.e2e.sogo import Sogo, SogoReader
from tests.needs import require_path
from tests.signed_mail import DemoMail

_LARRY = Path("/usr/share/roundcube/skins/larry")
_NO_PANEL = "return document.querySelector('[data-letterlock=none]') !== null"
_BUTTON = (
    "return [...document.querySelectorAll('button, a')].some((each) => each.innerText.trim() === 'Write securely')"
)


@dataclass
class OtherDesk:
    """A browser with the extension, to which the sites of the other webmails are granted."""

    browser: Browser
    panel: Panel
    sogo: Sogo
    _reader: SogoReader | None = None

    def keep_screenshot(self, name: str) -> None:
        """As `Desk.keep_screenshot`."""
        folder = SCREENSHOTS / self.browser.name
        folder.mkdir(parents=True, exist_ok=True)
        self.browser.screenshot(folder / f"{name}.png")

    @property
    def reader(self) -> SogoReader:
        """Bert in SOGo, logged in once."""
        self._reader = self._reader or SogoReader(self.browser, self.sogo)
        return self._reader


@pytest.fixture(scope="module")
def sogo(webmail: Roundcube, messages: dict[str, int]) -> Iterator[Sogo]:
    """SOGo, in front of the same mailboxes."""
    assert messages
    rig = Sogo(webmail.imap_port, webmail.smtp_port)
    yield rig
    rig.stop()


@pytest.fixture(scope="module", params=["chromium", pytest.param("firefox", marks=pytest.mark.long)])
def desk(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    webmail: Roundcube,
    sogo: Sogo,
    mail: DemoMail,
) -> Iterator[OtherDesk]:
    """Each browser in turn."""
    sites = (sogo.url.removesuffix("SOGo/"), webmail.old_skin_url)
    with browser_in(request.param, tmp_path_factory.mktemp(request.param), mail, sites) as (browser, _):
        yield OtherDesk(browser, Panel(browser), sogo)


def test_sogo_without_a_reload(desk: OtherDesk, messages: dict[str, int]) -> None:
    """In SOGo, one message after the other has its own verdict, though the page is never loaded anew."""
    subjects = {"good": "north hall", "changed": "(changed)", "opaque": "(opaque)", "mismatch": "New account number"}
    statuses = {"good": "valid", "changed": "invalid", "opaque": "valid", "mismatch": "mismatch"}
    for name, status in statuses.items():
        desk.reader.select_message(messages[name])
        _shows(desk, status)
        assert subjects[name] in desk.reader.subject(), "the verdict stands beside the message it is about"
        desk.keep_screenshot(f"sogo-{name}")
    wait_for(lambda: desk.browser.run(_BUTTON), "the button for writing beside SOGo's own", 60)
    wait_for(lambda: not desk.reader.own_words(), "SOGo's own line on the signature stepping back", 60)
    desk.reader.select_message(messages["unsigned"])
    wait_for(lambda: desk.browser.run(_NO_PANEL), "the end of the check of an ordinary mail", 60)


def test_sogo_in_a_window_of_its_own(desk: OtherDesk, messages: dict[str, int]) -> None:
    """A message that SOGo shows in a window of its own has its verdict there."""
    desk.reader.select_message(messages["good"])
    _shows(desk, "valid")
    with desk.browser.in_new_tab(desk.reader.open_window):
        _shows(desk, "valid")


def test_sogo_after_the_worker_slept(desk: OtherDesk, messages: dict[str, int]) -> None:
    """The background is woken by the next message that is opened in a page which was there before."""
    desk.reader.select_message(messages["good"])
    _shows(desk, "valid")
    desk.browser.stop_background()
    desk.reader.select_message(messages["changed"])
    _shows(desk, "invalid")


def test_roundcube_with_its_older_skin(desk: OtherDesk, webmail: Roundcube, messages: dict[str, int]) -> None:
    """Roundcube's skin larry: on a page of its own, and in the preview pane."""
    require_path(_LARRY, "roundcube-skin-larry")
    reader = Reader(desk.browser, webmail, webmail.old_skin_url)
    reader.open_message(messages["changed"])
    _shows(desk, "invalid")
    assert "larry" in desk.browser.run("return document.querySelector('link[rel=stylesheet]').href")
    desk.keep_screenshot("larry-changed")
    reader.select_message(messages["opaque"])
    _shows(desk, "valid")
    assert desk.browser.run(_BUTTON), "the button for writing beside Roundcube's own"
    desk.keep_screenshot("larry-opaque")


def _shows(desk: OtherDesk, status: str) -> None:
    wait_for(lambda: desk.panel.status() == status, f"the verdict {status}", 60)
