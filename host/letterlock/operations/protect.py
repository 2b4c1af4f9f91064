"""A finished message becomes a signed one, an encrypted one, or both (RFC 8551): signed first, then encrypted.

    plan = protect.plan(incoming.close(), wish, desk)     # raises with everything that is missing, at once
    for outgoing in plan.make(): outgoing.octets, outgoing.recipients

All or nothing: without a key for the sender, or without a good certificate for one of the recipients, there is no
message at all. Everybody in Bcc gets a message of their own when it is encrypted, since an encrypted message tells
whoever opens it how many others can. Nothing is held in memory beyond what a spool holds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from cryptography import x509

from letterlock import limits
from letterlock.cms import EnvelopedWriter, SignedDataWriter, SigningKey, ess, recipient_for
from letterlock.errors import Coded, LetterlockError, MessageTooLarge
from letterlock.keystore.failures import VaultLocked
from letterlock.keystore.token_key import TokenKey
from letterlock.keystore.vault import Vault
from letterlock.mime import encode, protecting, writer
from letterlock.mime.address import parse_list
from letterlock.mime.failures import BadAddress
from letterlock.mime.fields import decode_words
from letterlock.mime.protecting import Policy
from letterlock.mime.reader import Reader
from letterlock.mime.writer import Finished
from letterlock.operations import keys_choose, recipients
from letterlock.operations.form import OUR_FORM, Form
from letterlock.operations.keys_choose import Chosen
from letterlock.operations.protect_reasons import (
    DecryptedTextInClear,
    KeyNotForSigning,
    MoreThanOneMessage,
    NobodyToEncryptTo,
    NothingLeaves,
    ReceiptWithoutSignature,
    SenderNotOne,
    SenderWithoutKey,
    SignedOpaque,
    SubjectHiddenInReply,
)
from letterlock.operations.recipients import RecipientChoice
from letterlock.operations.signature import Signature, content_identifier
from letterlock.operations.timestamps import NOBODY as NOBODY_STAMPS
from letterlock.operations.timestamps import Stamping
from letterlock.operations.trust import TrustSettings
from letterlock.spool import Spool
from letterlock.trust.addresses import names_address
from letterlock.trust.certificate import Certificate


@dataclass(frozen=True)
class Wish:
    """What is wanted.

    Args:
        protect_headers: put the fields inside, too (RFC 9788).
        policy: what then stands outside of an encryption.
        legacy: say hidden fields once more in the text, for programs that do not know them.
        opaque: sign in a form that no relay can break, and only S/MIME programs can read.
        draft: encrypted for the sender alone, and not signed: it is not said yet.
        quotes_decrypted: the text has words from a message that was encrypted.
        quote_in_clear: send them in clear nevertheless; the person was told.
        receipt: ask everybody for a signed receipt (RFC 2634), to be sent to the sender.
    """

    sign: bool = False
    encrypt: bool = False
    protect_headers: bool = True
    policy: Policy = Policy.BASELINE
    legacy: bool = True
    opaque: bool = False
    draft: bool = False
    quotes_decrypted: bool = False
    quote_in_clear: bool = False
    receipt: bool = False

    @property
    def hides_subject(self) -> bool:
        """Whether the subject stands inside of the encryption alone."""
        return self.protect_headers and self.policy is not Policy.NONE


@dataclass(frozen=True)
class Desk:
    """What it is done with.

    Args:
        vault: unlocked where it is to be signed.
        trust: whom the sender believes about the recipients' certificates.
        others: certificates of recipients beside those that are kept here.
        cards: keys on smart cards, the preferred first; one that names the sender signs before those in the vault.
        stamping: who is asked for a time-stamp of every signature, and whether one is a condition.
        form: how it looks, where somebody else decides it.
    """

    vault: Vault
    database: Path
    trust: TrustSettings
    at: datetime
    others: Sequence[Certificate] = ()
    cards: Sequence[SigningKey] = ()
    stamping: Stamping = NOBODY_STAMPS
    form: Form = OUR_FORM


class Role(StrEnum):
    """What a message is made for."""

    EVERYBODY = "everybody"
    """For To and Cc (and Bcc, where it is not encrypted); also the copy for Sent, unless there is one of its own."""
    BLIND = "blind"
    """For one address in Bcc."""
    SENT = "sent"
    """For Sent alone: it names Bcc."""
    DRAFT = "draft"


@dataclass(frozen=True)
class Outgoing:
    """One message, where it goes, and how it is encrypted (algorithm None: not) and why so. Close `octets`."""

    role: Role
    recipients: tuple[str, ...]
    octets: Spool
    readers: tuple[RecipientChoice, ...]
    algorithm: str | None
    reasons: tuple[Coded, ...]
    signature: Signature | None = None


class Incoming:
    """A finished message (RFC 5322, any line ends) that comes in pieces."""

    def __init__(self) -> None:
        self._spool = Spool()
        self._reader = Reader()
        self._only_cr: bool | None = None

    def feed(self, piece: bytes) -> None:
        """More octets.

        Raises:
            MessageTooLarge, HeaderTooLarge, TooManyParts: beyond a limit.
        """
        if self._only_cr is None:
            self._only_cr = b"\r" in piece and b"\n" not in piece
        if self._only_cr:
            piece = piece.replace(b"\r", b"\r\n")
        if len(self._spool) + len(piece) > limits.MESSAGE_OCTETS:
            raise MessageTooLarge(limits.MESSAGE_OCTETS)
        self._spool.write(piece)
        self._reader.feed(piece)

    def close(self) -> Finished:
        """The message. Raises `NotAMessage`."""
        return Finished.of(self._spool.blocks, self._reader.close())


@dataclass(frozen=True)
class Plan:
    """Everything is there. `signer` None: not signed. `recipients`: everybody in To, Cc and Bcc, and the sender."""

    finished: Finished
    wish: Wish
    desk: Desk
    key: SigningKey | None
    own: Chosen
    sender: str
    named: tuple[str, ...]
    blind: tuple[str, ...]
    recipients: tuple[RecipientChoice, ...]
    remarks: tuple[Coded, ...]

    @property
    def signer(self) -> Certificate | None:
        """The certificate that it is signed with."""
        return None if self.key is None else _parsed(self.key.certificate)

    def make(self) -> list[Outgoing]:
        """The messages; what was signed stands in the journal then.

        Whatever a key raises passes through, and `NoTimeStamp` where that is a condition; then there are none.
        """
        made: list[Outgoing] = []
        try:
            made.extend(self._make())
            said = self._enter(self.key, made) if self.key is not None else []
        except BaseException:
            for each in made:
                each.octets.close()
            raise
        return [replace(each, reasons=(*each.reasons, *said)) for each in made] if said else made

    def _make(self) -> Iterator[Outgoing]:
        fields = self.finished.fields
        public = tuple(each for each in fields if each not in writer.named(fields, "bcc"))
        if self.wish.draft:
            yield from self._letters(fields, [(Role.DRAFT, (), (self.sender,))])
        elif self.desk.form.together:
            everybody = (*self.named, *self.blind)
            readers = tuple(each.address for each in self.recipients) if self.wish.encrypt else ()
            yield from self._letters(public, [(Role.EVERYBODY, everybody, readers)])
        elif not self.wish.encrypt:
            everybody = (*self.named, *self.blind)
            also = writer.named(fields, "bcc") if self.blind else []
            yield from self._letters(public, [(Role.EVERYBODY, everybody, ())], sent_with=also)
        else:
            own = (self.sender,)
            letters = [(Role.EVERYBODY, self.named, (*self.named, *own))] if self.named else []
            letters += [(Role.BLIND, (each,), (each, *own)) for each in self.blind]
            yield from self._letters(public, letters)
            if self.blind:
                yield from self._letters(fields, [(Role.SENT, (), own)])

    def _letters(
        self,
        fields: Sequence[bytes],
        letters: Sequence[tuple[Role, tuple[str, ...], tuple[str, ...]]],
        sent_with: Sequence[bytes] = (),
    ) -> Iterator[Outgoing]:
        """Messages with the same fields and one signature: for each role, where it goes and who can read it."""
        wish, hidden = self.wish, self.wish.encrypt or self.wish.draft
        shape, hp = protecting.Protecting((), tuple(fields), None), None
        if wish.protect_headers and hidden:
            shape, hp = protecting.cipher(fields, wish.policy, legacy=wish.legacy), "cipher"
        elif wish.protect_headers:
            shape, hp = protecting.clear(fields), "clear"
        entity = _spooled(self.finished.entity(shape.inside, hp, shape.legacy))
        reasons, signature = self.remarks, None
        if self.key is not None:
            opaque = self.wish.opaque or encode.fragile(entity.blocks())
            reasons = (*reasons, *((SignedOpaque(),) if opaque and not self.wish.opaque else ()))
            signature = self._signature(self.key)
            entity = _replaced(entity, self._signed(entity, signature, opaque))
            reasons = (*reasons, *signature.reasons)
        try:
            for role, goes_to, readers in letters:
                choices = self._choices(readers)
                if not choices:
                    yield Outgoing(
                        role,
                        goes_to,
                        _spooled(writer.whole(shape.outside, entity.blocks())),
                        (),
                        None,
                        reasons,
                        signature,
                    )
                    continue
                algorithm, why = recipients.content_algorithm(choices, self.desk.form.content)
                octets = self._enveloped(entity, choices, algorithm, shape.outside)
                yield Outgoing(role, goes_to, octets, choices, algorithm, (why, *reasons), signature)
            if sent_with:
                copy = _spooled(writer.whole((*shape.outside, *sent_with), entity.blocks()))
                yield Outgoing(Role.SENT, (), copy, (), None, reasons, signature)
        finally:
            entity.close()

    def _enveloped(
        self, entity: Spool, choices: Sequence[RecipientChoice], algorithm: str, outside: Sequence[bytes]
    ) -> Spool:
        inner = _encrypted(entity, choices, algorithm)
        if self.desk.form.triple and self.key is not None:
            inner = _replaced(inner, self._signed(inner, self._signature(self.key), self.wish.opaque))
        return _replaced(inner, writer.whole(outside, inner.blocks()))

    def _choices(self, addresses: Sequence[str]) -> tuple[RecipientChoice, ...]:
        return tuple(each for each in self.recipients if each.address in addresses)

    def _signature(self, key: SigningKey) -> Signature:
        request = None
        if self.wish.receipt:
            request = ess.ReceiptRequest.asking(content_identifier(key, self.desk.at), (self.sender,))
        return Signature(key, request, self.desk.stamping, self.desk.trust, self.desk.at)

    def _enter(self, key: SigningKey, made: Sequence[Outgoing]) -> list[Coded]:
        """Everything that was signed, into the journal; what is to be said of that."""
        from letterlock.operations import journal

        subject = next(iter(writer.named(self.finished.fields, "subject")), b"")
        identifier = next(iter(writer.named(self.finished.fields, "message-id")), b"")
        return journal.enter_sent(
            self.desk,
            key,
            made,
            {
                "subject": decode_words(writer.value(subject)) if subject else "",
                "message_id": writer.value(identifier).strip() if identifier else "",
            },
        )

    def _signed(self, entity: Spool, signature: Signature, opaque: bool) -> Iterator[bytes]:
        own, key, form = self.own, signature.key, self.desk.form
        preferred = own.encrypt.certificate if own.encrypt else None
        if preferred is not None and preferred.der == _parsed(key.certificate).der:
            preferred = None
        signing = form.signing(signature.signing(self.desk.at, _x509(preferred) if preferred else None))
        if preferred is None and any(key is each for each in self.desk.cards):
            # Answers come to this key, and many cards know no RSA-OAEP, or only with SHA-1.
            reads = tuple(each for each in signing.capabilities if each.oid != recipients.RSA_OAEP)
            signing = replace(signing, capabilities=reads)
        if preferred is None and isinstance(key, TokenKey):
            # Answers are encrypted to the card, and many cards know no RSA-OAEP, or only with SHA-1.
            known = tuple(each for each in signing.capabilities if each.oid != recipients.RSA_OAEP)
            signing = replace(signing, capabilities=known)
        # The chain; and the certificate that answers are to be encrypted to.
        chain = own.sign.entry.chain if own.sign and own.sign.certificate == self.signer else _chain(key)
        along = form.along(chain)
        along += [preferred.der] if preferred else []
        out = Spool()
        length = len(entity) if opaque else None
        signer = SignedDataWriter(
            out.write, [signing], certificates=along, detached=not opaque, bare=form.bare, length=length
        )
        for piece in entity.blocks():
            signer.write(piece)
            signature.content.update(piece)
        signer.close()
        if opaque:
            yield from writer.pkcs7_mime(out.blocks(), "signed-data")
        else:
            yield from writer.signed(entity.blocks(), out.read(0, len(out)), key.algorithm.digest.name.lower())
        out.close()


@dataclass(frozen=True)
class Means:
    """What a message takes: the key it is signed with (None: not signed), own certificates, and the readers'."""

    key: SigningKey | None
    own: Chosen
    recipients: tuple[RecipientChoice, ...]


