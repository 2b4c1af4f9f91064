"""What the browser tests share: one webmail, one set of signed mails, and each browser started once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from letterlock.clients.table import Family
from tests.e2e.browsers import Browser, chromium, firefox
from tests.e2e.extension import unpacked
from tests.e2e.panel import Panel
from tests.e2e.reader import Reader
from tests.e2e.roundcube import Roundcube
from tests.installed_host import InstalledHost
from tests.needs import PROJECT, require_program
from tests.signed_mail import DemoMail

SCREENSHOTS = PROJECT / "build" / "screenshots"

MESSAGES: dict[str, Callable[[DemoMail], bytes]] = {
    "good": DemoMail.good,
    "changed": DemoMail.changed,
    "mismatch": DemoMail.mismatch,
    "unknown-issuer": DemoMail.unknown_issuer,
    "unsigned": DemoMail.unsigned,
    "opaque": DemoMail.opaque,
    "pss": DemoMail.pss,
    "ecdsa": DemoMail.ecdsa,
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder is an end-to-end test."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)


@dataclass
class Desk:
    """A browser with the extension, the host it starts, and somebody logged in to the webmail."""

    browser: Browser
    host: InstalledHost
    reader: Reader

    @property
    def panel(self) -> Panel:
        """The verdict beside the open message."""
        return Panel(self.browser)

    def keep_screenshot(self, name: str) -> None:
        """Keeps what the tab shows for whoever wants to look at it after the tests."""
        folder = SCREENSHOTS / self.browser.name
        folder.mkdir(parents=True, exist_ok=True)
        self.browser.screenshot(folder / f"{name}.png")


@pytest.fixture(scope="session")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    """Mails signed by OpenSSL with a demonstration CA."""
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("demo-ca"))


@pytest.fixture(scope="session")
def webmail() -> Iterator[Roundcube]:
    """The running webmail."""
    rig = Roundcube()
    yield rig
    rig.stop()


@pytest.fixture(scope="session")
def messages(webmail: Roundcube, mail: DemoMail) -> dict[str, int]:
    """The UID of each mail of `MESSAGES` in Bert's inbox."""
    return {name: webmail.deliver(make(mail)) for name, make in MESSAGES.items()}


@pytest.fixture(scope="session", params=["chromium", "firefox"])
def desk(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    webmail: Roundcube,
    mail: DemoMail,
    messages: dict[str, int],
) -> Iterator[Desk]:
    """Each browser in turn, started once, with the webmail's site granted and the demonstration CA accepted.

    The mail is there before anybody logs in (`messages`), so the list shows it from the start.
    """
    folder = tmp_path_factory.mktemp(request.param)
    with desk_in(request.param, folder, webmail, mail) as made:
        yield made


@contextmanager
def desk_in(name: str, folder: Path, webmail: Roundcube, mail: DemoMail, language: str = "en-US") -> Iterator[Desk]:
    """A desk with the browser of that name, with everything it needs in `folder`."""
    with browser_in(name, folder, mail, (webmail.url,), language) as (browser, host):
        yield Desk(browser, host, Reader(browser, webmail))


@contextmanager
def browser_in(
    name: str, folder: Path, mail: DemoMail, sites: tuple[str, ...], language: str = "en-US"
) -> Iterator[tuple[Browser, InstalledHost]]:
    """The browser of that name, the extension with `sites` granted, and the host that trusts the demonstration CA."""
    extension = unpacked(name, folder / "extension", *sites)
    browser: Browser
    if name == "chromium":
        host = InstalledHost(folder, Family.CHROMIUM, chromium.manifests(folder))
        browser = chromium.Chromium(require_program("chromium", "chromium"), folder, extension, language)
    else:
        host = InstalledHost(folder, Family.MOZILLA, firefox.manifests(folder))
        program = require_program("firefox-esr", "firefox-esr")
        browser = firefox.Firefox(program, folder, extension, tuple(f"{site}*" for site in sites), language)
    try:
        host.trust(mail.anchor)
        yield browser, host
    finally:
        browser.stop()
