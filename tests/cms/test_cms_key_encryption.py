"""Content keys: every way to encrypt one to a recipient, and what does not fit."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding

from letterlock import limits
from letterlock.cms import (
    PasswordKey,
    WrappingKey,
    der,
)
from letterlock.cms import failures as f
from letterlock.cms.ber import to_der
from letterlock.cms.key_wrap import unwrap
from letterlock.cms.recipients import Password
from letterlock.cms.schema import Algorithm
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, NULL, algorithm, integer, oid, tlv
from tests.cms.decrypting import ANNA, KEY, decrypt, fails, oaep, rid
from tests.cms.envelope import enveloped, receiver, transport

HASHES = [hashes.SHA1(), hashes.SHA224(), hashes.SHA256(), hashes.SHA384(), hashes.SHA512()]


@pytest.mark.parametrize("hashed", HASHES, ids=lambda each: each.name)
@pytest.mark.parametrize("masked", HASHES, ids=lambda each: each.name)
def test_oaep_with_any_hash_mask_and_label(hashed: hashes.HashAlgorithm, masked: hashes.HashAlgorithm) -> None:
    """RSA-OAEP opens with every hash for text and mask, absent fields having their defaults, and any label."""
    for label in (None, b"", b"some label"):
        identifier, scheme = oaep(hashed, masked, label)
        octets = enveloped([transport(ANNA.certificate, scheme, identifier)])
        decrypted, text = decrypt(octets, [KEY])
        assert text == CONTENT
        assert decrypted.key_encryption == f"RSA-OAEP with {hashed.name.upper().replace('SHA', 'SHA-')}"


@pytest.mark.parametrize("parameters", [NULL, tlv(0x30), b""], ids=["NULL", "empty", "absent"])
def test_oaep_with_defaults(parameters: bytes) -> None:
    """No parameters, NULL and an empty sequence all mean SHA-1 throughout."""
    scheme = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
    identifier = algorithm(e.OAEP, *([parameters] if parameters else []))
    assert decrypt(enveloped([transport(ANNA.certificate, scheme, identifier)]), [KEY])[1] == CONTENT


CURVES = ["P-256", "P-384", "P-521", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1", "X25519", "X448"]


SCHEMES = [
    ("1.3.133.16.840.63.0.2", hashes.SHA1()),
    ("1.3.132.1.11.0", hashes.SHA224()),
    ("1.3.132.1.11.1", hashes.SHA256()),
    ("1.3.132.1.11.2", hashes.SHA384()),
    ("1.3.132.1.11.3", hashes.SHA512()),
    ("1.3.133.16.840.63.0.3", hashes.SHA1()),
    ("1.3.132.1.14.1", hashes.SHA256()),
    ("1.3.132.1.14.3", hashes.SHA512()),
    (f"{e.SMIME}.19", hashes.SHA256()),
    (f"{e.SMIME}.20", hashes.SHA384()),
    (f"{e.SMIME}.21", hashes.SHA512()),
]


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize(("scheme", "digest"), SCHEMES, ids=[scheme for scheme, _ in SCHEMES])
def test_key_agreement_on_every_curve(curve: str, scheme: str, digest: hashes.HashAlgorithm) -> None:
    """ECDH opens on every curve with every derivation, with and without keying material of the sender."""
    key = receiver(curve)
    public = key.certificate.public_key()
    hkdf = scheme.startswith(e.SMIME)
    for ukm in (None, b"keying material"):
        made = e.agreement(public, rid(key), scheme, digest, ukm, hkdf=hkdf)  # type: ignore[arg-type]
        decrypted, text = decrypt(enveloped([made]), [key])
        assert text == CONTENT
        assert ("HKDF" in decrypted.key_encryption) == hkdf


def test_key_agreement_with_odd_wraps() -> None:
    """NULL as parameters of the key wrap takes part in the derivation as it was sent; padded key wrap opens too."""
    key = receiver("P-256")
    public = key.certificate.public_key()
    for wrap, parameters in ((f"{e.AES_ARC}.45", NULL), (f"{e.AES_ARC}.48", b"")):
        made = e.agreement(public, rid(key), wrap=wrap, wrap_parameters=parameters)  # type: ignore[arg-type]
        assert decrypt(enveloped([made]), [key])[1] == CONTENT


@pytest.mark.parametrize("kind", ["ML-KEM-768", "ML-KEM-1024"])
def test_key_encapsulation(kind: str) -> None:
    """ML-KEM opens, with and without keying material of the sender."""
    key = receiver(kind)
    for ukm in (None, b"keying material"):
        made = e.encapsulation(key.certificate.public_key(), rid(key), ukm)  # type: ignore[arg-type]
        decrypted, text = decrypt(enveloped([made], e.gcm()), [key])
        assert text == CONTENT
        assert decrypted.key_encryption == kind
    wrong = e.encapsulation(key.certificate.public_key(), rid(key), kek_octets=16)  # type: ignore[arg-type]
    assert isinstance(fails(enveloped([wrong]), [key]), f.EncryptionParametersMalformed)


def test_shared_keys() -> None:
    """A key that both sides have had opens by its identifier, and in the end by trying."""
    octets = enveloped([e.shared(e.KEY[::-1], b"friday")])
    assert decrypt(octets, [WrappingKey(e.KEY[::-1], b"friday")])[1] == CONTENT
    assert decrypt(octets, [WrappingKey(e.KEY[::-1], b"monday")])[1] == CONTENT
    assert isinstance(fails(octets, [WrappingKey(e.KEY, b"friday")]), f.DecryptionFailed)
    assert isinstance(fails(octets, [WrappingKey(e.KEY, b"monday")]), f.NoRecipientKey)


@pytest.mark.parametrize("triple_des", [False, True])
@pytest.mark.parametrize(
    "digest", [(7, hashes.SHA1()), (9, hashes.SHA256()), (11, hashes.SHA512())], ids=lambda each: each[1].name
)
def test_passwords(digest: tuple[int, hashes.HashAlgorithm], triple_des: bool) -> None:
    """A password opens; another one does not."""
    octets = enveloped([e.password(b"open sesame", digest=digest, triple_des=triple_des)])
    decrypted, text = decrypt(octets, [KEY, PasswordKey(b"open sesame")])
    assert text == CONTENT
    assert decrypted.key_encryption == "password, PWRI-KEK"
    assert isinstance(fails(octets, [PasswordKey(b"open barley")]), f.DecryptionFailed)


def test_password_that_would_take_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sender does not decide how long our computer works."""
    monkeypatch.setattr(limits, "CMS_PASSWORD_ITERATIONS", 999)
    octets = enveloped([e.password(b"open sesame", 1000)])
    assert isinstance(fails(octets, [PasswordKey(b"open sesame")]), f.EncryptionNotSupported)


