"""The one table of digest and signature algorithms: name, number, what this engine does with it, and why.

A reader of a signature asks here and nowhere else. What is not in the table is "not supported" under its number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from cryptography.hazmat.primitives import hashes

from letterlock.cms.failures import (
    AlgorithmRefused,
    DigestNotSupported,
    HashMismatch,
    ParametersMalformed,
    SignatureAlgorithmNotSupported,
)
from letterlock.cms.schema import Algorithm


class Status(StrEnum):
    """What is done with an algorithm on received mail."""

    READ = "read"
    WEAK = "read with warning"
    """Checked, and named in `CheckedSignature.weak`."""
    REFUSED = "refused"
    """Anybody can forge with it: never checked."""
    NOT_SUPPORTED = "not supported"
    """Known by name only."""


class Scheme(StrEnum):
    """How a signature value is checked."""

    RSA_PKCS1 = "RSA PKCS#1 v1.5"
    RSA_PSS = "RSA-PSS"
    ECDSA = "ECDSA"
    ED25519 = "Ed25519"
    ED448 = "Ed448"
    DSA = "DSA"
    ML_DSA = "ML-DSA"


@dataclass(frozen=True)
class Digest:
    """A digest algorithm. `make` is None where it is not computed."""

    name: str
    oid: str
    status: Status
    make: Callable[[], hashes.HashAlgorithm] | None = None

    def hash(self) -> hashes.HashAlgorithm:
        """The hash to compute.

        Raises:
            AlgorithmRefused, DigestNotSupported: it is not computed.
        """
        if self.status is Status.REFUSED:
            raise AlgorithmRefused(self.name)
        if self.make is None:
            raise DigestNotSupported(self.name)
        return self.make()


@dataclass(frozen=True)
class Signature:
    """A signature algorithm. `digest` names the hash its number implies; None: the digest algorithm decides."""

    name: str
    oid: str
    status: Status
    scheme: Scheme | None = None
    digest: str | None = None


_NIST_HASH = "2.16.840.1.101.3.4.2"
_NIST_SIGNATURE = "2.16.840.1.101.3.4.3"
_PKCS1 = "1.2.840.113549.1.1"
_X962 = "1.2.840.10045.4"
_PKIX = "1.3.6.1.5.5.7.6"
_SLH_DSA = tuple(
    f"{family}-{size}{speed}" for family in ("SHA2", "SHAKE") for size in (128, 192, 256) for speed in ("s", "f")
)
_COMPOSITES = (  # draft-ietf-lamps-pq-composite-sigs, in the order of their numbers
    "44 with RSA-2048-PSS",
    "44 with RSA-2048",
    "44 with Ed25519",
    "44 with P-256",
    "65 with RSA-3072-PSS",
    "65 with RSA-3072",
    "65 with RSA-4096-PSS",
    "65 with RSA-4096",
    "65 with P-256",
    "65 with P-384",
    "65 with brainpoolP256r1",
    "65 with Ed25519",
    "87 with P-384",
    "87 with brainpoolP384r1",
    "87 with Ed448",
    "87 with RSA-3072-PSS",
    "87 with RSA-4096-PSS",
    "87 with P-521",
)

DIGESTS: tuple[Digest, ...] = (
    # RFC 5754 §2
    Digest("SHA-256", f"{_NIST_HASH}.1", Status.READ, hashes.SHA256),
    Digest("SHA-384", f"{_NIST_HASH}.2", Status.READ, hashes.SHA384),
    Digest("SHA-512", f"{_NIST_HASH}.3", Status.READ, hashes.SHA512),
    Digest("SHA-512/256", f"{_NIST_HASH}.6", Status.READ, hashes.SHA512_256),
    # FIPS 202; RFC 8702 §3.1 fixes the lengths that SHAKE has in CMS.
    Digest("SHA3-256", f"{_NIST_HASH}.8", Status.READ, hashes.SHA3_256),
    Digest("SHA3-384", f"{_NIST_HASH}.9", Status.READ, hashes.SHA3_384),
    Digest("SHA3-512", f"{_NIST_HASH}.10", Status.READ, hashes.SHA3_512),
    Digest("SHAKE128", f"{_NIST_HASH}.11", Status.READ, lambda: hashes.SHAKE128(32)),
    Digest("SHAKE256", f"{_NIST_HASH}.12", Status.READ, lambda: hashes.SHAKE256(64)),
    # 112 bits of strength: below what mail may be signed with today (NIST SP 800-131A allows it for old signatures).
    Digest("SHA-224", f"{_NIST_HASH}.4", Status.WEAK, hashes.SHA224),
    # Collisions since 2017 (SHAttered), chosen prefixes since 2020 ("SHA-1 is a Shambles").
    Digest("SHA-1", "1.3.14.3.2.26", Status.WEAK, hashes.SHA1),
    # Collisions in seconds on a laptop.
    Digest("MD5", "1.2.840.113549.2.5", Status.REFUSED),
    Digest("MD4", "1.2.840.113549.2.4", Status.REFUSED),
    Digest("MD2", "1.2.840.113549.2.2", Status.REFUSED),
    Digest("RIPEMD-160", "1.3.36.3.2.1", Status.NOT_SUPPORTED),
    Digest("SHA-512/224", f"{_NIST_HASH}.5", Status.NOT_SUPPORTED),
    Digest("SHA3-224", f"{_NIST_HASH}.7", Status.NOT_SUPPORTED),
    Digest("SM3", "1.2.156.10197.1.401", Status.NOT_SUPPORTED),
    Digest("Streebog-256", "1.2.643.7.1.1.2.2", Status.NOT_SUPPORTED),
    Digest("Streebog-512", "1.2.643.7.1.1.2.3", Status.NOT_SUPPORTED),
)

SIGNATURES: tuple[Signature, ...] = (
    # RFC 3370 §3.2, RFC 5754 §3.2. rsaEncryption is what belongs there; many write the number with the hash in it.
    Signature("RSA", f"{_PKCS1}.1", Status.READ, Scheme.RSA_PKCS1),
    Signature("RSA with SHA-256", f"{_PKCS1}.11", Status.READ, Scheme.RSA_PKCS1, "SHA-256"),
    Signature("RSA with SHA-384", f"{_PKCS1}.12", Status.READ, Scheme.RSA_PKCS1, "SHA-384"),
    Signature("RSA with SHA-512", f"{_PKCS1}.13", Status.READ, Scheme.RSA_PKCS1, "SHA-512"),
    Signature("RSA with SHA-512/256", f"{_PKCS1}.16", Status.READ, Scheme.RSA_PKCS1, "SHA-512/256"),
    Signature("RSA with SHA3-256", f"{_NIST_SIGNATURE}.14", Status.READ, Scheme.RSA_PKCS1, "SHA3-256"),
    Signature("RSA with SHA3-384", f"{_NIST_SIGNATURE}.15", Status.READ, Scheme.RSA_PKCS1, "SHA3-384"),
    Signature("RSA with SHA3-512", f"{_NIST_SIGNATURE}.16", Status.READ, Scheme.RSA_PKCS1, "SHA3-512"),
    Signature("RSA with SHA-224", f"{_PKCS1}.14", Status.WEAK, Scheme.RSA_PKCS1, "SHA-224"),
    Signature("RSA with SHA-1", f"{_PKCS1}.5", Status.WEAK, Scheme.RSA_PKCS1, "SHA-1"),
    Signature("RSA with SHA-1", "1.3.14.3.2.29", Status.WEAK, Scheme.RSA_PKCS1, "SHA-1"),  # OIW, in old Microsoft mail
    Signature("RSA with MD5", f"{_PKCS1}.4", Status.REFUSED),
    Signature("RSA with MD4", f"{_PKCS1}.3", Status.REFUSED),
    Signature("RSA with MD2", f"{_PKCS1}.2", Status.REFUSED),
    # RFC 4056
    Signature("RSA-PSS", f"{_PKCS1}.10", Status.READ, Scheme.RSA_PSS),
    # RFC 5753 §2.1, RFC 5754 §3.3. id-ecPublicKey is a key's number, which some signers write here.
    Signature("ECDSA", "1.2.840.10045.2.1", Status.READ, Scheme.ECDSA),
    Signature("ECDSA with SHA-256", f"{_X962}.3.2", Status.READ, Scheme.ECDSA, "SHA-256"),
    Signature("ECDSA with SHA-384", f"{_X962}.3.3", Status.READ, Scheme.ECDSA, "SHA-384"),
    Signature("ECDSA with SHA-512", f"{_X962}.3.4", Status.READ, Scheme.ECDSA, "SHA-512"),
    Signature("ECDSA with SHA3-256", f"{_NIST_SIGNATURE}.10", Status.READ, Scheme.ECDSA, "SHA3-256"),
    Signature("ECDSA with SHA3-384", f"{_NIST_SIGNATURE}.11", Status.READ, Scheme.ECDSA, "SHA3-384"),
    Signature("ECDSA with SHA3-512", f"{_NIST_SIGNATURE}.12", Status.READ, Scheme.ECDSA, "SHA3-512"),
    Signature("ECDSA with SHAKE128", f"{_PKIX}.32", Status.READ, Scheme.ECDSA, "SHAKE128"),  # RFC 8702 §3.2.2
    Signature("ECDSA with SHAKE256", f"{_PKIX}.33", Status.READ, Scheme.ECDSA, "SHAKE256"),
    Signature("ECDSA with SHA-224", f"{_X962}.3.1", Status.WEAK, Scheme.ECDSA, "SHA-224"),
    Signature("ECDSA with SHA-1", f"{_X962}.1", Status.WEAK, Scheme.ECDSA, "SHA-1"),
    # RFC 8419
    Signature("Ed25519", "1.3.101.112", Status.READ, Scheme.ED25519),
    Signature("Ed448", "1.3.101.113", Status.READ, Scheme.ED448),
    # RFC 9882
    Signature("ML-DSA-44", f"{_NIST_SIGNATURE}.17", Status.READ, Scheme.ML_DSA),
    Signature("ML-DSA-65", f"{_NIST_SIGNATURE}.18", Status.READ, Scheme.ML_DSA),
    Signature("ML-DSA-87", f"{_NIST_SIGNATURE}.19", Status.READ, Scheme.ML_DSA),
    # RFC 3370 §3.1, RFC 5754 §3.1. Withdrawn for signing by FIPS 186-5 (2023). id-dsa is a key's number, which some
    # signers write here.
    Signature("DSA", "1.2.840.10040.4.1", Status.WEAK, Scheme.DSA),
    Signature("DSA with SHA-1", "1.2.840.10040.4.3", Status.WEAK, Scheme.DSA, "SHA-1"),
    Signature("DSA with SHA-224", f"{_NIST_SIGNATURE}.1", Status.WEAK, Scheme.DSA, "SHA-224"),
    Signature("DSA with SHA-256", f"{_NIST_SIGNATURE}.2", Status.WEAK, Scheme.DSA, "SHA-256"),
    Signature("DSA with SHA-384", f"{_NIST_SIGNATURE}.3", Status.WEAK, Scheme.DSA, "SHA-384"),
    Signature("DSA with SHA-512", f"{_NIST_SIGNATURE}.4", Status.WEAK, Scheme.DSA, "SHA-512"),
    Signature("RSA-PSS with SHAKE128", f"{_PKIX}.30", Status.NOT_SUPPORTED),  # the library has no MGF with SHAKE
    Signature("RSA-PSS with SHAKE256", f"{_PKIX}.31", Status.NOT_SUPPORTED),
    Signature("RSA with RIPEMD-160", "1.3.36.3.3.1.2", Status.NOT_SUPPORTED),
    *(
        Signature(name, f"{_NIST_SIGNATURE}.{number}", Status.NOT_SUPPORTED)
        for number, name in enumerate(
            (
                *(f"SLH-DSA-{name}" for name in _SLH_DSA),  # RFC 9814; .20 to .31
                *(f"HashML-DSA-{size}" for size in (44, 65, 87)),  # .32 to .34
                *(f"HashSLH-DSA-{name}" for name in _SLH_DSA),  # .35 to .46
            ),
            start=20,
        )
    ),
    *(
        Signature(f"composite ML-DSA-{name}", f"{_PKIX}.{number}", Status.NOT_SUPPORTED)
        for number, name in enumerate(_COMPOSITES, start=37)
    ),
    Signature("plain ECDSA with SHA-256", "0.4.0.127.0.7.1.1.4.1.3", Status.NOT_SUPPORTED),
    Signature("SM2 with SM3", "1.2.156.10197.1.501", Status.NOT_SUPPORTED),
    Signature("GOST R 34.10-2012", "1.2.643.7.1.1.3.2", Status.NOT_SUPPORTED),
)

SHAKE256_512 = Algorithm(f"{_NIST_HASH}.18", b"\x02\x02\x02\x00")
"""id-shake256-len with 512 bits: how RFC 8419 §2.3 names, for Ed448, the digest that is SHAKE256 everywhere else."""

_DIGEST_BY_OID = {digest.oid: digest for digest in DIGESTS}
_DIGEST_BY_NAME = {digest.name: digest for digest in DIGESTS}
_SIGNATURE_BY_OID = {signature.oid: signature for signature in SIGNATURES}


def digest_name(oid: str) -> str:
    """A digest algorithm's name, or its number where the table has none."""
    known = _DIGEST_BY_OID.get(oid)
    return known.name if known else oid


