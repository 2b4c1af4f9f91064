"""OpenSSL, GnuTLS and gpgsm judge the same chains; wherever they differ from us stands in `differences`, with why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from tests.trust import differences, opinions, test_trust_wrong_chains
from tests.trust.wrong import damaged, forbidden, missing, names, outdated, policies
from tests.trust.wrong.cases import CASES, Case, Wrong, mended

Ask = Callable[[Path, Wrong, datetime], str]
at = test_trust_wrong_chains.at


def opposed(folder: Path, cases: Iterable[Case], ask: Ask, *, good: bool) -> dict[str, str]:
    """The cases, with their flaw or without, that a program judges otherwise than we do, and its words."""

    def one(case: Case) -> tuple[str, str]:
        made, asked = folder / f"{case.__name__}-{good}", folder / f"{case.__name__}-{good}-asked"
        made.mkdir()
        asked.mkdir()
        chain = mended(case, made) if good else case(made)
        return case.__name__, ask(asked, chain, at(chain))

    with ThreadPoolExecutor(3) as pool:
        # The programs are waited for, so threads do; the flaw of a case is a variable of its own thread.
        return {name: words for name, words in pool.map(one, cases) if bool(words) is good}


def without_evidence() -> list[Case]:
    """The cases that are not about lists and answers, which these programs are not asked about."""
    return [case for case in CASES if case.__module__.rsplit(".", 1)[1] not in ("lists", "answers")]


def test_openssl_takes_no_wrong_chain_but_for_the_list(tmp_path: Path) -> None:
    """`openssl verify -purpose smimesign`, with policies, lists and addresses; `openssl ocsp` about answers."""
    assert set(opposed(tmp_path, CASES, opinions.openssl, good=False)) == set(differences.OPENSSL_TAKES)


def test_openssl_refuses_no_good_chain_but_for_the_list(tmp_path: Path) -> None:
    """The same chains without their flaws."""
    found = opposed(tmp_path, CASES, opinions.openssl, good=True)
    assert set(found) == set(differences.OPENSSL_REFUSES), found


def test_gnutls_takes_no_wrong_chain_but_for_the_list(tmp_path: Path) -> None:
    """`certtool --verify` for the purpose of mail."""
    found = opposed(tmp_path, without_evidence(), opinions.gnutls, good=False)
    assert set(found) == set(differences.GNUTLS_TAKES)


def test_gnutls_refuses_no_good_chain_but_for_the_list(tmp_path: Path) -> None:
    """The same chains without their flaws."""
    found = opposed(tmp_path, without_evidence(), opinions.gnutls, good=True)
    assert set(found) == set(differences.GNUTLS_REFUSES), found


@pytest.mark.parametrize(
    ("files", "good", "listed"),
    [
        ((damaged, missing, forbidden, names, policies, outdated), False, differences.GPGSM_TAKES),
        ((damaged, missing, forbidden, outdated), True, differences.GPGSM_REFUSES),
    ],
    ids=["wrong", "good"],
)
def test_gpgsm_agrees_but_for_the_list(tmp_path: Path, files: tuple[object, ...], good: bool, listed: object) -> None:
    """gpgsm's listing with validation, which judges chains, dates and usages.

    It is not asked about purposes and addresses, which it leaves to its caller, nor about good chains with policies
    or name constraints: it refuses those extensions where they are critical, and says so.
    """
    modules = {getattr(file, "__name__", "") for file in files}
    chains = []
    for case in CASES:
        if case.__module__ in modules:
            folder = tmp_path / case.__name__
            folder.mkdir()
            chains.append((case.__name__, mended(case, folder) if good else case(folder)))
    home = tmp_path / "home"
    home.mkdir()
    gpgsm = opinions.Gpgsm(home, [chain for _, chain in chains])
    try:
        found = {name: words for name, chain in chains if bool(words := gpgsm(chain, at(chain))) is good}
    finally:
        gpgsm.close()
    assert isinstance(listed, dict)
    assert set(found) == set(listed), found


def test_every_difference_has_a_reason_and_is_about_a_case() -> None:
    """Nothing stale stays, nothing goes unexplained."""
    known = {case.__name__ for case in CASES}
    for name, listed in vars(differences).items():
        if name.endswith(("_TAKES", "_REFUSES")):
            assert set(listed) <= known, name
            assert all(len(reason) > 7 for reason in listed.values()), name
