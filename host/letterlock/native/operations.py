"""What a client can ask for, and how each request meets `letterlock.operations`.

An operation gets its call and its checked parameters, and answers through the call. Everything heavy is imported
when the first one starts (or before, by `warm_up`), never while the host says hello.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages
from letterlock.protocol.version import Version

if TYPE_CHECKING:
    from letterlock.operations.memory import Memory
    from letterlock.operations.trust import KeptSettings
    from letterlock.protocol.events import Params
    from letterlock.protocol.models import CloseParams, OpenParams, PartParams

Operation = Callable[[Call, "Params"], None]
Operations = Mapping[str, Operation]


def standard(messages: OpenMessages) -> Operations:
    """The operations of protocol 1, on the messages this host has open."""

    @cache
    def kept_settings() -> KeptSettings:
        from letterlock.operations.trust import KeptSettings
        from letterlock.store import location

        return KeptSettings(location.database(), location.policy())

    @cache
    def memory() -> Memory:
        from letterlock.operations.memory import Memory
        from letterlock.store import location

        return Memory(location.database())

    def open_message(call: Call, params: OpenParams) -> None:
        from letterlock.operations.open import Opening

        opening = Opening(
            kept_settings().now(),
            language=call.language,
            memory=memory(),
            cancelled=call.cancelled,
            progress=call.progress,
        )
        try:
            for data in call.upload():
                opening.feed(data)
        except BaseException:
            opening.abandon()
            raise
        opened = opening.close()
        handle = messages.keep(opened)
        try:
            call.reply(
                {
                    "verdict": opened.verdict.model_dump(mode="json", exclude=_unknown_to(call.version)),
                    "parts": [part.model_dump(mode="json") for part in opened.parts],
                    "message": handle,
                }
            )
        except BaseException:
            messages.close(handle)
            raise

    def part(call: Call, params: PartParams) -> None:
        with messages.part(params.message, params.part) as (found, pieces):
            call.reply({"size": found.size, "type": found.type, "charset": found.charset, "name": found.name})
            call.send(pieces)

    def close(call: Call, params: CloseParams) -> None:
        messages.close(params.message)
        call.reply({})

    return {"open": open_message, "part": part, "close": close}  # type: ignore[dict-item]


def _unknown_to(version: Version) -> dict[str, Any] | None:
    """The fields of a verdict that a client of an older minor does not know, in pydantic's form."""
    if version >= Version(1, 2):
        return None
    return {"signers": {"__all__": {"times": True} | ({"path": {"assurance"}} if version < Version(1, 1) else {})}}


def warm_up() -> None:
    """Does beforehand what the first `open` would have to wait for: imports, and the building of models."""
    from letterlock.operations import open as _  # noqa: F401
    from letterlock.verdict import Opened

    Opened.model_rebuild()
