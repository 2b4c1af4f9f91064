"""The store keeps what it said it kept, whatever happens to the process, the disk or the version."""

from __future__ import annotations

import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from letterlock.errors import LetterlockError
from letterlock.store import location
from letterlock.store.database import Store
from letterlock.store.failures import (
    AnchorAmbiguous,
    AnchorNotKept,
    StoreBusy,
    StoreDamaged,
    StoreNewer,
    StoreUnreachable,
)
from letterlock.store.migrations import APPLICATION_ID, MIGRATIONS, Migration

ADDED = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
WRITER = Path(__file__).with_name("writer.py")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "home" / "data" / "letterlock.sqlite"


def filled(database: Path, count: int = 3) -> Path:
    with Store.open(database) as store:
        for number in range(count):
            store.add_anchor(f"certificate {number}".encode(), f"note {number}", ADDED + timedelta(days=number))
    return database


# --- Keeping ---------------------------------------------------------------------------------------------------


def test_an_anchor_is_kept(database: Path) -> None:
    """DER, date and note come back as given, in another process's view of the file too."""
    with Store.open(database) as store:
        assert store.add_anchor(b"a certificate", "from the office", ADDED)
    with Store.read(database) as store:
        (anchor,) = store.anchors()
    assert anchor.der == b"a certificate"
    assert anchor.sha256 == hashlib.sha256(b"a certificate").hexdigest()
    assert anchor.added == ADDED
    assert anchor.note == "from the office"


def test_an_anchor_is_kept_once(database: Path) -> None:
    """Adding it again changes neither date nor note, and says so."""
    with Store.open(database) as store:
        assert store.add_anchor(b"a certificate", "first", ADDED)
        assert not store.add_anchor(b"a certificate", "second", ADDED + timedelta(days=1))
        assert [anchor.note for anchor in store.anchors()] == ["first"]


def test_dates_are_kept_in_utc(database: Path) -> None:
    """A time with another offset is the same moment."""
    with Store.open(database) as store:
        store.add_anchor(b"x", "", ADDED.astimezone(timezone(timedelta(hours=5))))
        assert store.anchors()[0].added == ADDED
        assert store.anchors()[0].added.tzinfo == UTC


def test_anchors_are_listed_oldest_first(database: Path) -> None:
    """In the order they were added, whatever their digests."""
    with Store.read(filled(database, 9)) as store:
        assert [anchor.note for anchor in store.anchors()] == [f"note {number}" for number in range(9)]


def test_removing_by_prefix(database: Path) -> None:
    """A beginning of the fingerprint is enough, as people copy it: capitals, colons, spaces."""
    digest = hashlib.sha256(b"certificate 1").hexdigest()
    with Store.open(filled(database)) as store:
        typed = ":".join(digest[at : at + 2] for at in range(0, 12, 2)).upper()
        assert store.remove_anchor(f" {typed}").note == "note 1"
        assert [anchor.note for anchor in store.anchors()] == ["note 0", "note 2"]
        with pytest.raises(AnchorNotKept):
            store.remove_anchor(digest)


def test_the_revision_changes_with_the_anchors_and_only_with_them(database: Path) -> None:
    """So that whoever holds thousands of decoded anchors knows whether they are still right."""
    with Store.open(filled(database)) as store:
        seen = [store.anchors_revision()]
        store.set_setting("other", 1)
        store.add_anchor(b"certificate 1", "again", ADDED)
        assert store.anchors_revision() == seen[0]
        store.remove_anchor(hashlib.sha256(b"certificate 1").hexdigest())
        seen.append(store.anchors_revision())
        store.add_anchor(b"certificate 1", "back", ADDED)
        seen.append(store.anchors_revision())
    assert len(set(seen)) == 3


@pytest.mark.parametrize("prefix", ["", ":", "zz", "%", "_"])
def test_removing_nothing(database: Path, prefix: str) -> None:
    """An empty prefix or one that is no hexadecimal number removes nothing."""
    with Store.open(filled(database)) as store:
        with pytest.raises(AnchorNotKept):
            store.remove_anchor(prefix)
        assert len(store.anchors()) == 3


