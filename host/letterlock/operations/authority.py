"""The internal CA's verbs: where its core, the vault and the store meet. Files are `authority_files`' business.

    with acting(database, vault) as acting:
        acting.authority.revoke(…, acting.key, now)

The authority's keys are in the vault under the purpose `authority`; a root's key may be in a file that is kept
elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from letterlock import limits
from letterlock.authority import ca, exports, founding, keys
from letterlock.authority.audit import Audit, audit
from letterlock.authority.ca import Authority
from letterlock.authority.failures import (
    AuthorityExists,
    DomainNotUsable,
    NoAuthority,
    RootKeyElsewhere,
    RootKeyWrong,
    SerialUnknown,
)
from letterlock.authority.keys import CaKey, PrivateCaKey, TokenCaKey
from letterlock.authority.log import Head
from letterlock.authority.settings import Settings
from letterlock.keystore import pkcs12, pkcs12_write, private_keys
from letterlock.keystore.entries import Purpose
from letterlock.keystore.token_failures import TokenAbsent, TokenPinNeeded
from letterlock.keystore.vault import Vault
from letterlock.operations.authority_files import write_private
from letterlock.operations.tokens import Tokens
from letterlock.store.authority import CertificateRow
from letterlock.store.database import Store
from letterlock.trust.addresses import domain_key
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest

ANCHOR_NOTE = "our internal CA"


@dataclass(frozen=True)
class OfflineRoot:
    """Where a root's key is kept outside of the vault: a PKCS#12 file, and the passphrase of it."""

    file: Path
    passphrase: str


@dataclass(frozen=True)
class Acting:
    """The authority with its keys at hand."""

    database: Path
    authority: Authority
    key: CaKey
    vault: Vault

    def root_key(self, offline: OfflineRoot | None = None) -> PrivateCaKey:
        """The root's key, out of the vault or out of the file.

        Raises:
            RootKeyElsewhere: it is not in the vault, and no file was given.
            RootKeyWrong: the file holds another key.
            WrongPassphrase, KeyFileDamaged …: as `pkcs12.read`.
        """
        root = self.authority.chain.root
        if offline is None:
            if self.vault.find(root.key_der) is None:
                raise RootKeyElsewhere(root.name)
            return _key(self.vault, root)
        with offline.file.open("rb") as file:
            keys_in_file = pkcs12.read(file.read(limits.KEY_FILE_OCTETS + 1), offline.passphrase).keys
        for each in keys_in_file:
            if private_keys.public(each.key) == root.key_der:
                return PrivateCaKey(each.key)
        raise RootKeyWrong(str(offline.file))


def init(
    database: Path,
    vault: Vault,
    settings: Settings,
    at: datetime,
    offline: OfflineRoot | None = None,
    tokens: Tokens | None = None,
    token_key: str = "",
) -> Authority:
    """Make the authority, its keys and its first lists, and trust it here.

    Args:
        offline: where the root's key goes; None: into the vault.
        tokens: with one unlocked for writing, on which the issuing key is made; None: it is made into the vault.
        token_key: the label or identifier of the issuing key, where it is on the token already.

    Raises:
        TokenKeyAbsent, TokenKeyAmbiguous, TokenKeyLeaves: as `Token.key_named`; nothing is made.
        TokenCannot, TokenFailed …: as `Token.generate`.
        AuthorityExists, CaKeyNotSupported, DomainNotUsable; FileExistsError: the root's file is there already.
    """
    settings = replace(settings, domains=tuple(map(_domain, settings.domains)), root_kept=offline is None)
    with Store.open(database) as store:
        try:
            raise AuthorityExists(Authority.of(store).settings.organisation)
        except NoAuthority:
            pass
        # Keys first: an authority whose key was never kept would be lost, a key without an authority harms nobody.
        label = f"{settings.organisation} Mail CA"
        issuing, settings = _made(vault, tokens, settings, label, token_key)
        root = keys.generate(settings.root_key)
        top = None
        if offline is None:
            top = vault.add(root.key, label=f"{settings.organisation} Root CA", purpose=Purpose.AUTHORITY)
        else:
            entry = pkcs12_write.Exported(root.key, None, f"{settings.organisation} Root CA")
            write_private(offline.file, pkcs12_write.write([entry], (), offline.passphrase))
        made = founding.found(store, settings, root, issuing, at)
        kept = vault.find(issuing.public)
        if kept is not None:
            vault.attach(kept.id, [made.chain.issuing.der, made.chain.root.der])
        if top is not None:
            vault.attach(top.id, [made.chain.root.der])
        store.add_anchor(made.chain.root.der, ANCHOR_NOTE, at, digest(made.chain.root.subject_dn.normal))
        made.make_list(issuing, at)
        # The root revokes nobody but issuing authorities; a list for a year, so that its key rests.
        made.make_list(issuing, at, _ROOT_LIST_DAYS, root=root)
        return made


