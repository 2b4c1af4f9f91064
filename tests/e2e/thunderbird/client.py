"""Thunderbird as a person has it, driven from a test: installed program, own profile and home, real add-on and host.

It knows how to start Thunderbird, give it the add-on, file mail and open it, by scripts in its main window (through
Marionette, in the chrome context). What is then to be seen is `screen.py`.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from marionette_driver.addons import Addons
from marionette_driver.marionette import Marionette

from tests.e2e.processes import ProcessGroup, free_port, listening
from tests.e2e.thunderbird.profile import ACCOUNTS, QUIET
from tests.needs import require_program

ADDON = "thunderbird@letterlock"

MARIONETTE = ("-marionette", "-remote-allow-system-access")


class Thunderbird:
    """A running Thunderbird. `home` keeps its profile and native-messaging manifest and is its whole world.

    `more`: preferences beside the usual ones; `program`: another than the installed one."""

    def __init__(
        self,
        home: Path,
        imap_port: int,
        imap_user: str,
        more: Mapping[str, Any] | None = None,
        program: Path | None = None,
    ) -> None:
        program = program or require_program("thunderbird", "thunderbird")
        profile = home / "profile"
        profile.mkdir(parents=True, exist_ok=True)
        port = free_port()
        preferences: dict[str, Any] = {**QUIET, **ACCOUNTS, "marionette.port": port}
        preferences |= {"mail.server.server2.port": imap_port, "mail.server.server2.userName": imap_user}
        preferences |= more or {}
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        )
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        environment |= {"HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS_WIDTH": "1200"}
        environment["TMPDIR"] = str(home / "temporary")
        (home / "temporary").mkdir(exist_ok=True)
        self._group = ProcessGroup(
            [str(program), "--headless", "--no-remote", "--profile", str(profile), *MARIONETTE],
            home / "thunderbird.log",
            environment,
        )
        self._group.wait_until(lambda: listening(port), "Marionette")
        self.pid = self._group.pid
        self.marionette = Marionette(host="127.0.0.1", port=port)
        self.marionette.start_session()
        self.marionette.set_context("chrome")
        self.marionette.timeout.script = 90
        self.wait_for("return !!window.gTabmail?.currentAboutMessage || !!window.gTabmail?.currentAbout3Pane")
        self.run("window.resizeTo(1200, 900)")

    def quit(self) -> None:
        """Ends it as a person would; whatever is left afterwards is killed."""
        with contextlib.suppress(Exception):
            self.run("Services.startup.quit(Ci.nsIAppStartup.eForceQuit)")
        self._group.stop()

    def kill(self) -> None:
        """Ends it at once, as a crash or a cut power line does."""
        os.kill(self.pid, signal.SIGKILL)
        self._group.stop()

    # Scripts in Thunderbird's main window.

    def run(self, script: str, *arguments: Any) -> Any:
        """The value that chrome JavaScript returns."""
        return self.marionette.execute_script(script, script_args=arguments, sandbox="system")

    def run_async(self, body: str, *arguments: Any) -> Any:
        """The value that the body of an async function returns; its `arguments` are `given`."""
        script = """
            const given = [...arguments], resolve = given.pop();
            (async () => { %s })().then(
                value => resolve({ value }),
                error => resolve({ error: `${error}\n${error.stack}` }),
            );
        """
        answer = self.marionette.execute_async_script(script % body, script_args=arguments, sandbox="system")
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def wait_for(self, script: str, *arguments: Any, seconds: float = 60) -> Any:
        """The first true value that the script returns."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {seconds} s: {script}")
            time.sleep(0.03)

    # The add-on.

    def install(self, package: Path, for_good: bool = False) -> None:
        """Installs the add-on, as "Debug Add-ons" would, or (`for_good`) as "Install Add-on From File" does."""
        Addons(self.marionette).install(str(package), temp=not for_good)

    def switch_addon(self, on: bool) -> None:
        """Disables or enables it, as the add-ons manager would."""
        self.run_async(
            """
            const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
            const addon = await AddonManager.getAddonByID(given[0]);
            await (given[1] ? addon.enable() : addon.disable());
            """,
            ADDON,
            on,
        )

    def addon_version(self) -> str | None:
        """The version of the add-on that is active."""
        version: str | None = self.run(
            "return WebExtensionPolicy.getByID(arguments[0])?.extension.version ?? null", ADDON
        )
        return version

    def remove_addon(self, addon: str = ADDON) -> None:
        """Removes it, as the add-ons manager would."""
        Addons(self.marionette).uninstall(addon)

    def suspend_addon(self) -> None:
        """Sends the add-on's background to sleep, as Thunderbird does when nothing happens for a while.

        While its port to the host is open Thunderbird lets it be, unless it is told not to mind.
        """
        self.run_async(
            """
            const { extension } = WebExtensionPolicy.getByID(given[0]);
            await extension.terminateBackground({ disableResetIdleForTest: true });
            if (extension.backgroundState !== "stopped") throw new Error(extension.backgroundState);
            """,
            ADDON,
        )

    def crash_addon(self) -> None:
        """Kills the process that add-ons run in."""
        (process,) = self.run_async(
            """
            const { children } = await ChromeUtils.requestProcInfo();
            return children.filter(each => each.type === "extension").map(each => each.pid);
            """
        )
        os.kill(process, signal.SIGKILL)

    def open_page(self, path: str) -> None:
        """Opens a page of the add-on in a window of its own, as the add-on does."""
        self.run(
            """
            const { extension } = WebExtensionPolicy.getByID(arguments[0]);
            const url = extension.baseURI.resolve(arguments[1].slice(1));
            const popup = "chrome://messenger/content/extensionPopup.xhtml";
            const wanted = { tabs: [{ tabParams: { url } }], triggeringPrincipal: extension.principal };
            const features = "chrome,dialog=no,resizable,width=900,height=700";
            window.openDialog(popup, "_blank", features, null, { wrappedJSObject: wanted });
            """,
            ADDON,
            path,
        )

    # Mail.

    def file(self, message: bytes) -> str:
        """Puts a message into Local Folders' folder "Letterlock", octet by octet, and returns its URI."""
        uri: str = self.run_async(
            """
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const root = MailServices.accounts.localFoldersServer.rootFolder.QueryInterface(Ci.nsIMsgLocalMailFolder);
            const folder = root.containsChildNamed("Letterlock")
                ? root.getChildNamed("Letterlock")
                : root.createLocalSubfolder("Letterlock");
            const file = Services.dirsvc.get("TmpD", Ci.nsIFile);
            file.append("letterlock-test.eml");
            file.createUnique(Ci.nsIFile.NORMAL_FILE_TYPE, 0o600);
            await IOUtils.write(file.path, Uint8Array.from(atob(given[0]), octet => octet.charCodeAt(0)));
            const key = await new Promise((resolve, reject) => {
                let key;
                MailServices.copy.copyFileMessage(file, folder, null, false, Ci.nsMsgMessageFlags.Read, "", {
                    QueryInterface: ChromeUtils.generateQI(["nsIMsgCopyServiceListener"]),
                    onStartCopy() {},
                    onProgress() {},
                    setMessageKey(given) { key = given; },
                    getMessageId() { return null; },
                    onStopCopy(status) { Components.isSuccessCode(status) ? resolve(key) : reject(Error(status)); },
                }, null);
            });
            await IOUtils.remove(file.path);
            return folder.generateMessageURI(key);
            """,
            base64.b64encode(message).decode(),
        )
        return uri

    def read_imap(self, password: str, subject: str) -> str:
        """Logs in to the IMAP account and returns the URI of the message of that subject in its inbox."""
        self.run_async(
            """
            const [password] = given;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const server = MailServices.accounts.allServers.find(each => each.type === "imap");
            const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
            login.init("imap://127.0.0.1", null, "imap://127.0.0.1", server.username, password, "", "");
            await Services.logins.addLoginAsync(login);
            """,
            password,
        )
        return self.imap_message(subject)

    def imap_message(self, subject: str) -> str:
        """The URI of the message of that subject in the inbox of the IMAP account, which has its password."""
        uri: str = self.run_async(
            """
            const [subject] = given;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const server = MailServices.accounts.allServers.find(each => each.type === "imap");
            const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
            for (let turn = 0; turn < 400; turn++) {
                if (turn % 40 === 0) inbox.getNewMessages(msgWindow, null);
                for (const header of inbox.messages) {
                    if (header.mime2DecodedSubject === subject) return inbox.getUriForMsg(header);
                }
                await new Promise(resolve => setTimeout(resolve, 50));
            }
            throw new Error(`no message "${subject}" on the IMAP server`);
            """,
            subject,
        )
        return uri

    def fetch_pop(self, password: str, subject: str) -> str:
        """Logs in to the POP3 account, fetches, and returns the URI of the message of that subject in its inbox."""
        uri: str = self.run_async(
            """
            const [password, subject] = given;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const server = MailServices.accounts.allServers.find(each => each.type === "pop3");
            server.password = password;
            const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
            MailServices.pop3.GetNewMail(msgWindow, null, inbox, server);
            for (let turn = 0; turn < 500; turn++) {
                for (const header of inbox.messages) {
                    if (header.mime2DecodedSubject === subject) return inbox.getUriForMsg(header);
                }
                await new Promise(resolve => setTimeout(resolve, 50));
            }
            throw new Error(`no message "${subject}" on the POP3 server`);
            """,
            password,
            subject,
        )
        return uri

    def select(self, uri: str) -> None:
        """Selects a message in the three-pane window, without waiting for anything."""
        self.run(
            """
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const header = MailServices.messageServiceFromURI(arguments[0]).messageURIToMsgHdr(arguments[0]);
            gTabmail.switchToTab(0);
            const pane = gTabmail.currentAbout3Pane;
            if (pane.gFolder?.URI !== header.folder.URI) {
                pane.displayFolder(header.folder.URI);
            }
            pane.threadTree.selectedIndex = pane.gDBView.findIndexOfMsgHdr(header, true);
            """,
            uri,
        )

    def open_in(self, where: str, uri: str) -> None:
        """Opens a message in a `tab` or a `window` of its own."""
        self.run(
            """
            const [where, messageURI] = arguments;
            if (where === "tab") {
                gTabmail.openTab("mailMessageTab", { messageURI });
            } else {
                MsgOpenNewWindowForMessage(Services.io.newURI(messageURI));
            }
            """,
            where,
            uri,
        )

    def choose_in_menu(self, item: str) -> None:
        """Opens the context menu of the selected message in the list, and chooses an item of the add-on's."""
        self.run_async(
            """
            const pane = gTabmail.currentAbout3Pane;
            const menu = pane.document.getElementById("mailContext") ?? document.getElementById("mailContext");
            const shown = new Promise(resolve => menu.addEventListener("popupshown", resolve, { once: true }));
            const row = pane.threadTree.getRowAtIndex(pane.threadTree.selectedIndex);
            const { x, y } = row.getBoundingClientRect();
            const at = { bubbles: true, cancelable: true, button: 2, clientX: x + 40, clientY: y + 8 };
            row.dispatchEvent(new pane.MouseEvent("contextmenu", at));
            await shown;
            const found = menu.querySelector(`[id$="-menuitem-_${given[0]}"]`);
            if (!found) throw new Error([...menu.querySelectorAll("[id*=letterlock]")].map(each => each.id).join());
            found.doCommand();
            menu.hidePopup();
            """,
            item,
        )

    def slow_down(self, seconds: float) -> None:
        """From now until `tidy`, every message takes that long to arrive, as from a slow server: until then
        Thunderbird knows which message is next and still shows the one before."""
        self.run(
            """
            const about = gTabmail.currentAbout3Pane.messageBrowser.contentWindow;
            const display = (about.letterlockDisplay ??= about.displayMessage);
            about.displayMessage = (uri, view) => {
                if (!uri) return display.call(about, uri, view);
                about.msgLoaded = about.msgLoading = false;
                about.gMessageURI = uri;
                about.gMessage = about.MailServices.messageServiceFromURI(uri).messageURIToMsgHdr(uri);
                about.setTimeout(() => display.call(about, uri, view), 1000 * arguments[0]);
            };
            """,
            seconds,
        )

    def tidy(self) -> None:
        """Closes what was opened: one window, one tab, nothing selected."""
        self.run(
            """
            for (const other of Services.wm.getEnumerator(null)) {
                if (other !== window) other.close();
            }
            while (gTabmail.tabInfo.length > 1) gTabmail.closeTab(1);
            const pane = gTabmail.currentAbout3Pane;
            const about = pane.messageBrowser.contentWindow;
            if (about?.letterlockDisplay) about.displayMessage = about.letterlockDisplay;
            if (pane.gDBView) pane.threadTree.selectedIndex = -1;
            """
        )
        self.wait_for("return [...Services.wm.getEnumerator(null)].length === 1")
        self.wait_for("return !gTabmail.currentAboutMessage?.gMessageURI")

    def speak(self, locale: str) -> None:
        """Makes that Thunderbird's language for what is loaded from now on (its own texts need a language pack)."""
        self.run(
            """
            Services.locale.availableLocales = ["en-US", arguments[0]];
            Services.locale.requestedLocales = [arguments[0]];
            """,
            locale,
        )
