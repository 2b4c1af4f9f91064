"""Starting the host as Microsoft's extension would, and greeting it: what `doctor` tries for Outlook on the web."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from letterlock.cli.trial import desktop_environment
from letterlock.clients.failures import HostDidNotStart, OwaNotAnswered
from letterlock.dialects.owa.schema import DOWNLOAD, GET_SETTINGS, NS, UPLOAD, VERSION
from letterlock.errors import Reason
from letterlock.native.client import HostFailed, HostGone, HostProcess


def attempt(command: Sequence[str], seconds: float) -> list[Reason]:
    """Start the host and initialise it; what went wrong, nothing if all went well.

    The server's settings are not sent: what they were last is not to be forgotten.
    """
    launcher = command[0]
    environment = desktop_environment(os.environ)
    host = HostProcess(
        command, environment=environment, inherit=False, directory=Path(launcher).parent, seconds=seconds, waits=False
    )
    try:
        with host:
            host.send({"messageType": GET_SETTINGS, "portId": "doctor", "requestId": -1, "data": {}})
            if not isinstance(host.receive().get("AllowedDomainsByPolicy"), list):
                return [OwaNotAnswered(launcher, GET_SETTINGS)]
            asked = json.dumps({"__type": f"InitializeParams{NS}"})
            host.send(_message(UPLOAD, {"PartialData": asked, "StartOffset": 0, "IsLastPart": True}))
            host.receive()
            host.send(_message(DOWNLOAD, {"MaxPartSize": 100_000, "PartIndex": 0}))
            version = json.loads(host.receive()["data"]["PartialData"])["Data"]["Version"]
    except OSError as error:
        return [HostDidNotStart(launcher, error.strerror or str(error))]
    except HostGone:
        said = host.stderr.strip().splitlines()
        return [OwaNotAnswered(launcher, said[-1] if said else "–")]
    except (HostFailed, KeyError, TypeError, ValueError):
        return [OwaNotAnswered(launcher, "–")]
    return [] if version == VERSION else [OwaNotAnswered(launcher, str(version))]


def _message(kind: str, data: dict[str, Any]) -> dict[str, Any]:
    return {"messageType": kind, "portId": "doctor", "requestId": 1, "data": data}
