"""What the internal CA issues: the profile, and that nothing leaves that a receiver would not believe."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, mlkem, rsa, x25519
from cryptography.x509.oid import ExtensionOID

from letterlock.authority.failures import AddressNotUsable, CertificateNotGood, PersonKeyNotSupported
from letterlock.authority.profiles import Use
from letterlock.trust.addresses import names_address
from tests.authority.founded import NOW, founded


@pytest.mark.parametrize("kind", ["P-384", "RSA-4096", "ML-DSA-65"])
def test_an_authority_of_each_kind_issues_what_our_own_trust_believes(tmp_path: Path, kind: str) -> None:
    """`prepare` checks path, profile and addresses, and raises otherwise."""
    with founded(tmp_path, kind=kind) as ca:
        anna = ca.issue("anna@muster.example", name="Anna Muster")
        assert anna.subject == "CN=Anna Muster,O=Muster AG"
        assert anna.addresses == ("anna@muster.example",)
        assert anna.issuer_dn.normal == ca.authority.chain.issuing.subject_dn.normal


def test_an_address_outside_the_domains_is_refused(tmp_path: Path) -> None:
    """The name constraints hold against the authority itself, before anything is signed into the world."""
    with founded(tmp_path) as ca:
        with pytest.raises(CertificateNotGood) as caught:
            ca.issue("anna@other.example")
        assert caught.value.facts()["reason"] == "name_not_permitted"
        with pytest.raises(CertificateNotGood):
            ca.issue("anna@sub.muster.example")
        assert ca.authority.records.certificates("person") == ()


def test_hosts_below_a_domain_are_permitted_with_a_dot(tmp_path: Path) -> None:
    """RFC 5280 §4.2.1.10: the two forms are two constraints."""
    with founded(tmp_path, domains=("muster.example", ".muster.example")) as ca:
        ca.issue("anna@muster.example")
        ca.issue("anna@mail.muster.example")


def test_addresses_beyond_ascii_stand_as_their_standards_say(tmp_path: Path) -> None:
    """A local part beyond ASCII is a SmtpUTF8Mailbox, a domain is written in its ASCII form; constraints hold."""
    with founded(tmp_path, domains=("müller.example",)) as ca:
        made = ca.issue("jürgen@müller.example", "info@müller.example")
        assert made.addresses == ("jürgen@xn--mller-kva.example", "info@xn--mller-kva.example")
        assert names_address(made.addresses, "jürgen@müller.example")
        with pytest.raises(CertificateNotGood):
            ca.issue("jürgen@muster.example")


@pytest.mark.parametrize(
    "address", ["anna", "@muster.example", "anna@", "a b@muster.example", "a@muster.example\n", "a@.x", ""]
)
def test_what_is_no_address_gets_no_certificate(tmp_path: Path, address: str) -> None:
    """A space, a line end or an empty part never reaches a certificate."""
    with founded(tmp_path, domains=()) as ca, pytest.raises(AddressNotUsable):
        ca.issue(address, name="X")


def test_the_person_profile_is_the_mailbox_profile(tmp_path: Path) -> None:
    """S/MIME BR §7.1.2.3: every extension that must be there is, with its criticality, and no other."""
    with founded(tmp_path) as ca:
        made = x509.load_der_x509_certificate(ca.issue("anna@muster.example").der)
        found = {each.oid: each.critical for each in made.extensions}
        assert found == {
            ExtensionOID.KEY_USAGE: True,
            ExtensionOID.EXTENDED_KEY_USAGE: False,
            ExtensionOID.SUBJECT_ALTERNATIVE_NAME: False,
            ExtensionOID.AUTHORITY_INFORMATION_ACCESS: False,
            ExtensionOID.CRL_DISTRIBUTION_POINTS: False,
            ExtensionOID.SUBJECT_KEY_IDENTIFIER: False,
            ExtensionOID.AUTHORITY_KEY_IDENTIFIER: False,
        }
        assert made.subject.rfc4514_string() == "CN=anna@muster.example", "mailbox-validated: the address alone"
        assert (made.not_valid_after_utc - made.not_valid_before_utc).days <= 825
        assert made.serial_number.bit_length() >= 64


def test_serial_numbers_are_random_and_never_repeat(tmp_path: Path) -> None:
    """At least 64 random bits, positive, and no two alike."""
    with founded(tmp_path) as ca:
        serials = {ca.issue("anna@muster.example").serial for _ in range(20)}
        assert len(serials) == 20
        assert all(int(each, 16).bit_length() == 127 for each in serials)


KEYS = {
    "RSA": (lambda: rsa.generate_private_key(65537, 2048), {"sign", "encrypt", "both"}),
    "P-256": (lambda: ec.generate_private_key(ec.SECP256R1()), {"sign", "encrypt", "both"}),
    "Ed25519": (ed25519.Ed25519PrivateKey.generate, {"sign"}),
    "X25519": (x25519.X25519PrivateKey.generate, {"encrypt"}),
    "ML-DSA-65": (mldsa.MLDSA65PrivateKey.generate, {"sign"}),
    "ML-KEM-768": (mlkem.MLKEM768PrivateKey.generate, {"encrypt"}),
    "RSA 1024": (lambda: rsa.generate_private_key(65537, 1024), set[str]()),
    "P-192": (lambda: ec.generate_private_key(ec.SECP224R1()), set[str]()),
}


@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("use", list(Use))
def test_a_key_is_certified_for_what_it_can_do(tmp_path: Path, kind: str, use: Use) -> None:
    """Signing keys for signing, agreement and encapsulation keys for encryption, weak ones for nothing."""
    generate, can = KEYS[kind]
    with founded(tmp_path) as ca:
        if use.value in can:
            usage = ca.issue("anna@muster.example", key=generate(), use=use).key_usage or frozenset()
            assert ("digitalSignature" in usage) == (use is not Use.ENCRYPT)
            assert bool(usage & {"keyEncipherment", "keyAgreement"}) == (use is not Use.SIGN)
        else:
            with pytest.raises(PersonKeyNotSupported):
                ca.issue("anna@muster.example", key=generate(), use=use)


def test_nobody_outlives_the_authority(tmp_path: Path) -> None:
    """A certificate asked for near the end of the authority's own ends with it."""
    with founded(tmp_path) as ca:
        ca.at = ca.authority.chain.issuing.not_after.replace(month=1)
        assert ca.issue("anna@muster.example").not_after == ca.authority.chain.issuing.not_after
        ca.at = ca.authority.chain.issuing.not_after.replace(year=NOW.year + 11)
        with pytest.raises(CertificateNotGood):
            ca.issue("anna@muster.example")
