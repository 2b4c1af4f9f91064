"""What servers do to a message, and what is told of it: nothing is lost and nothing is bent."""

from __future__ import annotations

import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.errors import Cancelled, LetterlockError
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.mime.failures import BadAddress
from letterlock.net import mail_failures as failures
from letterlock.operations import accounts, parcels, protect, send
from letterlock.operations.account_failures import (
    MailUnsendable,
    NobodyToSendTo,
    TooManyToSendTo,
)
from letterlock.operations.outbox import Outbox, Parcel
from letterlock.operations.send_report import Status
from letterlock.store.failures import OutboxFull, OutboxItemUnknown, StoreDamaged
from tests.net.mail_servers import Peer
from tests.net.mail_tls import Authority
from tests.operations.sending_desk import ANNA, BEA, CARL, finished, note, sending, statuses

MARKER = "Mordillo-4711-Kaffeekanne"


def test_a_message_is_sent_and_forgotten(quick_path: Path, mail_authority: Authority) -> None:
    """The simple case: nothing is left, not even in the database's free space."""
    with sending(quick_path, mail_authority) as (sender, server, _):
        report = sender.finished(note(MARKER))
        assert report.all_sent
        assert not report.kept
        assert MARKER.encode() in server.taken[0].content
        assert sender.waiting() == []


@pytest.mark.parametrize(
    ("recipient", "became"),
    [
        ({BEA: "550 5.1.1 unknown"}, {BEA: "refused", CARL: "not_sent"}),
        ({BEA: "450 4.2.1 later"}, {BEA: "waiting", CARL: "waiting"}),
        ({BEA: "450 4.2.1 later", CARL: "550 5.1.1 unknown"}, {BEA: "refused", CARL: "refused"}),
    ],
)
def test_refused_recipients_are_told_one_by_one(
    recipient: dict[str, str], became: dict[str, str], quick_path: Path, mail_authority: Authority
) -> None:
    """One that is refused for good stops the message; one that is refused for now lets it wait."""
    with sending(quick_path, mail_authority, recipient=lambda address: recipient.get(address, "250 Ok")) as (
        sender,
        server,
        _,
    ):
        report = sender.finished(note(to=f"{BEA}, {CARL}"))
        assert statuses(report) == became
        assert server.taken == []
        for each in report.recipients:
            if each.address in recipient:
                assert isinstance(each.failure, failures.RecipientRefused | failures.RecipientRefusedForNow)
                assert recipient[each.address].partition(" ")[2] in each.failure.detail
        assert bool(sender.waiting()) is ("waiting" in became.values())


def test_what_waits_is_sent_later_and_once(quick_path: Path, mail_authority: Authority) -> None:
    """The server was busy at the last word (4xx): it waits, and goes out when asked for again."""
    replies = iter(["451 4.3.0 busy", "250 Ok", "250 Ok"])
    with sending(quick_path, mail_authority, end=lambda _: next(replies)) as (sender, server, _):
        report = sender.finished(note())
        assert statuses(report) == {BEA: "waiting"}
        (again,) = sender.resume()
        assert statuses(again) == {BEA: "sent"}
        assert len(server.taken) == 1
        assert sender.resume() == []


