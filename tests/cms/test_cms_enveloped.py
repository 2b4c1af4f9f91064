"""Encrypted contents: every cipher, what authenticates it, and that nobody learns why one does not decrypt."""

from __future__ import annotations

import secrets
from dataclasses import replace

import pytest
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock import limits
from letterlock.cms import (
    EncryptedReader,
    EnvelopedReader,
)
from letterlock.cms import failures as f
from letterlock.cms.attributes import CONTENT_TYPE
from letterlock.cms.content_types import DATA, SIGNED_DATA
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, NULL, algorithm, attribute, integer, oid, signed_data, tlv
from tests.cms.decrypting import ANNA, KEY, TO_ANNA, decrypt, fails
from tests.cms.envelope import enveloped, transport

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


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        (
            "301b0609608648016503040106300e040c5c79058ba2f43447639d29e2",
            "2124ffb29fac4e0fbbc7d5d87492bff3",
        ),
        (
            "301d06096086480165030401020410651f722ffd512c52fe072e507d72b377",
            "9cd102c52f1e19ece8729b35bfeceb50",
        ),
    ],
    ids=["GCM", "CBC"],
)
def test_derived_keys_of_the_standard(identifier: str, expected: str) -> None:
    """The examples of RFC 9709: the key that content is decrypted with is the derived one."""
    inner = bytes.fromhex(identifier)
    key = bytes.fromhex("c702e7d0a9e064b09ba55245fb733cf3")
    derived = bytes.fromhex(expected)
    gcm = b"\x5c" in inner

    def encrypt(content_key: bytes, text: bytes, marks: bytes) -> tuple[bytes, bytes | None]:
        assert content_key == key
        if gcm:
            sealed = AESGCM(derived).encrypt(inner[-12:], text, None)
            return sealed[:-16], sealed[-16:-4]
        return e.raw_cbc(AES(derived), inner[-16:], e.padded(text)), None

    content = e.Content(algorithm(e.CEK_HKDF, inner), encrypt, 16)
    assert decrypt(enveloped(TO_ANNA, content, key=key), [KEY])[1] == CONTENT


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


@pytest.mark.parametrize("name", ["AES-256-CBC", "AES-256-GCM"])
def test_ciphers_that_the_library_was_built_without(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the cryptographic library lacks a cipher, that is said in the same way."""

    def missing(*_: object, **__: object) -> object:
        raise UnsupportedAlgorithm("not in this build")

    monkeypatch.setattr("letterlock.cms.content_encryption.BlockCipher", missing)
    monkeypatch.setattr("letterlock.cms.content_encryption.Gcm", missing)
    assert fails(enveloped(TO_ANNA, CONTENTS[name][0])).facts() == {"algorithm": name}
