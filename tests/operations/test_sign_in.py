"""Signing in at a provider: what comes back is for this sign-in alone; tokens stay sealed, and can be withdrawn."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from letterlock.errors import LetterlockError
from letterlock.keystore.failures import SecretDamaged, VaultLocked
from letterlock.keystore.vault import Vault
from letterlock.net import oauth
from letterlock.net.oauth_failures import (
    OAuthAnswerBroken,
    OAuthAnswerForeign,
    OAuthDeclined,
    OAuthEnded,
    OAuthPlaceWrong,
    OAuthScopeMissing,
    OAuthUnavailable,
)
from letterlock.operations import accounts, sign_in
from letterlock.operations.account_failures import AccountSecretMissing
from tests.keystore.vaults import made
from tests.net.api_servers import Said
from tests.net.mail_tls import Authority
from tests.operations.api_desk import REDIRECT, ApiDesk, api_desk, elsewhere


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Vault]:
    database = tmp_path_factory.mktemp("sign-in") / "letterlock.sqlite"
    return database, made(database)


@pytest.fixture
def desk(home: tuple[Path, Vault], mail_authority: Authority) -> Iterator[ApiDesk]:
    """Anna, signed in at a provider."""
    with api_desk(*home, mail_authority, "gmail") as found:
        yield found


def kept(desk: ApiDesk) -> str:
    """What is kept, opened."""
    return accounts.kept_secret(desk.database, desk.vault, desk.account) or ""


def test_tokens_are_sealed_and_never_in_clear(desk: ApiDesk) -> None:
    """Neither the access token nor the one that renews it stands in the database."""
    (refresh,) = desk.oauth.refresh
    (access,) = desk.oauth.access
    assert refresh in kept(desk)
    everything = b"".join(each.read_bytes() for each in desk.database.parent.iterdir() if each.is_file())
    assert refresh.encode() not in everything
    assert access.encode() not in everything
    assert refresh not in repr(oauth.Tokens(access, refresh))


def test_an_answer_that_is_not_ours_is_refused(desk: ApiDesk) -> None:
    """Another state, another place, none at all, or the same one twice: nobody else's account gets in."""
    url = desk.signing_in.begin(desk.account, REDIRECT)
    answer = desk.oauth.authorize(url)
    before = kept(desk)
    for foreign in (
        f"{REDIRECT}?code=x&state=somebody-elses",
        f"{REDIRECT}?code=x",
        "https://evil.example/?" + answer.partition("?")[2],
        answer + "&" + answer.partition("?")[2].partition("&")[2],
        answer.replace("?code=", "?nothing="),
    ):
        desk.signing_in.begin(desk.account, REDIRECT)
        with pytest.raises(OAuthAnswerForeign):
            desk.signing_in.finish(foreign, desk.database, desk.vault, desk.context)
    assert kept(desk) == before
    desk.sign_in()
    after = desk.signing_in.begin(desk.account, REDIRECT)
    answer = desk.oauth.authorize(after)
    desk.signing_in.finish(answer, desk.database, desk.vault, desk.context)
    with pytest.raises(OAuthAnswerForeign):
        desk.signing_in.finish(answer, desk.database, desk.vault, desk.context)


def test_whoever_does_not_agree_is_not_signed_in(desk: ApiDesk) -> None:
    """What the server says is told."""
    url = desk.signing_in.begin(desk.account, REDIRECT)
    with pytest.raises(OAuthDeclined) as caught:
        desk.signing_in.finish(desk.oauth.authorize(url, agrees=False), desk.database, desk.vault, desk.context)
    assert "access_denied" in caught.value.detail


def test_a_sign_in_ends_by_itself(desk: ApiDesk) -> None:
    """A quarter of an hour later the answer is nobody's."""
    now = [0.0]
    slow = sign_in.SignIns(lambda: now[0])
    answer = desk.oauth.authorize(slow.begin(desk.account, REDIRECT))
    now[0] = 16 * 60.0
    with pytest.raises(OAuthAnswerForeign):
        slow.finish(answer, desk.database, desk.vault, desk.context)


def test_less_than_what_sending_takes_is_said_at_once(desk: ApiDesk) -> None:
    """A box that was not ticked (RFC 6749 §3.3); Microsoft's shorter names of the same are taken."""
    desk.oauth.granted = "openid email"
    with pytest.raises(OAuthScopeMissing):
        desk.sign_in()
    desk.oauth.granted = "email GMAIL.SEND"
    desk.sign_in()


def test_a_client_secret_goes_along_where_one_was_given(desk: ApiDesk) -> None:
    """Also when the token is renewed; without it the server refuses."""
    desk.oauth.client_secret = "not really one"
    with pytest.raises(OAuthDeclined):
        desk.sign_in()
    desk.sign_in("not really one")
    sign_in.login(desk.database, desk.vault, desk.account, desk.context, renew=True)
    assert desk.oauth.token_requests[-1]["client_secret"] == "not really one"


