"""Accounts, sending and the outbox as a client of the host asks for them: answers as JSON has them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from letterlock.keystore.vault import Vault
from letterlock.mime import sendable
from letterlock.mime.writer import Finished
from letterlock.net.mail import Login, MailServer
from letterlock.net.rules import Rules
from letterlock.operations import accounts, describe, describe_send, parcels, protect, protect_serve, send, sign_in
from letterlock.operations.account_failures import WayNeedsProtection
from letterlock.operations.accounts import Account
from letterlock.operations.carry import Carrying
from letterlock.operations.outbox import Outbox, Parcel
from letterlock.operations.protect import Desk, Incoming
from letterlock.operations.protect_reasons import DecryptedTextInClear, NothingLeaves
from letterlock.operations.send import Progress, Way

Answer = dict[str, Any]
Asked = Callable[[], bool]


class HostSending:
    """The verbs on one host's database and vault. All raise as the verbs do."""

    def __init__(self, vault: Vault, database: Path, carrying: Callable[[], Carrying]) -> None:
        self._vault = vault
        self._database = database
        self._carrying = carrying

    # --- Accounts ---

    def listed(self) -> Answer:
        """Every account."""
        return {"accounts": [describe_send.account(each) for each in accounts.listed(self._database)]}

    def put(self, asked: Any) -> Answer:
        """Keep an account."""
        kept = accounts.put(self._database, self._vault, _account(asked.account), asked.secret)
        return {"accounts": [describe_send.account(kept)]}

    def remove(self, account: str) -> Answer:
        """Forget an account."""
        return {"accounts": [describe_send.account(accounts.remove(self._database, account))]}

    def find(self, address: str, rules: Rules, language: str, cancelled: Asked) -> Answer:
        """Ask a domain."""
        return describe_send.proposal(*accounts.find(address, rules, cancelled), language)

    def check(self, asked: Any, language: str, cancelled: Asked) -> Answer:
        """Log in everywhere."""
        account = accounts.checked(_account(asked.account))
        if account.id and (kept := accounts.one(self._database, account.id)).way != "smtp":
            account = kept
        login = accounts.login(self._database, self._vault, account, asked.secret)
        found = accounts.tried(account, login, cancelled=cancelled)
        return {"servers": [describe_send.tried(each, language) for each in found]}

    # --- Sending ---

    def send(
        self, incoming: Incoming, asked: Any, desk: Callable[[], Desk], language: str,
        progress: Progress, cancelled: Asked, gone: Asked,
    ) -> Answer:  # fmt: skip
        """Sign and encrypt a message as wished, and send it."""
        try:
            if not asked.sign and not asked.encrypt:
                if asked.quotes_decrypted and not asked.quote_in_clear:
                    raise NothingLeaves((DecryptedTextInClear(),))
                return self._unchanged(incoming, asked, language, progress, cancelled, gone)
            return self._protected(incoming, asked, desk(), language, progress, cancelled, gone)
        except NothingLeaves as failure:
            return _answer(problems=[describe.reason(each, language) for each in failure.problems])

    def _unchanged(
        self, incoming: Incoming, asked: Any, language: str, progress: Progress, cancelled: Asked, gone: Asked
    ) -> Answer:
        finished = incoming.close()
        now = datetime.now(UTC)
        sender = parcels.sender_of(finished)
        account = self._for(asked, sender)
        if account.way == "webmail":
            raise WayNeedsProtection(account.address)
        copy = account.copies and asked.keep_copy
        letters = parcels.as_it_is(finished, now, copy, asked.recipients, asked.notice, account.envelopes)
        return self._submitted(letters, account, asked, language, progress, cancelled, gone)

    def _protected(
        self, incoming: Incoming, asked: Any, desk: Desk, language: str,
        progress: Progress, cancelled: Asked, gone: Asked,
    ) -> Answer:  # fmt: skip
        plan = protect.plan(_completed(incoming.close()), protect_serve.wish(asked), desk)
        account = self._for(asked, plan.sender)
        made = plan.make()
        try:
            copy = account.copies and asked.keep_copy
            letters = parcels.of_made(made, plan.sender, copy, asked.notice, account.envelopes)
            answer = self._submitted(letters, account, asked, language, progress, cancelled, gone)
            reasons = dict.fromkeys(reason for each in made for reason in each.reasons)
        finally:
            for each in made:
                each.octets.close()
        if plan.signer is not None:
            answer["signed_by"] = describe.certificate(plan.signer).model_dump(mode="json")
        answer["reasons"] = [describe.reason(each, language).model_dump(mode="json") for each in reasons]
        return answer

    def _submitted(
        self, letters: list[Parcel], account: Account, asked: Any, language: str,
        progress: Progress, cancelled: Asked, gone: Asked,
    ) -> Answer:  # fmt: skip
        if account.way == "webmail":
            return _answer(describe_send.report(self._carrying().put(letters, account), language))
        login = accounts.login(self._database, self._vault, account, asked.secret)
        renew = self._renewal(account, asked.secret)
        way = Way(login, wait=asked.wait, progress=progress, cancelled=cancelled, gone=gone, renew=renew)
        report = send.submit(letters, account, Outbox(self._database, self._vault), way)
        return _answer(describe_send.report(report, language))

    def _renewal(self, account: Account, secret: str | None) -> Callable[[], Login] | None:
        """How a token that is not taken is renewed; None: it cannot be."""
        if account.client is None or secret is not None:
            return None
        return partial(sign_in.login, self._database, self._vault, account, renew=True)

    def _for(self, asked: Any, sender: str) -> Account:
        if asked.account is not None:
            return accounts.one(self._database, asked.account)
        return accounts.sending_for(self._database, sender)

    # --- The outbox ---

    def waiting(self) -> Answer:
        """What waits."""
        if not Outbox.counted(self._database):
            return {"waiting": []}
        return {"waiting": describe_send.waiting(Outbox(self._database, self._vault).items())}

    def retry(self, asked: Any, language: str, progress: Progress, cancelled: Asked, gone: Asked) -> Answer:
        """Send what waits."""
        reports = []
        every = Outbox(self._database, self._vault)
        wanted = None if asked.batch is None else every.batch(asked.batch)
        for batch in dict.fromkeys(each.stored.batch for each in every.items(wanted)):
            outbox = Outbox(self._database, self._vault)
            items = outbox.items(batch)
            if items and not cancelled():
                account = accounts.one(self._database, items[0].stored.account)
                login = accounts.login(self._database, self._vault, account, asked.secret)
                # What is stopped here goes on waiting: it was given to the outbox to be kept.
                renew = self._renewal(account, asked.secret)
                way = Way(login, progress=progress, cancelled=cancelled, gone=lambda: True, renew=renew)
                reports.append(send.resume(items, account, outbox, way, asked.anyway))
        return {"sent": [describe_send.report(each, language) for each in reports]}

    def forget(self, batch: str) -> Answer:
        """Remove what waits."""
        outbox = Outbox(self._database, self._vault)
        return {"removed": outbox.forget_batch(outbox.batch(batch))}


def _answer(report: Answer | None = None, problems: list[Any] | None = None) -> Answer:
    said = [each.model_dump(mode="json") for each in problems or []]
    return {"report": report, "signed_by": None, "reasons": [], "problems": said}


def _completed(finished: Finished) -> Finished:
    """With Date and Message-ID before it is signed: a server would add them where no signature covers them, and a copy
    could not be told from another."""
    try:
        domain = parcels.sender_of(finished).rpartition("@")[2]
    except NothingLeaves:
        # That is said with everything else that is missing.
        return finished
    head = sendable.Head(finished.fields).completed(datetime.now(UTC), domain)
    return replace(finished, fields=head.fields)


def _account(asked: Any) -> Account:
    smtp, imap = asked.smtp, asked.imap
    return Account(
        asked.address,
        MailServer(smtp.host, smtp.port, smtp.security),
        None if imap is None else MailServer(imap.host, imap.port, imap.security),
        asked.user,
        asked.login,
        asked.keep_copy,
        asked.folder,
        asked.id,
    )
