"""Octets with a MIME tree over them: the message as received, or the content of an opaque signature.

`Content` is a stretch of such octets that somebody signed, hashed at most once per algorithm and never held in
memory as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cryptography.hazmat.primitives import hashes

from letterlock.mime import transfer
from letterlock.mime.reader import Entity
from letterlock.spool import Spool

Watch = Callable[[int], None]
"""Told how many octets were just read; may raise to stop."""


@dataclass(frozen=True)
class Source:
    """A spool and the entity that fills it."""

    spool: Spool
    root: Entity
    watch: Watch

    def body(self, entity: Entity) -> Iterator[bytes]:
        """The body of an entity, transfer encoding removed, in pieces."""
        return transfer.decode(entity.encoding, self._watched(entity.body, entity.end))

    def content(self, entity: Entity) -> Content:
        """The entity with its header section, as a signature over it covers it (RFC 1847 §2.1)."""
        return Content(self, entity.start, entity.end)

    def _watched(self, start: int, end: int) -> Iterator[bytes]:
        for piece in self.spool.blocks(start, end):
            self.watch(len(piece))
            yield piece


class Content:
    """A stretch of a source, as received or with its line ends made CRLF (RFC 8551 §3.1.1)."""

    def __init__(self, source: Source, start: int, end: int, canonical: bool = False) -> None:
        self._source = source
        self._start = start
        self._end = end
        self._canonical = canonical
        self._digests: dict[tuple[str, int], bytes] = {}

    def pieces(self) -> Iterator[bytes]:
        """The octets, in pieces."""
        pieces = self._source._watched(self._start, self._end)
        return _with_crlf(pieces) if self._canonical else pieces

    def digest(self, algorithm: hashes.HashAlgorithm) -> bytes:
        """The digest of all octets; each algorithm is computed once."""
        key = (algorithm.name, algorithm.digest_size)
        if key not in self._digests:
            running = hashes.Hash(algorithm)
            for piece in self.pieces():
                running.update(piece)
            self._digests[key] = running.finalize()
        return self._digests[key]

    def first(self, octets: int) -> bytes:
        """The first octets, all of them where there are fewer."""
        found = bytearray()
        for piece in self.pieces():
            found += piece
            if len(found) >= octets:
                break
        return bytes(found[:octets])

    def variants(self) -> tuple[Content, ...]:
        """What may have been signed: the octets as received, then with every line end made CRLF.

        Mail stored with LF line ends lost the CRLF that was signed. Nothing but line ends can differ.
        """
        return (self, Content(self._source, self._start, self._end, canonical=True))


def _with_crlf(pieces: Iterator[bytes]) -> Iterator[bytes]:
    held = b""
    for piece in pieces:
        # A CR at the end may be the first half of a CRLF that the next piece completes.
        text = held + piece
        held = b"\r" if text.endswith(b"\r") else b""
        text = text[: len(text) - len(held)]
        yield text.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    if held:
        yield held
