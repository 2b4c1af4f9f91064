"""Whoever answers may be an attacker: every answer ends in time, within bounds, and with the right failure."""

from __future__ import annotations

import gzip
import ssl
import threading
import time
from pathlib import Path

import pytest

from letterlock.errors import Cancelled
from letterlock.net import failures as why
from letterlock.net import http
from letterlock.net.fetch import Fetches, fetch
from letterlock.net.locations import Question
from letterlock.net.rules import Rules
from tests.net import servers
from tests.net.servers import Talk, answer, raw, redirect, serving
from tests.patience import PAUSE
from tests.trust.chains import Issued, issue

HERE = Rules(private=True, request_seconds=1.0)
"""The administrator allows this computer; a second is plenty."""

HEAD = b"HTTP/1.1 200 OK\r\n"


def failure(talk: Talk, kind: type[why.FetchFailure], most: int = 1000, rules: Rules = HERE) -> why.FetchFailure:
    """What fetching from such a server fails with; also holds that it ends in time."""
    began = time.monotonic()
    with serving(talk) as server, pytest.raises(kind) as raised:
        fetch(f"{server.url}/list.crl", rules, most=most)
    assert time.monotonic() - began < rules.request_seconds + PAUSE
    return raised.value


def test_a_document_is_fetched_and_nothing_is_said_about_the_person() -> None:
    """The request has the fields that HTTP demands, and no other."""
    with serving(answer(b"a list")) as server:
        assert fetch(f"{server.url}/ca/list.crl?x=1#here", HERE) == b"a list"
    head = server.requests[0].decode().split("\r\n")
    assert head[0] == "GET /ca/list.crl?x=1 HTTP/1.1"
    assert {line.split(":")[0] for line in head[1:] if line} == {"Host", "Connection"}


def test_a_question_is_posted() -> None:
    """With its type and length."""
    with serving(answer(b"an answer")) as server:
        octets = fetch(server.url, HERE, question=Question(b"\x30\x00", "application/ocsp-request"))
    assert octets == b"an answer"
    assert server.requests[0].startswith(b"POST / HTTP/1.1\r\n")
    assert b"Content-Type: application/ocsp-request\r\nContent-Length: 2\r\n" in server.requests[0]
    assert server.requests[0].endswith(b"\r\n\r\n\x30\x00")


@pytest.mark.parametrize(
    "talk",
    [
        servers.silent,
        servers.drip,
        raw(HEAD + b"Content-Length: 100\r\n\r\n", *[b"x"] * 60, pause=0.05),
        raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\nx\r\n"] * 60, pause=0.05),
    ],
    ids=["silent", "header drips", "body drips", "chunks drip"],
)
def test_the_slow_are_given_up_in_time(talk: Talk) -> None:
    """However often an octet comes."""
    failure(talk, why.FetchTimedOut)


@pytest.mark.parametrize(
    "head",
    [
        HEAD + b"\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffff\r\n",
        HEAD + b"Content-Length: 99999999999\r\n\r\n",
    ],
    ids=["without length", "chunked", "with length"],
)
def test_the_endless_are_cut_off(head: bytes) -> None:
    """Beyond the limit nothing is read."""
    failure(servers.endless(head), why.FetchTooLarge)


def test_a_header_without_end_is_cut_off() -> None:
    """Whichever bound is met first: of a line, of the fields, of the whole."""
    with serving(servers.endless(HEAD + b"X: ")) as server, pytest.raises(why.FetchAnswerBroken):
        fetch(server.url, HERE)
    with serving(raw(HEAD, *[b"X: y\r\n"] * 200)) as server, pytest.raises(why.FetchAnswerBroken):
        fetch(server.url, HERE)
    with serving(endless_chunk_trailers) as server, pytest.raises(why.FetchTooLarge):
        fetch(server.url, HERE, most=10)


def endless_chunk_trailers(connection: object, _: bytes) -> None:
    raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\n0\r\n", *[b"X: y\r\n" * 1000] * 200)(connection, _)


def test_a_packed_answer_is_not_unpacked() -> None:
    """Ten million octets packed into ten thousand."""
    bomb = gzip.compress(bytes(10_000_000))
    failure(answer(bomb, "Content-Encoding: gzip"), why.FetchAnswerBroken, most=20_000)


