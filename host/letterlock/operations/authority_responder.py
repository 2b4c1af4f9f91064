"""The authority on the web, for small organisations: OCSP (RFC 6960 Appendix A), and its lists and certificates.

`Responder` is a WSGI application; waitress serves it. It holds no key of the authority: at the start it makes a key of
its own and has it certified for OCSP alone, for some weeks. What it answers is read from the database for each request,
so a revocation counts at once.

    POST /ocsp, GET /ocsp/BASE64, GET /issuing.crl, /root.crl, /issuing.cer, /root.cer
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from letterlock import limits
from letterlock.authority import ca, keys, ocsp
from letterlock.authority.ca import Authority
from letterlock.authority.crl import Revocation, RevocationReason
from letterlock.authority.failures import HttpServerMissing, NoAuthority
from letterlock.authority.ocsp import NotAnswered, Refusal, Request, Unknown
from letterlock.errors import LetterlockError
from letterlock.operations.authority import Acting
from letterlock.store.authority import AuthorityRecords
from letterlock.store.database import Store

ANSWER_HOURS = 12
"""How long an answer is good: a revocation is known the same day, and clients may keep it for some hours."""

_TYPES = {"crl": "application/pkix-crl", "cer": "application/pkix-cert"}  # RFC 2585 §4
_MOST_GET = 4 * ((limits.OCSP_REQUEST_OCTETS + 2) // 3) + 3 * 100
"""Characters of a GET path: base64 of the largest request, some of its characters escaped as three."""

Clock = Callable[[], datetime]
StartResponse = Callable[..., Any]


def certify(acting: Acting, at: datetime) -> ocsp.Responder:
    """A responder with a new key and a certificate for it. Raises as `Authority.responder`."""
    key = keys.generate("P-256")
    return ocsp.Responder(acting.authority.chain.issuing, acting.authority.responder(key.public, acting.key, at), key)


class Responder:
    """A WSGI application (PEP 3333).

    Args:
        database: read for each request.
        responder: who signs.
        clock: the time now, UTC.
    """

    def __init__(self, database: Path, responder: ocsp.Responder, clock: Clock | None = None) -> None:
        self._database = database
        self._responder = responder
        self._clock = clock or (lambda: datetime.now(UTC))

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """One request of HTTP."""
        method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "")
        if path == "/ocsp" and method == "POST":
            return self._posted(environ, start_response)
        if path.startswith("/ocsp/") and method == "GET":
            # A web server decodes escapes once, but base64's own slash may have been sent as it is.
            return self._got(path.removeprefix("/ocsp/"), start_response)
        name, _, kind = path.removeprefix("/").partition(".")
        if method in ("GET", "HEAD") and name in (ca.ROOT, ca.ISSUING) and kind in _TYPES:
            return self._file(name, kind, start_response)
        return _said(start_response, "404 Not Found")

    def _posted(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("CONTENT_TYPE", "").split(";")[0].strip().lower() != "application/ocsp-request":
            return _said(start_response, "415 Unsupported Media Type")
        # waitress refuses a longer body itself; another server may not.
        body = environ["wsgi.input"].read(limits.OCSP_REQUEST_OCTETS + 1)
        answer, _ = self.answer(body)
        return _send(start_response, answer, [("Cache-Control", "no-store")])

    def _got(self, text: str, start_response: StartResponse) -> Iterable[bytes]:
        if len(text) > _MOST_GET:
            return _said(start_response, "414 URI Too Long")
        try:
            body = base64.b64decode(unquote_to_bytes(text), validate=True)
        except (binascii.Error, ValueError):
            body = b""
        answer, until = self.answer(body)
        headers = [("Cache-Control", "no-store")]
        if until is not None:
            # RFC 5019 §6.2: what has no nonce may be kept by proxies until it runs out.
            seconds = int((until - self._clock()).total_seconds())
            headers = [
                ("Cache-Control", f"max-age={seconds},public,no-transform,must-revalidate"),
                ("Expires", f"{until:%a, %d %b %Y %H:%M:%S} GMT"),
                ("ETag", f'"{sha256(answer).hexdigest()}"'),
            ]
        return _send(start_response, answer, headers)

    def answer(self, body: bytes) -> tuple[bytes, datetime | None]:
        """The OCSPResponse to an OCSPRequest, and until when it may be kept; None: not at all."""
        now = self._clock()
        until = now + timedelta(hours=ANSWER_HOURS)
        try:
            request = Request.parse(body)
            if not self._responder.certificate.not_before <= now < self._responder.certificate.not_after:
                raise NotAnswered(Refusal.TRY_LATER)
            with Store.read(self._database) as store:
                records = AuthorityRecords(store)
                answer = self._responder.answer(request, lambda serial: _known(records, serial), now, until)
        except NotAnswered as refused:
            return ocsp.refused(refused.refusal), None
        except LetterlockError:
            return ocsp.refused(Refusal.INTERNAL), None
        return answer, until if request.nonce is None else None

    def _file(self, name: str, kind: str, start_response: StartResponse) -> Iterable[bytes]:
        try:
            with Store.read(self._database) as store:
                authority = Authority.of(store)
                chain = {ca.ROOT: authority.chain.root, ca.ISSUING: authority.chain.issuing}
                octets = authority.records.newest_list(name) if kind == "crl" else chain[name].der
        except NoAuthority:
            octets = None
        except LetterlockError:
            return _said(start_response, "503 Service Unavailable")
        if octets is None:
            return _said(start_response, "404 Not Found")
        return _send(start_response, octets, [("Cache-Control", "max-age=3600")], _TYPES[kind])


def serve(application: Responder, host: str, port: int, ready: Callable[[str, int], None]) -> None:
    """Serve until interrupted. `ready` is called with the address once connections are taken.

    Raises:
        HttpServerMissing: waitress is not installed.
        OSError: the address cannot be used.
    """
    try:
        from waitress.server import create_server
    except ImportError:
        raise HttpServerMissing from None
    server = create_server(
        application,
        host=host,
        port=port,
        threads=4,
        ident="",
        connection_limit=limits.OCSP_CONNECTIONS,
        channel_timeout=limits.OCSP_SECONDS,
        cleanup_interval=5,
        max_request_header_size=4 * limits.OCSP_REQUEST_OCTETS,
        max_request_body_size=limits.OCSP_REQUEST_OCTETS + 1,
        clear_untrusted_proxy_headers=True,
    )
    ready(str(server.effective_host), int(server.effective_port))
    try:
        server.run()
    finally:
        server.close()


def _known(records: AuthorityRecords, serial: int) -> Revocation | Unknown | None:
    row = records.certificate(f"{serial:x}") if serial > 0 else None
    if row is None or row.role == ca.ROOT or row.role == ca.ISSUING:
        return Unknown()
    if row.revoked is None:
        return None
    return Revocation(serial, datetime.fromisoformat(row.revoked), RevocationReason(row.reason or "unspecified"))


def _send(
    start_response: StartResponse,
    octets: bytes,
    headers: list[tuple[str, str]],
    kind: str = "application/ocsp-response",
) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", kind), ("Content-Length", str(len(octets))), *headers])
    return [octets]


def _said(start_response: StartResponse, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Content-Length", "0")])
    return []
