"""Did this issuer's key sign this certificate? Checks raise; there is no boolean that could be ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa

from letterlock.trust.algorithms import SignatureAlgorithm, Strength
from letterlock.trust.certificate import Certificate
from letterlock.trust.keys import RSASSA_PSS, MlDsaPublicKey, described
from letterlock.trust.reasons import KeyUnusable, PublicKeyUnusable, SignatureAlgorithmUnknown
from letterlock.trust.schema import whole

if TYPE_CHECKING:
    from cryptography.hazmat.asn1 import TLV, BitString


class SignatureWrong(Exception):
    """The key did not make the signature."""


class SignatureUncheckable(Exception):
    """Whether it did cannot be found out here; `reason` says why."""

    def __init__(self, reason: SignatureAlgorithmUnknown | KeyUnusable) -> None:
        super().__init__(str(reason))
        self.reason = reason


class Signed(Protocol):
    """Anything signed as a certificate is: the signed value, and the signature beside it."""

    @property
    def tbs(self) -> TLV: ...
    @property
    def signature(self) -> BitString: ...


def check(certificate: Certificate, issuer: Certificate) -> None:
    """Check the signature of `certificate` with the key of `issuer` (RFC 5280 §6.1.3 a 1), and nothing else.

    NOTE: a signature over a broken digest is not looked at, because it would prove nothing. It returns as if it
    were right, so that the path can be shown; `validation` refuses every path with one (`SignatureAlgorithmBroken`).

    Raises:
        SignatureWrong: the key did not make this signature.
        SignatureUncheckable: unknown algorithm, or a key that cannot be read.
    """
    algorithm = certificate.signature_algorithm
    if algorithm is None:
        raise SignatureUncheckable(SignatureAlgorithmUnknown(certificate.name, certificate.signature_algorithm_name))
    if algorithm.strength is Strength.BROKEN:
        return
    check_signed(certificate.signed, algorithm, issuer, certificate.name)


def check_signed(signed: Signed, algorithm: SignatureAlgorithm, issuer: Certificate, name: str) -> None:
    """Check any signed object with the key of `issuer`; `name` is what people call the object. Raises as `check`."""
    if algorithm.strength is Strength.BROKEN or signed.signature.padding_bits():
        raise SignatureWrong
    try:
        _verify(signed, issuer, algorithm)
    except PublicKeyUnusable as unusable:
        raise SignatureUncheckable(KeyUnusable(unusable.subject, unusable.key)) from None
    except UnsupportedAlgorithm:
        raise SignatureUncheckable(SignatureAlgorithmUnknown(name, algorithm.name)) from None
    except (InvalidSignature, ValueError):
        # ValueError: the library's word for a signature or key that cannot fit (a digest too long for the key).
        raise SignatureWrong from None


def _verify(object_: Signed, issuer: Certificate, algorithm: SignatureAlgorithm) -> None:
    key = issuer.public_key()
    signature, signed = object_.signature.as_bytes(), whole(object_.tbs)
    digest = algorithm.hash() if algorithm.hash else None
    match algorithm.family:
        case "RSA" if isinstance(key, rsa.RSAPublicKey) and digest and issuer.key_algorithm != RSASSA_PSS:
            key.verify(signature, signed, padding.PKCS1v15(), digest)
        case "RSA-PSS" if isinstance(key, rsa.RSAPublicKey) and digest and algorithm.salt is not None:
            key.verify(signature, signed, padding.PSS(padding.MGF1(digest), algorithm.salt), digest)
        case "ECDSA" if isinstance(key, ec.EllipticCurvePublicKey) and digest:
            key.verify(signature, signed, ec.ECDSA(digest))
        case "DSA" if isinstance(key, dsa.DSAPublicKey) and digest:
            key.verify(signature, signed, digest)
        case "Ed25519" if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
        case "Ed448" if isinstance(key, ed448.Ed448PublicKey):
            key.verify(signature, signed)
        case "ML-DSA" if isinstance(key, MlDsaPublicKey) and described(key) == algorithm.name:
            key.verify(signature, signed)
        case _:
            # A key of another kind than the signature: certainly not this issuer's.
            raise InvalidSignature
