"""The frame that all content types of CMS share, written while the content streams through.

ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SEQUENCE {
    …before…, SEQUENCE { …info…, the content's string }, …after… } }

Where the length of everything is known beforehand the frame is DER; else lengths are indefinite and the string comes in
pieces (BER, X.690 §8.1.3.6, §8.7.3), which every reader of CMS must take (RFC 5652 §1).
"""

from __future__ import annotations

from collections.abc import Callable

from letterlock import limits
from letterlock.cms.der import length_octets, value
from letterlock.cms.oids import encoded

_END = b"\0\0"


def whole(content_type: str, before: bytes, info: bytes, after: bytes) -> bytes:
    """A ContentInfo without content of its own, in DER."""
    return value(0x30, encoded(content_type) + value(0xA0, value(0x30, before + value(0x30, info) + after)))


class FrameWriter:
    """One ContentInfo, written to a sink while its content is.

    Args:
        sink: gets the octets, in order.
        before, info: what stands before the content, see above.
        explicit: the string is an OCTET STRING in an explicit [0] (eContent), else an implicit [0] (encryptedContent).
        length: of the content in octets, None where it is not known.
        after_octets: the length of what comes after the content, None where it is not known.
    """

    def __init__(
        self,
        sink: Callable[[bytes], None],
        content_type: str,
        before: bytes,
        info: bytes,
        *,
        explicit: bool,
        length: int | None = None,
        after_octets: int | None = None,
    ) -> None:
        self._sink = sink
        self._explicit = explicit
        self._after_octets = after_octets
        self._left: int | None = None
        self._pending = bytearray()
        if length is None or after_octets is None:
            head = b"\x30\x80" + encoded(content_type) + b"\xa0\x80\x30\x80" + before + b"\x30\x80" + info
            sink(head + (b"\xa0\x80\x24\x80" if explicit else b"\xa0\x80"))
        else:
            self._left = length
            sink(_definite(content_type, before, info, explicit, length, after_octets))

    def write(self, octets: bytes) -> None:
        """More content.

        Raises:
            ValueError: more than the stated length.
        """
        if self._left is not None:
            self._left -= len(octets)
            if self._left < 0:
                raise ValueError("more content than was stated")
            if octets:
                self._sink(octets)
            return
        self._pending += octets
        size = limits.CMS_WRITTEN_PIECE_OCTETS
        full = len(self._pending) // size * size
        if full:
            with memoryview(self._pending) as view:
                pieces = [_piece(bytes(view[start : start + size])) for start in range(0, full, size)]
            del self._pending[:full]
            self._sink(b"".join(pieces))

    def finish(self, after: bytes) -> None:
        """The end: what comes after the content.

        Raises:
            ValueError: other lengths than were stated.
        """
        if self._left is not None:
            if self._left or len(after) != self._after_octets:
                raise ValueError("less content than was stated")
            if after:
                self._sink(after)
            return
        last = _piece(bytes(self._pending)) if self._pending else b""
        self._sink(last + _END * (3 if self._explicit else 2) + after + _END * 3)


def _piece(octets: bytes) -> bytes:
    return value(0x04, octets)


def _definite(content_type: str, before: bytes, info: bytes, explicit: bool, length: int, after_octets: int) -> bytes:
    """Everything up to the content's first octet, from the inside out. `rest` counts what follows `head`."""
    head, rest = bytes((0x04 if explicit else 0x80,)) + length_octets(length), length
    if explicit:
        head = b"\xa0" + length_octets(len(head) + rest) + head
    head = b"\x30" + length_octets(len(info) + len(head) + rest) + info + head
    rest += after_octets
    head = b"\x30" + length_octets(len(before) + len(head) + rest) + before + head
    head = b"\xa0" + length_octets(len(head) + rest) + head
    outer = encoded(content_type)
    return b"\x30" + length_octets(len(outer) + len(head) + rest) + outer + head
