"""What SMTP and IMAP have in common: a server, a way to log in, and a bounded conversation by lines, always in TLS.

Nothing but the greeting, the server's abilities and STARTTLS is ever said in clear, and nothing that was heard in clear
is believed afterwards. A certificate that does not fit ends the conversation; there is no way to go on.

**Why not `smtplib` and `imaplib`.** Both take a whole message into memory, several times over, and cannot say when its
last octet is about to be sent, on which it hangs whether a message may be sent again. `smtplib` forgets silently what
was injected before TLS, sends only ASCII passwords, and joins reply lines without end; `imaplib` allocates whatever a
server announces. So do the libraries built on them; aiosmtplib needs an event loop, and has the message whole, too.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from letterlock import limits
from letterlock.net.addresses import resolve
from letterlock.net.failures import FetchTlsFailed, FetchTooLarge
from letterlock.net.mail_failures import MailAnswerBroken, MailAnswerInjected, MailServerNotProven
from letterlock.net.wire import Watch, Wire, connect

if TYPE_CHECKING:
    import ssl

Security = Literal["tls", "starttls"]
LoginKind = Literal["password", "oauth", "none"]


class MailServer(NamedTuple):
    """A server: its host as the DNS and certificates have it (A-labels). `security`: TLS from the start (RFC 8314), or
    after STARTTLS."""

    host: str
    port: int
    security: Security


@dataclass(frozen=True)
class Login:
    """Who logs in, and with what: a password, an OAuth 2 access token, or nothing at all."""

    kind: LoginKind
    user: str = ""
    secret: str = field(default="", repr=False)

    def plain(self) -> bytes:
        """RFC 4616 §2, in UTF-8."""
        return b"\0" + self.user.encode() + b"\0" + self.secret.encode()

    def xoauth2(self) -> bytes:
        """As Google and Microsoft publish it."""
        return f"user={self.user}\x01auth=Bearer {self.secret}\x01\x01".encode()


def tls_context() -> ssl.SSLContext:
    """The system's authorities, TLS 1.2 at least, the name checked."""
    import ssl

    return ssl.create_default_context()


class Lines:
    """A conversation by lines. Every wait ends, and so does everything that the server says.

    Args:
        name: the server's, for failures.
    """

    def __init__(self, wire: Wire, watch: Watch, name: str) -> None:
        self._wire = wire
        self._watch = watch
        self._held = bytearray()
        self.name = name

    @classmethod
    def to(cls, server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool], seconds: float) -> Lines:
        """Connect, and speak TLS where the server does so from the start.

        The server is one that the person chose and not one that a mail names: it may be in the private network.

        Raises:
            FetchUnreachable, FetchTimedOut: nobody is there.
            MailServerNotProven: it is somebody else.
            Cancelled: nobody wants it any more.
        """
        watch = Watch(server.host, seconds, cancelled)
        wire = connect(resolve(server.host, server.port, True, watch), watch, limits.MAIL_ANSWER_OCTETS)
        lines = cls(wire, watch, server.host)
        if server.security == "tls":
            try:
                lines.secure(context)
            except BaseException:
                lines.hang_up()
                raise
        return lines

    def secure(self, context: ssl.SSLContext) -> None:
        """Speak TLS from now on. Raises `MailServerNotProven`, `MailAnswerInjected`."""
        # Whoever is on the way could have written what is here already; after the handshake it would seem to be the
        # server's.
        if self._held:
            raise MailAnswerInjected(self.name)
        try:
            self._wire.secure(context, self.name)
        except FetchTlsFailed as failure:
            raise MailServerNotProven(self.name, failure.detail) from None

    def within(self, seconds: float, cancelled: Callable[[], bool] | None = None) -> None:
        """The next step has this much time from now; in it alone `cancelled` is asked whether to stop."""
        self._watch.again(seconds, cancelled)

    def line(self) -> bytes:
        """The next line without its end.

        Raises:
            MailAnswerBroken: it is too long, the server has said too much, or it has hung up.
            FetchTimedOut, Cancelled: as the watch says.
        """
        while (end := self._held.find(b"\n")) < 0:
            if len(self._held) > limits.MAIL_LINE_OCTETS:
                raise MailAnswerBroken(self.name, f"line > {limits.MAIL_LINE_OCTETS}")
            self._more()
        if end > limits.MAIL_LINE_OCTETS:
            raise MailAnswerBroken(self.name, f"line > {limits.MAIL_LINE_OCTETS}")
        found = bytes(self._held[:end])
        del self._held[: end + 1]
        return found.removesuffix(b"\r")

    def exactly(self, count: int) -> bytes:
        """The next octets, at most `limits.MAIL_LITERAL_OCTETS`. Raises as `line`."""
        if count > limits.MAIL_LITERAL_OCTETS:
            raise MailAnswerBroken(self.name, f"literal > {limits.MAIL_LITERAL_OCTETS}")
        while len(self._held) < count:
            self._more()
        found = bytes(self._held[:count])
        del self._held[:count]
        return found

    def say(self, octets: bytes) -> None:
        """Send octets. Raises `MailAnswerBroken`: nobody listens any more."""
        try:
            self._wire.sendall(octets)
        except OSError as error:
            raise MailAnswerBroken(self.name, error.strerror or type(error).__name__) from None

    def hang_up(self) -> None:
        """End the connection."""
        self._wire.hang_up()

    def _more(self) -> None:
        try:
            octets = self._wire.recv(16_384)
        except FetchTooLarge as failure:
            raise MailAnswerBroken(self.name, f"> {failure.limit}") from None
        except OSError as error:
            raise MailAnswerBroken(self.name, error.strerror or type(error).__name__) from None
        if not octets:
            raise MailAnswerBroken(self.name, "the connection ended")
        self._held += octets


def said(octets: bytes) -> str:
    """What a server said, to be shown as text."""
    return octets.decode("utf-8", "replace").strip()[:200]
