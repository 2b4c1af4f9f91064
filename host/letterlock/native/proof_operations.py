"""How the requests about proof meet `letterlock.operations.proof_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages

if TYPE_CHECKING:
    from letterlock.operations.proof_serve import HostProof
    from letterlock.operations.protect import Desk
    from letterlock.operations.trust import TrustSettings


def proof_operations(
    proof: Callable[[], HostProof],
    settings: Callable[[], TrustSettings],
    messages: OpenMessages,
    desk: Callable[[], Desk],
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def receipt(call: Call, asked: Any) -> None:
        with messages.held(asked.message) as kept, kept.reading:
            opened: Any = kept.opened
            call.reply(proof().receipt(opened, asked.address, asked.again, desk(), call.language))

    def give(call: Call, asked: Any) -> None:
        with messages.held(asked.message) as kept, kept.reading:
            opened: Any = kept.opened
            call.reply(proof().give(opened, asked.address, asked.again, desk(), call.language))

    return {
        "journal_list": lambda call, asked: call.reply(proof().listed(asked.after)),
        "journal_verify": lambda call, asked: call.reply(proof().verified(settings(), call.language)),
        "receipt_make": receipt,
        "receipt_give": give,
    }
