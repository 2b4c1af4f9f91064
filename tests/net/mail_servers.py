"""Mail servers on loopback that do what a test says: a small SMTP server to be told how to behave, and scripts."""

from __future__ import annotations

import base64
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from letterlock.net.mail import MailServer, Security
from tests.net.mail_tls import Authority


class Peer:
    """The server's end of one connection."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._held = b""
        self.heard: list[bytes] = []

    def say(self, text: str | bytes) -> None:
        """Octets, or a line."""
        self.connection.sendall(text if isinstance(text, bytes) else f"{text}\r\n".encode())

    def line(self) -> bytes:
        """The client's next line without its end; raises `ConnectionError` when it has gone."""
        while b"\r\n" not in self._held:
            more = self.connection.recv(65_536)
            if not more:
                raise ConnectionError
            self._held += more
        line, _, self._held = self._held.partition(b"\r\n")
        self.heard.append(line)
        return line

    def exactly(self, count: int) -> bytes:
        while len(self._held) < count:
            more = self.connection.recv(65_536)
            if not more:
                raise ConnectionError
            self._held += more
        found, self._held = self._held[:count], self._held[count:]
        return found

    def secure(self, context: ssl.SSLContext) -> None:
        self.connection = context.wrap_socket(self.connection, server_side=True)


Talk = Callable[[Peer], None]


class Listener:
    """A server on loopback; each connection runs `talk` in a thread."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._context = context
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._open: list[Any] = []
        self.port: int = self._socket.getsockname()[1]
        self.peers: list[Peer] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def server(self, security: Security = "tls") -> MailServer:
        return MailServer("localhost", self.port, security)

    def close(self) -> None:
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)  # else `accept` would take one more
        self._socket.close()
        for each in self._open:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)

    def _serve(self) -> None:
        while True:
            try:
                accepted, _ = self._socket.accept()
            except OSError:
                return
            self._open.append(accepted)
            threading.Thread(target=self._one, args=(accepted,), daemon=True).start()

    def _one(self, accepted: socket.socket) -> None:
        with suppress(OSError), accepted:
            peer = Peer(self._context.wrap_socket(accepted, server_side=True) if self._context else accepted)
            self.peers.append(peer)
            try:
                self._talk(peer)
            finally:
                peer.connection.close()


@contextmanager
def listening(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[Listener]:
    listener = Listener(talk, context)
    try:
        yield listener
    finally:
        listener.close()


@dataclass
class Taken:
    """A message that the server took."""

    sender: str
    recipients: list[str]
    content: bytes


@dataclass
class SmtpServer:
    """How the server behaves, and what it took. `recipient` and `end` may say other replies, or raise."""

    authority: Authority
    extensions: list[str] = field(default_factory=lambda: ["SIZE 50000000", "8BITMIME", "SMTPUTF8", "DSN"])
    auth: str = "PLAIN LOGIN"
    recipient: Callable[[str], str] = lambda _: "250 2.1.5 Ok"
    end: Callable[[Taken], str] = lambda _: "250 2.0.0 Ok"
    credentials: tuple[str, str] = ("anna@muster.example", "geheim")
    taken: list[Taken] = field(default_factory=list)

    def talk(self, peer: Peer) -> None:
        """From greeting to QUIT, in TLS."""
        peer.say("220 test ESMTP")
        sender, recipients = "", list[str]()
        while True:
            line = peer.line().decode()
            verb = line.partition(" ")[0].upper()
            if verb == "EHLO":
                for each in ["test", *self.extensions]:
                    peer.say(f"250-{each}")
                peer.say(f"250 AUTH {self.auth}")
            elif verb == "AUTH":
                peer.say(self._login(peer, line))
            elif verb == "MAIL":
                sender, recipients = line.partition("<")[2].partition(">")[0], []
                peer.say("250 2.1.0 Ok")
            elif verb == "RCPT":
                recipients.append(line.partition("<")[2].partition(">")[0])
                peer.say(self.recipient(recipients[-1]))
            elif verb == "DATA":
                peer.say("354 End data with <CR><LF>.<CR><LF>")
                message = Taken(sender, recipients, self._content(peer))
                said = self.end(message)
                if said.startswith("2"):
                    self.taken.append(message)
                peer.say(said)
            elif verb == "QUIT":
                peer.say("221 Bye")
                return
            else:
                peer.say("250 Ok")

    def _login(self, peer: Peer, line: str) -> str:
        _, mechanism, *initial = line.split(" ")
        user, password = self.credentials
        if mechanism == "PLAIN":
            given = base64.b64decode(initial[0])
            return "235 Ok" if given == f"\0{user}\0{password}".encode() else "535 5.7.8 Authentication failed"
        said = []
        for question in (b"Username:", b"Password:"):
            peer.say(f"334 {base64.b64encode(question).decode()}")
            said.append(base64.b64decode(peer.line()).decode())
        return "235 Ok" if said == [user, password] else "535 5.7.8 Authentication failed"

    def _content(self, peer: Peer) -> bytes:
        lines = []
        while (line := peer.line()) != b".":
            lines.append(line[1:] if line.startswith(b".") else line)
        del peer.heard[:]
        return b"".join(each + b"\r\n" for each in lines)


@contextmanager
def smtp_server(authority: Authority, **how: Any) -> Iterator[tuple[SmtpServer, Listener]]:
    server = SmtpServer(authority, **how)
    with listening(server.talk, authority.serving()) as listener:
        yield server, listener
