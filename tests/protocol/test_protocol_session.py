"""The states of a conversation: what may be said when, and that no answer follows the one that ended its request."""

from __future__ import annotations

import json

import pybase64
import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterlock.errors import NotAMessage
from letterlock.limits import CHUNK_OCTETS, CREDIT_OCTETS
from letterlock.protocol.events import Ended, Event, Granted, Outgoing, Requested, Uploaded
from letterlock.protocol.failures import ReplyTooLarge
from letterlock.protocol.frames import FrameDecoder, encode
from letterlock.protocol.session import Session

HELLO = {"type": "hello", "protocol": "1.0", "product": "0.1.0", "client": "test", "language": "en"}


def frame_of(octets: bytes) -> dict[str, object]:
    (text,) = FrameDecoder().feed(octets)
    assert isinstance(text, bytes)
    value = json.loads(text)
    assert isinstance(value, dict)
    return value


class Talk:
    """A session that has been greeted, and a client that speaks to it."""

    def __init__(self, **limits: int) -> None:
        self.session = Session(**limits)
        self.say(HELLO)

    def say(self, frame: dict[str, object]) -> list[Event]:
        return list(self.session.receive(encode(frame)))

    def open(self, request: str, size: int | None = None) -> list[Event]:
        return self.say({"type": "request", "id": request, "operation": "open", "params": {"size": size}})

    def part(self, request: str) -> list[Event]:
        params = {"message": "m", "part": "1"}
        return self.say({"type": "request", "id": request, "operation": "part", "params": params})

    def chunk(self, request: str, octets: bytes, last: bool = False) -> list[Event]:
        data = pybase64.b64encode(octets).decode()
        return self.say({"type": "chunk", "id": request, "data": data, "last": last})


@pytest.fixture
def talk() -> Talk:
    return Talk()


def errors(events: list[Event]) -> list[tuple[object, str]]:
    frames = [frame_of(event.octets) for event in events if isinstance(event, Outgoing)]
    return [(frame["id"], frame["error"]["code"]) for frame in frames if frame["type"] == "error"]  # type: ignore[index]


def test_an_open_gets_its_credit_before_it_starts(talk: Talk) -> None:
    """The first credit goes out at once; then the operation starts."""
    credit, started = talk.open("r", 5)
    assert isinstance(credit, Outgoing)
    assert frame_of(credit.octets) == {"type": "credit", "id": "r", "octets": CREDIT_OCTETS}
    assert isinstance(started, Requested)
    assert (started.request, started.operation, started.language) == ("r", "open", "en")


def test_an_upload_arrives_decoded(talk: Talk) -> None:
    """Chunks are octets; an empty one that is not the last is nothing."""
    talk.open("r")
    assert talk.chunk("r", b"abc") == [Uploaded("r", b"abc", False)]
    assert talk.chunk("r", b"") == []
    assert talk.chunk("r", b"", last=True) == [Uploaded("r", b"", True)]


def test_credit_follows_consumption(talk: Talk) -> None:
    """Whoever takes a chunk lets the client send as much again."""
    talk.open("r")
    talk.chunk("r", bytes(CHUNK_OCTETS))
    assert talk.session.consumed("r", CHUNK_OCTETS - 1) == b""
    assert frame_of(talk.session.consumed("r", 1)) == {"type": "credit", "id": "r", "octets": CHUNK_OCTETS}


def test_credit_exceeded_ends_the_request_only(talk: Talk) -> None:
    """One octet beyond the credit: the request ends, and the next one works."""
    talk.open("r")
    for _ in range(4):
        talk.chunk("r", bytes(CHUNK_OCTETS))
    events = talk.chunk("r", b"x")
    assert events[0] == Ended("r")
    assert errors(events) == [("r", "credit_exceeded")]
    assert errors(talk.open("s")) == []


def test_a_reply_ends_an_open(talk: Talk) -> None:
    """After the reply the id is unknown, and nothing more is said under it."""
    talk.open("r")
    assert frame_of(talk.session.reply("r", {})) == {"type": "reply", "id": "r", "result": {}}
    assert talk.session.reply("r", {}) == b""
    assert talk.session.fail("r", NotAMessage()) == b""
    assert talk.session.consumed("r", CHUNK_OCTETS) == b""
    assert talk.session.progress("r", 1, 2) == b""
    assert errors(talk.chunk("r", b"")) == [("r", "unknown_stream")]


