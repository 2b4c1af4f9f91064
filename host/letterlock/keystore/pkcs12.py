"""PKCS#12 files (RFC 7292), in which certificates with their keys are handed over: `.p12`, `.pfx`.

The library decrypts them; here it is told apart what is wrong with one that does not open. Real files are DER or BER,
sometimes in PEM armour, and "no passphrase" means an empty one to some programs and none at all to others.
"""

from __future__ import annotations

import base64
import binascii
import re

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, pkcs12

from letterlock import limits
from letterlock.cms import CmsFailure
from letterlock.cms.ber import to_der
from letterlock.keystore.failures import (
    CertificateMissing,
    KeyFileDamaged,
    KeyFileNotSupported,
    KeyFileTooLarge,
    KeyMissing,
    WrongPassphrase,
)
from letterlock.keystore.identity import Identity

_ARMOUR = re.compile(rb"-----BEGIN PKCS ?#?12-----(.*?)-----END", re.DOTALL)
_WRONG = "Invalid password or PKCS12 data"
"""What the library says of a wrong passphrase; of everything else that it cannot read it says something else. It has no
other way to tell (`test_a_readable_passphrase_on_an_unreadable_file`)."""

_PFX = re.compile(rb"\x30(?:[\x00-\x7f]|\x81.|\x82..|\x83...)\x02\x01\x03\x30", re.DOTALL)
"""PFX ::= SEQUENCE { version INTEGER {v3(3)}, authSafe ContentInfo, macData MacData OPTIONAL }   (RFC 7292 §4)"""


def load(octets: bytes, passphrase: str) -> Identity:
    """The identity in a PKCS#12 file; of several keys the first.

    Args:
        passphrase: as the person typed it. Empty: an empty one and none at all are both tried.

    Raises:
        WrongPassphrase: it does not open with it.
        KeyFileDamaged, KeyFileTooLarge: it is no PKCS#12 file, or not a whole one.
        KeyFileNotSupported: it opens with nothing that the library has.
        KeyMissing, CertificateMissing: it opens, and one of the two is not in it.
    """
    opened = _open(_pfx(octets), [passphrase.encode()] if passphrase else [b"", None])
    if opened.key is None:
        raise KeyMissing
    certificates = [each.certificate for each in (opened.cert, *opened.additional_certs) if each is not None]
    public = _public(opened.key)
    own = next((each for each in certificates if _public_of(each) == public), None)
    if own is None:
        raise CertificateMissing
    others = tuple(each.public_bytes(Encoding.DER) for each in certificates if each is not own)
    return Identity(own.public_bytes(Encoding.DER), opened.key, others)


def _pfx(octets: bytes) -> bytes:
    """The file in DER, out of its armour."""
    if len(octets) > limits.KEY_FILE_OCTETS:
        raise KeyFileTooLarge(limits.KEY_FILE_OCTETS)
    armoured = _ARMOUR.search(octets)
    try:
        encoded = to_der(base64.b64decode(armoured[1]) if armoured else octets)
    except (CmsFailure, binascii.Error):
        raise KeyFileDamaged from None
    if not _PFX.match(encoded):
        raise KeyFileDamaged
    return encoded


def _open(encoded: bytes, passphrases: list[bytes] | list[bytes | None]) -> pkcs12.PKCS12KeyAndCertificates:
    for passphrase in passphrases:
        try:
            return pkcs12.load_pkcs12(encoded, passphrase)
        except (UnsupportedAlgorithm, ValueError, TypeError) as failure:
            if str(failure) != _WRONG:
                raise KeyFileNotSupported from None
    raise WrongPassphrase


def _public(key: PrivateKeyTypes) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _public_of(certificate: x509.Certificate) -> bytes | None:
    try:
        return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