@pytest.mark.parametrize(
    ("identifier", "kind", "name"),
    [
        (algorithm("1.2.3"), f.EncryptionNotSupported, "1.2.3"),
        (algorithm(f"{e.SMIME}.14", NULL), f.EncryptionNotSupported, "RSA-KEM"),
        (algorithm(f"{e.AES_ARC}.45"), f.EncryptionNotSupported, "AES-256 key wrap"),
        (
            algorithm(e.OAEP, tlv(0x30, tlv(0xA0, algorithm("2.16.840.1.101.3.4.2.8")))),
            f.EncryptionNotSupported,
            "RSA-OAEP with SHA3-256",
        ),
        (
            algorithm(e.OAEP, tlv(0x30, tlv(0xA1, algorithm("1.2.3")))),
            f.EncryptionNotSupported,
            "RSA-OAEP, mask 1.2.3",
        ),
        (
            algorithm(e.OAEP, tlv(0x30, tlv(0xA2, algorithm("1.2.3")))),
            f.EncryptionNotSupported,
            "RSA-OAEP, label 1.2.3",
        ),
        (
            algorithm(e.OAEP, tlv(0x30, tlv(0xA2, algorithm("1.2.840.113549.1.1.9")))),
            f.EncryptionParametersMalformed,
            "RSA-OAEP",
        ),
        (algorithm(e.OAEP, integer(1)), f.EncryptionParametersMalformed, "RSA-OAEP"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_key_transport_that_we_do_not_have(identifier: bytes, kind: type[f.DecryptionFailure], name: str) -> None:
    """A way of encrypting the content key that we do not have is named, where the entry is ours."""
    failure = fails(enveloped([transport(ANNA.certificate, identifier=identifier)]))
    assert type(failure) is kind
    assert failure.facts() == {"algorithm": name}


def test_agreements_that_give_nothing() -> None:
    """A sender's key of another curve, off the curve, of another kind, or of a certificate; another way altogether."""
    key = receiver("P-256")
    public = key.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    curve, point = "1.2.840.10045.2.1", b"\x04" + bytes(63) + b"\x01"
    other = ec.generate_private_key(ec.SECP384R1()).public_key().public_numbers()
    larger = b"\x04" + other.x.to_bytes(48, "big") + other.y.to_bytes(48, "big")
    broken = [
        e.originator_key(curve, point),
        e.originator_key(curve, larger),
        e.originator_key(curve, b""),
        e.originator_key("1.3.101.110", bytes(range(32))),
        e.originator_key(curve, point, oid("1.3.132.0.34")),
    ]
    for originator in broken:
        assert isinstance(fails(enveloped([e.agreement(public, rid(key), originator=originator)]), [key]),
                          f.DecryptionFailed)  # fmt: skip
    for kind in ("X25519", "X448"):
        small = receiver(kind)
        for originator in (
            e.originator_key(curve, point),
            e.originator_key(
                "1.3.101.110" if kind == "X25519" else "1.3.101.111", bytes(32 if kind == "X25519" else 56)
            ),
            e.originator_key("1.3.101.110" if kind == "X25519" else "1.3.101.111", bytes(3)),
        ):
            made = e.agreement(small.certificate.public_key(), rid(small), originator=originator)  # type: ignore[arg-type]
            assert isinstance(fails(enveloped([made]), [small]), f.DecryptionFailed)
    for made, name in (
        (e.agreement(public, rid(key), originator=rid(KEY)), "static Diffie-Hellman"),
        (e.agreement(public, rid(key), "1.3.132.1.15.1"), "ECMQV"),
        (e.agreement(public, rid(key), "1.2.3"), "1.2.3"),
        (e.agreement(public, rid(key), wrap=f"{e.SMIME}.7"), "RC2 key wrap"),
    ):
        assert fails(enveloped([made]), [key]).facts() == {"algorithm": name}


def test_curves_that_nobody_uses_for_mail() -> None:
    """A key on secp256k1 is not used, and named."""
    key = receiver("secp256k1")
    made = e.agreement(key.certificate.public_key(), rid(key))  # type: ignore[arg-type]
    assert fails(enveloped([made]), [key]).facts() == {"algorithm": "ECDH on secp256k1"}


def test_entries_that_do_not_fit_the_key() -> None:
    """An entry that names our certificate and needs another kind of key does not open, and says what it is."""
    curve = receiver("P-256")
    octets = enveloped([transport(ANNA.certificate, rid=rid(curve))])
    assert fails(octets, [curve]).facts() == {"algorithm": "RSA PKCS#1 v1.5"}


def test_passwords_that_we_do_not_have() -> None:
    """Without PBKDF2, or without PWRI-KEK, a password entry is not supported."""
    good = e.password(b"x")(e.KEY)
    words = PasswordKey(b"x")
    swaps = {
        oid("1.2.840.113549.1.5.12"): oid("1.2.840.113549.1.5.13"),
        oid(f"{e.SMIME}.9"): oid(f"{e.SMIME}.7"),
        oid(f"{e.AES_ARC}.42"): oid(f"{e.AES_ARC}.46"),
        oid("1.2.840.113549.2.9"): oid("1.2.840.113549.2.5"),
    }
    for old, new in swaps.items():
        changed = good.replace(old, new)
        assert changed != good
        assert isinstance(fails(enveloped([lambda key, made=changed: made]), [words]), f.EncryptionNotSupported)


def test_encapsulations_that_give_nothing() -> None:
    """A ciphertext of another length or for another kind of key, and a derivation that we do not have."""
    small, large = receiver("ML-KEM-768"), receiver("ML-KEM-1024")
    public = small.certificate.public_key()
    for made, key in (
        (e.encapsulation(public, rid(small), cut=1), small),  # type: ignore[arg-type]
        (e.encapsulation(public, rid(large), number=3), large),  # type: ignore[arg-type]
        (e.encapsulation(public, rid(large), number=2), large),  # type: ignore[arg-type]
    ):
        assert isinstance(fails(enveloped([made]), [key]), f.DecryptionFailed)
    unknown = e.encapsulation(public, rid(small), derivation="1.2.3")  # type: ignore[arg-type]
    assert fails(enveloped([unknown]), [small]).facts() == {"algorithm": "1.2.3"}


def test_content_keys_of_another_length() -> None:
    """A content key that the content's algorithm cannot use is no key, however it was encrypted."""
    curve = receiver("P-256")
    identifier, scheme = oaep(hashes.SHA256(), hashes.SHA256(), None)
    for made, key in (
        (e.agreement(curve.certificate.public_key(), rid(curve)), curve),  # type: ignore[arg-type]
        (transport(ANNA.certificate, scheme, identifier), KEY),
        (e.shared(e.KEY, b"friday"), WrappingKey(e.KEY, b"friday")),
        (e.password(b"x", 10), PasswordKey(b"x")),
    ):
        octets = enveloped([lambda _, made=made: made(bytes(16))])
        assert isinstance(fails(octets, [key]), f.DecryptionFailed)


@pytest.mark.parametrize("parameters", [(), (NULL,)], ids=["absent", "NULL"])
def test_agreement_without_a_wrap(parameters: tuple[bytes, ...]) -> None:
    """A key agreement that does not say how the content key is wrapped is malformed."""
    key = receiver("P-256")
    made = e.agreement(key.certificate.public_key(), rid(key))(e.KEY)  # type: ignore[arg-type]
    whole = algorithm("1.3.132.1.11.1", algorithm(f"{e.AES_ARC}.45"))
    assert whole in made
    changed = tlv(0xA1, made[made.index(b"\x02\x01\x03") :].replace(whole, algorithm("1.3.132.1.11.1", *parameters)))
    assert isinstance(fails(enveloped([lambda _: changed]), [key]), f.EncryptionParametersMalformed)


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        pytest.param(algorithm(f"{e.AES_ARC}.42", e.octet_string(e.IV)), algorithm(f"{e.AES_ARC}.42"),
                     f.EncryptionParametersMalformed, id="no start"),
        pytest.param(algorithm(f"{e.AES_ARC}.42", e.octet_string(e.IV)), algorithm(f"{e.AES_ARC}.42", NULL),
                     f.EncryptionParametersMalformed, id="short start"),
        pytest.param(integer(1000), integer(0), f.EncryptionParametersMalformed, id="no iterations"),
        pytest.param(integer(1000), integer(1000) + integer(16), f.EncryptionParametersMalformed, id="other length"),
        pytest.param(integer(1000), integer(1000) + integer(32), None, id="its length"),
    ],
)  # fmt: skip
def test_password_parameters(old: bytes, new: bytes, kind: type[f.DecryptionFailure] | None) -> None:
    """What a password entry says about how is read strictly."""
    good = e.password(b"x")(e.KEY)
    assert old in good
    # Lengths around the change are mended by writing every constructed value anew.
    changed = _rewritten(good, old, new)
    octets = enveloped([lambda _: changed])
    assert to_der(octets) == octets
    if kind is None:
        assert decrypt(octets, [PasswordKey(b"x")])[1] == CONTENT
    else:
        assert isinstance(fails(octets, [PasswordKey(b"x")]), kind)


def _rewritten(value: bytes, old: bytes, new: bytes) -> bytes:
    """A DER value with one value inside replaced."""
    if value == old:
        return new
    if not value[0] & 0x20:
        return value
    inside = der.split(value, value[0], "value", 100)
    return tlv(value[0], *(_rewritten(each, old, new) for each in inside))


def test_passwords_without_derivation() -> None:
    """A key that both sides have by other means is not asked for as a password."""
    entry = Password(None, Algorithm(f"{e.SMIME}.9", algorithm(f"{e.AES_ARC}.42", e.octet_string(e.IV))), bytes(32))
    with pytest.raises(f.EncryptionNotSupported):
        PasswordKey(b"x").unwrap(entry, 32)


@pytest.mark.parametrize("length", [0, 8, 15, 16, 24, 31, 33])
def test_wrapped_keys_of_odd_lengths(length: int) -> None:
    """Octets that cannot be a wrapped key are none."""
    derivation = Algorithm("1.2.840.113549.1.5.12", tlv(0x30, e.octet_string(b"salt"), integer(1)))
    for number, size in ((f"{e.AES_ARC}.45", 32), (f"{e.AES_ARC}.48", 32), (f"{e.SMIME}.6", 24)):
        with pytest.raises(f.DecryptionFailed):
            unwrap(Algorithm(number, None), bytes(size), bytes(length), 32)
    scheme = Algorithm(f"{e.SMIME}.9", algorithm(f"{e.AES_ARC}.42", e.octet_string(e.IV)))
    with pytest.raises(f.DecryptionFailed):
        PasswordKey(b"x").unwrap(Password(derivation, scheme, bytes(length)), 32)
    with pytest.raises(f.DecryptionFailed):
        unwrap(Algorithm(f"{e.AES_ARC}.45", None), bytes(16), bytes(40), 32)
