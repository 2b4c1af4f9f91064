"""How the requests about other people and own tokens meet `letterlock.operations.people_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.key_operations import octets

if TYPE_CHECKING:
    from letterlock.operations.people_serve import HostPeople
    from letterlock.operations.tokens import Tokens
    from letterlock.operations.trust import TrustSettings


def people_operations(
    people: Callable[[], HostPeople], tokens: Callable[[], Tokens], settings: Callable[[], TrustSettings]
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def look_up(call: Call, asked: Any) -> None:
        def unwanted() -> bool:
            # Asked again and again; the client knows by it that somebody is still working.
            call.progress(0, None)
            return call.cancelled()

        call.reply(people().look_up(asked.address, asked.dns, settings().network, call.language, unwanted))

    def unlock(call: Call, asked: Any) -> None:
        with call.alive():
            # A reader with keys of its own waits for a person, and the client shall not give up meanwhile.
            tokens().unlock(asked.token, asked.pin)
        tokens().watch()
        call.reply({"unlocked": tokens().unlocked()})

    def lock(call: Call, asked: Any) -> None:
        tokens().lock(asked.token)
        call.reply({"unlocked": tokens().unlocked()})

    return {
        "people_list": lambda call, asked: call.reply(people().listed(asked.address, asked.after)),
        "people_import": lambda call, asked: call.reply(people().import_(octets(asked.file), asked.name)),
        "people_remove": lambda call, asked: call.reply(people().remove(asked.address, asked.sha256)),
        "people_lookup": look_up,
        "recipients": lambda call, asked: call.reply(people().recipients(asked.addresses, settings(), call.language)),
        "token_list": lambda call, asked: call.reply(people().tokens(tokens(), call.language)),
        "token_unlock": unlock,
        "token_lock": lock,
    }
