"""The MIME reader: the tree and its offsets are right, however the octets arrive and however odd they are."""

from __future__ import annotations

import email
import email.message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from letterlock.mime.failures import HeaderTooLarge, TooManyParts
from letterlock.mime.reader import Allowance, Entity, Reader

SIGNED = (
    b"From: a@b.example\r\n"
    b'Content-Type: multipart/signed; boundary="outer"; protocol="application/pkcs7-signature"\r\n'
    b"\r\n"
    b"preamble\r\n"
    b"--outer\r\n"
    b"Content-Type: text/plain\r\n\r\nHello\r\n\r\n"
    b"--outer\r\n"
    b"Content-Type: application/pkcs7-signature\r\n\r\nMII\r\n"
    b"--outer--\r\n"
    b"epilogue\r\n"
)


def read(raw: bytes, step: int | None = None) -> Entity:
    reader = Reader()
    for start in range(0, len(raw), step or max(len(raw), 1)):
        reader.feed(raw[start : start + (step or len(raw))])
    return reader.close()


def shape(entity: Entity) -> object:
    """Everything about an entity that must not depend on how the octets arrived."""
    return (
        entity.id,
        entity.type,
        entity.start,
        entity.body,
        entity.end,
        sorted(entity.oddities),
        [(each.name, each.value) for each in entity.fields],
        [shape(child) for child in entity.children],
    )


def types(entity: Entity) -> object:
    return entity.type, [types(child) for child in entity.children]


def types_of_stdlib(message: email.message.Message) -> object:
    children = message.get_payload() if message.is_multipart() else []
    return message.get_content_type(), [types_of_stdlib(child) for child in children]  # type: ignore[arg-type]


def test_signed_octets_end_before_the_delimiters_line_end() -> None:
    """What a signature covers starts after the first delimiter and ends before the CRLF of the second."""
    part = read(SIGNED).children[0]
    assert SIGNED[part.start : part.end] == b"Content-Type: text/plain\r\n\r\nHello\r\n"


@pytest.mark.parametrize("step", [1, 2, 3, 7, 64])
def test_portions_do_not_matter(step: int) -> None:
    """Fed byte by byte or whole, the tree is the same."""
    assert shape(read(SIGNED, step)) == shape(read(SIGNED))


@given(st.lists(st.sampled_from([b"--outer", b"--inner", b"--", b"\r\n", b"\n", b"\r", b"x", b": ", b" ", b"\0",
       b"Content-Type: multipart/mixed; boundary=inner", b"Content-Type: message/rfc822"]), max_size=40),
       st.integers(1, 9))  # fmt: skip
def test_any_bytes_give_one_tree_whatever_the_portions(pieces: list[bytes], step: int) -> None:
    """No input crashes the reader, and offsets are ordered and inside the input."""
    raw = b"Content-Type: multipart/mixed; boundary=outer\r\n\r\n" + b"".join(pieces)
    tree = read(raw)
    assert shape(tree) == shape(read(raw, step))
    for entity in tree.walk():
        assert 0 <= entity.start <= entity.end <= len(raw)


@pytest.mark.parametrize("cut", range(len(SIGNED)))
def test_every_truncation_is_read(cut: int) -> None:
    """A message cut anywhere still gives a tree."""
    tree = read(SIGNED[:cut])
    assert tree.end == cut


def test_real_mail_has_the_structure_the_standard_library_sees(corpora: Path) -> None:
    """On mail from other projects the tree agrees with Python's own parser, and byte by byte with itself."""
    seen = 0
    for path in sorted(corpora.rglob("*.eml")):
        raw = path.read_bytes()
        message = email.message_from_bytes(raw)
        tree = read(raw)
        assert shape(read(raw, 97)) == shape(tree), path
        if any(part.get_content_type() in ("message/partial", "message/delivery-status",
               "message/disposition-notification") for part in message.walk()):  # fmt: skip
            continue  # Python parses the bodies of these as messages; they are not.
        assert types(tree) == types_of_stdlib(message), path
        seen += 1
    assert seen > 300


def test_part_without_body_line() -> None:
    """A part that ends inside its header section has no body, and its header section is what was signed."""
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-A: 1\r\n--b--\r\n"
    part = read(raw).children[0]
    assert [field.name for field in part.fields] == ["x-a"]
    assert raw[part.start : part.end] == b"X-A: 1"


