"""Chains that are wrong in exactly one way each, with the exact reason that must be given.

Each case is a function that makes the chain; its docstring is the claim. `CASES` lists them all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate
from letterlock.trust.policies import InitialPolicies
from tests.trust import openssl
from tests.trust.chains import (
    DAY,
    NOW,
    Issued,
    anchored,
    certificates,
    issue,
    key,
    name,
    person,
    raw,
    replaced,
    resigned,
    tlv,
)


@dataclass(frozen=True)
class Wrong:
    """A chain, and the one reason for its refusal."""

    leaf: Certificate
    candidates: Sequence[Certificate]
    anchors: Sequence[Anchor]
    reason: Reason
    options: dict[str, Any] = field(default_factory=dict)


Case = Callable[[Path], Wrong]
CASES: list[Case] = []


def case(make: Case) -> Case:
    CASES.append(make)
    return make


def below(ca: Issued, leaf: Issued | Certificate, reason: Reason, root: Issued | None = None, **options: Any) -> Wrong:
    """The usual chain of three: root, one authority, a person."""
    leaf = leaf.certificate if isinstance(leaf, Issued) else leaf
    return Wrong(leaf, certificates(ca), anchored(root or issue("Root")), reason, options)


def mail_ca(root: Issued | None = None, **deviation: Any) -> Issued:
    return issue("Mail CA", root or issue("Root"), **deviation)


# --- Forged or damaged -----------------------------------------------------------------------------------------


@case
def signature_damaged(folder: Path) -> Wrong:
    """One bit of the signature on the person's certificate is turned."""
    ca = mail_ca()
    der = bytearray(person("Anna", ca).der)
    der[-1] ^= 1
    return below(ca, Certificate.parse(bytes(der)), why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def name_changed(folder: Path) -> Wrong:
    """Somebody else's name is written into a good certificate."""
    ca = mail_ca()
    forged = replaced(person("Anna", ca), b"Anna", b"Emma")
    return below(ca, forged, why.IssuerSignatureBroken("Emma", "Mail CA"))


@case
def authority_signature_damaged(folder: Path) -> Wrong:
    """The signature on the authority in the middle is turned by a bit; the one below is good."""
    ca = mail_ca()
    der = bytearray(ca.der)
    der[-1] ^= 1
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(bytes(der))],
        anchored(issue("Root")),
        why.IssuerSignatureBroken("Mail CA", "Root"),
    )


