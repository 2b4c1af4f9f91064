"""Where a revocation list is published and what it covers: the two extensions that must fit together.

The certificate says in cRLDistributionPoints (RFC 5280 §4.2.1.13) which list is responsible, the list says in its
issuingDistributionPoint (§5.2.5) which certificates it is for. Names are brought into a form that can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from cryptography.hazmat.asn1 import TLV, decode_der

from letterlock.trust.names import DistinguishedName, GeneralName, Normal
from letterlock.trust.schema import NotDer, children, constructed, items_of, name_of

# ReasonFlags ::= BIT STRING { unused (0), keyCompromise (1), … aACompromise (8) }
REASON_FLAGS = (
    "unused",
    "keyCompromise",
    "cACompromise",
    "affiliationChanged",
    "superseded",
    "cessationOfOperation",
    "certificateHold",
    "privilegeWithdrawn",
    "aACompromise",
)
ALL_REASONS = frozenset(REASON_FLAGS[1:])

Comparable = tuple[str, Any]
"""A general name as (form, value): directory names in normal form, everything else as it stands."""


class PointName(NamedTuple):
    """DistributionPointName: full names, or one relative name below the list's issuer."""

    full: frozenset[Comparable]
    relative: Normal

    def names(self, issuers: Iterable[Normal]) -> frozenset[Comparable]:
        """The full names, given who issues the list."""
        if not self.relative:
            return self.full
        return frozenset(("directory", (*issuer, *self.relative)) for issuer in issuers)


class DistributionPoint(NamedTuple):
    """One place that a certificate names. `reasons` are those the list there covers."""

    name: PointName | None
    reasons: frozenset[str]
    issuers: frozenset[Comparable]
    """Who issues the list there, where that is not the certificate's own issuer."""

    @property
    def directory_issuers(self) -> tuple[Normal, ...]:
        """The directory names among `issuers`."""
        return tuple(value for form, value in self.issuers if form == "directory")


class IssuingPoint(NamedTuple):
    """What a list says it is for; the defaults are a list without the extension: everything of its issuer."""

    name: PointName | None = None
    only_users: bool = False
    only_authorities: bool = False
    only_attributes: bool = False
    indirect: bool = False
    reasons: frozenset[str] = ALL_REASONS


def directory(name: Normal) -> Comparable:
    """A directory name among others."""
    return "directory", name


def distribution_points(value: bytes) -> tuple[DistributionPoint, ...]:
    """The value of cRLDistributionPoints; raises `NotDer`."""
    # CRLDistributionPoints ::= SEQUENCE SIZE (1..MAX) OF DistributionPoint
    # DistributionPoint ::= SEQUENCE {
    #      distributionPoint       [0]     DistributionPointName OPTIONAL,
    #      reasons                 [1]     ReasonFlags OPTIONAL,
    #      cRLIssuer               [2]     GeneralNames OPTIONAL }
    found = []
    for item in items_of(value):
        fields = _fields(children(item.data))
        found.append(
            DistributionPoint(
                _point_name(fields.get(0)),
                _flags(fields[1]) if 1 in fields else ALL_REASONS,
                _names(fields[2]) if 2 in fields else frozenset(),
            )
        )
    return tuple(found)


def issuing_point(value: bytes) -> IssuingPoint:
    """The value of issuingDistributionPoint; raises `NotDer`."""
    # IssuingDistributionPoint ::= SEQUENCE {
    #      distributionPoint          [0] DistributionPointName OPTIONAL,
    #      onlyContainsUserCerts      [1] BOOLEAN DEFAULT FALSE,
    #      onlyContainsCACerts        [2] BOOLEAN DEFAULT FALSE,
    #      onlySomeReasons            [3] ReasonFlags OPTIONAL,
    #      indirectCRL                [4] BOOLEAN DEFAULT FALSE,
    #      onlyContainsAttributeCerts [5] BOOLEAN DEFAULT FALSE }
    fields = _fields(items_of(value))
    return IssuingPoint(
        _point_name(fields.get(0)),
        only_users=_true(fields.get(1)),
        only_authorities=_true(fields.get(2)),
        only_attributes=_true(fields.get(5)),
        indirect=_true(fields.get(4)),
        reasons=_flags(fields[3]) if 3 in fields else ALL_REASONS,
    )


def comparable(names: Iterable[GeneralName]) -> frozenset[Comparable]:
    """General names in the form in which they are compared; what cannot be read equals nothing."""
    return frozenset(
        (name.form, name.value.normal if isinstance(name.value, DistinguishedName) else name.value)
        for name in names
        if name.value is not None
    )


def _fields(items: list[TLV]) -> dict[int, TLV]:
    """Context-tagged fields by their number."""
    found: dict[int, TLV] = {}
    for item in items:
        tag = item.tag_bytes[0]
        if len(item.tag_bytes) != 1 or tag & 0xC0 != 0x80 or tag & 0x1F in found:
            raise NotDer("distribution point")
        found[tag & 0x1F] = item
    return found


def _point_name(field: TLV | None) -> PointName | None:
    # DistributionPointName ::= CHOICE {
    #      fullName                [0]     GeneralNames,
    #      nameRelativeToCRLIssuer [1]     RelativeDistinguishedName }
    if field is None:
        return None
    (choice,) = children(field.data)
    if choice.tag_bytes == b"\xa0":
        return PointName(_names(choice), ())
    if choice.tag_bytes != b"\xa1":
        raise NotDer("DistributionPointName")
    name = constructed(0x30, constructed(0x31, bytes(choice.data)))
    return PointName(frozenset(), DistinguishedName(name_of(decode_der(TLV, name))).normal)


def _names(field: TLV) -> frozenset[Comparable]:
    return comparable(GeneralName.parse(item) for item in children(field.data))


def _flags(field: TLV) -> frozenset[str]:
    octets = bytes(field.data)[1:]
    return frozenset(
        flag
        for bit, flag in enumerate(REASON_FLAGS)
        if bit and bit // 8 < len(octets) and octets[bit // 8] & (0x80 >> bit % 8)
    )


def _true(field: TLV | None) -> bool:
    return field is not None and bytes(field.data) != b"\0"
