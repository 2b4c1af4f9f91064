"""From what was found in a bundle to what is said about it: each statement with the objects that prove it.

What is *not* proven is as much a part of the answer: no signature proves when it was made, who held the key, or what
stands in header fields that it does not cover. These are said always, whatever the status.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from letterlock.errors import Coded
from letterlock.errors import Reason as CodedReason
from letterlock.evidence.bundle import MESSAGE, Bundle, by_digest
from letterlock.evidence.bundle_failures import (
    BundleAlgorithmEnded,
    BundleNoTimeStamp,
    BundleSignatureNotValid,
    BundleSignerNotSender,
    BundleTimeStampAged,
)
from letterlock.evidence.lifetimes import Lifetimes, first_ended
from letterlock.evidence.renewals import Chain, JudgedStamp, algorithms_of, unknown_withdrawal
from letterlock.operations import describe
from letterlock.operations.bundle_shapes import BundleStatus, Proof, Statement, statement
from letterlock.operations.describe import iso
from letterlock.operations.signers import SignerResult
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Path
from letterlock.trust.reasons import CertificateRevokedLater
from letterlock.trust.revocation import Evidence, Good
from letterlock.verdict import Reason, SignatureStatus, Verdict
from letterlock.verdict import reason as worded


class Opened(NamedTuple):
    """The message, opened as of a time."""

    verdict: Verdict
    signers: Sequence[SignerResult]
    at: datetime


class Objects(NamedTuple):
    """Where to find the octets that prove something: the SHA-256 of each object, and the lists and answers."""

    sha256: dict[str, str]
    revocation: dict[str, bytes]
    octets: int
    """The size of the message."""

    @classmethod
    def of(cls, bundle: Bundle) -> Objects:
        """Those of a bundle."""
        digests = {name: each.sha256 for name, each in bundle.contents.items()}
        return cls(digests, bundle.revocation, bundle.container.entries[MESSAGE].size)

    def proof(self, names: Iterable[str]) -> list[Proof]:
        """Those of these objects that are there, each once."""
        return [Proof(object=each, sha256=self.sha256[each]) for each in dict.fromkeys(names) if each in self.sha256]

    def chain(self, path: Path | None) -> list[str]:
        """The certificates of a path."""
        return [_certificate(each) for each in path.chain] if path else []


def status(opened: Opened | None, limiting: Sequence[Coded], altered: bool) -> BundleStatus:
    """The one word. Alteration first, then what is missing, then what limits it."""
    if altered:
        return BundleStatus.ALTERED
    if opened is None or opened.verdict.signature.status not in (SignatureStatus.VALID, SignatureStatus.MISMATCH):
        return BundleStatus.NOT_PROVEN
    if any(isinstance(each, BundleAlgorithmEnded) for each in limiting):
        return BundleStatus.NOT_PROVEN
    return BundleStatus.LIMITED if limiting else BundleStatus.HOLDS


def about_message(opened: Opened, lifetimes: Lifetimes) -> list[CodedReason]:
    """What speaks against the message's signature as of its time, or limits what it proves."""
    said = opened.verdict.signature.status
    found: list[CodedReason] = []
    if said is SignatureStatus.MISMATCH:
        names = [each.certificate.name for each in opened.signers if each.trusted and each.certificate]
        sender = ", ".join(opened.verdict.headers.outer.from_) or "–"
        found.append(BundleSignerNotSender(", ".join(names), sender))
    elif said is not SignatureStatus.VALID:
        found.append(BundleSignatureNotValid(said.value))
    for each in _deciding(opened):
        assert each.path is not None
        found += _aged(each, opened)
        if (ended := first_ended(_algorithms(each), opened.at, lifetimes)) and ended.day is not None:
            found.append(BundleAlgorithmEnded(MESSAGE, ended.algorithm, ended.day, opened.at, ended.source))
        found += unknown_withdrawal(each.path)
    return found


def _aged(signer: SignerResult, opened: Opened) -> list[CodedReason]:
    """Time-stamps beside the signature whose authority's certificate had run out before anything secured them."""
    found: list[CodedReason] = []
    for stamp in signer.times.stamps if signer.times else ():
        ends = min(stamp.path.chain[:-1] or stamp.path.chain, key=lambda each: each.not_after)
        if ends.not_after < opened.at:
            found.append(BundleTimeStampAged(MESSAGE, ends.name, ends.not_after, opened.at))
    return found


def about_stamps(chain: Chain) -> list[CodedReason]:
    """What speaks against time-stamps. One that is not relied upon is told, too, where another one proves the same."""
    found = [reason for each in chain.stamps for reason in each.reasons]
    return found if MESSAGE in chain.existed else [BundleNoTimeStamp(), *found]


def statements(chain: Chain, opened: Opened | None, objects: Objects, language: str) -> list[Statement]:
    """Everything that the bundle shows."""
    found = []
    if proving := chain.proving(MESSAGE):
        found += [_intact(proving, objects, language), _existed(proving, objects, language)]
        found += [_renewed(each, objects, language) for each in chain.stamps if each.stamped.renewal and each.stamp]
    if opened is not None:
        for signer in _deciding(opened):
            found += _signed(signer, opened, objects, language)
    return found


