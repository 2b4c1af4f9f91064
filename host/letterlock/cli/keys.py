"""`letterlock keys`: your private keys, and the vault they lie in.

Each module in `_VERBS` adds verbs with `register(actions)`, and sets `run`. What opens the vault at a terminal is in
`letterlock.cli.vault`.
"""

from __future__ import annotations

from typing import Any

from letterlock.cli import keys_backup, keys_carry, keys_identity, keys_vault

_VERBS = (keys_identity, keys_carry, keys_vault, keys_backup)


def register(commands: Any) -> None:
    """Add the command `keys` with its verbs."""
    parser = commands.add_parser("keys", help="your own keys: create, import, renew, check, list, export, back up")
    actions = parser.add_subparsers(title="actions", metavar="ACTION", required=True)
    for module in _VERBS:
        module.register(actions)
