"""What `open` says about compressed messages (RFC 8551 §3.6): unpacked in any nesting, and nothing explodes."""

from __future__ import annotations

import base64
import subprocess
import zlib
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.cms import CompressedWriter, RecipientKey
from letterlock.operations import identities, trust
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.trust import TrustSettings
from tests.cms.test_cms_compressed import compressed
from tests.interop.bouncycastle import BouncyCastle
from tests.interop.openssl import OpenSsl
from tests.interop.peer import Peer, PeerRefused
from tests.needs import require_program
from tests.signed_mail import DemoMail

TEXT = b"Content-Type: text/plain\r\n\r\nThe offer: EUR 18,400.00\r\n"
FROM = b"From: anna@muster.example\r\nSubject: x\r\nMIME-Version: 1.0\r\n"


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


def part(cms: bytes, kind: bytes = b"compressed-data") -> bytes:
    """An application/pkcs7-mime entity."""
    head = b"Content-Type: application/pkcs7-mime; smime-type=" + kind + b'; name="smime.p7z"\r\n'
    body = base64.encodebytes(cms).replace(b"\n", b"\r\n")
    return head + b"Content-Transfer-Encoding: base64\r\n\r\n" + body


def packed(entity: bytes) -> bytes:
    """The entity in a compressed one."""
    out = bytearray()
    writer = CompressedWriter(out.extend)
    writer.write(entity)
    writer.close()
    return part(bytes(out))


def entity(raw: bytes) -> bytes:
    header, body = raw.split(b"\r\n\r\n", 1)
    return header[header.index(b"Content-Type: ") :] + b"\r\n\r\n" + body


def opened(raw: bytes, settings: TrustSettings, keys: list[RecipientKey] | None = None) -> OpenedMessage:
    opening = Opening(settings, keys=keys or [])
    opening.feed(raw)
    return opening.close()


def codes(message: OpenedMessage) -> list[str]:
    return [reason.code for reason in message.verdict.reasons]


def layers(message: OpenedMessage) -> list[tuple[str, str]]:
    return [(layer.kind, layer.status) for layer in message.verdict.layers]


def text(message: OpenedMessage) -> bytes:
    return b"".join(b"".join(message.body(part.id)) for part in message.parts)


@pytest.mark.parametrize("peer", [OpenSsl, BouncyCastle])
def test_what_others_compressed_is_unpacked(peer: type[Peer], settings: TrustSettings, tmp_path: Path) -> None:
    """The text of a message that another program compressed is there, and nothing calls it signed or encrypted."""
    program = peer(tmp_path)
    if peer is OpenSsl and not _has_zlib():
        with pytest.raises(PeerRefused, match="unsupported compression algorithm"):
            program.compress(TEXT)
        return
    cms = program.compress(TEXT)
    program.close()
    message = opened(FROM + part(cms), settings)
    assert layers(message) == [("compressed", "decompressed")]
    assert (message.verdict.signature.status, message.verdict.encryption.status) == ("none", "none")
    assert b"EUR 18,400.00" in text(message)


def _has_zlib() -> bool:
    """Debian builds OpenSSL without it."""
    options = subprocess.run(["openssl", "version", "-f"], capture_output=True, text=True, check=False)
    return "-DZLIB" in options.stdout


def test_signed_then_compressed(mail: DemoMail, settings: TrustSettings) -> None:
    """The signature inside decides."""
    message = opened(FROM + packed(entity(mail.sign("Offer", TEXT))), settings)
    assert layers(message) == [("compressed", "decompressed"), ("signed", "valid")]
    assert message.verdict.signature.status == "valid"
    assert all(part.covered for part in message.parts)


def test_compressed_then_signed(mail: DemoMail, settings: TrustSettings) -> None:
    """A signature around compressed text covers the text: nothing else can come out of what was signed."""
    message = opened(mail.sign("Offer", packed(TEXT)), settings)
    assert layers(message) == [("signed", "valid"), ("compressed", "decompressed")]
    assert message.verdict.signature.status == "valid"
    assert [part.covered for part in message.parts] == [True]
    assert b"EUR 18,400.00" in text(message)


def test_changed_compressed_text_in_a_signature_is_invalid(mail: DemoMail, settings: TrustSettings) -> None:
    """Other compressed text in the place of what was signed breaks the signature."""
    raw = mail.sign("Offer", packed(TEXT))
    message = opened(raw.replace(packed(TEXT), packed(TEXT.replace(b"18", b"81"))), settings)
    assert message.verdict.signature.status == "invalid"
    assert not any(part.covered for part in message.parts)


