"""NIST PKITS whole, with its revocation lists: every verdict is right where the reader wants to be sure.

All lists and all authorities of the suite are at hand at once, so each test must find the right ones among 170 others.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache

import pytest

from letterlock.trust import reasons as why
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchor
from letterlock.trust.path import Path, build
from letterlock.trust.policies import InitialPolicies
from letterlock.trust.revocation import Evidence, Good, Mode
from tests.trust import pkits

WHEN = datetime(2012, 1, 1, tzinfo=UTC)


@cache
def evidence() -> Evidence:
    folder = pkits.CERTIFICATES.parent / "crls"
    return Evidence.of(path.read_bytes() for path in sorted(folder.glob("*.crl")))


def judged(test: str, policies: InitialPolicies, mode: Mode = Mode.STRICT) -> Path:
    anchor = Anchor(pkits.certificate("TrustAnchorRootCertificate.crt"), "argument")
    leaf = pkits.certificate(f"{test}EE.crt")
    return build(
        leaf, pkits.authorities(), [anchor], WHEN, accepted=LEGACY, policies=policies, evidence=evidence(), mode=mode
    )


@pytest.mark.parametrize("test", pkits.tests())
def test_path_with_revocation(test: str) -> None:
    """The verdict of the suite's document, with every setting it prescribes."""
    for policies, valid in pkits.expectations(test):
        path = judged(test, policies)
        assert path.valid is (valid and test not in pkits.DIVERGENCES), (policies, path.reasons)
        if path.valid:
            assert all(isinstance(status, Good) for status in path.revocation)


EXACT = {
    "InvalidMissingCRLTest1": why.RevocationEvidenceMissing,
    "InvalidRevokedCATest2": why.CertificateRevoked,
    "InvalidRevokedEETest3": why.CertificateRevoked,
    "InvalidBadCRLSignatureTest4": why.EvidenceUnsigned,
    "InvalidBadCRLIssuerNameTest5": why.RevocationEvidenceMissing,
    "InvalidUnknownCRLExtensionTest9": why.EvidenceNotUnderstood,
    "InvalidOldCRLnextUpdateTest11": why.EvidenceStale,
    "Invalidpre2000CRLnextUpdateTest12": why.EvidenceStale,
    "InvalidNegativeSerialNumberTest15": why.CertificateRevoked,
    "InvalidSeparateCertificateandCRLKeysTest20": why.CertificateRevoked,
    "InvalidSeparateCertificateandCRLKeysTest21": why.EvidenceUnsigned,
    "InvalidkeyUsageCriticalcRLSignFalseTest4": why.EvidenceUnsigned,
    "InvalidonlySomeReasonsTest17": why.RevocationReasonsIncomplete,
    "InvaliddeltaCRLTest3": why.CertificateRevoked,
    "InvaliddeltaCRLIndicatorNoBaseTest1": why.RevocationEvidenceMissing,
}


@pytest.mark.parametrize("test", EXACT)
def test_reason(test: str) -> None:
    """The first reason is what the suite's document says."""
    assert isinstance(judged(test, InitialPolicies()).reasons[0], EXACT[test])


def test_without_evidence_the_path_stands_and_says_so() -> None:
    """Where the reader takes what is at hand, a missing list is no failure, and a withdrawal still is one."""
    assert judged("InvalidMissingCRLTest1", InitialPolicies(), Mode.AT_HAND).valid
    assert not judged("InvalidRevokedEETest3", InitialPolicies(), Mode.AT_HAND).valid
    assert judged("InvalidRevokedEETest3", InitialPolicies(), Mode.OFF).valid
