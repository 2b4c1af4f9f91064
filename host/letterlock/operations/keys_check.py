"""“Will this work?”: signs and encrypts a test message for an own address, opens it, and says how others will see it.

Nothing leaves the computer. The message is opened by the same operation as any mail, with the reader's own trust, so
that what is found here is what a recipient with the same trust would be told.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from letterlock.cms import (
    CertificateKey,
    EnvelopedWriter,
    PrivateSigningKey,
    SignedDataWriter,
    Signing,
    load_certificate,
    recipient_for,
)
from letterlock.errors import Coded, KeyUnavailable, Reason
from letterlock.keystore.vault import Vault
from letterlock.operations import keys_choose, reach
from letterlock.operations.keys_cards import CardKey
from letterlock.operations.keys_choose import Chosen, OwnIdentity
from letterlock.operations.keys_reasons import (
    EncryptionNotMadeBy,
    IdentityDecrypts,
    IdentityDoesNotDecrypt,
    IdentityDoesNotSign,
    IdentityMissing,
    IdentityNotTrustedByOthers,
    IdentityOnCard,
    IdentityOnLockedCard,
    IdentitySigns,
    IdentitySignsUntrusted,
    IdentityTrustedByMozilla,
    SignaturesNotReadBy,
)
from letterlock.operations.open import Opening
from letterlock.operations.trust import TrustSettings
from letterlock.trust import mozilla, path
from letterlock.trust.certificate import Certificate
from letterlock.trust.profile import check_recipient, check_signer
from letterlock.trust.reasons import CertificateUndecodable
from letterlock.verdict import EncryptionStatus, SignatureStatus, Verdict

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey, SigningKey
    from letterlock.keystore.token_key import TokenKey

_TEXT = b"Content-Type: text/plain\r\n\r\nWill this work?\r\n"


@dataclass(frozen=True)
class Checked:
    """What was found for an address, the worst first. `works`: what it has, signs and decrypts."""

    address: str
    sign: OwnIdentity | None
    encrypt: OwnIdentity | None
    works: bool
    findings: tuple[Coded, ...]
    cards: Mapping[str, CardKey] = field(default_factory=dict)
    """The keys that are on tokens, by their identifiers."""


def check(
    vault: Vault,
    database: Path,
    address: str,
    trust: TrustSettings,
    now: datetime,
    language: str,
    cards: Sequence[CardKey] = (),
    unlocked: Mapping[str, TokenKey] | None = None,
) -> Checked:
    """Try the identity that would be used for an address.

    Args:
        trust: whom the reader trusts.
        cards: the keys on tokens that are there.
        unlocked: those of them that can be used, by the SHA-256 of their certificates.

    Raises:
        VaultLocked, KeyDamaged: the keys cannot be had.
    """
    entries = [*vault.entries(), *(each.entry for each in cards)]
    hands = _Hands(vault, {each.entry.id: each for each in cards}, unlocked or {})
    chosen = keys_choose.choose(entries, database, address, now)
    tried = _tried(hands, chosen, trust, now, language)
    seen = [_seen_by_others(each, chosen, now) for each in chosen.identities]
    mine = {each.entry.id[:16] for each in chosen.identities}
    ending = [each for each in keys_choose.expiring(entries, now) if each.facts()["key"] in mine]
    problems = [reason for good, reason in (*tried, *seen) if not good]
    fine = [reason for good, reason in (*tried, *seen) if good]
    works = all(good for good, _ in tried)
    fine += [hands.said(each) for each in chosen.identities if hands.has_card(each)]
    findings = (*problems, *_not_understood(chosen), *ending, *fine)
    return Checked(address, chosen.sign, chosen.encrypt, works, findings, hands.cards)


@dataclass(frozen=True)
class _Hands:
    """The keys that are tried: in the vault, or on tokens."""

    vault: Vault
    cards: Mapping[str, CardKey]
    unlocked: Mapping[str, TokenKey]

    def has_card(self, identity: OwnIdentity) -> bool:
        """Whether the key is on a token that is unlocked."""
        return identity.certificate.sha256 in self.unlocked

    def out_of_reach(self, identity: OwnIdentity) -> CardKey | None:
        """The token that the key is on, where it is locked."""
        card = self.cards.get(identity.entry.id)
        return None if self.has_card(identity) or self.vault.find(identity.certificate.key_der) else card

    def said(self, identity: OwnIdentity) -> Reason:
        return IdentityOnCard(identity.certificate.name, self.cards[identity.entry.id].token)

    def signing(self, identity: OwnIdentity) -> SigningKey:
        own = self.unlocked.get(identity.certificate.sha256)
        return own or PrivateSigningKey(_loaded(identity.certificate), self.vault.private_key(identity.entry.id))

    def decrypting(self, identity: OwnIdentity) -> RecipientKey:
        own = self.unlocked.get(identity.certificate.sha256)
        return own or CertificateKey(_loaded(identity.certificate), self.vault.private_key(identity.entry.id))


def _tried(
    hands: _Hands, chosen: Chosen, trust: TrustSettings, now: datetime, language: str
) -> list[tuple[bool, Coded]]:
    """Whether signing and decrypting work, and what is to be said of each."""
    sign, encrypt = chosen.sign, chosen.encrypt
    answers: dict[str, Coded] = {}
    for use, identity in (("sign", sign), ("encrypt", encrypt)):
        card = hands.out_of_reach(identity) if identity else None
        if identity is None:
            answers[use] = IdentityMissing(chosen.address, use)
        elif card is not None:
            answers[use] = IdentityOnLockedCard(identity.certificate.name, card.token, use)
    entity = _TEXT
    if sign is not None and "sign" not in answers:
        try:
            entity = _signed(hands.signing(sign), sign, entity, now)
        except KeyUnavailable as failure:
            if not hands.has_card(sign):
                raise
            answers["sign"] = failure
    keys: list[RecipientKey] = []
    if encrypt is not None and "encrypt" not in answers:
        own = _loaded(encrypt.certificate)
        entity = _wrapped(
            lambda sink: EnvelopedWriter(sink, [recipient_for(own)], "AES-256-CBC"), entity, "enveloped-data"
        )
        keys.append(hands.decrypting(encrypt))
    found = [(False, answer) for answer in answers.values()]
    if len(answers) < 2:
        verdict = _verdict(chosen.address, entity, trust, now, language, keys)
        if "sign" not in answers:
            found.append(_signing(chosen, verdict))
        if "encrypt" not in answers:
            found.append(_decrypting(chosen, verdict))
    return found


def _verdict(
    address: str, entity: bytes, trust: TrustSettings, now: datetime, language: str, keys: list[RecipientKey]
) -> Verdict:
    """The verdict about a test message to oneself."""
    headers = f"From: {address}\r\nTo: {address}\r\nDate: {now:%a, %d %b %Y %H:%M:%S} +0000\r\nMIME-Version: 1.0\r\n"
    opening = Opening(trust, now, language, keys)
    opening.feed(headers.encode() + entity)
    opened = opening.close()
    try:
        return opened.verdict
    finally:
        opened.close()


def _signed(key: SigningKey, identity: OwnIdentity, entity: bytes, now: datetime) -> bytes:
    chain = identity.entry.chain
    return _wrapped(lambda sink: SignedDataWriter(sink, [Signing(key, now)], certificates=chain), entity, "signed-data")


def _wrapped(
    writer: Callable[[Callable[[bytes], None]], SignedDataWriter | EnvelopedWriter], entity: bytes, kind: str
) -> bytes:
    """An entity inside another (RFC 8551 §3.3, §3.5.2)."""
    out = bytearray()
    opened = writer(out.extend)
    opened.write(entity)
    opened.close()
    headers = f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n"
    return headers.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + base64.encodebytes(out)


def _signing(chosen: Chosen, verdict: Verdict) -> tuple[bool, Coded]:
    """Whether it works, and what is to be said."""
    if chosen.sign is None:
        return False, IdentityMissing(chosen.address, "sign")
    certificate, status = chosen.sign.certificate, verdict.signature.status
    if status is SignatureStatus.VALID:
        return True, IdentitySigns(certificate.name, chosen.address, certificate.key)
    if status is SignatureStatus.UNTRUSTED:
        why = next((each.code for each in verdict.reasons), "")
        return False, IdentitySignsUntrusted(certificate.name, certificate.issuer_name, why)
    return False, IdentityDoesNotSign(certificate.name, status.value)


def _decrypting(chosen: Chosen, verdict: Verdict) -> tuple[bool, Coded]:
    if chosen.encrypt is None:
        return False, IdentityMissing(chosen.address, "encrypt")
    certificate, status = chosen.encrypt.certificate, verdict.encryption.status
    if status is EncryptionStatus.DECRYPTED:
        return True, IdentityDecrypts(certificate.name, certificate.key)
    return False, IdentityDoesNotDecrypt(certificate.name, status.value)


def _seen_by_others(identity: OwnIdentity, chosen: Chosen, now: datetime) -> tuple[bool, Reason]:
    """What somebody says who trusts Mozilla's roots for mail and nobody else, as most mail programs do."""
    certificate = identity.certificate
    found = path.build(certificate, _parsed(identity.entry.chain), mozilla.roots().anchors, now)
    check_use = check_recipient if identity is chosen.encrypt and identity is not chosen.sign else check_signer
    if found.valid and found.anchor is not None and not check_use(certificate, found.chain):
        return True, IdentityTrustedByMozilla(certificate.name, found.anchor.name)
    return False, IdentityNotTrustedByOthers(certificate.name, certificate.issuer_name)


def _not_understood(chosen: Chosen) -> Iterator[Reason]:
    if chosen.sign and (programs := reach.signatures_not_read_by(chosen.sign.entry.algorithm)):
        yield SignaturesNotReadBy(chosen.sign.entry.algorithm, programs)
    if chosen.encrypt and (programs := reach.encryption_not_made_by(chosen.encrypt.entry.algorithm)):
        yield EncryptionNotMadeBy(chosen.encrypt.entry.algorithm, programs)


def _loaded(certificate: Certificate) -> x509.Certificate:
    found = load_certificate(certificate.der)
    if found is None:
        raise CertificateUndecodable("certificate")
    return found


def _parsed(certificates: Iterable[bytes]) -> list[Certificate]:
    found = []
    for each in certificates:
        with suppress(CertificateUndecodable):
            found.append(Certificate.parse(each))
    return found
