"use strict";

/* The privileged part of the add-on: what stands between a finished message and its way out.
 *
 * Thunderbird writes every outgoing message to a temporary file (MimeMessage.createMessageFile) and then hands that
 * file to the outgoing server, to Sent, to Drafts or to the Outbox. No WebExtension API can reach it. Here the file is
 * replaced, before anybody else sees it, with what the background got from the host: signed, encrypted, or both. Where
 * that fails, for whatever reason, the file is removed, the sending ends, and the compose window says why. This file
 * knows files and delivery; it refuses to know certificates, recipients' keys, or what a signature is.
 *
 * What is wanted stands in a field of the message being composed (WISH), put there by compose.js the moment somebody
 * presses Send; it is taken out again before the message is written.
 *
 * Three duties come with the clear text that Thunderbird writes:
 * - it goes into a folder of our own in the profile, one for each message, which only its owner may enter; all of them
 *   are removed when Thunderbird starts (a crash must not leave them behind);
 * - it is overwritten or removed before anything else happens;
 * - each address in Bcc gets a file of its own, because an encrypted message tells its readers how many there are.
 */

extensions.loadModule("letterlockFit");

Cu.importGlobalProperties(["File"]);

const WISH = "X-Letterlock";
const FOLDER = "letterlock-outgoing";

/** How long the background and the host may take over one message. The host reports to the background long before. */
const PROTECT_MS = 300_000;

/** Reads `sign encrypt draft quotes window=7` and the like. */
function parseWish(text) {
  const words = text.split(" ");
  const has = word => words.includes(word);
  const window = words.find(word => word.startsWith("window="));
  return {
    sign: has("sign"),
    encrypt: has("encrypt"),
    quotes: has("quotes"),
    inClear: has("in-clear"),
    windowId: window ? Number(window.slice(7)) : 0,
  };
}

/** Thrown with words for a person; anything else that is thrown gets general words. `locked`: unlocking would help. */
class NotProtected extends Error {
  constructor(words, locked = false) {
    super(words);
    this.locked = locked;
  }
}

/** What one finished message becomes, from the wish to the files. One object for as long as the hooks are in place. */
class Sending {
  /**
   * @param {any} extension
   * @param {(info: object, file: any) => Promise<any>} protect  asks the background
   */
  constructor(extension, protect) {
    this.extension = extension;
    this.protect = protect;
    /** By path of the file for Sent: what goes out instead, and to whom else. @type {Map<string, any>} */
    this.deliveries = new Map();
  }

  install() {
    const { MimeMessage: LetterlockMime } = ChromeUtils.importESModule("resource:///modules/MimeMessage.sys.mjs");
    const { MessageSend: LetterlockSend } = ChromeUtils.importESModule("resource:///modules/MessageSend.sys.mjs");
    this.hooked = { LetterlockMime, LetterlockSend };
    this.create = LetterlockMime.prototype.createMessageFile;
    this.deliver = LetterlockSend.prototype._createDeliveryFile;
    // A message of Thunderbird's is `this` in its own methods.
    const sending = this;
    LetterlockMime.prototype.createMessageFile = function () {
      return sending.#created(this);
    };
    LetterlockSend.prototype._createDeliveryFile = function () {
      return sending.#delivered(this);
    };
  }

  /** Takes the hooks out again: at once, or when what is under way has left as it was made. */
  uninstall() {
    this.leaving = true;
    if (this.deliveries.size > 0) {
      return;
    }
    const { LetterlockMime, LetterlockSend } = this.hooked;
    LetterlockMime.prototype.createMessageFile = this.create;
    LetterlockSend.prototype._createDeliveryFile = this.deliver;
  }

  /** Removes what a crash left. Only when Thunderbird starts: later, a message may be under way. */
  async clean() {
    await IOUtils.remove(this.#root().path, { recursive: true, ignoreAbsent: true });
  }

  /** In place of `createMessageFile`. @param {any} message a MimeMessage */
  async #created(message) {
    const fields = message._compFields;
    const stamped = fields.getHeader(WISH);
    if (!stamped) {
      return this.create.call(message);
    }
    const wish = parseWish(stamped);
    fields.deleteHeader(WISH);
    const drafted = [Ci.nsIMsgSend.nsMsgSaveAsDraft, Ci.nsIMsgSend.nsMsgSaveAsTemplate].includes(message._deliverMode);
    if (drafted ? !wish.encrypt : !wish.sign && !wish.encrypt) {
      return this.create.call(message);
    }
    // Two programs would each wrap what the other made.
    message._getComposeSecure = () => null;
    const folder = await this.#newFolder();
    try {
      const file = await this.#written(message, folder);
      return await this.#replaced(message, file, wish, drafted);
    } catch (error) {
      await IOUtils.remove(folder.path, { recursive: true, ignoreAbsent: true });
      this.#tell(wish.windowId, drafted, error);
      throw Components.Exception("Letterlock: nothing leaves", Cr.NS_ERROR_ABORT);
    }
  }

