"""SignedData: what is read, which certificate is meant, and every way a signature can be good or bad."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from letterlock import limits
from letterlock.cms import (
    IssuerAndSerial,
    KeyIdentifier,
    SignedDataReader,
    candidates,
    certificates,
    der,
    load_certificate,
)
from letterlock.cms import failures as f
from letterlock.errors import LetterlockError
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Identity, Signer, identity, oid, signed_data, tlv
from tests.cms.reading import certificates_of, confirm, read, verify

RSA = identity("RSA")
GOOD = Signer(RSA)


def refused(signer: Signer, failure: type[LetterlockError], **deviations: object) -> LetterlockError:
    """The failure of a message with this signer."""
    with pytest.raises(failure) as caught:
        verify(signed_data([signer], **deviations))  # type: ignore[arg-type]
    assert type(caught.value) is failure
    return caught.value


# What is read.


def test_opaque_message_is_read() -> None:
    """Content, type, certificates and signer of an opaque message come out as they went in."""
    signed, content = read(signed_data([GOOD], crls=[tlv(0x30, b"\x05\x00")]))
    assert content == CONTENT
    assert (signed.content_type, signed.has_content) == (b.DATA, True)
    assert signed.certificates == (RSA.der,)
    assert signed.crls == (tlv(0x30, b"\x05\x00"),)
    (signer,) = signed.signers
    assert signer.digest_algorithm == "SHA-256"
    assert signer.signature_algorithm == "RSA"
    assert signer.signing_time == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert signer.sid == IssuerAndSerial(RSA.certificate.issuer.public_bytes(), RSA.certificate.serial_number)


def test_detached_message_is_told_from_an_empty_one() -> None:
    """No content and empty content are different things."""
    assert not read(signed_data([GOOD], content=None))[0].has_content
    assert read(signed_data([GOOD], content=b""))[0].has_content
    assert verify(signed_data([GOOD], content=b""))
    assert verify(signed_data([GOOD], content=None), detached=CONTENT)


def test_certificates_only_has_no_signers() -> None:
    """An object without signers is read and says so; nobody signed it."""
    signed, _ = read(signed_data([], content=None, certificates=[RSA.der]))
    assert signed.signers == ()
    assert signed.certificates == (RSA.der,)


def test_undecodable_certificate_does_not_hurt() -> None:
    """A certificate that nobody can read is handed out as it is, and the signature is checked with the good one."""
    odd = tlv(0x30, tlv(0x30, b"\x05\x00"))
    octets = signed_data([GOOD], certificates=[odd, tlv(0xA2, b"\x05\x00"), tlv(0xA3, b"\x05\x00"), RSA.der])
    assert read(octets)[0].certificates == (odd, RSA.der)
    assert verify(octets)


def test_chunks_do_not_matter() -> None:
    """Fed octet by octet or in odd pieces, everything is as when fed whole."""
    octets = signed_data([GOOD])
    for size in (1, 2, 3, 10, 1000):
        assert read(octets, size) == read(octets)
        assert verify(octets, size=size)


@pytest.mark.parametrize(
    ("oid", "name"),
    [
        ("1.2.840.113549.1.7.3", "enveloped-data"),
        ("1.2.840.113549.1.9.16.1.23", "authEnveloped-data"),
        ("1.2.840.113549.1.9.16.1.9", "compressed-data"),
        ("1.2.840.113549.1.7.1", "data"),
        ("1.2.3.4", "1.2.3.4"),
    ],
)
def test_other_content_type_is_named_at_once(oid: str, name: str) -> None:
    """Another type is refused by name as soon as its number has arrived, before anything reaches the sink."""
    octets = signed_data([GOOD], outer_type=oid)
    reader = SignedDataReader(content=lambda octets: pytest.fail("content of an unknown kind was handed out"))
    # The number ends at least 9 octets before the content begins.
    with pytest.raises(f.ContentTypeNotSupported) as caught:
        reader.feed(octets[: 6 + len(b.oid(oid))])
    assert (caught.value.content_type, caught.value.name) == (oid, name)


@pytest.mark.parametrize(
    "octets",
    [
        pytest.param(b"From: anna@muster.example\r\n\r\nHello\r\n", id="a message"),
        pytest.param(b"MIIGVQYJKoZIhvcNAQcCoIIGRjCCBkIC", id="base64"),
        pytest.param(tlv(0x30), id="an empty sequence"),
        pytest.param(tlv(0x30, b.oid(b.SIGNED_DATA)), id="no content"),
        pytest.param(tlv(0x30, b.oid(b.SIGNED_DATA), tlv(0xA0, tlv(0x30))), id="an empty SignedData"),
        pytest.param(tlv(0x30, tlv(0x06, b"\x80\x01"), tlv(0xA0)), id="a padded object identifier"),
        pytest.param(signed_data([]).replace(b"\x04" + bytes((len(CONTENT),)), b"\x0c" + bytes((len(CONTENT),))),
                     id="content that is no OCTET STRING"),
    ],
)  # fmt: skip
def test_something_else_is_refused(octets: bytes) -> None:
    """What is no SignedData is refused with a code, whole or octet by octet."""
    for size in (None, 1):
        with pytest.raises(f.CmsFailure):
            read(octets, size)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        pytest.param((0x30, b""), "SignerIdentifier", id="empty identifier"),
        pytest.param((0x31, b""), "SignerIdentifier", id="an identifier of no known kind"),
        pytest.param((0xA0, b"\x05\x00"), "SignerIdentifier", id="a key identifier of NULLs"),
    ],
)
def test_unknown_signer_identifier_is_refused(change: tuple[int, bytes], where: str) -> None:
    """A signer identifier of another kind than the two that exist is malformed."""
    with pytest.raises(f.CmsMalformed) as caught:
        read(signed_data([replace(GOOD, sid=tlv(*change))]))
    assert caught.value.where == where


def test_signers_and_certificates_have_an_end() -> None:
    """One more than the limit is refused with its own code; the limit itself is fine."""
    detached = replace(GOOD, value=b"")
    read(signed_data([detached] * limits.CMS_SIGNERS))
    with pytest.raises(f.TooManySigners):
        read(signed_data([detached] * (limits.CMS_SIGNERS + 1)))
    with pytest.raises(f.TooManyCertificates):
        read(signed_data([], certificates=[tlv(0x30)] * (limits.CMS_CERTIFICATES + 1)))


def test_every_signer_is_checked_alone() -> None:
    """Of two signers the broken one fails and the good one stands."""
    octets = signed_data([replace(GOOD, value=bytes(256)), Signer(identity("P-256"))])
    signed, content = read(octets)
    results = []
    for signer in signed.signers:
        for certificate in candidates(signer, certificates_of(signed)):
            try:
                results.append(confirm(signer, content, [certificate]).signature_algorithm)
            except f.SignatureBroken as failure:
                results.append(failure.code)
    assert results == ["signature_broken", "ECDSA P-256 with SHA-256"]


# Which certificate is meant.


def test_signer_is_found_by_key_identifier() -> None:
    """By subjectKeyIdentifier the certificate with that extension is meant, and no other."""
    wanted = RSA.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    other = identity("P-256")
    for sid in (tlv(0x80, wanted), tlv(0xA0, tlv(4, wanted[:7]), tlv(4, wanted[7:]))):
        signed, _ = read(signed_data([replace(GOOD, sid=sid)]))
        assert signed.signers[0].sid == KeyIdentifier(wanted)
        assert list(candidates(signed.signers[0], [other.certificate, RSA.certificate])) == [RSA.certificate]
    assert verify(signed_data([replace(GOOD, sid=tlv(0x80, wanted))]))


def test_name_and_number_must_both_fit() -> None:
    """A certificate of the same issuer with another number, or the same number of another issuer, is not meant."""
    same_name = b.certificate_for(RSA.key, "Anna Muster")
    signed, _ = read(signed_data([GOOD]))
    found = list(candidates(signed.signers[0], [same_name, identity("P-256").certificate, RSA.certificate]))
    assert found == [RSA.certificate]


# Good signatures.


@pytest.mark.parametrize("attributed", [True, False], ids=["signed attributes", "no attributes"])
@pytest.mark.parametrize(
    ("kind", "digest", "pss", "name"),
    [
        ("RSA", "SHA-256", None, "RSA with SHA-256"),
        ("RSA", "SHA-384", None, "RSA with SHA-384"),
        ("RSA", "SHA-512", None, "RSA with SHA-512"),
        ("RSA", "SHA3-256", None, "RSA with SHA3-256"),
        ("RSA", "SHA-256", ("SHA-256", 32), "RSA-PSS with SHA-256"),
        ("RSA", "SHA-256", ("SHA-1", 20), "RSA-PSS with SHA-256"),
        ("RSA", "SHA-384", ("SHA-512", 0), "RSA-PSS with SHA-384"),
        ("RSA", "SHA-512", ("SHA-512", 190), "RSA-PSS with SHA-512"),
        ("P-256", "SHA-256", None, "ECDSA P-256 with SHA-256"),
        ("P-384", "SHA-384", None, "ECDSA P-384 with SHA-384"),
        ("P-521", "SHA-512", None, "ECDSA P-521 with SHA-512"),
        ("P-256", "SHA-512", None, "ECDSA P-256 with SHA-512"),
        ("P-256", "SHA3-512", None, "ECDSA P-256 with SHA3-512"),
        ("P-256", "SHAKE256", None, "ECDSA P-256 with SHAKE256"),
        ("brainpoolP256r1", "SHA-256", None, "ECDSA brainpoolP256r1 with SHA-256"),
        ("brainpoolP384r1", "SHA-384", None, "ECDSA brainpoolP384r1 with SHA-384"),
        ("brainpoolP512r1", "SHA-512", None, "ECDSA brainpoolP512r1 with SHA-512"),
        ("Ed25519", "SHA-512", None, "Ed25519"),
        ("Ed25519", "SHA-256", None, "Ed25519"),
        ("Ed448", "SHAKE256", None, "Ed448"),
    ],
)
def test_good_signature_is_confirmed(
    kind: str, digest: str, pss: tuple[str, int] | None, name: str, attributed: bool
) -> None:
    """Every algorithm of the table confirms a good signature, says what it is, and notices a changed octet."""
    signer = Signer(identity(kind), digest, pss=pss, attributed=attributed)
    (checked,) = verify(signed_data([signer]))
    assert checked.signature_algorithm == name
    assert checked.digest_algorithm == digest
    assert checked.weak == ()
    assert checked.content_type == b.DATA
    assert (checked.signing_time is not None) == attributed
    with pytest.raises(f.ContentChanged if attributed else f.SignatureBroken):
        verify(signed_data([signer], content=None), detached=CONTENT + b"\r\n")


@pytest.mark.parametrize(
    ("signer", "weak"),
    [
        pytest.param(replace(GOOD, digest="SHA-1"), ("SHA-1",), id="SHA-1"),
        pytest.param(replace(GOOD, digest="SHA-224"), ("SHA-224",), id="SHA-224"),
        pytest.param(replace(GOOD, digest="SHA-1", pss=("SHA-1", 20)), ("SHA-1",), id="PSS with SHA-1"),
        pytest.param(Signer(identity("P-256"), "SHA-1"), ("SHA-1",), id="ECDSA with SHA-1"),
        pytest.param(Signer(identity("RSA 1024")), ("RSA 1024",), id="RSA 1024"),
        pytest.param(Signer(identity("RSA 1024"), "SHA-1"), ("SHA-1", "RSA 1024"), id="both"),
    ],
)
def test_weakness_is_named(signer: Signer, weak: tuple[str, ...]) -> None:
    """A weak algorithm is confirmed, and its weakness named."""
    (checked,) = verify(signed_data([signer]))
    assert checked.weak == weak


@pytest.mark.parametrize(
    ("signer", "algorithm"),
    [
        pytest.param(GOOD, b.algorithm("1.2.840.113549.1.1.11", b.NULL), id="sha256WithRSAEncryption"),
        pytest.param(GOOD, b.algorithm(b.RSA), id="rsaEncryption without NULL"),
        pytest.param(Signer(identity("P-256")), b.algorithm("1.2.840.10045.2.1"), id="id-ecPublicKey"),
        pytest.param(
            Signer(identity("P-256")),
            b.algorithm("1.2.840.10045.2.1", b.oid("1.2.840.10045.3.1.7")),
            id="id-ecPublicKey with its curve",
        ),
        pytest.param(Signer(identity("P-256")), b.algorithm("1.2.840.10045.4.3.2", b.NULL), id="ECDSA with NULL"),
    ],
)
def test_other_spellings_of_an_algorithm_are_read(signer: Signer, algorithm: bytes) -> None:
    """Numbers that real mail has where another belongs mean the same."""
    assert verify(signed_data([replace(signer, signature_algorithm=algorithm)]))


def test_defaulted_pss_parameters_mean_sha1() -> None:
    """An empty RSASSA-PSS-params is SHA-1, MGF1 with SHA-1 and a salt of 20."""
    signer = replace(GOOD, digest="SHA-1", pss=("SHA-1", 20), signature_algorithm=b.algorithm(b.RSA_PSS, tlv(0x30)))
    assert verify(signed_data([signer]))[0].weak == ("SHA-1",)


def test_signed_attributes_out_of_order_are_verified_as_received() -> None:
    """Attributes written and signed out of DER order are confirmed."""
    backwards = list(reversed(GOOD.usual(CONTENT)))
    assert backwards != sorted(backwards)
    assert verify(signed_data([replace(GOOD, attributes=backwards, sort=False)]))


def test_signed_attributes_out_of_order_are_verified_as_sorted() -> None:
    """Attributes written out of order, but signed in DER order as the standard says, are confirmed too."""
    assert verify(signed_data([replace(GOOD, attributes=list(reversed(GOOD.usual(CONTENT))))]))


def test_unknown_attributes_are_kept() -> None:
    """An unknown attribute, even twice or without values, has no say and is handed out."""
    more = [b.attribute("1.2.3.4", b.NULL, b.NULL), b.attribute("1.2.3.4", b.NULL), b.attribute("1.2.3.5")]
    octets = signed_data([replace(GOOD, more=more, unsigned=[b.attribute("1.2.3.6", b.NULL)])])
    assert verify(octets)
    (signer,) = read(octets)[0].signers
    assert [each.oid for each in signer.signed_attributes or ()][-3:] == ["1.2.3.4", "1.2.3.4", "1.2.3.5"]
    assert signer.unsigned_attributes[0].values == (b.NULL,)


def test_signing_time_as_generalized_time_is_read() -> None:
    """GeneralizedTime is read before 2050 too, and where it belongs."""
    for text, year in ((b"20260102030405Z", 2026), (b"20510102030405Z", 2051)):
        attributes = [*without(b.SIGNING_TIME), b.attribute(b.SIGNING_TIME, tlv(0x18, text))]
        (checked,) = verify(signed_data([replace(GOOD, attributes=attributes)]))
        assert checked.signing_time == datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_other_content_types_need_signed_attributes() -> None:
    """A time-stamp's content is confirmed with signed attributes and refused without."""
    signer = replace(GOOD, content_type="1.2.840.113549.1.9.16.1.4")
    assert verify(signed_data([signer], content_type="1.2.840.113549.1.9.16.1.4"))
    refused(replace(signer, attributed=False), f.AttributesMissing, content_type="1.2.840.113549.1.9.16.1.4")


# Signed attributes that are wrong.


def without(*oids: str) -> list[bytes]:
    """The usual attributes without some."""
    return [each for each in GOOD.usual(CONTENT) if not any(b.oid(oid) in each for oid in oids)]


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
    certificate = load_certificate(made)
    assert certificate is not None
    signed, _ = read(signed_data([replace(GOOD, sid=tlv(0x80, certificates.key_identifier(certificate) or b""))]))
    assert list(candidates(signed.signers[0], [certificate])) == [certificate]
    with pytest.raises(ValueError, match="error parsing"):
        assert certificate.extensions
    assert load_certificate(made[:-1]) is None
    assert load_certificate(made.replace(tlv(0xA0, b.integer(2)), tlv(0xA0, b.integer(9)))) is None


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
