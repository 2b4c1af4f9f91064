"""The writer: whole frames in order, a bounded queue, and a client that has gone is noticed."""

from __future__ import annotations

import os
import threading

from letterlock.native.pipes import QUEUE_OCTETS, Writer


def test_frames_in_order() -> None:
    """What was put first is read first, and closing waits for all of it."""
    source, sink = os.pipe()
    writer = Writer(sink, broken=lambda: None)
    for number in range(1000):
        writer.put(b"%04d" % number)
    writer.close(5)
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        assert pipe.read() == b"".join(b"%04d" % number for number in range(1000))


def test_a_client_that_does_not_read_makes_others_wait() -> None:
    """There is no room until it reads again."""
    source, sink = os.pipe()
    writer = Writer(sink, broken=lambda: None)
    assert writer.room(0)
    octets = QUEUE_OCTETS + 200_000
    writer.put(bytes(octets))
    assert not writer.room(0.1)
    reader = threading.Thread(target=read_all, args=(source, octets))
    reader.start()
    assert writer.room(60)
    reader.join()
    os.close(source)
    writer.close(5)
    os.close(sink)


def read_all(source: int, octets: int) -> None:
    while octets:
        octets -= len(os.read(source, min(octets, 65536)))


def test_a_client_that_has_gone() -> None:
    """It is said once, and nobody waits for it."""
    source, sink = os.pipe()
    os.close(source)
    gone = threading.Event()
    writer = Writer(sink, broken=gone.set)
    writer.put(b"to nobody")
    assert gone.wait(60)
    writer.put(bytes(QUEUE_OCTETS * 2))
    assert writer.room(0)
    writer.close(5)
    os.close(sink)