def not_proven(opened: Opened | None, language: str) -> list[Reason]:
    """What nobody should read into it, always."""
    facts: list[tuple[str, dict[str, str | None]]] = []
    signers = opened.signers if opened else ()
    claimed = [each.info.signing_time for each in signers]
    facts.append(("not_proven_signing_time", {"claimed": ", ".join(iso(each) for each in claimed if each) or None}))
    facts.append(("not_proven_person", {}))
    for each in _deciding(opened) if opened else ():
        known = _known_until(each)
        if known is not None:
            facts.append(("not_proven_withdrawal_after", {"known": iso(known)}))
    if opened is None or opened.verdict.headers.protected is None:
        facts.append(("not_proven_header", {}))
    facts.append(("not_proven_content", {}))
    return [worded(code, dict(each), language) for code, each in facts]


def _deciding(opened: Opened) -> list[SignerResult]:
    return [each for each in opened.signers if each.trusted and each.path is not None]


def _algorithms(signer: SignerResult) -> list[str]:
    """Digest and signature of the message, and everything its path rests on."""
    assert signer.path is not None
    checked = signer.checked
    own = [checked.digest_algorithm, _digest_of(checked.signature_algorithm)] if checked else []
    return [*own, *algorithms_of(signer.path)]


def _digest_of(algorithm: str) -> str:
    # "RSA PKCS#1 v1.5 with SHA-256": the key is asked about by itself.
    return algorithm.rpartition(" with ")[2] if " with " in algorithm else algorithm


def _intact(proving: JudgedStamp, objects: Objects, language: str) -> Statement:
    facts = {"sha256": objects.sha256[MESSAGE], "octets": objects.octets}
    return statement("evidence_intact", facts, language, objects.proof([MESSAGE, proving.stamped.name]))


def _existed(judged: JudgedStamp, objects: Objects, language: str) -> Statement:
    assert judged.stamp is not None
    facts = {"time": iso(judged.stamp.latest), "authority": judged.stamp.authority.name}
    return statement("evidence_existed", facts, language, _stamp_proof(judged, objects))


def _renewed(judged: JudgedStamp, objects: Objects, language: str) -> Statement:
    assert judged.stamp is not None
    facts = {"time": iso(judged.stamp.latest), "authority": judged.stamp.authority.name}
    return statement("evidence_renewed", facts, language, _stamp_proof(judged, objects))


def _stamp_proof(judged: JudgedStamp, objects: Objects) -> list[Proof]:
    assert judged.stamp is not None
    names = [judged.stamped.name, judged.stamped.manifest.token]
    return objects.proof([*names, *objects.chain(judged.stamp.path)])


def _signed(signer: SignerResult, opened: Opened, objects: Objects, language: str) -> Iterable[Statement]:
    assert signer.certificate is not None
    assert signer.path is not None
    name = signer.certificate.name
    # A time-stamp beside the signature may be older than that of the bundle.
    at = iso(signer.times.counts if signer.times else opened.at)
    addresses = list(describe.certificate(signer.certificate).addresses)
    anchor = signer.path.anchor.certificate if signer.path.anchor else signer.path.chain[-1]
    own = _certificate(signer.certificate)
    yield statement(
        "evidence_signed",
        {"name": name, "addresses": addresses, "sha256": signer.certificate.sha256},
        language,
        objects.proof([MESSAGE, own]),
    )
    for stamp in signer.times.stamps if signer.times else ():
        when = {"time": iso(stamp.latest), "authority": stamp.authority.name}
        yield statement(
            "evidence_signature_stamped", when, language, objects.proof([MESSAGE, *objects.chain(stamp.path)])
        )
    facts = {"name": name, "issuer": signer.certificate.issuer_name, "anchor": anchor.name, "time": at}
    yield statement("evidence_certificate_good", facts, language, objects.proof(objects.chain(signer.path)))
    proving = _about_withdrawal(objects, signer)
    later = [each for each in signer.path.reasons if isinstance(each, CertificateRevokedLater)]
    if later:
        when = {"name": later[0].subject, "revoked": iso(later[0].revoked_at), "time": at}
        yield statement("evidence_withdrawn_later", when, language, objects.proof(proving))
    elif signer.path.revocation and all(isinstance(each, Good) for each in signer.path.revocation):
        yield statement("evidence_not_withdrawn", {"name": name, "time": at}, language, objects.proof(proving))


def _about_withdrawal(objects: Objects, signer: SignerResult) -> list[str]:
    """The lists and answers that speak about a signer's path."""
    assert signer.path is not None
    names = {each.issuer_dn.normal for each in signer.path.chain}
    found = []
    for each, octets in objects.revocation.items():
        evidence = Evidence.of([octets])
        pairs = list(zip(signer.path.chain, signer.path.chain[1:], strict=False))
        answered = any(list(answer.about(*pair)) for answer in evidence.answers for pair in pairs)
        if answered or any(crl.issuer.normal in names for crl in evidence.crls):
            found.append(each)
    return found


def _known_until(signer: SignerResult) -> datetime | None:
    """When the latest word about the signer's own certificate was given."""
    assert signer.path is not None
    chain = signer.path.chain
    if len(chain) < 2:
        return None
    said = [each.this_update for each in signer.evidence.crls if each.issuer.normal == chain[0].issuer_dn.normal]
    said += [each.produced_at for each in signer.evidence.answers if list(each.about(chain[0], chain[1]))]
    return max(said, default=None)


def _certificate(certificate: Certificate) -> str:
    return by_digest("certificates", certificate.der, "cer")
