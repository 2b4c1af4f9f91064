"""The extensions a path or the mail profile looks at (RFC 5280 §4.2.1), decoded once for a certificate.

A value that cannot be decoded does not raise: its name is in `malformed`, and whoever decides about the certificate
refuses it for that (`CertificateMalformed`). So a certificate with a broken corner can still be shown to a person.
Subject and authority key identifiers are hints for the search and never decide; a broken one is as good as none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.asn1 import TLV, BitString, decode_der

from letterlock import limits
from letterlock.trust.distribution import DistributionPoint, distribution_points
from letterlock.trust.names import GeneralName
from letterlock.trust.schema import (
    BasicConstraintsValue,
    Extension,
    NotDer,
    PolicyConstraintsValue,
    children,
    items_of,
    oid_of,
    whole,
)

ANY_POLICY = "2.5.29.32.0"
ANY_PURPOSE = "2.5.29.37.0"

# KeyUsage ::= BIT STRING { digitalSignature (0), nonRepudiation (1), … decipherOnly (8) }
USAGES = (
    "digitalSignature",
    "nonRepudiation",
    "keyEncipherment",
    "dataEncipherment",
    "keyAgreement",
    "keyCertSign",
    "cRLSign",
    "encipherOnly",
    "decipherOnly",
)


class BasicConstraints(NamedTuple):
    """§4.2.1.9."""

    ca: bool
    path_length: int | None


class Subtree(NamedTuple):
    """One GeneralSubtree. A minimum or maximum, which RFC 5280 forbids, makes it `unusable`."""

    base: GeneralName
    unusable: bool


class NameConstraints(NamedTuple):
    """§4.2.1.10."""

    permitted: tuple[Subtree, ...]
    excluded: tuple[Subtree, ...]


class PolicyConstraints(NamedTuple):
    """§4.2.1.11."""

    require_explicit: int | None
    inhibit_mapping: int | None


class Extensions:
    """All of them. None means that the certificate does not have the extension.

    A plain class: making a frozen dataclass of this many fields costs a millisecond of every start.
    """

    basic_constraints: BasicConstraints | None = None
    key_usage: frozenset[str] | None = None
    purposes: tuple[str, ...] | None = None
    alternative_names: tuple[GeneralName, ...] = ()
    name_constraints: NameConstraints | None = None
    policies: tuple[str, ...] | None = None
    policy_mappings: tuple[tuple[str, str], ...] = ()
    policy_constraints: PolicyConstraints | None = None
    inhibit_any_policy: int | None = None
    distribution_points: tuple[DistributionPoint, ...] = ()
    information_access: tuple[tuple[str, str], ...] = ()
    no_revocation_check: bool = False
    subject_key_id: bytes | None = None
    authority_key_id: bytes | None = None
    unknown_critical: tuple[str, ...] = ()
    malformed: tuple[str, ...] = ()

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.__dict__.update(values)


def decode(extensions: Iterable[Extension]) -> Extensions:
    """Decode all extensions of one certificate; never raises."""
    values: dict[str, Any] = {}
    malformed: list[str] = []
    unknown: list[str] = []
    seen: set[str] = set()
    for extension in extensions:
        oid = extension.id.dotted_string
        if oid in seen:
            # §4.2: "A certificate MUST NOT include more than one instance of a particular extension." Readers
            # disagree on which one counts, and that is where forged constraints hide.
            malformed.append(_KNOWN[oid][0] if oid in _KNOWN else oid)
            continue
        seen.add(oid)
        if oid in _KNOWN:
            field, decoder = _KNOWN[oid]
            try:
                values[field] = decoder(extension.value)
            except (ValueError, IndexError):
                if oid not in _HINTS:
                    malformed.append(field)
        elif extension.critical:
            unknown.append(oid)
    return Extensions(values | {"unknown_critical": tuple(unknown), "malformed": tuple(malformed)})


def _few(items: list[TLV]) -> list[TLV]:
    """The items, unless there are more than anybody honest puts into a certificate."""
    if len(items) > limits.CERTIFICATE_POLICIES:
        raise NotDer(f"> {limits.CERTIFICATE_POLICIES}")
    return items


def _basic_constraints(value: bytes) -> BasicConstraints:
    parsed = decode_der(BasicConstraintsValue, value)
    if parsed.path_length is not None and parsed.path_length < 0:
        raise NotDer("pathLenConstraint")
    return BasicConstraints(bool(parsed.ca), parsed.path_length)


def _key_usage(value: bytes) -> frozenset[str]:
    octets = decode_der(BitString, value).as_bytes()
    return frozenset(
        usage for bit, usage in enumerate(USAGES) if bit // 8 < len(octets) and octets[bit // 8] & (0x80 >> bit % 8)
    )


def _oids(value: bytes) -> tuple[str, ...]:
    # ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId
    found = tuple(oid_of(item) for item in _few(items_of(value)))
    if not found:
        raise NotDer("empty")
    return found


def _general_names(value: bytes) -> tuple[GeneralName, ...]:
    # GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName
    return tuple(GeneralName.parse(item) for item in items_of(value))


def _name_constraints(value: bytes) -> NameConstraints:
    # NameConstraints ::= SEQUENCE {
    #      permittedSubtrees       [0]     GeneralSubtrees OPTIONAL,
    #      excludedSubtrees        [1]     GeneralSubtrees OPTIONAL }
    found: dict[bytes, tuple[Subtree, ...]] = {}
    for item in items_of(value):
        if item.tag_bytes not in (b"\xa0", b"\xa1") or item.tag_bytes in found:
            raise NotDer("NameConstraints")
        found[item.tag_bytes] = tuple(_subtree(whole(subtree)) for subtree in children(item.data))
    return NameConstraints(found.get(b"\xa0", ()), found.get(b"\xa1", ()))


def _subtree(value: bytes) -> Subtree:
    # GeneralSubtree ::= SEQUENCE {
    #      base                    GeneralName,
    #      minimum         [0]     BaseDistance DEFAULT 0,
    #      maximum         [1]     BaseDistance OPTIONAL }
    base, *distances = items_of(value)
    minimum_zero = all(item.tag_bytes == b"\x80" and bytes(item.data) == b"\0" for item in distances)
    return Subtree(GeneralName.parse(base), unusable=not minimum_zero)


def _policies(value: bytes) -> tuple[str, ...]:
    # certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
    # PolicyInformation ::= SEQUENCE { policyIdentifier CertPolicyId, policyQualifiers SEQUENCE … OPTIONAL }
    found = tuple(oid_of(items_of(whole(item))[0]) for item in _few(items_of(value)))
    if not found or len(set(found)) != len(found):
        raise NotDer("certificatePolicies")
    return found


def _policy_mappings(value: bytes) -> tuple[tuple[str, str], ...]:
    # PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
    #      issuerDomainPolicy      CertPolicyId,
    #      subjectDomainPolicy     CertPolicyId }
    found = []
    for item in _few(items_of(value)):
        issuer, subject = items_of(whole(item))
        found.append((oid_of(issuer), oid_of(subject)))
    return tuple(found)


def _policy_constraints(value: bytes) -> PolicyConstraints:
    parsed = decode_der(PolicyConstraintsValue, value)
    if (parsed.require_explicit or 0) < 0 or (parsed.inhibit_mapping or 0) < 0:
        raise NotDer("SkipCerts")
    return PolicyConstraints(parsed.require_explicit, parsed.inhibit_mapping)


def _skip_certs(value: bytes) -> int:
    skip = decode_der(int, value)
    if skip < 0:
        raise NotDer("SkipCerts")
    return skip


def _key_id(value: bytes) -> bytes:
    return decode_der(bytes, value)


def _authority_key_id(value: bytes) -> bytes | None:
    # AuthorityKeyIdentifier ::= SEQUENCE { keyIdentifier [0] KeyIdentifier OPTIONAL, … }
    for item in items_of(value):
        if item.tag_bytes == b"\x80":
            return bytes(item.data)
    return None


def _information_access(value: bytes) -> tuple[tuple[str, str], ...]:
    # AuthorityInfoAccessSyntax ::= SEQUENCE SIZE (1..MAX) OF AccessDescription
    # AccessDescription ::= SEQUENCE { accessMethod OBJECT IDENTIFIER, accessLocation GeneralName }
    found = []
    for item in _few(items_of(value)):
        method, location = children(item.data)
        name = GeneralName.parse(location)
        if name.form == "uri" and isinstance(name.value, str):
            found.append((oid_of(method), name.value))
    return tuple(found)


def _no_check(value: bytes) -> bool:
    # id-pkix-ocsp-nocheck (RFC 6960 §4.2.2.2.1); its value is NULL and says nothing more.
    return True


_KNOWN: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "2.5.29.14": ("subject_key_id", _key_id),
    "2.5.29.15": ("key_usage", _key_usage),
    "2.5.29.17": ("alternative_names", _general_names),
    "2.5.29.19": ("basic_constraints", _basic_constraints),
    "2.5.29.30": ("name_constraints", _name_constraints),
    # Where revocation is published. It restricts nothing that a path decides on.
    "2.5.29.31": ("distribution_points", distribution_points),
    "2.5.29.32": ("policies", _policies),
    "2.5.29.33": ("policy_mappings", _policy_mappings),
    "2.5.29.35": ("authority_key_id", _authority_key_id),
    "2.5.29.36": ("policy_constraints", _policy_constraints),
    "2.5.29.37": ("purposes", _oids),
    "2.5.29.54": ("inhibit_any_policy", _skip_certs),
    # Where responders and issuers are; as with the lists, nothing is decided by it.
    "1.3.6.1.5.5.7.1.1": ("information_access", _information_access),
    "1.3.6.1.5.5.7.48.1.5": ("no_revocation_check", _no_check),
}

_HINTS = frozenset({"2.5.29.14", "2.5.29.31", "2.5.29.35", "1.3.6.1.5.5.7.1.1"})
