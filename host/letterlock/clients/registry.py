"""Windows' registry, as little of it as native messaging needs: default values of keys.

The rest of the package speaks to `Registry`, so that what set-up does on Windows is tested elsewhere with
`MemoryRegistry`, which lives here beside the real one because both must behave alike.
"""

from __future__ import annotations

import sys
from typing import Protocol


class Registry(Protocol):
    """Keys are written `HKCU\\Software\\…`. Case is kept and does not matter."""

    def read(self, key: str) -> str | None:
        """The default value of a key; none if there is no such key or it has no default value."""

    def exists(self, key: str) -> bool:
        """Is there such a key?"""

    def write(self, key: str, value: str) -> None:
        """Set the default value of a key, and make the key and those above it. Raises OSError."""

    def remove(self, key: str) -> bool:
        """Remove a key that has no keys below it; false if there is none, or it has some. Raises OSError."""

    def is_empty(self, key: str) -> bool:
        """Has the key neither values nor keys below it?"""


def missing_ancestors(registry: Registry, key: str) -> list[str]:
    """The keys above `key` that `write` will have to make, outermost first."""
    parts = key.split("\\")
    ancestors = ["\\".join(parts[:length]) for length in range(2, len(parts))]
    return [ancestor for ancestor in ancestors if not registry.exists(ancestor)]


class MemoryRegistry:
    """A registry in memory, for tests on other systems."""

    def __init__(self) -> None:
        self._keys: dict[str, tuple[str, str | None]] = {}

    def read(self, key: str) -> str | None:
        return self._keys.get(key.lower(), ("", None))[1]

    def exists(self, key: str) -> bool:
        return key.lower() in self._keys

    def write(self, key: str, value: str) -> None:
        parts = key.split("\\")
        for length in range(1, len(parts)):
            ancestor = "\\".join(parts[:length])
            self._keys.setdefault(ancestor.lower(), (ancestor, None))
        self._keys[key.lower()] = (key, value)

    def remove(self, key: str) -> bool:
        if not self.exists(key) or self._below(key):
            return False
        del self._keys[key.lower()]
        return True

    def is_empty(self, key: str) -> bool:
        return self.read(key) is None and not self._below(key)

    def contents(self) -> dict[str, str | None]:
        """Every key with its default value."""
        return dict(self._keys.values())

    def _below(self, key: str) -> bool:
        return any(name.startswith(key.lower() + "\\") for name in self._keys)


if sys.platform == "win32":
    import winreg

    class WindowsRegistry:
        """The registry of this computer, in the 64-bit view (browsers look into both)."""

        def read(self, key: str) -> str | None:
            try:
                with self._open(key, winreg.KEY_READ) as handle:
                    value, kind = winreg.QueryValueEx(handle, "")
            except FileNotFoundError:
                return None
            return value if kind == winreg.REG_SZ and isinstance(value, str) else None

        def exists(self, key: str) -> bool:
            try:
                self._open(key, winreg.KEY_READ).Close()
            except FileNotFoundError:
                return False
            return True

        def write(self, key: str, value: str) -> None:
            hive, path = self._split(key)
            with winreg.CreateKeyEx(hive, path, 0, winreg.KEY_WRITE | winreg.KEY_WOW64_64KEY) as handle:
                winreg.SetValueEx(handle, "", 0, winreg.REG_SZ, value)

        def remove(self, key: str) -> bool:
            try:
                with self._open(key, winreg.KEY_READ) as handle:
                    if winreg.QueryInfoKey(handle)[0]:
                        return False
                hive, path = self._split(key)
                winreg.DeleteKeyEx(hive, path, winreg.KEY_WOW64_64KEY, 0)
            except FileNotFoundError:
                return False
            return True

        def is_empty(self, key: str) -> bool:
            try:
                with self._open(key, winreg.KEY_READ) as handle:
                    keys, values, _ = winreg.QueryInfoKey(handle)
            except FileNotFoundError:
                return True
            return not keys and not values

        def _open(self, key: str, access: int) -> winreg.HKEYType:
            hive, path = self._split(key)
            return winreg.OpenKey(hive, path, 0, access | winreg.KEY_WOW64_64KEY)

        def _split(self, key: str) -> tuple[int, str]:
            hive, _, path = key.partition("\\")
            return {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive], path

else:

    class WindowsRegistry(MemoryRegistry):
        """Elsewhere there is no registry; nothing asks for one."""
