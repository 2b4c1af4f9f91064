"""What a signer says of mail to himself: what he decrypts, and with which certificate (RFC 8551 §2.5.2, §2.5.3).

Both are signed attributes. They mean something only after the signature was confirmed and its signer believed.
"""

from __future__ import annotations

from collections.abc import Sequence

from letterlock.cms import attributes, der, schema
from letterlock.cms.attributes import CAPABILITIES, ENCRYPTION_KEY_PREFERENCE, Attribute
from letterlock.cms.encryption_algorithms import CEK_HKDF_SHA256
from letterlock.cms.failures import AttributeMalformed, CmsMalformed
from letterlock.cms.identifiers import CertificateIdentifier, IssuerAndSerial, KeyIdentifier
from letterlock.cms.schema import Algorithm

OAEP_SHA_256 = Algorithm(
    "1.2.840.113549.1.1.7",
    bytes.fromhex("302fa00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500"),
)
"""RSAES-OAEP with SHA-256, also in its mask (RFC 4055 §6, rSAES-OAEP-SHA256-Params); without parameters it is SHA-1."""

_MOST_CAPABILITIES = 128
"""Outlook sends 20; what comes after so many is not read."""


def capabilities(signed: Sequence[Attribute]) -> tuple[Algorithm, ...] | None:
    """What the signer decrypts, the preferred first; None where nothing is said.

    SMIMECapabilities ::= SEQUENCE OF SMIMECapability

    Raises:
        AttributeDuplicate, AttributeMalformed …: as `attributes.single`; or it is no list of algorithms.
    """
    value = attributes.single(signed, CAPABILITIES)
    if value is None:
        return None
    try:
        entries = der.split(value, 0x30, "SMIMECapabilities", _MOST_CAPABILITIES)[:_MOST_CAPABILITIES]
        return tuple(schema.decode_algorithm(each, "SMIMECapability") for each in entries)
    except CmsMalformed:
        raise AttributeMalformed("SMIMECapabilities") from None


def reads_derived_keys(signed: Sequence[Attribute]) -> bool:
    """Whether the signer says that he reads content under derived keys (RFC 9709 §4).

    Raises:
        SignatureFailure: as `capabilities`.
    """
    return any(each.oid == CEK_HKDF_SHA256 for each in capabilities(signed) or ())


def key_preference(signed: Sequence[Attribute]) -> CertificateIdentifier | None:
    """The certificate that answers should be encrypted to; None where nothing is said.

    SMIMEEncryptionKeyPreference ::= CHOICE {
        issuerAndSerialNumber [0] IssuerAndSerialNumber,
        receipentKeyId [1] RecipientKeyIdentifier,
        subjectAltKeyIdentifier [2] SubjectKeyIdentifier }   (IMPLICIT tags)

    Raises:
        AttributeDuplicate, AttributeMalformed …: as `attributes.single`; or it is none of these.
    """
    value = attributes.single(signed, ENCRYPTION_KEY_PREFERENCE)
    if value is None:
        return None
    where = "SMIMEEncryptionKeyPreference"
    try:
        match value[0]:
            case 0xA0:
                named = schema.decode(schema.IssuerAndSerialNumber, b"\x30" + value[1:], where)
                return IssuerAndSerial(schema.octets(named.issuer), schema.integer(named.serial_number, where))
            case 0xA1:  # RecipientKeyIdentifier: the key identifier comes first, a date and others may follow
                first, *_ = der.split(value, 0xA1, where, 3) or [b""]
                if first[:1] == b"\x04":
                    return KeyIdentifier(der.contents(first, where))
            case 0x82:
                return KeyIdentifier(der.contents(value, where))
    except CmsMalformed:
        pass
    raise AttributeMalformed(where)
