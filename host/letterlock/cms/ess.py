"""Enhanced security services (RFC 2634, RFC 5035): receipts asked for and given, security labels, mailing lists.

What a signer put beside his signature, and what he means by it; nothing here is confirmed, and nothing believed. A
label says how its sender wants a message handled. It is no statement about the sender, and no reason to trust one.

    request = ess.receipt_request(signer)              # None: nobody asks for one
    receipt = ess.Receipt.parse(content)               # the content of a SignedData of type id-ct-receipt
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from letterlock import limits
from letterlock.cms import der
from letterlock.cms.attributes import RECEIPT_REQUEST, SECURITY_LABEL, Attribute
from letterlock.cms.failures import CmsMalformed
from letterlock.cms.oids import dotted, encoded

MAIL_LIST_HISTORY = "1.2.840.113549.1.9.16.2.3"
MESSAGE_SIGNATURE_DIGEST = "1.2.840.113549.1.9.16.2.5"

_INTEGER, _OCTETS, _OID, _UTF8, _PRINTABLE, _TIME, _SEQUENCE, _SET = 0x02, 0x04, 0x06, 0x0C, 0x13, 0x18, 0x30, 0x31
_OTHER_NAME, _RFC822_NAME = 0xA0, 0x81
_SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9"


@dataclass(frozen=True)
class ReceiptRequest:
    """What is asked for (RFC 2634 §2.7).

    `from_everybody`: all recipients; with `first_tier` only those whom no mailing list came between; else those in
    `from_addresses`. Receipts go to `to`. Names that are no mail addresses are left out; `encoded` has them.
    """

    identifier: bytes
    """signedContentIdentifier: what the receipt will repeat."""
    from_everybody: bool
    first_tier: bool
    from_addresses: tuple[str, ...]
    to: tuple[str, ...]
    encoded: bytes

    @classmethod
    def asking(cls, identifier: bytes, to: Sequence[str], from_: Sequence[str] = ()) -> ReceiptRequest:
        """A request of one's own: from these addresses, or from everybody."""
        wanted = der.value(0xA1, b"".join(map(_names, from_))) if from_ else der.value(0x80, b"\x00")
        receipts_to = der.value(_SEQUENCE, b"".join(map(_names, to)))
        octets = der.value(_SEQUENCE, der.value(_OCTETS, identifier) + wanted + receipts_to)
        return cls(identifier, not from_, False, tuple(from_), tuple(to), octets)

    @classmethod
    def parse(cls, octets: bytes) -> ReceiptRequest:
        """ReceiptRequest ::= SEQUENCE {
            signedContentIdentifier ContentIdentifier,                          -- OCTET STRING
            receiptsFrom ReceiptsFrom,
            receiptsTo SEQUENCE SIZE (1..ub-receiptsTo) OF GeneralNames }
        ReceiptsFrom ::= CHOICE {
            allOrFirstTier [0] AllOrFirstTier,              -- INTEGER { allReceipts (0), firstTierRecipients (1) }
            receiptList [1] SEQUENCE OF GeneralNames }

        Raises:
            CmsMalformed: it is none.
        """
        where = "ReceiptRequest"
        identifier, wanted, receipts_to = _exactly(octets, 3, where)
        to = [_addresses(each, where) for each in _some(receipts_to, _SEQUENCE, limits.RECEIPTS_TO, where)]
        if not to:
            raise CmsMalformed(where)
        from_: tuple[str, ...] = ()
        tier = None
        if wanted[0] == 0x80:
            tier = der.contents(wanted, where)
            if tier not in (b"\x00", b"\x01"):
                raise CmsMalformed(where)
        else:
            listed = _some(wanted, 0xA1, limits.RECEIPTS_FROM, where)
            from_ = tuple(address for each in listed for address in _addresses(each, where))
        return cls(
            _typed(identifier, _OCTETS, where),
            tier is not None,
            tier == b"\x01",
            from_,
            tuple(dict.fromkeys(address for each in to for address in each)),
            octets,
        )

    def attribute(self) -> bytes:
        """The Attribute in DER."""
        return _attribute(RECEIPT_REQUEST, self.encoded)


