"""Save a message as evidence: everything that shows later who signed it, in one file that others can verify.

    saved = save(pieces, file, Saving(trust, authorities, now, online=online))
    saved.opened; saved.doubts

The message is opened as for reading, and what the network tells about withdrawal is waited for, as far as the reader's
mode wants it. Then everything that the verdict rests on is put into the container as it came, and each authority
stamps a manifest of it. What tells about the authorities' own certificates comes after that.

NOTE: of an encrypted message nothing that was inside is written down but who signed it: the bundle holds the message
as it came, and whoever is to check the signature needs a key that opens it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from letterlock import limits
from letterlock.errors import Fault, LetterlockError
from letterlock.evidence import bundle as objects
from letterlock.evidence import manifest as manifests
from letterlock.evidence.bundle import MESSAGE, VERDICT, by_digest
from letterlock.evidence.container import ContainerWriter, Sink
from letterlock.evidence.failures import TimeStampAuthorityNotTrusted, TimeStampFailure
from letterlock.evidence.manifest import Manifest, Reference
from letterlock.evidence.timestamp import TimeStamp, parse, verify
from letterlock.net.failures import FetchFailure
from letterlock.operations import timestamps
from letterlock.operations.bundle_report import html
from letterlock.operations.bundle_shapes import Checked
from letterlock.operations.bundle_statements import Objects, Opened
from letterlock.operations.bundle_verify import draft
from letterlock.operations.online import Found, Online, Undecided
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.signers import decoded
from letterlock.operations.timestamps import Authority, NoTimeStamp
from letterlock.operations.trust import TrustSettings
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Allowance
from letterlock.trust.path import Path as CertificatePath
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence
from letterlock.verdict import EncryptionStatus, Verdict
from letterlock.verdict import Opened as OpenedReply
from letterlock.words import LANGUAGES

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey


class NoAuthority(LetterlockError):
    """Nobody is named who could stamp the evidence."""

    code = "bundle_no_authority"
    fault = Fault.USER


Render = Callable[[Checked, str], bytes]
"""Makes a report, in a language."""


class Saving(NamedTuple):
    """Everything that saving depends on besides the message.

    `authorities`: each of them stamps; one that does is enough. `online`: what was fetched before, and the network.
    `digest`: of manifests and time-stamps.
    """

    trust: TrustSettings
    authorities: Sequence[Authority]
    now: datetime
    language: str = "en"
    online: Online | None = None
    keys: Iterable[RecipientKey] = ()
    reports: Mapping[str, Render] = MappingProxyType({"html": html})
    """By the ending of their names. Each is made in every language."""
    digest: str = objects.DIGEST
    asking: Callable[[str], None] = lambda url: None


class Saved(NamedTuple):
    """What was saved, the times that were confirmed, and what did not work or is not believed here."""

    opened: OpenedMessage
    times: tuple[datetime, ...]
    doubts: tuple[LetterlockError, ...]


class Stamping(NamedTuple):
    """One authority's token, and what tells about its certificates: objects for the container."""

    token: bytes
    time: datetime
    beside: dict[str, bytes]
    doubt: LetterlockError | None


def save(pieces: Iterable[bytes], sink: Sink, saving: Saving) -> Saved:
    """Write a bundle of the message into `sink`.

    Raises:
        NotAMessage, MessageTooLarge …: as `Opening`.
        NoAuthority, NoTimeStamp: nobody stamped. What was written is then of no use.
        OSError: as the sink does.
    """
    if not saving.authorities:
        raise NoAuthority
    opening = Opening(saving.trust, saving.now, saving.language, saving.keys, online=saving.online)
    for piece in pieces:
        opening.feed(piece)
    opened = opening.close()
    try:
        if opened.pending:
            opened.renew(opened.find(asking=saving.asking))
        return keep(opened, sink, saving)
    except BaseException:
        opened.close()
        raise


def keep(opened: OpenedMessage, sink: Sink, saving: Saving) -> Saved:
    """The same of a message that is open, with what is known of it. Raises as `save`."""
    if not saving.authorities:
        raise NoAuthority
    writer = ObjectWriter(sink, saving.now, saving.digest)
    writer.add(MESSAGE, Again(opened.raw), root=True)
    found = _objects(opened)
    for name, octets in found.items():
        writer.add(name, [octets])
    writer.add(VERDICT, [_reply(opened)])
    for name, octets in _reports(opened, writer, found, saving):
        writer.add(name, [octets])
    times: list[datetime] = []
    doubts: list[LetterlockError] = []
    failures: list[tuple[str, LetterlockError]] = []
    beside: dict[str, bytes] = {}
    for number, authority in enumerate(saving.authorities, 1):
        manifest = Manifest(f"META-INF/timestamp{number:03}.tst", tuple(writer.references))
        octets = manifests.encode(manifest)
        try:
            stamped = stamped_by(authority, octets, saving.trust, saving.now, saving.online, saving.digest)
        except (FetchFailure, TimeStampFailure) as failure:
            failures.append((authority.server, failure))
            continue
        writer.container.add(f"META-INF/ASiCManifest{number:03}.xml", [octets])
        writer.container.add(manifest.token, [stamped.token])
        times.append(stamped.time)
        doubts += [stamped.doubt] if stamped.doubt else []
        beside |= stamped.beside
    if not times:
        raise NoTimeStamp(failures)
    for name in beside.keys() - {each.name for each in writer.references}:
        writer.container.add(name, [beside[name]])
    writer.container.close()
    return Saved(opened, tuple(times), (*doubts, *(each for _, each in failures)))


