"""A backup gives back every key to whoever has its passphrase; damage costs what was damaged, and is said."""

from __future__ import annotations

import base64
import json
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from letterlock.errors import LetterlockError
from letterlock.keystore import backup, private_keys
from letterlock.keystore.entries import Purpose
from letterlock.keystore.failures import (
    BackupDamaged,
    BackupNewer,
    BackupTooLarge,
    DerivationTooCostly,
    NotABackup,
    PassphraseTooShort,
    VaultLocked,
    WrongBackupPassphrase,
)
from letterlock.keystore.vault import Vault
from tests.keystore.test_keystore_vault import KINDS
from tests.keystore.vaults import QUICK, START, certified, made
from tests.patience import PAUSE

SECRET = "the backup's own words"


def filled(folder: Path, count: int = 3) -> tuple[Vault, list[PrivateKeyTypes]]:
    vault = made(folder / "one" / "letterlock.sqlite")
    keys: list[PrivateKeyTypes] = []
    for number in range(count):
        key = ed25519.Ed25519PrivateKey.generate()
        vault.add(key, [certified(key, f"{number}@muster.example")], label=f"key {number}")
        keys.append(key)
    return vault, keys


def elsewhere(folder: Path) -> Vault:
    return made(folder / "two" / "letterlock.sqlite")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key(tmp_path: Path, kind: str) -> None:
    """Also those that PKCS#12 cannot hold, with everything that was said of them."""
    key, stranger = KINDS[kind](), ed25519.Ed25519PrivateKey.generate()
    vault = made(tmp_path / "one.sqlite")
    entry = vault.add(
        key,
        [certified(stranger, "chain@muster.example")],
        label="Büro",
        note="n",
        purpose=Purpose.DECRYPT,
        superseded=START,
    )
    octets, saved, lost = backup.write(vault, SECRET, QUICK)
    assert (saved, lost) == (1, [])
    other = elsewhere(tmp_path)
    restored = backup.restore(other, octets, SECRET)
    assert (restored.new, restored.known, restored.damaged, restored.complete) == ([entry], [], 0, True)
    assert other.entries() == [entry]
    assert private_keys.encode(other.private_key(entry.id)) == private_keys.encode(key)


def test_restoring_merges(tmp_path: Path) -> None:
    """Keys that are there keep their label and certificates; those of the backup are added; twice changes nothing."""
    vault, keys = filled(tmp_path)
    octets, _, _ = backup.write(vault, SECRET, QUICK)
    other = elsewhere(tmp_path)
    mine = other.add(keys[0], label="mine")
    own = other.add(ed25519.Ed25519PrivateKey.generate())
    for new, known in ((2, 1), (0, 3)):
        restored = backup.restore(other, octets, SECRET)
        assert (len(restored.new), len(restored.known), restored.complete) == (new, known, True)
    assert len(other.entries()) == 4
    assert other.entry(mine.id).label == "mine"
    assert other.entry(mine.id).certificates == vault.entry(mine.id).certificates
    assert own in other.entries()


def test_the_description_reads_it(tmp_path: Path) -> None:
    """The program in `docs/keys.md` gets the keys out without a line of ours, and OpenSSL's library loads them."""
    vault, keys = filled(tmp_path)
    octets, _, _ = backup.write(vault, SECRET, QUICK)
    (tmp_path / "keys.backup").write_bytes(octets)
    page = (Path(__file__).parents[2] / "docs" / "keys.md").read_text()
    (program,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    assert "letterlock." not in program.replace("letterlock backup", "")
    ran = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "keys.backup")],
        input=SECRET + "\n",
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.findall(r"-----BEGIN.*?-----END PRIVATE KEY-----", ran.stdout, re.DOTALL)
    assert [private_keys.encode(load_pem_private_key(each.encode(), None)) for each in found] == [
        private_keys.encode(key) for key in keys
    ]


def test_an_empty_vault(tmp_path: Path) -> None:
    """A backup of no keys is whole, too, and knows its passphrase."""
    octets, saved, _ = backup.write(made(tmp_path / "one.sqlite"), SECRET, QUICK)
    assert saved == 0
    assert backup.restore(elsewhere(tmp_path), octets, SECRET).complete
    with pytest.raises(WrongBackupPassphrase):
        backup.restore(elsewhere(tmp_path / "three"), octets, "something else")


def test_who_may(tmp_path: Path) -> None:
    """A locked vault gives and takes nothing; a short passphrase protects nothing; a wrong one opens nothing."""
    vault, _ = filled(tmp_path)
    octets, _, _ = backup.write(vault, SECRET, QUICK)
    with pytest.raises(PassphraseTooShort):
        backup.write(vault, "short", QUICK)
    with pytest.raises(WrongBackupPassphrase):
        backup.restore(elsewhere(tmp_path), octets, SECRET + "!")
    vault.lock()
    with pytest.raises(VaultLocked):
        backup.write(vault, SECRET, QUICK)
    with pytest.raises(VaultLocked):
        backup.restore(vault, octets, SECRET)


