"""From nothing to "you can sign": the page for keys, people and trust, as a newcomer uses it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.operations.settings import HostSettings
from tests.e2e import axe, html_mail
from tests.e2e.browsers import wait_for
from tests.e2e.check_page import CheckPage
from tests.e2e.conftest import Desk, desk_in
from tests.e2e.roundcube import Roundcube
from tests.e2e.test_look import GERMAN_FIREFOX
from tests.needs import require_path
from tests.signed_mail import DemoMail

PASSPHRASE = "correct horse battery staple"
WORDS = {
    "en": {
        "missing": "Letterlock is not installed on this computer",
        "made": "This is your recovery code",
        "imported": "Imported keys: 1",
        "works": "works",
        "trusted": "Trusted from now on",
        "kept": "Kept.",
        "report": "Extension",
    },
    "de": {
        "missing": "Letterlock ist auf diesem Computer nicht installiert",
        "made": "Das ist Ihr Wiederherstellungscode",
        "imported": "Importierte Schlüssel: 1",
        "works": "funktioniert",
        "trusted": "Ab jetzt",
        "kept": "Gespeichert.",
        "report": "Erweiterung",
    },
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


def test_from_nothing_to_a_letter_that_is_signed(page: Page, mail: DemoMail, tmp_path: Path) -> None:
    """The page that opens by itself leads there: it waits for the program, asks for a passphrase, shows a recovery
    code, takes a key file, shows the mark, and signs a letter to oneself."""
    words, run = WORDS[page.language], page.browser.run
    assert page.browser.opened_first == page.browser.extension_url("ui/manage.html#welcome")
    page.host.remove()
    page.browser.stop_background()
    page.open("#welcome")
    page.said(words["missing"])
    page.keep_screenshot("welcome-missing")
    assert axe.violations(run) == []
    page.host.mend()
    wait_for(lambda: run("return document.querySelectorAll('input[type=password]').length") == 2, "the program", 60)
    page.keep_screenshot("welcome")
    assert axe.violations(run) == []
    run("document.querySelectorAll('input[type=password]').forEach((each) => (each.value = arguments[0]))", PASSPHRASE)
    page.submit("main form")
    page.said(words["made"])
    assert len(run("return document.getElementById('recovery-code').textContent")) > 20
    page.keep_screenshot("welcome-recovery")
    run("[...document.querySelectorAll('main .button--main')].at(-1).click()")
    wait_for(lambda: run("return document.getElementById('pass-key') !== null"), "the step of the key", 60)
    page.keep_screenshot("welcome-key")
    assert axe.violations(run) == []
    page.unfold(0)
    file = tmp_path / "anna.p12"
    file.write_bytes(mail.key_file(mail.anna, "file passphrase", chain=True).read_bytes())
    page.browser.choose_file("main details input[type=file]", file)
    run("document.querySelector('main details input[type=password]').value = 'file passphrase'")
    page.submit("main details form")
    page.said(words["imported"])
    wait_for(lambda: run("return document.querySelector('#mark-words')?.value.length > 2"), "the step of the mark", 60)
    page.keep_screenshot("welcome-mark")
    assert axe.violations(run) == []
    run("document.getElementById('pass-mark').click()")
    wait_for(lambda: run("return document.getElementById('try') !== null"), "the end of the steps", 60)
    run("document.getElementById('try').click()")
    wait_for(lambda: run("return document.querySelectorAll('#trial .findings li').length"), "the letter to oneself", 60)
    assert words["works"] in run("return document.getElementById('trial').innerText")
    page.keep_screenshot("welcome-ready")
    assert axe.violations(run) == []
    shown = run("return document.documentElement.outerHTML")
    assert PASSPHRASE not in shown
    assert "file passphrase" not in shown


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_letter_in_the_language_of_the_page(page: Page, mail: DemoMail, dark: bool) -> None:
    """What came encrypted, with a program, a message and a PDF: no rule of axe is broken, and nothing is cut off."""
    named = 'Content-Disposition: attachment; filename="{}"'
    along = (
        html_mail.leaf("application/octet-stream", b"MZ", named.format("Rechnung.pdf.exe")),
        html_mail.leaf("message/rfc822", mail.good(), named.format("Angebot.eml")),
        html_mail.leaf("application/pdf", b"%PDF-1.7", named.format("Plan der Nordhalle.pdf")),
    )
    letter = html_mail.letter("<p>Der Plan der Nordhalle</p><p><a href='https://x.example/'>Alles</a></p>", *along)
    check = CheckPage(page.browser)
    page.browser.prefer_dark(dark)
    try:
        check.open()
        check.drop(mail.encrypt("Plan", letter, to=mail.anna).decode())
        check.text("Rechnung.pdf.exe")
        assert axe.violations(page.browser.run) == []
        assert page.browser.run("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
        page.browser.run("document.querySelector('.files').scrollIntoView({block: 'center'})")
        page.keep_screenshot(f"content-page-{'dark' if dark else 'light'}")
    finally:
        page.browser.prefer_dark(False)


def test_settings_are_kept_where_every_client_reads_them(page: Page) -> None:
    """What is chosen is in the host's database at once; what concerns the browser alone holds there; the report tells
    nothing of the person."""
    words, run = WORDS[page.language], page.browser.run
    page.open("#settings")
    run(
        """
        const select = document.getElementById("idle");
        select.value = "60";
        select.dispatchEvent(new Event("change"));
        """
    )
    page.said(words["kept"])
    database = page.host.home / "data" / "letterlock.sqlite"
    wait_for(lambda: HostSettings(database).listed()["idle_seconds"] == 3600, "the hour", 30)
    page.open("#settings")
    run(
        """
        const labels = [...document.querySelectorAll("label")];
        const select = labels.find((each) => each.textContent.startsWith("anna@")).control;
        select.value = "1";
        select.dispatchEvent(new Event("change"));
        """
    )
    anna = {"address": "anna@muster.example", "sign": True, "encrypt": "always"}
    wait_for(lambda: HostSettings(database).listed()["writing"] == [anna], "Anna's wish", 30)
    page.open("#settings")
    run("document.querySelector('[placeholder=\"@bank.example\"]').value = '@bank.example'")
    run("document.querySelector('[placeholder=\"@bank.example\"]').form.requestSubmit()")
    wait_for(lambda: run("return document.querySelectorAll('#evidence-senders li').length") == 1, "the sender", 30)
    page.open("#settings")
    run("document.getElementById('badges').click()")
    page.said(words["kept"])
    page.open("#settings")
    wait_for(lambda: not run("return document.getElementById('badges').checked"), "no badges", 30)
    run("document.getElementById('badges').click()")
    assert "127.0.0.1" in run("return document.getElementById('sites').innerText")
    report = run("return document.getElementById('report').innerText")
    assert words["report"] in report
    assert "cryptography" in report
    for private in ("anna", "127.0.0.1", str(page.host.home)):
        assert private not in report.lower()


def test_the_report_says_that_the_program_is_missing(page: Page) -> None:
    """Then settings of the browser and what helps are still there."""
    page.host.remove()
    page.browser.stop_background()
    try:
        page.open("#settings")
        assert WORDS[page.language]["missing"] in page.browser.run("return document.getElementById('report').innerText")
        assert page.browser.run("return document.getElementById('badges') !== null")
        page.keep_screenshot("settings-missing")
        assert axe.violations(page.browser.run) == []
    finally:
        page.host.mend()


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


@pytest.mark.parametrize("view", ["keys", "people", "trust", "accounts", "activity", "settings"])
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
