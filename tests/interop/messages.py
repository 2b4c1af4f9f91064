"""Whole messages between Letterlock and other programs: the second table of `docs/interop.md`.

A message of ours is composed as a person would have it, taken apart by a MIME parser that is not ours, and each of its
layers is opened by the program; in the end stands what was written, to the octet. A message of theirs is written by
the same parser's generator, signed and encrypted by the program, and opened here with the verdict it deserves.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.mime.letter import Attachment
from letterlock.operations import compose, identities, protect
from letterlock.operations.compose import Written
from letterlock.operations.keys_choose import purpose_of
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.protect import Outgoing, Role, Wish
from letterlock.operations.trust import TrustSettings
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from tests.interop.peer import Encryption, Peer, Signature
from tests.interop.people import Person, authority, person
from tests.keystore.vaults import made as made_vault

SUBJECT = "Grüße vom Dach – offer № 5"
TEXT = "Dear Bea,\n\nFrom the roof: 5 € – „schön“.\n.\n-- \nAnna \n" + "long line " * 200 + "\n"
HTML = '<html><body><p>5 € – „schön“ <img src="cid:logo@x"></p></body></html>\n'
_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
FILES = {"Angebot für Bea.pdf": bytes(range(256)) * 40, "logo.png": base64.b64decode(_PNG)}


@dataclass(frozen=True)
class Form:
    """How a message is protected: signed with whose kind of key, encrypted to whose, with what.

    Args:
        apart: sender and reader have two keys each: one signs, the other decrypts.
        blind: the reader is in Bcc.
    """

    name: str
    signed_by: str | None = None
    encrypted_to: str | None = None
    algorithm: str = "AES-256-CBC"
    opaque: bool = False
    apart: bool = False
    blind: bool = False

    @property
    def signer(self) -> Person:
        """Whoever signs. The sender has the same kind of key as the reader: he gets his own copy with it."""
        return self._person("anna", str(self.signed_by), "sign")

    @property
    def reader(self) -> Person | None:
        """Whoever decrypts."""
        return self._person("bea", self.encrypted_to, "decrypt") if self.encrypted_to else None

    @property
    def senders(self) -> tuple[Person, ...]:
        """The sender's keys."""
        if self.apart:
            return self.signer, self._person("anna", str(self.encrypted_to), "decrypt")
        return (self._person("anna", str(self.signed_by or self.encrypted_to), ""),)

    def _person(self, name: str, kind: str, use: str) -> Person:
        # An address of their own for each kind: gpgsm and NSS choose keys by address.
        return person(kind, f"{name}-two", use) if self.apart else person(kind, f"{name}-{kind.lower()}")


FORMS = (
    Form("signed, RSA", "RSA"),
    Form("signed, P-256", "P-256"),
    Form("signed, Ed25519", "Ed25519"),
    Form("signed in one piece, RSA", "RSA", opaque=True),
    Form("signed in one piece, P-256", "P-256", opaque=True),
    Form("encrypted in CBC, RSA", None, "RSA"),
    Form("encrypted in CBC, P-256", None, "P-256"),
    Form("encrypted in CBC, brainpoolP256r1", None, "brainpoolP256r1"),
    Form("encrypted in CBC, X25519", None, "X25519"),
    Form("encrypted in GCM, RSA (OAEP)", None, "RSA", "AES-256-GCM"),
    Form("encrypted in GCM, P-256", None, "P-256", "AES-256-GCM"),
    Form("signed and encrypted in CBC, RSA", "RSA", "RSA"),
    Form("signed and encrypted in CBC, P-256", "P-256", "P-256"),
    Form("signed and encrypted in GCM, RSA (OAEP)", "RSA", "RSA", "AES-256-GCM"),
    Form("signed and encrypted in CBC, two keys each: P-256 signs, RSA decrypts", "P-256", "RSA", apart=True),
    Form("signed and encrypted in CBC, RSA, to somebody in Bcc", "RSA", "RSA", blind=True),
)


