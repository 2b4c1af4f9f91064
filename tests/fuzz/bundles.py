"""What is claimed of anything that is read as an evidence bundle or as a manifest, and seeds for it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime

from letterlock.errors import LetterlockError

_TIME = datetime(2026, 11, 24, tzinfo=UTC)


def bundle(data: bytes) -> None:
    """Octets are a container that Python's own reader sees alike, or refused; whatever is in it, there is an answer."""
    from letterlock.evidence.container import Container
    from letterlock.operations.bundle_shapes import BundleStatus
    from letterlock.operations.bundle_verify import Verifying, verify

    try:
        container = Container(io.BytesIO(data))
    except LetterlockError:
        return
    with zipfile.ZipFile(io.BytesIO(data)) as other:
        assert other.namelist() == list(container.entries)
        for each in other.infolist():
            size = sum(len(piece) for piece in container.pieces(each.filename))
            assert size == each.file_size == each.compress_size
    assert sum(each.size for each in container.entries.values()) < len(data)
    try:
        found = verify(io.BytesIO(data), Verifying((), _TIME))
    except LetterlockError:
        return
    assert found.status in (BundleStatus.ALTERED, BundleStatus.NOT_PROVEN)
    assert found.not_proven


def manifest(data: bytes) -> None:
    """Octets are a manifest that is written as it was read, or refused."""
    from letterlock.evidence import manifest as reading

    try:
        found = reading.parse(data, "x")
    except LetterlockError:
        return
    assert reading.parse(reading.encode(found), "x") == found


def seeds() -> Iterator[tuple[str, bytes]]:
    """A bundle whose digests are right, and its manifest."""
    from letterlock.evidence import manifest as reading
    from letterlock.evidence.bundle import running
    from letterlock.evidence.container import ContainerWriter

    contents = {"message.eml": b"From: anna@muster.example\r\n\r\nx\r\n", "verdict.json": b"{}"}
    references = []
    for name, octets in contents.items():
        digest = running("SHA-256")
        digest.update(octets)
        references.append(reading.Reference(name, "text/plain", "SHA-256", digest.digest(), name == "message.eml"))
    octets = reading.encode(reading.Manifest("META-INF/timestamp001.tst", tuple(references)))
    out = io.BytesIO()
    writer = ContainerWriter(out, _TIME)
    stamped = {"META-INF/ASiCManifest001.xml": octets, "META-INF/timestamp001.tst": b"\x30\x00"}
    for name, content in (contents | stamped).items():
        writer.add(name, [content])
    writer.close()
    yield "bundle", out.getvalue()
    yield "manifest", octets
