"""Starting the host as a client would, and opening a signed message through it: the second half of `doctor`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from letterlock import __version__
from letterlock.clients.failures import (
    HostDidNotStart,
    HostEnded,
    HostGarbled,
    HostOtherVersion,
    HostRefused,
    HostSilent,
    HostWrongVerdict,
)
from letterlock.errors import Reason
from letterlock.native.client import HostFailed, HostGone, HostProcess

SECONDS = 10.0
"""How long one answer may take: forty times what a cold start takes on a slow machine."""

PASSED_ON = (
    *("HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TMPDIR", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS"),
    *("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_DATA_DIRS"),
    *("SYSTEMROOT", "COMSPEC", "PATHEXT", "TEMP", "TMP", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "PROGRAMDATA"),
)
"""What a client started from the desktop has in its environment, as far as it can matter to the host. What a
terminal adds (PYTHONPATH, an activated environment, a longer PATH) is left out: with it, much would seem to work."""

DESKTOP_PATH = "/usr/local/bin:/usr/bin:/bin"


def attempt(
    command: Sequence[str],
    message: bytes,
    *,
    language: str,
    environment: Mapping[str, str] | None = None,
    seconds: float = SECONDS,
) -> list[Reason]:
    """Start the host, greet it, have `message` opened; what went wrong, nothing if all went well.

    Args:
        command: As the client would: launcher, then what names the extension.
        message: Signed and unchanged, by a signer whom nobody can trust.
        environment: The environment to draw from, by default that of this process.
    """
    launcher = command[0]
    host = HostProcess(
        command,
        environment=desktop_environment(os.environ if environment is None else environment),
        inherit=False,
        directory=Path(launcher).parent,
        language=language,
        seconds=seconds,
    )
    try:
        with host:
            opened = host.open(message)
            status = str(opened["verdict"]["signature"]["status"])
    except OSError as error:
        return [HostDidNotStart(launcher, error.strerror or str(error))]
    except HostFailed as failure:
        return [HostRefused(failure.code, str(failure.error.get("sentence", "")))]
    except HostGone as gone:
        return [_gone(host, launcher, gone, seconds)]
    except (KeyError, TypeError):
        # JSON, but no frame of the protocol: whatever that is, it is not our host.
        return [HostGarbled(launcher, _heard(host))]
    reasons: list[Reason] = []
    product = str(host.hello.get("product"))
    if product != __version__:
        reasons.append(HostOtherVersion(launcher, product, __version__))
    # Untrusted says that the signature is intact and its signer unknown; an intact one that counted as valid would
    # be as wrong as one that counted as broken.
    if status != "untrusted":
        reasons.append(HostWrongVerdict(status))
    return reasons


def desktop_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a client that was started from the desktop."""
    passed = {name: environment[name] for name in PASSED_ON if name in environment}
    return {**passed, "PATH": environment.get("PATH", "") if os.name == "nt" else DESKTOP_PATH}


def _gone(host: HostProcess, launcher: str, gone: HostGone, seconds: float) -> Reason:
    if gone.how == "silent":
        return HostSilent(launcher, round(seconds))
    if gone.how == "garbled":
        return HostGarbled(launcher, _heard(host))
    said = host.stderr.strip().splitlines()
    return HostEnded(launcher, host.process.returncode, said[-1] if said else "–")


def _heard(host: HostProcess) -> str:
    return host.heard.decode("utf-8", "replace")
