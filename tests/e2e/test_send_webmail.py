"""Sending through Roundcube itself, in both browsers, without a mail password: what arrives, and what does not."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from letterlock.keystore import pkcs12
from letterlock.keystore.vault import Vault
from letterlock.operations.outbox import Outbox
from tests.e2e import axe
from tests.e2e.browsers import wait_for
from tests.e2e.conftest import desk_in
from tests.e2e.roundcube import PASSWORD, Roundcube
from tests.e2e.test_look import GERMAN_FIREFOX
from tests.e2e.test_write import PASSPHRASE, SUBJECT, TEXT, Writer, letterlock, openssl, pkcs12_certificate
from tests.needs import require_path
from tests.signed_mail import DemoMail

ANNA, CARLA, FRIDA = "anna@muster.example", "carla@partner.example", "frida@fremd.example"
BUTTON = "#taskmenu a.compose + a.compose"


class Sender(Writer):
    """Anna, logged in to the webmail, and its tab."""

    webmail: Roundcube

    @contextmanager
    def beside(self, path: str) -> Iterator[None]:
        """In a second tab, with one of the extension's pages, while the webmail stays open in the first one."""
        with self.browser.in_new_tab(lambda: self.browser.click(BUTTON)):
            self.browser.open(self.browser.extension_url(path))
            yield

    def log_in(self) -> None:
        """As Anna, whoever was logged in before."""
        run = self.browser.run
        self.browser.open(self.webmail.url)
        there = "return Boolean(document.querySelector('#rcmloginuser, #messagelist'))"
        wait_for(lambda: run(there), "Roundcube", 60)
        # Her list has mail by others, and theirs has mail by her: the page says elsewhere whose it is.
        hers = "document.querySelector('.username')?.textContent.trim().startsWith('anna')"
        if run(f"return !document.querySelector('#rcmloginuser') && !{hers}"):
            self.log_out()
            self.browser.open(self.webmail.url)
            wait_for(lambda: run("return Boolean(document.querySelector('#rcmloginuser'))"), "the login page", 60)
        if run("return Boolean(document.querySelector('#rcmloginuser'))"):
            run(
                """
                document.querySelector("#rcmloginuser").value = "anna";
                document.querySelector("#rcmloginpwd").value = arguments[0];
                document.querySelector("#rcmloginsubmit").click();
                """,
                PASSWORD,
            )
        wait_for(lambda: run("return Boolean(document.querySelector(arguments[0]))", BUTTON), "the button", 60)

    def log_out(self) -> None:
        """As in another window: what the tab shows stays."""
        run = self.browser.run
        run(
            """
            const url = `./?_task=logout&_token=${rcmail.env.request_token}`;
            fetch(url).then(() => { document.body.dataset.out = "yes"; });
            """
        )
        wait_for(lambda: run("return document.body.dataset.out === 'yes'"), "the end of the session", 60)

    def send(self, **fields: str) -> None:
        """Writes a letter and presses the button, in the tab that is open."""
        wait_for(
            lambda: self.browser.run("return document.getElementById('letter')?.hidden === false"), "the letter", 60
        )
        self.until("document.querySelector('#before [data-code=webmail]') !== null", "what is said beforehand", 60)
        self.fill(**fields)
        self.submit("#letter")


@pytest.fixture(
    scope="module",
    params=[("chromium", "en"), pytest.param(("firefox", "de"), marks=pytest.mark.long)],
    ids=["chromium-en", "firefox-de"],
)
def sender(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, webmail: Roundcube, mail: DemoMail
) -> Iterator[Sender]:
    """Her key in the vault, the certificates of those she writes to, and no account yet."""
    axe.require()
    name, language = request.param
    if name == "firefox":
        require_path(GERMAN_FIREFOX, "firefox-esr-l10n-de")
    folder = tmp_path_factory.mktemp(f"through-{name}")
    with desk_in(name, folder, webmail, mail, language="de" if language == "de" else "en-US") as desk:
        vault = Vault.at(desk.host.home / "data" / "letterlock.sqlite")
        identity = pkcs12.load(mail.key_file(mail.anna, "file").read_bytes(), "file")
        vault.create(PASSPHRASE)
        vault.add(identity.key, [identity.certificate, *(pkcs12_certificate(path) for path in mail.anna.along)])
        vault.forget()
        letterlock(desk.host.home, "people", "import", str(mail.carla.certificate))
        made = Sender(desk.browser, desk.host, desk.reader)
        made.language, made.webmail = language, webmail
        made.log_in()
        yield made