_ROOT_LIST_DAYS = 366


@contextmanager
def acting(database: Path, vault: Vault, tokens: Tokens | None = None) -> Iterator[Acting]:
    """The authority in this database with its key out of an unlocked vault, or on an unlocked token.

    Raises:
        TokenPinNeeded: the key is on a token that is not unlocked. TokenAbsent: it is not on the one that is.
        NoAuthority; KeyNotKept, VaultLocked …: as `Vault.private_key`.
    """
    with Store.open(database) as store:
        authority = Authority.of(store)
        yield Acting(database, authority, _issuing_key(vault, tokens, authority), vault)


@contextmanager
def reading(database: Path) -> Iterator[Authority]:
    """The authority without its keys. Raises `NoAuthority`."""
    with Store.read(database) as store:
        yield Authority.of(store)


def found(authority: Authority, wanted: str, at: datetime) -> tuple[CertificateRow, ...]:
    """What a person or a serial number names: the certificates of an address that are in force, or the one.

    Raises:
        SerialUnknown: nothing.
    """
    if "@" in wanted:
        rows = in_force(authority, wanted, at)
    else:
        row = authority.records.certificate(wanted.replace(":", "").lower().lstrip("0"))
        rows = (row,) if row and row.role == ca.PERSON else ()
    if not rows:
        raise SerialUnknown(wanted)
    return rows


def in_force(authority: Authority, address: str, at: datetime) -> tuple[CertificateRow, ...]:
    """The certificates for an address that are neither revoked nor expired."""
    rows = authority.records.of_address(ca.address_key(address))
    return tuple(each for each in rows if not each.revoked and Certificate.parse(each.der).not_after > at)


def people_in_force(database: Path, at: datetime) -> list[Certificate]:
    """The certificates of everybody that the authority here has certified; none where there is no authority."""
    try:
        with reading(database) as authority:
            rows = authority.records.certificates(ca.PERSON)
    except NoAuthority:
        return []
    found = (Certificate.parse(each.der) for each in rows if not each.revoked)
    return [each for each in found if each.not_before <= at <= each.not_after]


def expiring(authority: Authority, days: int, at: datetime) -> tuple[CertificateRow, ...]:
    """People's certificates in force that expire within so many days and have no successor yet."""
    end = at + timedelta(days=days)
    due = []
    for row in authority.records.certificates(ca.PERSON):
        certificate = Certificate.parse(row.der)
        if row.revoked or not at < certificate.not_after <= end:
            continue
        newer = (Certificate.parse(each.der) for each in in_force(authority, certificate.addresses[0], at))
        if not any(each.not_after > end for each in newer):
            due.append(row)
    return tuple(due)


