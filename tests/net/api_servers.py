"""An authorization server and the APIs of Gmail, Microsoft Graph and JMAP on this computer, from their published
specifications (named at each class), and as strict: what a specification refuses is refused.

Nobody here has seen the real ones; where a specification leaves something open, the server takes the narrower reading.
"""

from __future__ import annotations

import base64
import binascii
import email
import email.policy
import hashlib
import json
import re
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.utils import getaddresses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlsplit

from letterlock.net.mail import MailServer
from letterlock.net.oauth import Client
from tests.net.mail_tls import Authority

Json = dict[str, Any]


class Asked(NamedTuple):
    """A request: method, path, query, header fields in lower case, body."""

    method: str
    path: str
    query: dict[str, str]
    fields: dict[str, str]
    body: bytes


class Said(NamedTuple):
    """An answer. `hang_up`: the connection ends instead."""

    status: int
    body: Any = None
    fields: tuple[tuple[str, str], ...] = ()
    hang_up: bool = False


class Delivered(NamedTuple):
    """What a provider sent: to whom, and as what, the header's Bcc taken out as providers do."""

    recipients: tuple[str, ...]
    content: bytes


class AuthorizationServer:
    """RFC 6749 §§4.1, 5, 6 with RFC 7636 (S256 alone) and RFC 7009, for one public client.

    `authorize` is what a browser does with a person who agrees. A code counts once and is bound to its redirection; a
    refresh token counts once where `rotates`, and its use again ends the whole sign-in (RFC 9700 §4.14.2).
    """

    def __init__(self, scope: str, rotates: bool = True, lasts: int = 3600) -> None:
        self.scope, self.rotates, self.lasts = scope, rotates, lasts
        self.client_id, self.client_secret = "letterlock-test-client", ""
        self.granted: str | None = None
        self.codes: dict[str, dict[str, str]] = {}
        self.refresh: set[str] = set()
        self.access: dict[str, float] = {}
        self.revoked: list[str] = []
        self.token_requests: list[dict[str, str]] = []
        self.broken: Said | None = None

    def authorize(self, url: str, agrees: bool = True) -> str:
        """Where the browser is led back to."""
        query = parse_qsl(urlsplit(url).query, strict_parsing=True)
        asked = dict(query)
        assert len(asked) == len(query), "RFC 6749 §3.1: no parameter twice"
        assert asked["response_type"] == "code"
        assert asked["client_id"] == self.client_id
        assert asked["code_challenge_method"] == "S256"
        assert re.fullmatch(r"[A-Za-z0-9_-]{43}", asked["code_challenge"]), "RFC 7636 §4.2"
        assert asked["scope"] == self.scope
        assert len(asked["state"]) >= 22
        if not agrees:
            return f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?code={code}&state={asked['state']}"

    def serve(self, asked: Asked) -> Said | None:
        if asked.path == "/token" and asked.method == "POST":
            return self.broken or self._token(asked)
        if asked.path == "/revoke" and asked.method == "POST":
            return self._revoke(asked)
        return None

    def takes(self, asked: Asked) -> bool:
        """Whether a request carries a token that counts (RFC 6750 §2.1)."""
        scheme, _, token = asked.fields.get("authorization", "").partition(" ")
        return scheme == "Bearer" and self.access.get(token, 0) > time.time()

    def expire(self) -> None:
        """No access token counts any more."""
        self.access.clear()

    def _token(self, asked: Asked) -> Said:
        said = self._form(asked)
        if said is None:
            return _oauth_error("invalid_request")
        self.token_requests.append(said)
        if said.get("client_id") != self.client_id or said.get("client_secret", "") != self.client_secret:
            return _oauth_error("invalid_client", 401)
        if said.get("grant_type") == "authorization_code":
            known = self.codes.pop(said.get("code", ""), None)
            verifier = said.get("code_verifier", "")
            digest = hashlib.sha256(verifier.encode("ascii")).digest()
            fits = (
                known is not None
                and re.fullmatch(r"[A-Za-z0-9._~-]{43,128}", verifier)
                and base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == known["code_challenge"]
                and said.get("redirect_uri") == known["redirect_uri"]
            )
            if not fits:
                return _oauth_error("invalid_grant")
        elif said.get("grant_type") == "refresh_token":
            if said.get("refresh_token") not in self.refresh:
                self.refresh.clear()
                self.access.clear()
                return _oauth_error("invalid_grant")
            if self.rotates:
                self.refresh.discard(said["refresh_token"])
        else:
            return _oauth_error("unsupported_grant_type")
        access = secrets.token_urlsafe(24)
        self.access[access] = time.time() + self.lasts
        answer: Json = {"access_token": access, "token_type": "Bearer", "expires_in": self.lasts}
        if self.granted is not None:
            answer["scope"] = self.granted
        if self.rotates or said["grant_type"] == "authorization_code":
            refresh = secrets.token_urlsafe(24)
            self.refresh.add(refresh)
            answer["refresh_token"] = refresh
        return Said(200, answer, (("Cache-Control", "no-store"),))

    def _revoke(self, asked: Asked) -> Said:
        said = self._form(asked)
        if said is None or "token" not in said:
            return _oauth_error("invalid_request")
        self.revoked.append(said["token"])
        self.refresh.discard(said["token"])
        self.access.clear()
        return Said(200)

    def _form(self, asked: Asked) -> dict[str, str] | None:
        if asked.fields.get("content-type") != "application/x-www-form-urlencoded" or asked.query:
            return None
        pairs = parse_qsl(asked.body.decode("ascii"), keep_blank_values=True)
        return dict(pairs) if len(dict(pairs)) == len(pairs) else None


