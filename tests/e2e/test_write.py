"""Mail written on the extension's own page: an account, recipients, and what arrives at the server."""

from __future__ import annotations

import email
import email.message
import email.policy
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from letterlock.keystore import pkcs12
from letterlock.keystore.vault import Vault
from tests.e2e import axe, html_mail
from tests.e2e.browsers import wait_for
from tests.e2e.conftest import desk_in
from tests.e2e.roundcube import Roundcube
from tests.e2e.test_look import GERMAN_FIREFOX
from tests.e2e.test_manage import Page
from tests.needs import require_path
from tests.net.mail_servers import SmtpServer, listening
from tests.net.mail_tls import Authority
from tests.signed_mail import DemoMail

PASSPHRASE = "correct horse battery staple"
PASSWORD = "geheim"
SUBJECT = "Schlüssel für das Nordtor"
TEXT = "The offer: EUR 18,400.00"


class Writer(Page):
    """The pages for accounts and for writing, and the server that takes what is sent."""

    server: SmtpServer
    port: int

    def until(self, true: str, what: str, seconds: float) -> None:
        """Waits until an expression is true in the page."""
        wait_for(lambda: self.browser.run(f"return {true}"), what, seconds)

    def fill(self, **fields: str) -> None:
        """Types into fields, named by their identifiers."""
        for name, value in fields.items():
            self.browser.run(
                """
                const field = document.getElementById(arguments[0]);
                if (field.isContentEditable) {
                  field.focus();
                  document.execCommand("selectAll");
                  document.execCommand("insertText", false, arguments[1]);
                } else {
                  field.value = arguments[1];
                  field.dispatchEvent(new Event("input", { bubbles: true }));
                }
                """,
                name,
                value,
            )

    def write(self) -> None:
        """Opens the page for writing, and waits until it can be written on."""
        self.browser.open("about:blank")
        self.browser.open(self.browser.extension_url("ui/write.html"))
        # A host that was silent before is given up after some seconds.
        self.until(
            "(document.getElementById('again')?.click(), !document.getElementById('letter').hidden)", "the letter", 60
        )

    def send(self) -> None:
        """Presses the button, and waits for the word that it was sent."""
        self.submit("#letter")
        wait_for(
            lambda: self.browser.run("return document.getElementById('letter').hidden"), "the word that it was sent", 60
        )
        self.until("document.querySelector('main > section') !== null", "what there is to say of it", 60)

    def discard(self) -> None:
        """Deletes the draft, and waits for the empty page."""
        self.browser.run("const gone = document.getElementById('discard'); gone.click(); gone.click()")
        self.until("!location.search && document.getElementById('letter')?.hidden === false", "the empty page", 60)

    def leave(self) -> None:
        """Goes away from the letter, whatever it says."""
        self.browser.run("window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)")
        self.browser.open("about:blank")

    def unlock(self) -> None:
        """Types the passphrase at the head of the page."""
        self.until("document.querySelector('.vault input') !== null", "the field for the passphrase", 60)
        self.browser.run("document.querySelector('.vault input').value = arguments[0]", PASSPHRASE)
        self.submit(".vault form")
        self.until("document.querySelector('.vault button.button:not(.button--main)') !== null", "the open vault", 60)

    def screenshots(self, name: str) -> None:
        """The page in light and in dark."""
        self.keep_screenshot(name)
        self.browser.prefer_dark(True)
        self.keep_screenshot(f"{name}-dark")
        self.browser.prefer_dark(False)


@pytest.fixture(scope="module", params=[("chromium", "en"), ("firefox", "de")], ids=["chromium-en", "firefox-de"])
def page(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, webmail: Roundcube, mail: DemoMail
) -> Iterator[Writer]:
    """Anna, with her key in the vault and Carla's certificate, and a server for her mail."""
    axe.require()
    name, language = request.param
    if name == "firefox":
        require_path(GERMAN_FIREFOX, "firefox-esr-l10n-de")
    with writing_in(name, language, tmp_path_factory.mktemp(f"write-{name}"), webmail, mail) as made:
        yield made


