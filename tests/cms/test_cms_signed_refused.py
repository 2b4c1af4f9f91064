"""SignedData that is refused: attributes, type confusion, substitution, algorithms that do not go together."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from letterlock import limits
from letterlock.cms import (
    Certificate,
    candidates,
    check,
    der,
    load_certificate,
)
from letterlock.cms import failures as f
from letterlock.errors import LetterlockError
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Identity, Signer, identity, oid, signed_data, tlv
from tests.cms.reading import confirm, read, verify
from tests.cms.refusing import GOOD, RSA, refused, without

# Signed attributes that are wrong.


TYPE = b.oid(b.DATA)
DIGEST = tlv(4, b.hashed("SHA-256", CONTENT))
TIME = tlv(0x17, b"260102030405Z")


@pytest.mark.parametrize(
    ("attributes", "failure", "attribute"),
    [
        pytest.param([], f.AttributeMissing, "contentType", id="none at all"),
        pytest.param(without(b.CONTENT_TYPE), f.AttributeMissing, "contentType", id="no contentType"),
        pytest.param(without(b.MESSAGE_DIGEST), f.AttributeMissing, "messageDigest", id="no messageDigest"),
        *(
            pytest.param(
                [*without(oid), *(b.attribute(oid, *values) for values in wrong)], failure, name, id=f"{how} {name}"
            )
            for oid, name, value in (
                (b.CONTENT_TYPE, "contentType", TYPE),
                (b.MESSAGE_DIGEST, "messageDigest", DIGEST),
                (b.SIGNING_TIME, "signingTime", TIME),
            )
            for how, failure, wrong in (
                ("two", f.AttributeDuplicate, ([value], [value])),
                ("empty", f.AttributeEmpty, ([],)),
                ("two values in", f.AttributeMultivalued, ([value, value],)),
                ("NULL as", f.AttributeMalformed, ([b.NULL],)),
            )
        ),
        pytest.param(
            [*without(b.SIGNING_TIME), b.attribute(b.SIGNING_TIME, tlv(0x17, b"2601020304Z"))],
            f.AttributeMalformed,
            "signingTime",
            id="a time without seconds",
        ),
        pytest.param(
            [*without(b.SIGNING_TIME), b.attribute(b.SIGNING_TIME, tlv(0x17, b"261302030405Z"))],
            f.AttributeMalformed,
            "signingTime",
            id="a thirteenth month",
        ),
    ],
)
def test_wrong_signed_attributes_are_refused(
    attributes: list[bytes], failure: type[LetterlockError], attribute: str
) -> None:
    """A signature whose attributes say nothing definite is refused although its value is right."""
    assert refused(replace(GOOD, attributes=attributes), failure).facts() == {"attribute": attribute}


def test_content_type_must_be_the_signed_one() -> None:
    """Content presented as another type than the signer meant is refused."""
    failure = refused(replace(GOOD, content_type="1.2.840.113549.1.9.16.1.4"), f.ContentTypeDiffers)
    assert failure.facts() == {"signed": "time-stamp token", "content_type": "data"}


@pytest.mark.parametrize("attributed", [True, False])
@pytest.mark.parametrize(("oid", "name"), [(b.SIGNING_TIME, "signingTime"), (b.MESSAGE_DIGEST, "messageDigest")])
def test_statements_outside_the_signature_are_refused(oid: str, name: str, attributed: bool) -> None:
    """A signing time or digest among the unsigned attributes, where anybody can add one, is refused."""
    signer = replace(GOOD, attributed=attributed, unsigned=[b.attribute(oid, TIME)])
    assert refused(signer, f.AttributeUnsigned).facts() == {"attribute": name}


@pytest.mark.parametrize(
    ("element", "failure"),
    [
        pytest.param(tlv(0x30), f.CmsMalformed, id="an empty sequence"),
        pytest.param(tlv(0x30, b.oid("1.2.3"), b.NULL), f.CmsMalformed, id="values that are no set"),
        pytest.param(b.NULL, f.CmsMalformed, id="no sequence"),
    ],
)
def test_malformed_attribute_is_refused(element: bytes, failure: type[LetterlockError]) -> None:
    """What is no Attribute makes the object malformed."""
    refused(replace(GOOD, more=[element]), failure)


# Type confusion.


@pytest.mark.parametrize("kind", ["RSA", "P-256", "Ed25519"])
def test_signed_attributes_as_content_are_refused(kind: str) -> None:
    """The attributes of a genuine mail, presented as a message of their own, carry a signature that fits: refused."""
    genuine = Signer(identity(kind), "SHA-512")
    stolen = tlv(0x31, *genuine.usual(CONTENT))
    value = genuine.sign(stolen)
    attack = signed_data([replace(genuine, attributed=False, value=value)], content=stolen)
    with pytest.raises(f.AttributesAsContent):
        verify(attack)


@pytest.mark.parametrize("content", [b"1 lamb, 2 sheep\r\n", b"1", b"", tlv(0x31), tlv(0x31, b.NULL)])
def test_content_that_only_begins_like_attributes_is_fine(content: bytes) -> None:
    """A text that begins with a 1 (0x31) is no set of attributes."""
    assert verify(signed_data([replace(GOOD, attributed=False)], content=content))


def test_huge_set_of_attributes_is_told_quickly() -> None:
    """Half a million attributes as content are refused without taking each of them apart."""
    content = tlv(0x31, b.attribute("1.2.3.4") * 500_000)
    refused(Signer(identity("P-256"), attributed=False), f.AttributesAsContent, content=content)


def test_one_shot_content_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """EdDSA without signed attributes needs the content at once, and says so beyond the limit."""
    monkeypatch.setattr(limits, "CMS_ONE_SHOT_OCTETS", len(CONTENT) - 1)
    refused(Signer(identity("Ed25519"), "SHA-512", attributed=False), f.ContentTooLarge)
    monkeypatch.setattr(limits, "CMS_ONE_SHOT_OCTETS", len(CONTENT))
    assert verify(signed_data([Signer(identity("Ed25519"), "SHA-512", attributed=False)]))


# Substitution.


def protection(digest: bytes, signature: bytes, mac: bytes = b"") -> bytes:
    return b.attribute(b.ALGORITHM_PROTECTION, tlv(0x30, digest, signature, mac))


SHA256 = b.algorithm(b.HASHES["SHA-256"][0])
RSA_IN_1 = tlv(0xA1, b.oid(b.RSA), b.NULL)


@pytest.mark.parametrize(
    ("attribute", "failure"),
    [
        pytest.param(protection(SHA256, RSA_IN_1), None, id="as used"),
        pytest.param(protection(b.algorithm(b.HASHES["SHA-256"][0], b.NULL), RSA_IN_1), None, id="NULL for none"),
        pytest.param(protection(b.algorithm(b.HASHES["SHA-512"][0]), RSA_IN_1), f.AlgorithmSubstituted, id="digest"),
        pytest.param(protection(SHA256, tlv(0xA1, b.oid(b.RSA_PSS))), f.AlgorithmSubstituted, id="signature"),
        pytest.param(protection(SHA256, b""), f.AttributeMalformed, id="no signature algorithm"),
        pytest.param(protection(SHA256, b"", tlv(0xA2, b.oid("1.2.3"))), f.AttributeMalformed, id="a MAC"),
        pytest.param(protection(b.NULL, RSA_IN_1), f.AttributeMalformed, id="nonsense"),
        pytest.param(b.attribute(b.ALGORITHM_PROTECTION), f.AttributeEmpty, id="empty"),
    ],
)
def test_algorithm_protection_is_honoured(attribute: bytes, failure: type[LetterlockError] | None) -> None:
    """CMSAlgorithmProtection, where present, must name the algorithms in use."""
    signer = replace(GOOD, more=[attribute])
    if failure is None:
        assert verify(signed_data([signer]))
    else:
        refused(signer, failure)


SERIAL = RSA.certificate.serial_number


@pytest.mark.parametrize(
    ("attribute", "failure"),
    [
        pytest.param(b.ess_certificate(RSA.der), None, id="v1"),
        pytest.param(b.ess_certificate_v2(RSA.der), None, id="v2"),
        pytest.param(b.ess_certificate_v2(RSA.der, SERIAL), None, id="v2 with the serial"),
        pytest.param(b.ess_certificate_v2(RSA.der, digest="SHA-512"), None, id="v2 with SHA-512"),
        pytest.param(b.ess_certificate_v2(RSA.der, digest="SHA-256"), None, id="v2 with the default written"),
        pytest.param(b.ess_certificate(b"other"), f.CertificateSubstituted, id="v1, another"),
        pytest.param(b.ess_certificate_v2(b"other"), f.CertificateSubstituted, id="v2, another"),
        pytest.param(b.ess_certificate_v2(RSA.der, SERIAL + 1), f.CertificateSubstituted, id="v2, another serial"),
        pytest.param(
            b.attribute(b.SIGNING_CERTIFICATE_V2, tlv(0x30, tlv(0x30))), f.AttributeMalformed, id="v2, none named"
        ),
        pytest.param(b.attribute(b.SIGNING_CERTIFICATE, tlv(0x30, tlv(0x30))), f.AttributeMalformed, id="v1, none"),
        pytest.param(b.attribute(b.SIGNING_CERTIFICATE, b.NULL), f.AttributeMalformed, id="v1, nonsense"),
    ],
)
def test_signing_certificate_is_honoured(attribute: bytes, failure: type[LetterlockError] | None) -> None:
    """signingCertificate and V2, where present, must name the certificate whose key fits."""
    signer = replace(GOOD, more=[attribute])
    if failure is None:
        assert verify(signed_data([signer]))
    else:
        refused(signer, failure)


def test_substituted_certificate_is_refused() -> None:
    """Another certificate for the same key, put into the message instead of the one the signer meant, is refused."""
    other = Identity(RSA.key, b.certificate_for(RSA.key, "Anna Muster"))
    signer = replace(GOOD, identity=other, more=[b.ess_certificate_v2(RSA.der)])
    refused(signer, f.CertificateSubstituted)


# Algorithms that do not go together, or not at all.


@pytest.mark.parametrize("attributed", [True, False], ids=["attributes", "no attributes"])
@pytest.mark.parametrize("name", ["ML-DSA-44", "ML-DSA-65", "ML-DSA-87"])
def test_ml_dsa_is_confirmed(name: str, attributed: bool) -> None:
    """RFC 9882, over signed attributes and over the content itself; changed, it is broken."""
    signer = Signer(identity(name), "SHA-512", attributed=attributed)
    (checked,) = verify(signed_data([signer]))
    assert (checked.signature_algorithm, checked.weak) == (name, ())
    value = bytearray(signer.sign(CONTENT))
    value[7] ^= 1
    with pytest.raises(f.SignatureBroken):
        verify(signed_data([replace(signer, value=bytes(value))]))


@pytest.mark.parametrize("digest", ["SHA-1", "SHA-224", "SHA-256", "SHA-384", "SHA-512"])
@pytest.mark.parametrize("bits", [1024, 2048])
def test_dsa_is_confirmed_and_called_weak(bits: int, digest: str) -> None:
    """RFC 3370 §3.1: also where the digest is longer than the key's q. Named as weak in any case."""
    signer = Signer(identity(f"DSA {bits}"), digest)
    for each in (signer, replace(signer, attributed=False)):
        (checked,) = verify(signed_data([each]))
        assert checked.signature_algorithm == f"DSA with {digest}"
        assert checked.weak[-1] == f"DSA {bits}"
    with pytest.raises(f.SignatureBroken):
        verify(signed_data([replace(signer, value=signer.sign(b"else"))]))


