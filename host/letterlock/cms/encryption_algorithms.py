"""The one table of encryption algorithms: name, number, what this engine does with it, and why.

As `algorithms.py` for signatures: what is not in the table is "not supported" under its number.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from letterlock.cms.algorithms import Status
from letterlock.cms.failures import EncryptionNotSupported


class Mode(StrEnum):
    """How content is encrypted."""

    CBC = "CBC"
    GCM = "GCM"
    CCM = "CCM"
    CHACHA = "ChaCha20-Poly1305"

    @property
    def authenticated(self) -> bool:
        """Whether a tag shows any change of the content."""
        return self is not Mode.CBC


class Wrap(StrEnum):
    """How a content key is wrapped under another symmetric key."""

    AES = "AES"
    AES_PADDED = "AES, padded"
    TRIPLE_DES = "3DES"


@dataclass(frozen=True)
class ContentAlgorithm:
    """A content encryption algorithm. `mode` is None where it is not decrypted."""

    name: str
    oid: str
    status: Status
    mode: Mode | None = None
    key_octets: int = 0
    block: str = "AES"


@dataclass(frozen=True)
class WrapAlgorithm:
    """A key wrap algorithm. `key_octets` is the length of the wrapping key."""

    name: str
    oid: str
    status: Status
    wrap: Wrap | None = None
    key_octets: int = 0


@dataclass(frozen=True)
class KeyAlgorithm:
    """An algorithm that takes a private key or a password to get at a content key. Which are decrypted is decided where
    each is implemented; `digest` is the hash its number implies."""

    name: str
    oid: str
    status: Status
    digest: str | None = None


_AES = "2.16.840.1.101.3.4.1"
_SMIME = "1.2.840.113549.1.9.16.3"
_PKCS1 = "1.2.840.113549.1.1"
_RSADSI = "1.2.840.113549.3"
_X963 = "1.3.133.16.840.63.0"
_SECG = "1.3.132.1"

CEK_HKDF_SHA256 = f"{_SMIME}.31"
"""RFC 9709: the content key depends on the content algorithm. Not an algorithm of its own: it stands around one."""

CONTENT: tuple[ContentAlgorithm, ...] = (
    # RFC 3565
    ContentAlgorithm("AES-128-CBC", f"{_AES}.2", Status.READ, Mode.CBC, 16),
    ContentAlgorithm("AES-192-CBC", f"{_AES}.22", Status.READ, Mode.CBC, 24),
    ContentAlgorithm("AES-256-CBC", f"{_AES}.42", Status.READ, Mode.CBC, 32),
    # RFC 5084
    ContentAlgorithm("AES-128-GCM", f"{_AES}.6", Status.READ, Mode.GCM, 16),
    ContentAlgorithm("AES-192-GCM", f"{_AES}.26", Status.READ, Mode.GCM, 24),
    ContentAlgorithm("AES-256-GCM", f"{_AES}.46", Status.READ, Mode.GCM, 32),
    ContentAlgorithm("AES-128-CCM", f"{_AES}.7", Status.READ, Mode.CCM, 16),
    ContentAlgorithm("AES-192-CCM", f"{_AES}.27", Status.READ, Mode.CCM, 24),
    ContentAlgorithm("AES-256-CCM", f"{_AES}.47", Status.READ, Mode.CCM, 32),
    # RFC 8103
    ContentAlgorithm("ChaCha20-Poly1305", f"{_SMIME}.18", Status.READ, Mode.CHACHA, 32),
    # Blocks of 64 bits: collisions after 32 GB ("Sweet32", 2016). RC2 besides is a cipher nobody analyses any more.
    ContentAlgorithm("3DES", f"{_RSADSI}.7", Status.WEAK, Mode.CBC, 24, "3DES"),
    ContentAlgorithm("RC2-128", f"{_RSADSI}.2", Status.WEAK, Mode.CBC, 16, "RC2"),
    ContentAlgorithm("DES", "1.3.14.3.2.7", Status.WEAK, Mode.CBC, 8, "DES"),
    # The library has none of these.
    ContentAlgorithm("RC4", f"{_RSADSI}.4", Status.NOT_SUPPORTED),
    ContentAlgorithm("RC5", f"{_RSADSI}.9", Status.NOT_SUPPORTED),
    ContentAlgorithm("CAST-128", "1.2.840.113533.7.66.10", Status.NOT_SUPPORTED),
    ContentAlgorithm("IDEA", "1.3.6.1.4.1.188.7.1.1.2", Status.NOT_SUPPORTED),
    ContentAlgorithm("SEED", "1.2.410.200004.1.4", Status.NOT_SUPPORTED),
    ContentAlgorithm("Camellia-128", "1.2.392.200011.61.1.1.1.2", Status.NOT_SUPPORTED),
    ContentAlgorithm("Camellia-192", "1.2.392.200011.61.1.1.1.3", Status.NOT_SUPPORTED),
    ContentAlgorithm("Camellia-256", "1.2.392.200011.61.1.1.1.4", Status.NOT_SUPPORTED),
    ContentAlgorithm("SM4", "1.2.156.10197.1.104.2", Status.NOT_SUPPORTED),
    ContentAlgorithm("GOST 28147-89", "1.2.643.2.2.21", Status.NOT_SUPPORTED),
)

WRAPS: tuple[WrapAlgorithm, ...] = (
    # RFC 3565 §2.3.2
    WrapAlgorithm("AES-128 key wrap", f"{_AES}.5", Status.READ, Wrap.AES, 16),
    WrapAlgorithm("AES-192 key wrap", f"{_AES}.25", Status.READ, Wrap.AES, 24),
    WrapAlgorithm("AES-256 key wrap", f"{_AES}.45", Status.READ, Wrap.AES, 32),
    # RFC 5649
    WrapAlgorithm("AES-128 padded key wrap", f"{_AES}.8", Status.READ, Wrap.AES_PADDED, 16),
    WrapAlgorithm("AES-192 padded key wrap", f"{_AES}.28", Status.READ, Wrap.AES_PADDED, 24),
    WrapAlgorithm("AES-256 padded key wrap", f"{_AES}.48", Status.READ, Wrap.AES_PADDED, 32),
    # RFC 3217 §3
    WrapAlgorithm("3DES key wrap", f"{_SMIME}.6", Status.WEAK, Wrap.TRIPLE_DES, 24),
    WrapAlgorithm("RC2 key wrap", f"{_SMIME}.7", Status.NOT_SUPPORTED),
    WrapAlgorithm("Camellia-128 key wrap", "1.2.392.200011.61.1.1.3.2", Status.NOT_SUPPORTED),
    WrapAlgorithm("Camellia-192 key wrap", "1.2.392.200011.61.1.1.3.3", Status.NOT_SUPPORTED),
    WrapAlgorithm("Camellia-256 key wrap", "1.2.392.200011.61.1.1.3.4", Status.NOT_SUPPORTED),
)

RSA_ENCRYPTION = f"{_PKCS1}.1"
RSAES_OAEP = f"{_PKCS1}.7"

TRANSPORT: tuple[KeyAlgorithm, ...] = (
    KeyAlgorithm("RSA PKCS#1 v1.5", RSA_ENCRYPTION, Status.READ),  # RFC 3370 §4.2.1
    KeyAlgorithm("RSA-OAEP", RSAES_OAEP, Status.READ),  # RFC 3560
    KeyAlgorithm("RSA-KEM", f"{_SMIME}.14", Status.NOT_SUPPORTED),  # RFC 5990
)

AGREEMENT: tuple[KeyAlgorithm, ...] = (
    # RFC 5753 §7.1.4. With a cofactor of 1, which all our curves have, both kinds are the same computation.
    *(
        KeyAlgorithm(f"{kind} with X9.63 and {digest}", oid, Status.READ, digest)
        for kind, sha1, others in (
            ("ECDH", f"{_X963}.2", f"{_SECG}.11"),
            ("cofactor ECDH", f"{_X963}.3", f"{_SECG}.14"),
        )
        for digest, oid in (
            ("SHA-1", sha1),
            ("SHA-224", f"{others}.0"),
            ("SHA-256", f"{others}.1"),
            ("SHA-384", f"{others}.2"),
            ("SHA-512", f"{others}.3"),
        )
    ),
    # RFC 8418 §2.2
    KeyAlgorithm("ECDH with HKDF and SHA-256", f"{_SMIME}.19", Status.READ, "SHA-256"),
    KeyAlgorithm("ECDH with HKDF and SHA-384", f"{_SMIME}.20", Status.READ, "SHA-384"),
    KeyAlgorithm("ECDH with HKDF and SHA-512", f"{_SMIME}.21", Status.READ, "SHA-512"),
    KeyAlgorithm("ephemeral-static Diffie-Hellman", f"{_SMIME}.5", Status.NOT_SUPPORTED),  # RFC 3370 §4.1.1
    KeyAlgorithm("static-static Diffie-Hellman", f"{_SMIME}.10", Status.NOT_SUPPORTED),
    *(
        KeyAlgorithm("ECMQV", oid, Status.NOT_SUPPORTED)
        for oid in (f"{_X963}.16", *(f"{_SECG}.15.{number}" for number in range(4)))
    ),
)

KEM: tuple[KeyAlgorithm, ...] = (
    # RFC 9936
    KeyAlgorithm("ML-KEM-768", "2.16.840.1.101.3.4.4.2", Status.READ),
    KeyAlgorithm("ML-KEM-1024", "2.16.840.1.101.3.4.4.3", Status.READ),
    KeyAlgorithm("ML-KEM-512", "2.16.840.1.101.3.4.4.1", Status.NOT_SUPPORTED),  # not in the library
    KeyAlgorithm("RSA-KEM", "1.0.18033.2.2.4", Status.NOT_SUPPORTED),  # RFC 9690
    *(
        KeyAlgorithm(f"composite ML-KEM-{name}", f"1.3.6.1.5.5.7.6.{number}", Status.NOT_SUPPORTED)
        for number, name in enumerate(
            (
                "768 with RSA-2048",
                "768 with RSA-3072",
                "768 with RSA-4096",
                "768 with X25519",
                "768 with P-256",
                "768 with P-384",
                "768 with brainpoolP256r1",
                "1024 with RSA-3072",
                "1024 with P-384",
                "1024 with brainpoolP384r1",
                "1024 with X448",
                "1024 with P-521",
            ),
            start=55,  # draft-ietf-lamps-pq-composite-kem, in the order of their numbers
        )
    ),
)

DERIVATIONS: tuple[KeyAlgorithm, ...] = (
    # RFC 8619
    KeyAlgorithm("HKDF with SHA-256", f"{_SMIME}.28", Status.READ, "SHA-256"),
    KeyAlgorithm("HKDF with SHA-384", f"{_SMIME}.29", Status.READ, "SHA-384"),
    KeyAlgorithm("HKDF with SHA-512", f"{_SMIME}.30", Status.READ, "SHA-512"),
)

PBKDF2 = "1.2.840.113549.1.5.12"
PWRI_KEK = f"{_SMIME}.9"

PASSWORD: tuple[KeyAlgorithm, ...] = (
    KeyAlgorithm("PBKDF2", PBKDF2, Status.READ),
    KeyAlgorithm("scrypt", "1.3.6.1.4.1.11591.4.11", Status.NOT_SUPPORTED),
    KeyAlgorithm("PWRI-KEK", PWRI_KEK, Status.READ),
)

PSEUDORANDOM: tuple[KeyAlgorithm, ...] = tuple(
    # RFC 8018 §B.1
    KeyAlgorithm(f"HMAC with {digest}", f"1.2.840.113549.2.{number}", Status.READ, digest)
    for number, digest in ((7, "SHA-1"), (8, "SHA-224"), (9, "SHA-256"), (10, "SHA-384"), (11, "SHA-512"))
)

_CONTENT_BY_OID = {each.oid: each for each in CONTENT}
_WRAP_BY_OID = {each.oid: each for each in WRAPS}
_KEY_BY_OID = {each.oid: each for each in (*TRANSPORT, *AGREEMENT, *KEM, *DERIVATIONS, *PASSWORD, *PSEUDORANDOM)}


def content_algorithm(oid: str) -> tuple[ContentAlgorithm, Mode]:
    """The content encryption algorithm with this number.

    Raises:
        EncryptionNotSupported: it is not decrypted here.
    """
    known = _CONTENT_BY_OID.get(oid)
    if known is None or known.mode is None:
        raise EncryptionNotSupported(known.name if known else oid)
    return known, known.mode


def wrap_algorithm(oid: str) -> tuple[WrapAlgorithm, Wrap]:
    """The key wrap algorithm with this number.

    Raises:
        EncryptionNotSupported: it is not unwrapped here.
    """
    known = _WRAP_BY_OID.get(oid)
    if known is None or known.wrap is None:
        raise EncryptionNotSupported(known.name if known else oid)
    return known, known.wrap


def key_algorithm(oid: str, among: tuple[KeyAlgorithm, ...]) -> KeyAlgorithm:
    """The algorithm with this number, which must be of that table and read.

    Raises:
        EncryptionNotSupported: it is not read here.
    """
    known = _KEY_BY_OID.get(oid)
    if known is None or known not in among or known.status is Status.NOT_SUPPORTED:
        raise EncryptionNotSupported(encryption_name(oid))
    return known


def encryption_name(oid: str) -> str:
    """The name of an algorithm for content or keys, or its number where the table has none."""
    known = _KEY_BY_OID.get(oid) or _WRAP_BY_OID.get(oid) or _CONTENT_BY_OID.get(oid)
    return known.name if known else oid
