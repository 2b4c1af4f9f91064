"""Opened messages: found by handle, a few at a time, and never closed under somebody who reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from letterlock.errors import UnknownPart
from letterlock.native.messages import OpenMessages
from letterlock.native.operations import _unknown_to
from letterlock.protocol.failures import UnknownMessage
from letterlock.protocol.version import Version


class Message:
    """Stands for an opened message with one part."""

    def __init__(self) -> None:
        self.closed = 0

    def part(self, part_id: str) -> Any:
        if part_id != "1":
            raise UnknownPart(part_id)
        return "the part"

    def body(self, part_id: str) -> Iterator[bytes]:
        for number in range(3):
            assert not self.closed
            yield bytes([number])

    def close(self) -> None:
        self.closed += 1


def test_a_part_by_handle() -> None:
    """The handle names the message, and nobody else can name it."""
    messages = OpenMessages()
    handle, other = messages.keep(Message()), messages.keep(Message())
    assert handle != other
    assert len(handle) >= 16
    with messages.part(handle, "1") as (part, pieces):
        assert part == "the part"
        assert list(pieces) == [b"\0", b"\1", b"\2"]


def test_unknown_handles_and_parts() -> None:
    """Each has its own failure."""
    messages = OpenMessages()
    handle = messages.keep(Message())
    with pytest.raises(UnknownPart), messages.part(handle, "2"):
        pass
    with pytest.raises(UnknownMessage), messages.part("no handle", "1"):
        pass
    with pytest.raises(UnknownMessage):
        messages.close("no handle")


def test_closed_once() -> None:
    """A closed handle is unknown, and its message closed exactly once."""
    messages = OpenMessages()
    message = Message()
    handle = messages.keep(message)
    messages.close(handle)
    with pytest.raises(UnknownMessage):
        messages.close(handle)
    messages.close_all()
    assert message.closed == 1


def test_a_message_that_is_read_is_closed_by_its_last_reader() -> None:
    """Closing it, or opening too many others, does not take it away from a download."""
    messages = OpenMessages(limit=1)
    message = Message()
    handle = messages.keep(message)
    with messages.part(handle, "1") as (_, first), messages.part(handle, "1") as (_, second):
        assert next(first) == b"\0"
        messages.keep(Message())
        assert list(second) == [b"\0", b"\1", b"\2"]
        assert list(first) == [b"\1", b"\2"]
        with pytest.raises(UnknownMessage), messages.part(handle, "1"):
            pass
        assert message.closed == 0
    assert message.closed == 1


def test_the_end_closes_everything() -> None:
    """When the client has left, nothing stays open."""
    messages = OpenMessages()
    kept = [Message() for _ in range(3)]
    for message in kept:
        messages.keep(message)
    messages.close_all()
    assert [message.closed for message in kept] == [1, 1, 1]


def test_an_older_client_gets_the_fields_it_knows() -> None:
    """What a minor added is not sent to a client of an older one, which refuses what it does not know."""
    assert _unknown_to(Version(1, 2)) is None
    assert _unknown_to(Version(1, 1)) == {"signers": {"__all__": {"times": True}}}
    assert _unknown_to(Version(1, 0)) == {"signers": {"__all__": {"times": True, "path": {"assurance"}}}}
