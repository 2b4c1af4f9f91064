"""A mail whose sender left out the authorities between is judged with those of earlier mail, and nobody is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from letterlock.operations.memory import Memory
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.store import issuers
from letterlock.store.database import Store
from letterlock.trust.names import digest
from letterlock.verdict import Verdict
from tests.evidence.tokens import signed_mail
from tests.trust.chains import Issued, anchored, certificates, issue, name, person

ROOT = issue("Root")
OUTER = issue("Outer CA", ROOT)
INNER = issue("Inner CA", OUTER)
ANNA = person("Anna", INNER)
BERT = person("Anna Two", INNER)
SETTINGS = TrustSettings(tuple(anchored(ROOT)))


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    return Memory(tmp_path / "data" / "letterlock.sqlite")


def opened(who: Issued, along: list[Issued], memory: Memory | None, settings: TrustSettings = SETTINGS) -> Verdict:
    opening = Opening(settings, memory=memory)
    opening.feed(signed_mail(who, along))
    message = opening.close()
    message.close()
    return message.verdict


def kept(tmp_path: Path) -> int:
    with Store.read(tmp_path / "data" / "letterlock.sqlite") as store:
        return issuers.count(store)


def test_a_missing_middle_is_completed(memory: Memory) -> None:
    """By what a good mail brought; the other signer is believed for the same reasons and no others."""
    assert opened(BERT, [], memory).signature.status == "untrusted"
    assert opened(ANNA, [INNER, OUTER], memory).signature.status == "valid"
    verdict = opened(BERT, [], memory)
    assert verdict.signature.status == "valid"
    path = verdict.signers[0].path
    assert path
    assert [each.name for each in path.chain] == ["Anna Two", "Inner CA", "Outer CA", "Root"]


def test_half_of_the_middle(memory: Memory) -> None:
    """What the mail brings and what is kept are put together."""
    opened(ANNA, [INNER, OUTER], memory)
    for along in ([INNER], [OUTER]):
        assert opened(BERT, along, memory).signature.status == "valid"


def test_a_whole_chain_asks_nothing(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    """The ordinary mail, with its chain, costs no look into what is kept."""
    asked: list[object] = []
    monkeypatch.setattr(Memory, "bearing", lambda self, name: asked.append(name) or [])
    assert opened(ANNA, [INNER, OUTER], memory).signature.status == "valid"
    assert asked == []
    opened(BERT, [], memory)
    assert asked


def test_without_memory_nothing_is_kept_or_used(memory: Memory, tmp_path: Path) -> None:
    """As the command line opens mail, unless told otherwise."""
    opened(ANNA, [INNER, OUTER], None)
    assert not (tmp_path / "data").exists()
    opened(ANNA, [INNER, OUTER], memory)
    assert opened(BERT, [], None).signature.status == "untrusted"


def test_only_what_leads_to_an_anchor_is_kept(memory: Memory, tmp_path: Path) -> None:
    """Neither an unknown authority, nor what lies beside the path, nor the person, nor the anchor."""
    stranger = issue("Stranger")
    opened(person("Anna", stranger), [stranger], memory)
    assert kept(tmp_path) == 0
    opened(ANNA, [INNER, OUTER, stranger, ROOT], memory)
    assert kept(tmp_path) == 2
    with Store.read(tmp_path / "data" / "letterlock.sqlite") as store:
        for each, there in ((INNER, True), (OUTER, True), (stranger, False), (ROOT, False), (ANNA, False)):
            assert bool(issuers.bearing(store, digest(each.certificate.subject_dn.normal))) is there


def test_a_kept_authority_vouches_for_nobody(memory: Memory) -> None:
    """When its anchor is believed no more, neither is what hangs on it."""
    opened(ANNA, [INNER, OUTER], memory)
    other = TrustSettings(tuple(anchored(issue("Other"))))
    assert opened(ANNA, [INNER, OUTER], memory, other).signature.status == "untrusted"
    assert opened(BERT, [], memory, other).signature.status == "untrusted"


def test_names_that_are_equal_have_one_digest() -> None:
    """Case and spaces do not matter in names, and so not in the index; other names have others."""
    one, same, other = (
        each.subject_dn.normal
        for each in certificates(*(issue(name(text, "Muster AG")) for text in ("Mail  CA", "mail ca", "Mail CA 2")))
    )
    assert digest(one) == digest(same) != digest(other)


def test_a_damaged_database_does_not_stop_the_verdict(memory: Memory, tmp_path: Path) -> None:
    """It is said, and the mail is judged by what it brings."""
    opened(ANNA, [INNER, OUTER], memory)
    (tmp_path / "data" / "letterlock.sqlite").write_bytes(b"no database" * 1000)
    verdict = opened(BERT, [], Memory(tmp_path / "data" / "letterlock.sqlite"))
    assert verdict.signature.status == "untrusted"
    assert Memory(tmp_path / "data" / "letterlock.sqlite").bearing(INNER.certificate.subject_dn.normal) == []