def opened_by(mail: DemoMail, who: str, message: bytes, folder: Path) -> email.message.EmailMessage:
    """What somebody sees of a message, by OpenSSL: decrypted with their key, its signature checked."""
    identity = {"carla": mail.carla, "anna": mail.anna}[who]
    (folder / "m.eml").write_bytes(message)
    key = ("-recip", str(identity.certificate), "-inkey", str(identity.key))
    (folder / "d.eml").write_bytes(openssl("-decrypt", *key, "-in", str(folder / "m.eml")))
    shown = openssl("-verify", "-CAfile", str(mail.anchor), "-in", str(folder / "d.eml"))
    return email.message_from_bytes(shown, policy=email.policy.default)


def test_an_address_sends_through_the_webmail_that_is_open(sender: Sender) -> None:
    """It is asked for its addresses before anything is kept: another one is refused, with those that it has."""
    run = sender.browser.run
    with sender.beside("ui/manage.html#accounts"):
        sender.until("document.querySelector('.vault input') !== null", "the vault", 60)
        run("document.querySelector('.vault details').open = true")
        run("document.querySelector('.vault input').value = arguments[0]", PASSPHRASE)
        sender.submit(".vault form")
        sender.until(
            "document.querySelector('#way') !== null && !document.querySelector('.vault input')", "the keys", 60
        )
        run("document.getElementById('way').closest('details').open = true")
        assert axe.violations(run) == []
        for address, expected in (("bea@muster.example", ANNA), (ANNA, "")):
            run("document.querySelector('#way-form input[type=email]').value = arguments[0]", address)
            sender.submit("#way-form form")
            if expected:
                sender.until(f"document.getElementById('said').textContent.includes({expected!r})", "whose it is", 60)
                assert run("return document.querySelector('#accounts > li')") is None
        sender.until("document.querySelector('#accounts > li') !== null", "the account", 60)
        sender.keep_screenshot("manage-account-webmail")
        sender.browser.prefer_dark(True)
        sender.keep_screenshot("manage-account-webmail-dark")
        sender.browser.prefer_dark(False)
        assert axe.violations(run) == []


def test_a_letter_goes_through_roundcube_and_only_ciphertext_does(
    sender: Sender, mail: DemoMail, tmp_path: Path
) -> None:
    """To Carla, with a blind copy to Anna herself: each gets a message of their own, which OpenSSL reads; a copy is in
    Sent, nothing is left in Drafts, and the mail page never had a word of it."""
    webmail, run = sender.webmail, sender.browser.run
    before = len(webmail.sink.received)
    copies = webmail.count("anna", "Sent")
    watch = """
        sessionStorage.setItem("seen", "");
        const more = (all) => all.map((each) => each.target.textContent).join("");
        new MutationObserver((all) => sessionStorage.setItem("seen", sessionStorage.getItem("seen") + more(all)))
          .observe(document, { childList: true, subtree: true, characterData: true });
    """
    run(watch)
    with sender.beside("ui/write.html"):
        sender.send(to=CARLA, bcc=ANNA, subject=SUBJECT, text=TEXT)
        sender.until("document.getElementById('letter').hidden", "the word that it was sent", 120)
        sender.keep_screenshot("write-sent-webmail")
        assert axe.violations(run) == []
    seen = run("return sessionStorage.getItem('seen') + document.documentElement.outerHTML")
    taken = webmail.sink.received[before:]
    assert sorted(tuple(each.rcpt_tos) for each in taken) == [(ANNA,), (CARLA,)]
    for secret in (TEXT, SUBJECT, "18,400", "Nordtor"):
        assert secret not in seen
        assert all(secret.encode() not in bytes(each.content or b"") for each in taken)
    for each in taken:
        who = each.rcpt_tos[0].partition("@")[0]
        inner = opened_by(mail, who, bytes(each.content or b""), tmp_path)
        assert inner["subject"] == SUBJECT
        assert inner["bcc"] is None
    to_carla = next(bytes(each.content or b"") for each in taken if each.rcpt_tos == [CARLA])
    assert b"Resent-From: anna" in to_carla
    assert b"Resent-Bcc" not in to_carla
    assert webmail.count("anna", "Sent") == copies + 1
    wait_for(lambda: webmail.count("anna", "Drafts") == 0, "the end of the draft", 60)
    copy, seen_flag = webmail.last("anna", "Sent")
    assert seen_flag
    assert opened_by(mail, "anna", copy, tmp_path)["subject"] == SUBJECT


