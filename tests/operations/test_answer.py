"""Answers: whom they go to, what they are called, and that nobody outside of a signature decides it."""

from __future__ import annotations

import pytest

from letterlock import limits
from letterlock.operations import answer
from letterlock.operations.answer import Answer, Kind
from letterlock.operations.open import RAW, OpenedMessage
from tests.operations.writing_desk import WritingDesk

OWN = ("anna@muster.example",)


def note(*fields: str) -> bytes:
    """A message with these fields."""
    return "\r\n".join((*fields, "Message-ID: <1@muster.example>", "", "At noon?", "")).encode()


def opened(desk: WritingDesk, message: bytes) -> OpenedMessage:
    return desk.open(message)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    return WritingDesk(tmp_path_factory.mktemp("answer"))


def answered(desk: WritingDesk, kind: Kind, *fields: str, own: tuple[str, ...] = OWN) -> Answer:
    """What an answer to a message with these fields begins with."""
    found = opened(desk, note(*fields))
    try:
        return answer.answer(found, kind, own)
    finally:
        found.close()


def addresses(found: Answer) -> tuple[list[str], list[str]]:
    return [each.address for each in found.to], [each.address for each in found.cc]


FROM, TO = "From: Bea <bea@muster.example>", "To: anna@muster.example, Carl <carl@muster.example>"


@pytest.mark.parametrize(
    ("kind", "fields", "to", "cc"),
    [
        ("reply", [FROM, TO], ["bea@muster.example"], []),
        ("reply_all", [FROM, TO], ["bea@muster.example"], ["carl@muster.example"]),
        ("reply_all", [FROM, TO, "Cc: BEA@muster.example, dora@x.example"], ["bea@muster.example"],
         ["carl@muster.example", "dora@x.example"]),
        ("reply", [FROM, TO, "Reply-To: list@x.example"], ["list@x.example"], []),
        ("reply", ["From: anna@muster.example", "To: bea@muster.example"], ["bea@muster.example"], []),
        ("reply", ["From: anna@muster.example", "To: anna@muster.example"], ["anna@muster.example"], []),
        ("reply_all", ["From: a@b, c@d", "To: anna@muster.example"], ["a@b", "c@d"], []),
        ("reply", ["From: not an address", TO], ["carl@muster.example"], []),
        ("forward", [FROM, TO], [], []),
    ],
)  # fmt: skip
def test_whom_it_goes_to(desk: WritingDesk, kind: Kind, fields: list[str], to: list[str], cc: list[str]) -> None:
    """Reply-To before From; everybody else once; never whoever answers, unless there is nobody else."""
    assert addresses(answered(desk, kind, *fields)) == (to, cc)


@pytest.mark.parametrize(
    ("kind", "subject", "made"),
    [
        ("reply", "Keys", "Re: Keys"),
        ("reply_all", "AW: Re[2]: Keys", "Re: Keys"),
        ("reply", "=?utf-8?q?Schl=C3=BCssel?=", "Re: Schlüssel"),
        ("reply", "Fwd: Keys", "Re: Fwd: Keys"),
        ("reply", "Return: keys", "Re: Return: keys"),
        ("forward", "WG: Keys", "Fwd: Keys"),
        ("forward", "Re: Keys", "Fwd: Re: Keys"),
    ],
)
def test_what_it_is_called(desk: WritingDesk, kind: Kind, subject: str, made: str) -> None:
    """One prefix, whatever program in whatever language put others there."""
    assert answered(desk, kind, FROM, TO, f"Subject: {subject}").subject == made


def test_what_it_belongs_to(desk: WritingDesk) -> None:
    """RFC 5322 §3.6.4: the references before and the message itself; a forward answers nothing."""
    first = answered(desk, "reply", FROM, TO)
    assert (first.in_reply_to, first.references) == ("<1@muster.example>", ("<1@muster.example>",))
    second = answered(desk, "reply", FROM, TO, "In-Reply-To: <0@x>")
    assert second.references == ("<0@x>", "<1@muster.example>")
    many = " ".join(f"<{number}@x>" for number in range(200))
    third = answered(desk, "reply", FROM, TO, f"References: {many}", "In-Reply-To: <0@x>")
    assert len(third.references) == limits.ANSWER_REFERENCES
    assert (third.references[0], *third.references[-2:]) == ("<0@x>", "<199@x>", "<1@muster.example>")
    forward = answered(desk, "forward", FROM, TO)
    assert (forward.in_reply_to, forward.references) == (None, ())


def test_from_whom_it_comes(desk: WritingDesk) -> None:
    """The own address that the message names; another spelling of it counts; none where it names none."""
    assert answered(desk, "reply", FROM, "To: ANNA@muster.example").sender == "anna@muster.example"
    assert answered(desk, "reply", FROM, "Cc: b@c", own=("b@c", *OWN)).sender == "b@c"
    assert answered(desk, "reply", FROM, "To: list@x.example").sender is None


def test_so_many_recipients_are_counted_and_not_forgotten(desk: WritingDesk) -> None:
    """Beyond the limit they are left out, and how many is said."""
    everybody = ",\r\n ".join(f"p{number}@x.example" for number in range(700))
    found = answered(desk, "reply_all", FROM, f"To: {everybody}")
    assert (len(found.to) + len(found.cc), found.left_out) == (limits.ANSWER_RECIPIENTS, 201)


def test_what_is_protected_counts_and_what_stands_outside_does_not(desk: WritingDesk) -> None:
    """A Reply-To that somebody put outside of the encryption leads no answer away, and the hidden subject is known."""
    made = desk.protected(note("From: bea@muster.example", "To: anna@muster.example", "Subject: Nordtor"))
    assert b"Nordtor" not in made
    found = opened(desk, b"Reply-To: eve@evil.example\r\n" + made)
    try:
        reply = answer.answer(found, "reply", OWN)
        assert addresses(reply) == (["bea@muster.example"], [])
        assert (reply.subject, reply.encrypted) == ("Re: Nordtor", True)
        assert reply.in_reply_to == "<1@muster.example>"
    finally:
        found.close()


def test_a_message_is_forwarded_as_it_came(desk: WritingDesk) -> None:
    """Octet by octet: its signature goes with it."""
    message = desk.protected(note("From: bea@muster.example", "To: anna@muster.example"))
    found = opened(desk, message)
    try:
        assert found.part(RAW).size == len(message)
        assert b"".join(found.body(RAW)) == message
    finally:
        found.close()
