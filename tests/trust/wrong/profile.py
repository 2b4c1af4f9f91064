"""A good path to somebody who may not sign mail, or not from this address (RFC 8550, S/MIME BR §7.1)."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from tests.trust.chains import (
    PERSON_USAGE,
    Issued,
    anchored,
    certificates,
    issue,
    name,
    person,
    raw,
    resigned,
    tlv,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca

MAIL = (ExtendedKeyUsageOID.EMAIL_PROTECTION,)
HERS = x509.RFC822Name("anna@muster.example")


def usage(*wrong: str, kind: str = "P-256", reported: tuple[str, ...]) -> Wrong:
    """A person whose key may do only this."""
    ca = mail_ca()
    anna = person("Anna", ca, kind=kind, usage=flaw(wrong, PERSON_USAGE))
    return below(ca, anna, why.KeyUsageNotSigning("Anna", reported))


@case
def encryption_half_of_an_rsa_pair(folder: Path) -> Wrong:
    """Of two RSA keys this is the one for encryption (RFC 8550 §4.4.2)."""
    return usage("key_encipherment", kind="RSA 2048", reported=("keyEncipherment",))


@case
def encryption_half_of_an_rsa_pair_with_data(folder: Path) -> Wrong:
    """The same with dataEncipherment, as S/MIME BR §7.1.2.3 e allows it there."""
    both = ("dataEncipherment", "keyEncipherment")
    return usage("key_encipherment", "data_encipherment", kind="RSA 2048", reported=both)


@case
def encryption_half_of_an_ec_pair(folder: Path) -> Wrong:
    """Of two EC keys this is the one for key agreement (RFC 8550 §4.4.2; S/MIME BR §7.1.2.3 e)."""
    return usage("key_agreement", reported=("keyAgreement",))


@case
def encryption_half_of_an_ec_pair_that_only_encrypts(folder: Path) -> Wrong:
    """The same with encipherOnly."""
    return usage("key_agreement", "encipher_only", reported=("encipherOnly", "keyAgreement"))


@case
def key_for_certificates_only(folder: Path) -> Wrong:
    """The key may sign certificates, which is no permission to sign mail."""
    return usage("key_cert_sign", reported=("keyCertSign",))


@case
def key_for_lists_only(folder: Path) -> Wrong:
    """The key may sign revocation lists."""
    return usage("crl_sign", reported=("cRLSign",))


@case
def key_for_nothing(folder: Path) -> Wrong:
    """The key usage is there and empty, which RFC 5280 §4.2.1.3 forbids."""
    ca = mail_ca()
    bits = flaw(b"\x03\x02\x07\x00", b"\x03\x02\x07\x80")
    anna = person("Anna", ca, usage=None, extensions=[raw("2.5.29.15", bits, critical=True)])
    return below(ca, anna, why.KeyUsageNotSigning("Anna", ()))


@case
def key_that_makes_no_signatures(folder: Path) -> Wrong:
    """An X25519 key only agrees on secrets (RFC 8410 §5)."""
    ca = mail_ca()
    return below(ca, person("Anna", ca, kind=flaw("X25519", "Ed25519")), why.KeyCannotSign("Anna", "X25519"))


@case
def key_of_a_kind_nobody_knows(folder: Path) -> Wrong:
    """The person's key has an algorithm that nobody knows."""
    ca = mail_ca()
    anna = person("Anna", ca)
    ec = bytes.fromhex("06072a8648ce3d02")
    tbs = anna.x509.tbs_certificate_bytes.replace(ec + b"\x01", ec + flaw(b"\x09", b"\x01"))
    odd = Certificate.parse(resigned(anna, tbs, ca.key))
    return below(ca, odd, why.KeyUnusable("Anna", "1.2.840.10045.2.9"))


