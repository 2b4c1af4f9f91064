"""The vault in the protocol (1.4): the requests about it, and what is answered."""

from __future__ import annotations

from typing import Literal

from letterlock.protocol.key_models import OwnKey
from letterlock.protocol.shapes import Id, NoParams, Secret, Shape, WithSecrets


class VaultCreateParams(WithSecrets):
    """`vault_create` makes the vault with this passphrase; `recovery` asks for a code to be printed."""

    passphrase: Secret
    recovery: bool


class VaultUnlockParams(WithSecrets):
    """`vault_unlock` opens it: `secret` is the passphrase or the recovery code, and null for the keychain."""

    way: Literal["passphrase", "recovery", "keychain"]
    secret: Secret | None


class VaultPassphraseParams(WithSecrets):
    """`vault_passphrase` replaces the passphrase."""

    current: Secret
    new: Secret


class VaultStatusRequest(Shape):
    """Asks whether there is a vault, and whether this host has it unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_status"]
    params: NoParams


class VaultCreateRequest(Shape):
    """Makes the vault, which is unlocked then."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_create"]
    params: VaultCreateParams


class VaultUnlockRequest(Shape):
    """Unlocks the vault for this host."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_unlock"]
    params: VaultUnlockParams


class VaultLockRequest(Shape):
    """Locks the vault here, and asks every other host to."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_lock"]
    params: NoParams


class VaultPassphraseRequest(Shape):
    """Changes the passphrase, and leaves the vault unlocked."""

    type: Literal["request"]
    id: Id
    operation: Literal["vault_passphrase"]
    params: VaultPassphraseParams


class KeyListRequest(Shape):
    """Asks for the person's own keys and their certificates, which are readable while locked."""

    type: Literal["request"]
    id: Id
    operation: Literal["key_list"]
    params: NoParams


# --- Replies


class VaultStatus(Shape):
    """The vault: is there one, is it locked for this host, does a recovery code or the keychain open it, and after how
    many seconds without use it locks itself."""

    exists: bool
    locked: bool
    recovery: bool
    keychain: bool
    idle_seconds: int


class VaultCreated(Shape):
    """The new vault, and the recovery code, which is shown now and never again."""

    status: VaultStatus
    recovery_code: str | None


class KeyList(Shape):
    """The own keys, and how many things in the vault are damaged (`letterlock keys test` names them)."""

    keys: list[OwnKey]
    damaged: int
