"""Where certificates say that lists, responders and issuers are, and the question put to a responder."""

from __future__ import annotations

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID

from letterlock.trust import publication
from letterlock.trust.publication import OcspQuestion
from letterlock.trust.revocation_ocsp import OcspAnswer
from tests.trust.chains import DAY, NOW, Issued, issue, name, person
from tests.trust.test_trust_revocation import ANNA, CA


def points(*urls: str) -> tuple[x509.ExtensionType, bool]:
    return x509.CRLDistributionPoints(
        [x509.DistributionPoint([x509.UniformResourceIdentifier(url)], None, None, None) for url in urls]
    ), False


def access(*named: tuple[x509.ObjectIdentifier, str]) -> tuple[x509.ExtensionType, bool]:
    return x509.AuthorityInformationAccess(
        [x509.AccessDescription(method, x509.UniformResourceIdentifier(url)) for method, url in named]
    ), False


def published(*extensions: tuple[x509.ExtensionType, bool]) -> Issued:
    return person("Anna", CA, extensions=extensions)


def test_lists_are_named_and_http_comes_first() -> None:
    """In the order of the points, whatever stands beside them; no more than a few."""
    anna = published(points("ldap://dir.example/x", "http://b.example/1.crl", "http://a.example/2.crl"))
    assert publication.lists(anna.certificate) == (
        "http://b.example/1.crl",
        "http://a.example/2.crl",
        "ldap://dir.example/x",
    )
    many = published(points(*(f"http://{number}.example/" for number in range(100))))
    assert len(publication.lists(many.certificate)) == 4
    assert publication.lists(ANNA.certificate) == ()


def test_a_point_without_a_url_names_no_place() -> None:
    """A directory name, a name relative to the issuer, or another issuer only."""
    extension = x509.CRLDistributionPoints(
        [
            x509.DistributionPoint([x509.DirectoryName(name("CA"))], None, None, None),
            x509.DistributionPoint(None, name("x").rdns[0], None, None),
            x509.DistributionPoint(None, None, None, [x509.DirectoryName(name("Other CA"))]),
        ]
    )
    assert publication.lists(published((extension, False)).certificate) == ()


def test_responders_and_issuers_are_told_apart() -> None:
    """By the access method."""
    responder = (AuthorityInformationAccessOID.OCSP, "http://ocsp.example/")
    issuer = (AuthorityInformationAccessOID.CA_ISSUERS, "http://ca.example/ca.cer")
    anna = published(access(issuer, responder, responder))
    assert publication.responders(anna.certificate) == ("http://ocsp.example/",)
    assert publication.issuers(anna.certificate) == ("http://ca.example/ca.cer",)


def test_an_access_extension_that_cannot_be_read_harms_nothing() -> None:
    """It decides nothing, so the certificate is as good as without it."""
    broken = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.3.6.1.5.5.7.1.1"), b"\x30\x03\x02")
    anna = published((broken, False))
    assert publication.responders(anna.certificate) == ()
    assert anna.certificate.extensions.malformed == ()


@pytest.mark.parametrize("digest", ["sha1", "sha256"])
def test_the_question_is_one_that_others_read(digest: str) -> None:
    """The library decodes it: the certificate is named by hashes and serial, and the nonce is new each time."""
    question = OcspQuestion.about(ANNA.certificate, CA.certificate, digest)
    read = ocsp.load_der_ocsp_request(question.der)
    expected = ocsp.OCSPRequestBuilder().add_certificate(
        ANNA.x509, CA.x509, hashes.SHA1() if digest == "sha1" else hashes.SHA256()
    )
    wanted = ocsp.load_der_ocsp_request(expected.build().public_bytes(serialization.Encoding.DER))
    assert (read.issuer_name_hash, read.issuer_key_hash, read.serial_number) == (
        wanted.issuer_name_hash,
        wanted.issuer_key_hash,
        wanted.serial_number,
    )
    assert read.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == question.nonce
    assert len(question.nonce) == 32
    assert OcspQuestion.about(ANNA.certificate, CA.certificate, digest).nonce != question.nonce


def test_an_answer_to_somebody_else_does_not_fit() -> None:
    """Its nonce is another one; an answer without any may be one made beforehand."""
    question = OcspQuestion.about(ANNA.certificate, CA.certificate, "sha1")

    def answer(nonce: bytes | None) -> OcspAnswer:
        builder = ocsp.OCSPResponseBuilder().add_response(
            ANNA.x509, CA.x509, hashes.SHA1(), ocsp.OCSPCertStatus.GOOD, NOW - DAY, NOW + DAY, None, None
        )
        if nonce is not None:
            builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, CA.x509)
        return OcspAnswer.parse(builder.sign(CA.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER))

    assert question.fits(answer(question.nonce))
    assert question.fits(answer(None))
    assert not question.fits(answer(bytes(32)))
    assert answer(None).until == NOW + DAY


def test_the_issuer_itself_is_named_by_its_own_octets() -> None:
    """RFC 6960 §4.1.1: the octets of its subject, whatever the certificate in question calls it."""
    root = issue("Müller")
    anna = person("Anna", root)
    read = ocsp.load_der_ocsp_request(OcspQuestion.about(anna.certificate, root.certificate, "sha1").der)
    wanted = ocsp.OCSPRequestBuilder().add_certificate(anna.x509, root.x509, hashes.SHA1()).build()
    assert read.issuer_name_hash == wanted.issuer_name_hash
