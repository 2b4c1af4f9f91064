"""Encryption and checksums under a passphrase, as key files have them: RFC 7292 §B, RFC 8018, RFC 9879.

It knows algorithms and how programs turn a passphrase into octets, and refuses to know files. Work is bounded: every
iteration of every derivation counts against one `Budget`, because hostile files ask for billions.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.decrepit.ciphers.algorithms import ARC4, TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from letterlock import limits
from letterlock.cms import der, rc2, schema
from letterlock.cms import schema_enveloped as wire
from letterlock.cms.failures import CmsMalformed
from letterlock.cms.schema import Algorithm
from letterlock.keystore.failures import KeyFileDamaged, KeyFileNotSupported, KeyFileTooCostly

_PKCS5 = "1.2.840.113549.1.5"
_PKCS12 = "1.2.840.113549.1.12.1"
_RSADSI = "1.2.840.113549"
_AES = "2.16.840.1.101.3.4.1"
PBES2, PBKDF2, PBMAC1 = f"{_PKCS5}.13", f"{_PKCS5}.12", f"{_PKCS5}.14"
SCRYPT = "1.3.6.1.4.1.11591.4.11"
RC2_CBC = f"{_RSADSI}.3.2"

DIGESTS = {
    f"{_RSADSI}.2.5": "md5",
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.4": "sha224",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
    "2.16.840.1.101.3.4.2.6": "sha512_256",
}
"""Digests of checksums, by number, as hashlib names them."""

PSEUDORANDOM = {
    # RFC 8018 §B.1.2
    f"{_RSADSI}.2.7": "sha1",
    f"{_RSADSI}.2.8": "sha224",
    f"{_RSADSI}.2.9": "sha256",
    f"{_RSADSI}.2.10": "sha384",
    f"{_RSADSI}.2.11": "sha512",
    f"{_RSADSI}.2.12": "sha512_224",
    f"{_RSADSI}.2.13": "sha512_256",
}
"""Digests of HMAC inside PBKDF2 and PBMAC1."""

_SCHEMES_12 = {
    # RFC 7292 §C: cipher, octets of the key, effective bits of RC2
    f"{_PKCS12}.1": ("RC4", 16, 0),
    f"{_PKCS12}.2": ("RC4", 5, 0),
    f"{_PKCS12}.3": ("3DES", 24, 0),
    f"{_PKCS12}.4": ("3DES", 16, 0),
    f"{_PKCS12}.5": ("RC2", 16, 128),
    f"{_PKCS12}.6": ("RC2", 5, 40),
}
_SCHEMES_5 = {
    # RFC 8018 §A.3
    f"{_PKCS5}.3": ("md5", "DES"),
    f"{_PKCS5}.6": ("md5", "RC2"),
    f"{_PKCS5}.10": ("sha1", "DES"),
    f"{_PKCS5}.11": ("sha1", "RC2"),
}
_CIPHERS = {
    # RFC 8018 §B.2: cipher, octets of the key
    f"{_AES}.2": ("AES", 16),
    f"{_AES}.22": ("AES", 24),
    f"{_AES}.42": ("AES", 32),
    f"{_RSADSI}.3.7": ("3DES", 24),
    "1.3.14.3.2.7": ("DES", 8),
}
_RC2_BITS = {160: 40, 120: 64, 58: 128}
"""rc2ParameterVersion (RFC 8018 §B.2.3)."""


class DoesNotOpen(Exception):
    """Another passphrase, or another reading of it, or damage: nobody can tell."""


@dataclass
class Budget:
    """What one file may cost, in iterations."""

    iterations: int = limits.KEY_FILE_ITERATIONS
    limit: int = field(init=False)

    def __post_init__(self) -> None:
        self.limit = self.iterations

    def spend(self, iterations: int) -> None:
        """Raises KeyFileTooCostly where it is spent, KeyFileDamaged where the count is none."""
        if iterations < 1:
            raise KeyFileDamaged
        self.iterations -= iterations
        if self.iterations < 0:
            raise KeyFileTooCostly(self.limit)


@dataclass(frozen=True)
class Reading:
    """One way to turn a passphrase into octets.

    `bmp` goes into RFC 7292's derivation (a BMPString with its end, §B.1), each of `octets` in turn into the others.
    """

    bmp: bytes = field(repr=False)
    octets: tuple[bytes, ...] = field(repr=False)


def readings(passphrase: str) -> list[Reading]:
    """How programs read this passphrase, the right way first.

    - Empty: an empty one and none at all are different octets, and programs differ on which they write.
    - PBES2 is for UTF-8 (RFC 8018 §3); NSS before 3.31 took the BMPString there.
    - OpenSSL before 1.1 widened each octet of UTF-8 (or of whatever the terminal had) to two.
    - An umlaut is one character or two, depending on the keyboard's system.
    """
    if not passphrase:
        return [Reading(b"\0\0", (b"",)), Reading(b"", (b"",))]
    found: list[Reading] = []
    forms = dict.fromkeys((passphrase, *(unicodedata.normalize(form, passphrase) for form in ("NFC", "NFD"))))
    for form in forms:
        bmp = form.encode("utf-16-be", "surrogatepass") + b"\0\0"
        octets = form.encode("utf-8", "surrogatepass")
        found.append(Reading(bmp, (octets, bmp)))
    if not passphrase.isascii():
        for charset in ("utf-8", "latin-1"):
            narrow = passphrase.encode(charset, "replace")
            found.append(Reading(b"".join(bytes((0, each)) for each in narrow) + b"\0\0", (narrow,)))
    return list(dict.fromkeys(found))


def derive(digest: str, password: bytes, salt: bytes, purpose: int, iterations: int, octets: int) -> bytes:
    """RFC 7292 §B.2, for keys (purpose 1), initial values (2) and checksums (3)."""
    found = b""
    for value, _ in _steps(digest, password, salt, purpose, iterations):
        found += value
        if len(found) >= octets:
            break
    return found[:octets]


def pads_evenly(password: bytes, salt: bytes, iterations: int) -> bool:
    """Whether GnuPG, too, derives the key of 3DES from this salt.

    Before it goes for the second half it writes numbers down without their leading zeros (seen with gpgsm 2.2.40), and
    has another key than everybody else with one salt of a hundred.
    """
    steps = _steps("sha1", password, salt, 1, iterations)
    next(steps)
    _, mixed = next(steps)
    return all(mixed[at] for at in range(0, len(mixed), 64))


def _steps(
    digest: str, password: bytes, salt: bytes, purpose: int, iterations: int
) -> Iterator[tuple[bytes, bytearray]]:
    """Each Aᵢ of step 6, and the I that it was made from."""
    hashed = getattr(hashlib, digest, None) or (lambda data: hashlib.new(digest, data))
    block: int = hashed(b"").block_size
    # Steps 1 to 4.
    start = bytes((purpose,)) * block
    mixed = bytearray(_repeated(salt, block) + _repeated(password, block))
    while True:
        value: bytes = hashed(start + mixed).digest()
        for _ in range(iterations - 1):
            value = hashed(value).digest()
        yield value, mixed
        more = int.from_bytes((value * (block // len(value) + 1))[:block], "big") + 1
        for at in range(0, len(mixed), block):
            added = int.from_bytes(mixed[at : at + block], "big") + more
            mixed[at : at + block] = (added & ((1 << 8 * block) - 1)).to_bytes(block, "big")


def _repeated(text: bytes, block: int) -> bytes:
    """The text over and over until whole blocks are full; nothing where it is empty."""
    length = block * -(-len(text) // block)
    return (text * (length // len(text) + 1))[:length] if text else b""


def decrypt(algorithm: Algorithm, octets: bytes, reading: Reading, budget: Budget) -> bytes:
    """What was encrypted under a passphrase, without its padding.

    Raises:
        DoesNotOpen: the padding is wrong, so the passphrase is. With one wrong passphrase of 250 what comes out is
            noise instead.
        KeyFileNotSupported, KeyFileDamaged, KeyFileTooCostly: it is not even tried.
    """
    try:
        if algorithm.oid in _SCHEMES_12:
            return _decrypt_12(algorithm, octets, reading, budget)
        if algorithm.oid in _SCHEMES_5:
            return _decrypt_5(algorithm, octets, reading, budget)
        if algorithm.oid == PBES2:
            return _decrypt_pbes2(algorithm, octets, reading, budget)
    except CmsMalformed:
        raise KeyFileDamaged from None
    except UnsupportedAlgorithm:
        pass  # This build of the library leaves old ciphers out.
    raise KeyFileNotSupported(algorithm.oid)


def checksum(digest: str, content: bytes, salt: bytes, iterations: int, reading: Reading, budget: Budget) -> bytes:
    """The checksum of RFC 7292 §5.1 over a file's content."""
    budget.spend(iterations)
    key = derive(digest, reading.bmp, salt, 3, iterations, hashlib.new(digest).digest_size)
    return hmac.digest(key, content, digest)


