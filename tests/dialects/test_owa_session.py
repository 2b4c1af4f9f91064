"""The conversation with Microsoft's extension, without pipes: slices in any order, results in any parts, bounded."""

from __future__ import annotations

import itertools
import json
import random
import struct
from collections.abc import Iterable
from typing import Any

import pytest

from letterlock import limits
from letterlock.dialects.owa.session import Dropped, Event, Outgoing, Requested, Session
from letterlock.spool import Spool
from tests.dialects.extension import download, envelope, frame, initialise, upload

TEXT = json.dumps({"Data": "ä" * 900, "ErrorCode": 0})


class Talk:
    """A session and what came out of it."""

    def __init__(self) -> None:
        self.log: list[str] = []
        self.session = Session(["mail.muster.example"], self.log.append)
        self.requested: list[tuple[Requested, str]] = []
        self.dropped: list[Dropped] = []

    def say(self, *messages: dict[str, Any]) -> list[dict[str, Any]]:
        return self.octets(b"".join(map(frame, messages)))

    def octets(self, data: bytes, step: int = 1 << 20) -> list[dict[str, Any]]:
        answers = []
        for start in range(0, len(data), step):
            answers += self._heard(self.session.receive(data[start : start + step]))
        return answers

    def finish(self, number: int = -1, text: str = TEXT) -> list[dict[str, Any]]:
        event, _ = self.requested[number]
        result = Spool()
        result.write(text.encode("ascii"))
        return self._heard(self.session.finished(event.key, event.number, result))

    def _heard(self, events: Iterable[Event]) -> list[dict[str, Any]]:
        answers = []
        for each in events:
            if isinstance(each, Outgoing):
                (length,) = struct.unpack("=I", each.octets[:4])
                assert length == len(each.octets) - 4 <= limits.FRAME_OUT_OCTETS
                answers.append(json.loads(each.octets[4:]))
            elif isinstance(each, Requested):
                self.requested.append((each, each.text.read(0, len(each.text)).decode()))
                each.text.close()
            else:
                self.dropped.append(each)
        return answers


@pytest.fixture
def talk() -> Talk:
    return Talk()


def asked(port: object = "p", request: object = 1, size: int = 10) -> list[dict[str, Any]]:
    return upload(port, request, initialise({"OWAClearSign": True}), size)


WHOLE = json.dumps(initialise({"OWAClearSign": True}))


def test_settings_are_answered_without_an_envelope(talk: Talk) -> None:
    """The one bare answer, with the sites that the organisation allows."""
    assert talk.say(envelope("GetSettings", "p", -1, {})) == [{"AllowedDomainsByPolicy": ["mail.muster.example"]}]


