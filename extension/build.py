"""Make the packages of the extension out of one source.

    python extension/build.py [--grant ORIGIN]… [--out DIR]

A package is the files of `src` that its platform uses, and the platform's own (its manifest above all), as they are:
what is reviewed is what runs. (The one exception is the content script; content_script.py says why.) Unpacked in
`build/<platform>`, packed in `dist/`. The same sources make the same octets: entries are sorted and carry one fixed
time. Python's standard library is all it needs; Node.js is for the checks only.

`--grant https://webmail.example.org` is for administrators and tests: the manifest then asks for that site when the
extension is installed, and nobody has to grant it by hand.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import sys
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from content_script import link

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parent

NOT_SHIPPED = re.compile(r"\.(d\.ts|md)$")
"""Types and notes help people and tools, and browsers not at all."""

FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)
"""The first moment a ZIP entry can name."""


@dataclass(frozen=True)
class Platform:
    """What of `src` a platform carries, and the name of its package."""

    package: str
    parts: tuple[str, ...]
    without: re.Pattern[str]
    ports_in_patterns: bool = False


WEBMAIL_PARTS = (
    "_locales",
    "adapters/roundcube/page-state.js",
    "background",
    "browser",
    "icons",
    "lib",
    "ui",
    "vendor",
)
CONTENT_SCRIPT = "content/main.js"
NOT_WEBMAIL = re.compile(r"^(thunderbird[.-]|limits\.|signing\.)")

THUNDERBIRD_PARTS = (
    *("_locales", "adapters/thunderbird", "browser", "icons", "lib", "ui", "vendor"),
    *("background/thunderbird.js", "background/thunderbird-plain.js", "background/deliveries.js"),
    *("background/expiry.js", "background/receipts.js"),
    *("background/gate.js", "background/keys.js", "background/manager.js"),
)
NOT_THUNDERBIRD = re.compile(
    r"^((badge|sites|tabs|panel|check|popup|mark|write|webmail|pdf|claimed|ways|identity|linked|menus)\.|(bare-cms|own-mark|mark-form)\.js)"
)

PLATFORMS = {
    "chromium": Platform("letterlock-chromium.zip", WEBMAIL_PARTS, NOT_WEBMAIL, ports_in_patterns=True),
    "firefox": Platform("letterlock-firefox.xpi", WEBMAIL_PARTS, NOT_WEBMAIL),
    "thunderbird": Platform("letterlock-thunderbird.xpi", THUNDERBIRD_PARTS, NOT_THUNDERBIRD),
    # For who may not or will not install an experiment: the same without.
    "thunderbird-plain": Platform("letterlock-thunderbird-plain.xpi", THUNDERBIRD_PARTS, NOT_THUNDERBIRD),
}


def build(grants: Sequence[str] = (), out: Path = PROJECT) -> dict[str, Path]:
    """Build every package; the packed files by platform. Whatever `out` held of them before is replaced."""
    packed = {}
    for name, platform in PLATFORMS.items():
        folder = out / "build" / name
        shutil.rmtree(folder, ignore_errors=True)
        for source, target in _files(name, platform):
            (folder / target).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, folder / target)
        if not name.startswith("thunderbird"):
            (folder / CONTENT_SCRIPT).parent.mkdir()
            (folder / CONTENT_SCRIPT).write_text(link(HERE / "src" / CONTENT_SCRIPT, HERE / "src"), "utf-8")
            _grant(folder / "manifest.json", grants, platform)
        packed[name] = _pack(folder, out / "dist" / platform.package)
    return packed


def _files(name: str, platform: Platform) -> Iterable[tuple[Path, str]]:
    """The files of a platform and where they go in its package."""
    for part in platform.parts:
        root = HERE / "src" / part
        for file in [root] if root.is_file() else sorted(root.rglob("*")):
            if file.is_file() and not NOT_SHIPPED.search(file.name) and not platform.without.match(file.name):
                yield file, file.relative_to(HERE / "src").as_posix()
    own = HERE / "platform" / name
    for file in sorted(own.rglob("*")):
        if file.is_file() and not NOT_SHIPPED.search(file.name):
            yield file, file.relative_to(own).as_posix()
    yield PROJECT / "LICENSE", "LICENSE"


def _grant(manifest: Path, origins: Sequence[str], platform: Platform) -> None:
    if not origins:
        return
    content = json.loads(manifest.read_text("utf-8"))
    content["host_permissions"] = [_pattern(origin, platform) for origin in origins]
    manifest.write_text(json.dumps(content, indent=2) + "\n", "utf-8")


def _pattern(origin: str, platform: Platform) -> str:
    """The match pattern of an origin. Firefox knows no ports in patterns (src/browser/sites.js)."""
    parts = urlsplit(origin)
    host = parts.netloc if platform.ports_in_patterns else parts.hostname
    return f"{parts.scheme}://{host}/*"


def _pack(folder: Path, package: Path) -> Path:
    package.parent.mkdir(parents=True, exist_ok=True)
    files = sorted((file.relative_to(folder).as_posix(), file) for file in folder.rglob("*") if file.is_file())
    with zipfile.ZipFile(package, "w") as archive:
        for name, file in files:
            entry = zipfile.ZipInfo(name, FIRST_MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # the same wherever it is built
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, file.read_bytes(), compresslevel=9)
    return package


def main(arguments: Sequence[str]) -> None:
    """Build, and say where and how large."""
    parser = argparse.ArgumentParser(description="Make the packages of the extension.")
    parser.add_argument(
        "--grant", action="append", default=[], metavar="ORIGIN", help="a mail site to ask for at installation"
    )
    parser.add_argument("--out", type=Path, default=PROJECT, metavar="DIR", help="where build/ and dist/ go")
    options = parser.parse_args(arguments)
    for name, package in build(options.grant, options.out).items():
        print(f"{name:17} {package.stat().st_size / 1000:7.1f} kB  {package}")


if __name__ == "__main__":
    main(sys.argv[1:])
