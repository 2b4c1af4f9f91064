"""Mail of other projects' applications, as a whole message: intact where they say so, and recognised for what it is."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.operations.trust import TrustSettings
from tests.opened_mail import codes, opened, status

AT = datetime(2010, 1, 1, tzinfo=UTC)
REQUEST = b"POST / HTTP/1.1\r\n"


def rows(corpora: Path, project: str) -> list[dict[str, Any]]:
    """What a project expects of its signed mail, without the rows that `test_open_validator.py` has."""
    found = json.loads((corpora / "expected.json").read_text())
    return [
        row
        for row in found
        if row["path"].startswith(f"{project}/mail/") or row["path"].startswith(f"{project}/UnitTests/")
        if "validator." not in row["path"]
    ]


def test_bouncy_castles_mail(corpora: Path) -> None:
    """Outlook, Outlook Express, Mac Outlook, .NET and AS2: each signature that it checks is intact here."""
    seen = 0
    for row in rows(corpora, "bc-java"):
        raw = (corpora / row["path"]).read_bytes()
        # Two are the requests of a web server's log, with the message in them.
        message = opened(raw.removeprefix(REQUEST), TrustSettings(), at=AT)
        assert status(message) != "valid", "nobody here is trusted"
        if (row["expected"] or {}).get("signature_math") == "ok":
            assert [each.status for each in message.verdict.signers] == ["untrusted"], (row["path"], codes(message))
            assert status(message) in ("untrusted", "partial"), row["path"]
            assert message.parts
            seen += 1
        if row["operation"] in ("decrypt", "match-recipient"):
            assert codes(message)[0] == "no_recipient_key", row["path"]
        assert ("as2_message" in codes(message)) is ("AS2" in row["path"])
    assert seen == 7


def test_mimekits_mail(corpora: Path) -> None:
    """Thunderbird's, of 2014: intact, and the signer is who stands in From."""
    (row,) = rows(corpora, "mimekit")
    message = opened((corpora / row["path"]).read_bytes(), TrustSettings(), at=datetime(2014, 3, 1, tzinfo=UTC))
    (signer,) = message.verdict.signers
    assert status(message) == "untrusted"
    assert any(address in message.verdict.headers.outer.from_[0] for address in signer.addresses)
    assert [part.covered for part in message.parts] == [True, True]
