"""Writing in Thunderbird: what leaves on the wire and what stays in Sent, read by OpenSSL; and when nothing leaves."""

from __future__ import annotations

import base64
from email import message_from_bytes

import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.thunderbird.reader import PIXEL
from tests.e2e.thunderbird.writer import (
    ANNA,
    BEA,
    CARL,
    DORA,
    MARKER,
    NOBODY,
    SCREENSHOTS,
    SIGNED_ONLY,
    TEXT,
    Writer,
    desk,
    tidy,
)

__all__ = ["desk", "tidy"]


def test_signed(writer: Writer) -> None:
    """On the wire and in Sent stands one message; its signature holds for OpenSSL, and covers the text."""
    writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.screenshot(SCREENSHOTS / "compose-sign.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA]
    assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
    assert b"X-Letterlock" not in envelope.content
    (kept,) = writer.mailbox("Sent")
    assert SIGNED_ONLY.encode() in writer.verified(kept)
    assert message_from_bytes(kept)["Message-ID"] == message_from_bytes(envelope.content)["Message-ID"]


@pytest.mark.parametrize("signed", [False, True])
def test_encrypted(writer: Writer, signed: bool) -> None:
    """Recipient and sender can decrypt what is on the wire and what is in Sent; nothing is anywhere in clear."""
    writer.composer.write(TEXT, to=BEA, cc=CARL, subject=f"About the {MARKER}")
    writer.composer.switch("encrypt")
    writer.composer.switch("sign", signed)
    writer.composer.wait_for("return strip.querySelector('.line').textContent.startsWith('Everybody')")
    writer.composer.screenshot(SCREENSHOTS / f"compose-encrypt{'-sign' if signed else ''}.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, CARL]
    (kept,) = writer.mailbox("Sent")
    for message in (envelope.content, kept):
        for address in (ANNA, BEA, CARL):
            inside = writer.decrypted(message, address)
            assert MARKER.encode() in (writer.verified(inside) if signed else inside)
    assert message_from_bytes(envelope.content)["Subject"] == "[...]"
    writer.nothing_in_clear()


def test_every_blind_copy_is_a_message_of_its_own(writer: Writer) -> None:
    """Each is for one address and readable by it; no message names it; the copy in Sent does."""
    writer.composer.write(TEXT, to=BEA, bcc=f"{CARL}, {DORA}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.send()
    writer.composer.wait_until_gone()
    envelopes = writer.sent_to_server(3)
    assert sorted(each.rcpt_tos for each in envelopes) == [[BEA], [CARL], [DORA]]
    for envelope in envelopes:
        assert b"carl@" not in envelope.content
        assert b"dora@" not in envelope.content
        assert MARKER.encode() in writer.decrypted(envelope.content, envelope.rcpt_tos[0])
    (kept,) = writer.mailbox("Sent")
    assert message_from_bytes(kept)["Bcc"] == f"{CARL}, {DORA}"
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.nothing_in_clear()


def test_blind_copies_alone(writer: Writer) -> None:
    """With nobody in To, each blind copy is sent, and nothing else."""
    writer.composer.write(TEXT, bcc=f"{CARL}, {DORA}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.switch("sign")
    writer.composer.send()
    writer.composer.wait_until_gone()
    assert sorted(each.rcpt_tos for each in writer.sent_to_server(2)) == [[CARL], [DORA]]
    (kept,) = writer.mailbox("Sent")
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.nothing_in_clear()


def test_blind_copies_of_a_signed_mail(writer: Writer) -> None:
    """One message for all, which names none of them; the copy in Sent does."""
    writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, bcc=CARL, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, CARL]
    assert b"carl@" not in envelope.content
    (kept,) = writer.mailbox("Sent")
    assert message_from_bytes(kept)["Bcc"] == CARL
    assert SIGNED_ONLY.encode() in writer.verified(kept)


def test_somebody_without_certificate(writer: Writer) -> None:
    """It is said while the address is typed, and again on Send; nothing leaves, not even to the others."""
    writer.composer.write(TEXT, to=f"{BEA}, {NOBODY}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.wait_for("return strip.querySelector('.line').textContent.includes(arguments[0])", NOBODY)
    writer.composer.press(".more")
    assert writer.composer.run("return strip.querySelector('.people').children.length") == 2
    assert writer.composer.run("return strip.querySelectorAll('[data-action=find]').length") == 1
    assert NOBODY in writer.refused("compose-no-certificate")


def test_the_host_is_gone(writer: Writer) -> None:
    """Not installed any more: nothing leaves, and it is said."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.host.remove()
    try:
        writer.thunderbird.suspend_addon()
        assert "not installed" in writer.refused("compose-host-missing")
    finally:
        writer.host.mend()
        writer.unlock()


def test_the_vault_is_locked(writer: Writer) -> None:
    """The add-on was put to sleep, and with it its host: the new one is locked, and nothing leaves unsigned. A button
    leads to where the keys are unlocked; then it goes."""
    writer.composer.write(TEXT.replace(MARKER, f"{MARKER} and the {SIGNED_ONLY}"), to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.thunderbird.suspend_addon()
    assert "locked" in writer.refused("compose-locked")
    notice = "compose.gComposeNotification.getNotificationWithValue('letterlock')"
    writer.composer.run(f"{notice}.buttonContainer.querySelector('button').click()")
    writer.enter_passphrase()
    writer.composer.wait_for(f"return !{notice}")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert SIGNED_ONLY.encode() in writer.verified(writer.decrypted(envelope.content, BEA))
    writer.nothing_in_clear()


def test_the_host_is_killed_in_the_middle(writer: Writer) -> None:
    """It has the message and answers nothing; then it is killed. Nothing leaves, and it is said."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    (host, *_) = writer.hosts()
    host.suspend()
    writer.composer.send()
    wait_for(lambda: writer.outgoing(), "the message on its way to the host", 60)
    host.kill()
    try:
        assert "Nothing was sent." in writer.composer.refusal()
        assert writer.webmail.sink.received == []
        assert writer.outgoing() == []
        writer.nothing_in_clear()
    finally:
        writer.composer.close()
        writer.unlock()


def test_the_addon_itself_crashes_in_the_middle(writer: Writer) -> None:
    """Its process is killed while the host has the message: nobody will answer. Nothing leaves, and it is said."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    for host in writer.hosts():
        host.suspend()
    writer.composer.send()
    wait_for(lambda: writer.outgoing(), "the message on its way to the host", 60)
    writer.thunderbird.crash_addon()
    try:
        assert writer.composer.refusal().startswith("Nothing was sent.")
        line = "return strip.querySelector('.line').textContent.startsWith('Letterlock did not answer')"
        writer.composer.wait_for(line)
        writer.composer.screenshot(SCREENSHOTS / "compose-addon-crashed.png")
        assert MARKER in writer.composer.text()
        assert writer.webmail.sink.received == []
        assert writer.outgoing() == []
        writer.nothing_in_clear()
    finally:
        writer.composer.close()
        writer.kill_hosts()
        writer.unlock()


def test_a_sleeping_addon_is_woken_by_send(writer: Writer) -> None:
    """Encrypting needs no unlocked key: put to sleep, the add-on and a new host do it all the same."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    writer.thunderbird.suspend_addon()
    try:
        writer.composer.send()
        writer.composer.wait_until_gone()
        (envelope,) = writer.sent_to_server(1)
        assert MARKER.encode() in writer.decrypted(envelope.content, BEA)
        writer.nothing_in_clear()
    finally:
        writer.unlock()


def test_formatted_text_with_a_picture(writer: Writer) -> None:
    """HTML, its plain alternative, the picture in it and a file: all inside of signature and encryption."""
    picture = base64.b64encode(PIXEL).decode()
    html = f"<p>Dear Bea,</p><p>the <b>{MARKER}</b>: <img src='data:image/png;base64,{picture}'></p>"
    writer.composer.write(html, form="HTML", to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.screenshot(SCREENSHOTS / "compose-html.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    inside = message_from_bytes(writer.verified(writer.decrypted(envelope.content, BEA)))
    found = {part.get_content_type(): part.get_payload(decode=True) for part in inside.walk()}
    assert MARKER.encode() in found["text/plain"]
    assert f"<b>{MARKER}</b>".encode() in found["text/html"]
    assert found["image/png"] == PIXEL
    writer.nothing_in_clear()


def test_send_later(writer: Writer) -> None:
    """In the Outbox it is signed and encrypted already; what leaves later is that message."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.send("SendMessageLater")
    writer.composer.wait_until_gone()
    assert writer.webmail.sink.received == []
    writer.nothing_in_clear()
    writer.thunderbird.run("setTimeout(() => SendUnsentMessages())")
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA]
    inside = writer.decrypted(envelope.content, BEA)
    assert MARKER.encode() in writer.verified(inside)
    assert b"Fcc" not in inside
    (kept,) = writer.mailbox("Sent")
    assert MARKER.encode() in writer.decrypted(kept, ANNA)


def test_send_later_with_blind_copies_is_refused(writer: Writer) -> None:
    """Each would be a message of its own, which the Outbox cannot tell: nothing goes into it."""
    writer.composer.write(TEXT, to=BEA, bcc=CARL, subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.send("SendMessageLater")
    assert "cannot wait in the Outbox" in writer.composer.refusal()
    writer.nothing_in_clear()


def test_an_attachment_of_20_megabytes(writer: Writer) -> None:
    """It arrives octet by octet."""
    large = writer.folder / "large.bin"
    large.write_bytes(bytes(range(256)) * 81_920)
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.run(
        """
        const attachment = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(Ci.nsIMsgAttachment);
        attachment.url = Services.io.newFileURI(new compose.FileUtils.File(arguments[0])).spec;
        attachment.name = "large.bin";
        compose.AddAttachments([attachment]);
        """,
        str(large),
    )
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.send()
    writer.composer.wait_until_gone(300)
    (envelope,) = writer.sent_to_server(1)
    inside = message_from_bytes(writer.verified(writer.decrypted(envelope.content, BEA)))
    files = [part.get_payload(decode=True) for part in inside.walk() if part.get_filename() == "large.bin"]
    assert files == [large.read_bytes()]
