"""No input makes the readers work more than a fixed number of steps for each of its octets."""

from __future__ import annotations

import random
import sys
from collections.abc import Callable
from functools import partial
from types import FrameType

import pytest

from letterlock.cms import CompressedReader, EnvelopedReader, SignedDataReader, ber, der
from letterlock.errors import LetterlockError
from tests.cms.builder import CONTENT, integer, tlv
from tests.cms.test_cms_hostile import MESSAGES, mutate

STEPS_FOR_AN_OCTET = 40
"""Calls of functions and values walked over, for each octet of input; fed octet by octet a value costs most."""

STEPS_FOR_AN_OBJECT = 5_000
"""What one object costs in any case: its types are decoded, its failure is made."""

NESTED = tlv(0x30, b"\x05\x00" * 2_000, b"\x30\x80\0\0")
for _ in range(30):
    NESTED = tlv(0x30, NESTED)

HOSTILE = {
    "definite that turns out to be BER": NESTED,
    "indefinite": b"\x30\x80" * 35 + b"\x05\x00" * 3_000 + b"\0\0" * 35,
    "empty values": tlv(0x30, b"\x30\x00" * 5_000),
    "pieces of pieces": tlv(0x30, b"\x24\x80" * 30 + b"\x04\x01x" * 3_000 + b"\0\0" * 30),
    "pieces of one octet": tlv(0x30, tlv(0x24, b"\x04\x01x" * 5_000)),
    "long tags": tlv(0x30, b"\xbf\x81\x80\x01\x00" * 2_000),
    "padded lengths": tlv(0x30, b"\x04\x84\x00\x00\x00\x00" * 2_000),
    "one string": tlv(4, bytes(20_000)),
    "siblings that are BER": tlv(0x30, (tlv(0x30, integer(1)) + b"\x30\x80\0\0") * 1_500),
    "endless tag": b"\x1f" + b"\x80" * 20_000,
    "endless length": b"\x04\xff" + bytes(20_000),
    "zeros behind it": b"\x05\x00" + bytes(20_000),
}


def steps(work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    """How many functions were called and values walked over; the work may end in a coded failure."""
    count = 0
    walk = der.walk

    def counted(octets: bytes, position: int, end: int, depth: int, most: int) -> tuple[int, int]:
        nonlocal count
        found = walk(octets, position, end, depth, most)
        count += found[0]
        return found

    def called(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    monkeypatch.setattr(ber, "walk", counted)
    sys.setprofile(called)
    try:
        work()
    except LetterlockError:
        pass
    finally:
        sys.setprofile(None)
        monkeypatch.undo()
    return count


Reader = SignedDataReader | EnvelopedReader | CompressedReader | ber.BerReader


def read(reader: Reader, octets: bytes, size: int) -> None:
    for position in range(0, len(octets), size):
        reader.feed(octets[position : position + size])
    reader.close()


@pytest.mark.parametrize("size", [1, 17, 100_000])
@pytest.mark.parametrize("name", HOSTILE)
def test_steps_of_hostile_input_are_bounded(name: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole, octet by octet or in portions, every form of BER costs a fixed number of steps for an octet."""
    octets = HOSTILE[name]
    taken = steps(lambda: read(ber.BerReader(), octets, size), monkeypatch)
    assert taken <= STEPS_FOR_AN_OCTET * len(octets) + STEPS_FOR_AN_OBJECT


@pytest.mark.parametrize("name", MESSAGES)
def test_steps_of_mutations_are_bounded(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """So do seeded mutations of good messages, in every reader."""
    chance = random.Random(f"steps {name}")
    for _ in range(100):
        octets = mutate(chance, MESSAGES[name])
        size = chance.choice((1, 13, 10_000))
        readers: tuple[Reader, ...] = (
            SignedDataReader(lambda text: None),
            EnvelopedReader(lambda text: None, []),
            CompressedReader(lambda text: None),
        )
        for reader in readers:
            taken = steps(partial(read, reader, octets, size), monkeypatch)
            assert taken <= STEPS_FOR_AN_OCTET * len(octets) + STEPS_FOR_AN_OBJECT, octets.hex()


def test_steps_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """The count sees what is done: twice the input, about twice the steps."""

    def count(values: int) -> int:
        octets = tlv(0x30, b"\x30\x80" + integer(7) * values + b"\0\0")
        return steps(lambda: read(ber.BerReader(), octets, 100_000), monkeypatch)

    assert len(CONTENT) < count(1_000) < count(2_000) < 3 * count(1_000)
