"""What is kept about Outlook on the web: weak algorithms that its server asked for and did not get."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from letterlock.store.database import Store

_RAISED = "owa.raised"


def raised(database: Path) -> tuple[str, ...]:
    """Their names. Raises as `Store.read`."""
    with Store.read(database) as store:
        kept = store.setting(_RAISED, [])
    return tuple(str(each) for each in kept) if isinstance(kept, list) else ()


def keep_raised(database: Path, names: Sequence[str]) -> None:
    """Keep them for `letterlock doctor`; nothing is written where nothing changed. Raises as `Store.open`."""
    if raised(database) != tuple(names):
        with Store.open(database) as store:
            store.set_setting(_RAISED, list(names))
