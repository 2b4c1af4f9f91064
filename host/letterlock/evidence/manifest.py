"""Manifests of a container: which objects a time-stamp is about, by digest (ETSI EN 319 162-1 §4.4.3, Annex A.4).

    <asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">
      <asic:SigReference URI="META-INF/timestamp001.tst" MimeType="application/vnd.etsi.timestamp-token"/>
      <asic:DataObjectReference URI="message.eml" MimeType="message/rfc822" Rootfile="true">
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>
        <ds:DigestValue>…</ds:DigestValue>
      </asic:DataObjectReference>
    </asic:ASiCManifest>

The time-stamp is about the octets of the manifest as they lie in the container, so no canonical form is needed.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from typing import NamedTuple
from xml.parsers import expat

from letterlock import limits
from letterlock.evidence.bundle_failures import BundleManifestMalformed

_ASIC, _DS = "http://uri.etsi.org/02918/v1.2.1#", "http://www.w3.org/2000/09/xmldsig#"

STAMP_TYPE = "application/vnd.etsi.timestamp-token"

DIGESTS = {
    "SHA-256": "http://www.w3.org/2001/04/xmlenc#sha256",
    "SHA-384": "http://www.w3.org/2001/04/xmldsig-more#sha384",
    "SHA-512": "http://www.w3.org/2001/04/xmlenc#sha512",
    "SHA3-256": "http://www.w3.org/2007/05/xmldsig-more#sha3-256",
    "SHA3-384": "http://www.w3.org/2007/05/xmldsig-more#sha3-384",
    "SHA3-512": "http://www.w3.org/2007/05/xmldsig-more#sha3-512",
}
"""RFC 9231 §2.1. Older digests are not read: no bundle was ever made with one."""

_NAMED = {uri: name for name, uri in DIGESTS.items()}


class Reference(NamedTuple):
    """An object as a manifest knows it."""

    name: str
    type: str
    digest: str
    """The algorithm, a key of `DIGESTS`."""
    value: bytes
    root: bool = False


@dataclass(frozen=True)
class Manifest:
    """The time-stamp about it, and the objects."""

    token: str
    references: tuple[Reference, ...]


def encode(manifest: Manifest) -> bytes:
    """The manifest as XML."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<asic:ASiCManifest xmlns:asic="{_ASIC}" xmlns:ds="{_DS}">',
        f'  <asic:SigReference URI="{escape(manifest.token)}" MimeType="{STAMP_TYPE}"/>',
    ]
    for each in manifest.references:
        root = ' Rootfile="true"' if each.root else ""
        lines += [
            f'  <asic:DataObjectReference URI="{escape(each.name)}" MimeType="{escape(each.type)}"{root}>',
            f'    <ds:DigestMethod Algorithm="{DIGESTS[each.digest]}"/>',
            f"    <ds:DigestValue>{base64.b64encode(each.value).decode()}</ds:DigestValue>",
            "  </asic:DataObjectReference>",
        ]
    return "\n".join([*lines, "</asic:ASiCManifest>", ""]).encode()


def parse(octets: bytes, name: str) -> Manifest:
    """Exactly one manifest; `name` is what it is called, for the failure.

    Raises:
        BundleManifestMalformed: it is something else. A document type, and with it every entity, is refused.
    """
    reader = _Reader(name)
    parser = expat.ParserCreate("UTF-8", " ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = lambda *_: reader.refuse("DOCTYPE")
    parser.ProcessingInstructionHandler = lambda *_: reader.refuse("processing instruction")
    try:
        parser.Parse(octets, True)
    except expat.ExpatError as error:
        raise BundleManifestMalformed(name, f"XML, line {error.lineno}") from None
    return reader.manifest()


class _Reader:
    """Elements as they come. Each may stand where the schema has it and nowhere else."""

    _INSIDE = {
        (): f"{_ASIC} ASiCManifest",
        ("ASiCManifest",): f"{_ASIC} SigReference",
    }

    def __init__(self, name: str) -> None:
        self._name = name
        self._stack: list[str] = []
        self._token: str | None = None
        self._current: dict[str, str] = {}
        self._references: list[Reference] = []

    def refuse(self, part: str) -> None:
        raise BundleManifestMalformed(self._name, part[:100])

    def start(self, element: str, attributes: dict[str, str]) -> None:
        space, _, local = element.rpartition(" ")
        place = tuple(self._stack)
        allowed = {
            (): (_ASIC, ("ASiCManifest",)),
            ("ASiCManifest",): (_ASIC, ("SigReference", "DataObjectReference")),
            ("ASiCManifest", "DataObjectReference"): (_DS, ("DigestMethod", "DigestValue")),
        }.get(place)
        if allowed is None or space != allowed[0] or local not in allowed[1]:
            self.refuse(local)
        self._stack.append(local)
        if local == "SigReference":
            if self._token is not None or attributes.get("MimeType") != STAMP_TYPE:
                self.refuse(local)
            self._token = attributes.get("URI", "")
        elif local == "DataObjectReference":
            if len(self._references) >= limits.BUNDLE_ENTRIES or attributes.get("Rootfile", "true") != "true":
                self.refuse(local)
            self._current = {
                "name": attributes.get("URI", ""),
                "type": attributes.get("MimeType", ""),
                "root": attributes.get("Rootfile", ""),
            }
        elif local in self._current:
            self.refuse(local)
        elif local == "DigestMethod":
            self._current[local] = attributes.get("Algorithm", "")
        elif local == "DigestValue":
            self._current[local] = ""

    def text(self, data: str) -> None:
        if self._stack and self._stack[-1] == "DigestValue":
            self._current["DigestValue"] += data
        elif data.strip():
            self.refuse("text")

    def end(self, element: str) -> None:
        if self._stack.pop() == "DataObjectReference":
            self._references.append(self._reference())

    def _reference(self) -> Reference:
        found = self._current
        try:
            value = base64.b64decode(found.get("DigestValue", ""), validate=True)
        except ValueError:
            value = b""
        digest = _NAMED.get(found.get("DigestMethod", ""), "")
        if not digest or not value or not found["name"]:
            self.refuse(f"DataObjectReference {found['name']}")
        return Reference(found["name"], found["type"], digest, value, bool(found["root"]))

    def manifest(self) -> Manifest:
        names = [each.name for each in self._references]
        if not self._token or not names or len(set(names)) != len(names):
            self.refuse("ASiCManifest")
        assert self._token is not None
        return Manifest(self._token, tuple(self._references))


def types(names: Iterable[str]) -> dict[str, str]:
    """The media type of each object of a bundle, by the end of its name."""
    return {name: next((kind for end, kind in _TYPES.items() if name.endswith(end)), "") for name in names}


_TYPES = {
    ".eml": "message/rfc822",
    ".json": "application/json",
    ".html": "text/html",
    ".pdf": "application/pdf",
    ".cer": "application/pkix-cert",
    ".crl": "application/pkix-crl",
    ".ocsp": "application/ocsp-response",
    ".xml": "text/xml",
    ".tst": STAMP_TYPE,
}
