"""What a session tells its shell to do, in the order in which it is to be done."""

from __future__ import annotations

from dataclasses import dataclass

from letterlock.protocol.shapes import Shape
from letterlock.protocol.version import PROTOCOL, Version

Params = Shape
"""The parameters of a request, checked by its model (`requests`)."""


@dataclass(frozen=True)
class Outgoing:
    """Write these octets."""

    octets: bytes


@dataclass(frozen=True)
class Requested:
    """Start this operation."""

    request: str
    operation: str
    params: Params
    language: str
    version: Version = PROTOCOL
    """What both sides know."""


@dataclass(frozen=True)
class Uploaded:
    """More octets for a running request; when they have been taken, call `Session.consumed`."""

    request: str
    octets: bytes
    last: bool


@dataclass(frozen=True)
class Granted:
    """A running request may send more: `Session.credit` has grown."""

    request: str


@dataclass(frozen=True)
class Ended:
    """Stop this request. Its error has already been said, unless it answers by itself (`shapes.AnswersCancel`)."""

    request: str


Event = Outgoing | Requested | Uploaded | Granted | Ended
