"""Names that are permitted: the other side of the wrong chains."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from letterlock.trust import reasons as why
from letterlock.trust.path import build
from tests.trust.chains import NOW, anchored, certificates, issue, name, person, raw, tlv


def mailbox(address: str) -> x509.OtherName:
    return x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, address.encode()))


DIRECTORY = x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Muster AG")]))


@pytest.mark.parametrize(
    ("constraint", "named"),
    [
        (x509.RFC822Name("muster.example"), x509.RFC822Name("anna@MUSTER.example")),
        (x509.RFC822Name(".muster.example"), x509.RFC822Name("anna@a.b.muster.example")),
        (x509.RFC822Name("anna@muster.example"), x509.RFC822Name("anna@muster.example")),
        (x509.RFC822Name("xn--mller-kva.example"), mailbox("änne@xn--mller-kva.example")),
        (x509.RFC822Name("xn--mller-kva.example"), mailbox("änne@müller.example")),
        (x509.RFC822Name("muster.example"), x509.DNSName("anything.example")),
        (x509.DNSName("muster.example"), x509.DNSName("muster.example")),
        (x509.DNSName("muster.example"), x509.DNSName("a.b.muster.example")),
        (x509.DNSName(".muster.example"), x509.DNSName("a.muster.example")),
        (x509.UniformResourceIdentifier(".muster.example"), x509.UniformResourceIdentifier("http://a.muster.example/")),
        (x509.UniformResourceIdentifier("muster.example"), x509.UniformResourceIdentifier("ldap://muster.example:9/x")),
        (x509.IPAddress(ip_network("192.0.2.0/24")), x509.IPAddress(ip_address("192.0.2.255"))),
        (x509.IPAddress(ip_network("2001:db8::/32")), x509.IPAddress(ip_address("2001:db8::1"))),
        (DIRECTORY, x509.RFC822Name("anna@anywhere.example")),
    ],
    ids=str,
)
def test_permitted(constraint: x509.GeneralName, named: x509.GeneralName) -> None:
    """A name inside a permitted subtree of its form, or of a form that is not constrained."""
    root = issue("Root")
    ca = issue(name("Mail CA", "Muster AG"), root, extensions=[(x509.NameConstraints([constraint], None), True)])
    anna = person(name("Anna", "Muster AG"), ca, names=[named])  # type: ignore[arg-type]
    path = build(anna.certificate, certificates(ca), anchored(root), NOW)
    assert path.reasons == ()


def test_beside_an_excluded_subtree() -> None:
    """What is not excluded stays allowed, also when it ends with the same letters."""
    root = issue("Root")
    excluded = [x509.RFC822Name("muster.example"), x509.RFC822Name("bert@other.example"), x509.DNSName("a.example")]
    ca = issue("Mail CA", root, extensions=[(x509.NameConstraints(None, excluded), True)])
    names = [
        x509.RFC822Name("anna@evilmuster.example"),
        x509.RFC822Name("anna@mail.muster.example"),
        x509.RFC822Name("anna@other.example"),
        x509.DNSName("ba.example"),
    ]
    path = build(person("Anna", ca, names=names).certificate, certificates(ca), anchored(root), NOW)
    assert path.reasons == ()


def test_self_issued_authorities_are_not_constrained_but_persons_are() -> None:
    """A renewed key of the same authority need not obey its own constraints (RFC 5280 §6.1.3 b)."""
    root = issue("Root")
    constraint = x509.NameConstraints([DIRECTORY], None)
    old = issue("Mail CA", root, key_name="old mail", extensions=[(constraint, True)])
    new = issue("Mail CA", old, key_name="new mail")
    good = person(name("Anna", "Muster AG"), new)  # type: ignore[arg-type]
    assert build(good.certificate, certificates(old, new), anchored(root), NOW).reasons == ()
    bad = person(name("Anna", "Other AG"), new)  # type: ignore[arg-type]
    path = build(bad.certificate, certificates(old, new), anchored(root), NOW)
    assert path.reasons == (why.NameNotPermitted("Anna", "CN=Anna,O=Other AG", "Mail CA"),)


def test_an_address_in_the_subject_is_constrained_although_there_is_an_alternative_name() -> None:
    """We read it as the signer's address, so it obeys (stricter than RFC 5280 §4.2.1.10)."""
    root = issue("Root")
    constraint = x509.NameConstraints([x509.RFC822Name("muster.example")], None)
    ca = issue("Mail CA", root, extensions=[(constraint, True)])
    anna = person(name("Anna", EMAIL_ADDRESS="ceo@bank.example"), ca)  # type: ignore[arg-type]
    assert anna.certificate.addresses == ("anna@muster.example", "ceo@bank.example")
    path = build(anna.certificate, certificates(ca), anchored(root), NOW)
    assert path.reasons == (why.NameNotPermitted("Anna", "ceo@bank.example", "Mail CA"),)


def test_an_empty_subject_has_no_directory_name() -> None:
    """A certificate with an empty subject obeys a directory constraint (RFC 5280 §6.1.3 b)."""
    root = issue("Root")
    ca = issue("Mail CA", root, extensions=[(x509.NameConstraints([DIRECTORY], None), True)])
    anna = person(x509.Name([]), ca)  # type: ignore[arg-type]
    assert build(anna.certificate, certificates(ca), anchored(root), NOW).reasons == ()


def test_a_constraint_of_an_unknown_form_without_such_a_name() -> None:
    """A form nobody can compare does no harm where no name has it."""
    root = issue("Root")
    subtree = tlv(0x30, tlv(0x88, b"\x2a\x03"))
    ca = issue("Mail CA", root, extensions=[raw("2.5.29.30", tlv(0x30, tlv(0xA1, subtree)), critical=True)])
    assert build(person("Anna", ca).certificate, certificates(ca), anchored(root), NOW).reasons == ()
