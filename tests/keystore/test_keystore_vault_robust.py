"""No key is lost, half-written or silently wrong, whatever happens to the process, the disk or the file."""

from __future__ import annotations

import os
import random
import re
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from letterlock.errors import LetterlockError
from letterlock.keystore import private_keys
from letterlock.keystore.failures import (
    DerivationTooCostly,
    KeyDamaged,
    VaultDamaged,
    WrongVaultPassphrase,
)
from letterlock.keystore.vault import Vault
from letterlock.store.database import Store
from letterlock.store.failures import StoreDamaged, StoreNewer, StoreUnreachable
from letterlock.store.keys import SealedKeys, StoredWay
from letterlock.store.migrations import MIGRATIONS, Migration
from tests import needs
from tests.keystore.vault_writer import unlocked, write
from tests.keystore.vaults import PASSPHRASE, QUICK, certified, made
from tests.patience import PAUSE

WRITER = Path(__file__).with_name("vault_writer.py")
ROUNDS = 300
PATH = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a disk: a killed process leaves the same behind there, only sooner."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else tmp_path) as folder:
        yield Path(folder) / "home" / "data" / "letterlock.sqlite"


def whole(database: Path) -> set[str]:
    """Every key of the vault, each opened and found to be itself; fails where one is not."""
    vault = unlocked(database)
    assert vault.damage() == []
    for entry in vault.entries():
        assert private_keys.public(vault.private_key(entry.id)) == entry.public_key
    return {entry.id for entry in vault.entries()}


def identifiers(said: str) -> set[str]:
    """What a writer has said it kept: whole lines only."""
    return set(re.findall(r"^([0-9a-f]{64})\n", said, re.MULTILINE))


# --- Several processes, and the end of one ---------------------------------------------------------------------


def test_two_processes_hammering_one_vault(database: Path) -> None:
    """Both add keys and change the passphrase at the same time; every key that either kept opens afterwards."""
    made(database)
    pair = [
        subprocess.Popen(
            [sys.executable, str(WRITER), str(database), "60"], stdout=subprocess.PIPE, text=True, env=PATH
        )
        for _ in range(2)
    ]
    kept = set().union(*(identifiers(process.communicate(timeout=120)[0]) for process in pair))
    assert [process.returncode for process in pair] == [0, 0]
    assert len(kept) == 120
    assert whole(database) == kept


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_two_processes_make_one_vault(database: Path) -> None:
    """Of several that make it at the same moment one succeeds, and the others are told."""
    code = (
        "import sys; from pathlib import Path; from tests.keystore.vaults import made\n"
        "from letterlock.store.failures import VaultExists\n"
        "try: made(Path(sys.argv[1])); print('made')\n"
        "except VaultExists: print('exists')"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(database)], stdout=subprocess.PIPE, text=True, env=PATH)
        for _ in range(4)
    ]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in started) == ["exists"] * 3 + ["made"]
    Vault.at(database, cost=QUICK).unlock(PASSPHRASE)


@pytest.mark.skipif(os.name != "posix", reason="needs SIGKILL")
def test_killed_at_random_moments(database: Path) -> None:
    """Three hundred processes killed while they write: all that was reported as kept opens, nothing is half there."""
    made(database)
    dice = random.Random(5)
    kept: set[str] = set()
    begun = time.monotonic()
    write(database, 3, os.open(os.devnull, os.O_WRONLY))
    one_round = (time.monotonic() - begun) / 3
    for number in range(ROUNDS):
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            # Forked and not started anew: three hundred starts of Python would take most of the time.
            os.close(reader)
            write(database, None, writer)
            os._exit(0)
        os.close(writer)
        if number % 5:
            # From the first line on, so that most kills hit a transaction; every fifth hits the unlocking.
            os.read(reader, 1)
        time.sleep(dice.uniform(0, 2 * one_round))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with open(reader, "rb") as said:
            kept |= identifiers(said.read().decode())
        if number % 50 == 49:
            assert kept <= whole(database)
    assert len(kept) > ROUNDS / 4
    assert kept <= whole(database)
    connection = sqlite3.connect(database)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


