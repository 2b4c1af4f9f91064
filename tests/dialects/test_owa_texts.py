"""JSON texts with very long strings: read as Python's parser reads them, without holding them; written the same way."""

from __future__ import annotations

import base64
import json
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterlock.dialects.owa import texts
from letterlock.dialects.owa.texts import NotBase64, Pieces, Text, base64_octets, base64_pieces, read, write
from letterlock.errors import LetterlockError, MessageTooLarge
from letterlock.spool import Spool

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.text(min_size=20, max_size=60),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=1), inner, max_size=4),
    max_leaves=15,
)


def held(value: Any) -> Any:
    """A value with its long strings in memory."""
    if isinstance(value, dict):
        return {name: held(each) for name, each in value.items()}
    if isinstance(value, list):
        return [held(each) for each in value]
    return b"".join(value.pieces()).decode() if isinstance(value, Text) else value


def read_in(data: bytes, step: int) -> Any:
    return held(read((data[at : at + step] for at in range(0, len(data), step)), Spool()))


@given(st.dictionaries(st.text(max_size=1), VALUES), st.booleans(), st.sampled_from([1, 3, 7, 1000]))
def test_texts_are_read_as_python_reads_them(value: dict[str, Any], ascii_only: bool, step: int) -> None:
    """Whatever is in the strings, however the text is escaped and cut; strings beyond 16 octets are long here."""
    short, texts._SHORT = texts._SHORT, 16
    try:
        text = json.dumps(value, ensure_ascii=ascii_only)
        assert read_in(text.encode(), step) == value
    finally:
        texts._SHORT = short


@given(st.binary(max_size=60))
def test_no_octets_are_read_otherwise_than_by_python(data: bytes) -> None:
    """What is no JSON object is refused, and nothing crashes."""
    try:
        expected = json.loads(data)
    except (ValueError, RecursionError):
        expected = None
    try:
        found = read_in(data, 5)
    except LetterlockError:
        return
    assert found == expected


@pytest.mark.parametrize(
    "value",
    [
        "🙂" * 5000,
        '"\\\n\t\x01' * 3000,
        "\\" * 9001,
        "ä" * 70_000 + '"',
        "x" * 262_143 + "🙂\\",
    ],
)
def test_escapes_are_never_cut_in_two(value: str) -> None:
    """Pairs of surrogates and backslashes lie across the borders of blocks."""
    for ascii_only in (True, False):
        text = json.dumps({"a": value}, ensure_ascii=ascii_only).encode()
        assert read_in(text, 4093) == {"a": value}


@pytest.mark.parametrize("escape", ["\\x", "\\u12", "\\u12g4", "\\"])
def test_escapes_that_json_does_not_know_are_refused(escape: str) -> None:
    """In a long string they are found when it is read."""
    found = read([('{"a":"' + "x" * 5000 + escape + '"}').encode()], Spool()) if escape != "\\" else None
    if found is None:
        with pytest.raises(LetterlockError):
            read([b'{"a":"' + b"x" * 5000 + b'\\"}'], Spool())
        return
    with pytest.raises(LetterlockError):
        b"".join(found["a"].pieces())


def test_marks_cannot_be_forged() -> None:
    """A string that looks like the place of another one stays what it is."""
    value = {"a": "x" * 5000, "b": "0:0", "c": ":0", "d": "0123456789abcdef:0"}
    assert read_in(json.dumps(value).encode(), 100) == value


def test_names_are_never_long() -> None:
    with pytest.raises(MessageTooLarge):
        read([json.dumps({"x" * 5000: 1}).encode()], Spool())


def test_what_is_beside_long_strings_is_bounded() -> None:
    """A million short ones are not a message."""
    text = json.dumps({"a": ["x" * 50] * 1000}).encode()
    with pytest.raises(MessageTooLarge):
        read([text], Spool(), skeleton=10_000)


def test_long_strings_do_not_stay_in_memory() -> None:
    """20 MB are read within a few."""
    piece = b"A" * 65_536

    def text() -> Iterator[bytes]:
        yield b'{"a":"'
        for _ in range(320):
            yield piece
        yield b'"}'

    tracemalloc.start()
    found = read(text(), Spool(memory=65_536))
    assert sum(len(each) for each in found["a"].pieces()) == 320 * 65_536
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 4_000_000


@given(st.binary(max_size=200), st.integers(1, 50))
def test_base64_is_read_and_written_in_pieces(octets: bytes, step: int) -> None:
    """With line ends in it, and without its padding."""
    text = "".join(base64_pieces(octets[at : at + step] for at in range(0, len(octets), step))).encode()
    assert text == base64.b64encode(octets)
    for given_text in (text, text.rstrip(b"="), b"\r\n".join(text[at : at + 7] for at in range(0, len(text), 7))):
        pieces = (given_text[at : at + step] for at in range(0, len(given_text), step))
        assert b"".join(base64_octets(pieces)) == octets


@pytest.mark.parametrize("text", [b"A", b"AB=C", b"A*==", b"AAAA====AAAA", "ä".encode()])
def test_what_is_no_base64_is_refused(text: bytes) -> None:
    with pytest.raises(NotBase64):
        b"".join(base64_octets([text]))


@given(st.dictionaries(st.text(), VALUES))
def test_values_are_written_as_python_writes_them(value: dict[str, Any]) -> None:
    """In ASCII; long strings from their pieces."""
    spool = Spool()
    write({"value": value, "long": Pieces(lambda: ["ä", '"', "🙂", ""])}, spool)
    text = spool.read(0, len(spool)).decode("ascii")
    assert json.loads(text) == {"value": value, "long": 'ä"🙂'}


def test_results_are_bounded() -> None:
    """Beyond the limit there is none."""
    with pytest.raises(MessageTooLarge):
        write(Pieces(lambda: ("x" * 1000 for _ in range(1000))), Spool(), limit=100_000)
