"""Encrypted objects to order: a good one by default, and a test states only how its own deviates.

As `builder` for signatures: encodes with a few lines of its own and encrypts with `cryptography`.

    enveloped([transport(identity("RSA"))])                             # AES-256-CBC
    enveloped([transport(identity("RSA"))], GCM, attributes=[…])        # AuthEnvelopedData
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

from cryptography import x509
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mlkem, padding, rsa, x448, x25519
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers.aead import AESCCM, AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.hazmat.primitives.kdf.x963kdf import X963KDF
from cryptography.hazmat.primitives.keywrap import aes_key_wrap, aes_key_wrap_with_padding
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from letterlock.cms import CertificateKey
from tests.cms.builder import CONTENT, DATA, NULL, algorithm, identity, integer, oid, tlv

ENVELOPED = "1.2.840.113549.1.7.3"
AUTH_ENVELOPED = "1.2.840.113549.1.9.16.1.23"
ENCRYPTED = "1.2.840.113549.1.7.6"
SMIME = "1.2.840.113549.1.9.16.3"
AES_ARC = "2.16.840.1.101.3.4.1"
RSA = "1.2.840.113549.1.1.1"
OAEP = "1.2.840.113549.1.1.7"
CEK_HKDF = f"{SMIME}.31"
IV = bytes(range(16))
NONCE = bytes(range(12))
KEY = bytes(range(32))
"""The content key where a test does not care."""

Recipient = Callable[[bytes], bytes]
"""From the content key to a RecipientInfo."""


def octet_string(octets: bytes) -> bytes:
    return tlv(0x04, octets)


@dataclass(frozen=True)
class Content:
    """A content encryption: its identifier, and what it makes of key, text and authenticated attributes."""

    identifier: bytes
    encrypt: Callable[[bytes, bytes, bytes], tuple[bytes, bytes | None]]
    key_octets: int = 32


def padded(text: bytes, size: int = 16) -> bytes:
    count = size - len(text) % size
    return text + bytes((count,)) * count


def raw_cbc(block: CipherAlgorithm, iv: bytes, text: bytes) -> bytes:
    context = Cipher(block, modes.CBC(iv)).encryptor()
    return context.update(text) + context.finalize()


def cbc(pad: Callable[[bytes], bytes] = padded) -> Content:
    """AES-256-CBC."""
    return Content(
        algorithm(f"{AES_ARC}.42", octet_string(IV)), lambda key, text, _: (raw_cbc(AES(key), IV, pad(text)), None)
    )


def gcm(tag_octets: int = 16, nonce: bytes = NONCE, tag_field: bytes | None = None) -> Content:
    """AES-256-GCM."""
    length = integer(tag_octets) if tag_field is None else tag_field

    def encrypt(key: bytes, text: bytes, attributes: bytes) -> tuple[bytes, bytes]:
        sealed = AESGCM(key).encrypt(nonce, text, attributes or None)
        return sealed[:-16], sealed[-16:][:tag_octets]

    return Content(algorithm(f"{AES_ARC}.46", tlv(0x30, octet_string(nonce), length)), encrypt)


def ccm(tag_octets: int = 16) -> Content:
    """AES-256-CCM."""

    def encrypt(key: bytes, text: bytes, attributes: bytes) -> tuple[bytes, bytes]:
        sealed = AESCCM(key, tag_octets).encrypt(NONCE, text, attributes or None)
        return sealed[:-tag_octets], sealed[-tag_octets:]

    return Content(algorithm(f"{AES_ARC}.47", tlv(0x30, octet_string(NONCE), integer(tag_octets))), encrypt)


def chacha() -> Content:
    """ChaCha20-Poly1305."""

    def encrypt(key: bytes, text: bytes, attributes: bytes) -> tuple[bytes, bytes]:
        sealed = ChaCha20Poly1305(key).encrypt(NONCE, text, attributes or None)
        return sealed[:-16], sealed[-16:]

    return Content(algorithm(f"{SMIME}.18", octet_string(NONCE)), encrypt)


def misplaced(content: Content) -> Content:
    """The tag at the end of the content, as in an EnvelopedData where it does not belong."""

    def encrypt(key: bytes, text: bytes, attributes: bytes) -> tuple[bytes, None]:
        encrypted, tag = content.encrypt(key, text, attributes)
        return encrypted + (tag or b""), None

    return Content(content.identifier, encrypt, content.key_octets)


def derived(content: Content) -> Content:
    """RFC 9709."""

    def encrypt(key: bytes, text: bytes, attributes: bytes) -> tuple[bytes, bytes | None]:
        used = HKDF(hashes.SHA256(), 32, b"The Cryptographic Message Syntax", content.identifier).derive(key)
        return content.encrypt(used, text, attributes)

    return Content(algorithm(CEK_HKDF, content.identifier), encrypt)


@cache
def receiver(kind: str, identified: bool = True) -> CertificateKey:
    """A key of that kind, and its certificate from an authority with an RSA key. The same for the same arguments."""
    key: PrivateKeyTypes
    match kind:
        case "X25519":
            key = x25519.X25519PrivateKey.generate()
        case "X448":
            key = x448.X448PrivateKey.generate()
        case "ML-KEM-768":
            key = mlkem.MLKEM768PrivateKey.generate()
        case "ML-KEM-1024":
            key = mlkem.MLKEM1024PrivateKey.generate()
        case _:
            key = identity(kind, "Bernd Beispiel").key
    return CertificateKey(certificate_of(key.public_key(), identified), key)


def certificate_of(public: PublicKeyTypes, identified: bool = True) -> x509.Certificate:
    """A certificate for any public key; another one each time."""
    authority = identity("RSA", "Musteramt")
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Bernd Beispiel")]))
        .issuer_name(authority.certificate.subject)
        .public_key(public)  # type: ignore[arg-type]
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
    )
    if identified:
        builder = builder.add_extension(x509.SubjectKeyIdentifier(b"identifier"), critical=False)
    return builder.sign(authority.key, hashes.SHA256())  # type: ignore[arg-type]


def issuer_and_serial(certificate: x509.Certificate) -> bytes:
    return tlv(0x30, certificate.issuer.public_bytes(), integer(certificate.serial_number))


def key_id(octets: bytes, tag: int = 0x80) -> bytes:
    return tlv(tag, octets)


def transport(
    certificate: x509.Certificate,
    scheme: padding.AsymmetricPadding | None = None,
    identifier: bytes | None = None,
    rid: bytes | None = None,
    encrypted: bytes | None = None,
) -> Recipient:
    """A KeyTransRecipientInfo."""
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)

    def make(content_key: bytes) -> bytes:
        return tlv(
            0x30,
            integer(0),
            rid or issuer_and_serial(certificate),
            identifier or algorithm(RSA, NULL),
            octet_string(encrypted or key.encrypt(content_key, scheme or padding.PKCS1v15())),
        )

    return make


def shared_info(wrap: bytes, ukm: bytes | None, bits: int) -> bytes:
    return tlv(
        0x30,
        wrap,
        b"" if ukm is None else tlv(0xA0, octet_string(ukm)),
        tlv(0xA2, octet_string(bits.to_bytes(4, "big"))),
    )


PublicKey = ec.EllipticCurvePublicKey | x25519.X25519PublicKey | x448.X448PublicKey


def agreement(
    public: PublicKey,
    rid: bytes,
    scheme: str = "1.3.132.1.11.1",
    digest: hashes.HashAlgorithm | None = None,
    ukm: bytes | None = None,
    wrap: str = f"{AES_ARC}.45",
    wrap_parameters: bytes = b"",
    originator: bytes | None = None,
    hkdf: bool = False,
    others: Sequence[bytes] = (),
) -> Recipient:
    """A KeyAgreeRecipientInfo; `others` are RecipientEncryptedKeys before ours."""

    def make(content_key: bytes) -> bytes:
        secret, sender = _ephemeral(public)
        identifier = algorithm(wrap, *([wrap_parameters] if wrap_parameters else []))
        info = shared_info(identifier, ukm, 256)
        hashed = digest or hashes.SHA256()
        wrapping = (HKDF(hashed, 32, None, info) if hkdf else X963KDF(hashed, 32, info)).derive(secret)
        wrapped = (aes_key_wrap_with_padding if wrap.endswith("48") else aes_key_wrap)(wrapping, content_key)
        return tlv(
            0xA1,
            integer(3),
            tlv(0xA0, originator or sender),
            b"" if ukm is None else tlv(0xA1, octet_string(ukm)),
            algorithm(scheme, identifier),
            tlv(0x30, *others, tlv(0x30, rid, octet_string(wrapped))),
        )

    return make


def _ephemeral(public: PublicKey) -> tuple[bytes, bytes]:
    """A shared secret, and the sender's public key as originator."""
    match public:
        case ec.EllipticCurvePublicKey():
            own = ec.generate_private_key(public.curve)
            point = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
            return own.exchange(ec.ECDH(), public), originator_key("1.2.840.10045.2.1", point)
        case x25519.X25519PublicKey():
            first = x25519.X25519PrivateKey.generate()
            return first.exchange(public), originator_key("1.3.101.110", first.public_key().public_bytes_raw())
        case x448.X448PublicKey():
            second = x448.X448PrivateKey.generate()
            return second.exchange(public), originator_key("1.3.101.111", second.public_key().public_bytes_raw())