class Desk:
    """Where Letterlock writes and reads: a vault with everybody's keys, and the authority trusted."""

    def __init__(self, folder: Path) -> None:
        self.at = datetime.now(UTC).replace(microsecond=0)
        self.database = folder / "letterlock.sqlite"
        self.vault = made_vault(self.database)
        root = Certificate.parse(authority()[1].public_bytes(Encoding.DER))
        self.trust = TrustSettings((Anchor(root, "user"),))

    def compose(self, form: Form) -> bytes:
        """A message of that form with everything in it that a person may send."""
        reader = form.reader or person("RSA", "bea")
        # Of somebody whose certificate was only handed over nothing is known of his program: then it is CBC.
        self.keep(*form.senders, *((reader,) if form.algorithm.endswith("GCM") else ()))
        others = [Certificate.parse(reader.certificate.public_bytes(Encoding.DER))]
        files = [
            Attachment(name, "image/png" if name.endswith("png") else "application/pdf", _reading(octets),
                       "logo@x" if name.endswith("png") else None)
            for name, octets in FILES.items()
        ]  # fmt: skip
        to = [] if form.blind else [reader.address]
        written = Written(
            f'"Anna Müster" <{form.senders[0].address}>', to, bcc=[reader.address] if form.blind else [],
            subject=SUBJECT, text=TEXT, html=HTML, attachments=files,
        )  # fmt: skip
        wish = Wish(sign=form.signed_by is not None, encrypt=form.encrypted_to is not None, opaque=form.opaque)
        desk = protect.Desk(self.vault, self.database, self.trust, self.at, others)
        made = compose.plan(written, wish, desk).make()
        return _chosen(made, Role.BLIND if form.blind else Role.EVERYBODY, form)

    def keep(self, *people: Person) -> None:
        """Their keys come into the vault."""
        for who in people:
            own = Certificate.parse(who.certificate.public_bytes(Encoding.DER))
            self.vault.add(who.key, [own.der], label=who.file_name, purpose=purpose_of(own))

    def open(self, raw: bytes, reader: Person | None) -> OpenedMessage:
        """With the reader's key."""
        if reader is not None:
            self.keep(reader)
        opening = Opening(self.trust, self.at, keys=identities.own(self.vault))
        opening.feed(raw)
        return opening.close()


def _chosen(made: Sequence[Outgoing], role: Role, form: Form) -> bytes:
    raw = b""
    for each in made:
        if each.role is role:
            assert each.algorithm == (form.algorithm if form.encrypted_to else None)
            raw = each.octets.read(0, len(each.octets))
        each.octets.close()
    assert raw
    return raw


def _reading(octets: bytes) -> Callable[[], Iterable[bytes]]:
    return lambda: [octets]


def read_by(peer: Peer, form: Form, raw: bytes) -> None:
    """The program opens a message of ours, layer by layer. Raises `PeerRefused`."""
    layers = []
    while True:
        header, _, body = raw.partition(b"\r\n\r\n")
        head = message_from_bytes(header + b"\r\n\r\n", policy=policy.default)
        kind = head.get_content_type()
        if kind == "multipart/signed":
            mark = b"--" + str(head.get_boundary()).encode()
            content, signature = body.split(b"\r\n" + mark + b"\r\n", 1)[1].split(b"\r\n" + mark + b"\r\n")
            octets = _body(signature.split(b"\r\n" + mark + b"--")[0])
            raw = peer.verify(_signature(form, "detached"), form.signer, octets, content)
            assert raw == content
        elif kind == "application/pkcs7-mime" and head.get_param("smime-type") == "signed-data":
            raw = peer.verify(_signature(form, "opaque"), form.signer, _body(raw), b"")
        elif kind == "application/pkcs7-mime":
            raw = peer.decrypt(Encryption(form.name, str(form.encrypted_to), form.algorithm), form.reader, _body(raw))
        else:
            break
        layers.append(kind)
    assert len(layers) == (form.signed_by is not None) + (form.encrypted_to is not None)
    _check(raw)


def _body(entity: bytes) -> bytes:
    return base64.b64decode(entity.partition(b"\r\n\r\n")[2])