def test_ed448_under_the_digest_of_rfc_8419() -> None:
    """id-shake256-len with 512 bits is SHAKE256 under another number; other lengths are none that anybody defined."""
    number = "2.16.840.1.101.3.4.2.18"
    signer = Signer(identity("Ed448"), "SHAKE256", digest_algorithm=b.algorithm(number, b.integer(512)))
    (checked,) = verify(signed_data([signer]))
    assert (checked.signature_algorithm, checked.digest_algorithm) == ("Ed448", "SHAKE256")
    for parameters in ([], [b.NULL], [b.integer(256)]):
        with pytest.raises(f.DigestNotSupported):
            verify(signed_data([replace(signer, digest_algorithm=b.algorithm(number, *parameters))]))


def test_dsa_under_the_number_of_its_key() -> None:
    """id-dsa where a number with a hash belongs: the digest algorithm decides."""
    signer = Signer(identity("DSA 2048"), signature_algorithm=b.algorithm("1.2.840.10040.4.1"))
    assert verify(signed_data([signer]))[0].signature_algorithm == "DSA with SHA-256"


@pytest.mark.parametrize(
    ("signer", "failure", "facts"),
    [
        pytest.param(
            replace(GOOD, digest_algorithm=b.algorithm("1.2.840.113549.2.5")),
            f.AlgorithmRefused, {"algorithm": "MD5"}, id="MD5",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("1.2.840.113549.1.1.4", b.NULL)),
            f.AlgorithmRefused, {"algorithm": "RSA with MD5"}, id="md5WithRSAEncryption",
        ),
        pytest.param(
            replace(GOOD, digest_algorithm=b.algorithm("1.2.3.4")),
            f.DigestNotSupported, {"algorithm": "1.2.3.4"}, id="unknown digest",
        ),
        pytest.param(
            replace(GOOD, digest_algorithm=b.algorithm("1.3.36.3.2.1")),
            f.DigestNotSupported, {"algorithm": "RIPEMD-160"}, id="RIPEMD-160",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("1.2.3.4")),
            f.SignatureAlgorithmNotSupported, {"algorithm": "1.2.3.4"}, id="unknown signature",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("2.16.840.1.101.3.4.3.20")),
            f.SignatureAlgorithmNotSupported, {"algorithm": "SLH-DSA-SHA2-128s"}, id="SLH-DSA",
        ),
        pytest.param(
            Signer(identity("secp256k1")),
            f.SignatureAlgorithmNotSupported, {"algorithm": "ECDSA on secp256k1"}, id="another curve",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("1.2.840.113549.1.1.13", b.NULL)),
            f.HashMismatch, {"algorithm": "RSA with SHA-512", "digest": "SHA-256"}, id="another hash in the signature",
        ),
        pytest.param(
            replace(GOOD, pss=("SHA-256", 32), signature_algorithm=b.algorithm(b.RSA_PSS, b.pss_parameters("SHA-512"))),
            f.HashMismatch, {"algorithm": "RSA-PSS with SHA-512", "digest": "SHA-256"}, id="another hash in PSS",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("1.2.840.10045.4.3.2")),
            f.KeyMismatch, {"algorithm": "ECDSA with SHA-256", "key": "RSA 2048"}, id="ECDSA with an RSA key",
        ),
        pytest.param(
            Signer(identity("P-256"), signature_algorithm=b.algorithm(b.RSA, b.NULL)),
            f.KeyMismatch, {"algorithm": "RSA", "key": "P-256"}, id="RSA with a P-256 key",
        ),
        pytest.param(
            Signer(identity("Ed448"), "SHA-512", signature_algorithm=b.algorithm("1.3.101.112")),
            f.KeyMismatch, {"algorithm": "Ed25519", "key": "Ed448"}, id="Ed25519 with an Ed448 key",
        ),
        pytest.param(
            Signer(identity("Ed25519"), "SHA-512", signature_algorithm=b.algorithm("1.3.101.112", b.NULL)),
            f.ParametersMalformed, {"algorithm": "Ed25519"}, id="Ed25519 with NULL",
        ),
        pytest.param(
            Signer(identity("ML-DSA-44"), signature_algorithm=b.algorithm("2.16.840.1.101.3.4.3.17", b.NULL)),
            f.ParametersMalformed, {"algorithm": "ML-DSA-44"}, id="ML-DSA-44 with NULL",
        ),
        pytest.param(
            Signer(identity("ML-DSA-44"), signature_algorithm=b.algorithm("2.16.840.1.101.3.4.3.18")),
            f.KeyMismatch, {"algorithm": "ML-DSA-65", "key": "ML-DSA-44"}, id="ML-DSA-65 with an ML-DSA-44 key",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm("2.16.840.1.101.3.4.3.2")),
            f.KeyMismatch, {"algorithm": "DSA with SHA-256", "key": "RSA 2048"}, id="DSA with an RSA key",
        ),
        pytest.param(
            Signer(identity("DSA 2048"), signature_algorithm=b.algorithm(b.RSA, b.NULL)),
            f.KeyMismatch, {"algorithm": "RSA", "key": "DSA 2048"}, id="RSA with a DSA key",
        ),
        pytest.param(
            Signer(identity("DSA 2048"), signature_algorithm=b.algorithm("2.16.840.1.101.3.4.3.2", b.oid("1.2.3"))),
            f.ParametersMalformed, {"algorithm": "DSA with SHA-256"}, id="DSA with parameters",
        ),
        pytest.param(
            replace(GOOD, signature_algorithm=b.algorithm(b.RSA, b.oid("1.2.3"))),
            f.ParametersMalformed, {"algorithm": "RSA"}, id="RSA with parameters",
        ),
        pytest.param(
            Signer(identity("P-256"), signature_algorithm=b.algorithm("1.2.840.10045.4.3.2", b.oid("1.2.3"))),
            f.ParametersMalformed, {"algorithm": "ECDSA with SHA-256"}, id="ECDSA with parameters",
        ),
        pytest.param(
            replace(GOOD, digest_algorithm=b.algorithm(b.HASHES["SHA-256"][0], b.oid("1.2.3"))),
            f.ParametersMalformed, {"algorithm": "SHA-256"}, id="a digest with parameters",
        ),
        pytest.param(
            replace(GOOD, value=bytes(256)),
            f.SignatureBroken, {"algorithm": "RSA with SHA-256"}, id="a value of zeros",
        ),
        pytest.param(replace(GOOD, value=b""), f.SignatureBroken, {"algorithm": "RSA with SHA-256"}, id="no value"),
        pytest.param(
            Signer(identity("P-256"), value=tlv(0x30, b.integer(0), b.integer(0))),
            f.SignatureBroken, {"algorithm": "ECDSA P-256 with SHA-256"}, id="an ECDSA value of zeros",
        ),
        pytest.param(
            Signer(identity("Ed25519"), "SHA-512", value=bytes(64)),
            f.SignatureBroken, {"algorithm": "Ed25519"}, id="an Ed25519 value of zeros",
        ),
    ],
)  # fmt: skip
def test_wrong_algorithms_are_refused(signer: Signer, failure: type[LetterlockError], facts: dict[str, str]) -> None:
    """What does not go together, or is not for us, is refused by name."""
    assert refused(signer, failure).facts() == facts


