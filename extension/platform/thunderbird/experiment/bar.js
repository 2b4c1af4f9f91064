"use strict";

/* The privileged part of the add-on: a bar between the header and the body of a displayed message.
 *
 * It exists because no WebExtension API can show anything in Thunderbird's window that mail could not imitate: a
 * banner in the message body is drawn where the sender's HTML draws. This file knows where a message is displayed
 * and how to put words there. It refuses to know what the words mean: no cryptography, no messages read, no
 * network, no markup (text enters the document as text).
 *
 * NOTE: Thunderbird's own S/MIME check goes on, and no preference turns it off. It judges by Thunderbird's certificate
 * store, this bar by Letterlock's anchors. Where the bar speaks, Thunderbird's "S/MIME" label is hidden: a person who
 * sees two answers believes the wrong one. It is back as soon as the bar is gone.
 *
 * about:message is not a published interface, so fit.js pins the versions that this was tried with. The names used of
 * it: gMessage, gMessageURI, msgLoading, msgLoaded, #msgHeaderView, #cryptoBox, #expandedsubjectBox,
 * getMessagePaneBrowser, .moz-main-header of the message itself, the events MsgLoading, MsgLoaded and
 * message-header-pane-hidden.
 */

extensions.loadModule("letterlockFit");

const HTML = "http://www.w3.org/1999/xhtml";
const PACKAGE = "chrome://letterlock/content/";
const ICONS = "chrome://letterlock-icons/content/";

/** The bar in one about:message window. Made once per window and shown or hidden from then on. */
class Bar {
  /**
   * @param {any} window the about:message window
   * @param {(messageId: number, action: string) => void} onAction
   */
  constructor(window, onAction) {
    this.window = window;
    this.onAction = onAction;
    /** The message that was spoken of last. */
    this.uri = null;
    /** What is to be shown once that message is on screen. */
    this.waiting = null;

    this.host = this.#element("div", { id: "letterlock-bar" });
    // The shadow root keeps Thunderbird's style sheets out of the bar and the bar's out of Thunderbird.
    const root = this.host.attachShadow({ mode: "open" });
    this.box = this.#element("section", { class: "bar", hidden: "", "aria-label": "Letterlock" });
    // A live region has to exist before its text changes, or screen readers miss the first change.
    this.announcement = this.#element("div", { class: "announcement", role: "status" });
    const style = this.#element("link", { rel: "stylesheet", href: `${PACKAGE}bar.css` });
    root.append(style, this.announcement, this.box);

    /** The subject inside of an encrypted message, shown in place of the outer one. */
    this.subject = "";
    this.onLoaded = () => this.#showSubject();
    window.addEventListener("MsgLoaded", this.onLoaded);

    // Whatever replaces the message on screen ends in one of these, before anything of it can be seen.
    this.onReplaced = () => (this.uri === window.gMessageURI ? this.#catchUp() : this.clear());
    window.addEventListener("MsgLoading", this.onReplaced);
    this.header = window.document.getElementById("msgHeaderView");
    this.header.addEventListener("message-header-pane-hidden", this.onReplaced);
    this.header.after(this.host);
  }

  /**
   * Says something of the window's current message. From a slow server that message may still be on its way, and
   * the one before is on screen with its own bar: then it waits.
   *
   * @param {number} messageId
   * @param {any} content  `Content` of schema.json
   */
  show(messageId, content) {
    this.uri = this.window.gMessageURI;
    this.waiting = { messageId, content };
    const { msgLoading, msgLoaded } = this.window;
    if (msgLoading || msgLoaded || this.header.collapsed) {
      this.#catchUp();
    }
  }

  #catchUp() {
    if (this.waiting) {
      this.#fill(this.waiting.messageId, this.waiting.content);
      this.waiting = null;
    }
  }

  #fill(messageId, { code, tone, icon, word, headline, lines, buttons, subject }) {
    this.subject = subject ?? "";
    this.#showSubject();
    // One message, one verdict: Thunderbird's own label judges by another list of authorities.
    this.#ownLabel("none");
    Object.assign(this.box.dataset, { code, tone, icon });
    const picture = this.#element("span", { class: "icon", ...(word ? { role: "img", "aria-label": word } : {}) });
    if (icon !== "spinner") {
      picture.style.setProperty("mask-image", `url("${ICONS}${icon}.svg")`);
    }
    const words = this.#element("div", { class: "words" });
    const line = this.#element("p", { class: "headline" });
    headline.forEach((phrase, index) => {
      line.append(...(index ? [" · "] : []), this.#sentence(phrase, index ? "phrase" : "phrase lead"));
    });
    words.append(line);
    for (const pieces of lines ?? []) {
      const below = this.#element("p", { class: "below" });
      below.append(this.#sentence(pieces, "sentence"));
      words.append(below);
    }
    const actions = this.#element("div", { class: "actions" });
    for (const { action, label } of buttons ?? []) {
      const button = this.#element("button", { type: "button", "data-action": action }, label);
      button.addEventListener("click", event => event.isTrusted && this.onAction(messageId, action));
      actions.append(button);
    }
    const said = this.#element("div", { class: "said" });
    said.append(picture, words);
    this.box.replaceChildren(said, actions);
    this.box.hidden = false;
    // Announced once, and only the answer: "Checking…" would talk over the message being read.
    const news = icon === "spinner" ? "" : [word, ...[...words.children].map(each => each.textContent)].join(" – ");
    if (this.announcement.textContent !== news) {
      this.announcement.textContent = news;
    }
  }

  #showSubject() {
    if (!this.subject || this.uri !== this.window.gMessageURI) {
      return;
    }
    this.window.document.getElementById("expandedsubjectBox").headerValue = this.subject;
    // On paper a table stands above the text, with the subject first; nothing that a mail writes is in that table.
    const page = this.window.getMessagePaneBrowser().contentDocument;
    const printed = page?.querySelector("body > .moz-main-header td")?.lastChild;
    if (printed?.nodeType === 3) {
      printed.nodeValue = this.subject;
    }
  }

