"""On whose word: the user's, the organisation's, Mozilla's."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.operations import system_roots, trust
from letterlock.operations.trust import KeptSettings
from letterlock.store.failures import PolicyUnusable
from letterlock.trust import mozilla
from letterlock.trust.profile import EMAIL_PROTECTION
from tests.needs import require_program
from tests.trust.chains import NOW, issue, person

ROOT = issue("The office")
ANNA = person("Anna", ROOT)


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    """An organisation's policy that trusts its own root."""
    (tmp_path / "office.pem").write_bytes(ROOT.pem)
    path = tmp_path / "policy.json"
    path.write_text(json.dumps({"anchors": ["office.pem"]}))
    return path


def test_mozillas_list_is_what_it_says() -> None:
    """Every root has the fingerprint beside it, signs itself, and the list says where and when it was made."""
    kept = json.loads(mozilla.FILE.read_text())
    roots = mozilla.roots()
    assert len(roots.anchors) == len(kept["roots"]) > 50
    assert "Thunderbird" in roots.source
    assert datetime.fromisoformat(roots.made).replace(tzinfo=UTC) > datetime(2026, 1, 1, tzinfo=UTC)
    for anchor, row in zip(roots.anchors, kept["roots"], strict=True):
        assert hashlib.sha256(anchor.certificate.der).hexdigest() == row["sha256"]
        assert anchor.source == "mozilla"
        assert anchor.certificate.self_issued
        assert anchor.certificate.purposes is None or EMAIL_PROTECTION in anchor.certificate.purposes


def test_a_root_of_mozilla_is_an_anchor_with_its_source(tmp_path: Path) -> None:
    """By default the list is used; switched off, nobody in it is trusted."""
    root = next(iter(mozilla.roots().anchors)).certificate
    when = root.not_before
    database = tmp_path / "letterlock.sqlite"
    found = trust.settings(database).path(root, [], when)
    assert found.valid
    assert found.anchor is not None
    assert found.anchor.source == "mozilla"
    trust.use_mozilla(database, False)
    assert not trust.settings(database).path(root, [], when).valid
    trust.use_mozilla(database, True)
    assert trust.settings(database).path(root, [], when).valid


def test_the_organisation_trusts_for_everybody(tmp_path: Path, policy: Path) -> None:
    found = trust.settings(tmp_path / "none.sqlite", policy=policy).path(ANNA.certificate, [], NOW)
    assert found.valid
    assert found.anchor is not None
    assert found.anchor.source == "organisation"


def test_the_organisation_has_the_last_word_on_mozilla(tmp_path: Path, policy: Path) -> None:
    database = tmp_path / "letterlock.sqlite"
    policy.write_text('{"mozilla": false}')
    assert not trust.settings(database, policy=policy).mozilla
    policy.write_text('{"mozilla": true}')
    trust.use_mozilla(database, False)
    assert trust.settings(database, policy=policy).mozilla


def test_a_changed_policy_counts_for_the_next_message(tmp_path: Path, policy: Path) -> None:
    kept = KeptSettings(tmp_path / "none.sqlite", policy)
    assert [each.source for each in kept.now().anchors] == ["organisation"]
    policy.write_text("{}")
    assert not kept.now().anchors
    policy.unlink()
    assert not kept.now().anchors


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"anchor": []}',
        '{"anchors": "office.pem"}',
        '{"anchors": [1]}',
        '{"mozilla": "no"}',
        '{"system": 1}',
        '{"anchors": ["absent.pem"]}',
        " " * 70_000,
    ],
)
def test_a_policy_that_cannot_be_understood_is_never_passed_over(tmp_path: Path, policy: Path, text: str) -> None:
    policy.write_text(text)
    with pytest.raises(PolicyUnusable):
        trust.settings(tmp_path / "none.sqlite", policy=policy)


def test_the_list_is_not_read_before_it_is_needed() -> None:
    """Neither the start of the host nor a message without a signature pays for it."""
    script = (
        "from pathlib import Path; from letterlock.operations import open, trust; from letterlock.trust import mozilla;"
        "o = open.Opening(trust.settings(Path('/nonexistent/x.sqlite'))); o.feed(b'From: a@b.example\\r\\n\\r\\nhi');"
        "o.close(); print(mozilla.roots.cache_info().misses)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=True, capture_output=True).stdout == b"0\n"


def test_command(tmp_path: Path) -> None:
    """`letterlock trust mozilla` sets and shows."""

    def run(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "letterlock", "trust", "mozilla", "--json", *arguments],
            check=True,
            capture_output=True,
            env={"LETTERLOCK_HOME": str(tmp_path), "PYTHONPATH": ":".join(sys.path)},
        )
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    assert run()["used"] is True
    assert run("off")["used"] is False
    assert run()["used"] is False
    assert run("on")["used"] is True


def test_the_systems_roots_are_switched_at_the_command_line(tmp_path: Path) -> None:
    """`trust system` says how many there are; `on` and `off` are kept."""
    require_program("trust", "p11-kit")

    def run(*arguments: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "letterlock", "trust", "system", "--json", *arguments],
            env={**os.environ, "LETTERLOCK_HOME": str(tmp_path)},
            capture_output=True,
            check=True,
        )
        found: dict[str, object] = json.loads(done.stdout)
        return found

    here = len(system_roots.anchors())
    assert run() == {"used": False, "roots": here}
    assert run("on") == {"used": True, "roots": here}
    assert run() == {"used": True, "roots": here}
    assert run("off")["used"] is False
