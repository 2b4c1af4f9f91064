"""What was fetched is found again, within bounds, by several processes, and after any accident."""

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
from letterlock.store import fetched
from letterlock.store.database import Store

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "letterlock.sqlite"


def kept(path: Path, asked: str = "http://ca.example/list.crl", now: datetime = NOW) -> bytes | None:
    with Store.read(path) as store:
        return fetched.find(store, asked, now)


def keep(path: Path, octets: bytes, asked: str = "http://ca.example/list.crl", at: datetime = NOW) -> bool:
    with Store.open(path) as store:
        return fetched.keep(store, asked, octets, at, at + DAY)


def test_what_was_kept_is_found_until_it_runs_out(path: Path) -> None:
    """And a newer answer takes its place."""
    assert kept(path) is None
    assert keep(path, b"first")
    assert kept(path) == b"first"
    assert kept(path, "http://ca.example/other.crl") is None
    assert kept(path, now=NOW + DAY - timedelta(microseconds=1)) == b"first"
    assert kept(path, now=NOW + DAY) is None
    keep(path, b"second", at=NOW + DAY / 2)
    assert kept(path, now=NOW + DAY) == b"second"


def test_what_has_run_out_is_not_kept(path: Path) -> None:
    """Nor anything larger than everything together may be."""
    with Store.open(path) as store:
        assert not fetched.keep(store, "x", b"old", NOW, NOW)
        assert not fetched.keep(store, "x", bytes(limits.FETCHED_KEPT_OCTETS + 1), NOW, NOW + DAY)


def test_nobody_reads_on_the_disk_what_was_asked(path: Path) -> None:
    """A URL may hold a name."""
    keep(path, b"list", "http://ca.example/anna@muster.example.crl")
    assert b"anna" not in path.read_bytes()
    assert b"ca.example" not in path.read_bytes()


def test_all_of_it_has_a_bound(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest goes first, what has run out before it; many small answers count, too."""
    monkeypatch.setattr(limits, "FETCHED_KEPT_OCTETS", 100_000)
    for number in range(20):
        keep(path, bytes([number]) * 10_000, f"http://{number}.example/", NOW + timedelta(minutes=number))
    found = [number for number in range(20) if kept(path, f"http://{number}.example/", NOW + DAY / 2)]
    assert found == list(range(10, 20))
    size = path.stat().st_size
    for number in range(200):
        keep(path, b"small", f"http://small{number}.example/", NOW + DAY / 2 + timedelta(minutes=number))
    with Store.read(path) as store:
        ((count,),) = store.rows("SELECT count(*) FROM fetched")
    assert count <= 100_000 // limits.FETCHED_LEAST_OCTETS + 1
    assert path.stat().st_size <= size * 1.2


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE fetched SET octets = x'00'",
        "UPDATE fetched SET sha256 = 'x'",
        "UPDATE fetched SET sha256 = x'ff'",
        "UPDATE fetched SET expires = 5",
        "UPDATE fetched SET size = 'many'",
        "UPDATE fetched SET size = -1000000000",
    ],
)
def test_a_damaged_entry_is_none(path: Path, damage: str) -> None:
    """It is not believed, and the next answer takes its place."""
    keep(path, b"list")
    with sqlite3.connect(path) as connection:
        connection.execute(damage)
    connection.close()
    assert kept(path) == (b"list" if "size" in damage else None)
    keep(path, b"again")
    assert kept(path) == b"again"


def test_everything_can_be_thrown_away(path: Path) -> None:
    """It says how much that was."""
    keep(path, b"one", "http://one.example/")
    keep(path, b"two", "http://two.example/")
    with Store.open(path) as store:
        assert fetched.forget(store) == 2
    assert kept(path, "http://one.example/") is None


WRITER = """
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from letterlock.store import fetched
from letterlock.store.database import Store
now = datetime(2026, 6, 1, 12, tzinfo=UTC)
print("ready", flush=True)
number = 0
while True:
    number += 1
    with Store.open(Path(sys.argv[1])) as store:
        fetched.keep(store, sys.argv[2], number.to_bytes(4, "big") * 20_000, now, now + timedelta(days=1))
"""


def test_several_write_and_one_is_killed(path: Path) -> None:
    """Two processes keep answers for one question, and are killed in the middle: what is found is whole."""
    for _ in range(3):
        writers = [
            subprocess.Popen(
                [sys.executable, "-c", WRITER, str(path), "http://ca.example/list.crl"], stdout=subprocess.PIPE
            )
            for _ in range(2)
        ]
        for writer in writers:
            assert writer.stdout is not None
            writer.stdout.readline()
        time.sleep(0.3)
        for writer in writers:
            writer.send_signal(signal.SIGKILL)
            writer.wait()
            assert writer.stdout is not None
            writer.stdout.close()
        octets = kept(path)
        assert octets is not None
        assert octets == octets[:4] * 20_000
