"""The ASN.1 of certificates (RFC 5280 Appendix A), as far as it is decoded by declaration, and three helpers.

DER only: a certificate that is not DER has no well-defined signature, so it is refused, not repaired. Values whose
type depends on something else (algorithm parameters, attribute values, extension values) stay `TLV` or octets
until somebody asks for them, so that a hostile corner costs nothing and harms nothing unless it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cryptography.hazmat.asn1 import (
    TLV,
    BitString,
    Explicit,
    GeneralizedTime,
    Implicit,
    SetOf,
    UTCTime,
    decode_der,
    encode_der,
    sequence,
)
from cryptography.hazmat.primitives.asymmetric import ec

if TYPE_CHECKING:
    from cryptography.x509 import ObjectIdentifier as ObjectIdentifier
else:
    # The class without the module it is documented in: that loads a tenth of what a host loads before its first answer.
    ObjectIdentifier = type(ec.EllipticCurveOID.SECP256R1)


class NotDer(ValueError):
    """The octets are not what the ASN.1 says. Never leaves this package: its users turn it into a coded failure."""


# Certificate  ::=  SEQUENCE  {
#      tbsCertificate       TBSCertificate,
#      signatureAlgorithm   AlgorithmIdentifier,
#      signatureValue       BIT STRING  }
@sequence
class SignedCertificate:
    """The outer wrapping. `tbs` stays a TLV because its octets are what is signed."""

    tbs: TLV
    algorithm: list[TLV]
    signature: BitString


# Validity ::= SEQUENCE {
#      notBefore      Time,
#      notAfter       Time  }
# Time ::= CHOICE {
#      utcTime        UTCTime,
#      generalTime    GeneralizedTime }
@sequence
class Validity:
    """First and last second of validity."""

    not_before: UTCTime | GeneralizedTime
    not_after: UTCTime | GeneralizedTime


# Extension  ::=  SEQUENCE  {
#      extnID      OBJECT IDENTIFIER,
#      critical    BOOLEAN DEFAULT FALSE,
#      extnValue   OCTET STRING  }
@sequence
class Extension:
    """`critical` is optional instead of defaulted: real CAs write the FALSE that DER forbids to write."""

    id: ObjectIdentifier
    critical: bool | None
    value: bytes


# AttributeTypeAndValue   ::=  SEQUENCE {
#      type    AttributeType,
#      value   AttributeValue }
@sequence
class Attribute:
    """One attribute of a relative distinguished name."""

    type: ObjectIdentifier
    value: TLV


# RDNSequence ::= SEQUENCE OF RelativeDistinguishedName
# RelativeDistinguishedName ::= SET SIZE (1..MAX) OF AttributeTypeAndValue
RdnSequence = list[SetOf[Attribute]]


# TBSCertificate  ::=  SEQUENCE  {
#      version         [0]  EXPLICIT Version DEFAULT v1,
#      serialNumber         CertificateSerialNumber,
#      signature            AlgorithmIdentifier,
#      issuer               Name,
#      validity             Validity,
#      subject              Name,
#      subjectPublicKeyInfo SubjectPublicKeyInfo,
#      issuerUniqueID  [1]  IMPLICIT UniqueIdentifier OPTIONAL,
#      subjectUniqueID [2]  IMPLICIT UniqueIdentifier OPTIONAL,
#      extensions      [3]  EXPLICIT Extensions OPTIONAL }
@sequence
class TbsCertificate:
    """What the issuer signs. `version` is optional for the same reason as `Extension.critical`."""

    version: Annotated[int | None, Explicit(0)]
    serial: int
    algorithm: list[TLV]
    issuer: RdnSequence
    validity: Validity
    subject: RdnSequence
    key: TLV
    issuer_unique_id: Annotated[BitString | None, Implicit(1)]
    subject_unique_id: Annotated[BitString | None, Implicit(2)]
    extensions: Annotated[list[Extension] | None, Explicit(3)]


# AlgorithmIdentifier  ::=  SEQUENCE  {
#      algorithm               OBJECT IDENTIFIER,
#      parameters              ANY DEFINED BY algorithm OPTIONAL  }
# (`list[TLV]` above and below: the library has no optional TLV.)


# RSASSA-PSS-params  ::=  SEQUENCE  {
#      hashAlgorithm     [0] HashAlgorithm DEFAULT sha1Identifier,
#      maskGenAlgorithm  [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
#      saltLength        [2] INTEGER DEFAULT 20,
#      trailerField      [3] INTEGER DEFAULT 1  }
@sequence
class PssParameters:
    """RFC 4055 §3.1. Defaults are filled in by the reader, for a written default is common."""

    hash: Annotated[list[TLV] | None, Explicit(0)]
    mask: Annotated[list[TLV] | None, Explicit(1)]
    salt: Annotated[int | None, Explicit(2)]
    trailer: Annotated[int | None, Explicit(3)]


# BasicConstraints ::= SEQUENCE {
#      cA                      BOOLEAN DEFAULT FALSE,
#      pathLenConstraint       INTEGER (0..MAX) OPTIONAL }
@sequence
class BasicConstraintsValue:
    """RFC 5280 §4.2.1.9."""

    ca: bool | None
    path_length: int | None


# AuthorityKeyIdentifier ::= SEQUENCE {
#      keyIdentifier             [0] KeyIdentifier           OPTIONAL,
#      authorityCertIssuer       [1] GeneralNames            OPTIONAL,
#      authorityCertSerialNumber [2] CertificateSerialNumber OPTIONAL  }
# PolicyConstraints ::= SEQUENCE {
#      requireExplicitPolicy           [0] SkipCerts OPTIONAL,
#      inhibitPolicyMapping            [1] SkipCerts OPTIONAL }
@sequence
class PolicyConstraintsValue:
    """RFC 5280 §4.2.1.11."""

    require_explicit: Annotated[int | None, Implicit(0)]
    inhibit_mapping: Annotated[int | None, Implicit(1)]


@sequence
class _Items:
    items: list[TLV]


@sequence
class _NameInside:
    name: RdnSequence


def children(data: bytes | memoryview) -> list[TLV]:
    """The values in the contents of a constructed value, whatever its tag; raises `NotDer`.

    The decoder takes only declared sequences at the root, so the contents are dressed as one.
    """
    inner = _sequence(bytes(data))
    try:
        return decode_der(_Items, _sequence(inner)).items
    except ValueError as error:
        raise NotDer(str(error)) from None


def name_of(value: TLV) -> RdnSequence:
    """A Name that was left a TLV; raises `NotDer`."""
    try:
        return decode_der(_NameInside, _sequence(whole(value))).name
    except ValueError as error:
        raise NotDer(str(error)) from None


def items_of(der: bytes, tag: int = 0x30) -> list[TLV]:
    """The values in one constructed value given whole; raises `NotDer` for another tag or trailing octets."""
    try:
        outer = decode_der(TLV, der)
    except ValueError as error:
        raise NotDer(str(error)) from None
    if outer.tag_bytes != bytes((tag,)):
        raise NotDer(f"tag {outer.tag_bytes.hex()} instead of {tag:02x}")
    return children(outer.data)


def whole(value: TLV) -> bytes:
    """The octets of a value with its tag and length. DER is unique, so they are the octets it was read from."""
    return encode_der(value)


def oid_of(value: TLV) -> str:
    """An OBJECT IDENTIFIER in dotted form; raises `NotDer`."""
    try:
        return decode_der(ObjectIdentifier, whole(value)).dotted_string
    except ValueError as error:
        raise NotDer(str(error)) from None


def unsigned(contents: bytes | memoryview) -> int:
    """The contents of a non-negative INTEGER; raises `NotDer`."""
    octets = bytes(contents)
    if not octets or octets[0] & 0x80 or (len(octets) > 1 and octets[0] == 0 and not octets[1] & 0x80):
        raise NotDer("integer")
    return int.from_bytes(octets, "big")


def constructed(tag: int, contents: bytes) -> bytes:
    """`contents` under a tag, with their length in DER."""
    size = len(contents)
    if size < 0x80:
        return bytes((tag, size)) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + contents


def _sequence(contents: bytes) -> bytes:
    return constructed(0x30, contents)
