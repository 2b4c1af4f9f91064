"""How the request to save evidence meets `letterlock.operations.bundle_serve`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from letterlock.native.calls import Call
from letterlock.native.messages import OpenMessages

if TYPE_CHECKING:
    from letterlock.operations.online import Online
    from letterlock.operations.trust import TrustSettings


def evidence_operations(
    messages: OpenMessages, settings: Callable[[], TrustSettings], online: Callable[[], Online]
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operation. What is made is kept like an opened message, so `part` and `close` serve it as they are."""

    def save(call: Call, asked: Any) -> None:
        from letterlock.operations import bundle_serve
        from letterlock.store import location

        with messages.held(asked.message) as kept:
            opened: Any = kept.opened

            def unwanted() -> bool:
                # Asked ten times a second; the client knows by it that somebody is still working.
                call.progress(0, None)
                return call.cancelled() or kept.dropped

            found = opened.find(unwanted) if opened.pending else None
            with kept.reading:
                if found is not None:
                    opened.renew(found)
                made = bundle_serve.saved(
                    opened, settings(), online(), location.database(), location.policy(), call.language
                )
        handle = messages.keep(made)
        try:
            call.reply({**made.answer, "message": handle})
        except BaseException:
            messages.close(handle)
            raise

    return {"evidence_save": save}
