"""Locked keys in Thunderbird: the bar leads to a window for passphrase or PIN, and then says what was inside."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from letterlock.clients.table import Family
from tests.e2e import axe, html_mail
from tests.e2e.browsers import wait_for
from tests.e2e.locked_keys import TEXT, fill_vault
from tests.e2e.processes import free_port
from tests.e2e.thunderbird.client import Thunderbird
from tests.e2e.thunderbird.conftest import packed_addon
from tests.e2e.thunderbird.reader import Reader
from tests.e2e.thunderbird.screen import Screen
from tests.e2e.thunderbird.writer import SCREENSHOTS
from tests.installed_host import InstalledHost
from tests.keystore.cards import CARD, PIN, Card
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.signed_mail import DemoMail

VAULT = "/ui/unlock.html"
DETAILS = "/ui/thunderbird.html"
LETTER = '<p>The roof: EUR 18,400.00</p><img src="cid:logo@muster.example"><img src="https://tracker.example/1.png">'


@dataclass
class Locked:
    """Thunderbird of somebody whose keys are locked, with a mail for the vault and one for the card."""

    thunderbird: Thunderbird
    screen: Screen
    mail: dict[str, str]

    def read(self, name: str, code: str) -> dict[str, Any]:
        """Selects a mail, and waits until the bar says `code`."""
        self.thunderbird.select(self.mail[name])
        return self.screen.wait_for_bar(code, self.mail[name], 30)

    def code_of(self, name: str) -> str:
        """What the bar says of a mail, once it says something."""
        self.thunderbird.select(self.mail[name])

        def said() -> str:
            bar = self.screen.bar()
            return bar["code"] if bar and bar["uri"] == self.mail[name] and bar["code"] != "checking" else ""

        return str(wait_for(said, "a bar", 30))

    def run(self, script: str) -> Any:
        """Runs a script in the window for the secret."""
        return self.screen.run_in_window(VAULT, script)

    def wait_until_said(self, words: str) -> None:
        """Waits until that window says these words."""
        wait_for(lambda: words in self.run("return document.body.innerText"), f"“{words}” in the window", 20)

    def enter(self, secret: str) -> None:
        """Types a secret and presses Enter, once the field takes one."""
        usable = "const {disabled, form} = document.getElementById('secret'); return !disabled && !form.hidden"
        wait_for(lambda: self.run(usable), "a field for the secret", 20)
        self.run(
            f"""
            const field = document.getElementById("secret");
            field.value = {json.dumps(secret)};
            field.form.requestSubmit();
            """
        )


@pytest.fixture(scope="module")
def locked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Locked]:
    """A Thunderbird of its own: a card is seen by what was started after it was made."""
    require_program("thunderbird", "thunderbird")
    require_program("openssl", "openssl")
    folder = tmp_path_factory.mktemp("locked")
    mail = DemoMail(folder / "ca")
    with pytest.MonkeyPatch.context() as patch:
        card = Card(folder / "card", mail.anna, patch)
        home = folder / "home"
        host = InstalledHost(folder / "host", Family.MOZILLA, home / ".mozilla" / "native-messaging-hosts")
        host.trust(mail.anchor)
        fill_vault(host, mail)
        card.known_to(host.home)
        thunderbird = Thunderbird(home, free_port(), "nobody")
        try:
            thunderbird.install(packed_addon(folder / "extension"))
            filed = {
                "vault": thunderbird.file(mail.encrypt("Offer", TEXT)),
                "letter": thunderbird.file(mail.encrypt("Letter", html_mail.letter(LETTER))),
                "card": thunderbird.file(mail.encrypt("Offer for the card", TEXT, to=mail.anna)),
            }
            yield Locked(thunderbird, Screen(thunderbird), filed)
        finally:
            thunderbird.quit()


@pytest.fixture(autouse=True)
def desk() -> None:
    """Not the desk of the other tests here, which would start a second Thunderbird."""


@pytest.fixture(autouse=True)
def tidy(locked: Locked) -> None:
    """Every test begins with one window, and nothing selected."""
    locked.thunderbird.tidy()


def test_the_passphrase(locked: Locked) -> None:
    """A wrong one is said and opens nothing; the right one opens the mail, whose bar then says so by itself."""
    bar = locked.read("vault", "encryption_locked")
    assert bar["buttons"] == ["unlock", "details"]
    locked.screen.screenshot(SCREENSHOTS / "encrypted-locked.png")
    locked.screen.press("unlock")
    locked.wait_until_said("Passphrase")
    locked.wait_until_said("ends in 9 days")
    assert axe.violations(locked.run) == []
    locked.enter("not this one")
    locked.wait_until_said("Your keys do not open with this")
    locked.screen.keep_window(SCREENSHOTS / "unlock.png")
    locked.enter(PASSPHRASE)
    locked.wait_until_said("Your keys are unlocked")
    assert locked.run("return document.getElementById('secret').value") == ""
    bar = locked.screen.wait_for_bar("encryption_decrypted", locked.mail["vault"], 30)
    assert bar["buttons"] == ["details"]
    Reader(locked.thunderbird, locked.screen).wait_for_text("EUR 18,400.00")
    locked.screen.screenshot(SCREENSHOTS / "encrypted-unlocked.png")


def test_the_details_show_an_encrypted_letter(locked: Locked) -> None:
    """Thunderbird shows an error page for it; the details window its text and its picture, and fetches nothing."""
    bar = locked.read("letter", locked.code_of("letter"))
    if "unlock" in bar["buttons"]:
        locked.screen.press("unlock")
        locked.enter(PASSPHRASE)
        locked.wait_until_said("Your keys are unlocked")
        locked.thunderbird.tidy()
        locked.read("letter", "encryption_decrypted")
    locked.screen.press("details")

    def run(script: str) -> Any:
        return locked.screen.run_in_window(DETAILS, script)

    shown = """
        const page = document.querySelector(".part__frame")?.contentDocument;
        if (!page?.body?.innerText.includes("EUR 18,400.00")) return null;
        const [own, remote] = [...page.images].map(({src, naturalWidth}) => ({src, naturalWidth}));
        return own.naturalWidth === 40 ? {from: own.src.split(":")[0], remote: remote.src} : null;
    """
    found: dict[str, Any] = wait_for(lambda: run(shown), "the letter in the details window", 30)
    assert found == {"from": "blob", "remote": ""}
    assert "In an encrypted mail they could tell others" in run("return document.body.innerText")
    assert axe.violations(run) == []
    locked.screen.keep_window(SCREENSHOTS / "details-encrypted.png")


def test_the_pin_of_a_card(locked: Locked) -> None:
    """The window names the card; a wrong PIN is said, and the right one opens the mail by itself."""
    bar = locked.read("card", "encryption_card_locked")
    assert bar["buttons"] == ["unlock", "details"]
    locked.screen.press("unlock")
    locked.wait_until_said(f"Card: {CARD}")
    assert axe.violations(locked.run) == []
    locked.enter("0815")
    locked.wait_until_said(f"The smart card “{CARD}” refuses this PIN")
    locked.screen.keep_window(SCREENSHOTS / "unlock-card.png")
    locked.enter(PIN)
    locked.wait_until_said("The card is unlocked")
    locked.screen.wait_for_bar("encryption_decrypted", locked.mail["card"], 30)


def test_the_button_wakes_the_addon(locked: Locked) -> None:
    """Thunderbird sends the add-on to sleep; the button of a bar that is still there leads to the window all the same.

    With the add-on its host has ended, and the new one is locked.
    """
    locked.read("vault", "encryption_decrypted")
    locked.thunderbird.tidy()
    locked.thunderbird.suspend_addon()
    locked.read("vault", "encryption_locked")
    locked.thunderbird.suspend_addon()
    locked.screen.press("unlock")
    locked.wait_until_said("Passphrase")
    locked.enter(PASSPHRASE)
    locked.screen.wait_for_bar("encryption_decrypted", locked.mail["vault"], 30)


def test_the_details_lead_there_too(locked: Locked) -> None:
    """And say what was inside once it is unlocked."""
    locked.thunderbird.suspend_addon()
    locked.read("card", "encryption_card_locked")
    locked.screen.press("details")
    page = "/ui/thunderbird.html"
    wanted = (
        "return [...document.querySelectorAll('button')].find(each => each.textContent === 'Unlock your smart card')"
    )
    wait_for(lambda: locked.screen.run_in_window(page, f"{wanted} !== undefined"), "the button in the details", 20)
    locked.screen.run_in_window(page, f"{wanted}.click()")
    locked.wait_until_said(f"Card: {CARD}")
    locked.enter(PIN)
    code = "return document.querySelector('.verdict').dataset.code"
    wait_for(
        lambda: locked.screen.run_in_window(page, code) == "encryption_decrypted", "the opened mail in the details", 20
    )
