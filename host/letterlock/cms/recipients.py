"""Whom encrypted content is for: RecipientInfos (RFC 5652 §6.2, RFC 9629 §3), read, and the keys that open them.

Each entry holds the same content key, encrypted to one recipient. What an entry says is not confirmed by anything.
`RecipientKey` is the border to whatever holds private keys: a file, a smart card, a test double.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.hazmat import asn1

from letterlock import limits
from letterlock.cms import der, identifiers, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.failures import CmsMalformed, TooManyRecipients
from letterlock.cms.identifiers import CertificateIdentifier, IssuerAndSerial, KeyIdentifier
from letterlock.cms.schema import Algorithm

_KEM = "1.2.840.113549.1.9.16.13.3"


@dataclass(frozen=True)
class KeyTransport:
    """A content key encrypted with the recipient's public key (RSA)."""

    rid: CertificateIdentifier
    algorithm: Algorithm
    encrypted_key: bytes = field(repr=False)


@dataclass(frozen=True)
class OriginatorKey:
    """The public key, made for one message, that the sender agreed with."""

    algorithm: Algorithm
    octets: bytes


@dataclass(frozen=True)
class KeyAgreement:
    """A content key wrapped under a key agreed between the sender's key and the recipient's (Diffie-Hellman)."""

    rid: CertificateIdentifier
    originator: OriginatorKey | CertificateIdentifier
    ukm: bytes | None
    algorithm: Algorithm
    encrypted_key: bytes = field(repr=False)


@dataclass(frozen=True)
class KeyEncapsulation:
    """A content key wrapped under a key that only the recipient can take out of `ciphertext` (ML-KEM)."""

    rid: CertificateIdentifier
    algorithm: Algorithm
    ciphertext: bytes = field(repr=False)
    derivation: Algorithm
    kek_octets: int
    ukm: bytes | None
    wrap: Algorithm
    wrap_octets: bytes = field(repr=False)
    """`wrap` as received: the derivation covers it."""
    encrypted_key: bytes = field(repr=False)


@dataclass(frozen=True)
class SharedKey:
    """A content key wrapped under a key that both sides have had before."""

    key_identifier: bytes
    algorithm: Algorithm
    encrypted_key: bytes = field(repr=False)


@dataclass(frozen=True)
class Password:
    """A content key wrapped under a key made from a password (`derivation` None: by some other means)."""

    derivation: Algorithm | None
    algorithm: Algorithm
    encrypted_key: bytes = field(repr=False)


@dataclass(frozen=True)
class OtherRecipient:
    """A kind of entry that we do not know; `kind` is its number, or the tag of the choice."""

    kind: str


Recipient = KeyTransport | KeyAgreement | KeyEncapsulation | SharedKey | Password | OtherRecipient


class RecipientKey(Protocol):
    """A key, or whatever has one, that can take content keys out of recipient entries."""

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """The content key in this entry, or None: the entry is not for this key.

        Args:
            octets: the length of the content key that the content's algorithm needs. Where a wrong key cannot be
                told from a wrong padding (RSA PKCS#1 v1.5), random octets of this length are the answer to both.
            trying: the entry names no certificate we know: take the key out if it is for this key all the same, and
                answer None if not.

        Raises:
            DecryptionFailure: the entry is for this key, and broken or not supported. Never where `trying`.
            KeyUnavailable: the key cannot be used now; where `trying`, the entry may be for it.
        """
        ...


def read(encoded: bytes) -> tuple[Recipient, ...]:
    """The entries of RecipientInfos, a whole DER value.

    RecipientInfos ::= SET SIZE (1..MAX) OF RecipientInfo
    RecipientInfo ::= CHOICE {
        ktri KeyTransRecipientInfo,
        kari [1] KeyAgreeRecipientInfo,
        kekri [2] KEKRecipientInfo,
        pwri [3] PasswordRecipientInfo,
        ori [4] OtherRecipientInfo }   (RFC 5652 §6.1, §6.2)

    Raises:
        TooManyRecipients: more than `limits.CMS_RECIPIENTS`.
        CmsMalformed: not that.
    """
    found: list[Recipient] = []
    for each in der.split(encoded, 0x31, "RecipientInfos", limits.CMS_RECIPIENTS):
        found.extend(_entries(each))
        if len(found) > limits.CMS_RECIPIENTS:
            raise TooManyRecipients(limits.CMS_RECIPIENTS)
    return tuple(found)


