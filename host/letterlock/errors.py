"""Everything that has a code: failures (raised) and reasons (reported in a verdict).

One class per failure, carrying the facts as fields. A class knows its code and whose fault it is; it does not
know its sentence: `letterlock.words` turns code and facts into a sentence and advice, at the edge, in the
reader's language. Codes are append-only: once published, a code keeps its meaning.

This module holds the bases and the failures that no single package owns. Each package defines its own beside
the code that raises them.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

JsonFact = str | int | bool | None | list[str]


class Fault(StrEnum):
    """Whose fault a failure is, so that people know whom to ask."""

    MAIL = "mail"
    """The message is damaged, malformed or malicious: its sender, or somebody on the way."""
    CLIENT = "client"
    """The program that speaks to the host broke the protocol (or an attacker speaks in its name)."""
    USER = "user"
    """Something the person asked for cannot be done as asked."""
    HOST = "host"
    """This program, or the machine it runs on."""


class Coded:
    """A code with facts. Subclasses are dataclasses; their fields are the facts."""

    code: ClassVar[str]

    def facts(self) -> dict[str, JsonFact]:
        """The fields as JSON values: times in ISO 8601 (UTC), tuples as lists of strings."""
        return {
            field.name: _json(getattr(self, field.name))
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
        }


class LetterlockError(Coded, Exception):
    """Base of every failure that reaches a person or another program.

    Subclasses are dataclasses with `eq=False` (exceptions compare by identity) and set `code` and `fault`.
    """

    fault: ClassVar[Fault]

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts().items())
        return f"{self.code}({facts})"


class Reason(Coded):
    """Base of everything a verdict may give as a reason. Subclasses are frozen dataclasses."""


@dataclasses.dataclass(eq=False)
class InternalError(LetterlockError):
    """A mistake in this program. The code says nothing of the message: nothing was decided about it."""

    code = "internal_error"
    fault = Fault.HOST
    where: str


@dataclasses.dataclass(eq=False)
class Cancelled(LetterlockError):
    """The client asked for the operation to stop, and it did."""

    code = "cancelled"
    fault = Fault.CLIENT


@dataclasses.dataclass(eq=False)
class NotAMessage(LetterlockError):
    """The input has no RFC 5322 header section, so there is no mail to give a verdict on."""

    code = "not_a_message"
    fault = Fault.MAIL


@dataclasses.dataclass(eq=False)
class MessageTooLarge(LetterlockError):
    """More octets than a message may have (`limits.MESSAGE_OCTETS`)."""

    code = "message_too_large"
    fault = Fault.MAIL
    limit: int


@dataclasses.dataclass(eq=False)
class UnknownPart(LetterlockError):
    """The opened message has no part with this id."""

    code = "unknown_part"
    fault = Fault.CLIENT
    part: str


def _json(value: object) -> JsonFact:
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, tuple | list | frozenset | set):
        return [str(item) for item in value]
    return str(value)
