"""What can go wrong when a person signs in at a provider (`net.oauth`). `server` is the authorization server's name."""

from __future__ import annotations

from letterlock.errors import Fault, LetterlockError


class OAuthFailure(LetterlockError):
    """Base of all of them."""

    code = "oauth_failed"
    fault = Fault.USER
    server: str


class OAuthDeclined(OAuthFailure):
    """The person did not agree, or the server does not know this program, or not so (RFC 6749 §§4.1.2.1, 5.2)."""

    code = "oauth_declined"
    detail: str


class OAuthEnded(OAuthFailure):
    """The sign-in does not count any more: it ran out, was withdrawn, or gave nothing that could be renewed."""

    code = "oauth_ended"
    detail: str


class OAuthScopeMissing(OAuthFailure):
    """Less was agreed to than is needed to send."""

    code = "oauth_scope_missing"
    scopes: tuple[str, ...]


class OAuthAnswerForeign(OAuthFailure):
    """What came back does not belong to the sign-in that was begun here (RFC 6749 §10.12), or nothing is under way."""

    code = "oauth_answer_foreign"
    fault = Fault.CLIENT


class OAuthAnswerBroken(OAuthFailure):
    """The server's answer is not one of RFC 6749 §5.1."""

    code = "oauth_answer_broken"
    fault = Fault.HOST
    detail: str


class OAuthUnavailable(OAuthFailure):
    """The server does not work at the moment, or wants to be asked less often."""

    code = "oauth_unavailable"
    fault = Fault.HOST
    detail: str


class OAuthPlaceWrong(LetterlockError):
    """A place to sign in, to ask for tokens, or to be led back to, that is none: only https is."""

    code = "oauth_place_wrong"
    fault = Fault.USER
    url: str
