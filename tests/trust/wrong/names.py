"""Names that an authority may not certify."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID

from letterlock.trust import reasons as why
from tests.trust.chains import (
    Issued,
    anchored,
    certificates,
    issue,
    name,
    person,
    raw,
    tlv,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


def constrained(
    permitted: Sequence[x509.GeneralName] | None = None, excluded: Sequence[x509.GeneralName] | None = None
) -> Issued:
    """An authority that may certify some names only; that is what is wrong in most cases here."""
    return mail_ca(extensions=flaw([(x509.NameConstraints(permitted, excluded), True)], []))


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
    root = issue("Narrow Root", extensions=flaw([(constraint, True)], []))
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
    ca = mail_ca(
        extensions=flaw([raw("2.5.29.30", tlv(0x30, tlv(0xA1, tlv(0x30, tlv(0x82, b"")))), critical=True)], [])
    )
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
    ca = mail_ca(extensions=flaw([raw("2.5.29.30", tlv(0x30, tlv(0xA1, subtree)), critical=True)], []))
    return below(ca, person("Anna", ca), why.NameConstraintUnsupported("Anna", "address", "Mail CA"))


@case
def address_that_is_not_ascii(folder: Path) -> Wrong:
    """An rfc822Name that cannot be read cannot be permitted either."""
    ca = constrained(permitted=[address("muster.example")])
    names = tlv(0x30, tlv(0x81, "ännchen@muster.example".encode()))
    anna = person("Anna", ca, address="", extensions=[raw("2.5.29.17", names)])
    return below(ca, anna, why.NameNotPermitted("Anna", "?", "Mail CA"))


# --- More forms ------------------------------------------------------------------------------------------------


@case
def every_address_excluded(folder: Path) -> Wrong:
    """An empty rfc822Name excludes every address."""
    empty = tlv(0x30, tlv(0xA1, tlv(0x30, tlv(0x81, b""))))
    ca = mail_ca(extensions=flaw([raw("2.5.29.30", empty, critical=True)], []))
    return below(ca, person("Anna", ca), why.NameExcluded("Anna", "anna@muster.example", "Mail CA"))


@case
def excluded_within_what_is_permitted(folder: Path) -> Wrong:
    """What is excluded stays so, also where more is permitted (RFC 5280 §4.2.1.10)."""
    ca = constrained([address("muster.example")], [address("anna@muster.example")])
    return below(ca, person("Anna", ca), why.NameExcluded("Anna", "anna@muster.example", "Mail CA"))


@case
def international_address_at_an_excluded_host(folder: Path) -> Wrong:
    """A host in its own letters is the excluded host in A-labels (RFC 9598 §6)."""
    ca = constrained(excluded=[address("xn--mller-kva.example")])
    mailbox = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, "änne@müller.example".encode()))
    anna = person("Anna", ca, names=[mailbox])
    return below(ca, anna, why.NameExcluded("Anna", "änne@müller.example", "Mail CA"))


@case
def excluded_host_with_a_dot_at_its_end(folder: Path) -> Wrong:
    """A dot at the end means the same host and does not lead around the exclusion."""
    ca = constrained(excluded=[address("muster.example")])
    anna = person("Anna", ca, address="anna@muster.example.")
    return below(ca, anna, why.NameExcluded("Anna", "anna@muster.example.", "Mail CA"))


@case
def constraint_that_is_no_address(folder: Path) -> Wrong:
    """ "@muster.example" is no form that a constraint can have: what it excludes is open, so nothing passes."""
    ca = constrained(excluded=[address("@muster.example")])
    return below(ca, person("Anna", ca), why.NameConstraintUnsupported("Anna", "address", "Mail CA"))


@case
def network_of_a_wrong_length(folder: Path) -> Wrong:
    """An excluded network of five octets is none."""
    network = tlv(0x30, tlv(0xA1, tlv(0x30, tlv(0x87, b"\xc0\x00\x02\x00\xff"))))
    ca = mail_ca(extensions=flaw([raw("2.5.29.30", network, critical=True)], []))
    anna = person("Anna", ca, names=[x509.IPAddress(ip_address("192.0.2.7"))])
    return below(ca, anna, why.NameConstraintUnsupported("Anna", "ip", "Mail CA"))


@case
def directory_name_among_the_alternatives(folder: Path) -> Wrong:
    """A directory name among the alternative names is constrained as the subject is."""
    ca = constrained(excluded=[directory(None, "Muster AG")])
    anna = person("Anna", ca, names=[directory("Anna", "Muster AG")])
    return below(ca, anna, why.NameExcluded("Anna", "CN=Anna,O=Muster AG", "Mail CA"))


@case
def subject_with_another_order(folder: Path) -> Wrong:
    """A subtree holds what begins as it does; the same parts in another order lie elsewhere."""
    wanted = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Anna"), x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Muster AG")]
    )
    ca = constrained(permitted=[x509.DirectoryName(wanted)])
    anna = person(name("Anna", "Muster AG"), ca)  # type: ignore[arg-type]
    return below(ca, anna, why.NameNotPermitted("Anna", "CN=Anna,O=Muster AG", "Mail CA"))


@case
def excluded_network_of_the_sixth_version(folder: Path) -> Wrong:
    """An IPv6 address in an excluded network."""
    ca = constrained(excluded=[x509.IPAddress(ip_network("2001:db8::/32"))])
    anna = person("Anna", ca, names=[x509.IPAddress(ip_address("2001:db8::7"))])
    return below(ca, anna, why.NameExcluded("Anna", "2001:0db8:0000:0000:0000:0000:0000:0007", "Mail CA"))


@case
def web_address_at_a_number(folder: Path) -> Wrong:
    """A URI whose host is an IP address cannot be shown to lie outside an excluded host (§4.2.1.10)."""
    ca = constrained(excluded=[x509.UniformResourceIdentifier("muster.example")])
    anna = person("Anna", ca, names=[x509.UniformResourceIdentifier("https://192.0.2.7/anna")])
    return below(ca, anna, why.NameNotPermitted("Anna", "https://192.0.2.7/anna", "Mail CA"))


@case
def web_address_with_a_misleading_user(folder: Path) -> Wrong:
    """What stands before an @ is no host."""
    ca = constrained(permitted=[x509.UniformResourceIdentifier("muster.example")])
    uri = "https://muster.example@evil.example/"
    anna = person("Anna", ca, names=[x509.UniformResourceIdentifier(uri)])
    return below(ca, anna, why.NameNotPermitted("Anna", uri, "Mail CA"))


@case
def registered_identifier_constrained(folder: Path) -> Wrong:
    """Nobody compares registered identifiers; where they are constrained, none passes."""
    identifier = x509.RegisteredID(x509.ObjectIdentifier("1.2.3.4"))
    ca = constrained(excluded=[identifier])
    anna = person("Anna", ca, names=[identifier])
    return below(ca, anna, why.NameConstraintUnsupported("Anna", "registered", "Mail CA"))
