"""Drafts: sealed on the disk, whole after a kill, and never lost between two who write one."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.errors import UnknownPart
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.operations.drafts import BODY, Drafts
from letterlock.store.failures import DraftChanged, DraftFileUnknown, DraftsFull, DraftTooLarge, DraftUnknown
from tests.keystore.vaults import made
from tests.needs import PROJECT

WRITER = Path(__file__).with_name("draft_writer.py")
FIELDS = {"subject": "Nordtor", "to": "bea@muster.example"}
TEXT = b"The offer: EUR 18,400.00"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "letterlock.sqlite"


@pytest.fixture
def drafts(database: Path) -> Drafts:
    return Drafts(database, made(database))


def whole(drafts: Drafts, draft: str) -> tuple[object, bytes, dict[str, bytes]]:
    """Fields, text and files of a draft."""
    opened = drafts.open(draft)
    files = {each.name: b"".join(opened.body(each.id)) for each in opened.draft.files}
    return opened.draft.fields, b"".join(opened.body(BODY)), files


def test_a_letter_is_found_again_as_it_was(drafts: Drafts) -> None:
    """Its fields, its text, and its files in any size; a change replaces it, and what is detached is gone."""
    kept = drafts.put(None, None, FIELDS, TEXT)
    large = bytes(range(256)) * 10_000
    drafts.attach(kept.id, "plan.bin", "application/octet-stream", None, [large[:7], large[7:]])
    empty = drafts.attach(kept.id, "empty", "text/plain", "cid@x", [])
    assert whole(drafts, kept.id) == (FIELDS, TEXT, {"plan.bin": large, "empty": b""})
    drafts.put(kept.id, kept.revision, {"subject": "other"}, b"")
    drafts.detach(kept.id, empty.id)
    assert whole(drafts, kept.id) == ({"subject": "other"}, b"", {"plan.bin": large})
    drafts.remove(kept.id)
    assert drafts.listed() == []
    with pytest.raises(DraftUnknown):
        drafts.open(kept.id)


def test_nothing_of_a_letter_is_readable_on_the_disk(drafts: Drafts, database: Path) -> None:
    """Not its words, its recipients, its subject, or the names of its files; not even after it was removed."""
    kept = drafts.put(None, None, FIELDS, TEXT)
    drafts.attach(kept.id, "north-gate.txt", "text/plain", None, [b"secret plan"])
    for step in (lambda: None, lambda: drafts.remove(kept.id)):
        step()
        octets = b"".join(path.read_bytes() for path in database.parent.iterdir())
        for secret in (TEXT, b"Nordtor", b"bea@muster.example", b"north-gate", b"secret plan"):
            assert secret not in octets


def test_a_locked_vault_tells_only_how_many_there_are(database: Path) -> None:
    """And a draft can be removed, which reveals nothing."""
    vault = made(database)
    drafts = Drafts(database, vault)
    kept = drafts.put(None, None, FIELDS, TEXT)
    vault.forget()
    assert drafts.counted() == 1
    for ask in (drafts.listed, lambda: drafts.open(kept.id), lambda: drafts.put(kept.id, 1, FIELDS, TEXT)):
        with pytest.raises(VaultLocked):
            ask()
    drafts.remove(kept.id)
    assert drafts.counted() == 0


def test_of_two_who_change_one_draft_the_second_is_told(drafts: Drafts) -> None:
    """Nothing of the first is overwritten, and the second can keep his as another one."""
    kept = drafts.put(None, None, FIELDS, TEXT)
    drafts.put(kept.id, kept.revision, FIELDS, b"first")
    with pytest.raises(DraftChanged):
        drafts.put(kept.id, kept.revision, FIELDS, b"second")
    drafts.put(None, None, FIELDS, b"second")
    assert {whole(drafts, each.id)[1] for each in drafts.listed()} == {b"first", b"second"}


def test_a_removed_draft_takes_nothing_more(drafts: Drafts, database: Path) -> None:
    """Neither text nor files, and none of its pieces stays."""
    kept = drafts.put(None, None, FIELDS, TEXT)
    file = drafts.attach(kept.id, "a", "text/plain", None, [b"x" * 3_000_000])
    opened = drafts.open(kept.id)
    drafts.remove(kept.id)
    with pytest.raises(DraftUnknown):
        drafts.put(kept.id, kept.revision, FIELDS, TEXT)
    with pytest.raises(DraftUnknown):
        drafts.attach(kept.id, "b", "text/plain", None, [b"x"])
    with pytest.raises(DraftFileUnknown):
        b"".join(opened.body(file.id))
    with pytest.raises(DraftFileUnknown):
        drafts.detach(kept.id, file.id)
    with pytest.raises(UnknownPart):
        opened.body("another")
    with sqlite3.connect(database) as connection:
        assert connection.execute("SELECT count(*) FROM draft_piece").fetchone() == (0,)


def test_what_somebody_changed_on_the_disk_is_not_shown(drafts: Drafts, database: Path) -> None:
    """An older revision put back, or octets of another draft: listed as damaged; the others are as they were."""
    kept, other = drafts.put(None, None, FIELDS, TEXT), drafts.put(None, None, {"subject": "fine"}, b"")
    with sqlite3.connect(database) as connection:
        before = connection.execute("SELECT envelope FROM draft WHERE id = ?", (kept.id,)).fetchone()
    drafts.put(kept.id, 1, {"subject": "newer"}, TEXT)
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE draft SET envelope = ? WHERE id = ?", (*before, kept.id))
    assert {each.id: each.fields for each in drafts.listed()} == {kept.id: None, other.id: {"subject": "fine"}}
    with pytest.raises(SecretDamaged):
        drafts.open(kept.id)


def test_there_is_a_bound_on_everything(drafts: Drafts, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the text, on a file, on how many there are and on all of them together; what was kept before stays."""
    monkeypatch.setattr(limits, "DRAFTS", 2)
    monkeypatch.setattr(limits, "DRAFTS_OCTETS", 10_000)
    monkeypatch.setattr(limits, "DRAFT_TEXT_OCTETS", 6_000)
    monkeypatch.setattr(limits, "DRAFT_FILE_OCTETS", 6_000)
    kept = drafts.put(None, None, FIELDS, b"x" * 5_000)
    with pytest.raises(DraftTooLarge):
        drafts.put(kept.id, 1, FIELDS, b"x" * 6_001)
    with pytest.raises(DraftTooLarge):
        drafts.attach(kept.id, "a", "text/plain", None, iter([b"x" * 3_000] * 3))
    with pytest.raises(DraftsFull):
        drafts.attach(kept.id, "a", "text/plain", None, [b"x" * 5_500])
    drafts.put(None, None, FIELDS, b"")
    with pytest.raises(DraftsFull):
        drafts.put(None, None, FIELDS, b"")
    assert whole(drafts, kept.id) == (FIELDS, b"x" * 5_000, {})


def test_a_draft_is_whole_after_kills_of_two_who_write_it(drafts: Drafts, database: Path) -> None:
    """What was said to be kept is kept, or a later revision of it; text and subject belong together."""
    kept = drafts.put(None, None, {"subject": "1"}, b"1" * 50_000)
    command = [sys.executable, str(WRITER), str(database), kept.id]
    said: dict[int, int] = {}
    for number in range(2):
        writers = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(PROJECT)})
            for _ in range(2)
        ]
        try:
            for _ in range(3 + number):
                assert writers[0].stdout is not None
                said[number] = int(writers[0].stdout.readline().split()[1])
        finally:
            for each in writers:
                each.kill()
                each.communicate()
        found = drafts.open(kept.id)
        assert found.draft.revision >= said[number]
        assert found.draft.fields is not None
        subject = found.draft.fields["subject"]
        assert b"".join(found.body(BODY)) == subject.encode() * 50_000
        for file in found.draft.files:
            assert b"".join(found.body(file.id)) == file.name.encode() * 300_000
