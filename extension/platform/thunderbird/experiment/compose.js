"use strict";

/* The privileged part of the add-on: which compose windows there are, and what goes between the strip in each (strip.js)
 * and the background. What new messages start with is kept by the host; here stands a copy of it, in a preference: a
 * compose window opens before the background is awake.
 *
 * The names used of Thunderbird, none of them published: the address of the compose window, its event compose-window-init,
 * gMsgCompose.
 */

extensions.loadModule("letterlockFit");

const COMPOSE = "chrome://messenger/content/messengercompose/messengercompose.xhtml";
const COMPOSE_PACKAGE = "chrome://letterlock-compose/content/";
/** Of a message whose header is wanted; what follows is passed over. */
const HEAD_OCTETS = 65_536;
const COMPOSE_DEFAULTS = "extensions.letterlock.compose";

/** What mail from an address starts with: `sign`, and `encrypt` "never", "possible" (when everybody can) or "always". */
function startsWith(address) {
  const kept = JSON.parse(Services.prefs.getStringPref(COMPOSE_DEFAULTS, "[]"));
  const of = wanted => kept.find(each => each.address === wanted);
  return of(address.toLowerCase()) ?? of("") ?? { sign: false, encrypt: "never" };
}

/** The header of a message that Thunderbird keeps, one character for each octet; empty where it cannot be had. */
function headOf(uri) {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  const reader = Cc["@mozilla.org/scriptableinputstream;1"].createInstance(Ci.nsIScriptableInputStream);
  return new Promise(resolve => {
    let head = "";
    const listener = {
      QueryInterface: ChromeUtils.generateQI(["nsIStreamListener", "nsIRequestObserver"]),
      onStartRequest() {},
      onDataAvailable(request, input, offset, count) {
        reader.init(input);
        const octets = reader.readBytes(count);
        head = head.length < HEAD_OCTETS ? head + octets : head;
      },
      onStopRequest: () => resolve(head.split(/\r?\n\r?\n/)[0]),
    };
    try {
      MailServices.messageServiceFromURI(uri).streamMessage(uri, listener, null, null, false, "", false);
    } catch {
      resolve("");
    }
  });
}

/** Whom the person writes as, in the order of the accounts. */
function identities() {
  const { MailServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
  return MailServices.accounts.accounts.flatMap(account =>
    account.identities.map(({ fullName, email }) => ({ name: fullName ?? "", address: email ?? "" }))
  );
}

this.letterlockCompose = class extends ExtensionCommon.ExtensionAPIPersistent {
  /** By window. @type {Map<any, any>} */
  #strips = new Map();
  #listeners = { onRecipients: new Set(), onAction: new Set() };
  #support = null;
  /** What people.js and strip.js define. */
  #loaded = {};
  #chrome = null;

  PERSISTENT_EVENTS = {
    onRecipients: ({ fire }) => this.#persistent("onRecipients", fire),
    onAction: ({ fire }) => this.#persistent("onAction", fire),
  };

  onStartup() {
    if (!letterlockMisfit()) {
      this.#watch();
    }
  }

  getAPI(context) {
    this.onStartup();
    const event = name =>
      new ExtensionCommon.EventManager({ context, module: "letterlockCompose", event: name, extensionApi: this }).api();
    return {
      letterlockCompose: {
        describe: async (windowId, description) => this.#strip(windowId)?.describe(description),
        renew: async () => this.#every(strip => strip.renew()),
        unlocked: async () => this.#every(strip => strip.untell()),
        press: async (tabId, name) => this.#strips.get(this.extension.tabManager.get(tabId).nativeTab)?.press(name),
        identities: async () => identities(),
        setDefaults: async defaults => {
          const said = JSON.stringify(defaults);
          if (said !== Services.prefs.getStringPref(COMPOSE_DEFAULTS, "[]")) {
            Services.prefs.setStringPref(COMPOSE_DEFAULTS, said);
            this.#every(strip => strip.begin());
          }
        },
        onRecipients: event("onRecipients"),
        onAction: event("onAction"),
      },
    };
  }

  onShutdown(isAppShutdown) {
    if (isAppShutdown || !this.#support) {
      return;
    }
    this.#support.unregisterWindowListener(this.extension.id);
    for (const strip of this.#strips.values()) {
      strip.remove();
    }
    this.#strips.clear();
    delete globalThis.letterlockTell;
    this.#chrome?.destruct();
    Services.obs.notifyObservers(null, "startupcache-invalidate");
  }

  #persistent(name, fire) {
    const listener = async (...given) => {
      await fire.wakeup?.();
      return fire.async(...given);
    };
    this.#listeners[name].add(listener);
    return {
      unregister: () => this.#listeners[name].delete(listener),
      convert: newFire => {
        fire = newFire;
      },
    };
  }

  #strip(windowId) {
    return [...this.#strips.values()].find(each => each.id === windowId);
  }

  #every(act) {
    for (const strip of this.#strips.values()) {
      act(strip);
    }
  }

  /** Puts a strip into every compose window, those that are open and those that will be. */
  #watch() {
    if (this.#support) {
      return;
    }
    // For sending.js, which shares this global: says in a compose window why nothing left.
    globalThis.letterlockTell = (windowId, ...notice) => this.#strip(windowId)?.tell(...notice);
    this.#support = ChromeUtils.importESModule("resource:///modules/ExtensionSupport.sys.mjs").ExtensionSupport;
    const manifest = Services.io.newURI("manifest.json", null, this.extension.rootURI);
    this.#chrome = Cc["@mozilla.org/addons/addon-manager-startup;1"]
      .getService(Ci.amIAddonManagerStartup)
      .registerChrome(manifest, [["content", "letterlock-compose", "experiment/"]]);
    for (const file of ["people.js", "strip.js"]) {
      Services.scriptloader.loadSubScriptWithOptions(COMPOSE_PACKAGE + file, { target: this.#loaded, ignoreCache: true });
    }
    this.#support.registerWindowListener(this.extension.id, {
      chromeURLs: [COMPOSE],
      onLoadWindow: window => {
        if (window.gMsgCompose) {
          this.#attach(window);
        } else {
          const root = window.document.getElementById("msgcomposeWindow");
          root.addEventListener("compose-window-init", () => this.#attach(window), { once: true });
        }
      },
      onUnloadWindow: window => {
        this.#strips.get(window)?.remove();
        this.#strips.delete(window);
      },
    });
  }

  #attach(window) {
    if (letterlockLacks(window, ["composeContentBox", "recipientsContainer"])) {
      return;
    }
    const say = (key, ...facts) => this.extension.localizeMessage(key, facts);
    const tell = name => (...given) => {
      for (const listener of this.#listeners[name]) {
        listener(...given).catch(error => {
          console.error("Letterlock:", error);
          const asked = name === "onRecipients" ? given[1] : given[3];
          const failed = say("send_nobody_answers");
          this.#strip(given[0])?.describe({ asked, everybody: false, failed, recipients: [] });
        });
      }
    };
    const strip = new this.#loaded.LetterlockStrip(window, say, {
      People: this.#loaded.LetterlockPeople,
      onRecipients: tell("onRecipients"),
      onAction: tell("onAction"),
      startsWith,
      head: headOf,
      original: uri => globalThis.letterlockOriginal?.(uri) ?? null,
    });
    this.#strips.set(window, strip);
  }
};
