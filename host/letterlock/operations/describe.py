"""From domain objects to the verdict's shape. Nothing is decided here."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Coded, JsonFact
from letterlock.operations.layers import Layer as FoundLayer
from letterlock.operations.signers import SignerResult
from letterlock.operations.times import Clock, Times
from letterlock.trust.anchors import Anchor as TrustAnchor
from letterlock.trust.assurance import assurance
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Path
from letterlock.verdict import Anchor, CertificateSummary, Layer, Moment, MomentKind, PathResult, Reason, Signer
from letterlock.verdict import reason as worded
from letterlock.words import say

TEXT_CHARACTERS = 500
"""Longest text taken from a certificate or a header into a verdict; either may hold megabytes."""

ADDRESSES_SHOWN = 50
"""Most addresses of one certificate, or entries of one fact, in a verdict."""


def iso(time: datetime) -> str:
    """A time as the verdict writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def reason(coded: Coded, language: str) -> Reason:
    """A reason with its words."""
    return worded(coded.code, {name: _bounded(fact) for name, fact in coded.facts().items()}, language)


def _bounded(fact: JsonFact) -> JsonFact:
    if isinstance(fact, list):
        return [_cut(each) for each in fact[:ADDRESSES_SHOWN]]
    return _cut(fact) if isinstance(fact, str) else fact


def certificate(found: Certificate) -> CertificateSummary:
    """A certificate as a person compares it."""
    return CertificateSummary(
        subject=_cut(found.subject),
        name=_cut(found.name),
        issuer=_cut(found.issuer_name),
        serial=found.serial,
        not_before=iso(found.not_before),
        not_after=iso(found.not_after),
        sha256=found.sha256,
        key=found.key,
        addresses=_addresses(found),
    )


def signer(result: SignerResult, clock: Clock, received: datetime | None, language: str) -> Signer:
    """One signer with everything that was found out; `received` is what the last mail server claims."""
    checked = result.checked
    signing_time = checked.signing_time if checked else result.info.signing_time
    times = result.times or Times(clock)
    return Signer(
        status=result.status,
        certificate=certificate(result.certificate) if result.certificate else None,
        addresses=_addresses(result.certificate) if result.certificate else [],
        signing_time=iso(signing_time) if signing_time else None,
        checked_at=iso(times.counts),
        digest_algorithm=checked.digest_algorithm if checked else result.info.digest_algorithm,
        signature_algorithm=checked.signature_algorithm if checked else result.info.signature_algorithm,
        path=path(result.path, language) if result.path else None,
        reasons=[reason(each, language) for each in result.reasons],
        times=moments(times, signing_time, received, language),
    )


def moments(times: Times, signing_time: datetime | None, received: datetime | None, language: str) -> list[Moment]:
    """The life of a signed message, in the order in which it should have been lived."""
    stamps, clock = times.stamps, times.clock
    found = [_moment("signed", signing_time, language)] if signing_time else []
    for at, stamp in enumerate(stamps):
        by = _cut(stamp.authority.name)
        found.append(_moment("time_stamped", stamp.time, language, by, proven=True, counts=at == 0))
    found += [_refused(each, language) for each in times.refused]
    if received:
        found.append(_moment("received", received, language))
    if clock.first_opened:
        found.append(_moment("first_opened", clock.first_opened, language, proven=True, counts=not stamps))
    found.append(_moment("checked", clock.now, language, proven=True, counts=not stamps and not clock.first_opened))
    return found


def _moment(
    kind: MomentKind, at: datetime, language: str, by: str | None = None, *, proven: bool = False, counts: bool = False
) -> Moment:
    words = say(f"moment_{kind}", {"by": by}, language)
    return Moment(
        kind=kind, at=iso(at), by=by, proven=proven, counts=counts, label=words.sentence, note=words.advice, reason=None
    )


def _refused(failure: Coded, language: str) -> Moment:
    words = say("moment_time_stamp_refused", {}, language)
    facts = failure.facts()
    at, by = facts.get("time"), facts.get("authority")
    return Moment(
        kind="time_stamp_refused",
        at=at if isinstance(at, str) else None,
        by=_cut(by) if isinstance(by, str) else None,
        proven=False,
        counts=False,
        label=words.sentence,
        note=words.advice,
        reason=reason(failure, language),
    )


def layer(found: FoundLayer, status: str) -> Layer:
    """One layer for the list of layers."""
    return Layer(
        kind=found.kind.value,
        form="multipart" if found.multipart else "opaque",
        part=found.entity.id,
        status=status,
    )


def path(found: Path, language: str) -> PathResult:
    """The result of path validation, and what a public authority says of a valid one."""
    said = assurance(found.chain[0]) if found.valid else None
    return PathResult(
        valid=found.valid,
        reasons=[reason(each, language) for each in found.reasons],
        chain=[certificate(each) for each in found.chain],
        anchor=_anchor(found.anchor) if found.anchor else None,
        assurance=reason(said, language) if said else None,
    )


def _anchor(anchor: TrustAnchor) -> Anchor:
    return Anchor(
        name=_cut(anchor.name or anchor.certificate.name),
        sha256=anchor.certificate.sha256,
        source=anchor.source,
    )


def _addresses(found: Certificate) -> list[str]:
    return [_cut(each) for each in found.addresses[:ADDRESSES_SHOWN]]


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_CHARACTERS else text[: TEXT_CHARACTERS - 1] + "…"
