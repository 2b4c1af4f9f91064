"""Bundles taken apart and put together again by hand: with the same form, and other contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from letterlock.evidence.container import ContainerWriter
from tests.trust.chains import NOW


def objects(octets: bytes) -> dict[str, bytes]:
    """Everything but `mimetype`, by Python's own reader."""
    with zipfile.ZipFile(io.BytesIO(octets)) as container:
        return {each: container.read(each) for each in container.namelist()[1:]}


def repacked(contents: Mapping[str, bytes]) -> bytes:
    """A container with these objects, right in its form."""
    out = io.BytesIO()
    writer = ContainerWriter(out, NOW)
    for name, octets in contents.items():
        writer.add(name, [octets])
    writer.close()
    return out.getvalue()


def altered(octets: bytes, name: str) -> bytes:
    """With one octet of an object changed, and its checksum made right: in the middle, or in a token's signature.

    The certificates in a token are signed by others, and nobody's signature says which of them are in it.
    """
    found = objects(octets)
    changed = bytearray(found[name])
    changed[-1 if name.endswith(".tst") else len(changed) // 2] ^= 1
    return repacked({**found, name: bytes(changed)})
