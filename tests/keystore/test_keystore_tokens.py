"""Keys that never leave their token: SoftHSM2 signs and decrypts, OpenSSL confirms, and what goes wrong is said."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from letterlock.cms import EnvelopedWriter, SignedDataWriter, Signing, recipient_for
from letterlock.cms import failures as cms_failures
from letterlock.keystore import token_failures as f
from letterlock.keystore import tokens
from letterlock.keystore.token_key import TokenKey
from tests.cms.builder import CONTENT
from tests.cms.decrypting import decrypt
from tests.cms.envelope import agreement, enveloped, gcm, issuer_and_serial, transport
from tests.cms.reading import verify
from tests.keystore import softhsm
from tests.needs import require_program

AT = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
pytest.importorskip("pkcs11", reason="python-pkcs11 is missing: pip install 'letterlock[tokens]'")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    softhsm.library()
    folder = tmp_path_factory.mktemp("softhsm")
    softhsm.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def card(folder: Path) -> softhsm.Card:
    """A card with four keys."""
    card = softhsm.Card("Annas Karte")
    for kind in ("RSA", "P-256", "P-384", "P-521"):
        card.make(kind)
    return card


def pin(label: str) -> str:
    return softhsm.PIN


@pytest.fixture
def keys(card: softhsm.Card) -> Iterator[dict[str, TokenKey]]:
    """The card's keys, unlocked, by kind."""
    with tokens.opened(softhsm.library(), card.label, pin) as token:
        yield {_kind(key.certificate): key for key in token.certified_keys()}


def _kind(certificate: x509.Certificate) -> str:
    key = certificate.public_key()
    return f"P-{key.key_size}" if isinstance(key, ec.EllipticCurvePublicKey) else "RSA"


def _openssl() -> Path:
    return require_program("openssl", "openssl")


def sign(key: TokenKey) -> bytes:
    out: list[bytes] = []
    writer = SignedDataWriter(out.append, [Signing(key, AT)])
    writer.write(CONTENT)
    writer.close()
    return b"".join(out)


def encrypt(key: TokenKey, oaep: str | None = None) -> bytes:
    out: list[bytes] = []
    writer = EnvelopedWriter(out.append, [recipient_for(key.certificate, oaep=oaep)], "AES-256-GCM")
    writer.write(CONTENT)
    writer.close()
    return b"".join(out)


def again(key: TokenKey, **how: object) -> TokenKey:
    """The same key, signing in another way."""
    return TokenKey(key.certificate, key._private, **how)  # type: ignore[arg-type]


# --- Listing ---


def test_a_token_shows_itself_and_its_certificates_without_the_pin(card: softhsm.Card) -> None:
    """Before any PIN it is known who could sign and decrypt with it."""
    found = {each.label: each for each in tokens.tokens(softhsm.library())}[card.label]
    assert len(found.certificates) == 4
    assert found.maker == "SoftHSM project"
    assert not found.pin_locked
    assert not found.pin_pad


def test_a_token_is_found_by_its_serial_number(card: softhsm.Card) -> None:
    """Labels may repeat; the serial number always works."""
    serial = {each.label: each for each in tokens.tokens(softhsm.library())}[card.label].serial
    with tokens.opened(softhsm.library(), serial, pin) as token:
        assert token.label == card.label


# --- Signing ---


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("RSA", {}),
        ("RSA", {"digest": "SHA-512"}),
        ("RSA", {"pss": True}),
        ("RSA", {"pss": True, "digest": "SHA-384"}),
        ("P-256", {}),
        ("P-256", {"digest": "SHA-512"}),
        ("P-384", {}),
        ("P-521", {}),
    ],
    ids=str,
)
def test_signs_on_the_token(keys: dict[str, TokenKey], kind: str, how: dict[str, object], tmp_path: Path) -> None:
    """Our engine and OpenSSL confirm what the token signed."""
    signed = sign(again(keys[kind], **how))
    (checked,) = verify(signed)
    assert checked
    (tmp_path / "signed.der").write_bytes(signed)
    result = subprocess.run(
        [_openssl(), "cms", "-verify", "-noverify", "-binary", "-inform", "DER", "-in", tmp_path / "signed.der"],
        capture_output=True,
        timeout=30,
    )
    assert result.stdout == CONTENT, result.stderr


# --- Decrypting ---


@pytest.mark.parametrize(
    ("kind", "oaep"), [("RSA", None), ("RSA", "SHA-1"), ("P-256", None), ("P-384", None), ("P-521", None)]
)
def test_decrypts_on_the_token(keys: dict[str, TokenKey], kind: str, oaep: str | None) -> None:
    """PKCS#1 v1.5, OAEP as far as SoftHSM2 has it (SHA-1, no label), and ECDH."""
    assert decrypt(encrypt(keys[kind], oaep), [keys[kind]])[1] == CONTENT


@pytest.mark.parametrize("kind", ["RSA", "P-256"])
def test_decrypts_what_openssl_encrypted(keys: dict[str, TokenKey], kind: str, tmp_path: Path) -> None:
    """A peer's mail opens too."""
    (tmp_path / "cert.pem").write_bytes(keys[kind].certificate.public_bytes(Encoding.PEM))
    encrypted = subprocess.run(
        [_openssl(), "cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", tmp_path / "cert.pem"],
        input=CONTENT,
        capture_output=True,
        check=True,
        timeout=30,
    ).stdout
    assert decrypt(encrypted, [keys[kind]])[1] == CONTENT


