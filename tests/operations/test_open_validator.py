"""Bouncy Castle's SignedMailValidator has a message for each thing that can be wrong; what we say about them."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

from letterlock.operations import trust
from letterlock.operations.trust import TrustSettings
from letterlock.trust.algorithms import LEGACY
from letterlock.trust.revocation import Evidence
from letterlock.verdict import Signer
from tests.divergences import BAD_THOUGH_CALLED_VALID
from tests.operations.test_open_verdicts import verdict

FOLDER = "bc-java/mail/src/test/resources/org/bouncycastle/mail/smime/test"

WRONG = {
    "expired": "certificate_expired",
    "notYetValid": "certificate_not_yet_valid",
    "extKeyUsage": "purpose_not_mail",
    "keyUsage": "key_usage_not_signing",
    "revoked": "certificate_revoked",
}
"""What their test finds, in our code."""


def judged(corpora: Path) -> dict[str, tuple[bool, Signer]]:
    """Of each message whether they call it valid, and what we say at the time of signing and with their list."""
    rows = json.loads((corpora / "expected.json").read_text())
    anchors = tuple(trust.given([corpora / FOLDER / "validator.root.crt"]))
    lists = Evidence.of([(corpora / FOLDER / "validator.revoked.crl").read_bytes()])
    settings = TrustSettings(anchors, evidence=lists, accepted=LEGACY)
    found = {}
    for row in rows:
        if "/validator." in row["path"]:
            raw = (corpora / row["path"]).read_bytes()
            claimed = verdict(raw, settings).signers[0].signing_time
            assert claimed is not None
            (signer,) = verdict(raw, settings, datetime.fromisoformat(claimed)).signers
            found[row["path"]] = (row["expected"]["verdict"] == "valid", signer)
    assert len(found) == 9
    return found


def test_what_they_call_invalid_is_not_valid_here(corpora: Path) -> None:
    """Each for the reason they give."""
    for path, (good, signer) in judged(corpora).items():
        assert good or signer.status == "untrusted", path
        kind = path.removesuffix(".eml").rsplit(".", 1)[1]
        if kind in WRONG:
            assert WRONG[kind] in [reason.code for reason in signer.reasons], path
        assert bool(signer.addresses) is (kind != "noEmail")


def test_what_they_call_valid_is_valid_here_but_for_the_list(corpora: Path) -> None:
    """A healed divergence fails."""
    found = judged(corpora)
    assert {path for path, (good, signer) in found.items() if good and signer.status != "valid"} == {
        path for path in BAD_THOUGH_CALLED_VALID if "/validator." in path
    }


def test_a_key_that_cannot_be_used_is_not_called_a_changed_content(corpora: Path) -> None:
    """The octets with CRLF have the digest that was signed, so nobody changed them; the key is the matter."""
    signer = judged(corpora)[f"{FOLDER}/validator.shortKey.eml"][1]
    assert [reason.code for reason in signer.reasons] == ["signature_key_unusable"]
