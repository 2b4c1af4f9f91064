"""Mutants that no test can notice, because they change nothing that anybody could see, each with the reason.

`tests/mutation.py` checks its survivors against this list: one that is not here, or an entry that is noticed after all,
fails the run. An entry is the module, the line without its comment, and the change.
"""

from __future__ import annotations

_ONLY_SLOWER = "More values take the slow way, which says the same as the quick one; only the time differs."

_COPIED = "if end > len(buffer) or base + start < self._slow_until:"

EQUIVALENT: dict[tuple[str, str, str], str] = {
    ("cms/ber.py", "self.diverted = False", "False → True"): (
        "In a frame: read only of frames that are a string, and set for each of those."
    ),
    ("cms/ber.py", "self.unused = -1", "1 → 2"): (
        "Any negative number says that there was no piece; it is compared with zero alone."
    ),
    (
        "cms/ber.py",
        "self._passing = False",
        "False → True",
    ): ("Set at the start of every primitive, before it is read."),
    (
        "cms/ber.py",
        "self._slow_until = 0",
        "0 → 1",
    ): _ONLY_SLOWER,
    ("cms/ber.py", "length = -1", "1 → 2"): "Any negative number says that the length is indefinite.",
    ("cms/ber.py", "elif length > 0x80:", "length > 128 → length >= 128"): "Equal to 0x80 was the case before.",
    ("cms/ber.py", "own = 0 if string.diverted else string.tag[0]", "0 → 1"): (
        "No identifier octet of a piece, made constructed, is 0 or 1, and neither is that of a BIT STRING."
    ),
    ("cms/ber.py", "return False, string.diverted", "False → True"): (
        "The place of a piece is never asked for: its container is a string, which is asked first."
    ),
    ("cms/ber.py", "return False, True", "False → True"): (
        "The place of the diverted string is never asked for: it is a string, which is asked first."
    ),
    (
        "cms/ber.py",
        _COPIED,
        "end > len(buffer) → end >= len(buffer)",
    ): (_ONLY_SLOWER),
    (
        "cms/ber.py",
        _COPIED,
        "base + start < self._slow_until → base + start <= self._slow_until",
    ): _ONLY_SLOWER,
    (
        "cms/ber.py",
        "count, offending = walk(buffer, position, end, self._depth - len(self._stack) - 1, left)",
        "1 → 2",
    ): _ONLY_SLOWER,
    ("cms/ber.py", "if offending >= 0:", "offending >= 0 → offending > 0"): (
        "What offends stands inside a value, so behind at least two octets."
    ),
    ("cms/ber.py", "if offending >= 0:", "0 → 1"): "What offends stands inside a value, so behind at least two octets.",
    ("cms/ber.py", "self._slow_until = base + offending + 1", "1 → 2"): _ONLY_SLOWER,
    (
        "cms/signed.py",
        'parts = der.split(schema.octets(choice), 0xA1, "OtherRevocationInfoFormat", 2)',
        "2 → 3",
    ): "How many elements are taken at most, of which one more comes out: more than two is not two either way.",
}