def test_each_slice_is_acknowledged_with_where_the_next_one_begins(talk: Talk) -> None:
    """And the last one with -1 everywhere."""
    messages = asked(size=50)
    answers = talk.say(*messages)
    for number, answer in enumerate(answers[:-1]):
        assert answer["portId"] == "p"
        assert answer["requestId"] == 1
        assert answer["messageType"] == "UploadPartialRequest"
        assert answer["data"] == {
            "__type": "AcknowledgePartialSmimeRequestArrived:#Microsoft.Exchange.Clients.BrowserExtension.Smime",
            "PartIndex": number,
            "StartOffset": number * 50,
            "NextStartOffset": number * 50 + 50,
            "Status": 0,
        }
    last = answers[-1]["data"]
    assert (last["PartIndex"], last["StartOffset"], last["NextStartOffset"], last["Status"]) == (-1, -1, -1, 1)
    assert [text for _, text in talk.requested] == [WHOLE]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_slices_come_in_any_order(order: tuple[int, ...]) -> None:
    """The request begins when the last missing one is there."""
    talk = Talk()
    messages = asked(size=len(WHOLE) // 3 + 1)
    assert len(messages) == 3
    for count, number in enumerate(order, 1):
        talk.say(messages[number])
        assert len(talk.requested) == (count == 3)
    assert talk.requested[0][1] == WHOLE


def test_frames_may_be_cut_anywhere() -> None:
    """Whole, and octet by octet, give the same answers."""
    data = b"".join(map(frame, asked()))
    assert Talk().octets(data) == Talk().octets(data, step=1)


def test_slices_that_come_again_are_acknowledged_again(talk: Talk) -> None:
    """Before and after the request began; it is carried out once."""
    messages = asked(size=40)
    answers = [talk.say(each)[0] for each in messages for _ in range(2)]
    assert answers[0] == answers[1]
    assert answers[-1] == answers[-2]
    assert len(talk.requested) == 1
    talk.finish()
    assert talk.say(messages[-1])[0]["data"]["Status"] == 1
    assert len(talk.requested) == 1


def test_a_request_with_the_same_number_is_a_new_one(talk: Talk) -> None:
    """After a reload the extension counts from the beginning: the old request is dropped."""
    talk.say(*asked())
    talk.say(*upload("p", 1, initialise({})))
    assert [each.number for each in talk.dropped] == [talk.requested[0][0].number]
    assert talk.finish(0) == []  # nobody waits for it
    talk.finish(1, "{}")
    (answer,) = talk.say(download("p", 1))
    assert answer["data"]["PartialData"] == "{}"


def test_requests_are_told_apart_by_port_and_number(talk: Talk) -> None:
    """Interleaved slices of four requests, ids of every kind."""
    keys: list[tuple[object, object]] = [("a", 1), ("a", 2), ("b", 1), (7, "1")]
    streams = [upload(port, request, {"n": f"{port}{request}" * 40}, 30) for port, request in keys]
    for messages in itertools.zip_longest(*streams):
        talk.say(*(each for each in messages if each))
    assert sorted(json.loads(text)["n"][:2] for _, text in talk.requested) == ["71", "a1", "a2", "b1"]


def test_slices_without_offsets_follow_each_other(talk: Talk) -> None:
    """What the description leaves open is taken as it comes; numbers may be text."""
    messages = asked(size=33)
    for number, each in enumerate(messages):
        if number % 2:
            del each["data"]["StartOffset"]
        else:
            each["data"]["StartOffset"] = str(each["data"]["StartOffset"])
        each["data"]["SomethingNew"] = {"x": [1]}
        talk.say({**each, "also": "new"})
    assert [text for _, text in talk.requested] == [WHOLE]


def test_offsets_count_as_javascript_counts(talk: Talk) -> None:
    """A character beyond the sixteen bits of JavaScript's characters is two."""
    smiling = {"__type": "X", "a": "🙂🙂"}
    text = json.dumps(smiling, ensure_ascii=False)
    cut = text.index("🙂") + 1
    for start, data, last in ((0, text[:cut], False), (cut + 1, text[cut:], True)):
        talk.say(
            envelope("UploadPartialRequest", "p", 1, {"PartialData": data, "StartOffset": start, "IsLastPart": last})
        )
    assert json.loads(talk.requested[0][1]) == smiling


@pytest.mark.parametrize("size", [1, 7, 100, len(TEXT) - 1, len(TEXT), len(TEXT) + 1, 10**9])
def test_results_come_in_parts_of_the_size_asked_for(talk: Talk, size: int) -> None:
    """Joined they are the result; the last one says so; then it is gone."""
    talk.say(*asked())
    talk.finish()
    text, index = "", 0
    while True:
        (answer,) = talk.say(download("p", 1, size, PartIndex=index))
        data = answer["data"]
        assert data["__type"] == "ReturnPartialSmimeResult:#Microsoft.Exchange.Clients.BrowserExtension.Smime"
        assert data["PartIndex"] == index
        assert data["StartOffset"] == len(text)
        assert data["TotalSize"] == len(TEXT)
        text += data["PartialData"]
        assert data["EndOffset"] == len(text)
        if data["IsLastPart"]:
            break
        assert len(data["PartialData"]) == size
        index += 1
    assert text == TEXT


def test_parts_are_fetched_by_offset_in_any_order_and_again(talk: Talk) -> None:
    """Random places, each any number of times, as long as the end was not reached."""
    talk.say(*asked())
    talk.finish()
    chance = random.Random(5)
    for _ in range(50):
        start = chance.randrange(len(TEXT) - 60)
        (answer,) = talk.say(download("p", 1, 50, StartOffset=start))
        assert answer["data"]["PartialData"] == TEXT[start : start + 50]
        assert answer["data"]["StartOffset"] == start


def test_a_part_is_fetched_again_by_its_number(talk: Talk) -> None:
    """Also with sizes that change from part to part."""
    talk.say(*asked())
    talk.finish()
    first = [talk.say(download("p", 1, size, PartIndex=index))[0] for index, size in enumerate((10, 33, 7))]
    assert [each["data"]["StartOffset"] for each in first] == [0, 10, 43]
    (again,) = talk.say(download("p", 1, 33, PartIndex=1))
    assert again == first[1]


def test_the_last_part_can_be_had_once_more_and_no_other(talk: Talk) -> None:
    """A result is kept until it was fetched; an answer that was lost on the way may be asked for again."""
    talk.say(*asked())
    talk.finish()
    (last,) = talk.say(download("p", 1, 10**6, PartIndex=0))
    assert last["data"]["IsLastPart"]
    assert talk.say(download("p", 1, 10**6, PartIndex=0)) == [last]
    (gone,) = talk.say(download("p", 1, 10, PartIndex=7))
    assert json.loads(gone["data"]["PartialData"])["ErrorCode"] != 0
    talk.say(*asked(request=2))
    talk.finish()
    talk.say(download("p", 2, 10**6))
    (gone,) = talk.say(download("p", 1, 10**6, PartIndex=0))
    assert json.loads(gone["data"]["PartialData"])["ErrorCode"] != 0


def test_a_result_is_waited_for(talk: Talk) -> None:
    """Asked for before it is there, it comes when it is."""
    talk.say(*asked())
    assert talk.say(download("p", 1)) == []
    (answer,) = talk.finish()
    assert answer["data"]["PartialData"] == TEXT


def test_nothing_that_was_never_asked_for_is_answered_with_a_result(talk: Talk) -> None:
    """An error, in the form of a result."""
    (answer,) = talk.say(download("p", 99))
    assert json.loads(answer["data"]["PartialData"]) == {"Data": None, "ErrorCode": 2}
    assert answer["data"]["IsLastPart"]


def test_unknown_message_types_are_answered_with_an_error(talk: Talk) -> None:
    """And logged by their name, without what they hold."""
    (answer,) = talk.say(envelope("NewThing", "p", 5, {"Secret": "Grüezi"}))
    assert answer["messageType"] == "NewThing"
    assert answer["requestId"] == 5
    assert answer["data"]["ErrorCode"] != 0
    assert talk.log == ["unknown message type NewThing"]


@pytest.mark.parametrize(
    "message",
    [
        {},
        {"messageType": 5, "portId": "p", "requestId": 1},
        {"messageType": "UploadPartialRequest", "portId": {"a": 1}, "requestId": 1},
        {"messageType": "UploadPartialRequest", "portId": "p", "requestId": 1.5},
        {"messageType": "UploadPartialRequest", "portId": "x" * 1000, "requestId": 1},
    ],
)
def test_what_names_no_request_is_ignored(talk: Talk, message: dict[str, Any]) -> None:
    """Nobody could be told; the conversation goes on."""
    assert talk.say(message) == []
    assert len(talk.log) == 1
    assert talk.say(envelope("GetSettings", "p", -1, {}))


@pytest.mark.parametrize("octets", [b"{", b"[]", b"\xff\xff", b'{"a":1,"a":2}', b"[" * 5000, b""])
def test_frames_that_are_none_are_skipped(talk: Talk, octets: bytes) -> None:
    """With a line in the log that has nothing of theirs."""
    assert talk.octets(struct.pack("=I", len(octets)) + octets) == []
    assert len(talk.log) == 1
    assert talk.say(envelope("GetSettings", "p", -1, {}))


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"PartialData": 5, "IsLastPart": True, "StartOffset": 0},
        {"PartialData": None, "IsLastPart": True, "StartOffset": 0},
    ],
)
def test_slices_without_a_text_end_in_an_error(talk: Talk, data: dict[str, Any]) -> None:
    """Acknowledged, so that the extension goes on to fetch the error."""
    (answer,) = talk.say(envelope("UploadPartialRequest", "p", 1, data))
    assert answer["data"]["Status"] == 1
    (answer,) = talk.say(download("p", 1))
    assert json.loads(answer["data"]["PartialData"])["ErrorCode"] == 2