@pytest.mark.parametrize(
    ("talk", "kind"),
    [
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), why.FetchAnswerBroken),
        (raw(b""), why.FetchAnswerBroken),
        (raw(HEAD + b"Content-Length: 100\r\n\r\nshort"), why.FetchAnswerBroken),
        (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"), why.FetchAnswerBroken),
        (answer(b"", status="404 Not Found"), why.FetchRefused),
        (answer(b"", status="503 Busy"), why.FetchRefused),
        (answer(b"", status="204 No Content"), why.FetchRefused),
    ],
)
def test_liars_and_refusals_are_named(talk: Talk, kind: type[why.FetchFailure]) -> None:
    """Another protocol, nothing, a wrong length, broken chunks, a status that is no document."""
    failure(talk, kind)


# --- Redirections ---


def test_a_redirection_is_followed_and_a_circle_is_not() -> None:
    """Three of them, each a new request."""
    with serving(answer(b"here")) as last, serving(redirect(f"{last.url}/x")) as first:
        assert fetch(first.url, HERE) == b"here"
    with serving(redirect("/again")) as server, pytest.raises(why.FetchRedirectedTooOften):
        fetch(server.url, HERE)
    assert server.connections == 4


@pytest.mark.parametrize(
    "to", ["file:///etc/passwd", "ldap://127.0.0.1/x", "ftp://x.example/", "gopher://x/", "data:,x"]
)
def test_a_redirection_leads_to_http_only(to: str) -> None:
    """Not to a file of this computer, and not to another protocol."""
    failure(redirect(to), why.LocationForbidden)


def test_a_redirection_into_the_private_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first server is on the internet (as far as this test can pretend), the second is not."""
    from letterlock.net import addresses

    with serving(answer(b"secret")) as inner, serving(redirect(f"http://127.0.0.2:{inner.port}/")) as outer:
        # Of all addresses of this computer, 127.0.0.1 alone plays the internet.
        monkeypatch.setattr(addresses, "is_public", lambda address: str(address) == "127.0.0.1")
        inner_url = f"http://127.0.0.2:{inner.port}/"
        for url in (outer.url, inner_url):
            with pytest.raises(why.AddressForbidden):
                fetch(url, Rules(request_seconds=1.0))
        assert (outer.connections, inner.connections) == (1, 0)


def test_a_question_is_not_turned_into_another() -> None:
    """302 would make a GET of it; 307 asks the same elsewhere."""
    question = Question(b"?", "text/plain")
    with serving(answer(b"here")) as last:
        with serving(redirect(last.url)) as first, pytest.raises(why.FetchRefused):
            fetch(first.url, HERE, question=question)
        with serving(redirect(last.url, 307)) as first:
            assert fetch(first.url, HERE, question=question) == b"here"
    assert last.requests[0].startswith(b"POST")


# --- TLS ---


def _context(tmp_path: Path, server: Issued) -> ssl.SSLContext:
    from cryptography.hazmat.primitives import serialization

    file = tmp_path / "server.pem"
    key = server.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(server.pem + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _tls_server() -> tuple[Issued, Issued]:
    import ipaddress

    from cryptography import x509

    root = issue("TLS Root")
    names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return root, issue("TLS Server", root, ca=False, usage=("digital_signature",), names=names)


def test_a_server_that_cannot_prove_itself_gives_nothing(tmp_path: Path) -> None:
    """Its authority is unknown to the system; no request is sent to it."""
    _, server = _tls_server()
    with serving(answer(b"x"), _context(tmp_path, server)) as talking, pytest.raises(why.FetchTlsFailed):
        fetch(talking.url, HERE)
    assert talking.requests == []


def test_tls_that_never_begins_is_given_up_in_time() -> None:
    """A plain server behind https: no TLS, and one that says nothing at all."""
    with serving(raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as server, pytest.raises(why.FetchFailure):
        fetch(server.url.replace("http", "https"), HERE)
    with serving(servers.silent) as server, pytest.raises(why.FetchTimedOut):
        fetch(server.url.replace("http", "https"), HERE)


def test_over_good_tls_documents_are_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With an authority that the system knows."""
    from datetime import UTC, datetime

    root, server = _tls_server()
    (tmp_path / "root.pem").write_bytes(root.pem)
    trusting = ssl.create_default_context(cafile=str(tmp_path / "root.pem"))
    monkeypatch.setattr(http, "tls_context", lambda: trusting)
    assert server.certificate.not_after > datetime.now(UTC)
    with serving(answer(b"over TLS"), _context(tmp_path, server)) as talking:
        assert fetch(talking.url, HERE) == b"over TLS"