def test_signed_compressed_encrypted(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """All three, in the order that RFC 8551 §3.6 recommends."""
    message = opened(mail.encrypt("Offer", packed(entity(mail.sign("Offer", TEXT)))), settings, keys)
    assert layers(message) == [("encrypted", "decrypted"), ("compressed", "decompressed"), ("signed", "valid")]
    assert (message.verdict.signature.status, message.verdict.encryption.status) == ("valid", "decrypted")


def test_encrypted_in_compressed_in_signed(mail: DemoMail, settings: TrustSettings, keys: list[RecipientKey]) -> None:
    """Compression between a signature and ciphertext does not make the signature cover the text."""
    message = opened(mail.sign("Offer", packed(entity(mail.encrypt("Offer", TEXT)))), settings, keys)
    assert layers(message) == [("signed", "valid"), ("compressed", "decompressed"), ("encrypted", "decrypted")]
    assert message.verdict.signature.status == "partial"
    assert codes(message)[0] == "signature_covers_ciphertext"
    assert message.verdict.signature.covers == []


def test_a_compressed_part_is_unpacked_and_speaks_for_itself(mail: DemoMail, settings: TrustSettings) -> None:
    """A signature in a compressed part of a message covers that part alone."""
    inner = packed(entity(mail.sign("Offer", TEXT)))
    raw = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nUnsigned.\r\n--b\r\n"
    message = opened(raw + inner + b"\r\n--b--\r\n", settings)
    assert message.verdict.signature.status == "partial"
    assert [part.covered for part in message.parts] == [False, True]


@pytest.mark.parametrize(
    ("octets", "code"),
    [
        pytest.param(compressed(zlib.compress(TEXT)[:-1]), "content_not_decompressed", id="without its end"),
        pytest.param(compressed(zlib.compress(TEXT), content_type="1.2.3"), "content_not_supported", id="no mail"),
        pytest.param(compressed(zlib.compress(TEXT))[:-1], "cms_truncated", id="truncated"),
    ],
)
def test_damaged_is_not_opened(settings: TrustSettings, octets: bytes, code: str) -> None:
    """What cannot be unpacked whole is not shown at all, also in a good signature."""
    message = opened(FROM + part(octets), settings)
    assert layers(message) == [("compressed", "not_opened")]
    assert (codes(message), message.parts) == ([code], [])


def test_a_signature_around_what_cannot_be_unpacked_covers_nothing(mail: DemoMail, settings: TrustSettings) -> None:
    """It stands, over octets that nobody reads."""
    message = opened(mail.sign("Offer", part(compressed(b"no zlib"))), settings)
    assert message.verdict.signature.status == "partial"
    assert (message.verdict.signature.covers, message.parts) == ([], [])


def bomb(megabytes: int) -> bytes:
    """Some thousand octets for each megabyte of lines that they become."""
    line = b"x" * 998 + b"\r\n"
    return compressed(zlib.compress(TEXT + line * (megabytes * 1000), 9))


def test_a_bomb_is_not_unpacked(settings: TrustSettings) -> None:
    """More than the bound is refused, and nothing of it is shown."""
    message = opened(FROM + part(bomb(20)), settings)
    assert layers(message) == [("compressed", "not_opened")]
    assert (codes(message), message.parts) == (["content_expands_too_far"], [])


def test_bombs_side_by_side_share_one_bound(settings: TrustSettings) -> None:
    """What one part unpacked to, the next cannot have: of twenty bombs that fit alone, three are unpacked."""
    raw = FROM + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
    raw += b"".join(b"--b\r\n" + part(bomb(5)) + b"\r\n" for _ in range(20)) + b"--b--\r\n"
    assert limits.CMS_EXPANSION * len(raw) < 3 * limits.CMS_EXPANSION_FREE_OCTETS
    message = opened(raw, settings)
    unpacked = sum(status == "decompressed" for _, status in layers(message))
    most = max(limits.CMS_EXPANSION_FREE_OCTETS, limits.CMS_EXPANSION * len(raw))
    assert 0 < unpacked <= most // 5_000_000
    assert "content_expands_too_far" in codes(message)


def test_bombs_inside_bombs_share_one_bound(settings: TrustSettings) -> None:
    """A bomb in eight layers is refused in the one where the bound of the message is reached."""
    inner = part(bomb(15))
    for _ in range(limits.NESTED_LAYERS - 1):
        inner = packed(inner)
    message = opened(FROM + inner, settings)
    assert text(message).count(b"x") <= limits.CMS_EXPANSION_FREE_OCTETS
    twice = part(compressed(zlib.compress(part(bomb(15)) + b"\0" * 5_000_000, 9)))
    message = opened(FROM + twice, settings)
    assert layers(message)[-1] == ("compressed", "not_opened")
    assert "content_expands_too_far" in codes(message)
