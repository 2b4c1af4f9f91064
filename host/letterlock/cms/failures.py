"""Every failure of the CMS engine: one class each, with the facts.

Three families. `CmsFailure`: the octets are no CMS object that can be read; there is nothing to say about any
signer. `SignatureFailure`: one signer's signature cannot be confirmed; other signers may be fine. Of the latter,
`SignatureNotChecked` says that the signature may be good but is not of a kind this engine confirms; every other
one says that the signature is worth nothing. `DecryptionFailure`: the object can be read, its content cannot.
"""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


class CmsFailure(LetterlockError):
    """Base: the octets are not a CMS object that this engine reads."""

    fault = Fault.MAIL


class CmsTruncated(CmsFailure):
    """The octets end inside a value. `octets` is how many there were."""

    code = "cms_truncated"
    octets: int


class CmsBadLength(CmsFailure):
    """A length that X.690 §8.1.3 does not allow, or that runs past the value around it."""

    code = "cms_bad_length"
    offset: int


class CmsBadTag(CmsFailure):
    """An identifier that cannot stand where it stands (X.690 §8.1.2, §8.1.5)."""

    code = "cms_bad_tag"
    offset: int


class CmsTooDeep(CmsFailure):
    """Values nested deeper than `limits.CMS_DEPTH`."""

    code = "cms_too_deep"
    limit: int


class CmsTooManyValues(CmsFailure):
    """More values than `limits.CMS_VALUES`, or content cut into absurdly many pieces."""

    code = "cms_too_many_values"
    limit: int


class CmsTooLarge(CmsFailure):
    """More octets outside the content than `limits.CMS_STRUCTURE_OCTETS`."""

    code = "cms_too_large"
    limit: int


class CmsTrailingData(CmsFailure):
    """Something else than padding follows the CMS object."""

    code = "cms_trailing_data"
    offset: int


class CmsMalformed(CmsFailure):
    """Well-formed BER, but not the ASN.1 type that belongs there (`where` names it as the RFC does)."""

    code = "cms_malformed"
    where: str


class ContentTypeNotSupported(CmsFailure):
    """A ContentInfo of another type than the caller can read. `name` is the RFC's name, or the dotted number."""

    code = "cms_content_type_not_supported"
    content_type: str
    name: str


class CompressionNotSupported(CmsFailure):
    """A compression algorithm other than the zlib of RFC 3274 §2."""

    code = "compression_algorithm_not_supported"
    algorithm: str


class ContentNotDecompressed(CmsFailure):
    """The compressed octets are damaged, incomplete, missing, or followed by others."""

    code = "content_not_decompressed"


class ContentExpandsTooFar(CmsFailure):
    """Content that grows, decompressed, beyond what genuine content does. `limit` is in octets."""

    code = "content_expands_too_far"
    limit: int


class TooManySigners(CmsFailure):
    """More SignerInfos than `limits.CMS_SIGNERS`."""

    code = "too_many_signers"
    limit: int


class TooManyCertificates(CmsFailure):
    """More certificates than `limits.CMS_CERTIFICATES`."""

    code = "too_many_certificates"
    limit: int


class TooManyRecipients(CmsFailure):
    """More recipients than `limits.CMS_RECIPIENTS`."""

    code = "too_many_recipients"
    limit: int


class DecryptionFailure(LetterlockError):
    """Base: the object was read, and its content cannot be decrypted (here)."""

    fault = Fault.MAIL


class NoRecipientKey(DecryptionFailure):
    """None of the keys at hand is a key the content was encrypted to.

    `recipients` names the first of those it was encrypted to, `count` is how many there are.
    """

    code = "no_recipient_key"
    recipients: tuple[str, ...]
    count: int


class DecryptionFailed(DecryptionFailure):
    """It did not decrypt: key, padding, tag or length is wrong.

    It has no facts and no subclasses on purpose. Whoever can send changed copies and learn which step failed can
    decrypt without the key (Bleichenbacher 1998 on PKCS#1 v1.5, Vaudenay 2002 on CBC), so nobody learns it.
    """

    code = "content_not_decrypted"


class EncryptionNotSupported(DecryptionFailure):
    """An algorithm for content or content key, or a parameter or curve of it, that this engine does not decrypt."""

    code = "encryption_algorithm_not_supported"
    algorithm: str


class EncryptionParametersMalformed(DecryptionFailure):
    """Parameters of an encryption algorithm that are missing where they must be, or not what its standard defines."""

    code = "encryption_parameters_malformed"
    algorithm: str


class EncryptedContentMissing(DecryptionFailure):
    """The encrypted content is not in the object (RFC 5652 §6.1 allows it elsewhere; mail never has it elsewhere)."""

    code = "encrypted_content_missing"


class EncryptedContentTooLarge(DecryptionFailure):
    """An algorithm that decrypts only in one piece (CCM, ChaCha20-Poly1305), and too much content."""

    code = "encrypted_content_too_large"
    algorithm: str
    limit: int


class SignatureFailure(LetterlockError):
    """Base: this signer's signature cannot be confirmed."""

    fault = Fault.MAIL


class SignatureNotChecked(SignatureFailure):
    """Base: nothing speaks against the signature, but this engine does not confirm its kind."""