def originator_key(dotted: str, octets: bytes, *parameters: bytes) -> bytes:
    """An OriginatorPublicKey."""
    return tlv(0xA1, algorithm(dotted, *parameters), tlv(0x03, b"\0", octets))


def encapsulation(
    public: mlkem.MLKEM768PublicKey | mlkem.MLKEM1024PublicKey,
    rid: bytes,
    ukm: bytes | None = None,
    number: int | None = None,
    kek_octets: int = 32,
    derivation: str = f"{SMIME}.28",
    cut: int = 0,
) -> Recipient:
    """A KEMRecipientInfo; `cut` shortens its ciphertext."""
    number = number or (2 if isinstance(public, mlkem.MLKEM768PublicKey) else 3)

    def make(content_key: bytes) -> bytes:
        secret, ciphertext = public.encapsulate()
        wrap = algorithm(f"{AES_ARC}.45")
        by_ukm = b"" if ukm is None else tlv(0xA0, octet_string(ukm))
        info = tlv(0x30, wrap, integer(kek_octets), by_ukm)
        wrapped = aes_key_wrap(HKDF(hashes.SHA256(), 32, None, info).derive(secret), content_key)
        return other(
            "1.2.840.113549.1.9.16.13.3",
            tlv(
                0x30,
                integer(0),
                rid,
                algorithm(f"2.16.840.1.101.3.4.4.{number}"),
                octet_string(ciphertext[cut:]),
                algorithm(derivation),
                integer(kek_octets),
                by_ukm,
                wrap,
                octet_string(wrapped),
            ),
        )

    return make


