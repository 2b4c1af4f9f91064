"""The incremental BER reader: any chunks, every form BER allows, DER out, the content past it, bounded."""

from __future__ import annotations

import random
import time

import pytest

from letterlock import limits
from letterlock.cms import failures as f
from letterlock.cms.ber import BerReader, to_der
from letterlock.errors import LetterlockError
from tests.cms.builder import CONTENT, Signer, identity, integer, oid, signed_data, tlv

PATH = (0x30, 0xA0, 0x04)
"""SEQUENCE { [0] { OCTET STRING } }: a small object with a diverted string."""

END = b"\0\0"


def hexed(text: str) -> bytes:
    return bytes.fromhex(text)


def run(octets: bytes, size: int | None = None, path: tuple[int, ...] = PATH) -> tuple[bytes, bytes]:
    """DER and diverted octets."""
    content: list[bytes] = []
    reader = BerReader(path, content.append)
    for position in range(0, len(octets), size or len(octets) or 1):
        reader.feed(octets[position : position + (size or len(octets))])
    return reader.close(), b"".join(content)


@pytest.mark.parametrize(
    ("ber", "der"),
    [
        pytest.param("3080 020105 0000", "3003020105", id="indefinite length"),
        pytest.param("308102 0500", "30020500", id="padded length"),
        pytest.param("3084000000020500", "30020500", id="length in four octets"),
        pytest.param("24 06 0401 61 0401 62", "04026162", id="OCTET STRING in two pieces"),
        pytest.param("2480 0401 61 0401 62 0000", "04026162", id="in pieces, indefinite"),
        pytest.param("2480 2480 0401 61 0000 2403 0401 62 0000", "04026162", id="pieces of pieces"),
        pytest.param("2400", "0400", id="no pieces"),
        pytest.param("2c05 0403 c3a461", "0c03c3a461", id="UTF8String of OCTET STRINGs"),
        pytest.param("2c05 0c03 c3a461", "0c03c3a461", id="UTF8String of UTF8Strings"),
        pytest.param("2380 0302 00aa 0302 04b0 0000", "030304aab0", id="BIT STRING in pieces"),
        pytest.param("2380 0000", "030100", id="BIT STRING of no pieces"),
        pytest.param("30 80 31 80 020102 020101 0000 0000", "30083106020102020101", id="a SET keeps its order"),
        pytest.param("bf8101 03 020105", "bf810103020105", id="tag number in several octets"),
        pytest.param("9f1f 00", "9f1f00", id="primitive with a long tag"),
        pytest.param("9f1f 01 ff", "9f1f01ff", id="contents under a long tag are not looked into"),
        pytest.param("9f81808001 00", "9f8180800100", id="the longest tag"),
        pytest.param("0490" + "00" * 15 + "01 61", "040161", id="the longest padding of a length"),
        pytest.param("2380 0302 07 80 0000", "03020780", id="BIT STRING in pieces with seven unused bits"),
        pytest.param("2380 0301 00 0302 01fe 0000", "030201fe", id="BIT STRING with an empty piece"),
        pytest.param("30020500 0000", "30020500", id="stray end-of-contents behind it"),
        pytest.param("30020500 0d0a", "30020500", id="line end behind it"),
        pytest.param("0500", "0500", id="one primitive"),
    ],
)
def test_ber_becomes_der(ber: str, der: str) -> None:
    """Every form of BER that mail has turns into the one form of DER, whole and octet by octet."""
    octets = hexed(ber)
    assert to_der(octets) == hexed(der)
    assert run(octets, size=1, path=())[0] == hexed(der)


