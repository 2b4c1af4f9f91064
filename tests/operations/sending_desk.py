"""A desk that also sends: an account, and everything between a message and its report."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from letterlock.keystore.vault import Vault
from letterlock.mime.writer import Finished
from letterlock.net.mail import MailServer
from letterlock.operations import accounts, parcels, protect, send
from letterlock.operations.accounts import Account
from letterlock.operations.compose import Written
from letterlock.operations.outbox import Item, Outbox, Parcel
from letterlock.operations.protect import Wish
from letterlock.operations.send import Way
from letterlock.operations.send_report import Report
from tests.keystore.vaults import made
from tests.net.mail_servers import Listener, SmtpServer, smtp_server
from tests.net.mail_tls import Authority
from tests.operations.notes import ANNA, BEA, CARL, note, statuses
from tests.operations.writing_desk import BOTH, WritingDesk

__all__ = ["ANNA", "BEA", "CARL", "Sender", "SendingDesk", "finished", "in_parcels", "note", "sending", "statuses"]


class Sender:
    """A vault and an account, without any key: enough to send what is finished."""

    def __init__(
        self,
        database: Path,
        vault: Vault,
        context: ssl.SSLContext,
        smtp: MailServer,
        imap: MailServer | None = None,
        secret: str = "geheim",
        **account: Any,
    ) -> None:
        self.database, self.vault, self.context, self.secret = database, vault, context, secret
        self.account = accounts.put(database, vault, Account(ANNA, smtp, imap, **account), secret)

    def outbox(self, clock: Callable[[], float] | None = None) -> Outbox:
        return Outbox(self.database, self.vault, *([clock] if clock else []))

    def way(self, **more: Any) -> Way:
        return Way(accounts.login(self.database, self.vault, self.account), self.context, **more)

    def finished(self, message: bytes, recipients: Sequence[str] = (), **more: Any) -> Report:
        """Send a finished message as it is."""
        incoming = protect.Incoming()
        incoming.feed(message)
        letters = parcels.as_it_is(incoming.close(), datetime.now(UTC), self.account.copies, recipients)
        return send.submit(letters, self.account, self.outbox(), self.way(**more))

    def waiting(self) -> list[Item]:
        return self.outbox().items()

    def resume(self, batch: str | None = None, anyway: bool = False, **more: Any) -> list[Report]:
        """Send what waits."""
        reports = []
        for each in dict.fromkeys(item.stored.batch for item in self.outbox().items(batch)):
            outbox = self.outbox()
            reports.append(send.resume(outbox.items(each), self.account, outbox, self.way(**more), anyway))
        return reports


@contextmanager
def sending(folder: Path, authority: Authority, **how: Any) -> Iterator[tuple[Sender, SmtpServer, Listener]]:
    """A sender and his server."""
    with smtp_server(authority, **how) as (server, listener):
        database = folder / "data" / "letterlock.sqlite"
        sender = Sender(database, made(database), authority.trusting(), listener.server())
        yield sender, server, listener


def finished(message: bytes) -> Finished:
    """A message that was read."""
    incoming = protect.Incoming()
    incoming.feed(message)
    return incoming.close()


def in_parcels(message: bytes) -> list[Parcel]:
    """The parcels of a message that goes out unchanged, without a copy."""
    return parcels.as_it_is(finished(message), datetime.now(UTC), False)


class SendingDesk(WritingDesk):
    """Keys for Anna, Bea and Carl, and Anna's account."""

    def __init__(
        self, folder: Path, context: ssl.SSLContext, smtp: MailServer, imap: MailServer | None, secret: str
    ) -> None:
        super().__init__(folder, people=("anna", "bea", "carl"))
        self.sender = Sender(self.database, self.vault, context, smtp, imap, secret)

    def send(self, written: Written, wish: Wish = BOTH, **more: Any) -> Report:
        """Compose, protect and send."""
        made = self.compose(written, wish)
        try:
            letters = parcels.of_made(made, ANNA, self.sender.account.copies)
            return send.submit(letters, self.sender.account, self.sender.outbox(), self.sender.way(**more))
        finally:
            for each in made:
                each.octets.close()
