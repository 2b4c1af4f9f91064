"""Mail servers that lie, flood, drip, stop in the middle, or are somebody else: a coded failure, soon, every time."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from letterlock import limits
from letterlock.errors import Cancelled, LetterlockError
from letterlock.net import imap, smtp
from letterlock.net import mail_failures as failures
from letterlock.net.failures import FetchFailure, FetchTimedOut, FetchUnreachable
from letterlock.net.mail import Login, MailServer
from tests.net.mail_servers import Peer, Talk, listening, smtp_server
from tests.net.mail_tls import Authority

LOGIN = Login("password", "anna@muster.example", "geheim")
EHLO = "250-test\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 AUTH PLAIN"


def greet_smtp(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = lambda: False) -> None:
    with smtp.connected(server, context, cancelled) as session:
        session.login(LOGIN)


def greet_imap(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = lambda: False) -> None:
    with imap.connected(server, context, cancelled) as session:
        session.login(LOGIN)
        session.folders()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are short."""
    for name in ("MAIL_LOGIN_SECONDS", "MAIL_COMMAND_SECONDS", "MAIL_END_SECONDS"):
        monkeypatch.setattr(limits, name, 0.7)


# --- Who it is --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("greet", [greet_smtp, greet_imap])
@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("wrong", ["unknown authority", "another name", "expired"])
def test_a_server_that_cannot_prove_itself_is_told_nothing(
    greet: Callable[..., None], security: str, wrong: str, mail_authority: Authority, tmp_path: Path
) -> None:
    """The failure is coded, and neither name nor password was sent."""
    other = {"another name": {"host": "other.example"}, "expired": {"days": -1}}.get(wrong, {})
    serving = Authority(tmp_path, **other)  # type: ignore[arg-type]
    trusting = mail_authority.trusting() if wrong == "unknown authority" else serving.trusting()

    def talk(peer: Peer) -> None:
        if security == "starttls":
            peer.say("220 test" if greet is greet_smtp else "* OK test")
            offer(peer, greet is greet_imap)
            peer.secure(serving.serving())
        with suppress(ssl.SSLError):
            peer.line()

    with listening(talk, serving.serving() if security == "tls" else None) as listener:
        with pytest.raises(failures.MailServerNotProven) as caught:
            greet(listener.server(security), trusting)  # type: ignore[arg-type]
        assert caught.value.detail
        assert not [each for peer in listener.peers for each in peer.heard if b"AUTH" in each.upper()]


def offer(peer: Peer, as_imap: bool, after: bytes = b"") -> None:
    """Up to the answer to STARTTLS, and what follows it in the same packet."""
    first = peer.line()
    if as_imap:
        tag = first.split()[0].decode()
        peer.say(f"* CAPABILITY IMAP4rev1 STARTTLS AUTH=PLAIN\r\n{tag} OK done")
        peer.say(peer.line().split()[0] + b" OK begin\r\n" + after)
    else:
        peer.say(EHLO)
        assert peer.line() == b"STARTTLS"
        peer.say(b"220 go\r\n" + after)


@pytest.mark.parametrize("as_imap", [False, True])
def test_what_was_injected_before_tls_ends_the_conversation(as_imap: bool, mail_authority: Authority) -> None:
    """CVE-2021-38371: octets after the answer to STARTTLS in the same packet."""

    def talk(peer: Peer) -> None:
        peer.say("* OK test" if as_imap else "220 test")
        offer(peer, as_imap, b"* BAD injected\r\n" if as_imap else b"250-injected\r\n250 AUTH PLAIN\r\n")

    with listening(talk) as listener, pytest.raises(failures.MailAnswerInjected):
        (greet_imap if as_imap else greet_smtp)(listener.server("starttls"), mail_authority.trusting())


def test_imap_that_is_logged_in_before_tls_is_refused(mail_authority: Authority) -> None:
    """PREAUTH would take STARTTLS away (RFC 9051 §11.1)."""
    with (
        listening(lambda peer: peer.say("* PREAUTH welcome")) as listener,
        pytest.raises(failures.MailAnswerInjected),
    ):
        greet_imap(listener.server("starttls"), mail_authority.trusting())


