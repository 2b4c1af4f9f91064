"""What a token key asks of its token, by a double in software that can do what SoftHSM2 cannot."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import SignedDataWriter, Signing, recipient_for
from letterlock.cms import failures as cms_failures
from letterlock.cms.key_encryption import OaepParameters
from letterlock.errors import KeyUnavailable
from letterlock.keystore import token_failures as f
from letterlock.keystore.token_key import TokenKey
from tests.cms.builder import CONTENT, Identity, identity
from tests.cms.decrypting import decrypt, oaep
from tests.cms.envelope import agreement, enveloped, gcm, issuer_and_serial, transport
from tests.cms.reading import verify
from tests.keystore.test_keystore_tokens import AT, encrypt

HASHES = {"SHA-1": hashes.SHA1(), "SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}


class Double:
    """The private operations of a token that can do everything, on a key in memory."""

    def __init__(self, key: PrivateKeyTypes) -> None:
        self.key = key
        self.asked: list[str] = []

    def rsa_sign(self, digest_info: bytes) -> bytes:
        assert isinstance(self.key, rsa.RSAPrivateKey)
        # The raw operation: 0x00 0x01 padding 0x00 DigestInfo (RFC 8017 §9.2).
        size = self.key.key_size // 8
        block = b"\0\1" + b"\xff" * (size - 3 - len(digest_info)) + b"\0" + digest_info
        numbers = self.key.private_numbers()
        return pow(int.from_bytes(block), numbers.d, numbers.public_numbers.n).to_bytes(size)

    def pss_sign(self, digest: bytes, algorithm: str) -> bytes:
        assert isinstance(self.key, rsa.RSAPrivateKey)
        hashed = HASHES[algorithm]
        return self.key.sign(digest, padding.PSS(padding.MGF1(hashed), len(digest)), utils.Prehashed(hashed))

    def ecdsa_sign(self, digest: bytes) -> bytes:
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        size = (self.key.key_size + 7) // 8
        hashed = {32: hashes.SHA256(), 48: hashes.SHA384(), 64: hashes.SHA512()}[len(digest)]
        r, s = utils.decode_dss_signature(self.key.sign(digest, ec.ECDSA(utils.Prehashed(hashed))))
        return r.to_bytes(size) + s.to_bytes(size)

    def eddsa_sign(self, octets: bytes) -> bytes:
        assert isinstance(self.key, ed25519.Ed25519PrivateKey)
        return self.key.sign(octets)

    def rsa_decrypt(self, encrypted: bytes) -> bytes | None:
        self.asked.append("PKCS#1 v1.5")
        assert isinstance(self.key, rsa.RSAPrivateKey)
        numbers = self.key.private_numbers()
        block = pow(int.from_bytes(encrypted), numbers.d, numbers.public_numbers.n).to_bytes(self.key.key_size // 8)
        end = block.find(b"\0", 2)
        return block[end + 1 :] if block[:2] == b"\0\2" and end >= 10 else None

    def oaep_decrypt(self, encrypted: bytes, parameters: OaepParameters) -> bytes | None:
        self.asked.append(f"OAEP {parameters.digest} {parameters.mask} {parameters.label!r}")
        assert isinstance(self.key, rsa.RSAPrivateKey)
        mask = padding.MGF1(HASHES[parameters.mask])
        try:
            return self.key.decrypt(encrypted, padding.OAEP(mask, HASHES[parameters.digest], parameters.label or None))
        except ValueError:
            return None

    def ecdh(self, point: bytes) -> bytes | None:
        assert isinstance(self.key, ec.EllipticCurvePrivateKey)
        public = ec.EllipticCurvePublicKey.from_encoded_point(self.key.curve, point)
        return self.key.exchange(ec.ECDH(), public).lstrip(b"\0")


def on_token(who: Identity, **how: object) -> tuple[TokenKey, Double]:
    double = Double(who.key)  # type: ignore[arg-type]
    return TokenKey(who.certificate, double, **how), double  # type: ignore[arg-type]


ANNA = identity("RSA")


@pytest.mark.parametrize("kind", ["RSA", "P-256", "P-384", "P-521", "brainpoolP512r1", "Ed25519"])
def test_every_kind_of_key_signs(kind: str) -> None:
    """Ed25519 and brainpool too, for tokens that have them."""
    out: list[bytes] = []
    writer = SignedDataWriter(out.append, [Signing(on_token(identity(kind))[0], AT)])
    writer.write(CONTENT)
    writer.close()
    assert verify(b"".join(out))


@pytest.mark.parametrize("label", [None, b"a label"])
@pytest.mark.parametrize(("hashed", "masked"), [("SHA-256", "SHA-256"), ("SHA-512", "SHA-1"), ("SHA-1", "SHA-384")])
def test_oaep_is_asked_for_as_the_mail_says(hashed: str, masked: str, label: bytes | None) -> None:
    """Hash, mask and label come from the entry."""
    key, double = on_token(ANNA)
    identifier, scheme = oaep(HASHES[hashed], HASHES[masked], label)
    message = enveloped([transport(ANNA.certificate, scheme, identifier)])
    assert decrypt(message, [key])[1] == CONTENT
    assert double.asked == [f"OAEP {hashed} {masked} {label or b''!r}"]


def test_oaep_that_does_not_open_is_not_decrypted() -> None:
    """With an authenticated padding there is nothing to hide but the step."""
    identifier, _ = oaep(HASHES["SHA-256"], HASHES["SHA-256"], None)
    message = enveloped([transport(ANNA.certificate, None, identifier)])
    with pytest.raises(cms_failures.DecryptionFailed):
        decrypt(message, [on_token(ANNA)[0]])


def test_secrets_without_their_leading_zeros_are_completed() -> None:
    """Some tokens drop them; the double does."""
    who = identity("P-256")
    key, _ = on_token(who)
    public = who.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    for _ in range(300):
        message = enveloped([agreement(public, issuer_and_serial(who.certificate))])
        assert decrypt(message, [key])[1] == CONTENT


def test_a_content_key_of_another_length_looks_like_a_wrong_padding() -> None:
    """The token opened it, and the answer is the same as if it had not."""
    key, _ = on_token(ANNA)
    entry = transport(ANNA.certificate)(b"k" * 16)
    broken = transport(ANNA.certificate, encrypted=b"\1" * 256)(b"")

    def outcome(entry: bytes) -> tuple[type, str]:
        with pytest.raises(cms_failures.DecryptionFailure) as caught:
            # Under a tag: of the random keys that are tried in its place, none ever fits by chance.
            decrypt(enveloped([lambda content_key: entry], gcm()), [key])
        return type(caught.value), str(caught.value)

    assert outcome(entry) == outcome(broken)


def test_a_token_that_fails_is_not_taken_for_a_broken_mail() -> None:
    """Pulled in the middle: the person is told of the card, not of the mail."""

    class Pulled(Double):
        def rsa_decrypt(self, encrypted: bytes) -> bytes | None:
            raise f.TokenAbsent("card")

    key = TokenKey(ANNA.certificate, Pulled(ANNA.key))  # type: ignore[arg-type]
    with pytest.raises(KeyUnavailable):
        decrypt(encrypt(key), [key])


def test_a_kind_of_key_that_tokens_do_not_agree_with_is_said() -> None:
    """A mail for an RSA certificate that asks for key agreement names what is not supported."""
    who = identity("P-256")
    public = who.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    message = enveloped([agreement(public, issuer_and_serial(ANNA.certificate))])
    with pytest.raises(cms_failures.EncryptionNotSupported):
        decrypt(message, [on_token(ANNA)[0]])


def test_the_recipient_is_made_from_the_certificate_alone() -> None:
    """Encrypting to oneself needs no token."""
    assert recipient_for(on_token(ANNA)[0].certificate)