def _reports(
    opened: OpenedMessage, writer: ObjectWriter, found: dict[str, bytes], saving: Saving
) -> Iterator[tuple[str, bytes]]:
    revocation = {name: octets for name, octets in found.items() if name.startswith("revocation/")}
    objects = Objects(dict(writer.sha256), revocation, writer.octets)
    for language in LANGUAGES if saving.reports else ():
        verdict = _outside(opened.verdict_in(language))
        checked = draft(Opened(verdict, opened.assessment.deciding, saving.now), objects, language)
        for ending, render in saving.reports.items():
            yield f"report-{language}.{ending}", render(checked, language)


class ObjectWriter:
    """The container, and a reference to everything that a time-stamp is to be about."""

    def __init__(self, sink: Sink, now: datetime, digest: str) -> None:
        self.container = ContainerWriter(sink, now)
        self.references: list[Reference] = []
        self.sha256: dict[str, str] = {}
        self.octets = 0
        """Of the message."""
        self._digest = digest

    def add(self, name: str, pieces: Iterable[bytes], root: bool = False) -> None:
        """One more object that is stamped."""
        measured = _Measured(pieces, self._digest)
        self.container.add(name, measured)
        kind = manifests.types([name])[name]
        self.references.append(Reference(name, kind, self._digest, measured.digest, root))
        self.sha256[name] = measured.sha256
        self.octets = measured.size if name == MESSAGE else self.octets


class Again:
    """Octets that can be had more than once."""

    def __init__(self, pieces: Callable[[], Iterable[bytes]]) -> None:
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        yield from self._pieces()


class _Measured:
    """Octets that pass, with the digests of the last time."""

    def __init__(self, pieces: Iterable[bytes], algorithm: str) -> None:
        self._pieces = pieces
        self._algorithm = algorithm
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        self.size, self._own, self._sha256 = 0, objects.running(self._algorithm), hashlib.sha256()
        for piece in self._pieces:
            self._own.update(piece)
            self._sha256.update(piece)
            self.size += len(piece)
            yield piece

    @property
    def digest(self) -> bytes:
        return self._own.digest()

    @property
    def sha256(self) -> str:
        return self._sha256.hexdigest()


def stamped_by(
    authority: Authority, octets: bytes, trust: TrustSettings, now: datetime, online: Online | None, digest: str
) -> Stamping:
    """A token about these octets, and everything that tells whether the authority's certificates were good.

    Raises:
        FetchFailure, TimeStampFailure: as `timestamps.stamp_by`.
    """
    made = timestamps.stamp_by(authority, octets, trust, now, digest)
    try:
        stamp = verify(made.token, octets, trust.stamping(now, NOTHING_AT_HAND, Allowance()))
    except TimeStampAuthorityNotTrusted:
        return Stamping(made.token, made.time, {}, made.doubt)
    return Stamping(made.token, made.time, about(stamp, made.token, trust, online), None)


def about(stamp: TimeStamp, token: bytes, trust: TrustSettings, online: Online | None) -> dict[str, bytes]:
    """The certificates of an authority that is believed, and what is said about their withdrawal: now, if wanted."""
    signed = parse(token).signed
    along = decoded(signed.certificates)
    brought = Evidence.of([*signed.crls, *signed.ocsp_answers][: limits.EVIDENCE_IN_MESSAGE])

    def rebuilt(found: Found) -> CertificatePath:
        return trust.path(stamp.authority, [*along, *found.issuers], stamp.time, brought + found.evidence)

    path = rebuilt(Found())
    found = Found()
    if online is not None:
        found = Found(online.at_hand(path))
        if trust.online:
            undecided = Undecided(rebuilt(found), lambda more: rebuilt(found + more))
            found += online.find([undecided], trust.mode, trust.network)
    path = rebuilt(found)
    return certificates(path.chain) | revocation(trust.evidence + brought + found.evidence)


def certificates(found: Iterable[Certificate]) -> dict[str, bytes]:
    """Certificates as objects."""
    return {by_digest("certificates", each.der, "cer"): each.der for each in found}


def revocation(evidence: Evidence) -> dict[str, bytes]:
    """Lists and answers as objects, as they came."""
    lists = {by_digest("revocation", each.der, "crl"): each.der for each in evidence.crls}
    return lists | {by_digest("revocation", each.der, "ocsp"): each.der for each in evidence.answers}


def _objects(opened: OpenedMessage) -> dict[str, bytes]:
    """Everything that the verdict on the signers rests on."""
    found: dict[str, bytes] = {}
    for signer in (*opened.assessment.deciding, *opened.assessment.around):
        if signer.path is not None:
            found |= certificates(signer.path.chain) | revocation(signer.evidence)
        for stamp in signer.times.stamps if signer.times else ():
            found |= certificates(stamp.path.chain)
    return found


def _reply(opened: OpenedMessage) -> bytes:
    """The verdict as `open --json` prints it."""
    inside = opened.verdict.encryption.status is EncryptionStatus.DECRYPTED
    reply = OpenedReply(verdict=_outside(opened.verdict), parts=[] if inside else opened.parts, message=None)
    return reply.model_dump_json(indent=1).encode()


def _outside(verdict: Verdict) -> Verdict:
    """Without what stood inside an encryption: nothing of that is written to a disk in clear."""
    if verdict.encryption.status is not EncryptionStatus.DECRYPTED:
        return verdict
    headers = verdict.headers.model_copy(update={"protected": None, "differences": []})
    return verdict.model_copy(update={"headers": headers})
