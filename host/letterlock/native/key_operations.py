"""How the requests about own keys meet `letterlock.operations.keys_serve`."""

from __future__ import annotations

import binascii
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pybase64

from letterlock.native.calls import Call
from letterlock.protocol.failures import BadBase64

if TYPE_CHECKING:
    from letterlock.operations.keys_serve import HostKeys
    from letterlock.operations.trust import TrustSettings


def key_operations(
    keys: Callable[[], HostKeys], settings: Callable[[], TrustSettings]
) -> Mapping[str, Callable[[Call, Any], None]]:
    """The operations, on keys and settings that are loaded when the first of them is asked for."""

    def export(call: Call, asked: Any) -> None:
        file = keys().export(asked.whose, asked.form, asked.passphrase)
        call.reply({"file": pybase64.b64encode(file).decode()})

    return {
        "key_create": lambda call, asked: call.reply(keys().create(asked.kind, asked.addresses, asked.name)),
        "key_request": lambda call, asked: call.reply(keys().request(asked.key, asked.addresses, asked.name)),
        "key_certify": lambda call, asked: call.reply(keys().certify(octets(asked.file), call.language)),
        "key_renew": lambda call, asked: call.reply(keys().renew(asked.whose, asked.kind, asked.same_key)),
        "key_import": lambda call, asked: call.reply(keys().import_(octets(asked.file), asked.passphrase)),
        "key_export": export,
        "key_default": lambda call, asked: call.reply(keys().default(asked.address, asked.key)),
        "key_check": lambda call, asked: call.reply(keys().check(asked.address, settings(), call.language)),
        "key_notices": lambda call, asked: call.reply(keys().notices(call.language)),
    }


def octets(text: str) -> bytes:
    """A file out of its base64. Raises `BadBase64`."""
    try:
        return pybase64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadBase64 from None
