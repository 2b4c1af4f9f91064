"""Frames: whatever arrives, in whatever pieces, is a frame or a coded failure, and the next frame is found."""

from __future__ import annotations

import base64
import json
import struct
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from letterlock.errors import LetterlockError
from letterlock.protocol.failures import (
    FieldRepeated,
    FrameEmpty,
    FrameNotAnObject,
    FrameNotJson,
    FrameNotUtf8,
    FrameTooDeep,
    FrameTooLarge,
    FrameTruncated,
    ReplyTooLarge,
)
from letterlock.protocol.frames import JSON_DEPTH, FrameDecoder, encode, encode_chunk, parse

LIMIT = 20


def framed(text: bytes) -> bytes:
    return struct.pack("=I", len(text)) + text


def shown(frame: bytes | LetterlockError) -> object:
    return frame if isinstance(frame, bytes) else (frame.code, frame.facts())


FRAMES = st.lists(st.binary(max_size=LIMIT + 10), max_size=8)


def expected(texts: list[bytes]) -> list[object]:
    def one(text: bytes) -> object:
        if not text:
            return ("frame_empty", {})
        if len(text) > LIMIT:
            return ("frame_too_large", {"octets": len(text), "limit": LIMIT})
        return text

    return [one(text) for text in texts]


@given(FRAMES)
def test_whole_input_yields_every_frame(texts: list[bytes]) -> None:
    """Fed at once, each text comes out as it is, too long or empty ones as failures."""
    decoder = FrameDecoder(LIMIT)
    found = list(decoder.feed(b"".join(framed(text) for text in texts)))
    assert [shown(frame) for frame in found] == expected(texts)
    assert decoder.end() is None


@given(FRAMES)
def test_octet_by_octet_yields_the_same(texts: list[bytes]) -> None:
    """Fed in single octets, nothing changes."""
    decoder = FrameDecoder(LIMIT)
    octets = b"".join(framed(text) for text in texts)
    found = [frame for octet in octets for frame in decoder.feed(bytes([octet]))]
    assert [shown(frame) for frame in found] == expected(texts)
    assert decoder.end() is None


@given(FRAMES, st.lists(st.integers(1, 40), max_size=20))
def test_any_pieces_yield_the_same(texts: list[bytes], sizes: list[int]) -> None:
    """Fed in pieces of any size, nothing changes."""
    decoder = FrameDecoder(LIMIT)
    octets = b"".join(framed(text) for text in texts)
    found = []
    for size in [*sizes, len(octets)]:
        found += list(decoder.feed(octets[:size]))
        octets = octets[size:]
    assert [shown(frame) for frame in found] == expected(texts)


@pytest.mark.parametrize(
    ("octets", "missing"),
    [
        (b"\1", 3),
        (struct.pack("=I", 10), 10),
        (struct.pack("=I", 10) + b"abc", 7),
        (struct.pack("=I", LIMIT + 1) + b"abc", LIMIT - 2),
    ],
)
def test_end_inside_a_frame(octets: bytes, missing: int) -> None:
    """An input that ends inside the length, the text or a skipped frame is said to be truncated."""
    decoder = FrameDecoder(LIMIT)
    list(decoder.feed(octets))
    truncated = decoder.end()
    assert isinstance(truncated, FrameTruncated)
    assert truncated.missing == missing


def test_a_long_frame_is_refused_before_it_arrives() -> None:
    """The length alone is enough to refuse a frame; the next one is found behind it."""
    decoder = FrameDecoder(LIMIT)
    assert isinstance(next(iter(decoder.feed(struct.pack("=I", 1000)))), FrameTooLarge)
    assert list(decoder.feed(bytes(1000) + framed(b"{}"))) == [b"{}"]


def test_a_skipped_frame_is_not_kept() -> None:
    """64 MiB of a refused frame cost no memory."""
    decoder = FrameDecoder()
    piece = bytes(65536)
    list(decoder.feed(struct.pack("=I", 64 << 20)))
    tracemalloc.start()
    for _ in range(1024):
        list(decoder.feed(piece))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # A sixty-fourth of it: other threads of the tests allocate, too.
    assert peak < 1 << 20


def test_frame_of_exactly_the_limit() -> None:
    """The limit is the last length that is allowed."""
    assert list(FrameDecoder(LIMIT).feed(framed(bytes(LIMIT)))) == [bytes(LIMIT)]


def test_empty_frame() -> None:
    """A length of 0 is a frame without JSON."""
    assert isinstance(next(iter(FrameDecoder().feed(bytes(4)))), FrameEmpty)


