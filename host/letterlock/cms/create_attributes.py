"""Attributes that we write (RFC 5652 §11, RFC 8551 §2.5, RFC 6211, RFC 5035, RFC 3161), each one Attribute in DER."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from letterlock.cms import attributes, der, identifiers
from letterlock.cms.oids import encoded
from letterlock.cms.preferences import OAEP_SHA_256
from letterlock.cms.schema import Algorithm
from letterlock.cms.signing_keys import SigningAlgorithm

_NIST_AES = "2.16.840.1.101.3.4.1"
OUR_CAPABILITIES: tuple[Algorithm, ...] = (
    # RFC 8551 §2.5.2: what we decrypt, the best first. GCM and ChaCha20-Poly1305 say that AuthEnvelopedData is read.
    Algorithm(f"{_NIST_AES}.46", None),  # AES-256-GCM
    Algorithm(f"{_NIST_AES}.6", None),  # AES-128-GCM
    Algorithm("1.2.840.113549.1.9.16.3.18", None),  # ChaCha20-Poly1305
    Algorithm(f"{_NIST_AES}.42", None),  # AES-256-CBC
    Algorithm(f"{_NIST_AES}.2", None),  # AES-128-CBC
    Algorithm("1.2.840.113549.1.9.16.3.31", None),  # CEK-HKDF (RFC 9709 §4)
    # RFC 8551 §2.7.1, RFC 3560 §5: how the content key may come.
    OAEP_SHA_256,
    Algorithm("1.2.840.113549.1.1.7", b"\x30\x00"),  # RSA-OAEP, with SHA-1, as every reader of OAEP has it
)


def content_type(oid: str) -> bytes:
    """ContentType ::= OBJECT IDENTIFIER (RFC 5652 §11.1)"""
    return _attribute(attributes.CONTENT_TYPE, encoded(oid))


def message_digest(digest: bytes) -> bytes:
    """MessageDigest ::= OCTET STRING (RFC 5652 §11.2)"""
    return _attribute(attributes.MESSAGE_DIGEST, der.value(0x04, digest))


def signing_time(at: datetime) -> bytes:
    """SigningTime ::= Time (RFC 5652 §11.3): UTCTime from 1950 to 2049, GeneralizedTime otherwise.

    Raises:
        ValueError: `at` has no time zone.
    """
    if at.tzinfo is None:
        raise ValueError("a time without a time zone is none")
    at = at.astimezone(UTC)
    if 1950 <= at.year < 2050:
        return _attribute(attributes.SIGNING_TIME, der.value(0x17, at.strftime("%y%m%d%H%M%SZ").encode()))
    # strftime does not fill years to four digits everywhere.
    return _attribute(attributes.SIGNING_TIME, der.value(0x18, f"{at.year:04}{at:%m%d%H%M%S}Z".encode()))


def capabilities(algorithms: Sequence[Algorithm]) -> bytes:
    """SMIMECapabilities ::= SEQUENCE OF SMIMECapability, the preferred first (RFC 8551 §2.5.2)."""
    return _attribute(attributes.CAPABILITIES, der.value(0x30, b"".join(each.encode() for each in algorithms)))


def algorithm_protection(algorithm: SigningAlgorithm) -> bytes:
    """CMSAlgorithmProtection (RFC 6211 §2): the algorithms of this signer, so that nobody can change them."""
    signature = algorithm.signature_identifier.encode()
    # signatureAlgorithm [1] IMPLICIT
    protected = der.value(0x30, algorithm.digest_identifier.encode() + b"\xa1" + signature[1:])
    return _attribute(attributes.ALGORITHM_PROTECTION, protected)


def signing_certificate(certificate: x509.Certificate) -> bytes:
    """SigningCertificateV2 with the signer's certificate by SHA-256, the default that is left out (RFC 5035 §3, §4).

    The issuer and serial number stand in it too, for readers that look there (RFC 5035 §4: SHOULD).
    """
    named = identifiers.issuer_and_serial(certificate)
    issuer, serial = der.split(named, 0x30, "IssuerAndSerialNumber", 2)
    # GeneralNames with one directoryName [4] EXPLICIT
    issuer_serial = der.value(0x30, der.value(0x30, der.value(0xA4, issuer)) + serial)
    identifier = der.value(0x30, der.value(0x04, certificate.fingerprint(hashes.SHA256())) + issuer_serial)
    return _attribute(attributes.SIGNING_CERTIFICATE_V2, der.value(0x30, der.value(0x30, identifier)))


def time_stamp(token: bytes) -> bytes:
    """TimeStampToken ::= ContentInfo (RFC 3161 Appendix A): an unsigned attribute, about the signature value."""
    return _attribute(attributes.TIME_STAMP, token)


def encryption_key_preference(certificate: x509.Certificate) -> bytes:
    """SMIMEEncryptionKeyPreference (RFC 8551 §2.5.3): the certificate that answers should be encrypted to.

    SMIMEEncryptionKeyPreference ::= CHOICE { issuerAndSerialNumber [0] IssuerAndSerialNumber, … }
    """
    return _attribute(attributes.ENCRYPTION_KEY_PREFERENCE, b"\xa0" + identifiers.issuer_and_serial(certificate)[1:])


def _attribute(oid: str, value: bytes) -> bytes:
    return der.value(0x30, encoded(oid) + der.value(0x31, value))
