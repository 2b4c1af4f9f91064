"""SignedData: what is read, which certificate is meant, and every way a signature can be good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509

from letterlock import limits
from letterlock.cms import (
    IssuerAndSerial,
    KeyIdentifier,
    SignedDataReader,
    candidates,
    check,
)
from letterlock.cms import failures as f
from tests.cms import builder as b
from tests.cms.builder import CONTENT, Signer, identity, signed_data, tlv
from tests.cms.reading import certificates_of, confirm, read, verify
from tests.cms.refusing import GOOD, RSA, refused, without

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
        ("RSA", "SHA3-256", ("SHA3-256", 32), "RSA-PSS with SHA3-256"),
        ("RSA", "SHA3-512", ("SHA-256", 64), "RSA-PSS with SHA3-512"),
        ("RSA", "SHA-256", ("SHA3-384", 5), "RSA-PSS with SHA-256"),
        ("P-256", "SHA-256", None, "ECDSA P-256 with SHA-256"),
        ("P-384", "SHA-384", None, "ECDSA P-384 with SHA-384"),
        ("P-521", "SHA-512", None, "ECDSA P-521 with SHA-512"),
        ("P-256", "SHA-512", None, "ECDSA P-256 with SHA-512"),
        ("P-256", "SHA3-512", None, "ECDSA P-256 with SHA3-512"),
        ("P-256", "SHAKE256", None, "ECDSA P-256 with SHAKE256"),
        ("P-256", "SHAKE128", None, "ECDSA P-256 with SHAKE128"),
        ("brainpoolP256r1", "SHA3-256", None, "ECDSA brainpoolP256r1 with SHA3-256"),
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


def test_representations_show_no_signature() -> None:
    """What is printed of a signer in a log or a failing test is short: no signature value, no signed octets."""
    (signer,) = read(signed_data([GOOD]))[0].signers
    assert repr(signer.value) not in repr(signer)
    assert repr(signer.signed_octets) not in repr(signer)


def test_the_number_of_certificates_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the limit pass, one more does not."""
    monkeypatch.setattr(limits, "CMS_CERTIFICATES", 3)
    assert len(read(signed_data([GOOD], certificates=[RSA.der] * 3))[0].certificates) == 3
    with pytest.raises(f.TooManyCertificates):
        read(signed_data([GOOD], certificates=[RSA.der] * 4))


def test_odd_revocation_formats_are_passed_over() -> None:
    """Of what stands among the lists only a whole OCSP answer is handed out as one (RFC 5940 §2.1)."""

    def other(kind: str, *values: bytes) -> bytes:
        return tlv(0xA1, b.oid(kind), *values)

    answer = tlv(0x30, b"\x0a\x01\x00")
    along = [
        other("1.3.6.1.5.5.7.16.2", answer),
        other("1.3.6.1.5.5.7.16.4", tlv(0x30)),
        other("1.3.6.1.5.5.7.16.2"),
        other("1.3.6.1.5.5.7.16.2", answer, answer),
    ]
    assert read(signed_data([GOOD], crls=along))[0].ocsp_answers == (answer,)


def test_no_more_content_is_asked_for_than_is_promised() -> None:
    """Without signed attributes EdDSA takes the content whole, and the caller need never hold more than is stated."""
    signer = Signer(identity("Ed25519"), "SHA-512", attributed=False)
    (read_one,) = read(signed_data([signer]))[0].signers
    asked: list[int] = []

    def first(octets: int) -> bytes:
        asked.append(octets)
        return CONTENT[:octets]

    check(read_one, signer.identity.certificate, lambda algorithm: b"", first)
    assert max(asked) == limits.CMS_ONE_SHOT_OCTETS + 1