@pytest.mark.skipif(sys.platform != "linux", reason="needs strace")
def test_killed_at_every_write(database: Path, tmp_path: Path) -> None:
    """A process killed at its first, second, third … write, sync, or removal of a file, to the last one of a round."""
    strace = needs.require_program("strace", "strace")
    made(database)
    kept, number, calls = whole(database), 0, "pwrite64,write,fdatasync,fsync,unlink,ftruncate"
    while True:
        number += 1
        inject = f"inject={calls}:signal=KILL:when={number}"
        command = [strace, "-f", "-qq", "-o", tmp_path / "trace", "-e", f"trace={calls}", "-e", inject]
        ran = subprocess.run(
            [*command, sys.executable, "-B", str(WRITER), str(database), "1"],
            capture_output=True,
            text=True,
            env=PATH,
            timeout=60,
        )
        if ran.returncode == 1 and "ptrace" in ran.stderr:
            pytest.skip(f"this system lets no program be traced: {ran.stderr.strip()}")
        kept |= identifiers(ran.stdout)
        assert kept <= whole(database), f"killed at call {number}"
        if ran.returncode == 0:
            break
        assert number < 200
    assert number > 15, "a round has two transactions, each with a journal, pages and syncs"


# --- Disks -----------------------------------------------------------------------------------------------------


@contextmanager
def file_size_limit(octets: int) -> Iterator[None]:
    """No file may grow beyond so many octets; writing past them fails as on a full disk (EFBIG)."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (octets, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def filled_until_it_fails(vault: Vault) -> list[str]:
    key = ec.generate_private_key(ec.SECP256R1())
    rubbish = [certified(key, f"{number}@muster.example") for number in range(8)]
    kept: list[str] = []
    for _ in range(1000):
        try:
            kept.append(vault.add(ed25519.Ed25519PrivateKey.generate(), rubbish).id)
        except StoreUnreachable:
            return kept
    pytest.fail("it never became full")


def test_no_room_left(database: Path) -> None:
    """A file that may not grow: the key that does not fit is refused in words, and all earlier ones open."""
    vault = made(database)
    before = vault.add(ed25519.Ed25519PrivateKey.generate())
    with file_size_limit(database.stat().st_size + 65_536):
        kept = filled_until_it_fails(vault)
        assert kept
        assert whole(database) == {before.id, *kept}
    more = vault.add(ed25519.Ed25519PrivateKey.generate())
    assert whole(database) == {before.id, *kept, more.id}


@pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs")
def test_a_full_disk(tmp_path: Path) -> None:
    """A disk of 512 KiB, filled to its last octet: every key that was kept opens, on the full disk and after."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk (the test before this one limits the file's size instead)")
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"this system lets no disk be mounted: {mounted.stderr.strip()}")
    try:
        database = disk / "data" / "letterlock.sqlite"
        vault = made(database)
        (disk / "other").write_bytes(bytes(100_000))
        kept = filled_until_it_fails(vault)
        with suppress(OSError):
            (disk / "rest").write_bytes(bytes(1024 * 1024))
        assert whole(database) == set(kept)
        with pytest.raises(StoreUnreachable):
            vault.change_passphrase("does not fit any more")
        Vault.at(database, cost=QUICK).unlock(PASSPHRASE)
        (disk / "rest").unlink()
        (disk / "other").unlink()
        vault.remove(kept[0])
        assert whole(database) == set(kept[1:])
    finally:
        subprocess.run(["umount", disk], check=True)


@contextmanager
def without_rights() -> Iterator[None]:
    """As a user who may write nothing here, for root may write everywhere; as ourselves if we are not root."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="permissions of Windows are inherited from the profile")
def test_a_read_only_folder() -> None:
    """Keys open where nothing can be written; whoever wants to add one is told, and a lock still locks here."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        read_only(Path(folder) / "data" / "letterlock.sqlite")


def read_only(database: Path) -> None:
    vault = made(database)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    database.chmod(0o444)
    database.parent.chmod(0o555)
    with without_rights():
        reader = Vault.at(database, cost=QUICK)
        reader.unlock(PASSPHRASE)
        assert reader.private_key(entry.id)
        with pytest.raises(StoreUnreachable):
            reader.add(ed25519.Ed25519PrivateKey.generate())
        with pytest.raises(StoreUnreachable):
            reader.lock()
        assert reader.locked
    database.parent.chmod(0o700)
    database.chmod(0o600)
    assert whole(database) == {entry.id}


# --- Files that are not what was written -----------------------------------------------------------------------


