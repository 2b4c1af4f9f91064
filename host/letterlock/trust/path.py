"""Path building and validation (RFC 5280 §6)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from letterlock.errors import Reason
from letterlock.trust.anchors import Anchor
from letterlock.trust.certificate import Certificate


@dataclass(frozen=True)
class Path:
    """The RFC 5280 result for one certificate. `chain` runs from it to the anchor, or as far as the path came."""

    valid: bool
    reasons: tuple[Reason, ...]
    chain: tuple[Certificate, ...]
    anchor: Anchor | None


def build(leaf: Certificate, candidates: Iterable[Certificate], anchors: Iterable[Anchor], time: datetime) -> Path:
    """The best path from `leaf` to an anchor, judged at `time`."""
    raise NotImplementedError
