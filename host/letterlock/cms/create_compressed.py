"""CompressedData (RFC 3274): writing, while the content streams through."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from letterlock.cms import content_types, der, framing
from letterlock.cms.compressed import ZLIB
from letterlock.cms.oids import encoded
from letterlock.cms.schema import Algorithm


class CompressedWriter:
    """Writes one ContentInfo of type compressed-data, in BER: how long the content becomes shows only at its end.

    Args:
        sink: gets the octets, in order.
    """

    def __init__(self, sink: Callable[[bytes], None], *, content_type: str = content_types.DATA) -> None:
        self._zlib = zlib.compressobj()
        self._frame = framing.FrameWriter(
            sink,
            content_types.COMPRESSED_DATA,
            der.integer(0) + Algorithm(ZLIB, None).encode(),
            encoded(content_type),
            explicit=True,
        )

    def write(self, octets: bytes) -> None:
        """More content."""
        self._frame.write(self._zlib.compress(octets))

    def close(self) -> None:
        """No more content comes."""
        self._frame.write(self._zlib.flush())
        self._frame.finish(b"")