def checksum_pbmac1(algorithm: Algorithm, content: bytes, password: bytes, budget: Budget) -> bytes:
    """The checksum of RFC 9879 over a file's content, with one reading of the passphrase."""
    derivation, scheme = _pair(algorithm, "PBMAC1-params")
    digest = PSEUDORANDOM.get(scheme.oid)
    if digest is None:
        raise KeyFileNotSupported(scheme.oid)
    return hmac.digest(_key(derivation, None, password, budget), content, digest)


def _decrypt_12(algorithm: Algorithm, octets: bytes, reading: Reading, budget: Budget) -> bytes:
    """pkcs-12PbeParams ::= SEQUENCE { salt OCTET STRING, iterations INTEGER }   (RFC 7292 §C)"""
    cipher, key_octets, bits = _SCHEMES_12[algorithm.oid]
    salt, iterations = _salted(algorithm)
    budget.spend(iterations * (2 if key_octets > 20 else 1) + (0 if cipher == "RC4" else iterations))
    key = derive("sha1", reading.bmp, salt, 1, iterations, key_octets)
    if cipher == "RC4":
        return Cipher(ARC4(key), None).decryptor().update(octets)
    return _decrypt_cbc(cipher, key, derive("sha1", reading.bmp, salt, 2, iterations, 8), octets, bits)


