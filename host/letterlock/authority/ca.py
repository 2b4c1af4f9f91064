"""The authority as a whole: what it is, and what it does, each act one transaction with its entry in the log.

Keys and times are arguments. What a function returns has been kept; a certificate that is not in the log never
leaves it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from letterlock.authority import certificate as writing
from letterlock.authority import crl, keys, profiles
from letterlock.authority.certificate import Chain
from letterlock.authority.crl import Revocation, RevocationReason
from letterlock.authority.failures import (
    AlreadyRevoked,
    LogBroken,
    NoAuthority,
    SerialUnknown,
    SignatureNotOwn,
)
from letterlock.authority.keys import CaKey
from letterlock.authority.log import Entry, Head, Kind
from letterlock.authority.profiles import LIFETIMES, Lifetimes, Use
from letterlock.authority.settings import Settings
from letterlock.errors import JsonFact
from letterlock.store.authority import Appending, AuthorityRecords, CertificateRow, HeadRow, LogRow
from letterlock.store.database import Store
from letterlock.trust.addresses import domain_key, folded, split_address
from letterlock.trust.certificate import Certificate

SETTING = "authority"
ROOT, ISSUING, PERSON, RESPONDER = "root", "issuing", "person", "responder"

BACKDATED = timedelta(minutes=5)
"""How much before now a certificate begins: clocks of receivers differ by minutes (S/MIME BR §7.1.2.3: 48 hours)."""

Facts = Mapping[str, JsonFact]


@dataclass(frozen=True)
class Wanted:
    """One certificate for a person.

    Args:
        name: of the person; empty: the first address stands for it, as in the mailbox profile (S/MIME BR §7.1.4.2.3).
        public: SubjectPublicKeyInfo, DER.
        until: an end before that of the usual lifetime, None for that one.
    """

    name: str
    mailboxes: tuple[str, ...]
    public: bytes
    use: Use = Use.BOTH
    until: datetime | None = None


@dataclass(frozen=True)
class Authority:
    """The authority in a store: its settings and its certificates."""

    records: AuthorityRecords
    settings: Settings
    chain: Chain

    @classmethod
    def of(cls, store: Store) -> Authority:
        """The one in this store; raises `NoAuthority`."""
        records = AuthorityRecords(store)
        settings = Settings.of(store.setting(SETTING))
        found = {role: records.certificates(role) for role in (ROOT, ISSUING)}
        if settings is None or not all(found.values()):
            raise NoAuthority
        root, issuing = (Certificate.parse(found[role][-1].der) for role in (ROOT, ISSUING))
        return cls(records, settings, Chain(issuing, root))

    # --- Certificates ------------------------------------------------------------------------------------------

    def prepare(self, wanted: Wanted, key: CaKey, at: datetime) -> Certificate:
        """A certificate for a person, checked as a receiver would, not yet kept: it must not leave before `keep`.

        Raises:
            AddressNotUsable, PersonKeyNotSupported: as `profiles.person`.
            CertificateNotGood: it would not be believed: above all, the address is outside the authority's domains.
        """
        issuing = self.chain.issuing
        begin = at - BACKDATED
        end = min(
            wanted.until or at + timedelta(days=self.settings.person_days),
            issuing.not_after,
            self.chain.root.not_after,
        )
        subject = profiles.name(wanted.name or wanted.mailboxes[0], self.settings.organisation if wanted.name else "")
        extensions = profiles.person(
            wanted.public,
            issuing.key_der,
            wanted.mailboxes,
            wanted.use,
            self.settings.person_addresses(),
            self.settings.policies,
        )
        made = writing.write(
            key,
            issuing.subject_der,
            subject.public_bytes(),
            wanted.public,
            (max(begin, issuing.not_before), end),
            extensions,
            writing.random_serial(),
        )
        writing.check_person(made, self.chain, wanted.mailboxes, at, wanted.use is not Use.ENCRYPT)
        return made

    def keep(self, made: Sequence[Certificate], key: CaKey, at: datetime, *, bundle: str | None = None) -> None:
        """Keep certificates of one person together: in the log, and to be found again.

        Args:
            bundle: SHA-256 of the file in which they are handed over, None where they are handed over bare.

        Raises:
            LogBroken: as `act`.
        """
        rows = [CertificateRow(each.serial, PERSON, each.der, bundle) for each in made]

        def change(changes: Appending) -> None:
            for row, certificate in zip(rows, made, strict=True):
                changes.add_certificate(row, [address_key(each) for each in certificate.addresses])

        self.act(key, at, [(Kind.ISSUED, facts_of(each, bundle)) for each in made], change)

    def responder(self, public: bytes, key: CaKey, at: datetime, lifetimes: Lifetimes = LIFETIMES) -> Certificate:
        """A certificate for an OCSP responder, kept."""
        issuing = self.chain.issuing
        made = writing.write(
            key,
            issuing.subject_der,
            profiles.name(f"{issuing.name} OCSP", self.settings.organisation).public_bytes(),
            public,
            (max(at - BACKDATED, issuing.not_before), min(at + lifetimes.responder, issuing.not_after)),
            profiles.responder(public, issuing.key_der),
            writing.random_serial(),
        )
        row = CertificateRow(made.serial, RESPONDER, made.der)
        self.act(key, at, [(Kind.RESPONDER, facts_of(made))], lambda changes: changes.add_certificate(row, []))
        return made

    # --- Revocation --------------------------------------------------------------------------------------------

    def revoke(self, serials: Sequence[str], reason: RevocationReason, key: CaKey, at: datetime) -> None:
        """Revoke certificates; lists and answers made from now on say so.

        Raises:
            SerialUnknown: one of them was not issued here.
            AlreadyRevoked: one of them is revoked already. Then none is.
        """
        for serial in serials:
            row = self.records.certificate(serial)
            if row is None or row.role in (ROOT, ISSUING):
                raise SerialUnknown(serial)
        moment = _moment(at)

        def change(changes: Appending) -> None:
            for serial in serials:
                if changes.is_revoked(serial):
                    raise AlreadyRevoked(serial)
                changes.revoke(serial, moment, reason.value)

        facts: list[tuple[Kind, Facts]] = [
            (Kind.REVOKED, {"serial": each, "at": moment, "reason": reason.value}) for each in serials
        ]
        self.act(key, at, facts, change)

    def make_list(self, key: CaKey, at: datetime, days: int | None = None, *, root: CaKey | None = None) -> bytes:
        """A new revocation list, kept and returned: of the issuing authority, or of the root where its key is given.

        Args:
            key: of the issuing authority, which signs the log in any case.
            days: until the next one is due.
        """
        role = ROOT if root else ISSUING
        issuer = self.chain.root if root else self.chain.issuing
        # The root's list names no place: whoever checks the root itself against it finds no place in the root either,
        # and calls it a list for others (OpenSSL: "different CRL scope").
        url = None if root else self.settings.person_addresses().crl
        made = b""
        # The number is read, used and kept under one lock, so that no two lists have the same (RFC 5280 §5.2.3).
        with self.records.appending() as changes:
            number = changes.list_number(role) + 1
            made = crl.write(
                root or key,
                issuer.subject_der,
                () if root else self.revocations(),
                number=number,
                this_update=at,
                next_update=at + timedelta(days=days or self.settings.crl_days),
                url=url,
            )
            changes.add_list(role, number, made)
            self._append(changes, key, at, [(Kind.LIST, {"of": role, "number": number, "sha256": _sha256(made)})])
        return made

    def revocations(self) -> list[Revocation]:
        """Everything revoked by the issuing authority, in the order of time."""
        return [
            Revocation(int(serial, 16), datetime.fromisoformat(at), RevocationReason(reason))
            for serial, _, at, reason in self.records.revoked()
        ]

    # --- The log -----------------------------------------------------------------------------------------------

    def check_head(self, head: Head) -> None:
        """Whether this authority, or an issuing one of it before, signed a head; raises `SignatureNotOwn`."""
        for row in self.records.certificates(ISSUING):
            found = Certificate.parse(row.der)
            if found.sha256 == head.issuer:
                keys.verify(found.key_der, head.signature, head.signed)
                return
        raise SignatureNotOwn

    def act(
        self, key: CaKey, at: datetime, acts: Sequence[tuple[Kind, Facts]], change: Callable[[Appending], None]
    ) -> None:
        """Do something and say so in the log, together or not at all.

        Raises:
            LogBroken: the log's end is not what its head says, or the head is not signed by the authority: it would
                be signed anew over what somebody changed.
        """
        with self.records.appending() as changes:
            change(changes)
            self._append(changes, key, at, acts)

    def _append(self, changes: Appending, key: CaKey, at: datetime, acts: Sequence[tuple[Kind, Facts]]) -> None:
        last, kept = changes.end()
        if last is None or kept is None or (last.number, last.hash) != (kept.number, kept.hash):
            raise LogBroken(last.number if last else 0)
        try:
            self.check_head(Head(*kept))
        except SignatureNotOwn:
            raise LogBroken(last.number) from None
        append(changes, last.number, last.hash, key, self.chain.issuing, at, acts)


def append(
    changes: Appending,
    number: int,
    previous: str,
    key: CaKey,
    issuer: Certificate,
    at: datetime,
    acts: Sequence[tuple[Kind, Facts]],
) -> None:
    """Add entries after the one with this number and hash, under a head signed by the issuer's key."""
    entries = []
    for kind, facts in acts:
        number += 1
        entry = Entry.following(number, previous, at, kind, facts)
        entries.append(entry)
        previous = entry.hash
    head = Head.sign(entries[-1], issuer.sha256, key)
    changes.add(
        [LogRow(each.number, each.at, each.kind, each.body, each.hash) for each in entries],
        HeadRow(head.number, head.hash, head.issuer, head.signature),
    )


def address_key(address: str) -> str:
    """An address in the form in which equal addresses are equal."""
    local, domain = split_address(address)
    return f"{folded(local)}@{domain_key(domain)}"


def facts_of(made: Certificate, bundle: str | None = None) -> Facts:
    """What the log says of a certificate."""
    return {
        "serial": made.serial,
        "sha256": made.sha256,
        "addresses": list(made.addresses),
        "not_after": _moment(made.not_after),
        "bundle": bundle,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _sha256(octets: bytes) -> str:
    import hashlib

    return hashlib.sha256(octets).hexdigest()
