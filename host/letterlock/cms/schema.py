"""The ASN.1 of CMS as declarative types, each under its text from the standard.

Only DER comes here (`ber.py` sees to that). What the decoder of `cryptography.hazmat.asn1` cannot do shapes the types:
- It refuses a SET OF that is not in DER order, which mail has. A tagged one is declared as a list (the octets are the
  same, the order is not checked); a universal one is a TLV that `der.split` takes apart.
- It has no `TLV | None`, so an AlgorithmIdentifier is a list of TLVs that `Algorithm.read` names.
- It refuses a DEFAULT that is encoded all the same, which mail has, so defaults are read as optional.
Wire types stay inside this package.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, TypeVar

from cryptography.hazmat import asn1

from letterlock.cms.der import value
from letterlock.cms.failures import CmsMalformed
from letterlock.cms.oids import ObjectIdentifier, dotted, encoded

T = TypeVar("T")


# ContentInfo ::= SEQUENCE {
#   contentType ContentType,
#   content [0] EXPLICIT ANY DEFINED BY contentType }
#
# SignedData ::= SEQUENCE {
#   version CMSVersion,
#   digestAlgorithms SET OF DigestAlgorithmIdentifier,
#   encapContentInfo EncapsulatedContentInfo,
#   certificates [0] IMPLICIT CertificateSet OPTIONAL,
#   crls [1] IMPLICIT RevocationInfoChoices OPTIONAL,
#   signerInfos SET OF SignerInfo }
#
# EncapsulatedContentInfo ::= SEQUENCE {
#   eContentType ContentType,
#   eContent [0] EXPLICIT OCTET STRING OPTIONAL }          -- RFC 5652 §3, §5.1, §5.2
@asn1.sequence
class EncapsulatedContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[bytes | None, asn1.Explicit(0)]


@asn1.sequence
class SignedData:
    version: int
    digest_algorithms: asn1.TLV
    encap_content_info: EncapsulatedContentInfo
    certificates: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    crls: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    signer_infos: asn1.TLV


@asn1.sequence
class SignedContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[SignedData, asn1.Explicit(0)]


# CompressedData ::= SEQUENCE {
#   version CMSVersion,
#   compressionAlgorithm CompressionAlgorithmIdentifier,
#   encapContentInfo EncapsulatedContentInfo }              -- RFC 3274 §1.1
@asn1.sequence
class CompressedData:
    version: int
    compression_algorithm: list[asn1.TLV]
    encap_content_info: EncapsulatedContentInfo


@asn1.sequence
class CompressedStart:
    """What is there of a CompressedData when its content begins."""

    version: int
    compression_algorithm: list[asn1.TLV]
    encap_content_info: asn1.TLV


@asn1.sequence
class CompressedContentInfoStart:
    content_type: ObjectIdentifier
    content: Annotated[CompressedStart, asn1.Explicit(0)]


@asn1.sequence
class CompressedContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[CompressedData, asn1.Explicit(0)]


# SignerInfo ::= SEQUENCE {
#   version CMSVersion,
#   sid SignerIdentifier,
#   digestAlgorithm DigestAlgorithmIdentifier,
#   signedAttrs [0] IMPLICIT SignedAttributes OPTIONAL,
#   signatureAlgorithm SignatureAlgorithmIdentifier,
#   signature SignatureValue,
#   unsignedAttrs [1] IMPLICIT UnsignedAttributes OPTIONAL }
#
# SignerIdentifier ::= CHOICE {
#   issuerAndSerialNumber IssuerAndSerialNumber,
#   subjectKeyIdentifier [0] SubjectKeyIdentifier }         -- RFC 5652 §5.3
@asn1.sequence
class SignerInfo:
    version: int
    sid: asn1.TLV
    digest_algorithm: list[asn1.TLV]
    signed_attrs: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    signature_algorithm: list[asn1.TLV]
    signature: bytes
    unsigned_attrs: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


# IssuerAndSerialNumber ::= SEQUENCE {
#   issuer Name,
#   serialNumber CertificateSerialNumber }                  -- RFC 5652 §10.2.4
@asn1.sequence
class IssuerAndSerialNumber:
    issuer: asn1.TLV
    serial_number: asn1.TLV


# Attribute ::= SEQUENCE {
#   attrType OBJECT IDENTIFIER,
#   attrValues SET OF AttributeValue }                      -- RFC 5652 §5.3
@asn1.sequence
class Attribute:
    attr_type: ObjectIdentifier
    attr_values: asn1.TLV


# RSASSA-PSS-params ::= SEQUENCE {
#   hashAlgorithm [0] HashAlgorithm DEFAULT sha1Identifier,
#   maskGenAlgorithm [1] MaskGenAlgorithm DEFAULT mgf1SHA1Identifier,
#   saltLength [2] INTEGER DEFAULT 20,
#   trailerField [3] INTEGER DEFAULT 1 }                    -- RFC 4055 §3.1
@asn1.sequence
class RsaPssParameters:
    hash_algorithm: Annotated[list[asn1.TLV] | None, asn1.Explicit(0)]
    mask_gen_algorithm: Annotated[list[asn1.TLV] | None, asn1.Explicit(1)]
    salt_length: Annotated[int | None, asn1.Explicit(2)]
    trailer_field: Annotated[int | None, asn1.Explicit(3)]


# CMSAlgorithmProtection ::= SEQUENCE {
#   digestAlgorithm DigestAlgorithmIdentifier,
#   signatureAlgorithm [1] SignatureAlgorithmIdentifier OPTIONAL,
#   macAlgorithm [2] MessageAuthenticationCodeAlgorithm OPTIONAL }   -- RFC 6211 §2
@asn1.sequence
class AlgorithmProtection:
    digest_algorithm: list[asn1.TLV]
    signature_algorithm: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    mac_algorithm: Annotated[list[asn1.TLV] | None, asn1.Implicit(2)]


# SigningCertificate ::= SEQUENCE {
#   certs SEQUENCE OF ESSCertID,
#   policies SEQUENCE OF PolicyInformation OPTIONAL }
#
# ESSCertID ::= SEQUENCE {
#   certHash Hash,                                          -- SHA-1
#   issuerSerial IssuerSerial OPTIONAL }
#
# ESSCertIDv2 ::= SEQUENCE {
#   hashAlgorithm AlgorithmIdentifier DEFAULT {algorithm id-sha256},
#   certHash Hash,
#   issuerSerial IssuerSerial OPTIONAL }
#
# IssuerSerial ::= SEQUENCE {
#   issuer GeneralNames,
#   serialNumber CertificateSerialNumber }                  -- RFC 5035 §3, §4, §5.4
@asn1.sequence
class IssuerSerial:
    issuer: asn1.TLV
    serial_number: asn1.TLV


@asn1.sequence
class EssCertId:
    cert_hash: bytes
    issuer_serial: IssuerSerial | None


@asn1.sequence
class EssCertIdV2:
    hash_algorithm: list[asn1.TLV] | None
    cert_hash: bytes
    issuer_serial: IssuerSerial | None


@asn1.sequence
class SigningCertificate:
    certs: list[EssCertId]
    policies: list[asn1.TLV] | None


@asn1.sequence
class SigningCertificateV2:
    certs: list[EssCertIdV2]
    policies: list[asn1.TLV] | None


# Certificate ::= SEQUENCE {
#   tbsCertificate TBSCertificate,
#   signatureAlgorithm AlgorithmIdentifier,
#   signatureValue BIT STRING }                              -- RFC 5280 §4.1
#
# TBSCertificate ::= SEQUENCE {
#   version [0] EXPLICIT Version DEFAULT v1,
#   serialNumber CertificateSerialNumber, signature AlgorithmIdentifier, issuer Name, validity Validity,
#   subject Name, subjectPublicKeyInfo SubjectPublicKeyInfo,
#   issuerUniqueID [1] IMPLICIT UniqueIdentifier OPTIONAL, subjectUniqueID [2] IMPLICIT UniqueIdentifier OPTIONAL,
#   extensions [3] EXPLICIT Extensions OPTIONAL }            -- RFC 5280 §4.1
#
# SubjectPublicKeyInfo ::= SEQUENCE {
#   algorithm AlgorithmIdentifier,
#   subjectPublicKey BIT STRING }
#
# Extension ::= SEQUENCE {
#   extnID OBJECT IDENTIFIER,
#   critical BOOLEAN DEFAULT FALSE,
#   extnValue OCTET STRING }                                 -- RFC 5280 §4.1
@asn1.sequence
class Extension:
    extn_id: ObjectIdentifier
    critical: bool | None
    extn_value: bytes


@asn1.sequence
class SubjectPublicKeyInfo:
    algorithm: list[asn1.TLV]
    subject_public_key: asn1.BitString


@asn1.sequence
class TbsCertificate:
    version: Annotated[int | None, asn1.Explicit(0)]
    serial_number: asn1.TLV
    signature: asn1.TLV
    issuer: asn1.TLV
    validity: asn1.TLV
    subject: asn1.TLV
    subject_public_key_info: asn1.TLV
    issuer_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(1)]
    subject_unique_id: Annotated[asn1.BitString | None, asn1.Implicit(2)]
    extensions: Annotated[list[Extension] | None, asn1.Explicit(3)]


@asn1.sequence
class Certificate:
    tbs_certificate: TbsCertificate
    signature_algorithm: list[asn1.TLV]
    signature_value: asn1.BitString


@asn1.sequence
class _Wrapped:
    algorithm: list[asn1.TLV]


@dataclass(frozen=True)
class Algorithm:
    """An AlgorithmIdentifier: the dotted algorithm, and its parameters as one DER value or None where absent."""

    oid: str
    parameters: bytes | None

    @property
    def bare(self) -> bool:
        """No parameters, or NULL, which is the same in every standard that allows either."""
        return self.parameters in (None, b"\x05\x00")

    def same_as(self, other: Algorithm) -> bool:
        """Equal, with absent and NULL parameters as one (RFC 6211 §3)."""
        return self.oid == other.oid and (self.parameters == other.parameters or (self.bare and other.bare))

    def encode(self) -> bytes:
        """The identifier in DER."""
        return value(0x30, encoded(self.oid) + (self.parameters or b""))

    @classmethod
    def read(cls, fields: list[asn1.TLV], where: str) -> Algorithm:
        """From the fields of the sequence.

        AlgorithmIdentifier ::= SEQUENCE {
            algorithm OBJECT IDENTIFIER,
            parameters ANY DEFINED BY algorithm OPTIONAL }   (RFC 5280 §4.1.1.2)

        Raises:
            CmsMalformed: other fields than that.
        """
        oid = dotted(bytes(fields[0].data)) if fields and fields[0].tag_bytes == b"\x06" else None
        if oid is None or len(fields) > 2:
            raise CmsMalformed(where)
        return cls(oid, octets(fields[1]) if len(fields) == 2 else None)


def decode(kind: type[T], der: bytes, where: str) -> T:
    """Decodes one whole DER value.

    Raises:
        CmsMalformed: it is not of that type; `where` names the type as its standard does.
    """
    try:
        return asn1.decode_der(kind, der)
    except (ValueError, OverflowError):
        raise CmsMalformed(where) from None


def decode_algorithm(der: bytes, where: str) -> Algorithm:
    """One whole AlgorithmIdentifier that stands where the library has no type for it (inside parameters).

    Raises:
        CmsMalformed: it is none.
    """
    # The decoder takes no bare `list`, so the identifier becomes the only field of a sequence.
    return Algorithm.read(decode(_Wrapped, value(0x30, der), where).algorithm, where)


def octets(tlv: asn1.TLV) -> bytes:
    """A TLV as the octets it was decoded from (DER has only one encoding of tag and length)."""
    return asn1.encode_der(tlv)


def integer(tlv: asn1.TLV, where: str) -> int:
    """The value of an INTEGER, which some senders pad."""
    if tlv.tag_bytes != b"\x02" or not tlv.data:
        raise CmsMalformed(where)
    return int.from_bytes(tlv.data, "big", signed=True)