@contextmanager
def writing_in(name: str, language: str, folder: Path, webmail: Roundcube, mail: DemoMail) -> Iterator[Writer]:
    """Anna's desk in one browser."""
    authority = Authority(folder / "tls")
    server = SmtpServer(authority)
    with pytest.MonkeyPatch.context() as patch, listening(server.talk, authority.serving()) as listener:
        patch.setenv("SSL_CERT_FILE", str(authority.ca))
        with desk_in(name, folder, webmail, mail, language="de" if language == "de" else "en-US") as desk:
            database = desk.host.home / "data" / "letterlock.sqlite"
            identity = pkcs12.load(mail.key_file(mail.anna, "file").read_bytes(), "file")
            vault = Vault.at(database)
            vault.create(PASSPHRASE)
            issuers = [pkcs12_certificate(path) for path in mail.anna.along]
            vault.add(identity.key, [identity.certificate, *issuers])
            vault.forget()
            letterlock(desk.host.home, "people", "import", str(mail.carla.certificate))
            made = Writer(desk.browser, desk.host, desk.reader)
            made.language, made.server, made.port = language, server, listener.port
            yield made


def pkcs12_certificate(pem: Path) -> bytes:
    """A certificate file in DER, by OpenSSL."""
    return subprocess.run(
        ["openssl", "x509", "-in", str(pem), "-outform", "DER"], check=True, capture_output=True
    ).stdout


def letterlock(home: Path, *arguments: str) -> None:
    """A command of somebody with this home."""
    command = [sys.executable, "-m", "letterlock", *arguments]
    subprocess.run(command, env={**os.environ, "LETTERLOCK_HOME": str(home)}, check=True, capture_output=True)


def test_an_account_is_tried_and_kept(page: Writer) -> None:
    """While it is missing, the page for writing leads there; a wrong password keeps nothing."""
    page.browser.open(page.browser.extension_url("ui/write.html"))
    wait_for(
        lambda: page.browser.run("return document.querySelector('main a')?.hash === '#accounts'"), "the way there", 30
    )
    page.open("#accounts")
    page.browser.run("document.querySelector('.vault details').open = true")
    page.browser.run("document.querySelector('.vault input').value = arguments[0]", PASSPHRASE)
    page.submit(".vault form")
    wait_for(
        lambda: page.browser.run("return document.querySelector('.vault button.button:not(.button--main)')"),
        "the open vault",
        60,
    )
    page.until("!document.getElementById('view').hasAttribute('aria-busy')", "the accounts", 30)
    page.unfold(0)
    page.browser.run("document.querySelector('main details input[type=email]').value = 'anna@muster.example'")
    page.browser.run("document.querySelector('main details form .actions button[type=button]').click()")
    form = "main details > div > div form"
    page.until(f"document.querySelector({form!r}) !== null", "the servers", 60)
    set_to = """
        const [host, port] = document.querySelectorAll(`${arguments[0]} input`);
        host.value = "localhost";
        port.value = arguments[1];
    """
    page.browser.run(set_to, form, str(page.port))
    type_password = "document.querySelector('main details input[type=password]').value = arguments[0]"
    page.browser.run(type_password, "wrong")
    page.submit(form)
    wait_for(
        lambda: page.browser.run(f"return document.querySelector({form!r} + ' .findings') !== null"), "the refusal", 30
    )
    page.keep_screenshot("manage-account-refused")
    assert axe.violations(page.browser.run) == []
    page.browser.run(type_password, PASSWORD)
    page.submit(form)
    page.until("document.querySelector('#accounts > li') !== null", "the account", 30)
    page.keep_screenshot("manage-accounts")
    assert axe.violations(page.browser.run) == []


def test_a_letter_is_signed_encrypted_and_sent(page: Writer, mail: DemoMail, tmp_path: Path) -> None:
    """Whoever lacks a certificate is named, and nothing goes out; to Carla alone it does, and OpenSSL reads it."""
    page.write()
    page.fill(to="carla@partner.example, nobody@partner.example", subject=SUBJECT, text=TEXT)
    chips = "return [...document.querySelectorAll('#recipients li')].map((each) => each.dataset.can)"
    wait_for(lambda: page.browser.run(chips) == ["yes", "no"], "who can read it", 30)
    file = tmp_path / "Plan – Nord.txt"
    file.write_text("north\n")
    page.browser.choose_file("#files", file)
    assert axe.violations(page.browser.run) == []
    before = len(page.server.taken)
    page.submit("#letter")
    page.until("document.querySelectorAll('#problems li').length", "what is missing", 30)
    page.keep_screenshot("write-refused")
    assert axe.violations(page.browser.run) == []
    assert len(page.server.taken) == before
    page.fill(to="carla@partner.example")
    page.keep_screenshot("write")
    page.send()
    page.keep_screenshot("write-sent")
    taken = page.server.taken[-1]
    assert taken.recipients == ["carla@partner.example"]
    for secret in (TEXT, SUBJECT, "north", "Nordtor"):
        assert secret.encode() not in taken.content
    (tmp_path / "sent.eml").write_bytes(taken.content)
    inner = opened_by_carla(mail, tmp_path)
    assert inner["subject"] == SUBJECT
    texts = {part.get_filename(): part.get_payload(decode=True) for part in inner.walk() if not part.is_multipart()}
    assert texts["Plan – Nord.txt"] == b"north\n"
    assert TEXT.encode() in texts[None]


