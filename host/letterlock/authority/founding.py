"""An authority, founded: the root, the issuing authority below it, and the first entries of the log; its renewal."""

from __future__ import annotations

from datetime import datetime

from letterlock.authority import certificate as writing
from letterlock.authority import profiles
from letterlock.authority.ca import (
    BACKDATED,
    ISSUING,
    ROOT,
    SETTING,
    Authority,
    Facts,
    append,
    facts_of,
)
from letterlock.authority.certificate import Chain
from letterlock.authority.failures import AuthorityExists
from letterlock.authority.keys import CaKey
from letterlock.authority.log import START, Kind
from letterlock.authority.profiles import LIFETIMES, Lifetimes
from letterlock.authority.settings import Settings
from letterlock.store.authority import AuthorityRecords, CertificateRow
from letterlock.store.database import Store
from letterlock.trust.certificate import Certificate


def found(
    store: Store,
    settings: Settings,
    root: CaKey,
    issuing: CaKey,
    at: datetime,
    lifetimes: Lifetimes = LIFETIMES,
) -> Authority:
    """Make an authority: two certificates, the first entries of the log, and the settings, kept together.

    Raises:
        AuthorityExists: this store has one.
    """
    begin = at - BACKDATED
    organisation, country = settings.organisation, settings.country
    root_name = profiles.name(f"{organisation} Root CA", organisation, country).public_bytes()
    name = profiles.name(f"{organisation} Mail CA", organisation, country).public_bytes()
    top = writing.write(
        root,
        root_name,
        root_name,
        root.public,
        (begin, at + lifetimes.root),
        profiles.authority(
            root.public,
            root.public,
            path_length=1,
            domains=settings.domains,
            at=settings.issuing_addresses(),
            policies=(),
            root=True,
        ),
        writing.random_serial(),
    )
    below = _certified(settings, top, root, issuing, name, at, lifetimes)
    records = AuthorityRecords(store)
    with records.appending() as changes:
        if changes.end() != (None, None):
            raise AuthorityExists(organisation)
        for role, made in ((ROOT, top), (ISSUING, below)):
            changes.add_certificate(CertificateRow(made.serial, role, made.der), [])
        acts: list[tuple[Kind, Facts]] = [
            (Kind.AUTHORITY, {**facts_of(each), "name": each.name}) for each in (top, below)
        ]
        append(changes, 0, START, issuing, below, at, acts)
        changes.set_setting(SETTING, settings.json())
    return Authority(records, settings, Chain(below, top))


def _certified(
    settings: Settings, top: Certificate, root: CaKey, issuing: CaKey, name: bytes, at: datetime, lifetimes: Lifetimes
) -> Certificate:
    made = writing.write(
        root,
        top.subject_der,
        name,
        issuing.public,
        (max(at - BACKDATED, top.not_before), min(at + lifetimes.issuing, top.not_after)),
        profiles.authority(
            issuing.public,
            root.public,
            path_length=0,
            domains=settings.domains,
            at=settings.issuing_addresses(),
            policies=settings.policies,
            root=False,
        ),
        writing.random_serial(),
    )
    writing.check_authority(made, top, at)
    return made


def renew_issuing(
    authority: Authority, root: CaKey, key: CaKey, at: datetime, lifetimes: Lifetimes = LIFETIMES
) -> Authority:
    """A new certificate for the issuing authority's key, kept; the old one stays good until it expires.

    The key stays: people's certificates lead to the new one as well, and lists and answers go on.
    """
    top, old = authority.chain.root, authority.chain.issuing
    made = _certified(authority.settings, top, root, key, old.subject_der, at, lifetimes)
    row = CertificateRow(made.serial, ISSUING, made.der)
    authority.act(
        key,
        at,
        [(Kind.AUTHORITY, {**facts_of(made), "name": made.name})],
        lambda changes: changes.add_certificate(row, []),
    )
    return Authority(authority.records, authority.settings, Chain(made, top))
