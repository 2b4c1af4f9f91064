"""Send finished messages, each with its own envelope, then put the copy into the folder of sent mail.

    report = send.submit(parcels.of_made(made, …), account, outbox, way)
    report.recipients[0].status

Every message is kept in the outbox before the first packet goes out, and leaves it when the server has taken it. A
message goes to all of its recipients or to none; each message of a batch (one for everybody in To and Cc, one for each
in Bcc) succeeds or fails by itself, but if the first one fails, the others are not tried. The answer says it for each
recipient.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from letterlock.errors import Cancelled, LetterlockError
from letterlock.net import mail, mail_failures, smtp
from letterlock.net.mail import Login
from letterlock.net.wire import never
from letterlock.operations import ways
from letterlock.operations.account_failures import OutboxTaken, WayNotFromHere
from letterlock.operations.accounts import Account
from letterlock.operations.outbox import Item, Outbox, Parcel
from letterlock.operations.send_report import CopyStatus, Report, Status, Told
from letterlock.store.outbox import HELD
from letterlock.trust.addresses import domain_key, split_address

if TYPE_CHECKING:
    import ssl

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Way:
    """How to send.

    Args:
        wait: what cannot be sent now stays in the outbox; else it is given up.
        cancelled: asked again and again; what is not sent then is given up …
        gone: … unless this says that nobody is there any more who could send it again.
        renew: another login, asked for once, where the server does not take this one: its token was withdrawn.
    """

    login: Login
    context: ssl.SSLContext | None = None
    wait: bool = True
    progress: Progress = lambda _done, _total: None
    cancelled: Callable[[], bool] = never
    gone: Callable[[], bool] = never
    renew: Callable[[], Login] | None = None


def submit(parcels: Sequence[Parcel], account: Account, outbox: Outbox, way: Way) -> Report:
    """Keep a batch in the outbox, and send it.

    Raises:
        MailUnsendable, OutboxFull, VaultLocked, StoreBusy …: nothing was kept and nothing was sent.
    """
    return _Delivery(account, outbox, way, outbox.put(account.id, parcels)).run()


def resume(items: Sequence[Item], account: Account, outbox: Outbox, way: Way, anyway: bool = False) -> Report:
    """Send what is left of a batch.

    Args:
        anyway: also messages that may have been sent already.
    """
    return _Delivery(account, outbox, way, items, anyway).run()


class _Delivery:
    """One batch on its way."""

    def __init__(self, account: Account, outbox: Outbox, way: Way, items: Sequence[Item], anyway: bool = False) -> None:
        self._account = account
        self._outbox = outbox
        self._way = way
        self._anyway = anyway
        self._login = way.login
        self._context = way.context or mail.tls_context()
        self._letters = [each for each in items if not each.is_copy]
        self._copies = [each for each in items if each.is_copy]
        self._report = Report(items[0].stored.batch)
        self._total = sum(each.slip.octets for each in items)
        self._done = 0
        self._held: set[str] = set()
        self._ended: Item | None = None
        """The message whose last word was said."""

    def run(self) -> Report:
        """Send, copy, and let go of what is left."""
        # Copies now, while they are in the state in which they were seen: a message that goes out changes it.
        for each in self._copies:
            self._taken(each)
        try:
            self._send([each for each in self._letters if self._mine(each)])
            for copy in self._copies:
                self._copy(copy)
            return self._report
        finally:
            # What is gone needs no letting go, and that is the ordinary case.
            if not self._report.all_sent or self._report.kept:
                with suppress(LetterlockError):
                    self._outbox.release()

    # --- Messages ---

    def _mine(self, item: Item) -> bool:
        """Whether a message may be sent by us now; if not, that is told."""
        if item.unsure and not self._anyway:
            self._tell(item, Status.UNSURE, mail_failures.MailFateUnknown(self._account.smtp.host))
        elif not self._taken(item):
            self._tell(item, Status.WAITING, OutboxTaken())
        else:
            return True
        return False

    def _taken(self, item: Item) -> bool:
        """Take an item, if nobody else has it."""
        if item.id not in self._held and not item.busy and self._outbox.claim(item):
            self._held.add(item.id)
        return item.id in self._held

    def _send(self, todo: list[Item]) -> None:
        if not todo:
            return
        problem = self._converse(todo)
        if isinstance(problem, mail_failures.MailLoginRefused) and todo and self._way.renew is not None:
            try:
                self._login = self._way.renew()
                problem = self._converse(todo)
            except LetterlockError as failure:
                problem = failure
        for each in todo:
            self._not_now(each, problem or Cancelled())

    def _converse(self, todo: list[Item]) -> LetterlockError | None:
        """Send messages over one connection; those of which something was told are taken from the list."""
        problem: LetterlockError | None = None
        try:
            with ways.sender(self._account, self._context, self._unwanted) as session:
                session.login(self._login)
                while todo and problem is None:
                    problem = self._one(session, todo[0])
                    del todo[0]
        except LetterlockError as failure:
            # The conversation is over, and nothing of the first of them was sent.
            problem = failure
        return problem

    def _one(self, session: ways.Sending, item: Item) -> LetterlockError | None:
        """Send one message, and tell what became of it.

        Returns:
            Why the others are not to be tried; None: they are.

        Raises:
            LetterlockError: it was not sent, and nothing was told.
        """
        slip = item.slip
        sender, recipients = _in_dns(slip.sender), tuple(map(_in_dns, slip.recipients))
        envelope = smtp.Envelope(sender, recipients, slip.octets, slip.eight_bit, slip.utf8, slip.receipt)
        if slip.receipt and "DSN" not in session.extensions:
            self._report.remarks.append(mail_failures.ReceiptNotOffered(session.server))
        try:
            session.send(envelope, self._counted(item), lambda: self._end(item), self._waiting)
        except smtp.Refusals as refused:
            return self._refused(item, refused)
        except mail_failures.MailFateUnknown as failure:
            self._tell(item, Status.UNSURE, failure)
            return failure
        except _FOR_GOOD as failure:
            self._given_up(item)
            self._tell(item, Status.REFUSED, failure)
            return failure
        # The server has it: whatever the store says now, that is the answer.
        with suppress(LetterlockError):
            self._outbox.sent(item)
        self._tell(item, Status.SENT)
        return None

    def _refused(self, item: Item, refused: smtp.Refusals) -> LetterlockError | None:
        """Some of its recipients were refused, so that it went to nobody."""
        failures = refused.failed
        first = next(iter(failures.values()))
        for_good = [each for each in failures.values() if isinstance(each, mail_failures.RecipientRefused)]
        if not for_good:
            self._not_now(item, first, failures)
            return first if item is self._letters[0] else None
        self._given_up(item)
        for address in item.slip.recipients:
            status = Status.REFUSED if _in_dns(address) in failures else Status.NOT_SENT
            self._report.recipients.append(Told(address, status, failures.get(_in_dns(address), for_good[0])))
        return for_good[0] if item is self._letters[0] else None

    def _not_now(
        self, item: Item, failure: LetterlockError, failures: dict[str, mail_failures.MailFailure] | None = None
    ) -> None:
        """A message could not be sent: it waits, or is given up."""
        if isinstance(failure, OutboxTaken):
            self._tell(item, Status.WAITING, failure)
            return
        later = self._way.wait and not isinstance(failure, Cancelled)
        stays = (later or self._way.gone()) and not isinstance(failure, _FOR_GOOD)
        if not stays:
            self._given_up(item)
        elif self._ended is item:
            self._outbox.waits(item)
        status = Status.WAITING if stays else Status.NOT_SENT
        for address in item.slip.recipients:
            self._report.recipients.append(Told(address, status, (failures or {}).get(_in_dns(address), failure)))

    def _given_up(self, item: Item) -> None:
        self._outbox.forget(item)

    def _end(self, item: Item) -> None:
        self._outbox.ending(item)
        self._ended = item

    # --- The copy ---

    def _copy(self, item: Item) -> None:
        """Put the copy into its folder, once something was sent."""
        report, told = self._report, self._report.recipients
        if item.stored.state == HELD and not any(each.status is Status.SENT for each in told):
            waits = any(each.status in (Status.WAITING, Status.UNSURE) for each in told)
            report.copy = CopyStatus.WAITING if waits else CopyStatus.NOT_KEPT
            return
        if self._account.way == "webmail":
            report.copy, report.copy_failure = CopyStatus.WAITING, self._elsewhere()
            return
        if (connected := ways.keeper(self._account)) is None:
            self._outbox.forget(item)
            return
        report.copy = CopyStatus.WAITING
        try:
            if not self._taken(item):
                raise OutboxTaken
            with connected(self._context, self._unwanted) as session:
                session.login(self._login)
                folder = self._account.folder or session.sent_folder() or session.make_sent_folder()
                report.folder = folder
                # An earlier attempt may have come further than anybody knows.
                again = item.stored.state != HELD
                if not (again and item.slip.message_id and session.has(folder, item.slip.message_id)):
                    self._outbox.ending(item)
                    session.append(folder, item.slip.octets, self._counted(item), item.slip.utf8)
        except LetterlockError as failure:
            report.copy_failure = failure
            return
        with suppress(LetterlockError):
            self._outbox.sent(item)
        report.copy = CopyStatus.KEPT

    # --- Inside ---

    def _elsewhere(self) -> WayNotFromHere:
        return WayNotFromHere(self._account.address, self._account.site)

    def _tell(self, item: Item, status: Status, failure: LetterlockError | None = None) -> None:
        self._report.recipients += [Told(address, status, failure) for address in item.slip.recipients]

    def _counted(self, item: Item) -> Iterator[bytes]:
        for piece in self._outbox.pieces(item):
            for start in range(0, len(piece), _SENT_AT_ONCE):
                part = piece[start : start + _SENT_AT_ONCE]
                yield part
                self._done += len(part)
                self._way.progress(self._done, self._total)

    def _unwanted(self) -> bool:
        """Asked between all steps: says that we are still there, and whether anybody still wants it."""
        self._outbox.beat()
        return self._way.cancelled()

    def _waiting(self) -> bool:
        """Asked after the last word: it is too late to stop."""
        with suppress(LetterlockError):
            self._outbox.beat()
        return False


_FOR_GOOD = (
    mail_failures.RecipientRefused,
    mail_failures.SenderRefused,
    mail_failures.MailRefused,
    mail_failures.MailTooLargeForServer,
    mail_failures.MailNeedsSmtputf8,
    mail_failures.MailNeeds8bit,
)
"""What will be no better later."""

_SENT_AT_ONCE = 65_536


def _in_dns(address: str) -> str:
    """An address with its domain as the DNS has it."""
    local, domain = split_address(address)
    return f"{local}@{domain_key(domain)}"
