"""A server on loopback that nobody may call: it notes every connection, whatever is spoken over it."""

from __future__ import annotations

import contextlib
import socket
import threading


class Recorder:
    """Listens until `stop`. `calls` are the first octets of each connection: a request line, or the start of TLS."""

    def __init__(self) -> None:
        self.calls: list[bytes] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def secure(self) -> str:
        """Its address for whoever would speak TLS with it. (Nobody can: the first octets are enough.)"""
        return f"https://127.0.0.1:{self.port}"

    @property
    def plain(self) -> str:
        """Its address for whoever would not."""
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Ends it."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                connection.settimeout(2)
                try:
                    self.calls.append(connection.recv(200))
                except OSError:
                    self.calls.append(b"")
