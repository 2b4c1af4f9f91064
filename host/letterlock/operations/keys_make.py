"""Own keys from the first request to the last renewal: create, request, certify, renew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.errors import Reason
from letterlock.keystore import create as creating
from letterlock.keystore import issued, requests
from letterlock.keystore.entries import KeyEntry, Purpose
from letterlock.keystore.identity_failures import (
    CertificateAlreadyKept,
    CertificateAlreadyOver,
    CertificateForNoKey,
    CertificateIssuersMissing,
    CertificateNotOurs,
    KeyCannotSign,
    NoIdentity,
)
from letterlock.keystore.vault import Vault
from letterlock.operations.keys import certificates, named
from letterlock.store.database import Store
from letterlock.trust import keys as trust_keys
from letterlock.trust.certificate import Certificate

_RENEWALS = "key_renewals"
"""Setting: {new key's id: old key's id}, from the request until the certificate comes."""


@dataclass(frozen=True)
class Made:
    """Keys, and the request file (PEM) for an authority."""

    entries: tuple[KeyEntry, ...]
    request: bytes


@dataclass(frozen=True)
class Taken:
    """A certificate that was installed, with what is to be said of it."""

    entry: KeyEntry
    certificate: Certificate
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Certified:
    """What became of the certificates in a file. `superseded` are the older keys that are from now on only for
    decrypting."""

    taken: tuple[Taken, ...]
    left_out: tuple[Reason, ...]
    superseded: tuple[KeyEntry, ...]


def create(vault: Vault, kind: str, addresses: Sequence[str], name: str, at: datetime) -> Made:
    """Make keys, keep them, and write the request for their certificates.

    Args:
        kind: one of `keystore.create.KINDS`.
        name: of the person; empty: the first address stands for it.

    Raises:
        KeyKindUnknown, AddressNotInRequest, VaultLocked.
    """
    requests.general_names(addresses)
    made = creating.generate(kind)
    file = _request_file([(each.key, each.purpose) for each in made], addresses, name, at)
    label = name or addresses[0]
    return Made(tuple(vault.add(each.key, label=label, purpose=each.purpose) for each in made), file)


def request(vault: Vault, entry: KeyEntry, at: datetime, addresses: Sequence[str] = (), name: str = "") -> Made:
    """The request for a certificate of a key that is in the vault already.

    Args:
        addresses, name: empty: those of its newest certificate.

    Raises:
        KeyCannotSign: no key in the vault can vouch for it.
        NoIdentity: it has no certificate, and no address was given.
        VaultLocked.
    """
    newest = next(iter(certificates(entry)), None)
    wanted = tuple(addresses) or (newest.addresses if newest else ())
    if not wanted:
        raise NoIdentity(entry.id[:16])
    name = name or _person(entry, newest)
    key = vault.private_key(entry.id)
    if trust_keys.can_sign(key.public_key()):
        return Made((entry,), requests.to_pem([requests.create(key, wanted, name, entry.purpose)], []))
    voucher = _voucher(vault, entry)
    certificate = next(iter(certificates(voucher)), None)
    sibling = requests.create_sibling(
        key, wanted, name, vault.private_key(voucher.id), certificate.der if certificate else None, at
    )
    return Made((entry,), requests.to_pem([], [sibling]))


def certify(vault: Vault, database: Path, octets: bytes, now: datetime) -> Certified:
    """Install what an authority has issued: each certificate goes to its key, with its issuers that came along.

    The key is known by its public key alone, whatever name or file the certificate comes in. An older key that the
    new one renews is from then on kept for decrypting.

    Raises:
        CertificateFileUnreadable: no certificate in the file.
        CertificateForNoKey: none of them belongs to a key in the vault.
    """
    found = [Certificate.parse(each) for each in issued.certificates(octets)]
    entries = {entry.public_key: entry for entry in vault.entries()}
    taken: list[Taken] = []
    left_out: list[Reason] = []
    for certificate in found:
        entry = entries.get(certificate.key_der)
        if entry is not None and certificate.der in entry.certificates:
            left_out.append(CertificateAlreadyKept(certificate.name, certificate.not_after))
        elif entry is not None:
            chain = _issuers(certificate, found)
            entry = vault.attach(entry.id, [certificate.der, *(each.der for each in chain)])
            taken.append(Taken(entry, certificate, tuple(_remarks(certificate, chain, now))))
        elif not (certificate.basic_constraints and certificate.basic_constraints.ca):
            left_out.append(CertificateNotOurs(certificate.name, certificate.issuer_name))
    if not taken and not any(isinstance(each, CertificateAlreadyKept) for each in left_out):
        raise CertificateForNoKey(tuple(each.name for each in found[:5]))
    return Certified(tuple(taken), tuple(left_out), tuple(_supersede(vault, database, taken, now)))


def renew(
    vault: Vault, database: Path, entries: Sequence[KeyEntry], at: datetime, *, kind: str | None, same_key: bool
) -> Made:
    """The request for the next certificate of an identity (one key, or the two of a pair).

    Args:
        kind: of the new keys; None: as the old ones, or the usual kind where theirs is not made any more.
        same_key: ask for another certificate of the same keys. New ones are better: a key that was stolen unnoticed
            does not go on being used.

    Raises:
        NoIdentity: there is no certificate to take name and addresses from.
        KeyCannotSign, KeyKindUnknown, VaultLocked.
    """
    newest = next((each for entry in entries for each in certificates(entry)), None)
    if newest is None or not newest.addresses:
        raise NoIdentity(entries[0].id[:16] if entries else "")
    name = _person(entries[0], newest)
    if same_key:
        keys = [(vault.private_key(each.id), each.purpose) for each in sorted(entries, key=_signs_first)]
        if trust_keys.can_sign(keys[0][0].public_key()):
            return Made(tuple(entries), _request_file(keys, newest.addresses, name, at))
        return request(vault, entries[0], at)
    made = create(vault, kind or _kind_of(entries), newest.addresses, name, at)
    with Store.open(database) as store:
        renewals = store.setting(_RENEWALS) or {}
        for new in made.entries:
            olds = [old.id for old in entries if old.id != new.id and _covers(new.purpose, old.purpose)]
            renewals[new.id] = sorted({*renewals.get(new.id, []), *olds})
        store.set_setting(_RENEWALS, renewals)
    return made


def _request_file(
    keys: Sequence[tuple[PrivateKeyTypes, Purpose]], addresses: Sequence[str], name: str, at: datetime
) -> bytes:
    """One file for all keys of an identity, the first of which signs and vouches for what cannot."""
    own, siblings = [], []
    for key, purpose in keys:
        if trust_keys.can_sign(key.public_key()):
            own.append(requests.create(key, addresses, name, purpose))
        else:
            siblings.append(requests.create_sibling(key, addresses, name, keys[0][0], None, at))
    return requests.to_pem(own, siblings)


def _voucher(vault: Vault, entry: KeyEntry) -> KeyEntry:
    """The signing key beside a key that cannot sign: of the same label, else for the same addresses; the newest."""
    signing = [
        each
        for each in vault.entries()
        if each.id != entry.id and each.purpose in (Purpose.SIGN, Purpose.BOTH) and _can_sign(each)
    ]
    own = {address for each in certificates(entry) for address in each.addresses}
    near = [each for each in signing if each.label and each.label == entry.label] or [
        each for each in signing if own & {address for one in certificates(each) for address in one.addresses}
    ]
    if not near:
        raise KeyCannotSign(entry.id[:16])
    return near[-1]


def _can_sign(entry: KeyEntry) -> bool:
    try:
        return trust_keys.can_sign(trust_keys.load(entry.public_key))
    except ValueError:
        return False


def _issuers(certificate: Certificate, among: Sequence[Certificate]) -> list[Certificate]:
    """The certificates of issuers in a file, from the certificate upwards, by name."""
    found: list[Certificate] = []
    current = certificate
    while not current.self_issued:
        above = next(
            (
                each
                for each in among
                if each.subject_dn.normal == current.issuer_dn.normal and each not in found and each is not current
            ),
            None,
        )
        if above is None:
            break
        found.append(above)
        current = above
    return found


def _remarks(certificate: Certificate, chain: Sequence[Certificate], now: datetime) -> list[Reason]:
    found: list[Reason] = []
    if certificate.not_after < now:
        found.append(CertificateAlreadyOver(certificate.name, certificate.not_after))
    if not chain and not certificate.self_issued:
        found.append(CertificateIssuersMissing(certificate.name, certificate.issuer_name))
    return found


def _supersede(vault: Vault, database: Path, taken: Sequence[Taken], now: datetime) -> list[KeyEntry]:
    """The keys that these renew, which only decrypt from now on."""
    with Store.read(database) as store:
        renewals = store.setting(_RENEWALS) or {}
    done = [each.entry.id for each in taken if each.entry.id in renewals]
    found: list[KeyEntry] = []
    known = {entry.id: entry for entry in vault.entries()}
    for new in done:
        for old in renewals.pop(new):
            if old in known and known[old].superseded is None:
                found.append(vault.describe(old, superseded=now))
    if done:
        with Store.open(database) as store:
            store.set_setting(_RENEWALS, renewals)
    return found


def _covers(new: Purpose, old: Purpose) -> bool:
    return new is old or new is Purpose.BOTH


def _signs_first(entry: KeyEntry) -> bool:
    return entry.purpose is Purpose.DECRYPT


def _person(entry: KeyEntry, newest: Certificate | None) -> str:
    name = newest.name if newest else named(entry)
    return "" if "@" in name else name


_KINDS_BY_ALGORITHMS = {
    ("RSA 3072",): "RSA-3072",
    ("RSA 4096",): "RSA-4096",
    ("EC P-256",): "P-256",
    ("EC P-384",): "P-384",
    ("RSA 3072", "RSA 3072"): "RSA-3072-pair",
    ("RSA 4096", "RSA 4096"): "RSA-4096-pair",
    ("EC P-256", "EC P-256"): "P-256-pair",
    ("EC P-384", "EC P-384"): "P-384-pair",
    ("Ed25519", "X25519"): "Ed25519-X25519",
    ("ML-DSA-65", "ML-KEM-768"): "ML-DSA-65-ML-KEM-768",
}


def _kind_of(entries: Sequence[KeyEntry]) -> str:
    algorithms = tuple(each.algorithm for each in sorted(entries, key=_signs_first))
    usual = creating.DEFAULT_KIND if len(entries) == 1 else f"{creating.DEFAULT_KIND}-pair"
    return _KINDS_BY_ALGORITHMS.get(algorithms, usual)
