"""Thunderbird's own test messages, with the verdict that Thunderbird's application tests expect of each."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

from letterlock.operations import identities, trust
from letterlock.operations.trust import TrustSettings
from tests.divergences import THUNDERBIRD
from tests.opened_mail import codes, opened, status, text

AT = datetime(2026, 2, 1, tzinfo=UTC)


def test_every_row(corpora: Path, tmp_path: Path) -> None:
    """All 68: whether there is a signature and a good one, whether it was encrypted, by whom, and its text.

    The rows that differ are just those whose reason is written down; and what Thunderbird calls bad is `valid` only
    where that list says so.
    """
    (tmp_path / "passphrase").write_text("nss")
    keys = identities.given(sorted((corpora / "thunderbird").rglob("*.p12")), tmp_path / "passphrase")
    anchor = corpora / "thunderbird/mailnews/test/data/smime/TestCA.pem"
    settings = TrustSettings(tuple(trust.given([anchor])))
    differing: dict[str, str] = {}
    rows = [
        row for row in json.loads((corpora / "expected.json").read_text()) if row["path"].startswith("thunderbird/")
    ]
    for row in rows:
        path, expected = row["path"], row["expected"]
        message = opened((corpora / path).read_bytes(), settings, keys, AT)
        verdict = message.verdict
        said = (status(message) != "none", status(message) == "valid", verdict.encryption.status == "decrypted")
        wanted = (expected["signed"], bool(expected["signature_good"]), expected["encrypted"])
        if said != wanted:
            differing[path] = f"{wanted}, and we say {status(message)}, {verdict.encryption.status}: {codes(message)}"
        if expected["text_contains"]:
            assert expected["text_contains"].encode() in text(message), path
        if expected["signature_good"]:
            signers = [signer.certificate.name for signer in verdict.signers if signer.certificate]
            assert expected["signer"] in signers, path
        message.close()
    assert len(rows) == 68
    unexplained = {path: how for path, how in differing.items() if path not in THUNDERBIRD}
    assert unexplained == {}
    assert not set(THUNDERBIRD) - set(differing), "these do not differ any more"
