"""RFC 9709: content under a key that depends on its algorithm, written, read, offered, and what it closes."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from letterlock.cms import (
    CertificateKey,
    EncryptedReader,
    EncryptedWriter,
    EnvelopedWriter,
    Recipient,
    SignatureFailure,
    SignedDataWriter,
    der,
    recipient_for,
)
from letterlock.cms import failures as f
from letterlock.cms.attributes import CAPABILITIES, Attribute
from letterlock.cms.content_encrypting import CREATED
from letterlock.cms.create_attributes import OUR_CAPABILITIES
from letterlock.cms.create_signed import Signing
from letterlock.cms.preferences import capabilities, reads_derived_keys
from letterlock.cms.signed import SignedDataReader
from letterlock.cms.signing_keys import PrivateSigningKey
from tests.cms import builder as b
from tests.cms import envelope as e
from tests.cms.builder import CONTENT, algorithm, identity, tlv
from tests.cms.decrypting import decrypt
from tests.cms.test_cms_create_enveloped import encrypt

ANNA = identity("RSA")
KEY = CertificateKey(ANNA.certificate, ANNA.key)
TEXT = b"the guess is ok\n" + b"and some more of it"


def recipients(octets: bytes) -> bytes:
    """The RecipientInfos of an object, as they stand in it."""
    inner = der.split(der.split(octets, 0x30, "", 2)[1], 0xA0, "", 1)[0]
    return der.split(inner, 0x30, "", 9)[1]


def encrypted(octets: bytes) -> tuple[bytes, bytes]:
    """The content encryption's AlgorithmIdentifier and the encrypted content."""
    inner = der.split(der.split(octets, 0x30, "", 2)[1], 0xA0, "", 1)[0]
    info = der.split(der.split(inner, 0x30, "", 9)[2], 0x30, "", 3)
    return info[1], der.contents(info[2], "")


@pytest.mark.parametrize("length", [None, len(CONTENT)], ids=["BER", "DER"])
@pytest.mark.parametrize("name", CREATED)
def test_what_is_written_opens(name: str, length: int | None) -> None:
    """Every algorithm that is written is written under a derived key too, and opens."""
    said, content = decrypt(encrypt([recipient_for(ANNA.certificate)], name, length=length, derived_key=True), [KEY])
    assert content == CONTENT
    assert said.algorithm == f"{name} with a derived key"
    assert said.authenticated == ("CBC" not in name)


def test_encrypted_data_under_a_derived_key() -> None:
    """With a key that is known, too."""
    out: list[bytes] = []
    writer = EncryptedWriter(out.append, bytes(32), "AES-256-CBC", derived_key=True)
    writer.write(CONTENT)
    writer.close()
    content: list[bytes] = []
    reader = EncryptedReader(content.append, bytes(32))
    reader.feed(b"".join(out))
    assert reader.close().algorithm == "AES-256-CBC with a derived key"
    assert b"".join(content) == CONTENT


class Watched:
    """A key that lets the content key be seen."""

    def __init__(self) -> None:
        self.content_key = b""

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        found = KEY.unwrap(recipient, octets, trying=trying)
        self.content_key = found or b""
        return found


def test_the_identifier_is_that_of_the_standard() -> None:
    """CEK-HKDF stands around the algorithm, and the key is the one that another reading of RFC 9709 §2 derives."""
    made = encrypt([recipient_for(ANNA.certificate)], "AES-256-GCM", length=len(CONTENT), derived_key=True)
    watched = Watched()
    assert decrypt(made, [watched])[1] == CONTENT
    identifier, ciphertext = encrypted(made)
    inner = der.split(identifier, 0x30, "", 2)[1]
    assert identifier == algorithm(e.CEK_HKDF, inner)
    key = HKDF(hashes.SHA256(), 32, b"The Cryptographic Message Syntax", inner).derive(watched.content_key)
    nonce = der.contents(der.split(der.split(inner, 0x30, "", 2)[1], 0x30, "", 2)[0], "")
    assert AESGCM(key).decrypt(nonce, ciphertext + made[-16:], None) == CONTENT
    with pytest.raises(InvalidTag):
        AESGCM(watched.content_key).decrypt(nonce, ciphertext + made[-16:], None)


