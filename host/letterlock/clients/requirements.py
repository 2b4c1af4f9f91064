"""Are the libraries here that this package says it needs? Read from the installed package's own metadata."""

from __future__ import annotations

import re
from importlib import metadata

from letterlock.clients.failures import DependencyMissing

# PEP 508: "cryptography>=50", "pydantic<3,>=2.12", 'pytest>=8; extra == "dev"'. What an extra requires has a marker.
_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)\s*(?P<bounds>[^;]*)(?P<marker>;.*)?")
_BOUND = re.compile(r"(?P<how>>=|<)\s*(?P<version>[0-9.]+)")


def versions() -> dict[str, str]:
    """The version of each library that is needed and here."""
    found = {}
    for name, _ in _needed():
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def missing() -> list[DependencyMissing]:
    """Libraries that are not here, or not in a version that serves."""
    here = versions()
    return [
        DependencyMissing(name, bounds, here.get(name, "–"))
        for name, bounds in _needed()
        if name not in here or not _serves(here[name], bounds)
    ]


def _needed() -> list[tuple[str, str]]:
    try:
        requirements = metadata.requires("letterlock") or []
    except metadata.PackageNotFoundError:
        return []  # run from a source tree that is not installed: nothing is promised
    matches = [match for each in requirements if (match := _REQUIREMENT.fullmatch(each))]
    return [(match["name"], match["bounds"].strip()) for match in matches if not match["marker"]]


def _serves(version: str, bounds: str) -> bool:
    """Only `>=` and `<` are used in this package's requirements; a pre-release counts as its release."""
    here = _numbers(version)
    for bound in _BOUND.finditer(bounds):
        limit = _numbers(bound["version"])
        holds = here >= limit if bound["how"] == ">=" else here < limit
        if not holds:
            return False
    return True


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:3])
