"""How the requests about settings meet `letterlock.operations.settings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from letterlock.native.calls import Call


def settings_operations() -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on what is loaded when the first of them is asked for."""

    def listed(call: Call, asked: Any) -> None:
        from letterlock.operations.settings import HostSettings
        from letterlock.store import location

        call.reply(HostSettings(location.database()).listed())

    def change(call: Call, asked: Any) -> None:
        from letterlock.operations.settings import HostSettings
        from letterlock.store import location

        call.reply(HostSettings(location.database()).change(**asked.model_dump()))

    def report(call: Call, asked: Any) -> None:
        from letterlock.operations import settings
        from letterlock.protocol.version import PROTOCOL
        from letterlock.store import location

        call.reply(settings.report(location.database(), str(PROTOCOL)))

    return {"settings_list": listed, "settings_change": change, "host_report": report}