def test_removing_is_never_a_guess(database: Path) -> None:
    """A prefix of several removes none of them."""
    with Store.open(filled(database, 40)) as store:
        firsts = [anchor.sha256[0] for anchor in store.anchors()]
        shared = next(each for each in firsts if firsts.count(each) > 1)
        with pytest.raises(AnchorAmbiguous) as failure:
            store.remove_anchor(shared)
        assert failure.value.found == firsts.count(shared)
        assert len(store.anchors()) == 40


def test_settings(database: Path) -> None:
    """Anything JSON can say; absent ones have the caller's default."""
    with Store.open(database) as store:
        assert store.setting("revocation") is None
        assert store.setting("revocation", "soft") == "soft"
        store.set_setting("revocation", {"mode": "strict", "hosts": ["a", "ü"]})
        store.set_setting("revocation", {"mode": "off", "hosts": []})
    with Store.read(database) as store:
        assert store.setting("revocation") == {"mode": "off", "hosts": []}
    with Store.open(database) as store:
        store.remove_setting("revocation")
        assert store.setting("revocation", 1) == 1


# --- Opening ---------------------------------------------------------------------------------------------------


def test_reading_creates_nothing(database: Path) -> None:
    """Without a database there is an empty store, and neither file nor folder appears."""
    with Store.read(database) as store:
        assert store.anchors() == ()
        assert store.setting("x", 5) == 5
    assert not database.parent.parent.exists()


def test_reading_without_a_database_does_not_load_sqlite() -> None:
    """The first mail on a new computer does not pay for a database that is not there."""
    code = (
        "import sys; from pathlib import Path; from letterlock.store.database import Store\n"
        "with Store.read(Path('/nowhere/letterlock.sqlite')) as store: assert store.anchors() == ()\n"
        "assert 'sqlite3' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)


def test_reading_leaves_no_other_files(database: Path) -> None:
    """No journal and no lock file stays behind, after reading or writing."""
    with Store.read(filled(database)) as store:
        store.anchors()
    assert [path.name for path in database.parent.iterdir()] == [database.name]


@pytest.mark.skipif(os.name != "posix", reason="permissions of Windows are inherited from the profile")
def test_only_its_owner_may_read_it(database: Path) -> None:
    """Directory 0700 and file 0600 from the start, also under a lax umask; a file made readable is closed again."""
    before = os.umask(0)
    try:
        filled(database)
    finally:
        os.umask(before)
    assert database.parent.stat().st_mode & 0o777 == 0o700
    assert database.stat().st_mode & 0o777 == 0o600
    database.chmod(0o644)
    filled(database)
    assert database.stat().st_mode & 0o777 == 0o600


def test_a_path_with_every_special_character(tmp_path: Path) -> None:
    """Question marks, hashes, percent signs, spaces and umlauts are part of the path, not of a URI."""
    database = tmp_path / "a?b#c%20d äö" / "x.sqlite"
    filled(database)
    assert database.exists()
    with Store.read(database) as store:
        assert len(store.anchors()) == 3


def test_location_follows_the_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """LETTERLOCK_HOME moves everything below itself; without it the system's folders are used."""
    monkeypatch.setenv("LETTERLOCK_HOME", str(tmp_path))
    assert location.database() == tmp_path / "data" / "letterlock.sqlite"
    assert location.config_dir() == tmp_path / "config"
    monkeypatch.delenv("LETTERLOCK_HOME")
    assert location.data_dir().name == "letterlock"
    assert tmp_path not in location.database().parents


# --- Several processes, and the end of one ---------------------------------------------------------------------


def start(database: Path, name: str, *count: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(WRITER), str(database), name, *count], stdout=subprocess.PIPE, text=True
    )


