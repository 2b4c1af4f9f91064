"""The add-on's life in Thunderbird: installed, updated, disabled, removed, restarted, at whatever moment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e import axe
from tests.e2e.browsers import wait_for
from tests.e2e.roundcube import PASSWORD, Roundcube
from tests.e2e.thunderbird.client import ADDON, Thunderbird
from tests.e2e.thunderbird.conftest import packed_addon
from tests.e2e.thunderbird.lifecycle import changes, idle, newer, state, tried_with, with_policies
from tests.e2e.thunderbird.profile import POP
from tests.e2e.thunderbird.screen import Screen
from tests.e2e.thunderbird.test_unlock import Locked
from tests.e2e.thunderbird.writer import ANNA, BEA, CARL, MARKER, SCREENSHOTS, SIGNED_ONLY, TEXT, Writer, desk, writing
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_path, require_program
from tests.operations.writing_desk import BOTH, ENCRYPTED, SIGNED
from tests.signed_mail import DemoMail

__all__ = ["desk"]

NOTE = f"From: {BEA}\r\nTo: {ANNA}\r\nSubject: Jelly\r\n\r\nThe {MARKER} is ready.\r\n".encode()
BODY = "gTabmail.currentAboutMessage?.getMessagePaneBrowser()?.contentDocument?.body?.textContent ?? ''"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The add-on's package."""
    return packed_addon(tmp_path_factory.mktemp("extension"))


@pytest.fixture(scope="module")
def writer(webmail: Roundcube, ca: DemoMail, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Writer]:
    """A Thunderbird with three accounts (IMAP, POP3, Local Folders) whose person has keys, without the add-on."""
    more = {**POP, "mail.server.server3.port": webmail.pop_port}
    with writing(webmail, tmp_path_factory.mktemp("life"), None, more) as made:
        made.host.trust(ca.anchor)
        yield made


@pytest.fixture(autouse=True)
def tidy(writer: Writer) -> None:
    """Every test begins without the add-on."""
    writer.composer.close()
    if writer.thunderbird.addon_version() is not None:
        writer.thunderbird.remove_addon()
    writer.thunderbird.tidy()
    writer.webmail.sink.received.clear()
    writer.empty()


def opened(writer: Writer, uri: str, code: str) -> None:
    """Selects a message and waits for its bar."""
    writer.thunderbird.select(uri)
    writer.screen.wait_for_bar(code, uri, 60)


def strips(writer: Writer) -> int:
    """How many strips there are in compose windows."""
    number: int = writer.thunderbird.run(
        """
        return [...Services.wm.getEnumerator("msgcompose")]
            .map(each => each.document.querySelectorAll("#letterlock-strip").length).reduce((a, b) => a + b, 0);
        """
    )
    return number


def test_removed_with_everything_open(writer: Writer, ca: DemoMail, package: Path, tmp_path: Path) -> None:
    """An encrypted message in a tab, a signed one, a letter being written: afterwards all is as it was before."""
    thunderbird = writer.thunderbird
    thunderbird.install(idle(tmp_path / "idle.xpi"), for_good=True)
    thunderbird.remove_addon("idle@letterlock.example")
    # Signed by somebody else's program, in one piece with its text: Thunderbird's own handler shows it.
    signed = thunderbird.file(ca.opaque())
    secret = thunderbird.file(writer.desk.protected(NOTE, BOTH))
    thunderbird.select(signed)
    label = "return gTabmail.currentAboutMessage?.document.getElementById('encryptionTechBtn')?.checkVisibility()"
    thunderbird.wait_for(label, seconds=60)
    before = state(thunderbird)

    thunderbird.install(package, for_good=True)
    writer.screen.wait_for_bar("signature_valid", signed, 60)
    assert not thunderbird.run(label), "Thunderbird's own label would be a second opinion"
    writer.unlock()
    opened(writer, secret, "signature_valid")
    thunderbird.wait_for(f"return ({BODY}).includes(arguments[0])", MARKER, seconds=60)
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    send = "return Services.wm.getMostRecentWindow('msgcompose').document.getElementById('button-send').label"
    assert thunderbird.run(send) != "Send"

    thunderbird.remove_addon()
    thunderbird.wait_for(f"return !({BODY}).includes(arguments[0])", MARKER, seconds=60)
    assert strips(writer) == 0
    assert thunderbird.run(send) == "Send"
    assert writer.screen.traces() == []
    wait_for(lambda: not writer.hosts(), "the end of the host", 60)
    writer.composer.close()
    thunderbird.tidy()
    thunderbird.select(signed)
    thunderbird.wait_for(label, seconds=60)
    deadline = time.monotonic() + 30
    while left := changes(before, state(thunderbird)):
        assert time.monotonic() < deadline, f"Thunderbird is not as it was before: {left}"
        time.sleep(0.1)
    assert not (writer.home / "profile" / "letterlock-outgoing").exists()


