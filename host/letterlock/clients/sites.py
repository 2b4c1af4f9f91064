"""Sites of Outlook on the web that the user or an administrator allows: `owa.json` in the settings directory.

Microsoft's extension asks the host for them and works there beside Microsoft's own sites. A file that is damaged is
never overwritten: somebody wrote it by hand.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from letterlock.clients.failures import NotASite, SitesUnreadable
from letterlock.clients.writing import write_file

_SITE = re.compile(r"(?=.{1,253}\Z)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+")
"""A host name (RFC 1123 §2.1) with a dot in it."""


class Sites(BaseModel):
    """The host names."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    FILE: ClassVar[str] = "owa.json"

    sites: tuple[str, ...] = ()

    @classmethod
    def load(cls, config: Path) -> Sites:
        """The file's content; nothing where there is no file. Raises `SitesUnreadable`."""
        file = config / cls.FILE
        try:
            return cls.model_validate_json(file.read_bytes())
        except FileNotFoundError:
            return cls()
        except (OSError, ValidationError):
            raise SitesUnreadable(str(file)) from None

    def save(self, config: Path) -> None:
        """Write the file. Raises OSError."""
        write_file(config / self.FILE, (self.model_dump_json(indent=2) + "\n").encode(), 0o644)

    def plus(self, sites: Iterable[str]) -> Sites:
        """With more of them; raises `NotASite`."""
        named = []
        for each in sites:
            if not _SITE.fullmatch(each.lower()):
                raise NotASite(each)
            named.append(each.lower())
        return Sites(sites=tuple(dict.fromkeys((*self.sites, *named))))
