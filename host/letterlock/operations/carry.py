"""Messages that a client carries through the webmail's own page: one after the other out of the outbox, and what became
of each.

    report = carrying.put(parcels, account)       # kept; nothing goes out from here
    while taken := carrying.take(batch, number): … # a client hands it to the page, and says what became of it
        carrying.told(taken.id, "ending")         # before the page is told to send: from here it may have been sent
        carrying.told(taken.id, "sent")
    report = carrying.end(batch)

The outbox keeps its promise: what was begun and not finished, by whatever end, is in it, and is sent again only where
it cannot have been sent, or a person says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Literal

from letterlock.errors import LetterlockError
from letterlock.keystore.vault import Vault
from letterlock.operations import accounts
from letterlock.operations.account_failures import OutboxTaken, WayNotFromHere, WebmailFateUnknown, WebmailRefused
from letterlock.operations.accounts import Account
from letterlock.operations.outbox import Item, Outbox, Parcel
from letterlock.operations.send_report import CopyStatus, Report, Status, Told
from letterlock.store.failures import OutboxItemUnknown
from letterlock.store.outbox import HELD

Fate = Literal["working", "ending", "sent", "refused", "failed"]
"""Still at it; about to be sent; sent; not sent, as the webmail said; certainly not sent, as it never came to it."""
SENT_FOLDER = "Sent"
"""How the folder is named to people: the webmail knows which one it is."""


class Carrying:
    """Everything that is carried by the client of one host."""

    def __init__(self, database: Path, vault: Vault) -> None:
        self._database = database
        self._outbox = Outbox(database, vault)
        self._lock = Lock()
        self._taken: dict[str, Item] = {}
        self._told: dict[str, list[Told]] = {}
        self._copies: dict[str, tuple[CopyStatus, LetterlockError | None]] = {}

    def put(self, letters: Sequence[Parcel], account: Account) -> Report:
        """Keep a batch for the client. Raises as `Outbox.put`."""
        items = self._outbox.put(account.id, letters)
        copy = CopyStatus.WAITING if any(each.is_copy for each in items) else CopyStatus.NOT_WANTED
        failure = WayNotFromHere(account.address, account.site)
        told = [Told(each, Status.WAITING, failure) for item in items for each in item.slip.recipients]
        return Report(items[0].stored.batch, told, copy)

    def take(self, batch: str, after: int = -1, anyway: bool = False) -> Item | None:
        """The next message of a batch, or its copy once something was sent; None: there is nothing more to do.

        Args:
            after: the number of the one before it.
            anyway: also what may have been sent, because a person says so.
        """
        for item in self._outbox.items(batch):
            ready = item.stored.number > after and item.stored.state != HELD and not item.busy
            if ready and (item.is_copy or anyway or not item.unsure) and self._outbox.claim(item):
                with self._lock:
                    self._taken[item.id] = item
                return item
        return None

    def pieces(self, item: Item) -> Iterator[bytes]:
        """The octets of an item. Raises `OutboxTaken`."""
        return self._outbox.pieces(item)

    def told(self, item_id: str, fate: Fate, detail: str = "") -> None:
        """What became of an item that was taken.

        Raises:
            OutboxItemUnknown: none was.
            OutboxTaken: another process sends it now, so the page must not.
        """
        item = self._taken.get(item_id)
        if item is None:
            raise OutboxItemUnknown(item_id)
        if fate == "working":
            self._outbox.beat()
        elif fate == "ending":
            self._outbox.ending(item)
        elif fate == "sent":
            self._outbox.sent(item)
            self._tell(item, Status.SENT, None)
        elif fate == "refused" and not item.is_copy:
            self._outbox.forget(item)
            self._tell(item, Status.REFUSED, WebmailRefused(self._site(item), detail))
        else:
            with suppress(OutboxTaken):
                self._outbox.waits(item)
            self._tell(item, Status.WAITING, WebmailRefused(self._site(item), detail))

    def end(self, batch: str) -> Report:
        """What became of a batch. If the first of it was refused, the rest is given up; else what is left waits."""
        with self._lock:
            told = self._told.pop(batch, [])
            copy, failure = self._copies.pop(batch, (CopyStatus.NOT_WANTED, None))
            for each in [each for each in self._taken.values() if each.stored.batch == batch]:
                del self._taken[each.id]
        report = Report(batch, told, copy, SENT_FOLDER if copy is CopyStatus.KEPT else None, failure)
        statuses = {each.status for each in told}
        given_up = Status.REFUSED in statuses and Status.SENT not in statuses
        for item in self._outbox.items(batch):
            if given_up and not (item.unsure or item.busy):
                self._outbox.forget(item)
            elif item.is_copy:
                report.copy = CopyStatus.WAITING
                continue
            report.recipients += self._left(item, told, given_up)
        self._outbox.release()
        return report

    # --- Inside ---

    def _tell(self, item: Item, status: Status, failure: LetterlockError | None) -> None:
        batch = item.stored.batch
        if item.is_copy:
            self._copies[batch] = (CopyStatus.KEPT if status is Status.SENT else CopyStatus.WAITING, failure)
            return
        self._told.setdefault(batch, []).extend(Told(each, status, failure) for each in item.slip.recipients)

    def _left(self, item: Item, told: Sequence[Told], given_up: bool) -> list[Told]:
        """Those of whom nothing was told: the page was never asked, or it did not answer."""
        account, known = accounts.one(self._database, item.stored.account), {each.address for each in told}
        failure: LetterlockError = WayNotFromHere(account.address, account.site)
        status = Status.NOT_SENT if given_up else Status.WAITING
        if item.unsure:
            status, failure = Status.UNSURE, WebmailFateUnknown(account.site)
        return [Told(each, status, failure) for each in item.slip.recipients if each not in known]

    def _site(self, item: Item) -> str:
        return accounts.one(self._database, item.stored.account).site