@case
def signed_by_somebody_else(folder: Path) -> Wrong:
    """The certificate names an issuer, and another key has signed it."""
    ca = mail_ca()
    forged = person("Anna", ca, signed_by=key("an attacker"), key_ids=False)
    return below(ca, forged, why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def signed_by_a_key_of_another_kind(folder: Path) -> Wrong:
    """The issuer has an EC key, and the signature is an RSA one."""
    ca = mail_ca()
    forged = person("Anna", ca, signed_by=key("an attacker", "RSA 2048"), key_ids=False)
    return below(ca, forged, why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def signed_by_itself_and_changed(folder: Path) -> Wrong:
    """A self-signed certificate whose name was changed afterwards, so that its own signature is broken."""
    forged = replaced(person("Anna", None), b"Anna", b"Emma", times=2)
    return Wrong(forged, [], anchored(issue("Root")), why.IssuerSignatureBroken("Emma", "Emma"))


@case
def two_signature_algorithms(folder: Path) -> Wrong:
    """The signed part names another algorithm than the part that nobody signed."""
    ca = mail_ca()
    anna = person("Anna", ca, digest=hashes.SHA384())
    der = resigned(anna, anna.x509.tbs_certificate_bytes, ca.key)
    return below(ca, Certificate.parse(der), why.CertificateMalformed("Anna", "signatureAlgorithm"))


@case
def signed_over_md5(folder: Path) -> Wrong:
    """OpenSSL signs with RSA and MD5, as in the rogue CA of 2008."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(folder, "Anna", root, "-md5", extensions=openssl.PERSON.format(address="anna@muster.example"))
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmBroken("Anna", "RSA with MD5"), {"time": None}
    )


@case
def basic_constraints_unreadable(folder: Path) -> Wrong:
    """The authority's basic constraints are no ASN.1."""
    ca = mail_ca(ca=None, extensions=[raw("2.5.29.19", b"\x30\x05\x01", critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "basic_constraints"))


@case
def negative_path_length(folder: Path) -> Wrong:
    """The authority's path length is negative."""
    ca = mail_ca(ca=None, extensions=[raw("2.5.29.19", bytes.fromhex("30060101ff0201ff"), critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "basic_constraints"))


@case
def key_usage_unreadable(folder: Path) -> Wrong:
    """The authority's key usage is an integer."""
    ca = mail_ca(usage=None, extensions=[raw("2.5.29.15", b"\x02\x01\x06", critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "key_usage"))


@case
def alternative_names_unreadable(folder: Path) -> Wrong:
    """The person's alternative names are cut off."""
    ca = mail_ca()
    anna = person("Anna", ca, address="", extensions=[raw("2.5.29.17", b"\x30\x10\x81\x03a@b")])
    return below(ca, anna, why.CertificateMalformed("Anna", "alternative_names"))


@case
def name_constraints_unreadable(folder: Path) -> Wrong:
    """The authority's name constraints have an element that is neither permitted nor excluded."""
    ca = mail_ca(extensions=[raw("2.5.29.30", b"\x30\x02\xa2\x00", critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "name_constraints"))


@case
def policies_named_twice(folder: Path) -> Wrong:
    """The same policy stands in the certificate twice, which RFC 5280 §4.2.1.4 forbids."""
    policy = tlv(0x30, tlv(0x06, b"\x2a\x03"))
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw("2.5.29.32", tlv(0x30, policy + policy))])
    return below(ca, anna, why.CertificateMalformed("Anna", "policies"))


@case
def no_purposes_at_all(folder: Path) -> Wrong:
    """The extended key usage is an empty list, which RFC 5280 §4.2.1.12 forbids."""
    ca = mail_ca()
    anna = person("Anna", ca, purposes=(), extensions=[raw("2.5.29.37", b"\x30\x00")])
    return below(ca, anna, why.CertificateMalformed("Anna", "purposes"))


@case
def extension_twice(folder: Path) -> Wrong:
    """Name constraints stand in the authority twice; readers would disagree on which of them count."""
    root = issue("Root")
    harmless, hidden = tlv(0x30, b""), tlv(0x30, b"")
    ca = mail_ca(root, extensions=[raw("2.5.29.30", harmless), raw("2.5.29.99", hidden)])
    der = resigned(ca, ca.x509.tbs_certificate_bytes.replace(b"\x55\x1d\x63", b"\x55\x1d\x1e"), root.key)
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(der)],
        anchored(root),
        why.CertificateMalformed("Mail CA", "name_constraints"),
    )


# --- Missing ---------------------------------------------------------------------------------------------------


@case
def authority_not_sent(folder: Path) -> Wrong:
    """The message carries the person's certificate only, and the reader knows just the root."""
    return Wrong(
        person("Anna", mail_ca()).certificate, [], anchored(issue("Root")), why.NoIssuerKnown("Anna", "Mail CA")
    )


@case
def middle_not_sent(folder: Path) -> Wrong:
    """One of two authorities between person and root is missing."""
    upper = issue("Upper CA", issue("Root"))
    lower = issue("Lower CA", upper)
    return below(lower, person("Anna", lower), why.NoIssuerKnown("Lower CA", "Upper CA"))


@case
def authority_renewed_its_key(folder: Path) -> Wrong:
    """The reader has an authority of the same name with another key, and the key identifiers say so: no forgery."""
    old, new = issue("Root", key_name="old"), issue("Root", key_name="new")
    return Wrong(person("Anna", new).certificate, [], anchored(old), why.NoIssuerKnown("Anna", "Root"))


@case
def root_not_accepted(folder: Path) -> Wrong:
    """The chain is complete, and the reader trusts another root."""
    other = issue("Other Root")
    ca = mail_ca()
    return Wrong(
        person("Anna", ca).certificate,
        certificates(issue("Root"), ca),
        anchored(other),
        why.RootNotTrusted("Root"),
    )


@case
def nobody_accepted(folder: Path) -> Wrong:
    """The reader trusts nobody at all."""
    ca = mail_ca()
    return Wrong(person("Anna", ca).certificate, certificates(ca, issue("Root")), [], why.RootNotTrusted("Root"))


@case
def vouches_for_itself(folder: Path) -> Wrong:
    """A person has signed the own certificate."""
    anna = person("Anna", None).certificate
    return Wrong(anna, [anna], anchored(issue("Root")), why.SelfSignedNotTrusted("Anna"))


@case
def authorities_in_a_circle(folder: Path) -> Wrong:
    """Two authorities certify each other, and nobody else certifies either."""
    east_root = issue("East")
    west = issue("West", east_root)
    east = issue("East", west)
    return Wrong(
        person("Anna", west).certificate, certificates(west, east), anchored(issue("Root")), why.PathLoops("East")
    )


@case
def too_many_authorities(folder: Path) -> Wrong:
    """Eleven certificates from person to anchor, where ten are followed."""
    root = issue("Root")
    line = [root]
    for number in range(9):
        line.append(issue(f"CA {number}", line[-1]))
    return Wrong(person("Anna", line[-1]).certificate, certificates(*line[1:]), anchored(root), why.PathTooLong(10))


@case
def authorities_in_a_tangle(folder: Path) -> Wrong:
    """Twelve authorities all certify each other: exponentially many ways, none of them to an anchor."""
    roots = [issue(f"Node {number}") for number in range(12)]
    tangle = [issue(child.x509.subject, parent) for child in roots for parent in roots if parent is not child]
    return Wrong(
        person("Anna", roots[0]).certificate,
        certificates(*tangle),
        anchored(issue("Root")),
        why.PathSearchExhausted(100),
        {"among": True},
    )


@case
def algorithm_unknown(folder: Path) -> Wrong:
    """The certificate is signed with an algorithm that nobody knows."""
    ca = mail_ca()
    ecdsa = bytes.fromhex("06082a8648ce3d0403")
    odd = replaced(person("Anna", ca), ecdsa + b"\x02", ecdsa + b"\x09", times=2)
    return below(ca, odd, why.SignatureAlgorithmUnknown("Anna", "1.2.840.10045.4.3.9"))


@case
def key_unknown(folder: Path) -> Wrong:
    """The authority's key is of a kind that nobody knows."""
    root = issue("Root")
    ca = mail_ca(root)
    ec = bytes.fromhex("06072a8648ce3d02")
    tbs = ca.x509.tbs_certificate_bytes.replace(ec + b"\x01", ec + b"\x09")
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(resigned(ca, tbs, root.key))],
        anchored(root),
        why.KeyUnusable("Mail CA", "1.2.840.10045.2.9"),
    )


