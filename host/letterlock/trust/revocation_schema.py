"""The ASN.1 of certificate revocation lists (RFC 5280 §5.1) and OCSP answers (RFC 6960 §4.2.1), declared.

As in `schema`: what depends on something else stays `TLV`. Nothing here decides anything.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat.asn1 import TLV, BitString, Explicit, GeneralizedTime, UTCTime, sequence

from letterlock.trust.schema import Extension, ObjectIdentifier, RdnSequence


# revokedCertificates ::= SEQUENCE OF SEQUENCE  {
#      userCertificate         CertificateSerialNumber,
#      revocationDate          Time,
#      crlEntryExtensions      Extensions OPTIONAL }
@sequence
class RevokedEntry:
    """One withdrawn certificate."""

    serial: int
    date: UTCTime | GeneralizedTime
    extensions: list[Extension] | None


# TBSCertList  ::=  SEQUENCE  {
#      version                 Version OPTIONAL,
#      signature               AlgorithmIdentifier,
#      issuer                  Name,
#      thisUpdate              Time,
#      nextUpdate              Time OPTIONAL,
#      revokedCertificates     … OPTIONAL,
#      crlExtensions           [0]  EXPLICIT Extensions OPTIONAL }
# CertificateList  ::=  SEQUENCE  { tbsCertList, signatureAlgorithm, signatureValue }: as `schema.SignedCertificate`.
@sequence
class TbsCertList:
    """What the issuer of a list signs."""

    version: int | None
    algorithm: list[TLV]
    issuer: RdnSequence
    this_update: UTCTime | GeneralizedTime
    next_update: UTCTime | GeneralizedTime | None
    revoked: list[RevokedEntry] | None
    extensions: Annotated[list[Extension] | None, Explicit(0)]


# ResponseBytes ::= SEQUENCE { responseType OBJECT IDENTIFIER, response OCTET STRING }
@sequence
class ResponseBytes:
    """What kind of answer it is, and its octets."""

    type: ObjectIdentifier
    response: bytes


# OCSPResponse ::= SEQUENCE { responseStatus OCSPResponseStatus, responseBytes [0] EXPLICIT ResponseBytes OPTIONAL }
@sequence
class OcspResponse:
    """The outermost wrapping. `status` is an ENUMERATED, which the library does not declare."""

    status: TLV
    bytes: Annotated[ResponseBytes | None, Explicit(0)]


# BasicOCSPResponse ::= SEQUENCE {
#      tbsResponseData      ResponseData,
#      signatureAlgorithm   AlgorithmIdentifier,
#      signature            BIT STRING,
#      certs            [0] EXPLICIT SEQUENCE OF Certificate OPTIONAL }
@sequence
class BasicResponse:
    """The signed answer."""

    tbs: TLV
    algorithm: list[TLV]
    signature: BitString
    certificates: Annotated[list[TLV] | None, Explicit(0)]


# CertID ::= SEQUENCE {
#      hashAlgorithm       AlgorithmIdentifier,
#      issuerNameHash      OCTET STRING,
#      issuerKeyHash       OCTET STRING,
#      serialNumber        CertificateSerialNumber }
@sequence
class CertId:
    """Which certificate is meant."""

    algorithm: list[TLV]
    name_hash: bytes
    key_hash: bytes
    serial: int


# SingleResponse ::= SEQUENCE {
#      certID                       CertID,
#      certStatus                   CertStatus,
#      thisUpdate                   GeneralizedTime,
#      nextUpdate           [0]     EXPLICIT GeneralizedTime OPTIONAL,
#      singleExtensions     [1]     EXPLICIT Extensions OPTIONAL }
@sequence
class SingleResponse:
    """What is said about one certificate."""

    id: CertId
    status: TLV
    this_update: GeneralizedTime
    next_update: Annotated[GeneralizedTime | None, Explicit(0)]
    extensions: Annotated[list[Extension] | None, Explicit(1)]


# ResponseData ::= SEQUENCE {
#      version              [0] EXPLICIT Version DEFAULT v1,
#      responderID              ResponderID,
#      producedAt               GeneralizedTime,
#      responses                SEQUENCE OF SingleResponse,
#      responseExtensions   [1] EXPLICIT Extensions OPTIONAL }
@sequence
class ResponseData:
    """What the responder signs."""

    version: Annotated[int | None, Explicit(0)]
    responder: TLV
    produced_at: GeneralizedTime
    responses: list[SingleResponse]
    extensions: Annotated[list[Extension] | None, Explicit(1)]
