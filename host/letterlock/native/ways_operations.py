"""How the requests about ways of sending, signing in and carrying meet `letterlock.operations.ways_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages

if TYPE_CHECKING:
    from letterlock.operations.ways_serve import HostWays


def ways_operations(ways: Callable[[], HostWays], messages: OpenMessages) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations. What is carried is kept like an opened message, so `part` and `close` serve it as they are."""

    def finish(call: Call, asked: Any) -> None:
        def unwanted() -> bool:
            # Asked again and again; the client knows by it that somebody is still working.
            call.progress(0, None)
            return call.cancelled()

        call.reply(ways().finish(asked.answer, unwanted))

    def take(call: Call, asked: Any) -> None:
        item, octets = ways().take(asked)
        if octets is None:
            call.reply({"item": None, "message": None})
            return
        handle = messages.keep(octets)
        try:
            call.reply({"item": item, "message": handle})
        except BaseException:
            messages.close(handle)
            raise

    return {
        "way_list": lambda call, _: call.reply(ways().listed()),
        "way_put": lambda call, asked: call.reply(ways().put(asked)),
        "sign_in_begin": lambda call, asked: call.reply(ways().begin(asked)),
        "sign_in_finish": finish,
        "sign_in_end": lambda call, asked: call.reply(ways().end(asked.account, call.language)),
        "carry_take": take,
        "carry_told": lambda call, asked: call.reply(ways().told(asked)),
        "carry_end": lambda call, asked: call.reply(ways().carried(asked.batch, call.language)),
    }