@pytest.mark.parametrize(
    ("exponent", "modulus", "failure"),
    [
        pytest.param((1 << 65) + 1, None, f.KeyUnusable, id="a huge exponent"),
        pytest.param(65537, (1 << 16_400) + 1, f.KeyUnusable, id="a huge modulus"),
        pytest.param(65537, (1 << 600) + 1, f.KeyUnusable, id="a tiny modulus"),
        pytest.param(3, None, f.SignatureBroken, id="an exponent of three, which is fine"),
    ],
)
def test_absurd_rsa_keys_are_refused(exponent: int, modulus: int | None, failure: type[LetterlockError]) -> None:
    """An RSA key that nobody honest has is refused before anything is computed with it."""
    genuine = RSA.key.public_key().public_numbers()
    assert isinstance(genuine, rsa.RSAPublicNumbers)
    numbers = tlv(0x30, b.integer(modulus or genuine.n), b.integer(exponent))
    old = tlv(0x30, b.integer(genuine.n), b.integer(genuine.e))
    found = x509.load_der_x509_certificate(with_key(RSA.certificate, old, numbers))
    signed, content = read(signed_data([GOOD]))
    with pytest.raises(failure):
        confirm(signed.signers[0], content, [found])


def with_key(certificate: x509.Certificate, old: bytes, new: bytes) -> bytes:
    """The certificate with another public key in it. Its own signature does not fit any more; nobody asks here."""
    elements = der.split(certificate.tbs_certificate_bytes, 0x30, "TBSCertificate", 20)
    spki = tlv(0x30, b.algorithm(b.RSA, b.NULL), tlv(0x03, b"\0", new))
    assert tlv(0x03, b"\0", old) in elements[6]
    tbs = tlv(0x30, *elements[:6], spki, *elements[7:])
    return tlv(0x30, tbs, b.algorithm("1.2.840.113549.1.1.11", b.NULL), tlv(0x03, b"\0", bytes(256)))


