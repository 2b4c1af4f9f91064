"""The vault gives back every key that it said it kept, to whoever has the passphrase and to nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, mlkem, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.keystore import private_keys
from letterlock.keystore.derivation import RFC_9106_SECOND, Cost
from letterlock.keystore.entries import Purpose
from letterlock.keystore.failures import (
    PassphraseTooLong,
    PassphraseTooShort,
    RecoveryNotSet,
    SecretDamaged,
    VaultLocked,
    WrongVaultPassphrase,
)
from letterlock.keystore.vault import Vault
from letterlock.store.failures import KeyNotKept, VaultExists, VaultMissing
from letterlock.store.keys import SealedKeys
from tests.keystore.vaults import PASSPHRASE, QUICK, certified, made

KINDS: dict[str, Callable[[], PrivateKeyTypes]] = {
    "RSA 3072": lambda: rsa.generate_private_key(65537, 3072),
    "EC P-256": lambda: ec.generate_private_key(ec.SECP256R1()),
    "EC P-384": lambda: ec.generate_private_key(ec.SECP384R1()),
    "EC brainpoolP256r1": lambda: ec.generate_private_key(ec.BrainpoolP256R1()),
    "Ed25519": ed25519.Ed25519PrivateKey.generate,
    "Ed448": ed448.Ed448PrivateKey.generate,
    "X25519": x25519.X25519PrivateKey.generate,
    "X448": x448.X448PrivateKey.generate,
    "ML-DSA-65": mldsa.MLDSA65PrivateKey.generate,
    "ML-KEM-768": mlkem.MLKEM768PrivateKey.generate,
}


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "home" / "data" / "letterlock.sqlite"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_key_comes_back(database: Path, kind: str) -> None:
    """In another process's view of the database, after unlocking, as the same key."""
    key = KINDS[kind]()
    entry = made(database).add(key, label="mine", purpose=Purpose.DECRYPT)
    assert (entry.algorithm, entry.label, entry.purpose) == (kind, "mine", Purpose.DECRYPT)
    other = Vault.at(database, cost=QUICK)
    other.unlock(PASSPHRASE)
    assert private_keys.encode(other.private_key(entry.id)) == private_keys.encode(key)


def test_without_unlocking_there_are_entries_and_no_keys(database: Path) -> None:
    """Certificates, labels and public keys are readable while locked; private keys are not, nor anything sealed."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = certified(key, "anna@muster.example")
    vault = made(database)
    entry = vault.add(key, [certificate])
    sealed = vault.seal("account", b"secret")
    other = Vault.at(database)
    assert other.exists
    assert other.locked
    assert other.entries() == [entry]
    assert other.entry(entry.id).certificates == (certificate,)
    found = other.find(private_keys.public(key))
    assert found is not None
    assert found.id == entry.id
    for attempt in (
        lambda: other.private_key(entry.id),
        lambda: other.add(key),
        lambda: other.seal("account", b"x"),
        lambda: other.unseal("account", sealed),
        lambda: other.change_passphrase("another passphrase"),
        other.new_recovery_code,
    ):
        with pytest.raises(VaultLocked):
            attempt()


def test_a_wrong_passphrase_opens_nothing(database: Path) -> None:
    """Whatever is wrong with it, the failure is the same, and the right one still opens."""
    made(database)
    vault = Vault.at(database, cost=QUICK)
    for wrong in ("", "x", PASSPHRASE + " ", PASSPHRASE.upper(), "ä" * 5000, "\0", "\ud800"):
        with pytest.raises(WrongVaultPassphrase):
            vault.unlock(wrong)
        assert vault.locked
    vault.unlock(PASSPHRASE)
    assert not vault.locked


def test_each_attempt_costs_one_derivation(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No attempt, right or wrong, by passphrase or code, is cheaper or dearer than another."""
    from letterlock.keystore.derivation import Derivation

    code = Vault.at(database, cost=QUICK).create(PASSPHRASE, recovery=True)
    assert code
    derive, runs = Derivation.key, []
    monkeypatch.setattr(Derivation, "key", lambda self, secret: runs.append(self.cost) or derive(self, secret))
    vault = Vault.at(database, cost=QUICK)
    for attempt in (lambda: vault.unlock("wrong one"), lambda: vault.unlock_by_recovery("wrong")):
        with pytest.raises(WrongVaultPassphrase):
            attempt()
    vault.unlock(PASSPHRASE)
    vault.unlock_by_recovery(code)
    assert runs == [QUICK] * 4


def test_letters_are_read_however_a_keyboard_writes_them(database: Path) -> None:
    """An "é" of one or two code points, a no-break space or a plain one: the same passphrase (RFC 8265)."""
    Vault.at(database, cost=QUICK).create("caf\u00e9 au\u00a0lait")
    Vault.at(database, cost=QUICK).unlock("cafe\u0301 au lait")


