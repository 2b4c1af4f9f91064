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
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from letterlock import limits
from letterlock.errors import Cancelled, Coded, LetterlockError, MessageTooLarge, NotAMessage, UnknownPart
from letterlock.mime import transfer
from letterlock.mime.reader import Allowance, Entity, Reader
from letterlock.operations import protected, recognise
from letterlock.operations.assess import Assessment, assess
from letterlock.operations.headers import is_message
from letterlock.operations.layers import Kind, Shown, Structure, explore
from letterlock.operations.online import Found, Online
from letterlock.operations.signers import SignerResult
from letterlock.operations.source import Source
from letterlock.operations.times import Clock
from letterlock.operations.trust import TrustSettings
from letterlock.spool import Spool
from letterlock.verdict import Part, Verdict

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey
    from letterlock.operations.memory import Memory
    from letterlock.operations.receipts import Known


RAW = "raw"
"""Names the message as it was fed, where a part is asked for: to forward it whole."""

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,500}>", re.ASCII)


def _never() -> bool:
    return False


def _nobody(done: int, total: int | None) -> None:
    pass


def _ignored(url: str) -> None:
    pass


class Assessing(Protocol):
    """Judges a message with what was found, and says whether the rest will be looked for (`ask`)."""

    def __call__(self, found: Found, ask: bool, language: str = ...) -> Assessment: ...


class Opening:
    """One message being opened.

    Args:
        trust: whom the reader trusts.
        at: what time to take for now; the clock's if not given. Nothing is then looked up or kept of first openings.
        language: of the sentences in the verdict, "en" or "de".
        keys: whatever may open an encrypted message; asked for them only if it is one.
        memory: what this computer remembers; without it, nothing is recalled and nothing kept.
        online: the network, and what is kept of it. Nothing is fetched while a message is opened: see
            `OpenedMessage.pending`.
        promise: whether somebody will see a verdict that is renewed later.
        sent: asked for what is known of messages that were sent from here, where a message has to do with receipts.
        cancelled: asked now and then whether to stop.
        progress: told how many octets were examined, and of how many where that is known.
    """

    def __init__(
        self,
        trust: TrustSettings,
        at: datetime | None = None,
        language: str = "en",
        keys: Iterable[RecipientKey] = (),
        memory: Memory | None = None,
        online: Online | None = None,
        promise: bool = True,
        sent: Callable[[], Known] | None = None,
        cancelled: Callable[[], bool] = _never,
        progress: Callable[[int, int | None], None] = _nobody,
    ) -> None:
        self._trust = trust
        self._at = at
        self._language = language
        self._keys = keys
        self._memory = memory
        self._online = online
        self._promise = promise
        self._sent = sent
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
            if structure.payload:
                # Loaded when it is needed: most mail is not protected.
                from letterlock.operations import legacy_display

                legacy_display.omit(structure)
            structure.remarks += recognise.remarks(root, structure)
            assessed = self._assessing(root, structure)
            assessment = assessed(Found(), self._promise)
            parts = [_part(shown, shown.entity.id in assessment.covered) for shown in structure.shown]
        except BaseException:
            self.abandon()
            raise
        bodies = {shown.entity.id: shown for shown in structure.shown}
        identifier = root.first("message-id")
        message_id = identifier.text.strip() if identifier and _MESSAGE_ID.fullmatch(identifier.text.strip()) else None
        origin = root, structure
        return OpenedMessage(
            assessment, parts, bodies, self._spools, assessed, self._trust, self._online, origin, message_id
        )

    def _assessing(self, root: Entity, structure: Structure) -> Assessing:
        """The verdict, as a function of what is found out about the certificates later."""
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

        def assessed(found: Found, ask: bool, language: str = self._language) -> Assessment:
            trust = self._trust._replace(
                evidence=self._trust.evidence + found.evidence,
                issuers=(*self._trust.issuers, *found.issuers),
                kept=memory.bearing if memory else None,
            )

            def recalled(result: SignerResult) -> list[Coded]:
                return [forgotten] if forgotten else _recalled(memory, result, clock, trust) if memory else []

            return assess(root, structure, trust, clock, language, recalled, self._online, ask, self._sent)

        return assessed

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
    """A message that was opened. Its parts can be fetched until `close`.

    Where `pending`, something about the signers can be found out from the network: `find` takes its time and does
    not touch the message, `renew` reads it again and changes `verdict` and `parts`.
    """

    def __init__(
        self,
        assessment: Assessment,
        parts: list[Part],
        bodies: dict[str, Shown],
        spools: list[Spool],
        assessed: Assessing,
        trust: TrustSettings,
        online: Online | None,
        origin: tuple[Entity, Structure],
        message_id: str | None = None,
    ) -> None:
        self.parts = parts
        self.message_id = message_id
        self._assessment = assessment
        self._bodies = bodies
        self._spools = spools
        self._assessed = assessed
        self._trust = trust
        self._online = online
        self._origin = origin
        self._found = Found()

    @property
    def root(self) -> Entity:
        """The message with the fields outside."""
        return self._origin[0]

    @property
    def inside(self) -> Entity | None:
        """What carries the protected fields (RFC 9788), if the message has any."""
        found = protected.protected(self._origin[1])
        return found.root if found else None

    @property
    def verdict(self) -> Verdict:
        """What is known now."""
        return self._assessment.verdict

    @property
    def assessment(self) -> Assessment:
        """The verdict with what it was made of."""
        return self._assessment

    @property
    def pending(self) -> bool:
        """Whether the verdict has the reason `revocation_pending`, so that somebody has to `find` and `renew`."""
        return bool(self._assessment.undecided)

    def find(self, cancelled: Callable[[], bool] = _never, asking: Callable[[str], None] = _ignored) -> Found:
        """What the network tells about withdrawal. Raises `Cancelled`; failures end up in the renewed verdict."""
        undecided, trust = self._assessment.undecided, self._trust
        if self._online is None or not undecided:
            return Found()
        return self._online.find(undecided, trust.mode, trust.network, cancelled, asking)

    def find_issuers(self, cancelled: Callable[[], bool] = _never, asking: Callable[[str], None] = _ignored) -> Found:
        """The missing certificates of authorities, where the signers' certificates say that they are.

        Their server may belong to the sender, who then learns that the mail is read: only on a person's wish.
        """
        if self._online is None:
            return Found()
        return self._online.find_issuers(self._assessment.unfinished, self._trust.network, cancelled, asking)

    def renew(self, found: Found, promise: bool = False) -> None:
        """Judges the signers again with what was found; `promise` as for `Opening`."""
        self._found += found
        self._assessment = self._assessed(self._found, promise)
        covered = self._assessment.covered
        self.parts = [part.model_copy(update={"covered": part.id in covered}) for part in self.parts]

    def certificate(self, sha256: str) -> bytes | None:
        """A signer's certificate in DER, by the digest that the verdict states."""
        return self._assessment.certificates.get(sha256)

    def part(self, part_id: str) -> Part:
        """One part's description, or that of the message itself (`RAW`). Raises `UnknownPart`."""
        if part_id == RAW:
            return _whole(len(self._spools[0]))
        for part in self.parts:
            if part.id == part_id:
                return part
        raise UnknownPart(part_id)

    def verdict_in(self, language: str) -> Verdict:
        """The same verdict in another language."""
        return self._assessed(self._found, False, language).verdict

    def raw(self) -> Iterator[bytes]:
        """The message as it was fed, in pieces."""
        received = self._spools[0]
        return received.blocks(0, len(received))

    def body(self, part_id: str) -> Iterator[bytes]:
        """The decoded octets of one part, in pieces; of `RAW` those of the message. Raises `UnknownPart`."""
        if part_id == RAW:
            return self.raw()
        shown = self._bodies.get(part_id)
        if shown is None:
            raise UnknownPart(part_id)
        return _body(shown)

    def text(self, part_id: str) -> Iterator[bytes]:
        """The text of one part in UTF-8, in pieces, whatever charset it came in. Raises `UnknownPart`."""
        from letterlock.mime import charset

        part = self.part(part_id)
        return charset.as_utf8(self.body(part_id), part.charset, html=part.type == "text/html")

    def close(self) -> None:
        """Forget the message."""
        for spool in self._spools:
            spool.close()


