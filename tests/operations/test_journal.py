"""The journal: whole or not, whoever was killed, however many wrote at once; and what is told while it is sealed."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from letterlock.evidence import journal as pure
from letterlock.operations import describe_proof, journal, journal_check, keys_choose, protect
from letterlock.operations.timestamps import Authority, Stamping
from letterlock.store.journal import HeadRow, JournalRecords
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.needs import PROJECT
from tests.operations.correspondents import LETTER, Computer, sent
from tests.operations.writing_desk import AT, BOTH, SIGNED, octets


@pytest.fixture
def anna(tmp_path: Path) -> Computer:
    return Computer(tmp_path / "anna", "anna")


def several(anna: Computer, count: int = 4) -> None:
    for number in range(count):
        sent(anna, LETTER.replace(b"Offer", b"Offer %d" % number), SIGNED)


def report(anna: Computer, exported: tuple[bytes, bytes] | None = None) -> journal_check.Report:
    return journal_check.verified(anna.database, anna.vault, anna.desk.trust, datetime.now(UTC), exported)


def codes(anna: Computer, exported: tuple[bytes, bytes] | None = None) -> list[tuple[str, object]]:
    return [(each.code, each.facts()["number"]) for each in report(anna, exported).reasons]


def altered(anna: Computer, *statements: str) -> None:
    """Somebody writes into the database."""
    with sqlite3.connect(anna.database) as connection:
        for each in statements:
            connection.execute(each)
    connection.close()


def test_everything_that_is_signed_is_entered(anna: Computer) -> None:
    """One entry for each signature; what is only encrypted, and drafts, are not."""
    several(anna, 2)
    blind = LETTER.replace(b"To: Bea <bea@muster.example>", b"To: anna@muster.example\nBcc: anna2@muster.example")
    assert len(anna.protect(blind, SIGNED)) == 2
    anna.protect(LETTER.replace(b"bea@", b"anna@"), replace(BOTH, sign=False))
    anna.protect(LETTER, replace(SIGNED, draft=True))
    found = journal_check.listed(anna.database, anna.vault)
    assert [each.row.number for each in found] == [1, 2, 3]
    assert all(each.details is not None for each in found)
    assert found[2].details is not None
    assert found[2].details["recipients"] == ["anna@muster.example", "anna2@muster.example"]
    assert found[0].details is not None
    assert found[0].details["message_id"] == "<1@muster.example>"
    assert report(anna).reasons == ()
    assert report(anna).unsigned == 0


def test_nothing_of_the_message_stands_in_clear(anna: Computer) -> None:
    """Neither recipients nor subject nor identifier; and while the vault is locked they are not told."""
    several(anna, 1)
    file = anna.database.read_bytes()
    for secret in (b"bea@", b"Offer 0", b"<1@muster"):
        assert secret not in file
    anna.vault.lock()
    (entry,) = journal_check.listed(anna.database, anna.vault)
    assert entry.sealed
    assert entry.details is None
    assert report(anna).reasons == ()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE journal_entry SET at = '2020-01-01T00:00:00+00:00' WHERE number = 2", [("journal_entry_altered", 2)]),
        ("UPDATE journal_entry SET kind = 'receipt_sent' WHERE number = 2", [("journal_entry_altered", 2)]),
        (
            "UPDATE journal_entry SET body = '[[[' WHERE number = 2",
            [("journal_entry_altered", 2), ("journal_details_altered", 2)],
        ),
        ("UPDATE journal_entry SET mark = 'x' WHERE number = 2", [("journal_entry_altered", 2)]),
        ("UPDATE journal_entry SET at = x'00ff' WHERE number = 2", [("journal_entry_altered", 2)]),
        ("UPDATE journal_entry SET details = 7 WHERE number = 2", [("journal_details_altered", 2)]),
        ("UPDATE journal_head SET signed = 'text'", [("journal_end_wrong", 4)]),
        ("UPDATE journal_entry SET object = x'00' WHERE number = 2", [("journal_entry_altered", 2)]),
        ("UPDATE journal_entry SET details = x'00' WHERE number = 2", [("journal_details_altered", 2)]),
        (
            "UPDATE journal_entry SET details = (SELECT details FROM journal_entry WHERE number = 1) WHERE number = 2",
            [("journal_details_altered", 2)],
        ),
        ("DELETE FROM journal_entry WHERE number = 2", [("journal_entry_missing", 2)]),
        ("DELETE FROM journal_entry WHERE number = 1", [("journal_entry_missing", 1)]),
        ("DELETE FROM journal_entry WHERE number = 4", [("journal_end_wrong", 4)]),
        ("DELETE FROM journal_entry WHERE number < 4", [("journal_entry_missing", each) for each in (1, 2, 3)]),
        (
            "UPDATE journal_entry SET hash = 'x' WHERE number = 4",
            [("journal_entry_altered", 4), ("journal_end_wrong", 4)],
        ),
        ("UPDATE journal SET id = 'x'", [("journal_entry_altered", 1), ("journal_end_wrong", 4)]),
        ("UPDATE journal_head SET signed = x'3000'", [("journal_end_wrong", 4)]),
        ("UPDATE journal_head SET number = 3", [("journal_end_wrong", 3)]),
    ],
)
def test_what_was_altered_is_named(anna: Computer, statement: str, expected: list[tuple[str, int]]) -> None:
    """By its number."""
    several(anna)
    altered(anna, statement)
    assert codes(anna) == expected
    shown = [describe_proof.entry(each) for each in journal_check.listed(anna.database, anna.vault)]
    assert len(shown) == len({each["number"] for each in shown})
    assert anna.codes(sent(anna)), "and mail is read and written all the same"


def test_a_chain_that_is_computed_anew_does_not_fit_the_signed_end(anna: Computer) -> None:
    """Whoever knows how the digests are made has not the key."""
    several(anna)
    with JournalRecords.read(anna.database) as records:
        identifier, rows = records.id(), records.entries()
    assert identifier is not None
    last = rows[0]
    for each in rows[1:]:
        facts = pure.facts(each) | {"messages": ["forged"]}
        made = pure.row(identifier, last, AT, pure.Kind.SENT, facts, each.mark, each.details)
        with sqlite3.connect(anna.database) as connection:
            connection.execute(
                "UPDATE journal_entry SET at = ?, body = ?, hash = ? WHERE number = ?",
                (made.at, made.body, made.hash, made.number),
            )
        connection.close()
        last = made
    assert codes(anna) == [("journal_end_wrong", 4)]


def test_an_end_by_another_key_is_not_ones_own(anna: Computer, tmp_path: Path) -> None:
    """The signature holds, and it is said that it is not the owner's."""
    several(anna, 1)
    eve = Computer(tmp_path / "eve", "eve")
    chosen = keys_choose.choose(eve.vault.entries(), eve.database, eve.address, AT)
    key = protect.signing_key(chosen, eve.desk, eve.address, [])
    assert key is not None
    assert journal.sign_end(anna.database, key, Stamping(), anna.desk.trust, AT) == []
    found = report(anna).end
    assert found is not None
    assert not found.own


