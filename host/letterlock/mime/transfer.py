"""Content-Transfer-Encoding: decoding a body that arrives in pieces (RFC 2045 §6).

Tolerant like every mail reader: octets outside the base64 alphabet are skipped, and bad quoted-printable stays
as it is. That is safe for signatures, which are checked over the encoded octets as received.
"""

from __future__ import annotations

import binascii
from collections.abc import Iterable, Iterator

import pybase64

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET) - {ord("=")})
_MOSTLY_WHITE = b"\r\n \t"


def decode(encoding: str, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The decoded octets of a body. An encoding we do not know is passed through as it is."""
    if encoding == "base64":
        return base64(pieces)
    if encoding == "quoted-printable":
        return _quoted_printable(pieces)
    return iter(pieces)


def base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Base64 as mail has it. Decoding ends at the first padding (RFC 2045 §6.8)."""
    rest = b""
    for piece in pieces:
        # Line ends are nearly all there is to remove; only if something is still odd does the slow table run.
        text = rest + piece.translate(None, _MOSTLY_WHITE)
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
