"""The spool: what goes in comes out, and what is on disk is sealed."""

from __future__ import annotations

import os
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from letterlock.spool import BLOCK_OCTETS, Spool


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 3 * BLOCK_OCTETS), max_size=6),
    st.lists(st.tuples(st.integers(0, 8 * BLOCK_OCTETS), st.integers(0, 2 * BLOCK_OCTETS)), max_size=8),
)
def test_what_goes_in_comes_out(sizes: list[int], reads: list[tuple[int, int]]) -> None:
    """Any stretch can be read, in memory or sealed on disk, after any sequence of writes."""
    spool, expected = Spool(memory=BLOCK_OCTETS), bytearray()
    for number, size in enumerate(sizes):
        data = bytes([number + 1]) * size
        spool.write(data)
        expected += data
    assert len(spool) == len(expected)
    for start, length in reads:
        assert spool.read(start, start + length) == expected[start : start + length]
    assert b"".join(spool.blocks()) == expected
    spool.close()


def test_nothing_readable_reaches_the_disk() -> None:
    """Every octet that the process has written to its temporary file is sealed."""
    spool = Spool(memory=1000)
    spool.write(b"MARKER-IN-CLEAR " * 20_000)
    assert spool._file is not None
    on_disk = os.pread(spool._file.fileno(), 10_000_000, 0)
    assert len(on_disk) > 200_000
    assert b"MARKER" not in on_disk
    spool.close()


def test_the_file_has_no_name(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    """A process that is killed leaves nothing behind: the file is unnamed while it is in use."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    spool = Spool(memory=0)
    spool.write(b"x" * 200_000)
    assert list(tmp_path.iterdir()) == []
    spool.close()
