"""Name constraints (RFC 5280 §4.2.1.10, §6.1.3 b c, RFC 9598 §6): which names an authority may certify.

Every authority's constraints are kept apart and all must be satisfied. That is the intersection of permitted and
the union of excluded subtrees that RFC 5280 computes, and it lets the reason say who forbids a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from letterlock.errors import Reason
from letterlock.trust.addresses import domain_key, folded, split_address
from letterlock.trust.certificate import Certificate
from letterlock.trust.extensions import NameConstraints, Subtree
from letterlock.trust.names import DistinguishedName, Form, GeneralName
from letterlock.trust.reasons import NameConstraintUnsupported, NameExcluded, NameNotPermitted


class Constraint(NamedTuple):
    """One authority's constraints."""

    issuer: str
    names: NameConstraints


def check_names(
    certificate: Certificate, constraints: Sequence[Constraint], spend: Callable[[int], None]
) -> Iterator[Reason]:
    """Why the certificate's names are not allowed; nothing if they are.

    `spend` is called with the number of comparisons before they are made, and raises when a search has used up
    its share: names times constraints is a product that a mail can make as large as it likes. Long names count as
    several.
    """
    if not constraints:
        return
    names = tuple(_names(certificate))
    weight = sum(map(_weight, names))
    for constraint in constraints:
        subtrees = constraint.names.permitted + constraint.names.excluded
        spend(weight * sum(_weight(subtree.base) for subtree in subtrees))
        for name in names:
            reason = _violation(certificate, name, constraint)
            if reason:
                yield reason


def _weight(name: GeneralName) -> int:
    if isinstance(name.value, DistinguishedName):
        return 1 + len(name.value)
    return 1 + len(name.value or "") // 64


def _names(certificate: Certificate) -> Iterator[GeneralName]:
    # §6.1.3 (b): the subject, unless it is empty, and the alternative names.
    if certificate.tbs.subject:
        yield GeneralName("directory", certificate.subject_dn)
    named = certificate.extensions.alternative_names
    yield from named
    # NOTE: §4.2.1.10 wants emailAddress of the subject checked only where there is no alternative name. We read it
    # as an address of the signer in any case, so it is checked in any case
    # (test_trust_constraints: an address in the subject is constrained although there is an alternative name).
    known = {entry.value for entry in named if entry.form == "address"}
    for address in certificate.addresses:
        if address not in known:
            yield GeneralName("address", address)


def _violation(certificate: Certificate, name: GeneralName, constraint: Constraint) -> Reason | None:
    excluded = [subtree for subtree in constraint.names.excluded if subtree.base.form == name.form]
    permitted = [subtree for subtree in constraint.names.permitted if subtree.base.form == name.form]
    if not excluded and not permitted:
        return None
    matches = _MATCHERS.get(name.form)
    if matches is None or any(_unusable(subtree) for subtree in excluded + permitted):
        # §4.2.1.10: "MUST either process the constraint or reject the certificate".
        return NameConstraintUnsupported(certificate.name, name.form, constraint.issuer)
    if name.value is None:
        return NameNotPermitted(certificate.name, str(name), constraint.issuer)
    if any(matches(subtree.base.value, name.value) for subtree in excluded):
        return NameExcluded(certificate.name, str(name), constraint.issuer)
    if permitted and not any(matches(subtree.base.value, name.value) for subtree in permitted):
        return NameNotPermitted(certificate.name, str(name), constraint.issuer)
    if name.form == "uri" and _host(name.value) is None:
        # §4.2.1.10: a URI without a host name cannot satisfy a constraint, also not an excluding one.
        return NameNotPermitted(certificate.name, str(name), constraint.issuer)
    return None


def _unusable(subtree: Subtree) -> bool:
    value = subtree.base.value
    if subtree.base.form == "address" and isinstance(value, str):
        # "@example.com" or "root@" is none of the three forms. Excluding nothing would be the attacker's reading.
        return subtree.unusable or ("@" in value and not all(split_address(value)))
    if subtree.base.form == "ip" and isinstance(value, bytes):
        return subtree.unusable or len(value) not in (8, 32)
    return subtree.unusable or value is None


def _address_matches(constraint: object, name: object) -> bool:
    # "A particular mailbox: root@example.com. All mailboxes of a host: example.com. Any address of a domain,
    # but not of the host of that name: .example.com."
    if not isinstance(constraint, str) or not isinstance(name, str):
        return False
    local, domain = split_address(name)
    if "@" in constraint:
        wanted_local, wanted_domain = split_address(constraint)
        domain = domain.rstrip(".")
        # Folded, because `names_address` folds: an excluded "root@" must not be reached as "Root@".
        return (folded(local), domain_key(domain)) == (folded(wanted_local), domain_key(wanted_domain))
    return _host_matches(constraint, domain)


def _host_matches(constraint: str, host: str) -> bool:
    wanted, actual = domain_key(constraint), domain_key(host.rstrip("."))
    if not wanted:
        return True
    return actual.endswith(wanted) and actual != wanted if wanted.startswith(".") else actual == wanted


def _dns_matches(constraint: object, name: object) -> bool:
    # "Any DNS name that can be constructed by simply adding zero or more labels to the left-hand side." A leading
    # dot, which RFC 5280 does not foresee here, means at least one label, as everywhere.
    if not isinstance(constraint, str) or not isinstance(name, str):
        return False
    wanted, actual = domain_key(constraint), domain_key(name.rstrip("."))
    if not wanted or actual == wanted:
        return True
    return actual.endswith(wanted if wanted.startswith(".") else f".{wanted}")


def _uri_matches(constraint: object, name: object) -> bool:
    if not isinstance(constraint, str):
        return False
    host = _host(name)
    return host is not None and _host_matches(constraint, host)


def _host(uri: object) -> str | None:
    try:
        host = urlsplit(str(uri)).hostname
    except ValueError:
        return None
    if not host or ":" in host or host.replace(".", "").isdigit():
        return None
    return host.rstrip(".")


def _ip_matches(constraint: object, name: object) -> bool:
    # "In CIDR style": address and mask, 8 octets for IPv4 and 32 for IPv6.
    if not isinstance(constraint, bytes) or not isinstance(name, bytes) or len(constraint) != 2 * len(name):
        return False
    address, mask = constraint[: len(name)], constraint[len(name) :]
    return all((a ^ b) & m == 0 for a, b, m in zip(address, name, mask, strict=True))


def _directory_matches(constraint: object, name: object) -> bool:
    # §7.1: the name lies in the subtree if the constraint's relative names are its first ones.
    if not isinstance(constraint, DistinguishedName) or not isinstance(name, DistinguishedName):
        return False
    wanted = constraint.normal
    return name.normal[: len(wanted)] == wanted


_MATCHERS: dict[Form, Callable[[object, object], bool]] = {
    "address": _address_matches,
    "dns": _dns_matches,
    "uri": _uri_matches,
    "ip": _ip_matches,
    "directory": _directory_matches,
}
