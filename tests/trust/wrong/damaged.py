"""What is forged or damaged."""

from __future__ import annotations

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from letterlock.trust import reasons as why
from letterlock.trust.certificate import Certificate
from tests.trust import openssl
from tests.trust.chains import (
    anchored,
    certificates,
    issue,
    key,
    person,
    raw,
    replaced,
    resigned,
    tlv,
)
from tests.trust.wrong.cases import Wrong, below, case, flaw, mail_ca


@case
def signature_damaged(folder: Path) -> Wrong:
    """One bit of the signature on the person's certificate is turned."""
    ca = mail_ca()
    der = bytearray(person("Anna", ca).der)
    der[-1] ^= flaw(1, 0)
    return below(ca, Certificate.parse(bytes(der)), why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def name_changed(folder: Path) -> Wrong:
    """Somebody else's name is written into a good certificate."""
    ca = mail_ca()
    forged = replaced(person("Anna", ca), b"Anna", flaw(b"Emma", b"Anna"))
    return below(ca, forged, why.IssuerSignatureBroken("Emma", "Mail CA"))


@case
def authority_signature_damaged(folder: Path) -> Wrong:
    """The signature on the authority in the middle is turned by a bit; the one below is good."""
    ca = mail_ca()
    der = bytearray(ca.der)
    der[-1] ^= flaw(1, 0)
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
    forged = person("Anna", ca, signed_by=flaw(key("an attacker"), ca.key), key_ids=False)
    return below(ca, forged, why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def signed_by_a_key_of_another_kind(folder: Path) -> Wrong:
    """The issuer has an EC key, and the signature is an RSA one."""
    ca = mail_ca()
    forged = person("Anna", ca, signed_by=flaw(key("an attacker", "RSA 2048"), ca.key), key_ids=False)
    return below(ca, forged, why.IssuerSignatureBroken("Anna", "Mail CA"))


@case
def signed_by_itself_and_changed(folder: Path) -> Wrong:
    """A pinned self-signed certificate whose name was changed afterwards, so that its own signature is broken."""
    anna = person("Anna", None)
    forged = replaced(anna, b"Anna", flaw(b"Emma", b"Anna"), times=2)
    return Wrong(forged, [], anchored(anna), why.IssuerSignatureBroken("Emma", "Emma"))


@case
def two_signature_algorithms(folder: Path) -> Wrong:
    """The signed part names another algorithm than the part that nobody signed."""
    ca = mail_ca()
    anna = person("Anna", ca, digest=flaw(hashes.SHA384(), hashes.SHA256()))
    der = resigned(anna, anna.x509.tbs_certificate_bytes, ca.key)
    return below(ca, Certificate.parse(der), why.CertificateMalformed("Anna", "signatureAlgorithm"))


@case
def signed_over_md5(folder: Path) -> Wrong:
    """OpenSSL signs with RSA and MD5, as in the rogue CA of 2008."""
    root = issue("RSA Root", kind="RSA 2048")
    anna = openssl.signed(
        folder, "Anna", root, flaw("-md5", "-sha256"), extensions=openssl.PERSON.format(address="anna@muster.example")
    )
    return Wrong(
        anna.certificate, [], anchored(root), why.SignatureAlgorithmBroken("Anna", "RSA with MD5"), made_today=True
    )


@case
def basic_constraints_unreadable(folder: Path) -> Wrong:
    """The authority's basic constraints are no ASN.1."""
    ca = mail_ca(ca=None, extensions=[raw("2.5.29.19", flaw(b"\x30\x05\x01", b"\x30\x03\x01\x01\xff"), critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "basic_constraints"))


@case
def negative_path_length(folder: Path) -> Wrong:
    """The authority's path length is negative."""
    ca = mail_ca(
        ca=None,
        extensions=[raw("2.5.29.19", bytes.fromhex(flaw("30060101ff0201ff", "30060101ff020100")), critical=True)],
    )
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "basic_constraints"))


@case
def key_usage_unreadable(folder: Path) -> Wrong:
    """The authority's key usage is an integer."""
    ca = mail_ca(usage=None, extensions=[raw("2.5.29.15", flaw(b"\x02\x01\x06", b"\x03\x02\x01\x06"), critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "key_usage"))


@case
def alternative_names_unreadable(folder: Path) -> Wrong:
    """The person's alternative names are cut off."""
    ca = mail_ca()
    anna = person(
        "Anna", ca, address="", extensions=[raw("2.5.29.17", flaw(b"\x30\x10\x81\x03a@b", b"\x30\x05\x81\x03a@b"))]
    )
    return below(ca, anna, why.CertificateMalformed("Anna", "alternative_names"))


@case
def name_constraints_unreadable(folder: Path) -> Wrong:
    """The authority's name constraints have an element that is neither permitted nor excluded."""
    ca = mail_ca(extensions=[raw("2.5.29.30", flaw(b"\x30\x02\xa2\x00", b"\x30\x02\xa1\x00"), critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "name_constraints"))


@case
def policies_named_twice(folder: Path) -> Wrong:
    """The same policy stands in the certificate twice, which RFC 5280 §4.2.1.4 forbids."""
    policy = tlv(0x30, tlv(0x06, b"\x2a\x03"))
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw("2.5.29.32", tlv(0x30, policy + flaw(policy, b"")))])
    return below(ca, anna, why.CertificateMalformed("Anna", "policies"))


@case
def no_purposes_at_all(folder: Path) -> Wrong:
    """The extended key usage is an empty list, which RFC 5280 §4.2.1.12 forbids."""
    ca = mail_ca()
    anna = person(
        "Anna",
        ca,
        purposes=(),
        extensions=[raw("2.5.29.37", flaw(b"\x30\x00", bytes.fromhex("300a06082b06010505070304")))],
    )
    return below(ca, anna, why.CertificateMalformed("Anna", "purposes"))


@case
def extension_twice(folder: Path) -> Wrong:
    """Name constraints stand in the authority twice; readers would disagree on which of them count."""
    root = issue("Root")
    harmless, hidden = tlv(0x30, b""), tlv(0x30, b"")
    ca = mail_ca(root, extensions=[raw("2.5.29.30", harmless), raw("2.5.29.99", hidden)])
    der = resigned(
        ca, ca.x509.tbs_certificate_bytes.replace(b"\x55\x1d\x63", flaw(b"\x55\x1d\x1e", b"\x55\x1d\x63")), root.key
    )
    return Wrong(
        person("Anna", ca).certificate,
        [Certificate.parse(der)],
        anchored(root),
        why.CertificateMalformed("Mail CA", "name_constraints"),
    )


# --- Signatures of each kind -----------------------------------------------------------------------------------


def forged(kind: str, *, pss: bool = False) -> Wrong:
    """A root of this kind has signed, and somebody has changed the name afterwards."""
    root = issue(f"{kind} Root", kind=kind)
    anna = replaced(person("Anna", root, pss=pss), b"Anna", flaw(b"Emma", b"Anna"))
    return Wrong(anna, [], anchored(root), why.IssuerSignatureBroken("Emma", f"{kind} Root"))


@case
def changed_below_rsa(folder: Path) -> Wrong:
    """RSA PKCS #1 v1.5 notices a changed name."""
    return forged("RSA 2048")


@case
def changed_below_pss(folder: Path) -> Wrong:
    """RSASSA-PSS notices a changed name."""
    return forged("RSA 2048", pss=True)


@case
def changed_below_ed25519(folder: Path) -> Wrong:
    """Ed25519 notices a changed name."""
    return forged("Ed25519")


@case
def changed_below_ed448(folder: Path) -> Wrong:
    """Ed448 notices a changed name."""
    return forged("Ed448")


@case
def changed_below_brainpool(folder: Path) -> Wrong:
    """ECDSA on a brainpool curve notices a changed name."""
    return forged("brainpoolP256r1")


@case
def changed_below_ml_dsa(folder: Path) -> Wrong:
    """ML-DSA notices a changed name."""
    return forged("ML-DSA-65")


# --- Extensions that cannot be read ----------------------------------------------------------------------------


def unreadable(oid: str, part: str, wrong: bytes, right: bytes) -> Wrong:
    """An authority with a damaged extension."""
    ca = mail_ca(extensions=[raw(oid, flaw(wrong, right), critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", part))


@case
def policy_constraints_negative(folder: Path) -> Wrong:
    """requireExplicitPolicy is a negative number."""
    return unreadable("2.5.29.36", "policy_constraints", b"\x30\x03\x80\x01\xff", b"\x30\x03\x80\x01\x09")


@case
def inhibit_any_policy_negative(folder: Path) -> Wrong:
    """inhibitAnyPolicy is a negative number."""
    return unreadable("2.5.29.54", "inhibit_any_policy", b"\x02\x01\xff", b"\x02\x01\x00")


@case
def inhibit_any_policy_of_another_type(folder: Path) -> Wrong:
    """inhibitAnyPolicy is a string."""
    return unreadable("2.5.29.54", "inhibit_any_policy", b"\x0c\x01\x00", b"\x02\x01\x00")


@case
def policy_mapping_without_its_end(folder: Path) -> Wrong:
    """A mapping has one policy instead of two."""
    one, two = tlv(0x06, b"\x2a\x03"), tlv(0x06, b"\x2a\x04")
    right = tlv(0x30, tlv(0x30, one + two))
    return unreadable("2.5.29.33", "policy_mappings", tlv(0x30, tlv(0x30, one)), right)


@case
def name_constraints_with_trailing_octets(folder: Path) -> Wrong:
    """Something follows the name constraints inside their extension."""
    return unreadable("2.5.29.30", "name_constraints", b"\x30\x02\xa1\x00\x05\x00", b"\x30\x02\xa1\x00")


@case
def basic_constraints_with_a_second_truth(folder: Path) -> Wrong:
    """BOOLEAN TRUE is FF in DER; 01 is read as true by some and as nothing by others."""
    value = flaw(b"\x30\x03\x01\x01\x01", b"\x30\x03\x01\x01\xff")
    ca = mail_ca(ca=None, extensions=[raw("2.5.29.19", value, critical=True)])
    return below(ca, person("Anna", ca), why.CertificateMalformed("Mail CA", "basic_constraints"))


@case
def key_usage_of_a_person_unreadable(folder: Path) -> Wrong:
    """The person's key usage is a BIT STRING with eight unused bits."""
    ca = mail_ca()
    value = flaw(b"\x03\x02\x08\x80", b"\x03\x02\x07\x80")
    anna = person("Anna", ca, usage=None, extensions=[raw("2.5.29.15", value, critical=True)])
    return below(ca, anna, why.CertificateMalformed("Anna", "key_usage"))


@case
def purposes_of_a_person_unreadable(folder: Path) -> Wrong:
    """The extended key usage is one identifier instead of a list."""
    ca = mail_ca()
    mail = bytes.fromhex("06082b06010505070304")
    anna = person("Anna", ca, purposes=(), extensions=[raw("2.5.29.37", flaw(mail, tlv(0x30, mail)))])
    return below(ca, anna, why.CertificateMalformed("Anna", "purposes"))


@case
def alternative_name_of_no_form(folder: Path) -> Wrong:
    """An alternative name has a tag that stands for no form of names."""
    ca = mail_ca()
    value = tlv(0x30, flaw(b"\x8a\x01a", b"\x82\x01a"))
    anna = person("Anna", ca, address="", extensions=[raw("2.5.29.17", value)])
    return below(ca, anna, why.CertificateMalformed("Anna", "alternative_names"))


@case
def alternative_names_twice(folder: Path) -> Wrong:
    """Two lists of alternative names: which one would count?"""
    ca = mail_ca()
    more = raw("2.5.29.98", tlv(0x30, tlv(0x81, b"ceo@bank.example")))
    anna = person("Anna", ca, extensions=[more])
    tbs = anna.x509.tbs_certificate_bytes.replace(b"\x55\x1d\x62", flaw(b"\x55\x1d\x11", b"\x55\x1d\x62"))
    forged = Certificate.parse(resigned(anna, tbs, ca.key))
    return below(ca, forged, why.CertificateMalformed("Anna", "alternative_names"))


@case
def unknown_extension_twice(folder: Path) -> Wrong:
    """Also one that nobody knows must not stand there twice (RFC 5280 §4.2)."""
    ca = mail_ca()
    anna = person("Anna", ca, extensions=[raw("2.5.29.98", b"\x05\x00"), raw("2.5.29.99", b"\x05\x00")])
    tbs = anna.x509.tbs_certificate_bytes.replace(b"\x55\x1d\x63", flaw(b"\x55\x1d\x62", b"\x55\x1d\x63"))
    return below(ca, Certificate.parse(resigned(anna, tbs, ca.key)), why.CertificateMalformed("Anna", "2.5.29.98"))


@case
def signed_with_the_key_before_the_last(folder: Path) -> Wrong:
    """The authority has rolled its key over; only the new one is at hand, and nothing says which key has signed."""
    old, new = (issue("Mail CA", issue("Root"), key_name=each, key_ids=False) for each in ("first", "second"))
    return Wrong(
        person("Anna", old, key_ids=False).certificate,
        certificates(new, *flaw([], [old])),
        anchored(issue("Root")),
        why.IssuerSignatureBroken("Anna", "Mail CA"),
    )


@case
def impostor_with_name_and_key_identifier(folder: Path) -> Wrong:
    """An authority has the name and the key identifier of another, and not its key."""
    true = mail_ca()
    key_id = x509.SubjectKeyIdentifier.from_public_key(true.key.public_key())
    false = mail_ca(key_name="an impostor", key_ids=False, extensions=[(key_id, False)])
    return below(flaw(false, true), person("Anna", true), why.IssuerSignatureBroken("Anna", "Mail CA"))
