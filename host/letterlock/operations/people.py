"""Certificates of other people: learned from their mail, imported from files, listed and forgotten.

Nothing is learned from mail that is not `valid`, and nothing in it that is not itself trusted for an address that
sent it: whoever could put a certificate here would read the answers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from letterlock import limits
from letterlock.cms import SignatureFailure, load_certificate
from letterlock.cms.identifiers import CertificateIdentifier
from letterlock.cms.preferences import OAEP_SHA_256, capabilities, key_preference
from letterlock.errors import Fault, LetterlockError
from letterlock.operations.signers import SignerResult
from letterlock.operations.trust import TrustSettings
from letterlock.operations.vcard import certificates_in_vcards, is_vcard
from letterlock.store import issuers, people
from letterlock.store.database import Store
from letterlock.store.people import KeptCertificate
from letterlock.trust.addresses import domain_key, folded, names_address, split_address
from letterlock.trust.anchors import certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.names import digest
from letterlock.trust.profile import check_recipient
from letterlock.trust.reasons import CertificateUndecodable

_LOOKED_AT = 8
"""Certificates of one message that are looked at; honest mail brings a pair and its chain."""

_SEEN_AGAIN = timedelta(days=1)
"""How much later a certificate must be seen again before that is written down: a mail is not worth a write each."""


class CertificateNamesNobody(LetterlockError):
    """A certificate without any mail address is of no use for writing to somebody."""

    code = "certificate_names_nobody"
    fault = Fault.USER
    name: str


class PersonUnknown(LetterlockError):
    """No certificate is kept for this address."""

    code = "person_unknown"
    fault = Fault.USER
    address: str


class AddressBookTooLarge(LetterlockError):
    """A file of certificates or vCards beyond `limits.VCARD_OCTETS`."""

    code = "address_book_too_large"
    fault = Fault.USER
    limit: int


def address_key(address: str) -> str:
    """An address in the form in which equal addresses are equal."""
    local, domain = split_address(address.strip())
    return f"{folded(local)}@{domain_key(domain)}"


# --- From mail -----------------------------------------------------------------------------------------------------


def learn(database: Path, result: SignerResult, others: Sequence[bytes], trust: TrustSettings, now: datetime) -> int:
    """Keep what a trusted signer of a valid message offers for answers; how many certificates are new.

    Args:
        result: of a signer whose status is `valid`.
        others: all certificates of the message, DER.
        now: encryption certificates are judged at this time, whenever the message was signed.

    Raises:
        StoreDamaged …: as `Store.open`.
    """
    said = _capabilities(result)
    wanted = _preference(result)
    found = []
    for certificate in _offered(result, others, trust, now):
        preferred = wanted is not None and _is(certificate, wanted)
        for address in sorted(result.names):
            if names_address(certificate.addresses, address):
                key = address_key(address)
                found.append(
                    KeptCertificate(key, certificate.der, people.FROM_MAIL, address, now, now, said, preferred)
                )
    if not found:
        return 0
    with Store.read(database) as store:
        known = {(each.address, each.sha256): each for key in {each.address for each in found}
                 for each in people.certificates(store, key)}  # fmt: skip
    worth = [each for each in found if _worth_writing(each, known.get((each.address, each.sha256)))]
    if not worth:
        return 0
    with Store.open(database) as store:
        return people.keep(store, worth)


def _offered(
    result: SignerResult, others: Sequence[bytes], trust: TrustSettings, now: datetime
) -> Iterator[Certificate]:
    """The certificates of a message that answers may be encrypted to: the signer's own, and others that name him."""
    parsed = list(readable(others))
    own = [] if result.certificate is None else [result.certificate]
    possible = [
        each for each in parsed if each not in own and any(names_address(each.addresses, a) for a in result.names)
    ]
    for certificate in [*own, *possible][:_LOOKED_AT]:
        path = trust.path(certificate, parsed, now)
        if path.valid and not check_recipient(certificate, path.chain, trust.accepted):
            yield certificate


def _worth_writing(found: KeptCertificate, known: KeptCertificate | None) -> bool:
    if known is None or found.last - known.last >= _SEEN_AGAIN:
        return True
    news = found.capabilities is not None and found.capabilities != known.capabilities
    return news or (found.preferred and not known.preferred)


def _capabilities(result: SignerResult) -> tuple[str, ...] | None:
    try:
        found = capabilities(result.info.signed_attributes or ())
    except SignatureFailure:
        return None
    if found is None:
        return None
    # RSA-OAEP says by its parameters with which hash. We write it with SHA-256; many readers know it with SHA-1 alone.
    return tuple(each.oid for each in found if each.oid != OAEP_SHA_256.oid or each == OAEP_SHA_256)