def test_whoever_does_not_want_to_wait_gets_it_back(quick_path: Path, mail_authority: Authority) -> None:
    """`wait` false: the client keeps the message, and nothing stays here."""
    with sending(quick_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        assert statuses(sender.finished(note(), wait=False)) == {BEA: "not_sent"}
        assert sender.waiting() == []


def test_a_wrong_password_sends_nothing_and_loses_nothing(quick_path: Path, mail_authority: Authority) -> None:
    """It waits; with the right password it goes out."""
    with sending(quick_path, mail_authority, credentials=(ANNA, "another")) as (sender, server, _):
        report = sender.finished(note())
        assert statuses(report) == {BEA: "waiting"}
        assert isinstance(report.recipients[0].failure, failures.MailLoginRefused)
        sender.account = accounts.put(sender.database, sender.vault, sender.account, "another")
        assert statuses(sender.resume()[0]) == {BEA: "sent"}
        assert len(server.taken) == 1


def test_a_server_that_breaks_off_at_the_last_word_leaves_a_person_to_decide(
    quick_path: Path, mail_authority: Authority
) -> None:
    """It may have been sent: not again by itself, only on request; and what is forgotten is gone."""

    def breaks(_: object) -> str:
        raise ConnectionError

    with sending(quick_path, mail_authority, end=breaks) as (sender, server, _):
        report = sender.finished(note())
        assert statuses(report) == {BEA: "unsure"}
        assert isinstance(report.recipients[0].failure, failures.MailFateUnknown)
        (item,) = sender.waiting()
        assert item.unsure
        server.end = lambda _: "250 Ok"
        assert statuses(sender.resume()[0]) == {BEA: "unsure"}
        assert server.taken == []
        assert statuses(sender.resume(anyway=True)[0]) == {BEA: "sent"}
        assert len(server.taken) == 1
        server.end = breaks
        sender.finished(note())
        (item,) = sender.waiting()
        assert sender.outbox().forget_batch(sender.outbox().batch(item.stored.batch[:5])) == 1
        assert sender.waiting() == []
        with pytest.raises(OutboxItemUnknown):
            sender.outbox().forget_batch(item.stored.batch)


@pytest.mark.parametrize("extensions", [["8BITMIME"], ["SMTPUTF8"], ["SIZE 100", "8BITMIME"]])
def test_what_the_server_cannot_carry_is_not_bent(
    extensions: list[str], quick_path: Path, mail_authority: Authority
) -> None:
    """Without SMTPUTF8, 8BITMIME or room: said, and not sent, since rewriting would break signatures."""
    messages = {
        "8BITMIME": (note(more="X-Greeting: Grüezi\r\n"), failures.MailNeedsSmtputf8),
        "SMTPUTF8": (note("Grüezi"), failures.MailNeeds8bit),
        "SIZE 100": (note("x" * 100), failures.MailTooLargeForServer),
    }
    message, kind = messages[extensions[0]]
    with sending(quick_path, mail_authority, extensions=extensions) as (sender, server, _):
        report = sender.finished(message)
        assert statuses(report) == {BEA: "refused"}
        assert isinstance(report.recipients[0].failure, kind)
        assert server.taken == []
        assert sender.waiting() == []


def test_addresses_beyond_ascii(quick_path: Path, mail_authority: Authority) -> None:
    """A domain goes in A-labels; a local part needs SMTPUTF8, and goes as it is; the report has what was asked for."""
    with sending(quick_path, mail_authority) as (sender, server, _):
        sender.finished(note(), ["bea@grüße.example"])
        assert server.taken[0].recipients == ["bea@xn--gre-6ka8l.example"]
        sender.finished(note(), ["grüße@grüße.example"])
        assert server.taken[1].recipients == ["grüße@xn--gre-6ka8l.example"]
        server.extensions = []
        report = sender.finished(note(), ["grüße@grüße.example"])
        assert statuses(report) == {"grüße@grüße.example": "refused"}
        assert isinstance(report.recipients[0].failure, failures.MailNeedsSmtputf8)


def test_a_notice_that_the_server_cannot_give_is_said(quick_path: Path, mail_authority: Authority) -> None:
    """The message goes out all the same."""
    with sending(quick_path, mail_authority, extensions=[]) as (sender, server, _):
        incoming = protect.Incoming()
        incoming.feed(note())
        wanted = parcels.as_it_is(incoming.close(), datetime.now(UTC), False, receipt=True)
        report = send.submit(wanted, sender.account, sender.outbox(), sender.way())
        assert [type(each) for each in report.remarks] == [failures.ReceiptNotOffered]
        assert report.all_sent
        assert len(server.taken) == 1


@pytest.mark.parametrize("message", [note("a\0b"), note("x" * 1_000), note("x" * 70_000)])
def test_what_smtp_would_change_is_not_kept_and_not_sent(
    message: bytes, quick_path: Path, mail_authority: Authority
) -> None:
    """A NUL, or a line that servers break."""
    with sending(quick_path, mail_authority) as (sender, server, _):
        with pytest.raises(MailUnsendable):
            sender.finished(message)
        assert sender.waiting() == []
        assert server.taken == []
        assert Outbox.counted(sender.database) == 0


def test_bare_line_ends_cannot_smuggle_a_second_message(quick_path: Path, mail_authority: Authority) -> None:
    """What is an end of a message to some servers (LF . LF) becomes an ordinary line with a doubled dot."""
    smuggled = b"\n.\nMAIL FROM:<eve@evil.example>\nRCPT TO:<x@y>\nDATA\n.\n\r.\r"
    with sending(quick_path, mail_authority) as (sender, server, _):
        assert sender.finished(note() + smuggled).all_sent
        (taken,) = server.taken
        assert b"\r\n.\r\nMAIL FROM" in taken.content
        assert b"\n" not in taken.content.replace(b"\r\n", b"")


def test_nobody_and_too_many(quick_path: Path, mail_authority: Authority) -> None:
    """Said before anything is kept."""
    with sending(quick_path, mail_authority) as (sender, _, _):
        with pytest.raises(NobodyToSendTo):
            sender.finished(b"From: anna@muster.example\r\n\r\nHello\r\n")
        with pytest.raises(TooManyToSendTo):
            sender.finished(note(), [f"p{each}@muster.example" for each in range(limits.MAIL_RECIPIENTS + 1)])


def test_a_large_message_is_sent_in_pieces(quick_path: Path, mail_authority: Authority) -> None:
    """With progress to the end, and not a step back."""
    seen: list[tuple[int, int | None]] = []
    with sending(quick_path, mail_authority) as (sender, server, _):
        message = note(("z" * 76 + "\r\n") * 50_000)
        report = sender.finished(message, progress=lambda done, total: seen.append((done, total)))
        assert report.all_sent
        assert seen[-1][0] == seen[-1][1] == len(server.taken[0].content)
        assert [each[0] for each in seen] == sorted({each[0] for each in seen})


# --- Stopping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_stopped_in_time_is_not_sent(gone: bool, quick_path: Path, mail_authority: Authority) -> None:
    """By a person: it is given up. Because the client ended: it waits, for nobody else has it any more."""
    stop = threading.Event()
    with sending(quick_path, mail_authority) as (sender, server, _):
        report = sender.finished(
            note(("z" * 76 + "\r\n") * 100_000),
            progress=lambda done, _: stop.set() if done > 200_000 else None,
            cancelled=stop.is_set,
            gone=lambda: gone,
        )
        assert statuses(report) == {BEA: "waiting" if gone else "not_sent"}
        assert isinstance(report.recipients[0].failure, Cancelled)
        assert len(sender.waiting()) == gone
        assert server.taken == []


def test_a_batch_is_stopped_between_its_messages(quick_path: Path, mail_authority: Authority) -> None:
    """Whoever could not stop the end of the first can stop the second."""
    stop, large = threading.Event(), note(("z" * 76 + "\r\n") * 200_000)
    letters = [Parcel(ANNA, (BEA,), [note()], "<x@y>"), Parcel(ANNA, (CARL,), [large], "<x@y>")]
    with sending(quick_path, mail_authority) as (sender, server, _):
        way = sender.way(progress=lambda done, _: stop.set() if done > 100_000 else None, cancelled=stop.is_set)
        report = send.submit(letters, sender.account, sender.outbox(), way)
        assert statuses(report) == {BEA: "sent", CARL: "not_sent"}
        assert [each.recipients for each in server.taken] == [[BEA]]
        assert sender.waiting() == []


def test_after_the_last_word_it_is_too_late_to_stop(quick_path: Path, mail_authority: Authority) -> None:
    """The answer says that it was sent."""
    stop = threading.Event()

    def slow(_: object) -> str:
        stop.set()
        time.sleep(0.4)
        return "250 Ok"

    with sending(quick_path, mail_authority, end=slow) as (sender, server, _):
        assert statuses(sender.finished(note(), cancelled=stop.is_set)) == {BEA: "sent"}
        assert len(server.taken) == 1


def test_nothing_of_it_is_on_the_disk_in_clear(quick_path: Path, mail_authority: Authority) -> None:
    """Password, text, subject, recipients: every file is searched while the message waits and after it was sent."""
    with sending(quick_path, mail_authority, end=lambda _: "451 busy", credentials=(ANNA, MARKER)) as (
        sender,
        server,
        _,
    ):
        sender.account = accounts.put(sender.database, sender.vault, sender.account, MARKER)
        secret = note(MARKER, to=f"{MARKER}@muster.example", more=f"X-Secret: {MARKER}\r\n")
        assert list(statuses(sender.finished(secret)).values()) == ["waiting"]

        def found() -> list[Path]:
            files = [each for each in quick_path.rglob("*") if each.is_file()]
            assert files
            return [each for each in files if MARKER.encode() in each.read_bytes()]

        assert found() == []
        server.end = lambda _: "250 Ok"
        sender.resume()
        assert len(server.taken) == 1
        assert found() == []


def test_without_the_vault_nothing_is_read_or_sent(quick_path: Path, mail_authority: Authority) -> None:
    """Locked: how many wait is known, and no more."""
    with sending(quick_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        sender.finished(note())
        sender.vault.lock()
        assert Outbox.counted(sender.database) == 1
        assert [each.address for each in accounts.listed(sender.database)] == [ANNA]
        with pytest.raises(VaultLocked):
            sender.waiting()
        with pytest.raises(VaultLocked):
            sender.way()


def test_a_damaged_row_is_said_and_not_guessed(quick_path: Path, mail_authority: Authority) -> None:
    """Accounts that are no accounts, pieces that are missing, envelopes of another message."""
    with sending(quick_path, mail_authority, end=lambda _: "451 busy") as (sender, server, _):
        for number in range(2):
            sender.finished(note(f"number {number}"))
        with sqlite3.connect(sender.database) as connection:
            rows = connection.execute("SELECT envelope FROM outbox ORDER BY made").fetchall()
            connection.execute("UPDATE outbox SET envelope = ?", rows[0])
        with pytest.raises(SecretDamaged):
            sender.waiting()
        with sqlite3.connect(sender.database) as connection:
            for row in rows:
                connection.execute("UPDATE outbox SET envelope = ? WHERE made = (SELECT min(made) FROM outbox)", row)
                connection.execute("DELETE FROM outbox WHERE rowid NOT IN (SELECT min(rowid) FROM outbox)")
                break
            connection.execute("DELETE FROM outbox_piece")
        server.end = lambda _: "250 Ok"
        (report,) = sender.resume()
        assert report.recipients[0].status is Status.WAITING
        assert isinstance(report.recipients[0].failure, StoreDamaged)
        assert server.taken == []
        for settings in ("[]", "{}", "x", '{"smtp": [1], "imap": null}'):
            with sqlite3.connect(sender.database) as connection:
                connection.execute("UPDATE account SET settings = ?", (settings,))
            with pytest.raises(StoreDamaged):
                accounts.listed(sender.database)


def test_as_many_wait_as_may(quick_path: Path, mail_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it nothing is sent, and nothing is lost."""
    monkeypatch.setattr(limits, "OUTBOX_BATCHES", 2)
    with sending(quick_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        for _each in range(2):
            sender.finished(note())
        with pytest.raises(OutboxFull):
            sender.finished(note())
        assert Outbox.counted(sender.database) == 2


def _batch() -> list[Parcel]:
    """One message for everybody, and one for each of two blind recipients."""
    return [Parcel(ANNA, (who,), [note(who)], "<x@y>") for who in (BEA, CARL, "dora@muster.example")]


@pytest.mark.parametrize(
    ("refused", "became"),
    [
        (BEA, ["refused", "not_sent", "not_sent"]),
        (CARL, ["sent", "refused", "sent"]),
        ("", ["sent", "sent", "sent"]),
    ],
)
def test_a_batch_whose_first_message_is_refused_is_not_tried_further(
    refused: str, became: list[str], quick_path: Path, mail_authority: Authority
) -> None:
    """Blind recipients get nothing that nobody else got; one of them alone holds up nobody."""
    with sending(quick_path, mail_authority, recipient=lambda who: "550 no" if who == refused else "250 Ok") as (
        sender,
        server,
        _,
    ):
        report = send.submit(_batch(), sender.account, sender.outbox(), sender.way())
        assert [each.status.value for each in report.recipients] == became
        assert len(server.taken) == became.count("sent")
        assert sender.waiting() == []


def test_hundreds_of_recipients_go_in_several_turns(quick_path: Path, mail_authority: Authority) -> None:
    """A server that takes a hundred at a time (RFC 5321 §4.5.3.1.8) takes them all; the message is kept once."""
    everybody = [f"p{number}@muster.example" for number in range(250)]
    with sending(quick_path, mail_authority) as (sender, server, listener):

        def recipient(_: str) -> str:
            said = [each for each in listener.peers[-1].heard if each.startswith((b"MAIL", b"RCPT"))]
            since = next(number for number, each in enumerate(reversed(said)) if each.startswith(b"MAIL"))
            return "250 Ok" if since <= 100 else "452 4.5.3 too many recipients"

        server.recipient = recipient
        letters = parcels.as_it_is(finished(note()), datetime.now(UTC), False, everybody)
        assert [each.pieces is None for each in letters] == [False, True, True]
        report = send.submit(letters, sender.account, sender.outbox(), sender.way())
        assert statuses(report) == dict.fromkeys(everybody, "sent")
        assert [len(each.recipients) for each in server.taken] == [100, 100, 50]
        assert len({each.content for each in server.taken}) == 1
        with sqlite3.connect(sender.database) as connection:
            assert connection.execute("SELECT count(*) FROM outbox_piece").fetchone() == (0,)


def test_a_batch_that_breaks_off_goes_on_where_it_was(quick_path: Path, mail_authority: Authority) -> None:
    """The first was taken, the second is unsure, the third waits: later the third alone goes out, and then on request
    the second."""
    replies: list[str | None] = ["250 Ok", None, "250 Ok", "250 Ok"]

    def end(_: object) -> str:
        said = replies.pop(0)
        if said is None:
            raise ConnectionError
        return said

    with sending(quick_path, mail_authority, end=end) as (sender, server, _):
        report = send.submit(_batch(), sender.account, sender.outbox(), sender.way())
        assert [each.status.value for each in report.recipients] == ["sent", "unsure", "waiting"]
        (report,) = sender.resume()
        assert [each.status.value for each in report.recipients] == ["unsure", "sent"]
        (report,) = sender.resume(anyway=True)
        assert [each.status.value for each in report.recipients] == ["sent"]
        assert [each.recipients for each in server.taken] == [[BEA], ["dora@muster.example"], [CARL]]
        assert sender.waiting() == []


def test_recipients_that_are_no_addresses(quick_path: Path, mail_authority: Authority) -> None:
    """What could become a parameter of a command is refused before it is one."""
    with sending(quick_path, mail_authority) as (sender, server, _):
        for typed in ('"a"@x> NOTIFY=NEVER <b@y', "nobody", "a@b>"):
            with pytest.raises(BadAddress):
                sender.finished(note(), [typed])
        assert server.taken == []


def test_a_server_that_goes_in_the_middle_of_a_message(quick_path: Path, mail_authority: Authority) -> None:
    """It hangs up while the message is on its way: nothing was sent, and it waits."""

    def goes(peer: Peer) -> bytes:
        peer.exactly(1_000)
        raise ConnectionError

    with sending(quick_path, mail_authority) as (sender, server, _):
        server._content = goes  # type: ignore[method-assign]
        report = sender.finished(note(("z" * 76 + "\r\n") * 200_000))
        assert statuses(report) == {BEA: "waiting"}
        assert isinstance(report.recipients[0].failure, failures.MailAnswerBroken)
        (item,) = sender.waiting()
        assert not item.unsure


def test_failures_have_a_code(quick_path: Path, mail_authority: Authority) -> None:
    """Nobody is there: the message waits, and why is said with a code."""
    with sending(quick_path, mail_authority) as (sender, _, listener):
        listener.close()
        (told,) = sender.finished(note()).recipients
        assert told.status is Status.WAITING
        assert isinstance(told.failure, LetterlockError)
        assert told.failure.code == "fetch_unreachable"