def test_there_is_one_vault(database: Path) -> None:
    """A second one is never made over the first; without one there is nothing to unlock."""
    with pytest.raises(VaultMissing):
        Vault.at(database).unlock(PASSPHRASE)
    assert not database.exists()
    entry = made(database).add(ed25519.Ed25519PrivateKey.generate())
    with pytest.raises(VaultExists):
        Vault.at(database, cost=QUICK).create("another passphrase")
    vault = Vault.at(database, cost=QUICK)
    vault.unlock(PASSPHRASE)
    assert vault.private_key(entry.id)


@pytest.mark.parametrize(("passphrase", "failure"), [("seven77", PassphraseTooShort), ("x" * 1025, PassphraseTooLong)])
def test_a_passphrase_that_would_protect_nothing(database: Path, passphrase: str, failure: type[Exception]) -> None:
    """It is refused before anything is written, for a new vault and for a change."""
    with pytest.raises(failure):
        Vault.at(database, cost=QUICK).create(passphrase)
    assert not database.exists()
    vault = made(database)
    with pytest.raises(failure):
        vault.change_passphrase(passphrase)
    Vault.at(database, cost=QUICK).unlock(PASSPHRASE)


def test_a_change_of_passphrase(database: Path) -> None:
    """The old one opens nothing any more, the new one everything; the recovery code goes on."""
    vault = Vault.at(database, cost=QUICK)
    code = vault.create(PASSPHRASE, recovery=True)
    assert code
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    vault.change_passphrase("a new passphrase")
    other = Vault.at(database, cost=QUICK)
    with pytest.raises(WrongVaultPassphrase):
        other.unlock(PASSPHRASE)
    other.unlock("a new passphrase")
    assert other.private_key(entry.id)
    Vault.at(database, cost=QUICK).unlock_by_recovery(code)


def test_the_recovery_code(database: Path) -> None:
    """It opens as printed, in small letters, without dashes, with O for 0 and L for 1; a new one replaces it."""
    vault = Vault.at(database, cost=QUICK)
    code = vault.create(PASSPHRASE, recovery=True)
    assert code
    assert len(code.replace("-", "")) * 5 == 160
    for typed in (code, code.lower(), code.replace("-", " "), code.replace("0", "o").replace("1", "l")):
        Vault.at(database, cost=QUICK).unlock_by_recovery(typed)
    newer = vault.new_recovery_code()
    with pytest.raises(WrongVaultPassphrase):
        Vault.at(database, cost=QUICK).unlock_by_recovery(code)
    Vault.at(database, cost=QUICK).unlock_by_recovery(newer)


def test_no_recovery_code_unless_asked_for(database: Path) -> None:
    """Then only the passphrase opens the vault."""
    assert Vault.at(database, cost=QUICK).create(PASSPHRASE) is None
    with pytest.raises(RecoveryNotSet):
        Vault.at(database, cost=QUICK).unlock_by_recovery("0000")


def test_weak_parameters_are_upgraded_by_unlocking(database: Path) -> None:
    """Who unlocks with the passphrase leaves today's cost behind; a stronger one stays."""
    Vault.at(database, cost=QUICK).create(PASSPHRASE)
    dearer = Cost("a test", 2, 1, 64)
    Vault.at(database, cost=dearer).unlock(PASSPHRASE)
    with SealedKeys.read(database) as store:
        way = store.way("passphrase")
        assert way is not None
        assert way.parameters["memory_kib"] == 64
    Vault.at(database, cost=QUICK).unlock(PASSPHRASE)
    with SealedKeys.read(database) as store:
        assert store.way("passphrase") == way


def test_what_people_get_is_the_recommendation() -> None:
    """RFC 9106 §4: the second recommended option, t=3, p=4, 64 MiB."""
    assert (RFC_9106_SECOND.iterations, RFC_9106_SECOND.lanes, RFC_9106_SECOND.memory_kib) == (3, 4, 2**16)
    assert Vault.at(Path("x"))._cost is RFC_9106_SECOND


def test_a_lock_reaches_every_process(database: Path) -> None:
    """One of two unlocked vaults locks: both are locked; the unlocking of one is not the other's."""
    first, second = made(database), Vault.at(database, cost=QUICK)
    entry = first.add(ed25519.Ed25519PrivateKey.generate())
    assert second.locked
    second.unlock(PASSPHRASE)
    assert second.private_key(entry.id)
    first.lock()
    for vault in (first, second):
        with pytest.raises(VaultLocked):
            vault.private_key(entry.id)
    first.unlock(PASSPHRASE)
    assert not first.locked
    assert second.locked


def test_a_lock_overwrites_the_master_key(database: Path) -> None:
    """The octets that this program holds are zeros afterwards, not merely forgotten."""
    vault = made(database)
    master = vault._master
    assert master is not None
    assert any(master)
    vault.lock()
    assert master == bytes(32)


