"""A container has one reading or none: hostile files end in a code, in little time, with nothing written anywhere."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable

import pytest

from letterlock import limits
from letterlock.evidence.bundle import Bundle
from letterlock.evidence.bundle_failures import BundleUnreadable
from letterlock.evidence.container import Container, ContainerWriter
from tests.evidence.notary import NOW, Notary, bundle, checked, renewed
from tests.evidence.repacked import objects, repacked
from tests.trust.chains import DAY

MIMETYPE = ("mimetype", b"application/vnd.etsi.asic-e+zip")


@pytest.fixture(scope="module")
def fresh() -> bytes:
    with Notary() as notary:
        return bundle(notary)


def code(octets: bytes) -> str:
    """Why it cannot be read."""
    with pytest.raises(BundleUnreadable) as refused:
        Bundle.read(io.BytesIO(octets))
    return refused.value.code


def zipped(*entries: tuple[zipfile.ZipInfo | str, bytes], how: int = zipfile.ZIP_STORED) -> bytes:
    """A file by Python's own writer: close to ours, and not the same."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as container:
        for name, octets in entries:
            container.writestr(name, octets)
    return out.getvalue()


def test_what_is_written_is_read() -> None:
    """By us and by Python: names, octets, order; also an empty object."""
    contents = {"message.eml": b"From: a\r\n\r\n" * 9999, "verdict.json": b""}
    octets = repacked(contents)
    container = Container(io.BytesIO(octets))
    assert {name: b"".join(container.pieces(name)) for name in list(container.entries)[1:]} == contents
    assert objects(octets) == contents
    with zipfile.ZipFile(io.BytesIO(octets)) as other:
        assert other.testzip() is None


