"""Manifests of the native host: filled in from the templates, and read as a client would read them.

The templates are `manifests/*.json` of the source tree; the package carries them as data (in a checkout through a
link). Format: Chrome's "Native messaging host" and MDN's "Native manifests".
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from letterlock.clients.failures import (
    ManifestCallerMissing,
    ManifestFieldWrong,
    ManifestNotJson,
    ManifestUnreadable,
    NotAnExtensionId,
    TemplateMissing,
)
from letterlock.clients.table import LETTERLOCK, Client, Family, Host
from letterlock.errors import Reason

MANIFEST_OCTETS = 65_536
"""More than any manifest needs; a longer file is not read."""

CALLERS_FIELD = {Family.CHROMIUM: "allowed_origins", Family.MOZILLA: "allowed_extensions"}

# Chromium: 32 hex digits of a hash, written a–p. Mozilla: an address-like name or a GUID in braces
# (toolkit/mozapps/extensions, "gecko.id").
_CHROMIUM_ID = re.compile(r"[a-p]{32}")
_MOZILLA_ID = re.compile(
    r"[A-Za-z0-9._-]*@[A-Za-z0-9._-]+|\{[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\}"
)


def family_of(extension: str) -> Family:
    """To which family an extension's id belongs, by its form.

    Raises:
        NotAnExtensionId: It has neither form.
    """
    if _CHROMIUM_ID.fullmatch(extension):
        return Family.CHROMIUM
    if _MOZILLA_ID.fullmatch(extension):
        return Family.MOZILLA
    raise NotAnExtensionId(extension)


def caller(family: Family, extension: str) -> str:
    """How a manifest names an extension."""
    return f"chrome-extension://{extension}/" if family is Family.CHROMIUM else extension


def render(family: Family, launcher: Path, added: Iterable[str] = (), host: Host = LETTERLOCK) -> bytes:
    """The manifest for a family: the template with the launcher, and the callers that the user added.

    Args:
        added: Extension ids, besides those of the template.
        host: Whose manifest.

    Raises:
        TemplateMissing: The package carries no templates.
    """
    manifest = json.loads(_template(host.templates[family]))
    manifest["path"] = str(launcher)
    callers = manifest[CALLERS_FIELD[family]]
    callers += [named for named in (caller(family, extension) for extension in added) if named not in callers]
    return (json.dumps(manifest, ensure_ascii=False, indent=2) + "\n").encode()


def _template(name: str) -> str:
    # The second place is for checkouts on systems that turn a link into a text file (Windows without developer mode).
    for directory in (resources.files("letterlock") / "manifests", Path(__file__).parents[3] / "manifests"):
        file = directory / name
        if file.is_file():
            return file.read_text("utf-8")
    raise TemplateMissing(name)


@dataclass(frozen=True)
class Manifest:
    """A manifest that a client would accept, for one client or more."""

    file: Path
    launcher: Path
    callers: tuple[str, ...]


def read(file: Path, family: Family, host: Host = LETTERLOCK) -> Manifest | Reason:
    """The manifest in a file, or the first reason why clients of the family ignore it.

    NOTE: A relative `path` is refused here although Windows allows it: set-up never writes one.
    """
    try:
        with file.open("rb") as stream:
            octets = stream.read(MANIFEST_OCTETS + 1)
    except OSError as error:
        return ManifestUnreadable(str(file), error.strerror or str(error))
    document = _object(octets)
    if document is None:
        return ManifestNotJson(str(file))
    launcher = document.get("path")
    callers = document.get(CALLERS_FIELD[family])
    if document.get("name") != host.name:
        return ManifestFieldWrong(str(file), "name")
    if document.get("type") != "stdio":
        return ManifestFieldWrong(str(file), "type")
    if not isinstance(document.get("description"), str):
        return ManifestFieldWrong(str(file), "description")
    if not isinstance(launcher, str) or not Path(launcher).is_absolute():
        return ManifestFieldWrong(str(file), "path")
    if not isinstance(callers, list) or not all(isinstance(entry, str) for entry in callers):
        return ManifestFieldWrong(str(file), CALLERS_FIELD[family])
    return Manifest(file, Path(launcher), tuple(callers))


def admits(manifest: Manifest, clients: Sequence[Client], host: Host = LETTERLOCK) -> list[Reason]:
    """The clients whose extension the manifest leaves out."""
    if host.extensions:
        origins = {each: caller(Family.CHROMIUM, each) for each in host.extensions}
        return [
            ManifestCallerMissing(str(manifest.file), client.name, extension)
            for client in clients
            for extension, origin in origins.items()
            if origin not in manifest.callers
        ]
    return [
        ManifestCallerMissing(str(manifest.file), client.name, client.extension)
        for client in clients
        if caller(client.family, client.extension) not in manifest.callers
    ]


def launcher_named(octets: bytes) -> str | None:
    """The program that a manifest starts, whatever else is wrong with it."""
    document = _object(octets)
    path = document.get("path") if document is not None else None
    return path if isinstance(path, str) else None


def _object(octets: bytes) -> dict[str, Any] | None:
    if len(octets) > MANIFEST_OCTETS:
        return None
    try:
        document = json.loads(octets)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
