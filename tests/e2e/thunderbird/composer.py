"""A person who writes mail in Thunderbird: the compose window, the strip in it, and what the buttons do."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from tests.e2e.thunderbird.client import Thunderbird

OUTGOING = {
    "mail.identity.id1.fullName": "Anna Muster",
    "mail.identity.id1.useremail": "anna@muster.example",
    "mail.identity.id1.smtpServer": "smtp1",
    "mail.identity.id1.compose_html": False,
    "mail.identity.id1.fcc": True,
    "mail.identity.id1.fcc_folder": "imap://anna@127.0.0.1/Sent",
    "mail.identity.id1.draft_folder": "imap://anna@127.0.0.1/Drafts",
    "mail.identity.id1.stationery_folder": "imap://anna@127.0.0.1/Templates",
    "mail.smtpservers": "smtp1",
    "mail.smtp.defaultserver": "smtp1",
    "mail.smtpserver.smtp1.hostname": "127.0.0.1",
    "mail.smtpserver.smtp1.authMethod": 1,
    "mail.smtpserver.smtp1.try_ssl": 0,
    "mail.smtpserver.smtp1.username": "",
    "mail.compose.attachment_reminder": False,
    "mail.compose.warn_public_recipients.aggressive": False,
    "mailnews.show_send_progress": False,
    "mailnews.message_warning_size": 0,  # or a question holds up what is large
}
"""An identity that sends over loopback and keeps its copies on the IMAP server."""

_STRIP = """
    const compose = Services.wm.getMostRecentWindow("msgcompose");
    const strip = compose?.document.getElementById("letterlock-strip")?.shadowRoot;
