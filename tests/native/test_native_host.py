"""The host as a real process: it survives whatever it reads, and is gone when it should be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

from letterlock.limits import CHUNK_OCTETS, CREDIT_OCTETS, REQUESTS_AT_ONCE
from letterlock.native.client import OUR_EXTENSION, HostFailed, HostGone, HostProcess
from tests.patience import PAUSE

ODD_HOST = Path(__file__).with_name("odd_host.py")
MAIL = b"From: anna@muster.example\r\nSubject: Lunch\r\nDate: Tue, 24 Nov 2026 10:00:00 +0000\r\n\r\nAt noon?\r\n"


@pytest.fixture
def odd(tmp_path: Path) -> HostProcess:
    """A host whose operations misbehave as the message says (`odd_host.py`)."""
    return HostProcess(
        [sys.executable, str(ODD_HOST), OUR_EXTENSION], environment={"LETTERLOCK_HOME": str(tmp_path)}, client="test"
    )


@pytest.fixture
def real(tmp_path: Path) -> HostProcess:
    """The host as it is."""
    return HostProcess(environment={"LETTERLOCK_HOME": str(tmp_path)}, client="test")


def start(host: HostProcess, command: str) -> str:
    """Sends an `open` whose operation does what the command says, and returns the request's id."""
    request = host.request("open", {"size": None})
    host.send_chunk(request, command.encode(), last=True)
    return request


def until(host: HostProcess, *types: str, seconds: float = 10) -> dict[str, Any]:
    """The next frame of one of these types."""
    end = time.monotonic() + seconds
    while (frame := host.receive(end - time.monotonic()))["type"] not in types:
        pass
    return frame


# --- Nothing but frames on stdout ---


def test_stray_output_does_not_reach_the_client(odd: HostProcess) -> None:
    """print, descriptor 1, a child process and a C library write to stderr; the conversation goes on."""
    with odd as host:
        assert host.open(b"print") == {"received": 5}
        assert host.open(b"fast") == {"received": 4}
    for text in ("a stray print", "octets to descriptor 1", "a child", "a line of C"):
        assert text in host.stderr


# --- Requests side by side ---


def test_a_slow_request_holds_up_nobody(odd: HostProcess) -> None:
    """While one works, others are answered."""
    with odd as host:
        slow = start(host, "slow")
        began = time.monotonic()
        assert host.open(b"fast") == {"received": 4}
        assert time.monotonic() - began < PAUSE
        host.send({"type": "cancel", "id": slow})


def test_uploads_interleave(odd: HostProcess) -> None:
    """Chunks of several requests may alternate, and each gets its own."""
    with odd as host:
        requests = [host.request("open", {"size": None}) for _ in range(5)]
        for _ in range(3):
            for number, request in enumerate(requests):
                host.send_chunk(request, b"x" * number, last=False)
        for request in reversed(requests):
            host.send_chunk(request, b"", last=True)
        replies = [until(host, "reply") for _ in requests]
        assert {reply["id"]: reply["result"]["received"] for reply in replies} == {
            request: 3 * number for number, request in enumerate(requests)
        }


def test_one_request_too_many(odd: HostProcess) -> None:
    """The seventeenth is refused, and a place that becomes free can be used."""
    with odd as host:
        requests = [host.request("open", {"size": None}) for _ in range(REQUESTS_AT_ONCE + 1)]
        refused = until(host, "error")
        assert (refused["id"], refused["error"]["code"]) == (requests[-1], "too_many_requests")
        host.send_chunk(requests[0], b"fast", last=True)
        assert until(host, "reply")["id"] == requests[0]
        assert host.open(b"fast") == {"received": 4}


def test_cancel_stops_the_work(odd: HostProcess) -> None:
    """The error comes at once, and the operation notices."""
    with odd as host:
        slow = start(host, "slow")
        until(host, "progress")
        began = time.monotonic()
        host.send({"type": "cancel", "id": slow})
        assert until(host, "error")["error"]["code"] == "cancelled"
        assert time.monotonic() - began < PAUSE  # it would have worked for a minute
        assert host.open(b"fast") == {"received": 4}
    assert host.stderr == "stopped\n"


