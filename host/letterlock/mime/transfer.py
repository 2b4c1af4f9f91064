"""Content-Transfer-Encoding: decoding and encoding a body that arrives in pieces (RFC 2045 §6).

Tolerant like every mail reader: octets outside the base64 alphabet are skipped, and bad quoted-printable stays
as it is. That is safe for signatures, which are checked over the encoded octets as received.
"""

from __future__ import annotations

import binascii
from collections.abc import Callable, Iterable, Iterator

import pybase64

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - {ord("=")})
_LINE_OCTETS = 57
"""Octets in a line of 76 characters, the longest that RFC 2045 §6.8 allows."""


def decode(encoding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The decoded octets of a body. An encoding we do not know is passed through as it is."""
    if encoding == "base64":
        return base64(pieces)
    if encoding == "quoted-printable":
        return _quoted_printable(pieces)
    return iter(pieces)


def encodes(encoding: str) -> bool:
    """Whether a body in this encoding is other octets than those of the message."""
    return encoding in ("base64", "quoted-printable")


def base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Base64 as mail has it. Decoding ends at the first padding (RFC 2045 §6.8)."""
    rest = b""
    for piece in pieces:
        # Line ends are nearly all there is to remove; only if something is still odd does the slow table run. Two
        # searches are four times as fast as a table (measured: most of the time that decoding takes).
        text = rest + piece.replace(b"\n", b"").replace(b"\r", b"")
        padding = text.find(b"=")
        if padding >= 0:
            text = text[:padding].translate(None, _NOT_BASE64)
            yield _decode_end(text)
            return
        whole = len(text) - len(text) % 4
        try:
            decoded = pybase64.b64decode(text[:whole], validate=True)
        except binascii.Error:
            text = text.translate(None, _NOT_BASE64)
            whole = len(text) - len(text) % 4
            decoded = pybase64.b64decode(text[:whole], validate=True)
        rest = text[whole:]
        yield decoded
    rest = rest.translate(None, _NOT_BASE64)
    if rest:
        yield _decode_end(rest)


def _decode_end(text: bytes) -> bytes:
    # A lone last character carries no whole octet; it is dropped as other readers do.
    if len(text) % 4 == 1:
        text = text[:-1]
    return pybase64.b64decode(text + b"=" * (-len(text) % 4), validate=True)


class Base64Writer:
    """Base64 in lines of 76 characters, of octets that come in any portions.

    Args:
        sink: gets whole lines, with CRLF; the last one in `close`.
    """

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink
        self._held = b""

    def write(self, octets: bytes) -> None:
        """More octets."""
        octets = self._held + octets
        whole = len(octets) - len(octets) % _LINE_OCTETS
        self._held = octets[whole:]
        self._lines(octets[:whole])

    def close(self) -> None:
        """No more octets come."""
        self._lines(self._held)

    def _lines(self, octets: bytes) -> None:
        if octets:
            self._sink(pybase64.encodebytes(octets).replace(b"\n", b"\r\n"))


def _quoted_printable(pieces: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for piece in pieces:
        text = rest + piece
        # An escape or a soft line break may continue in the next piece: decode up to the last whole line, or,
        # in a line without end, up to where no escape can be cut.
        cut = text.rfind(b"\n") + 1
        if cut == 0 and len(text) > 65_536:
            cut = text.rfind(b"=", len(text) - 3)
            cut = cut if cut >= 0 else len(text)
        yield binascii.a2b_qp(text[:cut])
        rest = text[cut:]
    if rest:
        yield binascii.a2b_qp(rest)
