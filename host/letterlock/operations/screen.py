"""Whether the person's screen is locked, where the system tells: on Linux, over D-Bus.

`jeepney` speaks D-Bus in pure Python; it comes with `keyring` (the extra `keychain`). Asked are the screen savers of
the freedesktop.org, GNOME, Cinnamon and MATE kinds, and systemd-logind for the session of this process. Without the
library, without a bus, or on Windows and macOS the answer is None: there, idleness locks.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from functools import cache
from typing import Any

_SECONDS = 1.0
"""For one answer. A screen saver that does not answer says nothing."""

_SAVERS = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
)


def locked() -> bool | None:
    """True: somebody says that it is locked; False: nobody does, and somebody was asked; None: nobody can be."""
    if sys.platform != "linux" or not _library():
        return None
    answers = [_savers(), _logind()]
    return True if True in answers else False if False in answers else None


@cache
def _library() -> bool:
    try:
        import jeepney.io.blocking  # noqa: F401
    except ImportError:
        return False
    return True


def _savers() -> bool | None:
    if not os.environ.get("DBUS_SESSION_BUS_ADDRESS"):
        return None
    answers = [answer for name, path in _SAVERS for answer in _asked("SESSION", name, path, name, "GetActive", "", ())]
    return any(each is True for each in answers) if answers else None


def _logind() -> bool | None:
    session = os.environ.get("XDG_SESSION_ID")
    if not session:
        return None
    login = "org.freedesktop.login1"
    for path in _asked("SYSTEM", login, "/org/freedesktop/login1", f"{login}.Manager", "GetSession", "s", (session,)):
        wanted = (f"{login}.Session", "LockedHint")
        for answer in _asked("SYSTEM", login, str(path), "org.freedesktop.DBus.Properties", "Get", "ss", wanted):
            return bool(answer[1])
    return None


def _asked(
    bus: str, name: str, path: str, interface: str, method: str, kinds: str, values: tuple[str, ...]
) -> list[Any]:
    """The one value of the answer in a list, or nothing: no bus, nobody of this name, or no answer in time."""
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    with suppress(Exception), open_dbus_connection(bus) as connection:
        call = new_method_call(DBusAddress(path, bus_name=name, interface=interface), method, kinds, values)
        # A name that nobody has is not started for our sake (D-Bus specification, NO_AUTO_START).
        call.header.flags |= 0x2
        answer = connection.send_and_get_reply(call, timeout=_SECONDS)
        if answer.header.message_type is MessageType.method_return and len(answer.body) == 1:
            return [answer.body[0]]
    return []
