"""What the models of the protocol are made of: the strict base, and texts and numbers with their bounds."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from letterlock.protocol.version import PATTERN


class Shape(BaseModel):
    """Strict: a field we do not know or a value of another type is refused, never ignored or converted."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


ID_CHARACTERS = 64
Id = Annotated[str, StringConstraints(min_length=1, max_length=ID_CHARACTERS)]
"""Names a request for as long as it lives; chosen by the client, never used twice in one conversation."""

VersionText = Annotated[str, StringConstraints(pattern=PATTERN)]
ShortText = Annotated[str, StringConstraints(max_length=64)]
Handle = Annotated[str, StringConstraints(min_length=1, max_length=64)]
PartId = Annotated[str, StringConstraints(min_length=1, max_length=256)]
PASSPHRASE_CHARACTERS = 4_096
"""More than any passphrase may have (`passphrase_too_long` says how many those are)."""

Octets = Annotated[int, Field(ge=0)]
Grant = Annotated[int, Field(ge=1, le=2**40)]


class NoParams(Shape):
    """Nothing has to be said."""


Secret = Annotated[str, StringConstraints(max_length=PASSPHRASE_CHARACTERS)]
"""A passphrase or a code. It is never repeated: not in an error, not in a log."""


class WithSecrets(Shape):
    def __repr_args__(self) -> list[tuple[str | None, object]]:
        """What a traceback or a log would show: nothing of it."""
        return []


class AnswersCancel(Shape):
    """Parameters of a request that a `cancel` does not end: it stops what can still be stopped, and is answered."""
