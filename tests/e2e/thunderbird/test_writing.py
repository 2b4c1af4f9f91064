"""Writing in Thunderbird: what leaves on the wire and what stays in Sent, read by OpenSSL; and when nothing leaves.

A text that occurs nowhere else (MARKER) is looked for afterwards wherever Thunderbird keeps anything.
"""

from __future__ import annotations

import contextlib
import imaplib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
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
from tests.e2e.thunderbird.conftest import SCREENSHOTS, packed_addon
from tests.e2e.thunderbird.screen import Screen
from tests.e2e.thunderbird.test_unlock import Locked
from tests.installed_host import InstalledHost
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.operations.writing_desk import ENCRYPTED, WritingDesk

MARKER = "Quittengelee"
SIGNED_ONLY = "Apfelgelee"
TEXT = f"Dear Bea,\n\nthe {MARKER} is ready.\n"
ANNA, BEA, CARL, DORA = (f"{name}@muster.example" for name in ("anna", "bea", "carl", "dora"))
NOBODY = "zoe@muster.example"


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
        """The envelopes that the outgoing server got since `mark`, once there are so many."""
        wait_for(lambda: len(self.webmail.sink.received) >= number, f"{number} messages on the wire", 40)
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

        wait_for(enough, f"{number} messages in {name}", 40)
        return found

    def empty(self, *names: str) -> None:
        """Empties mailboxes of Anna's."""
        for name in names:
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

    def decrypted(self, message: bytes, address: str) -> bytes:
        """What OpenSSL makes of a message with somebody's key."""
        openssl = require_program("openssl", "openssl")
        mail, key = self.folder / "mail.eml", self.folder / "key.pem"
        mail.write_bytes(message)
        entry = next(
            each for each in self.desk.vault.entries() if any(address in one.addresses for one in certificates(each))
        )
        private: Any = self.desk.vault.private_key(entry.id)
        key.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        command = [openssl, "cms", "-decrypt", "-in", mail, "-inkey", key]
        done = subprocess.run(command, capture_output=True, check=False)
        assert done.returncode == 0, f"{address} cannot decrypt it: {done.stderr.decode()}"
        return done.stdout

    def nothing_in_clear(self) -> None:
        """The marker is in no file of the profile or the temporary folders, and in none of Anna's mailboxes."""
        for root in (self.home, Path("/tmp") / "nothing"):
            for file in root.rglob("*"):
                if file.is_file() and "startupCache" not in file.parts:
                    assert MARKER.encode() not in file.read_bytes(), file
        for file in Path("/tmp").glob("ns*.*"):
            if file.is_file() and file.stat().st_uid == self.home.stat().st_uid:
                assert MARKER.encode() not in file.read_bytes(), file
        for name in ("Drafts", "Sent"):
            assert not any(MARKER.encode() in each for each in self.mailbox(name, 0)), name

    def kill_hosts(self) -> None:
        """Ends every running host without a word, as a crash would."""
        for process in hosts(self):
            process.kill()

    def unlock(self) -> None:
        """Unlocks Anna's keys, on the way that the bar of an encrypted mail leads to."""
        note = f"From: {BEA}\r\nTo: {ANNA}\r\nSubject: Unlock\r\n\r\nFor Anna\r\n".encode()
        desk = self.desk
        mail = self.thunderbird.file(desk.protected(note, ENCRYPTED))
        locked = Locked(self.thunderbird, self.screen, {"one": mail})
        locked.read("one", "encryption_locked")
        self.screen.press("unlock")
        locked.enter(PASSPHRASE)
        locked.wait_until_said("Your keys are unlocked")
        self.thunderbird.tidy()