def test_nothing_is_readable_in_it(tmp_path: Path) -> None:
    """Neither keys nor certificates, addresses or labels: who has the file learns how many keys there are."""
    vault, keys = filled(tmp_path)
    octets, _, _ = backup.write(vault, SECRET, QUICK)
    everything = octets + b"".join(base64.b64decode(line) for line in octets.split(b"\n")[1:-2])
    for secret in (private_keys.encode(keys[0]), b"muster", b"key 1", vault.entries()[0].public_key):
        assert bytes(secret) not in everything


def test_a_backup_of_a_damaged_vault(tmp_path: Path) -> None:
    """What is whole is saved, and what is not is named."""
    from tests.keystore.test_keystore_vault_robust import execute

    vault, _ = filled(tmp_path)
    first, *_ = vault.entries()
    execute(tmp_path / "one" / "letterlock.sqlite", "UPDATE own_key SET sealed = x'00' WHERE id = ?", first.id)
    octets, saved, lost = backup.write(vault, SECRET, QUICK)
    assert (saved, lost) == (2, [f"own_key {first.id}"])
    assert backup.restore(elsewhere(tmp_path), octets, SECRET).complete


def lines_of(folder: Path) -> list[bytes]:
    octets, _, _ = backup.write(filled(folder)[0], SECRET, QUICK)
    return octets.splitlines()


def test_one_damaged_line_costs_one_key(tmp_path: Path) -> None:
    """And the reader says that one is missing."""
    lines = lines_of(tmp_path)
    for spoilt in (b"", lines[2][:-8], b"!" + lines[2], b"A" + lines[2][1:], lines[2] + b"AAAA"):
        restored = backup.Restored()
        found = list(backup.read(b"\n".join([*lines[:2], spoilt, *lines[3:]]), SECRET, restored))
        assert len(found) == 2
        assert restored.damaged == (1 if spoilt else 0)
        assert restored.complete is bool(spoilt)


def test_one_damaged_head_costs_nothing(tmp_path: Path) -> None:
    """The other one leads to the keys; without both nothing does, and that is said."""
    lines = lines_of(tmp_path)
    broken = lines[0].replace(b'"salt": "', b'"salt": "zz')
    for changed in ([broken, *lines[1:]], [*lines[:-1], broken], lines[1:], lines[:-1]):
        restored = backup.Restored()
        assert len(list(backup.read(b"\n".join(changed), SECRET, restored))) == 3
    with pytest.raises(BackupDamaged):
        list(backup.read(b"\n".join([broken, *lines[1:-1], broken]), SECRET, backup.Restored()))


def test_a_file_that_was_cut_off(tmp_path: Path) -> None:
    """At every length: the keys before the cut, and never the claim that it is complete without all of them."""
    octets = b"\n".join(lines_of(tmp_path))
    for length in range(0, len(octets), 7):
        restored = backup.Restored()
        try:
            found = list(backup.read(octets[:length], SECRET, restored))
        except (NotABackup, BackupDamaged, WrongBackupPassphrase):
            pass
        else:
            assert len(found) == 3 or not restored.complete


def test_every_changed_octet(tmp_path: Path) -> None:
    """The right keys, or fewer and a word about it."""
    vault, keys = filled(tmp_path)
    octets, _, _ = backup.write(vault, SECRET, QUICK)
    truth = {bytes(private_keys.encode(key)) for key in keys}
    dice = random.Random(2)
    for _ in range(400):
        changed = bytearray(octets)
        changed[dice.randrange(len(changed))] = dice.randrange(256)
        restored = backup.Restored()
        try:
            found = {bytes(private_keys.encode(each.key)) for each in backup.read(bytes(changed), SECRET, restored)}
        except LetterlockError:
            continue
        assert found <= truth
        assert found == truth or restored.damaged or not restored.complete


@pytest.mark.parametrize("octets", [b"", b"\0" * 100, b"hello", b"PK\3\4", b"-----BEGIN CERTIFICATE-----\n"])
def test_no_backup(octets: bytes) -> None:
    """Some other file is said to be one."""
    with pytest.raises(NotABackup):
        list(backup.read(octets, SECRET, backup.Restored()))


def test_hostile_backups() -> None:
    """Costs beyond reason, formats of the future, a million lines: a word within a second, and no memory."""
    head = {"kdf": "argon2id", "source": "x", "iterations": 1, "lanes": 1, "memory_kib": 8, "salt": "00" * 16}
    begun = time.monotonic()
    for text, failure in (
        (f"Letterlock keys 1 {json.dumps({**head, 'memory_kib': 2**40})}", DerivationTooCostly),
        (f"Letterlock keys 2 {json.dumps(head)}", BackupNewer),
        ("Letterlock keys 1 " + "[" * 100_000, BackupDamaged),
        ("Letterlock keys 1 [1]", BackupDamaged),
        ("Letterlock keys 1 {}\n" * 200_000, BackupTooLarge),
        (f"Letterlock keys 1 {json.dumps(head)}\n" + "AAAA\n" * 5_000, WrongBackupPassphrase),
        ("Letterlock keys 1 " + "x" * (64 * 1024 * 1024), BackupTooLarge),
    ):
        with pytest.raises(failure):
            list(backup.read(text.encode(), SECRET, backup.Restored()))
    assert time.monotonic() - begun < PAUSE
