"""Mailbox files are taken apart where their messages begin, and nowhere else."""

from __future__ import annotations

import time

import pytest

from letterlock.mime.mbox import stretches, unquoted

LINE = b"From anna@muster.example Tue Nov 24 10:00:00 2026\n"
ONE, OTHER = b"Subject: one\n\nFrom the roof,\n\nFrom all of us\n", b"Subject: other\n\nx\n"


def messages(mailbox: bytes) -> list[bytes]:
    return [mailbox[each.start : each.stop] for each in stretches(mailbox)]


@pytest.mark.parametrize("line", [LINE, b"From - Tue Nov 24 10:00:00 2026\n", b'From "a b"@x Tue Nov 24 10:00 2026\n'])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_each_message_is_found_to_the_octet(line: bytes, end: bytes) -> None:
    """With either line end, in any program's spelling; the empty line before a separator is the mailbox's."""
    mailbox = (line + ONE + b"\n" + line + OTHER + b"\n" + line + OTHER).replace(b"\n", end)
    assert messages(mailbox) == [each.replace(b"\n", end) for each in (ONE, OTHER, OTHER)]


def test_what_is_no_mailbox_is_one_message() -> None:
    """A message file has no separator; an empty file has no message."""
    assert messages(ONE) == [ONE]
    assert messages(b"") == []
    assert messages(LINE) == []
    assert messages(ONE + b"\n" + LINE + OTHER) == [ONE, OTHER]


def test_quoted_lines() -> None:
    """One `>` is the mailbox's, the others are the sender's."""
    assert unquoted(b"a\n>From x\n>>From y\n> From z\nb >From\n") == b"a\nFrom x\n>From y\n> From z\nb >From\n"


def test_every_cut_is_taken_apart_in_time() -> None:
    """Cut anywhere there is an answer; and a file that is full of beginnings takes no longer than another."""
    mailbox = LINE + ONE + b"\n" + LINE + OTHER
    for place in range(len(mailbox)):
        assert all(each.start < each.stop <= place for each in stretches(mailbox[:place]))
    began = time.process_time()
    list(stretches(b"\n\nFrom " * 300_000))
    assert time.process_time() - began < 5
