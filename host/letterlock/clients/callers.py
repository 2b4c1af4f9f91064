"""Extensions that the user or an administrator allows besides ours: `callers.json` in the settings directory.

The host reads the same file (`{"chromium": [ids], "mozilla": [ids]}`); here it is read for the manifests and added
to. A file that is damaged is never overwritten: somebody wrote it by hand.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from letterlock.clients.failures import CallersUnreadable
from letterlock.clients.manifests import family_of
from letterlock.clients.writing import write_file

CALLERS_FILE = "callers.json"
CALLERS_MODE = 0o644


class Callers(BaseModel):
    """The ids, by family."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    FILE: ClassVar[str] = CALLERS_FILE

    chromium: tuple[str, ...] = ()
    mozilla: tuple[str, ...] = ()

    @classmethod
    def load(cls, config: Path) -> Callers:
        """The file's content; nothing where there is no file.

        Raises:
            CallersUnreadable: It is there and not what it should be.
            NotAnExtensionId: It names something that is no id.
        """
        file = config / CALLERS_FILE
        try:
            callers = cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls()
        except (OSError, ValidationError):
            raise CallersUnreadable(str(file)) from None
        for extension in callers.all():
            family_of(extension)
        return callers

    def save(self, config: Path) -> None:
        """Write the file. Raises OSError."""
        write_file(config / CALLERS_FILE, (self.model_dump_json(indent=2) + "\n").encode(), CALLERS_MODE)

    def all(self) -> tuple[str, ...]:
        """Every id."""
        return (*self.chromium, *self.mozilla)

    def plus(self, extensions: Iterable[str]) -> Callers:
        """With more ids; raises NotAnExtensionId."""
        ids = {"chromium": list(self.chromium), "mozilla": list(self.mozilla)}
        for extension in extensions:
            known = ids[family_of(extension).value]
            if extension not in known:
                known.append(extension)
        return Callers(chromium=tuple(ids["chromium"]), mozilla=tuple(ids["mozilla"]))
