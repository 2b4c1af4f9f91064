"""The little of a certificate that CMS needs: its issuer's octets, its key, the key's identifier and restrictions.

It trusts nothing and judges nothing. Fields are taken from the DER, where the library's certificate would parse every
name and extension, and fail over one that has nothing to do with the question. That one is taken wherever a caller has
it, and not needed: loading it costs a tenth of the time in which a host must have its first answer ready.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from letterlock.cms import der as tlv
from letterlock.cms import schema
from letterlock.cms.failures import CmsMalformed

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

_SUBJECT_KEY_IDENTIFIER = "2.5.29.14"
_VERSIONS = (None, 0, 1, 2)


@dataclass(frozen=True)
class Certificate:
    """A certificate as its DER octets; the rest is decoded when it is asked for, None where it cannot be."""

    der: bytes = field(repr=False)

    @classmethod
    def load(cls, encoded: bytes) -> Certificate | None:
        """The certificate, or None where these octets are none. Mail may carry anything in their place."""
        certificate = cls(encoded)
        return certificate if certificate.tbs else None

    @staticmethod
    def of(certificate: AnyCertificate) -> Certificate:
        """This view of a certificate, whoever made it."""
        if isinstance(certificate, Certificate):
            return certificate
        return Certificate(certificate.public_bytes(Encoding.DER))

    @cached_property
    def tbs(self) -> schema.TbsCertificate | None:
        """Its fields."""
        try:
            found = schema.decode(schema.Certificate, self.der, "Certificate").tbs_certificate
        except CmsMalformed:
            return None
        return found if found.version in _VERSIONS else None

    @cached_property
    def issuer(self) -> bytes | None:
        """The issuer's Name as the octets that were signed."""
        return schema.octets(self.tbs.issuer) if self.tbs else None

    @cached_property
    def serial(self) -> int | None:
        """The serial number."""
        try:
            return schema.integer(self.tbs.serial_number, "serialNumber") if self.tbs else None
        except CmsMalformed:
            return None

    @cached_property
    def key_identifier(self) -> bytes | None:
        """The subjectKeyIdentifier extension's octets (RFC 5280 §4.2.1.2), where it is there and can be read."""
        for extension in self.tbs.extensions or () if self.tbs else ():
            if extension.extn_id.dotted_string == _SUBJECT_KEY_IDENTIFIER:
                value = extension.extn_value
                try:
                    return tlv.contents(value, "SubjectKeyIdentifier") if value[:1] == b"\x04" else None
                except CmsMalformed:
                    return None
        return None

    @cached_property
    def key_algorithm(self) -> schema.Algorithm | None:
        """The algorithm that the key is for, with parameters, which the library drops for RSASSA-PSS."""
        try:
            return schema.Algorithm.read(self._key_info.algorithm, "SubjectPublicKeyInfo")
        except CmsMalformed:
            return None

    @property
    def key_algorithm_oid(self) -> str:
        """The same as its dotted number alone, empty where there is none."""
        return self.key_algorithm.oid if self.key_algorithm else ""

    @property
    def key_bits(self) -> bytes:
        """The octets of subjectPublicKey. Raises `CmsMalformed` where there are none."""
        return self._key_info.subject_public_key.as_bytes()

    def public_key(self) -> PublicKeyTypes:
        """The key as the library has it; raises what the library raises, `CmsMalformed` where there is none."""
        if self.tbs is None:
            raise CmsMalformed("Certificate")
        if self.key_algorithm is None:
            # The library also takes a bare RSAPublicKey (RFC 8017 §A.1.1) here, which no other program would.
            raise CmsMalformed("SubjectPublicKeyInfo")
        return load_der_public_key(schema.octets(self.tbs.subject_public_key_info))

    @property
    def _key_info(self) -> schema.SubjectPublicKeyInfo:
        encoded = schema.octets(self.tbs.subject_public_key_info) if self.tbs else b""
        return schema.decode(schema.SubjectPublicKeyInfo, encoded, "SubjectPublicKeyInfo")


if TYPE_CHECKING:
    AnyCertificate = Certificate | x509.Certificate
    """What callers may have: this view, or the library's certificate."""


def load_certificate(encoded: bytes) -> x509.Certificate | None:
    """The certificate as the library has it, or None where it cannot read these octets; see also `Certificate.load`.

    Mail may carry anything in their place, and a bad one must not hide the good ones.
    """
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(encoded)
    except (ValueError, x509.InvalidVersion):  # InvalidVersion is no ValueError
        return None