def plan(finished: Finished, wish: Wish, desk: Desk, problems: Iterable[Coded] = ()) -> Plan:
    """Find everything that is needed.

    Args:
        problems: what is missing already; it is told with the rest.

    Raises:
        NothingLeaves: with every problem there is.
    """
    missing = list(problems)
    sender = _sender(finished, missing)
    named, blind = _named(finished, ("to", "cc"), missing), _named(finished, ("bcc",), missing)
    blind = tuple(each for each in blind if each not in named)
    means = find(sender, (*named, *blind), wish, desk, missing)
    if missing or sender is None:
        raise NothingLeaves(dict.fromkeys(missing))
    remarks: list[Coded] = [each for choice in means.recipients for each in choice.reasons]
    if wish.quotes_decrypted and not wish.encrypt and not wish.draft:
        remarks.append(DecryptedTextInClear())
    elif wish.quotes_decrypted and not wish.hides_subject:
        # RFC 9788 §6.1: what was confidential stays so in the reply, and its subject says what the mail's said.
        wish = replace(wish, protect_headers=True, policy=Policy.BASELINE)
        remarks.append(SubjectHiddenInReply())
    return Plan(finished, wish, desk, means.key, means.own, sender, named, blind, means.recipients, tuple(remarks))


def find(sender: str | None, addresses: Sequence[str], wish: Wish, desk: Desk, missing: list[Coded]) -> Means:
    """Keys and certificates; whatever there is not is added to `missing`.

    Args:
        addresses: everybody in To, Cc and Bcc.
    """
    entries = desk.vault.entries()
    along = [each for card in desk.cards for each in _chain(card)]
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


