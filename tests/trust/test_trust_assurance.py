"""What public authorities say they checked (S/MIME BR §7.1.6.1)."""

from __future__ import annotations

import pytest
from cryptography import x509

from letterlock.operations import describe
from letterlock.trust.assurance import (
    Assurance,
    IndividualValidated,
    MailboxValidated,
    OrganisationValidated,
    SponsorValidated,
    assurance,
)
from letterlock.trust.path import build
from tests.trust.chains import NOW, Issued, anchored, issue, person

ROOT = issue("Root")


def with_policies(*policies: str) -> Issued:
    information = [x509.PolicyInformation(x509.ObjectIdentifier(each), None) for each in policies]
    return person("Anna", ROOT, extensions=[(x509.CertificatePolicies(information), False)] if policies else [])


@pytest.mark.parametrize("generation", ["legacy", "multipurpose", "strict"])
@pytest.mark.parametrize(
    ("kind", "number"),
    [(MailboxValidated, 1), (OrganisationValidated, 2), (SponsorValidated, 3), (IndividualValidated, 4)],
)
def test_levels(kind: type[Assurance], number: int, generation: str) -> None:
    """Each kind in each generation, beside the authority's own policy."""
    at = ("legacy", "multipurpose", "strict").index(generation) + 1
    anna = with_policies("1.2.3.4", f"2.23.140.1.5.{number}.{at}")
    assert assurance(anna.certificate) == kind("Root", "Anna", generation)


@pytest.mark.parametrize(
    "policies",
    [
        (),
        ("1.2.3",),
        ("2.23.140.1.2.1",),
        ("2.23.140.1.5.5.1",),
        ("2.23.140.1.5.1.4",),
        ("2.23.140.1.5.1",),
        ("2.23.140.1.5.1.1", "2.23.140.1.5.4.3"),
    ],
)
def test_nothing_to_tell(policies: tuple[str, ...]) -> None:
    """No such policy, an unknown one, or two that contradict each other."""
    assert assurance(with_policies(*policies).certificate) is None


def test_only_valid_paths_tell() -> None:
    """Anybody can write a policy into a certificate: it is told only where somebody trusted wrote it."""
    anna = with_policies("2.23.140.1.5.3.3").certificate
    good = describe.path(build(anna, [], anchored(ROOT), NOW), "de")
    assert good.assurance is not None
    assert good.assurance.code == "assurance_sponsor"
    assert "bürgt" in good.assurance.sentence
    assert describe.path(build(anna, [ROOT.certificate], [], NOW), "de").assurance is None
