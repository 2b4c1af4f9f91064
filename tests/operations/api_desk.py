"""A desk that sends through a provider's API: signed in as a person does, at servers of this computer."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from letterlock.keystore.vault import Vault
from letterlock.operations import accounts, parcels, protect, send, sign_in
from letterlock.operations.accounts import Account
from letterlock.operations.accounts import Way as WayName
from letterlock.operations.outbox import Outbox
from letterlock.operations.protect import Wish
from letterlock.operations.send import Way
from letterlock.operations.send_report import Report
from letterlock.operations.sign_in import SignIns
from tests.net.api_servers import ApiServer, AuthorizationServer, Gmail, Graph, Provider, serving
from tests.net.jmap_server import Jmap
from tests.net.mail_tls import Authority
from tests.operations.notes import ANNA
from tests.operations.writing_desk import BOTH, WritingDesk

SCOPES = {
    "gmail": "https://www.googleapis.com/auth/gmail.send",
    "graph": "https://graph.microsoft.com/Mail.Send offline_access",
    "jmap": "urn:ietf:params:jmap:core urn:ietf:params:jmap:mail urn:ietf:params:jmap:submission",
}
REDIRECT = "https://abcdef.chromiumapp.org/"


class ApiDesk:
    """Anna, her account at a provider, and her host."""

    def __init__(self, database: Path, vault: Vault, server: ApiServer, way: WayName, context: ssl.SSLContext) -> None:
        self.database, self.vault, self.server, self.context = database, vault, server, context
        self.provider: Any = server.provider
        self.oauth: AuthorizationServer = self.provider.oauth
        self.signing_in = SignIns()
        account = Account(ANNA, server.server, login="oauth", way=way, client=server.client())
        self.account = accounts.put(database, vault, account)

    def sign_in(self, secret: str = "") -> None:
        """What Anna and her browser do."""
        url = self.signing_in.begin(self.account, REDIRECT, secret)
        answer = self.oauth.authorize(url)
        self.account = self.signing_in.finish(answer, self.database, self.vault, self.context)

    def way(self, **more: Any) -> Way:
        """As `operations.send_serve` makes it."""
        login = accounts.login(self.database, self.vault, self.account, context=self.context)
        renew = partial(sign_in.login, self.database, self.vault, self.account, self.context, renew=True)
        return Way(login, self.context, renew=renew, **more)

    def outbox(self) -> Outbox:
        return Outbox(self.database, self.vault)

    def finished(self, message: bytes, **more: Any) -> Report:
        """Send a finished message as it is."""
        incoming = protect.Incoming()
        incoming.feed(message)
        account = self.account
        letters = parcels.as_it_is(incoming.close(), datetime.now(UTC), account.copies, envelopes=account.envelopes)
        return send.submit(letters, account, self.outbox(), self.way(**more))

    def protected(self, desk: WritingDesk, message: bytes, wish: Wish = BOTH) -> Report:
        """Sign, encrypt and send."""
        made = desk.protect(message, wish)
        try:
            letters = parcels.of_made(made, ANNA, self.account.copies, envelopes=self.account.envelopes)
            return send.submit(letters, self.account, self.outbox(), self.way())
        finally:
            for each in made:
                each.octets.close()

    def resume(self, anyway: bool = False) -> list[Report]:
        """Send what waits."""
        reports = []
        for batch in dict.fromkeys(item.stored.batch for item in self.outbox().items()):
            outbox = self.outbox()
            reports.append(send.resume(outbox.items(batch), self.account, outbox, self.way(), anyway))
        return reports


def provider(way: str, **how: Any) -> Provider:
    """A provider of a kind, with an authorization server of its own."""
    oauth = AuthorizationServer(SCOPES[way], **how)
    if way == "jmap":
        return Jmap(oauth, ANNA)
    return Gmail(oauth) if way == "gmail" else Graph(oauth)


@contextmanager
def api_desk(database: Path, vault: Vault, authority: Authority, way: WayName, **how: Any) -> Iterator[ApiDesk]:
    """A desk, signed in."""
    with serving(provider(way, **how), authority) as server:
        desk = ApiDesk(database, vault, server, way, authority.trusting())
        try:
            desk.sign_in()
            yield desk
        finally:
            for each in accounts.listed(database):
                accounts.remove(database, each.id)


def elsewhere(account: Account, **changed: Any) -> Account:
    """The account with other settings of its sign-in."""
    assert account.client is not None
    return replace(account, client=replace(account.client, **changed))
