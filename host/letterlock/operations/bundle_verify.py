"""Verify an evidence bundle: offline, at any later date, on nobody's word but that of the anchors given.

    checked = verify(file, Verifying(anchors, now))
    checked.status; checked.statements; checked.not_proven

1. The container is read by rules that leave no room for two readings (`evidence.container`).
2. Every object is compared with every manifest that has it. If one is not as it was, that is the answer.
3. The chain of time-stamps is judged from its end (`evidence.renewals`).
4. The message is opened as of the time at which it existed for certain, with the certificates, lists and answers in
   the bundle. Nothing of this computer is used: no store, no network, no roots of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, NamedTuple

from letterlock.errors import Coded, LetterlockError
from letterlock.evidence import lifetimes as table
from letterlock.evidence.bundle import MESSAGE, Bundle
from letterlock.evidence.lifetimes import Lifetimes
from letterlock.evidence.renewals import Chain, Given, JudgedStamp, judge
from letterlock.operations import bundle_statements as said
from letterlock.operations import describe
from letterlock.operations.bundle_shapes import (
    BundleStatus,
    Checked,
    MessageSummary,
    ObjectChecked,
    TimeStampChecked,
)
from letterlock.operations.describe import iso
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchor, Anchors
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode
from letterlock.verdict import Headline, Verdict
from letterlock.words import say

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey

__all__ = ["Verifying", "verify"]


class Verifying(NamedTuple):
    """Everything the answer depends on besides the file.

    `anchors` are the only ones believed, for signers and for time. `evidence` is what the reader has besides, such as
    a later list. `keys` open an encrypted message.
    """

    anchors: Iterable[Anchor]
    now: datetime
    language: str = "en"
    evidence: Evidence = NOTHING_AT_HAND
    lifetimes: Lifetimes = table.today
    keys: Iterable[RecipientKey] = ()


def verify(file: IO[bytes], verifying: Verifying) -> Checked:
    """What a bundle shows, and what it does not.

    Raises:
        BundleUnreadable: it is no bundle, or one in a form that has more than one reading.
        OSError: as the file does.
    """
    bundle = Bundle.read(file)
    if bundle.alterations:
        # Whoever altered one object may have altered another: nothing in it is worth to be looked at.
        return describe_bundle(bundle, Chain([]), None, verifying)
    anchors = Anchors.of(verifying.anchors)
    given = Given(verifying.now, anchors, verifying.evidence, verifying.lifetimes)
    chain = judge(bundle, given)
    opened = _opened(bundle, chain, verifying, anchors, chain.usable(given))
    return describe_bundle(bundle, chain, opened, verifying)


def describe_bundle(bundle: Bundle, chain: Chain, opened: said.Opened | None, verifying: Verifying) -> Checked:
    """Everything that was found, in words."""
    language = verifying.language
    altered = [*bundle.alterations, *(r for each in chain.stamps if each.altered for r in each.reasons)]
    existed = chain.existed.get(MESSAGE)
    believed = opened if existed is not None else None
    message = said.about_message(believed, verifying.lifetimes) if believed else []
    stamps = said.about_stamps(chain) if chain.stamps or not altered else []
    remarks = [r for each in chain.stamps for r in each.remarks]
    status = said.status(believed, [*message, *remarks], bool(altered))
    objects = said.Objects.of(bundle)
    spoiled = {str(each.facts().get("name")) for each in altered}
    return Checked(
        status=status,
        headline=headline(status, existed, language),
        at=iso(verifying.now),
        existed_by=iso(existed) if existed else None,
        renew_by=iso(chain.renew_by) if chain.renew_by and existed else None,
        message=_message(objects, opened.verdict if opened else None),
        statements=[] if altered else said.statements(chain, believed, objects, language),
        not_proven=said.not_proven(believed, language),
        reasons=[describe.reason(each, language) for each in _unique([*altered, *stamps, *message])],
        time_stamps=[_time_stamp(each, language) for each in chain.stamps],
        objects=[
            ObjectChecked(
                name=name,
                size=bundle.container.entries[name].size,
                sha256=bundle.contents[name].sha256,
                covered_by=bundle.covering.get(name, []),
                altered=name in spoiled,
            )
            for name in bundle.names
        ],
        verdict=opened.verdict if opened else None,
    )


def headline(status: BundleStatus, existed: datetime | None, language: str) -> Headline:
    """The one line for a status."""
    words = say(f"evidence_{status.value}", {"time": iso(existed) if existed else "–"}, language)
    return Headline(code=f"evidence_{status.value}", sentence=words.sentence, advice=words.advice)


def draft(opened: said.Opened, objects: said.Objects, language: str) -> Checked:
    """What is known when a bundle is made, before it has a time-stamp: for the report inside it."""
    return Checked(
        status=BundleStatus.SAVED,
        headline=headline(BundleStatus.SAVED, None, language),
        at=iso(opened.at),
        existed_by=None,
        renew_by=None,
        message=_message(objects, opened.verdict),
        statements=said.statements(Chain([]), opened, objects, language),
        not_proven=said.not_proven(opened, language),
        reasons=[],
        time_stamps=[],
        objects=[],
        verdict=opened.verdict,
    )


def _opened(
    bundle: Bundle, chain: Chain, verifying: Verifying, anchors: Anchors, evidence: Evidence
) -> said.Opened | None:
    """The message as of the time at which it existed, else as of now; none where it is no message any more."""
    at = chain.existed.get(MESSAGE, verifying.now)
    trust = TrustSettings(
        anchors,
        evidence=evidence,
        mode=Mode.AT_HAND,
        accepted=LEGACY,
        issuers=tuple(_decoded(bundle.certificates.values())),
    )
    opening = Opening(trust, at, verifying.language, verifying.keys)
    try:
        for piece in bundle.container.pieces(MESSAGE):
            opening.feed(piece)
        opened = opening.close()
    except LetterlockError:
        return None
    opened.close()
    return said.Opened(opened.verdict, opened.assessment.deciding, at)


def _message(objects: said.Objects, verdict: Verdict | None) -> MessageSummary:
    outer = verdict.headers.outer if verdict else None
    return MessageSummary(
        sha256=objects.sha256[MESSAGE],
        size=objects.octets,
        from_=outer.from_ if outer else [],
        to=outer.to if outer else [],
        subject=outer.subject if outer else None,
        date=outer.date if outer else None,
    )


def _time_stamp(judged: JudgedStamp, language: str) -> TimeStampChecked:
    stamp, token = judged.stamp, judged.token
    return TimeStampChecked(
        object=judged.stamped.manifest.token,
        manifest=judged.stamped.name,
        kind="renewal" if judged.stamped.renewal else "first",
        time=iso(token.time) if token else None,
        authority=stamp.authority.name if stamp else None,
        policy=token.info.policy.dotted_string if token else None,
        algorithms=list(judged.algorithms),
        relied_on=stamp is not None,
        secured_at=iso(judged.secured_at),
        until=iso(judged.until) if judged.until else None,
        chain=[describe.certificate(each) for each in stamp.path.chain] if stamp else [],
        reasons=[describe.reason(each, language) for each in judged.reasons],
    )


def _decoded(certificates: Iterable[bytes]) -> Iterable[Certificate]:
    for der in certificates:
        try:
            yield Certificate.parse(der)
        except CertificateUndecodable:
            continue


def _unique(reasons: Sequence[Coded]) -> list[Coded]:
    return list({(each.code, repr(each.facts())): each for each in reasons}.values())
