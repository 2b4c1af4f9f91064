"""What can be said about the withdrawal of one certificate. Never a bare yes or no.

A file of its own because lists and OCSP answers both end here.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from letterlock import limits
from letterlock.errors import Reason


class Revoked(NamedTuple):
    """Withdrawn since `at`, for `reason` (RFC 5280 §5.3.1). `at` may lie after the time that counts."""

    at: datetime
    reason: str


class Good(NamedTuple):
    """Somebody entitled says that it was not withdrawn; `until` is when that word runs out."""

    until: datetime


class NotChecked(NamedTuple):
    """Nothing at hand tells, and why."""

    why: Reason


Status = Revoked | Good | NotChecked

REASONS = {
    0: "unspecified",
    1: "keyCompromise",
    2: "cACompromise",
    3: "affiliationChanged",
    4: "superseded",
    5: "cessationOfOperation",
    6: "certificateHold",
    8: "removeFromCRL",
    9: "privilegeWithdrawn",
    10: "aACompromise",
}
"""CRLReason ::= ENUMERATED (RFC 5280 §5.3.1)."""

HOLD = "certificateHold"
"""The one reason that may be taken back."""

COMPROMISE = frozenset({"keyCompromise", "cACompromise", "aACompromise"})
"""Reasons for which a stated invalidity date counts instead of the later day of the withdrawal (§5.3.2)."""


def until(this_update: datetime, next_update: datetime | None) -> datetime:
    """Until when evidence may be relied on; without a next update, for a day."""
    return next_update or this_update + timedelta(hours=limits.EVIDENCE_HOURS)