  /** Has Thunderbird write the message into our own folder: it chooses the file before it first waits for anything. */
  #written(message, folder) {
    const { dirsvc } = Services;
    const usual = dirsvc.get("TmpD", Ci.nsIFile);
    dirsvc.undefine("TmpD");
    dirsvc.set("TmpD", folder);
    try {
      return this.create.call(message);
    } finally {
      dirsvc.undefine("TmpD");
      dirsvc.set("TmpD", usual);
    }
  }

  /** Replaces the content of the file with the message for Sent, Drafts or the Outbox; notes what goes out instead. */
  async #replaced(message, file, wish, drafted) {
    const later = [Ci.nsIMsgSend.nsMsgQueueForLater, Ci.nsIMsgSend.nsMsgDeliverBackground].includes(message._deliverMode);
    const fields = message._compFields;
    if (later && wish.encrypt && fields.bcc) {
      throw new NotProtected(this.#say("send_later_bcc"));
    }
    const info = { sign: wish.sign, encrypt: wish.encrypt, quotes: wish.quotes, inClear: wish.inClear, draft: drafted };
    const answer = await this.#answer(info, await File.createFromNsIFile(file));
    const { made } = answer;
    const of = role => made.filter(each => each.role === role);
    const [kept = made[0]] = drafted ? of("draft") : [...of("sent"), ...of("everybody")];
    if (drafted || later) {
      await this.#write(file, kept.octets);
      return file;
    }
    for (const path of this.deliveries.keys()) {
      // Thunderbird gave that one up, after a question of its own perhaps.
      if (!(await IOUtils.exists(path))) {
        this.deliveries.delete(path);
      }
    }
    const outgoing = made.filter(each => each.role !== "sent");
    const [main, ...blind] = outgoing;
    await this.#write(file, kept.octets);
    this.deliveries.set(file.path, { main, blind, fields, identity: message._userIdentity });
    return file;
  }

  async #answer(info, file) {
    let timer;
    const late = new Promise((_, reject) => {
      timer = ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs").setTimeout(
        () => reject(new NotProtected(this.#say("failure_host_silent"))),
        PROTECT_MS
      );
    });
    try {
      const answer = await Promise.race([this.protect(info, file), late]);
      if (!answer || answer.refused || !answer.made?.length) {
        throw new NotProtected(answer?.refused || this.#say("send_nobody_answers"), answer?.locked === true);
      }
      return answer;
    } finally {
      ChromeUtils.importESModule("resource://gre/modules/Timer.sys.mjs").clearTimeout(timer);
    }
  }

  /** In place of `_createDeliveryFile`: what the outgoing server gets. @param {any} send a MessageSend */
  async #delivered(send) {
    const found = this.deliveries.get(send._messageFile.path);
    if (!found) {
      return this.deliver.call(send);
    }
    this.deliveries.delete(send._messageFile.path);
    if (this.leaving) {
      this.uninstall();
    }
    const { main, blind, fields, identity } = found;
    const folder = send._messageFile.parent;
    try {
      for (const each of blind) {
        await this.#sendAlone(each, identity, fields, folder);
      }
      // The server is told exactly whom this message is for; the person's own lines in the window stay as they are.
      const shown = main.role === "everybody" && !blind.length ? null : main.recipients.join(", ");
      if (shown !== null) {
        if (main.role === "blind") {
          Object.assign(fields, { to: "", cc: "", bcc: shown });
        } else {
          fields.bcc = "";
        }
      }
      const file = this.#newFile(folder);
      await this.#write(file, main.octets);
      return file;
    } catch (error) {
      const window = send._parentWindow;
      this.#tell(window?.docShell?.outerWindowID ?? 0, false, error);
      send.fail(Cr.NS_ERROR_ABORT);
      send.notifyListenerOnStopSending(null, Cr.NS_ERROR_ABORT, null, null);
      throw Components.Exception("Letterlock: not delivered", Cr.NS_ERROR_ABORT);
    }
  }

  /** Sends one message to one address. Resolves when the server has taken it. */
  async #sendAlone({ recipients, octets }, identity, { from }, folder) {
    const file = this.#newFile(folder);
    await this.#write(file, octets);
    const fields = Cc["@mozilla.org/messengercompose/composefields;1"].createInstance(Ci.nsIMsgCompFields);
    Object.assign(fields, { from, bcc: recipients.join(", "), fcc: "nocopy://" });
    const send = Cc["@mozilla.org/messengercompose/send;1"].createInstance(Ci.nsIMsgSend);
    await new Promise((resolve, reject) => {
      const listener = {
        QueryInterface: ChromeUtils.generateQI(["nsIMsgSendListener"]),
        onStartSending() {},
        onProgress() {},
        onStatus() {},
        onSendProgress() {},
        onSendNotPerformed() {},
        onGetDraftFolderURI() {},
        onTransportSecurityError() {},
        onStopSending: (id, status) =>
          Components.isSuccessCode(status)
            ? resolve(id)
            : reject(new NotProtected(this.#say("send_blind_failed", recipients.join(", ")))),
      };
      const mode = Ci.nsIMsgSend.nsMsgDeliverNow;
      send.sendMessageFile(identity, null, fields, file, true, false, mode, null, listener, null).catch(reject);
    });
  }

  #root() {
    const folder = Services.dirsvc.get("ProfD", Ci.nsIFile);
    folder.append(FOLDER);
    return folder;
  }

  /** A folder for one message. Thunderbird removes its files when they are sent; empty folders are removed here. */
  async #newFolder() {
    const folder = this.#root();
    await IOUtils.makeDirectory(folder.path, { permissions: 0o700, ignoreExisting: true });
    for (const each of await IOUtils.getChildren(folder.path)) {
      await IOUtils.remove(each).catch(() => {}); // Not empty: that message is under way.
    }
    folder.append("message");
    folder.createUnique(Ci.nsIFile.DIRECTORY_TYPE, 0o700);
    return folder;
  }

  #newFile(folder) {
    const file = folder.clone();
    file.append("outgoing.eml");
    file.createUnique(Ci.nsIFile.NORMAL_FILE_TYPE, 0o600);
    return file;
  }

  async #write(file, blob) {
    await IOUtils.write(file.path, new Uint8Array(await blob.arrayBuffer()));
  }

  /** Says in the compose window that nothing left, and why. Thunderbird itself says nothing of an ended sending. */
  #tell(windowId, drafted, error) {
    if (!(error instanceof NotProtected)) {
      console.error("Letterlock:", error);
    }
    const why = error instanceof NotProtected ? error.message : this.#say("send_nobody_answers");
    const window = Services.wm.getOuterWindowWithId(windowId) ?? Services.wm.getMostRecentWindow("msgcompose");
    if (!window?.gComposeNotification) {
      return;
    }
    const label = `${this.#say(drafted ? "draft_not_saved" : "nothing_left")} ${why}`;
    if (globalThis.letterlockTell) {
      globalThis.letterlockTell(window.docShell.outerWindowID, label, error.locked === true);
    } else {
      // The add-on was switched off or removed meanwhile, and its strips with it.
      const box = window.gComposeNotification;
      void box.appendNotification("letterlock", { label, priority: box.PRIORITY_CRITICAL_MEDIUM }, []);
    }
    // Nothing was saved: closing the window must ask.
    window.gContentChanged = true;
  }

  #say(key, ...facts) {
    return this.extension.localizeMessage(key, facts);
  }
}

