"""Who can be encrypted to: for each address the certificate, or why there is none and what would help.

Asked before a mail is written as well as when it is sent. Nothing is fetched and nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from letterlock import limits
from letterlock.errors import Coded, Reason
from letterlock.keystore.entries import KeyEntry
from letterlock.keystore.vault import Vault
from letterlock.operations import keys
from letterlock.operations.memory import Memory
from letterlock.operations.people import address_key, kept, readable
from letterlock.operations.trust import TrustSettings
from letterlock.store.people import KeptCertificate
from letterlock.trust.addresses import names_address, split_address
from letterlock.trust.certificate import Certificate
from letterlock.trust.path import Path as CertificatePath
from letterlock.trust.profile import check_recipient
from letterlock.trust.reasons import AddressNotNamed, NoAddressNamed

AES_256_GCM = "2.16.840.1.101.3.4.1.46"
RSA_OAEP = "1.2.840.113549.1.1.7"


class RecipientWithoutCertificate(Reason):
    """Nothing is known of this address."""

    code = "recipient_without_certificate"
    address: str


class RecipientNotUsable(Reason):
    """Certificates are known, and none of them may be used now."""

    code = "recipient_not_usable"
    address: str


class RecipientKeyChanged(Reason):
    """The certificate has another key than earlier ones of the address; `since`: when it was first seen."""

    code = "recipient_key_changed"
    address: str
    since: datetime


class AddressNotAnAddress(Reason):
    """What was given cannot be written to."""

    code = "address_not_an_address"
    address: str


class EverybodyReadsGcm(Reason):
    """Why the content is authenticated."""

    code = "everybody_reads_gcm"
    algorithm: str


class SomebodyMayNotReadGcm(Reason):
    """Why it is not: RFC 8551 §2.7 asks for what a recipient is known to read, and all read AES in CBC."""

    code = "somebody_may_not_read_gcm"
    algorithm: str
    addresses: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """One certificate of an address, and why it may not be used (empty: it may)."""

    kept: KeptCertificate
    certificate: Certificate
    path: CertificatePath
    reasons: tuple[Coded, ...]


@dataclass(frozen=True)
class RecipientChoice:
    """One address: the certificate to encrypt to, all that are known, and what there is to say.

    `chosen` None: it cannot be encrypted to, and `reasons` say why and what would help.
    """

    address: str
    chosen: Candidate | None
    candidates: tuple[Candidate, ...]
    reasons: tuple[Coded, ...]

    @property
    def reads_gcm(self) -> bool:
        """Whether the person has said that they read AES-256-GCM (RFC 5084)."""
        return any(AES_256_GCM in (each.kept.capabilities or ()) for each in self.candidates)

    @property
    def reads_oaep(self) -> bool:
        """Whether the person has said that this key reads RSA-OAEP."""
        return self.chosen is not None and RSA_OAEP in (self.chosen.kept.capabilities or ())


def choose(
    database: Path,
    addresses: Sequence[str],
    trust: TrustSettings,
    now: datetime,
    own: Iterable[Certificate] = (),
    given: Iterable[Certificate] = (),
    cards: Iterable[Certificate] = (),
) -> list[RecipientChoice]:
    """For each address, in order: who can be encrypted to. At most `limits.RECIPIENTS_ASKED` are looked at.

    Args:
        addresses: addr-specs, as they were typed.
        own: certificates of this computer's own identities, which also stand for their addresses.
        given: certificates of others for this one time, of whose programs nothing is known.
        cards: as `own`, of identities on tokens: many of those know no OAEP, or only with SHA-1.

    Raises:
        StoreDamaged …: as `Store.read`.
    """
    mine = [(each, (AES_256_GCM, RSA_OAEP)) for each in own] + [(each, (AES_256_GCM,)) for each in cards]
    theirs = list(given)
    if trust.kept is None:
        trust = trust._replace(kept=Memory(database).bearing)
    return [_choose(database, each, trust, now, mine, theirs) for each in addresses[: limits.RECIPIENTS_ASKED]]


def own(database: Path) -> list[Certificate]:
    """The certificates of this computer's own identities, for whoever also writes to himself. The vault stays locked.

    Raises:
        StoreDamaged …: as `Store.read`.
    """
    entries = Vault.at(database).entries()
    return [certificate for entry in entries if not entry.superseded for certificate in keys.certificates(entry)]


def with_issuers(trust: TrustSettings, entries: Iterable[KeyEntry], others: Iterable[bytes] = ()) -> TrustSettings:
    """Also the authorities that came with own certificates, or `others` (DER) that are on own cards: they may have
    certified the recipients' too."""
    chains = dict.fromkeys([*(each for entry in entries for each in entry.chain), *others])
    return trust._replace(issuers=(*trust.issuers, *readable(chains)))


