"""An encrypted mail in webmail: the panel leads to the page for passphrase or PIN; then the mail opens by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import axe
from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk, desk_in
from tests.e2e.locked_keys import TEXT, fill_vault
from tests.e2e.roundcube import Roundcube
from tests.e2e.test_look import GERMAN_FIREFOX
from tests.keystore.cards import CARD, PIN, Card
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_path
from tests.signed_mail import DemoMail

WORDS = {
    "en": {
        "unlock": "Unlock your keys",
        "card": "Unlock your smart card",
        "label": "Passphrase",
        "ends": "ends in 9 days",
        "wrong": "Your keys do not open with this",
        "refused": f"The smart card “{CARD}” refuses this PIN",
        "open": "Your keys are unlocked",
        "card open": "The card is unlocked",
        "named": f"Card: {CARD}",
        "absent": "The card is not there",
    },
    "de": {
        "unlock": "Ihre Schlüssel entsperren",
        "card": "Ihre Chipkarte entsperren",
        "label": "Passphrase",
        "ends": "endet in 9 Tagen",
        "wrong": "Damit lassen sich Ihre Schlüssel nicht öffnen",
        "refused": f"Die Chipkarte „{CARD}“ lehnt diese PIN ab",
        "open": "Ihre Schlüssel sind entsperrt",
        "card open": "Die Karte ist entsperrt",
        "named": f"Karte: {CARD}",
        "absent": "Die Karte ist nicht da",
    },
}


class Keys(Desk):
    """A desk of somebody whose keys are locked, in one language, and his card."""

    card: Card
    language: str

    def words(self, name: str) -> str:
        """What the page says in this language."""
        return WORDS[self.language][name]

    def said(self, words: str) -> bool:
        """Whether the page for the secret says these words."""
        return words in self.browser.run("return document.body.innerText")

    def enter(self, secret: str) -> None:
        """Types a secret, once there is a field for one, and presses Enter."""
        usable = "return document.activeElement?.id === 'secret' && !document.activeElement.disabled"
        wait_for(lambda: self.browser.run(usable), "the focus in the field", 20)
        self.browser.type("#secret", secret)
        self.browser.press("Enter")


@pytest.fixture(scope="module", params=[("chromium", "en"), ("firefox", "de")], ids=["chromium-en", "firefox-de"])
def keys(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, webmail: Roundcube, mail: DemoMail
) -> Iterator[Keys]:
    """Each browser in turn, in a language of its own."""
    name, language = request.param
    if name == "firefox":
        require_path(GERMAN_FIREFOX, "firefox-esr-l10n-de")
    folder = tmp_path_factory.mktemp(name)
    with pytest.MonkeyPatch.context() as patch:
        card = Card(folder / "card", mail.anna, patch)
        with desk_in(name, folder, webmail, mail, language="de" if language == "de" else "en-US") as desk:
            fill_vault(desk.host, mail)
            card.known_to(desk.host.home)
            made = Keys(desk.browser, desk.host, desk.reader)
            made.card, made.language = card, language
            yield made


def test_unlocked_and_opened(keys: Keys, webmail: Roundcube, mail: DemoMail) -> None:
    """A wrong passphrase is said and opens nothing; the right one opens the mail, which was never told to try again."""
    keys.reader.open_message(webmail.deliver(mail.encrypt("Offer", TEXT)))
    wait_for(lambda: keys.panel.code() == "encryption_locked", "the word that the keys are locked", 20)
    keys.keep_screenshot("encrypted-locked")
    with keys.browser.in_new_tab(lambda: keys.panel.press_button(keys.words("unlock"))):
        wait_for(lambda: keys.said(keys.words("label")), "the field for the passphrase", 20)
        wait_for(lambda: keys.said(keys.words("ends")), "the word that a certificate ends soon", 20)
        assert axe.violations(keys.browser.run) == []
        keys.enter("not this one")
        wait_for(lambda: keys.said(keys.words("wrong")), "the word that it was the wrong one", 20)
        keys.keep_screenshot("unlock")
        assert axe.violations(keys.browser.run) == []
        keys.enter(PASSPHRASE)
        wait_for(lambda: keys.said(keys.words("open")), "the word that the keys are unlocked", 20)
        keys.keep_screenshot("unlocked")
        assert not keys.said(PASSPHRASE)
    wait_for(lambda: keys.panel.code() == "encryption_decrypted", "the opened mail", 20)
    keys.keep_screenshot("encrypted-unlocked")


def test_a_certificate_that_ends_is_announced(keys: Keys, webmail: Roundcube, mail: DemoMail) -> None:
    """By a sign on the toolbar button, for whoever only reads mail; unlocking is not needed for it."""
    keys.reader.open_message(webmail.deliver(mail.good()))
    wait_for(lambda: keys.browser.badge() == "!", "the sign on the toolbar button", 20)


def test_a_card_asks_for_its_pin(keys: Keys, webmail: Roundcube, mail: DemoMail) -> None:
    """The page names the card that the mail is for; a wrong PIN is said, the right one opens the mail by itself."""
    keys.reader.open_message(webmail.deliver(mail.encrypt("Offer for the card", TEXT, to=mail.anna)))
    wait_for(lambda: keys.panel.code() == "encryption_card_locked", "the word that the card is locked", 20)
    keys.keep_screenshot("encrypted-card-locked")
    with keys.browser.in_new_tab(lambda: keys.panel.press_button(keys.words("card"))):
        wait_for(lambda: keys.said(keys.words("named")), "the name of the card", 20)
        assert axe.violations(keys.browser.run) == []
        keys.enter("0815")
        wait_for(lambda: keys.said(keys.words("refused")), "the word that the card refuses the PIN", 20)
        keys.keep_screenshot("unlock-card")
        assert axe.violations(keys.browser.run) == []
        keys.enter(PIN)
        wait_for(lambda: keys.said(keys.words("card open")), "the word that the card is unlocked", 20)
        keys.keep_screenshot("unlocked-card")
        assert axe.violations(keys.browser.run) == []
    wait_for(lambda: keys.panel.code() == "encryption_decrypted", "the opened mail", 20)
    assert stored(keys.host.home, PIN, PASSPHRASE) == []


def test_a_card_that_was_taken_out(keys: Keys) -> None:
    """It is asked for, and no PIN: nobody types one for a card that is not there."""
    keys.card.pull()
    address = keys.browser.extension_url("ui/unlock.html?token=Annas%20Karte")
    keys.browser.open(address)
    wait_for(lambda: keys.said(keys.words("absent")), "the word that the card is not there", 20)
    assert keys.browser.run("return document.getElementById('form').hidden")
    keys.keep_screenshot("unlock-card-absent")
    assert axe.violations(keys.browser.run) == []


def stored(home: Path, *secrets: str) -> list[str]:
    """The files of the host in which one of these can be read."""
    files = [each for each in home.rglob("*") if each.is_file()]
    return [str(each) for each in files if any(secret.encode() in each.read_bytes() for secret in secrets)]