def guessed(derived: bool) -> tuple[bytes, list[bytes]]:
    """An object under AES-GCM, and what an attacker makes of it who guesses the first block of its text.

    Under GCM that block is text XOR E(K, counter), so whoever knows it knows E(K, counter). Sent as a block of CBC, it
    decrypts to the counter, which is public, XOR an IV that the attacker chooses: the padding comes out right, and
    what was guessed is confirmed by whoever says that the message could be decrypted.
    """
    out: list[bytes] = []
    writer = EnvelopedWriter(
        out.append, [recipient_for(ANNA.certificate)], "AES-256-GCM", length=len(TEXT), derived_key=derived
    )
    writer.write(TEXT)
    writer.close()
    made = b"".join(out)
    identifier, ciphertext = encrypted(made)
    inner = der.split(identifier, 0x30, "", 2)[1] if derived else identifier
    nonce = der.contents(der.split(der.split(inner, 0x30, "", 2)[1], 0x30, "", 2)[0], "")
    stream = bytes(x ^ y for x, y in zip(ciphertext[:16], TEXT[:16], strict=True))
    wanted = b"guessed right!!\x01"
    iv = bytes(x ^ y for x, y in zip(nonce + bytes((0, 0, 0, 2)), wanted, strict=True))
    cbc = algorithm(f"{e.AES_ARC}.42", e.octet_string(iv))
    relabelled = []
    for identifier in (cbc, algorithm(e.CEK_HKDF, cbc)):
        info = tlv(0x30, b.oid(b.DATA), identifier, tlv(0x80, stream))
        body = tlv(0x30, b.integer(0), recipients(made), info)
        relabelled.append(tlv(0x30, b.oid(e.ENVELOPED), tlv(0xA0, body)))
    return made, relabelled


def test_without_it_gcm_can_be_passed_off_as_cbc() -> None:
    """What RFC 9709 is for: the attack works on an object under the content key itself, and is not authenticated."""
    made, relabelled = guessed(derived=False)
    assert decrypt(made, [KEY])[1] == TEXT
    said, content = decrypt(relabelled[0], [KEY])
    assert content == b"guessed right!!"
    assert not said.authenticated


def test_with_it_nothing_can_be_passed_off() -> None:
    """Under a derived key the same attack learns nothing, whether the attacker keeps CEK-HKDF or takes it away."""
    made, relabelled = guessed(derived=True)
    assert decrypt(made, [KEY])[1] == TEXT
    for octets in relabelled:
        try:
            _, content = decrypt(octets, [KEY])
        except f.DecryptionFailed:
            continue
        # One time in 256 the padding of noise is right.
        assert content != b"guessed right!!"


def signed_capabilities(offered: list[bytes]) -> tuple[Attribute, ...]:
    return (Attribute(CAPABILITIES, (tlv(0x30, *offered),)),)


def test_we_say_that_we_read_it() -> None:
    """Mail that we sign offers it (RFC 9709 §4), and a signer's offer is found."""
    out: list[bytes] = []
    key = PrivateSigningKey(ANNA.certificate, ANNA.key)
    writer = SignedDataWriter(out.append, [Signing(key, datetime(2026, 2, 1, tzinfo=UTC))])
    writer.write(CONTENT)
    writer.close()
    reader = SignedDataReader(lambda octets: None)
    reader.feed(b"".join(out))
    signed = reader.close().signers[0].signed_attributes
    assert signed
    assert capabilities(signed) == OUR_CAPABILITIES
    assert reads_derived_keys(signed)
    # 30 0d 06 0b 2a 86 48 86 f7 0d 01 09 10 03 1f, as RFC 9709 §4 prints it
    assert bytes.fromhex("300d060b2a864886f70d010910031f") in b"".join(out)


@pytest.mark.parametrize(
    "attributes",
    [
        (),
        signed_capabilities([algorithm("1.2.3")]),
        (Attribute("1.2.3", (tlv(0x30, algorithm(e.CEK_HKDF)),)),),
    ],
    ids=["nothing said", "another", "another attribute"],
)
def test_nobody_is_taken_to_read_it_who_does_not_say_so(attributes: tuple[Attribute, ...]) -> None:
    """No offer is none."""
    assert not reads_derived_keys(attributes)


@pytest.mark.parametrize(
    "attributes",
    [
        (*signed_capabilities([algorithm(e.CEK_HKDF)]), *signed_capabilities([algorithm("1.2.3")])),
        (Attribute(CAPABILITIES, ()),),
        (Attribute(CAPABILITIES, (tlv(0x30, algorithm(e.CEK_HKDF)) + b"x",)),),
        (Attribute(CAPABILITIES, (tlv(0x30, algorithm(e.CEK_HKDF), tlv(0x30)),)),),
    ],
    ids=["two attributes", "no value", "something behind it", "one malformed"],
)
def test_an_ambiguous_offer_is_refused(attributes: tuple[Attribute, ...]) -> None:
    """Of two offers nobody knows which one counts."""
    with pytest.raises(SignatureFailure):
        reads_derived_keys(attributes)