def test_progress_is_rare(odd: HostProcess) -> None:
    """An operation that reports twenty times a second is heard at most four times."""
    with odd as host:
        slow = start(host, "slow")
        began = time.monotonic()
        frames = [until(host, "progress") for _ in range(4)]
        assert time.monotonic() - began > 0.95
        assert all(frame["id"] == slow and frame["total"] == 1200 for frame in frames)


# --- Mistakes of our own ---


def test_a_mistake_is_an_internal_error_that_quotes_nothing(odd: HostProcess) -> None:
    """The client learns where, but nothing of the message; the conversation goes on."""
    with odd as host:
        with pytest.raises(HostFailed) as failed:
            host.open(b"crash")
        assert failed.value.code == "internal_error"
        assert failed.value.error["fault"] == "host"
        assert "ValueError" in failed.value.error["facts"]["where"]
        assert host.open(b"fast") == {"received": 4}
    assert "secret" not in host.stderr + str(failed.value.error)
    assert str(ODD_HOST.parent) not in str(failed.value.error)


def test_an_operation_without_an_answer(odd: HostProcess) -> None:
    """A client never waits in vain."""
    with odd as host, pytest.raises(HostFailed, match="internal_error"):
        host.open(b"silent")


def test_a_reply_that_does_not_fit(odd: HostProcess) -> None:
    """Instead of a frame on which browsers close the port there is an error."""
    with odd as host:
        with pytest.raises(HostFailed) as failed:
            host.open(b"huge")
        assert failed.value.code == "reply_too_large"
        assert host.open(b"fast") == {"received": 4}


# --- Uploads ---


def test_more_than_was_granted_is_refused(odd: HostProcess) -> None:
    """A client that goes on while nothing is taken loses its request, and nothing else."""
    with odd as host:
        request = host.request("open", {"size": 7_000_000})
        for _ in range(CREDIT_OCTETS // CHUNK_OCTETS):
            host.send_chunk(request, bytes(CHUNK_OCTETS), last=False)
        host.send_chunk(request, b"x", last=False)
        refused = until(host, "error")
        assert (refused["id"], refused["error"]["code"]) == (request, "credit_exceeded")
        assert refused["error"]["facts"] == {"octets": CREDIT_OCTETS + 1, "granted": CREDIT_OCTETS}
        assert host.open(b"fast") == {"received": 4}


# --- Downloads ---


@pytest.mark.parametrize("size", [0, 1, 99_999, CHUNK_OCTETS, CHUNK_OCTETS + 1, 3_000_000])
def test_a_download_is_complete(odd: HostProcess, size: int) -> None:
    """Every octet arrives, whatever the size has to do with that of chunks."""
    with odd as host:
        assert host.part("m", str(size)) == bytes(size)


def test_a_download_never_exceeds_its_credit(odd: HostProcess) -> None:
    """However oddly credit is granted, no more octets come."""
    with odd as host:
        request = host.request("part", {"message": "m", "part": "1000000"})
        until(host, "reply")
        granted = received = 0
        last = False
        for grant in (1, 2, 100_000, 1, 500_000, 10, 399_985, 1):
            with pytest.raises(HostGone):
                host.receive(0.05)
            host.send({"type": "credit", "id": request, "octets": grant})
            granted += grant
            while received < granted and not last:
                frame = until(host, "chunk")
                received += len(frame["data"]) * 3 // 4 - frame["data"].count("=")
                last = frame["last"]
                assert received <= granted
        assert received == 1_000_000
        assert last


def test_a_download_can_be_cancelled(odd: HostProcess) -> None:
    """Also while it waits for credit."""
    with odd as host:
        request = host.request("part", {"message": "m", "part": "1000000"})
        until(host, "reply")
        host.send({"type": "cancel", "id": request})
        assert until(host, "error")["error"]["code"] == "cancelled"
        assert host.open(b"fast") == {"received": 4}


# --- The end ---


@pytest.mark.parametrize("command", ["slow", "stuck", "upload"])
def test_the_end_of_the_input_ends_the_process_within_a_second(odd: HostProcess, command: str) -> None:
    """Also while a request works, does not listen, or waits for its upload."""
    with odd as host:
        if command == "upload":
            host.request("open", {"size": None})
        else:
            start(host, command)
        host.open(b"fast")
        began = time.monotonic()
        assert host.close() == 0
        assert time.monotonic() - began < PAUSE


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("command", ["fast", "stuck"])
def test_a_signal_ends_the_process_cleanly(odd: HostProcess, number: signal.Signals, command: str) -> None:
    """The exit code says which; no traceback."""
    with odd as host:
        start(host, command)
        host.open(b"fast")
        began = time.monotonic()
        host.process.send_signal(number)
        assert host.process.wait(60) == 128 + number
        assert time.monotonic() - began < PAUSE
    assert host.stderr == ""


def test_a_client_that_only_closes_the_output_is_gone(odd: HostProcess) -> None:
    """The host notices at its next answer, although its input stays open."""
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, str(ODD_HOST), OUR_EXTENSION], stdin=subprocess.PIPE, stdout=write, stderr=subprocess.PIPE
    )
    os.close(write)
    os.read(read, 4096)
    os.close(read)
    assert process.stdin is not None
    process.stdin.write(bytes(4))  # an empty frame, which would be answered
    process.stdin.flush()
    assert process.wait(60) == 0
    assert process.communicate()[1] == b""


