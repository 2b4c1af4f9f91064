"""A key that stays on its token: what it does for CMS, on top of the few private operations that a token offers.

The token does the private operation alone: it signs a digest, decrypts a block, agrees with a point. Hashing,
derivation and unwrapping are done here, so that every token that can do the raw operation can do all of CMS.
"""

from __future__ import annotations

import secrets
from typing import Protocol

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa, utils

from letterlock.cms import der, key_encryption
from letterlock.cms.encryption_algorithms import RSA_ENCRYPTION, encryption_name
from letterlock.cms.failures import DecryptionFailed, EncryptionNotSupported, SigningNotSupported
from letterlock.cms.key_encryption import OaepParameters
from letterlock.cms.keys import identifiers_of
from letterlock.cms.recipients import KeyAgreement, KeyTransport, Recipient
from letterlock.cms.schema import Algorithm
from letterlock.cms.signing_keys import SigningAlgorithm, signing_algorithm

_RSASSA_PSS = "1.2.840.113549.1.1.10"
_NULL = b"\x05\x00"


class PrivateOperations(Protocol):
    """The private operations of one key on one token.

    Each may raise the failures of `token_failures`. Where octets from a mail are given, None says that the token
    refused these octets: why is not told, and must not be.
    """

    def rsa_sign(self, digest_info: bytes) -> bytes:
        """RSASSA-PKCS1-v1_5 over a DigestInfo in DER (RFC 8017 §9.2, step 3 onwards)."""
        ...

    def pss_sign(self, digest: bytes, algorithm: str) -> bytes:
        """RSASSA-PSS over a digest, MGF1 with the same hash, the salt as long as the digest."""
        ...

    def ecdsa_sign(self, digest: bytes) -> bytes:
        """ECDSA over a digest; r and s, each as long as the order of the curve."""
        ...

    def eddsa_sign(self, octets: bytes) -> bytes:
        """Ed25519 or Ed448 over octets."""
        ...

    def rsa_decrypt(self, encrypted: bytes) -> bytes | None:
        """RSAES-PKCS1-v1_5."""
        ...

    def oaep_decrypt(self, encrypted: bytes, parameters: OaepParameters) -> bytes | None:
        """RSAES-OAEP."""
        ...

    def ecdh(self, point: bytes) -> bytes | None:
        """The x coordinate of the point (uncompressed, X9.62) times the key. No derivation."""
        ...


class TokenKey:
    """A certificate whose private key is on a token; a `cms.SigningKey` and a `cms.RecipientKey`.

    Args:
        digest, pss: as `cms.signing_keys.signing_algorithm`.
        chain: certificates of issuers that are on the token, DER, in no order.
    """

    def __init__(
        self,
        certificate: x509.Certificate,
        private: PrivateOperations,
        *,
        digest: str | None = None,
        pss: bool = False,
        chain: tuple[bytes, ...] = (),
    ) -> None:
        self.certificate = certificate
        self.chain = chain
        self._private = private
        self._digest = digest
        self._pss = pss
        self._identifiers = identifiers_of(certificate)

    def __repr__(self) -> str:
        return f"TokenKey({self.certificate.subject.rfc4514_string()!r})"

    # --- Signing ---

    @property
    def algorithm(self) -> SigningAlgorithm:
        """How it signs. Raises `SigningNotSupported`."""
        return signing_algorithm(self.certificate, digest=self._digest, pss=self._pss)

    def sign(self, tbs: bytes) -> bytes:
        """As `SigningKey.sign`.

        Raises:
            SigningNotSupported: no token signs with this kind of key.
            TokenAbsent, TokenPinNeeded, TokenCannot …: as the token says.
        """
        algorithm = self.algorithm
        key = self.certificate.public_key()
        if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
            return self._private.eddsa_sign(tbs)
        hashed = hashes.Hash(algorithm.digest.hash())
        hashed.update(tbs)
        digest = hashed.finalize()
        match key:
            case rsa.RSAPublicKey() if algorithm.signature_identifier.oid == _RSASSA_PSS:
                return self._private.pss_sign(digest, algorithm.digest.name)
            case rsa.RSAPublicKey():
                return self._private.rsa_sign(digest_info(algorithm.digest.oid, digest))
            case ec.EllipticCurvePublicKey():
                # FIPS 186-5 §6.4.1: of a longer digest the leftmost bits count; some tokens leave that to the caller.
                # Every curve here that is shorter than a digest has whole octets.
                size = (key.key_size + 7) // 8
                value = self._private.ecdsa_sign(digest[:size])
                half = len(value) // 2
                return utils.encode_dss_signature(int.from_bytes(value[:half]), int.from_bytes(value[half:]))
        raise SigningNotSupported(type(key).__name__.removesuffix("PublicKey"))

    # --- Decrypting ---

    def unwrap(self, recipient: Recipient, octets: int, *, trying: bool = False) -> bytes | None:
        """As `RecipientKey.unwrap`, but entries that do not name this certificate are never tried.

        A mail may have hundreds of them, a card takes a second for each, and some ask a person each time.
        """
        if trying or not isinstance(recipient, KeyTransport | KeyAgreement) or recipient.rid not in self._identifiers:
            return None
        try:
            key = self.certificate.public_key()
        except (ValueError, UnsupportedAlgorithm):
            key = None
        key_encryption.check_supported(recipient)
        match recipient, key:
            case KeyTransport(), rsa.RSAPublicKey():
                return self._transported(recipient, key, octets)
            case KeyAgreement(), ec.EllipticCurvePublicKey():
                point = key_encryption.sender_point(recipient, key.curve)
                size = (key.key_size + 7) // 8
                numbers = point.public_numbers()
                secret = self._private.ecdh(b"\x04" + numbers.x.to_bytes(size) + numbers.y.to_bytes(size))
                if secret is None:
                    raise DecryptionFailed
                # Some tokens drop zeros at the start, which are part of the shared secret (SEC 1 §3.3.1, §2.3.5).
                return key_encryption.agreed(recipient, secret.rjust(size, b"\0"), octets)
        raise EncryptionNotSupported(encryption_name(recipient.algorithm.oid))

    def _transported(self, recipient: KeyTransport, key: rsa.RSAPublicKey, octets: int) -> bytes:
        """A token tells a wrong PKCS#1 v1.5 padding from a right one, and nobody else may learn it.

        Random octets take the place of what did not decrypt or is not a content key (RFC 3218 §2.3.2), so that the
        mail fails later and in one way. `key_encryption.transported` has the same for keys in memory.
        """
        encrypted = recipient.encrypted_key.rjust((key.key_size + 7) // 8, b"\0")
        if recipient.algorithm.oid == RSA_ENCRYPTION:
            substitute = secrets.token_bytes(octets)
            found = self._private.rsa_decrypt(encrypted)
            return found if found is not None and len(found) == octets else substitute
        found = self._private.oaep_decrypt(encrypted, key_encryption.oaep_parameters(recipient.algorithm))
        if found is None or len(found) != octets:
            raise DecryptionFailed
        return found


def digest_info(oid: str, digest: bytes) -> bytes:
    """DigestInfo ::= SEQUENCE { digestAlgorithm AlgorithmIdentifier, digest OCTET STRING }   (RFC 8017 §9.2)"""
    return der.value(0x30, Algorithm(oid, _NULL).encode() + der.value(0x04, digest))
