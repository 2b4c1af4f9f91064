"""Content types by number and name, and which one an object is, from its first octets."""

from __future__ import annotations

from letterlock.cms.oids import dotted

DATA = "1.2.840.113549.1.7.1"
SIGNED_DATA = "1.2.840.113549.1.7.2"
ENVELOPED_DATA = "1.2.840.113549.1.7.3"
DIGESTED_DATA = "1.2.840.113549.1.7.5"
ENCRYPTED_DATA = "1.2.840.113549.1.7.6"
AUTHENTICATED_DATA = "1.2.840.113549.1.9.16.1.2"
COMPRESSED_DATA = "1.2.840.113549.1.9.16.1.9"
AUTH_ENVELOPED_DATA = "1.2.840.113549.1.9.16.1.23"
RECEIPT = "1.2.840.113549.1.9.16.1.1"

COUNTERSIGNATURE = "1.2.840.113549.1.9.6"
"""No content type but an attribute's number: in `SignerInfo.content_type` it says that a signature was signed."""

_NAMES = {
    DATA: "data",
    SIGNED_DATA: "signed-data",
    ENVELOPED_DATA: "enveloped-data",
    "1.2.840.113549.1.7.4": "signed-and-enveloped-data",
    DIGESTED_DATA: "digested-data",
    ENCRYPTED_DATA: "encrypted-data",
    AUTHENTICATED_DATA: "authenticated-data",
    COMPRESSED_DATA: "compressed-data",
    AUTH_ENVELOPED_DATA: "authEnveloped-data",
    RECEIPT: "receipt",
    "1.2.840.113549.1.9.16.1.4": "time-stamp token",
    "1.2.840.113549.1.9.16.1.19": "content-collection",
    "1.2.840.113549.1.9.16.1.20": "content-with-attributes",
    COUNTERSIGNATURE: "countersignature",
}


def content_type_name(oid: str) -> str:
    """The name a content type has in its RFC, or its dotted number where we know none."""
    return _NAMES.get(oid, oid)


def content_type(prefix: bytes) -> str | None:
    """The dotted content type of a ContentInfo of which `prefix` is the start, or None.

    None says that these octets do not start a ContentInfo (or are fewer than about 20); nothing after the type is
    looked at, so an answer is no promise that the object can be read. Cheap: for choosing a reader.
    """
    position = _inside(prefix, 0, 0x30)
    if position is None or prefix[position : position + 1] != b"\x06":
        return None
    start = _inside(prefix, position, 0x06)
    # An object identifier longer than 127 octets names no content type that exists.
    if start is None or start != position + 2 or start + prefix[position + 1] > len(prefix):
        return None
    return dotted(prefix[start : start + prefix[position + 1]])


def _inside(octets: bytes, position: int, tag: int) -> int | None:
    """Where the contents of the value at `position` start, if it has this tag."""
    if len(octets) < position + 2 or octets[position] != tag:
        return None
    length = octets[position + 1]
    return position + 2 + (length & 0x7F if length > 0x80 else 0)
