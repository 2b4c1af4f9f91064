"""Debian's Firefox with the unpacked extension, driven by Mozilla's Marionette."""

from __future__ import annotations

import base64
import contextlib
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from marionette_driver import errors
from marionette_driver.addons import Addons
from marionette_driver.by import By
from marionette_driver.keys import Keys
from marionette_driver.marionette import ActionSequence, Marionette

from letterlock.clients.table import FIREFOX_EXTENSION
from tests.e2e.browsers import NoPanel, NotNow, wait_for
from tests.e2e.processes import ProcessGroup, free_port, listening

_INTERNAL_ID = "6f5c8a52-2f5c-4d0b-9a57-6d5f1c1e7a10"
"""The host part of the extension's addresses. Firefox draws it by lot for each profile; here it is given."""

_SETTINGS = {
    "extensions.webextensions.uuids": json.dumps({FIREFOX_EXTENSION: _INTERNAL_ID}),
    # Whatever would go out to the network, or put a page of its own before ours.
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.aboutwelcome.enabled": False,
    "browser.safebrowsing.malware.enabled": False,
    "browser.safebrowsing.phishing.enabled": False,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "datareporting.healthreport.uploadEnabled": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.blocklist.enabled": False,
    "extensions.getAddons.cache.enabled": False,
    "extensions.update.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,#remote-settings-dummy/v1",
    "toolkit.telemetry.enabled": False,
    "toolkit.telemetry.server": "data:,",
}
_KEYS = {"Enter": Keys.ENTER, "Tab": Keys.TAB, "Escape": Keys.ESCAPE, " ": " "}
_SCHEME = "layout.css.prefers-color-scheme.content-override"
_DARK, _LIGHT = 0, 1

_STOP_BACKGROUND = """
    const [id, done] = arguments;
    const {extension} = WebExtensionPolicy.getByID(id);
    const options = {ignoreDevToolsAttached: true, disableResetIdleForTest: true};
    extension.terminateBackground(options).then(() => done(), done);
"""
_OPEN_MENU = """
    const [id, done] = arguments;
    const {ExtensionParent} = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
    const action = ExtensionParent.apiManager.global.browserActionFor(WebExtensionPolicy.getByID(id).extension);
    action.openPopup(window, false).then(() => done(), done);
"""
_BADGE = """
    const {ExtensionParent} = ChromeUtils.importESModule("resource://gre/modules/ExtensionParent.sys.mjs");
    const extension = WebExtensionPolicy.getByID(arguments[0]).extension;
    return ExtensionParent.apiManager.global.browserActionFor(extension).action.getProperty(null, "badgeText");
"""
_MENU_IS_LOADED = """
    const menu = document.querySelector(".webextension-popup-browser");
    return menu?.currentURI.filePath === "/ui/popup.html" && !menu.webProgress.isLoadingDocument;
"""
_PRESS_IN_MENU = """
    const press = `content.document.querySelector(${JSON.stringify(arguments[0])}).click()`;
    const script = `data:application/javascript;charset=utf-8,${encodeURIComponent(press)}`;
    document.querySelector(".webextension-popup-browser").messageManager.loadFrameScript(script, false);
"""