def test_a_download_ends_with_its_last_chunk(talk: Talk) -> None:
    """The reply of `part` comes first, chunks follow within credit."""
    talk.part("r")
    assert talk.session.reply("r", {}) != b""
    assert talk.session.credit("r") == 0
    assert talk.say({"type": "credit", "id": "r", "octets": 5}) == [Granted("r")]
    assert talk.session.credit("r") == 5
    assert frame_of(talk.session.chunk("r", b"abc", False))["last"] is False
    assert frame_of(talk.session.chunk("r", b"de", True))["last"] is True
    assert talk.session.chunk("r", b"", True) == b""
    assert errors(talk.say({"type": "credit", "id": "r", "octets": 5})) == [("r", "unknown_stream")]


def test_cancel_is_answered_at_once_and_nothing_follows(talk: Talk) -> None:
    """A late answer of the operation is dropped."""
    talk.open("r")
    events = talk.say({"type": "cancel", "id": "r"})
    assert events[0] == Ended("r")
    assert errors(events) == [("r", "cancelled")]
    assert talk.session.reply("r", {}) == b""


def test_a_cancelled_send_is_stopped_and_still_answered(talk: Talk) -> None:
    """It may be too late: what was sent is known only to the reply, which ends the request."""
    params = {"size": 1, "sign": False, "encrypt": False}
    talk.say({"type": "request", "id": "r", "operation": "send", "params": params})
    events = talk.say({"type": "cancel", "id": "r"})
    assert events == [Ended("r")]
    assert frame_of(talk.session.reply("r", {}))["type"] == "reply"
    assert errors(talk.say({"type": "cancel", "id": "r"})) == [("r", "unknown_stream")]


def test_cancelled_work_counts_until_it_has_stopped() -> None:
    """A client cannot pile up work by cancelling: twice the limit is all there ever is."""
    talk = Talk(requests=2)
    for request in ("a", "b", "c", "d"):
        assert errors(talk.open(request)) == []
        talk.say({"type": "cancel", "id": request})
    assert errors(talk.open("e")) == [("e", "too_many_requests")]
    assert errors(talk.open("a")) == [(None, "duplicate_id")]
    talk.session.released("a")
    assert errors(talk.open("e")) == []


def test_an_answer_makes_room_at_once() -> None:
    """A client that keeps as many requests as it may can send the next one as soon as it has seen an answer."""
    talk = Talk(requests=2)
    talk.open("a")
    talk.open("b")
    talk.session.reply("a", {})
    assert errors(talk.open("c")) == []


def test_too_many_requests() -> None:
    """One more than announced is refused; the others go on."""
    talk = Talk(requests=2)
    talk.open("a")
    talk.open("b")
    assert errors(talk.open("c")) == [("c", "too_many_requests")]
    talk.session.reply("a", {})
    talk.session.released("a")
    assert errors(talk.open("d")) == []


def test_a_wrong_request_with_a_used_id_does_not_end_the_first(talk: Talk) -> None:
    """An error under its id would look like the end of the request that goes on."""
    talk.open("r")
    frame: dict[str, object] = {"type": "request", "id": "r", "operation": "open", "params": {"size": "x"}}
    assert errors(talk.say(frame)) == [(None, "wrong_type")]
    assert talk.session.reply("r", {}) != b""


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ({"type": "chunk", "id": "r", "data": "", "last": False, "extra": 1}, "unknown_field"),
        ({"type": "chunk", "id": "r", "data": ""}, "missing_field"),
        ({"type": "chunk", "id": "r", "data": "YQ", "last": True}, "bad_base64"),
        ({"type": "chunk", "id": "r", "data": "YQ==\n", "last": True}, "bad_base64"),
        ({"type": "chunk", "id": "r", "data": "_-==", "last": True}, "bad_base64"),
        ({"type": "chunk", "id": "r", "data": "ü", "last": True}, "bad_base64"),
        ({"type": "credit", "id": "r", "octets": 1}, "wrong_direction"),
        ({"type": "credit", "id": "r", "octets": 0}, "wrong_type"),
        ({"type": "credit", "id": "r", "octets": 1.0}, "wrong_type"),
        ({"type": "credit", "id": "r", "octets": True}, "wrong_type"),
        ({"type": "cancel", "id": "r", "why": "because"}, "unknown_field"),
    ],
)
def test_a_broken_frame_ends_its_stream(talk: Talk, frame: dict[str, object], code: str) -> None:
    """A stream that lost a chunk has a hole, and must not come to an answer."""
    talk.open("r")
    events = talk.say(frame)
    assert events[0] == Ended("r")
    assert errors(events) == [("r", code)]


