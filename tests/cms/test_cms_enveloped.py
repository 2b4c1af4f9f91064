"""Encrypted objects: what opens, what is said of it, and what does not open."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from letterlock import limits
from letterlock.cms import (
    CertificateKey,
    EncryptedReader,
    EnvelopedReader,
    PasswordKey,
    Recipient,
    RecipientKey,
    WrappingKey,
)
from letterlock.cms import failures as f
from letterlock.cms.attributes import CONTENT_TYPE
from letterlock.cms.content_types import DATA, SIGNED_DATA
from letterlock.cms.identifiers import IssuerAndSerial, KeyIdentifier
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, NULL, algorithm, attribute, identity, integer, oid, signed_data, tlv
from tests.cms.decrypting import decrypt
from tests.cms.envelope import enveloped, receiver, transport

ANNA = identity("RSA")
KEY = CertificateKey(ANNA.certificate, ANNA.key)
TO_ANNA = [transport(ANNA.certificate)]
MARK = attribute("1.2.3.4", tlv(0x0C, b"seen by the sender"))

CONTENTS = {
    "AES-256-CBC": (e.cbc(), False),
    "AES-256-GCM": (e.gcm(), True),
    "AES-256-GCM, short tag": (e.gcm(12), True),
    "AES-256-GCM, default tag": (e.gcm(12, tag_field=b""), True),
    "AES-256-GCM, long nonce": (e.gcm(nonce=bytes(range(20))), True),
    "AES-256-CCM": (e.ccm(), True),
    "AES-256-CCM, short tag": (e.ccm(8), True),
    "ChaCha20-Poly1305": (e.chacha(), True),
    "AES-256-GCM in the wrong place": (e.misplaced(e.gcm()), True),
    "AES-256-CBC with a derived key": (e.derived(e.cbc()), False),
    "AES-256-GCM with a derived key": (e.derived(e.gcm()), True),
}


def public_of(key: CertificateKey) -> object:
    return key.certificate.public_key()


def rid(key: CertificateKey) -> bytes:
    return e.issuer_and_serial(key.certificate)


def fails(octets: bytes, keys: list[RecipientKey] | None = None) -> f.DecryptionFailure | f.CmsFailure:
    """Why nothing comes out."""
    with pytest.raises((f.DecryptionFailure, f.CmsFailure)) as caught:
        decrypt(octets, [KEY] if keys is None else keys)
    return caught.value


@pytest.mark.parametrize("size", [None, 1, 7])
@pytest.mark.parametrize("pieces", [None, 1, 10])
@pytest.mark.parametrize("name", CONTENTS)
def test_every_content_cipher_opens(name: str, pieces: int | None, size: int | None) -> None:
    """Each cipher opens, in DER and in pieces of BER, fed whole or cut anywhere, and is named."""
    content, authenticated = CONTENTS[name]
    decrypted, text = decrypt(enveloped(TO_ANNA, content, pieces=pieces), [KEY], size)
    assert text == CONTENT
    assert decrypted.algorithm == name.partition(", ")[0].removesuffix(" in the wrong place")
    assert decrypted.authenticated == authenticated
    assert decrypted.content_type == DATA
    assert decrypted.key is KEY
    assert decrypted.weak == decrypted.attributes == ()


@pytest.mark.parametrize("name", ["AES-256-GCM", "AES-256-CCM", "ChaCha20-Poly1305", "AES-256-GCM, short tag"])
@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 1000])
def test_authenticated_attributes_behind_the_content(name: str, length: int) -> None:
    """Attributes that the sender authenticated are covered by the tag, whatever their length and the content's."""
    text = bytes(length)
    for more in range(20):
        marks = [attribute(CONTENT_TYPE, oid(DATA)), attribute("1.2.3.4", tlv(0x04, bytes(more)))]
        octets = enveloped(TO_ANNA, CONTENTS[name][0], text, attributes=marks)
        decrypted, found = decrypt(octets, [KEY])
        assert found == text
        assert [each.oid for each in decrypted.attributes] == [CONTENT_TYPE, "1.2.3.4"]
        changed = octets.replace(oid("1.2.3.4"), oid("1.2.3.5"))
        assert isinstance(fails(changed), f.DecryptionFailed)


