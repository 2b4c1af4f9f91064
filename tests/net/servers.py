"""Servers on this computer that answer as a test says, octet by octet, and count who connects."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

Talk = Callable[[Any, bytes], None]
"""What a server does with a connection, given the request."""


class Server:
    """A TCP server on loopback. `connections` counts them, `requests` keeps what they asked."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> None:
        self._talk = talk
        self._context = context
        self._socket = socket.create_server((host, 0))
        self.port: int = self._socket.getsockname()[1]
        self.connections = 0
        self.requests: list[bytes] = []
        self.stopping = threading.Event()
        self._lock = threading.Lock()
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def url(self) -> str:
        return f"{'https' if self._context else 'http'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self.stopping.set()
        self._socket.close()

    def _serve(self) -> None:
        while not self.stopping.is_set():
            try:
                accepted, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
            threading.Thread(target=self._one, args=(accepted,), daemon=True).start()

    def _one(self, accepted: socket.socket) -> None:
        with suppress(OSError), accepted:
            connection = self._context.wrap_socket(accepted, server_side=True) if self._context else accepted
            request = b""
            while b"\r\n\r\n" not in request:
                if not (more := connection.recv(65536)):
                    break
                request += more
            head, _, body = request.partition(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    while len(body) < int(line.split(b":")[1]):
                        body += connection.recv(65536)
            with self._lock:
                self.requests.append(head + b"\r\n\r\n" + body)
            self._talk(connection, head + b"\r\n\r\n" + body)
            connection.close()


@contextmanager
def serving(talk: Talk, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(talk, context)
    try:
        yield server
    finally:
        server.close()


def answer(body: bytes, *fields: str, status: str = "200 OK") -> Talk:
    """An ordinary answer."""

    def talk(connection: Any, _: bytes) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *fields]
        connection.sendall("\r\n".join(head).encode() + b"\r\n\r\n" + body)

    return talk


def redirect(to: str, status: int = 302) -> Talk:
    return answer(b"", f"Location: {to}", status=f"{status} Elsewhere")


def raw(*pieces: bytes, pause: float = 0.0) -> Talk:
    """Exactly these octets, and then nothing more."""

    def talk(connection: Any, _: bytes) -> None:
        with suppress(OSError):
            for piece in pieces:
                connection.sendall(piece)
                time.sleep(pause)

    return talk


def silent(connection: Any, _: bytes) -> None:
    """Takes the request and never answers."""
    with suppress(OSError):
        while connection.recv(65536):
            pass


def drip(connection: Any, _: bytes) -> None:
    """A header, an octet each 20 ms, for ever."""
    with suppress(OSError):
        connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
        while True:
            connection.sendall(b"x")
            time.sleep(0.02)


def endless(head: bytes) -> Talk:
    """After a head, octets as fast as they are taken, for ever."""

    def talk(connection: Any, _: bytes) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while True:
                connection.sendall(bytes(65536))

    return talk