@pytest.mark.parametrize(
    ("octets", "failure"),
    [
        pytest.param("", f.CmsTruncated, id="nothing"),
        pytest.param("30", f.CmsTruncated, id="no length"),
        pytest.param("3080 0500", f.CmsTruncated, id="end missing"),
        pytest.param("3005 0500", f.CmsTruncated, id="contents missing"),
        pytest.param("0405 61", f.CmsTruncated, id="octets missing"),
        pytest.param("0480 61 0000", f.CmsBadTag, id="primitive of indefinite length"),
        pytest.param("3003 0402 61", f.CmsBadLength, id="longer than its container"),
        pytest.param("3080 3003 0402 6161 0000 0000", f.CmsBadLength, id="longer than the container around"),
        pytest.param("3002 3080 0000", f.CmsBadLength, id="end behind the container"),
        pytest.param("3002 0000", f.CmsBadTag, id="end of contents in a definite length"),
        pytest.param("3080 0001 00", f.CmsBadTag, id="end of contents with contents"),
        pytest.param("0000", f.CmsBadTag, id="end of nothing"),
        pytest.param("2203 020105", f.CmsBadTag, id="constructed INTEGER"),
        pytest.param("1000", f.CmsBadTag, id="primitive SEQUENCE"),
        pytest.param("2403 020105", f.CmsBadTag, id="INTEGER as a piece of a string"),
        pytest.param("2303 0401 61", f.CmsBadTag, id="OCTET STRING as a piece of a BIT STRING"),
        pytest.param("2308 0302 04b0 0302 00aa", f.CmsMalformed, id="unused bits before the last piece"),
        pytest.param("2308 0302 01fe 0302 00aa", f.CmsMalformed, id="one unused bit before the last piece"),
        pytest.param("2304 0302 0800", f.CmsMalformed, id="eight unused bits"),
        pytest.param("2303 0301 03", f.CmsMalformed, id="unused bits of no octet"),
        pytest.param("2302 0300", f.CmsMalformed, id="a piece without its count of unused bits"),
        pytest.param("04ff" + "00" * 130, f.CmsBadLength, id="reserved length"),
        pytest.param("0491" + "00" * 17, f.CmsBadLength, id="absurd padding"),
        pytest.param("048880000000000000ff", f.CmsTooLarge, id="two to the sixty-third"),
        pytest.param("9f8080808001 00", f.CmsBadTag, id="endless tag"),
        pytest.param("0500 01", f.CmsTrailingData, id="something behind it"),
        pytest.param("0500 0500", f.CmsTrailingData, id="two values"),
    ],
)
def test_wrong_ber_is_refused(octets: str, failure: type[LetterlockError]) -> None:
    """What is not BER is refused for what it is, whole and octet by octet."""
    with pytest.raises(failure):
        to_der(hexed(octets))
    with pytest.raises(failure):
        run(hexed(octets), size=1, path=())


@pytest.mark.parametrize("size", [None, 1, 2, 3, 7, 64])
@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(tlv(0x30, oid("1.2.3"), tlv(0xA0, tlv(4, CONTENT)), integer(7)), id="DER"),
        pytest.param(
            b"\x30\x80" + oid("1.2.3") + b"\xa0\x80\x24\x80"
            + b"".join(tlv(4, CONTENT[at : at + 10]) for at in range(0, len(CONTENT), 10))
            + END + END + integer(7) + END,
            id="BER",
        ),
        pytest.param(
            tlv(
                0x30,
                oid("1.2.3"),
                tlv(0xA0, tlv(0x24, tlv(0x24, tlv(4, CONTENT[:9])), tlv(4, CONTENT[9:]))),
                integer(7),
            ),
            id="pieces of definite length",
        ),
    ],
)  # fmt: skip
def test_content_streams_past(encoded: bytes, size: int | None) -> None:
    """The diverted string arrives whole at the sink, and stands empty in the DER, whatever its encoding."""
    assert run(encoded, size) == (tlv(0x30, oid("1.2.3"), tlv(0xA0, tlv(4)), integer(7)), CONTENT)


