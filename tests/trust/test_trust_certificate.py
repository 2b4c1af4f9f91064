"""What a certificate says is read whole, and no octets, however hostile, raise anything without a code."""

from __future__ import annotations

import random
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from letterlock.trust import keys
from letterlock.trust.certificate import Certificate
from letterlock.trust.extensions import _KNOWN, decode
from letterlock.trust.path import build
from letterlock.trust.profile import check_signer
from letterlock.trust.reasons import CertificateUndecodable, PublicKeyUnusable
from letterlock.trust.schema import Extension
from tests.trust.chains import NOW, Issued, anchored, issue, key, name, person, raw, resigned, tlv


def test_a_bare_rsa_key_is_no_key() -> None:
    """PKCS #1 where SubjectPublicKeyInfo belongs: OpenSSL's library loads it, and no other program takes the
    certificate for one with a key."""
    bare = key("bare", "RSA 2048").public_key().public_bytes(Encoding.DER, PublicFormat.PKCS1)
    load_der_public_key(bare)  # the library takes it
    for odd in (bare, bare[:20], b""):
        with pytest.raises(ValueError, match=r"AlgorithmIdentifier|DER"):
            keys.load(odd)


def test_what_it_says() -> None:
    """Names, serial, dates, key and digest, as a person compares them."""
    root = issue(name("Muster Root", "Muster AG"))
    anna = person(name("Anna Muster", "Muster AG"), root)  # type: ignore[arg-type]
    certificate = anna.certificate
    assert certificate.subject == "CN=Anna Muster,O=Muster AG"
    assert certificate.issuer == "CN=Muster Root,O=Muster AG"
    assert (certificate.name, certificate.issuer_name) == ("Anna Muster", "Muster Root")
    assert certificate.serial == f"{anna.x509.serial_number:x}"
    assert certificate.not_before == anna.x509.not_valid_before_utc
    assert certificate.not_after == anna.x509.not_valid_after_utc
    assert certificate.sha256 == anna.x509.fingerprint(hashes.SHA256()).hex()
    assert certificate.key == "EC P-256"
    assert certificate.key_usage == {"digitalSignature", "nonRepudiation"}
    assert certificate.purposes == ("1.3.6.1.5.5.7.3.4",)
    assert certificate.version == 3
    assert not certificate.self_issued
    assert certificate.authority_key_id == root.certificate.subject_key_id
    assert certificate.public_key() == anna.x509.public_key()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("RSA 2048", "RSA 2048"),
        ("P-256", "EC P-256"),
        ("brainpoolP256r1", "EC brainpoolP256r1"),
        ("Ed25519", "Ed25519"),
        ("Ed448", "Ed448"),
        ("X25519", "X25519"),
        ("ML-DSA-65", "ML-DSA-65"),
        ("DSA 2048", "DSA 2048"),
    ],
)
def test_keys_in_words(kind: str, words: str) -> None:
    """Every kind of key has the name people know."""
    assert person("Anna", issue("Root"), kind=kind).certificate.key == words


def test_addresses_in_any_position() -> None:
    """rfc822Name and SmtpUTF8Mailbox among other names, in order; then the legacy address of the subject, once."""
    mailbox = x509.OtherName(x509.ObjectIdentifier("1.3.6.1.5.5.7.8.9"), tlv(0x0C, "änne@muster.example".encode()))
    names = [
        x509.DNSName("muster.example"),
        mailbox,
        x509.RFC822Name("anna@muster.example"),
        x509.UniformResourceIdentifier("https://muster.example"),
        x509.RFC822Name("anna@old.example"),
    ]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "Anna"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "legacy@muster.example"),
            x509.NameAttribute(NameOID.EMAIL_ADDRESS, "anna@muster.example"),
        ]
    )
    anna = issue(subject, issue("Root"), ca=False, names=names)
    assert anna.certificate.addresses == (
        "änne@muster.example",
        "anna@muster.example",
        "anna@old.example",
        "legacy@muster.example",
    )


