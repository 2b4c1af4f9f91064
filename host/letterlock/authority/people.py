"""The keys that are made for a person, and requests of people who made their own (PKCS#10, RFC 2986)."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock import limits
from letterlock.authority.failures import RequestNotUsable
from letterlock.authority.profiles import Use
from letterlock.keystore import create, requests
from letterlock.keystore.entries import Purpose
from letterlock.keystore.identity_failures import RequestDamaged, RequestNotVouched

Generate = Callable[[], PrivateKeyTypes]

_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without letters and digits that look alike in print: i l o 0 1."""
_GROUPS, _GROUP = 5, 4

_USES = {Purpose.SIGN: Use.SIGN, Purpose.DECRYPT: Use.ENCRYPT, Purpose.BOTH: Use.BOTH}

KINDS: Mapping[str, tuple[tuple[Use, Generate], ...]] = {
    kind: tuple((_USES[purpose], make) for purpose, make in keys) for kind, keys in create.KINDS.items()
}
"""What a person's keys may be: one for both uses, or a pair."""

DEFAULT_KIND = create.DEFAULT_KIND
"""What every mail program can use, phones and old Outlooks included."""


@dataclass(frozen=True)
class PersonKey:
    """A key that was made for a person."""

    use: Use
    key: PrivateKeyTypes = field(repr=False)

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def generate(kind: str) -> tuple[PersonKey, ...]:
    """New keys of one of `KINDS`."""
    return tuple(PersonKey(use, make()) for use, make in KINDS[kind])


def one_time_passphrase() -> str:
    """A passphrase of 99 random bits that can be read out and typed: `abcd-efgh-jkmn-pqrs-tuvw`."""
    letters = [secrets.choice(_ALPHABET) for _ in range(_GROUPS * _GROUP)]
    return "-".join("".join(letters[start : start + _GROUP]) for start in range(0, len(letters), _GROUP))


@dataclass(frozen=True)
class CertificateRequest:
    """A request whose signature shows that its maker has the key, or (a sibling) that the holder of another key asks.

    `addresses` and `name` are what the request says; the administrator decides. `use` is what it asks for, None where
    it does not say. `voucher` is the SubjectPublicKeyInfo of the key that signed it: the same key in PKCS#10.
    """

    public: bytes
    addresses: tuple[str, ...]
    name: str
    use: Use | None = None
    voucher: bytes = b""

    @classmethod
    def parse_all(cls, octets: bytes) -> tuple[CertificateRequest, ...]:
        """Every request of one person in a file: PKCS#10, and siblings for keys that cannot sign
        (`keystore.requests`).

        Raises:
            RequestNotUsable: one of them is damaged, or not signed with the key that it names.
            RequestsTooMany: more than one person makes.
        """
        if len(octets) > limits.CERTIFICATE_REQUEST_OCTETS:
            raise RequestNotUsable(f"> {limits.CERTIFICATE_REQUEST_OCTETS}")
        try:
            found = requests.read(octets)
        except RequestNotVouched:
            raise RequestNotUsable("signature") from None
        except RequestDamaged:
            raise RequestNotUsable("ASN.1") from None
        return tuple(
            cls(each.key, each.addresses, each.name, _USES.get(each.purpose) if each.purpose else None, each.voucher)
            for each in found
        )