def test_a_refresh_token_that_stays_goes_on_counting(desk: ApiDesk) -> None:
    """Servers that do not rotate give no new one (RFC 6749 §6)."""
    desk.oauth.rotates = False
    for _ in range(2):
        login = sign_in.login(desk.database, desk.vault, desk.account, desk.context, renew=True)
        assert login.secret in desk.oauth.access


def test_a_token_that_another_process_renewed_is_taken(desk: ApiDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """With rotation only one of two can renew it; the other one finds what that one kept."""
    real = oauth.refreshed

    def overtaken(*arguments: object, **more: object) -> oauth.Tokens:
        monkeypatch.setattr(oauth, "refreshed", real)
        sign_in.login(desk.database, desk.vault, desk.account, desk.context, renew=True)
        raise OAuthEnded("localhost", "400 invalid_grant")

    monkeypatch.setattr(oauth, "refreshed", overtaken)
    login = sign_in.login(desk.database, desk.vault, desk.account, desk.context, renew=True)
    assert login.secret in desk.oauth.access


@pytest.mark.parametrize(
    ("said", "failure"),
    [
        (Said(503), OAuthUnavailable),
        (Said(429), OAuthUnavailable),
        (Said(400, {"error": "invalid_grant"}), OAuthEnded),
        (Said(401, {"error": "invalid_client"}), OAuthDeclined),
        (Said(200, {"access_token": "x", "token_type": "mac"}), OAuthAnswerBroken),
        (Said(200, {"access_token": "x\ny", "token_type": "Bearer"}), OAuthAnswerBroken),
        (Said(200, {"access_token": "x" * 10_000, "token_type": "Bearer"}), OAuthAnswerBroken),
        (Said(200, ["Bearer"]), OAuthAnswerBroken),
    ],
)
def test_what_an_authorization_server_may_say(said: Said, failure: type[LetterlockError], desk: ApiDesk) -> None:
    """Whatever it is, the tokens that are kept stay as they are."""
    before, desk.oauth.broken = kept(desk), said
    with pytest.raises(failure):
        sign_in.login(desk.database, desk.vault, desk.account, desk.context, renew=True)
    assert kept(desk) == before


@pytest.mark.parametrize("url", ["http://accounts.example/token", "file:///etc/passwd", "https://a@b.example/", "x"])
def test_nobody_signs_in_without_tls(url: str, desk: ApiDesk) -> None:
    """Neither at a place without it, nor at what is none."""
    with pytest.raises(OAuthPlaceWrong):
        accounts.put(desk.database, desk.vault, elsewhere(desk.account, token=url))


def test_tokens_go_to_no_other_place_than_they_were_given_for(desk: ApiDesk) -> None:
    """Whoever changes in the database where they are renewed gets nothing."""
    import sqlite3

    with sqlite3.connect(desk.database) as connection:
        connection.execute("UPDATE account SET settings = replace(settings, '/token', '/evil')")
    with pytest.raises(SecretDamaged):
        accounts.login(desk.database, desk.vault, accounts.one(desk.database, desk.account.id), context=desk.context)


def test_signing_out_withdraws_the_tokens(desk: ApiDesk) -> None:
    """At the provider (RFC 7009) and here; where the provider does not answer, here."""
    (refresh,) = desk.oauth.refresh
    account, revoked, failure = sign_in.end(desk.database, desk.vault, desk.account, desk.context)
    assert (account.has_secret, revoked, failure) == (False, True, None)
    assert desk.oauth.revoked == [refresh]
    with pytest.raises(AccountSecretMissing):
        accounts.login(desk.database, desk.vault, account, context=desk.context)
    desk.sign_in()
    desk.server.close()
    account, revoked, failure = sign_in.end(desk.database, desk.vault, desk.account, desk.context)
    assert (account.has_secret, revoked) == (False, False)
    assert failure is not None


def test_a_locked_vault_spends_no_code(desk: ApiDesk) -> None:
    """What could not be kept is not fetched."""
    answer = desk.oauth.authorize(desk.signing_in.begin(desk.account, REDIRECT))
    asked = len(desk.oauth.token_requests)
    locked = Vault.at(desk.database)
    with pytest.raises(VaultLocked):
        desk.signing_in.finish(answer, desk.database, locked, desk.context)
    assert len(desk.oauth.token_requests) == asked


def test_the_freshness_of_a_token() -> None:
    """One that ends within a minute is renewed first; one without an end is used until it is refused."""
    now = time.time()
    assert oauth.Tokens("a", expires=now + 61).fresh(now)
    assert not oauth.Tokens("a", expires=now + 59).fresh(now)
    assert oauth.Tokens("a").fresh(now)
    assert not oauth.Tokens("").fresh(now)
