"""Accounts and sending over the real pipe, to a small mail server: progress, cancel, a client that goes, what waits."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from letterlock.limits import CHUNK_OCTETS
from letterlock.native.client import HostFailed, HostProcess
from letterlock.operations import accounts
from letterlock.operations.outbox import Outbox
from tests.keystore.vaults import PASSPHRASE
from tests.net.mail_servers import Listener, SmtpServer, smtp_server
from tests.net.mail_tls import Authority
from tests.operations.sending_desk import ANNA, BEA, CARL, note
from tests.operations.writing_desk import WritingDesk

LARGE = note(("z" * 76 + "\r\n") * 100_000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    """A home with keys for three people."""
    folder = tmp_path_factory.mktemp("home") / "data"
    folder.mkdir()
    return WritingDesk(folder, people=("anna", "bea", "carl"))


@pytest.fixture
def desk(home: WritingDesk) -> Iterator[WritingDesk]:
    """The same home for each test, without any account."""
    yield home
    for each in accounts.listed(home.database):
        accounts.remove(home.database, each.id)
    assert Outbox.counted(home.database) == 0


@contextmanager
def host(desk: WritingDesk, authority: Authority, unlocked: bool = True) -> Iterator[HostProcess]:
    """A host in that home, which trusts the tests' authority."""
    environment = {"LETTERLOCK_HOME": str(desk.database.parent.parent), "SSL_CERT_FILE": str(authority.ca)}
    with HostProcess(environment=environment) as started:
        if unlocked:
            asked(started, "vault_unlock", {"way": "passphrase", "secret": PASSPHRASE})
        yield started


def asked(started: HostProcess, operation: str, params: dict[str, Any]) -> Any:
    """The answer to one request."""
    return answer(started, started.request(operation, params))[0]


def answer(started: HostProcess, request: str) -> tuple[Any, list[tuple[int, int | None]]]:
    """An answer, and the progress before it."""
    seen: list[tuple[int, int | None]] = []
    while True:
        frame = started.receive(30)
        if frame["id"] != request:
            continue
        if frame["type"] == "error":
            raise HostFailed(frame["error"])
        if frame["type"] == "progress":
            seen.append((frame["done"], frame["total"]))
        elif frame["type"] == "reply":
            return frame["result"], seen


def upload(started: HostProcess, message: bytes, **wish: Any) -> str:
    """A `send` request with its message, in chunks within credit."""
    request = started.request("send", {"size": len(message), "sign": False, "encrypt": False, **wish})
    credit = sent = 0
    while sent < len(message):
        size = min(CHUNK_OCTETS, credit, len(message) - sent)
        if size:
            started.send_chunk(request, message[sent : sent + size], sent + size == len(message))
            sent, credit = sent + size, credit - size
            continue
        frame = started.receive(30)
        credit += frame["octets"] if frame["type"] == "credit" else 0
    return request


def account(listener: Listener, **more: Any) -> dict[str, Any]:
    server = {"host": "localhost", "port": listener.port, "security": "tls"}
    settings = {"id": "", "address": ANNA, "smtp": server, "imap": None, "user": "", "login": "password"}
    return {**settings, "keep_copy": True, "folder": "", **more}


@pytest.fixture
def server(mail_authority: Authority) -> Iterator[tuple[SmtpServer, Listener]]:
    with smtp_server(mail_authority) as running:
        yield running