def test_removed_while_a_message_is_being_sent(writer: Writer, package: Path) -> None:
    """Nothing leaves, it is said, and the letter is still in its window."""
    writer.thunderbird.install(package, for_good=True)
    writer.unlock()
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    writer.composer.switch("encrypt")
    for host in writer.hosts():
        host.suspend()
    writer.composer.send()
    outgoing = writer.home / "profile" / "letterlock-outgoing"
    wait_for(lambda: any(each.is_file() for each in outgoing.rglob("*")), "the message on its way to the host", 60)
    writer.thunderbird.remove_addon()
    assert writer.composer.refusal().startswith("Nothing was sent.")
    assert writer.webmail.sink.received == []
    assert writer.mailbox("Sent", 0) == []
    assert not any(each.is_file() for each in outgoing.rglob("*"))
    writer.nothing_in_clear()


def test_updated_and_switched_off_and_on(writer: Writer, package: Path, tmp_path: Path) -> None:
    """With a message and a letter open: there is one bar and one strip after an update, none while it is off."""
    thunderbird = writer.thunderbird
    signed = thunderbird.file(writer.desk.protected(NOTE.replace(MARKER.encode(), SIGNED_ONLY.encode()), SIGNED))
    thunderbird.install(package, for_good=True)
    opened(writer, signed, "signature_valid")
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    thunderbird.install(newer(package, tmp_path / "newer.xpi"), for_good=True)
    assert thunderbird.addon_version() == "9.0.0"
    writer.screen.wait_for_bar("signature_valid", signed, 60)
    wait_for(lambda: strips(writer) == 1, "one strip", 60)
    bars = "return gTabmail.currentAboutMessage.document.querySelectorAll('#letterlock-bar').length"
    assert thunderbird.run(bars) == 1
    thunderbird.switch_addon(False)
    assert thunderbird.run(bars) == 0
    assert strips(writer) == 0
    thunderbird.switch_addon(True)
    writer.screen.wait_for_bar("signature_valid", signed, 60)
    wait_for(lambda: strips(writer) == 1, "one strip", 60)


def test_installed_by_policy_and_there_after_a_restart(writer: Writer, package: Path, tmp_path: Path) -> None:
    """As an administrator installs it, with nothing to confirm; and as it is after the next start."""
    require_program("thunderbird", "thunderbird")
    settings = {"thunderbird@letterlock": {"installation_mode": "force_installed", "install_url": package.as_uri()}}
    program = with_policies(tmp_path / "thunderbird", {"ExtensionSettings": settings})
    mail = writer.desk.protected(NOTE.replace(MARKER.encode(), SIGNED_ONLY.encode()), SIGNED)
    home = writer.home.with_name("managed")
    for _ in range(2):
        thunderbird = Thunderbird(home, writer.webmail.imap_port, "nobody", {}, program)
        try:
            thunderbird.wait_for("return !!WebExtensionPolicy.getByID(arguments[0])", ADDON, seconds=60)
            uri = thunderbird.file(mail)
            thunderbird.select(uri)
            # This home has no host: that is said by the bar, which is what this is about.
            Screen(thunderbird).wait_for_bar("host_missing", uri, 60)
        finally:
            thunderbird.quit()


def button(writer: Writer) -> str:
    """What the button in the toolbar says of the tab in front."""
    title: str = writer.thunderbird.run(
        "return document.querySelector('button[extension=\"thunderbird@letterlock\"]')?.title ?? ''"
    )
    return title


