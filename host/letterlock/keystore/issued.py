"""Files in which certificates come: PEM, DER, and PKCS#7 collections (.p7b, .p7c), one or many, in any order.

It finds certificates and judges none.
"""

from __future__ import annotations

import base64
import binascii
import re

from letterlock import limits
from letterlock.cms import CmsFailure, SignedDataReader, load_certificate
from letterlock.cms.ber import to_der
from letterlock.keystore.identity_failures import CertificateFileUnreadable, CertificatesTooMany

_BLOCK = re.compile(
    rb"-----BEGIN (?:X509 |TRUSTED )?(?:CERTIFICATE|PKCS ?#?7(?: SIGNED DATA)?|CMS|CERTIFICATE CHAIN)-----"
    rb"(.*?)-----END",
    re.DOTALL,
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")


def certificates(octets: bytes) -> list[bytes]:
    """Every certificate in a file that the library can read, in DER, each once, in the order found.

    Raises:
        CertificateFileUnreadable: there is none.
        CertificatesTooMany: there are more than are read.
    """
    if len(octets) > limits.CERTIFICATE_FILE_OCTETS:
        raise CertificateFileUnreadable
    found: dict[bytes, None] = {}
    for block in _blocks(octets):
        for der in _in_block(block):
            if der not in found and load_certificate(der) is not None:
                if len(found) == limits.CERTIFICATE_FILE_ENTRIES:
                    raise CertificatesTooMany(limits.CERTIFICATE_FILE_ENTRIES)
                found[der] = None
    if not found:
        raise CertificateFileUnreadable
    return list(found)


def _blocks(octets: bytes) -> list[bytes]:
    armoured = _BLOCK.findall(octets)
    # Windows saves base64 without armour, too.
    if not armoured and _BASE64.fullmatch(octets):
        armoured = [octets]
    if not armoured:
        return [octets]
    found = []
    for text in armoured:
        try:
            found.append(base64.b64decode(text))
        except binascii.Error:
            continue
    return found


def _in_block(octets: bytes) -> list[bytes]:
    """A certificate, or those of a SignedData. Some authorities put a collection into a block that says CERTIFICATE."""
    reader = SignedDataReader(lambda content: None)
    try:
        reader.feed(octets)
        return list(reader.close().certificates)
    except CmsFailure:
        pass
    try:
        return [to_der(octets)]
    except CmsFailure:
        return []
