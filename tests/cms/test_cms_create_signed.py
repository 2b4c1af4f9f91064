"""What is signed here is confirmed here and says what it should; OpenSSL and others are asked in `tests/interop`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from cryptography import x509

from letterlock.cms import (
    Attribute,
    Certificate,
    CompressedReader,
    CompressedWriter,
    KeyIdentifier,
    PrivateSigningKey,
    SignedDataWriter,
    Signing,
    ber,
    certificates_only,
    create_attributes,
    der,
    time_stamp_tokens,
)
from letterlock.cms import failures as f
from letterlock.cms.attributes import CAPABILITIES, ENCRYPTION_KEY_PREFERENCE
from letterlock.cms.signing_keys import SigningAlgorithm, signing_algorithm
from tests.cms import builder as b
from tests.cms.builder import CONTENT, identity
from tests.cms.reading import certificates_of, confirm, read, verify

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def signing(kind: str = "RSA", name: str = "Anna Muster", *, digest: str | None = None, pss: bool = False) -> Signing:
    """A signature to be made by a key of that kind."""
    who = identity(kind, name)
    return Signing(PrivateSigningKey(who.certificate, who.key, digest=digest, pss=pss), AT)


def sign(
    *signings: Signing, content: bytes = CONTENT, size: int = 1_000, length: int | None = None, detached: bool = False
) -> bytes:
    """The object around the content, written in chunks of `size`."""
    out: list[bytes] = []
    writer = SignedDataWriter(out.append, signings, length=length, detached=detached)
    for position in range(0, len(content), size):
        writer.write(content[position : position + size])
    writer.close()
    return b"".join(out)


def is_der(octets: bytes) -> bool:
    return der.walk(octets, 0, len(octets), 100, 100_000)[1] == -1


@pytest.mark.parametrize(
    ("kind", "digest", "pss", "name"),
    [
        ("RSA", None, False, "RSA with SHA-256"),
        ("RSA", "SHA-512", False, "RSA with SHA-512"),
        ("RSA", "SHA3-256", False, "RSA with SHA3-256"),
        ("RSA", None, True, "RSA-PSS with SHA-256"),
        ("RSA", "SHA-384", True, "RSA-PSS with SHA-384"),
        ("RSA", "SHA3-512", True, "RSA-PSS with SHA3-512"),
        ("P-256", None, False, "ECDSA P-256 with SHA-256"),
        ("P-384", None, False, "ECDSA P-384 with SHA-384"),
        ("P-521", None, False, "ECDSA P-521 with SHA-512"),
        ("P-256", "SHA3-256", False, "ECDSA P-256 with SHA3-256"),
        ("P-256", "SHAKE128", False, "ECDSA P-256 with SHAKE128"),
        ("brainpoolP256r1", None, False, "ECDSA brainpoolP256r1 with SHA-256"),
        ("brainpoolP384r1", None, False, "ECDSA brainpoolP384r1 with SHA-384"),
        ("brainpoolP512r1", None, False, "ECDSA brainpoolP512r1 with SHA-512"),
        ("Ed25519", None, False, "Ed25519"),
        ("Ed448", None, False, "Ed448"),
        ("ML-DSA-44", None, False, "ML-DSA-44"),
        ("ML-DSA-65", None, False, "ML-DSA-65"),
        ("ML-DSA-87", None, False, "ML-DSA-87"),
    ],
)
def test_every_algorithm_round_trip(kind: str, digest: str | None, pss: bool, name: str) -> None:
    """Opaque in BER, opaque with a known length, and detached: confirmed, and nothing of it weak."""
    who = signing(kind, digest=digest, pss=pss)
    for octets, detached in (
        (sign(who), None),
        (sign(who, length=len(CONTENT)), None),
        (sign(who, detached=True), CONTENT),
    ):
        (checked,) = verify(octets, detached)
        assert (checked.signature_algorithm, checked.weak, checked.signing_time) == (name, (), AT)
        assert checked.certificate == Certificate.of(who.key.certificate)


@pytest.mark.parametrize("size", [1, 1_000, 1_000_000])
@pytest.mark.parametrize("octets", [0, 1, 127, 128, 16_384, 16_385, 300_000])
def test_content_of_any_length_comes_back(octets: int, size: int) -> None:
    """Whatever the length and the chunks, with a stated length (DER) and without (BER)."""
    content = bytes(range(256)) * (octets // 256) + b"x" * (octets % 256)
    size = max(size, octets // 20_000)
    for length in (None, octets):
        made = sign(signing(), content=content, size=size, length=length)
        signed, inside = read(made)
        assert inside == content
        assert confirm(signed.signers[0], inside, certificates_of(signed))
        assert is_der(made) == (length is not None)


@pytest.mark.parametrize("kind", ["RSA", "Ed25519", "Ed448", "ML-DSA-44"])
def test_a_known_length_yields_der(kind: str) -> None:
    """Where the signature's length is known too, the whole object is DER, down to the SETs' order."""
    made = sign(signing(kind), length=len(CONTENT))
    reader = ber.BerReader()
    reader.feed(made)
    assert reader.close() == made
    assert is_der(made)


def test_an_unknown_signature_length_yields_ber() -> None:
    """ECDSA values differ in length, so the frame cannot be written beforehand; detached it can wait for them."""
    assert not is_der(sign(signing("P-256"), length=len(CONTENT)))
    assert is_der(sign(signing("P-256"), detached=True))


def test_another_length_than_stated_is_an_error() -> None:
    """Neither more nor less content makes a broken object that looks finished."""
    for length in (len(CONTENT) - 1, len(CONTENT) + 1):
        with pytest.raises(ValueError, match="than was stated"):
            sign(signing(), length=length)


def test_several_signers_have_one_result_each() -> None:
    """Different keys and digests over one content, read once."""
    octets = sign(signing(), signing("P-384", "Bert"), signing("Ed25519", "Cleo"))
    assert {each.signature_algorithm for each in verify(octets)} == {
        "RSA with SHA-256", "ECDSA P-384 with SHA-384", "Ed25519",
    }  # fmt: skip


def test_what_is_signed_beside_the_content() -> None:
    """The attributes of RFC 8551, RFC 6211 and RFC 5035, each once and in DER order."""
    who = identity("RSA")
    other = identity("P-256", "Anna, encryption").certificate
    made = Signing(PrivateSigningKey(who.certificate, who.key), AT, encryption_certificate=other)
    (signer,) = read(sign(made))[0].signers
    assert signer.signed_attributes is not None
    oids = [each.oid for each in signer.signed_attributes]
    assert sorted(oids) == sorted(
        [
            b.CONTENT_TYPE, b.MESSAGE_DIGEST, b.SIGNING_TIME, b.ALGORITHM_PROTECTION, b.SIGNING_CERTIFICATE_V2,
            CAPABILITIES, ENCRYPTION_KEY_PREFERENCE,
        ]
    )  # fmt: skip
    assert len(signer.signed_octets) == 1, "the set is in DER order"
    preference = value_of(signer.signed_attributes, ENCRYPTION_KEY_PREFERENCE)
    assert preference == b"\xa0" + b.tlv(0x30, other.issuer.public_bytes(), b.integer(other.serial_number))[1:]


def value_of(attributes: tuple[Attribute, ...], oid: str) -> bytes:
    (found,) = (each for each in attributes if each.oid == oid)
    return found.values[0]


def test_what_may_be_left_out() -> None:
    """No time and no capabilities where none are given; the rest is always there."""
    who = identity("RSA")
    (signer,) = read(sign(Signing(PrivateSigningKey(who.certificate, who.key), None, capabilities=())))[0].signers
    assert {each.oid for each in signer.signed_attributes or ()} == {
        b.CONTENT_TYPE, b.MESSAGE_DIGEST, b.ALGORITHM_PROTECTION, b.SIGNING_CERTIFICATE_V2,
    }  # fmt: skip


@pytest.mark.parametrize(("year", "tag"), [(1950, 0x17), (2049, 0x17), (2050, 0x18), (1949, 0x18)])
def test_signing_times(year: int, tag: int) -> None:
    """UTCTime from 1950 to 2049, GeneralizedTime otherwise (RFC 5652 §11.3), and read back as the same."""
    who = identity("RSA")
    at = datetime(year, 1, 2, 3, 4, 5, tzinfo=UTC)
    octets = sign(Signing(PrivateSigningKey(who.certificate, who.key), at))
    (signer,) = read(octets)[0].signers
    assert value_of(signer.signed_attributes or (), b.SIGNING_TIME)[0] == tag
    assert verify(octets)[0].signing_time == at


def test_a_time_without_a_zone_is_refused() -> None:
    """Local time would be signed as if it were UTC."""
    who = identity("RSA")
    with pytest.raises(ValueError, match="time zone"):
        sign(Signing(PrivateSigningKey(who.certificate, who.key), datetime(2026, 1, 1)))  # noqa: DTZ001


def test_a_signer_named_by_its_key() -> None:
    """By subjectKeyIdentifier, under the versions that RFC 5652 §5.1 wants then."""
    who = identity("RSA")
    octets = sign(Signing(PrivateSigningKey(who.certificate, who.key), AT, by_key_identifier=True))
    signed, _ = read(octets)
    assert isinstance(signed.signers[0].sid, KeyIdentifier)
    assert verify(octets)


def test_other_content_types() -> None:
    """Content that is not plain data says so, in the object and in the attribute."""
    out: list[bytes] = []
    writer = SignedDataWriter(out.append, [signing()], content_type="1.2.840.113549.1.9.16.1.4")
    writer.write(CONTENT)
    writer.close()
    assert verify(b"".join(out))[0].content_type == "1.2.840.113549.1.9.16.1.4"


def test_certificates_only() -> None:
    """To pass certificates on: nobody signed, each certificate once, in DER."""
    one, two = identity("RSA").der, identity("P-256").der
    octets = certificates_only([one, two, one])
    signed, _ = read(octets)
    assert (set(signed.certificates), len(signed.certificates), signed.signers) == ({one, two}, 2, ())
    assert is_der(octets)


def test_the_chain_is_carried_along() -> None:
    """The signer's certificate and the others given."""
    other = identity("P-256", "Issuer").der
    out: list[bytes] = []
    SignedDataWriter(out.append, [signing()], certificates=[other], detached=True).close()
    assert set(read(b"".join(out))[0].certificates) == {other, identity("RSA", "Anna Muster").der}


