"""Time-stamp tokens (RFC 3161, RFC 5816): does one prove that a signature was there at its time?

`verify` takes a token and the octets it should be about, and returns a `TimeStamp` or raises why it proves nothing.
Clock, anchors, evidence and algorithms are arguments, so that the answer can be had again later.

Anchors. A token moves the time at which certificates are judged, and whoever makes tokens can move it to any day. So
only authorities that a person chose are believed: the reader's own anchors, the organisation's, and those given for
one call. Root lists that say "trusted for mail" (Mozilla's, the system's) say nothing about time, and their
authorities would not be held to the rules for it.

Judged at genTime is the authority's certificate: like a signer's, it may run out later. RFC 3161 §4 names the danger
that remains, a stolen key, and what helps: its withdrawal for compromise undoes all its tokens, whatever they say.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography.hazmat.asn1 import TLV, decode_der
from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import Certificate as Carried
from letterlock.cms import (
    CheckedSignature,
    CmsFailure,
    SignatureFailure,
    SignatureNotChecked,
    SignedData,
    SignedDataReader,
    SignerInfo,
    candidates,
    check,
)
from letterlock.cms.algorithms import Digest, Status, digest_for
from letterlock.cms.attributes import SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2
from letterlock.cms.schema import Algorithm
from letterlock.evidence.failures import (
    TimeStampAuthorityMissing,
    TimeStampAuthorityNotNamed,
    TimeStampAuthorityNotTrusted,
    TimeStampAuthorityRevoked,
    TimeStampBroken,
    TimeStampForOther,
    TimeStampInFuture,
    TimeStampMalformed,
    TimeStampNotChecked,
    TimeStampPurposeWrong,
    TimeStampWeak,
)
from letterlock.evidence.schema import Accuracy, MessageImprint, TstInfo
from letterlock.trust.algorithms import MODERN, Accepted
from letterlock.trust.anchors import Anchor, Anchors, Source
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import DistinguishedName, GeneralName
from letterlock.trust.path import Allowance, Path, build
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.trust.revocation import NOTHING_AT_HAND, Evidence, Mode, Revoked

TST_INFO = "1.2.840.113549.1.9.16.1.4"
"""id-ct-TSTInfo (RFC 3161 §2.4.2)."""

TIME_STAMPING = "1.3.6.1.5.5.7.3.8"
_EXTENDED_KEY_USAGE = "2.5.29.37"

ANCHOR_SOURCES: tuple[Source, ...] = ("user", "organisation", "argument")
"""On whose word an authority is believed about time."""

_HARMLESS = frozenset({"affiliationChanged", "superseded", "cessationOfOperation"})
"""RFC 3161 §4 (1): withdrawn for one of these, its tokens from before stay good; for anything else, or for a reason
that is not told, none does. NOTE: "unspecified" counts as not told (`test_a_withdrawn_authority`)."""

_GENERALIZED = re.compile(rb"(\d{14})(?:\.(\d{0,8}[1-9]))?Z")


class Terms(NamedTuple):
    """Everything the answer depends on besides the token.

    `anchors` may be of any source; those that are not believed about time are left out here.
    """

    now: datetime
    anchors: Iterable[Anchor]
    evidence: Evidence = NOTHING_AT_HAND
    mode: Mode = Mode.AT_HAND
    accepted: Accepted = MODERN
    allowance: Allowance | None = None


@dataclass(frozen=True)
class Token:
    """What a token says; nothing is confirmed."""

    info: TstInfo
    signed: SignedData
    content: bytes
    time: datetime
    """genTime, UTC."""
    accuracy: timedelta


@dataclass(frozen=True)
class TimeStamp:
    """A confirmed time-stamp: what it is about existed at `time`, give or take `accuracy`. Only `verify` makes one."""

    time: datetime
    accuracy: timedelta
    authority: Certificate
    path: Path

    @property
    def latest(self) -> datetime:
        """The moment at which the signature was there for certain."""
        return self.time + self.accuracy


def verify(token: bytes, stamped: bytes, terms: Terms, certificates: Iterable[bytes] = ()) -> TimeStamp:
    """Confirm one token.

    Args:
        token: DER of a ContentInfo, as `cms.time_stamp_tokens` hands it out.
        stamped: the octets it should be about: of a signature, its value (RFC 3161 Appendix A).
        terms: clock, anchors, evidence.
        certificates: further ones at hand, DER: a token need not carry its authority's.

    Raises:
        TimeStampFailure: why it proves nothing.
    """
    read = parse(token)
    weak = _about(read.info.imprint, stamped)
    along = [*read.signed.certificates, *certificates]
    (signer,) = read.signed.signers
    checked = _signed(signer, read.content, along)
    weak += checked.weak
    if weak and not terms.accepted.weak_algorithms:
        raise TimeStampWeak(tuple(dict.fromkeys(weak)))
    authority = _authority(checked)
    _may_stamp(authority, read.info)
    if read.time > terms.now + timedelta(minutes=limits.CLOCKS_APART_MINUTES):
        raise TimeStampInFuture(read.time, terms.now)
    path = _path(authority, read, along, terms)
    return TimeStamp(read.time, read.accuracy, authority, path)


def parse(token: bytes) -> Token:
    """What a token says: a SignedData with one signer around a TSTInfo (RFC 3161 §2.4.2).

    Raises:
        TimeStampMalformed: it is something else.
    """
    if len(token) > limits.TIME_STAMP_OCTETS:
        raise TimeStampMalformed(f"> {limits.TIME_STAMP_OCTETS}")
    content = bytearray()
    try:
        reader = SignedDataReader(content.extend)
        reader.feed(token)
        signed = reader.close()
    except CmsFailure as failure:
        raise TimeStampMalformed(failure.code) from None
    if signed.content_type != TST_INFO or not signed.has_content:
        raise TimeStampMalformed("eContentType")
    if len(signed.signers) != 1:
        raise TimeStampMalformed("signerInfos")
    return _read(bytes(content), signed)


def _read(content: bytes, signed: SignedData) -> Token:
    try:
        info = decode_der(TstInfo, content)
        if info.version != 1:
            raise TimeStampMalformed("version")
        unknown = [each.id.dotted_string for each in info.extensions or () if each.critical]
        if unknown:
            raise TimeStampMalformed(unknown[0])
        return Token(info, signed, content, _time(info.gen_time), _accuracy(info.accuracy))
    except (ValueError, OverflowError):
        raise TimeStampMalformed("TSTInfo") from None


def _time(value: TLV) -> datetime:
    """GeneralizedTime with seconds and, where needed, a fraction of any length (RFC 3161 §2.4.2)."""
    found = _GENERALIZED.fullmatch(bytes(value.data)) if value.tag_bytes == b"\x18" else None
    if found is None:
        raise TimeStampMalformed("genTime")
    seconds, fraction = found[1].decode(), (found[2] or b"0").decode()
    return datetime.strptime(seconds, "%Y%m%d%H%M%S").replace(tzinfo=UTC, microsecond=int(f"{fraction:0<6}"[:6]))


def _accuracy(value: Accuracy | None) -> timedelta:
    if value is None:
        # RFC 3161 §2.4.2: it may then stand in the authority's policy, which no program reads.
        return timedelta()
    seconds, millis, micros = value.seconds or 0, value.millis or 0, value.micros or 0
    if not (0 <= seconds <= limits.TIME_STAMP_ACCURACY_SECONDS and 0 <= millis < 1000 and 0 <= micros < 1000):
        raise TimeStampMalformed("accuracy")
    return timedelta(seconds=seconds, milliseconds=millis, microseconds=micros)


def _about(imprint: MessageImprint, stamped: bytes) -> tuple[str, ...]:
    """The imprint is the digest of these octets; which weak algorithm it has, if any."""
    try:
        known: Digest = digest_for(Algorithm.read(imprint.algorithm, "hashAlgorithm"))
        algorithm = known.hash()
    except CmsFailure:
        raise TimeStampMalformed("messageImprint") from None
    except SignatureFailure as failure:
        raise TimeStampNotChecked(failure.code) from None
    digest = hashes.Hash(algorithm)
    digest.update(stamped)
    if digest.finalize() != imprint.digest:
        raise TimeStampForOther()
    return (known.name,) if known.status is Status.WEAK else ()


def _signed(signer: SignerInfo, content: bytes, along: Sequence[bytes]) -> CheckedSignature:
    """The authority's signature, which must name its certificate (ESSCertID or ESSCertIDv2, RFC 5816 §2.2.1)."""
    if not any(each.oid in (SIGNING_CERTIFICATE, SIGNING_CERTIFICATE_V2) for each in signer.signed_attributes or ()):
        raise TimeStampAuthorityNotNamed()
    loaded = [each for each in map(Carried.load, dict.fromkeys(along)) if each is not None]
    possible = list(candidates(signer, loaded))[: limits.CERTIFICATES_TRIED]
    if not possible:
        raise TimeStampAuthorityMissing()

    def digest(algorithm: hashes.HashAlgorithm) -> bytes:
        computed = hashes.Hash(algorithm)
        computed.update(content)
        return computed.finalize()

    first: SignatureFailure | None = None
    for certificate in possible:
        try:
            return check(signer, certificate, digest, lambda octets: content[:octets])
        except SignatureFailure as failure:
            first = first or failure
    assert first is not None
    if isinstance(first, SignatureNotChecked):
        raise TimeStampNotChecked(first.code)
    raise TimeStampBroken(first.code)