@dataclass(frozen=True)
class Receipt:
    """What the signer of a receipt says to have verified (RFC 2634 §2.8)."""

    content_type: str
    identifier: bytes
    signature: bytes
    """originatorSignatureValue: the value of the signature that asked."""

    @classmethod
    def parse(cls, octets: bytes) -> Receipt:
        """Receipt ::= SEQUENCE {
            version ESSVersion,                                                  -- INTEGER { v1(1) }
            contentType ContentType,
            signedContentIdentifier ContentIdentifier,
            originatorSignatureValue OCTET STRING }

        Raises:
            CmsMalformed: it is none.
        """
        where = "Receipt"
        if len(octets) > limits.RECEIPT_OCTETS:
            raise CmsMalformed(where)
        version, kind, identifier, signature = _exactly(octets, 4, where)
        content_type = dotted(_typed(kind, _OID, where))
        if version != b"\x02\x01\x01" or content_type is None:
            raise CmsMalformed(where)
        return cls(content_type, _typed(identifier, _OCTETS, where), _typed(signature, _OCTETS, where))

    def encode(self) -> bytes:
        """In DER: what is signed as the receipt's content."""
        return der.value(
            _SEQUENCE,
            der.integer(1)
            + encoded(self.content_type)
            + der.value(_OCTETS, self.identifier)
            + der.value(_OCTETS, self.signature),
        )


@dataclass(frozen=True)
class SecurityLabel:
    """How a sender wants a message to be handled (RFC 2634 §3.2). `categories` are their types, dotted."""

    policy: str
    classification: int | None
    mark: str
    categories: tuple[str, ...]

    @classmethod
    def parse(cls, octets: bytes) -> SecurityLabel:
        """ESSSecurityLabel ::= SET {
            security-policy-identifier SecurityPolicyIdentifier,                 -- OBJECT IDENTIFIER
            security-classification SecurityClassification OPTIONAL,             -- INTEGER (0..ub-integer-options)
            privacy-mark ESSPrivacyMark OPTIONAL,                                -- PrintableString or UTF8String
            security-categories SecurityCategories OPTIONAL }                    -- SET OF SecurityCategory
        SecurityCategory ::= SEQUENCE {
            type [0] OBJECT IDENTIFIER,
            value [1] ANY DEFINED BY type }

        NOTE: the elements are taken in any order, for not every sender sorts them (`test_label_in_any_order`).

        Raises:
            CmsMalformed: it is none.
        """
        where = "ESSSecurityLabel"
        found: dict[str, bytes] = {}
        kinds = {_OID: "policy", _INTEGER: "classification", _PRINTABLE: "mark", _UTF8: "mark", _SET: "categories"}
        for each in _some(octets, _SET, 4, where):
            kind = kinds.get(each[0])
            if kind is None or kind in found:
                raise CmsMalformed(where)
            found[kind] = each
        policy = dotted(der.contents(found["policy"], where)) if "policy" in found else None
        if policy is None:
            raise CmsMalformed(where)
        classification = None
        if "classification" in found:
            number = der.contents(found["classification"], where)
            classification = int.from_bytes(number, "big", signed=True)
            if not 1 <= len(number) <= 2 or not 0 <= classification <= 256:
                raise CmsMalformed(where)
        mark = der.contents(found["mark"], where)[: limits.LABEL_MARK_OCTETS] if "mark" in found else b""
        categories = _some(found["categories"], _SET, limits.LABEL_CATEGORIES, where) if "categories" in found else []
        return cls(
            policy, classification, mark.decode("utf-8", "replace"), tuple(_category(each) for each in categories)
        )


@dataclass(frozen=True)
class Expansion:
    """One mailing list that a message went through, and what it says about receipts (RFC 2634 §4.4).

    `policy`: None where the list leaves it to the sender; "none", "instead" or "in_addition", with `addresses`.
    """

    at: datetime | None
    policy: str | None
    addresses: tuple[str, ...]


def receipt_request(signed_attributes: Iterable[Attribute] | None) -> ReceiptRequest | None:
    """The receipt that a signer asks for; None where he does not.

    Raises:
        CmsMalformed: it cannot be told what is asked for; also where it is asked twice (RFC 2634 §2.2.1).
    """
    value = _single(signed_attributes, RECEIPT_REQUEST, "ReceiptRequest")
    return None if value is None else ReceiptRequest.parse(value)


def security_label(signed_attributes: Iterable[Attribute] | None) -> SecurityLabel | None:
    """The label of a signer; None where there is none. Raises `CmsMalformed`."""
    value = _single(signed_attributes, SECURITY_LABEL, "ESSSecurityLabel")
    return None if value is None else SecurityLabel.parse(value)


def expansions(signed_attributes: Iterable[Attribute] | None) -> tuple[Expansion, ...]:
    """The mailing lists that a message went through, the first one first. Raises `CmsMalformed`."""
    value = _single(signed_attributes, MAIL_LIST_HISTORY, "MLExpansionHistory")
    if value is None:
        return ()
    where = "MLExpansionHistory"
    return tuple(_expansion(each, where) for each in _some(value, _SEQUENCE, limits.LIST_EXPANSIONS, where))


