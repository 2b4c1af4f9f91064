"""What a message takes: the key that signs it, and a good certificate of everybody who is to read it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from letterlock.cms import SigningKey, recipient_for
from letterlock.errors import Coded, LetterlockError
from letterlock.keystore.failures import VaultLocked
from letterlock.keystore.token_key import TokenKey
from letterlock.operations import keys_choose, recipients
from letterlock.operations.keys_choose import Chosen
from letterlock.operations.protect_reasons import (
    DecryptedTextInClear,
    KeyNotForSigning,
    MoreThanOneMessage,
    NobodyToEncryptTo,
    ReceiptWithoutSignature,
    SenderWithoutKey,
)
from letterlock.operations.protect_shapes import Desk, Wish
from letterlock.operations.recipients import RecipientChoice
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate


@dataclass(frozen=True)
class Means:
    """What a message takes: the key it is signed with (None: not signed), own certificates, and the readers'."""

    key: SigningKey | None
    own: Chosen
    recipients: tuple[RecipientChoice, ...]


def find(sender: str | None, addresses: Sequence[str], wish: Wish, desk: Desk, missing: list[Coded]) -> Means:
    """Keys and certificates; whatever there is not is added to `missing`.

    Args:
        addresses: everybody in To, Cc and Bcc.
    """
    entries = desk.vault.entries()
    along = [each for card in desk.cards for each in chain_of(card)]
    desk = replace(desk, trust=recipients.with_issuers(desk.trust, entries, along))
    own = keys_choose.choose(entries, desk.database, sender or "", desk.at)
    key = None
    if wish.sign and not wish.draft and sender:
        key = signing_key(own, desk, sender, missing)
    elif wish.receipt:
        missing.append(ReceiptWithoutSignature())
    wanted: tuple[str, ...] = (sender,) if sender else ()
    if wish.encrypt and not wish.draft:
        if not addresses and not missing:
            missing.append(NobodyToEncryptTo())
        # The sender too: a mail that its own author cannot read again is lost to him.
        wanted = tuple(dict.fromkeys((*addresses, *wanted, *desk.form.instead)))
    choices: tuple[RecipientChoice, ...] = ()
    if wish.encrypt or wish.draft:
        choices = _reachable(wanted, desk, missing)
    elif wish.quotes_decrypted and not wish.quote_in_clear:
        missing.append(DecryptedTextInClear())
    return Means(key, own, choices)


def signing_key(own: Chosen, desk: Desk, sender: str, missing: list[Coded]) -> SigningKey | None:
    """The key that signs for an address; None, and `missing` says why, where there is none."""
    for card in desk.cards:
        certificate = parsed(card.certificate)
        in_force = certificate.not_before <= desk.at <= certificate.not_after
        if in_force and names_address(certificate.addresses, sender) and keys_choose.signs(certificate):
            return card
    if own.sign is None:
        missing.append(SenderWithoutKey(sender))
        missing += _not_for_signing(desk, sender)
    elif desk.vault.locked:
        missing.append(VaultLocked())
    else:
        try:
            return desk.form.key(loaded(own.sign.certificate), desk.vault.private_key(own.sign.entry.id))
        except LetterlockError as failure:
            missing.append(failure)
    return None


def _not_for_signing(desk: Desk, sender: str) -> list[Coded]:
    """The own certificates of this address that are in force and do not let their key sign."""
    found = [each for entry in desk.vault.entries() for each in map(Certificate.parse, entry.certificates)]
    found += [parsed(each.certificate) for each in desk.cards]
    return [
        KeyNotForSigning(each.name, each.sha256[:16], tuple(sorted(each.key_usage or ())))
        for each in found
        if each.not_before <= desk.at <= each.not_after
        and names_address(each.addresses, sender)
        and not keys_choose.signs(each)
    ]


def _reachable(wanted: Sequence[str], desk: Desk, missing: list[Coded]) -> tuple[RecipientChoice, ...]:
    own, cards = recipients.own(desk.database), [parsed(each.certificate) for each in desk.cards]
    found = recipients.choose(desk.database, wanted, desk.trust, desk.at, own, desk.others, cards)
    instead = desk.form.instead
    found = [
        recipients.vouched(each, instead[each.address], desk.others, desk.trust, desk.at)
        if each.chosen is None and each.address in instead
        else each
        for each in found
    ]
    if len(found) < len(wanted):
        missing.append(MoreThanOneMessage(len(wanted), len(found)))
    for each in found:
        if each.chosen is None:
            missing += each.reasons
        else:
            try:
                recipient_for(loaded(each.chosen.certificate))
            except LetterlockError as failure:
                missing.append(failure)
    return tuple(found)


def chain_of(key: SigningKey) -> tuple[bytes, ...]:
    """The certificates of issuers that are on a key's card."""
    return key.chain if isinstance(key, TokenKey) else ()


def certificate_of(key: SigningKey) -> Certificate:
    """The certificate of a key."""
    return parsed(key.certificate)


def parsed(certificate: x509.Certificate) -> Certificate:
    """The same certificate, as trust reads it."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return Certificate.parse(certificate.public_bytes(Encoding.DER))


def loaded(certificate: Certificate) -> x509.Certificate:
    """The same certificate, as the library has it."""
    return x509.load_der_x509_certificate(certificate.der)