def _decrypt_5(algorithm: Algorithm, octets: bytes, reading: Reading, budget: Budget) -> bytes:
    """PBES1: PBKDF1 gives key and initial value (RFC 8018 §5.1, §6.1.2)."""
    digest, cipher = _SCHEMES_5[algorithm.oid]
    salt, iterations = _salted(algorithm)
    budget.spend(iterations)
    value = reading.octets[0] + salt
    for _ in range(iterations):
        value = hashlib.new(digest, value).digest()
    return _decrypt_cbc(cipher, value[:8], value[8:16], octets, 64)


def _decrypt_pbes2(algorithm: Algorithm, octets: bytes, reading: Reading, budget: Budget) -> bytes:
    derivation, scheme = _pair(algorithm, "PBES2-params")
    bits = 0
    if scheme.oid == RC2_CBC:
        parameters = schema.decode(wire.Rc2CbcParameter, scheme.parameters or b"", "RC2")
        cipher, bits, iv = "RC2", _RC2_BITS.get(parameters.version, 0), parameters.iv
        if not bits:
            raise KeyFileNotSupported(f"RC2 version {parameters.version}")
        # RFC 8018 §B.2.3: the derivation says how long the key is; programs that do not, take the effective bits.
        key_octets = bits // 8
    elif scheme.oid in _CIPHERS:
        cipher, key_octets = _CIPHERS[scheme.oid]
        iv = der.contents(scheme.parameters or b"", cipher)
    else:
        raise KeyFileNotSupported(scheme.oid)
    if len(iv) != (16 if cipher == "AES" else 8):
        raise KeyFileDamaged
    for password in reading.octets:
        try:
            return _decrypt_cbc(cipher, _key(derivation, key_octets, password, budget), iv, octets, bits)
        except DoesNotOpen:
            continue
    raise DoesNotOpen


