"""Nothing is sent twice: processes that are killed, that compete, and that sleep through their claim."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.operations import send
from letterlock.operations.account_failures import (
    OutboxTaken,
)
from letterlock.operations.outbox import Parcel
from tests.keystore.vaults import made
from tests.net.mail_servers import Peer, SmtpServer, listening
from tests.net.mail_tls import Authority
from tests.operations.sending_desk import ANNA, BEA, Sender, in_parcels, note, sending, statuses

PROCESS = Path(__file__).with_name("sender_process.py")
LATER = limits.OUTBOX_CLAIM_SECONDS + 1


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


def test_killed_in_the_middle_it_is_sent_once_by_the_next(quick_path: Path, mail_authority: Authority) -> None:
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
        database = quick_path / "data" / "letterlock.sqlite"
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


def test_killed_after_the_last_word_it_is_not_sent_again(quick_path: Path, mail_authority: Authority) -> None:
    """The server has it, and the process dies before it could write that down."""
    reached, hold = threading.Event(), threading.Event()

    def slow(_: object) -> str:
        reached.set()
        hold.wait(30)
        return "250 Ok"

    with sending(quick_path, mail_authority, end=slow) as (sender, server, _):
        doomed = process(sender, mail_authority, "submit")
        assert reached.wait(30)
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
        hold.set()
        wait_for(lambda: server.taken)
        out, _ = process(sender, mail_authority, "resume", LATER).communicate(timeout=60)
        assert json.loads(out)[1] == {BEA: "unsure"}
        assert len(server.taken) == 1


def test_killed_at_any_moment_nothing_is_half_and_nothing_twice(quick_path: Path, mail_authority: Authority) -> None:
    """Six kills, from before the vault opens to after the end: each message is sent at most once, or waits whole."""
    with sending(quick_path, mail_authority) as (sender, server, _):
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


def test_two_processes_on_one_outbox_send_each_message_once(quick_path: Path, mail_authority: Authority) -> None:
    """Twelve messages wait, and two processes set about them at the same time."""
    busy = True

    def slow(_: object) -> str:
        time.sleep(0.02)
        return "451 busy" if busy else "250 Ok"

    with sending(quick_path, mail_authority, end=slow) as (sender, server, _):
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
    quick_path: Path, mail_authority: Authority
) -> None:
    """A notebook was closed in the middle of sending; another process sent the message meanwhile."""
    with sending(quick_path, mail_authority) as (sender, server, _):
        sleeping = sender.outbox()
        items = sleeping.put(sender.account.id, in_parcels(note()))
        awake = sender.outbox(lambda: time.time() + LATER)
        report = send.resume(awake.items(), sender.account, awake, sender.way())
        assert statuses(report) == {BEA: "sent"}
        late = send.resume(items, sender.account, sleeping, sender.way())
        assert statuses(late) == {BEA: "waiting"}
        assert isinstance(late.recipients[0].failure, OutboxTaken)
        assert len(server.taken) == 1


def test_what_is_put_in_halves_is_swept_away(quick_path: Path, mail_authority: Authority) -> None:
    """A process is killed while it puts a message: nobody was told that it is kept, and nothing stays."""
    with sending(quick_path, mail_authority) as (sender, _, _):

        def broken() -> Iterator[bytes]:
            yield note("x\r\n" * 3_000_000)
            os.kill(os.getpid(), signal.SIGKILL)

        child = os.fork()
        if not child:
            sender.outbox().put(sender.account.id, [Parcel(ANNA, (BEA,), broken())])
        assert os.waitpid(child, 0)[1] == signal.SIGKILL
        assert sender.waiting() == []
        later = sender.outbox(lambda: time.time() + LATER)
        later.put(sender.account.id, in_parcels(note()))
        with sqlite3.connect(sender.database) as connection:
            assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (1,)
            assert connection.execute("SELECT count(*) FROM outbox_piece").fetchone() == (1,)
