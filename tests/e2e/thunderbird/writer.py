"""Anna, who writes mail in Thunderbird: her program, her host and keys, the servers around her, and who reads her mail.

A text that occurs nowhere else (MARKER) is looked for afterwards wherever Thunderbird keeps anything.
"""

from __future__ import annotations

import base64
import contextlib
import imaplib
import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from letterlock.clients.table import Family
from letterlock.operations.keys import certificates
from tests.e2e.browsers import wait_for
from tests.e2e.roundcube import PASSWORD, Roundcube
from tests.e2e.thunderbird.client import Thunderbird
from tests.e2e.thunderbird.composer import OUTGOING, Composer
from tests.e2e.thunderbird.screen import Screen
from tests.installed_host import InstalledHost
from tests.keystore.vaults import PASSPHRASE
from tests.needs import PROJECT, require_program
from tests.operations.writing_desk import ENCRYPTED, WritingDesk

SCREENSHOTS = PROJECT / "build" / "screenshots" / "thunderbird"

UNLOCK = "/ui/unlock.html"
MARKER = "Quittengelee"
SIGNED_ONLY = "Apfelgelee"
TEXT = f"Dear Bea,\n\nthe {MARKER} is ready.\n"
ANNA, BEA, CARL, DORA = (f"{name}@muster.example" for name in ("anna", "bea", "carl", "dora"))
NOBODY = "zoe@muster.example"


FORMS = (
    MARKER.encode(),
    MARKER.encode("utf-16-le"),
    # As base64 has it, whatever stands before it; the characters at both ends depend on the neighbours.
    *(base64.b64encode(b" " * before + MARKER.encode())[4:12] for before in range(3)),
)
"""How the marker may stand in a file."""


def in_clear(octets: bytes) -> bool:
    """Whether somebody who reads these octets reads the marker."""
    return any(form in octets for form in FORMS)