@pytest.mark.parametrize(
    ("kind", "digest", "pss", "named"),
    [
        ("RSA 1024", None, False, "RSA 1024"),
        ("DSA 2048", None, False, "DSA"),
        ("secp256k1", None, False, "ECDSA on secp256k1"),
        ("RSA", "SHA-1", False, "SHA-1"),
        ("RSA", "MD5", False, "MD5"),
        ("RSA", "SHA-224", False, "SHA-224"),
        ("RSA", "SHAKE128", False, "RSA with SHAKE128"),
        ("RSA", "SHAKE256", True, "RSA-PSS with SHAKE256"),
        ("P-256", "SHA-512/256", False, "ECDSA with SHA-512/256"),
    ],
)
def test_what_is_not_signed_with(kind: str, digest: str | None, pss: bool, named: str) -> None:
    """Weak keys and digests, and what no standard has a number for."""
    with pytest.raises(f.SigningNotSupported) as caught:
        signing(kind, digest=digest, pss=pss)
    assert caught.value.algorithm == named


def test_a_key_of_another_certificate_is_refused() -> None:
    """Such a signature would be confirmed by nobody."""
    with pytest.raises(ValueError, match="another key"):
        PrivateSigningKey(identity("RSA").certificate, identity("RSA", "Bert").key)


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_attributes_beside_the_signature(kind: str) -> None:
    """They are made from the signature value, in DER order, and nobody signs them."""
    values: list[bytes] = []

    def beside(value: bytes) -> list[bytes]:
        values.append(value)
        return [create_attributes.time_stamp(each) for each in (b"\x30\x03\x02\x01\x02", b"\x30\x03\x02\x01\x01")]

    made = sign(replace(signing(kind), unsigned_attributes=beside), length=len(CONTENT))
    (signer,) = read(made)[0].signers
    assert values == [signer.value]
    assert time_stamp_tokens(signer) == (b"\x30\x03\x02\x01\x01", b"\x30\x03\x02\x01\x02")
    assert verify(made)


