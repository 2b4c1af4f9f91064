"""Octets with a MIME tree over them: the message as received, or the content of an opaque signature.

`Content` is a stretch of such octets that somebody signed, hashed at most twice per algorithm (as received, and with
other line ends) and never held in memory as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

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
    """A stretch of a source that somebody says to have signed; see `variants` for what exactly that may have been."""

    def __init__(self, source: Source, start: int, end: int) -> None:
        self._source = source
        self._start = start
        self._end = end
        self._digests: dict[tuple[str, int, bool], dict[int, bytes]] = {}

    def variants(self) -> tuple[Variant, ...]:
        """What may have been signed. Nothing but line ends can differ:

        1. the octets as received;
        2. with every line end made CRLF (RFC 8551 §3.1.1): mail stored with LF lost the CR that was signed;
        3. both of these with a last line end more (the one in front of the delimiter, which a gateway that lost an
           empty line took from the part) or less (one that a gateway added there).
        """
        return tuple(
            Variant(self, end, canonical) for ends in (self._ends[:1], self._ends[1:]) for canonical in (False, True)
            for end in ends
        )  # fmt: skip

    @cached_property
    def _ends(self) -> tuple[int, ...]:
        """Where the content may end, the likeliest first."""
        spool = self._source.spool
        before = spool.read(max(self._end - 2, self._start), self._end)
        after = spool.read(self._end, self._end + 2)
        less = 2 if before.endswith(b"\r\n") else 1 if before.endswith(b"\n") else 0
        more = 2 if after == b"\r\n" else 1 if after.startswith(b"\n") else 0
        return tuple(dict.fromkeys((self._end, self._end + more, self._end - less)))

    def pieces(self, start: int, end: int, canonical: bool) -> Iterator[bytes]:
        """Octets of the source, in pieces."""
        pieces = self._source._watched(start, end)
        return _with_crlf(pieces) if canonical else pieces

    def digest(self, algorithm: hashes.HashAlgorithm, end: int, canonical: bool) -> bytes:
        """The digest up to `end`. All ends are computed in one go, once for each algorithm."""
        key = (algorithm.name, algorithm.digest_size, canonical)
        if key not in self._digests:
            found: dict[int, bytes] = {}
            running = hashes.Hash(algorithm)
            start = self._start
            for stop in sorted(self._ends):
                for piece in self.pieces(start, stop, canonical):
                    running.update(piece)
                found[stop] = running.copy().finalize()
                start = stop
            self._digests[key] = found
        return self._digests[key][end]

    def first(self, octets: int, end: int, canonical: bool) -> bytes:
        """The first octets, all of them where there are fewer."""
        found = bytearray()
        for piece in self.pieces(self._start, end, canonical):
            found += piece
            if len(found) >= octets:
                break
        return bytes(found[:octets])


@dataclass(frozen=True)
class Variant:
    """One reading of a content: how far it goes, and whether its line ends are made CRLF."""

    content: Content
    end: int
    canonical: bool

    def digest(self, algorithm: hashes.HashAlgorithm) -> bytes:
        """The digest of all octets."""
        return self.content.digest(algorithm, self.end, self.canonical)

    def first(self, octets: int) -> bytes:
        """The first octets, all of them where there are fewer."""
        return self.content.first(octets, self.end, self.canonical)


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
