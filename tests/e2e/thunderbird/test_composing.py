"""The strip in Thunderbird's compose window: recipients and their certificates, settings, shortcuts, context menu."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from letterlock.operations import lookup, timestamps
from letterlock.operations.keys import certificates
from tests.e2e.browsers import wait_for
from tests.e2e.thunderbird.screen import DARK, LIGHT
from tests.e2e.thunderbird.writer import ANNA, BEA, MARKER, SCREENSHOTS, SIGNED_ONLY, TEXT, Writer, desk, tidy
from tests.evidence.openssl_authority import ROOT, stamping_server
from tests.evidence.repacked import objects
from tests.net.slapd import People, serving
from tests.operations.writing_desk import SIGNED, WritingDesk

__all__ = ["desk", "tidy"]

MANAGE = "/ui/manage.html"
XAVER, YVES = "xaver@muster.example", "yves@muster.example"
EVERYBODY = "return strip.querySelector('.line').textContent.startsWith('Everybody')"


@pytest.fixture(scope="module")
def elsewhere(writer: Writer, tmp_path_factory: pytest.TempPathFactory) -> WritingDesk:
    """An organisation whose authority Anna trusts, and whose people she does not know."""
    folder = tmp_path_factory.mktemp("elsewhere")
    made = WritingDesk(folder, people=("xaver", "yves"))
    root = folder / "root.der"
    root.write_bytes(made.root.der)
    writer.host.trust(root)
    return made


def chain(of: WritingDesk, address: str) -> tuple[bytes, list[bytes]]:
    """Somebody's certificate, and those of the authorities above it."""
    for entry in of.vault.entries():
        for certificate in certificates(entry):
            if address in certificate.addresses:
                return certificate.der, [*entry.chain]
    raise LookupError(address)


