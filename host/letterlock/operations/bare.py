"""A CMS object directly inside another, with no MIME entity between them (RFC 5652 §4 allows it, RFC 8551 does not).

Some gateways and the libraries behind them write such mail. The inner object is given the application/pkcs7-mime
entity that RFC 8551 §3.2 asks for, and is then opened like any other layer: the same bounds, the same rules.
"""

from __future__ import annotations

from collections.abc import Callable

from letterlock.cms import content_type
from letterlock.cms.content_types import AUTH_ENVELOPED_DATA, COMPRESSED_DATA, DATA, ENVELOPED_DATA, SIGNED_DATA
from letterlock.cms.oids import encoded
from letterlock.mime.reader import Allowance, Reader
from letterlock.operations.source import Source, Watch
from letterlock.spool import Spool

BARE = frozenset({SIGNED_DATA, ENVELOPED_DATA, AUTH_ENVELOPED_DATA, COMPRESSED_DATA})
"""The content types that are layers of a mail, and therefore opened without a MIME entity around them."""

_HEADER = b"Content-Type: application/pkcs7-mime\r\nContent-Transfer-Encoding: binary\r\n\r\n"


def inside(kind: str, content: Spool) -> bool:
    """Whether a content of that type is such an object: by its type, or, where that says nothing, by its octets.

    No MIME entity begins as a ContentInfo does; what calls it id-data did not mind the difference.
    """
    return kind in BARE or (kind == DATA and content_type(content.read(0, 64)) in BARE)


def entity(
    kind: str, content: Spool, root_id: str, spools: Callable[[], Spool], allowance: Allowance, watch: Watch
) -> Source:
    """A content of the type `kind` as the MIME entity that it should have been.

    Args:
        content: the object, with or without the ContentInfo around it (RFC 5652 §3): senders do both.

    Raises:
        TooManyParts: beyond what the message may have.
    """
    spool, reader = spools(), Reader(root_id, allowance=allowance)

    def add(octets: bytes) -> None:
        spool.write(octets)
        reader.feed(octets)

    add(_HEADER)
    if content_type(content.read(0, 64)) is None:
        # ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT }, both of indefinite length.
        add(b"\x30\x80" + encoded(kind) + b"\xa0\x80")
        for block in content.blocks():
            add(block)
        add(bytes(4))
    else:
        for block in content.blocks():
            add(block)
    return Source(spool, reader.close(), watch)
