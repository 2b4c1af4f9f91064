"""An evidence bundle's objects: what may be in it, and whether each is what the manifests say.

    message.eml                          the message, as received
    verdict.json, report-en.html …       what was said about it when it was saved
    certificates/SHA-256.cer             every certificate of every path, DER
    revocation/SHA-256.crl, .ocsp        lists and answers as they came, DER
    META-INF/ASiCManifest001.xml …       digests of all that; one for each time-stamping authority
    META-INF/timestamp001.tst …          a time-stamp of each manifest
    META-INF/ASiCArchiveManifest001.xml …, META-INF/ASiCArchiveManifest.xml
                                         digests of everything that was there before, one for each renewal; the last
                                         has no number (ETSI EN 319 162-1 Annex A.7)

Certificates, lists and answers bear their SHA-256 as a name: those about the last time-stamp's authority can only be
added after it, and no manifest has them until the next renewal. They are signed by others and need no more.

NOTE: Annex A.7 puts these data into the token. Here they stand beside it, where OpenSSL's tools can be given them.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import IO, NamedTuple

from letterlock import limits
from letterlock.errors import Reason
from letterlock.evidence import manifest as manifests
from letterlock.evidence.bundle_failures import (
    BundleObjectUnexpected,
    BundleTooManyEntries,
    NotABundle,
    ObjectChanged,
    ObjectDamaged,
    ObjectMissing,
    ObjectNotCovered,
    RenewalIncomplete,
)
from letterlock.evidence.container import Container
from letterlock.evidence.manifest import Manifest

MESSAGE, VERDICT = "message.eml", "verdict.json"
LAST_RENEWAL = "META-INF/ASiCArchiveManifest.xml"
DIGEST = "SHA-512"
"""What manifests and time-stamps are made with: nothing is known against it, and a quantum computer halves it only."""

_FIRST = re.compile(r"META-INF/ASiCManifest\d{3}\.xml")
_RENEWAL = re.compile(r"META-INF/ASiCArchiveManifest(\d{3})\.xml")
_TOKEN = re.compile(r"META-INF/timestamp(\d{3})\.tst")
_BY_DIGEST = re.compile(r"(?:certificates|revocation)/([0-9a-f]{64})\.(?:cer|crl|ocsp)")
_OTHER = re.compile(r"mimetype|message\.eml|verdict\.json|report-(?:en|de)\.(?:html|pdf)")
_HASHES = {each: each.lower().replace("sha-", "sha").replace("sha3-", "sha3_") for each in manifests.DIGESTS}


class Stamped(NamedTuple):
    """A manifest with its octets, which a time-stamp is about. `renewal` counts from 0 for the first ones."""

    name: str
    manifest: Manifest
    octets: bytes
    renewal: int


class Contents(NamedTuple):
    """What an object really is: digests by algorithm, SHA-256 always among them."""

    digests: dict[str, bytes]
    crc: int

    @property
    def sha256(self) -> str:
        """Lower-case hex."""
        return self.digests["SHA-256"].hex()


@dataclass(frozen=True)
class Bundle:
    """A bundle whose form is right. Its octets are read when `contents` is asked for, once, in pieces."""

    container: Container
    stamped: tuple[Stamped, ...]
    """The first ones, then the renewals from the oldest to the last."""

    @classmethod
    def read(cls, file: IO[bytes]) -> Bundle:
        """Raises `BundleUnreadable`."""
        container = Container(file)
        unexpected = next((each for each in container.entries if not _expected(each)), None)
        if unexpected:
            raise BundleObjectUnexpected(unexpected)
        if MESSAGE not in container.entries:
            raise NotABundle(MESSAGE)
        return cls(container, tuple(_stamped(container)))

    @property
    def names(self) -> tuple[str, ...]:
        """Every object but `mimetype`, in the order of the file."""
        return tuple(self.container.entries)[1:]

    @cached_property
    def contents(self) -> dict[str, Contents]:
        """What every object is."""
        wanted: dict[str, set[str]] = {name: {"SHA-256"} for name in self.names}
        for each in self.stamped:
            for reference in each.manifest.references:
                if reference.name in wanted:
                    wanted[reference.name].add(reference.digest)
        return {name: _contents(self.container.pieces(name), algorithms) for name, algorithms in wanted.items()}

    @cached_property
    def alterations(self) -> tuple[Reason, ...]:
        """Everything that is not as it was when it was time-stamped, each with the object's name."""
        entries, contents = self.container.entries, self.contents
        found: list[Reason] = [ObjectDamaged(each) for each in self.names if contents[each].crc != entries[each].crc]
        referenced: set[str] = set()
        for stamped in self.stamped:
            for each in stamped.manifest.references:
                referenced.add(each.name)
                if each.name not in contents:
                    found.append(ObjectMissing(each.name, stamped.name))
                elif contents[each.name].digests[each.digest] != each.value:
                    found.append(ObjectChanged(each.name, stamped.name))
            if stamped.manifest.token not in contents:
                found.append(ObjectMissing(stamped.manifest.token, stamped.name))
        # The last renewal's own manifest and every token are named by a SigReference or by nothing before them.
        referenced |= {each.name for each in self.stamped} | {each.manifest.token for each in self.stamped}
        for name in self.names:
            named = _BY_DIGEST.fullmatch(name)
            if (named and named[1] != contents[name].sha256) or (not named and name not in referenced):
                found.append(ObjectNotCovered(name))
        return (*found, *self._left_out())

    def _left_out(self) -> Iterable[Reason]:
        """A renewal must have everything that was there before: what it leaves out is not renewed."""
        before: dict[str, None] = {MESSAGE: None}
        for each in self.stamped:
            named = {reference.name for reference in each.manifest.references}
            # Several authorities stamp the same objects side by side at first, and not each other's time-stamps.
            wanted = before if each.renewal else {MESSAGE: None}
            yield from (RenewalIncomplete(each.name, name) for name in wanted if name not in named)
            before |= dict.fromkeys([*named, each.name, each.manifest.token])

    @cached_property
    def covering(self) -> dict[str, list[str]]:
        """The manifests that have an object, for each that is in one."""
        found: dict[str, list[str]] = {}
        for each in self.stamped:
            for reference in each.manifest.references:
                found.setdefault(reference.name, []).append(each.name)
        return found

    @cached_property
    def certificates(self) -> dict[str, bytes]:
        """The octets of every certificate."""
        return self._objects("certificates/")

    @cached_property
    def revocation(self) -> dict[str, bytes]:
        """The octets of every list and answer."""
        return self._objects("revocation/")

    def _objects(self, folder: str) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        left = limits.BUNDLE_EVIDENCE_OCTETS
        for name in (each for each in self.names if each.startswith(folder)):
            found[name] = self.container.octets(name, min(left, limits.EVIDENCE_OCTETS))
            left -= len(found[name])
        return found

    def token(self, stamped: Stamped) -> bytes:
        """A time-stamp's octets; none where it is missing."""
        name = stamped.manifest.token
        if name not in self.container.entries or not _TOKEN.fullmatch(name):
            return b""
        return self.container.octets(name, limits.TIME_STAMP_OCTETS)

    def next_names(self) -> tuple[str, str]:
        """What the last archive manifest is renamed to, and the next time-stamp is called."""
        renewals = max((each.renewal for each in self.stamped), default=0)
        tokens = [int(found[1]) for each in self.names if (found := _TOKEN.fullmatch(each))]
        return (
            f"META-INF/ASiCArchiveManifest{renewals:03}.xml",
            f"META-INF/timestamp{max(tokens, default=0) + 1:03}.tst",
        )