def other(dotted: str, value: bytes) -> bytes:
    """An OtherRecipientInfo."""
    return tlv(0xA4, oid(dotted), value)


def shared(wrapping: bytes, identifier: bytes) -> Recipient:
    """A KEKRecipientInfo."""

    def make(content_key: bytes) -> bytes:
        wrapped = aes_key_wrap(wrapping, content_key)
        kekid = tlv(0x30, octet_string(identifier))
        return tlv(0xA2, integer(4), kekid, algorithm(f"{AES_ARC}.45"), octet_string(wrapped))

    return make


def password(
    words: bytes,
    iterations: int = 1000,
    digest: tuple[int, hashes.HashAlgorithm] | None = None,
    triple_des: bool = False,
) -> Recipient:
    """A PasswordRecipientInfo with PBKDF2 and PWRI-KEK."""

    def make(content_key: bytes) -> bytes:
        number, hashed = digest or (9, hashes.SHA256())
        size, octets = (8, 24) if triple_des else (16, 32)
        wrapping = PBKDF2HMAC(hashed, octets, b"salt", iterations).derive(words)
        block = TripleDES(wrapping) if triple_des else AES(wrapping)
        text = bytes((len(content_key), *(octet ^ 0xFF for octet in content_key[:3]))) + content_key
        text += os.urandom(max(-len(text) % size, 2 * size - len(text)))
        once = raw_cbc(block, IV[:size], text)
        twice = raw_cbc(block, once[-size:], once)
        inner = "1.2.840.113549.3.7" if triple_des else f"{AES_ARC}.42"
        prf = algorithm(f"1.2.840.113549.2.{number}", NULL)
        derivation = tlv(0xA0, oid("1.2.840.113549.1.5.12"), tlv(0x30, octet_string(b"salt"), integer(iterations), prf))
        scheme = algorithm(f"{SMIME}.9", algorithm(inner, octet_string(IV[:size])))
        return tlv(0xA3, integer(0), derivation, scheme, octet_string(twice))

    return make


def enveloped(
    recipients: Sequence[Recipient],
    content: Content | None = None,
    text: bytes = CONTENT,
    *,
    attributes: Sequence[bytes] = (),
    outer_type: str | None = None,
    content_type: str = DATA,
    key: bytes = KEY,
    mac: bytes | None = None,
    pieces: int | None = None,
    absent: bool = False,
    more: bytes = b"",
) -> bytes:
    """DER of a ContentInfo; BER where `pieces` cuts the content. The type follows from whether there is a tag."""
    content = content or cbc()
    key = key[: content.key_octets]
    authenticated = tlv(0x31, *sorted(attributes)) if attributes else b""
    encrypted, tag = content.encrypt(key, text, authenticated)
    tag = tag if mac is None else mac
    outer_type = outer_type or (ENVELOPED if tag is None else AUTH_ENVELOPED)
    if pieces:
        cut = [octet_string(encrypted[at : at + pieces]) for at in range(0, len(encrypted), pieces)]
        body = b"\xa0\x80" + b"".join(cut) + b"\0\0"
    else:
        body = tlv(0x80, encrypted)
    return tlv(
        0x30,
        oid(outer_type),
        tlv(
            0xA0,
            tlv(
                0x30,
                integer(0),
                b"" if outer_type == ENCRYPTED else tlv(0x31, *(recipient(key) for recipient in recipients)),
                tlv(0x30, oid(content_type), content.identifier, b"" if absent else body),
                tlv(0xA1, *attributes) if attributes else b"",
                b"" if tag is None else octet_string(tag),
                more,
            ),
        ),
    )