def text(recipient: Recipient) -> str:
    """For people: whom the entry is for, as far as it says."""
    match recipient:
        case KeyTransport() | KeyAgreement() | KeyEncapsulation():
            return str(recipient.rid)
        case SharedKey():
            return f"key {recipient.key_identifier[:32].hex().upper()}"
        case Password():
            return "password"
        case OtherRecipient():
            return recipient.kind


def _entries(encoded: bytes) -> Iterator[Recipient]:
    # The tags of the choice are implicit: with the tag of a SEQUENCE in its place each is its type.
    untagged = b"\x30" + encoded[1:]
    match encoded[0]:
        case 0x30:
            yield _key_transport(encoded)
        case 0xA1:
            yield from _key_agreements(untagged)
        case 0xA2:
            yield _shared_key(untagged)
        case 0xA3:
            yield _password(untagged)
        case 0xA4:
            other = schema.decode(wire.OtherRecipientInfo, untagged, "OtherRecipientInfo")
            if other.ori_type.dotted_string == _KEM:
                yield _key_encapsulation(schema.octets(other.ori_value))
            else:
                yield OtherRecipient(other.ori_type.dotted_string)
        case tag:
            # RFC 5652 §6.1 allows for choices to come; an unknown one hides nobody else's entry.
            yield OtherRecipient(f"[{tag & 0x1F}]")


def _key_transport(encoded: bytes) -> KeyTransport:
    where = "KeyTransRecipientInfo"
    read = schema.decode(wire.KeyTransRecipientInfo, encoded, where)
    return KeyTransport(
        identifiers.read(read.rid, where), Algorithm.read(read.key_encryption_algorithm, where), read.encrypted_key
    )


def _key_agreements(encoded: bytes) -> Iterator[KeyAgreement]:
    where = "KeyAgreeRecipientInfo"
    read = schema.decode(wire.KeyAgreeRecipientInfo, encoded, where)
    originator = _originator(read.originator, where)
    algorithm = Algorithm.read(read.key_encryption_algorithm, where)
    for each in read.recipient_encrypted_keys:
        entry = schema.decode(wire.RecipientEncryptedKey, schema.octets(each), where)
        rid = _key_agreement_rid(schema.octets(entry.rid), where)
        yield KeyAgreement(rid, originator, read.ukm, algorithm, entry.encrypted_key)


def _originator(tlv: asn1.TLV, where: str) -> OriginatorKey | CertificateIdentifier:
    encoded = schema.octets(tlv)
    if encoded[0] != 0xA1:
        return identifiers.read(tlv, where)
    key = schema.decode(wire.OriginatorPublicKey, b"\x30" + encoded[1:], where)
    return OriginatorKey(Algorithm.read(key.algorithm, where), key.public_key.as_bytes())


def _key_agreement_rid(encoded: bytes, where: str) -> CertificateIdentifier:
    if encoded[0] == 0x30:
        named = schema.decode(schema.IssuerAndSerialNumber, encoded, where)
        return IssuerAndSerial(schema.octets(named.issuer), schema.integer(named.serial_number, where))
    fields = der.split(encoded, 0xA0, where, 3)
    if not fields or fields[0][0] != 0x04:
        raise CmsMalformed(where)
    return KeyIdentifier(der.contents(fields[0], where))


def _key_encapsulation(encoded: bytes) -> KeyEncapsulation:
    where = "KEMRecipientInfo"
    read = schema.decode(wire.KemRecipientInfo, encoded, where)
    return KeyEncapsulation(
        rid=identifiers.read(read.rid, where),
        algorithm=Algorithm.read(read.kem, where),
        ciphertext=read.kemct,
        derivation=Algorithm.read(read.kdf, where),
        kek_octets=read.kek_length,
        ukm=read.ukm,
        wrap=Algorithm.read(read.wrap, where),
        wrap_octets=der.value(0x30, b"".join(schema.octets(each) for each in read.wrap)),
        encrypted_key=read.encrypted_key,
    )


def _shared_key(encoded: bytes) -> SharedKey:
    where = "KEKRecipientInfo"
    read = schema.decode(wire.KekRecipientInfo, encoded, where)
    if not read.kekid or read.kekid[0].tag_bytes != b"\x04":
        raise CmsMalformed(where)
    return SharedKey(
        bytes(read.kekid[0].data), Algorithm.read(read.key_encryption_algorithm, where), read.encrypted_key
    )


def _password(encoded: bytes) -> Password:
    where = "PasswordRecipientInfo"
    read = schema.decode(wire.PasswordRecipientInfo, encoded, where)
    return Password(
        Algorithm.read(read.key_derivation_algorithm, where) if read.key_derivation_algorithm is not None else None,
        Algorithm.read(read.key_encryption_algorithm, where),
        read.encrypted_key,
    )