"""


class Composer:
    """One compose window at a time."""

    def __init__(self, thunderbird: Thunderbird) -> None:
        self._thunderbird = thunderbird

    def log_in(self, password: str) -> None:
        """Stores the password of the IMAP account, as a person does at the first prompt."""
        self._thunderbird.run_async(
            """
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const server = MailServices.accounts.allServers.find(each => each.type === "imap");
            const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
            login.init("imap://127.0.0.1", null, "imap://127.0.0.1", server.username, given[0], "", "");
            await Services.logins.addLoginAsync(login);
            """,
            password,
        )

    def write(self, text: str, original: str = "", kind: str = "New", form: str = "PlainText", **fields: str) -> None:
        """Opens a compose window as `open` does, and waits for the strip."""
        self.open(text, original, kind, form, **fields)
        self.wait_for("return !!strip")

    def open(
        self,
        text: str,
        original: str = "",
        kind: str = "New",
        form: str = "PlainText",
        identity: str = "id1",
        **fields: str,
    ) -> None:
        """Opens a compose window with these fields (`to`, `cc`, `bcc`, `subject`) and text.

        `original`, `kind`: the URI of a message that is answered, forwarded or edited, and Thunderbird's word for that.
        `form`: Thunderbird's word for what is written, in which the text is.
        """
        self._thunderbird.run(
            """
            const [text, original, kind, form, given, key] = arguments;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const identity = MailServices.accounts.allIdentities.find(each => each.key === key);
            if (original) {
                const header = MailServices.messageServiceFromURI(original).messageURIToMsgHdr(original);
                const type = Ci.nsIMsgCompType[kind];
                const format = Ci.nsIMsgCompFormat.Default;
                MailServices.compose.OpenComposeWindow(null, header, original, type, format, identity, null, msgWindow);
                return;
            }
            const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
            Object.assign(fields, given, text ? { body: text } : {});
            const params = Cc["@mozilla.org/messengercompose/composeparams;1"].createInstance(Ci.nsIMsgComposeParams);
            params.type = Ci.nsIMsgCompType[kind];
            params.format = Ci.nsIMsgCompFormat[form];
            params.identity = identity;
            params.composeFields = fields;
            MailServices.compose.OpenComposeWindowWithParams(null, params);
            """,
            text,
            original,
            kind,
            form,
            fields,
            identity,
        )
        self.wait_for("return !!compose?.gMsgCompose?.editor")

    def wait_for(self, script: str, *arguments: Any, seconds: float = 60) -> Any:
        """The first true value of a script that knows `compose`, the window, and `strip`."""
        return self._thunderbird.wait_for(_STRIP + script, *arguments, seconds=seconds)

    def run(self, script: str, *arguments: Any) -> Any:
        """The value of a script that knows `compose`, the window, and `strip`."""
        return self._thunderbird.run(_STRIP + script, *arguments)

    def _come_forward(self) -> None:
        """Makes it the window that keys go to."""
        self.wait_for("compose.focus(); return Services.focus.activeWindow === compose")

    def press(self, selector: str) -> None:
        """Presses a button of the strip by the keyboard."""
        self._come_forward()
        self.run(
            """
            strip.querySelector(arguments[0]).focus();
            const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            keys.beginInputTransactionForTests(compose);
            const key = new compose.KeyboardEvent("", { key: "Enter", keyCode: 13 });
            keys.keydown(key);
            keys.keyup(key);
            """,
            selector,
        )

    def shortcut(self, letter: str) -> None:
        """Presses Ctrl, Shift and a letter in the window."""
        self._come_forward()
        self.run(
            """
            const [letter] = arguments;
            const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            keys.beginInputTransactionForTests(compose);
            const pressed = (key, more) => new compose.KeyboardEvent("", { key, ...more });
            const held = ["Control", "Shift"].map(key => pressed(key));
            const own = pressed(letter, { code: `Key${letter}`, keyCode: letter.charCodeAt(0) });
            for (const each of [...held, own]) keys.keydown(each);
            for (const each of [own, ...held]) keys.keyup(each);
            """,
            letter,
        )

    def type_recipient(self, address: str) -> None:
        """Types an address into the field To, and Enter."""
        self._come_forward()
        self.run(
            """
            compose.document.getElementById("toAddrInput").focus();
            const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            keys.beginInputTransactionForTests(compose);
            const press = (key, keyCode) => {
                const event = new compose.KeyboardEvent("", { key, keyCode });
                keys.keydown(event);
                keys.keyup(event);
            };
            for (const key of arguments[0]) press(key, key.toUpperCase().charCodeAt(0));
            press("Enter", 13);
            """,
            address,
        )
        self.wait_for("return !!compose.document.querySelector('#recipientsContainer mail-address-pill')")

    def switch(self, name: str, on: bool = True) -> None:
        """Sets the switch `sign` or `encrypt`."""
        if self.is_on(name) is not on:
            self.press(f"[data-switch={name}]")
            assert self.is_on(name) is on

    def is_on(self, name: str) -> bool:
        """Whether a switch is on."""
        script = "return strip.querySelector(`[data-switch=${arguments[0]}]`).ariaPressed === 'true'"
        pressed: bool = self.run(script, name)
        return pressed

    def text(self) -> str:
        """The text that stands in the window."""
        words: str = self.run("return compose.gMsgCompose.editor.document.body.innerText")
        return words

    def line(self) -> str:
        """What the strip says."""
        words: str = self.run("return strip.querySelector('.line').textContent")
        return words

    def send(self, how: str = "SendMessage") -> None:
        """Presses Send (or `SendMessageLater`, `SaveAsDraft`)."""
        self.run("compose.setTimeout(() => compose[arguments[0]]())", how)

    def save(self, how: str = "SaveAsDraft") -> None:
        """Saves the message (as draft, or `SaveAsTemplate`, `AutoSave`) and waits until that is done."""
        self._thunderbird.run_async(
            """
            const compose = Services.wm.getMostRecentWindow("msgcompose");
            await compose[given[0]]();
            for (let turn = 0; turn < 1200 && compose.gSaveOperationInProgress; turn++) {
                await new Promise(resolve => setTimeout(resolve, 50));
            }
            """,
            how,
        )

    def wait_until_gone(self, seconds: float = 60) -> None:
        """Waits until the window has closed, as it does after sending."""
        self._thunderbird.wait_for("return !Services.wm.getMostRecentWindow('msgcompose')", seconds=seconds)

    def answer_question(self, button: str, picture: Path | None = None) -> None:
        """Presses a button (`accept`, `cancel`) of the question in front of the window, once it is there."""
        asked = """
            const all = [...Services.wm.getEnumerator(null)];
            const dialog = all.find(each => each.location.href.endsWith("/commonDialog.xhtml"));
            const buttons = dialog?.document.querySelector("dialog");
            if (!buttons?._buttons?.[arguments[0]] || dialog.document.readyState !== "complete") return false;
        """
        self.wait_for(asked + "return true", button)
        if picture:
            # Marionette itself touches no window with a question in front: it would answer it.
            drawn = """
                const all = [...Services.wm.getEnumerator(null)];
                const dialog = all.find(each => each.location.href.endsWith("/commonDialog.xhtml"));
                const bitmap = await dialog.browsingContext.currentWindowGlobal.drawSnapshot(null, 1, "white");
                const canvas = document.createElementNS("http://www.w3.org/1999/xhtml", "canvas");
                [canvas.width, canvas.height] = [bitmap.width, bitmap.height];
                canvas.getContext("2d").drawImage(bitmap, 0, 0);
                return canvas.toDataURL().split(",")[1];
            """
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(base64.b64decode(self._thunderbird.run_async(drawn)))
        self.run(asked + "dialog.setTimeout(() => buttons.getButton(arguments[0]).click(), 0)", button)

    def refusal(self) -> str:
        """What the window says after a sending that was refused; it is still there."""
        script = """
            const notice = compose?.gComposeNotification.getNotificationWithValue("letterlock");
            return notice?.messageText?.textContent.trim();
        """
        text: str = self.wait_for(script)
        return text

    def close(self) -> None:
        """Closes every compose window without saving."""
        self._thunderbird.run(
            """
            for (const each of Services.wm.getEnumerator("msgcompose")) {
                each.gContentChanged = false;
                each.close();
            }
            """
        )
        self.wait_until_gone()

    def screenshot(self, picture: Path) -> None:
        """Keeps a picture of the compose window."""
        marionette = self._thunderbird.marionette
        main = marionette.current_chrome_window_handle
        others = set(marionette.chrome_window_handles) - {main}
        for window in others:
            marionette.switch_to_window(window)
            picture.parent.mkdir(parents=True, exist_ok=True)
            picture.write_bytes(base64.b64decode(marionette.screenshot(format="base64", full=False)))
            break
        marionette.switch_to_window(main)
