"""S/MIME entities, written (RFC 8551 §3): a finished message becomes one that is signed, encrypted, or both.

Octets in, octets out; nothing here signs or encrypts. What is signed is the message's MIME entity in canonical form:
its Content- fields, an empty line, its body, with CRLF at every line end (RFC 8551 §3.1.1). All other fields stay
outside, to the letter, and readable: header protection is not done here.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass

from letterlock import limits
from letterlock.errors import MessageTooLarge, NotAMessage
from letterlock.mime.failures import NotSevenBit
from letterlock.mime.fields import decode_octets, parse_line, parse_parameters

_LINE_END = re.compile(rb"\r\n|\r|\n")
_LINE = 76
_LONGEST_LINE = 998
"""Octets of a line without its end (RFC 5322 §2.1.1)."""
_DEFAULT_TYPE = b"Content-Type: text/plain; charset=us-ascii\r\n"


@dataclass(frozen=True)
class Finished:
    """A message in two: the fields that stay outside, and the entity that is protected, both with CRLF.

    `addresses_of` reads fields from the outside ones.
    """

    outside: bytes
    entity: bytes

    @classmethod
    def split(cls, message: bytes) -> Finished:
        """Take a message apart.

        Raises:
            NotAMessage: it has no header section, or something in it that is no field.
            MessageTooLarge: beyond `limits.PROTECTED_OCTETS`.
        """
        if len(message) > limits.PROTECTED_OCTETS:
            raise MessageTooLarge(limits.PROTECTED_OCTETS)
        canonical = _LINE_END.sub(b"\r\n", message)
        header, separator, body = canonical.partition(b"\r\n\r\n")
        if not separator:
            header, body = canonical.removesuffix(b"\r\n"), b""
        outside, inside = [], []
        for field in _fields(header):
            name = field.partition(b":")[0].strip().lower()
            if name.startswith(b"content-"):
                inside.append(field)
            elif name != b"mime-version":
                outside.append(field)
        if not any(each.lower().startswith(b"content-type") for each in inside):
            inside.insert(0, _DEFAULT_TYPE)
        return cls(b"".join(outside), b"".join(inside) + b"\r\n" + body)

    def values(self, name: str) -> list[str]:
        """The unfolded values of an outside field, in order."""
        found = []
        for field in _fields(self.outside.removesuffix(b"\r\n")):
            parsed = parse_line(field)
            if parsed and parsed[0] == name:
                found.append(decode_octets(parsed[1].replace(b"\r\n", b"")).strip(" \t"))
        return found

    def seven_bit(self) -> Finished:
        """The same with an entity that survives every transport (RFC 8551 §3.1.3), which a clear signature needs.

        One part that is not 7bit is written in base64; several would have to be written anew one by one.

        Raises:
            NotSevenBit: a multipart, or a part whose encoding is not what it says.
        """
        header, _, body = self.entity.partition(b"\r\n\r\n")
        lines = self.entity.split(b"\r\n")
        if self.entity.isascii() and b"\0" not in self.entity and all(len(each) <= _LONGEST_LINE for each in lines):
            return self
        fields = _fields(header)
        type_ = next((each for each in fields if each.lower().startswith(b"content-type")), _DEFAULT_TYPE)
        kind = parse_parameters(decode_octets(type_.partition(b":")[2].replace(b"\r\n", b"")))
        composite = kind.value.startswith(("multipart/", "message/"))
        encodings = [each for each in fields if each.lower().startswith(b"content-transfer-encoding")]
        said = encodings[0].partition(b":")[2].strip().lower() if encodings else b"7bit"
        if composite or len(encodings) > 1 or said not in (b"8bit", b"binary") or not header.isascii():
            raise NotSevenBit
        kept = b"".join(each for each in fields if each not in encodings)
        return Finished(self.outside, kept + b"Content-Transfer-Encoding: base64\r\n\r\n" + _base64(body))

    def with_entity(self, entity: bytes) -> bytes:
        """The whole message with another entity in the place of its own."""
        return self.outside + b"MIME-Version: 1.0\r\n" + entity


def signed(entity: bytes, signature: bytes, micalg: str) -> bytes:
    """multipart/signed (RFC 1847 §2.1, RFC 8551 §3.5.3) of an entity and the detached SignedData over it.

    Args:
        micalg: the digest algorithms, with commas between.
    """
    boundary = _boundary(entity)
    head = (
        f'Content-Type: multipart/signed; protocol="application/pkcs7-signature";\r\n'
        f' micalg="{micalg}"; boundary="{boundary}"\r\n\r\n'
        "This is a signed message (S/MIME).\r\n"
    ).encode()
    delimiter = f"\r\n--{boundary}".encode()
    part = (
        b'Content-Type: application/pkcs7-signature; name="smime.p7s"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="smime.p7s"\r\n\r\n'
    )
    # The line end before a delimiter belongs to the delimiter: what is signed ends where the entity does.
    return (
        head
        + delimiter[2:]
        + b"\r\n"
        + entity
        + delimiter
        + b"\r\n"
        + part
        + _base64(signature)
        + delimiter
        + b"--\r\n"
    )


def enveloped(octets: bytes, smime_type: str) -> bytes:
    """application/pkcs7-mime (RFC 8551 §3.3, §3.4) of an EnvelopedData or AuthEnvelopedData."""
    head = (
        f'Content-Type: application/pkcs7-mime; smime-type={smime_type}; name="smime.p7m"\r\n'
        "Content-Transfer-Encoding: base64\r\n"
        'Content-Disposition: attachment; filename="smime.p7m"\r\n\r\n'
    ).encode()
    return head + _base64(octets)


def _fields(header: bytes) -> list[bytes]:
    """The fields of a header section with CRLF, each whole with its folded lines; raises `NotAMessage`."""
    found: list[bytes] = []
    for line in header.split(b"\r\n"):
        if line[:1] in (b" ", b"\t") and found:
            found[-1] += line + b"\r\n"
        elif parse_line(line) is None:
            raise NotAMessage
        else:
            found.append(line + b"\r\n")
    return found


def _boundary(entity: bytes) -> str:
    while True:
        # "=_" cannot stand in quoted-printable or base64 (RFC 2045 §6.7).
        boundary = f"=_{secrets.token_hex(16)}"
        if boundary.encode() not in entity:
            return boundary


def _base64(octets: bytes) -> bytes:
    text = base64.b64encode(octets)
    return b"".join(text[start : start + _LINE] + b"\r\n" for start in range(0, len(text), _LINE))
