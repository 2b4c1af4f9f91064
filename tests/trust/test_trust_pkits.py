"""NIST PKITS, sections 4.1 to 4.13 and 4.16 without revocation: every path verdict is right.

In scope now: signatures (4.1), validity (4.2), names (4.3), self-issued certificates (4.5), basic constraints (4.6),
key usage (4.7), policies (4.8 to 4.12), name constraints (4.13), private extensions (4.16), and the valid paths of the
sections on CRLs (4.4, 4.14, 4.15). What is invalid only by a CRL is listed in `pkits.py`, and a test says so.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from letterlock.trust import reasons as why
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.anchors import Anchor
from letterlock.trust.path import Path, build
from letterlock.trust.policies import InitialPolicies
from tests.trust import pkits

WHEN = datetime(2012, 1, 1, tzinfo=UTC)


def judged(test: str, policies: InitialPolicies) -> Path:
    anchor = Anchor(pkits.certificate("TrustAnchorRootCertificate.crt"), "argument")
    leaf = pkits.certificate(f"{test}EE.crt")
    return build(leaf, pkits.authorities(), [anchor], WHEN, accepted=LEGACY, policies=policies)


@pytest.mark.parametrize("test", [each for each in pkits.tests() if not pkits.only_revocation(each)])
def test_path(test: str) -> None:
    """The verdict of the suite, with every authority of the suite at hand."""
    for policies, valid in pkits.expectations(test):
        path = judged(test, policies)
        assert path.valid is (valid and test not in pkits.DIVERGENCES), (policies, path.reasons)


@pytest.mark.parametrize("test", [each for each in pkits.tests() if pkits.only_revocation(each)])
def test_path_is_good_but_for_revocation(test: str) -> None:
    """Nothing but a CRL makes these invalid: without revocation the path holds, and nobody claims more."""
    assert judged(test, InitialPolicies()).valid


EXACT = {
    "InvalidCASignatureTest2": why.IssuerSignatureBroken,
    "InvalidEESignatureTest3": why.IssuerSignatureBroken,
    "InvalidCAnotBeforeDateTest1": why.CertificateNotYetValid,
    "InvalidEEnotAfterDateTest6": why.CertificateExpired,
    "InvalidNameChainingTest1": why.NoIssuerKnown,
    "InvalidMissingbasicConstraintsTest1": why.IssuerNotACa,
    "InvalidcAFalseTest2": why.IssuerNotACa,
    "InvalidpathLenConstraintTest5": why.PathLengthExceeded,
    "InvalidkeyUsageCriticalkeyCertSignFalseTest1": why.IssuerMayNotCertify,
    "DifferentPoliciesTest7": why.PolicyNotAcceptable,
    "InvalidMappingFromanyPolicyTest7": why.PolicyMappingOfAny,
    "InvalidMappingToanyPolicyTest8": why.PolicyMappingOfAny,
    "InvalidDNnameConstraintsTest2": why.NameNotPermitted,
    "InvalidDNnameConstraintsTest8": why.NameExcluded,
    "InvalidRFC822nameConstraintsTest22": why.NameNotPermitted,
    "InvalidRFC822nameConstraintsTest26": why.NameExcluded,
    "InvalidDNSnameConstraintsTest31": why.NameNotPermitted,
    "InvalidURInameConstraintsTest37": why.NameExcluded,
    "InvalidUnknownCriticalCertificateExtensionTest2": why.UnknownCriticalExtension,
}


@pytest.mark.parametrize("test", EXACT)
def test_reason(test: str) -> None:
    """Where the suite says what is wrong, the first reason says the same."""
    assert isinstance(judged(test, InitialPolicies()).reasons[0], EXACT[test])


def test_nothing_is_left_out() -> None:
    """Every end-entity certificate of the suite is a test here, and every list names existing tests."""
    everything = set(pkits.tests())
    assert len(everything) == 223
    assert everything >= pkits.REVOCATION
    assert set(pkits.SUBTESTS) <= everything
    assert set(pkits.DIVERGENCES) <= everything


@pytest.mark.parametrize("test", pkits.DIVERGENCES)
def test_divergence_still_diverges(test: str) -> None:
    """A healed divergence fails here, so that nothing stale stays in the list."""
    assert all(judged(test, policies).valid is not valid for policies, valid in pkits.expectations(test))
