"""One encrypted file with every key: for another computer, and for the day the disk fails.

A text file of lines. The format is for ever: `docs/keys.md` describes it with a program that reads it without us.

    Letterlock keys 1 {"kdf": "argon2id", "salt": …, …}      the head
    <base64>                                                  one key, sealed
    …
    <base64>                                                  the end, sealed: how many keys there are
    Letterlock keys 1 {…}                                     the head again

Each line is sealed on its own (AES-256-GCM under the key that Argon2id makes of the passphrase, bound to what it
is), so that damage costs one key and not all, and is said. The head stands twice for the same reason. A key is
JSON: its PKCS#8, which every kind has (PKCS#12 cannot hold ML-KEM or X25519), its certificates, and what is said of it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from letterlock import limits
from letterlock.keystore import private_keys, sealing
from letterlock.keystore.derivation import RFC_9106_SECOND, Cost, Derivation, acceptable
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.failures import (
    BackupDamaged,
    BackupNewer,
    BackupTooLarge,
    KeyDamaged,
    NotABackup,
    VaultDamaged,
    WrongBackupPassphrase,
)
from letterlock.store.failures import StoreDamaged

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from letterlock.keystore.vault import Vault

_MAGIC = "Letterlock keys "
_VERSION = "1"
_KEY, _END = b"letterlock backup 1 key", b"letterlock backup 1 end"
"""What a line is sealed as. Each backup has a key of its own, so that no line of another one opens in it."""


def _nobody(done: int, total: int) -> None:
    pass


@dataclass(frozen=True)
class BackedUp:
    """A key out of a backup, with everything that was said of it."""

    key: PrivateKeyTypes = field(repr=False)
    entry: KeyEntry


@dataclass
class Restored:
    """What a backup gave: keys that are new here, keys that were here already, and how many lines were unreadable.

    `complete` is false where lines are missing altogether: the end of the file was lost.
    """

    new: list[KeyEntry] = field(default_factory=list)
    known: list[KeyEntry] = field(default_factory=list)
    damaged: int = 0
    complete: bool = True


def write(
    vault: Vault,
    passphrase: str,
    cost: Cost = RFC_9106_SECOND,
    progress: Callable[[int, int], None] = _nobody,
) -> tuple[bytes, int, list[str]]:
    """The octets of a backup of an unlocked vault, how many keys are in it, and what could not be saved.

    Raises:
        VaultLocked: it must be unlocked.
        PassphraseTooShort, PassphraseTooLong: of the backup's passphrase.
    """
    derivation = Derivation.fresh(cost)
    key = derivation.key(acceptable(passphrase))
    head = f"{_MAGIC}{_VERSION} {json.dumps(derivation.stored())}".encode()
    lines, lost = [head], list(vault.damage())
    entries = vault.entries()
    for number, entry in enumerate(entries, 1):
        try:
            record = _record(entry, vault.private_key(entry.id))
        except (KeyDamaged, StoreDamaged):
            continue
        lines.append(base64.b64encode(sealing.seal(key, record, _KEY)))
        sealing.overwrite(record)
        progress(number, len(entries))
    count = len(lines) - 1
    lines.append(base64.b64encode(sealing.seal(key, json.dumps({"keys": count}).encode(), _END)))
    sealing.overwrite(key)
    return b"\n".join((*lines, head, b"")), count, lost


def restore(vault: Vault, octets: bytes, passphrase: str, progress: Callable[[int, int], None] = _nobody) -> Restored:
    """Put every key of a backup into an unlocked vault; what is there stays, and a damaged key is mended.

    Raises:
        NotABackup, BackupNewer, BackupTooLarge: it is nothing that we can read.
        WrongBackupPassphrase: no line of it opens with this passphrase.
        BackupDamaged, DerivationTooCostly: its head is not what was written.
        VaultLocked: it must be unlocked.
    """
    result = Restored()
    before = {each.id for each in vault.entries()}
    for saved in read(octets, passphrase, result, progress):
        entry = saved.entry
        kept = vault.add(
            saved.key,
            (*entry.certificates, *entry.chain),
            label=entry.label,
            note=entry.note,
            purpose=entry.purpose,
            created=entry.created,
            superseded=entry.superseded,
        )
        (result.known if kept.id in before else result.new).append(kept)
    return result


def read(
    octets: bytes, passphrase: str, result: Restored, progress: Callable[[int, int], None] = _nobody
) -> Iterator[BackedUp]:
    """The keys of a backup; damage is counted in `result`. Raises as `restore`."""
    lines = _lines(octets)
    heads = [line for line in lines if line.startswith(_MAGIC.encode())]
    body = [line for line in lines if not line.startswith(_MAGIC.encode())]
    key = _unlocked(heads, body, passphrase)
    result.complete = False
    for number, line in enumerate(body, 1):
        progress(number, len(body))
        record = _opened(key, line, _KEY)
        if record is None:
            end = _opened(key, line, _END)
            if end is None:
                result.damaged += 1
            elif _expected(end) == len(body) - 1:
                result.complete = True
            continue
        saved = _saved(record)
        sealing.overwrite(record)
        if saved is None:
            result.damaged += 1
        else:
            yield saved
    sealing.overwrite(key)


def _lines(octets: bytes) -> list[bytes]:
    if len(octets) > limits.BACKUP_OCTETS:
        raise BackupTooLarge(limits.BACKUP_OCTETS)
    lines = [line.strip() for line in octets.splitlines() if line.strip()]
    if not any(line.startswith(_MAGIC.encode()) for line in lines):
        raise NotABackup
    if len(lines) > limits.KEYS_KEPT + 3:
        raise BackupTooLarge(limits.BACKUP_OCTETS)
    return lines


def _unlocked(heads: Sequence[bytes], body: Sequence[bytes], passphrase: str) -> bytearray:
    """The key under which at least one line opens."""
    for derivation in _derivations(heads):
        key = derivation.key(passphrase)
        if any(_opened(key, line, as_) is not None for line in body for as_ in (_KEY, _END)):
            return key
    raise WrongBackupPassphrase


def _opened(key: bytearray, line: bytes, belongs_to: bytes) -> bytearray | None:
    try:
        return sealing.unseal(key, base64.b64decode(line, validate=True), belongs_to)
    except (ValueError, binascii.Error):
        return None


def _derivations(heads: Sequence[bytes]) -> list[Derivation]:
    """What the heads say: one derivation if both are whole; each costs time, so two at most."""
    found: list[Derivation] = []
    failure: Exception = BackupDamaged()
    for head in (*heads[:1], *heads[-1:]):
        version, _, parameters = head[len(_MAGIC) :].partition(b" ")
        if version != _VERSION.encode():
            if version.isdigit():
                failure = BackupNewer(version.decode()[:20])
            continue
        try:
            stored = json.loads(parameters)
            derivation = Derivation.parse(stored if isinstance(stored, dict) else {})
        except (ValueError, RecursionError, VaultDamaged):
            continue
        if derivation not in found:
            found.append(derivation)
    if not found:
        raise failure
    return found


def _expected(record: bytearray) -> object:
    try:
        said = json.loads(bytes(record))
    except ValueError:
        return None
    return said.get("keys") if isinstance(said, dict) else None


def _record(entry: KeyEntry, key: PrivateKeyTypes) -> bytearray:
    encoded = private_keys.encode(key)
    record = {
        "key": base64.b64encode(encoded).decode(),
        "certificates": [base64.b64encode(each).decode() for each in entry.certificates],
        "chain": [base64.b64encode(each).decode() for each in entry.chain],
        "created": entry.created.isoformat(),
        "purpose": entry.purpose.value,
        "label": entry.label,
        "note": entry.note,
        "superseded": entry.superseded.isoformat() if entry.superseded else None,
    }
    sealing.overwrite(encoded)
    return bytearray(json.dumps(record).encode())


def _saved(record: bytearray) -> BackedUp | None:
    """A key out of its JSON, or None where it is not what we write."""
    try:
        said: dict[str, Any] = json.loads(bytes(record))
        key = private_keys.parse(base64.b64decode(said["key"], validate=True))
        superseded = said["superseded"]
        entry = KeyEntry(
            "",
            private_keys.described(key),
            private_keys.public(key),
            datetime.fromisoformat(said["created"]).astimezone(UTC),
            Purpose(said["purpose"]),
            str(said["label"]),
            str(said["note"]),
            None if superseded is None else datetime.fromisoformat(superseded).astimezone(UTC),
            tuple(base64.b64decode(each, validate=True) for each in said["certificates"]),
            tuple(base64.b64decode(each, validate=True) for each in said["chain"]),
        )
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return BackedUp(key, entry)
