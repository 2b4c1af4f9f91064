"""The little of a certificate that CMS needs: reading it, its issuer's octets, its key's identifier and restrictions.

It trusts nothing and judges nothing. Fields are taken from the DER here where the library would first parse every
name and extension, and fail over one that has nothing to do with the question.
"""

from __future__ import annotations

from cryptography import x509

from letterlock.cms import der, schema
from letterlock.cms.failures import CmsMalformed

_SUBJECT_KEY_IDENTIFIER = "2.5.29.14"


def load_certificate(encoded: bytes) -> x509.Certificate | None:
    """The certificate, or None where these octets are none that the library can read.

    Mail may carry anything in their place, and a bad one must not hide the good ones.
    """
    try:
        return x509.load_der_x509_certificate(encoded)
    except (ValueError, x509.InvalidVersion):  # InvalidVersion is no ValueError
        return None


def issuer(certificate: x509.Certificate) -> bytes | None:
    """The issuer's Name as the octets that were signed."""
    try:
        return schema.octets(_tbs(certificate).issuer)
    except CmsMalformed:
        return None


def key_identifier(certificate: x509.Certificate) -> bytes | None:
    """The subjectKeyIdentifier extension's octets (RFC 5280 §4.2.1.2), where it is there and can be read."""
    try:
        for extension in _tbs(certificate).extensions or ():
            if extension.extn_id.dotted_string == _SUBJECT_KEY_IDENTIFIER:
                value = extension.extn_value
                return der.contents(value, "SubjectKeyIdentifier") if value[:1] == b"\x04" else None
    except CmsMalformed:
        pass
    return None


def key_algorithm(certificate: x509.Certificate) -> schema.Algorithm | None:
    """The algorithm that the key is for, with parameters, which the library drops for RSASSA-PSS."""
    try:
        return schema.Algorithm.read(_tbs(certificate).subject_public_key_info.algorithm, "SubjectPublicKeyInfo")
    except CmsMalformed:
        return None


def _tbs(certificate: x509.Certificate) -> schema.TbsCertificate:
    return schema.decode(schema.TbsCertificate, certificate.tbs_certificate_bytes, "TBSCertificate")