def test_attributes_in_any_order_are_authenticated_in_der_order() -> None:
    """RFC 5083 §2.2 authenticates the set in DER, however it was written."""
    marks = [MARK, attribute(CONTENT_TYPE, oid(DATA))]
    assert marks != sorted(marks)
    assert decrypt(enveloped(TO_ANNA, e.gcm(), attributes=marks), [KEY])[1] == CONTENT


def test_content_type_is_the_authenticated_one() -> None:
    """A content relabelled on the way is refused where the sender authenticated its type."""
    marks = [attribute(CONTENT_TYPE, oid(DATA))]
    octets = enveloped(TO_ANNA, e.gcm(), attributes=marks, content_type=SIGNED_DATA)
    assert isinstance(fails(octets), f.DecryptionFailed)


def test_too_many_authenticated_attributes() -> None:
    """Attributes that would cost seconds are refused."""
    mark = attribute("1.2.3.4", tlv(0x04, bytes(limits.CMS_AUTHENTICATED_ATTRIBUTES_OCTETS)))
    assert isinstance(fails(enveloped(TO_ANNA, e.gcm(), attributes=[mark])), f.CmsTooLarge)


def oaep(hashed: hashes.HashAlgorithm, masked: hashes.HashAlgorithm, label: bytes | None) -> tuple[bytes, padding.OAEP]:
    numbers = {"sha1": "1.3.14.3.2.26", "sha224": "2.16.840.1.101.3.4.2.4", "sha256": "2.16.840.1.101.3.4.2.1",
               "sha384": "2.16.840.1.101.3.4.2.2", "sha512": "2.16.840.1.101.3.4.2.3"}  # fmt: skip
    fields = tlv(
        0x30,
        tlv(0xA0, algorithm(numbers[hashed.name], NULL)) if hashed.name != "sha1" else b"",
        tlv(0xA1, algorithm("1.2.840.113549.1.1.8", algorithm(numbers[masked.name]))) if masked.name != "sha1" else b"",
        tlv(0xA2, algorithm("1.2.840.113549.1.1.9", e.octet_string(label))) if label is not None else b"",
    )
    return algorithm(e.OAEP, fields), padding.OAEP(padding.MGF1(masked), hashed, label)


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


# What is wrong with a key or a padding cannot be told from anything else.


def rsa_of(content_key: bytes) -> bytes:
    key = ANNA.certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    return key.encrypt(content_key, padding.PKCS1v15())


