"""What is forged or damaged."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import hashes

from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from tests.trust import openssl
from tests.trust.chains import (
    anchored,
    issue,
    key,
    person,
    raw,
    replaced,
    resigned,
    tlv,
)
from tests.trust.wrong.cases import Wrong, below, case, mail_ca


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
        anna.certificate, [], anchored(root), why.SignatureAlgorithmBroken("Anna", "RSA with MD5"), made_today=True
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
