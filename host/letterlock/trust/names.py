"""Names in certificates: distinguished names (RFC 5280 §7.1, text per RFC 4514) and general names (§4.2.1.6).

Text is for people and comes from whoever wrote the certificate. Comparison never goes through the text: it has a
form of its own, in which a value that cannot be decoded is equal only to the same octets.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from cryptography.hazmat.asn1 import TLV

from letterlock.trust.schema import NotDer, RdnSequence, children, items_of, name_of, oid_of, whole

COMMON_NAME = "2.5.4.3"
ORGANISATION = "2.5.4.10"
EMAIL_ADDRESS = "1.2.840.113549.1.9.1"
SMTP_UTF8_MAILBOX = "1.3.6.1.5.5.7.8.9"

# RFC 4514 §3, and further descriptors of the LDAP registry (RFC 4520) that occur in certificates.
_KEYWORDS = {
    COMMON_NAME: "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "serialNumber",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "ST",
    "2.5.4.9": "STREET",
    ORGANISATION: "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "title",
    "2.5.4.17": "postalCode",
    "2.5.4.42": "givenName",
    "2.5.4.43": "initials",
    "2.5.4.44": "generationQualifier",
    "2.5.4.46": "dnQualifier",
    "2.5.4.65": "pseudonym",
    "2.5.4.97": "organizationIdentifier",
    "0.9.2342.19200300.100.1.1": "UID",
    "0.9.2342.19200300.100.1.25": "DC",
    EMAIL_ADDRESS: "emailAddress",
}

# DirectoryString and IA5String (RFC 5280 §4.1.2.4). TeletexString is read as Latin-1, as every CA meant it.
# Printable and numeric strings are read as ASCII: their small alphabets are broken too often to insist.
_CODECS = {
    0x0C: "utf-8",
    0x12: "ascii",
    0x13: "ascii",
    0x14: "latin-1",
    0x16: "ascii",
    0x1A: "ascii",
    0x1C: "utf-32-be",
    0x1E: "utf-16-be",
}

Normal = tuple[frozenset[tuple[str, str | bytes]], ...]


def digest(name: Normal) -> str:
    """SHA-256 of a name as it is compared, lower-case hex: an index on disk finds equal names by it.

    Whoever changes which names are equal must have the store's digests made anew.
    """
    return hashlib.sha256(repr([sorted(map(repr, rdn)) for rdn in name]).encode()).hexdigest()


class DistinguishedName:
    """A Name (X.501). Decoded by the frame's decoder; its texts only when asked for."""

    def __init__(self, sequence: RdnSequence) -> None:
        self._sequence = sequence

    def __len__(self) -> int:
        """The number of relative names."""
        return len(self._sequence)

    @cached_property
    def rdns(self) -> tuple[tuple[tuple[str, str | None, bytes], ...], ...]:
        """The relative names in the order of the certificate, each a tuple of (OID, text or None, DER)."""
        return tuple(
            tuple((item.type.dotted_string, _text(item.value), whole(item.value)) for item in rdn.as_list())
            for rdn in self._sequence
        )

    @cached_property
    def normal(self) -> Normal:
        """The form in which names are compared and looked up (RFC 5280 §7.1: no case, no doubled spaces)."""
        return tuple(
            frozenset((oid, der if text is None else _prepared(text)) for oid, text, der in rdn) for rdn in self.rdns
        )

    @cached_property
    def text(self) -> str:
        """RFC 4514: the most specific part first, special characters escaped."""
        return ",".join("+".join(_typed(*attribute) for attribute in rdn) for rdn in reversed(self.rdns))

    def values(self, oid: str) -> tuple[str, ...]:
        """The decodable values of one attribute type, the most specific first."""
        return tuple(text for rdn in reversed(self.rdns) for kind, text, _ in rdn if kind == oid and text)


Form = Literal["other", "address", "dns", "x400", "directory", "edi", "uri", "ip", "registered"]