@pytest.mark.parametrize("request_id", ["", "x" * 65, 7, None, ["r"], "\ud800"])
def test_an_id_that_is_none_is_not_repeated(talk: Talk, request_id: object) -> None:
    """The error of a request without a usable id belongs to no request."""
    frame = {"type": "request", "id": request_id, "operation": "close", "params": {"message": "m"}}
    assert errors(talk.say(frame)) == [(None, "wrong_type")]


def test_a_reply_that_is_too_large_can_still_be_failed() -> None:
    """The request is answered with an error of its own."""
    talk = Talk(frame_out=1000)
    talk.open("r")
    with pytest.raises(ReplyTooLarge) as refused:
        talk.session.reply("r", {"x": "y" * 1000})
    assert frame_of(talk.session.fail("r", refused.value))["type"] == "error"


def test_the_end_stops_everything(talk: Talk) -> None:
    """When the client leaves, every request ends without a word."""
    talk.open("a")
    talk.part("b")
    assert list(talk.session.end()) == [Ended("a"), Ended("b")]
    assert talk.session.reply("a", {}) == b""


def test_a_refused_client_hears_nothing_else() -> None:
    """After a hello of another major, also a right one is too late."""
    session = Session()
    assert errors(list(session.receive(encode({**HELLO, "protocol": "2.0"})))) == [(None, "protocol_mismatch")]
    assert errors(list(session.receive(encode(HELLO)))) == [(None, "protocol_mismatch")]
    cancel = encode({"type": "cancel", "id": "r"})
    assert errors(list(session.receive(cancel))) == [("r", "protocol_mismatch")]


def test_a_wrong_hello_can_be_said_again() -> None:
    """A hello with a mistake is refused, and the client may say a right one."""
    session = Session()
    assert errors(list(session.receive(encode({**HELLO, "mood": "good"})))) == [(None, "unknown_field")]
    assert errors(list(session.receive(encode(HELLO)))) == []


def test_hostile_facts_are_shortened(talk: Talk) -> None:
    """What the client sent is repeated only so far that the error fits into a frame."""
    (event,) = talk.say({"type": "x" * 900_000})
    assert isinstance(event, Outgoing)
    assert len(event.octets) < 2000


@pytest.mark.parametrize(("language", "sentence"), [("de", "Die"), ("de-AT", "Die"), ("fr", "The"), ("", "The")])
def test_the_language_of_sentences(language: str, sentence: str) -> None:
    """German in all its kinds, and English for any language we do not speak."""
    session = Session()
    list(session.receive(encode({**HELLO, "language": language})))
    (event,) = session.receive(encode({"type": "cancel", "id": "r"}))
    assert isinstance(event, Outgoing)
    assert frame_of(event.octets)["error"]["sentence"].startswith(sentence)  # type: ignore[index]


VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["r", "open", "part", "close", "", "YQ=="]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)
FRAMES = st.fixed_dictionaries(
    {"type": st.sampled_from(["hello", "request", "chunk", "credit", "cancel"]) | VALUES},
    optional={
        "id": st.sampled_from(["r", "s"]) | VALUES,
        "operation": st.sampled_from(["open", "part", "close"]) | VALUES,
        "params": st.sampled_from([{"size": None}, {"message": "m", "part": "1"}, {"message": "m"}]) | VALUES,
        "data": st.sampled_from(["", "YQ==", "*"]) | VALUES,
        "last": st.booleans() | VALUES,
        "octets": st.integers(-1, 10) | VALUES,
    },
)


@given(st.lists(FRAMES, max_size=12))
def test_no_frame_breaks_a_session(frames: list[dict[str, object]]) -> None:
    """Whatever a client sends, each frame gets one coded error or is understood, and an honest request still works."""
    talk = Talk()
    for frame in frames:
        codes = [code for _, code in errors(talk.say(frame))]
        assert len(codes) <= 1
        assert "internal_error" not in codes
    for request in ("r", "s"):
        talk.session.fail(request, NotAMessage())
        talk.session.released(request)
    assert errors(talk.open("r")) == []


def test_a_mistake_of_our_own_costs_one_frame(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The frames that were read together with it are still understood."""
    monkeypatch.setattr(Session, "_credit", lambda *_: 1 // 0)
    wrong = encode({"type": "credit", "id": "r", "octets": 1})
    right = encode({"type": "cancel", "id": "r"})
    found = errors(list(talk.session.receive(wrong + right)))
    assert found == [("r", "internal_error"), ("r", "unknown_stream")]
