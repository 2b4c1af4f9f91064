"""A key in the vault, as it is known while the vault is locked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from letterlock.store.keys import StoredKey


class Purpose(StrEnum):
    """What a key is for. A certificate may narrow it further."""

    SIGN = "sign"
    DECRYPT = "decrypt"
    BOTH = "both"
    AUTHORITY = "authority"
    """A certification authority's key: never offered for mail."""


@dataclass(frozen=True)
class KeyEntry:
    """One key.

    Attributes:
        id: SHA-256 of its SubjectPublicKeyInfo, lower-case hex.
        algorithm: its kind and size in words, like "RSA 3072".
        public_key: SubjectPublicKeyInfo in DER.
        certificates: those for this very key, in the order in which they came, in DER.
        chain: certificates of its issuers that came along, in no order.
        created: when it came into the vault (UTC).
        superseded: since when a newer key is used instead; it is kept, and decrypts.
    """

    id: str
    algorithm: str
    public_key: bytes = field(repr=False)
    created: datetime
    purpose: Purpose = Purpose.BOTH
    label: str = ""
    note: str = ""
    superseded: datetime | None = None
    certificates: tuple[bytes, ...] = field(default=(), repr=False)
    chain: tuple[bytes, ...] = field(default=(), repr=False)

    @classmethod
    def of(cls, stored: StoredKey) -> KeyEntry:
        """What the database has, without what is sealed."""
        known = stored.purpose in Purpose.__members__.values()
        return cls(
            stored.id,
            stored.algorithm,
            stored.public,
            stored.created,
            Purpose(stored.purpose) if known else Purpose.BOTH,
            stored.label,
            stored.note,
            stored.superseded,
            tuple(each.der for each in stored.certificates if each.own),
            tuple(each.der for each in stored.certificates if not each.own),
        )
