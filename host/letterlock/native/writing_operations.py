"""How the request to sign and encrypt a message meets `letterlock.operations.protect_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages

if TYPE_CHECKING:
    from letterlock.operations.protect import Desk


def writing_operations(messages: OpenMessages, desk: Callable[[], Desk]) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operation. What is made is kept like an opened message, so `part` and `close` serve it as they are."""

    def protect(call: Call, asked: Any) -> None:
        from letterlock.operations import protect_serve
        from letterlock.operations.protect import Incoming

        incoming = Incoming()
        for data in call.upload():
            incoming.feed(data)
        with call.alive():
            # A large message takes its time, and so do a smart card and an authority for time-stamps.
            answer, made = protect_serve.answer(incoming, protect_serve.wish(asked), desk(), call.language)
        if made is None:
            call.reply({**answer, "message": None})
            return
        handle = messages.keep(made)
        try:
            call.reply({**answer, "message": handle})
        except BaseException:
            messages.close(handle)
            raise

    return {"protect": protect}
