"""The native host as `letterlock setup` leaves it, for a browser with a home of its own, and ways to break it."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

from letterlock.clients import launcher, manifests
from letterlock.clients.table import HOST_NAME, Family, System

PROJECT = Path(__file__).resolve().parents[1]
"""Named here: the demonstration has no pytest, which `tests.needs` wants."""

_SILENT = "#!/bin/sh\nLETTERLOCK_HOME={home} exec sleep 300\n"


class InstalledHost:
    """A host with its own settings below `folder`, registered in the folder where one browser looks for manifests."""

    def __init__(self, folder: Path, family: Family, registered_in: Path) -> None:
        self.home = folder / "letterlock"
        self.home.mkdir(parents=True)
        self._launcher = folder / launcher.name(System.LINUX)
        self._family = family
        self._manifest = registered_in / f"{HOST_NAME}.json"
        self.mend()

    def trust(self, anchor: Path) -> None:
        """Accepts a CA's certificate, as a person does on the command line."""
        command = [sys.executable, "-m", "letterlock", "trust", "add", str(anchor)]
        done = subprocess.run(
            command,
            env={**os.environ, "LETTERLOCK_HOME": str(self.home)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")

    def mend(self) -> None:
        """Registers the working host (again)."""
        self._write_launcher(launcher.render(System.LINUX, launcher.interpreter(), str(self.home)))
        self._manifest.parent.mkdir(parents=True, exist_ok=True)
        self._manifest.write_bytes(manifests.render(self._family, self._launcher))

    def police(self, policy: Path) -> None:
        """From its next start on, the host obeys a policy, as if an administrator had written it."""
        words = [sys.executable, str(PROJECT / "tests" / "policed.py"), str(policy), "serve"]
        home = shlex.quote(str(self.home))
        self._write_launcher(f'#!/bin/sh\nLETTERLOCK_HOME={home} exec {shlex.join(words)} "$@"\n'.encode())

    def remove(self) -> None:
        """Takes the registration away: to the browser the host is not installed."""
        self._manifest.unlink()

    def fall_silent(self) -> None:
        """From its next start on, the host answers nothing."""
        self._write_launcher(_SILENT.format(home=shlex.quote(str(self.home))).encode())

    def _write_launcher(self, text: bytes) -> None:
        self._launcher.write_bytes(text)
        self._launcher.chmod(0o700)
