"""PKCS#12 files (RFC 7292), in which certificates with their keys are handed over: reading (`.p12`, `.pfx`).

    PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }
    MacData ::= SEQUENCE { mac DigestInfo, macSalt OCTET STRING, iterations INTEGER DEFAULT 1 }
    AuthenticatedSafe ::= SEQUENCE OF ContentInfo      -- Data if unencrypted, EncryptedData if password-encrypted
    SafeContents ::= SEQUENCE OF SafeBag
    SafeBag ::= SEQUENCE { bagId OBJECT IDENTIFIER, bagValue [0] EXPLICIT ANY, bagAttributes SET OF Attribute OPTIONAL }

The structure is read here, the keys and certificates in it by the library, which reads fewer files and says of one
that it refuses only that it does. Real files are DER or BER at every level, sometimes in PEM armour, with several keys,
whole chains, keys in clear, and passphrases turned into octets in several ways (`pbe.readings`).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_private_key

from letterlock import limits
from letterlock.cms import CmsFailure, content_types, der, schema
from letterlock.cms.ber import to_der
from letterlock.cms.oids import dotted
from letterlock.cms.schema import Algorithm
from letterlock.keystore import pbe
from letterlock.keystore.failures import (
    CertificateMissing,
    KeyFileAltered,
    KeyFileDamaged,
    KeyFileInnerPassphrase,
    KeyFileNotSupported,
    KeyFileTooLarge,
    KeyMissing,
    WrongPassphrase,
)
from letterlock.keystore.identity import Identity

_ARMOUR = re.compile(rb"-----BEGIN (?:PKCS ?#?12|PFX|PKCS12)-----(.*?)-----END", re.DOTALL)
_BAG = "1.2.840.113549.1.12.10.1"
KEY, SHROUDED_KEY, CERTIFICATE, NESTED = f"{_BAG}.1", f"{_BAG}.2", f"{_BAG}.3", f"{_BAG}.6"
X509_CERTIFICATE = "1.2.840.113549.1.9.22.1"
FRIENDLY_NAME = "1.2.840.113549.1.9.20"
LOCAL_KEY_ID = "1.2.840.113549.1.9.21"


@dataclass(frozen=True)
class KeyInFile:
    """A private key, its certificate in DER where the file has it, and the name that somebody gave it."""

    key: PrivateKeyTypes = field(repr=False)
    certificate: bytes | None
    name: str | None


@dataclass(frozen=True)
class KeyFile:
    """What is in a file.

    `others` are the certificates, in DER, that belong to none of the keys. `unread` are the algorithms of keys that
    nothing here reads, as numbers. Where there was no checksum, nobody can say whether the file was changed.
    """

    keys: tuple[KeyInFile, ...]
    others: tuple[bytes, ...]
    unread: tuple[str, ...]
    has_checksum: bool


@dataclass(frozen=True)
class _Bag:
    kind: str
    value: bytes
    name: str | None
    key_id: bytes | None


def load(octets: bytes, passphrase: str) -> Identity:
    """The identity in a PKCS#12 file; of several keys the first that has a certificate.

    Raises:
        KeyMissing, CertificateMissing: it opens, and one of the two is not in it.
        WrongPassphrase …: as `read`.
    """
    found = read(octets, passphrase)
    if not found.keys:
        raise KeyMissing
    for each in found.keys:
        if each.certificate is not None:
            return Identity(each.certificate, each.key, found.others)
    raise CertificateMissing


def read(octets: bytes, passphrase: str, budget: pbe.Budget | None = None) -> KeyFile:
    """Everything in a PKCS#12 file.

    Args:
        passphrase: as the person typed it. Empty: an empty one and none at all are both tried.

    Raises:
        WrongPassphrase: it does not open with it.
        KeyFileDamaged, KeyFileTooLarge, KeyFileTooCostly: it is no PKCS#12 file, not a whole one, or a hostile one.
        KeyFileAltered: the checksum does not fit, and the passphrase is not to blame.
        KeyFileInnerPassphrase: the keys in it are under another passphrase.
        KeyFileNotSupported: it opens with nothing here, or none of its keys is read.
    """
    if len(octets) > limits.KEY_FILE_OCTETS:
        raise KeyFileTooLarge(limits.KEY_FILE_OCTETS)
    budget = budget or pbe.Budget()
    try:
        return _read(_unarmoured(octets), pbe.readings(passphrase), budget)
    except (CmsFailure, binascii.Error):
        raise KeyFileDamaged from None


def _read(encoded: bytes, readings: list[pbe.Reading], budget: pbe.Budget) -> KeyFile:
    fields = _sequence(to_der(encoded), 3)
    if len(fields) < 2 or fields[0] != b"\x02\x01\x03":
        raise KeyFileDamaged
    oid, content = _content_info(fields[1])
    if oid != content_types.DATA:
        # RFC 7292 §3.1: public-key integrity. Nobody has met one.
        raise KeyFileNotSupported("public-key integrity")
    safe = _string(content)
    if len(fields) == 3:
        fitting = _checked(fields[2], safe, readings, budget)
        if fitting is not None:
            return _opened(safe, [fitting], budget, checked=True)
        # Either the passphrase is wrong or the checksum is. What is encrypted tells.
        if _encrypts(safe):
            try:
                _opened(safe, readings, budget, checked=False)
            except KeyFileInnerPassphrase:
                pass
            except WrongPassphrase:
                raise
            raise KeyFileAltered
        raise WrongPassphrase
    return _opened(safe, readings, budget, checked=False)


def _checked(mac: bytes, safe: bytes, readings: list[pbe.Reading], budget: pbe.Budget) -> pbe.Reading | None:
    """The reading of the passphrase with which the checksum fits."""
    fields = _sequence(mac, 3)
    info = _sequence(fields[0], 2) if fields else []
    if len(fields) < 2 or len(info) != 2:
        raise KeyFileDamaged
    algorithm, wanted = schema.decode_algorithm(info[0], "DigestInfo"), _string(info[1])
    salt = _string(fields[1])
    iterations = int.from_bytes(_contents(fields[2], 0x02), "big", signed=True) if len(fields) == 3 else 1
    digest = pbe.DIGESTS.get(algorithm.oid)
    if digest is None and algorithm.oid != pbe.PBMAC1:
        raise KeyFileNotSupported(algorithm.oid)
    for reading in readings:
        if digest is not None:
            if hmac.compare_digest(pbe.checksum(digest, safe, salt, iterations, reading, budget), wanted):
                return reading
            continue
        for password in reading.octets:
            if hmac.compare_digest(pbe.checksum_pbmac1(algorithm, safe, password, budget), wanted):
                return reading
    return None


def _opened(safe: bytes, readings: list[pbe.Reading], budget: pbe.Budget, *, checked: bool) -> KeyFile:
    """The contents, read with the first reading of the passphrase that opens them."""
    opened_outside = checked
    for reading in readings:

        def decrypt(algorithm: Algorithm, octets: bytes, reading: pbe.Reading = reading) -> bytes:
            return pbe.decrypt(algorithm, octets, reading, budget)

        try:
            bags, encrypted = _bags(safe, decrypt, checked)
        except pbe.DoesNotOpen:
            continue
        opened_outside = opened_outside or encrypted
        try:
            return _assembled(bags, decrypt, checked)
        except pbe.DoesNotOpen:
            continue
    raise KeyFileInnerPassphrase if opened_outside else WrongPassphrase


def _bags(safe: bytes, decrypt: Callable[[Algorithm, bytes], bytes], checked: bool) -> tuple[list[_Bag], bool]:
    """All bags of a file, and whether any stood under encryption that opened."""
    found: list[_Bag] = []
    encrypted = False
    for part in _sequence(to_der(safe), limits.KEY_FILE_ENTRIES):
        oid, content = _content_info(part)
        if oid == content_types.DATA:
            contents = to_der(_string(content))
        elif oid == content_types.ENCRYPTED_DATA:
            contents = _plain(*_encrypted(content), decrypt)
            encrypted = True
        else:
            raise KeyFileNotSupported("public-key privacy")
        found += _safe_bags(contents, limits.KEY_FILE_DEPTH)
        if len(found) > limits.KEY_FILE_ENTRIES:
            raise KeyFileTooLarge(limits.KEY_FILE_OCTETS)
    return found, encrypted


def _plain(algorithm: Algorithm, octets: bytes, decrypt: Callable[[Algorithm, bytes], bytes]) -> bytes:
    """Decrypted BER in DER; what is none was not decrypted."""
    text = decrypt(algorithm, octets)
    try:
        if text[:1] != b"\x30":
            raise pbe.DoesNotOpen
        return to_der(text)
    except CmsFailure:
        raise pbe.DoesNotOpen from None


def _encrypts(safe: bytes) -> bool:
    """Whether anything in the file is encrypted, so that a passphrase can be told from a wrong one."""

    def refuse(algorithm: Algorithm, octets: bytes) -> bytes:
        raise pbe.DoesNotOpen

    try:
        bags, _ = _bags(safe, refuse, False)
    except pbe.DoesNotOpen:
        return True
    return any(bag.kind == SHROUDED_KEY for bag in bags)


def _safe_bags(contents: bytes, depth: int) -> Iterator[_Bag]:
    for each in _sequence(contents, limits.KEY_FILE_ENTRIES):
        fields = _sequence(each, 3)
        if len(fields) < 2:
            raise KeyFileDamaged
        kind, value = dotted(_contents(fields[0], 0x06)), _contents(fields[1], 0xA0)
        if kind == NESTED and depth:
            yield from _safe_bags(value, depth - 1)
        elif kind is not None:
            yield _Bag(kind, value, *_attributes(fields[2] if len(fields) == 3 else None))


def _attributes(octets: bytes | None) -> tuple[str | None, bytes | None]:
    """friendlyName and localKeyId (RFC 2985 §5.5.1, §5.5.2). An odd one is left out: nothing depends on it."""
    name: str | None = None
    key_id: bytes | None = None
    for each in der.split(octets, 0x31, "bagAttributes", 64) if octets else ():
        fields = _sequence(each, 2)
        values = der.split(fields[1], 0x31, "Attribute", 8) if len(fields) == 2 else []
        kind = dotted(_contents(fields[0], 0x06)) if values else None
        if kind == FRIENDLY_NAME and values[0][0] == 0x1E:
            name = der.contents(values[0], "friendlyName").decode("utf-16-be", "replace").rstrip("\0") or None
        elif kind == LOCAL_KEY_ID and values[0][0] == 0x04:
            key_id = der.contents(values[0], "localKeyId")
    return name, key_id


def _assembled(bags: list[_Bag], decrypt: Callable[[Algorithm, bytes], bytes], checked: bool) -> KeyFile:
    """Keys beside their certificates: the public key says which; of several certificates the bag's id, then the last
    to expire. The ids alone are not believed: programs write the same for everything, or none."""
    certificates = [(bag, each) for bag in bags if bag.kind == CERTIFICATE and (each := _certificate(bag)) is not None]
    public = [(bag, each, _public_of(each)) for bag, each in certificates]
    keys: list[KeyInFile] = []
    unread: list[str] = []
    used: set[bytes] = set()
    for bag in bags:
        if bag.kind not in (KEY, SHROUDED_KEY):
            continue
        key = _private_key(bag.value if bag.kind == KEY else _plain(*_shrouded(bag.value), decrypt))
        if isinstance(key, str):
            unread.append(key)
            continue
        own = _public(key)
        fitting = [(mine, each) for mine, each, theirs in public if theirs == own]
        fitting.sort(key=lambda found: (found[0].key_id == bag.key_id, _expiry(found[1])))
        name = bag.name or (fitting[-1][0].name if fitting else None)
        keys.append(KeyInFile(key, fitting[-1][1] if fitting else None, name))
        used.update(each for _, each in fitting[-1:])
    if unread and not keys:
        raise KeyFileNotSupported(unread[0])
    others = dict.fromkeys(each for _, each in certificates if each not in used)
    return KeyFile(tuple(keys), tuple(others), tuple(unread), checked)


def _certificate(bag: _Bag) -> bytes | None:
    """CertBag ::= SEQUENCE { certId OBJECT IDENTIFIER, certValue [0] EXPLICIT ANY }   (RFC 7292 §4.2.3)"""
    fields = _sequence(bag.value, 2)
    if len(fields) != 2 or dotted(_contents(fields[0], 0x06)) != X509_CERTIFICATE:
        return None
    return _string(_contents(fields[1], 0xA0))


def _shrouded(value: bytes) -> tuple[Algorithm, bytes]:
    """EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm, encryptedData OCTET STRING }   (RFC 5208 §6)"""
    fields = _sequence(value, 2)
    if len(fields) != 2:
        raise KeyFileDamaged
    return schema.decode_algorithm(fields[0], "EncryptedPrivateKeyInfo"), _string(fields[1])


def _encrypted(content: bytes) -> tuple[Algorithm, bytes]:
    """EncryptedData (RFC 5652 §8), whose encryptedContent is [0] IMPLICIT OCTET STRING, in BER in pieces."""
    fields = _sequence(content, 3)
    info = _sequence(fields[1], 3) if len(fields) >= 2 else []
    if len(info) != 3:
        raise KeyFileDamaged
    octets = info[2]
    if octets[0] == 0xA0:
        pieces = der.split(b"\x30" + octets[1:], 0x30, "encryptedContent", limits.KEY_FILE_OCTETS)
        return schema.decode_algorithm(info[1], "EncryptedContentInfo"), b"".join(map(_string, pieces))
    return schema.decode_algorithm(info[1], "EncryptedContentInfo"), _contents(octets, 0x80)


def _private_key(encoded: bytes) -> PrivateKeyTypes | str:
    """The key, or the number of its algorithm where the library does not read it."""
    fields = _sequence(encoded, 5)
    if len(fields) < 3:
        raise KeyFileDamaged
    try:
        return load_der_private_key(encoded, None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return schema.decode_algorithm(fields[1], "PrivateKeyInfo").oid


def _unarmoured(octets: bytes) -> bytes:
    armoured = _ARMOUR.search(octets)
    return base64.b64decode(armoured[1]) if armoured else octets


def _content_info(encoded: bytes) -> tuple[str | None, bytes]:
    fields = _sequence(encoded, 2)
    if len(fields) != 2:
        raise KeyFileDamaged
    return dotted(_contents(fields[0], 0x06)), _contents(fields[1], 0xA0)


def _sequence(encoded: bytes, most: int) -> list[bytes]:
    found = der.split(encoded, 0x30, "PFX", most)
    if len(found) > most:
        raise KeyFileDamaged
    return found


def _string(encoded: bytes) -> bytes:
    return _contents(encoded, 0x04)


def _contents(encoded: bytes, tag: int) -> bytes:
    if not encoded or encoded[0] != tag:
        raise KeyFileDamaged
    return der.contents(encoded, "PFX")


def _public(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: bytes) -> bytes | None:
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
        return None


def _expiry(certificate: bytes) -> float:
    try:
        return x509.load_der_x509_certificate(certificate).not_valid_after_utc.timestamp()
    except (ValueError, x509.InvalidVersion):
        return 0.0
