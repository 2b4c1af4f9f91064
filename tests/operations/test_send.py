"""Nothing is lost and nothing is sent twice: servers that refuse or break off, processes that are killed or compete."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from letterlock import limits
from letterlock.errors import Cancelled, LetterlockError
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.mime.failures import BadAddress
from letterlock.net import mail_failures as failures
from letterlock.net.mail import MailServer
from letterlock.operations import accounts, protect, send
from letterlock.operations.account_failures import (
    AccountMissing,
    AccountSecretMissing,
    AccountSettingWrong,
    MailUnsendable,
    NobodyToSendTo,
    OutboxTaken,
    TooManyToSendTo,
)
from letterlock.operations.accounts import Account
from letterlock.operations.outbox import Outbox, Parcel
from letterlock.operations.send import Status
from letterlock.store.failures import AccountUnknown, OutboxFull, OutboxItemUnknown, StoreDamaged
from tests.keystore.vaults import made
from tests.net.mail_servers import Listener, Peer, SmtpServer, listening, smtp_server
from tests.net.mail_tls import Authority
from tests.operations.sending_desk import ANNA, BEA, CARL, Sender, note, statuses

PROCESS = Path(__file__).with_name("sender_process.py")
MARKER = "Mordillo-4711-Kaffeekanne"
LATER = limits.OUTBOX_CLAIM_SECONDS + 1


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a disk: a killed process leaves the same behind there, only sooner."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder)


@contextmanager
def sending(folder: Path, authority: Authority, **how: Any) -> Iterator[tuple[Sender, SmtpServer, Listener]]:
    """A sender and his server."""
    with smtp_server(authority, **how) as (server, listener):
        database = folder / "data" / "letterlock.sqlite"
        sender = Sender(database, made(database), authority.trusting(), listener.server())
        yield sender, server, listener


def parcels(message: bytes) -> list[Parcel]:
    incoming = protect.Incoming()
    incoming.feed(message)
    return send.as_it_is(incoming.close(), datetime.now(UTC), False)


# --- What servers do ----------------------------------------------------------------------------------------------


def test_a_message_is_sent_and_forgotten(tmp_path: Path, mail_authority: Authority) -> None:
    """The simple case: nothing is left, not even in the database's free space."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
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
    recipient: dict[str, str], became: dict[str, str], tmp_path: Path, mail_authority: Authority
) -> None:
    """One that is refused for good stops the message; one that is refused for now lets it wait."""
    with sending(tmp_path, mail_authority, recipient=lambda address: recipient.get(address, "250 Ok")) as (
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


def test_what_waits_is_sent_later_and_once(tmp_path: Path, mail_authority: Authority) -> None:
    """The server was busy at the last word (4xx): it waits, and goes out when asked for again."""
    replies = iter(["451 4.3.0 busy", "250 Ok", "250 Ok"])
    with sending(tmp_path, mail_authority, end=lambda _: next(replies)) as (sender, server, _):
        report = sender.finished(note())
        assert statuses(report) == {BEA: "waiting"}
        (again,) = sender.resume()
        assert statuses(again) == {BEA: "sent"}
        assert len(server.taken) == 1
        assert sender.resume() == []


def test_whoever_does_not_want_to_wait_gets_it_back(tmp_path: Path, mail_authority: Authority) -> None:
    """`wait` false: the client keeps the message, and nothing stays here."""
    with sending(tmp_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        assert statuses(sender.finished(note(), wait=False)) == {BEA: "not_sent"}
        assert sender.waiting() == []


def test_a_wrong_password_sends_nothing_and_loses_nothing(tmp_path: Path, mail_authority: Authority) -> None:
    """It waits; with the right password it goes out."""
    with sending(tmp_path, mail_authority, credentials=(ANNA, "another")) as (sender, server, _):
        report = sender.finished(note())
        assert statuses(report) == {BEA: "waiting"}
        assert isinstance(report.recipients[0].failure, failures.MailLoginRefused)
        sender.account = accounts.put(sender.database, sender.vault, sender.account, "another")
        assert statuses(sender.resume()[0]) == {BEA: "sent"}
        assert len(server.taken) == 1


def test_a_server_that_breaks_off_at_the_last_word_leaves_a_person_to_decide(
    tmp_path: Path, mail_authority: Authority
) -> None:
    """It may have been sent: not again by itself, only on request; and what is forgotten is gone."""

    def breaks(_: object) -> str:
        raise ConnectionError

    with sending(tmp_path, mail_authority, end=breaks) as (sender, server, _):
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
    extensions: list[str], tmp_path: Path, mail_authority: Authority
) -> None:
    """Without SMTPUTF8, 8BITMIME or room: said, and not sent, since rewriting would break signatures."""
    messages = {
        "8BITMIME": (note(more="X-Greeting: Grüezi\r\n"), failures.MailNeedsSmtputf8),
        "SMTPUTF8": (note("Grüezi"), failures.MailNeeds8bit),
        "SIZE 100": (note("x" * 100), failures.MailTooLargeForServer),
    }
    message, kind = messages[extensions[0]]
    with sending(tmp_path, mail_authority, extensions=extensions) as (sender, server, _):
        report = sender.finished(message)
        assert statuses(report) == {BEA: "refused"}
        assert isinstance(report.recipients[0].failure, kind)
        assert server.taken == []
        assert sender.waiting() == []


def test_addresses_beyond_ascii(tmp_path: Path, mail_authority: Authority) -> None:
    """A domain goes in A-labels; a local part needs SMTPUTF8, and goes as it is; the report has what was asked for."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
        sender.finished(note(), ["bea@grüße.example"])
        assert server.taken[0].recipients == ["bea@xn--gre-6ka8l.example"]
        sender.finished(note(), ["grüße@grüße.example"])
        assert server.taken[1].recipients == ["grüße@xn--gre-6ka8l.example"]
        server.extensions = []
        report = sender.finished(note(), ["grüße@grüße.example"])
        assert statuses(report) == {"grüße@grüße.example": "refused"}
        assert isinstance(report.recipients[0].failure, failures.MailNeedsSmtputf8)


def test_a_notice_that_the_server_cannot_give_is_said(tmp_path: Path, mail_authority: Authority) -> None:
    """The message goes out all the same."""
    with sending(tmp_path, mail_authority, extensions=[]) as (sender, server, _):
        incoming = protect.Incoming()
        incoming.feed(note())
        wanted = send.as_it_is(incoming.close(), datetime.now(UTC), False, receipt=True)
        report = send.submit(wanted, sender.account, sender.outbox(), sender.way())
        assert [type(each) for each in report.remarks] == [failures.ReceiptNotOffered]
        assert report.all_sent
        assert len(server.taken) == 1


@pytest.mark.parametrize("message", [note("a\0b"), note("x" * 1_000), note("x" * 70_000)])
def test_what_smtp_would_change_is_not_kept_and_not_sent(
    message: bytes, tmp_path: Path, mail_authority: Authority
) -> None:
    """A NUL, or a line that servers break."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
        with pytest.raises(MailUnsendable):
            sender.finished(message)
        assert sender.waiting() == []
        assert server.taken == []
        assert Outbox.counted(sender.database) == 0


def test_bare_line_ends_cannot_smuggle_a_second_message(tmp_path: Path, mail_authority: Authority) -> None:
    """What is an end of a message to some servers (LF . LF) becomes an ordinary line with a doubled dot."""
    smuggled = b"\n.\nMAIL FROM:<eve@evil.example>\nRCPT TO:<x@y>\nDATA\n.\n\r.\r"
    with sending(tmp_path, mail_authority) as (sender, server, _):
        assert sender.finished(note() + smuggled).all_sent
        (taken,) = server.taken
        assert b"\r\n.\r\nMAIL FROM" in taken.content
        assert b"\n" not in taken.content.replace(b"\r\n", b"")


def test_nobody_and_too_many(tmp_path: Path, mail_authority: Authority) -> None:
    """Said before anything is kept."""
    with sending(tmp_path, mail_authority) as (sender, _, _):
        with pytest.raises(NobodyToSendTo):
            sender.finished(b"From: anna@muster.example\r\n\r\nHello\r\n")
        with pytest.raises(TooManyToSendTo):
            sender.finished(note(), [f"p{each}@muster.example" for each in range(limits.MAIL_RECIPIENTS + 1)])


def test_a_large_message_is_sent_in_pieces(tmp_path: Path, mail_authority: Authority) -> None:
    """With progress to the end, and not a step back."""
    seen: list[tuple[int, int | None]] = []
    with sending(tmp_path, mail_authority) as (sender, server, _):
        message = note(("z" * 76 + "\r\n") * 50_000)
        report = sender.finished(message, progress=lambda done, total: seen.append((done, total)))
        assert report.all_sent
        assert seen[-1][0] == seen[-1][1] == len(server.taken[0].content)
        assert [each[0] for each in seen] == sorted({each[0] for each in seen})


# --- Stopping ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gone", [False, True])
def test_what_is_stopped_in_time_is_not_sent(gone: bool, tmp_path: Path, mail_authority: Authority) -> None:
    """By a person: it is given up. Because the client ended: it waits, for nobody else has it any more."""
    stop = threading.Event()
    with sending(tmp_path, mail_authority) as (sender, server, _):
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


def test_after_the_last_word_it_is_too_late_to_stop(tmp_path: Path, mail_authority: Authority) -> None:
    """The answer says that it was sent."""
    stop = threading.Event()

    def slow(_: object) -> str:
        stop.set()
        time.sleep(0.4)
        return "250 Ok"

    with sending(tmp_path, mail_authority, end=slow) as (sender, server, _):
        assert statuses(sender.finished(note(), cancelled=stop.is_set)) == {BEA: "sent"}
        assert len(server.taken) == 1


# --- Processes --------------------------------------------------------------------------------------------------


def process(sender: Sender, authority: Authority, what: str, ahead: float = 0.0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(PROCESS), str(sender.database), str(authority.ca), what, str(ahead)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def wait_for(condition: Any, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_killed_in_the_middle_it_is_sent_once_by_the_next(tmp_path: Path, mail_authority: Authority) -> None:
    """Killed while the message is on its way: while the claim holds nobody takes it, afterwards it goes out, once."""
    reached, hold = threading.Event(), threading.Event()

    def talk(peer: Peer) -> None:
        # Reads of the first connection only until DATA, so that the process hangs in the middle of the message.
        if reached.is_set():
            server.talk(peer)
            return
        peer.say("220 test")
        while True:
            line = peer.line().decode()
            if line.startswith("EHLO"):
                peer.say("250-test\r\n250 AUTH PLAIN")
            elif line.startswith("DATA"):
                peer.say("354 go")
                peer.exactly(10_000)
                reached.set()
                hold.wait(30)
                return
            else:
                peer.say("235 Ok" if line.startswith("AUTH") else "250 Ok")

    server = SmtpServer(mail_authority)
    with listening(talk, mail_authority.serving()) as listener:
        database = tmp_path / "data" / "letterlock.sqlite"
        sender = Sender(database, made(database), mail_authority.trusting(), listener.server())
        doomed = process(sender, mail_authority, "large")
        assert reached.wait(30)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
        hold.set()
        (item,) = sender.waiting()
        assert not item.unsure
        assert statuses(sender.resume()[0]) == {BEA: "waiting"}
        assert server.taken == []
        out, _ = process(sender, mail_authority, "resume", LATER).communicate(timeout=60)
        assert json.loads(out)[1] == {BEA: "sent"}
        assert len(server.taken) == 1
        assert sender.waiting() == []


def test_killed_after_the_last_word_it_is_not_sent_again(tmp_path: Path, mail_authority: Authority) -> None:
    """The server has it, and the process dies before it could write that down."""
    reached, hold = threading.Event(), threading.Event()

    def slow(_: object) -> str:
        reached.set()
        hold.wait(30)
        return "250 Ok"

    with sending(tmp_path, mail_authority, end=slow) as (sender, server, _):
        doomed = process(sender, mail_authority, "submit")
        assert reached.wait(30)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
        hold.set()
        wait_for(lambda: server.taken)
        out, _ = process(sender, mail_authority, "resume", LATER).communicate(timeout=60)
        assert json.loads(out)[1] == {BEA: "unsure"}
        assert len(server.taken) == 1


def test_killed_at_any_moment_nothing_is_half_and_nothing_twice(tmp_path: Path, mail_authority: Authority) -> None:
    """Six kills, from before the vault opens to after the end: each message is sent at most once, or waits whole."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
        begun = time.monotonic()
        process(sender, mail_authority, "submit").communicate(timeout=60)
        whole = time.monotonic() - begun
        server.taken.clear()
        rounds = 6
        for number in range(rounds):
            doomed = process(sender, mail_authority, "submit")
            time.sleep(whole * (0.3 + 0.7 * number / rounds))
            doomed.send_signal(signal.SIGKILL)
            doomed.wait()
        before = {each.slip.message_id for each in sender.waiting()}
        process(sender, mail_authority, "resume", LATER).communicate(timeout=60)
        ids = Counter(id_of(each.content) for each in server.taken)
        assert all(count == 1 for count in ids.values()), ids
        left = sender.outbox(lambda: time.time() + LATER).items()
        assert all(each.unsure for each in left)
        assert before <= {*ids, *(each.slip.message_id for each in left)}
        lengths = {len(each.content) for each in server.taken}
        assert len(lengths) <= 1, "a message that is sent is whole"


def id_of(content: bytes) -> str:
    (found,) = [line for line in content.split(b"\r\n") if line.startswith(b"Message-ID:")]
    return found.partition(b" ")[2].decode()


def test_two_processes_on_one_outbox_send_each_message_once(tmp_path: Path, mail_authority: Authority) -> None:
    """Twelve messages wait, and two processes set about them at the same time."""
    busy = True

    def slow(_: object) -> str:
        time.sleep(0.02)
        return "451 busy" if busy else "250 Ok"

    with sending(tmp_path, mail_authority, end=slow) as (sender, server, _):
        for number in range(12):
            sender.finished(note(f"number {number}"))
        assert len(sender.waiting()) == 12
        busy = False
        pair = [process(sender, mail_authority, "resume") for _ in range(2)]
        answers = [each.communicate(timeout=90)[0] for each in pair]
        assert [each.returncode for each in pair] == [0, 0]
        assert len(server.taken) == len({id_of(each.content) for each in server.taken}) == 12
        sent = [line for out in answers for line in out.splitlines() if json.loads(line)[1] == {BEA: "sent"}]
        assert len(sent) == 12
        assert sender.waiting() == []


def test_a_process_that_slept_through_its_claim_does_not_say_the_last_word(
    tmp_path: Path, mail_authority: Authority
) -> None:
    """A notebook was closed in the middle of sending; another process sent the message meanwhile."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
        sleeping = sender.outbox()
        items = sleeping.put(sender.account.id, parcels(note()))
        awake = sender.outbox(lambda: time.time() + LATER)
        report = send.resume(awake.items(), sender.account, awake, sender.way())
        assert statuses(report) == {BEA: "sent"}
        late = send.resume(items, sender.account, sleeping, sender.way())
        assert statuses(late) == {BEA: "waiting"}
        assert isinstance(late.recipients[0].failure, OutboxTaken)
        assert len(server.taken) == 1


def test_what_is_put_in_halves_is_swept_away(tmp_path: Path, mail_authority: Authority) -> None:
    """A process is killed while it puts a message: nobody was told that it is kept, and nothing stays."""
    with sending(tmp_path, mail_authority) as (sender, _, _):

        def broken() -> Iterator[bytes]:
            yield note("x\r\n" * 3_000_000)
            os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if not child:
            sender.outbox().put(sender.account.id, [Parcel(ANNA, (BEA,), broken())])
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        assert sender.waiting() == []
        later = sender.outbox(lambda: time.time() + LATER)
        later.put(sender.account.id, parcels(note()))
        with sqlite3.connect(sender.database) as connection:
            assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM outbox_piece").fetchone() == (1,)


# --- What is kept -----------------------------------------------------------------------------------------------


def test_nothing_of_it_is_on_the_disk_in_clear(tmp_path: Path, mail_authority: Authority) -> None:
    """Password, text, subject, recipients: every file is searched while the message waits and after it was sent."""
    with sending(tmp_path, mail_authority, end=lambda _: "451 busy", credentials=(ANNA, MARKER)) as (sender, server, _):
        sender.account = accounts.put(sender.database, sender.vault, sender.account, MARKER)
        secret = note(MARKER, to=f"{MARKER}@muster.example", more=f"X-Secret: {MARKER}\r\n")
        assert list(statuses(sender.finished(secret)).values()) == ["waiting"]

        def found() -> list[Path]:
            files = [each for each in tmp_path.rglob("*") if each.is_file()]
            assert files
            return [each for each in files if MARKER.encode() in each.read_bytes()]

        assert found() == []
        server.end = lambda _: "250 Ok"
        sender.resume()
        assert len(server.taken) == 1
        assert found() == []


def test_without_the_vault_nothing_is_read_or_sent(tmp_path: Path, mail_authority: Authority) -> None:
    """Locked: how many wait is known, and no more."""
    with sending(tmp_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        sender.finished(note())
        sender.vault.lock()
        assert Outbox.counted(sender.database) == 1
        assert [each.address for each in accounts.listed(sender.database)] == [ANNA]
        with pytest.raises(VaultLocked):
            sender.waiting()
        with pytest.raises(VaultLocked):
            sender.way()


def test_a_changed_server_does_not_get_the_password(tmp_path: Path, mail_authority: Authority) -> None:
    """Neither when somebody edits the database, nor when a client asks for other servers without giving it again."""
    with sending(tmp_path, mail_authority) as (sender, _, _):
        elsewhere = replace(sender.account, smtp=MailServer("evil.example", 465, "tls"))
        changed = accounts.put(sender.database, sender.vault, elsewhere)
        assert not changed.has_secret
        with pytest.raises(AccountSecretMissing):
            accounts.login(sender.database, sender.vault, changed)
        account = accounts.put(sender.database, sender.vault, sender.account, "geheim")
        with sqlite3.connect(sender.database) as connection:
            connection.execute("UPDATE account SET settings = replace(settings, 'localhost', 'evil.example')")
        (edited,) = accounts.listed(sender.database)
        assert edited.smtp.host == "evil.example"
        with pytest.raises(SecretDamaged):
            accounts.login(sender.database, sender.vault, edited)
        assert account.id == edited.id


def test_settings_that_do_not_concern_the_servers_keep_the_password(tmp_path: Path, mail_authority: Authority) -> None:
    """The folder of copies is changed, and it still sends."""
    with sending(tmp_path, mail_authority) as (sender, _, _):
        changed = accounts.put(sender.database, sender.vault, replace(sender.account, folder="Archive"))
        assert accounts.login(sender.database, sender.vault, changed).secret == "geheim"


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"address": "nobody"}, "address"),
        ({"address": "a@b, c@d"}, "address"),
        ({"smtp": MailServer("mail example", 465, "tls")}, "host"),
        ({"smtp": MailServer("", 465, "tls")}, "host"),
        ({"smtp": MailServer("a/b", 465, "tls")}, "host"),
        ({"smtp": MailServer("mail.example", 0, "tls")}, "port"),
        ({"imap": MailServer("mail.example", 70_000, "tls")}, "port"),
        ({"user": "a\nb"}, "user"),
        ({"folder": "a\r\nb"}, "folder"),
    ],
)
def test_settings_that_are_none(change: dict[str, Any], setting: str, tmp_path: Path) -> None:
    """Each is named, and nothing is kept."""
    database = tmp_path / "letterlock.sqlite"
    with pytest.raises(AccountSettingWrong) as caught:
        accounts.put(
            database, made(database), replace(Account(ANNA, MailServer("mail.example", 465, "tls")), **change), "x"
        )
    assert caught.value.setting == setting
    assert accounts.listed(database) == []


