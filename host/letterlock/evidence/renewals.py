"""The chain of time-stamps in a bundle: since when is it certain that each object existed?

A time-stamp proves something only as long as nobody could have forged it: until its authority's certificate runs out
or is withdrawn, or an algorithm in it, or in its manifest, ends. A later time-stamp over it that is still good moves
that day: it shows that the earlier one existed before (the proofs of existence of ETSI EN 319 102-1 §5.6.2). So the
chain is judged from its end: the last by the time of whoever checks, each one before by the time of the next.

Nobody is asked. Everything comes from the bundle, but the anchors, the time and the table of lifetimes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from letterlock.cms import CmsFailure, SignatureFailure
from letterlock.cms.algorithms import digest_for
from letterlock.cms.schema import Algorithm
from letterlock.errors import Reason
from letterlock.evidence import lifetimes as table
from letterlock.evidence.bundle import Bundle, Stamped
from letterlock.evidence.bundle_failures import (
    BundleAlgorithmEnded,
    BundleRevocationUnknown,
    BundleTimeStampAged,
    BundleTimeStampBroken,
    BundleTimeStampNotTrusted,
)
from letterlock.evidence.failures import (
    TimeStampBroken,
    TimeStampFailure,
    TimeStampForOther,
    TimeStampInFuture,
    TimeStampMalformed,
)
from letterlock.evidence.lifetimes import Lifetimes
from letterlock.evidence.timestamp import Terms, TimeStamp, Token, parse, verify
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchors
from letterlock.trust.path import Path
from letterlock.trust.revocation import Evidence, Mode, NotChecked

_ALTERED = (TimeStampForOther, TimeStampBroken, TimeStampMalformed)


class Given(NamedTuple):
    """Everything the answer depends on besides the bundle."""

    now: datetime
    anchors: Anchors
    evidence: Evidence
    """What the reader has besides, such as a later list."""
    lifetimes: Lifetimes = table.today


@dataclass(frozen=True)
class JudgedStamp:
    """One time-stamp. `stamp` is None where it cannot be relied upon, and `reasons` say why."""

    stamped: Stamped
    token: Token | None
    stamp: TimeStamp | None
    secured_at: datetime
    """By when it had to be good: the time of the next one that is relied upon, or now."""
    algorithms: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    until: datetime | None = None
    """Until when it can be relied upon by itself."""

    @property
    def altered(self) -> bool:
        """Whether it is not as it was made."""
        return any(isinstance(each, BundleTimeStampBroken) for each in self.reasons)

    @property
    def remarks(self) -> tuple[Reason, ...]:
        """What limits one that is relied upon."""
        return self.reasons if self.stamp else ()


class Document(NamedTuple):
    """A list or an answer in the bundle, and what it is signed with."""

    name: str
    evidence: Evidence
    algorithms: tuple[str, ...]


@dataclass
class Chain:
    """The result: the time-stamps in the order of the bundle, and since when each object is known to have existed."""

    stamps: list[JudgedStamp]
    documents: list[Document] = field(default_factory=list)
    existed: dict[str, datetime] = field(default_factory=dict)

    def usable(self, given: Given) -> Evidence:
        """Lists and answers whose signature could not be forged before it is known that they were there."""
        found = [
            each.evidence
            for each in self.documents
            if not table.first_ended(each.algorithms, self.existed.get(each.name, given.now), given.lifetimes)
        ]
        crls = [*given.evidence.crls, *(one for each in found for one in each.crls)]
        return Evidence(crls, [*given.evidence.answers, *(one for each in found for one in each.answers)])

    def proving(self, name: str) -> JudgedStamp | None:
        """The time-stamp by which an object existed."""
        proving = [each for each in self.stamps if each.stamp and _has(each, name)]
        return min(proving, key=lambda each: each.stamp.latest, default=None)  # type: ignore[union-attr]

    @property
    def renew_by(self) -> datetime | None:
        """The day on which the bundle stops proving anything unless it is renewed."""
        last = [each for each in self.stamps if each.stamp and each.stamped.renewal == self._renewals]
        days = [each.until for each in last if each.until is not None]
        return max(days) if days and len(days) == len(last) else None

    @property
    def _renewals(self) -> int:
        return max((each.stamped.renewal for each in self.stamps if each.stamp), default=0)


def judge(bundle: Bundle, given: Given) -> Chain:
    """All time-stamps of a bundle."""
    certificates = list(bundle.certificates.values())
    chain = Chain([], _documents(bundle))
    secured = given.now
    for renewal in sorted({each.renewal for each in bundle.stamped}, reverse=True):
        terms = Terms(secured, given.anchors, chain.usable(given), Mode.AT_HAND, LEGACY)
        judged = [
            _judged(each, bundle.token(each), terms, certificates, given)
            for each in bundle.stamped
            if each.renewal == renewal
        ]
        chain.stamps[:0] = judged
        for each in judged:
            if each.stamp:
                _existed(chain.existed, each, given.now)
        secured = min([secured, *(each.stamp.latest for each in judged if each.stamp)])
    return chain


def _documents(bundle: Bundle) -> list[Document]:
    found = []
    for name, octets in bundle.revocation.items():
        evidence = Evidence.of([octets])
        algorithms = [each.algorithm for each in evidence.crls] + [each.algorithm for each in evidence.answers]
        found.append(Document(name, evidence, tuple(each.name for each in algorithms if each)))
    return found


def algorithms_of(path: Path) -> list[str]:
    """Everything a path rests on, but the anchor's own signature."""
    return [
        *(each.signature_algorithm_name for each in path.chain[:-1]),
        *(each.key for each in path.chain),
    ]