def test_an_end_kept_elsewhere_shows_an_older_state(anna: Computer) -> None:
    """Whole in itself, and yet it was longer once; a journal that went on has the end."""
    several(anna, 2)
    before = anna.database.read_bytes()
    several(anna, 1)
    exported = journal_check.exported(anna.database)
    assert codes(anna, exported) == []
    several(anna, 1)
    assert codes(anna, exported) == []
    anna.database.write_bytes(before)
    assert codes(anna) == []
    assert codes(anna, exported) == [("journal_rolled_back", 3)]
    text, signed = exported
    assert codes(anna, (text.replace(b"Entries: 3", b"Entries: 2"), signed)) == [("journal_end_wrong", 2)]
    for wrong in (b"", b"\xff" * 100, text[:-1], text + b"x"):
        with pytest.raises(journal_check.JournalEndUnreadable):
            report(anna, (wrong, signed))


def test_a_journal_that_was_deleted_begins_anew(anna: Computer) -> None:
    """With another identifier: no entry of the old one fits into it."""
    several(anna, 2)
    exported = journal_check.exported(anna.database)
    assert journal.delete(anna.database) == 2
    with pytest.raises(journal.JournalEmpty):
        journal_check.exported(anna.database)
    several(anna, 3)
    assert codes(anna) == []
    assert codes(anna, exported) == [("journal_rolled_back", 2)]


