"""Every reason why a certificate is not believed, and the one place where they are ranked.

One class per reason, with the facts as fields. `subject` and `issuer` are display names, for the sentence;
whoever needs the certificate itself finds it in `Path.chain`. The classes are listed in the order of their rank:
what proves that something was forged or damaged comes before what is merely missing, that before what is
forbidden, that before what has run out, and that before what is weak. A person reads the first one.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from letterlock.errors import Fault, LetterlockError, Reason


class CertificateUndecodable(LetterlockError):
    """The octets are no X.509 certificate in DER. `where` says how far the decoder came."""

    code = "certificate_undecodable"
    fault = Fault.MAIL
    where: str


class PublicKeyUnusable(LetterlockError):
    """A signature was to be checked with a certificate's key, which cannot be read or has an unknown kind."""

    code = "public_key_unusable"
    fault = Fault.MAIL
    subject: str
    key: str


class NoCertificateInFile(LetterlockError):
    """A file given as anchor holds no certificate in PEM, DER or PKCS#7 form."""

    code = "no_certificate_in_file"
    fault = Fault.USER
    name: str


class EvidenceUndecodable(LetterlockError):
    """The octets are neither a revocation list nor an OCSP answer, or the answer is only an error."""

    code = "evidence_undecodable"
    fault = Fault.MAIL
    where: str


class NoEvidenceInFolder(LetterlockError):
    """A folder given as evidence holds no revocation list and no OCSP answer."""

    code = "no_evidence_in_folder"
    fault = Fault.USER
    name: str


# --- Forged or damaged -----------------------------------------------------------------------------------------


class IssuerSignatureBroken(Reason):
    """The issuer is known, but its key did not make the signature on this certificate."""

    code = "issuer_signature_broken"
    subject: str
    issuer: str


class CertificateMalformed(Reason):
    """A part of the certificate that a decision depends on cannot be read (RFC 5280 §4.2). `part` names it."""

    code = "certificate_malformed"
    subject: str
    part: str


class SignatureAlgorithmBroken(Reason):
    """The certificate is signed over MD2, MD4 or MD5, for which collisions are made in seconds (RFC 6151)."""

    code = "certificate_signature_algorithm_broken"
    subject: str
    algorithm: str


# --- Withdrawn -------------------------------------------------------------------------------------------------


class CertificateRevoked(Reason):
    """The issuer has withdrawn the certificate, before the time that counts (RFC 5280 §6.3)."""

    code = "certificate_revoked"
    subject: str
    issuer: str
    revoked_at: datetime
    reason: str
    checked_at: datetime


class CertificateRevokedLater(Reason):
    """Withdrawn only after the time that counts: a remark, the signature was made before."""

    code = "certificate_revoked_later"
    subject: str
    issuer: str
    revoked_at: datetime
    reason: str
    checked_at: datetime


# --- Nobody knows whether withdrawn: a failure only where the reader wants to know in any case -----------------


class EvidenceUnsigned(Reason):
    """Evidence that nobody signed who may speak about this certificate (RFC 5280 §6.3.3 f, g; RFC 6960 §4.2.2.2)."""

    code = "revocation_evidence_unsigned"
    subject: str
    issuer: str


class EvidenceNotUnderstood(Reason):
    """Evidence with a critical part that is not understood or malformed, so that it must not be used (§5.2)."""

    code = "revocation_evidence_not_understood"
    subject: str
    part: str


class RevocationAnswerUnknown(Reason):
    """The responder answered that it does not know the certificate (RFC 6960 §2.2)."""

    code = "revocation_answer_unknown"
    subject: str
    issuer: str


class EvidenceStale(Reason):
    """Evidence whose next update was due before the time that counts."""

    code = "revocation_evidence_stale"
    subject: str
    issuer: str
    next_update: datetime
    checked_at: datetime


class RevocationReasonsIncomplete(Reason):
    """The lists at hand cover withdrawal for some reasons only; `missing` are the others (RFC 5280 §6.3.3)."""

    code = "revocation_reasons_incomplete"
    subject: str
    missing: tuple[str, ...]


class RevocationEvidenceMissing(Reason):
    """No list and no answer at hand is responsible for this certificate."""

    code = "revocation_evidence_missing"
    subject: str
    issuer: str


# --- Missing ---------------------------------------------------------------------------------------------------