def test_accounts_by_name_address_and_none(tmp_path: Path) -> None:
    """Found by what a person types; a host is kept as the DNS has it."""
    database = tmp_path / "letterlock.sqlite"
    vault = made(database)
    put = accounts.put(database, vault, Account(ANNA, MailServer("Größe.Example", 465, "tls")), "x")
    assert put.smtp.host == "xn--gre-6ka8i.example"
    assert accounts.one(database, "Anna@Muster.example") == accounts.one(database, put.id) == put
    assert accounts.sending_for(database, ANNA) == put
    with pytest.raises(AccountMissing):
        accounts.sending_for(database, BEA)
    assert accounts.remove(database, ANNA) == put
    for missing in (put.id, ANNA):
        with pytest.raises(AccountUnknown):
            accounts.one(database, missing)


def test_a_damaged_row_is_said_and_not_guessed(tmp_path: Path, mail_authority: Authority) -> None:
    """Accounts that are no accounts, pieces that are missing, envelopes of another message."""
    with sending(tmp_path, mail_authority, end=lambda _: "451 busy") as (sender, server, _):
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


def test_as_many_wait_as_may(tmp_path: Path, mail_authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond it nothing is sent, and nothing is lost."""
    monkeypatch.setattr(limits, "OUTBOX_BATCHES", 2)
    with sending(tmp_path, mail_authority, end=lambda _: "451 busy") as (sender, _, _):
        for _each in range(2):
            sender.finished(note())
        with pytest.raises(OutboxFull):
            sender.finished(note())
        assert Outbox.counted(sender.database) == 2


def test_recipients_that_are_no_addresses(tmp_path: Path, mail_authority: Authority) -> None:
    """What could become a parameter of a command is refused before it is one."""
    with sending(tmp_path, mail_authority) as (sender, server, _):
        for typed in ('"a"@x> NOTIFY=NEVER <b@y', "nobody", "a@b>"):
            with pytest.raises(BadAddress):
                sender.finished(note(), [typed])
        assert server.taken == []


def test_a_server_that_goes_in_the_middle_of_a_message(tmp_path: Path, mail_authority: Authority) -> None:
    """It hangs up while the message is on its way: nothing was sent, and it waits."""

    def goes(peer: Peer) -> bytes:
        peer.exactly(1_000)
        raise ConnectionError

    with sending(tmp_path, mail_authority) as (sender, server, _):
        server._content = goes  # type: ignore[method-assign]
        report = sender.finished(note(("z" * 76 + "\r\n") * 200_000))
        assert statuses(report) == {BEA: "waiting"}
        assert isinstance(report.recipients[0].failure, failures.MailAnswerBroken)
        (item,) = sender.waiting()
        assert not item.unsure


def test_failures_have_a_code(tmp_path: Path, mail_authority: Authority) -> None:
    """Nobody is there: the message waits, and why is said with a code."""
    with sending(tmp_path, mail_authority) as (sender, _, listener):
        listener.close()
        (told,) = sender.finished(note()).recipients
        assert told.status is Status.WAITING
        assert isinstance(told.failure, LetterlockError)
        assert told.failure.code == "fetch_unreachable"
