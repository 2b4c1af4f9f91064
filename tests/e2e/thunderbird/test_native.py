"""Encrypted mail as Thunderbird's own content: text, attachments, reply, forward; and drafts that come back."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest

from tests.e2e.thunderbird.writer import ANNA, BEA, MARKER, SCREENSHOTS, TEXT, Writer, desk, tidy
from tests.operations.writing_desk import BOTH, ENCRYPTED

__all__ = ["desk", "tidy"]

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
TABLE = bytes(range(256)) * 40
REPORT = "Bericht für März.pdf"


def rich() -> bytes:
    """A mail with text, HTML that shows an image, and two attachments."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = BEA, ANNA, f"About the {MARKER}"
    mail.set_content(f"Dear Anna,\n\nthe {MARKER} is here.\n")
    mail.add_alternative(f'<p>Dear Anna,</p><p>the <b>{MARKER}</b> is here. <img src="cid:seal@x"></p>', subtype="html")
    mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<seal@x>")  # type: ignore[union-attr, index]
    mail.add_attachment(TABLE, "application", "octet-stream", filename="table.bin")
    mail.add_attachment(b"%PDF-1.4 " + TABLE, "application", "pdf", filename=REPORT)
    return mail.as_bytes()


def body(writer: Writer) -> str:
    """The text of the message on display."""
    text: str = writer.thunderbird.run(
        "return gTabmail.currentAboutMessage?.getMessagePaneBrowser()?.contentDocument?.body?.innerText ?? ''"
    )
    return text


def opened(writer: Writer, mail: bytes, code: str) -> str:
    """Files a mail, opens it, waits for its bar and for its text; its URI."""
    uri = writer.thunderbird.file(mail)
    writer.thunderbird.select(uri)
    writer.screen.wait_for_bar(code, uri, 30)
    writer.thunderbird.wait_for(
        """
        const pane = gTabmail.currentAboutMessage?.getMessagePaneBrowser()?.contentDocument;
        return pane?.body?.textContent.includes(arguments[0]);
        """,
        MARKER,
        seconds=20,
    )
    return uri


def attachments(writer: Writer) -> dict[str, bytes]:
    """What Thunderbird's own list holds, saved."""
    saved: dict[str, str] = writer.thunderbird.run_async(
        """
        const about = gTabmail.currentAboutMessage;
        const found = {};
        for (const each of about.currentAttachments) {
            const file = Services.dirsvc.get("ProfD", Ci.nsIFile);
            file.append("saved-attachment");
            const messenger = Cc["@mozilla.org/messenger;1"].createInstance(Ci.nsIMessenger);
            await each.saveToFile(file.path);
            const octets = await IOUtils.read(file.path);
            await IOUtils.remove(file.path);
            let text = "";
            for (const octet of octets) text += String.fromCharCode(octet);
            found[each.name] = btoa(text);
        }
        return found;
        """
    )
    return {name: base64.b64decode(octets) for name, octets in saved.items()}


@pytest.mark.parametrize(("wish", "code"), [(ENCRYPTED, "encryption_decrypted"), (BOTH, "signature_valid")])
def test_text_images_attachments(writer: Writer, wish: Any, code: str) -> None:
    """The HTML with its image, the subject that was hidden, and both attachments, octet by octet."""
    opened(writer, writer.desk.protected(rich(), wish), code)
    writer.screen.wait_for_subject(f"About the {MARKER}")
    image = """
        const pane = gTabmail.currentAboutMessage.getMessagePaneBrowser().contentDocument;
        return pane.querySelector("img")?.naturalWidth;
    """
    assert writer.thunderbird.wait_for(image) == 1
    assert attachments(writer) == {"table.bin": TABLE, REPORT: b"%PDF-1.4 " + TABLE}
    writer.screen.screenshot(SCREENSHOTS / f"native-{code}.png")
    assert not writer.thunderbird.run(
        "return gTabmail.currentAboutMessage.document.getElementById('cryptoBox').checkVisibility()"
    )


def test_a_reply_is_encrypted_too(writer: Writer) -> None:
    """It quotes the text, carries the hidden subject, and Encrypt is on; on the wire nothing is in clear."""
    uri = opened(writer, writer.desk.protected(rich(), ENCRYPTED), "encryption_decrypted")
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


def test_forwarding_inline_has_the_text(writer: Writer) -> None:
    """And is encrypted as well."""
    uri = opened(writer, writer.desk.protected(rich(), ENCRYPTED), "encryption_decrypted")
    writer.composer.write("", original=uri, kind="ForwardInline")
    quoted = "return compose.gMsgCompose.editor.document.body.textContent.includes(arguments[0])"
    writer.composer.wait_for(quoted, MARKER)
    assert writer.composer.is_on("encrypt")


def test_a_draft_is_kept_encrypted_and_can_be_opened_again(writer: Writer) -> None:
    """On the IMAP server it is for Anna alone; opened, it has its text, and Encrypt is on."""
    writer.composer.write(TEXT, to=BEA, subject=f"About the {MARKER}")
    writer.composer.switch("encrypt")
    writer.composer.send("SaveAsDraft")
    (kept,) = writer.mailbox("Drafts")
    assert MARKER.encode() not in kept
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.composer.close()
    writer.nothing_in_clear()
    uri = opened(writer, kept, "encryption_decrypted")
    writer.composer.write("", original=uri, kind="Draft")
    written = "return compose.gMsgCompose.editor.document.body.textContent.includes(arguments[0])"
    writer.composer.wait_for(written, MARKER)
    assert writer.composer.is_on("encrypt")
    assert writer.composer.run("return compose.gMsgCompose.compFields.to") == BEA


def test_what_was_not_opened_cannot_be_overwritten(writer: Writer) -> None:
    """A draft that could not be decrypted has no text in its window, and is not saved over."""
    kept = writer.thunderbird.file(writer.desk.protected(rich(), ENCRYPTED))
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