def _sender(finished: Finished, missing: list[Coded]) -> str | None:
    found = _named(finished, ("from",), missing)
    if len(found) != 1:
        if not any(isinstance(each, BadAddress) for each in missing):
            missing.append(SenderNotOne(len(found)))
        return None
    return found[0]


def _named(finished: Finished, names: Sequence[str], missing: list[Coded]) -> tuple[str, ...]:
    found: list[str] = []
    for name in names:
        for field in writer.named(finished.fields, name):
            try:
                found += [each.address for each in parse_list(writer.value(field))]
            except BadAddress as failure:
                missing.append(failure)
    return tuple(dict.fromkeys(found))


def signing_key(own: Chosen, desk: Desk, sender: str, missing: list[Coded]) -> SigningKey | None:
    """The key that signs for an address; None, and `missing` says why, where there is none."""
    for card in desk.cards:
        certificate = _parsed(card.certificate)
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
            return desk.form.key(_x509(own.sign.certificate), desk.vault.private_key(own.sign.entry.id))
        except LetterlockError as failure:
            missing.append(failure)
    return None


def _not_for_signing(desk: Desk, sender: str) -> list[Coded]:
    """The own certificates of this address that are in force and do not let their key sign."""
    found = [each for entry in desk.vault.entries() for each in map(Certificate.parse, entry.certificates)]
    found += [_parsed(each.certificate) for each in desk.cards]
    return [
        KeyNotForSigning(each.name, each.sha256[:16], tuple(sorted(each.key_usage or ())))
        for each in found
        if each.not_before <= desk.at <= each.not_after
        and names_address(each.addresses, sender)
        and not keys_choose.signs(each)
    ]


