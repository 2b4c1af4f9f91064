"""One document by HTTP (RFC 9110, RFC 9112), over a wire that we made: nothing about the person goes out with it.

No cookies, no credentials, no referrer, no name of a program: the request holds what the protocol demands and no
more. Each redirection is a new location that is checked like the first. Packed answers are refused and not unpacked:
nothing asked for them, and small ones can unpack to any size.
"""

from __future__ import annotations

import ssl
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse

from letterlock import limits
from letterlock.net.addresses import resolve
from letterlock.net.failures import FetchAnswerBroken, FetchRedirectedTooOften, FetchRefused, FetchTooLarge
from letterlock.net.failures import FetchUnreachable as Unreachable
from letterlock.net.locations import Location, Question
from letterlock.net.rules import Rules
from letterlock.net.wire import Watch, Wire, connect

_HEADER_OCTETS = 65_536
"""Room for the header of an answer and the lengths of its chunks, beside the body."""

_SAME_METHOD = (307, 308)
_AS_GET = (301, 302, 303)


def fetch(location: Location, question: Question, rules: Rules, watch: Watch, most: int) -> bytes:
    """The body of the answer.

    Args:
        location: http or https.
        question: GET, or POST of its body.
        rules: what may be connected to.
        watch: when to give up.
        most: octets of the body.

    Raises:
        FetchFailure, Cancelled: whatever goes wrong.
    """
    for _ in range(limits.FETCH_REDIRECTIONS + 1):
        wire = connect(resolve(location.host, location.port, rules.private, watch), watch, most + _HEADER_OCTETS)
        try:
            if location.scheme == "https":
                wire.secure(tls_context(), location.host)
            answer = _ask(wire, location, question)
            reference = answer.headers.get("Location")
            followed = (*_SAME_METHOD, *(_AS_GET if question.body is None else ()))
            if answer.status not in followed or not reference:
                return _body(answer, location, most)
        except (HTTPException, ValueError) as error:
            raise FetchAnswerBroken(location.host, type(error).__name__) from None
        except OSError as error:
            raise Unreachable(location.host, error.strerror or type(error).__name__) from None
        finally:
            wire.hang_up()
        location = location.towards(reference)
    raise FetchRedirectedTooOften(location.host, limits.FETCH_REDIRECTIONS)


def _ask(wire: Wire, location: Location, question: Question) -> HTTPResponse:
    connection = HTTPConnection(location.host, location.port)
    # http.client connects only where there is no socket yet; ours leads to the address that was checked.
    connection.sock = wire
    method = "GET" if question.body is None else "POST"
    connection.putrequest(method, location.target, skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", location.authority)
    connection.putheader("Connection", "close")
    if question.body is not None:
        connection.putheader("Content-Type", question.type)
        connection.putheader("Content-Length", str(len(question.body)))
    connection.endheaders(question.body)
    return connection.getresponse()


def _body(answer: HTTPResponse, location: Location, most: int) -> bytes:
    if answer.status != 200:
        raise FetchRefused(location.host, f"HTTP {answer.status}")
    packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise FetchAnswerBroken(location.host, "Content-Encoding")
    if answer.length is not None and answer.length > most:
        raise FetchTooLarge(location.host, most)
    body = answer.read(most + 1)
    if len(body) > most:
        raise FetchTooLarge(location.host, most)
    if answer.length:
        raise FetchAnswerBroken(location.host, "Content-Length")
    return body


@cache
def tls_context() -> ssl.SSLContext:
    """The system's authorities. What is fetched proves itself; TLS only keeps others from reading and answering."""
    return ssl.create_default_context()
