"""The record of what set-up wrote, so that removal takes away exactly that: `setup.json` in the settings directory.

An entry is recorded *before* the thing is written. If set-up is killed in between, removal finds an entry for
something that is not there, which harms nothing; the other way round a file would stay for ever.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from letterlock.clients.failures import JournalUnreadable
from letterlock.clients.writing import discard, temporary, write_file

JOURNAL_FILE = "setup.json"
JOURNAL_MODE = 0o600


class _Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class File(_Shape):
    """A file written; `sha256` is of what was written.

    `replaced` and `replaced_link` are what somebody else had there, the text of a file or where a link led; None:
    nothing. Removal puts it back.
    """

    path: str
    sha256: str
    clients: tuple[str, ...]
    replaced: str | None = None
    replaced_link: str | None = None


class Key(_Shape):
    """A registry key set; `replaced` is the value that it had from somebody else."""

    key: str
    value: str
    clients: tuple[str, ...]
    replaced: str | None = None


class Journal(_Shape):
    """Everything that runs of set-up wrote and removal has not taken away. Directories and keys made on the way
    are listed outermost first."""

    version: Literal[1] = 1
    files: tuple[File, ...] = ()
    directories: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    made_keys: tuple[str, ...] = ()

    @classmethod
    def load(cls, config: Path) -> Journal:
        """The journal in the settings directory, empty where there is none.

        Raises:
            JournalUnreadable: It is there and damaged.
        """
        file = config / JOURNAL_FILE
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls()
        except (OSError, ValidationError):
            raise JournalUnreadable(str(file)) from None

    def save(self, config: Path) -> None:
        """Write it, or remove the file when nothing is recorded any more. Raises OSError."""
        file = config / JOURNAL_FILE
        if self == Journal():
            for each in (file, temporary(file)):
                discard(each)
            return
        text = json.dumps(self.model_dump(mode="json", exclude_none=True), indent=2, ensure_ascii=False) + "\n"
        write_file(file, text.encode("utf-8", "surrogateescape"), JOURNAL_MODE)

    def wrote(self, path: Path) -> File | None:
        """The entry of a file."""
        return next((entry for entry in self.files if entry.path == str(path)), None)

    def set_key(self, key: str) -> str | None:
        """The value that was given to a registry key."""
        return next((entry.value for entry in self.keys if entry.key.lower() == key.lower()), None)

    def with_file(self, file: File, directories: Sequence[Path]) -> Journal:
        """With a file, and the directories made for it. Clients of earlier runs still read it."""
        files = {entry.path: entry for entry in self.files}
        earlier = files.get(file.path)
        if earlier is not None:
            update: dict[str, object] = {"clients": tuple(dict.fromkeys((*earlier.clients, *file.clients)))}
            if file.replaced is None and file.replaced_link is None:
                update |= {"replaced": earlier.replaced, "replaced_link": earlier.replaced_link}
            file = file.model_copy(update=update)
        files[file.path] = file
        return self.model_copy(update={"files": tuple(files.values())}).with_directories(directories)

    def with_directories(self, directories: Sequence[Path]) -> Journal:
        """With directories that are made on the way."""
        new = tuple(str(directory) for directory in directories if str(directory) not in self.directories)
        return self.model_copy(update={"directories": (*self.directories, *new)})

    def with_key(self, key: Key, made: Sequence[str]) -> Journal:
        """With a registry key, and the keys above it that were made for it."""
        keys = {entry.key: entry for entry in self.keys}
        if key.replaced is None and key.key in keys:
            key = key.model_copy(update={"replaced": keys[key.key].replaced})
        keys[key.key] = key
        new = tuple(name for name in made if name not in self.made_keys)
        return self.model_copy(update={"keys": tuple(keys.values()), "made_keys": (*self.made_keys, *new)})
