"""OAuth 2.0 (RFC 6749) for programs on a person's computer: the authorization code grant with PKCE (RFC 7636, S256),
refresh (RFC 6749 §6) and revocation (RFC 7009). Which program this is (`client_id`) is configuration: none is built in.

    pending = begin(client, redirect, "anna@muster.example")      # pending.url is shown in the browser
    tokens = exchange(client, pending, answer, secret, context)   # the address that the browser was led to
    tokens = refreshed(client, tokens, context)

Nothing here keeps anything. The clock is an argument. A client secret, where a provider insists on one for programs
that cannot keep any, is carried beside the tokens.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode, urlsplit

from letterlock import limits
from letterlock.net.failures import LocationForbidden
from letterlock.net.locations import Location
from letterlock.net.mail import MailServer
from letterlock.net.oauth_failures import (
    OAuthAnswerBroken,
    OAuthAnswerForeign,
    OAuthDeclined,
    OAuthEnded,
    OAuthPlaceWrong,
    OAuthScopeMissing,
    OAuthUnavailable,
)
from letterlock.net.wire import never

if TYPE_CHECKING:
    import ssl

    from letterlock.net.api import Answer

_SILENT = frozenset({"offline_access", "openid", "email", "profile"})
"""Scopes that servers grant without naming them in the answer."""


@dataclass(frozen=True)
class Client:
    """What an authorization server knows this program as, and where it is asked.

    Args:
        authorization: where the person signs in. What its query says is kept (RFC 6749 §3.1): some providers want
            `access_type=offline`.
        token, revocation: where the host asks; revocation "": the provider has none.
        scope: what is asked for, with spaces between.
    """

    authorization: str
    token: str
    client_id: str
    scope: str
    revocation: str = ""


@dataclass(frozen=True)
class Tokens:
    """What a sign-in gave. `expires`: seconds since 1970, 0 where nobody says; `secret` is the client's."""

    access: str = field(repr=False)
    refresh: str = field(default="", repr=False)
    expires: float = 0.0
    secret: str = field(default="", repr=False)

    def fresh(self, now: float) -> bool:
        """Whether the access token may be used, and will not run out on the way."""
        return bool(self.access) and (not self.expires or now < self.expires - limits.OAUTH_EARLY_SECONDS)


@dataclass(frozen=True)
class Pending:
    """A sign-in under way: where the person goes, and what only we know of it."""

    url: str
    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)


def begin(client: Client, redirect: str, address: str) -> Pending:
    """Where a person signs in, and agrees. Raises `OAuthPlaceWrong`: a place that is none."""
    for each in (client.authorization, client.token, *([client.revocation] if client.revocation else [])):
        place(each)
    if not _redirect_is_ours(redirect):
        raise OAuthPlaceWrong(redirect[:200])
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    # RFC 7636 §4.2: BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": redirect,
            "scope": client.scope,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "login_hint": address,
        }
    )
    url = client.authorization + ("&" if "?" in client.authorization else "?") + query
    return Pending(url, redirect, state, verifier)


def exchange(
    client: Client,
    pending: Pending,
    answer: str,
    secret: str,
    context: ssl.SSLContext,
    now: float,
    cancelled: Callable[[], bool] = never,
) -> Tokens:
    """The tokens for the address that the browser was led back to (RFC 6749 §§4.1.2–4.1.4).

    Raises:
        OAuthAnswerForeign: it is not the answer to this sign-in.
        OAuthDeclined: the person, or the server, did not agree.
        OAuthScopeMissing: less was agreed to than is needed.
        OAuthEnded, OAuthUnavailable, OAuthAnswerBroken, MailServerNotProven, FetchUnreachable …
    """
    code = _code(client, pending, answer)
    asked = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": pending.redirect,
        "code_verifier": pending.verifier,
    }
    return _tokens(client, asked, secret, "", context, now, cancelled)


def refreshed(
    client: Client, tokens: Tokens, context: ssl.SSLContext, now: float, cancelled: Callable[[], bool] = never
) -> Tokens:
    """New tokens for the old ones. Raises as `exchange`; `OAuthEnded`: the person has to sign in again."""
    if not tokens.refresh:
        raise OAuthEnded(_host(client.token), "no refresh token")
    asked = {"grant_type": "refresh_token", "refresh_token": tokens.refresh}
    return _tokens(client, asked, tokens.secret, tokens.refresh, context, now, cancelled)