def test_two_processes_at_once(database: Path) -> None:
    """Two processes create the database and write into it at the same time; nothing is lost."""
    pair = [start(database, name, "40") for name in ("first", "second")]
    for process in pair:
        process.communicate(timeout=60)
        assert process.returncode == 0
    with Store.read(database) as store:
        notes = [anchor.note for anchor in store.anchors()]
        assert (notes.count("first"), notes.count("second")) == (40, 40)
        assert (store.setting("first"), store.setting("second")) == (39, 39)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_in_the_middle(database: Path) -> None:
    """Fifty processes killed at random moments: all that was reported as kept is there, and nothing is half there."""
    dice = random.Random(9)
    kept: dict[str, int] = {}
    for number in range(50):
        name = f"writer {number}"
        process = start(database, name)
        assert process.stdout
        if number % 5:
            # From the first line on, so that most kills hit a transaction; every fifth hits the start.
            process.stdout.readline()
            kept[name] = 0
            time.sleep(dice.uniform(0, 0.02))
        else:
            time.sleep(dice.uniform(0.05, 0.15))
        process.send_signal(signal.SIGKILL)
        for line in process.stdout:
            if line.endswith("\n"):
                kept[name] = int(line)
        process.wait(timeout=60)
        with Store.read(database) as store:
            there = {anchor.der for anchor in store.anchors()}
        for name, last in kept.items():
            assert all(f"{name} {each}".encode() * 300 in there for each in range(last + 1))
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_a_journal_left_behind_is_rolled_back_by_a_reader(database: Path, tmp_path: Path) -> None:
    """A process died between writing pages and committing: the next reader sees the state before."""
    filled(database)
    code = (
        "import sqlite3, os, sys\n"
        "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "c.execute('PRAGMA cache_size = 1'); c.execute('PRAGMA cache_spill = 1'); c.execute('BEGIN IMMEDIATE')\n"
        "c.execute('DELETE FROM anchor')\n"
        "for n in range(200): c.execute('INSERT INTO setting VALUES (?, ?)', (str(n), 'x' * 4000))\n"
        "os._exit(9)"
    )
    subprocess.run([sys.executable, "-c", code, str(database)], check=False, timeout=30)
    assert database.with_name(database.name + "-journal").exists()
    with Store.read(database) as store:
        assert len(store.anchors()) == 3
        assert store.setting("0") is None


