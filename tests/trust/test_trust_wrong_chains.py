"""Every chain that is wrong in one way is refused for exactly that, and good without it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from letterlock.errors import Reason
from letterlock.trust.addresses import names_address
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from letterlock.trust.reasons import AddressNotNamed, NoAddressNamed, ranked
from letterlock.trust.revocation import Evidence
from tests.trust.chains import NOW
from tests.trust.wrong import answers, damaged, forbidden, lists, missing, names, outdated, policies, profile
from tests.trust.wrong.cases import CASES, Case, Wrong, mended

FILES = (damaged, missing, forbidden, names, policies, outdated, profile, lists, answers)


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


def test_there_are_many_and_all_have_a_claim() -> None:
    """The collection does not shrink, and each chain says what is wrong with it."""
    assert len(CASES) >= 200
    assert all(case.__doc__ for case in CASES)
    assert len({case.__name__ for case in CASES}) == len(CASES)
    assert {case.__module__ for case in CASES} == {file.__name__ for file in FILES}
