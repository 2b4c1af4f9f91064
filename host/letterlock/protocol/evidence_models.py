"""Evidence in the protocol (1.7): an open message saved with everything that proves it later."""

from __future__ import annotations

from typing import Literal

from letterlock.protocol.shapes import Handle, Id, Octets, Shape
from letterlock.verdict import Reason


class EvidenceSaveParams(Shape):
    """`evidence_save`: which open message."""

    message: Handle


class EvidenceSaveRequest(Shape):
    """Makes an evidence bundle of a message, stamped by the authorities that the user or the organisation chose."""

    type: Literal["request"]
    id: Id
    operation: Literal["evidence_save"]
    params: EvidenceSaveParams


# --- Replies


class EvidenceSaved(Shape):
    """The bundle, whose `size` octets `part` fetches with `message` and `part`, until `close`. `times`: of its
    time-stamps (UTC); `reasons`: who did not stamp, or is not believed here."""

    message: Handle
    part: str
    name: str
    size: Octets
    times: list[str]
    reasons: list[Reason]