class NoIssuerKnown(Reason):
    """No certificate at hand bears the issuer's name, so the path ends before an anchor."""

    code = "issuer_unknown"
    subject: str
    issuer: str


class SelfSignedNotTrusted(Reason):
    """The signer's certificate is signed by itself and is no anchor: it says of itself who it is."""

    code = "certificate_self_signed"
    subject: str


class RootNotTrusted(Reason):
    """The path is complete up to a self-signed certificate, which is no anchor of this reader."""

    code = "root_not_trusted"
    root: str


class PathLoops(Reason):
    """Every way up from this certificate comes back to a certificate already in the path."""

    code = "path_loops"
    subject: str


class PathTooLong(Reason):
    """The path has more certificates than are followed (`limits.PATH_LENGTH`)."""

    code = "path_too_long"
    limit: int


class PathSearchExhausted(Reason):
    """More candidate issuers than are tried (`limits.PATH_SIGNATURE_CHECKS`): costly certificates, or an attack."""

    code = "path_search_exhausted"
    limit: int


class SignatureAlgorithmUnknown(Reason):
    """The certificate is signed with an algorithm that cannot be checked here."""

    code = "certificate_signature_algorithm_unknown"
    subject: str
    algorithm: str


class KeyUnusable(Reason):
    """The certificate's public key cannot be read or has an unknown kind."""

    code = "certificate_key_unusable"
    subject: str
    key: str


# --- Forbidden -------------------------------------------------------------------------------------------------


class IssuerNotACa(Reason):
    """The issuer's certificate does not say that it is an authority (RFC 5280 §6.1.4 k)."""

    code = "issuer_not_a_ca"
    subject: str
    issuer: str


class IssuerMayNotCertify(Reason):
    """The issuer's key usage lacks keyCertSign (RFC 5280 §6.1.4 n)."""

    code = "issuer_may_not_certify"
    subject: str
    issuer: str


class PathLengthExceeded(Reason):
    """More authorities follow below `issuer` than its pathLenConstraint allows (RFC 5280 §6.1.4 l, m)."""

    code = "path_length_exceeded"
    issuer: str
    allowed: int


class NameExcluded(Reason):
    """An authority above forbids this name (RFC 5280 §6.1.3 c)."""

    code = "name_excluded"
    subject: str
    name: str
    issuer: str


class NameNotPermitted(Reason):
    """An authority above permits other names of this form only (RFC 5280 §6.1.3 b)."""

    code = "name_not_permitted"
    subject: str
    name: str
    issuer: str


class NameConstraintUnsupported(Reason):
    """An authority above constrains a form of names that cannot be compared, and the certificate has such a name."""

    code = "name_constraint_unsupported"
    subject: str
    form: str
    issuer: str


class UnknownCriticalExtension(Reason):
    """The certificate says something that must be understood, and it is not (RFC 5280 §4.2)."""

    code = "unknown_critical_extension"
    subject: str
    extension: str


class PolicyMappingOfAny(Reason):
    """The authority maps anyPolicy, which is forbidden (RFC 5280 §6.1.4 a)."""

    code = "policy_mapping_of_any"
    issuer: str


class PolicyNotAcceptable(Reason):
    """A certificate policy is required, and none is valid for the whole path (RFC 5280 §6.1.3 f, §6.1.5 g)."""

    code = "policy_not_acceptable"
    subject: str


class KeyUsageNotSigning(Reason):
    """The key usage allows neither digitalSignature nor nonRepudiation (RFC 8550 §4.4.2)."""

    code = "key_usage_not_signing"
    subject: str
    usages: tuple[str, ...]


class KeyCannotSign(Reason):
    """The key's algorithm makes no signatures at all (X25519, ML-KEM …)."""

    code = "key_cannot_sign"
    subject: str
    key: str


class KeyUsageNotEncrypting(Reason):
    """The key usage does not allow what encrypting to this kind of key needs (RFC 8550 §4.4.2): `needed`."""

    code = "key_usage_not_encrypting"
    subject: str
    needed: str
    usages: tuple[str, ...]


class KeyCannotEncrypt(Reason):
    """Nothing can be encrypted to a key of this kind (DSA, Ed25519, ML-DSA …)."""

    code = "key_cannot_encrypt"
    subject: str
    key: str


class PurposeNotMail(Reason):
    """The extended key usage names purposes, and mail is not among them (RFC 8550 §4.4.4)."""

    code = "purpose_not_mail"
    subject: str
    purposes: tuple[str, ...]


