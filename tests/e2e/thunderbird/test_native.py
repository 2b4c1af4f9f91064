"""Encrypted mail as Thunderbird's own content: text, attachments, paper, reply, forward; and drafts that come back."""

from __future__ import annotations

import imaplib
import random
import threading
import time
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.roundcube import PASSWORD
from tests.e2e.thunderbird.encrypted_forms import FORMS, Forms, entity
from tests.e2e.thunderbird.reader import REPORT, TABLE, Reader, rich
from tests.e2e.thunderbird.writer import ANNA, BEA, CARL, MARKER, SCREENSHOTS, TEXT, Writer, desk, tidy
from tests.operations.writing_desk import ENCRYPTED

__all__ = ["desk", "tidy"]

HELD = {"table.bin": TABLE, REPORT: b"%PDF-1.4 " + TABLE}
"""The attachments of a `rich` mail."""


@pytest.fixture(scope="module")
def forms(writer: Writer) -> Forms:
    """Bea writes to Anna with OpenSSL."""
    folder = writer.folder / "forms"
    folder.mkdir()
    return Forms(writer.desk, folder, BEA, ANNA)


@pytest.fixture(scope="module")
def reader(writer: Writer) -> Reader:
    return Reader(writer.thunderbird, writer.screen)


def letter() -> bytes:
    """The content of a `rich` mail."""
    return entity(rich(MARKER))


def hidden() -> EmailMessage:
    return rich(MARKER)


@pytest.mark.parametrize("form", FORMS)
def test_every_form(writer: Writer, reader: Reader, forms: Forms, form: str) -> None:
    """The HTML with its image, and both attachments, octet by octet; and no second opinion beside the bar."""
    reader.open(forms.make(form, letter(), "Jelly"), FORMS[form], MARKER)
    reader.wait_for_image()
    assert reader.attachments() == HELD
    own = "return gTabmail.currentAboutMessage.document.getElementById('encryptionTechBtn').checkVisibility()"
    assert not writer.thunderbird.run(own)
    assert not writer.thunderbird.run("return gTabmail.currentAboutMessage.CanDetachAttachments()")
    writer.screen.screenshot(SCREENSHOTS / f"native-{form.replace(' ', '-')}.png")


def test_the_hidden_subject(writer: Writer, reader: Reader) -> None:
    """It stands in place of the one outside, on screen and on paper, where the text is too."""
    reader.open(writer.desk.protected(hidden().as_bytes(), ENCRYPTED), "encryption_decrypted", MARKER)
    writer.screen.wait_for_subject(f"About the {MARKER}")
    printed = reader.printed(writer.folder / "printed.pdf")
    assert f"the {MARKER} is here" in printed
    assert f"About the {MARKER}" in printed
    assert "table.bin" in printed


@pytest.mark.parametrize("where", ["pane", "tab", "window"])
def test_on_an_imap_server(writer: Writer, reader: Reader, forms: Forms, where: str) -> None:
    """What lies on a server is opened in the three-pane window, in a tab, and in a window."""
    subject = f"On a server, in a {where}"
    with imaplib.IMAP4("127.0.0.1", writer.webmail.imap_port) as imap:
        imap.login("anna", PASSWORD)
        imap.append("INBOX", "", "", forms.make("triple-wrapped", letter(), subject))
    uri = writer.thunderbird.imap_message(subject)
    if where == "pane":
        writer.thunderbird.select(uri)
    else:
        writer.thunderbird.open_in(where, uri)
    writer.screen.wait_for_bar("signature_valid", uri, 60)
    text = """
        const top = Services.wm.getMostRecentWindow("mail:messageWindow") ?? window;
        const about = top.messageBrowser?.contentWindow ?? top.gTabmail?.currentAboutMessage;
        return about?.getMessagePaneBrowser()?.contentDocument?.body?.textContent.includes(arguments[0]);
    """
    writer.thunderbird.wait_for(text, MARKER, seconds=60)
    if where != "window":
        assert reader.attachments() == HELD


@pytest.fixture
def asked() -> Iterator[tuple[str, list[str]]]:
    """A server that tells what it was asked for: its address, and the paths."""
    paths: list[str] = []

    class Ears(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Ears)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_nothing_is_loaded_from_elsewhere(
    writer: Writer, reader: Reader, forms: Forms, asked: tuple[str, list[str]]
) -> None:
    """Not even where it is allowed for the sender, as a mail in clear from the same sender shows."""
    address, paths = asked
    html = f'Content-Type: text/html\r\n\r\n<p>Jelly {MARKER}</p><img src="{address}/%s">'
    writer.thunderbird.run(
        """
        const address = Services.io.newURI(`chrome://messenger/content/email=${arguments[0]}`);
        const principal = Services.scriptSecurityManager.createContentPrincipal(address, {});
        Services.perms.addFromPrincipal(principal, "image", Services.perms.ALLOW_ACTION);
        """,
        BEA,
    )
    reader.open(forms.make("gcm", (html % "encrypted").encode(), "Jelly"), "encryption_decrypted", MARKER)
    reader.printed(writer.folder / "remote.pdf")
    clear = writer.thunderbird.file(forms.headed("Jelly", (html.replace(MARKER, "in clear") % "clear").encode()))
    writer.thunderbird.select(clear)
    deadline = time.monotonic() + 60
    while not paths:
        assert time.monotonic() < deadline, "the mail in clear does not load its picture either"
        time.sleep(0.05)
    assert paths == ["/clear"]


