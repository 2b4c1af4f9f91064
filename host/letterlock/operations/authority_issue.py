"""Certificates for people: one, or a whole list of staff that can be cancelled, killed and gone on with.

For each person: keys, certificates, and a key file are made and written under another name; then the certificates and
the SHA-256 of the file are kept in one transaction; then the file gets its name. Killed before the transaction:
nothing was issued, and the next run makes everything anew. Killed after it: the next run finds the file by its
SHA-256 and only gives it its name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from letterlock import limits
from letterlock.authority import exports, people
from letterlock.authority.ca import Wanted, address_key
from letterlock.authority.crl import RevocationReason
from letterlock.authority.failures import (
    AlreadyRevoked,
    KeyCompromised,
    RequestNamesNobody,
    RequestNotConfirmed,
    RequestNotUsable,
    RequestsDiffer,
)
from letterlock.authority.people import CertificateRequest, PersonKey
from letterlock.authority.profiles import Use
from letterlock.authority.staff import Person
from letterlock.keystore import pkcs12_write
from letterlock.keystore.entries import Purpose
from letterlock.keystore.pkcs12_write import Exported, Form
from letterlock.operations.authority import Acting, in_force
from letterlock.operations.authority_files import Delivery, one_at_a_time, write_public
from letterlock.store.authority import CertificateRow
from letterlock.trust.certificate import Certificate
from letterlock.words.slips import SLIP

_PURPOSES = {Use.BOTH: Purpose.BOTH, Use.SIGN: Purpose.SIGN, Use.ENCRYPT: Purpose.DECRYPT}


class Outcome(StrEnum):
    """What happened to one person of a list."""

    ISSUED = "issued"
    RESUMED = "resumed"
    """The certificates were issued by a run that was killed before it gave the file its name."""
    HAS_ONE = "has-one"
    """A certificate in force is there already; nothing was done."""


@dataclass(frozen=True)
class Done:
    """One person, done. `file` is the key file, or the certificates for a request; None where nothing was written."""

    person: Person
    outcome: Outcome
    certificates: tuple[Certificate, ...]
    file: Path | None = None
    slip: Path | None = None


@dataclass(frozen=True)
class How:
    """How a list is issued.

    Args:
        kind: of the keys where a person's line says nothing (`people.KINDS`).
        again: also for whoever has a certificate in force.
        form: of the key files.
        language: of the slips.
        requests: the folder to which the names of requests are relative.
    """

    kind: str = people.DEFAULT_KIND
    again: bool = False
    form: Form = Form.MODERN
    language: str = "en"
    requests: Path = Path()


def issue(acting: Acting, staff: Iterable[Person], delivery: Delivery, how: How, at: datetime) -> Iterator[Done]:
    """Issue to one after another; stop asking for the next one to cancel.

    Raises:
        CertificateNotGood, AddressNotUsable, RequestNotUsable …: for this person; those before are done.
    """
    with one_at_a_time(acting.database):
        resumed = _recover(acting, delivery)
        for person in staff:
            if delivery.bundle(person.addresses[0]) in resumed:
                yield _resumed(acting, person, delivery, at)
            else:
                yield _one(acting, person, delivery, how, at)


def _recover(acting: Acting, delivery: Delivery) -> frozenset[Path]:
    return delivery.recover(lambda bundle: bool(acting.authority.records.of_bundle(bundle)))


def _resumed(acting: Acting, person: Person, delivery: Delivery, at: datetime) -> Done:
    address = person.addresses[0]
    rows = in_force(acting.authority, address, at)
    return Done(person, Outcome.RESUMED, _parsed(rows), delivery.bundle(address), delivery.slip(address))


def _one(acting: Acting, person: Person, delivery: Delivery, how: How, at: datetime) -> Done:
    rows = () if how.again else in_force(acting.authority, person.addresses[0], at)
    if rows:
        return Done(person, Outcome.HAS_ONE, _parsed(rows))
    if person.request:
        return _requested(acting, person, delivery, how, at)
    return _bundled(acting, person, people.generate(person.keys or how.kind), delivery, how, at)


def _bundled(
    acting: Acting, person: Person, keys: Sequence[PersonKey], delivery: Delivery, how: How, at: datetime
) -> Done:
    address = person.addresses[0]
    made = [
        acting.authority.prepare(Wanted(person.name, person.addresses, each.public, each.use), acting.key, at)
        for each in keys
    ]
    passphrase = people.one_time_passphrase()
    entries = [
        Exported(each.key, certificate.der, person.name or address)
        for each, certificate in zip(keys, made, strict=True)
    ]
    chain = acting.authority.chain
    along = [chain.issuing.der, chain.root.der]
    bundle = pkcs12_write.write(entries, along, passphrase, how.form, random_passphrase=True)
    slip = _slip(person, delivery.bundle(address).name, passphrase, how.language)
    name = delivery.prepare(address, bundle, slip)
    acting.authority.keep(made, acting.key, at, bundle=name)
    delivery.finish(address)
    return Done(person, Outcome.ISSUED, tuple(made), delivery.bundle(address), delivery.slip(address))


def _requested(acting: Acting, person: Person, delivery: Delivery, how: How, at: datetime) -> Done:
    found = CertificateRequest.parse_all(read_request(how.requests / person.request))
    return requested(acting, found, delivery, at, person.addresses, person.name)


def read_request(file: Path) -> bytes:
    """The octets of a request, no more than one may have and one."""
    with file.open("rb") as opened:
        return opened.read(limits.CERTIFICATE_REQUEST_OCTETS + 1)


def requested(
    acting: Acting,
    requests: Sequence[CertificateRequest],
    delivery: Delivery,
    at: datetime,
    addresses: Sequence[str] = (),
    name: str = "",
    use: Use | None = None,
    *,
    as_requested: bool = False,
) -> Done:
    """Certificates for the keys that one person made, written with the issuing authority's behind them.

    Args:
        requests: of one person: `CertificateRequest.parse_all`.
        addresses, name: what the administrator knows. A name that is not given is not certified.
        use: what the keys are certified for; None: what the request asks for, else everything that the key can do.
        as_requested: the administrator has seen what the request says of addresses and name, and confirms it.

    Raises:
        RequestNamesNobody: neither says an address.
        RequestNotConfirmed, RequestsDiffer: no address was given, and what the request says was not confirmed, or is
            not one person's.
        RequestNotUsable: a key that cannot sign, for which nobody known vouches.
        KeyCompromised: somebody else has one of the keys.
    """
    person = Person(0, name, tuple(addresses))
    if not addresses:
        person = _asker(requests, name, as_requested)
    mailboxes = person.addresses
    _refuse_compromised(acting, {each.public for each in requests})
    _check_vouchers(acting, requests, mailboxes, at)
    made = [
        acting.authority.prepare(
            Wanted(person.name, mailboxes, each.public, use or each.use or _use(each.public)), acting.key, at
        )
        for each in requests
    ]
    acting.authority.keep(made, acting.key, at)
    return Done(person, Outcome.ISSUED, tuple(made), _written(acting, made, delivery))


def _asker(requests: Sequence[CertificateRequest], name: str, confirmed: bool) -> Person:
    """Who a request says that it is of. Its signature proves who has the key, and not a word of this."""
    asked = {frozenset(map(address_key, each.addresses)) for each in requests}
    if not requests[0].addresses:
        raise RequestNamesNobody
    if len(asked) > 1:
        raise RequestsDiffer
    if not confirmed:
        raise RequestNotConfirmed(requests[0].addresses, name or requests[0].name)
    return Person(0, name or requests[0].name, requests[0].addresses)


def _refuse_compromised(acting: Acting, keys: Collection[bytes]) -> None:
    records = acting.authority.records
    for serial, _, _, reason in records.revoked():
        row = records.certificate(serial) if reason == RevocationReason.KEY_COMPROMISE.value else None
        if row is not None and Certificate.parse(row.der).key_der in keys:
            raise KeyCompromised(serial)


def _check_vouchers(
    acting: Acting, requests: Sequence[CertificateRequest], addresses: Sequence[str], at: datetime
) -> None:
    """A key that cannot sign is certified on the word of one in the same file, or of one certified for every address.

    For one of them would not do: whoever has a certificate for it could put a key beside it that others' mail to the
    rest is encrypted to.
    """
    known = {each.public for each in requests if each.public == each.voucher}
    if all(each.voucher in known for each in requests):
        return
    certified = [{each.key_der for each in _parsed(in_force(acting.authority, one, at))} for one in addresses]
    known |= set.intersection(*certified)
    if not all(each.voucher in known for each in requests):
        raise RequestNotUsable("signature")


def _written(acting: Acting, made: Sequence[Certificate], delivery: Delivery) -> Path:
    # Under the serial number too: a person may have several keys of their own.
    out = delivery.bundle(made[0].addresses[0]).with_suffix(f".{made[0].serial[:8]}.pem")
    write_public(out, exports.pem([*made, acting.authority.chain.issuing]))
    return out


def keep_mine(acting: Acting, person: Person, kind: str, at: datetime, *, again: bool = False) -> Done:
    """Keys and certificates for the person at this computer, straight into the vault.

    Args:
        again: also where the vault has a key with a certificate in force for the address.
    """
    rows = () if again else in_force(acting.authority, person.addresses[0], at)
    mine = [each for each in _parsed(rows) if acting.vault.find(each.key_der) is not None]
    if mine:
        return Done(person, Outcome.HAS_ONE, tuple(mine))
    keys = people.generate(kind)
    made = [
        acting.authority.prepare(Wanted(person.name, person.addresses, each.public, each.use), acting.key, at)
        for each in keys
    ]
    # The keys first: a certificate for a key that was lost would have to be revoked.
    kept = [acting.vault.add(each.key, purpose=_PURPOSES[each.use]) for each in keys]
    acting.authority.keep(made, acting.key, at)
    chain = acting.authority.chain
    for entry, certificate in zip(kept, made, strict=True):
        acting.vault.attach(entry.id, [certificate.der, chain.issuing.der, chain.root.der])
    return Done(person, Outcome.ISSUED, tuple(made))


def renew(acting: Acting, rows: Sequence[CertificateRow], delivery: Delivery, how: How, at: datetime) -> Iterator[Done]:
    """New certificates for the people of these: a new key file for who got one, else the same key again.

    The old ones stay good until they expire: mail encrypted for them is under way, and old keys go on decrypting.

    Raises:
        AlreadyRevoked: one of them was: whoever shall have a certificate again gets a new one. Nothing is done.
        KeyCompromised, CertificateNotGood …: for this person; those before are done.
    """
    rows = list(rows)
    for row in rows:
        if row.revoked:
            raise AlreadyRevoked(row.serial)
    seen: set[str] = set()
    with one_at_a_time(acting.database):
        _recover(acting, delivery)
        for row in rows:
            if (row.bundle or row.serial) in seen:
                continue
            seen.add(row.bundle or row.serial)
            certificate = Certificate.parse(row.der)
            person = Person(0, _person_name(certificate), certificate.addresses)
            if row.bundle:
                kind = _kind(_parsed(acting.authority.records.of_bundle(row.bundle)))
                keys = people.generate(kind or how.kind)
                yield _bundled(acting, person, keys, delivery, how, at)
            else:
                _refuse_compromised(acting, {certificate.key_der})
                wanted = Wanted(person.name, person.addresses, certificate.key_der, _use_of(certificate))
                made = acting.authority.prepare(wanted, acting.key, at)
                acting.authority.keep([made], acting.key, at)
                out = _written(acting, [made], delivery)
                entry = acting.vault.find(certificate.key_der)
                if entry is not None:
                    acting.vault.attach(entry.id, [made.der])
                yield Done(person, Outcome.ISSUED, (made,), out)


def _use(public: bytes) -> Use:
    """Everything a key can do: both, else the one."""
    from letterlock.authority.failures import PersonKeyNotSupported
    from letterlock.authority.profiles import usages
    from letterlock.trust.keys import load

    try:
        key = load(public)
    except ValueError:
        raise PersonKeyNotSupported("?", Use.BOTH.value) from None
    for use in (Use.BOTH, Use.SIGN):
        try:
            usages(key, use)
        except PersonKeyNotSupported:
            continue
        return use
    return Use.ENCRYPT


def _use_of(certificate: Certificate) -> Use:
    usage = certificate.key_usage or frozenset()
    signs, encrypts = "digitalSignature" in usage, bool(usage & {"keyEncipherment", "keyAgreement"})
    return Use.BOTH if signs and encrypts else Use.SIGN if signs else Use.ENCRYPT


def _kind(certificates: Sequence[Certificate]) -> str | None:
    """Which of `people.KINDS` these certificates are of."""
    names = [each.key.replace("EC ", "").replace(" ", "-") for each in certificates]
    if len(names) == 1:
        return names[0] if names[0] in people.KINDS else None
    for name in (f"{names[0]}-pair", "-".join(names)):
        if name in people.KINDS:
            return name
    return None


def _person_name(certificate: Certificate) -> str:
    return "" if certificate.name in certificate.addresses else certificate.name


def _slip(person: Person, file: str, passphrase: str, language: str) -> bytes:
    text = SLIP[language].format(name=person.name or person.addresses[0], file=file, passphrase=passphrase)
    return text.encode()


def _parsed(rows: Sequence[CertificateRow]) -> tuple[Certificate, ...]:
    return tuple(Certificate.parse(each.der) for each in rows)