@pytest.mark.parametrize("stripped", ["not offered", "refused"])
@pytest.mark.parametrize("as_imap", [False, True])
def test_without_starttls_nothing_is_said_in_clear(as_imap: bool, stripped: str, mail_authority: Authority) -> None:
    """The offer was taken away, or the command is refused: an error, never a password in clear."""

    def talk(peer: Peer) -> None:
        peer.say("* OK test" if as_imap else "220 test")
        offered = "STARTTLS" if stripped == "refused" else "XSTARTTLS"
        while True:
            line = peer.line()
            tag = line.split()[0].decode()
            if as_imap and b"CAPABILITY" in line:
                peer.say(f"* CAPABILITY IMAP4rev1 {offered} AUTH=PLAIN\r\n{tag} OK done")
            elif as_imap:
                peer.say(f"{tag} NO not now")
            elif line.startswith(b"EHLO"):
                peer.say(f"250-test\r\n250-{offered}\r\n250 AUTH PLAIN")
            else:
                peer.say("454 4.7.0 TLS not available")

    with listening(talk) as listener:
        with pytest.raises(failures.MailServerWithoutTls):
            (greet_imap if as_imap else greet_smtp)(listener.server("starttls"), mail_authority.trusting())
        heard = b" ".join(each for peer in listener.peers for each in peer.heard).upper()
        assert b"LOGIN" not in heard
        assert b"AUTH" not in heard


# --- What it says -----------------------------------------------------------------------------------------------


def flood(head: bytes, piece: bytes) -> Talk:
    def talk(peer: Peer) -> None:
        peer.say(head)
        while True:
            peer.say(piece)

    return talk


@pytest.mark.parametrize(
    "talk",
    [
        flood(b"220-", b"x" * 60_000),
        flood(b"", b"220-once more\r\n"),
        flood(b"220 test\r\n", b"\0" * 60_000),
        lambda peer: peer.say("999 what"),
        lambda peer: peer.say(b"\xff\xfe\r\n"),
        lambda peer: peer.say("2200 test"),
        lambda peer: peer.say(""),
        lambda peer: peer.say(b"220 no line end"),
        lambda peer: None,
        lambda peer: peer.say("* OK an IMAP server"),
        lambda peer: peer.say("SSH-2.0-test"),
    ],
)
def test_smtp_nonsense_is_refused_at_once(talk: Talk, mail_authority: Authority) -> None:
    """Long lines, replies without end, other protocols, and connections that end."""
    begun = time.monotonic()
    with listening(talk, mail_authority.serving()) as listener, pytest.raises(failures.MailAnswerBroken):
        greet_smtp(listener.server(), mail_authority.trusting())
    assert time.monotonic() - begun < 5


@pytest.mark.parametrize(
    "answer",
    [
        b'* LIST () "/" {99999999}\r\n',
        b'* LIST () "/" {999999999999}\r\nx\r\n' + b"* OK x\r\n" * 600_000,
        b"* " + b"(" * 20_000 + b"\r\n",
        b'* LIST () "/" x\r\n' * 200_000,
        b"+ go ahead\r\n",
        b"* BYE gone\r\n",
        b"nonsense\r\n",
    ],
    ids=["literal", "lines", "line", "folders", "continuation", "bye", "nonsense"],
)
def test_imap_nonsense_is_refused_at_once(answer: bytes, mail_authority: Authority) -> None:
    """Literals that would fill the memory, answers without end, and words out of place."""

    def talk(peer: Peer) -> None:
        peer.say("* OK test")
        while True:
            tag, _, command = peer.line().decode().partition(" ")
            if command.startswith("LIST"):
                peer.say(answer)
                peer.line()
            peer.say(f"* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n{tag} OK done")

    begun = time.monotonic()
    with listening(talk, mail_authority.serving()) as listener, pytest.raises(failures.MailAnswerBroken):
        greet_imap(listener.server(), mail_authority.trusting())
    assert time.monotonic() - begun < 10


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("greet", [greet_smtp, greet_imap])
def test_a_server_that_drips_or_is_silent_is_given_up(greet: Callable[..., None], mail_authority: Authority) -> None:
    """An octet now and then takes no longer than nothing at all."""

    def drip(peer: Peer) -> None:
        while True:
            peer.say(b"2" if greet is greet_smtp else b"*")
            time.sleep(0.05)

    for talk in (drip, lambda peer: time.sleep(5)):
        begun = time.monotonic()
        with listening(talk, mail_authority.serving()) as listener, pytest.raises(FetchTimedOut):
            greet(listener.server(), mail_authority.trusting())
        assert time.monotonic() - begun < 4