this.letterlockSending = class extends ExtensionCommon.ExtensionAPIPersistent {
  #listeners = new Set();
  #sending = null;

  PERSISTENT_EVENTS = {
    // Persistent: Send wakes a sleeping background up. A background that cannot be woken answers nothing, and then
    // nothing leaves.
    onProtect: ({ fire }) => {
      const listener = async (info, file) => {
        await fire.wakeup?.();
        return fire.async(info, file);
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

  /** Before anybody can press Send. */
  onStartup() {
    this.#install();
    if (this.extension.startupReason === "APP_STARTUP") {
      // Also where nothing is hooked: it may have been, in the Thunderbird that crashed.
      void new Sending(this.extension, async () => null).clean();
    }
  }

  getAPI(context) {
    this.#install();
    return {
      letterlockSending: {
        onProtect: new ExtensionCommon.EventManager({
          context,
          module: "letterlockSending",
          event: "onProtect",
          extensionApi: this,
        }).api(),
      },
    };
  }

  onShutdown(isAppShutdown) {
    if (!isAppShutdown) {
      this.#sending?.uninstall();
    }
  }

  #install() {
    if (this.#sending || letterlockMisfit()) {
      return;
    }
    this.#sending = new Sending(this.extension, async (info, file) => {
      const [listener] = this.#listeners;
      return listener ? listener(info, file) : null;
    });
    this.#sending.install();
  }
};
