"""One signer's verdict: is the signature intact, whose certificate is it, who vouches for it, whom does it name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache

from letterlock import limits
from letterlock.cms import Certificate as Carried
from letterlock.cms import (
    CheckedSignature,
    SignatureFailure,
    SignatureNotChecked,
    SignedData,
    SignerInfo,
    candidates,
    check,
)
from letterlock.cms.failures import ContentChanged
from letterlock.errors import Coded
from letterlock.operations.online import Found, Online, Undecided
from letterlock.operations.reasons import (
    IssuerPublished,
    RevocationNotChecked,
    RevocationPending,
    SignatureWeak,
    SignerCertificateMissing,
)
from letterlock.operations.source import Content
from letterlock.operations.times import Clock, Stamps, Times
from letterlock.operations.trust import TrustSettings
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Allowance, Path
from letterlock.trust.profile import check_signer
from letterlock.trust.reasons import AddressNotNamed, CertificateUndecodable, NoAddressNamed
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode, NotChecked
from letterlock.verdict import SignatureStatus


@dataclass
class SignerResult:
    """What was found out about one signer. `names` are the From addresses that the certificate names."""

    info: SignerInfo
    status: SignatureStatus
    certificate: Certificate | None = None
    checked: CheckedSignature | None = None
    path: Path | None = None
    reasons: list[Coded] = field(default_factory=list)
    names: frozenset[str] = frozenset()
    times: Times | None = None
    """None where there is no certificate that could be judged at any time."""
    beside: Sequence[bytes] = ()
    """All certificates of the SignedData, DER."""
    evidence: Evidence = NOTHING_AT_HAND
    """Everything about withdrawal that the path was judged by."""

    @property
    def trusted(self) -> bool:
        """Whether the certificate is believed, whomever it names."""
        return self.status in (SignatureStatus.VALID, SignatureStatus.MISMATCH)


class Judge:
    """Judges the signers of one message by the reader's settings, for one set of From addresses.

    Each is judged at the time that counts for it: a signature may have a time-stamp.
    """

    def __init__(
        self,
        settings: TrustSettings,
        clock: Clock,
        senders: frozenset[str],
        online: Online | None = None,
        ask: bool = True,
    ) -> None:
        self.undecided: list[Undecided] = []
        """Paths about whose withdrawal somebody can be asked (`ask`: and will be)."""
        self.unfinished: list[Undecided] = []
        """Paths that end where somebody publishes the next certificate."""
        self._online = online
        self._ask = ask
        self._settings = settings
        self._stamps = Stamps(clock)
        self._clock = clock
        self._senders = senders
        self._allowance = Allowance()
        # One of its own: anybody can put time-stamps beside a signature, and they must not use up what it needs.
        self._stamps_allowance = Allowance()

    def evidence(self, signed: SignedData) -> Evidence:
        """The lists and answers about withdrawal that came with a signature (RFC 5652 §10.2.1, RFC 5940)."""
        if self._settings.mode is Mode.OFF:
            return NOTHING_AT_HAND
        return Evidence.of([*signed.crls, *signed.ocsp_answers][: limits.EVIDENCE_IN_MESSAGE])

    def judge(
        self, info: SignerInfo, certificates: Sequence[bytes], content: Content, along: Evidence = NOTHING_AT_HAND
    ) -> SignerResult:
        """The result for one SignerInfo; nothing is raised but what `content` raises while it is read."""
        result = SignerResult(info, SignatureStatus.UNTRUSTED, beside=certificates)
        loaded = list(_load(certificates))
        possible = list(candidates(info, [each for _, each in loaded]))[: limits.CERTIFICATES_TRIED]
        if not possible:
            result.reasons.append(SignerCertificateMissing())
            return result
        try:
            result.checked = _check_any(info, possible, content)
        except SignatureNotChecked as failure:
            result.reasons.append(failure)
        except SignatureFailure as failure:
            result.status = SignatureStatus.INVALID
            result.reasons.append(failure)
        chosen = result.checked.certificate if result.checked else possible[0]
        try:
            result.certificate = _certificate(next(der for der, each in loaded if each is chosen))
        except CertificateUndecodable as failure:
            result.reasons.append(failure)
            return result
        self._trust(result, result.certificate, certificates, along)
        return result

    def _times(self, result: SignerResult, certificates: Sequence[bytes], along: Evidence) -> Times:
        """Of an intact signature; what stands beside a broken one is not looked at."""
        if result.checked is None:
            return Times(self._clock)
        return self._stamps.of(
            result.info, certificates, lambda: self._settings.stamping(self._clock.now, along, self._stamps_allowance)
        )

    def _trust(self, result: SignerResult, certificate: Certificate, others: Sequence[bytes], along: Evidence) -> None:
        """Path, mail profile and addresses of the certificate; only an intact signature becomes trusted by them."""
        accepted = self._settings.accepted
        result.times = self._times(result, others, along)
        undecided = self._build(certificate, decoded(others), result.times.counts, along)
        result.path, result.evidence = undecided.path, undecided.evidence
        result.names = frozenset(each for each in self._senders if names_address(certificate.addresses, each))
        if result.checked is None:
            return
        # A valid path may still have remarks (what an explicit legacy policy let pass); they harm nothing.
        remarks: list[Coded] = list(result.path.reasons) if result.path.valid else []
        against: list[Coded] = [] if result.path.valid else list(result.path.reasons)
        against += check_signer(certificate, result.path.chain, accepted)
        if result.checked.weak:
            (remarks if accepted.weak_algorithms else against).append(SignatureWeak(result.checked.weak))
        awaited, remarked = self._withdrawal(
            undecided, len(against) > (0 if result.path.valid else len(result.path.reasons))
        )
        if against:
            # What is being found out is why nobody is believed yet (strict); it comes first.
            result.reasons += awaited
        result.reasons += [each for each in against if each not in result.reasons]
        if against:
            result.reasons += result.times.refused
            result.reasons += remarked
            return
        result.status = SignatureStatus.VALID if result.names else SignatureStatus.MISMATCH
        if not certificate.addresses:
            result.reasons.append(NoAddressNamed(certificate.name))
        else:
            result.reasons += [
                AddressNotNamed(sender, certificate.addresses) for sender in sorted(self._senders - result.names)
            ]
        result.reasons += remarks
        result.reasons += result.times.expired_since(certificate)
        result.reasons += result.times.refused
        result.reasons += awaited or remarked

    def _build(self, certificate: Certificate, others: list[Certificate], at: datetime, along: Evidence) -> Undecided:
        """The path with all that is at hand, on disk included."""
        settings = self._settings

        def rebuilt(found: Found) -> Path:
            more = settings._replace(issuers=(*settings.issuers, *found.issuers)) if found.issuers else settings
            return more.path(certificate, others, at, along + found.evidence)

        path = settings.path(certificate, others, at, along, self._allowance)
        evidence = settings.evidence + along
        if self._online is None:
            return Undecided(path, rebuilt, evidence)
        found = Found(issuers=self._online.issuers_at_hand(Undecided(path, rebuilt)))
        path = rebuilt(found) if found.issuers else path
        found += Found(self._online.at_hand(path))
        path = rebuilt(found) if found.evidence else path
        return Undecided(path, lambda more: rebuilt(found + more), evidence + found.evidence)

    def _withdrawal(self, undecided: Undecided, hopeless: bool) -> tuple[list[Coded], list[Coded]]:
        """What is being found out, and what has to be said if nothing is; nobody is asked where it helped nothing."""
        path, mode, online = undecided.path, self._settings.mode, self._online
        remarks: list[Coded] = []
        if path.valid and (not path.revocation or any(isinstance(each, NotChecked) for each in path.revocation)):
            remarks.append(RevocationNotChecked())
        if online is None:
            return [], remarks
        if ends := online.next_issuer(path):
            self.unfinished.append(undecided)
            remarks.append(IssuerPublished(ends))
        if self._settings.online:
            if self._ask and not hopeless and online.may_tell(path, mode):
                self.undecided.append(undecided)
                return [RevocationPending()], []
            remarks += online.failures(path, mode)
        return [], remarks


def _check_any(info: SignerInfo, possible: Sequence[Carried], content: Content) -> CheckedSignature:
    """The first certificate and content variant that fit; else the failure for the octets as received."""
    first: SignatureFailure | None = None
    variants = content.variants()
    # Without signed attributes every variant costs a computation with the key, and nobody who sends so is known
    # whose last line end gets lost.
    for variant in variants if info.signed_attributes is not None else variants[:2]:
        for certificate in possible:
            try:
                return check(info, certificate, variant.digest, variant.first)
            except ContentChanged as failure:
                first = first or failure
                break
            except SignatureFailure as failure:
                # These octets have the digest: whatever else is wrong, the content was not changed.
                first = failure if first is None or isinstance(first, ContentChanged) else first
        if not isinstance(first, ContentChanged) and info.signed_attributes is not None:
            # With signed attributes only a wrong digest can come from line ends.
            break
    assert first is not None
    raise first


def _load(certificates: Iterable[bytes]) -> Iterable[tuple[bytes, Carried]]:
    for der in dict.fromkeys(certificates):
        certificate = Carried.load(der)
        if certificate is not None:
            yield der, certificate


def decoded(certificates: Iterable[bytes]) -> list[Certificate]:
    found = []
    for der in certificates:
        try:
            found.append(_certificate(der))
        except CertificateUndecodable:
            continue
    return found


def _certificate(der: bytes) -> Certificate:
    """A certificate and what was decoded of it before: people and their authorities write more than once."""
    return _recent(der) if len(der) <= limits.CERTIFICATE_KEPT_OCTETS else Certificate.parse(der)


_recent = lru_cache(limits.CERTIFICATES_KEPT)(Certificate.parse)