def _authority(checked: CheckedSignature) -> Certificate:
    try:
        return Certificate.parse(Carried.of(checked.certificate).der)
    except CertificateUndecodable as failure:
        raise TimeStampNotChecked(failure.code) from None


def _may_stamp(authority: Certificate, info: TstInfo) -> None:
    """RFC 3161 §2.3: timeStamping, critical and alone; and `tsa`, if present, is one of its names (§2.4.2)."""
    critical = [
        each.critical for each in authority.tbs.extensions or () if each.id.dotted_string == _EXTENDED_KEY_USAGE
    ]
    usage = authority.key_usage
    if (
        authority.purposes != (TIME_STAMPING,)
        or critical != [True]
        or (usage is not None and not usage & {"digitalSignature", "nonRepudiation"})
    ):
        raise TimeStampPurposeWrong(authority.name)
    if info.tsa is not None and not _bears(authority, info.tsa):
        raise TimeStampMalformed("tsa")


def _bears(authority: Certificate, names: list[TLV]) -> bool:
    try:
        (value,) = names
        name = GeneralName.parse(value)
    except ValueError:
        return False
    if name.value is None:
        return False
    wanted = _comparable(name)
    own = [_comparable(each) for each in authority.extensions.alternative_names]
    return wanted in (("directory", authority.subject_dn.normal), *own)


