"""Submission to a server that nobody here wrote and that knows RFC 6531: aiosmtpd, with STARTTLS and passwords."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from letterlock.net import smtp
from letterlock.net.mail import Login, MailServer
from letterlock.net.mail_failures import MailLoginRefused
from tests.e2e.processes import free_port
from tests.net.mail_tls import Authority

USER, PASSWORD = "grüße@muster.example", "Größe ✓"


class Sink:
    """Keeps what it takes."""

    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 OK"


def _known(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any) -> AuthResult:
    good = isinstance(given, LoginPassword) and (given.login, given.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


@pytest.fixture
def sink(mail_authority: Authority) -> Iterator[tuple[Sink, MailServer]]:
    """The running server."""
    sink, port = Sink(), free_port()
    controller = Controller(
        sink, hostname="127.0.0.1", port=port, tls_context=mail_authority.serving(), require_starttls=True,
        authenticator=_known, auth_required=True, enable_SMTPUTF8=True, decode_data=False,
    )  # fmt: skip
    controller.start()
    yield sink, MailServer("localhost", port, "starttls")
    controller.stop()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_addresses_and_passwords_beyond_ascii(
    mechanism: str, sink: tuple[Sink, MailServer], mail_authority: Authority
) -> None:
    """UTF-8 in names and passwords, in addresses (SMTPUTF8) and in the body (8BITMIME); every dot arrives once."""
    taken, server = sink
    message = "Subject: Grüße\r\n\r\n.\r\n..\r\nGrüezi.\r\n. x\r\n".encode()
    with smtp.connected(server, mail_authority.trusting()) as session:
        session.extensions["AUTH"] = mechanism
        session.login(Login("password", USER, PASSWORD))
        envelope = smtp.Envelope(USER, ("bärbel@muster.example", "bea@muster.example"), len(message), True, True)
        for step in (1, 1_000):
            pieces = [message[start : start + step] for start in range(0, len(message), step)]
            session.send(envelope, pieces, lambda: None)
    assert [each.content for each in taken.taken] == [message, message]
    assert taken.taken[0].mail_from == USER
    assert taken.taken[0].rcpt_tos == ["bärbel@muster.example", "bea@muster.example"]
    assert taken.taken[0].smtp_utf8


def test_a_wrong_password(sink: tuple[Sink, MailServer], mail_authority: Authority) -> None:
    """Refused, with the server's words."""
    with (
        pytest.raises(MailLoginRefused),
        smtp.connected(sink[1], mail_authority.trusting()) as session,
    ):
        session.login(Login("password", USER, "falsch"))
