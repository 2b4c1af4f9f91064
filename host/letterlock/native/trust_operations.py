"""How the requests about trust meet `letterlock.operations.trust_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.key_operations import octets

if TYPE_CHECKING:
    from letterlock.operations.trust_serve import HostTrust


def trust_operations(trust: Callable[[], HostTrust]) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def add(call: Call, asked: Any) -> None:
        call.reply(trust().add(octets(asked.file), asked.name, asked.sha256, asked.note))

    return {
        "trust_list": lambda call, asked: call.reply(trust().listed()),
        "trust_read": lambda call, asked: call.reply(trust().read(octets(asked.file), asked.name)),
        "trust_add": add,
        "trust_remove": lambda call, asked: call.reply(trust().remove(asked.sha256)),
        "trust_change": lambda call, asked: call.reply(trust().change(asked.mozilla, asked.system, asked.revocation)),
    }
