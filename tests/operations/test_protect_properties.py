"""A finished message of any program, signed and encrypted, opens to what it was: parts, names, octets, fields."""

from __future__ import annotations

import base64
import email
import quopri

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED, WritingDesk

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
LINES = st.lists(
    st.sampled_from(
        ["Dear Bea,", ".", "..", "From x", "--", "-- ", "", " ", "\t", "ü", "€ 5", "x" * 1_200, "=3D", "=", "\x0b"]
    ),
    max_size=8,
).map("\n".join)  # fmt: skip
ENDS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def leaves(draw: st.DrawFn) -> str:
    """A text in some charset and encoding, or a file, as programs write them; with LF."""
    kind = draw(st.sampled_from(["text/plain", "text/html", "text/csv", "application/octet-stream", "image/png"]))
    coded = draw(st.sampled_from(["7bit", "8bit", "base64", "quoted-printable", None]))
    body = draw(LINES)
    if coded == "base64":
        body = base64.encodebytes(body.encode()).decode()
    elif coded == "quoted-printable":
        body = quopri.encodestring(body.encode()).decode()
    head = f"Content-Type: {kind}" + ("; charset=utf-8" if kind.startswith("text") else "")
    head += f"\nContent-Transfer-Encoding: {coded}" if coded else ""
    if draw(st.booleans()):
        name = draw(st.sampled_from(["a.txt", '"a b.txt"', "a.p7m2"]))
        head += f"\nContent-Disposition: {draw(st.sampled_from(['inline', 'attachment']))}; filename={name}"
    return f"{head}\n\n{body}"


@st.composite
def entities(draw: st.DrawFn, depth: int = 2) -> str:
    """A leaf, or a multipart of some."""
    if depth == 0 or draw(st.booleans()):
        return draw(leaves())
    kind = draw(st.sampled_from(["mixed", "alternative", "related", "x-own"]))
    mark = f"b{depth}=_{draw(st.integers(0, 9))}"
    parts = draw(st.lists(entities(depth=depth - 1), min_size=1, max_size=3))
    inside = "".join(f"--{mark}\n{each}\n" for each in parts)
    preamble = draw(st.sampled_from(["", "A preamble \n", "From x\n"]))
    return f'Content-Type: multipart/{kind}; boundary="{mark}"\n\n{preamble}{inside}--{mark}--\n'


def leaves_of(raw: bytes) -> list[tuple[str, bytes]]:
    """Types and decoded octets, as Python's parser has them; line ends of texts as LF."""
    found = []
    for part in email.message_from_bytes(raw).walk():
        if not part.is_multipart():
            payload = part.get_payload(decode=True)
            assert isinstance(payload, bytes)
            found.append((part.get_content_type(), _lines(payload)))
    return found


def _lines(octets_: bytes) -> bytes:
    return octets_.replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    return WritingDesk(tmp_path_factory.mktemp("desk"))


@pytest.mark.parametrize("wish", [SIGNED, ENCRYPTED, BOTH], ids=["signed", "encrypted", "both"])
@QUICK
@given(entity=entities(), end=ENDS)
def test_any_finished_message_opens_to_what_it_was(desk: WritingDesk, wish: object, entity: str, end: str) -> None:
    """Whatever line ends it comes with; signed, it holds; and no relay finds anything in it to change."""
    head = "From: Anna <anna@muster.example>\nTo: bea@muster.example\nSubject: Offer\nMIME-Version: 1.0\n"
    raw = (head + entity).encode().replace(b"\n", end.encode())
    made = desk.protected(raw, wish)  # type: ignore[arg-type]
    assert made.isascii()
    assert b"\n" not in made.replace(b"\r\n", b"")
    assert max(map(len, made.split(b"\r\n"))) <= 998
    message = desk.open(made)
    try:
        assert message.verdict.signature.status == ("none" if wish is ENCRYPTED else "valid"), entity
        assert message.verdict.encryption.status == ("none" if wish is SIGNED else "decrypted")
        found = [(part.type, _lines(b"".join(message.body(part.id)))) for part in message.parts]
        assert found == leaves_of(raw.replace(end.encode(), b"\r\n")), entity
        protected = message.verdict.headers.protected
        assert protected
        assert (protected.subject, protected.from_) == ("Offer", ["Anna <anna@muster.example>"])
    finally:
        message.close()
