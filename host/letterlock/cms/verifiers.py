"""From a signer's algorithms and a certificate's key to the one check of the signature value.

It knows which key belongs to which algorithm, and every parameter that can make an algorithm mean something else.
It refuses to know what is signed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from letterlock.cms import schema
from letterlock.cms.algorithms import Digest, Scheme, Signature, Status, digest_for, signature_for
from letterlock.cms.certificates import Certificate
from letterlock.cms.failures import (
    CmsMalformed,
    HashMismatch,
    KeyMismatch,
    KeyUnusable,
    ParametersMalformed,
    SignatureAlgorithmNotSupported,
    SignatureBroken,
)
from letterlock.cms.schema import Algorithm

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

    from letterlock.cms.certificates import AnyCertificate

_RSA_LEAST_BITS = 1024
_RSA_MOST_BITS = 16_384
"""What OpenSSL computes with (OPENSSL_RSA_MAX_MODULUS_BITS); larger keys would cost seconds a message."""
_RSA_WEAK_BITS = 2048
_RSA_MOST_EXPONENT_BITS = 64
"""As OpenSSL for large keys (OPENSSL_RSA_MAX_PUBEXP_BITS): nobody has a larger one, and it would cost time."""

_DSA_KEY = "1.2.840.10040.4.1"
_DSA_LEAST_BITS = 1024
_DSA_MOST_BITS = 10_000
"""What OpenSSL computes with (OPENSSL_DSA_MAX_MODULUS_BITS)."""

_MlDsaKey = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey
_ML_DSA: dict[str, type[_MlDsaKey]] = {
    "ML-DSA-44": mldsa.MLDSA44PublicKey,
    "ML-DSA-65": mldsa.MLDSA65PublicKey,
    "ML-DSA-87": mldsa.MLDSA87PublicKey,
}

_CURVES = {
    "secp256r1": "P-256",
    "secp384r1": "P-384",
    "secp521r1": "P-521",
    "brainpoolP256r1": "brainpoolP256r1",
    "brainpoolP384r1": "brainpoolP384r1",
    "brainpoolP512r1": "brainpoolP512r1",
}
_RSASSA_PSS = "1.2.840.113549.1.1.10"
_MGF1 = "1.2.840.113549.1.1.8"
_SHA1 = Algorithm("1.3.14.3.2.26", None)


@dataclass(frozen=True)
class Verifier:
    """The check of one signature value. `name` and `weak` are for people.

    `whole` tells that `verify` takes the signed octets themselves (EdDSA, ML-DSA); else it takes their digest.
    """

    name: str
    weak: tuple[str, ...]
    whole: bool
    _verify: Callable[[bytes, bytes], None]

    def verify(self, signature: bytes, signed: bytes) -> bool:
        """Whether the value fits. The caller turns a final no into `broken`.

        Raises:
            SignatureAlgorithmNotSupported: the library cannot compute this combination.
        """
        try:
            self._verify(signature, signed)
        except UnsupportedAlgorithm:
            raise SignatureAlgorithmNotSupported(self.name) from None
        except (InvalidSignature, ValueError):
            return False
        return True

    def broken(self) -> SignatureBroken:
        """The failure that belongs to a value that does not fit."""
        return SignatureBroken(self.name)


def verifier(algorithm: Algorithm, digest: Digest, certificate: AnyCertificate) -> Verifier:
    """The check for a signature algorithm, a digest algorithm and a certificate's key.

    Raises:
        SignatureFailure: they do not go together, or one of them is not for us.
    """
    signature, scheme = signature_for(algorithm, digest)
    certificate = Certificate.of(certificate)
    key = _key(certificate)
    weak = (digest.name,) if digest.status is Status.WEAK else ()
    match scheme:
        case Scheme.RSA_PKCS1 | Scheme.RSA_PSS:
            if not isinstance(key, rsa.RSAPublicKey):
                raise KeyMismatch(signature.name, _key_name(key))
            if scheme is Scheme.RSA_PKCS1:
                return _rsa_pkcs1(signature, algorithm, digest, weak, key, certificate)
            return _rsa_pss(signature, algorithm, digest, weak, key, certificate)
        case Scheme.ECDSA:
            return _ecdsa(signature, algorithm, digest, weak, key)
        case Scheme.ED25519 | Scheme.ED448:
            return _eddsa(signature, algorithm, weak, key)
        case Scheme.ML_DSA:
            return _ml_dsa(signature, algorithm, weak, key)
        case Scheme.DSA:
            return _dsa(signature, algorithm, digest, weak, key)


def _key(certificate: Certificate) -> PublicKeyTypes:
    try:
        return certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm, CmsMalformed):
        known = certificate.key_algorithm
        if known is not None and known.oid == _DSA_KEY and known.parameters is None:
            # RFC 3279 §2.3.2: the issuer's, which nobody here knows. Nothing speaks against the signature.
            raise SignatureAlgorithmNotSupported("DSA with inherited parameters") from None
        raise KeyUnusable(certificate.key_algorithm_oid) from None


def _key_name(key: PublicKeyTypes) -> str:
    if isinstance(key, rsa.RSAPublicKey):
        return f"RSA {key.key_size}"
    if isinstance(key, ec.EllipticCurvePublicKey):
        return _CURVES.get(key.curve.name, key.curve.name)
    if isinstance(key, dsa.DSAPublicKey):
        return f"DSA {key.key_size}"
    for name, kind in _ML_DSA.items():
        if isinstance(key, kind):
            return name
    return type(key).__name__.removesuffix("PublicKey")


def _sound_rsa(key: rsa.RSAPublicKey, weak: tuple[str, ...]) -> tuple[str, ...]:
    """The weaknesses, after refusing numbers that no honest key has."""
    exponent = key.public_numbers().e
    if not _RSA_LEAST_BITS <= key.key_size <= _RSA_MOST_BITS:
        raise KeyUnusable(_key_name(key))
    if exponent < 3 or exponent % 2 == 0 or exponent.bit_length() > _RSA_MOST_EXPONENT_BITS:
        raise KeyUnusable(f"{_key_name(key)} with an exponent of {exponent.bit_length()} bits")
    return (*weak, _key_name(key)) if key.key_size < _RSA_WEAK_BITS else weak


def _rsa_pkcs1(
    signature: Signature,
    algorithm: Algorithm,
    digest: Digest,
    weak: tuple[str, ...],
    key: rsa.RSAPublicKey,
    certificate: Certificate,
) -> Verifier:
    # RFC 5754 §3.2: parameters are NULL; absent is accepted.
    if not algorithm.bare:
        raise ParametersMalformed(signature.name)
    # RFC 4055 §1.2: a key under id-RSASSA-PSS is for PSS only.
    if certificate.key_algorithm_oid == _RSASSA_PSS:
        raise KeyMismatch(signature.name, "RSA-PSS")
    weak = _sound_rsa(key, weak)
    hashed = Prehashed(digest.hash())
    return Verifier(
        f"RSA with {digest.name}",
        weak,
        False,
        lambda value, octets: key.verify(value, octets, padding.PKCS1v15(), hashed),
    )


@dataclass(frozen=True)
class _Pss:
    """RSASSA-PSS-params, read."""

    hash: Digest
    mask_hash: Digest
    salt: int

    @classmethod
    def read(cls, parameters: bytes | None, name: str) -> _Pss:
        """RFC 4055 §3.1. Absent fields have their defaults (SHA-1, MGF1 with SHA-1, 20), the sequence must be there.

        Raises:
            ParametersMalformed, DigestNotSupported, AlgorithmRefused, SignatureAlgorithmNotSupported
        """
        try:
            wire = schema.decode(schema.RsaPssParameters, parameters or b"", name)
            hashed = Algorithm.read(wire.hash_algorithm, name) if wire.hash_algorithm is not None else _SHA1
            mask_hash = _SHA1
            if wire.mask_gen_algorithm is not None:
                mask = Algorithm.read(wire.mask_gen_algorithm, name)
                if mask.oid != _MGF1:
                    raise SignatureAlgorithmNotSupported(f"{name}, mask {mask.oid}")
                mask_hash = schema.decode_algorithm(mask.parameters or b"", name)
        except CmsMalformed:
            raise ParametersMalformed(name) from None
        salt = 20 if wire.salt_length is None else wire.salt_length
        if salt < 0 or wire.trailer_field not in (None, 1):
            raise ParametersMalformed(name)
        return cls(digest_for(hashed), digest_for(mask_hash), salt)


def _rsa_pss(
    signature: Signature,
    algorithm: Algorithm,
    digest: Digest,
    weak: tuple[str, ...],
    key: rsa.RSAPublicKey,
    certificate: Certificate,
) -> Verifier:
    used = _Pss.read(algorithm.parameters, signature.name)
    # RFC 4056 §3: the hash of the parameters is the digest algorithm.
    if used.hash != digest:
        raise HashMismatch(f"{signature.name} with {used.hash.name}", digest.name)
    if certificate.key_algorithm_oid == _RSASSA_PSS:
        _honour_restrictions(certificate, used, signature.name)
    weak = _sound_rsa(key, weak)
    # RFC 8017 §9.1.2 step 3: a salt that does not fit cannot have made this signature.
    if used.salt > (key.key_size + 6) // 8 - digest.hash().digest_size - 2:
        raise ParametersMalformed(signature.name)
    scheme = padding.PSS(padding.MGF1(used.mask_hash.hash()), used.salt)
    hashed = Prehashed(digest.hash())
    return Verifier(
        f"RSA-PSS with {digest.name}", weak, False, lambda value, octets: key.verify(value, octets, scheme, hashed)
    )


def _honour_restrictions(certificate: Certificate, used: _Pss, name: str) -> None:
    """A key under id-RSASSA-PSS with parameters may be used with just that hash and mask, and no shorter salt.

    RFC 4055 §3.3. The library drops these parameters when it reads the key, so they are read here.
    """
    key = certificate.key_algorithm
    if key is None:
        raise KeyUnusable(name)
    restriction = key.parameters
    if restriction is None:
        return
    allowed = _Pss.read(restriction, name)
    if used.hash != allowed.hash or used.mask_hash != allowed.mask_hash or used.salt < allowed.salt:
        raise KeyMismatch(f"{name} with {used.hash.name}", f"{name} with {allowed.hash.name} only")


def _ecdsa(
    signature: Signature,
    algorithm: Algorithm,
    digest: Digest,
    weak: tuple[str, ...],
    key: PublicKeyTypes,
) -> Verifier:
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise KeyMismatch(signature.name, _key_name(key))
    if key.curve.name not in _CURVES:
        raise SignatureAlgorithmNotSupported(f"ECDSA on {key.curve.name}")
    # RFC 5754 §3.3: parameters are absent; NULL is seen. Under id-ecPublicKey there may be a curve, which has no say.
    if not algorithm.bare and signature.digest is not None:
        raise ParametersMalformed(signature.name)
    hashed = ec.ECDSA(Prehashed(digest.hash()))
    return Verifier(
        f"ECDSA {_key_name(key)} with {digest.name}",
        weak,
        False,
        lambda value, octets: key.verify(value, octets, hashed),
    )


def _eddsa(signature: Signature, algorithm: Algorithm, weak: tuple[str, ...], key: PublicKeyTypes) -> Verifier:
    kind = ed25519.Ed25519PublicKey if signature.scheme is Scheme.ED25519 else ed448.Ed448PublicKey
    if not isinstance(key, kind):
        raise KeyMismatch(signature.name, _key_name(key))
    # RFC 8419 §2.1, §2.2: parameters are absent.
    if algorithm.parameters is not None:
        raise ParametersMalformed(signature.name)
    return Verifier(signature.name, weak, True, lambda value, octets: key.verify(value, octets))


def _ml_dsa(signature: Signature, algorithm: Algorithm, weak: tuple[str, ...], key: PublicKeyTypes) -> Verifier:
    """RFC 9882 §3.3: the pure version, with an empty context, over signed attributes or the content itself."""
    kind = _ML_DSA[signature.name]
    if not isinstance(key, kind):
        raise KeyMismatch(signature.name, _key_name(key))
    # RFC 9882 §3.2: parameters are absent.
    if algorithm.parameters is not None:
        raise ParametersMalformed(signature.name)
    return Verifier(signature.name, weak, True, lambda value, octets: key.verify(value, octets))


def _dsa(
    signature: Signature,
    algorithm: Algorithm,
    digest: Digest,
    weak: tuple[str, ...],
    key: PublicKeyTypes,
) -> Verifier:
    if not isinstance(key, dsa.DSAPublicKey):
        raise KeyMismatch(signature.name, _key_name(key))
    # RFC 3370 §3.1: parameters are absent; NULL is seen. Under id-dsa there may be those of the key, which have no say.
    if not algorithm.bare and signature.digest is not None:
        raise ParametersMalformed(signature.name)
    if not _DSA_LEAST_BITS <= key.key_size <= _DSA_MOST_BITS:
        raise KeyUnusable(_key_name(key))
    hashed = Prehashed(digest.hash())
    # The library cuts a digest that is longer than the key's q, as FIPS 186-4 §4.7 says.
    return Verifier(
        f"DSA with {digest.name}",
        (*weak, _key_name(key)),
        False,
        lambda value, octets: key.verify(value, octets, hashed),
    )


def hash_of(algorithm: hashes.HashAlgorithm, octets: bytes) -> bytes:
    """The digest of octets that are in memory."""
    digest = hashes.Hash(algorithm)
    digest.update(octets)
    return digest.finalize()
