"""CompressedData is unpacked as it streams, and nothing explodes."""

from __future__ import annotations

import zlib

import pytest

from letterlock.cms import CmsFailure, CompressedReader, ContentTypeNotSupported, Decompressed
from letterlock.cms import failures as f
from tests.cms import builder as b
from tests.cms.builder import CONTENT, tlv

COMPRESSED = "1.2.840.113549.1.9.16.1.9"
ZLIB = b.algorithm("1.2.840.113549.1.9.16.3.8")


def compressed(octets: bytes | None, algorithm: bytes = ZLIB, content_type: str = b.DATA) -> bytes:
    """DER of a ContentInfo around octets that are compressed already."""
    inner = b"" if octets is None else tlv(0xA0, tlv(0x04, octets))
    body = tlv(0x30, b.integer(0), algorithm, tlv(0x30, b.oid(content_type), inner))
    return tlv(0x30, b.oid(COMPRESSED), tlv(0xA0, body))


def unpack(octets: bytes, size: int | None = None, **bounds: int) -> tuple[Decompressed, bytes]:
    """What is said of the content and the content, fed whole or in chunks of `size`."""
    content: list[bytes] = []
    reader = CompressedReader(content.append, **bounds)
    feed(reader, octets, size)
    return reader.close(), b"".join(content)


def feed(reader: CompressedReader, octets: bytes, size: int | None) -> None:
    for position in range(0, len(octets), size or len(octets)):
        reader.feed(octets[position : position + size] if size else octets)


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize("text", [b"", CONTENT, CONTENT * 5_000], ids=["empty", "short", "long"])
def test_content_comes_out(text: bytes, size: int | None) -> None:
    """Fed whole or octet by octet, the content is what was compressed."""
    said, content = unpack(compressed(zlib.compress(text)), size)
    assert content == text
    assert said == Decompressed(b.DATA, len(text))


def test_the_content_type_is_told() -> None:
    """What is inside may be another CMS object; its type is handed on."""
    assert unpack(compressed(zlib.compress(b"x"), content_type=b.SIGNED_DATA))[0].content_type == b.SIGNED_DATA


def test_null_parameters_are_read() -> None:
    """RFC 3274 §2 wants none; some write NULL."""
    octets = compressed(zlib.compress(CONTENT), b.algorithm("1.2.840.113549.1.9.16.3.8", b.NULL))
    assert unpack(octets)[1] == CONTENT


@pytest.mark.parametrize(
    ("octets", "failure"),
    [
        pytest.param(compressed(zlib.compress(CONTENT)[:-1]), f.ContentNotDecompressed, id="without its end"),
        pytest.param(compressed(zlib.compress(CONTENT) + b"x"), f.ContentNotDecompressed, id="with more behind"),
        pytest.param(compressed(b"no zlib at all"), f.ContentNotDecompressed, id="not zlib"),
        pytest.param(
            compressed(zlib.compress(CONTENT)[:-4] + bytes(4)), f.ContentNotDecompressed, id="another checksum"
        ),
        pytest.param(compressed(b""), f.ContentNotDecompressed, id="empty"),
        pytest.param(compressed(None), f.ContentNotDecompressed, id="no content"),
        pytest.param(
            compressed(zlib.compress(CONTENT), b.algorithm("1.2.3")), f.CompressionNotSupported, id="another algorithm"
        ),
        pytest.param(
            compressed(zlib.compress(CONTENT), tlv(0x30)), f.CmsMalformed, id="no algorithm"
        ),
        pytest.param(compressed(zlib.compress(CONTENT))[:-1], f.CmsTruncated, id="truncated"),
    ],
)  # fmt: skip
def test_damaged_is_refused(octets: bytes, failure: type[CmsFailure]) -> None:
    """Each kind of damage has its own failure; none yields half a content as a whole one."""
    with pytest.raises(failure):
        unpack(octets)


def test_other_types_are_named() -> None:
    """A reader of compressed data says what else it was given, before anything went to the sink."""
    with pytest.raises(ContentTypeNotSupported) as caught:
        unpack(b.signed_data([]))
    assert caught.value.name == "signed-data"


def test_bombs_are_refused_early() -> None:
    """A megabyte of zeros from a thousand octets is not unpacked further than the bound, whatever the chunks."""
    bomb = compressed(zlib.compress(bytes(1_000_000), 9))
    for size in (None, 1):
        content: list[bytes] = []
        reader = CompressedReader(content.append, expansion=10, free=10_000)
        with pytest.raises(f.ContentExpandsTooFar):
            feed(reader, bomb, size)
        assert sum(map(len, content)) <= 10_000 + 65_536
    assert len(unpack(bomb)[1]) == 1_000_000


def test_the_bound_on_all_content_holds() -> None:
    """What does not shrink much is bounded too."""
    with pytest.raises(f.ContentExpandsTooFar) as caught:
        unpack(compressed(zlib.compress(CONTENT * 10)), most=100)
    assert caught.value.limit == 100


def test_every_truncation_is_refused() -> None:
    """No start of an object passes for the whole."""
    octets = compressed(zlib.compress(CONTENT))
    for end in range(1, len(octets)):
        with pytest.raises(CmsFailure):
            unpack(octets[:end])


def test_every_changed_octet_of_the_content_is_seen_or_harmless() -> None:
    """zlib's checksum finds damage: no single changed octet yields other content."""
    octets = compressed(zlib.compress(CONTENT))
    for position in range(len(octets)):
        changed = octets[:position] + bytes((octets[position] ^ 0x15,)) + octets[position + 1 :]
        try:
            _, content = unpack(changed)
        except CmsFailure:
            continue
        assert content == CONTENT
