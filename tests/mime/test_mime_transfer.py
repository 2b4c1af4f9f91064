"""Transfer encodings: decoded alike in any portions."""

from __future__ import annotations

import base64
import quopri

from hypothesis import given
from hypothesis import strategies as st

from letterlock.mime import transfer


def portions(raw: bytes, step: int) -> list[bytes]:
    return [raw[start : start + step] for start in range(0, len(raw), step)]


@given(st.binary(max_size=300), st.integers(1, 80), st.sampled_from([b"\r\n", b"\n", b"", b" \t\r\n"]))
def test_base64_comes_back(data: bytes, step: int, line_end: bytes) -> None:
    """Whatever the line length and line ends, the octets come back."""
    text = base64.b64encode(data)
    text = line_end.join(text[start : start + 76] for start in range(0, len(text), 76))
    assert b"".join(transfer.decode("base64", portions(text, step))) == data


@given(st.binary(max_size=120), st.integers(1, 20))
def test_base64_of_anything_is_something(junk: bytes, step: int) -> None:
    """Octets outside the alphabet are skipped, and portions do not matter."""
    whole = b"".join(transfer.decode("base64", [junk]))
    assert b"".join(transfer.decode("base64", portions(junk, step))) == whole


@given(st.binary(max_size=300), st.integers(1, 40))
def test_quoted_printable_comes_back(data: bytes, step: int) -> None:
    """What the standard library writes is read, in any portions."""
    text = quopri.encodestring(data)
    decoded = b"".join(transfer.decode("quoted-printable", portions(text, step)))
    assert decoded == quopri.decodestring(text)


def test_unknown_encoding_is_passed_through() -> None:
    """An encoding nobody knows leaves the octets alone."""
    assert b"".join(transfer.decode("x-none", [b"a=", b"=b"])) == b"a==b"


@given(st.binary(max_size=400), st.integers(1, 130))
def test_base64_is_written_as_the_standard_library_reads_it(data: bytes, step: int) -> None:
    """Lines of at most 76 characters and CRLF (RFC 2045 §6.8), whatever the portions; nothing for nothing."""
    lines: list[bytes] = []
    writer = transfer.Base64Writer(lines.append)
    for portion in portions(data, step):
        writer.write(portion)
    writer.close()
    text = b"".join(lines)
    assert text == base64.encodebytes(data).replace(b"\n", b"\r\n")
