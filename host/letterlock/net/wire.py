"""A connection that ends in time. Every wait is a short one, and between two of them the clock and the wish to stop
are looked at: an answer that drips octet by octet takes no longer than one that never comes.

The wire counts what comes in, too, the header included, so that no protocol above it can be fed without end.
"""

from __future__ import annotations

import errno
import io
import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from letterlock.errors import Cancelled
from letterlock.net.failures import FetchTimedOut, FetchTlsFailed, FetchTooLarge, FetchUnreachable

if TYPE_CHECKING:
    import ssl

    from letterlock.net.addresses import Address

_SLICE_SECONDS = 0.1
"""Longest single wait: how soon a wish to stop is noticed."""


def never() -> bool:
    """Nobody wishes to stop."""
    return False


class Watch:
    """How long something may still take, and whether anybody wants it.

    Args:
        server: for the failure.
        seconds: from now.
        cancelled: asked again and again.
    """

    def __init__(self, server: str, seconds: float, cancelled: Callable[[], bool] = never) -> None:
        self.server = server
        self._deadline = time.monotonic() + seconds
        self._cancelled = self._always = cancelled

    def slice(self) -> float:
        """Seconds of the next wait. Raises `FetchTimedOut` or `Cancelled`."""
        if self._cancelled():
            raise Cancelled
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise FetchTimedOut(self.server)
        return min(left, _SLICE_SECONDS)

    def again(self, seconds: float, cancelled: Callable[[], bool] | None = None) -> None:
        """Start over: so many seconds from now, for the next step of a conversation; in it `cancelled` is asked."""
        self._deadline = time.monotonic() + seconds
        self._cancelled = cancelled or self._always

    def share(self, among: int) -> Watch:
        """A watch over an equal part of what is left."""
        return Watch(self.server, max(0.0, self._deadline - time.monotonic()) / among, self._cancelled)

    def until(self, wait: Callable[[float], bool]) -> None:
        """Calls `wait` with seconds until it says that it has succeeded. Raises as `slice`."""
        while not wait(self.slice()):
            pass


class Wire:
    """A connected socket, as `http.client` and `ldap3` use one.

    Args:
        connected: non-blocking; `hang_up` closes it.
        watch: when to give up.
        most: octets taken in; more raise `FetchTooLarge`.
    """

    def __init__(self, connected: socket.socket, watch: Watch, most: int) -> None:
        self._socket = connected
        self._watch = watch
        self._most = most
        self._taken = 0

    def secure(self, context: ssl.SSLContext, name: str) -> None:
        """Speaks TLS from now on, with the server of that name. Raises `FetchTlsFailed`."""
        import ssl

        try:
            secured = context.wrap_socket(self._socket, server_hostname=name, do_handshake_on_connect=False)
            self._socket = secured
            self._patiently(secured.do_handshake, selectors.EVENT_READ)
        except (ssl.SSLError, ssl.CertificateError, OSError) as error:
            detail = getattr(error, "verify_message", None) or getattr(error, "reason", None) or "TLS"
            raise FetchTlsFailed(self._watch.server, str(detail)[:100]) from None

    def recv_into(self, buffer: Any) -> int:
        """Some octets, 0 at the end. Raises `FetchTooLarge`, and as `Watch.slice`."""
        count = int(self._patiently(lambda: self._socket.recv_into(buffer), selectors.EVENT_READ))
        self._taken += count
        if self._taken > self._most:
            raise FetchTooLarge(self._watch.server, self._most)
        return count

    def recv(self, most: int) -> bytes:
        """Some octets, none at the end."""
        buffer = bytearray(most)
        return bytes(buffer[: self.recv_into(buffer)])

    def sendall(self, data: bytes) -> None:
        """All of it."""
        sent = 0
        while sent < len(data):
            rest = data[sent:]
            sent += int(self._patiently(lambda: self._socket.send(rest), selectors.EVENT_WRITE))  # noqa: B023

    def makefile(self, mode: str = "rb", *_: object, **__: object) -> io.BufferedReader:
        """For reading only."""
        assert mode == "rb", "answers are read"
        return io.BufferedReader(_Reading(self))

    def close(self) -> None:
        """Nothing yet: `http.client` closes what it goes on reading from. Whoever made the wire hangs up."""

    def hang_up(self) -> None:
        """Ends the connection."""
        self._socket.close()

    def _patiently(self, act: Callable[[], Any], event: int) -> Any:
        """Tries until it succeeds; `event` is what a plain socket has to wait for. TLS says so itself."""
        import ssl

        while True:
            # Before each step, not only before each wait: whoever sends fast enough never makes us wait.
            self._watch.slice()
            try:
                return act()
            except ssl.SSLWantReadError:
                awaited = selectors.EVENT_READ
            except ssl.SSLWantWriteError:
                awaited = selectors.EVENT_WRITE
            except BlockingIOError:
                awaited = event
            _await(self._socket, awaited, self._watch)


class _Reading(io.RawIOBase):
    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._wire.recv_into(buffer)


def connect(addresses: Sequence[Address], watch: Watch, most: int) -> Wire:
    """A wire to the first of these addresses that accepts one.

    Raises:
        FetchUnreachable: none does.
        FetchTimedOut, Cancelled: as `watch` says.
    """
    problem = "no address"
    for number, address in enumerate(addresses, 1):
        connected = socket.socket(address.family, socket.SOCK_STREAM)
        try:
            connected.setblocking(False)
            # One address that swallows everything must not take the time of those after it.
            turn = watch.share(len(addresses) - number + 1)
            problem = _connect(connected, address, turn)
        except FetchTimedOut:
            connected.close()
            if number == len(addresses):
                raise
            continue
        except BaseException:
            connected.close()
            raise
        if not problem:
            return Wire(connected, watch, most)
        connected.close()
    raise FetchUnreachable(watch.server, problem)


def _connect(connecting: socket.socket, address: Address, watch: Watch) -> str:
    """Nothing once connected, else what the system says."""
    code = connecting.connect_ex(address.sockaddr)
    if code in (errno.EINPROGRESS, errno.EWOULDBLOCK):
        _await(connecting, selectors.EVENT_WRITE, watch)
        code = connecting.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return os.strerror(code) if code else ""


def _await(waiting: socket.socket, event: int, watch: Watch) -> None:
    with selectors.DefaultSelector() as selector:
        selector.register(waiting, event)
        watch.until(lambda seconds: bool(selector.select(seconds)))