def _preference(result: SignerResult) -> CertificateIdentifier | None:
    try:
        return key_preference(result.info.signed_attributes or ())
    except SignatureFailure:
        return None


def _is(certificate: Certificate, wanted: CertificateIdentifier) -> bool:
    loaded = load_certificate(certificate.der)
    return loaded is not None and wanted.names(loaded)


def readable(certificates: Iterable[bytes]) -> Iterator[Certificate]:
    """Each certificate once; what cannot be decoded is left out."""
    for der in dict.fromkeys(certificates):
        try:
            yield Certificate.parse(der)
        except CertificateUndecodable:
            continue


# --- From files ----------------------------------------------------------------------------------------------------


class Imported(NamedTuple):
    """One certificate taken from a file: for which addresses, and whether it is new for one of them."""

    certificate: Certificate
    addresses: tuple[str, ...]
    new: bool


def import_file(database: Path, file: Path, now: datetime | None = None) -> list[Imported]:
    """Keep the certificates of people in a file: PEM, DER, PKCS#7 (.p7b, .p7c) or vCards (.vcf).

    Certificates of authorities in it are kept only to build chains with. Whether a certificate is trusted is asked
    when it is used.

    Raises:
        AddressBookTooLarge, NoCertificateInFile, CertificateUndecodable: nothing can be taken from it.
        CertificateNamesNobody: one of them has no address, and nobody could be written to with it.
    """
    with file.open("rb") as opened:
        return import_octets(database, opened.read(limits.VCARD_OCTETS + 1), file.name, now)


def import_octets(database: Path, data: bytes, name: str, now: datetime | None = None) -> list[Imported]:
    """As `import_file`, of a file that somebody else has read; `name` is what it is called."""
    if len(data) > limits.VCARD_OCTETS:
        raise AddressBookTooLarge(limits.VCARD_OCTETS)
    vcard = is_vcard(data)
    found = certificates_in_vcards(data, name) if vcard else certificates_of(data, name)
    when = now or datetime.now(UTC)
    keep_authorities(database, found, when)
    return keep(database, [each for each in found if not _is_authority(each)], "vcard" if vcard else "file", name, when)


def keep_authorities(database: Path, found: Sequence[Certificate], when: datetime) -> None:
    """Keep the certificates of authorities among these, to build chains with. Nobody is trusted for that."""
    authorities = [each for each in found if _is_authority(each)]
    if authorities:
        with Store.open(database) as store:
            issuers.keep(store, [(digest(each.subject_dn.normal), each.der) for each in authorities], when)


def _is_authority(certificate: Certificate) -> bool:
    constraints = certificate.basic_constraints
    return constraints is not None and constraints.ca


def keep(
    database: Path, certificates: Sequence[Certificate], source: str, origin: str, now: datetime | None = None
) -> list[Imported]:
    """Keep certificates for the addresses that they name. Raises `CertificateNamesNobody`."""
    when = now or datetime.now(UTC)
    imported = []
    for certificate in certificates:
        if not certificate.addresses:
            raise CertificateNamesNobody(certificate.name)
    with Store.open(database) as store:
        for certificate in certificates:
            keys = dict.fromkeys(address_key(each) for each in certificate.addresses)
            rows = [KeptCertificate(key, certificate.der, source, origin, when, when) for key in keys]
            imported.append(Imported(certificate, certificate.addresses, people.keep(store, rows) > 0))
    return imported


# --- Kept ----------------------------------------------------------------------------------------------------------


def kept(database: Path, address: str | None = None) -> list[tuple[KeptCertificate, Certificate]]:
    """What is kept, for one address or all. What cannot be decoded any more is left out."""
    with Store.read(database) as store:
        rows = people.certificates(store, None if address is None else address_key(address))
    return [(row, certificate) for row in rows for certificate in readable([row.der])]


def forget(database: Path, address: str, sha256_prefix: str = "") -> int:
    """Forget an address, or those of its certificates whose SHA-256 begins so (hex, colons do not matter).

    Raises:
        PersonUnknown: nothing of that is kept.
    """
    prefix = re.sub(r"[\s:]", "", sha256_prefix).lower()
    with Store.open(database) as store:
        key = address_key(address)
        going = [each.sha256 for each in people.certificates(store, key) if each.sha256.startswith(prefix)]
        for sha256 in going:
            people.forget(store, key, sha256)
    if not going:
        raise PersonUnknown(address)
    return len(going)