def _whole(octets: int) -> Part:
    return Part(
        id=RAW,
        type="message/rfc822",
        charset=None,
        name=None,
        disposition="attachment",
        content_id=None,
        size=octets,
        covered=False,
    )


def _recalled(memory: Memory, result: SignerResult, clock: Clock, trust: TrustSettings) -> list[Coded]:
    if result.certificate is None:
        return []
    try:
        issuers = result.path.chain[1:-1] if result.path else ()
        said: list[Coded] = [*memory.contacts(result.certificate, sorted(result.names), clock.here, issuers)]
        memory.learn(result, trust, clock.now)
    except LetterlockError as failure:
        return [failure]
    return said


def _body(shown: Shown) -> Iterator[bytes]:
    entity = shown.entity
    decoded = transfer.decode(entity.encoding, shown.source.spool.blocks(entity.body, entity.end))
    if not shown.omitted:
        return decoded
    from letterlock.operations import legacy_display

    return legacy_display.without(decoded, shown.omitted)


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
        size=_size(shown) - len(shown.omitted or ()),
        covered=covered,
        choices=list(shown.choices),
        format="flowed" if entity.content.parameters.get("format", "").lower() == "flowed" else "fixed",
        delsp=entity.content.parameters.get("delsp", "").lower() == "yes",
    )


def _size(shown: Shown) -> int:
    entity = shown.entity
    if not transfer.encodes(entity.encoding):
        return entity.end - entity.body
    return sum(len(piece) for piece in shown.source.body(entity))


def _is_attachment(entity: Entity) -> bool:
    if entity.disposition.value:
        return entity.disposition.value != "inline"
    return not entity.type.startswith(("text/", "image/")) or entity.file_name is not None
