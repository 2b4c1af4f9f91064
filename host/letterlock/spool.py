"""Where a message waits while it is read: in memory while it is small, else on disk, sealed.

A spool is append-only and read at random. Beyond `memory` octets its blocks go to an unnamed temporary file,
each sealed with AES-256-GCM under a key that exists only in this object: what a person's mail says never touches
a disk in clear, and a file left behind by a crash is noise. The block number is the nonce: every block is
written once, under a key used for one spool only, so no nonce repeats.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from typing import IO, TYPE_CHECKING

from letterlock import limits

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCK_OCTETS = 65_536
_TAG_OCTETS = 16


class Spool:
    """Octets written once and read at any place, any number of times."""

    def __init__(self, memory: int = limits.SPOOL_MEMORY_OCTETS) -> None:
        self._memory = memory
        self._tail = bytearray()
        """What is not in the file: everything at first, less than a block once there is a file."""
        self._file: IO[bytes] | None = None
        self._cipher: AESGCM | None = None
        self._sealed_octets = 0
        self._cached: tuple[int, bytes] = (-1, b"")

    def __len__(self) -> int:
        return self._sealed_octets + len(self._tail)

    def write(self, data: bytes | memoryview) -> None:
        """Append octets."""
        self._tail += data
        if self._file is None and len(self._tail) > self._memory:
            self._start_file()
        if self._file is not None and len(self._tail) >= BLOCK_OCTETS:
            self._seal_blocks(self._file)

    def read(self, start: int, end: int) -> bytes:
        """The octets from `start` up to `end` (or the spool's end)."""
        end = min(end, len(self))
        if start >= self._sealed_octets:
            return bytes(memoryview(self._tail)[start - self._sealed_octets : max(end - self._sealed_octets, 0)])
        pieces = []
        while start < min(end, self._sealed_octets):
            number, offset = divmod(start, BLOCK_OCTETS)
            piece = self._unseal(number)[offset : offset + end - start]
            pieces.append(piece)
            start += len(piece)
        if start < end:
            pieces.append(self.read(start, end))
        return b"".join(pieces)

    def blocks(self, start: int = 0, end: int | None = None, size: int = 4 * BLOCK_OCTETS) -> Iterator[bytes]:
        """The octets from `start` to `end`, in pieces of at most `size` octets."""
        end = len(self) if end is None else min(end, len(self))
        while start < end:
            # Later pieces begin on a block, so that no block is unsealed twice.
            stop = min(end, start - start % BLOCK_OCTETS + size)
            yield self.read(start, stop)
            start = stop

    def close(self) -> None:
        """Forget everything. The file, if any, is gone with its key."""
        self._tail = bytearray()
        self._sealed_octets = 0
        self._cached = (-1, b"")
        self._cipher = None
        if self._file is not None:
            self._file.close()
            self._file = None

    def _start_file(self) -> None:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        self._cipher = AESGCM(AESGCM.generate_key(256))
        # Unbuffered: a buffer would hold plaintext-sized copies for nothing. The file has no name where the
        # system allows it, and is private to the user everywhere.
        self._file = tempfile.TemporaryFile(buffering=0, prefix="letterlock-")  # noqa: SIM115 (closed in close)

    def _seal_blocks(self, file: IO[bytes]) -> None:
        assert self._cipher is not None
        whole = len(self._tail) - len(self._tail) % BLOCK_OCTETS
        number = self._sealed_octets // BLOCK_OCTETS
        file.seek(0, os.SEEK_END)
        with memoryview(self._tail) as view:
            for offset in range(0, whole, BLOCK_OCTETS):
                sealed = self._cipher.encrypt(_nonce(number), view[offset : offset + BLOCK_OCTETS], None)
                _write_all(file, sealed)
                number += 1
        del self._tail[:whole]
        self._sealed_octets += whole

    def _unseal(self, number: int) -> bytes:
        if self._cached[0] != number:
            assert self._file is not None
            assert self._cipher is not None
            self._file.seek(number * (BLOCK_OCTETS + _TAG_OCTETS))
            sealed = self._file.read(BLOCK_OCTETS + _TAG_OCTETS)
            self._cached = (number, self._cipher.decrypt(_nonce(number), sealed, None))
        return self._cached[1]


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _write_all(file: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
