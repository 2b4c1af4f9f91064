"""Outlook on the web in Chromium: a page plays its part, an extension relays like Microsoft's, the host is real."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from tests.dialects.office import Office, data_url, mail, sender
from tests.keystore.vaults import PASSPHRASE
from tests.needs import require_program
from tests.operations.writing_desk import BOTH, SIGNED

PARTS = Path(__file__).with_name("owa")
RICH = (
    b"From: Anna Muster <anna@muster.example>\r\nTo: bea@muster.example\r\nSubject: Offerte\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Der Preis: <b>EUR 18'400</b></p><img src=x onerror=\"document.title='run'\">"
    b"<script>document.title='run'</script>\r\n"
)  # fmt: skip


class Outlook:
    """A browser with the page, the extension and the host."""

    def __init__(self, page: Any, office: Office) -> None:
        self.page = page
        self.office = office

    def call(self, function: str, *arguments: Any) -> Any:
        return self.page.evaluate(f"values => {function}(...values)", list(arguments))

    def shown(self, selector: str) -> str:
        return str(self.page.inner_text(selector))


@pytest.fixture(scope="module")
def outlook(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlook]:
    from tests.e2e.browsers.chromium import shared_playwright

    program = require_program("chromium", "chromium")
    folder = tmp_path_factory.mktemp("owa")
    office = Office(folder / "office")
    environment = {**os.environ, **office.environment(*[PASSPHRASE] * 3)}
    identity, extension = _extension(folder / "extension")
    profile = folder / "profile"
    command = [sys.executable, "-m", "letterlock", "setup", "--owa", "--profile-dir", str(profile), "--yes"]
    subprocess.run([*command, "--extension-id", identity], env=environment, check=True, stdin=subprocess.DEVNULL)
    site = ThreadingHTTPServer(("127.0.0.1", 0), _Site)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    with shared_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=program,
            headless=False,
            env={**environment, "HOME": str(folder)},
            args=[
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--disable-background-networking",
                f"--disable-extensions-except={extension}",
                f"--load-extension={extension}",
            ],
        )
        try:
            page = context.pages[0]
            page.set_default_timeout(120_000)
            page.goto(f"http://127.0.0.1:{site.server_port}/page.html")
            page.wait_for_selector("html[data-smime=ready]", state="attached")
            yield Outlook(page, office)
        finally:
            context.close()
            site.shutdown()


class _Site(SimpleHTTPRequestHandler):
    def __init__(self, *rest: Any) -> None:
        super().__init__(*rest, directory=str(PARTS))

    def log_message(self, *rest: Any) -> None:
        pass


def _extension(folder: Path) -> tuple[str, Path]:
    """The stand-in, unpacked, and the id that its key gives it: hexadecimal digits of a digest, written a to p."""
    der = (
        rsa.generate_private_key(65537, 2048).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    identity = "".join(chr(ord("a") + int(digit, 16)) for digit in hashlib.sha256(der).hexdigest()[:32])
    folder.mkdir()
    for name in ("background.js", "content.js"):
        shutil.copy(PARTS / name, folder / name)
    manifest = {
        "manifest_version": 3,
        "name": "Stand-in",
        "version": "1",
        "key": base64.b64encode(der).decode(),
        "permissions": ["nativeMessaging"],
        "background": {"service_worker": "background.js"},
        "content_scripts": [{"matches": ["http://127.0.0.1/*"], "js": ["content.js"], "run_at": "document_end"}],
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return identity, folder


def test_outlook_initialises(outlook: Outlook) -> None:
    """The page, through the extension, from the host that `letterlock setup --owa` registered."""
    assert outlook.call("settings") == {"AllowedDomainsByPolicy": []}
    found = outlook.call("initialise", {"OWASigningAlgorithms": "800C"})
    assert found["Data"]["SupportsAsyncMethods"] is True
    assert base64.b64decode(outlook.call("signingCertificate")["Data"])


def test_signed_and_encrypted_mail_is_read_in_the_browser(outlook: Outlook) -> None:
    """After the passphrase in our own window; nothing in it runs in Outlook's page; what was changed is not good."""
    message = outlook.office.protected(RICH, BOTH)
    assert outlook.call("read", data_url(message), sender(message)) == 0
    assert outlook.shown("#sign") == "good"
    assert outlook.shown("#subject") == "Offerte"
    assert "EUR 18'400" in outlook.shown("#body")
    assert outlook.page.evaluate("document.querySelectorAll('#body script, #body [onerror]').length") == 0
    assert outlook.page.title() == "Mail"
    assert outlook.office.asked().count("GETPIN") == 1
    signed = outlook.office.protected(RICH, SIGNED)
    assert outlook.call("read", data_url(signed)) == 0
    assert outlook.shown("#sign") == "good"
    assert outlook.call("read", data_url(signed.replace(b"18'400", b"78'400"))) == 0
    assert outlook.shown("#sign") == "not good"
    assert outlook.call("read", "data:application/pkcs7-mime;base64,*") == 2
    assert outlook.shown("#sign") == "error 2"


def test_what_is_written_in_the_browser_is_read_again(outlook: Outlook) -> None:
    """With a file of some slices, signed and encrypted; read in the same page."""
    content = base64.b64encode(os.urandom(300_000)).decode()
    attached = [{"Name": "Übersicht.bin", "ContentType": "application/octet-stream", "Content": content}]
    office = outlook.office
    made = outlook.call("write", mail(Attachments=attached), office.certificate("anna"), [office.certificate("bea")])
    assert made["ErrorCode"] == 0
    message = made["Data"].encode()
    assert outlook.call("read", data_url(message), sender(message)) == 0
    assert outlook.shown("#sign") == "good"
    assert outlook.shown("#files") == "Übersicht.bin 300000"
    assert "EUR 18'400" in outlook.shown("#body")