def test_attributes_of_a_certificate_are_found_without_the_rest() -> None:
    """The key identifier is found beside an extension the library cannot read; what is no certificate is None."""
    elements = der.split(RSA.certificate.tbs_certificate_bytes, 0x30, "TBSCertificate", 20)
    (extension,) = der.split(der.contents(elements[-1], "Extensions"), 0x30, "Extensions", 20)
    odd = tlv(0x30, b.oid("2.5.29.17"), tlv(4, b.NULL))
    tbs = tlv(0x30, *elements[:-1], tlv(0xA3, tlv(0x30, odd, extension)))
    made = tlv(0x30, tbs, b.algorithm("1.2.840.113549.1.1.11", b.NULL), tlv(0x03, b"\0", bytes(256)))
    certificate, of_the_library = Certificate.load(made), load_certificate(made)
    assert certificate is not None
    assert of_the_library is not None
    signed, _ = read(signed_data([replace(GOOD, sid=tlv(0x80, certificate.key_identifier or b""))]))
    both = [certificate, of_the_library]
    assert list(candidates(signed.signers[0], both)) == both
    with pytest.raises(ValueError, match="error parsing"):
        assert of_the_library.extensions
    for load in (Certificate.load, load_certificate):
        assert load(made[:-1]) is None
        assert load(made.replace(tlv(0xA0, b.integer(2)), tlv(0xA0, b.integer(9)))) is None


