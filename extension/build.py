"""Makes the three packages out of one source.

    python3 extension/build.py [--grant ORIGIN]… [--out DIR]

A package is the files of `src` that its platform uses, and the platform's own (its manifest above all), as they are:
nothing is bundled or rewritten, so what is reviewed is what runs. Unpacked in `build/extension/<platform>`, packed in
`dist/`. The same sources make the same octets: entries are sorted and carry one fixed time.

`--grant https://webmail.example.org` is for administrators and tests: the manifest then asks for that site at
installation, and nobody has to grant it by hand.

It needs nothing but Python's standard library, so that the demo runs without Node.
"""

from __future__ import annotations

import argparse
import json
import shutil
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""The earliest time a ZIP entry can carry; every entry carries it."""


@dataclass(frozen=True)
class Platform:
    """What of `src` a platform carries, and the name of its package."""

    name: str
    package: str
    folders: tuple[str, ...]


_WEBMAIL = ("_locales", "adapters/roundcube", "background", "browser", "content", "icons", "lib", "ui")
PLATFORMS = (
    Platform("chromium", "letterlock-chromium.zip", _WEBMAIL),
    Platform("firefox", "letterlock-firefox.xpi", _WEBMAIL),
    Platform(
        "thunderbird",
        "letterlock-thunderbird.xpi",
        ("_locales", "adapters/thunderbird", "browser", "icons", "lib", "ui"),
    ),
)


def build(out: Path, grants: Sequence[str] = ()) -> list[Path]:
    """Makes every package below `out` and returns their files."""
    made = []
    for platform in PLATFORMS:
        folder = unpacked(out, platform.name)
        shutil.rmtree(folder, ignore_errors=True)
        sources = [(HERE / "src" / part, folder / part) for part in platform.folders]
        for source, target in (*sources, (HERE / "platform" / platform.name, folder)):
            shutil.copytree(source, target, ignore=_NOT_SHIPPED, dirs_exist_ok=True)
        shutil.copy(HERE.parent / "LICENSE", folder)
        if platform.name != "thunderbird":
            _grant(folder / "manifest.json", grants, platform)
        package = out / "dist" / platform.package
        package.parent.mkdir(parents=True, exist_ok=True)
        _pack(folder, package)
        made.append(package)
    return made


def unpacked(out: Path, platform: str) -> Path:
    """The folder where `build(out)` leaves a platform's files, for browsers that load an unpacked extension."""
    return out / "build" / "extension" / platform


# Types and notes help people and tools, and browsers not at all.
_NOT_SHIPPED = shutil.ignore_patterns("*.d.ts", "*.md")


def _grant(file: Path, origins: Sequence[str], platform: Platform) -> None:
    if not origins:
        return
    manifest = json.loads(file.read_text("utf-8"))
    manifest["host_permissions"] = [_pattern(origin, platform) for origin in origins]
    file.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _pattern(origin: str, platform: Platform) -> str:
    site = urlsplit(origin)
    # Firefox knows no ports in match patterns (src/browser/sites.js).
    return f"{site.scheme}://{site.hostname if platform.name == 'firefox' else site.netloc}/*"


def _pack(folder: Path, package: Path) -> None:
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    with zipfile.ZipFile(package, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, (folder / name).read_bytes())


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Makes the packages of the extension.")
    parser.add_argument("--grant", metavar="ORIGIN", action="append", default=[], help="a site granted at installation")
    parser.add_argument("--out", metavar="DIR", type=Path, default=HERE.parent, help="where build/ and dist/ go")
    arguments = parser.parse_args()
    for package in build(arguments.out, arguments.grant):
        print(f"{package.stat().st_size / 1000:7.1f} kB  {package}")


if __name__ == "__main__":
    main()
