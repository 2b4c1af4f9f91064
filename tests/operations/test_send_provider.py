"""What is signed and sent here arrives as it was, through Postfix and Dovecot, and the copy is where it belongs."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.errors import LetterlockError
from letterlock.mime.letter import Attachment
from letterlock.net import imap, smtp
from letterlock.net.mail import Login
from letterlock.net.mail_failures import MailFolderRefused, MailLoginRefused, MailTooLargeForServer, RecipientRefused
from letterlock.operations import accounts, parcels, protect, send
from letterlock.operations.compose import Written
from letterlock.operations.protect import Wish
from letterlock.operations.send_report import CopyStatus
from tests.net.mail_rig import PASSWORD, TOKEN, Provider
from tests.operations.sending_desk import ANNA, BEA, CARL, Sender, SendingDesk, note, statuses
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED

NASTY = (
    "Grüezi Bea, schöne Grüße – 100 % ✓\n"
    "trailing spaces   \n\ttab at the end\t\n"
    ".\n..two dots\n.hidden\nFrom here on\n" + "long " * 700 + "\n\n\n- -- \n.\nend without a line end "
)
BINARY = bytes(range(256)) * 40 + b"\r\n.\r\n\r.\n.\n\r\r\n"
SENT = "Gesendete Objekte f&APw-r Gr&APYA3w-en"


@pytest.fixture(scope="module")
def desk(mail_provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> SendingDesk:
    """Anna's desk at the provider."""
    context = mail_provider.authority.trusting()
    folder = tmp_path_factory.mktemp("desk")
    return SendingDesk(folder, context, mail_provider.submissions, mail_provider.imaps, PASSWORD)


@pytest.fixture
def before(mail_provider: Provider) -> dict[str, int]:
    """How many messages were there before."""
    return {name: len(mail_provider.messages(name)) for name in ("bea", "carl")}


def arrived(provider: Provider, name: str, before: dict[str, int]) -> bytes:
    """The one message that is new."""
    (found,) = provider.messages(name, least=before[name] + 1)[before[name] :]
    return found


WISHES = {"signed": SIGNED, "both": BOTH, "encrypted": ENCRYPTED, "opaque": Wish(sign=True, opaque=True)}


@pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)
@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_what_is_signed_here_arrives_valid(
    wish: Wish, security: str, desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """8-bit text, long lines, dots, trailing spaces, “From ” and binary attachments, over both kinds of connection."""
    if security == "starttls":
        account = desk.sender.account.__class__(ANNA, mail_provider.submission, mail_provider.imap)
        desk.sender.account = accounts.put(desk.database, desk.vault, account, PASSWORD)
    files = [Attachment("Größe.bin", "application/octet-stream", lambda: iter([BINARY]))]
    report = desk.send(Written(ANNA, [BEA], subject="Prüfung", text=NASTY, attachments=files), wish)
    assert statuses(report) == {BEA: "sent"}
    assert report.copy is CopyStatus.KEPT
    assert desk.sender.waiting() == []
    message = arrived(mail_provider, "bea", before)
    signature, encryption, text = desk.opened(message)
    assert signature == ("valid" if wish.sign else "none")
    assert encryption == ("decrypted" if wish.encrypt else "none")
    assert text.decode().replace("\r\n", "\n").rstrip("\n").endswith(NASTY.rstrip("\n"))
    opened = desk.open(message)
    (file,) = [part for part in opened.parts if part.name == "Größe.bin"]
    assert b"".join(opened.body(file.id)) == BINARY
    opened.close()
    copy = mail_provider.messages("anna", SENT)[-1]
    assert desk.opened(copy)[:2] == (signature, encryption)


def test_a_blind_recipient_is_named_to_nobody_else(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """Each gets a message of his own; only the copy for Sent names him."""
    report = desk.send(Written(ANNA, [BEA], bcc=[CARL], subject="Geheim", text="Hallo"))
    assert statuses(report) == {BEA: "sent", CARL: "sent"}
    for_bea, for_carl = (arrived(mail_provider, name, before) for name in ("bea", "carl"))
    assert b"carl@" not in for_bea.lower()
    assert not re.search(rb"(?im)^bcc:", for_carl)
    for message in (for_bea, for_carl):
        opened = desk.open(message)
        assert opened.verdict.signature.status.value == "valid"
        assert "carl" not in opened.verdict.headers.model_dump_json()
        opened.close()
    copy = mail_provider.messages("anna", SENT)[-1]
    assert b"Bcc: carl@muster.example" in copy
    assert desk.opened(copy)[:2] == ("valid", "decrypted")


def test_signed_mail_with_bcc_goes_to_all_without_naming_him(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """One message, two envelopes' addresses; the copy says who else got it."""
    report = desk.send(Written(ANNA, [BEA], bcc=[CARL], text="Hallo"), SIGNED)
    assert statuses(report) == {BEA: "sent", CARL: "sent"}
    for name in ("bea", "carl"):
        message = arrived(mail_provider, name, before)
        delivered = re.sub(rb"(?im)^(delivered-to|x-original-to|received):.*\r\n([ \t].*\r\n)*", b"", message)
        assert b"carl@" not in delivered.lower()
        assert desk.opened(message)[0] == "valid"
    assert b"Bcc: carl@muster.example" in mail_provider.messages("anna", SENT)[-1]


def test_the_copy_is_read_and_in_the_folder_that_the_server_names(desk: SendingDesk, mail_provider: Provider) -> None:
    """The one with the special use, not the one with a usual name."""
    report = desk.sender.finished(note("a copy"))
    assert report.folder == "Gesendete Objekte für Größen"
    with mail_provider.mailbox("anna") as session:
        session.select(f'"{SENT}"', readonly=True)
        _, (numbers,) = session.search(None, "UNSEEN")
        assert numbers == b""


def test_a_finished_message_is_sent_to_the_letter(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """8-bit octets, dots and spaces as they are (8BITMIME); Bcc goes, Date and Message-ID come."""
    body = "Grüße\r\n.\r\n..\r\n. .\r\nspaces  \r\n\r\n"
    report = desk.sender.finished(note(body, more="Bcc: carl@muster.example\r\n"))
    assert statuses(report) == {BEA: "sent", CARL: "sent"}
    for name in ("bea", "carl"):
        message = arrived(mail_provider, name, before)
        header, _, got = message.partition(b"\r\n\r\n")
        assert got == body.encode() + b"\r\n"
        assert b"bcc" not in header.lower()
        assert len(re.findall(rb"(?im)^(?:message-id|date):", header)) == 2
    copy = mail_provider.messages("anna", SENT)[-1]
    assert b"Bcc: carl@muster.example" in copy
    (sent_id,) = re.findall(rb"(?im)^message-id: (.*)\r$", copy)
    assert sent_id in arrived(mail_provider, "bea", before)


def test_an_address_that_the_server_refuses_stops_the_message_for_all_and_is_named(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """Nobody gets it, no copy is kept, nothing waits, and each recipient's fate is said."""
    copies = len(mail_provider.messages("anna", SENT))
    report = desk.sender.finished(note(to="bea@muster.example, refused@muster.example"))
    assert statuses(report) == {BEA: "not_sent", "refused@muster.example": "refused"}
    assert isinstance(report.recipients[1].failure, RecipientRefused)
    assert report.copy is CopyStatus.NOT_KEPT
    assert desk.sender.waiting() == []
    report = desk.sender.finished(note("the next one"))
    assert statuses(report) == {BEA: "sent"}
    assert b"the next one" in arrived(mail_provider, "bea", before)
    assert len(mail_provider.messages("anna", SENT)) == copies + 1


def test_a_message_beyond_the_servers_limit_is_not_sent_to_find_out(desk: SendingDesk) -> None:
    """RFC 1870: said before the first octet."""
    line = "x" * 900 + "\r\n"
    report = desk.sender.finished(note(line * 45_000))
    assert statuses(report) == {BEA: "refused"}
    failure = report.recipients[0].failure
    assert isinstance(failure, MailTooLargeForServer)
    assert failure.limit == 40_000_000
    assert desk.sender.waiting() == []


def test_letters_beyond_ascii_in_the_header_need_smtputf8(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """Postfix knows it; the header arrives as it was written (RFC 6532)."""
    report = desk.sender.finished(note(more="X-Greeting: Grüezi\r\n"))
    assert statuses(report) == {BEA: "sent"}
    assert "X-Greeting: Grüezi".encode() in arrived(mail_provider, "bea", before)


def test_a_token_logs_in_on_both_servers(desk: SendingDesk, mail_provider: Provider, tmp_path: Path) -> None:
    """XOAUTH2, with a token as long as real ones; a wrong one is refused by both."""
    context = mail_provider.authority.trusting()
    for server, connected in (
        (mail_provider.submission, smtp.connected), (mail_provider.submissions, smtp.connected),
        (mail_provider.imap, imap.connected), (mail_provider.imaps, imap.connected),
    ):  # fmt: skip
        with connected(server, context) as session:  # type: ignore[operator]
            session.login(Login("oauth", ANNA, TOKEN))
        with pytest.raises(MailLoginRefused), connected(server, context) as session:  # type: ignore[operator]
            session.login(Login("oauth", ANNA, "ya29.wrong"))
    sender = Sender(
        desk.database, desk.vault, context, mail_provider.submission, mail_provider.imap, TOKEN, login="oauth"
    )
    report = sender.finished(note("by token"))
    assert statuses(report) == {BEA: "sent"}
    assert report.copy is CopyStatus.KEPT


def test_an_account_is_tried_out_without_sending(desk: SendingDesk, mail_provider: Provider) -> None:
    """What each server can do, and which folder copies go to; a wrong password is said of each."""
    sender = desk.sender
    way = sender.way()
    found = list(accounts.tried(sender.account, way.login, sender.context))
    assert [(each.protocol, each.failure) for each in found] == [("smtp", None), ("imap", None)]
    assert found[0].largest == 40_000_000
    assert set(found[0].abilities) == {"8BITMIME", "SMTPUTF8", "DSN"}
    assert found[1].folder == "Gesendete Objekte für Größen"
    wrong = list(accounts.tried(sender.account, Login("password", ANNA, "wrong"), sender.context))
    assert [type(each.failure) for each in wrong] == [MailLoginRefused, MailLoginRefused]
    assert all(isinstance(each.failure, LetterlockError) for each in wrong)


def test_a_notice_of_delivery_is_asked_for(desk: SendingDesk, mail_provider: Provider) -> None:
    """RFC 3461: the notice comes back to the sender."""
    before = len(mail_provider.messages("anna"))
    incoming = protect.Incoming()
    incoming.feed(note("with notice"))
    letters = parcels.as_it_is(incoming.close(), datetime.now(UTC), False, receipt=True)
    report = send.submit(letters, desk.sender.account, desk.sender.outbox(), desk.sender.way())
    assert statuses(report) == {BEA: "sent"}
    assert report.remarks == []
    notice = mail_provider.messages("anna", least=before + 1)[-1]
    assert b"report-type=delivery-status" in notice


def test_a_copy_that_the_server_does_not_take_waits_and_is_kept_once(
    desk: SendingDesk, mail_provider: Provider, before: dict[str, int]
) -> None:
    """The message itself is sent. An attempt that came further than anybody knows does not make a second copy."""
    sender = desk.sender
    copies = len(mail_provider.messages("anna", SENT))
    sender.account = accounts.put(desk.database, desk.vault, replace(sender.account, folder="No/Such"))
    report = sender.finished(note("the copy waits"))
    assert statuses(report) == {BEA: "sent"}
    assert report.copy is CopyStatus.WAITING
    assert isinstance(report.copy_failure, MailFolderRefused)
    sender.account = accounts.put(desk.database, desk.vault, replace(sender.account, folder=""))
    (report,) = sender.resume()
    assert report.recipients == []
    assert report.copy is CopyStatus.KEPT
    assert len(mail_provider.messages("anna", SENT)) == copies + 1
    # Killed between the copy and the note that it is there: as if it had never been noted.
    outbox = sender.outbox()
    with sqlite3.connect(desk.database) as connection:
        tables = ("outbox", "outbox_piece")
        for name in tables:
            connection.execute(f"CREATE TEMP TABLE old_{name} AS SELECT * FROM {name} WHERE 0")
        incoming = protect.Incoming()
        incoming.feed(note("once"))
        letters = parcels.as_it_is(incoming.close(), datetime.now(UTC), True)
        items = outbox.put(sender.account.id, letters)
        for name in tables:
            connection.execute(f"INSERT INTO old_{name} SELECT * FROM {name}")
        connection.commit()
        assert send.resume(items, sender.account, outbox, sender.way()).copy is CopyStatus.KEPT
        for name in tables:
            connection.execute(f"INSERT INTO {name} SELECT * FROM old_{name}")
        connection.execute("DELETE FROM outbox WHERE role = 'message'")
        connection.execute("UPDATE outbox SET state = 'ending', claim = NULL, until = 0")
        connection.commit()
    (report,) = sender.resume()
    assert report.copy is CopyStatus.KEPT
    assert sender.waiting() == []
    assert len(mail_provider.messages("anna", SENT)) == copies + 2
    assert len(mail_provider.messages("bea", least=before["bea"] + 2)) == before["bea"] + 2
