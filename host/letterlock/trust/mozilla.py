"""The roots that Mozilla trusts for mail, as a list that comes with the program (`make roots` renews it).

The one file of this package that reads a file: its own data. It is read when first needed, never at the start.
"""

from __future__ import annotations

import base64
import json
from functools import cache
from pathlib import Path
from typing import NamedTuple

from letterlock.trust.anchors import Anchor, Anchors
from letterlock.trust.certificate import Certificate

FILE = Path(__file__).with_name("mozilla_roots.json")


class RootList(NamedTuple):
    """The list, where it comes from and of which day it is."""

    source: str
    made: str
    anchors: Anchors


@cache
def roots() -> RootList:
    """The list. Decoded once in a process."""
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    return RootList(
        kept["source"],
        kept["made"],
        Anchors(Anchor(Certificate.parse(base64.b64decode(root["der"])), "mozilla") for root in kept["roots"]),
    )