def test_what_is_neither_signed_nor_encrypted_does_not_go_there(sender: Sender) -> None:
    """The page may not read it: the letter stays, and what to do is said."""
    before = len(sender.webmail.sink.received)
    with sender.beside("ui/write.html"):
        wait_for(lambda: sender.browser.run("return document.getElementById('letter')?.hidden === false"), "it", 60)
        sender.browser.run("for (const id of ['sign', 'encrypt']) document.getElementById(id).checked = false")
        sender.send(to=CARLA, subject=SUBJECT, text=TEXT)
        sender.until("document.getElementById('said').dataset.kind === 'failure'", "the refusal", 60)
        assert sender.browser.run("return document.getElementById('letter').hidden") is False
    assert len(sender.webmail.sink.received) == before


def test_a_webmail_that_does_not_send_loses_nothing_and_sends_nothing_twice(sender: Sender) -> None:
    """Its mail server refuses, or nobody is logged in any more: nothing is kept, and the letter stays. It is not open:
    the letter waits in the outbox, and goes out from there, once, when it is open again."""
    webmail, run = sender.webmail, sender.browser.run
    database = sender.host.home / "data" / "letterlock.sqlite"
    before = len(webmail.sink.received)
    for trouble in ("refusal", "session"):
        webmail.sink.refusal = "554 5.7.1 not today" if trouble == "refusal" else ""
        if trouble == "session":
            sender.log_out()
        with sender.beside("ui/write.html"):
            sender.send(to=CARLA, subject=SUBJECT, text=TEXT)
            sender.until("document.querySelector('#problems [data-code=webmail_refused]') !== null", "the refusal", 120)
            sender.keep_screenshot(f"write-webmail-{trouble}")
            assert run("return document.getElementById('letter').hidden") is False
        assert Outbox.counted(database) == 0
    sender.browser.open(sender.browser.extension_url("ui/write.html"))
    wait_for(lambda: run("return document.querySelector('#before [data-code=webmail_not_open]') !== null"), "it", 60)
    sender.send(to=CARLA, subject=SUBJECT, text=TEXT)
    sender.until("document.querySelector('#problems [data-code=way_not_from_here]') !== null", "that it waits", 120)
    assert Outbox.counted(database) == 1
    assert len(webmail.sink.received) == before
    sender.log_in()
    with sender.beside("ui/manage.html#accounts"):
        sender.until("document.querySelector('#outbox > li button') !== null", "what waits", 60)
        run("document.querySelector('#outbox > li button').click()")
        sender.until("document.querySelector('#accounts') && !document.querySelector('#outbox')", "that it went", 120)
    assert [each.rcpt_tos for each in webmail.sink.received[before:]] == [[CARLA]]
    assert Outbox.counted(database) == 0
    wait_for(lambda: webmail.count("anna", "Drafts") == 0, "the end of the draft", 60)