def test_it_locks_itself_when_unused(database: Path) -> None:
    """Each use starts the time anew; asking whether it is locked is no use."""
    now = [0.0]
    vault = Vault(database, QUICK, idle=60, clock=lambda: now[0])
    vault.create(PASSPHRASE)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    for _ in range(3):
        now[0] += 59
        vault.private_key(entry.id)
    now[0] += 59
    assert not vault.locked
    now[0] += 2
    with pytest.raises(VaultLocked):
        vault.private_key(entry.id)


def test_a_key_is_kept_once(database: Path) -> None:
    """Adding it again changes neither label nor date, and adds the certificates that are new."""
    key = ec.generate_private_key(ec.SECP256R1())
    one, two = certified(key, "anna@muster.example"), certified(key, "a.muster@muster.example")
    vault = made(database)
    first = vault.add(key, [one], label="first")
    again = vault.add(key, [two, one], label="second")
    assert (again.label, again.created) == ("first", first.created)
    assert set(again.certificates) == {one, two}
    assert len(vault.entries()) == 1


def test_certificates_of_others_are_a_chain(database: Path) -> None:
    """Which certificate is the key's own is found out by its public key, whatever the order; rubbish is no own one."""
    key, issuer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    own, other = certified(key, "anna@muster.example"), certified(issuer, "authority@muster.example")
    vault = made(database)
    entry = vault.add(key, [other])
    assert entry.certificates == ()
    entry = vault.attach(entry.id, [b"no certificate", own])
    assert entry.certificates == (own,)
    assert set(entry.chain) == {other, b"no certificate"}


def test_what_is_said_of_a_key_can_change(database: Path) -> None:
    """Label, note, purpose and since when it is superseded; what is not named stays."""
    vault = made(database)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate(), label="old")
    since = datetime(2026, 11, 1, tzinfo=UTC)
    changed = vault.describe(entry.id, note="laptop", purpose=Purpose.SIGN, superseded=since)
    assert (changed.label, changed.note, changed.purpose, changed.superseded) == ("old", "laptop", Purpose.SIGN, since)
    assert vault.describe(entry.id, label="new").superseded == since


def test_removing_a_key(database: Path) -> None:
    """It is gone with its certificates; the others stay; an unknown one is said."""
    vault = made(database)
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    first, second = (vault.add(each, [certified(each, "a@b.example")]) for each in keys)
    assert vault.remove(first.id) == first
    assert vault.entries() == [second]
    for attempt in (vault.remove, vault.entry, vault.private_key, lambda key: vault.attach(key, [])):
        with pytest.raises(KeyNotKept):
            attempt(first.id)


def test_other_secrets(database: Path) -> None:
    """They open for their purpose only, in any unlocked process, and not when changed."""
    vault = made(database)
    sealed = vault.seal("smtp anna", b"password")
    other = Vault.at(database, cost=QUICK)
    other.unlock(PASSPHRASE)
    assert other.unseal("smtp anna", sealed) == b"password"
    assert b"password" not in sealed
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    for wrong, purpose in [(each, "smtp anna") for each in (*changed, b"", sealed[:-1])] + [(sealed, "smtp otto")]:
        with pytest.raises(SecretDamaged):
            vault.unseal(purpose, wrong)


def test_private_keys_are_nowhere_in_clear(database: Path) -> None:
    """Neither the key's octets nor its PKCS#8 are in any file, nor the passphrase or the master key."""
    vault = made(database)
    key = ed25519.Ed25519PrivateKey.generate()
    vault.add(key)
    assert vault._master is not None
    written = b"".join(each.read_bytes() for each in database.parent.iterdir())
    for secret in (key.private_bytes_raw(), private_keys.encode(key), PASSPHRASE.encode(), bytes(vault._master)):
        assert secret not in written


def test_what_was_removed_is_overwritten(database: Path) -> None:
    """A removed key, and the master key under an old passphrase, are not left in the file's free space."""
    vault = made(database)
    entry = vault.add(ed25519.Ed25519PrivateKey.generate())
    with SealedKeys.read(database) as store:
        sealed, way = store.key(entry.id).sealed, store.way("passphrase")
    assert sealed is not None
    assert way is not None
    assert sealed in database.read_bytes()
    assert way.wrapped in database.read_bytes()
    vault.remove(entry.id)
    vault.change_passphrase("another horse battery")
    assert sealed not in database.read_bytes()
    assert way.wrapped not in database.read_bytes()


def test_a_certificate_test_helper_is_one() -> None:
    """The helper makes what `attach` must recognise."""
    assert x509.load_der_x509_certificate(certified(ec.generate_private_key(ec.SECP256R1()), "a@b.example"))