@pytest.mark.parametrize(
    "encrypted",
    [
        pytest.param(b"\x01" * 256, id="no padding at all"),
        pytest.param(b"\xff" * 256, id="larger than the modulus"),
        pytest.param(b"\x01" * 300, id="longer than the modulus"),
        pytest.param(b"\x02", id="one octet"),
        pytest.param(rsa_of(bytes(16)), id="a key for AES-128"),
        pytest.param(rsa_of(bytes(200)), id="a long key"),
        pytest.param(rsa_of(b""), id="an empty key"),
        pytest.param(rsa_of(bytes(32)), id="another key"),
    ],
)
@pytest.mark.parametrize("name", ["AES-256-CBC", "AES-256-GCM"])
def test_rsa_is_no_oracle(encrypted: bytes, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wrong padding, wrong length and wrong key are one and the same failure, at the same moment."""
    # One random key in 256 happens to yield a CBC padding; this one does not.
    monkeypatch.setattr(secrets, "token_bytes", bytes)
    octets = enveloped([transport(ANNA.certificate, encrypted=encrypted)], CONTENTS[name][0])
    got: list[bytes] = []
    reader = EnvelopedReader(got.append, [KEY])
    reader.feed(octets)
    assert got
    with pytest.raises(f.DecryptionFailed) as caught:
        reader.close()
    assert str(caught.value) == "content_not_decrypted()"
    assert caught.value.__cause__ is None


def test_wrong_padding_gives_another_key_each_time() -> None:
    """The random key in place of a bad one is not the same twice, so nothing can be learned by asking again."""
    octets = enveloped([transport(ANNA.certificate, encrypted=rsa_of(bytes(16)))])
    seen = set()
    for _ in range(3):
        got: list[bytes] = []
        reader = EnvelopedReader(got.append, [KEY])
        reader.feed(octets)
        seen.add(b"".join(got))
    assert len(seen) == 3


@pytest.mark.parametrize(
    "pad",
    [
        pytest.param(lambda text: text + bytes(-len(text) % 16 or 16), id="zero"),
        pytest.param(lambda text: text + b"\x11" * (-len(text) % 16 or 16), id="17"),
        pytest.param(lambda text: e.padded(text)[:-2] + b"\x09" + e.padded(text)[-1:], id="unequal"),
        pytest.param(lambda text: b"", id="no block"),
    ],
)
def test_wrong_padding_is_the_same_failure(pad: object) -> None:
    """CBC: a padding that is none is answered like a wrong key."""
    assert isinstance(fails(enveloped(TO_ANNA, e.cbc(pad))), f.DecryptionFailed)  # type: ignore[arg-type]


def test_part_of_a_block_is_the_same_failure() -> None:
    """CBC: content that is no whole number of blocks, too."""
    whole = e.cbc()
    cut = replace(whole, encrypt=lambda key, text, marks: (whole.encrypt(key, text, marks)[0][:-1], None))
    assert isinstance(fails(enveloped(TO_ANNA, cut)), f.DecryptionFailed)


@pytest.mark.parametrize("length", [0, 1, 15, 16, 17, 31, 32, 33])
def test_contents_around_the_block_size(length: int) -> None:
    """CBC: every length comes out as it went in."""
    for size in (None, 1, 5):
        assert decrypt(enveloped(TO_ANNA, text=bytes(length)), [KEY], size)[1] == bytes(length)


@pytest.mark.parametrize("name", [name for name, (_, authenticated) in CONTENTS.items() if authenticated])
def test_changed_content_or_tag_is_noticed(name: str) -> None:
    """Each octet of content and tag matters."""
    content = CONTENTS[name][0]
    for place in range(3):

        def encrypt(key: bytes, text: bytes, marks: bytes, place: int = place) -> tuple[bytes, bytes | None]:
            encrypted, tag = content.encrypt(key, text, marks)
            if place == 0 or tag is None:
                return bytes((encrypted[0] ^ 1,)) + encrypted[1:], tag
            if place == 1:
                return encrypted[:-1], tag
            return encrypted, tag[:-1] + bytes((tag[-1] ^ 1,))

        assert isinstance(fails(enveloped(TO_ANNA, replace(content, encrypt=encrypt))), f.DecryptionFailed)


@pytest.mark.parametrize("name", ["AES-256-GCM", "AES-256-CCM", "ChaCha20-Poly1305"])
@pytest.mark.parametrize("mac", [b"", bytes(4), bytes(12), bytes(15), bytes(17)], ids=len)
def test_tags_have_the_length_they_say(name: str, mac: bytes) -> None:
    """A shortened tag is no tag."""
    assert isinstance(fails(enveloped(TO_ANNA, CONTENTS[name][0], mac=mac)), f.DecryptionFailed)


def test_gcm_in_the_wrong_place_needs_its_tag() -> None:
    """AES-GCM in an EnvelopedData without a tag (OpenSSL 1.1 wrote such) is refused: nobody knows what came out."""
    bare = replace(e.gcm(), encrypt=lambda key, text, marks: (e.gcm().encrypt(key, text, marks)[0], None))
    assert isinstance(fails(enveloped(TO_ANNA, bare)), f.DecryptionFailed)
    assert isinstance(fails(enveloped(TO_ANNA, bare, text=b"short")), f.DecryptionFailed)


def test_cbc_does_not_pass_for_authenticated() -> None:
    """AES-CBC in an AuthEnvelopedData is refused by name."""
    failure = fails(enveloped(TO_ANNA, e.cbc(), mac=bytes(16)))
    assert failure.facts() == {"algorithm": "AES-256-CBC in AuthEnvelopedData"}


def test_objects_have_a_tag_where_they_must_and_nowhere_else() -> None:
    """An AuthEnvelopedData without mac, and an EnvelopedData with one, are malformed."""
    assert isinstance(fails(enveloped(TO_ANNA, e.misplaced(e.gcm()), outer_type=e.AUTH_ENVELOPED)), f.CmsMalformed)
    assert isinstance(fails(enveloped(TO_ANNA, e.gcm(), outer_type=e.ENVELOPED)), f.CmsMalformed)


def test_derived_keys_close_the_downgrade() -> None:
    """With RFC 9709 content cannot be passed off as that of another algorithm: the keys differ."""
    sealed = e.derived(e.gcm())
    relabelled = replace(
        sealed,
        identifier=algorithm(e.CEK_HKDF, e.cbc().identifier),
        encrypt=lambda key, text, marks: (sealed.encrypt(key, text, marks)[0], None),
    )
    assert isinstance(fails(enveloped(TO_ANNA, relabelled, text=bytes(64))), f.DecryptionFailed)
    for broken in (algorithm(e.CEK_HKDF), algorithm(e.CEK_HKDF, NULL), algorithm(e.CEK_HKDF, sealed.identifier)):
        failure = fails(enveloped(TO_ANNA, replace(sealed, identifier=broken)))
        assert isinstance(failure, f.EncryptionParametersMalformed)


# Whom it is for.


def named_by(key: CertificateKey, octets: bytes) -> Recipient | None:
    return decrypt(octets, [key])[0].recipient


def test_recipients_are_found_by_issuer_and_serial_and_by_key_identifier() -> None:
    """Both ways to name a certificate find it, also those that senders compute themselves."""
    key = receiver("RSA")
    bare = receiver("RSA", identified=False)
    public = key.certificate.public_key()
    digest = x509.SubjectKeyIdentifier.from_public_key(public).digest
    for who, name in ((key, b"identifier"), (bare, digest), (key, digest)):
        octets = enveloped([transport(who.certificate, rid=e.key_id(name))])
        recipient = named_by(who, octets)
        assert getattr(recipient, "rid", None) == KeyIdentifier(name)
    named = named_by(key, enveloped([transport(key.certificate)]))
    expected = IssuerAndSerial(key.certificate.issuer.public_bytes(), key.certificate.serial_number)
    assert getattr(named, "rid", None) == expected
    curve = receiver("P-256")
    made = e.agreement(curve.certificate.public_key(), tlv(0xA0, e.octet_string(b"identifier")))  # type: ignore[arg-type]
    assert getattr(named_by(curve, enveloped([made])), "rid", None) == KeyIdentifier(b"identifier")


def test_invented_identifiers_are_tried() -> None:
    """Outlook 2010 invents key identifiers: then every key is tried, and the right one opens."""
    # No other RSA key before ours: one in some hundreds yields octets of the right length (`transported`).
    others: list[RecipientKey] = [receiver("P-384"), receiver("X25519"), receiver("ML-KEM-768")]
    invented = e.key_id(b"invented")
    octets = enveloped([transport(ANNA.certificate, rid=invented)])
    assert decrypt(octets, [*others, KEY])[0].key is KEY
    curve = receiver("P-256")
    made = e.agreement(curve.certificate.public_key(), tlv(0xA0, e.octet_string(b"invented")))  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [*others, KEY, curve])[0].key is curve


def test_renewed_certificates_with_the_same_key_are_tried() -> None:
    """A message to the certificate before the renewal opens, where the way proves itself."""
    curve = receiver("P-256")
    public = curve.certificate.public_key()
    before = e.issuer_and_serial(e.certificate_of(public))
    made = e.agreement(public, before)  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [curve])[1] == CONTENT
    identifier, scheme = oaep(hashes.SHA256(), hashes.SHA256(), None)
    sealed = transport(ANNA.certificate, scheme, identifier, rid=before)
    assert decrypt(enveloped([sealed]), [KEY])[1] == CONTENT
    assert isinstance(fails(enveloped([transport(ANNA.certificate, rid=before)])), f.NoRecipientKey)


def test_one_entry_of_many_is_ours() -> None:
    """Entries of others, of every kind and of unknown kinds, hide nothing; nor does a broken one before ours."""
    curve = receiver("P-256")
    agree = e.agreement(curve.certificate.public_key(), rid(curve))  # type: ignore[arg-type]
    unknown = tlv(0xA7, integer(0))
    recipients: list[e.Recipient] = [
        transport(identity("RSA", "Clara").certificate),
        agree,
        lambda key: e.other("1.2.3", NULL),
        lambda key: unknown,
        e.shared(e.KEY, b"friday"),
        transport(ANNA.certificate, padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None), algorithm(e.OAEP),
                  encrypted=bytes(256)),
        transport(ANNA.certificate),
    ]  # fmt: skip
    assert decrypt(enveloped(recipients), [KEY])[1] == CONTENT
    assert decrypt(enveloped(recipients), [curve, KEY])[0].key is curve


def test_several_recipients_of_one_key_agreement() -> None:
    """One KeyAgreeRecipientInfo can be for several; the last of them is us."""
    key = receiver("P-256")
    other = tlv(0x30, rid(receiver("P-384")), e.octet_string(bytes(40)))
    made = e.agreement(key.certificate.public_key(), rid(key), others=[other, other])  # type: ignore[arg-type]
    assert decrypt(enveloped([made]), [key])[1] == CONTENT


def test_mail_for_others_says_for_whom() -> None:
    """Without a key the first recipients are named, shortened, and how many there are; nothing went to the sink."""
    clara = identity("RSA", "Clara " + "X" * 58).certificate
    octets = enveloped([*[transport(clara)] * 19, transport(clara, rid=e.key_id(b"\x01\xab"))])
    got: list[bytes] = []
    reader = EnvelopedReader(got.append, [KEY, receiver("P-256"), PasswordKey(b"x")])
    with pytest.raises(f.NoRecipientKey) as caught:
        reader.feed(octets)
    assert got == []
    assert caught.value.count == 20
    assert len(caught.value.recipients) == 10
    assert caught.value.recipients[0] == f"CN=Clara {'X' * 58}, serial number {clara.serial_number:X}"
    assert fails(enveloped([transport(clara, rid=e.key_id(b"\x01\xab"))])).facts()["recipients"] == ["key 01AB"]
    assert isinstance(fails(octets, []), f.NoRecipientKey)
    assert fails(enveloped([])).facts() == {"recipients": [], "count": 0}


def test_too_many_recipients(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit there is one failure, however they are counted."""
    monkeypatch.setattr(limits, "CMS_RECIPIENTS", 3)
    assert decrypt(enveloped(TO_ANNA * 3), [KEY])[1] == CONTENT
    assert isinstance(fails(enveloped(TO_ANNA * 4)), f.TooManyRecipients)
    key = receiver("P-256")
    entry = tlv(0x30, rid(receiver("P-384")), e.octet_string(bytes(40)))
    made = e.agreement(key.certificate.public_key(), rid(key), others=[entry] * 3)  # type: ignore[arg-type]
    assert isinstance(fails(enveloped([made]), [key]), f.TooManyRecipients)


def test_not_every_key_is_tried_on_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trying stops at a limit: a message cannot make the host decrypt for minutes."""
    tried = 0

    class Counting:
        def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
            nonlocal tried
            tried += trying
            return None

    assert isinstance(fails(enveloped(TO_ANNA * 100), [Counting()] * 50), f.NoRecipientKey)
    assert tried == limits.CMS_KEYS_TRIED


# What is not supported, or nobody's.


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        (algorithm("1.2.840.113549.3.4"), "RC4"),
        (algorithm("1.2.840.113549.3.2", tlv(0x30, integer(160), e.octet_string(bytes(8)))), "RC2-40"),
        (algorithm("1.2.840.113549.3.2", tlv(0x30, integer(120), e.octet_string(bytes(8)))), "RC2-64"),
        (algorithm("1.2.840.113549.3.2", tlv(0x30, integer(1), e.octet_string(bytes(8)))), "RC2 version 1"),
        (algorithm("1.2.3"), "1.2.3"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_unsupported_contents_are_named(identifier: bytes, name: str) -> None:
    """A cipher that we do not have is named, before any key is asked."""
    failure = fails(enveloped(TO_ANNA, replace(e.cbc(), identifier=identifier)), [])
    assert isinstance(failure, f.EncryptionNotSupported)
    assert failure.algorithm == name


@pytest.mark.parametrize(
    "identifier",
    [
        algorithm(f"{e.AES_ARC}.42"),
        algorithm(f"{e.AES_ARC}.42", NULL),
        algorithm(f"{e.AES_ARC}.42", e.octet_string(bytes(15))),
        algorithm(f"{e.AES_ARC}.46"),
        algorithm(f"{e.AES_ARC}.46", e.octet_string(e.NONCE)),
        algorithm(f"{e.AES_ARC}.46", tlv(0x30, e.octet_string(e.NONCE), integer(11))),
        algorithm(f"{e.AES_ARC}.46", tlv(0x30, e.octet_string(e.NONCE), integer(17))),
        algorithm(f"{e.AES_ARC}.46", tlv(0x30, e.octet_string(b""), integer(16))),
        algorithm(f"{e.AES_ARC}.47", tlv(0x30, e.octet_string(bytes(6)), integer(16))),
        algorithm(f"{e.AES_ARC}.47", tlv(0x30, e.octet_string(e.NONCE), integer(13))),
        algorithm(f"{e.SMIME}.18", e.octet_string(bytes(8))),
        algorithm(f"{e.SMIME}.18"),
        algorithm("1.2.840.113549.3.7", e.octet_string(bytes(16))),
        algorithm("1.2.840.113549.3.2", e.octet_string(bytes(8))),
    ],
    ids=lambda each: each.hex()[-24:],
)
def test_malformed_parameters(identifier: bytes) -> None:
    """Parameters that are missing, of another type or of an impossible size are said to be so."""
    failure = fails(enveloped(TO_ANNA, replace(e.misplaced(e.gcm()), identifier=identifier)))
    assert isinstance(failure, f.EncryptionParametersMalformed)


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


@pytest.mark.parametrize(
    ("recipient", "name"),
    [
        (lambda key: e.other("1.2.3", NULL), "1.2.3"),
        (lambda key: tlv(0xA7, integer(0)), "[7]"),
        (e.encapsulation(receiver("ML-KEM-768").certificate.public_key(), rid(KEY), number=1), "ML-KEM-512"),  # type: ignore[arg-type]
        (
            lambda key: e.other("1.2.840.113549.1.9.16.13.3", tlv(
                0x30, integer(0), rid(KEY), algorithm("1.3.6.1.5.5.7.6.58"), e.octet_string(b""),
                algorithm(f"{e.SMIME}.28"), integer(32), algorithm(f"{e.AES_ARC}.45"), e.octet_string(b""))),
            "composite ML-KEM-768 with X25519",
        ),
    ],
    ids=["other", "choice", "ML-KEM-512", "composite"],
)  # fmt: skip
def test_recipients_that_nobodys_key_could_open(recipient: e.Recipient, name: str) -> None:
    """Where every entry is of a kind that we do not have, that is said, and not that a key is missing."""
    assert fails(enveloped([recipient]), []).facts() == {"algorithm": name}


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


# Content that is not there, or too much.


def test_missing_content() -> None:
    """An object without encrypted content is said to have none."""
    assert isinstance(fails(enveloped(TO_ANNA, absent=True)), f.EncryptedContentMissing)


@pytest.mark.parametrize("name", ["AES-256-CCM", "ChaCha20-Poly1305"])
def test_ciphers_in_one_piece_have_a_limit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What decrypts in one piece only is collected up to a limit."""
    monkeypatch.setattr(limits, "CMS_WHOLE_OCTETS", len(CONTENT))
    assert decrypt(enveloped(TO_ANNA, CONTENTS[name][0]), [KEY])[1] == CONTENT
    failure = fails(enveloped(TO_ANNA, CONTENTS[name][0], text=CONTENT + b"x"))
    assert isinstance(failure, f.EncryptedContentTooLarge)


def test_other_content_types_are_named() -> None:
    """A signed object is not an encrypted one."""
    failure = fails(signed_data([]))
    assert failure.facts() == {"content_type": SIGNED_DATA, "name": "signed-data"}


def test_encrypted_data_opens_with_its_key() -> None:
    """EncryptedData with the key that is known; a key of another length or another key fails alike."""
    octets = enveloped([], outer_type=e.ENCRYPTED)
    for size in (1, len(octets)):
        got: list[bytes] = []
        reader = EncryptedReader(got.append, e.KEY)
        for at in range(0, len(octets), size):
            reader.feed(octets[at : at + size])
        assert reader.close().algorithm == "AES-256-CBC"
        assert b"".join(got) == CONTENT
    for wrong in (e.KEY[::-1], e.KEY[:16]):
        assert isinstance(_refused(EncryptedReader(got.append, wrong), octets), f.DecryptionFailed)
    absent = enveloped([], outer_type=e.ENCRYPTED, absent=True)
    assert isinstance(_refused(EncryptedReader(got.append, e.KEY), absent), f.EncryptedContentMissing)


def _refused(reader: EncryptedReader, octets: bytes) -> Exception | None:
    try:
        reader.feed(octets)
        reader.close()
    except f.DecryptionFailure as failure:
        return failure
    return None


def test_keys_show_no_secret() -> None:
    """What may end up in a log names the key and not its octets."""
    assert repr(WrappingKey(b"secret octets", b"id")) == "WrappingKey(identifier=b'id')"
    assert repr(PasswordKey(b"secret words")) == "PasswordKey()"
    assert repr(KEY) == "CertificateKey('CN=Anna Muster')"
