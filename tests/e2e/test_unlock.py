"""An encrypted mail in webmail: the panel leads to the page for the passphrase, and then opens the mail by itself."""

from __future__ import annotations

from pathlib import Path

from letterlock.keystore import pkcs12
from letterlock.keystore.vault import Vault
from tests.e2e.browsers import wait_for
from tests.e2e.browsers.chromium import Chromium
from tests.e2e.conftest import SCREENSHOTS, desk_in
from tests.e2e.roundcube import Roundcube
from tests.keystore.vaults import PASSPHRASE
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


def test_unlocked_and_opened(webmail: Roundcube, mail: DemoMail, tmp_path: Path) -> None:
    """A wrong passphrase is said and opens nothing; the right one opens the mail, which was never told to try again."""
    uid = webmail.deliver(mail.encrypt("Offer", TEXT))
    with desk_in("chromium", tmp_path, webmail, mail) as desk:
        browser = desk.browser
        assert isinstance(browser, Chromium)
        identity = pkcs12.load(mail.key_file(mail.carla, "correct horse").read_bytes(), "correct horse")
        vault = Vault.at(desk.host.home / "data" / "letterlock.sqlite")
        vault.create(PASSPHRASE)
        vault.add(identity.key, [identity.certificate])

        desk.reader.open_message(uid)
        wait_for(lambda: desk.panel.code() == "encryption_locked", "the word that the keys are locked")
        desk.keep_screenshot("encrypted-locked")
        with browser.page.context.expect_page() as opening:
            desk.panel.press_button("Unlock your keys")
        page = opening.value
        page.fill("#secret", "not this one")
        page.press("#secret", "Enter")
        wait_for(lambda: "do not open" in page.inner_text("#said"), "the word that it was the wrong one")
        desk.keep_screenshot("encrypted-still-locked")
        assert desk.panel.code() == "encryption_locked"
        page.fill("#secret", PASSPHRASE)
        page.press("#secret", "Enter")
        wait_for(lambda: "unlocked" in page.inner_text("#said"), "the word that the keys are unlocked")
        page.screenshot(path=SCREENSHOTS / "chromium" / "unlock.png")
        wait_for(lambda: desk.panel.code() == "encryption_decrypted", "the opened mail")
        desk.keep_screenshot("encrypted-unlocked")
        page.close()
