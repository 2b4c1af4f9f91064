"""Certificate revocation lists (RFC 5280 §5), and what they say about one certificate (§6.3.3).

The letters are those of §6.3.3. Whether the signer of a list may speak (f, g, h) is decided by whoever calls.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import NamedTuple

from cryptography.hazmat.asn1 import GeneralizedTime, decode_der

from letterlock.errors import Reason
from letterlock.trust.algorithms import SignatureAlgorithm, identified
from letterlock.trust.certificate import Certificate
from letterlock.trust.distribution import (
    ALL_REASONS,
    DistributionPoint,
    IssuingPoint,
    PointName,
    comparable,
    directory,
    issuing_point,
)
from letterlock.trust.names import DistinguishedName, GeneralName, Normal
from letterlock.trust.reasons import (
    EvidenceNotUnderstood,
    EvidenceStale,
    EvidenceUndecodable,
    EvidenceUnsigned,
    RevocationEvidenceMissing,
    RevocationReasonsIncomplete,
)
from letterlock.trust.revocation_results import COMPROMISE, HOLD, REASONS, Good, NotChecked, Revoked, Status, until
from letterlock.trust.revocation_schema import TbsCertList
from letterlock.trust.schema import Extension, NotDer, SignedCertificate, items_of, oid_of, whole

_AUTHORITY_KEY_ID, _CRL_NUMBER, _DELTA, _ISSUING_POINT = "2.5.29.35", "2.5.29.20", "2.5.29.27", "2.5.29.28"
_REASON, _INVALIDITY_DATE, _CERTIFICATE_ISSUER = "2.5.29.21", "2.5.29.24", "2.5.29.29"
_UNDERSTOOD = {_AUTHORITY_KEY_ID, _CRL_NUMBER, _DELTA, _ISSUING_POINT}
_ENTRY_UNDERSTOOD = {_REASON, _INVALIDITY_DATE, _CERTIFICATE_ISSUER}


class _Entry(NamedTuple):
    """One line of a list. `since` is when the certificate stopped being good."""

    since: datetime
    reason: str


@dataclass(frozen=True, repr=False)
class Crl:
    """One list, equal to another if the octets are. Nothing about it is confirmed."""

    der: bytes
    signed: SignedCertificate = field(compare=False)
    tbs: TbsCertList = field(compare=False)

    @classmethod
    def parse(cls, der: bytes) -> Crl:
        """Decode exactly one list; raises `EvidenceUndecodable`."""
        try:
            signed = decode_der(SignedCertificate, der)
            tbs = signed.tbs.parse(TbsCertList)
            oid_of(signed.algorithm[0])
        except (ValueError, IndexError) as error:
            raise EvidenceUndecodable(str(error)[:200]) from None
        return cls(bytes(der), signed, tbs)

    @cached_property
    def issuer(self) -> DistinguishedName:
        """Who issues the list."""
        return DistinguishedName(self.tbs.issuer)

    @cached_property
    def this_update(self) -> datetime:
        """When it was made, UTC."""
        return self.tbs.this_update.as_datetime().astimezone(UTC)

    @cached_property
    def until(self) -> datetime:
        """When the next one is due, UTC."""
        following = self.tbs.next_update
        return until(self.this_update, following.as_datetime().astimezone(UTC) if following else None)

    @cached_property
    def algorithm(self) -> SignatureAlgorithm | None:
        """How it is signed; None for what cannot be checked here, or where the signed part says otherwise."""
        inner, outer = self.tbs.algorithm, self.signed.algorithm
        same = len(inner) == len(outer) and all(whole(a) == whole(b) for a, b in zip(inner, outer, strict=True))
        return identified(outer) if same else None

    @cached_property
    def number(self) -> int | None:
        """CRLNumber (§5.2.3)."""
        return self._integer(_CRL_NUMBER)

    @cached_property
    def base(self) -> int | None:
        """BaseCRLNumber (§5.2.4) of a delta; None for a complete list."""
        return self._integer(_DELTA)

    @cached_property
    def scope(self) -> IssuingPoint:
        """What it is for."""
        value = self._extensions.get(_ISSUING_POINT)
        return issuing_point(value) if value else IssuingPoint()

    @property
    def same_series(self) -> tuple[object, ...]:
        """What a delta and its complete list must have in common (c)."""
        values = self._extensions
        return self.issuer.normal, values.get(_ISSUING_POINT), values.get(_AUTHORITY_KEY_ID)

    @cached_property
    def not_understood(self) -> str:
        """The part for which the whole list must not be used (§5.2, §5.3); empty where all is well."""
        unknown = [
            *_unknown(self.tbs.extensions, _UNDERSTOOD),
            *(oid for entry in self.tbs.revoked or () for oid in _unknown(entry.extensions, _ENTRY_UNDERSTOOD)),
        ]
        if unknown:
            return unknown[0]
        try:
            _ = self.scope
        except ValueError:
            return "issuingDistributionPoint"
        try:
            _ = self.number, self.base, self.entries
        except NotDer as error:
            return str(error)[:100]
        except ValueError:
            return "tbsCertList"
        return ""

    @cached_property
    def entries(self) -> dict[tuple[Normal, int], _Entry]:
        """The lines, by the certificate's issuer and serial number; raises `NotDer`."""
        found = {}
        # §5.3.3: without a certificateIssuer, an entry has the one of the entry before it; the first, the list's.
        issuer = self.issuer.normal
        for entry in self.tbs.revoked or ():
            values = {each.id.dotted_string: each.value for each in entry.extensions or ()}
            if _CERTIFICATE_ISSUER in values:
                names = comparable(GeneralName.parse(each) for each in items_of(values[_CERTIFICATE_ISSUER]))
                issuer = next((value for form, value in names if form == "directory"), ())
            since = entry.date.as_datetime().astimezone(UTC)
            found[issuer, entry.serial] = _line(since, values)
        return found

    @cached_property
    def _extensions(self) -> dict[str, bytes]:
        return {each.id.dotted_string: each.value for each in self.tbs.extensions or ()}

    def _integer(self, oid: str) -> int | None:
        value = self._extensions.get(oid)
        return None if value is None else decode_der(int, value)


