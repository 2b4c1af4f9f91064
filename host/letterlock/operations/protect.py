"""A finished message becomes a signed one, an encrypted one, or both (RFC 8551): signed first, then encrypted.

All or nothing: without a key for the sender, or without a good certificate for one of the recipients, there is no
message at all. Whom it goes to is what To and Cc say. The subject and all other fields stay readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from letterlock.cms import (
    EnvelopedWriter,
    PrivateSigningKey,
    SignedDataWriter,
    Signing,
    recipient_for,
)
from letterlock.errors import Coded, Fault, LetterlockError
from letterlock.keystore.vault import Vault
from letterlock.mime.address import parse_list
from letterlock.mime.writer import Finished, enveloped, signed
from letterlock.operations import keys_choose, recipients
from letterlock.operations.keys_choose import OwnIdentity
from letterlock.operations.recipients import RecipientChoice
from letterlock.operations.trust import TrustSettings
from letterlock.trust.certificate import Certificate


class SenderNotOne(LetterlockError):
    """From names nobody, or several: whose signature would it be?"""

    code = "sender_not_one"
    fault = Fault.USER
    found: int


class SenderWithoutKey(LetterlockError):
    """There is no own key in force that signs for the sender."""

    code = "sender_without_key"
    fault = Fault.USER
    address: str


class RecipientsNotReachable(LetterlockError):
    """Some of the recipients cannot be encrypted to; `reasons` are the codes, in the order of the addresses."""

    code = "recipients_not_reachable"
    fault = Fault.USER
    addresses: tuple[str, ...]
    reasons: tuple[str, ...]


class NobodyToEncryptTo(LetterlockError):
    """Neither To nor Cc names anybody."""

    code = "nobody_to_encrypt_to"
    fault = Fault.USER


class BlindCopies(LetterlockError):
    """The message has a Bcc field: whoever opens it could see that somebody more can."""

    code = "blind_copies_not_encrypted"
    fault = Fault.USER


@dataclass(frozen=True)
class Protected:
    """What was made, and with what: the content encryption's name (None: not encrypted), and why that one."""

    message: bytes
    signer: Certificate | None
    recipients: tuple[RecipientChoice, ...]
    algorithm: str | None
    reason: Coded | None


def protect(
    message: bytes,
    vault: Vault,
    database: Path,
    trust: TrustSettings,
    at: datetime,
    *,
    sign: bool,
    encrypt: bool,
    others: Iterable[Certificate] = (),
) -> Protected:
    """Sign, encrypt, or both.

    Args:
        message: RFC 5322, with any line ends.
        vault: unlocked where it is to be signed.
        trust: whom the sender believes about the recipients' certificates.
        others: certificates of recipients beside those that are kept here.

    Raises:
        NotAMessage, MessageTooLarge, NotSevenBit; SenderNotOne, SenderWithoutKey, RecipientsNotReachable …
    """
    finished = Finished.split(message)
    entries = vault.entries()
    trust = trust._replace(issuers=(*trust.issuers, *_issuers(vault)))
    sender = _sender(finished)
    own = keys_choose.choose(entries, database, sender, at)
    if sign and own.sign is None:
        raise SenderWithoutKey(sender)
    choices: list[RecipientChoice] = []
    if encrypt:
        choices = _recipients(finished, sender, database, trust, at, others)
    entity, signer = finished.entity, None
    if sign and own.sign is not None:
        # Inside encryption too: a gateway that decrypts would otherwise break the signature.
        entity = _signed(finished.seven_bit().entity, own.sign, own.encrypt, vault, at)
        signer = own.sign.certificate
    if not encrypt:
        return Protected(finished.with_entity(entity), signer, (), None, None)
    algorithm, reason = recipients.content_algorithm(choices)
    entity = _encrypted(entity, choices, algorithm)
    return Protected(finished.with_entity(entity), signer, tuple(choices), algorithm, reason)


def _sender(finished: Finished) -> str:
    mailboxes = [each for value in finished.values("from") for each in parse_list(value)]
    if len(mailboxes) != 1:
        raise SenderNotOne(len(mailboxes))
    return mailboxes[0].address


def _recipients(
    finished: Finished,
    sender: str,
    database: Path,
    trust: TrustSettings,
    at: datetime,
    others: Iterable[Certificate],
) -> list[RecipientChoice]:
    if finished.values("bcc"):
        raise BlindCopies
    named = [each.address for name in ("to", "cc") for value in finished.values(name) for each in parse_list(value)]
    if not named:
        raise NobodyToEncryptTo
    # The sender too: a mail that its own author cannot read again is lost to him.
    addresses = tuple(dict.fromkeys((*named, sender)))
    found = recipients.choose(database, addresses, trust, at, recipients.own(database), others)
    missing = [each for each in found if each.chosen is None]
    missing_addresses = [*(each.address for each in missing), *addresses[len(found) :]]
    if missing_addresses:
        codes = tuple(each.reasons[-1].code for each in missing if each.reasons)
        raise RecipientsNotReachable(tuple(missing_addresses), codes)
    return found


def _signed(entity: bytes, signer: OwnIdentity, reader: OwnIdentity | None, vault: Vault, at: datetime) -> bytes:
    key = PrivateSigningKey(_x509(signer.certificate), vault.private_key(signer.entry.id))
    preferred = reader.certificate if reader and reader.certificate != signer.certificate else None
    signing = Signing(key, at, encryption_certificate=_x509(preferred) if preferred else None)
    # RFC 8551 §2.3: the chain, without the root; and the certificate that answers are to be encrypted to.
    chain = [each for each in map(Certificate.parse, signer.entry.chain) if not each.self_issued]
    along = [each.der for each in (*chain, *((preferred,) if preferred else ()))]
    out = bytearray()
    writer = SignedDataWriter(out.extend, [signing], certificates=along, detached=True)
    writer.write(entity)
    writer.close()
    return signed(entity, bytes(out), key.algorithm.digest.name.lower())


def _encrypted(entity: bytes, choices: Sequence[RecipientChoice], algorithm: str) -> bytes:
    certificates = {each.chosen.certificate.der: each for each in choices if each.chosen is not None}
    infos = [
        recipient_for(
            _x509(each.chosen.certificate), oaep="SHA-256" if algorithm.endswith("GCM") and each.reads_oaep else None
        )
        for each in certificates.values()
        if each.chosen is not None
    ]
    out = bytearray()
    writer = EnvelopedWriter(out.extend, infos, algorithm, length=len(entity))
    writer.write(entity)
    writer.close()
    return enveloped(bytes(out), "authEnveloped-data" if algorithm.endswith("GCM") else "enveloped-data")


def _issuers(vault: Vault) -> list[Certificate]:
    """The authorities that came with own certificates: they may have certified the recipients' too."""
    return [Certificate.parse(der) for der in dict.fromkeys(each for entry in vault.entries() for each in entry.chain)]


def _x509(certificate: Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.der)
