"""The time at which the internal CA acts: whole seconds, because certificates know no others."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Now, UTC, cut to the second."""
    return datetime.now(UTC).replace(microsecond=0)