class Provider:
    """What the three APIs have in common. `trouble`: asked before each request whether something is wrong today."""

    def __init__(self, oauth: AuthorizationServer) -> None:
        self.oauth = oauth
        self.sent: list[Delivered] = []
        self.requests: list[Asked] = []
        self.trouble: Callable[[Asked], Said | None] = lambda _: None

    def serve(self, asked: Asked) -> Said:
        if (said := self.oauth.serve(asked)) is not None:
            return said
        self.requests.append(asked)
        if (said := self.trouble(asked)) is not None:
            return said
        if not self.oauth.takes(asked):
            return Said(401, self.unauthorized(), (("WWW-Authenticate", 'Bearer error="invalid_token"'),))
        return self.answer(asked)

    def answer(self, asked: Asked) -> Said:
        raise NotImplementedError

    def unauthorized(self) -> Json:
        raise NotImplementedError

    def by_header(self, content: bytes) -> Delivered | None:
        """Everybody whom To, Cc and Bcc name; Bcc goes. None: there is nobody."""
        if b"\n" in content.replace(b"\r\n", b""):
            return None
        message = email.message_from_bytes(content, policy=email.policy.SMTP)
        fields = [str(value) for name in ("to", "cc", "bcc") for value in message.get_all(name, [])]
        recipients = tuple(address for _, address in getaddresses(fields) if address)
        if not recipients or not message["from"]:
            return None
        head, _, body = content.partition(b"\r\n\r\n")
        head = re.sub(rb"(?ims)^bcc:.*?(?=^\S|\Z)", b"", head + b"\r\n")
        return Delivered(recipients, head + b"\r\n" + body)


class Gmail(Provider):
    """https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages/send and …/guides/uploads:
    `uploadType=media`, `message/rfc822`, at most 36,700,160 octets; errors as in …/guides/handle-errors."""

    def answer(self, asked: Asked) -> Said:
        if (asked.method, asked.path) != ("POST", "/upload/gmail/v1/users/me/messages/send"):
            return Said(404, _google(404, "notFound"))
        if asked.query != {"uploadType": "media"} or asked.fields.get("content-type") != "message/rfc822":
            return Said(400, _google(400, "badContent"))
        if len(asked.body) > 36_700_160:
            return Said(413, _google(413, "uploadTooLarge"))
        delivered = self.by_header(asked.body)
        if delivered is None:
            return Said(400, _google(400, "invalidArgument"))
        self.sent.append(delivered)
        number = f"{len(self.sent):016x}"
        return Said(200, {"id": number, "threadId": number, "labelIds": ["SENT"]})

    def unauthorized(self) -> Json:
        return _google(401, "authError")


class Graph(Provider):
    """https://learn.microsoft.com/graph/api/user-sendmail, example 4: the MIME content in base64 as `text/plain`; 202
    without a body. A request has 4 MB at most; errors as in …/graph/errors."""

    def answer(self, asked: Asked) -> Said:
        if (asked.method, asked.path) != ("POST", "/v1.0/me/sendMail"):
            return Said(404, _graph("ResourceNotFound"))
        if asked.fields.get("content-type") != "text/plain":
            return Said(400, _graph("BadRequest"))
        if len(asked.body) > 4 * 1024 * 1024:
            return Said(413, _graph("RequestEntityTooLarge"))
        try:
            content = base64.b64decode(asked.body, validate=True)
        except binascii.Error:
            return Said(400, _graph("ErrorMimeContentInvalidBase64String"))
        delivered = self.by_header(content)
        if delivered is None:
            return Said(400, _graph("ErrorInvalidRecipients"))
        self.sent.append(delivered)
        return Said(202)

    def unauthorized(self) -> Json:
        return _graph("InvalidAuthenticationToken")


def _google(status: int, reason: str) -> Json:
    return {"error": {"code": status, "message": f"about {reason}", "errors": [{"domain": "global", "reason": reason}]}}


def _graph(code: str) -> Json:
    return {"error": {"code": code, "message": f"about {code}", "innerError": {"request-id": "1"}}}


def _oauth_error(code: str, status: int = 400) -> Said:
    return Said(status, {"error": code, "error_description": f"about {code}"})


class ApiServer:
    """A provider with its authorization server, in TLS on loopback."""

    def __init__(self, provider: Any, authority: Authority) -> None:
        self.provider = provider

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                pass

            def handle_one_request(self) -> None:
                try:
                    super().handle_one_request()
                except OSError:
                    self.close_connection = True

            def act(self) -> None:
                parts = urlsplit(self.path)
                fields = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(fields.get("content-length", "0")))
                query = {name: values[0] for name, values in parse_qs(parts.query).items()}
                said = provider.serve(Asked(self.command, parts.path, query, fields, body))
                if said.hang_up:
                    self.close_connection = True
                    return
                octets = b"" if said.body is None else json.dumps(said.body).encode()
                self.send_response(said.status)
                for name, value in said.fields:
                    self.send_header(name, value)
                if octets:
                    self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Content-Length", str(len(octets)))
                self.end_headers()
                self.wfile.write(octets)

            do_GET = do_POST = act

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        # The handshake in the thread of the connection: one that stalls must not hold up the others.
        self._server.socket = authority.serving().wrap_socket(
            self._server.socket, server_side=True, do_handshake_on_connect=False
        )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def server(self) -> MailServer:
        return MailServer("localhost", self.port, "tls")

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def client(self) -> Client:
        """What is configured for it."""
        oauth = self.provider.oauth
        authorization = f"{self.url}/authorize?prompt=consent"
        return Client(authorization, f"{self.url}/token", oauth.client_id, oauth.scope, f"{self.url}/revoke")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def serving(provider: Any, authority: Authority) -> Iterator[ApiServer]:
    """A provider that runs for a while."""
    server = ApiServer(provider, authority)
    try:
        yield server
    finally:
        server.close()