def _key(derivation: Algorithm, octets: int | None, password: bytes, budget: Budget) -> bytes:
    """The derived key; `octets` None: as long as the parameters say, which then must (RFC 9879 §4)."""
    if derivation.oid == SCRYPT:
        return _scrypt(derivation, octets, password, budget)
    if derivation.oid != PBKDF2:
        raise KeyFileNotSupported(derivation.oid)
    parameters = schema.decode(wire.Pbkdf2Parameters, derivation.parameters or b"", "PBKDF2-params")
    digest: str | None = "sha1"
    if parameters.prf is not None:
        oid = Algorithm.read(parameters.prf, "PBKDF2-params").oid
        digest = PSEUDORANDOM.get(oid)
        if digest is None:
            raise KeyFileNotSupported(oid)
    length = parameters.key_length if octets is None else octets
    if length is None or not 1 <= length <= 64 or parameters.key_length not in (None, length):
        raise KeyFileDamaged
    assert digest is not None
    blocks = -(-length // hashlib.new(digest).digest_size)
    budget.spend(parameters.iteration_count * blocks if parameters.iteration_count > 0 else 0)
    return hashlib.pbkdf2_hmac(digest, password, parameters.salt, parameters.iteration_count, length)


def _scrypt(derivation: Algorithm, octets: int | None, password: bytes, budget: Budget) -> bytes:
    """scrypt-params ::= SEQUENCE { salt OCTET STRING, costParameter INTEGER, blockSize INTEGER,
    parallelizationParameter INTEGER, keyLength INTEGER OPTIONAL }   (RFC 7914 §7.1)"""
    fields = der.split(derivation.parameters or b"", 0x30, "scrypt-params", 5)
    if len(fields) not in (4, 5) or fields[0][0] != 0x04 or any(each[0] != 0x02 for each in fields[1:]):
        raise KeyFileDamaged
    cost, block, parallel, *rest = (int.from_bytes(der.contents(each, "scrypt"), "big") for each in fields[1:])
    length = rest[0] if rest else octets
    if length is None or not 1 <= length <= 64 or octets not in (None, length) or cost < 2 or cost & (cost - 1):
        raise KeyFileDamaged
    if 128 * cost * block > limits.KEY_FILE_SCRYPT_OCTETS:
        raise KeyFileTooCostly(budget.limit)
    # One step over a block of 128·r octets costs about as much as r iterations of PBKDF2.
    budget.spend(2 * cost * block * parallel)
    salt = der.contents(fields[0], "scrypt")
    return hashlib.scrypt(
        password, salt=salt, n=cost, r=block, p=parallel, dklen=length, maxmem=2 * limits.KEY_FILE_SCRYPT_OCTETS
    )


def _decrypt_cbc(cipher: str, key: bytes, iv: bytes, octets: bytes, bits: int) -> bytes:
    size = len(iv)
    if not octets or len(octets) % size:
        raise KeyFileDamaged
    if cipher == "RC2":
        text = rc2.decrypt_cbc(key, bits, iv, octets)
    else:
        # DES is 3DES with one key three times; two keys are three, the first one twice.
        block = AES(key) if cipher == "AES" else TripleDES({8: key * 3, 16: key + key[:8], 24: key}[len(key)])
        context = Cipher(block, modes.CBC(iv)).decryptor()
        text = context.update(octets) + context.finalize()
    padding = text[-1]
    if not 1 <= padding <= size or text[-padding:] != bytes((padding,)) * padding:
        raise DoesNotOpen
    return text[:-padding]


def _pair(algorithm: Algorithm, where: str) -> tuple[Algorithm, Algorithm]:
    """PBES2-params, PBMAC1-params ::= SEQUENCE { keyDerivationFunc, encryptionScheme / messageAuthScheme }"""
    fields = der.split(algorithm.parameters or b"", 0x30, where, 2)
    if len(fields) != 2:
        raise KeyFileDamaged
    return schema.decode_algorithm(fields[0], where), schema.decode_algorithm(fields[1], where)


def _salted(algorithm: Algorithm) -> tuple[bytes, int]:
    fields = der.split(algorithm.parameters or b"", 0x30, "PBEParameter", 2)
    if len(fields) != 2 or fields[0][0] != 0x04 or fields[1][0] != 0x02:
        raise KeyFileDamaged
    iterations = int.from_bytes(der.contents(fields[1], "PBEParameter"), "big", signed=True)
    if iterations < 1:
        raise KeyFileDamaged
    return der.contents(fields[0], "PBEParameter"), iterations
