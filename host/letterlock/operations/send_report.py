"""What became of what was sent: for each recipient, and of the copy."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from letterlock.errors import Coded, LetterlockError


class Status(StrEnum):
    """What became of a message to one recipient."""

    SENT = "sent"
    """The server is responsible for it now."""
    REFUSED = "refused"
    """The server takes nothing for this address, or nothing of this kind."""
    NOT_SENT = "not_sent"
    """Nothing went out, and nothing waits: something else failed, or it was cancelled."""
    WAITING = "waiting"
    """Nothing went out; it waits in the outbox."""
    UNSURE = "unsure"
    """The connection ended with the last word: it may have been sent. It waits for a person to decide."""


class CopyStatus(StrEnum):
    """What became of the copy."""

    KEPT = "kept"
    """It is in the folder."""
    WAITING = "waiting"
    """It waits in the outbox."""
    NOT_WANTED = "not_wanted"
    NOT_KEPT = "not_kept"
    """Nothing was sent, so there is none."""


@dataclass(frozen=True)
class Told:
    """One recipient."""

    address: str
    status: Status
    failure: LetterlockError | None = None


@dataclass
class Report:
    """What became of a batch. `copy_failure` says why a copy waits."""

    batch: str
    recipients: list[Told] = field(default_factory=list)
    copy: CopyStatus = CopyStatus.NOT_WANTED
    folder: str | None = None
    copy_failure: LetterlockError | None = None
    remarks: list[Coded] = field(default_factory=list)

    @property
    def all_sent(self) -> bool:
        """Whether it went out to everybody."""
        return all(each.status is Status.SENT for each in self.recipients)

    @property
    def kept(self) -> bool:
        """Whether something of it is in the outbox still."""
        waits = {Status.WAITING, Status.UNSURE}
        return self.copy is CopyStatus.WAITING or any(each.status in waits for each in self.recipients)