def checked(database: Path, exported: Path | None) -> Audit:
    """Audit the log, against a head that was kept elsewhere if one is given.

    Raises:
        NoAuthority; OSError: the file cannot be read. A file that is no head is a finding.
    """
    head = None
    if exported is not None:
        text = exported.read_text(encoding="utf-8", errors="replace")[: limits.POLICY_OCTETS]
        head = Head.parse(text) or Head(0, "", "", b"")
    with reading(database) as authority:
        return audit(authority, head)


@dataclass(frozen=True)
class Issued:
    """One certificate as a list shows it: times in ISO 8601 (UTC); `status` is in-force, expired or revoked."""

    serial: str
    role: str
    name: str
    addresses: tuple[str, ...]
    key: str
    not_before: str
    not_after: str
    status: str
    revoked: str | None
    reason: str | None
    sha256: str

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {**asdict(self), "addresses": list(self.addresses)}


def issued(authority: Authority, at: datetime) -> tuple[Issued, ...]:
    """Everything in the order in which it was issued."""
    return tuple(_issued(row, at) for row in authority.records.certificates())


def exported(authority: Authority, form: str, path: str) -> bytes:
    """The authority's certificates in one form for clients.

    Args:
        form: pem, der (the root alone), chain (both, PEM), mobileconfig, windows, mozilla, policy.
        path: where the root's certificate will lie on the clients, for the forms that name it.
    """
    root, issuing = authority.chain.root, authority.chain.issuing
    match form:
        case "der":
            return root.der
        case "chain":
            return exports.pem([issuing, root])
        case "mobileconfig":
            return exports.mobileconfig(authority.settings.organisation, root, [issuing])
        case "windows":
            return exports.windows(path, "issuing.cer")
        case "mozilla":
            return exports.mozilla_policies(path)
        case "policy":
            return exports.letterlock_policy(path)
    return exports.pem([root])


def _issued(row: CertificateRow, at: datetime) -> Issued:
    made = Certificate.parse(row.der)
    status = "revoked" if row.revoked else "expired" if made.not_after < at else "in-force"
    return Issued(
        row.serial,
        row.role,
        made.name,
        made.addresses,
        made.key,
        f"{made.not_before:%Y-%m-%dT%H:%M:%SZ}",
        f"{made.not_after:%Y-%m-%dT%H:%M:%SZ}",
        status,
        row.revoked,
        row.reason,
        made.sha256,
    )


def _key(vault: Vault, certificate: Certificate) -> PrivateCaKey:
    return PrivateCaKey(vault.private_key(sha256(certificate.key_der).hexdigest()))


def _made(
    vault: Vault, tokens: Tokens | None, settings: Settings, label: str, token_key: str
) -> tuple[CaKey, Settings]:
    """The issuing key, made or found and kept, and the settings that say where."""
    if tokens is None:
        made = keys.generate(settings.issuing_key)
        vault.add(made.key, label=label, purpose=Purpose.AUTHORITY)
        return made, settings
    token, public = tokens.key_named(token_key) if token_key else tokens.generate(settings.issuing_key, label)
    private = tokens.holding(public)
    if private is None:
        raise TokenAbsent(token)
    found = TokenCaKey(public, private)
    keys.prove(found)
    return found, replace(settings, token=token, issuing_key=keys.kind_of(found))


def _issuing_key(vault: Vault, tokens: Tokens | None, authority: Authority) -> CaKey:
    issuing, token = authority.chain.issuing, authority.settings.token
    if not token:
        return _key(vault, issuing)
    if tokens is None:
        raise TokenPinNeeded(token, "")
    private = tokens.holding(issuing.key_der)
    if private is None:
        raise TokenAbsent(token)
    return TokenCaKey(issuing.key_der, private)


def _domain(text: str) -> str:
    domain = domain_key(text.strip().rstrip("."))
    labels = domain.removeprefix(".").split(".")
    if len(labels) < 2 or not all(each and each.isascii() and each.replace("-", "").isalnum() for each in labels):
        raise DomainNotUsable(text)
    return domain
