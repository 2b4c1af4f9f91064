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

LOCAL_FOLDERS = {
    "mail.accountmanager.accounts": "account1",
    "mail.accountmanager.localfoldersserver": "server1",
    "mail.account.account1.server": "server1",
    "mail.server.server1.type": "none",
    "mail.server.server1.hostname": "Local Folders",
    "mail.server.server1.name": "Local Folders",
    "mail.server.server1.userName": "nobody",
    "mail.server.server1.directory-rel": "[ProfD]Mail/Local Folders",
}

DARK, LIGHT = 1, 0


class Thunderbird:
    """A running Thunderbird. `home` keeps its profile and native-messaging manifest and is its whole world."""

    def __init__(self, home: Path, locale: str | None = None) -> None:
        program = require_program("thunderbird", "thunderbird")
        profile = home / "profile"
        profile.mkdir(parents=True, exist_ok=True)
        port = free_port()
        preferences: dict[str, Any] = {**QUIET, **LOCAL_FOLDERS, "marionette.port": port}
        if locale:
            preferences["intl.locale.requested"] = locale
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in preferences.items())
        )
        environment = {key: value for key, value in os.environ.items() if not key.startswith("XDG_")}
        environment |= {"HOME": str(home), "MOZ_CRASHREPORTER_DISABLE": "1", "MOZ_HEADLESS_WIDTH": "1200"}
        self._group = ProcessGroup(
            [str(program), "--headless", "--profile", str(profile), "--no-remote", "-marionette"]
            + ["-remote-allow-system-access"],
            home / "thunderbird.log",
            environment,
        )
        self._group.wait_until(lambda: listening(port), "Marionette")
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
            (async () => { %s })().then(value => resolve({value}), error => resolve({error: `${error}\n${error.stack}`}));
        """  # noqa: UP031 -- the script is full of braces
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

    # What is on screen. `_SHOWN` finds the about:message that the person looks at.

    _SHOWN = """
        const top = Services.wm.getMostRecentWindow("mail:messageWindow") ?? window;
        const about = top.messageBrowser?.contentWindow ?? top.gTabmail.currentAboutMessage;
        const root = about?.document.getElementById("letterlock-bar")?.shadowRoot;
        const bar = root?.querySelector(".bar:not([hidden])");
    """

    def bar(self) -> dict[str, Any] | None:
        """The bar as it is now: status, headline, reason, buttons, announced, uri (of the message below it)."""
        shown: dict[str, Any] | None = self.run(
            self._SHOWN
            + """
            return bar && {
                uri: about.gMessageURI,
                status: bar.dataset.status,
                headline: bar.querySelector(".headline").textContent,
                reason: bar.querySelector(".reason")?.textContent ?? "",
                buttons: [...bar.querySelectorAll("button")].map(button => button.dataset.action),
                announced: root.querySelector("[role=status]").textContent,
            };
            """
        )
        return shown

    def wait_for_bar(self, status: str, uri: str | None = None, seconds: float = 10) -> dict[str, Any]:
        """The bar once it has that status (over that message, if given)."""
        deadline = time.monotonic() + seconds
        while True:
            bar = self.bar()
            if bar and bar["status"] == status and uri in (None, bar["uri"]):
                return bar
            if time.monotonic() > deadline:
                raise AssertionError(f"no bar {status!r} within {seconds} s; it is {bar}")
            time.sleep(0.02)

    def press(self, action: str) -> None:
        """Presses a button of the bar by the keyboard: focus, then Return."""
        self.run(
            self._SHOWN
            + """
            const button = bar.querySelector(`button[data-action=${arguments[0]}]`);
            button.focus();
            const keys = Cc["@mozilla.org/text-input-processor;1"].createInstance(Ci.nsITextInputProcessor);
            keys.beginInputTransactionForTests(about);
            const key = new about.KeyboardEvent("", { key: "Enter", keyCode: 13 });
            keys.keydown(key);
            keys.keyup(key);
            """,
            action,
        )

    def colours(self, scheme: int) -> None:
        """Makes the desktop `DARK` or `LIGHT`."""
        self.run(
            """
            Services.prefs.setIntPref("ui.systemUsesDarkTheme", arguments[0]);
            Services.obs.notifyObservers(null, "look-and-feel-changed");
            """,
            scheme,
        )

    def screenshot(self, file: Path) -> None:
        """Keeps a picture of the whole window, message included."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(base64.b64decode(self.marionette.screenshot(format="base64", full=False)))
