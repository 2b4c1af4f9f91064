"""Policies that do not hold."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509

from letterlock.trust import reasons as why
from letterlock.trust.policies import InitialPolicies
from tests.trust.chains import (
    anchored,
    certificates,
    issue,
    person,
    raw,
    tlv,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


def policies(*oids: str) -> tuple[x509.ExtensionType, bool]:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]), False


ONE, TWO, ANY = "1.2.3.1", "1.2.3.2", "2.5.29.32.0"
REQUIRED = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True)


def mapping(*pairs: tuple[str, str]) -> tuple[x509.ExtensionType, bool]:
    value = b"".join(tlv(0x30, _oid(issuer) + _oid(subject)) for issuer, subject in pairs)
    return raw("2.5.29.33", tlv(0x30, value), critical=True)


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, bytes((first * 40 + second, *rest)))


@case
def policy_required_and_absent(folder: Path) -> Wrong:
    """The authority requires a policy, and the person's certificate has none."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED])
    return below(ca, person("Anna", ca, extensions=flaw([], [policies(ONE)])), why.PolicyNotAcceptable("Anna"))


@case
def policy_required_and_another(folder: Path) -> Wrong:
    """The authority requires a policy and stands for another than the person's certificate."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED])
    return below(ca, person("Anna", ca, extensions=[policies(flaw(TWO, ONE))]), why.PolicyNotAcceptable("Anna"))


@case
def policy_not_the_readers(folder: Path) -> Wrong:
    """The reader accepts another policy than the one that holds."""
    ca = mail_ca(extensions=[policies(ONE)])
    wanted = InitialPolicies(acceptable=frozenset({flaw(TWO, ONE)}), explicit_policy=True)
    anna = person("Anna", ca, extensions=[policies(ONE)])
    return below(ca, anna, why.PolicyNotAcceptable("Anna"), policies=wanted)


@case
def any_policy_mapped(folder: Path) -> Wrong:
    """An authority equates its policy with any policy."""
    ca = mail_ca(extensions=[policies(ONE, ANY), mapping((ONE, flaw(ANY, TWO)))])
    return below(ca, person("Anna", ca, extensions=[policies(ONE)]), why.PolicyMappingOfAny("Mail CA"))


@case
def mapping_inhibited(folder: Path) -> Wrong:
    """An upper authority forbids the mapping that a lower one does."""
    no_mapping = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=flaw(0, 5)), True)
    upper = issue("Upper CA", issue("Root"), extensions=[policies(ONE), no_mapping])
    lower = issue("Lower CA", upper, extensions=[policies(ONE), mapping((ONE, TWO))])
    return Wrong(
        person("Anna", lower, extensions=[policies(TWO)]).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.PolicyNotAcceptable("Anna"),
    )


@case
def any_policy_inhibited(folder: Path) -> Wrong:
    """An upper authority forbids anyPolicy, and the person's certificate has nothing else."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED, (x509.InhibitAnyPolicy(flaw(0, 5)), True)])
    return below(ca, person("Anna", ca, extensions=[policies(ANY)]), why.PolicyNotAcceptable("Anna"))


@case
def policy_wanted_from_the_start(folder: Path) -> Wrong:
    """The reader wants a policy, any, and nobody in the path names one (§6.1.1 e)."""
    ca = mail_ca(extensions=flaw([], [policies(ONE)]))
    anna = person("Anna", ca, extensions=[policies(ONE)])
    return below(ca, anna, why.PolicyNotAcceptable("Anna"), policies=InitialPolicies(explicit_policy=True))


@case
def any_policy_inhibited_by_the_reader(folder: Path) -> Wrong:
    """The reader does not take anyPolicy for a policy (§6.1.1 g)."""
    ca = mail_ca(extensions=[policies(ANY)])
    wanted = InitialPolicies(explicit_policy=True, inhibit_any_policy=flaw(True, False))
    return below(ca, person("Anna", ca, extensions=[policies(ONE)]), why.PolicyNotAcceptable("Anna"), policies=wanted)


@case
def mapping_inhibited_by_the_reader(folder: Path) -> Wrong:
    """The reader does not follow mappings (§6.1.1 f)."""
    ca = mail_ca(extensions=[policies(ONE), mapping((ONE, TWO))])
    wanted = InitialPolicies(explicit_policy=True, inhibit_mapping=flaw(True, False))
    return below(ca, person("Anna", ca, extensions=[policies(TWO)]), why.PolicyNotAcceptable("Anna"), policies=wanted)


@case
def policy_required_by_the_person(folder: Path) -> Wrong:
    """The last certificate itself requires a policy, and has none (§6.1.5 b)."""
    ca = mail_ca(extensions=[policies(ONE)])
    anna = person("Anna", ca, extensions=[REQUIRED, *flaw([], [policies(ONE)])])
    return below(ca, anna, why.PolicyNotAcceptable("Anna"))


@case
def policy_lost_on_the_way(folder: Path) -> Wrong:
    """An authority in the middle names no policy, so none holds below it (§6.1.3 e)."""
    upper = issue("Upper CA", issue("Root"), extensions=[policies(ONE), REQUIRED])
    lower = issue("Lower CA", upper, extensions=flaw([], [policies(ONE)]))
    return Wrong(
        person("Anna", lower, extensions=[policies(ONE)]).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.PolicyNotAcceptable("Anna"),
    )


@case
def policy_required_two_further_down(folder: Path) -> Wrong:
    """The requirement begins one certificate later, which is the person's (§6.1.4 h, i)."""
    later = (x509.PolicyConstraints(require_explicit_policy=flaw(1, 3), inhibit_policy_mapping=None), True)
    upper = issue("Upper CA", issue("Root"), extensions=[later])
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.PolicyNotAcceptable("Anna"),
    )


@case
def policy_mapped_away(folder: Path) -> Wrong:
    """The authority equates its policy with another, so the person's old one no longer stands for it (§6.1.4 b)."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED, mapping((ONE, TWO))])
    return below(ca, person("Anna", ca, extensions=[policies(flaw(ONE, TWO))]), why.PolicyNotAcceptable("Anna"))


@case
def policy_mapped_from_any(folder: Path) -> Wrong:
    """anyPolicy is forbidden on the other side of a mapping as well (§6.1.4 a)."""
    ca = mail_ca(extensions=[policies(ONE, ANY), mapping((flaw(ANY, TWO), ONE))])
    return below(ca, person("Anna", ca, extensions=[policies(ONE)]), why.PolicyMappingOfAny("Mail CA"))


@case
def any_policy_inhibited_further_down(folder: Path) -> Wrong:
    """anyPolicy may stand in one more certificate, and the person's is the second (§6.1.4 h, j)."""
    upper = issue(
        "Upper CA", issue("Root"), extensions=[policies(ONE), REQUIRED, (x509.InhibitAnyPolicy(flaw(1, 2)), True)]
    )
    lower = issue("Lower CA", upper, extensions=[policies(ONE)])
    return Wrong(
        person("Anna", lower, extensions=[policies(ANY)]).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.PolicyNotAcceptable("Anna"),
    )
