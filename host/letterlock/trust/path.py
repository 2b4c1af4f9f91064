"""From a signer's certificate to an anchor: building the path (RFC 4158), and its result (RFC 5280 §6).

`build` tries the issuers that are at hand, the likeliest first, until one path is good; if none is, it answers with
the path that came closest and says what is wrong with it. Everything the answer depends on is an argument.
Certificates come from whoever wrote the mail, so the search has a budget, and a branch counts each time it is
entered, not each time a signature is computed: certificates that all sign each other make exponentially many
paths out of few signatures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from letterlock import limits
from letterlock.errors import Reason
from letterlock.trust.algorithms import MODERN, Accepted
from letterlock.trust.anchors import Anchor, Anchors
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import Normal
from letterlock.trust.policies import NOTHING_ASKED, InitialPolicies
from letterlock.trust.reasons import (
    AnchorDistrustedAfter,
    CertificateRevokedLater,
    IssuerSignatureBroken,
    NoIssuerKnown,
    PathLoops,
    PathSearchExhausted,
    PathTooLong,
    RootNotTrusted,
    SelfSignedNotTrusted,
    rank,
    ranked,
)
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode, NotChecked, Status, judged
from letterlock.trust.revocation_check import Checker
from letterlock.trust.signatures import SignatureUncheckable, SignatureWrong, check
from letterlock.trust.validation import Terms, judge


@dataclass(frozen=True)
class Path:
    """The RFC 5280 §6 result for one certificate, without mail profile or address.

    `chain` runs from the certificate to the anchor, or as far as the best path came. `reasons` are ranked; a valid
    path may carry remarks (weak algorithms that the reader accepts). `anchor` is the one reached, also by a path
    that is not valid. `revocation` has the status of each certificate below the anchor, in the order of `chain`;
    it is empty where that was not looked at.
    """

    valid: bool
    reasons: tuple[Reason, ...]
    chain: tuple[Certificate, ...]
    anchor: Anchor | None
    revocation: tuple[Status, ...] = ()


class Allowance:
    """What several searches may cost together: the signers of one message."""

    def __init__(self, checks: int = limits.MESSAGE_SIGNATURE_CHECKS) -> None:
        self.checks = checks
        self.left = checks


Kept = Callable[[Normal], Iterable[Certificate]]
"""Certificates that are kept somewhere and not loaded, by the name they bear."""


def _nobody(name: Normal) -> Iterable[Certificate]:
    return ()


def build(
    leaf: Certificate,
    candidates: Iterable[Certificate],
    anchors: Iterable[Anchor],
    time: datetime,
    *,
    accepted: Accepted = MODERN,
    policies: InitialPolicies = NOTHING_ASKED,
    evidence: Evidence = NOTHING_AT_HAND,
    mode: Mode = Mode.AT_HAND,
    length: int = limits.PATH_LENGTH,
    checks: int = limits.PATH_SIGNATURE_CHECKS,
    comparisons: int = limits.PATH_NAME_COMPARISONS,
    allowance: Allowance | None = None,
    kept: Kept = _nobody,
) -> Path:
    """The best path from `leaf` to an anchor, judged at `time`.

    Args:
        leaf: the certificate in question.
        candidates: possible issuers in any order, with any amount of chaff: from the message, from the store.
        anchors: whom the reader trusts. An anchor may be a root, an authority below one, or `leaf` itself. Many are
            given as `Anchors`, whose index then serves every search.
        time: an aware datetime; validity includes both ends.
        accepted: which algorithms and key sizes the reader relies on.
        policies: the initial policy inputs of RFC 5280 §6.1.1.
        evidence: revocation lists and OCSP answers at hand.
        mode: what their absence means.
        length: certificates in a path, leaf and anchor included.
        checks: issuers tried, and signatures of evidence checked, in the whole search.
        comparisons: names compared with name constraints in the whole search.
        allowance: what this search shares with others.
        kept: further possible issuers, asked for by name, once for each name that the search comes to.
    """
    budget = _Budget(length, checks, comparisons, allowance or Allowance(checks))
    terms = Terms(time, accepted, policies, budget.spend_comparisons)
    anchors = Anchors.of(anchors)
    known = _Known(anchors, candidates, kept)
    return _Search(leaf, known, anchors, budget, terms, _Withdrawal(known, budget, terms, evidence, mode)).run()


class _Budget:
    """What a search may cost, and has cost."""

    def __init__(self, length: int, checks: int, comparisons: int, allowance: Allowance) -> None:
        self.length = length
        self._allowance = allowance
        self._checks = checks
        self._comparisons = comparisons
        self._checked = self._compared = 0

    def spend_check(self) -> None:
        """Enter one more branch, or raise `_Exhausted`."""
        self._checked += 1
        self._allowance.left -= 1
        if self._checked > self._checks:
            raise _Exhausted(self._checks)
        if self._allowance.left < 0:
            raise _Exhausted(self._allowance.checks)

    def spend_comparisons(self, count: int) -> None:
        """Compare `count` more names, or raise `_Exhausted`."""
        self._compared += count
        if self._compared > self._comparisons:
            raise _Exhausted(self._comparisons)


class _Exhausted(Exception):
    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class _Link(Enum):
    """What the signature says about a candidate issuer."""

    SIGNED = auto()
    BROKEN = auto()
    """It should be the issuer, and its key did not make the signature."""
    ANOTHER = auto()
    """It bears the issuer's name but is not meant: key identifiers differ, and so does the key."""