# --- Forbidden -------------------------------------------------------------------------------------------------


@case
def issued_by_a_person(folder: Path) -> Wrong:
    """Bert has an ordinary certificate and issues one for Anna (the attack of Marlinspike, 2002)."""
    ca = mail_ca()
    bert = person("Bert", ca, usage=None)
    return Wrong(
        person("Anna", bert).certificate,
        certificates(ca, bert),
        anchored(issue("Root")),
        why.IssuerNotACa("Anna", "Bert"),
    )


@case
def issuer_says_nothing_of_authority(folder: Path) -> Wrong:
    """The issuer's certificate has no basic constraints."""
    ca = mail_ca(ca=None)
    return below(ca, person("Anna", ca), why.IssuerNotACa("Anna", "Mail CA"))


@case
def issuer_of_version_1(folder: Path) -> Wrong:
    """The issuer's certificate, made by OpenSSL without extensions, has version 1."""
    root = issue("RSA Root", kind="RSA 2048")
    old = openssl.signed(folder, "Old CA", root, "-sha256", extensions=None)
    assert old.certificate.version == 1
    leaf = person("Anna", old, not_after=NOW + 40 * 365 * DAY)
    return Wrong(
        leaf.certificate, [old.certificate], anchored(root), why.IssuerNotACa("Anna", "Old CA"), {"time": None}
    )


@case
def issuer_of_version_1_with_extensions(folder: Path) -> Wrong:
    """A certificate of version 1 cannot have extensions, so those it has make it no authority."""
    root = issue("Root")
    ca = mail_ca(root)
    version = bytes.fromhex("a0030201")
    tbs = ca.x509.tbs_certificate_bytes.replace(version + b"\x02", version + b"\x00")
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(resigned(ca, tbs, root.key))],
        anchored(root),
        why.IssuerNotACa("Anna", "Mail CA"),
    )


