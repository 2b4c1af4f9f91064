"""NIST PKITS as mail: its 224 signed messages through the operation, the command line, and its bare certificates.

The verdicts and the initial settings come from BoringSSL's table (in the corpora), not from our own. Evidence is the
folder of all lists of the suite; a message brings its own certificates, and often its lists.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from letterlock.operations import evidence, trust
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.policies import InitialPolicies
from letterlock.trust.revocation import Mode
from letterlock.verdict import Signer
from tests.divergences import PKITS_MAIL
from tests.needs import corpora_folder
from tests.trust.pkits import CERTIFICATES, NIST

AT = datetime(2010, 6, 1, tzinfo=UTC)


def cases() -> list[tuple[str, list[dict[str, Any]]]]:
    table = corpora_folder() / "expected.json"
    rows = [each for each in json.loads(table.read_text()) if each["path"].startswith("nist-pkits/smime/")]
    return [(Path(row["path"]).name, row["expected"]["path_cases"]) for row in rows]


@cache
def base() -> TrustSettings:
    folder = corpora_folder() / "nist-pkits"
    anchors = tuple(trust.given([folder / "certs" / "TrustAnchorRootCertificate.crt"]))
    return TrustSettings(anchors, evidence=evidence.given([folder / "crls"]), mode=Mode.STRICT, accepted=LEGACY)


def initial(settings: list[list[str]]) -> InitialPolicies:
    """BoringSSL's words for the initial policy settings; the user-constrained set is a result, not a setting."""
    said = dict(settings)
    names = said.get("SetInitialPolicySet", '""').strip('"')
    accepted = {NIST + name.rpartition("-")[2] for name in names.split(",") if name}
    return InitialPolicies(
        frozenset(accepted) or InitialPolicies().acceptable,
        "SetInitialExplicitPolicy" in said,
        "SetInitialPolicyMappingInhibit" in said,
        "SetInitialInhibitAnyPolicy" in said,
    )


def signer(mail: str, policies: InitialPolicies) -> Signer:
    opening = Opening(base()._replace(policies=policies), AT)
    opening.feed((corpora_folder() / "nist-pkits" / "smime" / mail).read_bytes())
    opened = opening.close()
    opened.close()
    (only,) = opened.verdict.signers
    return only


def test_every_message() -> None:
    """`signers[].path.valid` is what the suite says, with every setting it prescribes; nothing else diverges."""
    table = cases()
    assert len(table) == 224
    wrong = {}
    for mail, expected in table:
        for case in expected:
            path = signer(mail, initial(case["settings"])).path
            if (path is not None and path.valid) is not case["should_validate"]:
                wrong[mail] = [each.code for each in path.reasons] if path else []
    assert set(wrong) == set(PKITS_MAIL), wrong


def test_weak_algorithms_are_flagged() -> None:
    """The legacy policy lets SHA-1 pass and says so; the modern one does not."""
    mail = "SignedValidSignaturesTest1.eml"
    found = signer(mail, InitialPolicies())
    assert found.path is not None
    assert {each.code for each in found.path.reasons} == {"certificate_signature_algorithm_weak"}
    assert "signature_weak" in {each.code for each in found.reasons}


def run(home: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "letterlock", *arguments, "--json"],
        capture_output=True,
        check=False,
        env={"LETTERLOCK_HOME": str(home), "PYTHONPATH": ":".join(sys.path), "LC_ALL": "C.UTF-8"},
    )
    return done.returncode, json.loads(done.stdout)


SETTINGS: list[tuple[list[str], bool]] = [
    ([], True),
    (["--require-explicit-policy"], True),
    (["--require-explicit-policy", "--initial-policy", f"{NIST}1"], True),
    (["--require-explicit-policy", "--initial-policy", f"{NIST}2"], False),
]


@pytest.mark.parametrize(("options", "valid"), SETTINGS)
def test_command_line(options: list[str], valid: bool, tmp_path: Path) -> None:
    """The settings can be given by hand, to a message and to its certificate alone."""
    folder = CERTIFICATES.parent
    common = [
        *("--anchor", str(CERTIFICATES / "TrustAnchorRootCertificate.crt"), "--evidence", str(folder / "crls")),
        *("--at", "2012-01-01", "--policy", "legacy", *options),
    ]
    _, opened = run(tmp_path, "open", str(folder / "smime" / "SignedValidSignaturesTest1.eml"), *common)
    assert [each["path"]["valid"] for each in opened["verdict"]["signers"]] == [valid]
    leaf = str(CERTIFICATES / "ValidCertificatePathTest1EE.crt")
    middle = str(CERTIFICATES / "GoodCACert.crt")
    code, path = run(tmp_path, "trust", "path", leaf, "--intermediate", middle, *common)
    assert (code == 0, path["valid"]) == (valid, valid)


def test_evidence_on_the_command_line_must_be_complete(tmp_path: Path) -> None:
    """Whoever gives evidence wants to know; `--revocation at-hand` takes what there is."""
    leaf = str(CERTIFICATES / "InvalidMissingCRLTest1EE.crt")
    common = [
        *("--intermediate", str(CERTIFICATES / "NoCRLCACert.crt"), "--at", "2012-01-01", "--policy", "legacy"),
        *("--anchor", str(CERTIFICATES / "TrustAnchorRootCertificate.crt")),
        *("--evidence", str(CERTIFICATES.parent / "crls")),
    ]
    _, path = run(tmp_path, "trust", "path", leaf, *common)
    assert not path["valid"]
    assert "revocation_evidence_missing" in {each["code"] for each in path["reasons"]}
    assert run(tmp_path, "trust", "path", leaf, *common, "--revocation", "at-hand")[1]["valid"]


@pytest.mark.parametrize(
    ("mail", "code"),
    [
        ("SignedInvalidRevokedEETest3.eml", "certificate_revoked"),
        ("SignedInvalidRevokedCATest2.eml", "certificate_revoked"),
        ("SignedValidSignaturesTest1.eml", None),
    ],
)
def test_lists_that_the_message_brings(mail: str, code: str | None) -> None:
    """Nothing else is at hand: the lists inside the signature count, and are as good as any."""
    settings = TrustSettings(base().anchors, mode=Mode.AT_HAND, accepted=LEGACY)
    opening = Opening(settings, AT)
    opening.feed((corpora_folder() / "nist-pkits" / "smime" / mail).read_bytes())
    opened = opening.close()
    opened.close()
    path = opened.verdict.signers[0].path
    assert path is not None
    assert path.valid is (code is None)
    assert (code in {each.code for each in path.reasons}) is (code is not None)
