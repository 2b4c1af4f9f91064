"""From nothing to "you can sign": the page for keys, people and trust, as a newcomer uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import axe
from tests.e2e.browsers import wait_for
from tests.e2e.conftest import Desk, desk_in
from tests.e2e.roundcube import Roundcube
from tests.e2e.test_look import GERMAN_FIREFOX
from tests.needs import require_path
from tests.signed_mail import DemoMail

PASSPHRASE = "correct horse battery staple"
WORDS = {
    "en": {"made": "This is your recovery code", "imported": "Imported keys: 1", "trusted": "Trusted from now on"},
    "de": {"made": "Das ist Ihr Wiederherstellungscode", "imported": "Importierte Schlüssel: 1", "trusted": "Ab jetzt"},
}


class Page(Desk):
    """The page, with somebody in front of it."""

    language: str

    def open(self, view: str = "") -> None:
        """Goes to a view and waits for it."""
        self.browser.open("about:blank")
        self.browser.open(self.browser.extension_url(f"ui/manage.html{view}"))
        shown = """
            const view = document.getElementById("view");
            return view?.children.length > 0 && !view.hasAttribute("aria-busy");
        """
        wait_for(lambda: self.browser.run(shown), "the view", 30)

    def said(self, words: str) -> None:
        """Waits until the page says so."""
        wait_for(lambda: words in self.browser.run("return document.body.innerText"), f"“{words}”", 30)

    def unfold(self, position: int) -> None:
        """Opens one of the forms that are folded away."""
        self.browser.run(f"document.querySelectorAll('main details')[{position}].open = true")

    def submit(self, form: str) -> None:
        """Presses the button of a form."""
        self.browser.run(f"document.querySelector({form!r}).requestSubmit()")


@pytest.fixture(scope="module", params=[("chromium", "en"), ("firefox", "de")], ids=["chromium-en", "firefox-de"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, webmail: Roundcube, mail: DemoMail
) -> Iterator[Page]:
    """Each browser in turn, in a language of its own."""
    axe.require()
    name, language = request.param
    if name == "firefox":
        require_path(GERMAN_FIREFOX, "firefox-esr-l10n-de")
    folder = tmp_path_factory.mktemp(f"manage-{name}")
    with desk_in(name, folder, webmail, mail, language="de" if language == "de" else "en-US") as desk:
        made = Page(desk.browser, desk.host, desk.reader)
        made.language = language
        yield made


def test_from_nothing_to_a_key_that_works(page: Page, mail: DemoMail, tmp_path: Path) -> None:
    """A passphrase, a recovery code, a key file: then the check says that the address works."""
    words = WORDS[page.language]
    page.open()
    page.keep_screenshot("manage-start")
    assert axe.violations(page.browser.run) == []
    page.browser.run(
        "document.querySelectorAll('input[type=password]').forEach((each) => (each.value = arguments[0]))", PASSPHRASE
    )
    page.submit("main form")
    page.said(words["made"])
    assert len(page.browser.run("return document.getElementById('recovery-code').textContent")) > 20
    page.keep_screenshot("manage-recovery")
    page.browser.run("[...document.querySelectorAll('main .button--main')].at(-1).click()")
    wait_for(lambda: page.browser.run("return document.getElementById('add-title') !== null"), "the view of keys", 30)
    page.unfold(0)
    file = tmp_path / "anna.p12"
    file.write_bytes(mail.key_file(mail.anna, "file passphrase").read_bytes())
    page.browser.choose_file("main details input[type=file]", file)
    page.browser.run("document.querySelector('main details input[type=password]').value = 'file passphrase'")
    page.submit("main details form")
    page.said(words["imported"])
    wait_for(
        lambda: page.browser.run("return document.querySelector('#own-keys .actions button') !== null"), "the key", 30
    )
    page.browser.run("document.querySelector('#own-keys .actions button').click()")
    wait_for(
        lambda: page.browser.run("return document.querySelectorAll('#own-keys .findings li').length"),
        "the findings",
        60,
    )
    page.keep_screenshot("manage-keys")
    assert axe.violations(page.browser.run) == []
    shown = page.browser.run("return document.documentElement.outerHTML")
    assert PASSPHRASE not in shown
    assert "file passphrase" not in shown


def test_an_authority_is_looked_at_before_it_is_trusted(page: Page, mail: DemoMail, tmp_path: Path) -> None:
    """Its fingerprint is shown; it counts once it is chosen, and no longer after it is taken back."""
    words = WORDS[page.language]
    page.open("#trust")
    page.unfold(0)
    file = tmp_path / "other.pem"
    file.write_bytes(mail.carla.certificate.read_bytes())
    page.browser.choose_file("main details input[type=file]", file)
    page.submit("main details form")
    wait_for(
        lambda: page.browser.run("return document.querySelector('details .card code') !== null"), "the fingerprint", 30
    )
    page.keep_screenshot("manage-trust-adding")
    assert axe.violations(page.browser.run) == []
    page.browser.run("document.querySelector('details .card input').checked = true")
    page.submit("main details > div form")
    page.said(words["trusted"])
    count = "return document.querySelectorAll('#anchors > li').length"
    wait_for(lambda: page.browser.run(count) == 2, "both anchors", 30)
    page.keep_screenshot("manage-trust")
    assert axe.violations(page.browser.run) == []
    for _ in range(2):
        page.browser.run("document.querySelector('#anchors > li:last-child button').click()")
    wait_for(lambda: page.browser.run(count) == 1, "one anchor", 30)


@pytest.mark.parametrize("view", ["keys", "people", "trust", "activity"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_every_view_is_for_everybody(page: Page, view: str, dark: bool) -> None:
    """In light and dark, none of axe's rules is broken, and a narrow window does not scroll sideways."""
    page.browser.prefer_dark(dark)
    try:
        page.open(f"#{view}")
        assert axe.violations(page.browser.run) == []
        page.keep_screenshot(f"manage-{view}-{'dark' if dark else 'light'}")
        assert page.browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    finally:
        page.browser.prefer_dark(False)