def running(algorithm: str) -> hashlib._Hash:
    """A digest to be computed, by the manifest's name for it."""
    return hashlib.new(_HASHES[algorithm])


def by_digest(folder: str, octets: bytes, ending: str) -> str:
    """The name of a certificate, a list or an answer."""
    return f"{folder}/{hashlib.sha256(octets).hexdigest()}.{ending}"


def _expected(name: str) -> bool:
    forms = (_OTHER, _BY_DIGEST, _FIRST, _RENEWAL, _TOKEN)
    return name == LAST_RENEWAL or any(form.fullmatch(name) for form in forms)


def _stamped(container: Container) -> Iterable[Stamped]:
    first = sorted(each for each in container.entries if _FIRST.fullmatch(each))
    renewals = sorted(each for each in container.entries if _RENEWAL.fullmatch(each))
    if LAST_RENEWAL in container.entries:
        renewals.append(LAST_RENEWAL)
    if len(first) + len(renewals) > limits.BUNDLE_TIME_STAMPS:
        raise BundleTooManyEntries(limits.BUNDLE_TIME_STAMPS)
    for name, renewal in [*((each, 0) for each in first), *((each, at + 1) for at, each in enumerate(renewals))]:
        octets = container.octets(name, limits.BUNDLE_MANIFEST_OCTETS)
        yield Stamped(name, manifests.parse(octets, name), octets, renewal)


def _contents(pieces: Iterable[bytes], algorithms: Iterable[str]) -> Contents:
    computed = {each: running(each) for each in algorithms}
    crc = 0
    for piece in pieces:
        crc = zlib.crc32(piece, crc)
        for each in computed.values():
            each.update(piece)
    return Contents({name: each.digest() for name, each in computed.items()}, crc)
