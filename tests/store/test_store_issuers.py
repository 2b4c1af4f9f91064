"""Authorities from earlier mail are found by name, within bounds, by several processes, and after any accident."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.store import issuers
from letterlock.store.database import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "letterlock.sqlite"


def keep(path: Path, *certificates: tuple[str, bytes], at: datetime = NOW, most: int = 1000, of_name: int = 16) -> int:
    with Store.open(path) as store:
        return issuers.keep(store, certificates, at, most, of_name)


def bearing(path: Path, subject: str) -> list[bytes]:
    with Store.read(path) as store:
        return issuers.bearing(store, subject)


def count(path: Path) -> int:
    with Store.read(path) as store:
        return issuers.count(store)


def test_they_are_found_by_subject(path: Path) -> None:
    """All of one name, the last seen first; of another name, none."""
    assert bearing(path, "a") == []
    assert count(path) == 0
    keep(path, ("a", b"one"))
    keep(path, ("a", b"two"), ("b", b"three"), at=NOW + DAY)
    assert bearing(path, "a") == [b"two", b"one"]
    assert bearing(path, "b") == [b"three"]
    assert bearing(path, "c") == []


def test_nothing_is_written_for_what_was_seen_lately(path: Path) -> None:
    """A month later the note of when it was last seen is renewed, once."""
    assert keep(path, ("a", b"one")) == 1
    stamp = Store.stamp(path)
    assert keep(path, ("a", b"one"), at=NOW + limits.ISSUERS_SEEN_DAYS * DAY) == 0
    assert Store.stamp(path) == stamp
    assert keep(path, ("a", b"one"), at=NOW + (limits.ISSUERS_SEEN_DAYS + 1) * DAY) == 0
    assert Store.stamp(path) != stamp
    assert count(path) == 1


def test_their_number_is_bounded(path: Path) -> None:
    """Whoever was not seen for longest goes first, and an old message opened again makes nobody older."""
    for number in range(10):
        keep(path, (str(number), bytes((number,))), at=NOW + number * DAY, most=4)
    assert [number for number in range(10) if bearing(path, str(number))] == [6, 7, 8, 9]
    keep(path, ("6", b"\6"), at=NOW + 100 * DAY, most=4)
    keep(path, ("6", b"\6"), at=NOW, most=4)
    keep(path, ("new", b"new"), at=NOW + 50 * DAY, most=4)
    assert [number for number in range(10) if bearing(path, str(number))] == [6, 8, 9]


def test_of_one_name_there_are_few(path: Path) -> None:
    """So that nobody can make a search long, or push out everybody else, with thousands of one name."""
    keep(path, ("b", b"other"), at=NOW - DAY)
    for number in range(40):
        keep(path, ("a", bytes((number,))), at=NOW + number * DAY, of_name=3)
    assert bearing(path, "a") == [b"\x27", b"\x26", b"\x25"]
    assert bearing(path, "b") == [b"other"]
    keep(path, *[("c", bytes((number,)) * 2) for number in range(40)])
    assert len(bearing(path, "c")) == limits.ISSUERS_OF_NAME


def test_a_huge_one_is_not_kept(path: Path) -> None:
    assert keep(path, ("a", bytes(limits.ISSUER_OCTETS + 1))) == 0
    assert bearing(path, "a") == []


def test_a_damaged_one_is_not_there(path: Path) -> None:
    """SQLite has no checksums; a certificate that changed on the disk is passed over, and comes back with mail."""
    keep(path, ("a", b"one"), ("a", b"two"))
    connection = sqlite3.connect(path)
    connection.execute("UPDATE issuer SET der = X'00' WHERE der = X'6f6e65'")
    connection.commit()
    connection.close()
    assert bearing(path, "a") == [b"two"]


def test_lookup_uses_the_index(path: Path) -> None:
    """Neither looking up nor making room reads all of them."""
    keep(path, ("a", b"one"))
    connection = sqlite3.connect(path)
    for query in (
        "SELECT sha256, der FROM issuer WHERE subject = ? ORDER BY seen DESC LIMIT 16",
        "SELECT sha256 FROM issuer ORDER BY seen DESC LIMIT -1 OFFSET ?",
    ):
        plan = " ".join(row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {query}", ("a",)))
        assert "USING INDEX issuer_" in plan
        assert "TEMP B-TREE" not in plan
    connection.close()


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from letterlock.store import issuers
from letterlock.store.database import Store
for number in count():
    with Store.open(Path(sys.argv[1])) as store:
        der = f"{sys.argv[2]} {number}".encode() * 100
        at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        issuers.keep(store, [(sys.argv[2], der), ("all", der + b"+")], at, 40)
    print(number, flush=True)
"""


def test_several_write_and_are_killed(path: Path) -> None:
    """What a process was told is kept is there; nothing is half there, and the bound holds."""
    for turn in range(3):
        names = [f"{turn} {which}" for which in ("first", "second")]
        writers = [
            subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdout=subprocess.PIPE, text=True)
            for name in names
        ]
        told = {}
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        time.sleep(0.3)
        for name, writer in zip(names, writers, strict=True):
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            assert writer.stdout is not None
            told[name] = max((int(line) for line in writer.stdout if line.endswith("\n")), default=0)
            writer.stdout.close()
        assert count(path) <= 40
        for name in names:
            found = bearing(path, name)
            assert all(der == der[: len(der) // 100] * 100 for der in found)
            numbers = [int(der[: len(der) // 100].decode().rsplit(" ", 1)[1]) for der in found]
            # Another process may be far ahead in its count, and so in time: then it has pushed these out.
            assert not numbers or max(numbers) >= told[name]
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
