"use strict";

/* The privileged part of the add-on: whether this Thunderbird is one that the other privileged parts may touch.
 *
 * What they use of Thunderbird is published nowhere and changes without notice. So the versions they were tried with are
 * pinned here, and what they hook into is looked for before they hook. Where anything differs, all of them stay out:
 * half of them would sign and not encrypt, or show and not protect. The background then makes do with the published
 * interfaces, and says so.
 *
 * The range is pinned here and not by `strict_max_version`: with that, a newer Thunderbird would switch the add-on off
 * without a word, and signed mail would look like any other.
 */

/** The versions this was tried with, both included. */
const TRIED = { from: "153.0", to: "153.*" };

const HANDLER = "@mozilla.org/mimecth;1?type=multipart/encrypted";

/** What is hooked, by the words under which its absence is reported. Each answers whether it is there. */
const HOOKS = {
  "MimeMessage.createMessageFile": () => method("resource:///modules/MimeMessage.sys.mjs", "MimeMessage", "createMessageFile"),
  "MessageSend._createDeliveryFile": () => method("resource:///modules/MessageSend.sys.mjs", "MessageSend", "_createDeliveryFile"),
  "PgpMimeHandler.onStartRequest": () => method("resource:///modules/PgpMimeHandler.sys.mjs", "PgpMimeHandler", "onStartRequest"),
  "nsIPgpMimeProxy": () => "nsIPgpMimeProxy" in Ci && HANDLER in Cc,
  "ExtensionSupport.registerWindowListener": () => {
    const { ExtensionSupport } = ChromeUtils.importESModule("resource:///modules/ExtensionSupport.sys.mjs");
    return typeof ExtensionSupport.registerWindowListener === "function";
  },
};

function method(module, name, key) {
  return typeof ChromeUtils.importESModule(module)[name].prototype[key] === "function";
}

function isThere(probe) {
  try {
    return probe();
  } catch {
    return false; // The module itself is gone.
  }
}

/* For the other experiments, which share this global: why they may not touch this Thunderbird; null: they may.
 * `windows`: elements that a window turned out not to have. */
this.letterlockMisfit = (windows = globalThis.letterlockMissing ?? []) => {
  const { version } = Services.appinfo;
  const outside = Services.vc.compare(version, TRIED.from) < 0 || Services.vc.compare(version, TRIED.to) > 0;
  // Of another version nothing is touched, not even to look.
  const hooks = outside ? [] : Object.keys(HOOKS).filter(name => !isThere(HOOKS[name]));
  const missing = [...hooks, ...windows];
  return outside || missing.length ? { version, tried: TRIED.to, outside, missing } : null;
};

/* Which of these elements a window does not have; the answer is kept, and from then on nothing more is touched. */
this.letterlockLacks = (window, ids) => {
  const lacking = ids.filter(id => !window.document.getElementById(id));
  globalThis.letterlockMissing = new Set([...(globalThis.letterlockMissing ?? []), ...lacking.map(id => `#${id}`)]);
  return lacking.length > 0;
};

/** What a person set in compose windows, and where messages lay on their way out: gone when the add-on is removed. */
const OWN_PREFS = "extensions.letterlock.";
const OWN_FOLDER = "letterlock-outgoing";

async function removeOwn() {
  Services.prefs.getBranch(OWN_PREFS).deleteBranch("");
  const folder = PathUtils.join(PathUtils.profileDir, OWN_FOLDER);
  const inside = await IOUtils.getChildren(folder, { ignoreAbsent: true });
  // What is not empty is a message under way: it goes out as it was made, or the next Letterlock removes it.
  for (const path of [...inside, folder]) {
    await IOUtils.remove(path, { ignoreAbsent: true }).catch(() => {});
  }
}

this.letterlockFit = class extends ExtensionAPI {
  #removal = null;
  #leaving = false;

  onStartup() {
    const { AddonManager } = ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs");
    const { id } = this.extension;
    const stop = () => AddonManager.removeAddonListener(this.#removal);
    // Removal shuts the add-on down first, as updating and disabling do; and it can be taken back.
    this.#removal = {
      onUninstalling: addon => {
        this.#leaving ||= addon.id === id;
      },
      onOperationCancelled: addon => addon.id === id && stop(),
      onUninstalled: addon => {
        if (addon.id === id) {
          stop();
          void removeOwn();
        }
      },
    };
    AddonManager.addAddonListener(this.#removal);
  }

  onShutdown() {
    if (!this.#leaving && this.#removal) {
      ChromeUtils.importESModule("resource://gre/modules/AddonManager.sys.mjs").AddonManager.removeAddonListener(this.#removal);
    }
  }

  getAPI() {
    return { letterlockFit: { misfit: async () => letterlockMisfit() } };
  }
};
