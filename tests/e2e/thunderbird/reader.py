"""A person who reads encrypted mail in Thunderbird: what stands in the pane, in the list of attachments, on paper."""

from __future__ import annotations

import base64
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from tests.e2e.browsers import wait_for
from tests.e2e.thunderbird.client import Thunderbird
from tests.e2e.thunderbird.screen import Screen

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)
TABLE = bytes(range(256)) * 40
REPORT = "Bericht für März.pdf"

_PANE = """
    const pane = gTabmail.currentAboutMessage?.getMessagePaneBrowser?.()?.contentDocument;
    const shown = [...pane?.body?.children ?? []].filter(each => !each.matches(".moz-main-header"));
"""
"""`pane`: the document of the message on display; `shown`: what of it is not the header for printing."""


def rich(marker: str, sender: str = "bea@muster.example", reader: str = "anna@muster.example") -> EmailMessage:
    """A mail with text, HTML that shows an image, and two attachments."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, reader, f"About the {marker}"
    mail.set_content(f"Dear Anna,\n\nthe {marker} is here.\n")
    mail.add_alternative(f'<p>Dear Anna,</p><p>the <b>{marker}</b> is here. <img src="cid:seal@x"></p>', subtype="html")
    mail.get_payload()[1].add_related(PIXEL, "image", "png", cid="<seal@x>")  # type: ignore[union-attr, index]
    mail.add_attachment(TABLE, "application", "octet-stream", filename="table.bin")
    mail.add_attachment(b"%PDF-1.4 " + TABLE, "application", "pdf", filename=REPORT)
    return mail


class Reader:
    """The message on display in one Thunderbird."""

    def __init__(self, thunderbird: Thunderbird, screen: Screen) -> None:
        self.thunderbird = thunderbird
        self.screen = screen

    def body(self) -> str:
        """Its text, as on screen."""
        text: str = self.thunderbird.run(_PANE + "return shown.map(each => each.innerText).join('\\n')")
        return text

    def wait_for_text(self, text: str) -> None:
        """Waits until it stands in the message on display."""
        script = _PANE + "return shown.some(each => each.textContent.includes(arguments[0]))"
        self.thunderbird.wait_for(script, text, seconds=60)

    def wait_for_image(self) -> None:
        """Waits until a picture is drawn in it."""
        script = _PANE + "return pane?.querySelector('img')?.naturalWidth > 0"
        self.thunderbird.wait_for(script, seconds=60)

    def open(self, mail: bytes, code: str, text: str) -> str:
        """Files a mail, opens it, waits for its bar and for its text; its URI."""
        uri = self.thunderbird.file(mail)
        self.thunderbird.select(uri)
        self.screen.wait_for_bar(code, uri, 60)
        self.wait_for_text(text)
        return uri

    def attachments(self) -> dict[str, bytes]:
        """Every attachment in Thunderbird's own list, saved as a person saves it."""
        wait = "return gTabmail.currentAboutMessage?.currentAttachments?.length >= 2"
        self.thunderbird.wait_for(wait, seconds=60)
        saved: dict[str, str] = self.thunderbird.run_async(
            """
            const about = gTabmail.currentAboutMessage;
            const found = {};
            for (const each of about.currentAttachments) {
                const file = Services.dirsvc.get("TmpD", Ci.nsIFile);
                file.append("letterlock-saved");
                file.createUnique(Ci.nsIFile.NORMAL_FILE_TYPE, 0o600);
                await each.saveToFile(file.path);
                const octets = await IOUtils.read(file.path);
                await IOUtils.remove(file.path);
                let text = "";
                for (const octet of octets) text += String.fromCharCode(octet);
                found[each.name] = btoa(text);
            }
            return found;
            """
        )
        return {name: base64.b64decode(octets) for name, octets in saved.items()}

    def open_attachment(self) -> None:
        """Opens the first attachment as a person does, with a double click."""
        self.thunderbird.run(
            """
            const about = gTabmail.currentAboutMessage;
            about.currentAttachments[0].open(about.browsingContext);
            """
        )

    def open_file(self, file: Path) -> None:
        """Opens a message file, as from the menu."""
        self.thunderbird.run(
            """
            const { MailUtils } = ChromeUtils.importESModule("resource:///modules/MailUtils.sys.mjs");
            const file = Cc["@mozilla.org/file/local;1"].createInstance(Ci.nsIFile);
            file.initWithPath(arguments[0]);
            MailUtils.openEMLFile(window, file, Services.io.newFileURI(file));
            """,
            str(file),
        )

    def printed(self, file: Path) -> str:
        """The text of the message on display, printed to a PDF file."""
        self.thunderbird.run_async(
            """
            const service = Cc["@mozilla.org/gfx/printsettings-service;1"].getService(Ci.nsIPrintSettingsService);
            const settings = service.createNewPrintSettings();
            settings.isInitializedFromPrinter = settings.isInitializedFromPrefs = settings.printSilent = true;
            settings.outputFormat = Ci.nsIPrintSettings.kOutputFormatPDF;
            settings.outputDestination = Ci.nsIPrintSettings.kOutputDestinationFile;
            settings.toFileName = given[0];
            await gTabmail.currentAboutMessage.getMessagePaneBrowser().browsingContext.print(settings);
            """,
            str(file),
        )

        def text() -> str:
            try:
                return "\n".join(page.extract_text() for page in PdfReader(str(file)).pages)
            except Exception:
                return ""  # Not all of it is written yet.

        return str(wait_for(text, "a printed page", 60))

    def wait_until_indexed(self, uri: str) -> None:
        """Waits until Thunderbird's search index has taken a message in."""
        script = """
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const { Gloda } = ChromeUtils.importESModule("resource:///modules/gloda/GlodaPublic.sys.mjs");
            const [uri] = arguments;
            return Gloda.isMessageIndexed(MailServices.messageServiceFromURI(uri).messageURIToMsgHdr(uri));
        """
        self.thunderbird.wait_for(script, uri, seconds=60)

    def watch(self, marker: str) -> None:
        """Notes from now on which subject, which bar and which text stand on screen together."""
        self.thunderbird.run(
            """
            window.letterlockTogether = new Set();
            window.letterlockReader = setInterval(() => {
                const about = gTabmail.currentAboutMessage;
                const root = about?.document.getElementById("letterlock-bar")?.shadowRoot;
                const bar = root?.querySelector(".bar:not([hidden])");
                const subject = about?.document.getElementById("expandedsubjectBox").value.textContent;
                const text = about?.getMessagePaneBrowser?.()?.contentDocument?.body?.textContent ?? "";
                const found = text.match(new RegExp(`${arguments[0]} \\\\d+`))?.[0];
                if (bar?.dataset.code && found) {
                    window.letterlockTogether.add(JSON.stringify([subject, bar.dataset.code, found]));
                }
            }, 2);
            """,
            marker,
        )

    def watched(self) -> set[tuple[Any, ...]]:
        """Ends the watch: everything that was seen together."""
        seen = self.thunderbird.run(
            "clearInterval(window.letterlockReader); return [...window.letterlockTogether].map(JSON.parse)"
        )
        return {tuple(each) for each in seen}
