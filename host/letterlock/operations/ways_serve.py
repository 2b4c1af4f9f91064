"""The ways in which accounts send, signing in, and carrying, as a client of the host asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from letterlock.errors import UnknownPart
from letterlock.keystore.vault import Vault
from letterlock.net.mail import MailServer
from letterlock.net.oauth import Client
from letterlock.operations import accounts, describe_send, presets, sign_in, ways
from letterlock.operations.account_failures import AccountSettingWrong
from letterlock.operations.accounts import Account
from letterlock.operations.carry import Carrying
from letterlock.operations.outbox import Item
from letterlock.operations.sign_in import SignIns
from letterlock.verdict import Part

Answer = dict[str, Any]


class HostWays:
    """The verbs of one host. All raise as the verbs do."""

    def __init__(self, vault: Vault, database: Path, policy: Path | None) -> None:
        self._vault = vault
        self._database = database
        self._policy = policy
        self._signing_in = SignIns()
        self.carrying = Carrying(database, vault)

    def listed(self) -> Answer:
        """How each account sends."""
        known = presets.known(self._policy)
        return {
            "ways": [_described(each) for each in accounts.listed(self._database)],
            "presets": [
                {"name": each.name, "way": each.way, "host": each.host, "sign_in": asdict(each.client)}
                for each in known
            ],
        }

    def put(self, asked: Any) -> Answer:
        """Keep how an address sends."""
        accounts.put(self._database, self._vault, self._account(asked), asked.secret)
        return self.listed()

    def begin(self, asked: Any) -> Answer:
        """Where a person signs in."""
        account = accounts.one(self._database, asked.account)
        return {"url": self._signing_in.begin(account, asked.redirect, asked.secret)}

    def finish(self, answer: str, cancelled: Callable[[], bool]) -> Answer:
        """Keep what signing in gave."""
        self._signing_in.finish(answer, self._database, self._vault, cancelled=cancelled)
        return self.listed()

    def end(self, account: str, language: str) -> Answer:
        """Sign out."""
        _, revoked, failure = sign_in.end(self._database, self._vault, accounts.one(self._database, account))
        return {"revoked": revoked, "reason": describe_send.said(failure, language)}

    # --- Carrying ---

    def take(self, asked: Any) -> tuple[Answer | None, Carried | None]:
        """The next message, and what its octets are fetched from."""
        item = self.carrying.take(asked.batch, asked.after, asked.anyway)
        if item is None:
            return None, None
        return {
            "id": item.id,
            "number": item.stored.number,
            "role": "copy" if item.is_copy else "message",
            "sender": item.slip.sender,
            "recipients": list(item.slip.recipients),
            "message_id": item.slip.message_id,
            "size": item.slip.octets,
            "again": item.is_copy and item.unsure,
        }, Carried(self.carrying, item)

    def told(self, asked: Any) -> Answer:
        """What becomes of it."""
        self.carrying.told(asked.item, asked.fate, asked.detail)
        return {}

    def carried(self, batch: str, language: str) -> Answer:
        """What became of a batch."""
        return {"sent": [describe_send.report(self.carrying.end(batch), language)]}

    # --- Inside ---

    def _account(self, asked: Any) -> Account:
        client = None if asked.sign_in is None else Client(**asked.sign_in.model_dump())
        if asked.account:
            before = accounts.one(self._database, asked.account)
            if before.way == "smtp" and asked.way == "smtp":
                # A token is no password, nor the other way round.
                return replace(before, client=client, login="oauth" if client else "password")
            if before.way != asked.way or before.address != asked.address:
                raise AccountSettingWrong("way", asked.way)
        if asked.way == "smtp":
            raise AccountSettingWrong("way", asked.way)
        server = MailServer(asked.host, asked.port, "tls")
        if asked.way == "webmail":
            return Account(
                asked.address, _server_of(asked.site), login="none", id=asked.account, way="webmail", site=asked.site
            )
        return Account(asked.address, server, login="oauth", id=asked.account, way=asked.way, client=client)


class Carried:
    """A message on its way to a page, as what is kept for a client (`native.messages`): its part `1`."""

    def __init__(self, carrying: Carrying, item: Item) -> None:
        self._carrying, self._item = carrying, item

    def part(self, part_id: str) -> Part:
        """The message. Raises `UnknownPart`."""
        if part_id != "1":
            raise UnknownPart(part_id)
        size = self._item.slip.octets
        described: dict[str, Any] = {"charset": None, "name": None, "content_id": None, "covered": False}
        return Part(id=part_id, type="message/rfc822", disposition="attachment", size=size, **described)

    def body(self, part_id: str) -> Iterator[bytes]:
        """Its octets. Raises `UnknownPart`, `OutboxTaken`."""
        self.part(part_id)
        return self._carrying.pieces(self._item)

    text = body

    def close(self) -> None:
        """Nothing is held."""


def _server_of(site: str) -> MailServer:
    try:
        parts = urlsplit(site)
        port = parts.port or (80 if parts.scheme == "http" else 443)
    except ValueError:
        raise AccountSettingWrong("site", site[:200]) from None
    return MailServer(parts.hostname or "", port, "tls")


def _described(found: Account) -> Answer:
    return {
        "account": found.id,
        "address": found.address,
        "way": found.way,
        "host": found.smtp.host,
        "port": found.smtp.port,
        "site": found.site,
        "sign_in": None if found.client is None else asdict(found.client),
        "signed_in": found.has_secret,
        "largest": ways.largest(found),
    }