@case
def rsa_key_short(folder: Path) -> Wrong:
    """The person has an RSA key of 1024 bits (RFC 8550 §4.2; S/MIME BR §6.1.5)."""
    ca = mail_ca()
    return below(ca, person("Anna", ca, kind=flaw("RSA 1024", "RSA 2048")), why.KeyWeak("Anna", "RSA 1024", 2048))


@case
def ec_key_short(folder: Path) -> Wrong:
    """The person has a key on a curve of 192 bits."""
    ca = mail_ca()
    return below(ca, person("Anna", ca, kind=flaw("P-192", "P-256")), why.KeyWeak("Anna", "EC P-192", 224))


# --- Purposes --------------------------------------------------------------------------------------------------


def purpose(wrong: x509.ObjectIdentifier, reported: str) -> Wrong:
    """A person certified for this purpose."""
    ca = mail_ca()
    anna = person("Anna", ca, purposes=flaw((wrong,), MAIL))
    return below(ca, anna, why.PurposeNotMail("Anna", (reported,)))


@case
def certified_as_a_server(folder: Path) -> Wrong:
    """A server's certificate signs no mail (RFC 8550 §4.4.4)."""
    return purpose(ExtendedKeyUsageOID.SERVER_AUTH, "serverAuth")


@case
def certified_as_a_client(folder: Path) -> Wrong:
    """A certificate for logging in signs no mail."""
    return purpose(ExtendedKeyUsageOID.CLIENT_AUTH, "clientAuth")


@case
def certified_for_code(folder: Path) -> Wrong:
    """A certificate for programs signs no mail."""
    return purpose(ExtendedKeyUsageOID.CODE_SIGNING, "codeSigning")


@case
def certified_for_time_stamps(folder: Path) -> Wrong:
    """A time-stamping authority signs no mail."""
    return purpose(ExtendedKeyUsageOID.TIME_STAMPING, "timeStamping")


@case
def certified_as_a_responder(folder: Path) -> Wrong:
    """An OCSP responder signs no mail."""
    return purpose(ExtendedKeyUsageOID.OCSP_SIGNING, "OCSPSigning")


@case
def certified_for_smart_card_logon(folder: Path) -> Wrong:
    """Windows' purpose for logging in is not mail."""
    return purpose(ExtendedKeyUsageOID.SMARTCARD_LOGON, "smartcardLogon")


@case
def certified_for_documents(folder: Path) -> Wrong:
    """A certificate for documents (RFC 9336) signs no mail."""
    return purpose(x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36"), "documentSigning")


@case
def certified_for_what_nobody_knows(folder: Path) -> Wrong:
    """A purpose of somebody's own is not mail."""
    return purpose(x509.ObjectIdentifier("1.3.6.1.4.1.99999.3"), "1.3.6.1.4.1.99999.3")


@case
def authority_certified_for_servers(folder: Path) -> Wrong:
    """The authority may certify servers only (S/MIME BR §7.1.2.2 g)."""
    ca = mail_ca(purposes=flaw((ExtendedKeyUsageOID.SERVER_AUTH,), MAIL))
    return below(ca, person("Anna", ca), why.IssuerPurposeNotMail("Mail CA", ("serverAuth",)))


@case
def upper_authority_certified_for_servers(folder: Path) -> Wrong:
    """The restriction of an authority further up holds as well."""
    upper = issue("Upper CA", issue("Root"), purposes=flaw((ExtendedKeyUsageOID.SERVER_AUTH,), MAIL))
    lower = issue("Lower CA", upper, purposes=MAIL)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.IssuerPurposeNotMail("Upper CA", ("serverAuth",)),
    )


# --- Addresses -------------------------------------------------------------------------------------------------


def sent_from(sender: str, anna: Issued, ca: Issued, reason: Reason) -> Wrong:
    return Wrong(anna.certificate, certificates(ca), anchored(issue("Root")), reason, sender=sender)


