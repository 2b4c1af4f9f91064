"""Credit: the receiver of a stream says how many octets it will take, and the sender never has more under way.

So the memory of a conversation is bounded by numbers, not by the good will of the faster side. Octets are counted
before base64. The classes count and refuse; they never hold the octets themselves.
"""

from __future__ import annotations

from letterlock.limits import CHUNK_OCTETS, CREDIT_OCTETS
from letterlock.protocol.failures import ChunkAfterLast, ChunkTooLarge, CreditExceeded, SizeDiffers


class Upload:
    """What the client sends: the host grants `credit` at the start, and more as it consumes.

    Args:
        announced: How many octets the client said it would send, or None.
        credit: Octets that may be under way.
        chunk: Most octets in one chunk; also the least that is granted at a time, to keep credit frames few.
    """

    def __init__(self, announced: int | None, credit: int = CREDIT_OCTETS, chunk: int = CHUNK_OCTETS) -> None:
        self.granted = credit
        self.received = 0
        self.complete = False
        self._announced = announced
        self._chunk = chunk
        self._returnable = 0

    def receive(self, octets: int, last: bool) -> None:
        """Counts a chunk that arrived.

        Raises:
            ChunkAfterLast, ChunkTooLarge, CreditExceeded, SizeDiffers: The client broke the rules of the stream.
        """
        if self.complete:
            raise ChunkAfterLast
        if octets > self._chunk:
            raise ChunkTooLarge(octets=octets, limit=self._chunk)
        self.received += octets
        if self.received > self.granted:
            raise CreditExceeded(octets=self.received, granted=self.granted)
        if self._announced is not None and (
            self.received > self._announced or (last and self.received != self._announced)
        ):
            raise SizeDiffers(announced=self._announced, received=self.received)
        self.complete = last

    def consume(self, octets: int) -> int:
        """Counts octets that the operation has taken, and returns what is to be granted now (often 0)."""
        self._returnable += octets
        if self.complete or self._returnable < self._chunk:
            return 0
        grant, self._returnable = self._returnable, 0
        self.granted += grant
        return grant


class Download:
    """What the host sends: nothing before the client has granted credit."""

    def __init__(self) -> None:
        self.credit = 0

    def grant(self, octets: int) -> None:
        """The client takes `octets` more."""
        self.credit += octets

    def send(self, octets: int) -> None:
        """Counts a chunk about to be sent; sending more than `credit` would be a mistake of ours."""
        if octets > self.credit:
            raise AssertionError("a chunk beyond the client's credit")
        self.credit -= octets
