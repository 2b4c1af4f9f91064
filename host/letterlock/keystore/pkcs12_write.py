"""PKCS#12 files (RFC 7292): writing, in a form for each kind of program that shall read them.

Several keys go into one file, each beside its certificate (joined by localKeyId), with the chains. Keys that the
library's own writer does not take (X25519, ML-DSA, ML-KEM) are PKCS#8 like all others, and readers that know the
algorithm read them.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letterlock import limits
from letterlock.cms import content_types, der
from letterlock.cms.oids import encoded
from letterlock.cms.schema import Algorithm
from letterlock.keystore import pbe, pkcs12
from letterlock.keystore.failures import PassphraseNeeded

_NULL = b"\x05\x00"
_AES_256_CBC = "2.16.840.1.101.3.4.1.42"
_HMAC_SHA256 = "1.2.840.113549.2.9"
_SHA1 = "1.3.14.3.2.26"
_SHA256 = "2.16.840.1.101.3.4.2.1"
_TRIPLE_DES = "1.2.840.113549.1.12.1.3"


class Form(StrEnum):
    """How a file is protected, and which programs take it."""

    MODERN = "modern"
    """PBES2 with AES-256 and HMAC-SHA-256, checksum SHA-256 (RFC 7292): Windows 10 1709 and later, OpenSSL, Java,
    Thunderbird and Firefox, GnuTLS. Not gpgsm 2.2."""
    PBMAC1 = "pbmac1"
    """As modern, with the checksum of RFC 9879 (2025): OpenSSL 3.4 and later."""
    COMPATIBLE = "compatible"
    """3DES and SHA-1 (RFC 7292 §C): every program, also Outlook on Windows 7 and 8, macOS and iOS Keychain, Android. It
    protects less: the passphrase must be long."""


class _Counts(NamedTuple):
    """Iterations of PBKDF2, of the checksum, and of both in the compatible form."""

    modern: int
    mac: int
    compatible: int


def _counts(random_passphrase: bool) -> _Counts:
    if random_passphrase:
        return _Counts(*[limits.KEY_FILE_ITERATIONS_RANDOM] * 3)
    return _Counts(
        limits.KEY_FILE_ITERATIONS_WRITTEN,
        limits.KEY_FILE_ITERATIONS_WRITTEN_MAC,
        limits.KEY_FILE_ITERATIONS_COMPATIBLE,
    )


@dataclass(frozen=True)
class Exported:
    """One key with its certificate in DER and the name that programs show."""

    key: PrivateKeyTypes
    certificate: bytes | None
    name: str


def write(
    keys: Sequence[Exported],
    chain: Iterable[bytes],
    passphrase: str,
    form: Form = Form.MODERN,
    *,
    random_passphrase: bool = False,
) -> bytes:
    """A PKCS#12 file in DER.

    Args:
        chain: certificates of issuers, in DER, to send along.
        passphrase: protects everything in it.
        random_passphrase: it is as random as a key (80 bits or more), so that stretching it adds nothing to speak of;
            a thousand files are then written in seconds.

    Raises:
        PassphraseNeeded: it is empty; then the keys would be anybody's.
    """
    if not passphrase:
        raise PassphraseNeeded
    counts = _counts(random_passphrase)
    own = [each.certificate for each in keys if each.certificate is not None]
    certificates = [
        _bag(pkcs12.CERTIFICATE, _certificate_bag(each.certificate), each.name, each.certificate)
        for each in keys
        if each.certificate is not None
    ]
    certificates += [
        _bag(pkcs12.CERTIFICATE, _certificate_bag(each), None, None) for each in dict.fromkeys(chain) if each not in own
    ]
    shrouded = [
        _bag(pkcs12.SHROUDED_KEY, _shrouded(each.key, passphrase, form, counts), each.name, each.certificate)
        for each in keys
    ]
    parts = []
    if certificates:
        algorithm, octets = _encrypt(der.value(0x30, b"".join(certificates)), passphrase, form, counts)
        parts.append(_encrypted_data(algorithm, octets))
    parts.append(_data(der.value(0x30, b"".join(shrouded))))
    safe = der.value(0x30, b"".join(parts))
    return der.value(0x30, der.integer(3) + _data(safe) + _mac(safe, passphrase, form, counts))


def _bag(kind: str, value: bytes, name: str | None, certificate: bytes | None) -> bytes:
    attributes = []
    if name:
        text = der.value(0x1E, name.encode("utf-16-be", "replace"))
        attributes.append(der.value(0x30, encoded(pkcs12.FRIENDLY_NAME) + der.value(0x31, text)))
    if certificate is not None:
        # As OpenSSL does: the certificate's SHA-1, the same beside the key and beside the certificate.
        mark = der.value(0x04, hashlib.sha1(certificate, usedforsecurity=False).digest())
        attributes.append(der.value(0x30, encoded(pkcs12.LOCAL_KEY_ID) + der.value(0x31, mark)))
    return der.value(0x30, encoded(kind) + der.value(0xA0, value) + (der.set_of(attributes) if attributes else b""))


def _certificate_bag(certificate: bytes) -> bytes:
    return der.value(0x30, encoded(pkcs12.X509_CERTIFICATE) + der.value(0xA0, der.value(0x04, certificate)))


def _shrouded(key: PrivateKeyTypes, passphrase: str, form: Form, counts: _Counts) -> bytes:
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    algorithm, octets = _encrypt(plain, passphrase, form, counts)
    return der.value(0x30, algorithm.encode() + der.value(0x04, octets))


def _encrypt(octets: bytes, passphrase: str, form: Form, counts: _Counts) -> tuple[Algorithm, bytes]:
    size = 8 if form is Form.COMPATIBLE else 16
    padding = size - len(octets) % size
    padded = octets + bytes((padding,)) * padding
    reading = pbe.readings(passphrase)[0]
    salt = os.urandom(16)
    if form is Form.COMPATIBLE:
        count = counts.compatible
        while not pbe.pads_evenly(reading.bmp, salt := os.urandom(8), count):
            pass
        key = pbe.derive("sha1", reading.bmp, salt, 1, count, 24)
        iv = pbe.derive("sha1", reading.bmp, salt, 2, count, 8)
        context = Cipher(TripleDES(key), modes.CBC(iv)).encryptor()
        parameters = der.value(0x30, der.value(0x04, salt) + der.integer(count))
        return Algorithm(_TRIPLE_DES, parameters), context.update(padded) + context.finalize()
    iv = os.urandom(16)
    key, derivation = _pbkdf2(reading, salt, counts.modern, key_length=False)
    context = Cipher(AES(key), modes.CBC(iv)).encryptor()
    scheme = Algorithm(_AES_256_CBC, der.value(0x04, iv))
    parameters = der.value(0x30, derivation.encode() + scheme.encode())
    return Algorithm(pbe.PBES2, parameters), context.update(padded) + context.finalize()


def _pbkdf2(reading: pbe.Reading, salt: bytes, count: int, *, key_length: bool) -> tuple[bytes, Algorithm]:
    key = hashlib.pbkdf2_hmac("sha256", reading.octets[0], salt, count, 32)
    parameters = der.value(
        0x30,
        der.value(0x04, salt)
        + der.integer(count)
        + (der.integer(32) if key_length else b"")
        + Algorithm(_HMAC_SHA256, _NULL).encode(),
    )
    return key, Algorithm(pbe.PBKDF2, parameters)


def _mac(safe: bytes, passphrase: str, form: Form, counts: _Counts) -> bytes:
    reading = pbe.readings(passphrase)[0]
    salt = os.urandom(8 if form is Form.COMPATIBLE else 16)
    if form is Form.PBMAC1:
        # RFC 9879 §4: the derivation must say the key's length; salt and iterations of MacData are of no account.
        key, derivation = _pbkdf2(reading, salt, counts.modern, key_length=True)
        scheme = Algorithm(_HMAC_SHA256, _NULL)
        algorithm = Algorithm(pbe.PBMAC1, der.value(0x30, derivation.encode() + scheme.encode()))
        value, count = hmac.digest(key, safe, "sha256"), 1
        salt = b"NOT USED"
    else:
        oid, count = _SHA256, counts.mac
        if form is Form.COMPATIBLE:
            oid, count = _SHA1, counts.compatible
        algorithm = Algorithm(oid, _NULL)
        value = pbe.checksum(pbe.DIGESTS[oid], safe, salt, count, reading, pbe.Budget())
    info = der.value(0x30, algorithm.encode() + der.value(0x04, value))
    return der.value(0x30, info + der.value(0x04, salt) + der.integer(count))


def _data(octets: bytes) -> bytes:
    return der.value(0x30, encoded(content_types.DATA) + der.value(0xA0, der.value(0x04, octets)))


def _encrypted_data(algorithm: Algorithm, octets: bytes) -> bytes:
    info = der.value(0x30, encoded(content_types.DATA) + algorithm.encode() + der.value(0x80, octets))
    content = der.value(0x30, der.integer(0) + info)
    return der.value(0x30, encoded(content_types.ENCRYPTED_DATA) + der.value(0xA0, content))
