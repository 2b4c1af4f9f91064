"""The outer form of an evidence bundle: a ZIP file as ASiC wants it (ETSI EN 319 162-1 §4.4, Annex A.1), and no more.

Written: `mimetype` first; every entry stored; names in ASCII; no extra fields, comments or descriptors. Read: exactly
that. Each octet of the file belongs to one entry or to the directory, both headers of an entry say the same, and
nothing is ever unpacked to a disk or expanded. So what one program sees in the file, every other one sees too
(APPNOTE.TXT 6.3.10 leaves much room there), and a bundle cannot be a bomb. A bundle that was packed anew with
compression is refused, with the reason.

Not checked here: the octets of the entries (`Bundle` compares them with checksums and manifests).
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, NamedTuple, Protocol

from letterlock import limits
from letterlock.evidence.bundle_failures import (
    BundleEntryCompressed,
    BundleEntryEncrypted,
    BundleEntrySpecial,
    BundleEntryTooLarge,
    BundleEntryTwice,
    BundleHeadersDiffer,
    BundleNameEscapes,
    BundleOctetsBetween,
    BundleTooManyEntries,
    BundleZip64,
    NotABundle,
)

MIMETYPE = b"application/vnd.etsi.asic-e+zip"
"""§4.4.2: the content of the first entry."""

PIECE_OCTETS = 1024 * 1024

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_LOCAL_FORM = struct.Struct("<4s5H3I2H")
"""signature, version needed, flags, method, time, date, crc-32, compressed, uncompressed, name, extra (§4.3.7)."""
_CENTRAL_FORM = struct.Struct("<4s6H3I5H2I")
"""signature, version made by, …, name, extra, comment, disk, internal, external, offset (§4.3.12)."""
_END_FORM = struct.Struct("<4s4H2IH")
"""signature, this disk, disk of directory, entries here, entries, size, offset, comment (§4.3.16)."""

_VERSION, _MADE_BY, _STORED, _ENCRYPTED = 20, 0x0314, 0, 0x0001
_EXTERNAL = 0o100644 << 16
"""An ordinary file that everybody may read; made by a Unix (3), version 2.0."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_WHOLE = 0xFFFFFFFF


class Entry(NamedTuple):
    """One object: its octets lie at `offset`."""

    name: str
    offset: int
    size: int
    crc: int