def test_slices_that_contradict_each_other_end_in_an_error(talk: Talk) -> None:
    """Two texts at one place, or a text beyond its end: neither is chosen."""
    messages = asked(size=40)
    talk.say(messages[1])
    messages[1]["data"]["PartialData"] = "x" * 40
    talk.say(messages[1])
    assert talk.requested == []
    (answer,) = talk.say(download("p", 1))
    assert json.loads(answer["data"]["PartialData"])["ErrorCode"] == 2
    other = asked(request=2, size=40)
    talk.say(other[-1])
    beyond = {**other[-1]["data"], "StartOffset": 10**6}
    talk.say(envelope("UploadPartialRequest", "p", 2, beyond))
    (answer,) = talk.say(download("p", 2))
    assert json.loads(answer["data"]["PartialData"])["ErrorCode"] == 2


def test_what_is_too_large_ends_in_an_error_and_is_forgotten(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slices that still come are swallowed."""
    monkeypatch.setattr(limits, "OWA_REQUEST_OCTETS", 100)
    answers = talk.say(*asked(size=30))
    assert len(answers) == len(asked(size=30))
    assert answers[-1]["data"]["Status"] == 1
    assert talk.requested == []
    (answer,) = talk.say(download("p", 1))
    assert json.loads(answer["data"]["PartialData"])["ErrorCode"] == 3


def test_the_session_holds_only_so_many_requests(talk: Talk) -> None:
    """What nobody touched for the longest goes; it is dropped in the middle of its work, too."""
    for number in range(limits.OWA_SESSIONS + 3):
        talk.say(asked(request=number, size=30)[0])
    for number in range(3):
        messages = asked(request=number, size=30)
        talk.say(*messages[1:])
    assert talk.requested == [], "the first slices were forgotten"


def test_the_session_holds_only_so_many_octets(talk: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Results that nobody fetches make room."""
    monkeypatch.setattr(limits, "OWA_HELD_OCTETS", 2 * len(TEXT))
    for number in range(4):
        talk.say(*asked(request=number))
        talk.finish()
    sizes = [talk.say(download("p", number, 10))[0]["data"]["TotalSize"] for number in range(4)]
    assert [each == len(TEXT) for each in sizes] == [False, False, True, True]


def test_the_end_forgets_everything(talk: Talk) -> None:
    """Spools are closed: nothing stays on the disk."""
    talk.say(asked(size=20)[0])
    talk.say(*asked(request=2))
    talk.finish()
    talk.session.end()
    (answer,) = talk.say(download("p", 2))
    assert answer["data"]["TotalSize"] != len(TEXT)
