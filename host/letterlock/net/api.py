"""One request to a provider's API (RFC 9110, RFC 9112), in TLS, with the person's token, and the answer to it.

Unlike `net.http`, which fetches what anybody may have, this speaks to one server that the person chose, and says who
is asking. So nothing is followed: a redirection would take the token along to somebody else. The body goes out in
pieces, and `before_end` is called before the last of them: until then the server cannot have the request whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Any, NamedTuple

from letterlock import limits
from letterlock.net import mail_failures as failures
from letterlock.net.addresses import resolve
from letterlock.net.failures import FetchFailure, FetchTlsFailed, FetchTooLarge
from letterlock.net.mail import Login, MailServer
from letterlock.net.wire import Watch, Wire, connect, never

if TYPE_CHECKING:
    import ssl

_HEADER_OCTETS = 65_536


class Answer(NamedTuple):
    """What came: a final status, its Content-Type, what Retry-After and Location say, and the body."""

    status: int
    type: str
    retry_after: str
    location: str
    body: bytes

    @property
    def good(self) -> bool:
        """2xx."""
        return 200 <= self.status < 300

    def json(self) -> dict[str, Any]:
        """The object in the body; an empty one where there is none. Nothing in it is checked."""
        if self.type.partition(";")[0].strip().lower() not in ("application/json", "application/problem+json"):
            return {}
        try:
            said = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return said if isinstance(said, dict) else {}


class Body(NamedTuple):
    """What is sent along: its media type, its length in octets, and its pieces."""

    type: str
    octets: int
    pieces: Iterable[bytes]

    @classmethod
    def of(cls, type_: str, octets: bytes) -> Body:
        """One that is at hand."""
        return cls(type_, len(octets), (octets,))


class Api:
    """One server. Each request has a connection of its own.

    Args:
        server: chosen by the person, so it may be in the private network.
        cancelled: asked again and again, but not while the answer to the last octet is awaited.
    """

    def __init__(self, server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> None:
        self.server = server
        self._context = context
        self._cancelled = cancelled

    @property
    def name(self) -> str:
        """The server's, for failures."""
        return self.server.host

    def ask(
        self,
        method: str,
        target: str,
        fields: Mapping[str, str],
        body: Body | None = None,
        before_end: Callable[[], None] | None = None,
        waiting: Callable[[], bool] = never,
    ) -> Answer:
        """The answer, whatever its status.

        Args:
            target: path and query, ASCII without spaces.
            before_end: called before the last octets, if what is asked for must not happen twice.
            waiting: asked in place of `cancelled` after that.

        Raises:
            FetchUnreachable, FetchTimedOut, MailServerNotProven, Cancelled: nothing was asked.
            MailAnswerBroken: what came is no answer. With `before_end`: before that, so nothing has happened.
            MailFateUnknown: after `before_end`; nobody knows what has happened.
        """
        watch = Watch(self.name, limits.MAIL_COMMAND_SECONDS, self._cancelled)
        wire = connect(
            resolve(self.server.host, self.server.port, True, watch), watch, limits.API_ANSWER_OCTETS + _HEADER_OCTETS
        )
        ended = False
        try:
            wire.secure(self._context, self.server.host)
            watch.again(limits.MAIL_COMMAND_SECONDS + (body.octets if body else 0) / limits.MAIL_OCTETS_PER_SECOND)
            connection = self._asked(wire, method, target, fields, body)
            try:
                last = self._sent(wire, body)
            except OSError:
                # Whoever refuses may do so before everything is said, and hang up (RFC 9112 §9.6).
                return self._answered(wire, connection, b"")
            if before_end is not None:
                before_end()
                ended = True
                watch.again(limits.MAIL_END_SECONDS, waiting)
            return self._answered(wire, connection, last)
        except FetchTlsFailed as failure:
            raise failures.MailServerNotProven(self.name, failure.detail) from None
        except (failures.MailAnswerBroken, FetchFailure, HTTPException, ValueError, OSError) as error:
            if ended:
                raise failures.MailFateUnknown(self.name) from None
            if isinstance(error, FetchTooLarge):
                raise failures.MailAnswerBroken(self.name, f"> {error.limit}") from None
            if isinstance(error, FetchFailure | failures.MailAnswerBroken):
                raise
            raise failures.MailAnswerBroken(self.name, type(error).__name__) from None
        finally:
            wire.hang_up()

    # --- Inside ---

    def _asked(
        self, wire: Wire, method: str, target: str, fields: Mapping[str, str], body: Body | None
    ) -> HTTPConnection:
        """Say everything but the body."""
        connection = HTTPConnection(self.server.host, self.server.port)
        # http.client connects only where there is no socket yet; ours leads to the address that was looked up.
        connection.sock = wire
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        host = f"[{self.server.host}]" if ":" in self.server.host else self.server.host
        connection.putheader("Host", host if self.server.port == 443 else f"{host}:{self.server.port}")
        connection.putheader("Connection", "close")
        for name, value in fields.items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Type", body.type)
            connection.putheader("Content-Length", str(body.octets))
        connection.endheaders()
        return connection

    def _sent(self, wire: Wire, body: Body | None) -> bytes:
        """Send all of the body but its last octets, which are returned."""
        held, sent = b"", 0
        for piece in body.pieces if body else ():
            if not piece:
                continue
            if held:
                wire.sendall(held)
            sent += len(piece)
            held = piece
        if body and sent != body.octets:
            raise failures.MailAnswerBroken(self.name, f"{sent} octets instead of {body.octets}")
        return held

    def _answered(self, wire: Wire, connection: HTTPConnection, last: bytes) -> Answer:
        if last:
            wire.sendall(last)
        answer = connection.getresponse()
        packed = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if packed not in ("", "identity"):
            raise failures.MailAnswerBroken(self.name, "Content-Encoding")
        body = self._read(answer)
        known = answer.headers
        return Answer(
            answer.status, known.get("Content-Type", ""), known.get("Retry-After", ""), known.get("Location", ""), body
        )

    def _read(self, answer: HTTPResponse) -> bytes:
        body = answer.read(limits.API_ANSWER_OCTETS + 1)
        if len(body) > limits.API_ANSWER_OCTETS:
            raise failures.MailAnswerBroken(self.name, f"> {limits.API_ANSWER_OCTETS}")
        if answer.length:
            raise failures.MailAnswerBroken(self.name, "Content-Length")
        return body