def revoke(client: Client, tokens: Tokens, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> bool:
    """Tell the provider that the tokens are not to count any more (RFC 7009 §2.1); false: it has no place for that."""
    if not client.revocation:
        return False
    token, hint = (tokens.refresh, "refresh_token") if tokens.refresh else (tokens.access, "access_token")
    answer = _post(
        client.revocation, {"token": token, "token_type_hint": hint}, client, tokens.secret, context, cancelled
    )
    # RFC 7009 §2.2: a token that is unknown is revoked, too, and the answer is 200. Some say 400 invalid_token.
    if not answer.good and answer.json().get("error") != "invalid_token":
        raise _refused(client.revocation, answer)
    return True


def place(url: str) -> tuple[MailServer, str]:
    """A server and what is asked there. Only https. Raises `OAuthPlaceWrong`."""
    try:
        found = Location.parse(url)
    except LocationForbidden:
        raise OAuthPlaceWrong(url[:200]) from None
    if found.scheme != "https":
        raise OAuthPlaceWrong(url[:200])
    return MailServer(found.host, found.port, "tls"), found.target


# --- Inside ---


def _redirect_is_ours(url: str) -> bool:
    """A redirection URI as browsers give extensions one, or a loopback one (RFC 8252 §7.3)."""
    parts = urlsplit(url)
    local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1")
    return (parts.scheme == "https" or local) and bool(parts.hostname) and not parts.fragment and len(url) <= 500


def _code(client: Client, pending: Pending, answer: str) -> str:
    came, wanted = urlsplit(answer), urlsplit(pending.redirect)
    if (came.scheme, came.netloc, came.path or "/") != (wanted.scheme, wanted.netloc, wanted.path or "/"):
        raise OAuthAnswerForeign(_host(client.authorization))
    said = {name: values[0] for name, values in parse_qs(came.query).items() if len(values) == 1}
    if not hmac.compare_digest(said.get("state", "").encode(), pending.state.encode()):
        raise OAuthAnswerForeign(_host(client.authorization))
    if "error" in said:
        raise OAuthDeclined(_host(client.authorization), _shown(said))
    if not said.get("code"):
        raise OAuthAnswerForeign(_host(client.authorization))
    return said["code"]


def _tokens(
    client: Client, asked: dict[str, str], secret: str, refresh: str,
    context: ssl.SSLContext, now: float, cancelled: Callable[[], bool],
) -> Tokens:  # fmt: skip
    answer = _post(client.token, asked, client, secret, context, cancelled)
    if not answer.good:
        raise _refused(client.token, answer)
    said = answer.json()
    access, kind, lasts = said.get("access_token"), said.get("token_type"), said.get("expires_in")
    if not _is_token(access) or not isinstance(kind, str) or kind.lower() != "bearer":
        raise OAuthAnswerBroken(_host(client.token), "token_type" if _is_token(access) else "access_token")
    if isinstance(lasts, str) and lasts.isdecimal():
        lasts = int(lasts[:10])
    lasts = lasts if isinstance(lasts, int | float) and not isinstance(lasts, bool) and 0 < lasts < 10**9 else None
    # RFC 6749 §6: a new refresh token replaces the old one; without one the old one goes on.
    newer = said.get("refresh_token")
    _all_granted(client, said.get("scope"))
    return Tokens(
        str(access), str(newer) if _is_token(newer) else refresh, 0.0 if lasts is None else now + lasts, secret
    )


def _post(
    url: str, asked: dict[str, str], client: Client, secret: str, context: ssl.SSLContext, cancelled: Callable[[], bool]
) -> Answer:
    # Whoever only looks at an account starts without it.
    from letterlock.net.api import Api, Body

    server, target = place(url)
    fields = {**asked, "client_id": client.client_id, **({"client_secret": secret} if secret else {})}
    body = Body.of("application/x-www-form-urlencoded", urlencode(fields).encode())
    return Api(server, context, cancelled).ask("POST", target, {"Accept": "application/json"}, body)


def _refused(url: str, answer: Answer) -> OAuthEnded | OAuthDeclined | OAuthUnavailable:
    """RFC 6749 §5.2."""
    said = answer.json()
    shown = f"{answer.status} {_shown(said)}".strip()[:200]
    if said.get("error") in ("invalid_grant", "interaction_required"):
        return OAuthEnded(_host(url), shown)
    if answer.status in (408, 429) or answer.status >= 500:
        return OAuthUnavailable(_host(url), shown)
    return OAuthDeclined(_host(url), shown)


def _all_granted(client: Client, granted: object) -> None:
    """RFC 6749 §3.3: what is granted may be less than what was asked for; then the answer says so."""
    if not isinstance(granted, str):
        return
    # Microsoft names its permissions without the place that they belong to.
    names = {each.rpartition("/")[2].casefold() or each for each in granted.split()}
    wanted = [each for each in client.scope.split() if each not in _SILENT]
    missing = [each for each in wanted if (each.rpartition("/")[2].casefold() or each) not in names]
    if missing:
        raise OAuthScopeMissing(_host(client.token), tuple(missing))


def _is_token(value: Any) -> bool:
    return (
        isinstance(value, str)
        and 0 < len(value) <= limits.OAUTH_TOKEN_CHARACTERS
        and all("!" <= each <= "~" for each in value)
    )


def _shown(said: Mapping[str, Any]) -> str:
    return f"{said.get('error', '')}: {said.get('error_description', '')}".strip(": ")[:150]


def _host(url: str) -> str:
    return urlsplit(url).hostname or url[:100]