def test_an_encrypted_message_that_is_attached(writer: Writer, reader: Reader, forms: Forms) -> None:
    """It is not opened inside of the other; the attachment, opened, is; and on the disk it is as it was sent."""
    for outer in ("in clear", "encrypted"):
        mail = EmailMessage(policy=SMTP)
        mail.set_content(f"See what she wrote, {outer}.\n")
        mail.add_attachment(message_from_bytes(forms.make("gcm", letter(), "Jelly"), policy=SMTP), filename="jelly.eml")
        content = entity(mail)
        whole = forms.headed("Fwd", content) if outer == "in clear" else forms.make("cbc", content, "Fwd")
        writer.thunderbird.select(writer.thunderbird.file(whole))
        reader.wait_for_text(f"See what she wrote, {outer}")
        reader.wait_for_text("This part is encrypted in itself")
        assert reader.body().count("See what she wrote") == 1
        assert MARKER not in reader.body()
        reader.open_attachment()
        reader.wait_for_text(MARKER)
        assert reader.attachments() == HELD
        writer.thunderbird.tidy()
    writer.nothing_in_clear()


def test_a_message_file(writer: Writer, reader: Reader, forms: Forms) -> None:
    """Another message in the same file is that other message."""
    file = writer.folder / "message.eml"
    for word in ("first", "second"):
        content = f"Content-Type: text/plain\r\n\r\nThe {word} {MARKER}\r\n".encode()
        file.write_bytes(forms.make("gcm", content, "Jelly"))
        reader.open_file(file)
        reader.wait_for_text(f"The {word} {MARKER}")
        writer.thunderbird.tidy()
    file.unlink()


def test_why_it_cannot_be_read(writer: Writer, reader: Reader, forms: Forms) -> None:
    """The bar names the certificate, and says that the key may be an old one; no text stands below it but that."""
    uri = reader.open(forms.stranger("Jelly", letter()), "encryption_undecryptable", "certificate you do not have here")
    bar = writer.screen.bar()
    assert bar is not None
    for words in ("CN=Anna Muster (old)", "serial number", "If you have had a certificate before"):
        assert words in " ".join(bar["lines"])
    writer.screen.screenshot(SCREENSHOTS / "native-undecryptable.png")
    assert MARKER not in reader.body()
    writer.composer.write("", original=uri, kind="ReplyToSender")
    assert writer.composer.is_on("encrypt"), "and it can be answered"


def test_switching_quickly(writer: Writer, reader: Reader, forms: Forms) -> None:
    """Never does one message's subject, verdict or text stand beside those of another."""
    kinds = {"gcm": "encryption_decrypted", "signed inside": "signature_valid", "signed around": "signature_partial"}
    mails, together = [], set()
    for number, (form, code) in enumerate([*kinds.items()] * 2):
        content = f"Content-Type: text/plain\r\n\r\nThe {MARKER} {number} is here\r\n".encode()
        mails.append(writer.thunderbird.file(forms.make(form, content, f"Jelly {number}")))
        together.add((f"Jelly {number}", code, f"{MARKER} {number}"))
    choose = random.Random(7)
    reader.watch(MARKER)
    for _ in range(30):
        writer.thunderbird.select(mails[choose.randrange(len(mails))])
        time.sleep(choose.choice((0, 0.02, 0.1, 0.25)))
    writer.thunderbird.select(mails[0])
    writer.screen.wait_for_bar("encryption_decrypted", mails[0], 60)
    reader.wait_for_text(f"{MARKER} 0")
    writer.thunderbird.select(mails[1])
    writer.screen.wait_for_bar("signature_valid", mails[1], 60)
    reader.wait_for_text(f"{MARKER} 1")
    seen = reader.watched()
    assert seen <= together
    assert len(seen) > 1, "too little was seen to prove anything"


def test_nothing_decrypted_reaches_the_disk(writer: Writer, reader: Reader, forms: Forms) -> None:
    """Opened, indexed, its attachments read, forwarded, edited: nothing of it is in the profile or a temporary file."""
    uri = reader.open(forms.make("gcm", letter(), "Jelly"), "encryption_decrypted", MARKER)
    reader.wait_for_image()
    assert reader.attachments() == HELD
    reader.wait_until_indexed(uri)
    writer.thunderbird.select(writer.thunderbird.file(forms.headed("Jelly", b"Content-Type: text/plain\r\n\r\nHi\r\n")))
    writer.thunderbird.select(uri)
    reader.wait_for_text(MARKER)
    for kind in ("ForwardInline", "ForwardAsAttachment", "Draft", "EditAsNew"):
        writer.composer.write("", original=uri, kind=kind)
        attached = (
            "return [...compose.document.querySelectorAll('#attachmentBucket richlistitem')].length === arguments[0]"
        )
        writer.composer.wait_for(attached, 1 if kind == "ForwardAsAttachment" else 2, seconds=60)
        found = written(writer.home, MARKER.encode(), MARKER.encode("utf-16-le"), TABLE[:3000], PART_OF_TABLE)
        assert found == [], kind
        writer.composer.close()