class Session:
    """What sending by any API has in common, as `net.smtp.Session` has it. `extensions`: none of SMTP's."""

    largest: int | None = None

    def __init__(self, asked: Api) -> None:
        self._api = asked
        self._login = Login("none")
        self.extensions: dict[str, str] = {}

    @property
    def server(self) -> str:
        """Its name."""
        return self._api.name

    def login(self, login: Login) -> None:
        """Keep the token for what follows."""
        self._login = login


def bearer(server: str, login: Login) -> dict[str, str]:
    """RFC 6750 §2.1. Raises `MailLoginRefused`: no token looks like that."""
    if not login.secret or not all("!" <= each <= "~" for each in login.secret):
        raise failures.MailLoginRefused(server, login.user, "no token")
    return {"Authorization": f"Bearer {login.secret}", "Accept": "application/json"}


def refused(server: str, user: str, answer: Answer, detail: str, *, critical: bool) -> failures.MailFailure:
    """What a status other than 2xx means (RFC 9110 §15), where the provider's own words say nothing else.

    Args:
        critical: the request was the one that sends, and this may have come from a gateway between us.
    """
    shown = f"{answer.status} {detail}".strip()[:200]
    if answer.status == 401:
        return failures.MailLoginRefused(server, user, shown)
    if answer.status == 403:
        return failures.MailNotAllowed(server, user, shown)
    if answer.status in (408, 429, 503):
        wait = f" (Retry-After: {answer.retry_after[:40]})" if answer.retry_after else ""
        return failures.MailRefusedForNow(server, shown + wait)
    if answer.status >= 500:
        return failures.MailFateUnknown(server) if critical else failures.MailRefusedForNow(server, shown)
    return failures.MailRefused(server, shown)


def in_base64(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same octets in base64 without line ends (RFC 4648 §4); `base64_octets` says how many those are."""
    from pybase64 import b64encode

    held = b""
    for piece in pieces:
        held += piece
        whole = len(held) - len(held) % 3
        if whole:
            yield b64encode(held[:whole])
            held = held[whole:]
    if held:
        yield b64encode(held)


def base64_octets(octets: int) -> int:
    """How many octets so many are in base64."""
    return (octets + 2) // 3 * 4