def test_waiting_has_an_end(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that holds the database for too long is reported, not waited for."""
    monkeypatch.setattr("letterlock.limits.STORE_WAIT_MILLISECONDS", 50)
    holder = sqlite3.connect(filled(database), isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StoreBusy), Store.open(database) as store:
        store.set_setting("x", 1)
    holder.close()


def test_a_failure_inside_a_transaction_leaves_nothing(database: Path) -> None:
    """What cannot be said in JSON is the caller's mistake, and the store stays usable."""
    with Store.open(filled(database)) as store:
        with pytest.raises(TypeError):
            store.set_setting("x", object())
        store.set_setting("x", 1)
        assert store.setting("x") == 1


# --- What is not a database of ours ----------------------------------------------------------------------------


def test_newer_schema(database: Path) -> None:
    """A database of a newer version is refused, for reading and writing, and stays as it is."""
    newer = (*MIGRATIONS, Migration("from the future", ("CREATE TABLE future (x TEXT)",)))
    with Store.open(database, newer) as store:
        store.add_anchor(b"x", "", ADDED)
    before = database.read_bytes()
    for opening in (Store.open, Store.read):
        with pytest.raises(StoreNewer) as failure, opening(database):
            pass
        assert (failure.value.found, failure.value.known) == (len(newer), len(MIGRATIONS))
    assert database.read_bytes() == before


@pytest.mark.parametrize("opening", [Store.open, Store.read], ids=["open", "read"])
def test_older_schema_is_brought_up_to_date(database: Path, opening: object) -> None:
    """Missing steps are taken once, in order, and what was kept stays."""
    filled(database)
    newer = (
        *MIGRATIONS,
        Migration("second", ("ALTER TABLE anchor ADD COLUMN colour TEXT NOT NULL DEFAULT ''",)),
        Migration("third", ("CREATE TABLE third (x TEXT)",)),
    )
    for _ in range(2):
        with opening(database, newer) as store:  # type: ignore[operator]
            assert len(store.anchors()) == 3
    connection = sqlite3.connect(database)
    assert connection.execute("SELECT number, purpose FROM migration").fetchall() == [
        (number, migration.purpose) for number, migration in enumerate(newer, 1)
    ]
    assert connection.execute("PRAGMA user_version").fetchone() == (len(newer),)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_a_migration_that_fails_changes_nothing(database: Path) -> None:
    """A step that cannot be taken leaves the old schema whole."""
    filled(database)
    broken = (*MIGRATIONS, Migration("half", ("CREATE TABLE half (x TEXT)", "THIS IS NOT SQL")))
    with pytest.raises(LetterlockError), Store.open(database, broken):
        pass
    with Store.read(database) as store:
        assert len(store.anchors()) == 3


@pytest.mark.parametrize("opening", [Store.open, Store.read], ids=["open", "read"])
@pytest.mark.parametrize("octets", [b"hello, I am a text\n" * 100, b"\0" * 8192, b"SQLite format 3\0" + b"\xff" * 4096])
def test_no_database(database: Path, opening: object, octets: bytes) -> None:
    """A file of something else is refused and not overwritten."""
    database.parent.mkdir(parents=True)
    database.write_bytes(octets)
    with pytest.raises(StoreDamaged), opening(database):  # type: ignore[operator]
        pass
    assert database.read_bytes() == octets


def test_a_database_of_another_program(database: Path) -> None:
    """A path given by mistake does not turn somebody else's database into ours."""
    database.parent.mkdir(parents=True)
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()
    before = database.read_bytes()
    for opening in (Store.open, Store.read):
        with pytest.raises(StoreDamaged), opening(database):
            pass
    assert database.read_bytes() == before


def test_an_empty_file_is_an_empty_store(database: Path) -> None:
    """Somebody was killed right after creating the file."""
    database.parent.mkdir(parents=True)
    database.touch()
    with Store.read(database) as store:
        assert store.anchors() == ()
    assert filled(database)


def test_a_changed_certificate_vouches_for_nobody(database: Path) -> None:
    """An octet that the disk or somebody changed in a kept certificate is noticed before it is trusted."""
    connection = sqlite3.connect(filled(database))
    connection.execute("UPDATE anchor SET der = x'00' WHERE note = 'note 1'")
    connection.commit()
    connection.close()
    with Store.read(database) as store, pytest.raises(StoreDamaged):
        store.anchors()


def test_damaged_anywhere(database: Path) -> None:
    """Pages overwritten at random: right answers or a coded failure, never anything else."""
    good = filled(database, 300).read_bytes()
    with Store.read(database) as store:
        truth = set(store.anchors())
    dice = random.Random(4)
    failed = 0
    for _ in range(200):
        octets = bytearray(good)
        at = dice.randrange(len(octets))
        octets[at : at + 64] = dice.randbytes(min(64, len(octets) - at))
        database.write_bytes(octets)
        try:
            with Store.read(database) as store:
                found = store.anchors()
        except LetterlockError:
            failed += 1
        else:
            assert {anchor.der for anchor in found} <= {anchor.der for anchor in truth}
    assert failed > 20


# --- Where nothing may be written ------------------------------------------------------------------------------


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user who owns nothing here, for root may write everywhere; as ourselves if we are not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that everybody may enter (pytest's own are private), writable again at the end."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for inner in Path(folder).iterdir():
            inner.chmod(0o700)


@pytest.mark.skipif(os.name != "posix", reason="permissions of Windows are inherited from the profile")
def test_read_only_directory(shared: Path) -> None:
    """In a directory that may not be written, reading works and writing is a coded failure."""
    database = filled(shared / "data" / "letterlock.sqlite")
    database.chmod(0o444)
    database.parent.chmod(0o555)
    with without_rights():
        with Store.read(database) as store:
            assert len(store.anchors()) == 3
        for target in (database, database.with_name("new.sqlite"), database.parent / "new" / "x.sqlite"):
            with pytest.raises(StoreUnreachable), Store.open(target) as store:
                store.set_setting("x", 1)


@pytest.mark.skipif(os.name != "posix", reason="permissions of Windows are inherited from the profile")
def test_directory_of_somebody_else(shared: Path) -> None:
    """A directory that may not even be entered is a coded failure, also for reading: it is not "nobody is trusted"."""
    database = filled(shared / "data" / "letterlock.sqlite")
    database.parent.chmod(0o000)
    with without_rights():
        for opening in (Store.read, Store.open):
            with pytest.raises(StoreUnreachable), opening(database):
                pass


def test_the_parent_is_a_file(tmp_path: Path) -> None:
    """A file where the directory should be."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(StoreUnreachable), Store.open(tmp_path / "data" / "letterlock.sqlite"):
        pass
    with Store.read(tmp_path / "data" / "letterlock.sqlite") as store:
        assert store.anchors() == ()


def test_the_database_is_a_directory(database: Path) -> None:
    """A directory where the file should be."""
    database.mkdir(parents=True)
    for opening in (Store.open, Store.read):
        with pytest.raises(StoreUnreachable), opening(database):
            pass