def test_signed_encrypted_and_sent(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """To one and Bcc to another: two messages, each opened here as valid; the answer tells each address."""
    running, listener = server
    with host(desk, mail_authority) as started:
        checked = asked(started, "account_check", {"account": account(listener), "secret": "geheim"})
        assert checked["servers"][0]["failure"] is None
        assert asked(started, "account_list", {}) == {"accounts": []}
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
        message = note(more=f"Bcc: {CARL}\r\n")
        result, _ = answer(started, upload(started, message, sign=True, encrypt=True))
        assert {each["address"]: each["status"] for each in result["report"]["recipients"]} == {
            BEA: "sent",
            CARL: "sent",
        }
        assert result["signed_by"]["name"]
        assert result["report"]["sent_copy"] == {"status": "not_wanted", "folder": None, "reason": None}
        assert [each.recipients for each in running.taken] == [[BEA], [CARL]]
        for each in running.taken:
            assert desk.opened(each.content)[:2] == ("valid", "decrypted")
            assert b"carl@" not in running.taken[0].content.lower()
        assert asked(started, "outbox_list", {}) == {"waiting": []}
        wrong = asked(started, "account_check", {"account": account(listener), "secret": "falsch"})
        assert wrong["servers"][0]["failure"]["code"] == "mail_login_refused"


def test_without_an_unlocked_vault_nothing_is_sent(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """Coded, and the account is listed all the same."""
    running, listener = server
    with host(desk, mail_authority) as started:
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
    with host(desk, mail_authority, unlocked=False) as started:
        assert asked(started, "account_list", {})["accounts"][0]["has_secret"]
        with pytest.raises(HostFailed) as caught:
            answer(started, upload(started, note()))
        assert caught.value.error["code"] == "vault_locked"
    assert running.taken == []


def test_progress_and_a_cancel_in_time(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """A cancel is answered: not sent, and nothing waits. The next message goes out."""
    running, listener = server
    arriving = threading.Event()
    slow = running.__class__._content

    def content(peer: Any) -> bytes:
        arriving.set()
        time.sleep(1)
        return slow(running, peer)

    with host(desk, mail_authority) as started:
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
        running._content = content  # type: ignore[method-assign]
        request = upload(started, LARGE)
        assert arriving.wait(30)
        started.send({"type": "cancel", "id": request})
        result, _ = answer(started, request)
        assert [each["status"] for each in result["report"]["recipients"]] == ["not_sent"]
        assert result["report"]["recipients"][0]["reason"]["code"] == "cancelled"
        assert asked(started, "outbox_list", {}) == {"waiting": []}
        arriving.clear()
        result, seen = answer(started, upload(started, LARGE))
        assert result["report"]["sent"]
        assert seen == sorted(seen)
        assert all(total is not None and 0 < done <= total for done, total in seen)
        assert seen
    assert len(running.taken) == 1


def test_a_cancel_that_comes_too_late_is_answered_with_what_happened(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """The last word was said: the reply is that it was sent."""
    running, listener = server
    ended = threading.Event()

    def end(_: object) -> str:
        ended.set()
        time.sleep(0.5)
        return "250 Ok"

    running.end = end
    with host(desk, mail_authority) as started:
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
        request = upload(started, note())
        assert ended.wait(30)
        started.send({"type": "cancel", "id": request})
        result, _ = answer(started, request)
        assert result["report"]["sent"]
    assert len(running.taken) == 1


def test_what_a_client_leaves_behind_waits_and_is_sent_by_the_next(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """The browser is closed in the middle of sending."""
    running, listener = server
    arriving, hold = threading.Event(), threading.Event()
    whole = running.__class__._content

    def content(peer: Any) -> bytes:
        arriving.set()
        hold.wait(20)
        return whole(running, peer)

    running._content = content  # type: ignore[method-assign]
    with host(desk, mail_authority) as started:
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
        upload(started, LARGE)
        assert arriving.wait(30)
    hold.set()
    with host(desk, mail_authority) as started:
        (waits,) = asked(started, "outbox_list", {})["waiting"]
        assert (waits["recipients"], waits["unsure"]) == ([BEA], False)
        deadline = time.monotonic() + 60
        while asked(started, "outbox_list", {})["waiting"][0]["busy"] and time.monotonic() < deadline:
            time.sleep(0.5)
        retry = {"batch": waits["batch"], "anyway": False, "secret": None}
        (report,) = asked(started, "outbox_retry", retry)["sent"]
        assert report["sent"]
    assert len(running.taken) == 1


def test_what_waits_is_forgotten_on_request(
    desk: WritingDesk, server: tuple[SmtpServer, Listener], mail_authority: Authority
) -> None:
    """The server is busy; the message waits until it is removed. With `wait` false it does not even wait."""
    running, listener = server
    running.end = lambda _: "451 busy"
    with host(desk, mail_authority) as started:
        asked(started, "account_put", {"account": account(listener), "secret": "geheim"})
        result, _ = answer(started, upload(started, note(), wait=False))
        assert result["report"]["recipients"][0]["status"] == "not_sent"
        result, _ = answer(started, upload(started, note()))
        assert result["report"]["waits"]
        assert asked(started, "outbox_forget", {"batch": result["report"]["batch"]}) == {"removed": 1}
        assert asked(started, "outbox_list", {}) == {"waiting": []}


def test_quoted_words_that_were_encrypted_do_not_go_out_in_clear_unasked(desk: WritingDesk, tmp_path: Path) -> None:
    """Also of a message that is neither signed nor encrypted: nothing is sent, and the problem says why."""
    with host(desk, Authority(tmp_path)) as started:
        answered, _ = answer(started, upload(started, note("> secret\r\n"), quotes_decrypted=True))
    assert answered["report"] is None
    assert [each["code"] for each in answered["problems"]] == ["decrypted_text_in_clear"]
