"""Submission of a message (RFC 6409) by SMTP (RFC 5321), with the extensions that mail needs today.

    with smtp.connected(server, context) as session:
        session.login(login)
        session.send(envelope, pieces, before_end)

`before_end` is called when everything but the last "." is with the server. Until then the server has taken no
responsibility and the message may be sent again; after it, only the server's answer tells. An address that is refused
stops the message for everybody: whether it goes to the others is for its author to decide.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from letterlock import limits
from letterlock.errors import Fault, LetterlockError
from letterlock.net import mail_failures as failures
from letterlock.net.failures import FetchFailure
from letterlock.net.mail import Lines, Login, MailServer, said
from letterlock.net.wire import never

if TYPE_CHECKING:
    import ssl

_OURSELVES = "[127.0.0.1]"
"""RFC 5321 §4.1.3 wants our name or address in EHLO; neither is anybody's business, and submission ignores it."""

_INITIAL_RESPONSE = 400
"""Octets of a SASL response that goes along with AUTH; RFC 4954 §4 allows 512 for the whole command."""


class Reply(NamedTuple):
    """A reply of RFC 5321 §4.2: its code, and what its lines say after it."""

    code: int
    lines: tuple[bytes, ...]

    @property
    def text(self) -> str:
        """As a person is shown it."""
        return said(b" ".join([str(self.code).encode(), *self.lines]))

    @property
    def good(self) -> bool:
        """2xx and 3xx."""
        return 200 <= self.code < 400

    @property
    def for_now(self) -> bool:
        """4xx: the same may succeed later. 421 also means that the server hangs up."""
        return 400 <= self.code < 500


@dataclass(frozen=True)
class Envelope:
    """Who sends to whom, and what the server has to know of the message beforehand.

    Args:
        sender, recipients: addresses, their domains as the DNS has them.
        octets: of the message as it is sent, before dots are doubled.
        eight_bit: it has octets beyond ASCII.
        utf8: it has them in its header (RFC 6532).
        receipt: ask for delivery status notifications (RFC 3461).
    """

    sender: str
    recipients: tuple[str, ...]
    octets: int
    eight_bit: bool = False
    utf8: bool = False
    receipt: bool = False


class Refusals(LetterlockError):
    """Some recipients were refused, and the message was sent to nobody. For whoever sends; no person sees it."""

    code = "mail_recipients_refused"
    fault = Fault.USER
    addresses: tuple[str, ...]

    def __init__(self, failed: dict[str, failures.MailFailure]) -> None:
        super().__init__(tuple(failed))
        self.failed = failed


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> Iterator[Session]:
    """A session in TLS, greeted, not logged in; ended in any case.

    Raises:
        FetchUnreachable, FetchTimedOut, MailServerNotProven, MailServerWithoutTls, MailAnswerInjected,
        MailAnswerBroken, MailRefusedForNow, MailRefused, Cancelled.
    """
    lines = Lines.to(server, context, cancelled, limits.MAIL_LOGIN_SECONDS)
    try:
        session = Session(lines)
        session.greet(context if server.security == "starttls" else None)
        yield session
        with suppress(LetterlockError):
            lines.within(1.0)
            lines.say(b"QUIT\r\n")
    finally:
        lines.hang_up()


