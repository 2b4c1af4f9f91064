"""OCSP answers (RFC 6960), and what they say about one certificate. Answers come as they are; nobody is asked.

Whether the responder may speak is decided by whoever calls.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property

from cryptography.hazmat.asn1 import TLV, GeneralizedTime, decode_der

from letterlock.errors import Reason
from letterlock.trust.algorithms import SignatureAlgorithm, identified
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import DistinguishedName
from letterlock.trust.reasons import (
    CertificateUndecodable,
    EvidenceNotUnderstood,
    EvidenceStale,
    EvidenceUndecodable,
    EvidenceUnsigned,
    RevocationAnswerUnknown,
    RevocationEvidenceMissing,
)
from letterlock.trust.revocation_results import HOLD, REASONS, Good, NotChecked, Revoked, Status, until
from letterlock.trust.revocation_schema import BasicResponse, OcspResponse, ResponseData, SingleResponse
from letterlock.trust.schema import NotDer, children, name_of, oid_of, whole

_BASIC = "1.3.6.1.5.5.7.48.1.1"

# OCSPResponseStatus (RFC 6960 §4.2.1): everything but successful is no answer.
_FAILURES = {1: "malformedRequest", 2: "internalError", 3: "tryLater", 5: "sigRequired", 6: "unauthorized"}

_DIGESTS = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, repr=False)
class OcspAnswer:
    """One signed answer, equal to another if the octets are. Nothing about it is confirmed."""

    der: bytes
    signed: BasicResponse = field(compare=False)
    data: ResponseData = field(compare=False)

    @classmethod
    def parse(cls, der: bytes) -> OcspAnswer:
        """Decode exactly one OCSPResponse; raises `EvidenceUndecodable`, also for one that is only an error."""
        try:
            response = decode_der(OcspResponse, der)
            code = int.from_bytes(response.status.data, "big")
            if code or response.bytes is None or response.bytes.type.dotted_string != _BASIC:
                raise NotDer(_FAILURES.get(code, "responseType"))
            signed = decode_der(BasicResponse, response.bytes.response)
            data = signed.tbs.parse(ResponseData)
        except ValueError as error:
            raise EvidenceUndecodable(str(error)[:200]) from None
        return cls(bytes(der), signed, data)

    @cached_property
    def produced_at(self) -> datetime:
        """When the responder signed, UTC."""
        return self.data.produced_at.as_datetime().astimezone(UTC)

    @cached_property
    def until(self) -> datetime:
        """When the first of what it says runs out, UTC; at once where it says nothing."""
        return min((_days(each)[1] for each in self.data.responses), default=self.produced_at)

    @cached_property
    def algorithm(self) -> SignatureAlgorithm | None:
        """How it is signed; None for what cannot be checked here."""
        return identified(self.signed.algorithm)

    @cached_property
    def certificates(self) -> tuple[Certificate, ...]:
        """The certificates that came along, those that can be decoded."""
        found = []
        for value in self.signed.certificates or ():
            try:
                found.append(Certificate.parse(whole(value)))
            except CertificateUndecodable:
                continue
        return tuple(found)

    @cached_property
    def not_understood(self) -> str:
        """A critical extension of the whole answer; empty where there is none."""
        return next((e.id.dotted_string for e in self.data.extensions or () if e.critical), "")

    def is_from(self, responder: Certificate) -> bool:
        """Whether the answer names this certificate as its responder."""
        # ResponderID ::= CHOICE { byName [1] Name, byKey [2] KeyHash }     -- SHA-1 of the key's octets
        try:
            (value,) = children(self.data.responder.data)
            if self.data.responder.tag_bytes == b"\xa1":
                return DistinguishedName(name_of(value)).normal == responder.subject_dn.normal
            return bytes(value.data) == hashlib.sha1(responder.key_bits, usedforsecurity=False).digest()
        except ValueError:
            return False

    def about(self, certificate: Certificate, issuer: Certificate) -> Iterator[SingleResponse]:
        """What is said about this certificate of this issuer: serial number, name and key must all fit."""
        return (each for each in self.data.responses if _names(each, certificate, issuer))


_GOOD = b"\x80"


def status(
    certificate: Certificate,
    issuer: Certificate,
    answers: Iterable[OcspAnswer],
    time: datetime,
    authentic: Callable[[OcspAnswer, bool], bool],
) -> Status:
    """What the answers say about one certificate at `time`.

    Args:
        certificate: the one in question.
        issuer: whose key signed it.
        answers: of any responders, about anything.
        time: the time that counts. An answer made later tells more, not less, while the certificate runs.
        authentic: whether somebody entitled signed an answer; told whether it is to vouch for the certificate.
    """
    why: Reason | None = None
    name, issuer_name = certificate.name, certificate.issuer_name
    for answer in sorted(answers, key=lambda each: each.produced_at, reverse=True):
        for single in answer.about(certificate, issuer):
            unknown = answer.not_understood or _critical(single)
            if unknown:
                why = why or EvidenceNotUnderstood(name, unknown)
                continue
            if not authentic(answer, single.status.tag_bytes == _GOOD):
                why = why or EvidenceUnsigned(name, issuer_name)
                continue
            try:
                said = _said(single)
            except (ValueError, IndexError):
                why = why or EvidenceNotUnderstood(name, "CertStatus")
                continue
            made, good_until = _days(single)
            current = time <= good_until
            if isinstance(said, Revoked):
                if current or said.reason != HOLD:
                    return said
            elif said is None:
                why = why or RevocationAnswerUnknown(name, issuer_name)
                continue
            elif current and made <= certificate.not_after:
                return Good(good_until)
            why = why or EvidenceStale(name, issuer_name, good_until, time)
    return NotChecked(why or RevocationEvidenceMissing(name, issuer_name))


def _names(single: SingleResponse, certificate: Certificate, issuer: Certificate) -> bool:
    wanted = single.id
    try:
        digest = _DIGESTS.get(oid_of(wanted.algorithm[0]))
    except (ValueError, IndexError):
        return False
    return (
        digest is not None
        and wanted.serial == certificate.tbs.serial
        and certificate.issuer_dn.normal == issuer.subject_dn.normal
        and wanted.name_hash == _hash(digest, issuer.subject_der)
        and wanted.key_hash == _hash(digest, issuer.key_bits)
    )


def _hash(digest: str, octets: bytes) -> bytes:
    return hashlib.new(digest, octets, usedforsecurity=False).digest()


def _critical(single: SingleResponse) -> str:
    return next((each.id.dotted_string for each in single.extensions or () if each.critical), "")


def _said(single: SingleResponse) -> Revoked | bool | None:
    """Withdrawn; True for good; None where the responder does not know the certificate."""
    # CertStatus ::= CHOICE { good [0] NULL, revoked [1] RevokedInfo, unknown [2] UnknownInfo }
    if single.status.tag_bytes == _GOOD:
        return True
    if single.status.tag_bytes != b"\xa1":
        return None
    return _revoked(children(single.status.data))


def _revoked(fields: list[TLV]) -> Revoked:
    # RevokedInfo ::= SEQUENCE { revocationTime GeneralizedTime, revocationReason [0] EXPLICIT CRLReason OPTIONAL }
    at = decode_der(GeneralizedTime, whole(fields[0])).as_datetime().astimezone(UTC)
    reason = bytes(children(fields[1].data)[0].data) if len(fields) > 1 else b"\0"
    return Revoked(at, REASONS.get(int.from_bytes(reason, "big"), "unspecified"))


def _days(single: SingleResponse) -> tuple[datetime, datetime]:
    made = single.this_update.as_datetime().astimezone(UTC)
    following = single.next_update
    return made, until(made, following.as_datetime().astimezone(UTC) if following else None)
