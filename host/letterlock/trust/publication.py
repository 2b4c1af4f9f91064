"""Where a certificate says that things are published, and the question to put there. Nothing here asks anybody.

Lists are named in cRLDistributionPoints (RFC 5280 §4.2.1.13), responders and issuers in authorityInfoAccess
(§4.2.2.1). An attacker may have written any of it; whoever fetches decides what is asked.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import NamedTuple

from cryptography.hazmat.asn1 import decode_der

from letterlock import limits
from letterlock.trust.certificate import Certificate
from letterlock.trust.revocation_ocsp import OcspAnswer

OCSP, ISSUERS = "1.3.6.1.5.5.7.48.1", "1.3.6.1.5.5.7.48.2"
_NONCE = "1.3.6.1.5.5.7.48.1.2"

NONCE_OCTETS = 32
"""RFC 9654 §2.1: at least 32 octets."""


def lists(certificate: Certificate) -> tuple[str, ...]:
    """URLs of the revocation lists that are responsible for the certificate."""
    found: dict[str, None] = {}
    for point in certificate.extensions.distribution_points:
        # The names of one point are the same list in several places, in no order that anybody keeps.
        names = sorted(point.name.full) if point.name else ()
        found.update(dict.fromkeys(value for form, value in names if form == "uri"))
    # HTTP goes through more networks than LDAP.
    return tuple(sorted(found, key=lambda url: url.startswith("ldap"))[: limits.FETCH_URLS])


def responders(certificate: Certificate) -> tuple[str, ...]:
    """URLs of the OCSP responders."""
    return _access(certificate, OCSP)


def issuers(certificate: Certificate) -> tuple[str, ...]:
    """URLs where the certificate of its issuer is."""
    return _access(certificate, ISSUERS)


def _access(certificate: Certificate, method: str) -> tuple[str, ...]:
    urls = (url for named, url in certificate.extensions.information_access if named == method)
    return tuple(dict.fromkeys(urls))[: limits.FETCH_URLS]


class OcspQuestion(NamedTuple):
    """An OCSP request about one certificate (RFC 6960 §4.1)."""

    der: bytes
    nonce: bytes

    @classmethod
    def about(cls, certificate: Certificate, issuer: Certificate, digest: str) -> OcspQuestion:
        """The question.

        Args:
            certificate: the one in question.
            issuer: whose key signed it.
            digest: "sha1", which every responder understands (RFC 5019 §2.1.1), or "sha256", which some want.
        """
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.serialization import Encoding
        from cryptography.x509 import ocsp

        nonce = secrets.token_bytes(NONCE_OCTETS)
        name, key = (
            hashlib.new(digest, octets, usedforsecurity=False).digest()
            for octets in (issuer.subject_der, issuer.key_bits)
        )
        algorithm = hashes.SHA1() if digest == "sha1" else hashes.SHA256()  # noqa: S303
        builder = ocsp.OCSPRequestBuilder().add_certificate_by_hash(name, key, certificate.tbs.serial, algorithm)
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
        return cls(builder.build().public_bytes(Encoding.DER), nonce)

    def fits(self, answer: OcspAnswer) -> bool:
        """Whether an answer may be one to this question: it repeats the nonce, or has none.

        Responders that sign their answers beforehand cannot repeat it (RFC 9654 §2.1); whether such an answer is
        fresh, its times say. Another nonce is an answer to somebody else, replayed.
        """
        for extension in answer.data.extensions or ():
            if extension.id.dotted_string == _NONCE:
                return _octets(extension.value) == self.nonce
        return True


def _octets(value: bytes) -> bytes:
    try:
        return decode_der(bytes, value)
    except ValueError:
        # Before RFC 8954 the nonce stood there as it is.
        return bytes(value)