def status(certificate: Certificate, crls: Iterable[Crl], time: datetime, authentic: Callable[[Crl], bool]) -> Status:
    """What the lists say about one certificate at `time`.

    Args:
        certificate: the one in question.
        crls: lists of any issuers.
        time: the time that counts. A list that was made later tells more, not less, while the certificate runs.
        authentic: whether somebody entitled signed a list (f, g).
    """
    return _Processing(certificate, tuple(crls), time, authentic).run()


class _Processing:
    """The state variables of §6.3.2 for one certificate."""

    def __init__(
        self, certificate: Certificate, crls: tuple[Crl, ...], time: datetime, authentic: Callable[[Crl], bool]
    ) -> None:
        self._certificate = certificate
        self._crls = sorted(crls, key=lambda crl: crl.this_update, reverse=True)
        self._time = time
        self._authentic = authentic
        self._covered: frozenset[str] = frozenset()
        self._until: datetime | None = None
        self._whys: list[Reason] = []

    def run(self) -> Status:
        own = DistributionPoint(
            PointName(frozenset({directory(self._certificate.issuer_dn.normal)}), ()), ALL_REASONS, frozenset()
        )
        for point in (*self._certificate.extensions.distribution_points, own):
            for crl in self._crls:
                reasons = crl_reasons(self._certificate, point, crl)
                if reasons is None or reasons <= self._covered:  # (b) (d) (e)
                    continue
                revoked = self._read(crl, reasons)
                if revoked:
                    return revoked
        if self._covered >= ALL_REASONS and self._until:
            return Good(self._until)
        name = self._certificate.name
        if self._whys:
            return NotChecked(self._whys[0])
        if self._covered:
            return NotChecked(RevocationReasonsIncomplete(name, tuple(sorted(ALL_REASONS - self._covered))))
        return NotChecked(RevocationEvidenceMissing(name, self._certificate.issuer_name))

    def _read(self, crl: Crl, reasons: frozenset[str]) -> Revoked | None:
        name, issuer = self._certificate.name, self._certificate.issuer_name
        if crl.not_understood:
            self._whys.append(EvidenceNotUnderstood(name, crl.not_understood))
            return None
        if not self._authentic(crl):  # (f) (g)
            self._whys.append(EvidenceUnsigned(name, issuer))
            return None
        delta = self._delta(crl)
        key = (self._certificate.issuer_dn.normal, self._certificate.tbs.serial)
        entry = delta.entries.get(key) if delta else None  # (i)
        entry = entry or crl.entries.get(key)  # (j)
        current = self._time <= crl.until
        if entry and entry.reason != "removeFromCRL" and (current or entry.reason != HOLD):  # (k)
            # What was withdrawn for good stays so, however old the list is.
            return Revoked(entry.since, entry.reason)
        if not current:
            self._whys.append(EvidenceStale(name, issuer, crl.until, self._time))
        elif crl.this_update > self._certificate.not_after:
            # Authorities drop certificates that have run out from their lists: silence says nothing any more.
            self._whys.append(RevocationEvidenceMissing(name, issuer))
        else:
            self._covered |= reasons  # (l)
            self._until = min(self._until or crl.until, crl.until)
        return None

    def _delta(self, crl: Crl) -> Crl | None:
        """The newest delta that continues this complete list (c, h)."""
        if crl.number is None:
            return None
        for delta in self._crls:
            if (
                not delta.not_understood
                and delta.base is not None
                and delta.number is not None
                and delta.same_series == crl.same_series
                and delta.base <= crl.number < delta.number
                and self._time <= delta.until
                and self._authentic(delta)
            ):
                return delta
        return None


