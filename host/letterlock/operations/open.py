"""Open a message: octets in, a verdict and displayable parts out.

    opening = Opening(trust)
    for chunk in chunks:
        opening.feed(chunk)
    opened = opening.close()
    opened.verdict; opened.parts; opened.body("1.1"); opened.close()

A bad signature is an answer here and never an exception. Raised is only what leaves nothing to answer: no
message at all, a message beyond a limit, or the client's wish to stop.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.errors import Cancelled, Coded, LetterlockError, MessageTooLarge, NotAMessage, UnknownPart
from letterlock.mime import transfer
from letterlock.mime.reader import Allowance, Entity, Reader
from letterlock.operations.assess import Assessment, assess
from letterlock.operations.headers import is_message
from letterlock.operations.layers import Kind, Shown, Structure, explore
from letterlock.operations.signers import SignerResult
from letterlock.operations.source import Source
from letterlock.operations.times import Clock
from letterlock.operations.trust import TrustSettings
from letterlock.spool import Spool
from letterlock.verdict import Part, Verdict

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey
    from letterlock.operations.memory import Memory


def _never() -> bool:
    return False


def _nobody(done: int, total: int | None) -> None:
    pass


class Opening:
    """One message being opened.

    Args:
        trust: whom the reader trusts.
        at: what time to take for now; the clock's if not given. Nothing is then looked up or kept of first openings.
        language: of the sentences in the verdict, "en" or "de".
        keys: whatever may open an encrypted message.
        memory: what this computer remembers; without it, nothing is recalled and nothing kept.
        cancelled: asked now and then whether to stop.
        progress: told how many octets were examined, and of how many where that is known.
    """

    def __init__(
        self,
        trust: TrustSettings,
        at: datetime | None = None,
        language: str = "en",
        keys: Sequence[RecipientKey] = (),
        memory: Memory | None = None,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int, int | None], None] = _nobody,
    ) -> None:
        self._trust = trust
        self._at = at
        self._language = language
        self._keys = keys
        self._memory = memory
        self._digest = hashlib.sha256()
        self._cancelled = cancelled
        self._progress = progress
        self._examined = 0
        self._spools: list[Spool] = []
        self._spool = self._new_spool()
        self._allowance = Allowance()
        self._reader = Reader(allowance=self._allowance)

    def feed(self, data: bytes | memoryview) -> None:
        """More octets of the raw message (RFC 5322).

        Raises:
            MessageTooLarge, HeaderTooLarge, TooManyParts: beyond a limit.
            Cancelled: as asked.
        """
        try:
            self._stop_if_cancelled()
            if len(self._spool) + len(data) > limits.MESSAGE_OCTETS:
                raise MessageTooLarge(limits.MESSAGE_OCTETS)
            self._spool.write(data)
            if self._memory:
                self._digest.update(data)
            self._reader.feed(data)
        except BaseException:
            self.abandon()
            raise

    def close(self) -> OpenedMessage:
        """The message is complete: its verdict and parts.

        Raises:
            NotAMessage: the input is no mail.
            HeaderTooLarge, TooManyParts: beyond a limit.
            Cancelled: as asked.
        """
        try:
            root = self._reader.close()
            if not is_message(root):
                raise NotAMessage
            source = Source(self._spool, root, self._watch)
            structure = explore(source, self._new_spool, self._keys, self._allowance)
            assessment = self._assess(root, structure)
            parts = [_part(shown, shown.entity.id in assessment.covered) for shown in structure.shown]
        except BaseException:
            self.abandon()
            raise
        bodies = {shown.entity.id: shown for shown in structure.shown}
        return OpenedMessage(assessment.verdict, parts, bodies, self._spools)

    def _assess(self, root: Entity, structure: Structure) -> Assessment:
        now = datetime.now(UTC)
        signed = any(layer.kind is Kind.SIGNED for layer in structure.chain + structure.fragments)
        memory = self._memory if signed else None
        clock, forgotten = Clock(self._at or now), None
        if memory and self._at is None:
            try:
                clock = Clock(now, memory.first_opened(self._digest.hexdigest(), now))
            except LetterlockError as failure:
                # A database that cannot be written keeps nobody from reading mail; it is said.
                memory, forgotten = None, failure

        def recalled(result: SignerResult) -> list[Coded]:
            return [forgotten] if forgotten else _recalled(memory, result, clock.here) if memory else []

        return assess(root, structure, self._trust, clock, self._language, recalled)

    def abandon(self) -> None:
        """Forget everything; nothing stays in memory or on disk."""
        for spool in self._spools:
            spool.close()

    def _new_spool(self) -> Spool:
        spool = Spool()
        self._spools.append(spool)
        return spool

    def _watch(self, octets: int) -> None:
        self._stop_if_cancelled()
        self._examined += octets
        # How often a message is read depends on what it holds (a signed one: once for its digest, once for its
        # parts), so the total is only known to be no less than its size.
        self._progress(self._examined, None)

    def _stop_if_cancelled(self) -> None:
        if self._cancelled():
            raise Cancelled


class OpenedMessage:
    """A message that was opened. Its parts can be fetched until `close`."""

    def __init__(self, verdict: Verdict, parts: list[Part], bodies: dict[str, Shown], spools: list[Spool]) -> None:
        self.verdict = verdict
        self.parts = parts
        self._bodies = bodies
        self._spools = spools

    def part(self, part_id: str) -> Part:
        """One part's description. Raises `UnknownPart`."""
        for part in self.parts:
            if part.id == part_id:
                return part
        raise UnknownPart(part_id)

    def body(self, part_id: str) -> Iterator[bytes]:
        """The decoded octets of one part, in pieces. Raises `UnknownPart`."""
        shown = self._bodies.get(part_id)
        if shown is None:
            raise UnknownPart(part_id)
        return _body(shown)

    def close(self) -> None:
        """Forget the message."""
        for spool in self._spools:
            spool.close()


def _recalled(memory: Memory, result: SignerResult, at: datetime) -> list[Coded]:
    if result.certificate is None:
        return []
    try:
        return [*memory.contacts(result.certificate, sorted(result.names), at)]
    except LetterlockError as failure:
        return [failure]


def _body(shown: Shown) -> Iterator[bytes]:
    entity = shown.entity
    return transfer.decode(entity.encoding, shown.source.spool.blocks(entity.body, entity.end))


def _part(shown: Shown, covered: bool) -> Part:
    entity = shown.entity
    content_id = entity.first("content-id")
    return Part(
        id=entity.id,
        type=entity.type[:200],
        charset=entity.content.parameters.get("charset", "")[:80] or None,
        name=(entity.file_name or "")[:255] or None,
        disposition="attachment" if _is_attachment(entity) else "inline",
        content_id=content_id.text[:998].strip("<>") if content_id else None,
        size=sum(len(piece) for piece in shown.source.body(entity)),
        covered=covered,
    )


def _is_attachment(entity: Entity) -> bool:
    if entity.disposition.value:
        return entity.disposition.value != "inline"
    return not entity.type.startswith(("text/", "image/")) or entity.file_name is not None
