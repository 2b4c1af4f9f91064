"""Every chain that is wrong in one way is refused for exactly that, and OpenSSL refuses it too."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterlock.errors import Reason
from letterlock.trust.addresses import names_address
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from letterlock.trust.reasons import AddressNotNamed, NoAddressNamed, ranked
from letterlock.trust.revocation import Evidence
from tests.trust import openssl
from tests.trust.chains import NOW
from tests.trust.wrong import answers, damaged, forbidden, lists, missing, names, outdated, policies, profile
from tests.trust.wrong.cases import CASES, Case, Wrong, mended

FILES = (damaged, missing, forbidden, names, policies, outdated, profile, lists, answers)

OPENSSL_ACCEPTS = {
    "too_many_authorities": "OpenSSL follows up to 100 authorities; we follow `limits.PATH_LENGTH`.",
    "excluded_address_in_capitals": "OpenSSL compares local parts exactly; we do not tell such addresses apart.",
    "address_that_is_not_ascii": "OpenSSL compares the octets of the host only; RFC 5280 allows ASCII only.",
    "issuer_of_version_1_with_extensions": "OpenSSL checks the version only under -x509_strict.",
    "policies_named_twice": "OpenSSL processes policies only when asked to (-policy_check).",
    "policy_required_and_absent": "the same",
    "policy_required_and_another": "the same",
    "policy_not_the_readers": "the same",
    "any_policy_mapped": "the same",
    "mapping_inhibited": "the same",
    "any_policy_inhibited": "the same",
    "no_purposes_at_all": "OpenSSL looks at purposes only when asked to (-purpose).",
    "signed_over_md5": "OpenSSL's default level 1 is about keys and digests of the connection (-auth_level).",
    "signed_over_sha1": "the same",
    "signed_over_sha1_with_pss": "the same",
    "signed_with_dsa": "the same",
    "anchor_key_short": "the same",
    "authority_key_short": "the same",
}
"""Chains that `openssl verify` takes without further options, and why we do not."""


def at(wrong: Wrong) -> datetime:
    """When to judge: certificates made by OpenSSL begin when they are made, so they need a time after that."""
    if wrong.made_today:
        return max(each.not_before for each in (wrong.leaf, *wrong.candidates)) + timedelta(seconds=1)
    return NOW


def judged(chain: Wrong) -> tuple[Reason, ...]:
    """Everything that speaks against believing the signer, as `operations.signers` asks for it; empty if good."""
    path = build(
        chain.leaf,
        chain.candidates,
        chain.anchors,
        at(chain),
        policies=chain.policies,
        evidence=Evidence.of(chain.evidence),
        mode=chain.mode,
    )
    against = list(() if path.valid else path.reasons)
    against += check_signer(chain.leaf, path.chain)
    if chain.sender and not chain.leaf.addresses:
        against.append(NoAddressNamed(chain.leaf.name))
    elif chain.sender and not names_address(chain.leaf.addresses, chain.sender):
        against.append(AddressNotNamed(chain.sender, chain.leaf.addresses))
    return ranked(against)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_wrong_chain_is_refused_for_exactly_that(case: Case, tmp_path: Path) -> None:
    """The path is not valid, and its only reason is the one thing that is wrong."""
    wrong = case(tmp_path)
    reasons = judged(wrong)
    if wrong.among_others:
        assert wrong.reason in reasons
    else:
        assert reasons == (wrong.reason,)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_without_its_flaw_the_chain_is_good(case: Case, tmp_path: Path) -> None:
    """Everything but the one thing is in order: with that one thing right, nothing speaks against the signer."""
    assert judged(mended(case, tmp_path)) == ()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.__name__)
def test_openssl_refuses_it_too(case: Case, tmp_path: Path) -> None:
    """A second opinion: what we refuse, `openssl verify` refuses, but for a list with reasons."""
    wrong = case(tmp_path)
    candidates = [each.der for each in wrong.candidates]
    anchors = [anchor.certificate.der for anchor in wrong.anchors]
    opinion = openssl.verify(tmp_path, wrong.leaf.der, candidates, anchors, at(wrong).astimezone(UTC))
    assert bool(opinion) is (case.__name__ not in OPENSSL_ACCEPTS), opinion


def test_there_are_many_and_all_have_a_claim() -> None:
    """The collection does not shrink, and each chain says what is wrong with it."""
    assert len(CASES) >= 200
    assert all(case.__doc__ for case in CASES)
    assert len({case.__name__ for case in CASES}) == len(CASES)
    assert {case.__module__ for case in CASES} == {file.__name__ for file in FILES}
