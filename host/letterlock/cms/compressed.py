"""CompressedData (RFC 3274): reading, with a bound on what comes out.

The content is decompressed as it arrives and in pieces of bounded size, so that neither a long message nor one made to
explode fills the memory. What comes out is worth what goes in: compression authenticates nothing.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass

from cryptography.hazmat import asn1

from letterlock import limits
from letterlock.cms import ber, content_types, schema
from letterlock.cms.failures import (
    CmsMalformed,
    CompressionNotSupported,
    ContentExpandsTooFar,
    ContentNotDecompressed,
    ContentTypeNotSupported,
)
from letterlock.cms.oids import dotted
from letterlock.cms.schema import Algorithm

ZLIB = "1.2.840.113549.1.9.16.3.8"
"""id-alg-zlibCompress (RFC 3274 §2): zlib's format (RFC 1950), with the checksum that it ends in."""

_CONTENT = (0x30, 0xA0, 0x30, 0x30, 0xA0, 0x04)
"""ContentInfo, content, CompressedData, encapContentInfo, eContent, its OCTET STRING."""

_PIECE_OCTETS = 65_536
"""Most octets that leave the decompressor at once."""


@dataclass(frozen=True)
class Decompressed:
    """Content that was decompressed whole. `octets` is how many there were."""

    content_type: str
    octets: int


class CompressedReader:
    """Reads one ContentInfo of type compressed-data, in BER or DER, in chunks cut anywhere.

    Args:
        content: gets the decompressed octets as they arrive, in order; they are not kept here, and are complete only
            when `close` returns.
        expansion: how many times larger content may become, beyond `free` octets.
        most: octets beyond which nothing comes out in any case.
    """

    def __init__(
        self,
        content: Callable[[bytes], None],
        *,
        expansion: int = limits.CMS_EXPANSION,
        free: int = limits.CMS_EXPANSION_FREE_OCTETS,
        most: int = limits.MESSAGE_OCTETS,
    ) -> None:
        self._content = content
        self._expansion = expansion
        self._free = free
        self._most = most
        self._taken = 0
        self._given = 0
        self._zlib = zlib.decompressobj()
        self._reader = ber.BerReader(_CONTENT, self._decompress, self._seen, begins=self._begin)

    @property
    def octets(self) -> int:
        """How many octets came out so far."""
        return self._given

    def feed(self, data: bytes) -> None:
        """More octets (base64 already removed).

        Raises:
            ContentTypeNotSupported, CompressionNotSupported: as soon as it is known; nothing went to the sink.
            ContentNotDecompressed, ContentExpandsTooFar: the compressed octets are damaged, or a bomb.
            CmsFailure: the octets are not CMS, or beyond a limit. The reader is of no use any more.
        """
        self._reader.feed(data)

    def close(self) -> Decompressed:
        """No more octets come.

        Raises:
            CmsFailure: as `feed`; `CmsTruncated` where the object is not complete.
        """
        wire = schema.decode(schema.CompressedContentInfo, self._reader.close(), "CompressedData").content
        _check(wire.compression_algorithm)
        if (wire.encap_content_info.content is not None) != self._reader.diverted:
            raise CmsMalformed("EncapsulatedContentInfo")
        # zlib's checksum stands at the end of its stream: without the end nothing was checked.
        if not self._zlib.eof:
            raise ContentNotDecompressed
        return Decompressed(wire.encap_content_info.content_type.dotted_string, self._given)

    def _seen(self, depth: int, oid: bytes) -> None:
        if depth == 1:
            found = dotted(oid)
            if found is None:
                raise CmsMalformed("ContentInfo")
            if found != content_types.COMPRESSED_DATA:
                raise ContentTypeNotSupported(found, content_types.content_type_name(found))

    def _begin(self, so_far: bytes) -> None:
        start = schema.decode(schema.CompressedContentInfoStart, so_far, "CompressedData").content
        _check(start.compression_algorithm)

    def _decompress(self, octets: bytes) -> None:
        self._taken += len(octets)
        bound = min(self._most, max(self._free, self._expansion * self._taken))
        pending = octets
        while True:
            try:
                text = self._zlib.decompress(pending, _PIECE_OCTETS)
            except zlib.error:
                raise ContentNotDecompressed from None
            if self._zlib.unused_data:
                raise ContentNotDecompressed
            self._given += len(text)
            if self._given > bound:
                raise ContentExpandsTooFar(bound)
            if text:
                self._content(text)
            pending = self._zlib.unconsumed_tail
            if not pending and len(text) < _PIECE_OCTETS:
                return


def _check(fields: list[asn1.TLV]) -> None:
    """RFC 3274 §2: parameters are absent; NULL is seen."""
    algorithm = Algorithm.read(fields, "CompressionAlgorithmIdentifier")
    if algorithm.oid != ZLIB or not algorithm.bare:
        raise CompressionNotSupported(algorithm.oid)
