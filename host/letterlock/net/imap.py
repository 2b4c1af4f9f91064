"""A copy for the folder of sent mail, by IMAP (RFC 9051, RFC 3501): log in, find the folder, append. Nothing is read.

with imap.connected(server, context) as session:
    session.login(login)
    folder = session.sent_folder()
    if not session.has(folder, message_id):
        session.append(folder, octets, pieces)
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from letterlock import limits
from letterlock.errors import LetterlockError
from letterlock.net import folders
from letterlock.net import mail_failures as failures
from letterlock.net.folders import Folder
from letterlock.net.mail import Lines, Login, MailServer, said
from letterlock.net.wire import never

if TYPE_CHECKING:
    import ssl

_LITERAL_END = re.compile(rb"\{(\d{1,9})\+?\}\Z")
_INITIAL_RESPONSE = 4_000


@contextmanager
def connected(server: MailServer, context: ssl.SSLContext, cancelled: Callable[[], bool] = never) -> Iterator[Session]:
    """A session in TLS, not logged in; ended in any case. Raises as `smtp.connected`."""
    lines = Lines.to(server, context, cancelled, limits.MAIL_LOGIN_SECONDS)
    try:
        session = Session(lines)
        session.greet(context if server.security == "starttls" else None)
        yield session
        with suppress(LetterlockError):
            lines.within(1.0)
            lines.say(b"zz LOGOUT\r\n")
    finally:
        lines.hang_up()


class Session:
    """One conversation. `capabilities`: what the server said in TLS, in capitals."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._number = 0
        self._utf8 = False
        self.capabilities: frozenset[str] = frozenset()

    @property
    def server(self) -> str:
        """Its name."""
        return self._lines.name

    def greet(self, context: ssl.SSLContext | None) -> None:
        """The greeting, STARTTLS where a context is given, and the capabilities that are told in TLS."""
        word = self._response().upper()
        if word.startswith(b"* BYE"):
            raise failures.MailRefusedForNow(self.server, said(word))
        if context is None:
            if not word.startswith((b"* OK", b"* PREAUTH")):
                raise failures.MailAnswerBroken(self.server, said(word[:60]))
        else:
            # PREAUTH before TLS takes STARTTLS away: it is not allowed any more (RFC 9051 §11.1).
            if word.startswith(b"* PREAUTH"):
                raise failures.MailAnswerInjected(self.server)
            if not word.startswith(b"* OK"):
                raise failures.MailAnswerBroken(self.server, said(word[:60]))
            self._capability()
            if "STARTTLS" not in self.capabilities or not self._command("STARTTLS")[0]:
                raise failures.MailServerWithoutTls(self.server)
            self._lines.secure(context)
        self._capability()

    def login(self, login: Login) -> None:
        """Log in. Raises `MailLoginRefused`, `MailLoginUnavailable`."""
        offered = tuple(sorted(each[5:] for each in self.capabilities if each.startswith("AUTH=")))
        if login.kind == "none":
            return
        if login.kind == "oauth":
            if "XOAUTH2" not in offered:
                raise failures.MailLoginUnavailable(self.server, offered)
            good, text = self._authenticate("XOAUTH2", login.xoauth2())
        elif "PLAIN" in offered:
            good, text = self._authenticate("PLAIN", login.plain())
        elif "LOGINDISABLED" not in self.capabilities:
            good, text = self._command("LOGIN", login.user.encode(), login.secret.encode())
        else:
            raise failures.MailLoginUnavailable(self.server, offered)
        if not good:
            raise failures.MailLoginRefused(self.server, login.user, text)
        # What may be done now can be more than before.
        self._capability()
        if {"UTF8=ACCEPT", "UTF8=ONLY"} & self.capabilities:
            self._utf8 = self._command("ENABLE UTF8=ACCEPT")[0]

    def folders(self) -> list[Folder]:
        """Every folder that the account has."""
        found: list[Folder] = []
        special = " RETURN (SPECIAL-USE)" if "SPECIAL-USE" in self.capabilities else ""

        def take(response: bytes) -> None:
            each = folders.folder(response[2:])
            if each is not None:
                found.append(each)
            if len(found) > limits.MAIL_FOLDERS:
                raise failures.MailAnswerBroken(self.server, f"> {limits.MAIL_FOLDERS} folders")

        self._lines.within(limits.MAIL_COMMAND_SECONDS)
        good, text = self._command(f'LIST "" "*"{special}', take=take)
        if not good and special:
            good, text = self._command('LIST "" "*"', take=take)
        if not good:
            raise failures.MailRefused(self.server, text)
        return found

    def sent_folder(self) -> str | None:
        """The folder of sent mail, if there is one."""
        found = folders.sent(self.folders())
        return None if found is None else found.name

    def make_sent_folder(self) -> str:
        """A new folder of sent mail. Raises `MailFolderRefused`."""
        name = folders.new_sent(self.folders())
        good, text = self._command("CREATE", self._name(name))
        if not good:
            raise failures.MailFolderRefused(self.server, name, text)
        self._command("SUBSCRIBE", self._name(name))
        return name

    def has(self, folder: str, message_id: str) -> bool:
        """Whether a message with this Message-ID is in the folder. Raises `MailFolderRefused`."""
        self._lines.within(limits.MAIL_COMMAND_SECONDS)
        good, text = self._command("EXAMINE", self._name(folder))
        if not good:
            raise failures.MailFolderRefused(self.server, folder, text)
        found: list[bytes] = []

        def take(response: bytes) -> None:
            word = response.upper()
            if word.startswith((b"* SEARCH", b"* ESEARCH")):
                found.extend(each for each in word.split()[2:] if each.isdigit())

        good, _ = self._command("SEARCH HEADER Message-ID", message_id.encode(), take=take)
        return good and bool(found)

    def append(self, folder: str, octets: int, pieces: Iterable[bytes], utf8: bool = False) -> None:
        """Put a message into a folder, as read.

        Args:
            octets: how many the pieces have, exactly.
            utf8: its header is not ASCII (RFC 6855 §4).

        Raises:
            MailFolderRefused: the server does not take it.
            MailAnswerBroken, FetchTimedOut, Cancelled: nobody knows whether it did.
        """
        wrapped = utf8 and self._utf8
        self._lines.within(limits.MAIL_COMMAND_SECONDS + octets / limits.MAIL_OCTETS_PER_SECOND)
        tag = self._tag()
        refused = self._say_strings(tag, f"{tag} APPEND", [self._name(folder)])
        if refused is not None:
            raise failures.MailFolderRefused(self.server, folder, refused[1])
        self._lines.say(f" (\\Seen) {'UTF8 (~' if wrapped else ''}{{{octets}}}\r\n".encode())
        done = self._until(tag, go_ahead=True)
        if done is not None:
            raise failures.MailFolderRefused(self.server, folder, done[1])
        for piece in pieces:
            self._lines.say(piece)
        self._lines.say(b")\r\n" if wrapped else b"\r\n")
        self._lines.within(limits.MAIL_END_SECONDS)
        done = self._until(tag)
        assert done is not None
        if not done[0]:
            raise failures.MailFolderRefused(self.server, folder, done[1])

    # --- Inside ---

    def _name(self, folder: str) -> bytes:
        return (folder if self._utf8 else folders.encode(folder)).encode()

    def _capability(self) -> None:
        found: set[str] = set()

        def take(response: bytes) -> None:
            word = response.decode("ascii", "replace").upper().split()
            if word[1:2] == ["CAPABILITY"]:
                found.update(word[2:])

        self._command("CAPABILITY", take=take)
        self.capabilities = frozenset(found)

    def _authenticate(self, mechanism: str, response: bytes) -> tuple[bool, str]:
        tag, answer = self._tag(), base64.b64encode(response)
        if "SASL-IR" in self.capabilities and len(answer) <= _INITIAL_RESPONSE:
            self._lines.say(f"{tag} AUTHENTICATE {mechanism} ".encode() + answer + b"\r\n")
        else:
            self._lines.say(f"{tag} AUTHENTICATE {mechanism}\r\n".encode())
            done = self._until(tag, go_ahead=True)
            if done is not None:
                return done
            self._lines.say(answer + b"\r\n")
        done = self._until(tag, go_ahead=True)
        if done is None:
            # XOAUTH2 says in a challenge what is wrong; the empty answer brings the result.
            self._lines.say(b"\r\n")
            done = self._until(tag)
        assert done is not None
        return done

    def _command(self, text: str, *strings: bytes, take: Callable[[bytes], None] | None = None) -> tuple[bool, str]:
        """Say a command with its strings; whether it succeeded, and what the server said."""
        tag = self._tag()
        refused = self._say_strings(tag, f"{tag} {text}", strings)
        if refused is not None:
            return refused
        self._lines.say(b"\r\n")
        done = self._until(tag, take)
        assert done is not None
        return done

    def _say_strings(self, tag: str, text: str, strings: Iterable[bytes]) -> tuple[bool, str] | None:
        """The beginning of a command: strings quoted, or as literals where they cannot be (RFC 9051 §4.3)."""
        out = text.encode()
        for each in strings:
            if re.fullmatch(rb"[\x20-\x7e]{0,900}", each):
                out += b' "' + re.sub(rb'(["\\])', rb"\\\1", each) + b'"'
                continue
            self._lines.say(out + f" {{{len(each)}}}\r\n".encode())
            done = self._until(tag, go_ahead=True)
            if done is not None:
                return done
            out = each
        self._lines.say(out)
        return None

    def _until(
        self, tag: str, take: Callable[[bytes], None] | None = None, go_ahead: bool = False
    ) -> tuple[bool, str] | None:
        """Read to the end of a command; None: the server asks for more, which `go_ahead` allows."""
        start = tag.encode() + b" "
        while True:
            response = self._response()
            if response.startswith(start):
                status, _, text = response[len(start) :].partition(b" ")
                return status.upper() == b"OK", said(status + b" " + text)
            if response.startswith(b"+"):
                if go_ahead:
                    return None
                raise failures.MailAnswerBroken(self.server, "+")
            if not response.startswith(b"* "):
                raise failures.MailAnswerBroken(self.server, said(response[:60]))
            if response[2:6].upper() == b"BYE ":
                raise failures.MailAnswerBroken(self.server, said(response[2:]))
            if take is not None:
                take(response)

    def _response(self) -> bytes:
        """One response, its literals in place."""
        whole = line = self._lines.line()
        while match := _LITERAL_END.search(line):
            if len(whole) > limits.MAIL_LITERAL_OCTETS:
                raise failures.MailAnswerBroken(self.server, f"> {limits.MAIL_LITERAL_OCTETS}")
            whole += b"\r\n" + self._lines.exactly(int(match[1]))
            # Only what follows a literal can announce the next one, and nothing inside of it.
            line = self._lines.line()
            whole += line
        return whole

    def _tag(self) -> str:
        self._number += 1
        return f"a{self._number}"