  #ownLabel(display) {
    this.window.document.getElementById("cryptoBox").style.display = display;
  }

  clear() {
    this.subject = "";
    this.#ownLabel("");
    this.uri = this.waiting = null;
    this.box.hidden = true;
    this.box.replaceChildren();
    this.announcement.textContent = "";
  }

  remove() {
    this.#ownLabel("");
    this.window.removeEventListener("MsgLoaded", this.onLoaded);
    this.window.removeEventListener("MsgLoading", this.onReplaced);
    this.header.removeEventListener("message-header-pane-hidden", this.onReplaced);
    this.host.remove();
  }

  /** Facts are isolated, so that right-to-left letters in a name cannot reorder the words around it. */
  #sentence(pieces, role) {
    const sentence = this.#element("bdi", { class: role });
    for (const { text, kind } of pieces) {
      sentence.append(kind === "words" ? text : this.#element(kind === "fact" ? "bdi" : "code", {}, text));
    }
    return sentence;
  }

  #element(name, attributes, text = "") {
    const element = this.window.document.createElementNS(HTML, name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, value);
    }
    element.textContent = text;
    return element;
  }
}

this.letterlockBar = class extends ExtensionCommon.ExtensionAPIPersistent {
  /** @type {Map<any, Bar>} about:message window → its bar */
  #bars = new Map();
  #listeners = new Set();
  #chrome = null;

  PERSISTENT_EVENTS = {
    // Persistent: a button pressed while the background sleeps wakes it up.
    onAction: ({ fire }) => {
      const listener = async (tabId, messageId, action) => {
        await fire.wakeup?.();
        fire.async(tabId, messageId, action);
      };
      this.#listeners.add(listener);
      return {
        unregister: () => this.#listeners.delete(listener),
        convert: newFire => {
          fire = newFire;
        },
      };
    },
  };

  getAPI(context) {
    return {
      letterlockBar: {
        show: async (tabId, messageId, content) => {
          const window = this.#aboutMessage(tabId);
          // The one check that keeps a verdict off every other message: asked and answered in one turn of the
          // event loop, so that nothing can be displayed in between.
          if (!window || this.#displayed(window) !== messageId) {
            return false;
          }
          if (letterlockMisfit() || letterlockLacks(window, ["msgHeaderView", "cryptoBox", "expandedsubjectBox"])) {
            return false;
          }
          this.#bar(window, tabId).show(messageId, content);
          return true;
        },
        displayed: async tabId => this.#displayed(this.#aboutMessage(tabId)),
        clear: async tabId => {
          this.#bars.get(this.#aboutMessage(tabId))?.clear();
        },
        onAction: new ExtensionCommon.EventManager({
          context,
          module: "letterlockBar",
          event: "onAction",
          extensionApi: this,
        }).api(),
      },
    };
  }

  /** Thunderbird is as before once the add-on is disabled, updated or removed. */
  onShutdown(isAppShutdown) {
    if (isAppShutdown) {
      return;
    }
    for (const [window, bar] of this.#bars) {
      window.removeEventListener("unload", bar.onUnload);
      bar.remove();
    }
    this.#bars.clear();
    this.#chrome?.destruct();
    // Without this a newer version of this file would not be read before a restart.
    Services.obs.notifyObservers(null, "startupcache-invalidate");
  }

  /** The id by which the add-on knows the message that an about:message window is about. */
  #displayed(window) {
    return window?.gMessage ? (this.extension.messageManager.convert(window.gMessage)?.id ?? null) : null;
  }

  /** The about:message window that a tab displays messages in: message window, message tab or three-pane tab. */
  #aboutMessage(tabId) {
    let nativeTab;
    try {
      ({ nativeTab } = this.extension.tabManager.get(tabId));
    } catch {
      return null; // The tab was closed meanwhile.
    }
    if (nativeTab.messageBrowser) {
      return nativeTab.messageBrowser.contentWindow;
    }
    const window = nativeTab.chromeBrowser?.contentWindow;
    switch (nativeTab.mode?.name) {
      case "mailMessageTab":
        return window;
      case "mail3PaneTab":
        return window?.messageBrowser?.contentWindow ?? null;
      default:
        return null;
    }
  }

  #bar(window, tabId) {
    let bar = this.#bars.get(window);
    if (!bar) {
      this.#chrome ??= this.#registerPackage();
      bar = new Bar(window, (messageId, action) => {
        for (const listener of this.#listeners) {
          listener(tabId, messageId, action);
        }
      });
      bar.onUnload = () => this.#bars.delete(window);
      window.addEventListener("unload", bar.onUnload, { once: true });
      this.#bars.set(window, bar);
    }
    return bar;
  }

  /** Gives the style sheet and the icons chrome: addresses, the only ones that about:message loads. */
  #registerPackage() {
    const manifest = Services.io.newURI("manifest.json", null, this.extension.rootURI);
    return Cc["@mozilla.org/addons/addon-manager-startup;1"]
      .getService(Ci.amIAddonManagerStartup)
      .registerChrome(manifest, [
        ["content", "letterlock", "experiment/"],
        ["content", "letterlock-icons", "ui/icons/"],
      ]);
  }
};