class Session:
    """One conversation. `extensions`: what the server said after EHLO in TLS, by name, with its parameters."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.extensions: dict[str, str] = {}

    @property
    def server(self) -> str:
        """Its name."""
        return self._lines.name

    @property
    def largest(self) -> int | None:
        """Octets of the largest message that the server takes (RFC 1870); None: it does not say."""
        size = self.extensions.get("SIZE", "")
        return int(size) if size.isdecimal() and 0 < len(size) < 20 and int(size) else None

    def greet(self, context: ssl.SSLContext | None) -> None:
        """Greeting, EHLO, and STARTTLS with EHLO once more (RFC 3207 §4.2) where a context is given."""
        self._expect(self.reply())
        self._ehlo()
        if context is None:
            return
        if "STARTTLS" not in self.extensions:
            raise failures.MailServerWithoutTls(self.server)
        if self.command("STARTTLS").code != 220:
            raise failures.MailServerWithoutTls(self.server)
        self._lines.secure(context)
        self._ehlo()

    def login(self, login: Login) -> None:
        """RFC 4954. Raises `MailLoginRefused`, `MailLoginUnavailable`, `MailRefusedForNow`."""
        if login.kind == "none":
            return
        offered = tuple(self.extensions.get("AUTH", "").upper().split())
        if login.kind == "oauth":
            if "XOAUTH2" not in offered:
                raise failures.MailLoginUnavailable(self.server, offered)
            reply = self._sasl("XOAUTH2", login.xoauth2())
            if reply.code == 334:
                # The challenge holds the error in JSON; the empty answer brings the real reply.
                reply = self.command("")
        elif "PLAIN" in offered:
            reply = self._sasl("PLAIN", login.plain())
        elif "LOGIN" in offered:
            reply = self.command("AUTH LOGIN")
            for answer in (login.user, login.secret):
                if reply.code == 334:
                    reply = self.command(_base64(answer.encode()))
        else:
            raise failures.MailLoginUnavailable(self.server, offered)
        if reply.code != 235:
            if reply.for_now:
                raise failures.MailRefusedForNow(self.server, reply.text)
            raise failures.MailLoginRefused(self.server, login.user, reply.text)

    def send(
        self,
        envelope: Envelope,
        pieces: Iterable[bytes],
        before_end: Callable[[], None],
        waiting: Callable[[], bool] = never,
    ) -> str:
        """Send one message; afterwards the session can send another one.

        Args:
            pieces: the message with CRLF line ends; it ends with one.
            before_end: called before the last word; if it raises, the connection ends and nothing was sent.
            waiting: asked while the answer to it is awaited.

        Returns:
            What the server said: it is responsible now.

        Raises:
            MailTooLargeForServer, MailNeedsSmtputf8, MailNeeds8bit, SenderRefused, Refusals, MailRefused: it was not
                sent, and will not be.
            MailRefusedForNow: it was not sent; later it may be.
            MailFateUnknown: the last word was said, and no answer came.
            MailAnswerBroken, FetchTimedOut, Cancelled: it was not sent.
        """
        self._envelope(envelope)
        reply = self.command("DATA")
        if reply.code != 354:
            raise self._refused(reply)
        self._lines.within(limits.MAIL_COMMAND_SECONDS + envelope.octets / limits.MAIL_OCTETS_PER_SECOND)
        for piece in stuffed(pieces):
            self._lines.say(piece)
        before_end()
        try:
            # Whoever wishes to stop now comes too late: the answer is waited for, as it alone tells what happened.
            self._lines.within(limits.MAIL_END_SECONDS, waiting)
            self._lines.say(b".\r\n")
            reply = self.reply()
        except (failures.MailAnswerBroken, FetchFailure):
            raise failures.MailFateUnknown(self.server) from None
        if reply.code // 100 != 2:
            raise self._refused(reply)
        return reply.text

    def command(self, text: str) -> Reply:
        """Say one line, and the reply to it. What a line holds was checked by whoever made it; here it has no end."""
        octets = text.encode()
        if b"\r" in octets or b"\n" in octets or b"\0" in octets:
            raise failures.MailAnswerBroken(self.server, "a line end in a command")
        self._lines.say(octets + b"\r\n")
        return self.reply()

    def reply(self) -> Reply:
        """The next reply. Raises `MailAnswerBroken`."""
        lines: list[bytes] = []
        while True:
            line = self._lines.line()
            code, mark = line[:3], line[3:4]
            if not (code.isdigit() and mark in (b"", b" ", b"-") and b"200" <= code < b"600"):
                raise failures.MailAnswerBroken(self.server, said(line[:60]))
            lines.append(line[4:])
            if mark != b"-":
                return Reply(int(code), tuple(lines))
            if len(lines) >= limits.MAIL_REPLY_LINES:
                raise failures.MailAnswerBroken(self.server, f"> {limits.MAIL_REPLY_LINES} lines")

    # --- Inside ---

    def _ehlo(self) -> None:
        reply = self.command(f"EHLO {_OURSELVES}")
        self._expect(reply)
        self.extensions = {}
        for line in reply.lines[1:]:
            name, _, parameters = line.decode("ascii", "replace").strip().partition(" ")
            # Servers of the last century said "AUTH=LOGIN".
            name, equals, first = name.partition("=")
            known = self.extensions.get(name.upper(), "")
            self.extensions[name.upper()] = f"{known} {first if equals else ''} {parameters}".strip()

    def _sasl(self, mechanism: str, response: bytes) -> Reply:
        answer = _base64(response)
        if len(answer) <= _INITIAL_RESPONSE:
            return self.command(f"AUTH {mechanism} {answer}")
        reply = self.command(f"AUTH {mechanism}")
        return self.command(answer) if reply.code == 334 else reply

    def _envelope(self, envelope: Envelope) -> None:
        """MAIL and RCPT, with a fresh clock: a thousand recipients take their time, one by one."""
        largest = self.largest
        if largest is not None and envelope.octets > largest:
            raise failures.MailTooLargeForServer(self.server, envelope.octets, largest)
        options = [f"SIZE={envelope.octets}"] if "SIZE" in self.extensions else []
        sender, *recipients = (self._path(each) for each in (envelope.sender, *envelope.recipients))
        if envelope.utf8 or not all(each.isascii() for each in (sender, *recipients)):
            if "SMTPUTF8" not in self.extensions:
                raise failures.MailNeedsSmtputf8(self.server)
            options.append("SMTPUTF8")
        if envelope.eight_bit:
            if "8BITMIME" not in self.extensions:
                raise failures.MailNeeds8bit(self.server)
            options.append("BODY=8BITMIME")
        receipt = envelope.receipt and "DSN" in self.extensions
        options += ["RET=HDRS"] if receipt else []
        self._lines.within(limits.MAIL_COMMAND_SECONDS)
        reply = self.command(" ".join([f"MAIL FROM:<{sender}>", *options]))
        if not reply.good:
            if reply.for_now:
                raise self._refused(reply)
            raise failures.SenderRefused(self.server, envelope.sender, reply.text)
        failed: dict[str, failures.MailFailure] = {}
        for address, path in zip(envelope.recipients, recipients, strict=True):
            self._lines.within(limits.MAIL_COMMAND_SECONDS)
            reply = self.command(f"RCPT TO:<{path}>" + (" NOTIFY=SUCCESS,FAILURE,DELAY" if receipt else ""))
            if not reply.good:
                kind = failures.RecipientRefusedForNow if reply.for_now else failures.RecipientRefused
                failed[address] = kind(self.server, address, reply.text)
        if failed:
            with suppress(LetterlockError):
                self.command("RSET")
            raise Refusals(failed)

    def _path(self, address: str) -> str:
        """An address inside of "<>". Raises `MailRefused`: it would end there."""
        quoted = address.startswith('"')
        if any(each in "<>\r\n\0" or each.isspace() for each in address) and not quoted:
            raise failures.MailRefused(self.server, address[:100])
        return address

    def _expect(self, reply: Reply) -> None:
        if not 200 <= reply.code < 300:
            raise self._refused(reply)

    def _refused(self, reply: Reply) -> failures.MailFailure:
        kind = failures.MailRefusedForNow if reply.for_now else failures.MailRefused
        return kind(self.server, reply.text)


def stuffed(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """A message with dots doubled at the beginnings of lines (RFC 5321 §4.5.2), and a line end at its end."""
    # What could be the end of a line waits for the next piece; the first line begins as if after one.
    held, first = b"\r\n", 2
    for piece in pieces:
        text = held + piece
        kept = 2 if text.endswith(b"\r\n") else 1 if text.endswith(b"\r") else 0
        held = text[len(text) - kept :]
        out = text[: len(text) - kept].replace(b"\r\n.", b"\r\n..")
        if len(text) - kept < first:
            # Nothing but the imagined line end so far.
            held = text
            continue
        yield out[first:]
        first = 0
    yield (held + (b"" if held == b"\r\n" else b"\r\n"))[first:]


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()