class _Known:
    """Everybody at hand, by name: anchors first, then what came along, then what is kept."""

    def __init__(self, anchors: Anchors, candidates: Iterable[Certificate], kept: Kept) -> None:
        self._anchors = anchors
        self._kept = kept
        self._candidates: dict[Normal, list[Certificate]] = {}
        for certificate in candidates:
            self._candidates.setdefault(certificate.subject_dn.normal, []).append(certificate)
        self._found: dict[Normal, Sequence[Certificate]] = {}

    def bearing(self, name: Normal) -> Sequence[Certificate]:
        """Each once."""
        if name not in self._found:
            along = self._candidates.get(name, ())
            # Who keeps them finds them by a digest on a disk; whether it is the name (§6.1.3 a 4) is decided here.
            kept = (each for each in self._kept(name) if each.subject_dn.normal == name)
            self._found[name] = tuple(dict.fromkeys((*self._anchors.bearing(name), *along, *kept)))
        return self._found[name]


class _Withdrawal:
    """Revocation in one search: the status of a path's certificates, and paths for those who sign evidence."""

    def __init__(self, known: _Known, budget: _Budget, terms: Terms, evidence: Evidence, mode: Mode) -> None:
        self.mode = mode
        self._known = known
        self._budget = budget
        self._terms = terms._replace(policies=NOTHING_ASKED)
        self._depth = 0
        self._checker = Checker(
            evidence,
            mode,
            terms.time,
            terms.accepted,
            known.bearing,
            budget.spend_check,
            self._vouched,
        )

    def of(self, chain: tuple[Certificate, ...]) -> tuple[Status, ...]:
        """The status of each certificate below the anchor, which is the last of the chain."""
        return tuple(self._checker.status(chain[at], chain[at + 1 :]) for at in range(len(chain) - 1))

    def _vouched(self, signer: Certificate, anchor: Certificate) -> bool:
        if self._depth >= limits.EVIDENCE_SIGNERS_DEPTH:
            return False
        self._depth += 1
        try:
            only = Anchors((Anchor(anchor, "argument"),))
            # RFC 5280 §6.3.3 (f): "the trust anchor used … MUST be the same as the one used to validate the target".
            return _Search(signer, self._known, only, self._budget, self._terms, self).found()
        finally:
            self._depth -= 1


