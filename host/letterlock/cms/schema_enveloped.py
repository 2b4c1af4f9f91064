"""The ASN.1 of encrypted content and its recipients, as `schema.py` has that of signatures.

What follows the encrypted content is optional here even where the standard requires it, so that the same types read
what stands before the content, when that is all there is yet.
"""

from __future__ import annotations

from typing import Annotated

from cryptography.hazmat import asn1

from letterlock.cms.oids import ObjectIdentifier


# EncryptedContentInfo ::= SEQUENCE {
#   contentType ContentType,
#   contentEncryptionAlgorithm ContentEncryptionAlgorithmIdentifier,
#   encryptedContent [0] IMPLICIT EncryptedContent OPTIONAL }          -- RFC 5652 §6.1
@asn1.sequence
class EncryptedContentInfo:
    content_type: ObjectIdentifier
    content_encryption_algorithm: list[asn1.TLV]
    encrypted_content: Annotated[bytes | None, asn1.Implicit(0)]


# EnvelopedData ::= SEQUENCE {
#   version CMSVersion,
#   originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL,
#   recipientInfos RecipientInfos,
#   encryptedContentInfo EncryptedContentInfo,
#   unprotectedAttrs [1] IMPLICIT UnprotectedAttributes OPTIONAL }     -- RFC 5652 §6.1
#
# AuthEnvelopedData ::= SEQUENCE {
#   version CMSVersion,
#   originatorInfo [0] IMPLICIT OriginatorInfo OPTIONAL,
#   recipientInfos RecipientInfos,
#   authEncryptedContentInfo EncryptedContentInfo,
#   authAttrs [1] IMPLICIT AuthAttributes OPTIONAL,
#   mac MessageAuthenticationCode,
#   unauthAttrs [2] IMPLICIT UnauthAttributes OPTIONAL }               -- RFC 5083 §2.1
#
# EncryptedData ::= SEQUENCE {
#   version CMSVersion,
#   encryptedContentInfo EncryptedContentInfo,
#   unprotectedAttrs [1] IMPLICIT UnprotectedAttributes OPTIONAL }     -- RFC 5652 §8
@asn1.sequence
class EnvelopedData:
    version: int
    originator_info: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    recipient_infos: asn1.TLV
    encrypted_content_info: EncryptedContentInfo
    attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]
    mac: bytes | None
    unauth_attrs: Annotated[list[asn1.TLV] | None, asn1.Implicit(2)]


@asn1.sequence
class EnvelopedContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[EnvelopedData, asn1.Explicit(0)]


@asn1.sequence
class EncryptedData:
    version: int
    encrypted_content_info: EncryptedContentInfo
    attributes: Annotated[list[asn1.TLV] | None, asn1.Implicit(1)]


@asn1.sequence
class EncryptedDataContentInfo:
    content_type: ObjectIdentifier
    content: Annotated[EncryptedData, asn1.Explicit(0)]


# KeyTransRecipientInfo ::= SEQUENCE {
#   version CMSVersion,
#   rid RecipientIdentifier,
#   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
#   encryptedKey EncryptedKey }                                        -- RFC 5652 §6.2.1
@asn1.sequence
class KeyTransRecipientInfo:
    version: int
    rid: asn1.TLV
    key_encryption_algorithm: list[asn1.TLV]
    encrypted_key: bytes


# KeyAgreeRecipientInfo ::= SEQUENCE {
#   version CMSVersion,
#   originator [0] EXPLICIT OriginatorIdentifierOrKey,
#   ukm [1] EXPLICIT UserKeyingMaterial OPTIONAL,
#   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
#   recipientEncryptedKeys RecipientEncryptedKeys }
#
# OriginatorIdentifierOrKey ::= CHOICE {
#   issuerAndSerialNumber IssuerAndSerialNumber,
#   subjectKeyIdentifier [0] SubjectKeyIdentifier,
#   originatorKey [1] OriginatorPublicKey }
#
# OriginatorPublicKey ::= SEQUENCE {
#   algorithm AlgorithmIdentifier,
#   publicKey BIT STRING }
#
# RecipientEncryptedKey ::= SEQUENCE {
#   rid KeyAgreeRecipientIdentifier,
#   encryptedKey EncryptedKey }
#
# KeyAgreeRecipientIdentifier ::= CHOICE {
#   issuerAndSerialNumber IssuerAndSerialNumber,
#   rKeyId [0] IMPLICIT RecipientKeyIdentifier }
#
# RecipientKeyIdentifier ::= SEQUENCE {
#   subjectKeyIdentifier SubjectKeyIdentifier,
#   date GeneralizedTime OPTIONAL,
#   other OtherKeyAttribute OPTIONAL }                                 -- RFC 5652 §6.2.2
@asn1.sequence
class KeyAgreeRecipientInfo:
    version: int
    originator: Annotated[asn1.TLV, asn1.Explicit(0)]
    ukm: Annotated[bytes | None, asn1.Explicit(1)]
    key_encryption_algorithm: list[asn1.TLV]
    recipient_encrypted_keys: list[asn1.TLV]