def test_no_bit_anywhere_gives_a_wrong_key(database: Path) -> None:
    """Bits flipped all over the database: each key that still opens is the right one; all else is a coded failure."""
    vault = made(database)
    key = ec.generate_private_key(ec.SECP256R1())
    truth = {vault.add(each, [certified(key, "a@b.example")]).id: private_keys.encode(each) for each in keys(6)}
    good, dice = database.read_bytes(), random.Random(7)
    # Most of the file are empty pages; what is not zero is something.
    places = [place for place, octet in enumerate(good) if octet]
    opened = failed = 0
    for _ in range(600):
        octets = bytearray(good)
        octets[dice.choice(places)] ^= 1 << dice.randrange(8)
        database.write_bytes(octets)
        try:
            damaged = Vault.at(database, cost=QUICK)
            damaged.unlock(PASSPHRASE)
            found = {each.id for each in damaged.entries()}
            assert found <= truth.keys()
            for key_id in truth:
                try:
                    assert private_keys.encode(damaged.private_key(key_id)) == truth[key_id]
                    opened += 1
                except LetterlockError:
                    failed += 1
        except LetterlockError:
            failed += 1
    assert opened > 1500
    assert failed > 100


def keys(count: int) -> list[ed25519.Ed25519PrivateKey]:
    return [ed25519.Ed25519PrivateKey.generate() for _ in range(count)]


def test_every_bit_of_a_way_and_of_a_sealed_key(database: Path) -> None:
    """A bit of the wrapped master key is noticed as damage, not as a wrong passphrase; one of a key as that key's."""
    vault = made(database)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    with SealedKeys.read(database) as store:
        way, stored = store.way("passphrase"), store.key(entry.id)
    assert way is not None
    assert stored.sealed is not None
    for changed in flipped(way.wrapped):
        execute(database, "UPDATE vault_way SET wrapped = ?", changed)
        with pytest.raises(StoreDamaged):
            Vault.at(database, cost=QUICK).unlock(PASSPHRASE)
    execute(database, "UPDATE vault_way SET wrapped = ?", way.wrapped)
    vault = unlocked(database)
    for changed in flipped(stored.sealed):
        execute(database, "UPDATE own_key SET sealed = ?", changed)
        with pytest.raises(KeyDamaged):
            vault.private_key(entry.id)
    assert vault.damage() == [f"own_key {entry.id}"]


def flipped(octets: bytes) -> Iterator[bytes]:
    for place in range(len(octets)):
        yield octets[:place] + bytes([octets[place] ^ (1 << place % 8)]) + octets[place + 1 :]


def execute(database: Path, statement: str, *values: object) -> None:
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(statement, values)
    connection.close()


def test_one_damaged_key_costs_no_other(database: Path) -> None:
    """Its row is named, the rest is listed and opens; bringing the key again mends it."""
    vault = made(database)
    originals = keys(3)
    first, second, third = (vault.add(each) for each in originals)
    execute(database, "UPDATE own_key SET public = x'00' WHERE id = ?", first.id)
    execute(database, "UPDATE own_key SET sealed = x'00' WHERE id = ?", second.id)
    vault = unlocked(database)
    assert [each.id for each in vault.entries()] == [second.id, third.id]
    assert vault.private_key(third.id)
    assert sorted(vault.damage()) == sorted([f"own_key {first.id}", f"own_key {second.id}"])
    for original in originals:
        vault.add(original)
    assert whole(database) == {first.id, second.id, third.id}


def test_two_swapped_keys_are_noticed(database: Path) -> None:
    """What was sealed for one key does not open as another: somebody who can write files cannot exchange keys."""
    vault = made(database)
    first, second = (vault.add(each) for each in keys(2))
    with SealedKeys.read(database) as store:
        sealed = [store.key(each.id).sealed for each in (second, first)]
    for entry, taken in zip((first, second), sealed, strict=True):
        execute(database, "UPDATE own_key SET sealed = ? WHERE id = ?", taken, entry.id)
    for entry in (first, second):
        with pytest.raises(KeyDamaged):
            vault.private_key(entry.id)


def test_another_vault_in_its_place(database: Path) -> None:
    """Whoever unlocked one vault does not write into another that was put there meanwhile."""
    vault = made(database)
    other = database.with_name("other.sqlite")
    made(other)
    os.replace(other, database)
    with pytest.raises(LetterlockError) as failure:
        vault.add(ed25519.Ed25519PrivateKey.generate())
    assert failure.value.code in ("vault_locked", "vault_replaced")
    assert unlocked(database).entries() == []