def _signature(form: Form, how: str) -> Signature:
    kind = str(form.signed_by)
    return Signature(form.name, kind, "SHA-512" if kind == "Ed25519" else "SHA-256", form=how)


def _check(entity: bytes) -> None:
    """What was written is what is there, as Python's own MIME parser sees it."""
    found = message_from_bytes(entity, policy=policy.default)
    assert isinstance(found, EmailMessage)
    assert found["Subject"] == SUBJECT
    assert str(found["From"]).startswith("Anna Müster <")
    text = found.get_body(("plain",))
    assert text is not None
    # The hidden subject comes first, for programs that show the outer one.
    shown = str(text.get_content()).replace("\r\n", "\n")
    assert shown in (TEXT, f"Subject: {SUBJECT}\n\n{TEXT}")
    page = found.get_body(("html",))
    assert page is not None
    assert HTML.partition("<p>")[2] in str(page.get_content()).replace("\r\n", "\n")
    files = {part.get_filename(): part.get_content() for part in found.walk() if part.get_filename()}
    assert files == FILES


def theirs(peer: Peer, form: Form, desk: Desk) -> None:
    """The program signs and encrypts a message, and Letterlock opens it. Raises `PeerRefused`."""
    reader = form.reader
    message = EmailMessage(policy=policy.SMTP)
    message.set_content(TEXT, cte="quoted-printable")
    message.add_alternative(HTML, subtype="html", cte="base64")
    for name, octets in FILES.items():
        message.add_attachment(octets, maintype="application", subtype="octet-stream", filename=name)
    entity = message.as_bytes()
    if form.signed_by:
        entity = _signed_by(peer, form, entity)
    if reader:
        der = peer.encrypt(Encryption(form.name, reader.kind, form.algorithm), reader, entity)
        kind = "authEnveloped-data" if form.algorithm.endswith("GCM") else "enveloped-data"
        entity = _pkcs7_mime(der, kind)
    head = EmailMessage(policy=policy.SMTP)
    head["From"], head["To"], head["Subject"] = f"Anna Müster <{form.senders[0].address}>", "bea@example.org", SUBJECT
    raw = head.as_bytes().removesuffix(b"\r\n") + b"MIME-Version: 1.0\r\n" + entity
    opened = desk.open(raw, reader)
    try:
        verdict = opened.verdict
        assert verdict.signature.status == ("valid" if form.signed_by else "none"), (peer.name, verdict.reasons)
        assert verdict.encryption.status == ("decrypted" if reader else "none"), (peer.name, verdict.reasons)
        parts = {part.name or part.type: b"".join(opened.body(part.id)) for part in opened.parts}
        assert parts["text/plain"].decode() == TEXT.replace("\n", "\r\n")
        assert parts["text/html"].decode().replace("\r\n", "\n") == HTML
        assert {name: parts[name] for name in FILES} == FILES
        assert all(part.covered for part in opened.parts) is (form.signed_by is not None)
    finally:
        opened.close()


def _signed_by(peer: Peer, form: Form, entity: bytes) -> bytes:
    how = _signature(form, "opaque" if form.opaque else "detached")
    der = peer.sign(how, form.signer, entity)
    if form.opaque:
        return _pkcs7_mime(der, "signed-data")
    return (
        b'Content-Type: multipart/signed; protocol="application/pkcs7-signature"; micalg=sha-256; boundary="sig"\r\n'
        b"\r\n--sig\r\n" + entity + b"\r\n--sig\r\nContent-Type: application/pkcs7-signature; name=smime.p7s\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n" + _lines(der) + b"--sig--\r\n"
    )  # fmt: skip


def _pkcs7_mime(der: bytes, kind: str) -> bytes:
    head = f"Content-Type: application/pkcs7-mime; smime-type={kind}; name=smime.p7m\r\n"
    return head.encode() + b"Content-Transfer-Encoding: base64\r\n\r\n" + _lines(der)


def _lines(octets: bytes) -> bytes:
    return base64.encodebytes(octets).replace(b"\n", b"\r\n")
