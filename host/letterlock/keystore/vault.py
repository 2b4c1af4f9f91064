"""The vault: one user's private keys, sealed in the database, and the ways to open it.

    vault = Vault.at(location.database())
    vault.create("correct horse battery staple")
    entry = vault.add(key, certificates)
    vault.private_key(entry.id)

A random master key seals every private key (AES-256-GCM, bound to the key's own identifier). The master key is itself
sealed once for each way to it: under a key from the passphrase (Argon2id), from a printed recovery code, or one that
the desktop's keychain has. So a change of passphrase rewrites one row, and what is readable without any secret
(certificates, public keys, labels) stays readable while the vault is locked.

A vault object is unlocked for its own process. It locks itself when it is not used, and when any process asked all of
them to lock. Methods may be called from several threads. All of them raise `StoreDamaged`, `StoreNewer`,
`StoreUnreachable`, `StoreBusy`.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.keystore import keychain, recovery, sealing
from letterlock.keystore.derivation import RFC_9106_SECOND, Cost, Derivation, acceptable
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.failures import (
    KeychainNotSet,
    KeyDamaged,
    RecoveryNotSet,
    SecretDamaged,
    VaultDamaged,
    VaultLocked,
    WrongVaultPassphrase,
)
from letterlock.store.database import Store
from letterlock.store.failures import StoreBusy, StoreDamaged, StoreUnreachable, VaultExists, VaultMissing
from letterlock.store.keys import SealedKeys, StoredCertificate, StoredKey, StoredVault, StoredWay

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

PASSPHRASE, RECOVERY, KEYCHAIN = "passphrase", "recovery", "keychain"
_KEYS = "private keys"

IDLE = "vault.idle_seconds"
"""The setting that says after how many seconds without use vault and tokens lock themselves."""


def awake() -> float:
    # Time asleep counts as unused: a notebook that was closed for a day must not wake up unlocked.
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Vault:
    """The vault in one database. It is cheap to make; nothing is read before it is used."""

    def __init__(
        self,
        database: Path,
        cost: Cost = RFC_9106_SECOND,
        idle: float | None = None,
        clock: Callable[[], float] = awake,
    ) -> None:
        self._database = database
        self._cost = cost
        self._fixed = idle
        self._idle = limits.VAULT_IDLE_SECONDS if idle is None else idle
        self._clock = clock
        self._guard = threading.RLock()
        self._master: bytearray | None = None
        self._unlocked_as: StoredVault | None = None
        self._used = 0.0
        self._seen: object = None

    @classmethod
    def at(cls, database: Path, *, cost: Cost = RFC_9106_SECOND, idle: float | None = None) -> Vault:
        """The vault in this database, whether it exists yet or not.

        Args:
            database: the store's file.
            cost: of new and of upgraded derivations; only tests take less.
            idle: seconds without use after which it locks itself; None: as many as the person set.
        """
        return cls(database, cost, idle)

    # --- States ---

    @property
    def exists(self) -> bool:
        """Whether a vault was made."""
        with SealedKeys.read(self._database) as store:
            return store.vault() is not None

    @property
    def locked(self) -> bool:
        """Whether private keys can not be had now; a vault that is to lock is locked by asking."""
        with self._guard:
            self._lock_if_due()
            return self._master is None

    @property
    def ways(self) -> frozenset[str]:
        """The ways that open it: "passphrase", and perhaps "recovery" and "keychain"."""
        with SealedKeys.read(self._database) as store:
            return store.ways()

    @property
    def idle_seconds(self) -> float:
        """After how many seconds without use it locks itself."""
        if self._fixed is not None:
            return self._fixed
        with SealedKeys.read(self._database) as store:
            return idle_seconds(store)

    def create(self, passphrase: str, *, recovery: bool = False) -> str | None:
        """Make the vault, which is unlocked then.

        Returns:
            The recovery code, to be shown once and printed; None unless asked for.

        Raises:
            VaultExists: there is one already.
            PassphraseTooShort, PassphraseTooLong: of the passphrase.
        """
        acceptable(passphrase)
        if self.exists:
            raise VaultExists(str(self._database))
        master = bytearray(os.urandom(32))
        ways = [self._by_secret(master, PASSPHRASE, passphrase)]
        code = _new_code() if recovery else None
        if code:
            ways.append(self._by_secret(master, RECOVERY, _read_code(code)))
        name = sealing.vault_id(master)
        with SealedKeys.open(self._database) as store:
            store.make(name, ways, datetime.now(UTC))
            self._keep(master, store.vault())
        return code

    def unlock(self, passphrase: str) -> None:
        """Unlock with the passphrase.

        Weaker parameters than today's are replaced by the way.

        Raises:
            WrongVaultPassphrase: it does not open; each attempt costs one derivation.
            VaultMissing: there is no vault.
            VaultDamaged, DerivationTooCostly: what leads to the master key is not what was written.
        """
        stored = self._unlock_by_secret(PASSPHRASE, passphrase)
        if stored.cost.work < self._cost.work:
            # Whoever cannot write today upgrades another day.
            with suppress(StoreUnreachable, StoreBusy):
                self._put(PASSPHRASE, passphrase)

    def unlock_by_recovery(self, code: str) -> None:
        """Unlock with the printed recovery code. Raises as `unlock`, and `RecoveryNotSet`."""
        self._unlock_by_secret(RECOVERY, _read_code(code))

    def unlock_by_keychain(self) -> None:
        """Unlock with the key that the desktop's keychain has.

        Raises:
            KeychainNotSet: that was not asked for (`keep_in_keychain`).
            KeychainUnavailable: there is no keychain, or it says no.
            VaultMissing, VaultDamaged: as `unlock`.
        """
        vault, way = self._way(KEYCHAIN)
        if way is None:
            raise KeychainNotSet
        self._open(vault, way, keychain.fetch(vault.id.hex()))

    def lock(self) -> None:
        """Forget the master key here at once, and ask every other process to do so.

        Raises:
            StoreUnreachable, StoreBusy: the others could not be asked; here it is locked all the same.
        """
        self._forget()
        with SealedKeys.read(self._database) as store:
            if store.vault() is None:
                return
        with SealedKeys.open(self._database) as store:
            store.ask_to_lock()

    def forget(self) -> None:
        """Forget the master key in this process alone; the others stay as they are."""
        self._forget()

    # --- Ways ---

    def change_passphrase(self, new: str) -> None:
        """Replace the passphrase, in one transaction; keys and the other ways stay as they are.

        Raises:
            VaultLocked: it must be unlocked.
            PassphraseTooShort, PassphraseTooLong: of the new one.
        """
        self._put(PASSPHRASE, acceptable(new))

    def new_recovery_code(self) -> str:
        """A recovery code, which replaces any earlier one. Raises `VaultLocked`."""
        code = _new_code()
        self._put(RECOVERY, _read_code(code))
        return code

    def keep_in_keychain(self) -> None:
        """Let the desktop's keychain unlock the vault from now on. Raises `VaultLocked`, `KeychainUnavailable`."""
        with self._unlocked() as (master, vault):
            key = bytearray(os.urandom(32))
            keychain.put(vault.id.hex(), key)
            with SealedKeys.open(self._database) as store:
                store.put_way(vault.id, StoredWay(KEYCHAIN, {}, sealing.seal(key, master, _belongs(KEYCHAIN))))
            sealing.overwrite(key)

    def forget_keychain(self) -> None:
        """Do not let the keychain unlock it any more. Raises `VaultMissing`."""
        with SealedKeys.open(self._database) as store:
            vault = store.vault()
            if vault is None:
                raise VaultMissing
            store.remove_way(vault.id, KEYCHAIN)
        keychain.remove(vault.id.hex())

    # --- Keys ---

    def entries(self) -> list[KeyEntry]:
        """Every key that is whole, oldest first; also while the vault is locked. `damage` names the others."""
        with SealedKeys.read(self._database) as store:
            return [KeyEntry.of(each) for each in store.every_key()[0]]

    def damage(self) -> list[str]:
        """What in the vault is not what was written: keys, certificates, ways. An unlocked vault tries every key."""
        with SealedKeys.read(self._database) as store:
            keys, damaged = store.every_key()
            found = list(damaged)
            for way in store.ways():
                try:
                    store.way(way)
                except StoreDamaged as failure:
                    found.append(failure.detail)
        if not self.locked:
            found += [f"own_key {each.id}" for each in keys if not self._whole(each.id)]
        return found

    def entry(self, key_id: str) -> KeyEntry:
        """One key. Raises `KeyNotKept`."""
        with SealedKeys.read(self._database) as store:
            return KeyEntry.of(store.key(key_id))

    def find(self, public_key: bytes) -> KeyEntry | None:
        """The key of this SubjectPublicKeyInfo (DER), if it is in the vault."""
        key_id = hashlib.sha256(public_key).hexdigest()
        return next((each for each in self.entries() if each.id == key_id), None)

    def add(
        self,
        key: PrivateKeyTypes,
        certificates: Sequence[bytes] = (),
        *,
        label: str = "",
        note: str = "",
        purpose: Purpose = Purpose.BOTH,
        created: datetime | None = None,
        superseded: datetime | None = None,
    ) -> KeyEntry:
        """Keep a key and its certificates (its own and its issuers', in DER, in any order), in one transaction.

        A key that is there stays as it is; certificates that it did not have yet are added.

        Raises:
            VaultLocked, VaultReplaced: the vault must be unlocked, and still be the same.
        """
        from letterlock.keystore import private_keys

        public, now = private_keys.public(key), datetime.now(UTC)
        key_id = hashlib.sha256(public).hexdigest()
        with self._unlocked() as (master, vault):
            purpose_key, octets = sealing.purpose_key(master, _KEYS), private_keys.encode(key)
            sealed = sealing.seal(purpose_key, octets, bytes.fromhex(key_id))
            sealing.overwrite(purpose_key)
            sealing.overwrite(octets)
            stored = StoredKey(
                key_id,
                public,
                private_keys.described(key),
                created or now,
                purpose.value,
                label,
                note,
                superseded,
                sealed=sealed,
                certificates=_sorted(public, certificates),
            )
            with SealedKeys.open(self._database) as store:
                new = store.add_key(vault.id, stored, now)
                # Somebody brings a key again whose row was damaged: a backup is being restored.
                if not new and not self._whole(key_id):
                    store.mend_key(vault.id, stored)
        return self.entry(key_id)

    def attach(self, key_id: str, certificates: Sequence[bytes]) -> KeyEntry:
        """Keep certificates with a key; those that are there stay. Raises `KeyNotKept`."""
        public = self.entry(key_id).public_key
        with SealedKeys.open(self._database) as store:
            store.attach(key_id, _sorted(public, certificates), datetime.now(UTC))
        return self.entry(key_id)

    def describe(
        self,
        key_id: str,
        *,
        label: str | None = None,
        note: str | None = None,
        purpose: Purpose | None = None,
        superseded: datetime | None = None,
    ) -> KeyEntry:
        """Change what is said of a key; None leaves it. Raises `KeyNotKept`."""
        with SealedKeys.open(self._database) as store:
            store.describe_key(key_id, label=label, note=note, purpose=purpose, superseded=superseded)
        return self.entry(key_id)

    def private_key(self, key_id: str) -> PrivateKeyTypes:
        """The private key.

        Raises:
            VaultLocked: unlock first.
            KeyNotKept: there is none.
            KeyDamaged: what is kept is not what was written; never another key.
        """
        from letterlock.keystore import private_keys

        with self._unlocked() as (master, _):
            with SealedKeys.read(self._database) as store:
                stored = store.key(key_id)
            assert stored.sealed is not None
            key = sealing.purpose_key(master, _KEYS)
            octets = sealing.unseal(key, stored.sealed, bytes.fromhex(key_id))
            sealing.overwrite(key)
        if octets is None:
            raise KeyDamaged(key_id)
        found = private_keys.decode(octets)
        sealing.overwrite(octets)
        if found is None or private_keys.public(found) != stored.public:
            raise KeyDamaged(key_id)
        return found

    def remove(self, key_id: str) -> KeyEntry:
        """Forget a key for ever: mail encrypted for it stays closed. Raises `KeyNotKept`."""
        entry = self.entry(key_id)
        with SealedKeys.open(self._database) as store:
            store.remove_key(key_id)
        return entry

    # --- Other secrets ---

    def seal(self, purpose: str, secret: bytes) -> bytes:
        """A secret sealed for one purpose, to be kept anywhere. Raises `VaultLocked`."""
        with self._unlocked() as (master, _):
            key = sealing.purpose_key(master, f"secret {purpose}")
            sealed = sealing.seal(key, secret, purpose.encode())
            sealing.overwrite(key)
        return sealed

    def unseal(self, purpose: str, sealed: bytes) -> bytes:
        """What `seal` has sealed for this purpose. Raises `VaultLocked`, `SecretDamaged`."""
        with self._unlocked() as (master, _):
            key = sealing.purpose_key(master, f"secret {purpose}")
            secret = sealing.unseal(key, sealed, purpose.encode())
            sealing.overwrite(key)
        if secret is None:
            raise SecretDamaged(purpose)
        return bytes(secret)

    # --- Inside ---

    def _whole(self, key_id: str) -> bool:
        try:
            self.private_key(key_id)
        except (KeyDamaged, StoreDamaged):
            return False
        return True

    def _unlock_by_secret(self, name: str, secret: str) -> Derivation:
        vault, way = self._way(name)
        if way is None:
            raise RecoveryNotSet if name == RECOVERY else VaultDamaged(name)
        derivation = Derivation.parse(way.parameters)
        self._open(vault, way, derivation.key(secret))
        return derivation

    def _way(self, name: str) -> tuple[StoredVault, StoredWay | None]:
        with SealedKeys.read(self._database) as store:
            vault = store.vault()
            if vault is None:
                raise VaultMissing
            return vault, store.way(name)

    def _open(self, vault: StoredVault, way: StoredWay, key: bytearray) -> None:
        master = sealing.unseal(key, way.wrapped, _belongs(way.name))
        sealing.overwrite(key)
        if master is None:
            raise WrongVaultPassphrase
        if len(master) != 32 or sealing.vault_id(master) != vault.id:
            raise VaultDamaged("id")
        self._keep(master, vault)

    def _by_secret(self, master: bytearray, name: str, secret: str) -> StoredWay:
        derivation = Derivation.fresh(self._cost)
        key = derivation.key(secret)
        wrapped = sealing.seal(key, master, _belongs(name))
        sealing.overwrite(key)
        return StoredWay(name, derivation.stored(), wrapped)

    def _put(self, name: str, secret: str) -> None:
        with self._unlocked() as (master, vault):
            way = self._by_secret(master, name, secret)
            with SealedKeys.open(self._database) as store:
                store.put_way(vault.id, way)

    def _keep(self, master: bytearray, vault: StoredVault | None) -> None:
        with self._guard:
            self._forget()
            self._master, self._unlocked_as, self._used = master, vault, self._clock()

    def _forget(self) -> None:
        with self._guard:
            sealing.overwrite(self._master)
            self._master = self._unlocked_as = self._seen = None

    def _lock_if_due(self) -> None:
        if self._master is None:
            return
        if self._idled():
            self._forget()
            return
        # The database is opened only if it changed: a question before each use must cost nothing.
        stamp = SealedKeys.stamp(self._database)
        if stamp is not None and stamp == self._seen:
            return
        with SealedKeys.read(self._database) as store:
            now = store.vault()
            if self._fixed is None:
                self._idle = idle_seconds(store)
        if now != self._unlocked_as or self._idled():
            self._forget()
        else:
            self._seen = stamp

    def _idled(self) -> bool:
        return self._clock() - self._used > self._idle

    @contextmanager
    def _unlocked(self) -> Iterator[tuple[bytearray, StoredVault]]:
        with self._guard:
            self._lock_if_due()
            if self._master is None or self._unlocked_as is None:
                raise VaultLocked
            self._used = self._clock()
            yield self._master, self._unlocked_as


def idle_seconds(store: Store) -> int:
    """After how many seconds without use a vault or a token locks itself: as set, within what is allowed."""
    said = store.setting(IDLE)
    if isinstance(said, bool) or not isinstance(said, int):
        return limits.VAULT_IDLE_SECONDS
    return min(max(said, limits.VAULT_IDLE_LEAST), limits.VAULT_IDLE_MOST)


def _belongs(way: str) -> bytes:
    return b"letterlock master key by " + way.encode()


def _new_code() -> str:
    return recovery.fresh()


def _read_code(code: str) -> str:
    return recovery.read(code)


def _sorted(public: bytes, certificates: Sequence[bytes]) -> tuple[StoredCertificate, ...]:
    from letterlock.keystore import private_keys

    return tuple(
        StoredCertificate(each, private_keys.public_of_certificate(each) == public)
        for each in dict.fromkeys(certificates)
    )
