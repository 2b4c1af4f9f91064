"""An identity: a certificate and its private key, as one person's own."""

from __future__ import annotations

from dataclasses import dataclass, field

from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from letterlock.cms import CertificateKey, load_certificate
from letterlock.keystore.failures import CertificateMissing


@dataclass(frozen=True)
class Identity:
    """A certificate in DER, its private key, and the certificates that came with it (its chain, in no order).

    Whether the certificate is valid, trusted or expired is not known here: what was encrypted to it long ago still
    opens with it.
    """

    certificate: bytes
    key: PrivateKeyTypes = field(repr=False)
    others: tuple[bytes, ...] = field(default=(), repr=False)

    def recipient_key(self) -> CertificateKey:
        """What decrypts mail with this identity.

        Raises:
            CertificateMissing: the certificate cannot be read.
        """
        certificate = load_certificate(self.certificate)
        if certificate is None:
            raise CertificateMissing
        return CertificateKey(certificate, self.key)