def test_content_is_not_kept() -> None:
    """Every octet of the content has reached the sink when `feed` returns."""
    head = hexed("3080 a080 2480 0484 00100000".replace(" ", ""))
    passed: list[bytes] = []
    reader = BerReader(PATH, passed.append)
    reader.feed(head)
    for count in range(1, 17):
        reader.feed(bytes(65536))
        assert sum(map(len, passed)) == count * 65536
    reader.feed(END * 3)
    assert reader.close() == tlv(0x30, tlv(0xA0, tlv(4)))


def test_second_content_is_refused() -> None:
    """An object with two strings where the content belongs is refused: which one was signed?"""
    with pytest.raises(f.CmsMalformed):
        run(tlv(0x30, tlv(0xA0, tlv(4, b"a")), tlv(0xA0, tlv(4, b"b"))))


def test_object_identifiers_on_the_path_are_announced() -> None:
    """Types are announced before the content behind them arrives."""
    order: list[object] = []
    octets = tlv(0x30, oid("1.2.3"), tlv(0x30, oid("1.2.4")), tlv(0xA0, tlv(4, CONTENT)))
    reader = BerReader(PATH, order.append, lambda depth, contents: order.append((depth, contents)))
    reader.feed(octets)
    assert order == [(1, hexed("2a03")), CONTENT]


def test_der_is_left_as_it_is() -> None:
    """DER comes out octet for octet, in whatever chunks it came."""
    octets = signed_data([Signer(identity("RSA"))], content=None)
    assert to_der(octets) == octets
    for size in (1, 5, 100):
        assert run(octets, size, path=())[0] == octets


def test_every_form_of_one_value_becomes_the_same_der() -> None:
    """A thousand random trees, each in a random BER form and random chunks, all become the DER they stand for."""
    chance = random.Random(8825)
    for _ in range(1000):
        der, ber = _random_value(chance, 0)
        size = chance.choice((1, 2, 3, 10, None))
        assert run(ber, size, path=())[0] == der, ber.hex()


def _random_value(chance: random.Random, depth: int) -> tuple[bytes, bytes]:
    """(DER, BER) of the same random value."""
    if depth < 4 and chance.random() < 0.6:
        children = [_random_value(chance, depth + 1) for _ in range(chance.randrange(5))]
        tag = chance.choice((0x30, 0x31, 0xA0, 0xA3))
        return tlv(tag, *(der for der, _ in children)), _form(chance, tag, b"".join(ber for _, ber in children))
    contents = chance.randbytes(chance.choice((0, 1, 5, 127, 128, 300)))
    if chance.random() < 0.3:
        pieces = b""
        rest = contents
        while rest:
            cut = chance.randrange(1, len(rest) + 1)
            pieces += tlv(4, rest[:cut])
            rest = rest[cut:]
        return tlv(4, contents), _form(chance, 0x24, pieces)
    tag = chance.choice((2, 4, 6, 12, 0x80))
    return tlv(tag, contents), bytes((tag,)) + _length(chance, len(contents)) + contents


def _form(chance: random.Random, tag: int, contents: bytes) -> bytes:
    if chance.random() < 0.4:
        return bytes((tag, 0x80)) + contents + END
    return bytes((tag,)) + _length(chance, len(contents)) + contents


def _length(chance: random.Random, length: int) -> bytes:
    if chance.random() < 0.3:
        width = chance.randrange(2, 9)
        return bytes((0x80 | width,)) + length.to_bytes(width, "big")
    return tlv(4, bytes(length))[1 : len(tlv(4, bytes(length))) - length]


@pytest.mark.parametrize("form", [b"\x30\x80", b"\x24\x80", b"\xa0\x80"])
def test_nesting_has_an_end(form: bytes) -> None:
    """A hundred thousand levels are refused at the limit and cost nothing."""
    with pytest.raises(f.CmsTooDeep):
        to_der(form * 100_000)


