"""What an operation sees: its upload, room for its download, and that nobody wants the answer any more."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Mapping

import pytest

from letterlock.errors import Cancelled
from letterlock.limits import CHUNK_OCTETS
from letterlock.native import calls
from letterlock.native.calls import Call


class Channel:
    """Stands for the conversation and notes what was said."""

    def __init__(self, credit: int = 0) -> None:
        self.said: list[object] = []
        self.left = credit
        self.asked = threading.Event()

    def consumed(self, request: str, octets: int) -> None:
        self.said.append(("consumed", octets))

    def progress(self, request: str, done: int, total: int | None) -> None:
        self.said.append(("progress", done))

    def reply(self, request: str, result: Mapping[str, object]) -> None:
        self.said.append(("reply", result))

    def credit(self, request: str) -> int:
        self.asked.set()
        return self.left

    def chunk(self, request: str, data: bytes, last: bool) -> None:
        assert len(data) <= self.left
        self.left -= len(data)
        self.said.append((len(data), last))


def test_an_upload_is_consumed_piece_by_piece() -> None:
    """Credit returns when the next piece is asked for, not before."""
    channel = Channel()
    call = Call(channel, "r", "en")
    call.arrived(b"abc", False)
    call.arrived(b"de", True)
    pieces = call.upload()
    assert next(pieces) == b"abc"
    assert channel.said == []
    assert list(pieces) == [b"de"]
    assert channel.said == [("consumed", 3), ("consumed", 2)]


def test_progress_is_rare() -> None:
    """At most one report in a quarter of a second, and none for what is quick."""
    channel = Channel()
    now = 0.0
    call = Call(channel, "r", "en", clock=lambda: now)
    for step in range(100):
        now = step / 100
        call.progress(step, None)
    assert channel.said == [("progress", 25), ("progress", 50), ("progress", 75)]


def test_work_without_steps_shows_signs_of_life(monkeypatch: pytest.MonkeyPatch) -> None:
    """As long as it lasts, and not after it: an answer may follow at once."""
    monkeypatch.setattr(calls, "ALIVE_SECONDS", 0.001)
    channel, ticks = Channel(), itertools.count()
    call = Call(channel, "r", "en", clock=lambda: float(next(ticks)))
    deadline = time.monotonic() + 60
    with call.alive():
        while len(channel.said) < 3 and time.monotonic() < deadline:
            time.sleep(0.001)
    said = len(channel.said)
    assert said >= 3
    assert set(channel.said) == {("progress", 0)}
    call.reply({})
    assert channel.said[said:] == [("reply", {})]


@pytest.mark.parametrize(
    ("sizes", "credit", "chunks"),
    [
        ([], 0, [(0, True)]),
        ([0, 0], 0, [(0, True)]),
        ([5], 5, [(5, True)]),
        ([2, 3], 10, [(5, True)]),
        ([CHUNK_OCTETS], CHUNK_OCTETS, [(CHUNK_OCTETS, True)]),
        ([CHUNK_OCTETS, 1], CHUNK_OCTETS + 1, [(CHUNK_OCTETS, False), (1, True)]),
        ([3 * CHUNK_OCTETS], 3 * CHUNK_OCTETS, [(CHUNK_OCTETS, False), (CHUNK_OCTETS, False), (CHUNK_OCTETS, True)]),
    ],
)
def test_a_download_is_cut_into_chunks(sizes: list[int], credit: int, chunks: list[object]) -> None:
    """No chunk above the limit, exactly one that is the last."""
    channel = Channel(credit)
    Call(channel, "r", "en").send(bytes(size) for size in sizes)
    assert channel.said == chunks


def test_a_download_waits_for_credit() -> None:
    """It goes on with each grant, and never sends more."""
    channel = Channel()
    call = Call(channel, "r", "en")
    thread = threading.Thread(target=call.send, args=([b"abcdef"],))
    thread.start()
    for grant, chunk in ((4, (4, False)), (4, (2, True))):
        assert channel.asked.wait(60)
        channel.asked.clear()
        channel.left += grant
        call.granted()
        if chunk[1]:
            thread.join(60)
        while not channel.said:
            pass
        assert channel.said.pop() == chunk
    assert not thread.is_alive()


@pytest.mark.parametrize("waiting", ["upload", "download", "reply"])
def test_a_stopped_call_raises_wherever_it_is(waiting: str) -> None:
    """Whoever waits is woken, and whoever answers learns that nobody listens."""
    call = Call(Channel(), "r", "en")
    work = {
        "upload": lambda: list(call.upload()),
        "download": lambda: call.send([b"x"]),
        "reply": lambda: call.reply({}),
    }
    timer = threading.Timer(0 if waiting == "reply" else 0.05, call.stop)
    timer.start()
    if waiting == "reply":
        timer.join()
    with pytest.raises(Cancelled):
        work[waiting]()
    assert call.cancelled()


def test_a_stopped_call_answers_where_it_must() -> None:
    """What was sent is told also to whoever cancelled; and a client that has gone is told apart."""
    channel = Channel()
    call = Call(channel, "r", "en")
    call.stop()
    assert (call.cancelled(), call.gone()) == (True, False)
    with pytest.raises(Cancelled):
        call.reply({})
    call.reply({"sent": True}, stopped=True)
    assert channel.said == [("reply", {"sent": True})]
    call.leave()
    assert (call.cancelled(), call.gone()) == (True, True)
