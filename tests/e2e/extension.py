"""The extension as it is shipped, unpacked for a browser to load."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

_BUILD = Path(__file__).resolve().parents[2] / "extension" / "build.py"


def unpacked(platform: str, folder: Path, *sites: str) -> Path:
    """Builds the extension into `folder`, with `sites` granted at installation, and tells where `platform`'s lies."""
    grants = [argument for site in sites for argument in ("--grant", site)]
    command = [sys.executable, str(_BUILD), "--out", str(folder), *grants]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return folder / "build" / platform