def signature_name(oid: str) -> str:
    """A signature algorithm's name, or its number where the table has none."""
    known = _SIGNATURE_BY_OID.get(oid)
    return known.name if known else oid


def digest_for(algorithm: Algorithm) -> Digest:
    """The digest algorithm that can be computed for an identifier.

    Raises:
        DigestNotSupported, AlgorithmRefused: it is not computed here.
        ParametersMalformed: it has parameters; NULL and none are both right (RFC 5754 §2).
    """
    if algorithm == SHAKE256_512:
        return _DIGEST_BY_NAME["SHAKE256"]
    known = _DIGEST_BY_OID.get(algorithm.oid)
    if known is None:
        raise DigestNotSupported(algorithm.oid)
    known.hash()
    if not algorithm.bare:
        raise ParametersMalformed(known.name)
    return known


def signature_for(algorithm: Algorithm, digest: Digest) -> tuple[Signature, Scheme]:
    """The signature algorithm for an identifier, and the scheme that checks it.

    Raises:
        SignatureAlgorithmNotSupported, AlgorithmRefused: it is not checked here.
        HashMismatch: its number implies another hash than `digest`.
    """
    known = _SIGNATURE_BY_OID.get(algorithm.oid)
    if known is not None and known.status is Status.REFUSED:
        raise AlgorithmRefused(known.name)
    if known is None or known.scheme is None:
        raise SignatureAlgorithmNotSupported(known.name if known else algorithm.oid)
    if known.digest is not None and known.digest != digest.name:
        raise HashMismatch(known.name, digest.name)
    return known, known.scheme
