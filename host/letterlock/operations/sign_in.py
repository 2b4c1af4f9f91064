"""Signing in at a provider (OAuth 2): begun here, done in the person's browser, finished here; renewed, and ended.

The tokens are kept where a password would be: sealed in the vault, together with the servers that they are for and the
authorization server that renews them (`operations.accounts`). The client gets an address to show and hands one back;
it never sees a token. What is under way is held in memory alone.
"""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.net import mail, oauth
from letterlock.net.mail import Login
from letterlock.net.oauth import Pending, Tokens
from letterlock.net.oauth_failures import OAuthAnswerForeign, OAuthEnded
from letterlock.net.wire import never
from letterlock.operations import accounts
from letterlock.operations.account_failures import AccountSecretMissing, AccountSecretWrong, AccountSettingWrong
from letterlock.operations.accounts import Account

if TYPE_CHECKING:
    import ssl

    from letterlock.keystore.vault import Vault


class SignIns:
    """Those under way in one host, the last few. Safe to use from several threads.

    Args:
        clock: seconds that only go forward.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._pending: OrderedDict[str, tuple[float, str, str, Pending]] = OrderedDict()

    def begin(self, account: Account, redirect: str, secret: str = "") -> str:
        """Where the person signs in for an account that is kept.

        Args:
            redirect: where the browser is led back to; the client sees that address, and no page does.
            secret: the client's, where the provider gave one.

        Raises:
            AccountSettingWrong: the account says nothing of where to sign in.
            OAuthPlaceWrong.
        """
        if account.client is None:
            raise AccountSettingWrong("client_id", "")
        pending = oauth.begin(account.client, redirect, account.user or account.address)
        with self._lock:
            self._pending[pending.state] = (self._clock(), account.id, secret, pending)
            while len(self._pending) > limits.OAUTH_PENDING:
                self._pending.popitem(last=False)
        return pending.url

    def finish(
        self,
        answer: str,
        database: Path,
        vault: Vault,
        context: ssl.SSLContext | None = None,
        cancelled: Callable[[], bool] = never,
    ) -> Account:
        """Take the address that the browser was led back to, and keep the tokens. Each sign-in is finished once.

        Raises:
            OAuthAnswerForeign: it belongs to none that is under way.
            OAuthDeclined, OAuthScopeMissing, VaultLocked …
        """
        begun, account_id, secret, pending = self._taken(answer)
        if self._clock() - begun > limits.OAUTH_SIGN_IN_SECONDS:
            raise OAuthAnswerForeign("")
        account = accounts.one(database, account_id)
        if account.client is None:
            raise AccountSettingWrong("client_id", "")
        # Before the code is spent: a locked vault could not keep what it gives.
        vault.seal("sign-in", b"")
        context = context or mail.tls_context()
        tokens = oauth.exchange(account.client, pending, answer, secret, context, time.time(), cancelled)
        return accounts.keep_secret(database, vault, account, _said(tokens))

    def _taken(self, answer: str) -> tuple[float, str, str, Pending]:
        with self._lock:
            for state in self._pending:
                # Which one it is; `oauth.exchange` compares it as a secret is.
                if f"state={state}" in answer:
                    return self._pending.pop(state)
        raise OAuthAnswerForeign("")


def login(
    database: Path, vault: Vault, account: Account, context: ssl.SSLContext | None = None, *, renew: bool = False
) -> Login:
    """The access token of an account, renewed where it has run out.

    Args:
        renew: also where it seems to be good: the server did not take it.

    Raises:
        AccountSecretMissing: nobody has signed in.
        OAuthEnded: they have to do so again.
        VaultLocked, OAuthUnavailable, FetchUnreachable …
    """
    assert account.client is not None
    tokens = _kept(database, vault, account)
    if tokens is None:
        raise AccountSecretMissing(account.address)
    if renew or not tokens.fresh(time.time()):
        tokens = _renewed(database, vault, account, tokens, context or mail.tls_context())
    return Login("oauth", account.user, tokens.access)


def end(
    database: Path, vault: Vault, account: Account, context: ssl.SSLContext | None = None
) -> tuple[Account, bool, LetterlockError | None]:
    """Forget the tokens of an account, and tell the provider.

    Returns:
        The account, whether the provider has withdrawn them, and why not where it should have.
    """
    revoked, failure = False, None
    try:
        tokens = _kept(database, vault, account)
        if tokens is not None and account.client is not None:
            revoked = oauth.revoke(account.client, tokens, context or mail.tls_context())
    except LetterlockError as problem:
        failure = problem
    return accounts.keep_secret(database, vault, account, None), revoked, failure


# --- Inside ---


def _renewed(database: Path, vault: Vault, account: Account, tokens: Tokens, context: ssl.SSLContext) -> Tokens:
    assert account.client is not None
    try:
        newer = oauth.refreshed(account.client, tokens, context, time.time())
    except OAuthEnded:
        # Another process may have renewed them at the same time, and a refresh token may count only once.
        theirs = _kept(database, vault, account)
        if theirs is None or theirs == tokens or not theirs.fresh(time.time()):
            raise
        return theirs
    accounts.keep_secret(database, vault, account, _said(newer))
    return newer


def _kept(database: Path, vault: Vault, account: Account) -> Tokens | None:
    said = accounts.kept_secret(database, vault, account)
    if said is None:
        return None
    try:
        return Tokens(**json.loads(said))
    except (ValueError, TypeError):
        raise AccountSecretWrong from None


def _said(tokens: Tokens) -> str:
    return json.dumps(asdict(tokens))
