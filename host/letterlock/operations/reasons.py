"""Reasons that arise where mail, CMS and trust meet; each of the three has its own beside its code."""

from __future__ import annotations

from datetime import datetime

from letterlock.errors import Reason


class SignaturePartMissing(Reason):
    """A multipart/signed without a signature part (RFC 1847 §2.1 wants exactly two parts)."""

    code = "signature_part_missing"
    parts: int


class ContentTwice(Reason):
    """A detached signature that brings content of its own: two readers could take different ones for signed."""

    code = "signed_content_twice"


class NoSigners(Reason):
    """It says that it is signed, but nobody signed (RFC 5652 §5.1 allows an empty set of signers)."""

    code = "no_signers"


class SignerCertificateMissing(Reason):
    """The message does not carry the signer's certificate, so its signature cannot be checked."""

    code = "signer_certificate_missing"


class SignatureWeak(Reason):
    """The signature is intact but made with what can be forged today or soon."""

    code = "signature_weak"
    algorithms: tuple[str, ...]


class CoversPart(Reason):
    """Something that is shown stands outside the signed part."""

    code = "signature_covers_part"


class CoversCiphertext(Reason):
    """Signed after encrypting: the signer need not know what is inside."""

    code = "signature_covers_ciphertext"


class StructureAmbiguous(Reason):
    """Mail readers may take this message apart differently, and so show other text than what was signed."""

    code = "structure_ambiguous"
    oddities: tuple[str, ...]


class OuterSignatureBroken(Reason):
    """A signature around the one that counts is broken: changed on the way, by a gateway or by an attacker."""

    code = "outer_signature_broken"


class OuterSignatureUnconfirmed(Reason):
    """There is another signature around the one that counts; it neither helps nor harms."""

    code = "outer_signature_present"


class FromMissing(Reason):
    """No From field: there is no sender whom a certificate could name (RFC 5322 §3.6.2 requires one)."""

    code = "from_missing"


class FromUnreadable(Reason):
    """A From field whose addresses cannot be told (RFC 5322 §3.4)."""

    code = "from_unreadable"


class FromSeveral(Reason):
    """Several From fields, where RFC 5322 §3.6 allows one: mail readers show one of them, not all the same."""

    code = "from_several_fields"
    addresses: tuple[str, ...]


class NameLooksLikeAddress(Reason):
    """A From field whose display name shows an address that the mail is not from; many mail readers show only names."""

    code = "name_looks_like_address"
    name: str
    address: str


class FromDiffers(Reason):
    """The protected From names somebody else than the one outside, which mail programs show (RFC 9788 §4.4)."""

    code = "from_differs"
    outer: tuple[str, ...]
    protected: tuple[str, ...]


class HeadersChanged(Reason):
    """Fields outside are others than the sender put there, as the protected ones tell."""

    code = "headers_changed"
    fields: tuple[str, ...]


class EncryptionRemoved(Reason):
    """`hp="cipher"` without an encryption (RFC 9788 §2.1): somebody who could open it has passed it on."""

    code = "encryption_removed"


class SubjectReadable(Reason):
    """The message was encrypted and its Subject was not."""

    code = "subject_readable"


class SentByAnother(Reason):
    """Sender names somebody who is not in From (RFC 5322 §3.6.2): a secretary, a mailing list, or a disguise."""

    code = "sent_by_another"
    sender: tuple[str, ...]


class RepliesGoElsewhere(Reason):
    """Reply-To names nobody in From (RFC 5322 §3.6.2), and no signature covers it."""

    code = "replies_go_elsewhere"
    reply_to: tuple[str, ...]


class RevocationNotChecked(Reason):
    """Nobody was asked whether the certificate was withdrawn."""

    code = "revocation_not_checked"


class RevocationPending(Reason):
    """It is being found out from the network whether the certificate was withdrawn; the verdict will be renewed."""

    code = "revocation_pending"


class IssuerPublished(Reason):
    """The certificate that is missing can be fetched from `server`, which is done only because a person says so."""

    code = "issuer_published"
    server: str


class FirstContact(Reason):
    """Nobody has signed for this address before, as far as this computer remembers."""

    code = "first_contact"
    address: str


class SignerKnown(Reason):
    """Signed with the key and by the authority known for this address."""

    code = "signer_known"
    address: str
    since: datetime


class SignerRenewed(Reason):
    """Another key than before, certified by the same authority: what a renewal looks like."""

    code = "signer_renewed"
    address: str
    issuer: str


class SignerNewAuthority(Reason):
    """The known key, certified by another authority than before."""

    code = "signer_new_authority"
    address: str
    issuer: str


class SignerKeyChanged(Reason):
    """Another key and another authority than before: a new provider, or somebody else."""

    code = "signer_key_changed"
    address: str
    issuer: str


class CertificateExpiredSince(Reason):
    """The certificate was good when this message was first opened here and has expired since: it stays good for it."""

    code = "certificate_expired_since"
    subject: str
    not_after: datetime
    first_opened: datetime


class CertificateExpiredSinceTimeStamp(Reason):
    """The certificate was good when a trusted authority stamped the signature, and has expired since."""

    code = "certificate_expired_since_time_stamp"
    subject: str
    not_after: datetime
    time_stamped: datetime
    authority: str


class SigningTimeDiffers(Reason):
    """The signer's clock and the message's Date are far apart. Drafts sent later do that, and so do replays."""

    code = "signing_time_differs"
    signing_time: datetime
    date: datetime


class EncryptedPart(Reason):
    """An encrypted entity that is only a part of the message, which is never decrypted unasked (EFAIL)."""

    code = "encrypted_part"


class EncryptionWeak(Reason):
    """It was decrypted, and others may be able to as well."""

    code = "encryption_weak"
    algorithms: tuple[str, ...]


class EncryptionNotAuthenticated(Reason):
    """Decrypted content that nobody signed and no tag protects: it can have been changed on the way."""

    code = "encryption_not_authenticated"


class ContentNotSupported(Reason):
    """A CMS content type, in an S/MIME part, that this version recognises and does not open."""

    code = "content_not_supported"
    content_type: str


class CertificatesOnly(Reason):
    """The part carries certificates and no signature (RFC 8551 §3.8)."""

    code = "certificates_only"


class OpenPgp(Reason):
    """OpenPGP, not S/MIME (RFC 3156)."""

    code = "openpgp_message"


class PecEnvelope(Reason):
    """Italian certified mail (PEC): the provider's envelope around the sender's mail (ETSI EN 319 532, RFC 6109)."""

    code = "pec_envelope"


class As2Message(Reason):
    """A message between companies' programs (AS2, RFC 4130), or a receipt for one."""

    code = "as2_message"


class TnefAttachment(Reason):
    """winmail.dat: attachments and formatting in a form that only Outlook reads (MS-OXTNEF)."""

    code = "tnef_attachment"


class TooManyLayers(Reason):
    """More S/MIME layers inside each other than are followed (`limits.NESTED_LAYERS`)."""

    code = "too_many_layers"
    limit: int
