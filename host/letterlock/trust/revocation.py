"""What is known about the withdrawal of a certificate: the results, and the evidence they are drawn from.

Evidence is an argument: lists (RFC 5280 §5) and OCSP answers (RFC 6960) that somebody has fetched or that came with
the message. Nothing here fetches. Evidence is as hostile as the mail it came with; `revocation_check` decides
whether its signer may speak.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from letterlock.errors import Reason
from letterlock.trust.reasons import CertificateRevoked, CertificateRevokedLater, EvidenceUndecodable
from letterlock.trust.revocation_crl import Crl
from letterlock.trust.revocation_ocsp import OcspAnswer
from letterlock.trust.revocation_results import Good, NotChecked, Revoked, Status

__all__ = ["NOTHING_AT_HAND", "Evidence", "Good", "Mode", "NotChecked", "Revoked", "Status", "judged"]


class Mode(StrEnum):
    """How much the reader wants to know about withdrawal."""

    OFF = "off"
    """Nothing is looked at."""
    AT_HAND = "at-hand"
    """What is at hand counts; where nothing is, the verdict says so and stands."""
    CRL = "crl"
    """As `AT_HAND`; and lists are fetched, which all customers of an authority share."""
    OCSP = "ocsp"
    """As `CRL`; and where no list tells, the authority's responder is asked, who so learns whose mail is read."""
    STRICT = "strict"
    """As `OCSP`; and without a good word about every certificate of the path, the path is not believed."""


class Evidence:
    """Lists and answers at hand, by whom they come from."""

    def __init__(self, crls: Iterable[Crl] = (), answers: Iterable[OcspAnswer] = ()) -> None:
        self.crls = tuple(dict.fromkeys(crls))
        self.answers = tuple(dict.fromkeys(answers))

    @classmethod
    def of(cls, objects: Iterable[bytes]) -> Evidence:
        """Everything among these DER objects that is a list or an answer; what is neither proves nothing."""
        crls, answers = [], []
        for der in objects:
            try:
                crls.append(Crl.parse(der))
            except EvidenceUndecodable:
                try:
                    answers.append(OcspAnswer.parse(der))
                except EvidenceUndecodable:
                    continue
        return cls(crls, answers)

    def __bool__(self) -> bool:
        return bool(self.crls or self.answers)

    def __add__(self, other: Evidence) -> Evidence:
        if not other:
            return self
        return Evidence((*self.crls, *other.crls), (*self.answers, *other.answers)) if self else other

    @property
    def until(self) -> datetime | None:
        """When the first of it runs out; None where there is nothing."""
        return min([*(each.until for each in self.crls), *(each.until for each in self.answers)], default=None)


NOTHING_AT_HAND = Evidence()


def judged(status: Status, subject: str, issuer: str, time: datetime) -> Reason | None:
    """What a status means at the time that counts: the reason to tell, None for a good certificate."""
    match status:
        case Revoked(at, reason) if at <= time:
            return CertificateRevoked(subject, issuer, at, reason, time)
        case Revoked(at, reason):
            return CertificateRevokedLater(subject, issuer, at, reason, time)
        case NotChecked(why):
            return why
    return None