def message_signature_digest(signed_attributes: Iterable[Attribute] | None) -> bytes:
    """msgSigDigest of a receipt: the digest that the originator's signature was verified with (RFC 2634 §2.12).

    Raises:
        CmsMalformed: there is none, or not exactly one.
    """
    value = _single(signed_attributes, MESSAGE_SIGNATURE_DIGEST, "MsgSigDigest")
    if value is None:
        raise CmsMalformed("MsgSigDigest")
    return _typed(value, _OCTETS, "MsgSigDigest")


def message_signature_digest_attribute(digest: bytes) -> bytes:
    """The Attribute in DER."""
    return _attribute(MESSAGE_SIGNATURE_DIGEST, der.value(_OCTETS, digest))


def _expansion(octets: bytes, where: str) -> Expansion:
    # MLData ::= SEQUENCE {
    #   mailListIdentifier EntityIdentifier,
    #   expansionTime GeneralizedTime,
    #   mlReceiptPolicy MLReceiptPolicy OPTIONAL }
    # MLReceiptPolicy ::= CHOICE {
    #   none [0] NULL,
    #   insteadOf [1] SEQUENCE SIZE (1..MAX) OF GeneralNames,
    #   inAdditionTo [2] SEQUENCE SIZE (1..MAX) OF GeneralNames }
    fields = _some(octets, _SEQUENCE, 3, where)
    if len(fields) < 2:
        raise CmsMalformed(where)
    at = None
    with suppress(ValueError):
        at = datetime.strptime(_typed(fields[1], _TIME, where).decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    if len(fields) == 2:
        return Expansion(at, None, ())
    policy = {0x80: "none", 0xA1: "instead", 0xA2: "in_addition"}.get(fields[2][0])
    if policy is None:
        raise CmsMalformed(where)
    if policy == "none":
        return Expansion(at, policy, ())
    groups = _some(fields[2], fields[2][0], limits.RECEIPTS_TO, where)
    return Expansion(at, policy, tuple(address for each in groups for address in _addresses(each, where)))


def _category(octets: bytes) -> str:
    kind, _ = _exactly(octets, 2, "SecurityCategory")
    found = dotted(_typed(kind, 0x80, "SecurityCategory"))
    if found is None:
        raise CmsMalformed("SecurityCategory")
    return found


def _single(signed_attributes: Iterable[Attribute] | None, oid: str, where: str) -> bytes | None:
    """The one value of an attribute that may occur once with one value (RFC 2634 §1.3.4, Table 1)."""
    values = [each.values for each in signed_attributes or () if each.oid == oid]
    if not values:
        return None
    if len(values) > 1 or len(values[0]) != 1:
        raise CmsMalformed(where)
    return values[0][0]


def _names(address: str) -> bytes:
    """GeneralNames with one name: rfc822Name, or SmtpUTF8Mailbox (RFC 9598 §3) where the address is not ASCII."""
    if address.isascii():
        return der.value(_SEQUENCE, der.value(_RFC822_NAME, address.encode("ascii")))
    mailbox = der.value(_UTF8, address.encode())
    return der.value(_SEQUENCE, der.value(_OTHER_NAME, encoded(_SMTP_UTF8_MAILBOX) + der.value(0xA0, mailbox)))


def _addresses(octets: bytes, where: str) -> list[str]:
    """The mail addresses among the GeneralNames of one entity."""
    names = _some(octets, _SEQUENCE, limits.NAMES_OF_ENTITY, where)
    found = [_address(each, where) for each in names]
    return [each for each in found if each and len(each) <= limits.ADDRESS_CHARACTERS]


def _address(name: bytes, where: str) -> str | None:
    """The address in a GeneralName, whatever characters it has; None where it is another kind of name."""
    if name[0] == _RFC822_NAME:
        octets = der.contents(name, where)
        return octets.decode("ascii") if octets.isascii() else None
    if name[0] != _OTHER_NAME:
        return None
    kind, value = [*_some(name, _OTHER_NAME, 2, where), b"", b""][:2]
    if kind != encoded(_SMTP_UTF8_MAILBOX):
        return None
    (mailbox,) = _some(value, 0xA0, 1, where) or [b"\0"]
    return _typed(mailbox, _UTF8, where).decode("utf-8", "replace")


def _exactly(octets: bytes, count: int, where: str) -> list[bytes]:
    fields = _some(octets, _SEQUENCE, count, where)
    if len(fields) != count:
        raise CmsMalformed(where)
    return fields


def _some(octets: bytes, tag: int, most: int, where: str) -> list[bytes]:
    found = der.split(octets, tag, where, most)
    if len(found) > most:
        raise CmsMalformed(where)
    return found


def _typed(octets: bytes, tag: int, where: str) -> bytes:
    if octets[0] != tag:
        raise CmsMalformed(where)
    return der.contents(octets, where)


def _attribute(oid: str, value: bytes) -> bytes:
    return der.value(_SEQUENCE, encoded(oid) + der.value(_SET, value))
