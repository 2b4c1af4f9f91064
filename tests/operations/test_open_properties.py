"""What holds for every message: no changed octet is `valid`, and how a message arrives does not matter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from letterlock.cms import RecipientKey
from letterlock.errors import LetterlockError
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import Part, Verdict
from tests.opened_mail import boundary, codes, entity, opened, status
from tests.signed_mail import DemoMail

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
CONTENT = (
    b'From: Anna Muster <anna@muster.example>\r\nSubject: The roof\r\nContent-Type: multipart/mixed; hp="clear";'
    b" boundary=in\r\n\r\n--in\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    b"PGI+eDwvYj4=\r\n--in\r\nContent-Type: text/plain\r\n\r\nThe roof is ready.\r\n--in--\r\n"
)

_made: dict[str, bytes] = {}


def signed(demo: DemoMail) -> bytes:
    return _made.setdefault("signed", demo.sign("The roof", CONTENT))


def encrypted(demo: DemoMail) -> bytes:
    return _made.setdefault("encrypted", demo.encrypt("[...]", entity(signed(demo)), "-aes-256-gcm"))


@QUICK
@given(data=st.data())
def test_no_changed_octet_of_what_is_signed_is_valid(
    demo: DemoMail, trusting: TrustSettings, data: st.DataObject
) -> None:
    """Any one octet made any other: never `valid`. The two line ends that mail may lose are one octet, not another."""
    raw = signed(demo)
    start = raw.index(CONTENT)
    place = data.draw(st.integers(start, start + len(CONTENT) - 1))
    octet = data.draw(st.integers(0, 255).filter(lambda each: each != raw[place]))
    changed = raw[:place] + bytes([octet]) + raw[place + 1 :]
    try:
        message = opened(changed, trusting)
    except LetterlockError:
        return
    assert status(message) != "valid", (place, octet, codes(message))


@QUICK
@given(data=st.data())
def test_no_octet_more_or_less_is_valid(demo: DemoMail, trusting: TrustSettings, data: st.DataObject) -> None:
    """Put in anywhere, or taken out; but a CR or LF at a line's end, which mail does not keep."""
    raw = signed(demo)
    start = raw.index(CONTENT)
    place = data.draw(st.integers(start + 1, start + len(CONTENT) - 3))
    if data.draw(st.booleans()):
        octet = data.draw(st.integers(0, 255).filter(lambda each: each not in b"\r\n"))
        changed = raw[:place] + bytes([octet]) + raw[place:]
    elif raw[place] in b"\r\n":
        return
    else:
        changed = raw[:place] + raw[place + 1 :]
    try:
        assert status(opened(changed, trusting)) != "valid", place
    except LetterlockError:
        return


@QUICK
@given(data=st.data())
def test_no_change_of_a_ciphertext_shows_another_text(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey], data: st.DataObject
) -> None:
    """An encrypted mail with any octet of its base64 changed is opened as it was, or not at all."""
    raw = encrypted(demo)
    head, body = raw.split(b"\r\n\r\n", 1)
    place = data.draw(st.integers(0, len(body) - 1))
    octet = data.draw(st.sampled_from(b"ABCDabcd0123+/=\r\n "))
    message = opened(head + b"\r\n\r\n" + body[:place] + bytes([octet]) + body[place + 1 :], trusting, own_keys)
    if message.verdict.encryption.status == "decrypted":
        assert b"".join(message.body(message.parts[1].id)) == b"The roof is ready."
    else:
        assert message.parts == []


@QUICK
@given(cuts=st.lists(st.integers(0, 12_000), max_size=12), which=st.sampled_from(["signed", "encrypted", "opaque"]))
def test_how_it_is_cut_does_not_matter(
    demo: DemoMail, trusting: TrustSettings, own_keys: list[RecipientKey], cuts: list[int], which: str
) -> None:
    """Uploads come in any pieces, empty ones among them: verdict, parts and texts are the same."""
    raw = {"signed": signed, "encrypted": encrypted, "opaque": _opaque}[which](demo)
    at = datetime.now(UTC).replace(microsecond=0, second=0, minute=0) + timedelta(days=1)
    assert _read(raw, trusting, own_keys, at, sorted({*cuts})) == _read(raw, trusting, own_keys, at, [])


def _opaque(demo: DemoMail) -> bytes:
    return _made.setdefault("opaque", demo.opaque())


def _read(
    raw: bytes, trusting: TrustSettings, keys: list[RecipientKey], at: datetime, cuts: list[int]
) -> tuple[Verdict, list[Part], list[bytes]]:
    opening = Opening(trusting, at, keys=keys)
    for start, end in zip([0, *cuts], [*cuts, len(raw)], strict=True):
        opening.feed(raw[start:end])
    message = opening.close()
    return message.verdict, message.parts, [b"".join(message.body(part.id)) for part in message.parts]


@QUICK
@given(lines=st.lists(st.binary(max_size=60), max_size=30), which=st.booleans())
def test_any_text_is_answered(demo: DemoMail, trusting: TrustSettings, lines: list[bytes], which: bool) -> None:
    """Whatever lines stand before a good signed part, or within it: an answer or a coded refusal, never `valid`."""
    raw = signed(demo)
    words = b"\r\n".join(lines)
    mark = boundary(raw)
    changed = raw.replace(mark, words + mark, 1) if which else raw.replace(b"The roof is", words + b"The roof is", 1)
    try:
        message = opened(changed, trusting)
    except LetterlockError:
        return
    if changed != raw and not which:
        assert status(message) != "valid"
    elif status(message) == "valid":
        # A preamble is no part of the mail; whoever shows one has to show it to everybody.
        assert [b"".join(message.body(part.id)) for part in message.parts][1] == b"The roof is ready."