def test_header_then_delimiter_shares_the_empty_line() -> None:
    """Where a delimiter follows the empty line at once, that line end is the delimiter's (RFC 2046 §5.1.1)."""
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nX-A: 1\r\n\r\n--b--\r\n"
    part = read(raw).children[0]
    assert raw[part.start : part.end] == b"X-A: 1\r\n"


def test_boundary_that_begins_like_another_is_not_confused() -> None:
    """Boundaries "b" and "b1" nested: each delimits its own multipart, and nothing is ambiguous."""
    raw = (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        b"--b\r\nContent-Type: multipart/mixed; boundary=b1\r\n\r\n"
        b"--b1\r\n\r\nx\r\n--b1--\r\n--b--\r\n"
    )
    tree = read(raw)
    assert types(tree) == ("multipart/mixed", [("multipart/mixed", [("text/plain", [])])])
    assert not any(entity.oddities for entity in tree.walk())


def test_line_that_only_begins_like_a_delimiter_is_ambiguous() -> None:
    """RFC 2046 lets readers take "--bX" for the delimiter "--b"; we do not, and say that others may."""
    tree = read(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--bX\r\ny\r\n--b--\r\n")
    assert "ambiguous_delimiter" in tree.oddities
    assert len(tree.children) == 1


@pytest.mark.parametrize(
    ("header", "oddity"),
    [
        (b"Content-Type: text/plain\r\nContent-Type: text/html\r\n", "duplicate_content_fields"),
        (b"Content-Type: multipart/mixed; boundary=a; boundary=b\r\n", "ambiguous_content_type"),
        (b"Content-Type: multipart/mixed; boundary*=us-ascii''a\r\n", "ambiguous_content_type"),
        (b"Content-Type: multipart/mixed; boundary=a\r\nContent-Transfer-Encoding: base64\r\n", "encoded_multipart"),
        (b"Content-Type: text/plain\r\nno field at all\r\n", "header_malformed"),
        (b"Content-Type: text/plain\rX: y\r\n", "header_control_characters"),
        (b"Content-Type: text\0/plain\r\n", "header_control_characters"),
        (b"Content-Type: text/plain\r\n \r\nX: y\r\n", "header_malformed"),
        (b"Content-Type: text/plain\r\nX : y\r\n", "header_malformed"),
        (b'Content-Type: multipart/mixed; boundary="a\\b"\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; boundary="ab\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; boundary="a\r\n b"\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; boundary="a "\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; boundary="a\xe9"\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; boundary="=?utf-8?q?a?="\r\n', "ambiguous_content_type"),
        (b"Content-Type: multipart/mixed; boundary=a(b)\r\n", "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; name="; boundary=b"; boundary=a\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; name=x"; boundary="a"\r\n', "ambiguous_content_type"),
        (b'Content-Type: multipart/mixed; "name=x; boundary="a"\r\n', "ambiguous_content_type"),
        (b"Content-Type: multipart/mixed; name=x boundary=b; boundary=a\r\n", "ambiguous_content_type"),
        (b"Content-Type: multipart/mixed(text/html); boundary=a\r\n", "ambiguous_content_type"),
        (b"Content-Type: text/plain" + b"; a=b" * 2000 + b"\r\n", "ambiguous_content_type"),
    ],
)
def test_what_readers_differ_on_is_named(header: bytes, oddity: str) -> None:
    """Each construct over which mail readers are known to differ leaves its name."""
    assert oddity in read(header + b"\r\nbody\r\n").oddities


def test_a_delimiter_in_the_epilogue_is_ambiguous() -> None:
    """Some readers go on reading parts after the closing delimiter; an epilogue without such a line is no oddity."""
    raw = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\nbye\r\n"
    assert not read(raw).oddities
    for step in (1, 5, 1000):
        tree = read(raw + b"--b\r\n\r\nmore\r\n--b--\r\n", step)
        assert (tree.oddities, len(tree.children)) == ({"ambiguous_delimiter"}, 1)


@pytest.mark.parametrize("step", [1, 3, 1000])
@pytest.mark.parametrize(
    "body",
    [
        b"preamble\r--b\r\r<p>Pay</p>\r\n--b\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n\r\nx\r\n--b--\r\nepilogue\r--b\r\r<p>Pay</p>\r\n",
        b"--b\r\r\n\r\nx\r\n--b--\r\n",
    ],
)
def test_a_delimiter_beside_a_bare_cr_is_ambiguous(body: bytes, step: int) -> None:
    """Thunderbird and Python take a CR alone for a line end, and so see parts that others do not see."""
    tree = read(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + body, step)
    assert tree.oddities == {"ambiguous_delimiter"}
    assert len(tree.children) == 1


def test_one_boundary_in_two_attached_messages_is_no_oddity() -> None:
    """The same message attached twice: each has its own end."""
    attached = b"--o\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n\r\n"
    tree = read(b"Content-Type: multipart/mixed; boundary=o\r\n\r\n" + attached * 2 + b"--o--\r\n")
    assert not any(entity.oddities for entity in tree.walk())
    assert [len(child.children) for child in tree.children] == [1, 1]


def test_same_boundary_inside_itself_is_named() -> None:
    """Two nested multiparts with one boundary: where the inner one ends is anybody's guess."""
    tree = read(
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n"
    )
    assert any("reused_boundary" in entity.oddities for entity in tree.walk())


def test_mbox_separator_before_the_message_is_no_oddity() -> None:
    """A mailbox file's "From " line is skipped."""
    tree = read(b"From a@b Mon Jan  1 00:00:00 2026\r\nFrom: a@b\r\n\r\nx\r\n")
    assert not tree.oddities
    assert [field.name for field in tree.fields] == ["from"]


def test_header_without_end_is_refused() -> None:
    """A header section beyond the limit is refused, whether in one line or in many fields."""
    for raw in (b"X: " + b"a" * 2000, b"X: a\r\n" * 400):
        reader = Reader(header_octets=1000)
        with pytest.raises(HeaderTooLarge):
            reader.feed(raw)


@pytest.mark.parametrize("bound", [{"headers_octets": 10_000}, {"headers_lines": 1_000}])
def test_all_header_sections_together_are_bounded(bound: dict[str, int]) -> None:
    """Many parts with large header sections, each below the limit for one."""
    reader = Reader(allowance=Allowance(**bound))
    with pytest.raises(HeaderTooLarge):
        reader.feed(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + (b"--b\r\n" + b"a: b\r\n" * 100 + b"\r\n") * 30
        )


@pytest.mark.timeout(20)
def test_lookalikes_of_one_delimiter_do_not_make_the_others_searched_again() -> None:
    """32 multiparts inside each other, and in one large piece a line that merely begins like a delimiter, often.

    Searching the rest of the piece for every delimiter after each of these lines took minutes.
    """
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%dx\r\n\r\n--b%dx\r\n" % (n, n) for n in range(31))
    tree = read(raw + b"\r\n" + (b"--b30xy\r\n" + b"text\r\n" * 2_000) * 900)
    assert "ambiguous_delimiter" in tree.walk()[-2].oddities


def test_too_many_lookalikes_are_refused() -> None:
    """Lines that begin like a delimiter cost time each, and no honest mail has them."""
    reader = Reader(allowance=Allowance(lookalikes=10))
    with pytest.raises(TooManyParts):
        reader.feed(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--bX\r\n" * 20)


def test_many_parts_are_refused() -> None:
    """More parts than the limit are refused while they arrive."""
    reader = Reader(allowance=Allowance(parts=10))
    with pytest.raises(TooManyParts):
        reader.feed(b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 20)


def test_deep_nesting_ends_in_a_leaf() -> None:
    """Multiparts nested beyond the limit are leaves, and say so."""
    raw = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(100))
    tree = read(raw)
    assert any("too_deep" in entity.oddities for entity in tree.walk())
    assert len(tree.walk()) < 40


def test_in_a_digest_the_parts_are_messages() -> None:
    """RFC 2046 §5.1.5: those that do not say otherwise."""
    reader = Reader()
    reader.feed(
        b"Content-Type: multipart/digest; boundary=d\r\n\r\n--d\r\n\r\nSubject: one\r\n\r\nx\r\n"
        b"--d\r\nContent-Type: text/plain\r\n\r\ny\r\n--d--\r\n"
    )
    first, second = reader.close().children
    assert (first.type, second.type) == ("message/rfc822", "text/plain")
    (inner,) = first.children
    assert inner.first("subject") is not None