@pytest.fixture(scope="module")
def writer(webmail: Roundcube, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """A Thunderbird whose person has keys and writes mail; the keys are unlocked."""
    require_program("thunderbird", "thunderbird")
    require_program("openssl", "openssl")
    folder = tmp_path_factory.mktemp("writer")
    home = folder / "home"
    host = InstalledHost(folder / "host", Family.MOZILLA, home / ".mozilla" / "native-messaging-hosts")
    data = host.home / "data"
    data.mkdir(exist_ok=True)
    desk = WritingDesk(data, people=("anna", "bea", "carl", "dora"))
    more = {**OUTGOING, "mail.smtpserver.smtp1.port": webmail.smtp_port}
    thunderbird = Thunderbird(home, webmail.imap_port, "anna", more)
    try:
        composer = Composer(thunderbird)
        composer.log_in(PASSWORD)
        thunderbird.install(packed_addon(folder / "extension"))
        made = Writer(thunderbird, Screen(thunderbird), composer, desk, host, webmail, home, folder)
        made.unlock()
        yield made
    finally:
        thunderbird.quit()


@pytest.fixture(autouse=True)
def desk() -> None:
    """Not the desk of the other tests here, which would start a second Thunderbird."""


@pytest.fixture(autouse=True)
def tidy(writer: Writer) -> Iterator[None]:
    """Every test begins with one window, nothing on the wire, nothing in Sent and Drafts."""
    writer.composer.close()
    writer.thunderbird.tidy()
    writer.webmail.sink.received.clear()
    writer.empty("Sent", "Drafts")
    yield
    writer.composer.close()


def test_signed(writer: Writer) -> None:
    """On the wire and in Sent stands one message; its signature holds for OpenSSL, and covers the text."""
    writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.screenshot(SCREENSHOTS / "compose-sign.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA]
    assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
    assert b"X-Letterlock" not in envelope.content
    (kept,) = writer.mailbox("Sent")
    assert SIGNED_ONLY.encode() in writer.verified(kept)
    assert message_from_bytes(kept)["Message-ID"] == message_from_bytes(envelope.content)["Message-ID"]


@pytest.mark.parametrize("signed", [False, True])
def test_encrypted(writer: Writer, signed: bool) -> None:
    """Recipient and sender can decrypt what is on the wire and what is in Sent; nothing is anywhere in clear."""
    writer.composer.write(TEXT, to=BEA, cc=CARL, subject=f"About the {MARKER}")
    writer.composer.switch("encrypt")
    writer.composer.switch("sign", signed)
    writer.composer.wait_for("return strip.querySelector('.line').textContent.startsWith('Everybody')")
    writer.composer.screenshot(SCREENSHOTS / f"compose-encrypt{'-sign' if signed else ''}.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, CARL]
    (kept,) = writer.mailbox("Sent")
    for message in (envelope.content, kept):
        for address in (ANNA, BEA, CARL):
            inside = writer.decrypted(message, address)
            assert MARKER.encode() in (writer.verified(inside) if signed else inside)
    assert message_from_bytes(envelope.content)["Subject"] == "[...]"
    writer.nothing_in_clear()


def test_every_blind_copy_is_a_message_of_its_own(writer: Writer) -> None:
    """Each is for one address and readable by it; no message names it; the copy in Sent does."""
    writer.composer.write(TEXT, to=BEA, bcc=f"{CARL}, {DORA}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.send()
    writer.composer.wait_until_gone()
    envelopes = writer.sent_to_server(3)
    assert sorted(each.rcpt_tos for each in envelopes) == [[BEA], [CARL], [DORA]]
    for envelope in envelopes:
        assert b"carl@" not in envelope.content
        assert b"dora@" not in envelope.content
        assert MARKER.encode() in writer.decrypted(envelope.content, envelope.rcpt_tos[0])
    (kept,) = writer.mailbox("Sent")
    assert message_from_bytes(kept)["Bcc"] == f"{CARL}, {DORA}"
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.nothing_in_clear()


def test_blind_copies_alone(writer: Writer) -> None:
    """With nobody in To, each blind copy is sent, and nothing else."""
    writer.composer.write(TEXT, bcc=f"{CARL}, {DORA}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.switch("sign")
    writer.composer.send()
    writer.composer.wait_until_gone()
    assert sorted(each.rcpt_tos for each in writer.sent_to_server(2)) == [[CARL], [DORA]]
    (kept,) = writer.mailbox("Sent")
    assert MARKER.encode() in writer.decrypted(kept, ANNA)
    writer.nothing_in_clear()


def test_blind_copies_of_a_signed_mail(writer: Writer) -> None:
    """One message for all, which names none of them; the copy in Sent does."""
    writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, bcc=CARL, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, CARL]
    assert b"carl@" not in envelope.content
    (kept,) = writer.mailbox("Sent")
    assert message_from_bytes(kept)["Bcc"] == CARL
    assert SIGNED_ONLY.encode() in writer.verified(kept)


def hosts(writer: Writer) -> list[psutil.Process]:
    """The hosts that Thunderbird runs: `letterlock serve`, or the `sleep` of one that keeps silent."""
    found = []
    for process in psutil.Process(writer.thunderbird.pid).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if {"serve", "sleep"} & set(process.cmdline()):
                found.append(process)
    return found


def refused(writer: Writer, picture: str) -> str:
    """What is said when Send is pressed and nothing may leave; checks that nothing did, and that nothing is left."""
    writer.composer.send()
    said = writer.composer.refusal()
    writer.composer.screenshot(SCREENSHOTS / f"{picture}.png")
    assert said.startswith("Nothing was sent.")
    assert writer.webmail.sink.received == []
    assert writer.mailbox("Sent", 0) == []
    left = [each for each in (writer.home / "profile" / "letterlock-outgoing").rglob("*") if each.is_file()]
    assert left == []
    writer.nothing_in_clear()
    return said


def test_somebody_without_certificate(writer: Writer) -> None:
    """It is said while the address is typed, and again on Send; nothing leaves, not even to the others."""
    writer.composer.write(TEXT, to=f"{BEA}, {NOBODY}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.wait_for("return strip.querySelector('.line').textContent.includes(arguments[0])", NOBODY)
    writer.composer.press(".more")
    assert writer.composer.run("return strip.querySelector('.people').children.length") == 2
    assert writer.composer.run("return strip.querySelectorAll('[data-action=find]').length") == 1
    assert NOBODY in refused(writer, "compose-no-certificate")


def test_the_host_is_gone(writer: Writer) -> None:
    """Not installed any more: nothing leaves, and it is said."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.host.remove()
    try:
        writer.thunderbird.suspend_addon()
        assert "not installed" in refused(writer, "compose-host-missing")
    finally:
        writer.host.mend()
        writer.unlock()


def test_the_vault_is_locked(writer: Writer) -> None:
    """The add-on was put to sleep, and with it its host: the new one is locked, and nothing leaves unsigned."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.thunderbird.suspend_addon()
    try:
        assert "locked" in refused(writer, "compose-locked")
    finally:
        writer.unlock()


def test_the_host_is_killed_in_the_middle(writer: Writer) -> None:
    """It has the message and answers nothing; then it is killed. Nothing leaves, and it is said."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    (host, *_) = hosts(writer)
    host.suspend()
    writer.composer.send()
    outgoing = writer.home / "profile" / "letterlock-outgoing"
    wait_for(lambda: any(each.is_file() for each in outgoing.rglob("*")), "the message on its way to the host", 20)
    host.kill()
    try:
        assert "Nothing was sent." in writer.composer.refusal()
        assert writer.webmail.sink.received == []
        assert not any(each.is_file() for each in outgoing.rglob("*"))
        writer.nothing_in_clear()
    finally:
        writer.composer.close()
        writer.unlock()


def test_a_sleeping_addon_is_woken_by_send(writer: Writer) -> None:
    """Encrypting needs no unlocked key: put to sleep, the add-on and a new host do it all the same."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    writer.thunderbird.suspend_addon()
    try:
        writer.composer.send()
        writer.composer.wait_until_gone()
        (envelope,) = writer.sent_to_server(1)
        assert MARKER.encode() in writer.decrypted(envelope.content, BEA)
        writer.nothing_in_clear()
    finally:
        writer.unlock()


def test_send_later(writer: Writer) -> None:
    """In the Outbox it is signed and encrypted already; what leaves later is that message."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.send("SendMessageLater")
    writer.composer.wait_until_gone()
    assert writer.webmail.sink.received == []
    writer.nothing_in_clear()
    writer.thunderbird.run("setTimeout(() => SendUnsentMessages())")
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA]
    inside = writer.decrypted(envelope.content, BEA)
    assert MARKER.encode() in writer.verified(inside)
    assert b"Fcc" not in inside
    (kept,) = writer.mailbox("Sent")
    assert MARKER.encode() in writer.decrypted(kept, ANNA)


def test_send_later_with_blind_copies_is_refused(writer: Writer) -> None:
    """Each would be a message of its own, which the Outbox cannot tell: nothing goes into it."""
    writer.composer.write(TEXT, to=BEA, bcc=CARL, subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.send("SendMessageLater")
    assert "cannot wait in the Outbox" in writer.composer.refusal()
    writer.nothing_in_clear()


def test_an_attachment_of_20_megabytes(writer: Writer) -> None:
    """It arrives octet by octet."""
    large = writer.folder / "large.bin"
    large.write_bytes(bytes(range(256)) * 81_920)
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.run(
        """
        const attachment = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(Ci.nsIMsgAttachment);
        attachment.url = Services.io.newFileURI(new compose.FileUtils.File(arguments[0])).spec;
        attachment.name = "large.bin";
        compose.AddAttachments([attachment]);
        """,
        str(large),
    )
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.send()
    writer.composer.wait_until_gone(120)
    (envelope,) = writer.sent_to_server(1)
    inside = message_from_bytes(writer.verified(writer.decrypted(envelope.content, BEA)))
    files = [part.get_payload(decode=True) for part in inside.walk() if part.get_filename() == "large.bin"]
    assert files == [large.read_bytes()]


def test_defaults_of_an_identity(writer: Writer) -> None:
    """Signed always, encrypted when everybody can: the switch follows the recipients until somebody presses it."""
    name = "extensions.letterlock.compose.id1"
    writer.thunderbird.run("Services.prefs.setStringPref(arguments[0], 'sign possible')", name)
    try:
        writer.composer.write(TEXT, to=BEA, subject="Jelly")
        assert writer.composer.is_on("sign")
        pressed = "return strip.querySelector('[data-switch=encrypt]').ariaPressed === 'true'"
        writer.composer.wait_for(pressed)
        writer.composer.close()
        writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to=NOBODY, subject="Jelly")
        told = "return strip.querySelector('.line').textContent.startsWith('Not encrypted')"
        writer.composer.wait_for(told)
        assert not writer.composer.is_on("encrypt")
        writer.composer.send()
        writer.composer.wait_until_gone()
        (envelope,) = writer.sent_to_server(1)
        assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
    finally:
        writer.thunderbird.run("Services.prefs.clearUserPref(arguments[0])", name)
