"""What the administrator allows, and how long anything may take. Values, given to whoever fetches."""

from __future__ import annotations

from typing import NamedTuple

from letterlock import limits


class Rules(NamedTuple):
    """The rules of every request. Times in seconds."""

    private: bool = False
    """Whether addresses of this computer and of private networks may be connected to."""
    request_seconds: float = limits.FETCH_REQUEST_SECONDS
    """For one document, with every redirection."""
    total_seconds: float = limits.FETCH_TOTAL_SECONDS
    """For everything that one message needs."""


DEFAULT = Rules()