def content_algorithm(choices: Sequence[RecipientChoice], wanted: Sequence[str] = ()) -> tuple[str, Reason]:
    """How to encrypt the content so that everybody can read it, and why so.

    Args:
        wanted: algorithms in CBC that an organisation decided on, the preferred first. Where everybody reads GCM, it is
            that with keys of the same length.
    """
    cbc = next(iter(wanted), "AES-256-CBC")
    gcm = cbc.replace("CBC", "GCM")
    doubtful = tuple(each.address for each in choices if not each.reads_gcm)
    if not doubtful and choices:
        return gcm, EverybodyReadsGcm(gcm)
    return cbc, SomebodyMayNotReadGcm(cbc, doubtful)


def vouched(
    choice: RecipientChoice,
    certificate: Certificate,
    others: Sequence[Certificate],
    trust: TrustSettings,
    now: datetime,
) -> RecipientChoice:
    """An address for which somebody vouches that a certificate is its owner's, although it names another one.

    All else is asked of the certificate that is asked of any other.
    """
    row = KeptCertificate(address_key(choice.address), certificate.der, "given", "", now, now, None)
    judged = _judged(row, certificate, choice.address, others, trust, now)
    reasons = tuple(each for each in judged.reasons if not isinstance(each, AddressNotNamed | NoAddressNamed))
    judged = replace(judged, reasons=reasons)
    if reasons:
        return replace(choice, reasons=(RecipientNotUsable(choice.address), *reasons))
    return replace(choice, chosen=judged, candidates=(*choice.candidates, judged), reasons=())


def _choose(
    database: Path,
    address: str,
    trust: TrustSettings,
    now: datetime,
    own: Sequence[tuple[Certificate, tuple[str, ...]]],
    given: Sequence[Certificate],
) -> RecipientChoice:
    address = address.strip()
    local, domain = split_address(address)
    if not local or not domain or any(character.isspace() for character in domain):
        return RecipientChoice(address, None, (), (AddressNotAnAddress(address),))
    known = kept(database, address)
    known += [
        (KeptCertificate(address_key(address), each.der, "own", "", now, now, reads), each)
        for each, reads in own
        if names_address(each.addresses, address) and each.der not in {row.der for row, _ in known}
    ]
    known += [
        (KeptCertificate(address_key(address), each.der, "given", "", now, now, None), each)
        for each in given
        if names_address(each.addresses, address) and each.der not in {row.der for row, _ in known}
    ]
    if not known:
        return RecipientChoice(address, None, (), (RecipientWithoutCertificate(address),))
    others = [certificate for _, certificate in known]
    candidates = tuple(_judged(row, certificate, address, others, trust, now) for row, certificate in known)
    usable = [each for each in candidates if not each.reasons]
    if not usable:
        best = max(candidates, key=_rank)
        return RecipientChoice(address, None, candidates, (RecipientNotUsable(address), *best.reasons))
    chosen = max(usable, key=_rank)
    return RecipientChoice(address, chosen, candidates, _changed(address, chosen, candidates))


def _judged(
    row: KeptCertificate,
    certificate: Certificate,
    address: str,
    others: Sequence[Certificate],
    trust: TrustSettings,
    now: datetime,
) -> Candidate:
    path = trust.path(certificate, others, now)
    reasons: list[Coded] = [] if path.valid else list(path.reasons)
    reasons += check_recipient(certificate, path.chain, trust.accepted)
    if not names_address(certificate.addresses, address):
        reasons.append(AddressNotNamed(address, certificate.addresses))
    return Candidate(row, certificate, path, tuple(dict.fromkeys(reasons)))


def _rank(candidate: Candidate) -> tuple[datetime, bool, datetime]:
    """The newest wins; of equal ones that which its owner asked for, then that which was seen last."""
    return candidate.certificate.not_before, candidate.kept.preferred, candidate.kept.last


def _changed(address: str, chosen: Candidate, candidates: Sequence[Candidate]) -> tuple[Coded, ...]:
    earlier = [each for each in candidates if each.kept.first < chosen.kept.first]
    encrypting = [each for each in earlier if not check_recipient(each.certificate)]
    if encrypting and all(each.certificate.key_der != chosen.certificate.key_der for each in encrypting):
        return (RecipientKeyChanged(address, chosen.kept.first),)
    return ()
