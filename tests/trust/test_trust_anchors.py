"""Files in which certificates are handed over, and the ranking of reasons."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs7

from letterlock.errors import Reason
from letterlock.trust import reasons as why
from letterlock.trust.anchors import Anchor, Anchors, Undecoded, certificates_of
from letterlock.trust.names import digest
from letterlock.trust.path import build
from letterlock.trust.reasons import RANKING, CertificateUndecodable, NoCertificateInFile, rank, ranked
from tests.trust import openssl
from tests.trust.chains import NOW, anchored, issue


def test_one_in_der() -> None:
    """A .cer or .der file."""
    root = issue("Root")
    assert certificates_of(root.der, "root.cer") == (root.certificate,)


def test_many_in_pem_with_text_between() -> None:
    """A bundle as OpenSSL writes it, with Windows line ends, a key that is passed over, and one certificate twice."""
    one, two = issue("One"), issue("Two")
    key = one.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    bundle = b"subject=One\n" + one.pem.replace(b"\n", b"\r\n") + b"\n# a comment\n" + key + two.pem + one.pem
    assert certificates_of(bundle, "bundle.pem") == (one.certificate, two.certificate)


@pytest.mark.parametrize("encoding", [serialization.Encoding.DER, serialization.Encoding.PEM])
def test_pkcs7(encoding: serialization.Encoding) -> None:
    """A .p7b or .p7c file, as Windows and certification authorities give out, in either form."""
    pair = issue("One"), issue("Two")
    octets = pkcs7.serialize_certificates([each.x509 for each in pair], encoding)
    assert set(certificates_of(octets, "chain.p7b")) == {each.certificate for each in pair}


def test_openssl_trusted_certificate() -> None:
    """OpenSSL's own form with trust settings: the certificate counts, the settings do not."""
    root = issue("Root")
    trusted = openssl.run("x509", "-addtrust", "emailProtection", data=root.pem).stdout
    assert b"BEGIN TRUSTED CERTIFICATE" in trusted
    assert certificates_of(trusted, "root.pem") == (root.certificate,)


@pytest.mark.parametrize(
    "octets", [b"", b"hello", b"-----BEGIN CERTIFICATE-----\n", b"-----BEGIN X-----\nAAAA\n-----END X-----\n"]
)
def test_no_certificate(octets: bytes) -> None:
    """A file without any names itself in the failure."""
    with pytest.raises(NoCertificateInFile) as failure:
        certificates_of(octets, "letter.txt")
    assert failure.value.name == "letter.txt"


@pytest.mark.parametrize("octets", [b"\x30\x03\x02\x01\x01", b"\x30\x82"])
def test_der_that_is_none(octets: bytes) -> None:
    """DER of something else is no certificate."""
    with pytest.raises(CertificateUndecodable):
        certificates_of(octets, "x.der")


def test_one_damaged_of_two() -> None:
    """An anchor file is taken whole or not at all."""
    one, two = issue("One"), issue("Two")
    damaged = base64.encodebytes(two.der[:-7])
    bundle = one.pem + b"-----BEGIN CERTIFICATE-----\n" + damaged + b"-----END CERTIFICATE-----\n"
    with pytest.raises(CertificateUndecodable):
        certificates_of(bundle, "bundle.pem")
    with pytest.raises(CertificateUndecodable):
        certificates_of(one.pem.replace(one.pem[40:44], b"A=A="), "one.pem")


def test_an_anchor_without_a_name_bears_the_certificates() -> None:
    """What the reader calls it, else what it calls itself."""
    root = issue("Root").certificate
    assert Anchor(root, "user").name == "Root"
    assert Anchor(root, "user", "The office", NOW).name == "The office"


def test_every_reason_is_ranked_once() -> None:
    """The ranking knows every reason of the package."""
    kinds = {kind for kind in vars(why).values() if isinstance(kind, type) and issubclass(kind, Reason)} - {Reason}
    assert set(RANKING) == kinds
    assert len(RANKING) == len(kinds)