def test_the_master_key_is_never_another_ones(database: Path, tmp_path: Path) -> None:
    """A way from a vault with a known passphrase leads to a master key that is not this vault's: refused."""
    made(database)
    other = tmp_path / "other.sqlite"
    Vault.at(other, cost=QUICK).create("the attacker's own")
    with SealedKeys.read(other) as store:
        way = store.way("passphrase")
    with SealedKeys.open(database) as store:
        vault = store.vault()
        assert vault is not None
        assert way is not None
        store.put_way(vault.id, way)
    with pytest.raises(VaultDamaged):
        Vault.at(database, cost=QUICK).unlock("the attacker's own")


@pytest.mark.parametrize(
    ("changed", "failure"),
    [
        ({"memory_kib": 2**31}, DerivationTooCostly),
        ({"memory_kib": 256 * 1024 + 1}, DerivationTooCostly),
        ({"iterations": 2**40}, DerivationTooCostly),
        ({"lanes": 17}, DerivationTooCostly),
        ({"memory_kib": 7}, VaultDamaged),
        ({"memory_kib": -1}, VaultDamaged),
        ({"memory_kib": True}, VaultDamaged),
        ({"memory_kib": 8.5}, VaultDamaged),
        ({"iterations": 0}, VaultDamaged),
        ({"iterations": None}, VaultDamaged),
        ({"salt": ""}, VaultDamaged),
        ({"salt": "zz" * 16}, VaultDamaged),
        ({"salt": "00" * 4096}, VaultDamaged),
        ({"salt": 5}, VaultDamaged),
        ({"kdf": "rot13"}, VaultDamaged),
    ],
)
def test_hostile_parameters(database: Path, changed: dict[str, object], failure: type[LetterlockError]) -> None:
    """A database that wants more memory or time than any honest one is refused at once, before Argon2id runs."""
    made(database)
    with SealedKeys.open(database) as store:
        way, vault = store.way("passphrase"), store.vault()
        assert way is not None
        assert vault is not None
        store.put_way(vault.id, StoredWay(way.name, {**way.parameters, **changed}, way.wrapped))
    begun = time.monotonic()
    with pytest.raises(failure):
        Vault.at(database, cost=QUICK).unlock(PASSPHRASE)
    assert time.monotonic() - begun < PAUSE


def test_a_newer_schema(database: Path) -> None:
    """A database that a newer version has written is left alone, locked or not, and no key in it is touched."""
    vault = made(database)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    newer = (*MIGRATIONS, Migration("from the future", ("CREATE TABLE future (x TEXT)",)))
    with Store.open(database, newer):
        pass
    before = database.read_bytes()
    for attempt in (
        lambda: Vault.at(database).entries(),
        lambda: Vault.at(database).unlock(PASSPHRASE),
        lambda: vault.private_key(entry.id),
        lambda: vault.add(ed25519.Ed25519PrivateKey.generate()),
        lambda: Vault.at(database).create(PASSPHRASE),
    ):
        with pytest.raises(StoreNewer):
            attempt()
    assert database.read_bytes() == before


def test_an_older_schema(database: Path) -> None:
    """A database from before there was a vault gets one."""
    older = tuple(each for each in MIGRATIONS if "vault" not in each.purpose)
    with Store.open(database, older[:2]) as store:
        store.set_setting("x", 1)
    vault = Vault.at(database, cost=QUICK)
    assert not vault.exists
    vault.create(PASSPHRASE)
    with Store.read(database) as store:
        assert store.setting("x") == 1


def test_pages_overwritten(database: Path) -> None:
    """Whole stretches of the file overwritten: right keys or coded failures, and what is whole can be listed."""
    vault = made(database)
    truth = {vault.add(each).id: private_keys.encode(each) for each in keys(40)}
    good, dice = database.read_bytes(), random.Random(3)
    # Most of the file is about other things: every other stretch begins near a key.
    near = [good.index(each.public_key) for each in vault.entries()]
    partly = 0
    for number in range(60):
        octets = bytearray(good)
        at = dice.randrange(4096, len(octets)) if number % 2 else max(0, dice.choice(near) - dice.randrange(512))
        octets[at : at + 512] = dice.randbytes(min(512, len(octets) - at))
        database.write_bytes(octets)
        try:
            damaged = Vault.at(database, cost=QUICK)
            damaged.unlock(PASSPHRASE)
            entries = damaged.entries()
        except (LetterlockError, WrongVaultPassphrase):
            continue
        right = 0
        for entry in entries:
            try:
                assert private_keys.encode(damaged.private_key(entry.id)) == truth[entry.id]
                right += 1
            except LetterlockError:
                pass
        partly += 0 < right < len(truth)
    assert partly > 4
