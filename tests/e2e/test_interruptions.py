"""A letter is being sent, and something ends: at each step nothing is lost, nothing goes out in clear or twice, and the
page says what happened."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator

import pytest

from letterlock.keystore.vault import Vault
from letterlock.net.mail import MailServer
from letterlock.operations import accounts
from letterlock.operations.outbox import Outbox
from tests.e2e.browsers import wait_for
from tests.e2e.roundcube import Roundcube
from tests.e2e.test_write import PASSPHRASE, PASSWORD, SUBJECT, TEXT, Writer, kill_hosts, writing_in
from tests.net.mail_servers import Taken
from tests.signed_mail import DemoMail

pytestmark = pytest.mark.long

SECONDS = 60
"""A busy machine may take its time: what is claimed is that it happens."""


class Interrupted:
    """A server that holds a sending at one step until the test lets it go on, or hangs up."""

    def __init__(self, page: Writer) -> None:
        self.page = page
        self.reached = threading.Event()
        self.go_on = threading.Event()
        self.hang_up = False
        self.step = ""
        page.server.recipient = self._recipient
        page.server.end = self._end

    def at(self, step: str) -> None:
        """From now on, every sending is held here: the `envelope`, or the `last word` of a message."""
        self.step, self.hang_up = step, False
        self.reached.clear()
        self.go_on.clear()

    def _hold(self, step: str) -> None:
        if step != self.step:
            return
        self.reached.set()
        self.go_on.wait(SECONDS)
        if self.hang_up:
            raise ConnectionError

    def _recipient(self, _: str) -> str:
        self._hold("envelope")
        return "250 2.1.5 Ok"

    def _end(self, message: Taken) -> str:
        assert TEXT.encode() not in message.content
        assert b"Nordtor" not in message.content
        self._hold("last word")
        return "250 2.0.0 Ok"


@pytest.fixture(scope="module")
def interrupted(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, webmail: Roundcube, mail: DemoMail
) -> Iterator[Interrupted]:
    """Anna with an account, in each browser."""
    folder = tmp_path_factory.mktemp(f"interrupted-{request.param}")
    with writing_in(request.param, "en", folder, webmail, mail) as page:
        database = page.host.home / "data" / "letterlock.sqlite"
        vault = Vault.at(database)
        vault.unlock(PASSPHRASE)
        account = accounts.Account("anna@muster.example", MailServer("localhost", page.port, "tls"), copy=False)
        accounts.put(database, vault, account, PASSWORD)
        vault.forget()
        yield Interrupted(page)


def worker(held: Interrupted) -> None:
    """The browser ends the extension's background, and with it the host's input."""
    held.page.browser.stop_background()


def host(held: Interrupted) -> None:
    """The system kills the host."""
    kill_hosts(held.page.host.home)


def network(held: Interrupted) -> None:
    """The connection to the mail server is gone."""
    held.hang_up = True
    held.go_on.set()


SAID = {
    worker: "Perhaps it is sent already",
    host: "Perhaps it is sent already",
    network: "waits in the outbox",
}
"""What the page says after each."""


CASES = [("chromium", step, ends) for step in ("envelope", "last word") for ends in (host, worker, network)]
CASES += [("firefox", "last word", worker)]
"""All of it in one browser, and in the other what depends on the browser."""


@pytest.mark.parametrize(("interrupted", "step", "ends"), CASES, indirect=["interrupted"])
def test_while_a_letter_is_sent(interrupted: Interrupted, step: str, ends: Callable[[Interrupted], None]) -> None:
    """The letter stays on the page and in the outbox; the page says that it may be sent, or that it waits there."""
    page = interrupted.page
    begin_letter(page)
    taken = len(page.server.taken)
    interrupted.at(step)
    page.submit("#letter")
    assert interrupted.reached.wait(SECONDS), "nothing was sent"
    ends(interrupted)
    said = "return document.getElementById('said').innerText + document.getElementById('problems').innerText"
    expected = SAID[ends] if (step, ends) != ("last word", network) else "broke at the last word"
    wait_for(lambda: expected in page.browser.run(said), f"“{expected}”", SECONDS)
    page.keep_screenshot(f"interrupted-{step.replace(' ', '-')}-{ends.__name__}")
    assert TEXT in page.browser.run("return document.getElementById('text').innerText")
    interrupted.go_on.set()
    wait_for(lambda: waiting(page) == 1, "the letter in the outbox", SECONDS)
    # Whatever the server still takes of the broken conversation is no second letter.
    assert len(page.server.taken) - taken <= (step == "last word" and ends is not network)


@pytest.mark.parametrize("interrupted", ["chromium", "firefox"], indirect=True)
def test_the_browser_is_restarted_while_a_letter_is_sent(interrupted: Interrupted) -> None:
    """It waits in the outbox, and its draft, which nobody reads without the passphrase, says that it was being sent."""
    page = interrupted.page
    begin_letter(page)
    interrupted.at("envelope")
    page.submit("#letter")
    assert interrupted.reached.wait(SECONDS), "nothing was sent"
    page.browser.restart()
    interrupted.go_on.set()
    wait_for(lambda: waiting(page) == 1, "the letter in the outbox", SECONDS)
    octets = b"".join(each.read_bytes() for each in page.host.home.rglob("*") if each.is_file())
    assert TEXT.encode() not in octets
    page.write()
    unlock(page)
    page.until("document.querySelector('#drafts a') !== null", "the draft", SECONDS)
    address = page.browser.run("return [...document.querySelectorAll('#drafts a')].map(each => each.href)")[0]
    page.browser.open(address)
    page.until("document.getElementById('text').innerText.includes('18,400')", "the letter, again", SECONDS)
    assert "before you send it again" in page.browser.run("return document.getElementById('said').innerText")


def begin_letter(page: Writer) -> None:
    """Unlocked, written and kept; of what was before, nothing waits."""
    with contextlib.closing(sqlite3.connect(page.host.home / "data" / "letterlock.sqlite")) as database:
        database.execute("DELETE FROM outbox")
        database.commit()
    page.write()
    unlock(page)
    page.fill(to="carla@partner.example", subject=SUBJECT, text=TEXT)
    page.until("document.getElementById('kept').dataset.kept === 'yes'", "the kept draft", SECONDS)


def unlock(page: Writer) -> None:
    """By the form on the page, if it is needed."""
    form = "document.querySelector('.vault form')"
    page.browser.run(
        f"const form = {form}; if (form) {{ form.querySelector('input').value = arguments[0]; form.requestSubmit(); }}",
        PASSPHRASE,
    )
    page.until(f"{form} === null", "the open vault", SECONDS)


def waiting(page: Writer) -> int:
    """How many sendings are in the outbox."""
    return Outbox.counted(page.host.home / "data" / "letterlock.sqlite")
