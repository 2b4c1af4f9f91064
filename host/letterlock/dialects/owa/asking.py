"""Passphrase and PIN, asked for in a window of our own: OWA's page never sees them.

Without our extension there is no page of ours, so the standard programs for this are used: a pinentry (GnuPG's, which
Linux desktops bring along, spoken to in its Assuan protocol), and on macOS, where there is none, the system's own
dialog. Nothing goes through arguments, environment or files: what the person typed comes back through a pipe.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from typing import IO, Protocol
from urllib.parse import quote, unquote_to_bytes

from letterlock import limits
from letterlock.errors import Fault, LetterlockError

PROGRAMS = (
    "pinentry-mac", "pinentry-gnome3", "pinentry-qt6", "pinentry-qt5", "pinentry-qt", "pinentry-gtk-2", "pinentry-fltk",
    "pinentry-x11", "pinentry",
)  # fmt: skip
"""Tried in this order; the last is whatever the system has chosen. `pinentry-curses` is none: there is no terminal."""

_PLACES = ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin", "/opt/local/bin")
_LINE_OCTETS = 4_096


class NobodyToAsk(LetterlockError):
    """There is no program here that asks for a passphrase in a window."""

    code = "owa_nobody_to_ask"
    fault = Fault.HOST


class NotAnswered(LetterlockError):
    """The person closed the window, or did not answer in time."""

    code = "owa_not_answered"
    fault = Fault.USER


class Asker(Protocol):
    """Whoever asks the person."""

    def ask(self, what: str, prompt: str, wrong: str = "") -> str:
        """What was typed.

        Args:
            what: why it is needed.
            prompt: the word beside the field.
            wrong: what was wrong with the last answer.

        Raises:
            NotAnswered, NobodyToAsk.
        """
        ...

    def stop(self) -> None:
        """Close the window: nobody needs an answer any more."""
        ...


class Pinentry:
    """Asks with pinentry. `program` None: the first that is here."""

    def __init__(self, program: Sequence[str] | None = None, title: str = "Letterlock") -> None:
        self._program = program
        self._title = title
        self._running: subprocess.Popen[bytes] | None = None
        self._stopped = False

    def ask(self, what: str, prompt: str, wrong: str = "") -> str:
        """As `Asker.ask`."""
        command = self._program or found()
        if command is None or self._stopped:
            raise NobodyToAsk
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self._running = process
        timer = threading.Timer(limits.OWA_PROMPT_SECONDS + 5, process.kill)
        timer.daemon = True
        timer.start()
        try:
            return self._converse(process, what, prompt, wrong)
        except OSError:
            raise NotAnswered from None
        finally:
            timer.cancel()
            self._running = None
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def stop(self) -> None:
        """As `Asker.stop`."""
        self._stopped = True
        if (running := self._running) is not None:
            running.kill()

    def _converse(self, process: subprocess.Popen[bytes], what: str, prompt: str, wrong: str) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        _answer(process.stdout)
        orders = [f"SETTITLE {_escaped(self._title)}", f"SETDESC {_escaped(what)}", f"SETPROMPT {_escaped(prompt)}"]
        orders += [f"SETERROR {_escaped(wrong)}"] if wrong else []
        orders.append(f"SETTIMEOUT {limits.OWA_PROMPT_SECONDS}")
        # The window may not keep it in the desktop's keychain: that is the vault's business.
        for order in (*orders, "OPTION no-grab"):
            process.stdin.write(order.encode() + b"\n")
            _answer(process.stdout)
        process.stdin.write(b"GETPIN\n")
        good, typed = _answer(process.stdout)
        if not good:
            raise NotAnswered
        return typed.decode("utf-8", "replace")


class Dialog:
    """Asks with the dialog of macOS."""

    _SCRIPT = (
        "on run arguments\n"
        'return text returned of (display dialog (item 1 of arguments) default answer "" with hidden answer '
        'with title "Letterlock" giving up after (item 2 of arguments as integer))\n'
        "end run\n"
    )

    def __init__(self, program: Sequence[str] = ("/usr/bin/osascript",)) -> None:
        self._program = program
        self._running: subprocess.Popen[bytes] | None = None

    def ask(self, what: str, prompt: str, wrong: str = "") -> str:
        """As `Asker.ask`."""
        text = "\n".join(each for each in (wrong, what, prompt) if each)
        command = [*self._program, "-e", self._SCRIPT, text, str(limits.OWA_PROMPT_SECONDS)]
        try:
            self._running = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )
            typed, _ = self._running.communicate(timeout=limits.OWA_PROMPT_SECONDS + 5)
        except OSError:
            raise NobodyToAsk from None
        except subprocess.TimeoutExpired:
            self.stop()
            raise NotAnswered from None
        if self._running.returncode or not typed.strip(b"\n"):
            raise NotAnswered
        return typed.decode("utf-8", "replace").removesuffix("\n")

    def stop(self) -> None:
        """As `Asker.stop`."""
        if self._running is not None:
            self._running.kill()


def found() -> list[str] | None:
    """The pinentry that is here."""
    path = os.pathsep.join((os.environ.get("PATH", os.defpath), *_PLACES))
    return next(([program] for name in PROGRAMS if (program := shutil.which(name, path=path))), None)


def standard() -> Asker:
    """Whoever asks on this system."""
    if sys.platform == "darwin" and found() is None:
        return Dialog()
    return Pinentry()


class OneAtATime:
    """One window for all requests. Those that waited while the person closed it are not asked again."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._lock = threading.Lock()
        self._closed = 0
        self._waiting = 0

    def unlock(self, needed: Callable[[], bool], attempt: Callable[[Asker, str], str | None]) -> None:
        """Ask until it is unlocked.

        Args:
            needed: whether it still is not: somebody may have unlocked it while this one waited.
            attempt: asks once (given what was wrong before) and unlocks; what was wrong, None where nothing was.

        Raises:
            NotAnswered, NobodyToAsk; whatever `attempt` raises.
        """
        before = self._closed
        self._waiting += 1
        with self._lock:
            if not needed():
                return
            if self._closed != before:
                raise NotAnswered
            wrong: str | None = ""
            for _ in range(limits.OWA_PROMPTS):
                try:
                    wrong = attempt(self._asker, wrong or "")
                except NotAnswered:
                    self._closed += 1
                    raise
                if wrong is None:
                    return
            self._closed += 1
            raise NotAnswered

    def stop(self) -> None:
        """Close the window."""
        self._asker.stop()


def _answer(pipe: IO[bytes]) -> tuple[bool, bytes]:
    """What a command of Assuan is answered: whether it was done, and the data."""
    data = b""
    while True:
        line = pipe.readline(_LINE_OCTETS) if hasattr(pipe, "readline") else b""
        if not line:
            raise NotAnswered
        word, _, rest = line.rstrip(b"\r\n").partition(b" ")
        if word == b"D":
            data += unquote_to_bytes(rest)
        elif word in (b"OK", b"ERR"):
            return word == b"OK", data


def _escaped(text: str) -> str:
    # Assuan: “%” and line ends are escaped; a line has at most 1,000 octets.
    plain = "".join(each for each in text if each >= " " or each == "\n")
    return quote(plain, safe=" !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~äöüÄÖÜß„“–…’")[:900]