@pytest.fixture(scope="module")
def directory(elsewhere: WritingDesk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Its directory, which knows Xaver."""
    own, above = chain(elsewhere, XAVER)
    with serving(tmp_path_factory.mktemp("slapd"), People({XAVER: [own, *above]})) as url:
        yield url


def test_a_certificate_is_found_with_one_click(writer: Writer, elsewhere: WritingDesk, directory: str) -> None:
    """While nobody can be asked that is said; then the directory has it, and the mail goes out for it."""
    writer.composer.write(TEXT, subject="Jelly")
    writer.composer.switch("encrypt")
    assert writer.composer.line() == "Nobody to encrypt to yet"
    writer.composer.type_recipient(XAVER)
    writer.composer.wait_for("return strip.querySelector('.line').textContent.includes(arguments[0])", XAVER)
    writer.composer.press(".more")
    writer.composer.press("[data-action=find]")
    words = "return strip.querySelector('.people .words').textContent"
    wait_for(lambda: "No directory is set up" in writer.composer.run(words), "word that nobody can be asked", 60)
    writer.composer.screenshot(SCREENSHOTS / "compose-find-nowhere.png")
    lookup.set_directories(writer.desk.database, [directory])
    try:
        writer.composer.press("[data-action=find]")
        writer.composer.wait_for(EVERYBODY)
        writer.composer.screenshot(SCREENSHOTS / "compose-found.png")
        writer.composer.send()
        writer.composer.wait_until_gone()
        (envelope,) = writer.sent_to_server(1)
        assert MARKER.encode() in writer.decrypted(envelope.content, XAVER, elsewhere)
    finally:
        lookup.set_directories(writer.desk.database, [])
    writer.nothing_in_clear()


def test_a_certificate_comes_from_a_file_with_one_click(writer: Writer, elsewhere: WritingDesk) -> None:
    """The button leads to where a file is chosen; once it is imported the compose window knows."""
    own, above = chain(elsewhere, YVES)
    file = pkcs7.serialize_certificates([_x509(each) for each in (own, *above)], Encoding.DER)
    writer.composer.write(TEXT, to=f"{BEA}, {YVES}", subject="Jelly")
    writer.composer.switch("encrypt")
    writer.composer.wait_for("return strip.querySelector('.line').textContent.includes(arguments[0])", YVES)
    writer.composer.press(".more")
    writer.composer.press("[data-action=import]")
    ready = "return document.querySelector('details[open]:has(input[type=file])')?.innerText"
    told = wait_for(lambda: writer.screen.run_in_window(MANAGE, ready), "the form for a file", 60)
    assert YVES in told
    writer.screen.keep_page(MANAGE, SCREENSHOTS / "compose-import.png")
    writer.screen.run_in_window(
        MANAGE,
        f"""
        const octets = Uint8Array.from(atob({json.dumps(base64.b64encode(file).decode())}), each => each.charCodeAt(0));
        const transfer = new DataTransfer();
        transfer.items.add(new File([octets], "yves.p7c"));
        const input = document.querySelector("details[open] input[type=file]");
        input.files = transfer.files;
        input.form.requestSubmit();
        """,
    )
    writer.composer.wait_for(EVERYBODY)
    writer.composer.screenshot(SCREENSHOTS / "compose-imported.png")
    writer.composer.send()
    writer.composer.wait_until_gone()
    (envelope,) = writer.sent_to_server(1)
    assert envelope.rcpt_tos == [BEA, YVES]
    assert MARKER.encode() in writer.decrypted(envelope.content, YVES, elsewhere)


def _x509(der: bytes) -> Any:
    from cryptography import x509

    return x509.load_der_x509_certificate(der)


def test_what_new_mail_starts_with(writer: Writer) -> None:
    """Set on the page for it, kept for the address. "When everybody can": the switch follows the recipients until a
    person presses it; before Send it is said that it stays clear, and drafts are kept secret until that is settled."""
    open_settings(writer)
    try:
        choose(writer, "Signed, and encrypted if everybody can read it", sign=True, encrypt="possible")
        for name, scheme in (("light", LIGHT), ("dark", DARK)):
            writer.screen.colours(scheme)
            writer.screen.keep_page(MANAGE, SCREENSHOTS / f"settings-{name}.png")
        writer.screen.colours(LIGHT)
        writer.thunderbird.tidy()

        writer.composer.write(TEXT, subject="Jelly")
        writer.composer.wait_for("return strip.querySelector('[data-switch=sign]').ariaPressed === 'true'")
        assert not writer.composer.is_on("encrypt")
        writer.composer.save()
        assert MARKER.encode() in writer.decrypted(writer.mailbox("Drafts")[0], ANNA)
        writer.composer.type_recipient(BEA)
        writer.composer.wait_for(
            "return strip.querySelector('[data-switch=encrypt]').ariaPressed === 'true'", seconds=60
        )
        writer.composer.close()
        writer.nothing_in_clear()

        writer.composer.write(TEXT.replace(MARKER, SIGNED_ONLY), to="nobody@muster.example", subject="Jelly")
        writer.composer.wait_for(
            "return strip.querySelector('.line').textContent.startsWith('Not encrypted')", seconds=60
        )
        assert not writer.composer.is_on("encrypt")
        writer.composer.screenshot(SCREENSHOTS / "compose-possible.png")
        writer.composer.send()
        writer.composer.wait_until_gone()
        (envelope,) = writer.sent_to_server(1)
        assert SIGNED_ONLY.encode() in writer.verified(envelope.content)
    finally:
        open_settings(writer)
        choose(writer, "", sign=False, encrypt="never")


FIELD = f"""
    const label = [...document.querySelectorAll("label")].find(each => each.textContent === "{ANNA}");
    const field = label && document.getElementById(label.htmlFor);
"""


def open_settings(writer: Writer) -> None:
    """Opens the page for settings, and waits for the field for Anna's address."""
    writer.thunderbird.open_page(f"{MANAGE}#settings")
    wait_for(lambda: writer.screen.run_in_window(MANAGE, f"{FIELD} return !!field"), "a field for the address", 60)


def choose(writer: Writer, words: str, sign: bool, encrypt: str) -> None:
    """Chooses what mail from Anna's address starts with (no words: as all others), and waits until that is known."""
    script = f"""
        {FIELD}
        const [unset] = field.options;
        const wanted = [...field.options].find(each => each.textContent === {json.dumps(words)});
        field.value = (wanted ?? unset).value;
        field.dispatchEvent(new Event("change"));
        return [...field.options].map(each => each.textContent);
    """
    offered = writer.screen.run_in_window(MANAGE, script)
    assert not words or words in offered
    known = """
        const kept = JSON.parse(Services.prefs.getStringPref("extensions.letterlock.compose", "[]"));
        const own = kept.find(each => each.address === arguments[0]) ?? { sign: false, encrypt: "never" };
        return own.sign === arguments[1] && own.encrypt === arguments[2];
    """
    writer.thunderbird.wait_for(known, ANNA, sign, encrypt)


def test_shortcuts(writer: Writer) -> None:
    """Sign, Encrypt and the list of recipients by the keyboard alone; they are in Thunderbird's list, to be changed."""
    writer.composer.write(TEXT, to=BEA, subject="Jelly")
    for key, state in (
        ("S", "strip.querySelector('[data-switch=sign]').ariaPressed === 'true'"),
        ("E", "strip.querySelector('[data-switch=encrypt]').ariaPressed === 'true'"),
        ("D", "!strip.querySelector('.people').hidden"),
    ):
        assert not writer.composer.run(f"return {state}")
        writer.composer.shortcut(key)
        writer.composer.wait_for(f"return {state}")
    assert (
        writer.composer.run("return compose.document.getElementById('button-send').label")
        == "Send signed and encrypted"
    )
    writer.composer.wait_for(EVERYBODY)
    writer.screen.colours(DARK)
    writer.composer.screenshot(SCREENSHOTS / "compose-dark.png")
    writer.screen.colours(LIGHT)
    writer.composer.shortcut("S")
    writer.composer.wait_for("return strip.querySelector('[data-switch=sign]').ariaPressed === 'false'")
    listed = """
        const { extension } = WebExtensionPolicy.getByID("thunderbird@letterlock");
        return (await extension.shortcuts.allCommands()).map(({ name, shortcut }) => [name, shortcut]);
    """
    assert sorted(writer.thunderbird.run_async(listed)) == [
        ["details", "Ctrl+Shift+D"],
        ["encrypt", "Ctrl+Shift+E"],
        ["sign", "Ctrl+Shift+S"],
    ]


def proofs(folder: Path) -> list[bytes]:
    """The bundles that were saved whole."""
    files = [each.read_bytes() for each in folder.glob("*.asice")]
    return [each for each in files if zipfile.is_zipfile(io.BytesIO(each))]


def test_the_context_menu_of_a_message(writer: Writer, tmp_path: Path) -> None:
    """In the list: "Check signature" opens the details, "Save proof" saves a file that holds the proof."""
    note = f"From: {BEA}\r\nTo: {ANNA}\r\nSubject: Jelly\r\n\r\nThe {SIGNED_ONLY}.\r\n".encode()
    uri = writer.thunderbird.file(writer.desk.protected(note, SIGNED))
    saved = writer.home / "saved"
    saved.mkdir(exist_ok=True)
    writer.thunderbird.run(
        """
        Services.prefs.setIntPref("browser.download.folderList", 2);
        Services.prefs.setStringPref("browser.download.dir", arguments[0]);
        Services.prefs.setBoolPref("browser.download.useDownloadDir", true);
        """,
        str(saved),
    )
    writer.thunderbird.select(uri)
    writer.screen.wait_for_bar("signature_valid", uri, 60)
    writer.thunderbird.choose_in_menu("check")
    assert BEA in writer.screen.details(SCREENSHOTS / "menu-check.png")
    writer.thunderbird.tidy()
    writer.thunderbird.select(uri)
    writer.screen.wait_for_bar("signature_valid", uri, 60)
    root = tmp_path / "time-root.pem"
    root.write_bytes(ROOT.pem)
    writer.host.trust(root)
    with stamping_server(tmp_path / "tsa") as authority:
        timestamps.add(writer.desk.database, timestamps.Authority(authority.url))
        try:
            writer.thunderbird.choose_in_menu("proof")
            (proof,) = wait_for(lambda: proofs(saved), "a saved proof", 60)
        finally:
            timestamps.remove(writer.desk.database, authority.url)
    writer.screen.keep_page("/ui/thunderbird.html", SCREENSHOTS / "menu-proof.png")
    assert SIGNED_ONLY.encode() in objects(proof)["message.eml"]