def test_nothing_is_left_behind(real: HostProcess, tmp_path: Path) -> None:
    """A host that opened a message creates no files."""
    with real as host:
        host.open(MAIL)
    assert list(tmp_path.rglob("*")) == []


# --- Bounds ---


def rss(host: HostProcess) -> int:
    return int(psutil.Process(host.process.pid).memory_info().rss)


def long_mail(octets: int) -> bytes:
    line = b"0123456789abcdefghijklmnopqrst\r\n"
    return MAIL + line * (octets // len(line))


def test_a_long_mail_is_not_held_in_memory(real: HostProcess) -> None:
    """40 MB up and down again: the host grows by a fraction of it."""
    mail = long_mail(40_000_000)
    with real as host:
        host.open(MAIL)
        before = peak = rss(host)
        opened = host.open(mail)
        peak = max(peak, rss(host))
        received = 0
        for piece in host.part_chunks(opened["message"], opened["parts"][0]["id"]):
            received += len(piece)
            peak = max(peak, rss(host))
        assert received == len(mail) - mail.index(b"\r\n\r\n") - 4
        assert peak - before < 24_000_000


def test_a_flood_of_octets_for_nobody_is_not_held(real: HostProcess) -> None:
    """Frames above the limit are skipped: 100 MB of one cost no memory, and the conversation goes on."""
    with real as host:
        host.open(MAIL)
        before = rss(host)
        host.send_octets((100_000_000).to_bytes(4, sys.byteorder))
        for _ in range(100):
            host.send_octets(bytes(1_000_000))
        assert until(host, "error")["error"]["code"] == "frame_too_large"
        assert rss(host) - before < 8_000_000
        host.open(MAIL)


def test_the_least_recently_used_message_is_forgotten(real: HostProcess) -> None:
    """Beyond eight opened messages the oldest unused one goes."""
    with real as host:
        opened = [host.open(MAIL) for _ in range(8)]
        part = opened[0]["parts"][0]["id"]
        assert host.part(opened[0]["message"], part) == b"At noon?\r\n"
        host.open(MAIL)
        assert host.part(opened[0]["message"], part) == b"At noon?\r\n"
        with pytest.raises(HostFailed) as failed:
            host.part(opened[1]["message"], part)
        assert failed.value.code == "unknown_message"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_core_dumps(real: HostProcess) -> None:
    """Keys and mail in memory never end on the disk by a crash."""
    with real as host:
        host.open(MAIL)
        limits = Path(f"/proc/{host.process.pid}/limits").read_text().splitlines()
        (core,) = [line for line in limits if line.startswith("Max core file size")]
        assert core.split()[4] == "0"


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_children_would_not_inherit_the_conversation(odd: HostProcess) -> None:
    """The private descriptors are closed in any program the host might start."""
    with odd as host:
        host.open(b"fast")
        flags = {
            number: int(Path(f"/proc/{host.process.pid}/fdinfo/{number}").read_text().split("flags:")[1].split()[0], 8)
            for number in os.listdir(f"/proc/{host.process.pid}/fd")
        }
    assert all(flags[number] & os.O_CLOEXEC for number in flags if int(number) > 2)