def test_nobody_signs() -> None:
    """An object without signers is only made on purpose."""
    with pytest.raises(ValueError, match="nobody"):
        SignedDataWriter(lambda octets: None, [])


def test_a_key_shows_no_secret() -> None:
    """Its text names the certificate alone."""
    assert repr(signing().key) == "PrivateSigningKey('CN=Anna Muster')"


@dataclass
class Card:
    """A key that is elsewhere: it is given the octets to sign, and nothing else is asked of it."""

    certificate: x509.Certificate
    inside: PrivateSigningKey
    asked: int = 0

    @property
    def algorithm(self) -> SigningAlgorithm:
        return signing_algorithm(self.certificate)

    def sign(self, tbs: bytes) -> bytes:
        self.asked += 1
        return self.inside.sign(tbs)


def test_a_key_that_is_elsewhere() -> None:
    """A smart card is asked once, for the signed attributes."""
    who = identity("P-256")
    card = Card(who.certificate, PrivateSigningKey(who.certificate, who.key))
    assert verify(sign(Signing(card, AT)))
    assert card.asked == 1


@pytest.mark.parametrize("size", [1, 1_000])
def test_compressed_round_trip(size: int) -> None:
    """What is compressed here comes out again."""
    out: list[bytes] = []
    writer = CompressedWriter(out.append)
    for position in range(0, len(CONTENT), size):
        writer.write(CONTENT[position : position + size])
    writer.close()
    content: list[bytes] = []
    reader = CompressedReader(content.append)
    reader.feed(b"".join(out))
    assert reader.close().content_type == b.DATA
    assert b"".join(content) == CONTENT