@pytest.mark.parametrize(
    ("text", "failure"),
    [
        (b"\xff\xfe", FrameNotUtf8),
        (b'{"a":"\xed\xa0\x80"}', FrameNotUtf8),  # a surrogate, encoded as if it were a character
        (b'{"a":"\xc0\xaf"}', FrameNotUtf8),  # overlong
        (b"", FrameNotJson),
        (b"{", FrameNotJson),
        (b"{} {}", FrameNotJson),
        (b"{'a': 1}", FrameNotJson),
        (b'{"a":1,}', FrameNotJson),
        (b'\xef\xbb\xbf{"a":1}', FrameNotJson),  # RFC 8259 §8.1: no byte order mark
        (b'{"a":NaN}', FrameNotJson),
        (b'{"a":Infinity}', FrameNotJson),
        (b'{"a":-Infinity}', FrameNotJson),
        (b'{"a":"\n"}', FrameNotJson),
        (b'{"a":' + b"9" * 5000 + b"}", FrameNotJson),
        (b"[" * (JSON_DEPTH + 1) + b"]" * (JSON_DEPTH + 1), FrameTooDeep),
        (b'{"a":' * (JSON_DEPTH + 1) + b"1" + b"}" * (JSON_DEPTH + 1), FrameTooDeep),
        (b"[" * 500_000, FrameTooDeep),
        (b'{"a":1,"a":1}', FieldRepeated),
        (b'{"b":{"a":1,"\\u0061":2}}', FieldRepeated),
        (b"[]", FrameNotAnObject),
        (b"null", FrameNotAnObject),
        (b'"{}"', FrameNotAnObject),
        (b"1", FrameNotAnObject),
    ],
)
def test_texts_that_are_no_object(text: bytes, failure: type[LetterlockError]) -> None:
    """Each kind of wrong text has its own failure."""
    with pytest.raises(failure):
        parse(text)


@pytest.mark.parametrize(
    "value",
    [
        b"[" * (JSON_DEPTH - 1) + b"]" * (JSON_DEPTH - 1),
        b"[" + b"[]," * 100 + b"[]]",
        b'"' + b"[{" * 100 + b'"',
        b'"\\"' + b"[" * 100 + b'\\\\"',
    ],
)
def test_depth_counts_nesting_only(value: bytes) -> None:
    """Brackets in a row or inside strings are not nested."""
    assert list(parse(b'{"x":' + value + b"}")) == ["x"]


@given(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(), max_size=5))
def test_what_is_encoded_can_be_parsed(frame: dict[str, object]) -> None:
    """A frame survives the way through both."""
    (text,) = FrameDecoder().feed(encode(frame))
    assert isinstance(text, bytes)
    assert parse(text) == frame


@given(st.text(max_size=70), st.binary(max_size=60), st.booleans())
def test_a_chunk_is_written_as_any_frame(request: str, octets: bytes, last: bool) -> None:
    """The quick way writes exactly what the slow one would."""
    data = base64.b64encode(octets).decode()
    try:
        slow = encode({"type": "chunk", "id": request, "data": data, "last": last})
        assert encode_chunk(request, octets, last) == slow
    except UnicodeEncodeError:
        assert any("\ud800" <= character <= "\udfff" for character in request)


CHUNK = '{"type":"chunk","id":"r1","data":"QUJD","last":false}'


@given(st.integers(0, len(CHUNK)), st.integers(0, 3), st.text(max_size=3))
@example(CHUNK.index("QUJD"), 0, "\n")
@example(CHUNK.index("QUJD"), 0, '"')
@example(CHUNK.index("QUJD"), 0, "\\n")
@example(CHUNK.index("QUJD"), 0, "\\u0041")
@example(CHUNK.index("QUJD"), 0, "ä")
@example(len(CHUNK) - 1, 0, ',"last":true')
@example(len(CHUNK), 0, " ")
@example(len(CHUNK), 0, "{}")
def test_a_chunk_is_read_as_any_frame(position: int, removed: int, inserted: str) -> None:
    """Whatever is changed in a chunk, the quick way says what JSON's reader says, or leaves it to it."""
    text = CHUNK[:position] + inserted + CHUNK[position + removed :]
    try:
        octets = text.encode()
    except UnicodeEncodeError:
        return
    try:
        slow: object = json.loads(text)
    except ValueError:
        slow = None
    if isinstance(slow, dict) and _each_once(text):
        assert parse(octets) == slow
    else:
        with pytest.raises(LetterlockError):
            parse(octets)


def _each_once(text: str) -> bool:
    names: list[str] = json.loads(text, object_pairs_hook=lambda pairs: [name for name, _ in pairs])
    return len(set(names)) == len(names)


def test_lone_surrogates_leave_as_escapes() -> None:
    """A text that UTF-8 cannot carry still leaves as valid UTF-8 and valid JSON."""
    text = encode({"subject": "\udcff", "name": "ü"})[4:]
    assert json.loads(text.decode("utf-8")) == {"subject": "\udcff", "name": "ü"}


def test_a_reply_of_exactly_the_limit_leaves_and_one_more_does_not() -> None:
    """No frame above the limit of the browsers is ever made."""
    limit = 1000
    room = limit - len('{"a":""}')
    assert len(encode({"a": "x" * room}, limit)) == limit + 4
    with pytest.raises(ReplyTooLarge) as refused:
        encode({"a": "x" * (room + 1)}, limit)
    assert refused.value.facts() == {"octets": limit + 1, "limit": limit}
    with pytest.raises(ReplyTooLarge):
        encode({"a": "ü" * (room // 2 + 1)}, limit)  # octets count, not characters