def named(wrong: list[x509.GeneralName], reported: tuple[str, ...], sender: str = "anna@muster.example") -> Wrong:
    """A person with these alternative names instead of the sender's address."""
    ca = mail_ca()
    mailbox = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, sender.encode()))
    right = x509.RFC822Name(sender) if sender.isascii() else mailbox
    anna = person("Anna", ca, names=flaw(wrong, [right]))
    reason = why.AddressNotNamed(sender, reported) if reported else why.NoAddressNamed("Anna")
    return sent_from(sender, anna, ca, reason)


@case
def address_of_somebody_else(folder: Path) -> Wrong:
    """Bert's certificate under Anna's address (RFC 8550 §3)."""
    return named([x509.RFC822Name("bert@muster.example")], ("bert@muster.example",))


@case
def address_at_another_host_of_the_same_name(folder: Path) -> Wrong:
    """The same local part elsewhere is another person."""
    return named([x509.RFC822Name("anna@other.example")], ("anna@other.example",))


@case
def address_at_the_host_above(folder: Path) -> Wrong:
    """A certificate for a host is none for the hosts below it."""
    return named([HERS], ("anna@muster.example",), "anna@mail.muster.example")


@case
def address_with_a_detail(folder: Path) -> Wrong:
    """Whether anna+letters goes to Anna is known to her host only."""
    return named([HERS], ("anna@muster.example",), "anna+letters@muster.example")


@case
def address_that_only_looks_the_same(folder: Path) -> Wrong:
    """The first letter of this SmtpUTF8Mailbox is Cyrillic."""
    text = "\u0430nna@muster.example"
    mailbox = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, text.encode()))
    return named([mailbox], (text,))


@case
def international_address_of_somebody_else(folder: Path) -> Wrong:
    """A SmtpUTF8Mailbox names one mailbox, with its letters as they are (RFC 9598 §5)."""
    other = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, "anne@müller.example".encode()))
    return named([other], ("anne@müller.example",), "änne@müller.example")


@case
def international_address_in_capitals(folder: Path) -> Wrong:
    """Case is folded for ASCII only: Ä and ä may be two mailboxes (RFC 9598 §5)."""
    other = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, "Änne@müller.example".encode()))
    return named([other], ("Änne@müller.example",), "änne@müller.example")


@case
def international_address_as_another_string(folder: Path) -> Wrong:
    """A SmtpUTF8Mailbox must be a UTF8String (RFC 9598 §3)."""
    mailbox = tlv(0x16, b"anna@muster.example")
    return named([x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), mailbox)], ())


@case
def address_as_a_web_address(folder: Path) -> Wrong:
    """mailto: is a URI and names no mailbox."""
    return named([x509.UniformResourceIdentifier("mailto:anna@muster.example")], ())


@case
def address_as_a_login_name(folder: Path) -> Wrong:
    """Windows' principal name looks like an address and is none."""
    upn = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), tlv(0x0C, b"anna@muster.example"))
    return named([upn], ())


@case
def only_the_host_is_named(folder: Path) -> Wrong:
    """A certificate for the host is none for its mailboxes."""
    return named([x509.DNSName("muster.example")], ())


@case
def no_address_at_all(folder: Path) -> Wrong:
    """The certificate names a person and no mailbox."""
    return named([], ())


@case
def address_as_the_common_name(folder: Path) -> Wrong:
    """A common name is text; RFC 8550 §3 reads emailAddress and the alternative names."""
    ca = mail_ca()
    anna = person("anna@muster.example", ca, names=flaw([], [HERS]))
    return sent_from("anna@muster.example", anna, ca, why.NoAddressNamed("anna@muster.example"))


@case
def legacy_address_of_somebody_else(folder: Path) -> Wrong:
    """The address in the subject counts, and it is another (RFC 8550 §3)."""
    ca = mail_ca()
    subject = name("Anna", EMAIL_ADDRESS=flaw("bert@muster.example", "anna@muster.example"))
    anna = person(subject, ca, address="")  # type: ignore[arg-type]
    reason = why.AddressNotNamed("anna@muster.example", ("bert@muster.example",))
    return sent_from("anna@muster.example", anna, ca, reason)
