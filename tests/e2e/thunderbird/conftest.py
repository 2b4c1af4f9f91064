"""One Thunderbird for all tests here: starting it costs seconds, and a person does not restart it either."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from letterlock.clients.table import Family
from tests.e2e.roundcube import Roundcube
from tests.e2e.thunderbird.client import Thunderbird
from tests.e2e.thunderbird.screen import LIGHT, Screen
from tests.e2e.thunderbird.writer import Writer, writing
from tests.installed_host import InstalledHost
from tests.needs import PROJECT, require_program
from tests.signed_mail import DemoMail

IMAP_USER = "thunderbird"
"""Whose mailbox on the rig's server Thunderbird reads: nobody else's."""


@dataclass
class Desk:
    """What stands on the reader's desk: Thunderbird with the add-on, the host, and mail by name (its URI)."""

    thunderbird: Thunderbird
    screen: Screen
    host: InstalledHost
    package: Path
    mail: dict[str, str]

    def read(self, name: str, code: str) -> dict[str, Any]:
        """Selects a mail, waits until the bar over it says `code`, and returns the bar."""
        self.thunderbird.select(self.mail[name])
        return self.screen.wait_for_bar(code, self.mail[name])

    def read_ordinary_mail(self) -> None:
        """Selects the unsigned mail and reads it for as long as any answer about it would take."""
        self.thunderbird.select(self.mail["unsigned"])
        self.screen.wait_for_subject("Lunch on Thursday?")
        time.sleep(0.7)

    def kill_host(self) -> None:
        """Ends every running host without a word, as a crash would."""
        for process in self._hosts():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def host_runs(self) -> bool:
        """Whether Thunderbird has a host running."""
        return bool(self._hosts())

    def _hosts(self) -> list[psutil.Process]:
        found = []
        for process in psutil.Process(self.thunderbird.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                # `letterlock serve`, or the `sleep` of a host that keeps silent.
                if {"serve", "sleep"} & set(process.cmdline()):
                    found.append(process)
        return found


def packed_addon(folder: Path) -> Path:
    """The add-on's package, as people install it."""
    command = [sys.executable, str(PROJECT / "extension" / "build.py"), "--out", str(folder)]
    subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)
    return folder / "dist" / "letterlock-thunderbird.xpi"


def with_footer(mail: bytes) -> bytes:
    """A signed mail as a mailing list passes it on: in one with a footer that nobody signed."""
    head, content = mail.split(b"MIME-Version: 1.0\r\n", 1)
    footer = b"Content-Type: text/plain\r\n\r\n-- \r\nTo leave this list, write to list@muster.example\r\n"
    mixed = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="list"\r\n\r\n'
    subject = head.replace(b"Invoice for the north hall", b"[list] Invoice")
    return subject + mixed + b"--list\r\n" + content + b"\r\n--list\r\n" + footer + b"\r\n--list--\r\n"


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> DemoMail:
    """Mails signed by OpenSSL with a demonstration CA."""
    require_program("openssl", "openssl")
    return DemoMail(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="module")
def desk(ca: DemoMail, webmail: Roundcube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The rig, with one mail of each kind filed in Local Folders and the demonstration CA accepted."""
    require_program("thunderbird", "thunderbird")
    home = tmp_path_factory.mktemp("home")
    host = InstalledHost(tmp_path_factory.mktemp("host"), Family.MOZILLA, home / ".mozilla" / "native-messaging-hosts")
    host.trust(ca.anchor)
    package = packed_addon(tmp_path_factory.mktemp("extension"))
    thunderbird = Thunderbird(home, webmail.imap_port, IMAP_USER)
    try:
        thunderbird.install(package)
        kinds: dict[str, Callable[[], bytes]] = {
            "good": ca.good,
            "changed": ca.changed,
            "mismatch": ca.mismatch,
            "unknown_issuer": ca.unknown_issuer,
            "opaque": ca.opaque,
            "pss": ca.pss,
            "ecdsa": ca.ecdsa,
            "enveloped": ca.enveloped,
            "partial": lambda: with_footer(ca.good()),
            "unsigned": ca.unsigned,
        }
        yield Desk(
            thunderbird,
            Screen(thunderbird),
            host,
            package,
            {name: thunderbird.file(make()) for name, make in kinds.items()},
        )
    finally:
        thunderbird.quit()


@pytest.fixture(scope="package")
def writer(webmail: Roundcube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """Anna, who writes mail, for all tests here that write."""
    folder = tmp_path_factory.mktemp("writer")
    with writing(webmail, folder, packed_addon(folder / "extension")) as made:
        yield made


@pytest.fixture(autouse=True)
def tidy(desk: Desk) -> None:
    """Every test begins with one window, one tab, nothing selected, in a light room."""
    desk.thunderbird.tidy()
    desk.screen.colours(LIGHT)
