"""Signed attributes: which may occur how often, and what those say that this engine checks (RFC 5652 §11).

Attributes it does not know are kept and have no say. Nothing here is confirmed by a signature yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes

from letterlock import limits
from letterlock.cms import der, schema
from letterlock.cms.algorithms import digest_for
from letterlock.cms.certificates import Certificate
from letterlock.cms.failures import (
    AlgorithmSubstituted,
    AttributeDuplicate,
    AttributeEmpty,
    AttributeForbidden,
    AttributeMalformed,
    AttributeMissing,
    AttributeMultivalued,
    AttributeUnsigned,
    CertificateSubstituted,
    CmsMalformed,
)
from letterlock.cms.oids import dotted
from letterlock.cms.schema import Algorithm

if TYPE_CHECKING:
    from letterlock.cms.certificates import AnyCertificate

CONTENT_TYPE = "1.2.840.113549.1.9.3"
MESSAGE_DIGEST = "1.2.840.113549.1.9.4"
SIGNING_TIME = "1.2.840.113549.1.9.5"
ALGORITHM_PROTECTION = "1.2.840.113549.1.9.52"
CAPABILITIES = "1.2.840.113549.1.9.15"
SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12"
SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47"
TIME_STAMP = "1.2.840.113549.1.9.16.2.14"
ENCRYPTION_KEY_PREFERENCE = "1.2.840.113549.1.9.16.2.11"

RECEIPT_REQUEST = "1.2.840.113549.1.9.16.2.1"
SECURITY_LABEL = "1.2.840.113549.1.9.16.2.2"
TOLD = frozenset({RECEIPT_REQUEST, SECURITY_LABEL})
"""What `ess` reads, and a reader is told."""

_NAMES = {
    CONTENT_TYPE: "contentType",
    MESSAGE_DIGEST: "messageDigest",
    SIGNING_TIME: "signingTime",
    ALGORITHM_PROTECTION: "CMSAlgorithmProtection",
    SIGNING_CERTIFICATE: "signingCertificate",
    SIGNING_CERTIFICATE_V2: "signingCertificateV2",
    CAPABILITIES: "SMIMECapabilities",
    ENCRYPTION_KEY_PREFERENCE: "SMIMEEncryptionKeyPreference",
}
_TELLING = 64
"""Elements looked at to tell a set of attributes from a text: more than any genuine set has."""


@dataclass(frozen=True)
class Attribute:
    """An attribute with the DER octets of its values, in the order received."""

    oid: str
    values: tuple[bytes, ...]


def read(encoded: bytes) -> Attribute:
    """One Attribute from its DER octets.

    Raises:
        CmsMalformed: it is none.
    """
    wire = schema.decode(schema.Attribute, encoded, "Attribute")
    values = der.split(schema.octets(wire.attr_values), 0x31, "AttributeValues", limits.CMS_ATTRIBUTE_VALUES)
    if len(values) > limits.CMS_ATTRIBUTE_VALUES:
        raise CmsMalformed("AttributeValues")
    return Attribute(wire.attr_type.dotted_string, tuple(values))


def is_set_of_attributes(octets: bytes) -> bool:
    """Whether these octets are what a signature over signed attributes covers: one whole SET OF Attribute."""
    try:
        elements = der.split(octets, 0x31, "SignedAttributes", len(octets))
        for element in elements[:_TELLING]:
            read(element)
    except CmsMalformed:
        return False
    return bool(elements)


def single(attributes: Sequence[Attribute], oid: str) -> bytes | None:
    """The one value of an attribute that may occur once, or None where it does not occur.

    Raises:
        AttributeDuplicate, AttributeEmpty, AttributeMultivalued: which of two would count?
    """
    found = [attribute for attribute in attributes if attribute.oid == oid]
    if not found:
        return None
    if len(found) > 1:
        raise AttributeDuplicate(_NAMES[oid])
    if not found[0].values:
        raise AttributeEmpty(_NAMES[oid])
    if len(found[0].values) > 1:
        raise AttributeMultivalued(_NAMES[oid])
    return found[0].values[0]


def content_type(attributes: Sequence[Attribute]) -> str:
    """The dotted contentType. ContentType ::= OBJECT IDENTIFIER (RFC 5652 §11.1)"""
    value = _mandatory(attributes, CONTENT_TYPE)
    oid = dotted(value[2:]) if value[:1] == b"\x06" and len(value) < 0x80 else None
    if oid is None:
        raise AttributeMalformed(_NAMES[CONTENT_TYPE])
    return oid


def check_no_content_type(attributes: Sequence[Attribute]) -> None:
    """There is no contentType.

    Raises:
        AttributeForbidden: there is one.
    """
    if any(attribute.oid == CONTENT_TYPE for attribute in attributes):
        raise AttributeForbidden(_NAMES[CONTENT_TYPE])


def message_digest(attributes: Sequence[Attribute]) -> bytes:
    """The messageDigest. MessageDigest ::= OCTET STRING (RFC 5652 §11.2)"""
    value = _mandatory(attributes, MESSAGE_DIGEST)
    if value[0] != 0x04:
        raise AttributeMalformed(_NAMES[MESSAGE_DIGEST])
    return der.contents(value, "MessageDigest")


def signing_time(attributes: Sequence[Attribute]) -> datetime | None:
    """The signingTime, where there is one. Time ::= CHOICE { UTCTime, GeneralizedTime } (RFC 5652 §11.3)

    NOTE: GeneralizedTime is read before 2050 too, though a sender MUST use UTCTime there; some do not
    (`test_signing_time_as_generalized_time_is_read`).
    """
    value = single(attributes, SIGNING_TIME)
    if value is None:
        return None
    try:
        if value[0] == 0x17:
            return asn1.decode_der(asn1.UTCTime, value).as_datetime()
        return asn1.decode_der(asn1.GeneralizedTime, value).as_datetime()
    except ValueError:
        raise AttributeMalformed(_NAMES[SIGNING_TIME]) from None


def check_unsigned(attributes: Sequence[Attribute]) -> None:
    """None of the attributes read here stands among the unsigned ones (RFC 5652 §11, RFC 6211 §2, RFC 5035 §3).

    Raises:
        AttributeUnsigned: one does.
    """
    for attribute in attributes:
        if attribute.oid in _NAMES:
            raise AttributeUnsigned(_NAMES[attribute.oid])


def check_algorithms(attributes: Sequence[Attribute], digest: Algorithm, signature: Algorithm) -> None:
    """Where CMSAlgorithmProtection is present, the signer uses just those algorithms (RFC 6211 §3).

    Raises:
        AlgorithmSubstituted: somebody between changed what is not signed otherwise.
    """
    value = single(attributes, ALGORITHM_PROTECTION)
    if value is None:
        return
    name = _NAMES[ALGORITHM_PROTECTION]
    try:
        wire = schema.decode(schema.AlgorithmProtection, value, name)
        if wire.signature_algorithm is None or wire.mac_algorithm is not None:
            raise AttributeMalformed(name)
        protected = Algorithm.read(wire.digest_algorithm, name), Algorithm.read(wire.signature_algorithm, name)
    except CmsMalformed:
        raise AttributeMalformed(name) from None
    for meant, used in zip(protected, (digest, signature), strict=True):
        if not meant.same_as(used):
            raise AlgorithmSubstituted(meant.oid)


def check_certificate(attributes: Sequence[Attribute], certificate: AnyCertificate) -> None:
    """Where signingCertificate or V2 is present, the first certificate it names is this one (RFC 5035 §5.4, §3).

    Raises:
        CertificateSubstituted: the signer meant another certificate, though the key may be the same.
    """
    first = single(attributes, SIGNING_CERTIFICATE)
    if first is not None:
        name = _NAMES[SIGNING_CERTIFICATE]
        certs = _decode(schema.SigningCertificate, first, name).certs
        if not certs:
            raise AttributeMalformed(name)
        # SHA-1 is what this attribute has. A second preimage of a certificate, which an attacker would need, is out of
        # reach even for SHA-1.
        _compare(Certificate.of(certificate), hashes.SHA1(), certs[0].cert_hash, certs[0].issuer_serial, name)  # noqa: S303
    second = single(attributes, SIGNING_CERTIFICATE_V2)
    if second is not None:
        name = _NAMES[SIGNING_CERTIFICATE_V2]
        newer = _decode(schema.SigningCertificateV2, second, name).certs
        if not newer:
            raise AttributeMalformed(name)
        algorithm: hashes.HashAlgorithm = hashes.SHA256()
        if newer[0].hash_algorithm is not None:
            try:
                algorithm = digest_for(Algorithm.read(newer[0].hash_algorithm, name)).hash()
            except CmsMalformed:
                raise AttributeMalformed(name) from None
        _compare(Certificate.of(certificate), algorithm, newer[0].cert_hash, newer[0].issuer_serial, name)


def _compare(
    certificate: Certificate,
    algorithm: hashes.HashAlgorithm,
    expected: bytes,
    issuer_serial: schema.IssuerSerial | None,
    name: str,
) -> None:
    digest = hashes.Hash(algorithm)
    digest.update(certificate.der)
    if digest.finalize() != expected:
        raise CertificateSubstituted()
    # The issuer's name is covered by the hash; the number is compared because it costs nothing and SHA-1 is SHA-1.
    if issuer_serial is not None:
        try:
            serial = schema.integer(issuer_serial.serial_number, name)
        except CmsMalformed:
            raise AttributeMalformed(name) from None
        if serial != certificate.serial:
            raise CertificateSubstituted()


def _mandatory(attributes: Sequence[Attribute], oid: str) -> bytes:
    value = single(attributes, oid)
    if value is None:
        raise AttributeMissing(_NAMES[oid])
    return value


def _decode(kind: type[schema.T], value: bytes, name: str) -> schema.T:
    try:
        return schema.decode(kind, value, name)
    except CmsMalformed:
        raise AttributeMalformed(name) from None