class IssuerPurposeNotMail(Reason):
    """An authority in the path is restricted to purposes other than mail (S/MIME BR §7.1.2.2)."""

    code = "issuer_purpose_not_mail"
    issuer: str
    purposes: tuple[str, ...]


class AddressNotNamed(Reason):
    """The certificate names other addresses than the one the mail comes from (RFC 8550 §3)."""

    code = "address_not_named"
    address: str
    addresses: tuple[str, ...]


class NoAddressNamed(Reason):
    """The certificate names no mail address at all."""

    code = "no_address_named"
    subject: str


# --- Run out ---------------------------------------------------------------------------------------------------


class CertificateNotYetValid(Reason):
    """`checked_at` lies before the certificate's first day (RFC 5280 §6.1.3 a 2)."""

    code = "certificate_not_yet_valid"
    subject: str
    not_before: datetime
    checked_at: datetime


class CertificateExpired(Reason):
    """`checked_at` lies after the certificate's last day (RFC 5280 §6.1.3 a 2)."""

    code = "certificate_expired"
    subject: str
    not_after: datetime
    checked_at: datetime


class AnchorNotYetValid(Reason):
    """The anchor's own first day is still to come. RFC 5280 leaves this open; mail clients refuse it."""

    code = "anchor_not_yet_valid"
    anchor: str
    not_before: datetime
    checked_at: datetime


class AnchorExpired(Reason):
    """The anchor's own last day is over. RFC 5280 leaves this open; mail clients refuse it."""

    code = "anchor_expired"
    anchor: str
    not_after: datetime
    checked_at: datetime


class AnchorDistrustedAfter(Reason):
    """Whoever lists the anchor believes it only about certificates issued up to a day, and this one is younger."""

    code = "anchor_distrusted_after"
    subject: str
    anchor: str
    distrusted_after: datetime


# --- Weak ------------------------------------------------------------------------------------------------------


class SignatureAlgorithmWeak(Reason):
    """The certificate is signed with an algorithm nobody should rely on any more: SHA-1, DSA."""

    code = "certificate_signature_algorithm_weak"
    subject: str
    algorithm: str


class KeyWeak(Reason):
    """The certificate's key is shorter than what is accepted (RFC 8550 §4.2, S/MIME BR §6.1.5)."""

    code = "certificate_key_weak"
    subject: str
    key: str
    minimum: int


RANKING: tuple[type[Reason], ...] = (
    IssuerSignatureBroken,
    CertificateMalformed,
    SignatureAlgorithmBroken,
    CertificateRevoked,
    SelfSignedNotTrusted,
    RootNotTrusted,
    NoIssuerKnown,
    PathLoops,
    PathTooLong,
    PathSearchExhausted,
    KeyUnusable,
    SignatureAlgorithmUnknown,
    IssuerNotACa,
    IssuerMayNotCertify,
    PathLengthExceeded,
    NameExcluded,
    NameNotPermitted,
    NameConstraintUnsupported,
    UnknownCriticalExtension,
    PolicyMappingOfAny,
    PolicyNotAcceptable,
    KeyCannotSign,
    KeyCannotEncrypt,
    KeyUsageNotSigning,
    KeyUsageNotEncrypting,
    PurposeNotMail,
    IssuerPurposeNotMail,
    AddressNotNamed,
    NoAddressNamed,
    CertificateNotYetValid,
    CertificateExpired,
    AnchorNotYetValid,
    AnchorExpired,
    AnchorDistrustedAfter,
    SignatureAlgorithmWeak,
    KeyWeak,
    EvidenceUnsigned,
    EvidenceNotUnderstood,
    RevocationAnswerUnknown,
    EvidenceStale,
    RevocationReasonsIncomplete,
    RevocationEvidenceMissing,
    CertificateRevokedLater,
)
"""The most telling reason first. Every reason of this package is in it; a test holds that."""

_RANKS = {kind: rank for rank, kind in enumerate(RANKING)}


def rank(reason: Reason) -> int:
    """The reason's place in `RANKING`: the smaller, the sooner a person reads it."""
    return _RANKS[type(reason)]


def ranked(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """The reasons, each once, the most telling first; equal ranks keep the order of finding."""
    return tuple(sorted(dict.fromkeys(reasons), key=rank))