@dataclass
class Writer:
    """Anna's Thunderbird, her host and her keys, and the servers that take what she sends."""

    thunderbird: Thunderbird
    screen: Screen
    composer: Composer
    desk: WritingDesk
    host: InstalledHost
    webmail: Roundcube
    home: Path
    folder: Path

    def sent_to_server(self, number: int) -> list[Any]:
        """The envelopes that the outgoing server got in this test, once there are so many."""
        wait_for(lambda: len(self.webmail.sink.received) >= number, f"{number} messages on the wire", 60)
        return list(self.webmail.sink.received)

    def mailbox(self, name: str, number: int = 1) -> list[bytes]:
        """The messages in a mailbox of Anna's, once there are so many."""
        found: list[bytes] = []

        def enough() -> bool:
            with imaplib.IMAP4("127.0.0.1", self.webmail.imap_port) as imap:
                imap.login("anna", PASSWORD)
                imap.select(name, readonly=True)
                numbers = imap.search(None, "ALL")[1][0].split()
                found[:] = [imap.fetch(each.decode(), "(RFC822)")[1][0][1] for each in numbers]  # type: ignore[index, misc]
            return len(found) >= number

        wait_for(enough, f"{number} messages in {name}", 60)
        return found

    def empty(self) -> None:
        """Empties Anna's mailboxes."""
        for name in self.mailboxes():
            with imaplib.IMAP4("127.0.0.1", self.webmail.imap_port) as imap:
                imap.login("anna", PASSWORD)
                if imap.select(name)[1] != [b"0"]:
                    imap.store("1:*", "+FLAGS", "\\Deleted")
                    imap.expunge()

    def verified(self, message: bytes) -> bytes:
        """What a signature covers, which OpenSSL has found good."""
        openssl = require_program("openssl", "openssl")
        mail, root = self.folder / "mail.eml", self.folder / "root.pem"
        mail.write_bytes(message)
        subprocess.run([openssl, "x509", "-inform", "DER", "-out", root], input=self.desk.root.der, check=True)
        command = [openssl, "cms", "-verify", "-in", mail, "-CAfile", root]
        return subprocess.run(command, capture_output=True, check=True).stdout

    def decrypted(self, message: bytes, address: str, whose: WritingDesk | None = None) -> bytes:
        """What OpenSSL makes of a message with the key of somebody, who works at another desk perhaps."""
        openssl = require_program("openssl", "openssl")
        mail, key = self.folder / "mail.eml", self.folder / "key.pem"
        mail.write_bytes(message)
        vault = (whose or self.desk).vault
        entry = next(each for each in vault.entries() if any(address in one.addresses for one in certificates(each)))
        private: Any = vault.private_key(entry.id)
        key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        command = [openssl, "cms", "-decrypt", "-in", mail, "-inkey", key]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, f"{address} cannot decrypt it: {done.stderr.decode()}"
        return done.stdout

    def nothing_in_clear(self) -> None:
        """The marker is in no file of Thunderbird's or the host's, temporary ones included, and in no mailbox."""
        for root in (self.home, self.host.home):
            for file in root.rglob("*"):
                with contextlib.suppress(FileNotFoundError):
                    assert not (file.is_file() and in_clear(file.read_bytes())), file
        for name in self.mailboxes():
            assert not any(in_clear(each) for each in self.mailbox(name, 0)), name

    def mailboxes(self) -> list[str]:
        """The names of Anna's mailboxes."""
        with imaplib.IMAP4("127.0.0.1", self.webmail.imap_port) as imap:
            imap.login("anna", PASSWORD)
            return [each.split()[-1].decode().strip('"') for each in imap.list()[1] if isinstance(each, bytes)]

    def outgoing(self) -> list[Path]:
        """The files of messages that are on their way to the host, or back."""
        return [each for each in (self.home / "profile" / "letterlock-outgoing").rglob("*") if each.is_file()]

    def hosts(self) -> list[psutil.Process]:
        """The hosts that Thunderbird runs: `letterlock serve`, or the `sleep` of one that keeps silent."""
        found = []
        for process in psutil.Process(self.thunderbird.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                if {"serve", "sleep"} & set(process.cmdline()):
                    found.append(process)
        return found

    def kill_hosts(self) -> None:
        """Ends every running host without a word, as a crash would."""
        for process in self.hosts():
            process.kill()

    def refused(self, picture: str) -> str:
        """What is said when Send is pressed and nothing may leave.

        Checks that nothing did, that nothing is left of it on the disk, and that the window still has the text."""
        self.composer.send()
        said = self.composer.refusal()
        self.composer.screenshot(SCREENSHOTS / f"{picture}.png")
        assert said.startswith("Nothing was sent.")
        assert MARKER in self.composer.text()
        assert self.webmail.sink.received == []
        assert self.mailbox("Sent", 0) == []
        assert self.outgoing() == []
        self.nothing_in_clear()
        return said

    def unlock(self) -> None:
        """Unlocks Anna's keys, on the way that the bar of an encrypted mail leads to."""
        note = f"From: {BEA}\r\nTo: {ANNA}\r\nSubject: Unlock\r\n\r\nFor Anna\r\n".encode()
        mail = self.thunderbird.file(self.desk.protected(note, ENCRYPTED))
        self.thunderbird.select(mail)
        self.screen.wait_for_bar("encryption_locked", mail, 60)
        self.screen.press("unlock")
        self.enter_passphrase()
        self.thunderbird.tidy()

    def enter_passphrase(self) -> None:
        """Types it into the window for it, once that is there."""
        usable = "const {disabled, form} = document.getElementById('secret'); return !disabled && !form.hidden"
        wait_for(lambda: self.screen.run_in_window(UNLOCK, usable), "a field for the passphrase", 60)
        script = f"""
            const field = document.getElementById("secret");
            field.value = {json.dumps(PASSPHRASE)};
            field.form.requestSubmit();
        """
        self.screen.run_in_window(UNLOCK, script)
        unlocked = "return document.body.innerText.includes('Your keys are unlocked')"
        wait_for(lambda: self.screen.run_in_window(UNLOCK, unlocked), "unlocked keys", 60)

    def crash(self) -> None:
        """Kills Thunderbird and its hosts, and starts it again. The keys are locked then."""
        for process in self.hosts():
            process.kill()
        self.thunderbird.kill()
        self.start()

    def start(self) -> None:
        """Starts Thunderbird, with the profile it had before."""
        self.thunderbird = Thunderbird(self.home, self.webmail.imap_port, "anna", _outgoing(self.webmail))
        self.screen, self.composer = Screen(self.thunderbird), Composer(self.thunderbird)


def _outgoing(webmail: Roundcube) -> dict[str, Any]:
    return {**OUTGOING, "mail.smtpserver.smtp1.port": webmail.smtp_port}


@contextlib.contextmanager
def writing(
    webmail: Roundcube, folder: Path, package: Path | None, more: Mapping[str, Any] | None = None
) -> Iterator[Writer]:
    """A Thunderbird whose person has keys and writes mail. With a package it has the add-on, and the keys are unlocked.

    `more`: preferences beside the usual ones.
    """
    require_program("thunderbird", "thunderbird")
    require_program("openssl", "openssl")
    home = folder / "home"
    host = InstalledHost(folder / "host", Family.MOZILLA, home / ".mozilla" / "native-messaging-hosts")
    data = host.home / "data"
    data.mkdir(exist_ok=True)
    desk = WritingDesk(data, people=("anna", "bea", "carl", "dora"))
    thunderbird = Thunderbird(home, webmail.imap_port, "anna", {**_outgoing(webmail), **(more or {})})
    made = Writer(thunderbird, Screen(thunderbird), Composer(thunderbird), desk, host, webmail, home, folder)
    try:
        made.composer.log_in(PASSWORD)
        if package:
            thunderbird.install(package, for_good=True)
            made.unlock()
        yield made
    finally:
        made.thunderbird.quit()


@pytest.fixture(autouse=True)
def desk() -> None:
    """Not the desk of the other tests here, which would start a second Thunderbird."""


@pytest.fixture(autouse=True)
def tidy(writer: Writer) -> Iterator[None]:
    """Every test begins with one window, nothing on the wire, nothing in the mailboxes."""
    writer.composer.close()
    writer.thunderbird.tidy()
    writer.webmail.sink.received.clear()
    writer.empty()
    yield
    writer.composer.close()
