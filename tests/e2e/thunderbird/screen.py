"""What a person sees of the add-on in Thunderbird and does there: the bar, its buttons, the details window."""

from __future__ import annotations

import base64
import time
from pathlib import Path
from typing import Any

from tests.e2e.thunderbird.client import ADDON, Thunderbird

DARK, LIGHT = 1, 0


class Screen:
    """The screen of one Thunderbird."""

    def __init__(self, thunderbird: Thunderbird) -> None:
        self._thunderbird = thunderbird
        self._run = thunderbird.run

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
        shown: dict[str, Any] | None = self._run(
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

    def wait_for_bar(self, code: str, uri: str, seconds: float = 60) -> dict[str, Any]:
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
        self._thunderbird.wait_for(self._SHOWN + "return subject === arguments[0]", subject)

    def bar_is_between_header_and_body(self) -> bool:
        """Whether the bar stands in Thunderbird's own document, below the header and above the body's browser."""
        between: bool = self._run(
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
        self._run(
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
        text: str = self._thunderbird.run_async(
            """
            const pause = () => new Promise(resolve => setTimeout(resolve, 30));
            const read = encodeURIComponent(`{
                const view = content.document.querySelector(".verdict");
                const shown = view?.dataset.phase === "opened";
                sendAsyncMessage("letterlock-test", shown ? content.document.body.innerText : null);
            }`);
            for (let turn = 0; turn < 2000; turn++) {
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
        self.keep_window(picture)
        return text

    # The add-on's window for passphrase and PIN.

    def run_in_window(self, path: str, script: str) -> Any:
        """Runs a script in the page of ours at `path` (with its query), once it is open in a window of its own."""
        return self._thunderbird.run_async(
            """
            const [path, script] = given;
            const runner = encodeURIComponent(`{
                addMessageListener("letterlock-run", async function once({ data }) {
                    removeMessageListener("letterlock-run", once);
                    // In a sandbox over the page: its own policy lets no test evaluate anything.
                    const sandbox = new Cu.Sandbox(content, { sandboxPrototype: content, wantXrays: false });
                    let answer;
                    try {
                        answer = { value: await Cu.evalInSandbox("(() => {" + data + "})()", sandbox) };
                    } catch (error) {
                        answer = { error: String(error) };
                    }
                    sendAsyncMessage("letterlock-answer", JSON.stringify(answer));
                });
            }`);
            for (let turn = 0; turn < 2000; turn++) {
                for (const popup of Services.wm.getEnumerator("mail:extensionPopup")) {
                    const page = popup.document.querySelector("browser[src], browser");
                    if (!page?.currentURI?.spec.includes(path) || page.webProgress.isLoadingDocument) continue;
                    const answer = await new Promise(resolve => {
                        page.messageManager.addMessageListener("letterlock-answer", function once({ data }) {
                            page.messageManager.removeMessageListener("letterlock-answer", once);
                            resolve(JSON.parse(data));
                        });
                        page.messageManager.loadFrameScript(`data:,${runner}`, false);
                        page.messageManager.sendAsyncMessage("letterlock-run", script);
                    });
                    if (answer.error) throw new Error(answer.error);
                    return answer.value;
                }
                await new Promise(resolve => setTimeout(resolve, 30));
            }
            throw new Error(`no window with ${path}`);
            """,
            path,
            script,
        )

    def keep_page(self, path: str, picture: Path) -> None:
        """Keeps a picture of the window that shows our page at `path`."""
        marionette = self._thunderbird.marionette
        main = marionette.current_chrome_window_handle
        shows = """
            const [page] = document.querySelectorAll("browser[src], browser");
            return page?.currentURI?.spec.includes(arguments[0]) ?? false;
        """
        for window in set(marionette.chrome_window_handles) - {main}:
            marionette.switch_to_window(window)
            if self._run(shows, path):
                self.screenshot(picture)
        marionette.switch_to_window(main)

    def keep_window(self, picture: Path) -> None:
        """Keeps a picture of the one window of ours beside the main window."""
        marionette = self._thunderbird.marionette
        main = marionette.current_chrome_window_handle
        (window,) = set(marionette.chrome_window_handles) - {main}
        marionette.switch_to_window(window)
        self.screenshot(picture)
        marionette.switch_to_window(main)

    # Watching the screen while a test does other things.

    def watch(self) -> None:
        """Notes from now on, every few milliseconds, which subject and which bar are on screen together."""
        self._run(
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
        pairs = self._run("clearInterval(window.letterlockWatch); return [...window.letterlockSeen].map(JSON.parse)")
        return {(subject, code) for subject, code in pairs}

    def traces(self) -> list[str]:
        """What of the add-on is left in Thunderbird."""
        left: list[str] = self._run(
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

    def colours(self, scheme: int) -> None:
        """Makes the desktop `DARK` or `LIGHT`, and waits until Thunderbird has drawn the message anew."""
        self._run(
            """
            Services.prefs.setIntPref("ui.systemUsesDarkTheme", arguments[0]);
            Services.obs.notifyObservers(null, "look-and-feel-changed");
            """,
            scheme,
        )
        dark = "matchMedia('(prefers-color-scheme: dark)').matches"
        about = "gTabmail.currentAboutMessage"
        self._thunderbird.wait_for(
            f"return !{about} || ({about}.{dark} === !!arguments[0] && {about}.msgLoaded)", scheme
        )

    def screenshot(self, file: Path) -> None:
        """Keeps a picture of the whole window, message included."""
        _keep(file, self._thunderbird.marionette.screenshot(format="base64", full=False))


def _keep(file: Path, picture: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(base64.b64decode(picture))
