"""Which of the own keys is used for an address, and which of them end soon.

An old key is never given up: whatever was encrypted for it opens with it. What is chosen here is what is signed with,
and what others are told to encrypt to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from letterlock import limits
from letterlock.errors import Reason
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.identity_failures import IdentityExpired, IdentityExpiresSoon, NoIdentity, NotAnIdentity
from letterlock.keystore.vault import Vault
from letterlock.operations.keys import certificates, chosen, named
from letterlock.store.database import Store
from letterlock.trust.addresses import domain_key, folded, names_address, split_address
from letterlock.trust.certificate import Certificate

_DEFAULTS = "default_identities"
"""Setting: {address: {use: key id}}."""

_COMMITTING = {"nonRepudiation", "contentCommitment"}
_SIGNING = {"digitalSignature", *_COMMITTING}
_ENCRYPTING = {"keyEncipherment", "keyAgreement"}


class Use(StrEnum):
    """What a key is chosen for."""

    SIGN = "sign"
    ENCRYPT = "encrypt"


@dataclass(frozen=True)
class OwnIdentity:
    """A key in the vault with one of its certificates."""

    entry: KeyEntry
    certificate: Certificate


@dataclass(frozen=True)
class Chosen:
    """What an address signs with, and what is encrypted to it; None where there is nothing in force."""

    address: str
    sign: OwnIdentity | None
    encrypt: OwnIdentity | None

    @property
    def identities(self) -> list[OwnIdentity]:
        """The one or two, each once."""
        found = [each for each in (self.sign, self.encrypt) if each is not None]
        return found[:1] if len(found) == 2 and found[0].entry.id == found[1].entry.id else found


def purpose_of(certificate: Certificate) -> Purpose:
    """What a certificate lets its key do (RFC 8550 §4.4.2). Without key usage: everything."""
    usage = certificate.key_usage
    if usage is None or (usage & _SIGNING and usage & _ENCRYPTING):
        return Purpose.BOTH
    return Purpose.DECRYPT if usage & _ENCRYPTING else Purpose.SIGN


def signs(certificate: Certificate) -> bool:
    """Whether a certificate lets its key sign mail: key usage absent, or digitalSignature or nonRepudiation in it.

    RFC 8550 §4.4.2. One that is for decrypting only, or for certificates only, never does.
    """
    usage = certificate.key_usage
    return usage is None or bool(usage & _SIGNING)


def commits(certificate: Certificate) -> bool:
    """Whether a certificate is made for what its owner must not be able to deny: nonRepudiation (contentCommitment)."""
    return bool((certificate.key_usage or frozenset()) & _COMMITTING)


def choose(entries: Sequence[KeyEntry], database: Path, address: str, now: datetime) -> Chosen:
    """The identity for an address: the default where one is stored and in force, else the newest in force.

    To sign, one whose certificate has nonRepudiation goes before one that has only digitalSignature: a mail is meant.
    """
    with Store.read(database) as store:
        wanted = (store.setting(_DEFAULTS) or {}).get(_key(address), {})
    found: dict[Use, OwnIdentity | None] = {}
    for use in Use:
        possible = sorted(
            _possible(entries, address, use, now),
            key=lambda each: (
                each.entry.id == wanted.get(use),
                each.entry.superseded is None,
                use is Use.SIGN and commits(each.certificate),
                each.certificate.not_before,
            ),
        )
        found[use] = possible[-1] if possible else None
    return Chosen(address, found[Use.SIGN], found[Use.ENCRYPT])


def named_by(vault: Vault, database: Path, whose: str, now: datetime) -> list[KeyEntry]:
    """The keys that a person means by an address (what it uses, or used last) or by the first digits of an identifier.

    Raises:
        NoIdentity: no key here has a certificate for the address.
        KeyNotKept, KeyAmbiguous: of an identifier.
    """
    if "@" not in whose:
        return [chosen(vault, whose)]
    entries = vault.entries()
    found = [each.entry for each in choose(entries, database, whose, now).identities]
    if not found:
        # Over, or not begun yet: the latest for each use.
        possible = [each for use in Use for each in _possible(entries, whose, use, None)[-1:]]
        found = list({each.entry.id: each.entry for each in possible}.values())
    if not found:
        raise NoIdentity(whose)
    return found


def set_default(entry: KeyEntry, database: Path, address: str) -> list[Use]:
    """Make a key the default of an address, for whatever its certificates allow.

    Returns:
        The uses it is the default for from now on.

    Raises:
        NotAnIdentity: none of its certificates names the address.
    """
    naming = [each for each in certificates(entry) if names_address(each.addresses, address)]
    uses = [use for use in Use if any(_allows(entry, each, use) for each in naming)]
    if not uses:
        raise NotAnIdentity(entry.id[:16], address)
    with Store.open(database) as store:
        defaults = store.setting(_DEFAULTS) or {}
        defaults.setdefault(_key(address), {}).update({use.value: entry.id for use in uses})
        store.set_setting(_DEFAULTS, defaults)
    return uses


def defaults(database: Path) -> dict[str, dict[str, str]]:
    """By address and use, the identifiers of the keys that somebody chose."""
    with Store.read(database) as store:
        return store.setting(_DEFAULTS) or {}


def addresses(entries: Sequence[KeyEntry]) -> list[str]:
    """Every address that a certificate of a key names, as the newest certificate writes it."""
    found: dict[str, str] = {}
    for entry in entries:
        if entry.purpose is not Purpose.AUTHORITY:
            for certificate in certificates(entry):
                for address in certificate.addresses:
                    found.setdefault(_key(address), address)
    return list(found.values())


def expiring(entries: Sequence[KeyEntry], now: datetime, days: int = limits.EXPIRY_NOTICE_DAYS) -> list[Reason]:
    """What has ended, or ends within that many days, and has no successor; the next to end first.

    A certificate has a successor where a later one names all of its addresses and allows what it allows.
    """
    live = [
        OwnIdentity(entry, latest)
        for entry in entries
        if entry.purpose is not Purpose.AUTHORITY and entry.superseded is None
        if (latest := max(certificates(entry), key=lambda each: each.not_after, default=None)) is not None
    ]
    found: list[tuple[datetime, Reason]] = []
    for own in live:
        left = own.certificate.not_after - now
        if left.days >= days or any(_succeeds(each, own) for each in live):
            continue
        name, key, end = named(own.entry), own.entry.id[:16], own.certificate.not_after
        expired = left.total_seconds() <= 0
        found.append(
            (end, IdentityExpired(name, key, end) if expired else IdentityExpiresSoon(name, key, end, left.days))
        )
    return [reason for _, reason in sorted(found, key=lambda each: each[0])]


def _possible(entries: Sequence[KeyEntry], address: str, use: Use, now: datetime | None) -> list[OwnIdentity]:
    """Those in force; with no time given all, the last to end at the end."""
    found = [
        OwnIdentity(entry, certificate)
        for entry in entries
        for certificate in certificates(entry)
        if (now is None or certificate.not_before <= now <= certificate.not_after)
        and names_address(certificate.addresses, address)
        and _allows(entry, certificate, use)
    ]
    return sorted(found, key=lambda each: each.certificate.not_after)


def _allows(entry: KeyEntry, certificate: Certificate, use: Use) -> bool:
    if use is Use.SIGN and not signs(certificate):
        return False
    own = Purpose.SIGN if use is Use.SIGN else Purpose.DECRYPT
    return all(each in (Purpose.BOTH, own) for each in (entry.purpose, purpose_of(certificate)))


def _succeeds(later: OwnIdentity, own: OwnIdentity) -> bool:
    return (
        later.certificate.not_after > own.certificate.not_after
        and purpose_of(later.certificate) in (Purpose.BOTH, purpose_of(own.certificate))
        and all(names_address(later.certificate.addresses, each) for each in own.certificate.addresses)
    )


def _key(address: str) -> str:
    local, domain = split_address(address)
    return f"{folded(local)}@{domain_key(domain)}"