def unknown_withdrawal(path: Path) -> list[Reason]:
    """The certificates of a path about which nobody says whether they were withdrawn."""
    if not path.revocation:
        return [BundleRevocationUnknown(each.name) for each in path.chain[:-1]]
    pairs = zip(path.chain, path.revocation, strict=False)
    return [BundleRevocationUnknown(each.name) for each, status in pairs if isinstance(status, NotChecked)]


def _judged(stamped: Stamped, token: bytes, terms: Terms, certificates: Iterable[bytes], given: Given) -> JudgedStamp:
    name = stamped.manifest.token
    try:
        read = parse(token)
    except TimeStampFailure as failure:
        return JudgedStamp(stamped, None, None, terms.now, reasons=(BundleTimeStampBroken(name, failure.code),))
    try:
        stamp = verify(token, stamped.octets, terms, certificates)
    except _ALTERED as failure:
        return JudgedStamp(stamped, read, None, terms.now, reasons=(BundleTimeStampBroken(name, failure.code),))
    except TimeStampFailure as failure:
        if isinstance(failure, TimeStampInFuture) and terms.now < given.now:
            # Older than what it is about: one of the two authorities told a wrong time.
            return JudgedStamp(stamped, read, None, terms.now, reasons=(BundleTimeStampBroken(name, failure.code),))
        why = getattr(failure, "why", "") or failure.code
        return JudgedStamp(stamped, read, None, terms.now, reasons=(BundleTimeStampNotTrusted(name, why),))
    names = (*_algorithms(read, stamped), *algorithms_of(stamp.path))
    names = tuple(dict.fromkeys(names))
    against: list[Reason] = []
    ends = min(stamp.path.chain[:-1] or stamp.path.chain, key=lambda each: each.not_after)
    if ends.not_after < terms.now:
        against.append(BundleTimeStampAged(name, ends.name, ends.not_after, terms.now))
    if ended := table.first_ended(names, terms.now, given.lifetimes):
        assert ended.day is not None
        against.append(BundleAlgorithmEnded(name, ended.algorithm, ended.day, terms.now, ended.source))
    until = min([ends.not_after, *filter(None, [table.until(names, given.lifetimes)])])
    reasons = tuple(against or unknown_withdrawal(stamp.path))
    return JudgedStamp(stamped, read, None if against else stamp, terms.now, names, reasons, until)


def _algorithms(token: Token, stamped: Stamped) -> list[str]:
    try:
        imprint = digest_for(Algorithm.read(token.info.imprint.algorithm, "hashAlgorithm")).name
    except (CmsFailure, SignatureFailure):  # `verify` has read it already
        imprint = "?"
    (signer,) = token.signed.signers
    return [*(each.digest for each in stamped.manifest.references), imprint, signer.digest_algorithm]


def _existed(existed: dict[str, datetime], judged: JudgedStamp, now: datetime) -> None:
    assert judged.stamp is not None
    at = min(judged.stamp.latest, now)
    for name in (judged.stamped.name, *(each.name for each in judged.stamped.manifest.references)):
        existed[name] = min(existed.get(name, at), at)


def _has(judged: JudgedStamp, name: str) -> bool:
    return any(each.name == name for each in judged.stamped.manifest.references)
