"""A list of staff (CSV) as people who are to get certificates. Everything is understood before anything is issued.

    name,address,keys
    Anna Muster,anna@muster.example,
    Bea Beispiel,bea@muster.example info@muster.example,P-256

`address` holds one or more, with spaces between. `keys` says which keys are made and may be empty; `request` names a
file with a request (PKCS#10) of a person who made the keys. Commas or semicolons, as spreadsheets write them.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass

from letterlock import limits
from letterlock.authority import profiles
from letterlock.authority.ca import address_key
from letterlock.authority.failures import AddressNotUsable, StaffUnreadable

_COLUMNS = {"name", "address", "keys", "request"}


@dataclass(frozen=True)
class Person:
    """One line: `line` counts from 1, the heading included. `keys` and `request` are empty where nothing is said."""

    line: int
    name: str
    addresses: tuple[str, ...]
    keys: str = ""
    request: str = ""


def read(octets: bytes, kinds: frozenset[str]) -> tuple[Person, ...]:
    """The people in a list.

    Args:
        octets: the file, UTF-8 with or without a byte order mark.
        kinds: what `keys` may say.

    Raises:
        StaffUnreadable: a line cannot be understood, or an address stands twice.
    """
    if len(octets) > limits.STAFF_OCTETS:
        raise StaffUnreadable(1, f"> {limits.STAFF_OCTETS}")
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise StaffUnreadable(octets.count(b"\n", 0, error.start) + 1, "UTF-8") from None
    heading = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in heading else ",", strict=True)
    people: list[Person] = []
    seen: dict[str, int] = {}
    columns: list[str] = []
    try:
        for row in reader:
            if not columns:
                columns = _heading(row)
            elif any(map(str.strip, row)):
                people.append(_person(reader.line_num, dict(zip(columns, row, strict=False)), len(row), columns, kinds))
                _once(people[-1], seen)
    except csv.Error as error:
        raise StaffUnreadable(reader.line_num, str(error)) from None
    if len(people) > limits.STAFF_LINES:
        raise StaffUnreadable(len(people), f"> {limits.STAFF_LINES}")
    if not people:
        raise StaffUnreadable(1, "name, address, keys, request")
    return tuple(people)


def _heading(row: list[str]) -> list[str]:
    columns = [each.strip().lower() for each in row]
    if not {"name", "address"} <= set(columns) <= _COLUMNS or len(set(columns)) != len(columns):
        raise StaffUnreadable(1, "name, address, keys, request")
    return columns


def _person(line: int, row: dict[str, str], found: int, columns: list[str], kinds: frozenset[str]) -> Person:
    if found != len(columns):
        raise StaffUnreadable(line, f"{found} ≠ {len(columns)}")
    name = " ".join(row["name"].split())
    addresses = tuple(dict.fromkeys(row["address"].split()))
    keys, request = row.get("keys", "").strip(), row.get("request", "").strip()
    if not addresses or len(addresses) > limits.MAILBOXES_IN_CERTIFICATE:
        raise StaffUnreadable(line, "address")
    for address in addresses:
        try:
            profiles.alternative_name(address)
        except AddressNotUsable:
            raise StaffUnreadable(line, address) from None
    if keys not in kinds | {""} or (keys and request):
        raise StaffUnreadable(line, keys)
    if not name.isprintable() or len(name) > 64:
        # X.520 ub-common-name: 64 characters.
        raise StaffUnreadable(line, "name")
    return Person(line, name, addresses, keys, request)


def _once(person: Person, seen: dict[str, int]) -> None:
    for address in person.addresses:
        if seen.setdefault(address_key(address), person.line) != person.line:
            raise StaffUnreadable(person.line, address)
