"""From what a message holds to what is said about it: the status of its signature, the reasons, the headline.

The rules are those of the verdict's contract. The innermost signature around everything shown decides. An outer
signature never improves the status, and a broken outer one is told. A signature around only a part, or only
around ciphertext, is `partial` at best. What cannot be checked is never `valid`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from letterlock.cms.attributes import TOLD
from letterlock.errors import Coded
from letterlock.mime.reader import Entity
from letterlock.net.failures import FetchFailure
from letterlock.operations import describe, protected
from letterlock.operations.headers import Senders, beside, date, header_set, received_date
from letterlock.operations.layers import Kind, Layer, Structure
from letterlock.operations.online import Online, Undecided
from letterlock.operations.reasons import (
    CoversCiphertext,
    CoversPart,
    EncryptedPart,
    EncryptionNotAuthenticated,
    EncryptionWeak,
    IssuerPublished,
    OuterSignatureBroken,
    OuterSignatureUnconfirmed,
    RepliesGoElsewhere,
    RevocationNotChecked,
    RevocationPending,
    SentByAnother,
    SigningTimeDiffers,
    StructureAmbiguous,
    SubjectReadable,
)
from letterlock.operations.signers import Judge, SignerResult
from letterlock.operations.times import Clock, is_about_time
from letterlock.operations.trust import TrustSettings
from letterlock.verdict import (
    Encryption,
    EncryptionStatus,
    Headers,
    Signature,
    SignatureStatus,
    Verdict,
    headline,
)

if TYPE_CHECKING:
    from letterlock.operations.receipts import Known

_DATES_APART = timedelta(hours=1)
"""More between Date and signingTime is worth a remark. Thunderbird allows one hour before it distrusts."""

_DANGER = (
    SignatureStatus.INVALID,
    SignatureStatus.PARTIAL,
    SignatureStatus.UNTRUSTED,
    SignatureStatus.MISMATCH,
    SignatureStatus.VALID,
    SignatureStatus.NONE,
)
"""The worst first: where several layers stand side by side, the worst one is what the whole message is."""


_REMARKS = (RevocationNotChecked, FetchFailure, IssuerPublished, SubjectReadable, SentByAnother, RepliesGoElsewhere)
"""What harms nothing and comes last."""

_TOLD = frozenset(
    {"receipt_requested", "receipt_request_malformed", "receipt_received", "security_label", "security_label_malformed"}
)
"""The same, of what a signer puts beside his signature; by code, so that its module is loaded when it is needed."""


@dataclass(frozen=True)
class SeenReceipt:
    """A signed receipt in the message: its content, the whole object (empty: too large), and who signed it."""

    content: bytes
    encoded: bytes
    results: tuple[SignerResult, ...]


@dataclass(frozen=True)
class Assessment:
    """The verdict, the ids of the parts that its signature covers, and the paths of which more could be found out."""

    verdict: Verdict
    covered: frozenset[str]
    undecided: tuple[Undecided, ...] = ()
    unfinished: tuple[Undecided, ...] = ()
    certificates: Mapping[str, bytes] = field(default_factory=dict)
    """The signers' certificates in DER, by their SHA-256."""
    deciding: tuple[SignerResult, ...] = ()
    """Those who signed what is shown."""
    around: tuple[SignerResult, ...] = ()
    """Those of signatures around theirs, the outermost first: a mailing list may be among them."""
    receipts: tuple[SeenReceipt, ...] = ()


