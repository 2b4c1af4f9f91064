"""The fuzzed claim about Microsoft's dialect: whatever the extension says, frame by frame, one a line."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator

from letterlock.errors import LetterlockError
from tests.needs import PROJECT

RESULT = b'{"Data":"' + b"x" * 300 + b'","ErrorCode":0}'


def owa(data: bytes) -> None:
    """Answers are alike in any portions and fit into frames, requests are read or refused, and nothing is kept."""
    frames = b"".join(struct.pack("=I", len(line)) + line for line in data.split(b"\n"))
    whole, requests = conversation(frames, len(frames))
    assert (whole, requests) == conversation(frames, 11)
    for text in requests:
        request(text)
    conversation(data, 7)


def conversation(octets: bytes, step: int) -> tuple[list[bytes], list[bytes]]:
    """What the session answers and asks for; each request gets the same result at once."""
    from letterlock.dialects.owa.session import Outgoing, Requested, Session
    from letterlock.limits import FRAME_OUT_OCTETS
    from letterlock.spool import Spool

    session = Session(["mail.muster.example"])
    answers: list[bytes] = []
    requests: list[bytes] = []
    for start in range(0, len(octets), step):
        for event in session.receive(octets[start : start + step]):
            if isinstance(event, Outgoing):
                answers.append(event.octets)
            elif isinstance(event, Requested):
                requests.append(event.text.read(0, len(event.text)))
                event.text.close()
                result = Spool()
                result.write(RESULT)
                # What waits for a result is answered now.
                answers += [each.octets for each in session.finished(event.key, event.number, result)]  # type: ignore[union-attr]
    for answer in answers:
        assert struct.unpack("=I", answer[:4])[0] == len(answer) - 4 <= FRAME_OUT_OCTETS
        json.loads(answer[4:])
    session.end()
    return answers, requests


def request(text: bytes) -> None:
    """A request's text is read alike in any portions, and understood or refused."""
    from letterlock.dialects.owa import reading, texts, writing
    from letterlock.dialects.owa.server import Server
    from letterlock.spool import Spool

    spool = Spool()
    try:
        params = texts.read([text], spool)
    except LetterlockError:
        return
    assert held(params) == held(texts.read((text[at : at + 5] for at in range(0, len(text), 5)), Spool()))
    for attempt in (
        lambda: b"".join(reading.raw(params)),
        lambda: Server.of(texts.read_text(params.get("Settings"), spool)),
        lambda: writing.order(params, Server(), spool),
    ):
        try:
            attempt()
        except LetterlockError:
            continue


def held(value: object) -> object:
    from letterlock.dialects.owa.texts import Text

    if isinstance(value, dict):
        return {name: held(each) for name, each in value.items()}
    if isinstance(value, list):
        return [held(each) for each in value]
    return b"".join(value.pieces()) if isinstance(value, Text) else value


def seeds() -> Iterator[tuple[str, bytes]]:
    """What the extension says in the golden conversations, a frame a line."""
    for file in sorted((PROJECT / "tests" / "dialects" / "owa").glob("*.json")):
        steps = json.loads(file.read_text())["conversation"]
        said = (json.dumps(_sent(each["message"])).encode() for each in steps if each["from"] == "extension")
        yield f"owa_{file.stem}", b"\n".join(said)


def _sent(value: object) -> object:
    """With something of the right kind in every place that a test fills."""
    if isinstance(value, list):
        return [_sent(each) for each in value]
    if not isinstance(value, dict):
        return value
    if "$certificate" in value:
        return "MIIB"
    if "$smime" in value:
        return "data:multipart/signed;base64,RnJvbTogYUBiDQoNCng="
    filled = {name: _sent(each) for name, each in value.items()}
    return json.dumps(filled["$json"]) if "$json" in filled else filled