def test_ranked() -> None:
    """The most telling first, each once, equals in the order of finding."""
    broken, expired = why.IssuerSignatureBroken("Anna", "CA"), why.CertificateExpired("Anna", NOW, NOW)
    other = why.CertificateExpired("CA", NOW, NOW)
    assert ranked([expired, other, broken, expired]) == (broken, expired, other)
    assert rank(broken) < rank(expired)


# --- Many of them ----------------------------------------------------------------------------------------------


def test_anchors_are_found_by_certificate_and_by_name() -> None:
    """Two of one name are both found, in the order given; who is not there is not found."""
    one, two, other = issue("Root", key_name="one"), issue("Root", key_name="two"), issue("Other")
    anchors = Anchors(Anchor(each.certificate, "user") for each in (one, two))
    found = anchors.find(one.der)
    assert found
    assert found.certificate == one.certificate
    assert anchors.find(other.der) is None
    assert anchors.bearing(one.certificate.subject_dn.normal) == [one.certificate, two.certificate]
    assert anchors.bearing(other.certificate.subject_dn.normal) == []


def test_joined_anchors_tell_the_first_word() -> None:
    """Who is in several lists is there on the word of the first; the lists keep what they have built."""
    root = issue("Root").certificate
    own, list_ = Anchors([Anchor(root, "user")]), Anchors([Anchor(root, "mozilla"), *anchored(issue("Other"))])
    joined = own + list_
    found = joined.find(root.der)
    assert found
    assert found.source == "user"
    assert len(joined) == len(list(joined)) == 3
    assert Anchors.of(joined) is joined


def test_kept_anchors_are_decoded_when_a_search_comes_to_them() -> None:
    """Of thousands only the one whose name or octets are asked for; listing decodes all."""
    roots = {each.certificate.sha256: each.certificate for each in (issue(f"Root {number}") for number in range(9))}
    decoded: list[str] = []

    def entry(sha256: str) -> Undecoded:
        def decode() -> Anchor:
            decoded.append(sha256)
            return Anchor(roots[sha256], "user")

        return Undecoded(sha256, digest(roots[sha256].subject_dn.normal), decode)

    anchors = Anchors.kept([entry(sha256) for sha256 in roots], "user") + Anchors(anchored(issue("Other")))
    one, two, *_ = roots.values()
    assert anchors.bearing(one.subject_dn.normal) == [one]
    assert anchors.find(two.der) == Anchor(two, "user")
    assert anchors.bearing(one.subject_dn.normal) == [one]
    assert decoded == [one.sha256, two.sha256]
    assert anchors.find(issue("Unknown").der) is None
    assert len(anchors) == 10
    assert [each.source for each in anchors.from_sources(["user"])] == ["user"] * 10
    assert len(decoded) == 9


def test_a_kept_anchor_under_a_wrong_name_vouches_for_nobody() -> None:
    """The digest may be damaged on the disk; nobody must be certified by somebody of another name."""
    root, other = issue("Root"), issue("Other")
    ca = issue("Mail CA", root, issuer_name=other.x509.subject)
    wrong = Undecoded(
        root.certificate.sha256, digest(other.certificate.subject_dn.normal), lambda: Anchor(root.certificate, "user")
    )
    anchors = Anchors.kept([wrong], "user")
    assert anchors.bearing(other.certificate.subject_dn.normal) == []
    assert not build(ca.certificate, [], anchors, NOW).valid
    assert not build(ca.certificate, [], [], NOW, kept=lambda name: [root.certificate]).chain[1:]


def test_an_anchor_that_cannot_be_decoded_any_more_is_none() -> None:
    anchors = Anchors.kept([Undecoded("00", "11", lambda: None)], "user")
    assert list(anchors) == []
    assert not anchors


def test_anchors_by_source() -> None:
    """Some questions are only for those whom a person chose."""
    one, two = issue("One").certificate, issue("Two").certificate
    anchors = Anchors([Anchor(one, "user"), Anchor(two, "mozilla")]) + Anchors([Anchor(two, "argument")])
    assert [each.source for each in anchors.from_sources(["user", "argument"])] == ["user", "argument"]
    assert not anchors.from_sources(["system"])
