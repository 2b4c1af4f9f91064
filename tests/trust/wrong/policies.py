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
from tests.trust.wrong.cases import Wrong, below, case, mail_ca


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
    return below(ca, person("Anna", ca), why.PolicyNotAcceptable("Anna"))


@case
def policy_required_and_another(folder: Path) -> Wrong:
    """The authority requires a policy and stands for another than the person's certificate."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED])
    return below(ca, person("Anna", ca, extensions=[policies(TWO)]), why.PolicyNotAcceptable("Anna"))


@case
def policy_not_the_readers(folder: Path) -> Wrong:
    """The reader accepts another policy than the one that holds."""
    ca = mail_ca(extensions=[policies(ONE)])
    wanted = InitialPolicies(acceptable=frozenset({TWO}), explicit_policy=True)
    anna = person("Anna", ca, extensions=[policies(ONE)])
    return below(ca, anna, why.PolicyNotAcceptable("Anna"), policies=wanted)


@case
def any_policy_mapped(folder: Path) -> Wrong:
    """An authority equates its policy with any policy."""
    ca = mail_ca(extensions=[policies(ONE, ANY), mapping((ONE, ANY))])
    return below(ca, person("Anna", ca, extensions=[policies(ONE)]), why.PolicyMappingOfAny("Mail CA"))


@case
def mapping_inhibited(folder: Path) -> Wrong:
    """An upper authority forbids the mapping that a lower one does."""
    no_mapping = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=0), True)
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
    ca = mail_ca(extensions=[policies(ONE), REQUIRED, (x509.InhibitAnyPolicy(0), True)])
    return below(ca, person("Anna", ca, extensions=[policies(ANY)]), why.PolicyNotAcceptable("Anna"))