def test_an_end_that_cannot_be_signed_is_said(anna: Computer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A card that was pulled out: the message is made, the entry stands, and the next end covers it."""
    from letterlock.cms.failures import SigningNotSupported
    from letterlock.operations.protect_reasons import JournalEndNotSigned

    def refuse(*_: object, **__: object) -> None:
        raise SigningNotSupported("card")

    several(anna, 1)
    with monkeypatch.context() as patched:
        patched.setattr(journal, "SignedDataWriter", refuse)
        (made,) = anna.protect(LETTER, SIGNED)
        octets(made)
    assert any(isinstance(each, JournalEndNotSigned) for each in made.reasons)
    assert report(anna).unsigned == 1
    several(anna, 1)
    assert report(anna).unsigned == 0


def test_ends_with_a_time_stamp_stay(anna: Computer, tmp_path: Path) -> None:
    """The newest one, and each that an authority stamped; the others say nothing more."""
    several(anna, 2)
    with stamping_server(tmp_path / "clock") as server:
        anna.stamping = Stamping((Authority(server.url),))
        anna.trusts_root(ROOT.certificate)
        several(anna, 1)
    anna.stamping = Stamping()
    several(anna, 2)
    with JournalRecords.read(anna.database) as records:
        assert [(each.number, each.stamped) for each in records.heads()] == [(5, False), (3, True)]
    found = report(anna)
    assert found.reasons == ()
    assert found.end is not None
    assert found.stamped is not None
    assert (found.end.end.number, found.stamped.end.number) == (5, 3)
    assert found.end.stamp is None
    assert found.stamped.stamp is not None


def test_an_end_of_another_journal_is_not_kept(anna: Computer) -> None:
    """It was deleted while its end was being signed, or is shorter now."""
    several(anna, 1)
    with JournalRecords.open(anna.database) as records:
        identifier = records.id()
        assert identifier is not None
        assert not records.add_head("other", HeadRow(1, b"x", False))
        assert not records.add_head(identifier, HeadRow(2, b"x", False))
    assert codes(anna) == []


# --- Several processes, and some that are killed ---------------------------------------------------------------


def writer(anna: Computer, entries: int) -> subprocess.Popen[bytes]:
    """A process that makes entries as fast as it can."""
    program = (
        "import sys; from pathlib import Path; from datetime import datetime, UTC\n"
        "from letterlock.evidence import journal as pure\n"
        "from letterlock.store.journal import JournalRecords\n"
        "for number in range(int(sys.argv[2])):\n"
        "    with JournalRecords.open(Path(sys.argv[1])) as records:\n"
        "        records.append(lambda identifier, last: pure.row(identifier, last, datetime.now(UTC),\n"
        "            pure.Kind.SENT, {'signature': 'm', 'by': sys.argv[3]}, 'm'))\n"
        "    print(number, flush=True)\n"
    )
    path = f"{PROJECT / 'host'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    return subprocess.Popen(
        [sys.executable, "-c", program, str(anna.database), str(entries), str(os.urandom(4).hex())],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_two_processes_at_once(anna: Computer) -> None:
    """Every entry of both is there, and the chain is whole."""
    both = [writer(anna, 25) for _ in range(2)]
    for each in both:
        each.communicate(timeout=60)
        assert each.returncode == 0
    found = report(anna)
    assert found.reasons == ()
    assert found.entries == 50


def test_killed_at_any_moment(anna: Computer) -> None:
    """What was said to be entered is there; what was half entered is not; and the chain is whole."""
    for wait in range(1, 6):
        process = writer(anna, 10_000)
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(wait)]
        time.sleep(0.003 * wait)
        process.send_signal(signal.SIGKILL)
        rest = process.communicate(timeout=60)[0]
        assert all(said)
        found = report(anna)
        assert found.reasons == ()
        entered = wait + rest.count(b"\n")
        with JournalRecords.read(anna.database) as records:
            assert len(records.entries()) >= entered
    several(anna, 1)
    assert report(anna).unsigned == 0


def test_a_thousand_entries_are_checked_quickly(anna: Computer) -> None:
    """Processor time for a year's mail: well under a second."""
    with JournalRecords.open(anna.database) as records, records._store.writing() as connection:
        connection.execute("INSERT INTO journal VALUES (1, 'x')")
        last = None
        for _ in range(1000):
            last = pure.row("x", last, AT, pure.Kind.SENT, {"signature": "m"}, "m")
            connection.execute("INSERT INTO journal_entry VALUES (?, ?, ?, ?, ?, ?, ?, ?)", last)
    begun = time.process_time()
    assert report(anna).reasons == ()
    assert time.process_time() - begun < 1