def test_addresses_that_cannot_be_read_are_none() -> None:
    """A zero octet (the trick of 2009), other octets than ASCII, and a mailbox of the wrong type name nobody."""
    bad = [
        tlv(0x81, b"ceo@bank.example\0@evil.example"),
        tlv(0x81, "ännchen@muster.example".encode()),
        tlv(0x81, b""),
        tlv(0xA0, tlv(0x06, bytes.fromhex("2b06010505070809")) + tlv(0xA0, tlv(0x13, b"a@b.example"))),
        tlv(0xA0, tlv(0x06, bytes.fromhex("2b06010505070809")) + tlv(0xA0, tlv(0x0C, b"\xff@b.example"))),
        tlv(0x81, b"good@muster.example"),
    ]
    anna = person("Anna", issue("Root"), address="", extensions=[raw("2.5.29.17", tlv(0x30, b"".join(bad)))])
    assert anna.certificate.addresses == ("good@muster.example",)


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ([(NameOID.COMMON_NAME, "Anna"), (NameOID.ORGANIZATION_NAME, "AG")], "Anna"),
        ([(NameOID.COMMON_NAME, " "), (NameOID.ORGANIZATION_NAME, "AG")], "AG"),
        ([(NameOID.EMAIL_ADDRESS, "a@b.example"), (NameOID.COUNTRY_NAME, "DE")], "a@b.example"),
        ([(NameOID.COUNTRY_NAME, "DE"), (NameOID.LOCALITY_NAME, "Bonn")], "alt@b.example"),
        ([], "alt@b.example"),
    ],
)
def test_display_name(attributes: list[tuple[x509.ObjectIdentifier, str]], shown: str) -> None:
    """Common name, else organisation, else an address."""
    subject = x509.Name([x509.NameAttribute(oid, value) for oid, value in attributes])
    anna = issue(
        subject, issue("Root"), ca=False, names=[x509.RFC822Name("alt@b.example")], key_name="display", key_ids=False
    )
    assert anna.certificate.name == shown


def test_special_characters_in_names_are_escaped() -> None:
    """RFC 4514 §2.4: a common name cannot pretend to be several attributes."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "#A+B;C"),
            x509.NameAttribute(NameOID.COMMON_NAME, 'Anna,O="Bank"\\ <x> '),
        ]
    )
    certificate = person(subject, issue("Root")).certificate  # type: ignore[arg-type]
    assert certificate.subject == 'CN=Anna\\,O=\\"Bank\\"\\\\ \\<x\\>\\ ,O=\\#A\\+B\\;C'


def test_names_of_any_string_type() -> None:
    """Sloppy PrintableString, TeletexString and BMPString are read; what cannot be is shown in hex."""
    root = issue("Root")
    anna = person("Anna", root)
    cn = bytes.fromhex("0603550403")
    old = tlv(0x30, tlv(0x31, tlv(0x30, cn + tlv(0x0C, b"Anna"))))
    for value, shown in (
        (tlv(0x13, b"a@b*"), "a@b*"),
        (tlv(0x14, b"J\xf6rg"), "Jörg"),
        (tlv(0x1E, "Żaneta".encode("utf-16-be")), "Żaneta"),
    ):
        new = tlv(0x30, tlv(0x31, tlv(0x30, cn + value)))
        assert _rebuilt(anna, root, old, new).name == shown
    odd = _rebuilt(anna, root, old, tlv(0x30, tlv(0x31, tlv(0x30, cn + tlv(0x0C, b"\xff\xfe")))))
    assert odd.subject == "CN=#0c02fffe"


def _rebuilt(anna: Issued, root: Issued, old: bytes, new: bytes) -> Certificate:
    """Anna's certificate with a subject of another length, signed again."""
    contents = anna.x509.tbs_certificate_bytes
    body = contents[4:] if contents[1] == 0x82 else contents[3:]
    assert old in body
    return Certificate.parse(resigned(anna, tlv(0x30, body.replace(old, new)), root.key))


def test_dates_beyond_2049_and_the_end_of_time() -> None:
    """GeneralizedTime, and the "no end" date of RFC 5280 §4.1.2.5."""
    forever = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    root = issue("Root", not_after=forever)
    assert root.certificate.not_after == forever
    assert build(person("Anna", root).certificate, [], anchored(root), NOW).valid


@pytest.mark.parametrize(
    "octets",
    [b"", b"\x30", b"\x30\x00", b"hello", b"\x30\x84\xff\xff\xff\xff", b"\x30\x80\x00\x00", b"\x04\x02ab"],
)
def test_what_is_no_certificate(octets: bytes) -> None:
    """Anything that is not one certificate in DER has its code."""
    with pytest.raises(CertificateUndecodable):
        Certificate.parse(octets)


