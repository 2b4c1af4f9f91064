"""Keys that sign, and which algorithms go with which key.

`SigningKey` is the border to whatever holds a private key: a file, a smart card, a test double. What is signed is small
(the signed attributes), so it is handed over whole, and whoever signs hashes it as the algorithm says.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, mldsa, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import der
from letterlock.cms.algorithms import DIGESTS, SHAKE256_512, SIGNATURES, Digest, Scheme, Status
from letterlock.cms.certificates import Certificate
from letterlock.cms.failures import SigningNotSupported
from letterlock.cms.schema import Algorithm

_RSA_LEAST_BITS = 2048
_NULL = b"\x05\x00"
_MGF1 = "1.2.840.113549.1.1.8"
_RSASSA_PSS = "1.2.840.113549.1.1.10"
_CURVES = {
    # The hash that is as strong as the curve (RFC 5753 §8).
    "secp256r1": "SHA-256",
    "secp384r1": "SHA-384",
    "secp521r1": "SHA-512",
    "brainpoolP256r1": "SHA-256",
    "brainpoolP384r1": "SHA-384",
    "brainpoolP512r1": "SHA-512",
}
_WHOLE = {
    # What signs octets and not their digest: its name, length of the value, and the digest for the content.
    # RFC 8419 §3.1: SHA-512 and SHAKE256. RFC 9882 §3.3: SHA-512 goes with all three.
    ed25519.Ed25519PublicKey: ("Ed25519", 64, "SHA-512"),
    ed448.Ed448PublicKey: ("Ed448", 114, "SHAKE256"),
    mldsa.MLDSA44PublicKey: ("ML-DSA-44", 2420, "SHA-512"),
    mldsa.MLDSA65PublicKey: ("ML-DSA-65", 3309, "SHA-512"),
    mldsa.MLDSA87PublicKey: ("ML-DSA-87", 4627, "SHA-512"),
}
_DIGESTS = {digest.name: digest for digest in DIGESTS}
_SIGNATURES = {signature.name: signature for signature in SIGNATURES}
_ECDSA = {each.digest: each for each in SIGNATURES if each.scheme is Scheme.ECDSA and each.digest}

CREATED = frozenset(
    {
        "RSA",
        "RSA-PSS",
        *(each.name for each in _ECDSA.values() if each.status is Status.READ),
        *(name for name, _, _ in _WHOLE.values()),
    }
)
"""Names of the signature algorithms that are made here (RSA and RSA-PSS with any SHA-2 and SHA-3)."""

CREATED_DIGESTS = frozenset(each.name for each in DIGESTS if each.status is Status.READ)
"""Names of the digest algorithms that are signed with."""


@dataclass(frozen=True)
class SigningAlgorithm:
    """How a key signs. `value_octets` is how long each value is, None where that differs from one to the next."""

    digest: Digest
    digest_identifier: Algorithm
    signature_identifier: Algorithm
    value_octets: int | None


class SigningKey(Protocol):
    """A private key, or whatever has one, that makes signature values."""

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate of the key."""
        ...

    @property
    def algorithm(self) -> SigningAlgorithm:
        """How it signs, the same each time; `signing_algorithm` knows what goes with which key."""
        ...

    def sign(self, tbs: bytes) -> bytes:
        """The signature value over these octets, some hundred of them, not hashed yet."""
        ...


def signing_algorithm(
    certificate: x509.Certificate, *, digest: str | None = None, pss: bool = False
) -> SigningAlgorithm:
    """The way to sign with a certificate's key.

    Args:
        digest: the name of the digest, None for the one that suits the key.
        pss: RSA-PSS in place of PKCS#1 v1.5. A key that is for PSS alone (RFC 4055 §1.2) signs so in any case.

    Raises:
        SigningNotSupported: a kind of key, a curve or a digest that nothing is signed with here.
    """
    try:
        key = certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise SigningNotSupported(certificate.public_key_algorithm_oid.dotted_string) from None
    if isinstance(key, rsa.RSAPublicKey):
        return _rsa(certificate, key, _digest(digest or "SHA-256"), pss)
    if isinstance(key, ec.EllipticCurvePublicKey):
        if key.curve.name not in _CURVES:
            raise SigningNotSupported(f"ECDSA on {key.curve.name}")
        found = _digest(digest or _CURVES[key.curve.name])
        signature = _ECDSA.get(found.name)
        if signature is None:
            raise SigningNotSupported(f"ECDSA with {found.name}")
        return SigningAlgorithm(found, Algorithm(found.oid, None), Algorithm(signature.oid, None), None)
    for kind, (name, octets, suits) in _WHOLE.items():
        if isinstance(key, kind):
            found = _digest(digest or suits)
            hashed = Algorithm(found.oid, None)
            if isinstance(key, ed448.Ed448PublicKey) and found.name == "SHAKE256":
                hashed = SHAKE256_512
            return SigningAlgorithm(found, hashed, Algorithm(_SIGNATURES[name].oid, None), octets)
    raise SigningNotSupported(type(key).__name__.removesuffix("PublicKey"))