def assess(
    root: Entity,
    structure: Structure,
    trust: TrustSettings,
    clock: Clock,
    language: str = "en",
    recalled: Callable[[SignerResult], list[Coded]] | None = None,
    online: Online | None = None,
    ask: bool = True,
    sent: Callable[[], Known] | None = None,
) -> Assessment:
    """The verdict on a message, given its structure, the reader's anchors and what is known of the time.

    `recalled` is asked what is remembered of each signer of a valid message; `online` what was fetched before, and
    (`ask`) whether more could be; `sent` for what is known of messages for which a receipt may come.
    """
    inside = protected.protected(structure)
    from_ = protected.senders(root, inside)
    judge = Judge(trust, clock, frozenset(from_.addresses), online, ask)
    judged = [_judge_layer(layer, judge, from_) for layer in structure.chain + structure.fragments]
    chain, fragments = judged[: len(structure.chain)], judged[len(structure.chain) :]

    status, reasons, deciding = _decide(structure, chain, fragments)
    if inside and not inside.encrypted and status is SignatureStatus.INVALID:
        # What stands inside a broken signature is as good as what stands outside.
        inside = None
    encryption = _encryption(structure)
    about_fields = protected.reasons(root, inside, encryption.status is EncryptionStatus.DECRYPTED)
    if status in (SignatureStatus.MISMATCH, SignatureStatus.NONE):
        # Another sender inside than outside is more than that somebody else has signed.
        reasons = [*about_fields, *reasons]
    else:
        reasons += about_fields
    reasons += structure.remarks
    if any(each.signed for each in judged):
        reasons += from_.remarks
        if inside is None:
            # What stands outside and not among protected fields is told as changed.
            reasons += beside(root, from_)
    for result in deciding:
        reasons += _time_remarks(result, (date(inside.root) if inside else None) or date(root))
        if recalled and status is SignatureStatus.VALID and result.status is status:
            reasons += recalled(result)
    reasons += _told(deciding, sent)
    receipts = tuple(
        SeenReceipt(each.layer.receipt, each.layer.receipt_object, tuple(each.results))
        for each in judged
        if each.layer.receipt is not None
    )
    if receipts:
        from letterlock.operations import receipts as reading

        known = sent() if sent else None
        reasons = [*(reason for each in receipts for reason in reading.said(each, known)), *reasons]
    # What was not opened comes first: nothing behind it was seen.
    reasons = [each.layer.failure for each in judged if each.layer.failure and not each.signed] + reasons
    reasons += _encryption_remarks(encryption, status)
    covered = _covered(structure, status, judged)
    received = received_date(root)
    # Those who decided come first, and only they are in the headline: who signed a part signed nothing else.
    others = [each for layer in reversed(judged) for each in layer.results if not any(each is one for one in deciding)]
    said = [describe.reason(each, language) for each in _unique(reasons, status)]
    signers = [describe.signer(each, clock, received, language) for each in [*deciding, *others]]
    return Assessment(
        Verdict(
            signature=Signature(status=status, covers=sorted(covered)),
            encryption=Encryption(status=encryption.status, authenticated=encryption.authenticated),
            headline=headline(
                status,
                encryption.status,
                signers[: len(deciding)],
                from_.addresses,
                said,
                language,
                checked=any(result.checked for result in deciding),
            ),
            reasons=said,
            signers=signers,
            layers=[describe.layer(each.layer, each.said) for each in judged],
            headers=Headers(
                outer=header_set(root),
                protected=header_set(inside.root) if inside else None,
                differences=protected.differences(root, inside) if inside else [],
            ),
        ),
        covered,
        tuple(judge.undecided),
        tuple(judge.unfinished),
        {each.certificate.sha256: each.certificate.der for each in [*deciding, *others] if each.certificate},
        tuple(deciding),
        tuple(each for layer in chain for each in layer.results if not any(each is one for one in deciding)),
        receipts,
    )


@dataclass
class _JudgedLayer:
    layer: Layer
    status: SignatureStatus
    results: list[SignerResult]
    reasons: list[Coded]

    @property
    def signed(self) -> bool:
        return self.layer.kind is Kind.SIGNED

    @property
    def opaque(self) -> bool:
        """Whether a signature around this layer says nothing of what is shown."""
        unpacked = self.layer.decompressed is not None and not self.layer.failure
        return self.layer.kind in (Kind.ENCRYPTED, Kind.COMPRESSED, Kind.UNKNOWN) and not unpacked

    @property
    def said(self) -> str:
        """The status for the list of layers: of the signature, or whether the layer was opened."""
        if self.signed:
            return self.status.value
        if self.layer.failure:
            return "not_opened"
        return "decrypted" if self.layer.decrypted else "decompressed" if self.layer.decompressed else "not_opened"


def _judge_layer(layer: Layer, judge: Judge, from_: Senders) -> _JudgedLayer:
    if layer.kind is not Kind.SIGNED:
        return _JudgedLayer(layer, SignatureStatus.NONE, [], [])
    if layer.failure is not None or layer.signed is None or layer.content is None:
        failure = [layer.failure] if layer.failure else []
        return _JudgedLayer(layer, SignatureStatus.INVALID, [], failure)
    along = judge.evidence(layer.signed)
    results = [judge.judge(each, layer.signed.certificates, layer.content, along) for each in layer.signed.signers]
    status = _combine(results, from_)
    return _JudgedLayer(layer, status, results, _signer_reasons(results, status))


def _combine(results: Sequence[SignerResult], from_: Senders) -> SignatureStatus:
    """One status for several signers: each intact, and every From address named by somebody trusted."""
    if any(each.status is SignatureStatus.INVALID for each in results):
        return SignatureStatus.INVALID
    trusted = [each for each in results if each.trusted]
    if not trusted:
        return SignatureStatus.UNTRUSTED
    named = frozenset[str]().union(*(each.names for each in trusted))
    everybody = bool(from_.addresses) and named == frozenset(from_.addresses)
    return SignatureStatus.VALID if everybody else SignatureStatus.MISMATCH


def _signer_reasons(results: Sequence[SignerResult], status: SignatureStatus) -> list[Coded]:
    """The reasons of the signers who decided come first; what speaks for nobody's status comes after."""
    deciding = [each for each in results if each.status is status]
    others = [each for each in results if each.status is not status]
    return [reason for result in [*deciding, *others] for reason in result.reasons]