@pytest.mark.parametrize(
    "name",
    [
        "../message.eml", "/message.eml", "a/../../b", "a//b", "a\\..\\b", "C:x", "..", ".", "a/.", "~x", "",
        "certificates/", "mess\nage.eml", "message.eml\0.txt", "x" * (limits.BUNDLE_NAME_CHARACTERS + 1), "ä",
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere(name: str) -> None:
    """Out of the folder, to a drive, to a device, or to nothing that can be told."""
    octets = _named(name.encode())
    assert code(octets) == "bundle_name_escapes"


def _named(name: bytes) -> bytes:
    good = repacked({"q" * max(len(name), 1): b"x"})
    return good.replace(b"q" * max(len(name), 1), name) if name else good.replace(b"q", b" ")


def test_two_objects_of_one_name() -> None:
    """And two messages of different names."""
    twice = repacked({"message.eml": b"one", "messagf.eml": b"two"}).replace(b"messagf.eml", b"message.eml")
    assert code(twice) == "bundle_entry_twice"
    assert code(repacked({"message.eml": b"one", "message2.eml": b"two"})) == "bundle_object_unexpected"


def test_encrypted_or_compressed() -> None:
    """Compressed ones are refused before anything is expanded: a bomb is a file like any other."""
    good = repacked({"message.eml": b"x"})
    central = good.rindex(b"PK\x01\x02")
    assert code(_patched(good, central + 8, b"\x01\0")) == "bundle_entry_encrypted"
    bomb = zipped(MIMETYPE, ("message.eml", bytes(50_000_000)), how=zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    assert code(bomb) == "bundle_entry_compressed"


def _patched(octets: bytes, at: int, new: bytes) -> bytes:
    return octets[:at] + new + octets[at + len(new) :]


def test_links_and_folders() -> None:
    """An entry is an ordinary file."""
    link = zipfile.ZipInfo("message.eml")
    link.external_attr = 0o120777 << 16
    assert code(zipped(MIMETYPE, (link, b"/etc/passwd"))) == "bundle_entry_special"
    folder = zipfile.ZipInfo("certificates")
    folder.external_attr = 0o040755 << 16
    assert code(zipped((folder, b""))) == "bundle_entry_special"
    extra = zipfile.ZipInfo("mimetype")
    extra.extra = b"\x55\x54\x05\x00\x03\0\0\0\0"
    assert code(zipped((extra, MIMETYPE[1]))) == "bundle_entry_special"


def test_zip64() -> None:
    """In the end record or in an entry."""
    good = repacked({"message.eml": b"x"})
    assert code(good[:-6] + b"\xff\xff\xff\xff" + good[-2:]) == "bundle_zip64"
    central = good.rindex(b"PK\x01\x02")
    assert code(_patched(good, central + 20, b"\xff" * 8)) == "bundle_zip64"


def test_something_before_between_or_after(fresh: bytes) -> None:
    """A program with a bundle behind it, a gap between two entries, a comment at the end."""
    assert code(b"#!/bin/sh\n" + fresh) == "bundle_octets_between"
    assert code(_shifted(fresh, 10)) == "bundle_octets_between"
    assert code(fresh + b"\0") == "bundle_not_recognised"
    assert code(fresh[:-2] + b"\x01\0x") == "bundle_not_recognised"
    start = fresh.rindex(b"PK\x05\x06")
    directory = struct.unpack_from("<I", fresh, start + 16)[0]
    between = fresh[:directory] + b"gap" + fresh[directory:]
    between = _patched(between, start + 3 + 16, struct.pack("<I", directory + 3))
    assert code(between) == "bundle_octets_between"


def _shifted(octets: bytes, by: int) -> bytes:
    """With octets in front, and every offset made right."""
    moved = bytearray(bytes(by) + octets)
    end = moved.rindex(b"PK\x05\x06")
    (start,) = struct.unpack_from("<I", moved, end + 16)
    struct.pack_into("<I", moved, end + 16, start + by)
    at = start + by
    while moved[at : at + 4] == b"PK\x01\x02":
        (offset,) = struct.unpack_from("<I", moved, at + 42)
        struct.pack_into("<I", moved, at + 42, offset + by)
        at += 46 + struct.unpack_from("<H", moved, at + 28)[0]
    return bytes(moved)


def test_entries_that_share_octets() -> None:
    """The trick of the densest bombs: many entries in the directory for one in the file."""
    good = repacked({"message.eml": b"x", "messagf.eml": b"x"})
    central = good.rindex(b"PK\x01\x02")
    (first,) = struct.unpack_from("<I", good, good.index(b"PK\x01\x02", good.index(b"PK\x01\x02") + 1) + 42)
    assert code(_patched(good, central + 42, struct.pack("<I", first))) == "bundle_octets_between"


def test_headers_that_differ() -> None:
    """Every field that stands in both places."""
    good = repacked({"message.eml": b"x"})
    local = good.index(b"PK\x03\x04", 4)
    for at in (4, 6, 8, 10, 12, 14, 18, 22, 26, 28, 30):
        changed = bytearray(good)
        changed[local + at] ^= 1
        assert code(bytes(changed)) == "bundle_headers_differ", at


def test_too_many() -> None:
    """Entries, and octets in one."""
    out = io.BytesIO()
    writer = ContainerWriter(out, NOW)
    for number in range(limits.BUNDLE_ENTRIES):
        writer.add(f"x{number}", [])
    writer.close()
    assert code(out.getvalue()) == "bundle_too_many_entries"
    large = bytes(limits.BUNDLE_MANIFEST_OCTETS + 1)
    assert code(repacked({"message.eml": b"", "META-INF/ASiCManifest001.xml": large})) == "bundle_entry_too_large"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda octets: b"",
        lambda octets: b"PK\x05\x06" + bytes(18),
        lambda octets: zipped(("message.eml", b"x"), MIMETYPE),
        lambda octets: repacked({"verdict.json": b"{}"}),
        lambda octets: octets.replace(b"asic-e+zip", b"asic-s+zip"),
        lambda octets: b"From: a@b.example\r\n\r\nmail\r\n",
    ],
    ids=["empty", "nothing inside", "other first", "no message", "other kind", "a mail"],
)
def test_no_bundle(fresh: bytes, spoil: Callable[[bytes], bytes]) -> None:
    """Something else, or less."""
    assert code(spoil(fresh)) in ("bundle_not_recognised", "bundle_entry_special")


def test_wherever_it_is_cut_off_it_is_no_bundle(fresh: bytes) -> None:
    """At each of its last thousand octets, and at some of the others."""
    for end in [*range(0, len(fresh) - 1000, 97), *range(len(fresh) - 1000, len(fresh))]:
        assert code(fresh[:end])


def test_every_changed_octet_is_noticed(fresh: bytes) -> None:
    """2,400 of them, everywhere in a renewed bundle: nothing holds any more, and most changes are located."""
    with Notary(now=NOW + DAY) as notary:
        octets = renewed(fresh, notary)
    assert checked(octets, NOW + 2 * DAY).status == "holds"
    chance = random.Random(9)
    located = 0
    for at in sorted(chance.sample(range(len(octets)), 2_400)):
        changed = bytearray(octets)
        changed[at] ^= 1 << chance.randrange(8)
        try:
            found = checked(bytes(changed), NOW + 2 * DAY)
        except BundleUnreadable:
            continue
        assert found.status == "altered", at
        located += any("name" in each.facts for each in found.reasons)
    assert located > 1_500
