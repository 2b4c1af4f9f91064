"""The envelope of the dialect, and its names.

Request: `{"__type": "ExtensionMessage"+NS, "messageType", "portId", "requestId", "data"}`; a reply repeats the first
three of the latter. A request is known by portId and requestId together. Unknown fields are ignored.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

NS = ":#Microsoft.Exchange.Clients.BrowserExtension.Smime"
EXCHANGE = ":#Exchange"
CONTROL = ":#Microsoft.Exchange.Clients.Smime"
VERSION = "4.0800.20.19.814.2"
"""The version of Microsoft's control whose dialect is spoken; OWA asks people to update an older one."""

GET_SETTINGS = "GetSettings"
UPLOAD = "UploadPartialRequest"
DOWNLOAD = "DownloadPartialResult"

_ID_CHARACTERS = 200


class ErrorCode(IntEnum):
    """Why there is no result. OWA shows one sentence for all but 0; the numbers are for whoever looks closer."""

    NONE = 0
    UNKNOWN_REQUEST = 1
    MALFORMED = 2
    TOO_LARGE = 3
    UNREADABLE = 4
    """The message could not be opened, or no key here opens it."""
    NOT_UNLOCKED = 5
    """The keys are locked, and nobody unlocked them."""
    NOTHING_MADE = 6
    """No message was made: a key, a certificate or trust in one is missing."""
    INTERNAL = 99


@dataclass(frozen=True)
class Key:
    """Whose request it is, as the extension wrote it."""

    port: str | int | None
    request: str | int | None


@dataclass(frozen=True)
class Envelope:
    """One message of the extension."""

    kind: str
    key: Key
    data: Mapping[str, Any]

    @classmethod
    def of(cls, frame: Mapping[str, Any]) -> Envelope | None:
        """The envelope, or None where nobody could be answered."""
        kind, data = frame.get("messageType"), frame.get("data")
        port, request = frame.get("portId"), frame.get("requestId")
        if not isinstance(kind, str) or not _is_id(port) or not _is_id(request):
            return None
        return cls(kind, Key(port, request), data if isinstance(data, dict) else {})

    def reply(self, data: Mapping[str, object]) -> dict[str, object]:
        """An answer to it."""
        return {"messageType": self.kind, "portId": self.key.port, "requestId": self.key.request, "data": data}


def failure(code: ErrorCode) -> dict[str, object]:
    """A result that is none."""
    return {"Data": None, "ErrorCode": int(code)}


def failure_text(code: ErrorCode) -> bytes:
    """The same as JSON text."""
    return json.dumps(failure(code)).encode("ascii")


def whole(value: object, least: int = 0) -> int | None:
    """An integer of the dialect; some numbers come as text or as a float."""
    if isinstance(value, bool):
        return None
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and least <= value < 1 << 53 else None


def operation(type_: object) -> str:
    """What a `__type` names, without its namespace."""
    return type_.partition(":")[0] if isinstance(type_, str) else ""


def loggable(name: object) -> str:
    """A name that came from outside, as far as it may stand in a log: letters and digits, no content."""
    text = name if isinstance(name, str) else type(name).__name__
    return "".join(each for each in text[:60] if each.isascii() and each.isalnum()) or "–"


def _is_id(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _ID_CHARACTERS
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1 << 53)
