"""Until when an algorithm protects what was made with it: a table with sources, and an argument wherever it is used.

A digest or a signature proves something only if nobody could forge it before something stronger secured it. So the day
that counts is the day up to which the algorithm may be relied upon, not the day on which somebody looks. What is not in
the table cannot be relied upon at all. A day is the earliest that an authority named, also in a draft; where none
named one, there is none (None). Sources:

* NIST SP 800-131A rev. 2: SHA-1 and keys below 112 bits, not for signatures after 2013.
* NIST SP 800-131A rev. 3 (draft, 2024) and SP 800-57 part 1: 112 bits (RSA 2048, P-224, SHA-224) until the end of 2030.
* NIST IR 8547 (draft, 2024): RSA, ECDSA and EdDSA of any size until the end of 2035; BSI TR-02102-1 says the same.
* RFC 6151 (2011): MD5; its collisions were published on 2004-08-17.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import NamedTuple

_DRAFT_131A = "NIST SP 800-131A rev. 3"
_131A = "NIST SP 800-131A rev. 2"
_8547 = "NIST IR 8547"


class Ending(NamedTuple):
    """The last moment of an algorithm, None where none is known, and who says so."""

    algorithm: str
    day: datetime | None
    source: str


def _end_of(year: int) -> datetime:
    return datetime(year, 12, 31, 23, 59, 59, tzinfo=UTC)


DIGESTS: dict[str, Ending] = {
    name: Ending(name, day, source)
    for name, day, source in (
        ("MD2", datetime(2004, 8, 17, tzinfo=UTC), "RFC 6149"),
        ("MD4", datetime(2004, 8, 17, tzinfo=UTC), "RFC 6150"),
        ("MD5", datetime(2004, 8, 17, tzinfo=UTC), "RFC 6151"),
        ("SHA-1", _end_of(2013), _131A),
        ("SHA-224", _end_of(2030), _DRAFT_131A),
        ("SHA3-224", _end_of(2030), _DRAFT_131A),
        ("SHA-256", None, _DRAFT_131A),
        ("SHA-384", None, _DRAFT_131A),
        ("SHA-512", None, _DRAFT_131A),
        ("SHA-512/256", None, _DRAFT_131A),
        ("SHA3-256", None, _DRAFT_131A),
        ("SHA3-384", None, _DRAFT_131A),
        ("SHA3-512", None, _DRAFT_131A),
        ("SHAKE128", None, _DRAFT_131A),
        ("SHAKE256", None, _DRAFT_131A),
    )
}

Lifetimes = Callable[[str], Ending]
"""What is known of an algorithm, by the name that the engine gives it: "SHA-256", "RSA 2048", "ECDSA with SHA-1"."""

_SIZED = re.compile(r"(RSA) (\d+)|EC (?:P-|brainpoolP|secp)(\d+).*")


def today(name: str) -> Ending:
    """The table as it is known when this program is released."""
    if name in DIGESTS:
        return DIGESTS[name]
    if " with " in name and not name.startswith("DSA"):
        # A signature is as good as its digest; the key is asked about by itself.
        return today(name.partition(" with ")[2])
    if name.startswith(("ML-DSA", "SLH-DSA")):
        return Ending(name, None, "FIPS 204, FIPS 205")
    if name in ("Ed25519", "Ed448"):
        return Ending(name, _end_of(2035), _8547)
    if name.startswith("DSA"):
        return Ending(name, _end_of(2013 if name.endswith("SHA-1") else 2023), "FIPS 186-5")
    if sized := _SIZED.fullmatch(name):
        bits = int(sized[2] or sized[3])
        weak, strong = (2048, 3072) if sized[1] else (224, 256)
        if bits < weak:
            return Ending(name, _end_of(2013), _131A)
        return Ending(name, _end_of(2035), _8547) if bits >= strong else Ending(name, _end_of(2030), _DRAFT_131A)
    return Ending(name, datetime.min.replace(tzinfo=UTC), "")


def first_ended(names: Iterable[str], by: datetime, lifetimes: Lifetimes = today) -> Ending | None:
    """The one of these algorithms that ended first, if it was before `by`."""
    ended = [each for each in map(lifetimes, names) if each.day is not None and each.day < by]
    return min(ended, key=lambda each: each.day or by, default=None)


def until(names: Iterable[str], lifetimes: Lifetimes = today) -> datetime | None:
    """The day on which the first of them ends; None where none is known to."""
    return min((each.day for each in map(lifetimes, names) if each.day is not None), default=None)
