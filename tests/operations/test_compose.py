"""Written by a person, made into finished messages: whoever opens one gets what was put in, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letterlock.mime.address import Mailbox
from letterlock.mime.letter import Attachment
from letterlock.mime.protecting import Policy
from letterlock.operations.compose import Written
from letterlock.operations.open import OpenedMessage
from letterlock.operations.protect import Role, Wish
from letterlock.operations.protect_reasons import NothingLeaves
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED, WritingDesk, octets

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
WISHES = {
    "signed": SIGNED,
    "opaque": Wish(sign=True, opaque=True),
    "encrypted": ENCRYPTED,
    "both": BOTH,
    "shy": replace(BOTH, policy=Policy.SHY),
    "nothing hidden": replace(BOTH, policy=Policy.NONE),
    "not protected": replace(BOTH, protect_headers=False),
    "draft": Wish(draft=True),
}
ANNA, BEA = "anna@muster.example", "bea@muster.example"

# --- Anything that can be typed ----------------------------------------------------------------------------------

_CHARACTERS = st.characters(exclude_categories=("Cs",), exclude_characters="\r\x00")
TEXTS = st.one_of(
    st.text(_CHARACTERS, max_size=400),
    # What relays and readers trip over: dots, "From ", dashes, white space at line ends, very long lines.
    st.lists(
        st.sampled_from(
            [".", "..", ".x", "From x", ">From", "--", "-- ", "--=_", "=", "=20", " ", "\t", "", "x " * 700, "ü" * 900,
             "begin 644 x", "Subject: x", "-----BEGIN PGP MESSAGE", "\u2028", "\x0b", "\x0c", "\x85", "<body>", "x\t "]
        ),
        max_size=12,
    ).map("\n".join),
)  # fmt: skip
ONE_LINE = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), max_size=120).map(
    lambda text: " ".join(text.split())
)
NAMES = ONE_LINE.filter(lambda text: "=?" not in text)


@st.composite
def letters(draw: st.DrawFn) -> Written:
    """Text, HTML or both; files with any octets and names; a subject; names beside addresses."""
    html = draw(st.none() | TEXTS.map(lambda text: f"<html><body><p>{text}</p></body></html>"))
    files = draw(st.lists(st.tuples(NAMES.filter(bool), st.binary(max_size=300)), max_size=3))
    attachments = [Attachment(name, "application/octet-stream", _reading(octets)) for name, octets in files]
    if html is not None and draw(st.booleans()):
        html = html.replace("<p>", '<p><img src="cid:logo@x">')
        attachments.append(Attachment("logo.png", "image/png", _reading(b"\x89PNG"), "logo@x"))
    to = _mailbox(draw(NAMES), BEA)
    text = draw(TEXTS) if html is None else draw(st.none() | TEXTS)
    return Written(_mailbox(draw(NAMES), ANNA), [to], subject=draw(ONE_LINE), text=text, html=html,
                   attachments=attachments)  # fmt: skip


def _mailbox(name: str, address: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}" <{address}>' if name else address


def _reading(octets: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [octets]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    return WritingDesk(tmp_path_factory.mktemp("desk"), people=("anna", "bea", "carl"))


def parts(message: OpenedMessage) -> Iterator[tuple[str, str | None, str | None, bytes]]:
    """Type, name, Content-ID and octets of all that is shown or attached."""
    for each in message.parts:
        yield each.type, each.name, each.content_id, b"".join(message.body(each.id))


@pytest.mark.parametrize("wish", WISHES)
@QUICK
@given(written=letters())
def test_whatever_is_written_is_what_is_read(desk: WritingDesk, wish: str, written: Written) -> None:
    """Texts, files with their names, images, subject and names come out as they were put in; and it is ASCII in CRLF
    with lines that every relay takes, whatever stands in it."""
    wanted = WISHES[wish]
    (made,) = desk.compose(written, wanted)
    raw = octets(made)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998
    assert not re.search(rb"(?m)^\.|[ \t]\r$|^From ", raw)
    message = desk.open(raw)
    try:
        verdict = message.verdict
        assert verdict.signature.status == ("valid" if wanted.sign else "none"), verdict.reasons
        assert verdict.encryption.status == ("decrypted" if wanted.encrypt or wanted.draft else "none")
        assert not {each.code for each in verdict.reasons} & {"headers_changed", "from_differs", "encryption_removed"}
        headers = verdict.headers.protected or verdict.headers.outer
        assert (headers.subject or "") == written.subject
        assert headers.from_ == [_shown(written.sender)]
        assert headers.to == [_shown(written.to[0])]
        found = list(parts(message))
        texts = {type_: octets.decode() for type_, name, _, octets in found if name is None}
        if written.text is not None or written.html is None:
            assert texts.pop("text/plain") == _lines(written.text or "")
        if written.html is not None:
            assert texts.pop("text/html") == _lines(written.html)
        assert texts == {}
        files = [(each.name, each.content_id, b"".join(each.read())) for each in written.attachments]
        opened = [(name, cid, octets) for _, name, cid, octets in found if name is not None]
        assert sorted(opened, key=repr) == sorted(files, key=repr)
        assert all(part.covered for part in message.parts) is wanted.sign
    finally:
        message.close()


def _shown(typed: str) -> str:
    """A mailbox as a person reads it."""
    mailbox = Mailbox.parse(typed)
    return f"{mailbox.name} <{mailbox.address}>" if mailbox.name else mailbox.address


def _lines(text: str) -> str:
    return text.replace("\n", "\r\n")


@QUICK
@given(data=st.data())
def test_no_changed_octet_of_what_was_composed_is_valid(desk: WritingDesk, data: st.DataObject) -> None:
    """Any one octet inside the signed part made any other one."""
    written = Written(ANNA, [BEA], subject="Ünder", text="ü x\n" * 3, html="<p>x</p>",
                      attachments=[Attachment("a.bin", "image/png", lambda: [bytes(range(64))])])  # fmt: skip
    (made,) = desk.compose(written, SIGNED)
    raw = octets(made)
    mark = b"\r\n--" + re.search(rb'micalg="[^"]*"; boundary="([^"]+)"', raw)[1]  # type: ignore[index]
    start, end = raw.index(mark) + len(mark) + 2, raw.index(mark, raw.index(mark) + 1)
    place = data.draw(st.integers(start, end - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda each: each != raw[place]))
    message = desk.open(raw[:place] + bytes([octet]) + raw[place + 1 :])
    assert message.verdict.signature.status != "valid", (place - start, raw[place : place + 1], octet)
    message.close()


def test_no_octet_of_a_small_message_can_be_changed(desk: WritingDesk) -> None:
    """Every octet of a small signed part, made three others: its neighbour, the other case, one outside ASCII."""
    (made,) = desk.compose(Written(ANNA, [BEA], subject="x", text="Pay 5.\n"), SIGNED)
    raw = octets(made)
    start = raw.index(b"\r\nFrom: ", 5) + 2
    end = raw.index(b"\r\n--=_", start)
    for place in range(start, end):
        for bit in (0x01, 0x20, 0x80):
            message = desk.open(raw[:place] + bytes([raw[place] ^ bit]) + raw[place + 1 :])
            assert message.verdict.signature.status != "valid", (place - start, bit)
            message.close()


# --- What is said, and what is not ---------------------------------------------------------------------------------


def test_everything_that_is_missing_is_said_at_once(desk: WritingDesk) -> None:
    """Addresses, certificates, files, images, and the sender who is nobody: one answer."""

    def unreadable() -> Iterator[bytes]:
        raise FileNotFoundError(2, "No such file or directory")

    written = Written(
        "nobody", ["zoe@muster.example, bea@@x"], ["b@müsli"], ["grüezi@muster.example"], text="x",
        html='<img src="cid:there"><img src=\'cid:gone\'>',
        attachments=[
            Attachment("a.pdf", "application/pdf", unreadable),
            Attachment("b.png", "image/png", lambda: [b""], "there"),
        ],
    )  # fmt: skip
    with pytest.raises(NothingLeaves) as caught:
        desk.compose(written)
    assert caught.value.facts()["codes"] == [
        "address_not_an_address", "attachment_unreadable", "inline_image_missing", "sender_not_one",
        "recipient_without_certificate",
    ]  # fmt: skip
    told = [each.facts() for each in caught.value.problems]
    assert [each["address"] for each in told if "address" in each] == [
        "nobody", "zoe@muster.example, bea@@x", "grüezi@muster.example", "b@xn--msli-0ra",
    ]  # fmt: skip


def test_a_domain_is_written_as_the_dns_has_it(desk: WritingDesk) -> None:
    """Two domains that IDNA 2003 took for one are not confused: "straße" never becomes "strasse"."""
    written = Written(ANNA, ["bea@straße.example", "bea@müller.example"], text="x")
    (made,) = desk.compose(written, SIGNED)
    assert made.recipients == ("bea@xn--strae-oqa.example", "bea@xn--mller-kva.example")
    made.octets.close()


@pytest.mark.parametrize("wish", [replace(BOTH, policy=Policy.NONE), replace(BOTH, protect_headers=False)])
def test_a_reply_does_not_tell_what_the_encrypted_mail_was_about(desk: WritingDesk, wish: Wish) -> None:
    """RFC 9788 §6.1: the subject of an encrypted mail stands in the reply's encryption alone, and that is said."""
    written = Written(ANNA, [BEA], subject="Re: Divorce papers", text="> I will.\n")
    (made,) = desk.compose(written, replace(wish, quotes_decrypted=True))
    assert "subject_hidden_in_reply" in [each.code for each in made.reasons]
    raw = octets(made)
    assert b"Divorce" not in raw
    message = desk.open(raw)
    assert message.verdict.headers.protected
    assert message.verdict.headers.protected.subject == "Re: Divorce papers"
    message.close()
    # A letter that answers nothing may show its subject, if that is wanted.
    (made,) = desk.compose(written, wish)
    assert b"Subject: Re: Divorce papers\r\n" in octets(made)


