"""The recovery code: 160 random bits to be printed and put away, for whoever forgets the passphrase.

Crockford's base 32 (no I, L, O, U), in eight groups of four. Read back tolerantly: letters of either case, any
separators, and the letters that people write instead of digits.
"""

from __future__ import annotations

import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS = 32
_READ = str.maketrans("ILO", "110")


def fresh() -> str:
    """A new code, as it is printed."""
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_CHARACTERS))
    return "-".join(code[at : at + 4] for at in range(0, _CHARACTERS, 4))


def read(typed: str) -> str:
    """The code in what somebody typed; anything else stays something that opens nothing."""
    return "".join(each for each in typed.upper().translate(_READ) if each.isalnum())