@case
def pinned_person_issues(folder: Path) -> Wrong:
    """The reader has pinned Bert's certificate; that does not let Bert speak for Anna."""
    bert = person("Bert", None, usage=None)
    return Wrong(person("Anna", bert).certificate, [], anchored(bert), why.IssuerNotACa("Anna", "Bert"))


@case
def authority_may_not_sign_certificates(folder: Path) -> Wrong:
    """The authority's key usage lacks keyCertSign."""
    ca = mail_ca(usage=("crl_sign",))
    return below(ca, person("Anna", ca), why.IssuerMayNotCertify("Anna", "Mail CA"))


@case
def anchor_may_not_sign_certificates(folder: Path) -> Wrong:
    """The anchor's key usage lacks keyCertSign."""
    root = issue("Root", usage=("digital_signature",))
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.IssuerMayNotCertify("Anna", "Root"))


@case
def authority_below_an_anchor_that_allows_none(folder: Path) -> Wrong:
    """The anchor allows no authority below it."""
    root = issue("Root", path_length=0)
    ca = mail_ca(root)
    return below(ca, person("Anna", ca), why.PathLengthExceeded("Root", 0), root)


@case
def authority_below_one_that_allows_none(folder: Path) -> Wrong:
    """An authority in the middle allows none below it; the anchor would."""
    root = issue("Root", path_length=5)
    upper = issue("Upper CA", root, path_length=0)
    lower = issue("Lower CA", upper)
    return Wrong(
        person("Anna", lower).certificate,
        certificates(upper, lower),
        anchored(root),
        why.PathLengthExceeded("Upper CA", 0),
    )


@case
def path_length_cannot_be_raised(folder: Path) -> Wrong:
    """A lower authority grants itself a longer path than the one above has left."""
    root = issue("Root", path_length=1)
    line = [issue("CA 1", root)]
    line.append(issue("CA 2", line[-1], path_length=7))
    return Wrong(
        person("Anna", line[-1]).certificate,
        certificates(*line),
        anchored(root),
        why.PathLengthExceeded("Root", 1),
    )