def read_on_the_button(writer: Writer, ca: DemoMail) -> None:
    """Reads two mails: each has its verdict on the button, and there is no bar; encrypted mail is on a page of ours."""
    thunderbird = writer.thunderbird
    for mail, subject, words in (
        (ca.good(), "Invoice for the north hall – Signed:", "Signed by Anna Muster"),
        (ca.changed(), "Invoice for the north hall (changed) – ", "Changed on the way, or forged"),
    ):
        thunderbird.select(thunderbird.file(mail))
        _wait_for_button(writer, subject, words)
    assert writer.screen.bar() is None
    thunderbird.select(thunderbird.file(writer.desk.protected(NOTE, ENCRYPTED)))
    _wait_for_button(writer, "[...] – ", "locked")


def _wait_for_button(writer: Writer, start: str, words: str) -> None:
    wait_for(lambda: button(writer).startswith(start) and words in button(writer), f"{start}{words} on the button", 60)


def limits_said(writer: Writer) -> str:
    """What the page says that opens once; closes it."""
    text: str = wait_for(
        lambda: writer.screen.run_in_window("/ui/limits.html", "return document.getElementById('why').textContent"),
        "why there is less",
        60,
    )
    assert axe.violations(lambda script: writer.screen.run_in_window("/ui/limits.html", script)) == []
    writer.screen.keep_window(SCREENSHOTS / "limits.png")
    writer.thunderbird.tidy()
    return text


def test_on_a_thunderbird_it_was_not_tried_with(writer: Writer, ca: DemoMail, package: Path, tmp_path: Path) -> None:
    """It leaves the inside of Thunderbird alone, says so, and gives its verdicts on the button."""
    before = state(writer.thunderbird)["hooks"]
    writer.thunderbird.install(tried_with("152.*", package, tmp_path / "older.xpi"), for_good=True)
    assert "Letterlock was tried with 152.*" in limits_said(writer)
    assert state(writer.thunderbird)["hooks"] == before
    read_on_the_button(writer, ca)
    writer.thunderbird.run("gTabmail.currentAbout3Pane.setTimeout(() => MsgNewMessage(null))")
    writer.thunderbird.wait_for(
        "return !!Services.wm.getMostRecentWindow('msgcompose')?.gMsgCompose?.editor", seconds=60
    )
    assert strips(writer) == 0


def test_where_something_inside_is_missing(writer: Writer, ca: DemoMail, package: Path) -> None:
    """The same, of a version that it was tried with, when what it hooks into is not there."""
    thunderbird = writer.thunderbird
    proto = "ChromeUtils.importESModule('resource:///modules/MessageSend.sys.mjs').MessageSend.prototype"
    thunderbird.run(f"window.kept = {proto}._createDeliveryFile; delete {proto}._createDeliveryFile")
    try:
        thunderbird.install(package, for_good=True)
        assert "missing: MessageSend._createDeliveryFile" in limits_said(writer)
        read_on_the_button(writer, ca)
    finally:
        thunderbird.remove_addon()
        thunderbird.run(f"{proto}._createDeliveryFile = window.kept")


def test_without_an_experiment(writer: Writer, ca: DemoMail, package: Path) -> None:
    """Reading on the button and on a page; signing through the Outbox; no encrypting, and why."""
    thunderbird = writer.thunderbird
    thunderbird.install(package.with_name("letterlock-thunderbird-plain.xpi"), for_good=True)
    assert "without an experiment" in limits_said(writer)
    read_on_the_button(writer, ca)
    thunderbird.run("document.querySelector('button[extension=\"thunderbird@letterlock\"]').click()")
    page = "/ui/thunderbird.html"
    unlock = "[...document.querySelectorAll('button')].find(each => each.textContent.startsWith('Unlock'))"
    wait_for(lambda: writer.screen.run_in_window(page, f"return {unlock} !== undefined"), "a button to unlock", 60)
    writer.screen.run_in_window(page, f"{unlock}.click()")
    locked = Locked(thunderbird, writer.screen, {})
    locked.enter(PASSPHRASE)
    locked.wait_until_said("Your keys are unlocked")
    shown = "return document.getElementById('parts').innerText"
    wait_for(lambda: MARKER in writer.screen.run_in_window(page, shown), "the text on the page", 60)
    assert "without an experiment" in writer.screen.run_in_window(page, "return document.body.innerText")
    thunderbird.tidy()

    sign_in_popup(writer)
    writer.composer.send()
    assert "kept on a server" in outcome(writer)
    assert writer.webmail.sink.received == []
    thunderbird.run(
        "MailServices.accounts.allIdentities.find(each => each.key === 'id1').draftsFolderURI = arguments[0]",
        "mailbox://nobody@Local%20Folders/Drafts",
    )
    writer.composer.close()
    sign_in_popup(writer)
    writer.composer.send()
    assert "waits in the Outbox" in outcome(writer)
    writer.composer.wait_until_gone()
    assert writer.webmail.sink.received == []
    thunderbird.run("setTimeout(() => SendUnsentMessages())")
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, CARL]
    assert b"X-Letterlock" not in envelope.content
    assert b"carl@" not in envelope.content
    assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
    (kept,) = writer.mailbox("Sent")
    assert SIGNED_ONLY.encode() in writer.verified(kept)