def kill_hosts(home: Path) -> None:
    """Kills every host of this home, as the system does that is short of memory."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            command = (process / "cmdline").read_bytes()
        except OSError:
            continue
        if f"LETTERLOCK_HOME={home}".encode() in variables and b"serve" in command:
            subprocess.run(["kill", "-9", process.name], check=False)


def openssl(*arguments: str) -> bytes:
    """What `openssl cms` makes of a message."""
    return subprocess.run(["openssl", "cms", *arguments], check=True, capture_output=True).stdout


def test_the_webmail_leads_there(page: Writer, webmail: Roundcube, mail: DemoMail) -> None:
    """A button beside Roundcube's own opens the page for writing; a click that the site's script makes does not."""
    uid = webmail.deliver(mail.good())
    page.reader.open_list()
    button = "#taskmenu a.compose + a.compose"
    page.until(f"document.querySelector({button!r}) !== null", "the button", 30)
    page.keep_screenshot("roundcube-write-securely")
    page.browser.run(f"document.querySelector({button!r}).click()")

    with page.browser.in_new_tab(lambda: page.browser.click(button)):
        page.until("document.getElementById('letter') !== null", "the letter", 30)

    def press_enter() -> None:
        # With messages in the list and one of them selected, Roundcube takes keys wherever they are pressed.
        page.reader.select_message(uid)
        page.browser.run(f"document.querySelector({button!r}).focus()")
        page.browser.press("Enter")

    with page.browser.in_new_tab(press_enter):
        page.until("document.getElementById('letter') !== null", "the letter", 30)


def test_a_receipt_is_given_on_a_page_of_its_own(
    page: Writer, webmail: Roundcube, mail: DemoMail, tmp_path: Path
) -> None:
    """Carla asks Anna for one: the panel leads to a page, its button signs and sends, and OpenSSL verifies it."""
    question = mail.asking_for_receipt("Keys")
    page.reader.open_message(webmail.deliver(question))
    words = {"en": "The sender asks for a receipt …", "de": "Der Absender bittet um eine Quittung …"}[page.language]
    wait_for(lambda: page.panel.status() == "valid", "the verdict", 30)
    page.keep_screenshot("receipt-asked")
    before = len(page.server.taken)
    with page.browser.in_new_tab(lambda: page.panel.press_button(words)):
        page.until("document.getElementById('give')?.hidden === false", "the button", 30)
        assert axe.violations(page.browser.run) == []
        page.keep_screenshot("receipt-give")
        assert len(page.server.taken) == before
        page.browser.run("document.getElementById('give').click()")
        page.until("document.getElementById('give').hidden", "the word that it was sent", 60)
        page.keep_screenshot("receipt-sent")
    taken = page.server.taken[-1]
    assert (len(page.server.taken), taken.recipients) == (before + 1, ["carla@partner.example"])
    (tmp_path / "receipt.eml").write_bytes(taken.content)
    (tmp_path / "question.eml").write_bytes(question)
    asked = ("-verify_receipt", str(tmp_path / "receipt.eml"), "-in", str(tmp_path / "question.eml"))
    openssl(*asked, "-CAfile", str(mail.anchor))


FORWARD = ".dropbutton + .dropbutton > a.forward:only-child"
QUESTION = "When do you open the north gate?"


def question(mail: DemoMail) -> bytes:
    """Carla's question to Anna and Bert, encrypted, with a plan."""
    along = html_mail.leaf("text/plain", b"north\n", 'Content-Disposition: attachment; filename="Plan.txt"')
    text = html_mail.leaf("text/plain; charset=utf-8", f"{QUESTION}\r\n> Before noon?\r\n".encode())
    sealed = mail.encrypt("Gate", html_mail.multipart("mixed", text, along), to=mail.anna)
    head, body = sealed.split(b"Subject:", 1)
    del head
    return b"From: Carla <carla@partner.example>\r\nTo: anna@muster.example\r\nSubject:" + body