@case
def unknown_critical_extension_of_a_person(folder: Path) -> Wrong:
    """The person's certificate has a critical extension nobody knows."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_an_authority(folder: Path) -> Wrong:
    """The authority's certificate has a critical extension nobody knows."""
    ca = mail_ca(extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
    return below(ca, person("Anna", ca), why.UnknownCriticalExtension("Mail CA", "1.3.6.1.4.1.99999.1"))


@case
def unknown_critical_extension_of_the_anchor(folder: Path) -> Wrong:
    """The anchor restricts itself in a way nobody knows (RFC 5937 §3.2)."""
    root = issue("Root", extensions=[raw("1.3.6.1.4.1.99999.1", b"\x05\x00", critical=True)])
    return Wrong(
        person("Anna", root).certificate,
        [],
        anchored(root),
        why.UnknownCriticalExtension("Root", "1.3.6.1.4.1.99999.1"),
    )


@case
def precertificate(folder: Path) -> Wrong:
    """A Certificate Transparency precertificate is no certificate: its poison is critical (RFC 6962 §3.1)."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[(x509.PrecertPoison(), True)])
    return below(ca, anna, why.UnknownCriticalExtension("Anna", "1.3.6.1.4.1.11129.2.4.3"))


# --- Names -----------------------------------------------------------------------------------------------------


def constrained(
    permitted: Sequence[x509.GeneralName] | None = None, excluded: Sequence[x509.GeneralName] | None = None
) -> Issued:
    """An authority that may certify some names only."""
    return mail_ca(extensions=[(x509.NameConstraints(permitted, excluded), True)])


def address(text: str) -> x509.GeneralName:
    return x509.RFC822Name(text)


@case
def address_at_an_excluded_host(folder: Path) -> Wrong:
    """The authority must not certify addresses at this host."""
    ca = constrained(excluded=[address("muster.example")])
    return below(ca, person("Anna", ca), why.NameExcluded("Anna", "anna@muster.example", "Mail CA"))


@case
def excluded_address(folder: Path) -> Wrong:
    """The authority must not certify this one mailbox."""
    ca = constrained(excluded=[address("anna@muster.example")])
    return below(ca, person("Anna", ca), why.NameExcluded("Anna", "anna@muster.example", "Mail CA"))


@case
def excluded_address_in_capitals(folder: Path) -> Wrong:
    """Capital letters do not lead around an excluded mailbox, because they do not make another address for us."""
    ca = constrained(excluded=[address("anna@muster.example")])
    anna = person("Anna", ca, address="Anna@Muster.Example")
    return below(ca, anna, why.NameExcluded("Anna", "Anna@Muster.Example", "Mail CA"))


@case
def address_in_an_excluded_domain(folder: Path) -> Wrong:
    """The authority must not certify addresses at hosts of this domain."""
    ca = constrained(excluded=[address(".muster.example")])
    anna = person("Anna", ca, address="anna@mail.muster.example")
    return below(ca, anna, why.NameExcluded("Anna", "anna@mail.muster.example", "Mail CA"))


@case
def address_at_another_host(folder: Path) -> Wrong:
    """The authority may certify addresses at one host only, and this one is elsewhere."""
    ca = constrained(permitted=[address("muster.example")])
    anna = person("Anna", ca, address="anna@other.example")
    return below(ca, anna, why.NameNotPermitted("Anna", "anna@other.example", "Mail CA"))


@case
def address_at_a_host_below(folder: Path) -> Wrong:
    """A permitted host without a dot does not permit the hosts below it (RFC 5280 §4.2.1.10)."""
    ca = constrained(permitted=[address("muster.example")])
    anna = person("Anna", ca, address="anna@mail.muster.example")
    return below(ca, anna, why.NameNotPermitted("Anna", "anna@mail.muster.example", "Mail CA"))


@case
def address_at_the_domain_itself(folder: Path) -> Wrong:
    """A permitted domain with a dot does not permit the host of that name (RFC 5280 §4.2.1.10)."""
    ca = constrained(permitted=[address(".muster.example")])
    return below(ca, person("Anna", ca), why.NameNotPermitted("Anna", "anna@muster.example", "Mail CA"))


@case
def address_at_a_host_that_only_ends_so(folder: Path) -> Wrong:
    """evilmuster.example does not lie in .muster.example."""
    ca = constrained(permitted=[address(".muster.example")])
    anna = person("Anna", ca, address="anna@evilmuster.example")
    return below(ca, anna, why.NameNotPermitted("Anna", "anna@evilmuster.example", "Mail CA"))


@case
def second_address_elsewhere(folder: Path) -> Wrong:
    """One of the two addresses is permitted; each must be."""
    ca = constrained(permitted=[address("muster.example")])
    anna = person("Anna", ca, names=[address("anna@muster.example"), address("ceo@bank.example")])
    return below(ca, anna, why.NameNotPermitted("Anna", "ceo@bank.example", "Mail CA"))


@case
def address_hidden_in_the_subject(folder: Path) -> Wrong:
    """A legacy address in the subject is constrained although there are alternative names."""
    ca = constrained(permitted=[address("muster.example")])
    anna = person(name("Anna", EMAIL_ADDRESS="ceo@bank.example"), ca)  # type: ignore[arg-type]
    return below(ca, anna, why.NameNotPermitted("Anna", "ceo@bank.example", "Mail CA"))


@case
def international_address_elsewhere(folder: Path) -> Wrong:
    """A SmtpUTF8Mailbox obeys the constraints for rfc822Name (RFC 9598 §6)."""
    ca = constrained(permitted=[address("muster.example")])
    mailbox = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, "änne@other.example".encode()))
    return below(
        ca,
        person("Anna", ca, names=[mailbox]),
        why.NameNotPermitted("Anna", "änne@other.example", "Mail CA"),
    )


@case
def constrained_by_the_anchor(folder: Path) -> Wrong:
    """The anchor's own name constraints hold, also two levels down (RFC 5937 §3.2)."""
    constraint = x509.NameConstraints([address("muster.example")], None)
    root = issue("Narrow Root", extensions=[(constraint, True)])
    ca = issue("Mail CA", root)
    anna = person("Anna", ca, address="anna@other.example")
    return below(ca, anna, why.NameNotPermitted("Anna", "anna@other.example", "Narrow Root"), root)


@case
def constraints_cannot_be_widened(folder: Path) -> Wrong:
    """A lower authority permits itself a host that the upper one does not."""
    upper = constrained(permitted=[address("muster.example")])
    wide = x509.NameConstraints([address("other.example")], None)
    lower = issue("Lower CA", upper, extensions=[(wide, True)])
    return Wrong(
        person("Anna", lower, address="anna@other.example").certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.NameNotPermitted("Anna", "anna@other.example", "Mail CA"),
    )


def directory(common_name: str | None, organisation: str) -> x509.GeneralName:
    attributes = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation)]
    if common_name:
        attributes.append(x509.NameAttribute(NameOID.COMMON_NAME, common_name))
    return x509.DirectoryName(x509.Name(attributes))