def crl_reasons(certificate: Certificate, point: DistributionPoint, crl: Crl) -> frozenset[str] | None:
    """The reasons a complete list covers for this certificate at this point (b, d); None: not responsible."""
    issuer = crl.issuer.normal
    try:
        scope = crl.scope
        if crl.base is not None:
            return None
    except ValueError:
        # A scope that cannot be read: let it be found out, so that a person hears of it.
        return ALL_REASONS if issuer == certificate.issuer_dn.normal else None
    if point.issuers:  # (b 1)
        if directory(issuer) not in point.issuers or not scope.indirect:
            return None
    elif issuer != certificate.issuer_dn.normal:
        return None
    if scope.name:  # (b 2 i)
        issuers = point.directory_issuers or (certificate.issuer_dn.normal,)
        named = point.name.names(issuers) if point.name else point.issuers
        if not named & scope.name.names((issuer,)):
            return None
    constraints = certificate.basic_constraints
    authority = bool(constraints and constraints.ca)
    if (scope.only_users and authority) or (scope.only_authorities and not authority):  # (b 2 ii, iii)
        return None
    return None if scope.only_attributes else scope.reasons & point.reasons  # (b 2 iv) (d)


def _unknown(extensions: list[Extension] | None, understood: set[str]) -> Iterator[str]:
    return (
        each.id.dotted_string for each in extensions or () if each.critical and each.id.dotted_string not in understood
    )


def _line(since: datetime, values: dict[str, bytes]) -> _Entry:
    reason = "unspecified"
    if _REASON in values:
        octets = values[_REASON]
        if len(octets) != 3 or octets[:2] != b"\x0a\x01" or octets[2] not in REASONS:
            raise NotDer("reasonCode")
        reason = REASONS[octets[2]]
    if reason in COMPROMISE and _INVALIDITY_DATE in values:
        since = min(since, decode_der(GeneralizedTime, values[_INVALIDITY_DATE]).as_datetime().astimezone(UTC))
    return _Entry(since, reason)