class Container:
    """A container that is read. Raises `BundleUnreadable`, and `OSError` as the file does."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.entries: dict[str, Entry] = {}
        for entry in _entries(file):
            if entry.name in self.entries:
                raise BundleEntryTwice(entry.name)
            self.entries[entry.name] = entry
        first = next(iter(self.entries), "")
        if first != "mimetype" or self.octets("mimetype", len(MIMETYPE)) != MIMETYPE:
            raise NotABundle("mimetype")

    def pieces(self, name: str) -> Iterator[bytes]:
        """The octets of an entry, in pieces."""
        entry = self.entries[name]
        for start in range(entry.offset, entry.offset + entry.size, PIECE_OCTETS):
            self._file.seek(start)
            yield _exactly(self._file, min(PIECE_OCTETS, entry.offset + entry.size - start))

    def octets(self, name: str, most: int) -> bytes:
        """The octets of a small entry; raises `BundleEntryTooLarge`."""
        if self.entries[name].size > most:
            raise BundleEntryTooLarge(name, most)
        return b"".join(self.pieces(name))


class Sink(Protocol):
    """What takes octets one after the other."""

    def write(self, data: bytes, /) -> object: ...


class ContainerWriter:
    """Writes a container from its beginning to its end."""

    def __init__(self, sink: Sink, at: datetime) -> None:
        self._sink = sink
        self._at = 0
        # MS-DOS time, in steps of two seconds. It proves nothing and helps people who list the file.
        self._day = (at.year - 1980) << 9 | at.month << 5 | at.day, at.hour << 11 | at.minute << 5 | at.second // 2
        self._directory: list[bytes] = []
        self.add("mimetype", [MIMETYPE])

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """One more entry. `pieces` are gone through twice: what stands before them tells their size and checksum."""
        start, size, crc = self._at, 0, 0
        for piece in pieces:
            size += len(piece)
            crc = zlib.crc32(piece, crc)
        if start + size > limits.BUNDLE_OCTETS:
            raise BundleEntryTooLarge(name, limits.BUNDLE_OCTETS)
        date, time = self._day
        common = (_VERSION, 0, _STORED, time, date, crc, size, size, len(name), 0)
        self._write(_LOCAL_FORM.pack(_LOCAL, *common) + name.encode("ascii"))
        for piece in pieces:
            self._write(piece)
        assert self._at == start + _LOCAL_FORM.size + len(name) + size
        central = _CENTRAL_FORM.pack(_CENTRAL, _MADE_BY, *common, 0, 0, 0, _EXTERNAL, start)
        self._directory.append(central + name.encode("ascii"))

    def close(self) -> None:
        """Writes the directory. The sink stays open."""
        directory = b"".join(self._directory)
        count = len(self._directory)
        self._write(directory + _END_FORM.pack(_END, 0, 0, count, count, len(directory), self._at, 0))

    def _write(self, octets: bytes) -> None:
        self._sink.write(octets)
        self._at += len(octets)


def _entries(file: IO[bytes]) -> Iterator[Entry]:
    """Entries in the order of the file; together with the directory they are the whole file."""
    total = file.seek(0, 2)
    if total > limits.BUNDLE_OCTETS:
        raise BundleEntryTooLarge("–", limits.BUNDLE_OCTETS)
    count, size, directory = _end(file, total)
    at = 0
    file.seek(directory)
    headers = _exactly(file, size)
    position = 0
    for _ in range(count):
        fields, name, position = _central(headers, position)
        if fields[-1] != at:
            raise BundleOctetsBetween(min(at, fields[-1]))
        at = _checked(file, name, fields, at, directory)
        yield Entry(name, at - fields[8], fields[8], fields[6])
    if position != len(headers) or at != directory:
        raise BundleOctetsBetween(at)


def _end(file: IO[bytes], total: int) -> tuple[int, int, int]:
    """Number of entries, size and place of the directory. It is followed by nothing, not even a comment."""
    if total < _END_FORM.size:
        raise NotABundle("size")
    file.seek(total - _END_FORM.size)
    mark, disk, start_disk, here, count, size, offset, comment = _END_FORM.unpack(_exactly(file, _END_FORM.size))
    if mark != _END or comment:
        raise NotABundle("end of central directory")
    if _WHOLE in (size, offset) or count == 0xFFFF:
        raise BundleZip64()
    if disk or start_disk or here != count:
        raise NotABundle("disks")
    if count > limits.BUNDLE_ENTRIES:
        raise BundleTooManyEntries(limits.BUNDLE_ENTRIES)
    if offset + size != total - _END_FORM.size:
        raise BundleOctetsBetween(min(offset + size, total - _END_FORM.size))
    return count, size, offset


def _central(headers: bytes, position: int) -> tuple[tuple[int, ...], str, int]:
    """One entry of the directory: its numbers, its name, and where the next one begins."""
    try:
        mark, *fields = _CENTRAL_FORM.unpack_from(headers, position)
    except struct.error:
        raise NotABundle("central directory") from None
    if mark != _CENTRAL:
        raise NotABundle("central directory")
    end = position + _CENTRAL_FORM.size
    raw = headers[end : end + fields[9]]
    name = _name(raw)
    _, needed, flags, method, _, _, _, packed, size, _, extra, comment, disk, internal, external, offset = fields
    if flags & _ENCRYPTED:
        raise BundleEntryEncrypted(name)
    if _WHOLE in (packed, size, offset):
        raise BundleZip64()
    if method != _STORED or packed != size:
        raise BundleEntryCompressed(name)
    if (fields[0], needed, flags, extra, comment, disk, internal) != (_MADE_BY, _VERSION, 0, 0, 0, 0, 0):
        raise BundleEntrySpecial(name)
    if external != _EXTERNAL:
        raise BundleEntrySpecial(name)
    return tuple(fields), name, end + fields[9]


def _name(raw: bytes) -> str:
    text = raw.decode("ascii", "replace")
    shown = "".join(each if each.isprintable() else "·" for each in text)[:200]
    if not _NAME.fullmatch(text) or len(text) > limits.BUNDLE_NAME_CHARACTERS:
        raise BundleNameEscapes(shown)
    return text


def _checked(file: IO[bytes], name: str, fields: tuple[int, ...], at: int, directory: int) -> int:
    """The local header says what the directory says; where the entry ends."""
    file.seek(at)
    head = _exactly(file, _LOCAL_FORM.size + len(name))
    if head[:4] != _LOCAL:
        raise BundleOctetsBetween(at)
    _, *local = _LOCAL_FORM.unpack(head[: _LOCAL_FORM.size])
    if local != [*fields[1:10], 0] or head[_LOCAL_FORM.size :] != name.encode("ascii"):
        raise BundleHeadersDiffer(name)
    end = at + len(head) + fields[8]
    if end > directory:
        raise BundleOctetsBetween(directory)
    return end


def _exactly(file: IO[bytes], size: int) -> bytes:
    octets = file.read(size)
    if len(octets) != size:
        raise NotABundle("size")
    return octets