# GeneralName ::= CHOICE {
#      otherName                 [0]  AnotherName,
#      rfc822Name                [1]  IA5String,
#      dNSName                   [2]  IA5String,
#      x400Address               [3]  ORAddress,
#      directoryName             [4]  Name,
#      ediPartyName              [5]  EDIPartyName,
#      uniformResourceIdentifier [6]  IA5String,
#      iPAddress                 [7]  OCTET STRING,
#      registeredID              [8]  OBJECT IDENTIFIER }
_FORMS: dict[int, Form] = {
    0xA0: "other",
    0x81: "address",
    0x82: "dns",
    0xA3: "x400",
    0xA4: "directory",
    0xA5: "edi",
    0x86: "uri",
    0x87: "ip",
    0x88: "registered",
}


@dataclass(frozen=True)
class GeneralName:
    """One general name. `value` is None where the form is known and the value cannot be read.

    A SmtpUTF8Mailbox (RFC 9598) has the form `address`, because the rules for rfc822Name hold for it (§6).
    """

    form: Form
    value: str | bytes | DistinguishedName | None

    @classmethod
    def parse(cls, name: TLV) -> GeneralName:
        """Decode a GeneralName; raises `NotDer` for a tag that is none."""
        form = _FORMS.get(int.from_bytes(name.tag_bytes, "big"))
        if form is None:
            raise NotDer("GeneralName")
        contents = bytes(name.data)
        if form in ("address", "dns", "uri"):
            return cls(form, _ascii(contents))
        if form == "directory":
            try:
                (inner,) = children(contents)
                return cls(form, DistinguishedName(name_of(inner)))
            except ValueError:
                return cls(form, None)
        if form == "other":
            return _other(contents)
        return cls(form, contents)

    def __str__(self) -> str:
        if isinstance(self.value, DistinguishedName):
            return self.value.text
        if isinstance(self.value, bytes):
            return _ip(self.value) if self.form == "ip" else self.value.hex()
        return self.value or "?"


def _other(contents: bytes) -> GeneralName:
    # AnotherName ::= SEQUENCE { type-id OBJECT IDENTIFIER, value [0] EXPLICIT ANY DEFINED BY type-id }
    try:
        kind, value = children(contents)
        if oid_of(kind) != SMTP_UTF8_MAILBOX:
            return GeneralName("other", contents)
        # id-on-SmtpUTF8Mailbox: SmtpUTF8Mailbox ::= UTF8String
        (mailbox,) = items_of(whole(value), 0xA0)
        if mailbox.tag_bytes != b"\x0c":
            return GeneralName("address", None)
        return GeneralName("address", bytes(mailbox.data).decode("utf-8"))
    except ValueError:
        return GeneralName("address", None)


def _ascii(contents: bytes) -> str | None:
    # Empty is readable: as a constraint it stands for every host.
    return contents.decode("ascii") if contents.isascii() and b"\0" not in contents else None


def _ip(octets: bytes) -> str:
    return ".".join(map(str, octets)) if len(octets) == 4 else octets.hex(":", 2)


def _text(value: TLV) -> str | None:
    codec = _CODECS.get(int.from_bytes(value.tag_bytes, "big"))
    if codec is None:
        return None
    try:
        return bytes(value.data).decode(codec)
    except UnicodeDecodeError:
        return None


def _prepared(text: str) -> str:
    # The parts of RFC 4518 that decide between real names: compatibility forms, case, and insignificant spaces.
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(text.lower().split())


def _typed(oid: str, text: str | None, der: bytes) -> str:
    keyword = _KEYWORDS.get(oid)
    if keyword is None or text is None:
        return f"{keyword or oid}=#{der.hex()}"
    return f"{keyword}={_escaped(text)}"


def _escaped(text: str) -> str:
    # RFC 4514 §2.4.
    escaped = "".join("\\" + character if character in '"+,;<>\\' else character for character in text)
    escaped = escaped.replace("\0", "\\00")
    if escaped[:1] in (" ", "#"):
        escaped = "\\" + escaped
    if escaped.endswith(" ") and len(text) > 1:
        escaped = escaped[:-1] + "\\ "
    return escaped