@case
def subject_outside_the_directory(folder: Path) -> Wrong:
    """The authority may certify people of one organisation only."""
    ca = constrained(permitted=[directory(None, "Muster AG")])
    anna = person(name("Anna", "Other AG"), ca)  # type: ignore[arg-type]
    return below(ca, anna, why.NameNotPermitted("Anna", "CN=Anna,O=Other AG", "Mail CA"))


@case
def subject_in_an_excluded_directory(folder: Path) -> Wrong:
    """The authority must not certify people of this organisation; case and spaces do not lead around it."""
    ca = constrained(excluded=[directory(None, "Muster AG")])
    anna = person(name("Anna", "MUSTER  ag"), ca)  # type: ignore[arg-type]
    return below(ca, anna, why.NameExcluded("Anna", "CN=Anna,O=MUSTER  ag", "Mail CA"))


@case
def authority_outside_the_directory(folder: Path) -> Wrong:
    """The constraint holds for the names of authorities below, too."""
    upper = constrained(permitted=[directory(None, "Muster AG")])
    lower = issue(name("Lower CA", "Other AG"), upper)
    return Wrong(
        person(name("Anna", "Muster AG"), lower).certificate,  # type: ignore[arg-type]
        certificates(upper, lower),
        anchored(issue("Root")),
        why.NameNotPermitted("Lower CA", "CN=Lower CA,O=Other AG", "Mail CA"),
    )


@case
def excluded_host_name(folder: Path) -> Wrong:
    """A DNS name below an excluded one."""
    ca = constrained(excluded=[x509.DNSName("muster.example")])
    anna = person("Anna", ca, names=[x509.DNSName("www.muster.example")])
    return below(ca, anna, why.NameExcluded("Anna", "www.muster.example", "Mail CA"))


@case
def host_name_not_permitted(folder: Path) -> Wrong:
    """A DNS name outside the permitted ones, though it ends with the same letters."""
    ca = constrained(permitted=[x509.DNSName("muster.example")])
    anna = person("Anna", ca, names=[x509.DNSName("evilmuster.example")])
    return below(ca, anna, why.NameNotPermitted("Anna", "evilmuster.example", "Mail CA"))


@case
def every_host_name_excluded(folder: Path) -> Wrong:
    """An empty DNS constraint excludes every DNS name, as public CAs use it (S/MIME BR §7.1.5)."""
    ca = mail_ca(extensions=[raw("2.5.29.30", tlv(0x30, tlv(0xA1, tlv(0x30, tlv(0x82, b"")))), critical=True)])
    anna = person("Anna", ca, names=[x509.DNSName("www.muster.example")])
    return below(ca, anna, why.NameExcluded("Anna", "www.muster.example", "Mail CA"))


@case
def excluded_web_address(folder: Path) -> Wrong:
    """A URI at an excluded host."""
    ca = constrained(excluded=[x509.UniformResourceIdentifier("muster.example")])
    uri = "https://muster.example/anna"
    return below(
        ca,
        person("Anna", ca, names=[x509.UniformResourceIdentifier(uri)]),
        why.NameExcluded("Anna", uri, "Mail CA"),
    )


@case
def web_address_without_host(folder: Path) -> Wrong:
    """A URI without a host cannot be shown to lie outside an excluded one."""
    ca = constrained(excluded=[x509.UniformResourceIdentifier("muster.example")])
    anna = person("Anna", ca, names=[x509.UniformResourceIdentifier("urn:anna")])
    return below(ca, anna, why.NameNotPermitted("Anna", "urn:anna", "Mail CA"))


@case
def excluded_network(folder: Path) -> Wrong:
    """An IP address in an excluded network."""
    ca = constrained(excluded=[x509.IPAddress(ip_network("192.0.2.0/24"))])
    anna = person("Anna", ca, names=[x509.IPAddress(ip_address("192.0.2.7"))])
    return below(ca, anna, why.NameExcluded("Anna", "192.0.2.7", "Mail CA"))


