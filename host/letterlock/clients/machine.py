"""The computer as set-up sees it: its system, the user's directories, its registry. An argument, never asked behind.

Only `Machine.here` looks at the real computer. It is the one place that turns a template of the table into a path.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from letterlock.clients.registry import Registry, WindowsRegistry
from letterlock.clients.table import System


@dataclass(frozen=True)
class Machine:
    """What answers depend on.

    Args:
        home: The user's home directory.
        data: Where this program keeps its data: the launcher, and on Windows the manifests.
        config: Where it keeps settings: the journal of what set-up wrote, and the added callers.
        root: Where absolute paths of the table begin; anything but `/` is for tests.
        environment: Environment variables, for `PATH`, `XDG_CONFIG_HOME` and Windows' directories.
        registry: Windows only.
    """

    system: System
    home: Path
    data: Path
    config: Path
    root: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=dict)
    registry: Registry | None = None

    @classmethod
    def here(cls, data: Path, config: Path) -> Machine:
        """This computer and this user."""
        systems = {"darwin": System.MACOS, "win32": System.WINDOWS}
        system = systems.get(sys.platform, System.LINUX)
        registry = WindowsRegistry() if system is System.WINDOWS else None
        return cls(system, Path.home(), data, config, environment=dict(os.environ), registry=registry)

    def for_everyone(self) -> Machine:
        """The same computer, seen by an administrator who sets up for all its users."""
        data, config = {
            System.LINUX: ("/usr/local/lib/letterlock", "/etc/letterlock"),
            System.MACOS: ("/Library/Application Support/letterlock", "/Library/Application Support/letterlock"),
            System.WINDOWS: ("%PROGRAMDATA%/letterlock", "%PROGRAMDATA%/letterlock"),
        }[self.system]
        return replace(self, data=self.path(data) or self.data, config=self.path(config) or self.config)

    def path(self, template: str) -> Path | None:
        """The path that a template of the table means here; none where it needs a variable that is not set."""
        head, _, rest = template.partition("/")
        if head == "~":
            return self.home / rest
        if head == "$CONFIG":
            # Only an absolute path counts (XDG Base Directory Specification, "Environment variables").
            config = self.environment.get("XDG_CONFIG_HOME", "")
            return (Path(config) if config.startswith("/") else self.home / ".config") / rest
        if head.startswith("%"):
            base = self.environment.get(head.strip("%"))
            return Path(base) / rest if base else None
        return self.root / template.lstrip("/")

    def programs(self, name: str) -> list[Path]:
        """Where a program of the table is: on the PATH (Linux), among the applications (macOS), at its path."""
        if "/" in name or "%" in name:
            candidates = [self.path(name)]
        elif self.system is System.MACOS:
            candidates = [self.path(f"/Applications/{name}"), self.path(f"~/Applications/{name}")]
        else:
            directories = [entry for entry in self.environment.get("PATH", "").split(os.pathsep) if entry]
            candidates = [Path(directory) / name for directory in directories]
        return [path for path in candidates if path is not None and path.exists()]


def is_key(place: str) -> bool:
    """Is a place of the table a registry key (else it is a directory)?"""
    return place.startswith(("HKCU\\", "HKLM\\"))
