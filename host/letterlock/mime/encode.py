"""Encoding so that no relay can change it: quoted-printable and base64 (RFC 2045 §6.7, §6.8), canonical line ends.

Relays re-wrap long lines, cut white space at line ends, put ">" before "From ", double or swallow dots, turn 8-bit text
into something else (RFC 8551 §3.1.2, RFC 2049 §3). What is written here has nothing of that kind, and `fragile` finds
it in what others wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from letterlock.mime.transfer import Base64Writer

LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322 §2.1.1)."""

_LINE = 76
"""Characters of an encoded line (RFC 2045 §6.7 (5))."""

_PLAIN = {9, *range(32, 127)} - {ord("=")}
_ESCAPED = [bytes([octet]) if octet in _PLAIN else b"=%02X" % octet for octet in range(256)]
_TOUCHED = re.compile(
    # What some relay changes: 8-bit octets, NUL, bare line ends, white space at a line end, mbox separators, dots.
    rb"[^\x01-\x7f]|\r(?!\n)|(?<!\r)\n|[ \t]\r\n|(?:\A|\n)(?:From |\.)"
)


def canonical(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The octets with CRLF for every line end: CRLF, LF or CR (RFC 8551 §3.1.1)."""
    held = b""
    for piece in pieces:
        # A CR at the end may be the first half of a CRLF that the next piece completes.
        text = held + piece
        held = b"\r" if text.endswith(b"\r") else b""
        text = text[: len(text) - len(held)]
        yield _crlf(text)
    if held:
        yield b"\r\n"


def base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The octets as base64, in lines of 76 characters with CRLF."""
    found: list[bytes] = []
    writer = Base64Writer(found.append)
    for piece in pieces:
        writer.write(piece)
        yield from found
        found.clear()
    writer.close()
    yield from found


def quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Text with CRLF line ends as quoted-printable, without anything that a relay touches or a boundary could be."""
    rest = b""
    for piece in pieces:
        *lines, rest = (rest + piece).split(b"\r\n")
        if lines:
            yield b"".join(_quoted_line(each) + b"\r\n" for each in lines)
        if len(rest) > 65_536:
            # A line without end: what is whole of it is written, with soft line breaks.
            whole = len(rest) - 4_096
            yield _quoted_line(rest[:whole]) + b"=\r\n"
            rest = rest[whole:]
    if rest:
        yield _quoted_line(rest)


def fragile(pieces: Iterable[bytes]) -> bool:
    """Whether a relay might change something in octets with CRLF line ends."""
    rest = b"\r\n"
    for piece in pieces:
        text = rest + piece
        cut = text.rfind(b"\n")
        if _touched(text[: cut + 1]) or len(text) - cut > LONGEST_LINE + 65_536:
            return True
        # The line end stays, so that what begins the next line is known to.
        rest = text[cut - 1 :]
    # White space at the very end is at a line end once a delimiter follows.
    return _touched(rest) or rest.endswith((b" ", b"\t"))


def mostly_not_ascii(sample: bytes) -> bool:
    """Whether base64 is the shorter of the two, so that text in such a script is not written in escapes."""
    return 6 * sum(octet > 126 for octet in sample) > len(sample)


def _crlf(text: bytes) -> bytes:
    text = text.replace(b"\r\n", b"\n")
    if b"\r" in text:
        text = text.replace(b"\r", b"\n")
    return text.replace(b"\n", b"\r\n")


def _touched(text: bytes) -> bool:
    return _TOUCHED.search(text) is not None or any(len(each) > LONGEST_LINE for each in text.split(b"\r\n"))


def _quoted_line(line: bytes) -> bytes:
    atoms = [_ESCAPED[octet] for octet in line]
    if line[-1:] in (b" ", b"\t"):
        atoms[-1] = b"=%02X" % line[-1]
    # "--" could be a delimiter; its second hyphen alone is none.
    if line.startswith((b"From ", b".", b"--")):
        atoms[0] = b"=%02X" % line[0]
    whole = b"".join(atoms)
    if len(whole) <= _LINE:
        return whole
    lines: list[bytes] = []
    current = bytearray()
    for number, atom in enumerate(atoms):
        if len(current) + len(atom) >= _LINE:
            lines.append(bytes(current))
            current.clear()
        # After a soft line break a line begins like any other.
        begins = not current and line.startswith((b"From ", b".", b"--"), number)
        current += b"=%02X" % line[number] if begins else atom
    lines.append(bytes(current))
    return b"=\r\n".join(lines)