class DigestNotSupported(SignatureNotChecked):
    """A digest algorithm this engine does not compute."""

    code = "digest_algorithm_not_supported"
    algorithm: str


class SignatureAlgorithmNotSupported(SignatureNotChecked):
    """A signature algorithm, or a parameter or curve of it, that this engine does not check."""

    code = "signature_algorithm_not_supported"
    algorithm: str


class AlgorithmRefused(SignatureNotChecked):
    """An algorithm that anybody can forge with (MD2, MD5): checking it would prove nothing."""

    code = "signature_algorithm_refused"
    algorithm: str


class ContentTooLarge(SignatureNotChecked):
    """An algorithm that needs the content in one piece (EdDSA without signed attributes), and too much content."""

    code = "signature_content_too_large"
    algorithm: str
    limit: int


class ContentChanged(SignatureFailure):
    """The content is not what was signed: its digest differs from the messageDigest attribute (RFC 5652 §5.6)."""

    code = "content_changed"
    digest: str


class SignatureBroken(SignatureFailure):
    """The signature value does not fit key and signed octets (RFC 5652 §5.6)."""

    code = "signature_broken"
    algorithm: str


class KeyMismatch(SignatureFailure):
    """The certificate's key is of another kind than the signature algorithm, or restricted to other uses of it."""

    code = "signature_key_mismatch"
    algorithm: str
    key: str


class KeyUnusable(SignatureFailure):
    """The certificate's key cannot be read, or its numbers are absurd (too small, too large, even exponent)."""

    code = "signature_key_unusable"
    key: str


class ParametersMalformed(SignatureFailure):
    """Parameters of an algorithm that are missing where they must be, or not what its standard defines."""

    code = "signature_parameters_malformed"
    algorithm: str


class HashMismatch(SignatureFailure):
    """The signature algorithm names another hash than the digest algorithm of the same signer."""

    code = "signature_hash_mismatch"
    algorithm: str
    digest: str


class AttributeMissing(SignatureFailure):
    """Signed attributes without contentType or messageDigest (RFC 5652 §5.3, §11.1, §11.2)."""

    code = "signed_attribute_missing"
    attribute: str


class AttributeDuplicate(SignatureFailure):
    """A signed attribute that may occur once occurs again (RFC 5652 §11)."""

    code = "signed_attribute_duplicate"
    attribute: str


class AttributeEmpty(SignatureFailure):
    """A signed attribute without a value."""

    code = "signed_attribute_empty"
    attribute: str


class AttributeMultivalued(SignatureFailure):
    """A signed attribute with several values that must have exactly one (RFC 5652 §11)."""

    code = "signed_attribute_multivalued"
    attribute: str


class AttributeMalformed(SignatureFailure):
    """A signed attribute whose value is not of its type."""

    code = "signed_attribute_malformed"
    attribute: str


class AttributeUnsigned(SignatureFailure):
    """An attribute among the unsigned ones that counts only when it is signed (RFC 5652 §11.1-§11.3): anybody can
    have added it, and a lenient reader would believe it."""

    code = "attribute_not_signed"
    attribute: str


class AttributeForbidden(SignatureFailure):
    """A signed attribute that a countersignature must not have: contentType (RFC 5652 §11.4). Such a signature was made
    over content, and somebody presents it as one over a signature."""

    code = "signed_attribute_forbidden"
    attribute: str


class AttributesMissing(SignatureFailure):
    """No signed attributes although the content type requires them (RFC 5652 §5.3)."""

    code = "signed_attributes_missing"
    content_type: str


class ContentTypeDiffers(SignatureFailure):
    """The contentType attribute names another type than the content has (RFC 5652 §11.1)."""

    code = "signed_content_type_differs"
    signed: str
    content_type: str


class AttributesAsContent(SignatureFailure):
    """Content without signed attributes that is itself a set of signed attributes: a signature moved from
    another message (draft-ietf-lamps-cms-euf-cma-signeddata)."""

    code = "signed_attributes_as_content"


class AlgorithmSubstituted(SignatureFailure):
    """The CMSAlgorithmProtection attribute names other algorithms than the signer uses (RFC 6211)."""

    code = "signature_algorithm_substituted"
    algorithm: str


class CertificateSubstituted(SignatureFailure):
    """The signer named another certificate in signingCertificate or signingCertificateV2 (RFC 5035)."""

    code = "signing_certificate_substituted"


class SigningNotSupported(LetterlockError):
    """This engine does not sign with that key or algorithm, or not any more (`algorithm` names it)."""

    code = "signing_not_supported"
    fault = Fault.USER
    algorithm: str


class EncryptingNotSupported(LetterlockError):
    """This engine does not encrypt with that algorithm, or to that key, or not any more (`algorithm` names it)."""

    code = "encrypting_not_supported"
    fault = Fault.USER
    algorithm: str


class ContentTooLargeToEncrypt(LetterlockError):
    """An algorithm that encrypts only in one piece (CCM, ChaCha20-Poly1305), and too much content."""

    code = "content_too_large_to_encrypt"
    fault = Fault.USER
    algorithm: str
    limit: int
