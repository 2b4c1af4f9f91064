"""What Thunderbird keeps of a message that is not sent: drafts, what it saves by itself, templates; and after a crash.

Whatever is to be encrypted, or has words that were, is kept encrypted for its writer alone.
"""

from __future__ import annotations

import pytest

from tests.e2e.browsers import wait_for
from tests.e2e.thunderbird.reader import Reader, rich
from tests.e2e.thunderbird.writer import (
    ANNA,
    BEA,
    MARKER,
    SCREENSHOTS,
    SIGNED_ONLY,
    TEXT,
    Writer,
    desk,
    in_clear,
    tidy,
)
from tests.operations.writing_desk import ENCRYPTED

__all__ = ["desk", "tidy"]

WRITTEN = "return compose.gMsgCompose.editor.document.body.textContent.includes(arguments[0])"


@pytest.mark.parametrize(
    ("how", "mailbox", "kind"), [("SaveAsTemplate", "Templates", "Template"), ("AutoSave", "Drafts", "Draft")]
)
def test_templates_and_what_is_saved_by_itself(writer: Writer, how: str, mailbox: str, kind: str) -> None:
    """On the IMAP server it is for Anna alone; opened again it has text and recipients, and both switches are on."""
    writer.composer.write(TEXT, to=BEA, subject=f"About the {MARKER}")
    writer.composer.switch("encrypt")
    writer.composer.switch("sign")
    writer.composer.run("compose.gContentChanged = true")
    writer.composer.save(how)
    (kept,) = writer.mailbox(mailbox)
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.composer.close()
    writer.nothing_in_clear()
    uri = Reader(writer.thunderbird, writer.screen).open(kept, "encryption_decrypted", MARKER)
    writer.composer.write("", original=uri, kind=kind)
    writer.composer.wait_for(WRITTEN, MARKER)
    assert writer.composer.is_on("encrypt")
    writer.composer.wait_for("return strip.querySelector('[data-switch=sign]').ariaPressed === 'true'")
    assert BEA in writer.composer.run("return compose.gMsgCompose.compFields.to")
    writer.composer.screenshot(SCREENSHOTS / f"compose-reopened-{kind.lower()}.png")
    writer.composer.close()
    writer.nothing_in_clear()


def test_a_quotation_is_kept_secret_even_where_it_may_leave_in_clear(writer: Writer) -> None:
    """Encrypt was switched off: what is kept of it is encrypted all the same, and before it leaves the person is asked.
    Whoever says no still has the window, and nothing left."""
    original = writer.desk.protected(rich(MARKER).as_bytes(), ENCRYPTED)
    uri = Reader(writer.thunderbird, writer.screen).open(original, "encryption_decrypted", MARKER)
    writer.composer.write("", original=uri, kind="ReplyToSender")
    writer.composer.wait_for(WRITTEN, MARKER)
    writer.composer.switch("encrypt", on=False)
    writer.composer.save()
    (kept,) = writer.mailbox("Drafts")
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.nothing_in_clear()
    writer.composer.send()
    writer.composer.answer_question("cancel", SCREENSHOTS / "compose-quote-question.png")
    writer.composer.wait_for(WRITTEN, MARKER)
    assert writer.webmail.sink.received == []
    writer.nothing_in_clear()


def test_a_quotation_leaves_in_clear_where_the_person_says_so(writer: Writer) -> None:
    """Asked, and decided."""
    note = f"From: {BEA}\r\nTo: {ANNA}\r\nSubject: Jelly\r\n\r\nAbout the {SIGNED_ONLY}.\r\n".encode()
    uri = writer.thunderbird.file(writer.desk.protected(note, ENCRYPTED))
    writer.thunderbird.select(uri)
    writer.screen.wait_for_bar("encryption_decrypted", uri, 60)
    writer.composer.write("", original=uri, kind="ReplyToSender")
    writer.composer.wait_for(WRITTEN, SIGNED_ONLY)
    writer.composer.switch("encrypt", on=False)
    writer.composer.send()
    writer.composer.answer_question("accept")
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert SIGNED_ONLY.encode() in envelope.content


def test_a_draft_that_cannot_be_encrypted_is_not_saved(writer: Writer) -> None:
    """Without the host nothing is kept anywhere, it is said, and the text is still in the window."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    writer.host.remove()
    try:
        writer.thunderbird.suspend_addon()
        writer.composer.save()
        assert writer.composer.refusal().startswith("The draft was not saved.")
        writer.composer.screenshot(SCREENSHOTS / "compose-draft-refused.png")
        assert MARKER in writer.composer.text()
        assert writer.mailbox("Drafts", 0) == []
        assert writer.outgoing() == []
        writer.nothing_in_clear()
    finally:
        writer.composer.close()
        writer.host.mend()
        writer.unlock()


def test_after_a_crash_nothing_is_left(writer: Writer) -> None:
    """Thunderbird is killed while the host has the message: its file is there in clear, and gone after a new start."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    for host in writer.hosts():
        host.suspend()
    writer.composer.send()
    wait_for(lambda: any(in_clear(each.read_bytes()) for each in writer.outgoing()), "the message on its way", 60)
    writer.thunderbird.kill()
    try:
        assert any(in_clear(each.read_bytes()) for each in writer.outgoing()), "nothing was there to be removed"
    finally:
        writer.start()
    wait_for(lambda: writer.outgoing() == [], "an empty folder", 60)
    assert writer.webmail.sink.received == []
    writer.nothing_in_clear()
    writer.unlock()
    writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