def _reachable(wanted: Sequence[str], desk: Desk, missing: list[Coded]) -> tuple[RecipientChoice, ...]:
    own, cards = recipients.own(desk.database), [_parsed(each.certificate) for each in desk.cards]
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
                recipient_for(_x509(each.chosen.certificate))
            except LetterlockError as failure:
                missing.append(failure)
    return tuple(found)


def _encrypted(entity: Spool, choices: Sequence[RecipientChoice], algorithm: str) -> Spool:
    """An entity of type application/pkcs7-mime."""
    authenticated = algorithm.endswith("GCM")
    once = {each.chosen.certificate.der: each for each in choices if each.chosen is not None}
    infos = [
        recipient_for(
            x509.load_der_x509_certificate(der), oaep="SHA-256" if authenticated and each.reads_oaep else None
        )
        for der, each in once.items()
    ]
    out = Spool()
    enveloping = EnvelopedWriter(out.write, infos, algorithm, length=len(entity))
    for piece in entity.blocks():
        enveloping.write(piece)
    enveloping.close()
    kind = "authEnveloped-data" if authenticated else "enveloped-data"
    return _replaced(out, writer.pkcs7_mime(out.blocks(), kind))


def _spooled(pieces: Iterable[bytes]) -> Spool:
    spool = Spool()
    for piece in pieces:
        spool.write(piece)
    return spool


def _replaced(old: Spool, pieces: Iterable[bytes]) -> Spool:
    """What is made of a spool, which is closed."""
    try:
        return _spooled(pieces)
    finally:
        old.close()


def _chain(key: SigningKey) -> tuple[bytes, ...]:
    """The certificates of issuers that are on a key's card."""
    return key.chain if isinstance(key, TokenKey) else ()


def certificate_of(key: SigningKey) -> Certificate:
    """The certificate of a key."""
    return _parsed(key.certificate)


def _parsed(certificate: x509.Certificate) -> Certificate:
    from cryptography.hazmat.primitives.serialization import Encoding

    return Certificate.parse(certificate.public_bytes(Encoding.DER))


def _x509(certificate: Certificate) -> x509.Certificate:
    return x509.load_der_x509_certificate(certificate.der)
