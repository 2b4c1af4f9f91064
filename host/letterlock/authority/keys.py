"""The key of an authority: what signs certificates, lists, answers and the log.

`CaKey` is the border to whatever holds the private key: the vault, a file that is kept offline, a token. What is
signed is handed over whole, and whoever signs hashes it as `algorithm` says.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, mldsa, padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from letterlock.authority.failures import CaKeyNotSupported, SignatureNotOwn
from letterlock.cms import der
from letterlock.cms.oids import encoded
from letterlock.keystore.token_key import PrivateOperations, digest_info

KINDS = ("P-384", "RSA-4096", "ML-DSA-65")
"""What an authority's key may be. P-384 is the default: small, strong beyond any person's key, known everywhere."""

_SHA256_WITH_RSA = der.value(0x30, encoded("1.2.840.113549.1.1.11") + b"\x05\x00")  # RFC 4055 §5: NULL
_ECDSA = {  # RFC 5758 §3.2: no parameters. The hash is as strong as the curve.
    "secp256r1": (der.value(0x30, encoded("1.2.840.10045.4.3.2")), hashes.SHA256()),
    "secp384r1": (der.value(0x30, encoded("1.2.840.10045.4.3.3")), hashes.SHA384()),
}
_SHA256 = "2.16.840.1.101.3.4.2.1"
_ML_DSA_65 = der.value(0x30, encoded("2.16.840.1.101.3.4.3.18"))  # RFC 9881 §2: no parameters


class CaKey(Protocol):
    """A private key of an authority, or whatever has one."""

    @property
    def public(self) -> bytes:
        """SubjectPublicKeyInfo, DER."""
        ...

    @property
    def algorithm(self) -> bytes:
        """AlgorithmIdentifier of its signatures, DER: the same each time."""
        ...

    def sign(self, data: bytes) -> bytes:
        """The signature value over these octets, not hashed yet."""
        ...


@dataclass(frozen=True)
class PrivateCaKey:
    """A private key in memory.

    Raises:
        CaKeyNotSupported: a kind of key that no authority signs with here.
    """

    key: PrivateKeyTypes = field(repr=False)

    def __post_init__(self) -> None:
        self.algorithm  # noqa: B018 (an unusable key is said before anything is made)

    @property
    def public(self) -> bytes:
        """As `CaKey.public`."""
        return self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    @property
    def algorithm(self) -> bytes:
        """As `CaKey.algorithm`."""
        match self.key:
            case rsa.RSAPrivateKey():
                return _SHA256_WITH_RSA
            case ec.EllipticCurvePrivateKey() if self.key.curve.name in _ECDSA:
                return _ECDSA[self.key.curve.name][0]
            case mldsa.MLDSA65PrivateKey():
                return _ML_DSA_65
        raise CaKeyNotSupported(type(self.key).__name__)

    def sign(self, data: bytes) -> bytes:
        """As `CaKey.sign`."""
        match self.key:
            case rsa.RSAPrivateKey():
                return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePrivateKey():
                return self.key.sign(data, ec.ECDSA(_ECDSA[self.key.curve.name][1]))
            case mldsa.MLDSA65PrivateKey():
                return self.key.sign(data)
        raise CaKeyNotSupported(type(self.key).__name__)


@dataclass(frozen=True)
class TokenCaKey:
    """A private key that stays on a token, which signs digests.

    Args:
        public: SubjectPublicKeyInfo.

    Raises:
        CaKeyNotSupported: a kind of key that no authority signs with on a token.
    """

    public: bytes
    private: PrivateOperations = field(repr=False)

    def __post_init__(self) -> None:
        self.algorithm  # noqa: B018 (as in `PrivateCaKey`)

    @property
    def algorithm(self) -> bytes:
        """As `CaKey.algorithm`."""
        match load_der_public_key(self.public):
            case rsa.RSAPublicKey():
                return _SHA256_WITH_RSA
            case ec.EllipticCurvePublicKey() as key if key.curve.name in _ECDSA:
                return _ECDSA[key.curve.name][0]
            case other:
                raise CaKeyNotSupported(type(other).__name__)

    def sign(self, data: bytes) -> bytes:
        """As `CaKey.sign`. Raises as `PrivateOperations`."""
        key = load_der_public_key(self.public)
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return self.private.rsa_sign(digest_info(_SHA256, _hashed(data, hashes.SHA256())))
        value = self.private.ecdsa_sign(_hashed(data, _ECDSA[key.curve.name][1]))
        half = len(value) // 2
        return utils.encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))


def kind_of(key: CaKey) -> str:
    """Which of `KINDS` a key is.

    Raises:
        CaKeyNotSupported: none of them. A shorter key would be the weakest link of everything that it certifies.
    """
    match load_der_public_key(key.public):
        case rsa.RSAPublicKey() as found if found.key_size >= 4096:
            return "RSA-4096"
        case ec.EllipticCurvePublicKey() as found if found.curve.name == "secp384r1":
            return "P-384"
        case mldsa.MLDSA65PublicKey():
            return "ML-DSA-65"
        case other:
            size = getattr(other, "key_size", "")
            raise CaKeyNotSupported(f"{type(other).__name__.removesuffix('PublicKey')} {size}".strip())


def prove(key: CaKey) -> None:
    """Have a key sign something, and check it, before anything depends on it.

    Raises:
        SignatureNotOwn: the private key is not that of the public one, or whatever holds it is broken.
    """
    challenge = secrets.token_bytes(32)
    verify(key.public, key.sign(challenge), challenge)


def _hashed(data: bytes, algorithm: hashes.HashAlgorithm) -> bytes:
    computed = hashes.Hash(algorithm)
    computed.update(data)
    return computed.finalize()


def generate(kind: str) -> PrivateCaKey:
    """A new key of one of `KINDS`; raises `CaKeyNotSupported`."""
    match kind:
        case "P-384":
            return PrivateCaKey(ec.generate_private_key(ec.SECP384R1()))
        case "P-256":
            # Not offered for an authority: for responders, whose certificates live for weeks.
            return PrivateCaKey(ec.generate_private_key(ec.SECP256R1()))
        case "RSA-4096":
            return PrivateCaKey(rsa.generate_private_key(65537, 4096))
        case "ML-DSA-65":
            return PrivateCaKey(mldsa.MLDSA65PrivateKey.generate())
    raise CaKeyNotSupported(kind)


def signed(tbs: bytes, key: CaKey, after: bytes = b"") -> bytes:
    """`SEQUENCE { tbs, signatureAlgorithm, signatureValue }`: a certificate, a list, or an OCSP answer, which has
    something `after` its signature.

    Raises:
        SignatureNotOwn: the key's signature is not good. A token may be another one than was thought, or broken:
            what it signs must not leave.
    """
    value = key.sign(tbs)
    verify(key.public, value, tbs)
    return der.value(0x30, tbs + key.algorithm + der.value(0x03, b"\0" + value) + after)


def verify(public: bytes, signature: bytes, data: bytes) -> None:
    """Check a signature of one of our kinds of key; raises `SignatureNotOwn`."""
    key = load_der_public_key(public)
    try:
        match key:
            case rsa.RSAPublicKey():
                key.verify(signature, data, padding.PKCS1v15(), hashes.SHA256())
            case ec.EllipticCurvePublicKey() if key.curve.name in _ECDSA:
                key.verify(signature, data, ec.ECDSA(_ECDSA[key.curve.name][1]))
            case mldsa.MLDSA65PublicKey():
                key.verify(signature, data)
            case _:
                raise CaKeyNotSupported(type(key).__name__)
    except InvalidSignature:
        raise SignatureNotOwn from None