@pytest.mark.parametrize("greet", [greet_smtp, greet_imap])
def test_whoever_waits_can_stop(greet: Callable[..., None], mail_authority: Authority) -> None:
    """In the middle of a silence."""
    begun = time.monotonic()
    with listening(lambda peer: time.sleep(5), mail_authority.serving()) as listener, pytest.raises(Cancelled):
        greet(listener.server(), mail_authority.trusting(), lambda: time.monotonic() - begun > 0.3)
    assert time.monotonic() - begun < 3


def test_nobody_is_there(mail_authority: Authority) -> None:
    """A port without a server, and a name without an address."""
    with listening(lambda peer: None) as listener:
        server = listener.server()
    with pytest.raises(FetchUnreachable):
        greet_smtp(server, mail_authority.trusting())
    with pytest.raises(FetchFailure):
        greet_smtp(MailServer("nowhere.invalid", 465, "tls"), mail_authority.trusting())


# --- Logging in -------------------------------------------------------------------------------------------------


def test_a_wrong_password_is_said_and_not_repeated(mail_authority: Authority) -> None:
    """The failure has the server's words, and nowhere the password."""
    with smtp_server(mail_authority) as (_, listener):
        wrong = Login("password", LOGIN.user, "falsch-und-geheim")
        with (
            pytest.raises(failures.MailLoginRefused) as caught,
            smtp.connected(listener.server(), mail_authority.trusting()) as session,
        ):
            session.login(wrong)
    assert "535" in caught.value.detail
    assert "falsch" not in str(caught.value)
    assert "falsch" not in repr(wrong)


def test_login_where_there_is_no_plain(mail_authority: Authority) -> None:
    """AUTH LOGIN, which old servers have alone."""
    with (
        smtp_server(mail_authority, auth="LOGIN CRAM-MD5") as (_, listener),
        smtp.connected(listener.server(), mail_authority.trusting()) as session,
    ):
        session.login(LOGIN)


@pytest.mark.parametrize("kind", ["password", "oauth"])
def test_no_way_in_common(kind: str, mail_authority: Authority) -> None:
    """What the server offers is named."""
    with (
        smtp_server(mail_authority, auth="CRAM-MD5 GSSAPI") as (_, listener),
        pytest.raises(failures.MailLoginUnavailable) as caught,
        smtp.connected(listener.server(), mail_authority.trusting()) as session,
    ):
        session.login(Login(kind, "anna", "x"))  # type: ignore[arg-type]
    assert caught.value.offered == ("CRAM-MD5", "GSSAPI")


def test_a_refused_token_is_told_by_a_challenge(mail_authority: Authority) -> None:
    """XOAUTH2: the error comes in a challenge, the empty answer brings the reply."""

    def talk(peer: Peer) -> None:
        peer.say("220 test")
        peer.line()
        peer.say("250-test\r\n250 AUTH XOAUTH2")
        peer.line()
        peer.say("334 eyJzdGF0dXMiOiI0MDEifQ==")
        assert peer.line() == b""
        peer.say("535 5.7.8 token expired")

    with (
        listening(talk, mail_authority.serving()) as listener,
        pytest.raises(failures.MailLoginRefused) as caught,
        smtp.connected(listener.server(), mail_authority.trusting()) as session,
    ):
        session.login(Login("oauth", "anna@muster.example", "ya29.x"))
    assert "expired" in caught.value.detail


def test_octets_that_are_no_command_cannot_become_one(mail_authority: Authority) -> None:
    """A line end in an address would be a second command."""
    with smtp_server(mail_authority) as (server, listener):
        for address in ("bea@muster.example>\r\nRCPT TO:<eve@evil.example", "be a@x", '"a\r\nb"@x.example', "a>b@x"):
            with (
                pytest.raises(LetterlockError),
                smtp.connected(listener.server(), mail_authority.trusting()) as session,
            ):
                session.send(smtp.Envelope("anna@muster.example", (address,), 2), [b"\r\n"], lambda: None)
        assert server.taken == []
        assert not [each for peer in listener.peers for each in peer.heard if b"evil" in each]
