"""What providers publish about where their people sign in, and what to ask them for: as little as sending needs.

No client id is among it: whoever runs Letterlock registers it with the provider, and an administrator may write the id
into the policy for everybody (`{"sign_in": {"gmail": "…", "graph": "…"}}`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from letterlock.net.oauth import Client
from letterlock.operations.accounts import Way
from letterlock.store import policy


class Preset(NamedTuple):
    """A provider. `client.client_id` is "" where nobody has given one."""

    name: str
    way: Way
    host: str
    client: Client


_GOOGLE = "https://accounts.google.com/o/oauth2/v2/auth?access_type=offline&prompt=consent"
_MICROSOFT = "https://login.microsoftonline.com/common/oauth2/v2.0"
PRESETS = (
    # https://developers.google.com/identity/protocols/oauth2/native-app
    Preset(
        "gmail",
        "gmail",
        "gmail.googleapis.com",
        Client(
            _GOOGLE,
            "https://oauth2.googleapis.com/token",
            "",
            "https://www.googleapis.com/auth/gmail.send",
            "https://oauth2.googleapis.com/revoke",
        ),
    ),
    # https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow; it has no place to revoke.
    Preset(
        "graph",
        "graph",
        "graph.microsoft.com",
        Client(
            f"{_MICROSOFT}/authorize",
            f"{_MICROSOFT}/token",
            "",
            "https://graph.microsoft.com/Mail.Send offline_access",
        ),
    ),
)


def known(policy_file: Path | None) -> list[Preset]:
    """Every provider, with the organisation's client id. Raises `PolicyUnusable`."""
    given = dict(policy.read(policy_file).sign_in)
    return [each._replace(client=replace(each.client, client_id=given.get(each.name, ""))) for each in PRESETS]
