"""NIST's Public Key Interoperability Test Suite (PKITS 1.0.1) as data: which test needs which settings and verdict.

The certificates come with `cryptography_vectors`. A test's verdict is in the name of its end-entity certificate
("Valid…", "Invalid…"); for those whose name does not say, and those with several subtests, it is written here as in
the suite's document (https://csrc.nist.gov/projects/pki-testing, sections 4.1 to 4.16).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cryptography_vectors

from letterlock.trust.certificate import Certificate
from letterlock.trust.policies import InitialPolicies

CERTIFICATES = Path(cryptography_vectors.__file__).parent / "x509" / "PKITS_data" / "certs"

ANY = "2.5.29.32.0"
NIST = "2.16.840.1.101.3.2.1.48."


def wanting(*policies: int, explicit: bool = False, no_mapping: bool = False, no_any: bool = False) -> InitialPolicies:
    """Initial settings: which of NIST-test-policy-1 to -10 are acceptable (any if none is given), and inhibitions."""
    acceptable = frozenset(f"{NIST}{number}" for number in policies) or frozenset({ANY})
    return InitialPolicies(acceptable, explicit, no_mapping, no_any)


SUBTESTS: dict[str, list[tuple[InitialPolicies, bool]]] = {
    # 4.8 certificate policies
    "ValidCertificatePathTest1": [
        (wanting(), True),
        (wanting(explicit=True), True),
        (wanting(1, explicit=True), True),
        (wanting(2, explicit=True), False),
        (wanting(1, 2, explicit=True), True),
    ],
    "AllCertificatesNoPoliciesTest2": [(wanting(), True), (wanting(explicit=True), False)],
    "DifferentPoliciesTest3": [
        (wanting(), True),
        (wanting(explicit=True), False),
        (wanting(1, 2, explicit=True), False),
    ],
    "DifferentPoliciesTest4": [(wanting(), False)],
    "DifferentPoliciesTest5": [(wanting(), False)],
    "OverlappingPoliciesTest6": [(wanting(), True), (wanting(1), True), (wanting(2), False)],
    "DifferentPoliciesTest7": [(wanting(), False)],
    "DifferentPoliciesTest8": [(wanting(), False)],
    "DifferentPoliciesTest9": [(wanting(), False)],
    "AllCertificatesSamePoliciesTest10": [(wanting(), True), (wanting(1), True), (wanting(2), True)],
    "AllCertificatesanyPolicyTest11": [(wanting(), True), (wanting(1), True)],
    "DifferentPoliciesTest12": [(wanting(), False)],
    "AllCertificatesSamePoliciesTest13": [(wanting(1), True), (wanting(2), True), (wanting(3), True)],
    "AnyPolicyTest14": [(wanting(1), True), (wanting(2), False)],
    # 4.10 policy mappings
    "ValidPolicyMappingTest1": [(wanting(1), True), (wanting(2), False), (wanting(no_mapping=True), False)],
    "InvalidPolicyMappingTest2": [(wanting(), False), (wanting(no_mapping=True), False)],
    "ValidPolicyMappingTest3": [(wanting(1), False), (wanting(2), True)],
    "ValidPolicyMappingTest5": [(wanting(1), True), (wanting(6), False)],
    "ValidPolicyMappingTest6": [(wanting(1), True), (wanting(6), False)],
    # 4.12 inhibit any policy
    "inhibitAnyPolicyTest3": [(wanting(), True), (wanting(no_any=True), False)],
    # 4.8.15 to 4.8.20 and 4.10.12, 4.10.13: what the user would be shown; the path itself is valid.
    "UserNoticeQualifierTest15": [(wanting(), True)],
    "UserNoticeQualifierTest16": [(wanting(), True)],
    "UserNoticeQualifierTest17": [(wanting(), True)],
    "UserNoticeQualifierTest18": [(wanting(1), True), (wanting(2), True)],
    "UserNoticeQualifierTest19": [(wanting(), True)],
    "CPSPointerQualifierTest20": [(wanting(), True)],
}
"""Tests with settings of their own."""

REVOCATION = frozenset(
    {
        "InvalidMissingCRLTest1",
        "InvalidRevokedCATest2",
        "InvalidRevokedEETest3",
        "InvalidBadCRLSignatureTest4",
        "InvalidBadCRLIssuerNameTest5",
        "InvalidWrongCRLTest6",
        "InvalidUnknownCRLEntryExtensionTest8",
        "InvalidUnknownCRLExtensionTest9",
        "InvalidUnknownCRLExtensionTest10",
        "InvalidOldCRLnextUpdateTest11",
        "Invalidpre2000CRLnextUpdateTest12",
        "InvalidNegativeSerialNumberTest15",
        "InvalidLongSerialNumberTest18",
        "InvalidSeparateCertificateandCRLKeysTest20",
        "InvalidSeparateCertificateandCRLKeysTest21",
        "InvalidBasicSelfIssuedOldWithNewTest2",
        "InvalidBasicSelfIssuedNewWithOldTest5",
        "InvalidBasicSelfIssuedCRLSigningKeyTest7",
        "InvalidkeyUsageCriticalcRLSignFalseTest4",
        "InvalidkeyUsageNotCriticalcRLSignFalseTest5",
    }
)
"""Tests outside sections 4.14 and 4.15 that are invalid for what a CRL says or lacks: not decided by a path alone."""

REVOCATION_SECTIONS = ("distributionPoint", "onlyContains", "onlySomeReasons", "IDPwithindirectCRL", "cRLIssuer")
"""Sections 4.14 (distribution points) by their names; 4.15 is deltaCRL. Invalid ones there are all for revocation."""

DIVERGENCES = {
    "ValidDSAParameterInheritanceTest5": (
        "Its authority's DSA key has no parameters and inherits those of the issuer (RFC 3279 §2.3.2). The library "
        "cannot load such a key, nobody uses it, and DSA is not accepted for mail anyway."
    ),
}
"""Where our verdict differs on purpose."""


def tests() -> list[str]:
    """The names of all tests, after their end-entity certificates."""
    return sorted(path.name.removesuffix("EE.crt") for path in CERTIFICATES.glob("*EE.crt"))


def only_revocation(test: str) -> bool:
    """Whether the test is invalid for a reason that CRLs give."""
    if test in REVOCATION:
        return True
    kind = test.removeprefix("Invalid").lower()
    sections = (*REVOCATION_SECTIONS, "deltaCRL")
    return test.startswith("Invalid") and any(kind.startswith(section.lower()) for section in sections)


def expectations(test: str) -> list[tuple[InitialPolicies, bool]]:
    """Initial settings and whether the path is valid with them."""
    return SUBTESTS.get(test) or [(wanting(), not test.startswith("Invalid"))]


@cache
def certificate(file: str) -> Certificate:
    return Certificate.parse((CERTIFICATES / file).read_bytes())


@cache
def authorities() -> tuple[Certificate, ...]:
    """Every authority of the suite at once: each test must find its own path among 170 others."""
    return tuple(certificate(path.name) for path in sorted(CERTIFICATES.glob("*.crt")) if "EE.crt" not in path.name)