def _comparable(name: GeneralName) -> tuple[str, object]:
    value = name.value
    return name.form, value.normal if isinstance(value, DistinguishedName) else value


def _path(authority: Certificate, token: Token, along: Sequence[bytes], terms: Terms) -> Path:
    objects = [*token.signed.crls, *token.signed.ocsp_answers][: limits.EVIDENCE_IN_MESSAGE]
    evidence = terms.evidence if terms.mode is Mode.OFF else terms.evidence + Evidence.of(objects)
    path = build(
        authority,
        _decoded(along),
        Anchors.of(terms.anchors).from_sources(ANCHOR_SOURCES),
        token.time,
        accepted=terms.accepted,
        evidence=evidence,
        mode=terms.mode,
        allowance=terms.allowance,
    )
    if not path.valid:
        raise TimeStampAuthorityNotTrusted(authority.name, token.time, path.reasons[0].code)
    for certificate, status in zip(path.chain, path.revocation, strict=False):
        if isinstance(status, Revoked) and status.reason not in _HARMLESS:
            raise TimeStampAuthorityRevoked(certificate.name, status.at, status.reason)
    return path


def _decoded(along: Iterable[bytes]) -> Iterator[Certificate]:
    for der in dict.fromkeys(along):
        try:
            yield Certificate.parse(der)
        except CertificateUndecodable:
            continue
