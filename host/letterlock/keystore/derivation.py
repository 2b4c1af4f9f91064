"""From a passphrase to a key: Argon2id (RFC 9106), with parameters that are stored beside what they protect."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from letterlock import limits
from letterlock.keystore.failures import DerivationTooCostly, PassphraseTooLong, PassphraseTooShort, VaultDamaged

KEY_OCTETS = 32
SALT_OCTETS = 16
"""RFC 9106 §3.1: 16 octets are recommended for passwords."""


@dataclass(frozen=True)
class Cost:
    """What one derivation costs: passes, parallel lanes, memory in KiB, and whose recommendation that is."""

    source: str
    iterations: int
    lanes: int
    memory_kib: int

    @property
    def work(self) -> int:
        """Octets touched, in KiB: what an attacker pays for each guess."""
        return self.iterations * self.memory_kib


RFC_9106_SECOND = Cost("RFC 9106 §4, second recommended option", iterations=3, lanes=4, memory_kib=64 * 1024)
"""64 MiB and three passes: a quarter of a second on this decade's computers. The first option takes 2 GiB, which a
browser's helper must not. OWASP's least (2023: 19 MiB, two passes) is a fifth of it."""


@dataclass(frozen=True)
class Derivation:
    """A cost with its salt: everything but the passphrase."""

    cost: Cost
    salt: bytes

    @classmethod
    def fresh(cls, cost: Cost = RFC_9106_SECOND) -> Derivation:
        """With a new salt."""
        return cls(cost, os.urandom(SALT_OCTETS))

    @classmethod
    def parse(cls, stored: Mapping[str, object]) -> Derivation:
        """What `stored` has kept.

        Raises:
            VaultDamaged: it is nothing of ours.
            DerivationTooCostly: honest parameters stay far below; these are there to exhaust the computer.
        """
        numbers = [stored.get(name) for name in ("iterations", "lanes", "memory_kib")]
        salt, source = stored.get("salt"), stored.get("source")
        if stored.get("kdf") != "argon2id" or not isinstance(salt, str) or not isinstance(source, str):
            raise VaultDamaged("parameters")
        if not all(type(each) is int and each > 0 for each in numbers):
            raise VaultDamaged("parameters")
        iterations, lanes, memory = (int(str(each)) for each in numbers)
        if iterations > limits.ARGON2_ITERATIONS or lanes > limits.ARGON2_LANES or memory > limits.ARGON2_MEMORY_KIB:
            raise DerivationTooCostly(memory, iterations)
        try:
            octets = bytes.fromhex(salt)
        except ValueError:
            raise VaultDamaged("parameters") from None
        # RFC 9106 §3.1: a salt has at least 8 octets, each lane at least 8 KiB.
        if len(octets) != SALT_OCTETS or memory < 8 * lanes:
            raise VaultDamaged("parameters")
        return cls(Cost(source, iterations, lanes, memory), octets)

    def stored(self) -> dict[str, object]:
        """As `parse` takes it: JSON values."""
        return {
            "kdf": "argon2id",
            "source": self.cost.source,
            "iterations": self.cost.iterations,
            "lanes": self.cost.lanes,
            "memory_kib": self.cost.memory_kib,
            "salt": self.salt.hex(),
        }

    def key(self, secret: str) -> bytearray:
        """The key: 32 octets, which the caller overwrites when done."""
        from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

        key = bytearray(KEY_OCTETS)
        Argon2id(
            salt=self.salt,
            length=KEY_OCTETS,
            iterations=self.cost.iterations,
            lanes=self.cost.lanes,
            memory_cost=self.cost.memory_kib,
        ).derive_into(normalised(secret).encode("utf-8", "surrogatepass"), key)
        return key


def normalised(passphrase: str) -> str:
    """As RFC 8265 §4.2 has it: spaces alike and letters composed, for keyboards differ in how they write "é"."""
    alike = "".join(" " if unicodedata.category(each) == "Zs" else each for each in passphrase)
    return unicodedata.normalize("NFC", alike)


def acceptable(passphrase: str) -> str:
    """The passphrase, if a new vault or backup may have it.

    Raises:
        PassphraseTooShort, PassphraseTooLong: it may not.
    """
    if len(normalised(passphrase)) < limits.VAULT_PASSPHRASE_CHARACTERS:
        raise PassphraseTooShort(limits.VAULT_PASSPHRASE_CHARACTERS)
    if len(passphrase) > limits.VAULT_PASSPHRASE_MOST:
        raise PassphraseTooLong(limits.VAULT_PASSPHRASE_MOST)
    return passphrase