@pytest.mark.parametrize("wish", [SIGNED, Wish(sign=True, opaque=True)])
def test_decrypted_words_in_clear_are_refused_or_told(desk: WritingDesk, wish: Wish) -> None:
    """Reply or forward: without encryption nothing is made, unless the person was told and means it."""
    written = Written(ANNA, [BEA], subject="Re: x", text="> secret\n")
    with pytest.raises(NothingLeaves) as caught:
        desk.compose(written, replace(wish, quotes_decrypted=True))
    assert [each.code for each in caught.value.problems] == ["decrypted_text_in_clear"]
    (made,) = desk.compose(written, replace(wish, quotes_decrypted=True, quote_in_clear=True))
    assert [each.code for each in made.reasons] == ["decrypted_text_in_clear"]
    made.octets.close()


def test_blind_copies_are_messages_of_their_own(desk: WritingDesk) -> None:
    """Composed as finished: one for each address in Bcc, and one for Sent."""
    made = desk.compose(Written(ANNA, [BEA], bcc=["Carl <carl@muster.example>"], text="x"))
    assert [(each.role, each.recipients) for each in made] == [
        (Role.EVERYBODY, (BEA,)), (Role.BLIND, ("carl@muster.example",)), (Role.SENT, ()),
    ]  # fmt: skip
    assert [b"carl" in octets(each) for each in made] == [False, False, True]


def test_a_letter_to_blind_recipients_alone(desk: WritingDesk) -> None:
    """Nobody is named in To: still one message each."""
    made = desk.compose(Written(ANNA, bcc=["bea@muster.example, carl@muster.example"], text="x"))
    assert [each.role for each in made] == [Role.BLIND, Role.BLIND, Role.SENT]
    for each in made:
        assert desk.opened(octets(each)) == ("valid", "decrypted", b"x")


def test_what_it_answers_is_named_and_nothing_slips_in(desk: WritingDesk) -> None:
    """In-Reply-To and References are identifiers out of another's mail, and Subject is one line."""
    written = Written(
        ANNA, [BEA], subject="x\r\nBcc: eve@evil.example", text="x", in_reply_to="<a@b>",
        references=["<a@b>", "<c@d>\r\nBcc: eve@evil.example", "no identifier"],
    )  # fmt: skip
    (made,) = desk.compose(written, SIGNED)
    raw = octets(made)
    assert b"\r\nIn-Reply-To: <a@b>\r\nReferences: <a@b>\r\n" in raw
    assert b"\r\nBcc" not in raw