def sign_in_popup(writer: Writer) -> None:
    """Writes a letter and switches Sign on in the popup of the compose window."""
    writer.composer.open(TEXT.replace(MARKER, SIGNED_ONLY), to=BEA, bcc=CARL, subject="Jelly")
    writer.thunderbird.run_async(
        """
        const compose = Services.wm.getMostRecentWindow("msgcompose");
        const until = async found => {
            for (let turn = 0; turn < 900; turn++) {
                const value = found();
                if (value) return value;
                await new Promise(resolve => setTimeout(resolve, 30));
            }
            throw new Error(`never: ${found}`);
        };
        const button = await until(() => compose.document.querySelector("[id*=letterlock][id*=composeAction]"));
        button.click();
        const page = await until(() => [...compose.document.querySelectorAll("browser")]
            .find(each => each.currentURI?.spec.includes("/ui/signing.html") && !each.webProgress.isLoadingDocument));
        const read = encodeURIComponent(`{
            const sign = content.document.getElementById("sign");
            if (!sign.closest("p").hidden && !sign.checked) sign.click();
            sendAsyncMessage("letterlock-signing", [sign.checked, content.document.body.innerText]);
        }`);
        let text = "";
        await new Promise(resolve => {
            page.messageManager.addMessageListener("letterlock-signing", ({ data }) => {
                text = data[1];
                if (data[0]) resolve();
            });
            const again = setInterval(() => page.messageManager.loadFrameScript(`data:,${read}`, false), 100);
            setTimeout(() => clearInterval(again), 20000);
        });
        if (!text.includes("Encrypting is not offered")) throw new Error(text);
        await until(() => [...compose.gMsgCompose.compFields.headerNames].some(each => /letterlock/i.test(each)));
        button.closest("toolbar") && compose.document.querySelectorAll("panel").forEach(each => each.hidePopup());
        """
    )


def outcome(writer: Writer) -> str:
    """What the window says that opens after Send; closes it."""
    said = "return document.getElementById('said').textContent"
    text: str = wait_for(
        lambda: writer.screen.run_in_window("/ui/signing.html?outcome", said), "what became of the message", 60
    )
    writer.thunderbird.run("for (const each of Services.wm.getEnumerator('mail:extensionPopup')) each.close()")
    return text


def test_an_account_that_fetches_by_pop3(writer: Writer, ca: DemoMail, package: Path) -> None:
    """Its mail is judged as it came; an answer from it leaves signed and encrypted."""
    require_path(Path("/usr/lib/dovecot/pop3"), "dovecot-pop3d")
    thunderbird = writer.thunderbird
    thunderbird.install(package, for_good=True)
    writer.webmail.deliver(ca.good(), user="pop")
    uri = thunderbird.fetch_pop(PASSWORD, "Invoice for the north hall")
    opened(writer, uri, "signature_valid")
    writer.unlock()
    writer.composer.write(TEXT, to=BEA, subject="Jelly", identity="id2")
    writer.composer.switch("sign")
    writer.composer.switch("encrypt")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert MARKER.encode() in writer.verified(writer.decrypted(envelope.content, BEA))
    writer.nothing_in_clear()
