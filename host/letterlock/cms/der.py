"""DER at the level of tag and length (X.690 §8.1, §10.1): what identifiers mean, walking, splitting, framing.

Nothing here knows types. `cryptography.hazmat.asn1` decodes types; this file does what it cannot: judge a whole
value at once, and take a SET OF apart whose elements are not in DER order (the library refuses those, mail has them).
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from letterlock.cms.failures import CmsMalformed


class Kind(IntEnum):
    """What an identifier's first octet says about the value's form."""

    PRIMITIVE = 0
    CONSTRUCTED = 1
    STRING_IN_PIECES = 2
    """A universal string type in constructed form: BER only (X.690 §8.21, §10.2)."""
    END_OF_CONTENTS = 3
    HIGH_TAG = 4
    """The tag number is in the octets that follow."""
    WRONG = 5
    """A universal type in a form it does not have: a constructed INTEGER, a primitive SEQUENCE."""


def _kind(octet: int) -> Kind:
    constructed = bool(octet & 0x20)
    number = octet & 0x1F
    if octet == 0:
        return Kind.END_OF_CONTENTS
    if number == 0x1F:
        return Kind.HIGH_TAG
    if octet & 0xC0:
        return Kind.CONSTRUCTED if constructed else Kind.PRIMITIVE
    if number in (8, 11, 16, 17):  # EXTERNAL, EMBEDDED PDV, SEQUENCE, SET
        return Kind.CONSTRUCTED if constructed else Kind.WRONG
    if number in (1, 2, 5, 6, 9, 10, 13):  # BOOLEAN, INTEGER, NULL, the two OIDs, REAL, ENUMERATED
        return Kind.WRONG if constructed else Kind.PRIMITIVE
    return Kind.STRING_IN_PIECES if constructed else Kind.PRIMITIVE


KINDS: tuple[int, ...] = tuple(int(_kind(octet)) for octet in range(256))
"""`Kind` by identifier octet, as plain integers because the walk below is the hot loop."""


def length_octets(length: int) -> bytes:
    """A length in its shortest form (X.690 §10.1)."""
    if length < 0x80:
        return bytes((length,))
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes((0x80 | len(octets),)) + octets


def value(tag: int, contents: bytes) -> bytes:
    """A whole value with this identifier octet."""
    return bytes((tag,)) + length_octets(len(contents)) + contents


def integer(number: int) -> bytes:
    """An INTEGER."""
    return value(0x02, number.to_bytes(number.bit_length() // 8 + 1, "big", signed=True))


def set_of(elements: Iterable[bytes], tag: int = 0x31) -> bytes:
    """A SET OF in DER order: by the elements' octets (X.690 §11.6)."""
    return value(tag, b"".join(sorted(elements)))


def walk(octets: bytes, position: int, end: int, depth: int, most: int) -> tuple[int, int]:
    """Walks the contents of a constructed value and counts the values in it.

    Returns (count, -1) where `octets[position:end]` is DER throughout as far as tags and lengths go and stays within
    `depth` and `most`; else (count so far, where the offending value starts). It never raises: the slow reader goes
    there and says what is wrong, or that it is merely BER.
    """
    kinds = KINDS
    outer: list[int] = []
    count = 0
    while True:
        while position == end:
            if not outer:
                return count, -1
            end = outer.pop()
        start = position
        count += 1
        if position + 2 > end or count > most:
            return count, start
        kind = kinds[octets[position]]
        length = octets[position + 1]
        position += 2
        if length >= 0x80:
            width = length - 0x80
            if not 1 <= width <= 4 or position + width > end:
                return count, start
            length = int.from_bytes(octets[position : position + width], "big")
            position += width
            if length < 0x80 or length >> (8 * (width - 1)) == 0:
                return count, start
        if position + length > end:
            return count, start
        if kind == 0:
            position += length
        elif kind == 1 and len(outer) < depth:
            outer.append(end)
            end = position + length
        else:
            return count, start


def split(octets: bytes, tag: int, where: str, most: int) -> list[bytes]:
    """The elements, each a whole value, of the constructed DER value `octets` that must have this identifier octet.

    Args:
        where: what the value is, for the failure.
        most: how many elements are taken; one more comes out where there are more, so that the caller can tell.

    Raises:
        CmsMalformed: another tag, not DER at this level, or something left over.
    """
    if not octets or octets[0] != tag:
        raise CmsMalformed(where)
    position, end = _extent(octets, 0, len(octets), where)
    if end != len(octets):
        raise CmsMalformed(where)
    elements: list[bytes] = []
    while position < end and len(elements) <= most:
        _, stop = _extent(octets, position, end, where)
        elements.append(octets[position:stop])
        position = stop
    return elements


def contents(octets: bytes, where: str) -> bytes:
    """The contents octets of one whole DER value."""
    start, end = _extent(octets, 0, len(octets), where)
    if end != len(octets):
        raise CmsMalformed(where)
    return octets[start:end]


def _extent(octets: bytes, position: int, end: int, where: str) -> tuple[int, int]:
    """Where the contents of the value at `position` start and end."""
    if position + 2 > end or octets[position] & 0x1F == 0x1F:
        raise CmsMalformed(where)
    length = octets[position + 1]
    position += 2
    if length >= 0x80:
        width = length - 0x80
        if not 1 <= width <= 4 or position + width > end:
            raise CmsMalformed(where)
        length = int.from_bytes(octets[position : position + width], "big")
        position += width
        if length < 0x80 or length >> (8 * (width - 1)) == 0:
            raise CmsMalformed(where)
    if position + length > end:
        raise CmsMalformed(where)
    return position, position + length
