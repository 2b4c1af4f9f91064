"""How the requests about accounts, sending and the outbox meet `letterlock.operations.send_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call

if TYPE_CHECKING:
    from letterlock.operations.protect import Desk
    from letterlock.operations.send_serve import HostSending
    from letterlock.operations.trust import TrustSettings


def send_operations(
    sending: Callable[[], HostSending], desk: Callable[[], Desk], settings: Callable[[], TrustSettings]
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def find(call: Call, asked: Any) -> None:
        call.reply(sending().find(asked.address, settings().network, call.language, _unwanted(call)))

    def check(call: Call, asked: Any) -> None:
        call.reply(sending().check(asked, call.language, _unwanted(call)))

    def send(call: Call, asked: Any) -> None:
        from letterlock.operations.protect import Incoming

        incoming = Incoming()
        for data in call.upload():
            incoming.feed(data)
        answer = sending().send(incoming, asked, desk, call.language, call.progress, call.cancelled, call.gone)
        # Also after a cancel: it may have come too late, and only the answer tells.
        call.reply(answer, stopped=True)

    def retry(call: Call, asked: Any) -> None:
        answer = sending().retry(asked, call.language, call.progress, call.cancelled, call.gone)
        call.reply(answer, stopped=True)

    return {
        "account_list": lambda call, _: call.reply(sending().listed()),
        "account_put": lambda call, asked: call.reply(sending().put(asked)),
        "account_remove": lambda call, asked: call.reply(sending().remove(asked.account)),
        "account_find": find,
        "account_check": check,
        "send": send,
        "outbox_list": lambda call, _: call.reply(sending().waiting()),
        "outbox_retry": retry,
        "outbox_forget": lambda call, asked: call.reply(sending().forget(asked.batch)),
    }


def _unwanted(call: Call) -> Callable[[], bool]:
    def unwanted() -> bool:
        # Asked again and again; the client knows by it that somebody is still working.
        call.progress(0, None)
        return call.cancelled()

    return unwanted