class PrivateSigningKey:
    """A private key in memory and its certificate.

    Args:
        digest, pss: as `signing_algorithm`.

    Raises:
        SigningNotSupported: as `signing_algorithm`.
        ValueError: the certificate is of another key.
    """

    def __init__(
        self, certificate: x509.Certificate, key: PrivateKeyTypes, *, digest: str | None = None, pss: bool = False
    ) -> None:
        self.certificate = certificate
        self.algorithm = signing_algorithm(certificate, digest=digest, pss=pss)
        self._sign = _signer(key, self.algorithm)
        if key.public_key() != certificate.public_key():
            raise ValueError("the certificate is of another key")

    def __repr__(self) -> str:
        return f"PrivateSigningKey({self.certificate.subject.rfc4514_string()!r})"

    def sign(self, tbs: bytes) -> bytes:
        """As `SigningKey.sign`."""
        return self._sign(tbs)


def _digest(name: str) -> Digest:
    if name not in CREATED_DIGESTS:
        raise SigningNotSupported(name)
    return _DIGESTS[name]


def _rsa(certificate: x509.Certificate, key: rsa.RSAPublicKey, digest: Digest, pss: bool) -> SigningAlgorithm:
    if key.key_size < _RSA_LEAST_BITS:
        raise SigningNotSupported(f"RSA {key.key_size}")
    octets = (key.key_size + 7) // 8
    pss_alone = certificate.public_key_algorithm_oid.dotted_string == _RSASSA_PSS
    if not pss and not pss_alone:
        if digest.name.startswith("SHAKE"):
            raise SigningNotSupported(f"RSA with {digest.name}")
        # RFC 5754 §3.2: rsaEncryption with NULL; the digest algorithm says the rest.
        return SigningAlgorithm(digest, Algorithm(digest.oid, None), Algorithm(_SIGNATURES["RSA"].oid, _NULL), octets)
    restriction = Certificate.of(certificate).key_algorithm if pss_alone else None
    if digest.name.startswith("SHAKE") or (restriction is not None and restriction.parameters is not None):
        # A restricted key would have to be honoured to the salt; nobody issues them.
        raise SigningNotSupported(f"RSA-PSS with {digest.name}")
    # RFC 4055 §3.1: the salt is as long as the digest, and the mask is made with the same hash.
    hashed = Algorithm(digest.oid, _NULL).encode()
    parameters = der.value(
        0x30,
        der.value(0xA0, hashed)
        + der.value(0xA1, Algorithm(_MGF1, hashed).encode())
        + der.value(0xA2, der.integer(digest.hash().digest_size)),
    )
    identifier = Algorithm(_SIGNATURES["RSA-PSS"].oid, parameters)
    return SigningAlgorithm(digest, Algorithm(digest.oid, None), identifier, octets)


def _signer(key: PrivateKeyTypes, algorithm: SigningAlgorithm) -> Callable[[bytes], bytes]:
    hashed = algorithm.digest.hash()
    match key:
        case rsa.RSAPrivateKey():
            if algorithm.signature_identifier.oid == _RSASSA_PSS:
                salted = padding.PSS(padding.MGF1(hashed), hashed.digest_size)
                return lambda tbs: key.sign(tbs, salted, hashed)
            return lambda tbs: key.sign(tbs, padding.PKCS1v15(), hashed)
        case ec.EllipticCurvePrivateKey():
            return lambda tbs: key.sign(tbs, ec.ECDSA(hashed))
        case ed25519.Ed25519PrivateKey() | ed448.Ed448PrivateKey():
            return lambda tbs: key.sign(tbs)
        case mldsa.MLDSA44PrivateKey() | mldsa.MLDSA65PrivateKey() | mldsa.MLDSA87PrivateKey():
            return lambda tbs: key.sign(tbs)
    raise SigningNotSupported(type(key).__name__.removesuffix("PrivateKey"))