@asn1.sequence
class OriginatorPublicKey:
    algorithm: list[asn1.TLV]
    public_key: asn1.BitString


@asn1.sequence
class RecipientEncryptedKey:
    rid: asn1.TLV
    encrypted_key: bytes


# KEKRecipientInfo ::= SEQUENCE {
#   version CMSVersion,
#   kekid KEKIdentifier,
#   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
#   encryptedKey EncryptedKey }
#
# KEKIdentifier ::= SEQUENCE {
#   keyIdentifier OCTET STRING,
#   date GeneralizedTime OPTIONAL,
#   other OtherKeyAttribute OPTIONAL }                                 -- RFC 5652 §6.2.3
@asn1.sequence
class KekRecipientInfo:
    version: int
    kekid: list[asn1.TLV]
    key_encryption_algorithm: list[asn1.TLV]
    encrypted_key: bytes


# PasswordRecipientInfo ::= SEQUENCE {
#   version CMSVersion,
#   keyDerivationAlgorithm [0] KeyDerivationAlgorithmIdentifier OPTIONAL,
#   keyEncryptionAlgorithm KeyEncryptionAlgorithmIdentifier,
#   encryptedKey EncryptedKey }                                        -- RFC 5652 §6.2.4
@asn1.sequence
class PasswordRecipientInfo:
    version: int
    key_derivation_algorithm: Annotated[list[asn1.TLV] | None, asn1.Implicit(0)]
    key_encryption_algorithm: list[asn1.TLV]
    encrypted_key: bytes


# OtherRecipientInfo ::= SEQUENCE {
#   oriType OBJECT IDENTIFIER,
#   oriValue ANY DEFINED BY oriType }                                  -- RFC 5652 §6.2.5
@asn1.sequence
class OtherRecipientInfo:
    ori_type: ObjectIdentifier
    ori_value: asn1.TLV


# KEMRecipientInfo ::= SEQUENCE {
#   version CMSVersion,
#   rid RecipientIdentifier,
#   kem KEMAlgorithmIdentifier,
#   kemct OCTET STRING,
#   kdf KeyDerivationAlgorithmIdentifier,
#   kekLength INTEGER (1..65535),
#   ukm [0] EXPLICIT UserKeyingMaterial OPTIONAL,
#   wrap KeyEncryptionAlgorithmIdentifier,
#   encryptedKey EncryptedKey }                                        -- RFC 9629 §3
@asn1.sequence
class KemRecipientInfo:
    version: int
    rid: asn1.TLV
    kem: list[asn1.TLV]
    kemct: bytes
    kdf: list[asn1.TLV]
    kek_length: int
    ukm: Annotated[bytes | None, asn1.Explicit(0)]
    wrap: list[asn1.TLV]
    encrypted_key: bytes


# CCMParameters ::= SEQUENCE {
#   aes-nonce OCTET STRING (SIZE(7..13)),
#   aes-ICVlen AES-CCM-ICVlen DEFAULT 12 }
#
# GCMParameters ::= SEQUENCE {
#   aes-nonce OCTET STRING,
#   aes-ICVlen AES-GCM-ICVlen DEFAULT 12 }                             -- RFC 5084 §3.1, §3.2
@asn1.sequence
class AeadParameters:
    nonce: bytes
    icv_length: int | None


# RC2-CBC-Parameter ::= SEQUENCE {
#   rc2ParameterVersion INTEGER,
#   iv OCTET STRING }                                                  -- RFC 3370 §5.2
@asn1.sequence
class Rc2CbcParameter:
    version: int
    iv: bytes


# RSAES-OAEP-params ::= SEQUENCE {
#   hashFunc [0] AlgorithmIdentifier DEFAULT sha1Identifier,
#   maskGenFunc [1] AlgorithmIdentifier DEFAULT mgf1SHA1Identifier,
#   pSourceFunc [2] AlgorithmIdentifier DEFAULT pSpecifiedEmptyIdentifier }   -- RFC 4055 §4.1
@asn1.sequence
class OaepParameters:
    hash_func: Annotated[list[asn1.TLV] | None, asn1.Explicit(0)]
    mask_gen_func: Annotated[list[asn1.TLV] | None, asn1.Explicit(1)]
    p_source_func: Annotated[list[asn1.TLV] | None, asn1.Explicit(2)]


# PBKDF2-params ::= SEQUENCE {
#   salt CHOICE { specified OCTET STRING, otherSource AlgorithmIdentifier },
#   iterationCount INTEGER (1..MAX),
#   keyLength INTEGER (1..MAX) OPTIONAL,
#   prf AlgorithmIdentifier DEFAULT algid-hmacWithSHA1 }               -- RFC 8018 §A.2
@asn1.sequence
class Pbkdf2Parameters:
    salt: bytes
    iteration_count: int
    key_length: int | None
    prf: list[asn1.TLV] | None
