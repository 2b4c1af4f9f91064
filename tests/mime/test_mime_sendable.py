"""A finished message on its way out: Bcc goes, what must be there comes, line ends are CRLF, the rest stays."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from letterlock import limits
from letterlock.errors import LetterlockError, NotAMessage
from letterlock.mime import sendable
from letterlock.mime.failures import HeaderTooLarge
from letterlock.mime.sendable import Head, Measure

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
MESSAGE = b"From: a@x.example\r\nbCC : b@x.example,\r\n c@x.example\r\nTo: d@x.example\r\n\r\nBcc: stays\r\n.\r\n"


def portions(data: bytes, step: int) -> Iterator[bytes]:
    return (data[start : start + step] for start in range(0, len(data), step))


def whole(data: bytes, step: int = 1 << 20) -> tuple[Head, bytes]:
    head, body = sendable.split(portions(data, step))
    return head, b"".join(body)


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1 << 20])
@pytest.mark.parametrize("end", [b"\r\n", b"\n", b"\r"])
def test_bcc_goes_however_it_is_written(step: int, end: bytes) -> None:
    """In any case, folded, with a space before the colon; in the body it is text. Alike in any portions."""
    head, body = whole(MESSAGE.replace(b"\r\n", end), step)
    assert head.hidden
    assert b"".join(head.public().with_body([body])) == (
        b"From: a@x.example\r\nTo: d@x.example\r\n\r\nBcc: stays\r\n.\r\n"
    )
    assert b"".join(head.with_body([body])) == MESSAGE


def test_resent_bcc_goes_too() -> None:
    """RFC 5322 §3.6.6."""
    head, _ = whole(b"Resent-Bcc: b@x.example\r\nFrom: a@x.example\r\n\r\n")
    assert head.public().fields == (b"From: a@x.example\r\n",)


def test_date_and_message_id_come_where_they_are_missing() -> None:
    """Once, so that the copy has the same; what is there stays."""
    head, _ = whole(MESSAGE)
    done = head.completed(AT, "x.example")
    assert done.fields[0] == b"Date: Tue, 24 Nov 2026 12:00:00 +0000\r\n"
    assert done.message_id is not None
    assert done.message_id.endswith("@x.example>")
    assert done.completed(AT, "y.example") == done
    assert done.public().message_id == done.message_id


@pytest.mark.parametrize("data", [b"", b"\r\n", b"no field\r\n\r\n", b"a: b\r\nno field\r\n\r\nx", b"\0: x\r\n\r\n"])
def test_what_has_no_header_is_no_message(data: bytes) -> None:
    """Or has something in it that is no field: nobody knows what another program takes it for."""
    with pytest.raises(NotAMessage):
        whole(data)


def test_a_header_without_end() -> None:
    """Bounded, before it fills the memory."""
    with pytest.raises(HeaderTooLarge):
        sendable.split(b"x" * 65_536 for _ in iter(int, 1))


def test_every_start_of_a_message_is_one_or_refused() -> None:
    """Cut anywhere."""
    for length in range(len(MESSAGE)):
        try:
            head, body = whole(MESSAGE[:length])
        except LetterlockError:
            continue
        assert b"".join(head.with_body([body])).startswith(MESSAGE[: length - 1])


@pytest.mark.parametrize("step", [1, 2, 5, 1 << 20])
def test_what_a_server_has_to_know(step: int) -> None:
    """Octets, letters beyond ASCII in header or body, NULs and the longest line: alike in any portions."""

    def measured(data: bytes) -> Measure:
        measure = Measure()
        assert b"".join(map(measure.pass_, portions(data, step))) == data
        assert measure.octets == len(data)
        return measure

    plain = measured(b"A: b\r\n\r\nx\r\n")
    assert (plain.eight_bit, plain.utf8, plain.nul, plain.sendable) == (False, False, False, True)
    body = measured("A: b\r\n\r\nGrüße\r\n".encode())
    assert (body.eight_bit, body.utf8) == (True, False)
    header = measured("A: Grüße\r\n\r\n".encode())
    assert (header.eight_bit, header.utf8) == (True, True)
    assert measured(b"A: b\r\n\r\n\0").nul
    longest = limits.MAIL_LINE_LENGTH
    assert measured(b"A: b\r\n\r\n" + b"x" * longest + b"\r\n").sendable
    assert not measured(b"A: b\r\n\r\n" + b"x" * (longest + 1) + b"\r\n").sendable
    assert not measured(b"A: b\r\n\r\n" + b"x" * (longest + 2)).sendable
