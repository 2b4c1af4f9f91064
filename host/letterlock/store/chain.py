"""Hash chains: each entry's hash covers its content and the hash before, so that nothing in the middle changes unseen.

Two logs are kept so: what an internal CA did (`letterlock.authority.log`) and what was signed here
(`letterlock.evidence.journal`). Whoever can write the database can put back an older state as a whole, or write a
whole new chain; against that the last hash is signed.
"""

from __future__ import annotations

import hashlib


def link(domain: bytes, number: int, previous: str, at: str, kind: str, body: str) -> str:
    """The hash of an entry, lower-case hex.

    Args:
        domain: a line of text that no other kind of chain has, so that no entry can be taken for another's.
        body: JSON, which has no bare line end: it is last, so no two contents make the same octets.
    """
    return hashlib.sha256(domain + f"{number}\n{previous}\n{at}\n{kind}\n{body}\n".encode()).hexdigest()