class Firefox:
    """Firefox with a home and a profile of its own in `folder`, and the extension that lies unpacked in `extension`.

    Firefox asks the user before an extension may read a site, even one in its manifest; `sites` (match patterns) are
    granted as if the user had said yes.
    """

    name = "firefox"

    def __init__(
        self, program: Path, folder: Path, extension: Path, sites: tuple[str, ...] = (), language: str = "en-US"
    ) -> None:
        self._port = port = free_port()
        self._program, self._folder, self._extension, self._sites = program, folder, extension, sites
        profile = folder / "firefox"
        profile.mkdir(parents=True)
        settings = _SETTINGS | {"marionette.port": port, "intl.locale.requested": language}
        (profile / "user.js").write_text(
            "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in settings.items())
        )
        self.opened_first = ""
        self._launch()

    def _launch(self) -> None:
        folder, port = self._folder, self._port
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        self._process = ProcessGroup(
            [
                str(self._program),
                "--headless",
                "--profile",
                str(folder / "firefox"),
                "--no-remote",
                "-marionette",
                "-remote-allow-system-access",
                "--width=1280",
                "--height=985",
            ],
            folder / "firefox.log",
            inherited | {"HOME": str(folder), "MOZ_CRASHREPORTER_DISABLE": "1"},
        )
        try:
            self._process.wait_until(lambda: listening(port), "Marionette")
            self.marionette = Marionette(host="127.0.0.1", port=port)
            self.marionette.start_session()
            self.marionette.timeout.script = 15
            Addons(self.marionette).install(str(self._extension), temp=True)
            self._grant(self._sites)
            # Started again, it is not new any more.
            self.opened_first = self.opened_first or self._close_opened()
        except BaseException:
            self._process.stop()
            raise

    def restart(self) -> None:
        self.stop()
        self._launch()

    def open(self, url: str) -> None:
        self.marionette.switch_to_frame()
        self.marionette.navigate(url)

    def extension_url(self, path: str) -> str:
        return f"moz-extension://{_INTERNAL_ID}/{path}"

    def run(self, script: str, *arguments: Any) -> Any:
        self.marionette.switch_to_frame()
        return self._run(script, arguments)

    def run_in_panel(self, script: str, *arguments: Any) -> Any:
        self.marionette.switch_to_frame()
        try:
            entered = self._enter_panel()
        except errors.NoSuchWindowException as error:  # the page took the frame away on the way to it
            raise NotNow from error
        if not entered:
            raise NoPanel
        return self._run(script, arguments)

    def stop_background(self) -> None:
        with self.marionette.using_context("chrome"):
            self.marionette.execute_async_script(_STOP_BACKGROUND, script_args=(FIREFOX_EXTENSION,), sandbox="system")

    def choose_file(self, selector: str, file: Path) -> None:
        # Marionette fills visible fields only; a page opens the dialogue of its hidden field with a button.
        hidden = self.run("return document.querySelector(arguments[0]).hidden", selector)
        show = "document.querySelector(arguments[0]).hidden = arguments[1]"
        self.run(show, selector, False)
        self.marionette.find_element(By.CSS_SELECTOR, selector).send_keys(str(file))
        self.run(show, selector, hidden)

    def press_in_toolbar_menu(self, selector: str) -> None:
        marionette = self.marionette
        here = marionette.current_window_handle
        with marionette.using_context("chrome"):
            marionette.execute_async_script(_OPEN_MENU, script_args=(FIREFOX_EXTENSION,), sandbox="system")
            wait_for(lambda: marionette.execute_script(_MENU_IS_LOADED, sandbox="system"), "the toolbar menu")
            marionette.execute_script(_PRESS_IN_MENU, script_args=(selector,), sandbox="system")
        wait_for(lambda: len(marionette.window_handles) == 2, "a new tab")
        marionette.close()
        (opened,) = set(marionette.window_handles) - {here}
        marionette.switch_to_window(opened)

    def badge(self) -> str:
        with self.marionette.using_context("chrome"):
            return str(self.marionette.execute_script(_BADGE, script_args=(FIREFOX_EXTENSION,), sandbox="system"))

    @contextlib.contextmanager
    def in_new_tab(self, press: Callable[[], None]) -> Iterator[None]:
        marionette = self.marionette
        here, before = marionette.current_window_handle, set(marionette.window_handles)
        press()
        wait_for(lambda: len(marionette.window_handles) > len(before), "a new tab")
        (opened,) = set(marionette.window_handles) - before
        marionette.switch_to_window(opened)
        try:
            wait_for(lambda: self.run("return document.readyState") == "complete", "the page in the new tab")
            yield
        finally:
            marionette.close()
            marionette.switch_to_window(here)

    def click(self, selector: str) -> None:
        self.marionette.find_element(By.CSS_SELECTOR, selector).click()

    def type(self, selector: str, text: str) -> None:
        self.marionette.find_element(By.CSS_SELECTOR, selector).send_keys(text)

    def press(self, key: str) -> None:
        # Sent from the frame that has the focus, as a keyboard does.
        value = _KEYS.get(key, key)
        ActionSequence(self.marionette, "key", "keyboard").key_down(value).key_up(value).perform()

    def prefer_dark(self, dark: bool) -> None:
        self.marionette.set_pref(_SCHEME, _DARK if dark else _LIGHT)

    def screenshot(self, file: Path) -> None:
        self.marionette.switch_to_frame()
        file.write_bytes(base64.b64decode(self.marionette.screenshot(format="base64", full=False)))

    def stop(self) -> None:
        with contextlib.suppress(errors.MarionetteException, OSError):
            self.marionette.delete_session()
        self._process.stop()

    def _run(self, script: str, arguments: tuple[Any, ...]) -> Any:
        try:
            return self.marionette.execute_script(script, script_args=arguments, sandbox=None)
        except errors.NoSuchWindowException as error:
            raise NotNow from error
        except errors.JavascriptException as error:
            if "unload" in str(error):
                raise NotNow from error
            raise

    def _enter_panel(self) -> bool:
        """Makes the extension's first frame at or below the current one the current one. Finds frames by number, not
        by element, because an extension may hide its frame in a shadow root."""
        number = 0
        while True:
            try:
                self.marionette.switch_to_frame(number)
            except errors.NoSuchFrameException:
                return False
            if self._run("return location.protocol", ()) == "moz-extension:" or self._enter_panel():
                return True
            self.marionette.switch_to_parent_frame()
            number += 1

    def _close_opened(self) -> str:
        """Waits for the tab that the extension opens when it is installed, closes it, and tells its address."""
        marionette = self.marionette
        here = marionette.current_window_handle
        wait_for(lambda: len(marionette.window_handles) == 2, "the tab that the extension opens", 60)
        (opened,) = set(marionette.window_handles) - {here}
        marionette.switch_to_window(opened)
        own = self.extension_url("")
        address = str(
            wait_for(
                lambda: self.run("return location.href.startsWith(arguments[0]) && location.href", own), "its page", 60
            )
        )
        marionette.close()
        marionette.switch_to_window(here)
        return address

    def _grant(self, sites: tuple[str, ...]) -> None:
        with self.marionette.using_context("chrome"):
            self.marionette.execute_async_script(
                """
                const [id, origins, done] = arguments;
                const {ExtensionPermissions} = ChromeUtils.importESModule(
                  "resource://gre/modules/ExtensionPermissions.sys.mjs");
                const {extension} = WebExtensionPolicy.getByID(id);
                ExtensionPermissions.add(id, {permissions: [], origins}, extension).then(() => done(), done);
                """,
                script_args=(FIREFOX_EXTENSION, list(sites)),
                sandbox="system",
            )


def manifests(folder: Path) -> Path:
    """Where the Firefox started in `folder` looks for native hosts."""
    return folder / ".mozilla" / "native-messaging-hosts"