def test_shared_secrets_with_leading_zeros_agree(keys: dict[str, TokenKey]) -> None:
    """One in 256 secrets begins with a zero octet; a hundred and twenty mails in a row open."""
    key = keys["P-256"]
    public = key.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    for _ in range(120):
        message = enveloped([agreement(public, issuer_and_serial(key.certificate))])
        assert decrypt(message, [key])[1] == CONTENT


def test_what_softhsm_lacks_is_said(keys: dict[str, TokenKey]) -> None:
    """OAEP with SHA-256 is a gap of this token, and no fault of the mail."""
    with pytest.raises(f.TokenCannot) as caught:
        decrypt(encrypt(keys["RSA"], "SHA-256"), [keys["RSA"]])
    assert caught.value.mechanism == "RSA-OAEP with SHA-256"


@pytest.mark.parametrize(
    "encrypted",
    [b"\0" * 256, b"\xff" * 256, b"\x01" + b"\0" * 255, b"\0\1" + b"\x77" * 254, b"x"],
    ids=["zero", "beyond the modulus", "large", "random", "short"],
)
def test_a_wrong_padding_looks_like_a_wrong_key(keys: dict[str, TokenKey], encrypted: bytes) -> None:
    """The token tells one from the other; whoever sent the mail does not learn it (Bleichenbacher 1998)."""
    key = keys["RSA"]
    wrong_key = transport(key.certificate)(b"k" * 32)

    def outcome(entry: bytes) -> tuple[type, str]:
        with pytest.raises(cms_failures.DecryptionFailure) as caught:
            # Under a tag: of the random keys that are tried in its place, none ever fits by chance.
            decrypt(enveloped([lambda content_key: entry], gcm()), [key])
        return type(caught.value), str(caught.value)

    assert outcome(transport(key.certificate, encrypted=encrypted)(b"")) == outcome(wrong_key)


def test_a_point_off_the_curve_is_refused_before_the_token_sees_it(keys: dict[str, TokenKey]) -> None:
    """Invalid-curve attacks end in the host, whatever the token would do."""
    key = keys["P-256"]
    public = key.certificate.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    message = enveloped([agreement(public, issuer_and_serial(key.certificate))])
    position = message.index(b"\x03\x42\x00\x04") + 4
    with pytest.raises(cms_failures.DecryptionFailed):
        decrypt(message[:position] + bytes(64) + message[position + 64 :], [key])


def test_entries_of_other_people_never_reach_the_token(keys: dict[str, TokenKey]) -> None:
    """A mail for hundreds does not keep a card busy for minutes."""
    other = keys["P-256"].certificate
    public = other.public_key()
    assert isinstance(public, ec.EllipticCurvePublicKey)
    entries = [agreement(public, issuer_and_serial(other))]
    with pytest.raises(cms_failures.NoRecipientKey):
        decrypt(enveloped(entries), [TokenKey(keys["RSA"].certificate, _Broken())])


class _Broken:
    """A token that must not be asked."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the token was asked for {name}")


# --- What goes wrong ---


def test_a_wrong_pin_is_said(card: softhsm.Card) -> None:
    """With the token's name, and never with what was typed."""
    with pytest.raises(f.TokenPinWrong) as caught, tokens.opened(softhsm.library(), card.label, lambda _: "0815"):
        pass
    assert "0815" not in str(caught.value)


def test_nobody_is_asked_when_the_token_is_not_there(card: softhsm.Card) -> None:
    """The PIN is wanted only for a token that can take it."""

    def never(label: str) -> str:
        raise AssertionError("asked")

    with pytest.raises(f.TokenAbsent), tokens.opened(softhsm.library(), "Bens Karte", never):
        pass


def test_two_tokens_of_one_name_are_not_confused(folder: Path) -> None:
    """Which one is meant is asked for, by serial number."""
    softhsm.Card("Zwilling")
    softhsm.Card("Zwilling")
    with pytest.raises(f.TokenAmbiguous) as caught, tokens.opened(softhsm.library(), "Zwilling", pin):
        pass
    assert len(caught.value.serials) == 2


def test_a_pulled_token_is_said(folder: Path) -> None:
    """Taken out after the PIN: the next signature fails with the token's name, and closing does not."""
    card = softhsm.Card("gezogen")
    card.make("RSA")
    with tokens.opened(softhsm.library(), card.label, pin) as token:
        (key,) = token.certified_keys()
        sign(key)
        card.pull()
        with pytest.raises(f.TokenAbsent) as caught:
            sign(key)
        assert caught.value.token == "gezogen"


OTHERS = ("writable by all", "in a folder for all", "of somebody else")


@pytest.mark.parametrize("case", ["relative", "missing", "no library", *OTHERS])
def test_a_library_that_cannot_be_used_is_said(case: str, tmp_path: Path) -> None:
    """A library is code: it is loaded from a full path, and not from where everybody may write."""
    path = tmp_path / "lib.so"
    if case != "missing":
        path.write_bytes(b"no library")
    path.chmod(0o666 if case == "writable by all" else 0o644) if path.exists() else None
    if case == "in a folder for all":
        tmp_path.chmod(0o777)
    if case == "of somebody else":
        if os.getuid():
            pytest.skip("only root can give files away")
        os.chown(path, 12345, -1)
    with pytest.raises(f.TokenLibraryUnusable) as caught:
        tokens.tokens(Path("lib.so") if case == "relative" else path)
    assert ("only its owner" in caught.value.detail) is (case in OTHERS)