def test_what_is_no_certificate_names_nothing() -> None:
    """A view of octets that are none answers None to everything, and its key cannot be used."""
    certificate = Certificate(RSA.der[:-1])
    assert certificate.issuer is certificate.serial is certificate.key_identifier is certificate.key_algorithm is None
    assert certificate.key_algorithm_oid == ""
    with pytest.raises(f.CmsMalformed):
        certificate.public_key()
    signed, _ = read(signed_data([GOOD]))
    assert not list(candidates(signed.signers[0], [certificate]))
    with pytest.raises(f.KeyUnusable):
        check(signed.signers[0], certificate, lambda algorithm: b.hashed("SHA-256", CONTENT), lambda octets: b"")


def pss_fields(*fields: bytes) -> bytes:
    return b.algorithm(b.RSA_PSS, tlv(0x30, *fields))


HASH = tlv(0xA0, SHA256)
MASK = tlv(0xA1, b.algorithm(b.MGF1, SHA256))


@pytest.mark.parametrize(
    "algorithm",
    [
        pytest.param(b.algorithm(b.RSA_PSS), id="absent"),
        pytest.param(b.algorithm(b.RSA_PSS, b.NULL), id="NULL"),
        pytest.param(b.algorithm(b.RSA_PSS, tlv(0x31)), id="a set"),
        pytest.param(pss_fields(HASH, MASK, tlv(0xA2, b.integer(-1))), id="a negative salt"),
        pytest.param(pss_fields(HASH, MASK, tlv(0xA2, b.integer(1 << 70))), id="an absurd salt"),
        pytest.param(pss_fields(HASH, MASK, tlv(0xA2, b.integer(223))), id="a salt that does not fit the key"),
        pytest.param(pss_fields(HASH, MASK, tlv(0xA2, b.integer(32)), tlv(0xA3, b.integer(2))), id="another trailer"),
        pytest.param(
            pss_fields(HASH, tlv(0xA1, b.algorithm(b.MGF1)), tlv(0xA2, b.integer(32))), id="mask without hash"
        ),
        pytest.param(pss_fields(HASH, MASK, tlv(0xA2, b.integer(32)), b.NULL), id="something behind"),
        pytest.param(pss_fields(tlv(0xA0, b.NULL)), id="NULL as hash"),
    ],
)
def test_malformed_pss_parameters_are_refused(algorithm: bytes) -> None:
    """Parameters of RSA-PSS that RFC 4055 does not define are refused, whatever the value."""
    refused(replace(GOOD, pss=("SHA-256", 32), signature_algorithm=algorithm), f.ParametersMalformed)


