"""The extension's own checks, which speak JavaScript: `npm run …` in extension/."""

from __future__ import annotations

import subprocess

import pytest

from tests.needs import PROJECT, missing, require_program

EXTENSION = PROJECT / "extension"


@pytest.mark.parametrize("script", ["test", "lint:addon"])
def test_script(script: str) -> None:
    """The units (`test`) and Mozilla's check of the packages (`lint:addon`) find nothing wrong."""
    npm = require_program("npm", "nodejs npm")
    if not (EXTENSION / "node_modules").is_dir():
        missing("extension/node_modules", "run `npm ci` in extension/")
    done = subprocess.run(
        [str(npm), "run", "--silent", script],
        cwd=EXTENSION,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
