"""Every row of the corpora's `expected.json` that is about cryptography, against what the engine says.

Bare objects go to the engine itself; mails go through `open`, which reads MIME and asks the engine. Trust is not the
question here: a signature is good where it is intact. Whatever differs from what its maker says stands in
`tests/divergences.py` with the reason, and what stands there must differ.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from letterlock.cms import (
    EncryptedReader,
    EncryptionNotSupported,
    EnvelopedReader,
    Recipient,
    content_type,
)
from letterlock.cms.content_types import AUTH_ENVELOPED_DATA
from letterlock.errors import LetterlockError
from letterlock.operations import trust
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from tests.cms.decrypting import decrypt
from tests.cms.keyrings import keys_for
from tests.cms.test_cms_corpora import octets_of_anything, outcome, signatures
from tests.cms.test_cms_enveloped_corpora import is_text, objects, plaintext
from tests.divergences import CRYPTOGRAPHY

OPERATIONS = {
    "certs-only",
    "decrypt",
    "decrypt+verify",
    "decrypt-password",
    "decrypt-symmetric",
    "match-recipient",
    "parse",
    "parse-only",
    "verify",
    "verify+path",
    "verify-detached",
}
AT = datetime(2026, 2, 1, tzinfo=UTC)
_MAIL = (".eml", ".txt", ".message")
_TEST_CA = "thunderbird/mailnews/test/data/smime/TestCA.pem"
_KEY_OF_RFC_4134 = bytes.fromhex("737c791f25ead0e04629254352f7dc6291e5cb26917ada32")  # §7.1


def test_every_row(corpora: Path) -> None:
    """The rows that differ are just those whose reason is written down."""
    seen: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    differing: dict[str, str] = {}
    for row in json.loads((corpora / "expected.json").read_text()):
        path = row["path"]
        said = answer(corpora, row)
        seen[row["operation"]] += 1
        answers[said] += 1
        wanted = expected(row)
        if wanted is not None and said not in wanted:
            differing[path] = f"{path}: {row['expected']}, and we say {said}"
    assert set(seen) == OPERATIONS
    assert sum(seen.values()) == 546
    for said, least in (("intact", 300), ("decrypted", 35), ("decrypted, intact", 15), ("broken", 30)):
        assert answers[said] >= least, answers
    assert answers["not supported"] < 120, answers
    unexplained = [text for path, text in differing.items() if path not in CRYPTOGRAPHY]
    assert not unexplained, "\n".join(unexplained)
    assert not set(CRYPTOGRAPHY) - set(differing), "these do not differ any more"
    assert all(len(reason) > 60 for reason in CRYPTOGRAPHY.values())


def expected(row: dict[str, Any]) -> tuple[str, ...] | None:
    """The answers that agree with what the row's maker says; None where nothing is said but that nothing breaks.

    What is recognised and not supported agrees with "good": nobody claims it to be bad.
    """
    said = row["expected"]
    match row["operation"]:
        case "parse-only":
            return None
        case "certs-only":
            return ("certificates only",)
        case "match-recipient":
            return ("matches",)
        case "decrypt-symmetric":
            return ("decrypted",)
        case "decrypt" | "decrypt-password":
            return ("content_not_decrypted",) if said.get("strict") == "reject" else ("decrypted", "not supported")
        case "decrypt+verify":
            good = said["signature"] if "signature" in said else said["signature_good"]
            return ("decrypted, intact",) if good else ("decrypted, not valid", "decrypted, intact")
    if said is None:
        return None
    if "signature_good" in said:
        return ("intact", "valid") if said["signature_good"] else ("broken", "not valid", "intact")
    if "signature_math" in said or "cms_signature" in said or "signature" in said:
        return ("intact", "valid", "not supported")
    verdict = said["verdict"]
    if verdict == "no crash":
        return None
    if verdict.startswith(("reject", "bad", "invalid")):
        return ("broken", "not supported", "certificates only")
    return ("intact", "valid", "not supported")


def answer(corpora: Path, row: dict[str, Any]) -> str:
    """What we say about the object or mail of a row."""
    path, operation = row["path"], row["operation"]
    file = corpora / path
    if operation == "parse-only":
        for each in sorted(file.iterdir()) if file.is_dir() else [file]:
            signatures(octets_of_anything(each), b"", [])
        return "read or refused"
    if operation == "match-recipient":
        return _matching(file, corpora / row["expected"]["recipient_matches"])
    if operation == "decrypt-symmetric":
        return _with_key(file)
    if path.endswith((*_MAIL, ".env")) and operation != "decrypt":
        return _mail(corpora, path, operation)
    if operation.startswith("decrypt"):
        return _decrypted(corpora, path)
    return _signed(corpora, path)


def _signed(corpora: Path, path: str) -> str:
    answers = outcome(corpora, path)
    if isinstance(answers, str):
        return "broken"
    if not answers:
        return "certificates only"
    if all(each == "confirmed" for each in answers):
        return "intact"
    return "not supported" if set(answers) <= {"confirmed", "not checked"} else "broken"


def _decrypted(corpora: Path, path: str) -> str:
    answers = set()
    for octets in objects(corpora / path):
        try:
            decrypted, content = decrypt(octets, keys_for(corpora, path), 1009)
        except EncryptionNotSupported:
            answers.add("not supported")
        except LetterlockError as failure:
            answers.add(failure.code)
        else:
            wanted = plaintext(corpora, path)
            right = content == wanted if wanted is not None else is_text(content)
            answers.add("decrypted" if right else "another text")
            assert decrypted.authenticated == (content_type(octets) == AUTH_ENVELOPED_DATA)
            assert decrypt(octets, keys_for(corpora, path), 7)[1] == content
    return " and ".join(sorted(answers))


def _with_key(file: Path) -> str:
    content: list[bytes] = []
    reader = EncryptedReader(content.append, _KEY_OF_RFC_4134)
    reader.feed(file.read_bytes())
    reader.close()
    return "decrypted" if b"".join(content) == (file.parent / "ExContent.bin").read_bytes() else "another text"


def _matching(file: Path, certificate: Path) -> str:
    wanted = x509.load_pem_x509_certificate(certificate.read_bytes())
    named: list[bool] = []

    class Asked:
        def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
            rid = getattr(recipient, "rid", None)
            named.append(rid is not None and rid.names(wanted))
            return None

    for octets in objects(file):
        reader = EnvelopedReader(lambda text: None, [Asked()])
        with pytest.raises(LetterlockError):
            reader.feed(octets)
    return "matches" if any(named) else "no entry matches"


@cache
def _anchors(corpora: Path) -> TrustSettings:
    return TrustSettings(tuple(trust.given([corpora / _TEST_CA])))


def _mail(corpora: Path, path: str, operation: str) -> str:
    """A mail: "decrypted" where there was something to decrypt, and what is said about its signature."""
    raw = (corpora / path).read_bytes().lstrip()
    if path.endswith("AS2.message"):
        # HTTP requests (RFC 4130), with a first line of their own; one has no From.
        raw = b"From: anna@muster.example\r\n" + raw.split(b"\n", 1)[1] if raw.startswith(b"POST") else raw
    if b"From:" not in raw[:2000]:
        raw = b"From: anna@muster.example\r\n" + raw
    opening = Opening(_anchors(corpora), AT, keys=keys_for(corpora, path))
    opening.feed(raw)
    opened = opening.close()
    verdict = opened.verdict
    opened.close()
    status = verdict.signature.status.value
    signature = {"invalid": "broken", "none": "not valid", "valid": "valid"}.get(status, "intact")
    if not operation.startswith("decrypt"):
        return signature
    signature = "intact" if signature == "valid" else signature
    return f"{verdict.encryption.status.value}, {'not valid' if signature == 'broken' else signature}"