@case
def address_of_the_other_protocol(folder: Path) -> Wrong:
    """An IPv6 address where only an IPv4 network is permitted."""
    ca = constrained(permitted=[x509.IPAddress(ip_network("192.0.2.0/24"))])
    anna = person("Anna", ca, names=[x509.IPAddress(ip_address("2001:db8::7"))])
    return below(ca, anna, why.NameNotPermitted("Anna", "2001:0db8:0000:0000:0000:0000:0000:0007", "Mail CA"))


@case
def constraint_of_a_form_nobody_compares(folder: Path) -> Wrong:
    """An authority restricts other names, and the certificate has one (RFC 5280 §4.2.1.10: process or reject)."""
    upn = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.4.1.311.20.2.3"), tlv(0x0C, b"anna@muster.example"))
    ca = constrained(excluded=[upn])
    return below(ca, person("Anna", ca, names=[upn]), why.NameConstraintUnsupported("Anna", "other", "Mail CA"))


@case
def constraint_with_a_minimum(folder: Path) -> Wrong:
    """A subtree that begins two levels down, which RFC 5280 forbids."""
    subtree = tlv(0x30, tlv(0x81, b"muster.example") + tlv(0x80, b"\x02"))
    ca = mail_ca(extensions=[raw("2.5.29.30", tlv(0x30, tlv(0xA1, subtree)), critical=True)])
    return below(ca, person("Anna", ca), why.NameConstraintUnsupported("Anna", "address", "Mail CA"))


@case
def address_that_is_not_ascii(folder: Path) -> Wrong:
    """An rfc822Name that cannot be read cannot be permitted either."""
    ca = constrained(permitted=[address("muster.example")])
    names = tlv(0x30, tlv(0x81, "ännchen@muster.example".encode()))
    anna = person("Anna", ca, address="", extensions=[raw("2.5.29.17", names)])
    return below(ca, anna, why.NameNotPermitted("Anna", "?", "Mail CA"))


# --- Policies --------------------------------------------------------------------------------------------------


def policies(*oids: str) -> tuple[x509.ExtensionType, bool]:
    return x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(oid), None) for oid in oids]), False


ONE, TWO, ANY = "1.2.3.1", "1.2.3.2", "2.5.29.32.0"
REQUIRED = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=None), True)


def mapping(*pairs: tuple[str, str]) -> tuple[x509.ExtensionType, bool]:
    value = b"".join(tlv(0x30, _oid(issuer) + _oid(subject)) for issuer, subject in pairs)
    return raw("2.5.29.33", tlv(0x30, value), critical=True)


def _oid(dotted: str) -> bytes:
    first, second, *rest = map(int, dotted.split("."))
    return tlv(0x06, bytes((first * 40 + second, *rest)))


@case
def policy_required_and_absent(folder: Path) -> Wrong:
    """The authority requires a policy, and the person's certificate has none."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED])
    return below(ca, person("Anna", ca), why.PolicyNotAcceptable("Anna"))


@case
def policy_required_and_another(folder: Path) -> Wrong:
    """The authority requires a policy and stands for another than the person's certificate."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED])
    return below(ca, person("Anna", ca, extensions=[policies(TWO)]), why.PolicyNotAcceptable("Anna"))


@case
def policy_not_the_readers(folder: Path) -> Wrong:
    """The reader accepts another policy than the one that holds."""
    ca = mail_ca(extensions=[policies(ONE)])
    wanted = InitialPolicies(acceptable=frozenset({TWO}), explicit_policy=True)
    anna = person("Anna", ca, extensions=[policies(ONE)])
    return below(ca, anna, why.PolicyNotAcceptable("Anna"), policies=wanted)


@case
def any_policy_mapped(folder: Path) -> Wrong:
    """An authority equates its policy with any policy."""
    ca = mail_ca(extensions=[policies(ONE, ANY), mapping((ONE, ANY))])
    return below(ca, person("Anna", ca, extensions=[policies(ONE)]), why.PolicyMappingOfAny("Mail CA"))


@case
def mapping_inhibited(folder: Path) -> Wrong:
    """An upper authority forbids the mapping that a lower one does."""
    no_mapping = (x509.PolicyConstraints(require_explicit_policy=0, inhibit_policy_mapping=0), True)
    upper = issue("Upper CA", issue("Root"), extensions=[policies(ONE), no_mapping])
    lower = issue("Lower CA", upper, extensions=[policies(ONE), mapping((ONE, TWO))])
    return Wrong(
        person("Anna", lower, extensions=[policies(TWO)]).certificate,
        certificates(upper, lower),
        anchored(issue("Root")),
        why.PolicyNotAcceptable("Anna"),
    )


