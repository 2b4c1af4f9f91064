"""What is claimed of anything that mail servers and domains say, and seeds for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from letterlock.errors import LetterlockError
from letterlock.net import folders, imap, mail_settings, smtp
from letterlock.net.mail import Lines, Login
from letterlock.net.wire import Watch

SECRET = "geheim-4711"
_LOGIN = Login("password", "anna@muster.example", SECRET)
_MESSAGE = b"Subject: x\r\n\r\n.\r\nfirst\r\n"


class _Wire:
    """A connection whose other side has said everything already, in portions."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data, self._step, self.secured = data, step, False
        self.clear, self.sealed = bytearray(), bytearray()

    def recv(self, most: int) -> bytes:
        piece, self._data = self._data[: min(self._step, most)], self._data[min(self._step, most) :]
        return piece

    def sendall(self, octets: bytes) -> None:
        (self.sealed if self.secured else self.clear).extend(octets)

    def secure(self, *_: Any) -> None:
        self.secured = True

    def hang_up(self) -> None: ...


def talk(data: bytes, step: int, protocol: Any, security: str) -> tuple[str, bytes, bytes]:
    """How a conversation ended with somebody who says this; what was said in clear, and in TLS."""
    wire = _Wire(data, step)
    wire.secured = security == "tls"
    lines = Lines(wire, Watch("test", 30), "test")  # type: ignore[arg-type]
    session = protocol.Session(lines)
    ended = "sent"
    try:
        session.greet(object() if security == "starttls" else None)
        session.login(_LOGIN)
        if protocol is smtp:
            envelope = smtp.Envelope("anna@muster.example", ("bea@muster.example",), len(_MESSAGE))
            session.send(envelope, [_MESSAGE], lambda: None)
        else:
            folder = session.sent_folder() or session.make_sent_folder()
            session.has(folder, "<x@y>")
            session.append(folder, len(_MESSAGE), [_MESSAGE])
    except LetterlockError as failure:
        ended = failure.code
    return ended, bytes(wire.clear), bytes(wire.sealed)


def mail_server(data: bytes) -> None:
    """A conversation ends, alike in any portions; before TLS nothing goes out but what asks for it."""
    for protocol in (smtp, imap):
        assert talk(data, 1 << 16, protocol, "tls") == talk(data, 7, protocol, "tls")
        for step in (1 << 16, 5, 1):
            _, clear, sealed = talk(data, step, protocol, "starttls")
            asked = {line.split(b" ")[-1 if protocol is imap else 0] for line in clear.split(b"\r\n")}
            assert asked <= {b"", b"EHLO", b"STARTTLS", b"CAPABILITY"}
            assert SECRET.encode() not in clear
            assert sealed == b"" or b"STARTTLS" in clear


def folder_names(data: bytes) -> None:
    """A name survives the way to the server and back; what a server says is a folder or none."""
    folders.folder(data)
    name = data.decode("utf-8", "replace")
    encoded = folders.encode(name)
    assert encoded.isascii()
    assert encoded.isprintable() or not encoded
    assert folders.decode(encoded.encode()) == name


def settings(data: bytes) -> None:
    """A file of settings names servers with TLS, or is refused; nobody is asked unseen outside of the domain."""
    try:
        found = mail_settings.parse(data, "anna@muster.example", "muster.example", "test")
    except LetterlockError:
        return
    for server in (found.smtp, *([found.imap] if found.imap else [])):
        assert server.security in ("tls", "starttls")
        assert mail_settings.named(server.host) == server.host
        assert server.host.endswith("muster.example") or server.host in found.elsewhere


def seeds() -> Iterator[tuple[str, bytes]]:
    """A whole conversation of each kind, and a file of settings."""
    for name, lines in _CONVERSATIONS.items():
        yield f"mail_server_{name}", b"".join(each.encode() + b"\r\n" for each in lines)
    yield "folder_names", b'LIST (\\HasNoChildren \\Sent) "/" "Gesendet &- &APw-"'
    yield "settings", SETTINGS


_CONVERSATIONS = {
    "smtp": [
        "220 test", "250-test", "250-SIZE 100000", "250-8BITMIME", "250 AUTH PLAIN LOGIN", "235 Ok", "250 Ok", "250 Ok",
        "354 go", "250 Ok",
    ],
    "starttls": ["220 test", "250-test", "250 STARTTLS", "220 go", "250 AUTH PLAIN"],
    "imap": [
        "* OK test", "* CAPABILITY IMAP4rev1 SPECIAL-USE SASL-IR AUTH=PLAIN", "a1 OK", "a2 OK",
        "* CAPABILITY UTF8=ACCEPT SPECIAL-USE", "a3 OK", "a4 OK", '* LIST (\\Sent) "/" {4}', "Sent", "a5 OK", "a6 OK",
        "* SEARCH", "a7 OK", "+ go", "a8 OK",
    ],
}  # fmt: skip

SETTINGS = b"""<?xml version="1.0"?><clientConfig version="1.1"><emailProvider id="muster.example">
<domain>muster.example</domain><displayName>Muster</displayName>
<incomingServer type="imap"><hostname>imap.muster.example</hostname><port>993</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></incomingServer>
<outgoingServer type="smtp"><hostname>smtp.muster.example</hostname><port>587</port><socketType>STARTTLS</socketType>
<username>%EMAILADDRESS%</username><authentication>password-cleartext</authentication></outgoingServer>
<outgoingServer type="smtp"><hostname>smtp.muster.example</hostname><port>465</port><socketType>SSL</socketType>
<username>%EMAILADDRESS%</username><authentication>OAuth2</authentication>
<authentication>password-cleartext</authentication></outgoingServer>
</emailProvider></clientConfig>"""