def test_trailing_and_missing_octets() -> None:
    """Exactly one certificate, no octet more or less."""
    der = issue("Root").der
    for octets in (der + b"\0", der[:-1], der[1:], der + der):
        with pytest.raises(CertificateUndecodable):
            Certificate.parse(octets)


def test_a_key_that_cannot_be_used_is_named() -> None:
    """An unknown key algorithm, and a point that is not on the curve, are coded failures and shown by name."""
    root = issue("Root")
    ec = bytes.fromhex("06072a8648ce3d02")
    anna = person("Anna", root)
    unknown = anna.x509.tbs_certificate_bytes.replace(ec + b"\x01", ec + b"\x09")
    point = bytes.fromhex("03420004")
    at = anna.x509.tbs_certificate_bytes.index(point) + len(point)
    off_curve = anna.x509.tbs_certificate_bytes[:at] + b"\x01" * 64 + anna.x509.tbs_certificate_bytes[at + 64 :]
    for tbs, shown in ((unknown, "1.2.840.10045.2.9"), (off_curve, "EC")):
        certificate = Certificate.parse(resigned(anna, tbs, root.key))
        assert certificate.key == shown
        with pytest.raises(PublicKeyUnusable):
            certificate.public_key()


def test_damaged_certificates_never_raise_anything_else() -> None:
    """Certificates with some octets changed: decoded or refused with a code, shown and judged without an accident."""
    root = issue("Root")
    constraint = x509.NameConstraints([x509.RFC822Name("muster.example")], None)
    policies = x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), None)])
    ca = issue("Mail CA", root, extensions=[(constraint, True), (policies, False)])
    dice = random.Random(50)
    decoded = 0
    for template in (person("Anna", ca), ca, person("Anna", root, kind="RSA 2048")):
        for _ in range(700):
            octets = bytearray(template.der)
            for _ in range(dice.choice((1, 1, 2, 5))):
                octets[dice.randrange(len(octets))] = dice.randrange(256)
            try:
                certificate = Certificate.parse(bytes(octets))
            except CertificateUndecodable:
                continue
            decoded += 1
            _look_at_everything(certificate)
            pile = [ca.certificate, root.certificate, certificate]
            path = build(certificate, pile, anchored(root), NOW)
            assert path.valid is (certificate.der == template.der)
            below = build(person("Bert", ca).certificate, [certificate], anchored(root), NOW)
            assert not below.valid or certificate in below.chain
            check_signer(certificate, path.chain)
    assert decoded > 500


def _look_at_everything(certificate: Certificate) -> None:
    for attribute in dir(Certificate):
        if not attribute.startswith("_") and attribute not in ("parse", "public_key"):
            getattr(certificate, attribute)
    repr(certificate)
    for entry in certificate.extensions.alternative_names:
        str(entry)


def test_certificates_are_equal_if_their_octets_are() -> None:
    """Equality and hash follow the DER, so that certificates serve as keys."""
    root = issue("Root")
    assert root.certificate == Certificate.parse(root.der)
    assert len({root.certificate, Certificate.parse(root.der), issue("Root").certificate}) == 2
    assert key("Root") is key("Root")


def test_rsa_numbers_that_only_cost_time_are_no_key() -> None:
    """An exponent as long as the key makes every check as dear as a signature; no honest key has one."""
    numbers = key("large exponent", "RSA 2048").public_key().public_numbers()
    for exponent in (2**64 - 59, 2**64 + 13):
        public = RSAPublicNumbers(exponent, numbers.n).public_key()
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        if exponent < 2**64:
            keys.load(der)
        else:
            with pytest.raises(ValueError, match="RSA"):
                keys.load(der)


@pytest.mark.parametrize("oid", sorted(_KNOWN))
@pytest.mark.parametrize(
    "value", ["", "30", "3000", "30023000", "3004300030ff", "0400", "300430020600", "30063004a002a000"]
)
def test_any_extension_of_any_value_is_decoded_or_named(oid: str, value: str) -> None:
    """Empty sequences within sequences, values cut off: nothing raises (fuzzing found a policy without parts)."""
    found = decode([Extension(id=x509.ObjectIdentifier(oid), critical=True, value=bytes.fromhex(value))])
    assert found.malformed in ((), (_KNOWN[oid][0],))
