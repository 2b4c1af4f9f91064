"""A desk for tests that write mail: a vault with an authority, and the keys of some people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from letterlock.authority.settings import Settings
from letterlock.authority.staff import Person
from letterlock.keystore.vault import Vault
from letterlock.operations import authority, authority_issue, compose, identities, protect, trust
from letterlock.operations.compose import Written
from letterlock.operations.open import OpenedMessage, Opening
from letterlock.operations.protect import Outgoing, Wish
from tests.keystore.vaults import made as made_vault

AT = datetime.now(UTC).replace(microsecond=0)
BOTH = Wish(sign=True, encrypt=True)
SIGNED = Wish(sign=True)
ENCRYPTED = Wish(encrypt=True)


class WritingDesk:
    """Everything that writing takes, in a folder."""

    def __init__(self, folder: Path, kind: str = "P-256", people: Sequence[str] = ("anna", "bea")) -> None:
        self.database = folder / "letterlock.sqlite"
        self.vault: Vault = made_vault(self.database)
        settings = Settings("Muster AG", domains=("muster.example",), issuing_key="P-384", root_key="P-384")
        made = authority.init(self.database, self.vault, settings, AT)
        self.root, self.issuing = made.chain.root, made.chain.issuing
        with authority.acting(self.database, self.vault) as acting:
            for name in people:
                authority_issue.keep_mine(acting, Person(0, "", (f"{name}@muster.example",)), kind, AT)

    @property
    def desk(self) -> protect.Desk:
        return protect.Desk(self.vault, self.database, trust.settings(self.database), AT)

    def protect(self, message: bytes, wish: Wish = BOTH) -> list[Outgoing]:
        incoming = protect.Incoming()
        incoming.feed(message)
        return protect.plan(incoming.close(), wish, self.desk).make()

    def protected(self, message: bytes, wish: Wish = BOTH) -> bytes:
        """The one message that is made."""
        (made,) = self.protect(message, wish)
        return octets(made)

    def compose(self, written: Written, wish: Wish = BOTH) -> list[Outgoing]:
        return compose.plan(written, wish, self.desk).make()

    def open(self, message: bytes) -> OpenedMessage:
        opening = Opening(trust.settings(self.database), AT, "en", identities.own(self.vault))
        opening.feed(message)
        return opening.close()

    def opened(self, message: bytes) -> tuple[str, str, bytes]:
        """Status of signature and encryption, and the text."""
        found = self.open(message)
        try:
            text = next(part for part in found.parts if part.type.startswith("text/"))
            body = b"".join(found.body(text.id))
            return found.verdict.signature.status.value, found.verdict.encryption.status.value, body
        finally:
            found.close()


def octets(made: Outgoing) -> bytes:
    """A whole message, and its spool closed."""
    found = made.octets.read(0, len(made.octets))
    made.octets.close()
    return found