def _decide(
    structure: Structure, chain: Sequence[_JudgedLayer], fragments: Sequence[_JudgedLayer]
) -> tuple[SignatureStatus, list[Coded], list[SignerResult]]:
    """The status of the message, its reasons in the order of their weight, and the signers behind it."""
    signed = [each for each in chain if each.signed]
    reasons: list[Coded] = []
    if signed:
        innermost = signed[-1]
        status, reasons = innermost.status, list(innermost.reasons)
        if status is not SignatureStatus.INVALID:
            if any(each.layer.uncovered for each in chain):
                # Beside this layer or any around it: the innermost signature does not cover it.
                status, reasons = SignatureStatus.PARTIAL, [CoversPart(), *reasons]
            inside = chain[chain.index(innermost) + 1 :]
            if any(each.opaque for each in inside):
                # Whoever signed it need not have seen what can be read.
                status, reasons = SignatureStatus.PARTIAL, [CoversCiphertext(), *reasons]
        for outer in signed[:-1]:
            broken = outer.status is SignatureStatus.INVALID
            reasons.append(OuterSignatureBroken() if broken else OuterSignatureUnconfirmed())
        deciding = innermost.results
    else:
        parts = [each for each in fragments if each.signed]
        if not parts:
            return SignatureStatus.NONE, reasons, []
        worst = min(parts, key=lambda each: _DANGER.index(each.status))
        status = SignatureStatus.INVALID if worst.status is SignatureStatus.INVALID else SignatureStatus.PARTIAL
        reasons = [CoversPart(), *worst.reasons]
        if status is SignatureStatus.INVALID:
            reasons = [*worst.reasons, CoversPart()]
        deciding = worst.results
    if structure.oddities and status is not SignatureStatus.INVALID:
        status, reasons = (
            SignatureStatus.PARTIAL,
            [StructureAmbiguous(tuple(sorted(structure.oddities))), *reasons],
        )
    return status, reasons, deciding


@dataclass(frozen=True)
class _Encryption:
    status: EncryptionStatus
    authenticated: bool
    weak: tuple[str, ...]


def _encryption(structure: Structure) -> _Encryption:
    """What became of the encryption around everything shown, or else around a part."""
    encrypted = [layer for layer in structure.chain if layer.kind is Kind.ENCRYPTED]
    if not encrypted:
        part = any(layer.kind is Kind.ENCRYPTED for layer in structure.fragments)
        return _Encryption(EncryptionStatus.REFUSED if part else EncryptionStatus.NONE, False, ())
    if any(isinstance(layer.failure, EncryptedPart) for layer in encrypted):
        return _Encryption(EncryptionStatus.REFUSED, False, ())
    opened = [layer.decrypted for layer in encrypted if layer.decrypted and not layer.failure]
    if len(opened) < len(encrypted):
        return _Encryption(EncryptionStatus.UNDECRYPTABLE, False, ())
    return _Encryption(
        EncryptionStatus.DECRYPTED,
        all(each.authenticated for each in opened),
        tuple(dict.fromkeys(weak for each in opened for weak in each.weak)),
    )


def _encryption_remarks(encryption: _Encryption, status: SignatureStatus) -> list[Coded]:
    remarks: list[Coded] = []
    if encryption.weak:
        remarks.append(EncryptionWeak(encryption.weak))
    signed = status in (SignatureStatus.VALID, SignatureStatus.MISMATCH, SignatureStatus.UNTRUSTED)
    if encryption.status is EncryptionStatus.DECRYPTED and not encryption.authenticated and not signed:
        remarks.append(EncryptionNotAuthenticated())
    return remarks


def _told(results: Sequence[SignerResult], sent: Callable[[], Known] | None) -> list[Coded]:
    """The receipt that an intact signature asks for, and its label."""
    intact = [each for each in results if each.checked]
    if not any(attribute.oid in TOLD for each in intact for attribute in each.info.signed_attributes or ()):
        return []
    from letterlock.operations import receipts

    return receipts.told(intact, sent() if sent else None)


def _time_remarks(result: SignerResult, sent: datetime | None) -> list[Coded]:
    signed_at = result.checked.signing_time if result.checked else None
    if signed_at is None or sent is None or abs(signed_at - sent) <= _DATES_APART:
        return []
    return [SigningTimeDiffers(signed_at, sent)]


def _covered(structure: Structure, status: SignatureStatus, judged: Sequence[_JudgedLayer]) -> frozenset[str]:
    """The parts inside an intact signature; none where the signature that decides is broken."""
    if status in (SignatureStatus.INVALID, SignatureStatus.NONE):
        return frozenset()
    intact = [each.layer for each in judged if each.status is not SignatureStatus.INVALID]
    return frozenset(shown.entity.id for shown in structure.shown if any(shown.signed is layer for layer in intact))


def _unique(reasons: Iterable[Coded], status: SignatureStatus) -> list[Coded]:
    """Each reason once, remarks that harm nothing last."""
    found: dict[tuple[str, str], Coded] = {}
    for each in reasons:
        found.setdefault((each.code, repr(sorted(each.facts().items()))), each)
    # Why nobody is believed yet is no remark.
    last = _REMARKS if status is SignatureStatus.UNTRUSTED else (*_REMARKS, RevocationPending)

    def harmless(each: Coded) -> bool:
        return isinstance(each, last) or is_about_time(each) or each.code in _TOLD

    return sorted(found.values(), key=harmless)
