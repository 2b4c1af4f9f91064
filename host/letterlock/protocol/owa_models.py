"""Outlook on the web in the protocol (1.7): the full verdict of what was read there last."""

from __future__ import annotations

from typing import Literal

from letterlock.protocol.shapes import Id, NoParams, Shape
from letterlock.verdict import Verdict


class OwaLastRequest(Shape):
    """Asks for the verdict on the message that was read last in Outlook on the web, which has no room for it (1.7)."""

    type: Literal["request"]
    id: Id
    operation: Literal["owa_last"]
    params: NoParams


# --- Replies


class OwaLast(Shape):
    """Null where none was read since the browser began, or no host for Outlook on the web runs. `read`: when (UTC)."""

    verdict: Verdict | None
    read: str | None