# --- Many at once, stopping, failing again ---


def test_many_who_want_one_document_share_one_request() -> None:
    """Ten mails by customers of one authority, opened at once: one connection."""
    go = threading.Event()

    def slowly(connection: object, request: bytes) -> None:
        go.wait(60)
        answer(b"shared")(connection, request)

    found: list[bytes] = []
    with serving(slowly) as server:
        fetches = Fetches()
        threads = [
            threading.Thread(
                target=lambda: found.append(fetches.document(server.url, HERE._replace(request_seconds=60), 60))
            )
            for _ in range(10)
        ]
        for thread in threads:
            thread.start()
        time.sleep(0.2)
        go.set()
        for thread in threads:
            thread.join(60)
    assert found == [b"shared"] * 10
    assert server.connections == 1


def test_who_stops_waiting_does_not_take_it_from_others() -> None:
    """The one who carries the request out gives up; another of those who wait carries it out anew."""
    stop = threading.Event()
    calls = iter([servers.silent, answer(b"for the other")])
    with serving(lambda connection, request: next(calls)(connection, request)) as server:
        fetches = Fetches()
        outcome: list[object] = []

        def first() -> None:
            try:
                fetches.document(server.url, HERE._replace(request_seconds=60), 60, stop.is_set)
            except Cancelled as cancelled:
                outcome.append(cancelled)

        thread = threading.Thread(target=first)
        thread.start()
        time.sleep(0.2)
        second = threading.Thread(
            target=lambda: outcome.append(fetches.document(server.url, HERE._replace(request_seconds=60), 60))
        )
        second.start()
        time.sleep(0.1)
        stop.set()
        thread.join(60)
        second.join(60)
    assert isinstance(outcome[0], Cancelled)
    assert outcome[1] == b"for the other"


@pytest.mark.parametrize("talk", [servers.silent, servers.drip, raw(HEAD + b"\r\n", *[bytes(1000)] * 99, pause=0.01)])
def test_a_wish_to_stop_is_noticed_at_once(talk: Talk) -> None:
    """Within a quarter of a second, whatever the server does."""
    began = time.monotonic()
    with serving(talk) as server, pytest.raises(Cancelled):
        fetch(server.url, Rules(True, 30), cancelled=lambda: time.monotonic() > began + 0.3)
    assert time.monotonic() - began < PAUSE


def test_a_server_that_failed_is_left_alone_for_a_while() -> None:
    """The second mail does not wait for it; some minutes later it is asked again."""
    now = [1000.0]
    with serving(answer(b"", status="500 Sorry")) as server:
        fetches = Fetches(clock=lambda: now[0])
        for _ in range(3):
            with pytest.raises(why.FetchRefused):
                fetches.document(server.url, HERE, 1)
        assert server.connections == 1
        now[0] += 301
        with pytest.raises(why.FetchRefused):
            fetches.document(server.url, HERE, 1)
        assert server.connections == 2


def test_failures_do_not_pile_up() -> None:
    """However many URLs an attacker invents."""
    fetches = Fetches()
    for number in range(1000):
        fetches.useless(f"http://{number}.example/")
    assert len(fetches._failed) == 256


def test_ended_fetches_fetch_nothing_more(tmp_path: Path) -> None:
    """What is under way stops, too."""
    with serving(servers.silent) as server:
        fetches = Fetches()
        threading.Timer(0.2, fetches.end).start()
        with pytest.raises(Cancelled):
            fetches.document(server.url, Rules(True, 30), 30)
        with pytest.raises(Cancelled):
            fetches.document(server.url + "/other", Rules(True, 30), 30)
    assert server.connections == 1