def test_other_mask_function_is_not_supported() -> None:
    """A mask generation function that is not MGF1 is named."""
    algorithm = pss_fields(HASH, tlv(0xA1, b.algorithm("1.2.3.4")), tlv(0xA2, b.integer(32)))
    refused(replace(GOOD, pss=("SHA-256", 32), signature_algorithm=algorithm), f.SignatureAlgorithmNotSupported)


def test_changed_content_is_said_even_where_the_algorithm_is_unknown() -> None:
    """A digest that differs is proof of a change; it outranks not knowing the signature algorithm."""
    unknown = replace(GOOD, signature_algorithm=b.algorithm("1.2.3.4"))
    with pytest.raises(f.ContentChanged):
        verify(signed_data([unknown], content=None), detached=b"other")


def test_ocsp_answers_are_told_from_lists_and_other_formats() -> None:
    """RFC 5940 §2.1: an OCSP answer is an "other" format with its own identifier; unknown formats are passed over."""
    answer, crl = tlv(0x30, b"\x0a\x01\x00"), tlv(0x30, b"\x05\x00")
    ocsp = tlv(0xA1, oid("1.3.6.1.5.5.7.16.2"), answer)
    unknown = tlv(0xA1, oid("1.3.6.1.5.5.7.16.4"), answer)
    signed, _ = read(signed_data([GOOD], crls=[crl, unknown, ocsp]))
    assert signed.crls == (crl,)
    assert signed.ocsp_answers == (answer,)
