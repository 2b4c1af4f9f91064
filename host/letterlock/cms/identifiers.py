"""How CMS names a certificate: by issuer and serial number, or by the identifier of its key (RFC 5652 §5.3, §6.2.1).

A name is only a name: whoever wrote the object chose it, and a certificate that fits it proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.hazmat import asn1

from letterlock.cms import der, schema
from letterlock.cms.certificates import Certificate
from letterlock.cms.failures import CmsMalformed
from letterlock.cms.oids import dotted

if TYPE_CHECKING:
    from letterlock.cms.certificates import AnyCertificate

_PIECES = 64
"""Most pieces of a key identifier in constructed form; real ones have 20 octets."""

_TEXT_CHARACTERS = 120
"""Longest text for people made of one name; names come from whoever wrote the object."""

_SHOWN = {"2.5.4.3": "CN", "2.5.4.11": "OU", "2.5.4.10": "O", "1.2.840.113549.1.9.1": "E"}
_ENCODINGS = {0x0C: "utf-8", 0x13: "ascii", 0x14: "latin-1", 0x16: "ascii", 0x1E: "utf-16-be"}


@dataclass(frozen=True)
class IssuerAndSerial:
    """A certificate by its issuer (the Name's DER octets) and serial number."""

    issuer: bytes
    serial: int

    def names(self, certificate: AnyCertificate) -> bool:
        """Whether it is this certificate's.

        Names are compared octet by octet (RFC 5652 §10.2.4 means the same Name, and a sender copies it).
        """
        named = Certificate.of(certificate)
        return named.serial == self.serial and named.issuer == self.issuer

    def __str__(self) -> str:
        serial = f"{'-' * (self.serial < 0)}{abs(self.serial):X}"
        return f"{_name_text(self.issuer)}, serial number {serial[:48]}"


@dataclass(frozen=True)
class KeyIdentifier:
    """A certificate by its subjectKeyIdentifier."""

    octets: bytes

    def names(self, certificate: AnyCertificate) -> bool:
        """Whether the certificate's extension has these octets."""
        return Certificate.of(certificate).key_identifier == self.octets

    def __str__(self) -> str:
        return f"key {self.octets[:32].hex().upper()}"


CertificateIdentifier = IssuerAndSerial | KeyIdentifier


def issuer_and_serial(certificate: AnyCertificate) -> bytes:
    """An IssuerAndSerialNumber in DER, with the issuer's octets as the certificate has them (RFC 5652 §10.2.4).

    Raises:
        CmsMalformed: it cannot be decoded.
    """
    tbs = Certificate.of(certificate).tbs
    if tbs is None:
        raise CmsMalformed("Certificate")
    return der.value(0x30, schema.octets(tbs.issuer) + schema.octets(tbs.serial_number))


def read(tlv: asn1.TLV, where: str) -> CertificateIdentifier:
    """A SignerIdentifier or RecipientIdentifier.

    RecipientIdentifier ::= CHOICE {
        issuerAndSerialNumber IssuerAndSerialNumber,
        subjectKeyIdentifier [0] SubjectKeyIdentifier }   (RFC 5652 §6.2.1)

    Raises:
        CmsMalformed: it is neither.
    """
    encoded = schema.octets(tlv)
    match encoded[0]:
        case 0x30:
            named = schema.decode(schema.IssuerAndSerialNumber, encoded, where)
            return IssuerAndSerial(schema.octets(named.issuer), schema.integer(named.serial_number, where))
        case 0x80:
            return KeyIdentifier(bytes(tlv.data))
        case 0xA0:  # an implicitly tagged OCTET STRING in pieces, which without its type looks like any other [0]
            pieces = der.split(encoded, 0xA0, where, _PIECES)
            if all(piece[0] == 0x04 for piece in pieces):
                return KeyIdentifier(b"".join(der.contents(piece, where) for piece in pieces))
    raise CmsMalformed(where)


def _name_text(name: bytes) -> str:
    """The parts of a Name that tell people most, most specific first; its octets where there are none."""
    found: list[str] = []
    try:
        for relative in der.split(name, 0x30, "Name", 32):
            for pair in der.split(relative, 0x31, "Name", 8):
                kind, value = der.split(pair, 0x30, "Name", 2)
                label = _SHOWN.get(dotted(der.contents(kind, "Name")) or "")
                if label is not None:
                    text = der.contents(value, "Name").decode(_ENCODINGS.get(value[0], "latin-1"), "replace")
                    found.append(f"{label}={text}")
    except (CmsMalformed, ValueError):
        pass
    text = ", ".join(reversed(found)) or name[:20].hex()
    return text if len(text) <= _TEXT_CHARACTERS else text[: _TEXT_CHARACTERS - 1] + "…"