@case
def any_policy_inhibited(folder: Path) -> Wrong:
    """An upper authority forbids anyPolicy, and the person's certificate has nothing else."""
    ca = mail_ca(extensions=[policies(ONE), REQUIRED, (x509.InhibitAnyPolicy(0), True)])
    return below(ca, person("Anna", ca, extensions=[policies(ANY)]), why.PolicyNotAcceptable("Anna"))


# --- Run out ---------------------------------------------------------------------------------------------------


@case
def expired(folder: Path) -> Wrong:
    """The person's certificate ended a day ago."""
    ca = mail_ca()
    anna = person("Anna", ca, not_after=NOW - DAY)
    return below(ca, anna, why.CertificateExpired("Anna", NOW - DAY, NOW))


@case
def not_yet_valid(folder: Path) -> Wrong:
    """The person's certificate begins tomorrow."""
    ca = mail_ca()
    anna = person("Anna", ca, not_before=NOW + DAY)
    return below(ca, anna, why.CertificateNotYetValid("Anna", NOW + DAY, NOW))


@case
def authority_expired(folder: Path) -> Wrong:
    """The authority's certificate ended a day ago."""
    ca = mail_ca(not_after=NOW - DAY)
    return below(ca, person("Anna", ca), why.CertificateExpired("Mail CA", NOW - DAY, NOW))


@case
def authority_not_yet_valid(folder: Path) -> Wrong:
    """The authority's certificate begins tomorrow."""
    ca = mail_ca(not_before=NOW + DAY)
    return below(ca, person("Anna", ca), why.CertificateNotYetValid("Mail CA", NOW + DAY, NOW))


@case
def anchor_expired(folder: Path) -> Wrong:
    """The anchor's own days are over."""
    root = issue("Root", not_after=NOW - DAY)
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorExpired("Root", NOW - DAY, NOW))


@case
def anchor_not_yet_valid(folder: Path) -> Wrong:
    """The anchor's own first day is still to come."""
    root = issue("Root", not_before=NOW + DAY)
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.AnchorNotYetValid("Root", NOW + DAY, NOW))


@case
def pinned_person_expired(folder: Path) -> Wrong:
    """A pinned certificate is believed within its own days only."""
    anna = person("Anna", None, not_after=NOW - DAY)
    return Wrong(anna.certificate, [], anchored(anna), why.CertificateExpired("Anna", NOW - DAY, NOW))


# --- Weak ------------------------------------------------------------------------------------------------------


@case
def signed_over_sha1(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA and SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(
        folder, "Anna", root, "-sha1", extensions=openssl.PERSON.format(address="anna@muster.example")
    )
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA with SHA-1"), {"time": None}
    )


@case
def signed_over_sha1_with_pss(folder: Path) -> Wrong:
    """OpenSSL signs the person's certificate with RSA-PSS and its default digest, SHA-1."""
    root = issue("RSA Root", kind="RSA 2048")
    options = ("-sha1", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:20")
    anna = openssl.signed(folder, "Anna", root, *options, extensions=openssl.PERSON.format(address="a@muster.example"))
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "RSA-PSS with SHA-1"), {"time": None}
    )


@case
def signed_with_dsa(folder: Path) -> Wrong:
    """The authority has a DSA key."""
    root = issue("DSA Root", kind="DSA 2048")
    return Wrong(
        person("Anna", root).certificate, [], anchored(root), why.SignatureAlgorithmWeak("Anna", "DSA with SHA-256")
    )


@case
def anchor_key_short(folder: Path) -> Wrong:
    """The anchor has an RSA key of 1024 bits."""
    root = issue("Small Root", kind="RSA 1024")
    return Wrong(person("Anna", root).certificate, [], anchored(root), why.KeyWeak("Small Root", "RSA 1024", 2048))


@case
def authority_key_short(folder: Path) -> Wrong:
    """The authority has a key on a curve of 192 bits."""
    ca = issue("Small CA", issue("Root"), kind="P-192")
    return below(ca, person("Anna", ca), why.KeyWeak("Small CA", "EC P-192", 224))
