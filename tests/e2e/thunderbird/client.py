"""Thunderbird as a person has it, driven from a test: installed program, own profile and home, real add-on and host.

It knows how to start Thunderbird, put mail into Local Folders, open it and look at what is on screen (through
Marionette, in the chrome context). What the add-on should show is the tests' business.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
import time
from pathlib import Path
from typing import Any

from marionette_driver.addons import Addons
from marionette_driver.marionette import Marionette

from tests.e2e.processes import ProcessGroup, free_port, listening
from tests.needs import require_program

ADDON = "thunderbird@letterlock"

QUIET = {
    # Nothing leaves the machine and no window but ours opens.
    "app.update.disabledForTesting": True,
    "app.donation.eoy.version.viewed": 999,
    "app.normandy.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "datareporting.policy.dataSubmissionPolicyBypassNotification": True,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "mail.chat.enabled": False,
    "mail.inappnotifications.enabled": False,
    "mail.inappnotifications.url": "",
    "mail.instrumentation.postUrl": "",
    "mail.provider.suppress_dialog_on_startup": True,
    "mail.rights.version": 1,
    "mail.shell.checkDefaultClient": False,
    "mail.spotlight.firstRunDone": True,
    "mail.startup.enabledMailCheckOnce": True,
    "mailnews.start_page.enabled": False,
    "mailnews.start_page_override.mstone": "ignore",
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.startup.max_resumed_crashes": -1,
    "toolkit.telemetry.server": "data:;base64,",
    # A screen that shows the message, not the folder tree.
    "mail.pane_config.dynamic": 0,
    "ui.prefersReducedMotion": 1,
}

ACCOUNTS = {
    "mail.accountmanager.accounts": "account1,account2",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.userName": "nobody",
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
    "mail.account.account2.server": "server2",
    "mail.account.account2.identities": "id1",  # without one, no IMAP folder can be opened
    "mail.identity.id1.fullName": "Bert Beispiel",
    "mail.identity.id1.useremail": "bert@beispiel.example",
    "mail.identity.id1.valid": True,
    "mail.server.server2.type": "imap",
    "mail.server.server2.hostname": "127.0.0.1",
    "mail.server.server2.name": "IMAP",
    "mail.server.server2.socketType": 0,
    "mail.server.server2.authMethod": 3,  # a password in clear: it never leaves the machine
    "mail.server.server2.check_new_mail": False,
    "mail.server.server2.login_at_startup": False,  # or a prompt for the password holds everything up
    "mail.server.server2.directory-rel": "[ProfD]ImapMail/127.0.0.1",
}

MARIONETTE = ("-marionette", "-remote-allow-system-access")

DARK, LIGHT = 1, 0


class Thunderbird:
    """A running Thunderbird. `home` keeps its profile and native-messaging manifest and is its whole world."""

    def __init__(self, home: Path, imap_port: int, imap_user: str) -> None:
        program = require_program("thunderbird", "thunderbird")
        profile = home / "profile"
        profile.mkdir(parents=True, exist_ok=True)
        port = free_port()
        preferences: dict[str, Any] = {**QUIET, **ACCOUNTS, "marionette.port": port}
        preferences |= {"mail.server.server2.port": imap_port, "mail.server.server2.userName": imap_user}
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        )
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        environment |= {"HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS_WIDTH": "1200"}
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
        self.marionette.timeout.script = 30
        self.wait_for("return !!window.gTabmail?.currentAboutMessage || !!window.gTabmail?.currentAbout3Pane")
        self.run("window.resizeTo(1200, 900)")

    def quit(self) -> None:
        """Ends it as a person would; whatever is left afterwards is killed."""
        with contextlib.suppress(Exception):
            self.run("Services.startup.quit(Ci.nsIAppStartup.eForceQuit)")
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

    def wait_for(self, script: str, *arguments: Any, seconds: float = 10) -> Any:
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

    def install(self, package: Path) -> None:
        """Installs the add-on, as "Debug Add-ons" would."""
        Addons(self.marionette).install(str(package), temp=True)

    def remove_addon(self) -> None:
        """Removes it, as the add-ons manager would."""
        Addons(self.marionette).uninstall(ADDON)

    def suspend_addon(self) -> None:
        """Sends the add-on's background to sleep, as Thunderbird does when nothing happens for a while."""
        self.run_async("await WebExtensionPolicy.getByID(given[0]).extension.terminateBackground()", ADDON)

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
        uri: str = self.run_async(
            """
            const [password, subject] = given;
            const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
            const server = MailServices.accounts.allServers.find(each => each.type === "imap");
            const login = Cc["@mozilla.org/login-manager/loginInfo;1"].createInstance(Ci.nsILoginInfo);
            login.init("imap://127.0.0.1", null, "imap://127.0.0.1", server.username, password, "", "");
            await Services.logins.addLoginAsync(login);
            const inbox = server.rootFolder.getFolderWithFlags(Ci.nsMsgFolderFlags.Inbox);
            inbox.getNewMessages(msgWindow, null);
            for (let turn = 0; turn < 200; turn++) {
                for (const header of inbox.messages) {
                    if (header.mime2DecodedSubject === subject) return inbox.getUriForMsg(header);
                }
                await new Promise(resolve => setTimeout(resolve, 50));
            }
            throw new Error(`no message "${subject}" on the IMAP server`);
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

    # What is on screen. `_SHOWN` finds the about:message that the person looks at, and the bar in it.

    _SHOWN = """
        const top = Services.wm.getMostRecentWindow("mail:messageWindow") ?? window;
        const about = top.messageBrowser?.contentWindow ?? top.gTabmail?.currentAboutMessage;
        const root = about?.document.getElementById("letterlock-bar")?.shadowRoot;
        const bar = root?.querySelector(".bar:not([hidden])");
        const header = about?.document.getElementById("msgHeaderView");
        const subject = header?.collapsed === false
            ? about.document.getElementById("expandedsubjectBox").value.textContent
            : null;
    """

    def bar(self) -> dict[str, Any] | None:
        """The bar as it is now, in words and looks, and the `uri` of the message below it."""
        shown: dict[str, Any] | None = self.run(
            self._SHOWN
            + """
            return bar && {
                uri: about.gMessageURI,
                code: bar.dataset.code,
                tone: bar.dataset.tone,
                icon: bar.dataset.icon,
                headline: bar.querySelector(".headline").textContent,
                lines: [...bar.querySelectorAll(".below")].map(line => line.textContent),
                buttons: [...bar.querySelectorAll("button")].map(button => button.dataset.action),
                announced: root.querySelector("[role=status]").textContent,
                background: about.getComputedStyle(bar).backgroundColor,
            };
            """
        )
        return shown

    def wait_for_bar(self, code: str, uri: str, seconds: float = 10) -> dict[str, Any]:
        """The bar once it says that of that message."""
        deadline = time.monotonic() + seconds
        while True:
            bar = self.bar()
            if bar and bar["code"] == code and bar["uri"] == uri:
                return bar
            if time.monotonic() > deadline:
                raise AssertionError(f"no bar {code!r} within {seconds} s; it is {bar}")
            time.sleep(0.02)

    def wait_for_subject(self, subject: str) -> None:
        """Waits until Thunderbird's header shows that subject."""
        self.wait_for(self._SHOWN + "return subject === arguments[0]", subject)

    def bar_is_between_header_and_body(self) -> bool:
        """Whether the bar stands in Thunderbird's own document, below the header and above the body's browser."""
        between: bool = self.run(
            self._SHOWN
            + """
            const body = about.document.getElementById("messagepane");
            const [above, own, below] = [header, bar, body].map(each => each.getBoundingClientRect());
            return body.contentDocument !== about.document && above.bottom <= own.top && own.bottom <= below.top
                && own.height > 20 && !body.contentDocument.getElementById("letterlock-bar");
            """
        )
        return between

    def press(self, action: str) -> None:
        """Presses a button of the bar by the keyboard: focus, then Return."""
        self.run(
            self._SHOWN
            + """
            bar.querySelector(`button[data-action=${arguments[0]}]`).focus();
            const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            keys.beginInputTransactionForTests(about);
            const key = new about.KeyboardEvent("", { key: "Enter", keyCode: 13 });
            keys.keydown(key);
            keys.keyup(key);
            """,
            action,
        )

    # The add-on's details window.

    def details(self, picture: Path) -> str:
        """The text of the details window, once it shows a verdict; keeps a picture of it."""
        text: str = self.run_async(
            """
            const pause = () => new Promise(resolve => setTimeout(resolve, 30));
            const read = encodeURIComponent(`{
                const view = content.document.querySelector(".verdict");
                const shown = view?.dataset.phase === "opened";
                sendAsyncMessage("letterlock-test", shown ? content.document.body.innerText : null);
            }`);
            for (let turn = 0; turn < 300; turn++) {
                const popup = Services.wm.getMostRecentWindow("mail:extensionPopup");
                const page = popup?.document.querySelector("browser[src], browser");
                if (page?.currentURI?.spec.includes("/ui/thunderbird.html")) {
                    // The page lives in another process, where only a frame script can look.
                    const text = await new Promise(resolve => {
                        page.messageManager.addMessageListener("letterlock-test", function once({ data }) {
                            page.messageManager.removeMessageListener("letterlock-test", once);
                            resolve(data);
                        });
                        page.messageManager.loadFrameScript(`data:,${read}`, false);
                    });
                    if (text) return text;
                }
                await pause();
            }
            throw new Error("no details window with a verdict");
            """
        )
        main = self.marionette.current_chrome_window_handle
        (window,) = set(self.marionette.chrome_window_handles) - {main}
        self.marionette.switch_to_window(window)
        self.screenshot(picture)
        self.marionette.switch_to_window(main)
        return text

    # Watching the screen while a test does other things.

    def watch(self) -> None:
        """Notes from now on, every few milliseconds, which subject and which bar are on screen together."""
        self.run(
            """
            window.letterlockSeen = new Set();
            window.letterlockWatch = setInterval(() => {
            """
            + self._SHOWN
            + """
                window.letterlockSeen.add(JSON.stringify([subject, bar?.dataset.code ?? null]));
            }, 2);
            """
        )

    def watched(self) -> set[tuple[str | None, str | None]]:
        """Ends the watch: every pair of subject and code that was seen."""
        pairs = self.run("clearInterval(window.letterlockWatch); return [...window.letterlockSeen].map(JSON.parse)")
        return {(subject, code) for subject, code in pairs}

    def traces(self) -> list[str]:
        """What of the add-on is left in Thunderbird."""
        left: list[str] = self.run(
            """
            const left = [];
            const pages = [gTabmail.currentAbout3Pane?.messageBrowser?.contentWindow, gTabmail.currentAboutMessage];
            for (const page of pages) {
                if (page?.document.getElementById("letterlock-bar")) left.push(`a bar in ${page.location}`);
            }
            if (WebExtensionPolicy.getByID(arguments[0])) left.push("the extension's policy");
            for (const name of ["letterlock", "letterlock-icons"]) {
                try {
                    Cc["@mozilla.org/chrome/chrome-registry;1"].getService(Ci.nsIChromeRegistry)
                        .convertChromeURL(Services.io.newURI(`chrome://${name}/content/x`));
                    left.push(`chrome://${name}`);
                } catch {}
            }
            return left;
            """,
            ADDON,
        )
        return left

    def speak(self, locale: str) -> None:
        """Makes that Thunderbird's language for what is loaded from now on (its own texts need a language pack)."""
        self.run(
            """
            Services.locale.availableLocales = ["en-US", arguments[0]];
            Services.locale.requestedLocales = [arguments[0]];
            """,
            locale,
        )

    def colours(self, scheme: int) -> None:
        """Makes the desktop `DARK` or `LIGHT`, and waits until Thunderbird has drawn the message anew."""
        self.run(
            """
            Services.prefs.setIntPref("ui.systemUsesDarkTheme", arguments[0]);
            Services.obs.notifyObservers(null, "look-and-feel-changed");
            """,
            scheme,
        )
        dark = "matchMedia('(prefers-color-scheme: dark)').matches"
        about = "gTabmail.currentAboutMessage"
        self.wait_for(f"return !{about} || ({about}.{dark} === !!arguments[0] && {about}.msgLoaded)", scheme)

    def screenshot(self, file: Path) -> None:
        """Keeps a picture of the whole window, message included."""
        _keep(file, self.marionette.screenshot(format="base64", full=False))


def _keep(file: Path, picture: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(picture))
