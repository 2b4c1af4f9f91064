"""An open message saved as evidence for a client: a bundle that it fetches like the part of a message."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.errors import UnknownPart
from letterlock.evidence.container import MIMETYPE
from letterlock.operations import bundle_save, describe, timestamps
from letterlock.operations.bundle_save import Saved, Saving
from letterlock.operations.describe import iso
from letterlock.operations.online import Online
from letterlock.operations.open import OpenedMessage
from letterlock.operations.trust import TrustSettings
from letterlock.spool import Spool
from letterlock.verdict import Part

PART = "bundle"


class SavedBundle:
    """A bundle that waits to be fetched, in memory or sealed on disk."""

    def __init__(self, spool: Spool, saved: Saved, now: datetime, language: str) -> None:
        self._spool = spool
        self.name = f"evidence-{now:%Y-%m-%d}.asice"
        self.answer: dict[str, Any] = {
            "part": PART,
            "name": self.name,
            "size": len(spool),
            "times": [iso(each) for each in saved.times],
            "reasons": [describe.reason(each, language).model_dump(mode="json") for each in saved.doubts],
        }

    def part(self, part_id: str) -> Part:
        """The bundle. Raises `UnknownPart` for anything else."""
        if part_id != PART:
            raise UnknownPart(part_id)
        return Part(
            id=PART,
            type=MIMETYPE.decode(),
            charset=None,
            name=self.name,
            disposition="attachment",
            content_id=None,
            size=len(self._spool),
            covered=False,
        )

    def body(self, part_id: str) -> Iterator[bytes]:
        """Its octets. Raises `UnknownPart`."""
        self.part(part_id)
        return self._spool.blocks(0, len(self._spool))

    text = body
    """A bundle is fetched as it is, whatever a client asks for."""

    def close(self) -> None:
        """Forget it."""
        self._spool.close()


def saved(
    opened: OpenedMessage, trust: TrustSettings, online: Online, database: Path, policy: Path | None, language: str
) -> SavedBundle:
    """The bundle of an open message, stamped by each authority that the user or the organisation chose.

    Raises:
        NoAuthority, NoTimeStamp: nobody stamped.
    """
    now = datetime.now(UTC)
    authorities = timestamps.settings(database, policy).authorities
    spool = Spool()
    try:
        made = bundle_save.keep(opened, spool, Saving(trust, authorities, now, language, online))
    except BaseException:
        spool.close()
        raise
    return SavedBundle(spool, made, now, language)