def test_an_encrypted_message_is_answered_and_forwarded(
    page: Writer, webmail: Roundcube, mail: DemoMail, tmp_path: Path
) -> None:
    """From the panel, quoted words that do not go out in clear unasked; from Roundcube's bar, with its plan."""
    asked = question(mail)
    page.reader.open_message(webmail.deliver(asked))
    wait_for(lambda: page.panel.code() == "encryption_decrypted", "the opened mail", 60)
    answer = "document.querySelector('.answer button')"
    wait_for(lambda: page.panel.run(f"return Boolean({answer})"), "the buttons", 30)
    page.keep_screenshot("answer-buttons")
    words = {"en": "Forward securely", "de": "Sicher weiterleiten"}[page.language]
    assert page.browser.run(f"return document.querySelector('{FORWARD}').title") == words
    before = len(page.server.taken)
    with page.browser.in_new_tab(lambda: page.panel.run(f"{answer}.click()")):
        quoted = "document.querySelector('#text blockquote')?.innerText"
        wait_for(lambda: QUESTION in (page.browser.run(f"return {quoted}") or ""), "the quote", 60)
        fields = "return ['to', 'cc', 'subject'].map((id) => document.getElementById(id).value)"
        assert page.browser.run(fields) == ["Carla <carla@partner.example>", "", "Re: Gate"]
        assert page.browser.run("return document.querySelector('#text blockquote blockquote').innerText.trim()") == (
            "Before noon?"
        )
        page.browser.type("#text", "At noon.")
        kept(page)
        assert axe.violations(page.browser.run) == []
        page.screenshots("write-reply")
        page.browser.run("document.getElementById('encrypt').click()")
        page.submit("#letter")
        page.until("document.querySelectorAll('#problems button').length === 2", "the question", 30)
        page.keep_screenshot("write-quote-asked")
        assert axe.violations(page.browser.run) == []
        assert len(page.server.taken) == before
        page.browser.run("document.querySelector('#problems button').click()")
        assert page.browser.run("return document.getElementById('encrypt').checked")
        page.send()
    (tmp_path / "sent.eml").write_bytes(page.server.taken[-1].content)
    inner = opened_by_carla(mail, tmp_path)
    assert {inner["in-reply-to"], inner["references"]} == {email.message_from_bytes(asked)["message-id"]}
    text = inner.get_body(("plain",)).get_content()  # type: ignore[attr-defined]
    assert "At noon.\r\n" in text
    assert f"> {QUESTION}\r\n>> Before noon?" in text

    with page.browser.in_new_tab(lambda: page.browser.click(FORWARD)):
        page.until("document.querySelector('#attached li')?.innerText.includes('Plan.txt')", "the plan", 60)
        assert page.browser.run("return document.getElementById('subject').value") == "Fwd: Gate"
        assert QUESTION in page.browser.run("return document.getElementById('text').innerText")
        page.fill(to="carla@partner.example")
        kept(page)
        page.discard()


def test_an_unsigned_message_is_forwarded_whole(page: Writer, webmail: Roundcube, mail: DemoMail) -> None:
    """By the keyboard, from the bar around the preview pane: the background had let go of it, and opens it again."""
    page.reader.select_message(webmail.deliver(mail.unsigned()))
    page.until(f"document.querySelector('{FORWARD}') !== null", "the button", 30)
    panel = "document.getElementById('messagecontframe').contentDocument.querySelector('[data-letterlock]')"
    page.until(f"{panel}?.dataset.letterlock === 'none'", "the end of the check", 60)

    def press_enter() -> None:
        page.browser.run(f"document.querySelector('{FORWARD}').focus()")
        page.browser.press("Enter")

    with page.browser.in_new_tab(press_enter):
        page.until("document.querySelector('#whole button') !== null", "the offer to attach it whole", 60)
        page.browser.run("document.querySelector('#whole button').click()")
        page.until("document.querySelector('#attached li')?.innerText.includes('.eml')", "the message as a file", 60)
        assert page.browser.run("return document.querySelector('#text blockquote, #text [data-quoted]')") is None
        page.fill(to="carla@partner.example")
        kept(page)
        page.discard()