PART_OF_TABLE = b"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUm"
"""How `TABLE` begins in base64."""


def written(folder: Path, *traces: bytes) -> list[Path]:
    """The files below a folder that hold any of these."""
    found = []
    for file in folder.rglob("*"):
        if file.is_file():
            octets = file.read_bytes()
            found += [file for trace in traces if trace in octets]
    return found


def test_a_reply_is_encrypted_too(writer: Writer, reader: Reader) -> None:
    """It quotes the text, carries the hidden subject, and Encrypt is on; on the wire nothing is in clear."""
    uri = reader.open(writer.desk.protected(hidden().as_bytes(), ENCRYPTED), "encryption_decrypted", MARKER)
    writer.composer.write("", original=uri, kind="ReplyToSender")
    quoted = "return compose.gMsgCompose.editor.document.body.textContent.includes(arguments[0])"
    writer.composer.wait_for(quoted, MARKER)
    assert writer.composer.is_on("encrypt")
    assert (
        writer.composer.run("return compose.document.getElementById('msgSubject').value") == f"Re: About the {MARKER}"
    )
    writer.composer.screenshot(SCREENSHOTS / "compose-reply.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert MARKER.encode() not in envelope.content
    assert MARKER.encode() in writer.decrypted(envelope.content, BEA)
    writer.nothing_in_clear()


@pytest.mark.parametrize("kind", ["ForwardInline", "ForwardAsAttachment"])
def test_forwarding(writer: Writer, reader: Reader, kind: str) -> None:
    """In the letter or as a message, whoever gets it reads text and attachments; it is encrypted as well."""
    uri = reader.open(writer.desk.protected(hidden().as_bytes(), ENCRYPTED), "encryption_decrypted", MARKER)
    writer.composer.write("", original=uri, kind=kind)
    assert writer.composer.is_on("encrypt")
    names = (
        "return [...compose.document.querySelectorAll('#attachmentBucket richlistitem')].map(e => e.attachment.name)"
    )
    wanted = [f"About the {MARKER}.eml"] if kind == "ForwardAsAttachment" else [*HELD]
    writer.composer.wait_for(f"{names}.join() === arguments[0].join()", wanted, seconds=60)
    writer.composer.run(
        "compose.addressRowAddRecipientsArray(compose.document.getElementById('addressRowTo'), [arguments[0]])", CARL
    )
    writer.composer.wait_for("return strip.querySelector('.line').textContent.startsWith('Everybody')", seconds=60)
    writer.composer.screenshot(SCREENSHOTS / f"compose-{kind}.png")
    writer.composer.send()
    writer.composer.wait_until_gone(60)
    (envelope,) = writer.sent_to_server(1)
    assert MARKER.encode() not in envelope.content
    inside = message_from_bytes(writer.decrypted(envelope.content, CARL))
    assert MARKER in str(inside)
    parts = {part.get_filename(): part.get_payload(decode=True) for part in inside.walk()}
    assert {name: parts[name] for name in HELD} == HELD
    writer.nothing_in_clear()


def test_a_draft_is_kept_encrypted_and_can_be_opened_again(writer: Writer, reader: Reader) -> None:
    """On the IMAP server it is for Anna alone; opened, it has its text, and Encrypt is on."""
    writer.composer.write(TEXT, to=BEA, subject=f"About the {MARKER}")
    writer.composer.switch("encrypt")
    writer.composer.send("SaveAsDraft")
    (kept,) = writer.mailbox("Drafts")
    assert MARKER.encode() not in kept
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.composer.close()
    writer.nothing_in_clear()
    uri = reader.open(kept, "encryption_decrypted", MARKER)
    writer.composer.write("", original=uri, kind="Draft")
    written = "return compose.gMsgCompose.editor.document.body.textContent.includes(arguments[0])"
    writer.composer.wait_for(written, MARKER)
    assert writer.composer.is_on("encrypt")
    assert writer.composer.run("return compose.gMsgCompose.compFields.to") == BEA


def test_what_was_not_opened_cannot_be_overwritten(writer: Writer) -> None:
    """A draft that could not be decrypted has no text in its window, and is not saved over."""
    kept = writer.thunderbird.file(writer.desk.protected(hidden().as_bytes(), ENCRYPTED))
    writer.kill_hosts()
    writer.thunderbird.suspend_addon()
    try:
        writer.thunderbird.select(kept)
        writer.screen.wait_for_bar("encryption_locked", kept, 60)
        writer.thunderbird.tidy()
        writer.composer.write("", original=kept, kind="Draft")
        writer.composer.send("SaveAsDraft")
        assert "was not open" in writer.composer.refusal()
        assert writer.mailbox("Drafts", 0) == []
    finally:
        writer.composer.close()
        writer.unlock()
