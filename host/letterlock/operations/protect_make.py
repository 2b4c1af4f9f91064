"""The messages of a plan: signed first, then encrypted (RFC 8551), each spooled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cryptography import x509

from letterlock.cms import EnvelopedWriter, SignedDataWriter, SigningKey, ess, recipient_for
from letterlock.errors import Coded
from letterlock.keystore.token_key import TokenKey
from letterlock.mime import encode, protecting, writer
from letterlock.mime.fields import decode_words
from letterlock.mime.writer import Finished
from letterlock.operations import recipients
from letterlock.operations.keys_choose import Chosen
from letterlock.operations.protect_means import chain_of, loaded, parsed
from letterlock.operations.protect_reasons import SignedOpaque
from letterlock.operations.protect_shapes import Desk, Outgoing, Role, Wish
from letterlock.operations.recipients import RecipientChoice
from letterlock.operations.signature import Signature, content_identifier
from letterlock.spool import Spool
from letterlock.trust.certificate import Certificate


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
        return None if self.key is None else parsed(self.key.certificate)

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
        if preferred is not None and preferred.der == parsed(key.certificate).der:
            preferred = None
        signing = form.signing(signature.signing(self.desk.at, loaded(preferred) if preferred else None))
        if preferred is None and (isinstance(key, TokenKey) or any(key is each for each in self.desk.cards)):
            # Answers are encrypted to the card, and many cards know no RSA-OAEP, or only with SHA-1.
            reads = tuple(each for each in signing.capabilities if each.oid != recipients.RSA_OAEP)
            signing = replace(signing, capabilities=reads)
        # The chain; and the certificate that answers are to be encrypted to.
        chain = own.sign.entry.chain if own.sign and own.sign.certificate == self.signer else chain_of(key)
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