def kept(page: Writer) -> None:
    """Waits until all that was typed is kept."""
    page.until("document.getElementById('kept').dataset.kept === 'yes'", "the word that it is kept", 60)


def opened_by_carla(mail: DemoMail, folder: Path) -> email.message.Message:
    """What OpenSSL makes of `sent.eml`, with Carla's key: the signed message in it."""
    key = mail.carla
    opened = openssl(
        "-decrypt", "-recip", str(key.certificate), "-inkey", str(key.key), "-in", str(folder / "sent.eml")
    )
    (folder / "opened.eml").write_bytes(opened)
    shown = openssl("-verify", "-CAfile", str(mail.anchor), "-in", str(folder / "opened.eml"))
    return email.message_from_bytes(shown, policy=email.policy.default)


def test_a_host_that_dies_sends_nothing_and_the_letter_is_found_again(
    page: Writer, mail: DemoMail, tmp_path: Path
) -> None:
    """The page says so and keeps what is typed; when it is closed, the draft has it, with its formatting and its files.

    It is gone once it was sent. (Last: the next host has its keys locked.)
    """
    page.write()
    page.fill(to="carla@partner.example", subject=SUBJECT, text=TEXT)
    page.browser.run(
        """
        document.execCommand("selectAll");
        document.querySelector("[data-command=bold]").click();
        """
    )
    page.until("document.querySelector('[data-command=bold]').ariaPressed === 'true'", "the pressed button", 30)
    file = tmp_path / "Plan – Nord.txt"
    file.write_text("north\n")
    page.browser.choose_file("#files", file)
    page.until("document.getElementById('attached').children.length === 1", "the file", 30)
    page.until("location.search.startsWith('?draft=')", "the draft", 60)
    wait_for(lambda: kept_files(page) == 1, "the file in the draft", 60)
    draft = page.browser.run("return location.search")
    before = len(page.server.taken)
    page.host.fall_silent()
    kill_hosts(page.host.home)
    page.submit("#letter")
    failed = "document.getElementById('said').dataset.kind === 'failure'"
    page.until(failed, "the word that it was not sent", 60)
    page.keep_screenshot("write-host-gone")
    assert page.browser.run("return document.getElementById('text').innerText.trim()") == TEXT
    assert len(page.server.taken) == before
    page.host.mend()

    page.leave()
    page.write()
    locked = "document.querySelector('#before [data-code=locked]') !== null"
    page.until(locked, "the word that the keys are locked, before anything is written", 30)
    page.keep_screenshot("write-locked")
    assert axe.violations(page.browser.run) == []
    page.unlock()
    page.until("document.querySelector('#drafts li') !== null", "the draft in the list", 60)
    page.browser.run("document.getElementById('drafts').open = true")
    page.screenshots("write-drafts")
    assert axe.violations(page.browser.run) == []
    assert page.browser.run("return new URL(document.querySelector('#drafts a').href).search") == draft
    page.browser.open(page.browser.extension_url(f"ui/write.html{draft}"))
    page.until("document.getElementById('text')?.innerText.includes('18,400')", "the letter", 60)
    page.until("document.querySelector('#attached li') !== null", "its file", 60)
    page.send()
    (tmp_path / "sent.eml").write_bytes(page.server.taken[-1].content)
    inner = opened_by_carla(mail, tmp_path)
    kinds = [part.get_content_type() for part in inner.walk()]
    alternative = ["multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/plain"]
    assert [kind for kind in kinds if kind in alternative][-5:] == alternative
    texts = [part.get_content().strip() for part in inner.walk() if part.get_content_maintype() == "text"]  # type: ignore[attr-defined]
    assert (texts[-3].endswith(f"*{TEXT}*"), texts[-1]) == (True, "north")
    assert f"<b>{TEXT}</b>" in texts[-2]
    page.write()
    assert page.browser.run("return document.getElementById('drafts').hidden")


def kept_files(page: Writer) -> int:
    """How many files the drafts in this home have."""
    with sqlite3.connect(page.host.home / "data" / "letterlock.sqlite") as database:
        (count,) = database.execute("SELECT count(*) FROM draft_file").fetchone()
        return int(count)
