"""Certificates in vCards: the property KEY of versions 2.1, 3.0 and 4.0 (RFC 2426 §3.7.2, RFC 6350 §6.8.1).

Only KEY is read, so this is no reader of vCards: lines are unfolded and one property is taken. An address book may hold
OpenPGP keys, URLs and nonsense under the same property; these are passed over.
"""

from __future__ import annotations

import base64
import binascii
import re

from letterlock.trust.anchors import certificates_of
from letterlock.trust.certificate import Certificate
from letterlock.trust.reasons import CertificateUndecodable, NoCertificateInFile

_BEGIN = re.compile(rb"\s*BEGIN:VCARD\b", re.IGNORECASE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_KEY = re.compile(rb"^(?:[\w-]+\.)?KEY((?:;[^:\r\n]*)?):(.*?)\r?$", re.IGNORECASE | re.MULTILINE)
_DATA = re.compile(rb"(?:data|DATA):[^,]*;base64,(.*)", re.DOTALL)


def is_vcard(data: bytes) -> bool:
    """Whether a file begins as vCards do."""
    return bool(_BEGIN.match(data.removeprefix(b"\xef\xbb\xbf")))


def certificates_in_vcards(data: bytes, name: str) -> tuple[Certificate, ...]:
    """Every certificate under KEY, each once, in the order of the file.

    Raises:
        NoCertificateInFile: there is none.
    """
    found: dict[Certificate, None] = {}
    for match in _KEY.finditer(_FOLD.sub(b"", data)):
        for certificate in _certificates(match[1], match[2]):
            found.setdefault(certificate)
    if not found:
        raise NoCertificateInFile(name)
    return tuple(found)


def _certificates(parameters: bytes, value: bytes) -> tuple[Certificate, ...]:
    if b"pgp" in parameters.lower():
        return ()
    inline = _DATA.match(value)
    try:
        # 2.1 and 3.0 say ENCODING=b, and the value is base64; 4.0 has a data: URI. Others are URLs, never fetched.
        der = base64.b64decode(inline[1] if inline else value, validate=True)
        return certificates_of(der, "KEY")
    except (binascii.Error, CertificateUndecodable, NoCertificateInFile):
        return ()