def test_definite_nesting_has_the_same_end() -> None:
    """The quick walk over DER and the slow reader stop at the same depth."""
    octets = b""
    for _ in range(limit := 40):
        octets = tlv(0x30, octets)
    assert to_der(octets) == octets
    assert run(octets, 1, path=())[0] == octets
    for size in (1, None):
        with pytest.raises(f.CmsTooDeep) as caught:
            run(tlv(0x30, octets), size, path=())
        assert caught.value.limit == limit


@pytest.mark.parametrize("size", [None, 4096])
@pytest.mark.parametrize("whole", [b"\x30\x80", b"\x30\x84\x7f\xff\xff\xff"])
def test_number_of_values_has_an_end(whole: bytes, size: int | None) -> None:
    """More values than the limit are refused, on the quick way and on the slow one."""
    octets = whole + tlv(0x30, b"\x05\x00" * 250_000)
    with pytest.raises((f.CmsTooManyValues, f.CmsTooLarge)):
        run(octets, size, path=())


@pytest.mark.parametrize("size", [None, 1])
def test_limits_are_exact(size: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """What just fits passes and one more does not: values, octets, depth and pieces, on both ways of the reader."""

    def passes(ber: bytes, path: tuple[int, ...] = (), **bounds: int) -> bool:
        reader = BerReader(path, **bounds)
        try:
            for position in range(0, len(ber), size or len(ber)):
                reader.feed(ber[position : position + (size or len(ber))])
        except (f.CmsTooManyValues, f.CmsTooLarge, f.CmsTooDeep):
            return False
        return bool(reader.close())

    definite = tlv(0x30, tlv(0x30, integer(1), integer(2)), integer(3))
    indefinite = hexed("3080 3080 020101 020102 0000 020103 0000")
    for octets, length in ((definite, 13), (indefinite, 17)):
        for bound, enough in (("values", 5), ("octets", length), ("depth", 2)):
            assert passes(octets, **{bound: enough})
            assert not passes(octets, **{bound: enough - 1})

    monkeypatch.setattr(limits, "CMS_PIECE_OCTETS", 10)
    for pieces, octets, fits in (
        (2, 0, True),
        (3, 0, False),
        (3, 10, True),
        (3, 9, False),
        (4, 20, True),
        (4, 19, False),
    ):
        content = b"".join(tlv(4, bytes(octets if each == 0 else 0)) for each in range(pieces))
        # The string itself is counted as one more piece.
        assert passes(tlv(0x24, content), (0x04,), values=3) == fits, (pieces, octets)


def test_structure_has_an_end() -> None:
    """A value outside the content that is longer than the limit is refused before it is read."""
    reader = BerReader(PATH)
    with pytest.raises(f.CmsTooLarge):
        reader.feed(hexed("3080 3084 01000000".replace(" ", "")) + hexed("0484 00fffff0".replace(" ", "")))


def test_empty_pieces_have_an_end() -> None:
    """Content cut into endless empty pieces is refused; it would cost time and carry nothing."""
    reader = BerReader(PATH)
    reader.feed(hexed("3080a0802480"))
    with pytest.raises(f.CmsTooManyValues):
        reader.feed(b"\x04\x00" * 1_000_000)


def test_pieces_of_real_size_have_no_end() -> None:
    """300,000 pieces of 100 octets, more than `CMS_VALUES`, pass: the number grows with what they carry."""
    reader = BerReader(PATH)
    reader.feed(hexed("3080a0802480"))
    for _ in range(300):
        reader.feed(tlv(4, bytes(100)) * 1000)
    reader.feed(END * 3)
    assert reader.close()


def test_work_is_linear_in_hostile_input() -> None:
    """Definite values that turn out to be BER at their very end, nested, do not make the reader start over."""

    def cost(count: int) -> float:
        octets = tlv(0x30, b"\x05\x00" * count, b"\x30\x80\0\0")
        for _ in range(30):
            octets = tlv(0x30, octets)
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            to_der(octets)
            best = min(best, time.process_time() - start)
        return best

    assert cost(40_000) < 8 * cost(10_000)


@pytest.mark.parametrize("form", ["definite", "indefinite"])
@pytest.mark.parametrize("size", [1, 3, 100])
def test_what_stands_before_the_diverted_string_is_known_when_it_begins(form: str, size: int) -> None:
    """Before the first octet of content comes all that was read until then, in DER, as if it ended there; once."""
    before = b"\x02\x01\x07"
    after = b"\x02\x01\x08"
    content = b"\x80\x03abc"
    if form == "definite":
        whole = tlv(0x30, tlv(0xA0, before, content, after))
    else:
        whole = b"\x30\x80\xa0\x80" + before + b"\xa0\x80\x04\x01a\x24\x80\x04\x02bc\0\0\0\0" + after + b"\0\0\0\0"
    events: list[bytes] = []
    reader = BerReader((0x30, 0xA0, 0x80), events.append, begins=events.append)
    for at in range(0, len(whole), size):
        reader.feed(whole[at : at + size])
    assert reader.close() == tlv(0x30, tlv(0xA0, before, b"\x80\x00", after))
    assert events[0] == tlv(0x30, tlv(0xA0, before))
    assert b"".join(events[1:]) == b"abc"


@pytest.mark.parametrize("size", [None, 1])
@pytest.mark.parametrize(
    ("octets", "offset"),
    [
        ("", 0),
        ("3005 0500", 4),
        ("0500 01", 2),
        ("3003 0402 61", 2),
        ("3002 3080 0000", 4),
        ("3080 0500 2203 020105 0000", 4),
    ],
)
def test_failures_say_where(octets: str, offset: int, size: int | None) -> None:
    """The offset in a failure is that of the octet, counted from zero, whatever the chunks."""
    with pytest.raises((f.CmsTruncated, f.CmsTrailingData, f.CmsBadLength, f.CmsBadTag)) as caught:
        run(hexed(octets), size, path=())
    assert next(iter(caught.value.facts().values())) == offset


@pytest.mark.parametrize("size", [None, 1, 5])
@pytest.mark.parametrize("length", ["definite", "indefinite"])
def test_encrypted_content_in_pieces_streams_past(length: str, size: int | None) -> None:
    """An implicit [0] in pieces (RFC 5652 §6.1) is taken apart and not copied, also where its length is known."""
    pieces = tlv(4, CONTENT[:9]) + tlv(4, CONTENT[9:])
    string = tlv(0xA0, pieces) if length == "definite" else b"\xa0\x80" + pieces + END
    assert run(tlv(0x30, tlv(0x30, string)), size, path=(0x30, 0x30, 0x80)) == (
        tlv(0x30, tlv(0x30, tlv(0x80))),
        CONTENT,
    )


def test_only_what_is_on_the_path_is_diverted() -> None:
    """The same tags below another container are no content: it would be signed, or decrypted, in the wrong place."""
    octets = tlv(0x30, tlv(0x31, tlv(0x30, tlv(4, CONTENT))), integer(1))
    assert run(octets, 1, path=(0x30, 0xA0, 0x30, 0x04)) == (octets, b"")


@pytest.mark.parametrize("size", [None, 1])
def test_object_identifiers_beside_the_content_are_not_announced(size: int | None) -> None:
    """An algorithm that stands where the content could stand is no type."""
    seen: list[tuple[int, bytes]] = []
    octets = tlv(0x30, oid("1.2.3"), tlv(0xA0, oid("1.2.4"), tlv(0x30, oid("1.2.5"), b"\x05\x00"), tlv(4, CONTENT)))
    reader = BerReader(PATH, seen=lambda depth, contents: seen.append((depth, contents)))
    for position in range(0, len(octets), size or len(octets)):
        reader.feed(octets[position : position + (size or len(octets))])
    reader.close()
    assert seen == [(1, hexed("2a03")), (2, hexed("2a04"))]
