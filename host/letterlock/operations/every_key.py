"""All keys of the person at this computer, as what opens mail. Nothing is loaded before an encrypted mail comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from letterlock.cms import RecipientKey
    from letterlock.operations.tokens import Tokens
    from letterlock.operations.vault import HostVault


class EveryKey:
    """The keys of the vault, then those on tokens; both are asked for anew for each mail."""

    def __init__(self, vault: Callable[[], HostVault], tokens: Callable[[], Tokens]) -> None:
        self._vault = vault
        self._tokens = tokens

    def __iter__(self) -> Iterator[RecipientKey]:
        yield from self._vault().keys()
        yield self._tokens()
