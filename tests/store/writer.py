"""A process that writes anchors and settings until somebody kills it: `writer.py DATABASE NAME [COUNT]`.

It says what it has kept, one line each, only after the store has said so.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from letterlock.store.database import Store


def main(database: Path, name: str, rounds: int | None) -> None:
    for number in count() if rounds is None else range(rounds):
        with Store.open(database) as store:
            store.add_anchor(f"{name} {number}".encode() * 300, name, datetime(2026, 1, 1, tzinfo=UTC))
            store.set_setting(name, number)
        print(number, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]) if len(sys.argv) > 3 else None)
