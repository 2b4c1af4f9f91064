"""Credit: what may be under way is bounded, and every octet is accounted for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterlock.errors import LetterlockError
from letterlock.protocol.failures import ChunkAfterLast, ChunkTooLarge, CreditExceeded, SizeDiffers
from letterlock.protocol.streams import Download, Upload


@given(st.lists(st.tuples(st.integers(0, 10), st.booleans()), max_size=200))
def test_never_more_than_the_credit_is_under_way(steps: list[tuple[int, bool]]) -> None:
    """However an honest client and an operation alternate, what is unconsumed never exceeds the first credit."""
    upload = Upload(None, credit=40, chunk=10)
    allowed, waiting = 40, 0
    for octets, consume in steps:
        if consume:
            taken, waiting = waiting, 0
            allowed += upload.consume(taken)
        elif octets <= allowed:
            upload.receive(octets, last=False)
            allowed -= octets
            waiting += octets
        assert waiting + allowed <= 40


@given(st.lists(st.integers(1, 10), min_size=1, max_size=100))
def test_an_upload_never_gets_stuck(sizes: list[int]) -> None:
    """Once everything has been consumed, a client has credit for a whole chunk again."""
    upload = Upload(None, credit=40, chunk=10)
    allowed = 40
    for size in sizes:
        assert size <= allowed
        upload.receive(size, last=False)
        allowed += upload.consume(size) - size


@pytest.mark.parametrize(
    ("chunks", "failure"),
    [
        ([(11, False)], ChunkTooLarge),
        ([(10, False)] * 5, CreditExceeded),
        ([(5, True), (0, True)], ChunkAfterLast),
        ([(5, True)], SizeDiffers),
        ([(10, False), (10, False), (10, False), (1, True)], SizeDiffers),
    ],
)
def test_broken_rules(chunks: list[tuple[int, bool]], failure: type[LetterlockError]) -> None:
    """Each broken rule of an upload has its own failure, at the chunk that breaks it."""
    announced = 30 if failure is SizeDiffers else None
    upload = Upload(announced, credit=40, chunk=10)
    for octets, last in chunks[:-1]:
        upload.receive(octets, last)
    with pytest.raises(failure):
        upload.receive(*chunks[-1])


def test_an_upload_without_octets() -> None:
    """A stream may be empty: its only chunk is the last one."""
    upload = Upload(0)
    upload.receive(0, last=True)
    assert upload.complete


def test_no_credit_after_the_last_chunk() -> None:
    """Whoever has sent everything needs no credit."""
    upload = Upload(None, credit=40, chunk=10)
    upload.receive(10, last=True)
    assert upload.consume(10) == 0


def test_a_download_counts_down() -> None:
    """Credit grows by grants, shrinks by chunks, and is never overdrawn."""
    download = Download()
    download.grant(5)
    download.grant(5)
    download.send(7)
    assert download.credit == 3
    with pytest.raises(AssertionError):
        download.send(4)
