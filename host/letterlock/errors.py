"""Everything that has a code: failures (raised) and reasons (reported in a verdict).

One class per failure, carrying the facts as fields. A class knows its code and whose fault it is; it does not
know its sentence: `letterlock.words` turns code and facts into a sentence and advice, at the edge, in the
reader's language. Codes are append-only: once published, a code keeps its meaning.

This module holds the bases and the failures that no single package owns. Each package defines its own beside
the code that raises them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, dataclass_transform

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


@dataclass_transform(frozen_default=True, eq_default=False)
class Coded:
    """A code with facts: the annotated names of a subclass are its fields, and the fields are the facts.

    A subclass behaves like a dataclass without the decorator, which writes and compiles several methods for each
    class: with some 150 classes that took a fifth of the host's start.
    """

    code: ClassVar[str]
    FIELDS: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        own = vars(cls).get("__annotations__", {})
        cls.FIELDS += tuple(name for name, kind in own.items() if not str(kind).startswith("ClassVar"))

    def __init__(self, *values: Any, **named: Any) -> None:
        facts = dict(zip(self.FIELDS, values, strict=False)) | named
        if len(values) + len(named) != len(self.FIELDS) or facts.keys() != set(self.FIELDS):
            raise TypeError(f"{type(self).__name__} takes {', '.join(self.FIELDS) or 'nothing'}")
        self.__dict__.update(facts)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self.FIELDS)})"

    def facts(self) -> dict[str, JsonFact]:
        """The fields as JSON values: times in ISO 8601 (UTC), tuples as lists of strings."""
        return {name: _json(getattr(self, name)) for name in self.FIELDS}


class LetterlockError(Coded, Exception):
    """Base of every failure that reaches a person or another program. Compared by identity, as exceptions are."""

    fault: ClassVar[Fault]

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value!r}" for name, value in self.facts().items())
        return f"{self.code}({facts})"


class Reason(Coded):
    """Base of everything a verdict may give as a reason. Equal where kind and facts are equal; never changed."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, name) for name in self.FIELDS)))

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} cannot be changed")


class InternalError(LetterlockError):
    """A mistake in this program. The code says nothing of the message: nothing was decided about it."""

    code = "internal_error"
    fault = Fault.HOST
    where: str


class Cancelled(LetterlockError):
    """The client asked for the operation to stop, and it did."""

    code = "cancelled"
    fault = Fault.CLIENT


class NotAMessage(LetterlockError):
    """The input has no RFC 5322 header section, so there is no mail to give a verdict on."""

    code = "not_a_message"
    fault = Fault.MAIL


class MessageTooLarge(LetterlockError):
    """More octets than a message may have (`limits.MESSAGE_OCTETS`)."""

    code = "message_too_large"
    fault = Fault.MAIL
    limit: int


class KeyUnavailable(LetterlockError):
    """Base: a private key is known and cannot be used now. Any key that is given to `cms` may raise it."""


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