class _Search:
    def __init__(
        self,
        leaf: Certificate,
        known: _Known,
        anchors: Anchors,
        budget: _Budget,
        terms: Terms,
        withdrawal: _Withdrawal,
    ) -> None:
        self._leaf = leaf
        self._budget = budget
        self._terms = terms
        self._withdrawal = withdrawal
        self._anchors = anchors
        self._issuers = known
        self._links: dict[tuple[bytes, bytes], _Link | Reason] = {}
        self._best: Path | None = None
        self._best_merit = (False, 0, 0)

    def found(self) -> bool:
        """Whether there is a valid path; raises `_Exhausted`, because a search inside another must end both."""
        return self._extend((self._leaf,)) is not None

    def run(self) -> Path:
        try:
            found = self._extend((self._leaf,))
        except _Exhausted as exhausted:
            reason = PathSearchExhausted(exhausted.limit)
            best = self._best or Path(False, (), (self._leaf,), None)
            return Path(False, ranked((*best.reasons, reason)), best.chain, best.anchor)
        assert found or self._best, "every branch of a search ends in a judgement"
        return found or self._best  # type: ignore[return-value]

    def _extend(self, chain: tuple[Certificate, ...]) -> Path | None:
        """Follow every way up from the end of `chain`; the first valid path, or None with `_best` updated."""
        current = chain[-1]
        anchor = self._anchors.find(current.der)
        if anchor:
            path = self._judged(chain, anchor, None)
            if path.valid:
                return path
        broken_by: Certificate | None = None
        uncheckable: Reason | None = None
        extended = False
        passed_again: list[Certificate] = []
        for issuer in self._likeliest_first(current):
            if any(_same_entity(issuer, passed) for passed in chain):
                passed_again.append(issuer)
                continue
            if len(chain) >= self._budget.length:
                self._judged(chain, None, PathTooLong(self._budget.length))
                return None
            link = self._link(current, issuer)
            if isinstance(link, Reason):
                uncheckable = link
            elif link is _Link.BROKEN:
                broken_by = broken_by or issuer
            elif link is _Link.SIGNED:
                extended = True
                found = self._extend((*chain, issuer))
                if found:
                    return found
        if not extended and not anchor:
            self._judged(chain, None, uncheckable or self._ending(chain, broken_by, passed_again))
        return None

    def _ending(
        self, chain: tuple[Certificate, ...], broken_by: Certificate | None, passed_again: list[Certificate]
    ) -> Reason:
        """Why there is no way up from the end of `chain`."""
        current = chain[-1]
        own = self._link(current, current) if current.self_issued else None
        if isinstance(own, Reason):
            return own
        if own is _Link.SIGNED:
            return SelfSignedNotTrusted(current.name) if len(chain) == 1 else RootNotTrusted(current.name)
        if broken_by or own is _Link.BROKEN:
            return IssuerSignatureBroken(current.name, (broken_by or current).name)
        if any(self._link(current, issuer) is _Link.SIGNED for issuer in passed_again):
            return PathLoops(current.name)
        return NoIssuerKnown(current.name, current.issuer_name)

    def _link(self, certificate: Certificate, issuer: Certificate) -> _Link | Reason:
        self._budget.spend_check()
        pair = (certificate.der, issuer.key_der)
        if pair not in self._links:
            self._links[pair] = _checked_link(certificate, issuer)
        return self._links[pair]

    def _likeliest_first(self, certificate: Certificate) -> Sequence[Certificate]:
        """Everybody who bears the issuer's name: whom the key identifier means, then anchors, then who is in force."""
        issuers = self._issuers.bearing(certificate.issuer_dn.normal)
        if len(issuers) < 2:
            return issuers
        wanted, time = certificate.authority_key_id, self._terms.time

        def likelihood(issuer: Certificate) -> tuple[bool, bool, bool, bool]:
            return (
                wanted is None or issuer.subject_key_id != wanted,
                self._anchors.find(issuer.der) is None,
                not issuer.not_before <= time <= issuer.not_after,
                not (issuer.basic_constraints and issuer.basic_constraints.ca),
            )

        return sorted(issuers, key=likelihood)

    def _judged(self, chain: tuple[Certificate, ...], anchor: Anchor | None, ending: Reason | None) -> Path:
        findings = judge(chain, anchor is not None, self._terms)
        failures = findings.failures + ([ending] if ending else [])
        if anchor and anchor.distrust_after and chain[0].not_before > anchor.distrust_after:
            failures.append(AnchorDistrustedAfter(chain[0].name, anchor.name, anchor.distrust_after))
        remarks = findings.remarks
        statuses: tuple[Status, ...] = ()
        if anchor is not None and self._withdrawal.mode is not Mode.OFF:
            statuses = self._withdrawal.of(chain)
            for certificate, status in zip(chain, statuses, strict=False):
                reason = judged(status, certificate.name, certificate.issuer_name, self._terms.time)
                if isinstance(status, NotChecked) and self._withdrawal.mode is not Mode.STRICT:
                    continue
                if reason is not None:
                    (remarks if isinstance(reason, CertificateRevokedLater) else failures).append(reason)
        path = Path(not failures, ranked(failures + remarks), chain, anchor, statuses)
        # The best of several bad paths is the one that reaches an anchor, then the one whose worst reason is the
        # mildest, then the longest.
        merit = (anchor is not None, min(map(rank, failures), default=1000), len(chain))
        if self._best is None or merit > self._best_merit:
            self._best, self._best_merit = path, merit
        return path


def _checked_link(certificate: Certificate, issuer: Certificate) -> _Link | Reason:
    try:
        check(certificate, issuer)
    except SignatureUncheckable as uncheckable:
        return uncheckable.reason
    except SignatureWrong:
        wanted, offered = certificate.authority_key_id, issuer.subject_key_id
        # An authority that has renewed its key, or another one of the same name, is no forgery.
        return _Link.ANOTHER if wanted and offered and wanted != offered else _Link.BROKEN
    return _Link.SIGNED


def _same_entity(one: Certificate, other: Certificate) -> bool:
    # RFC 4158 §2.4.1: a loop is the same name and the same key again, be it in another certificate.
    return one.key_der == other.key_der and one.subject_dn.normal == other.subject_dn.normal
