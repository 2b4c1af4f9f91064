"use strict";

/* The privileged part of the add-on: encrypted (and opaquely signed) mail as Thunderbird's own content.
 *
 * libmime asks a handler for what it shall show in place of an application/pkcs7-mime part. Thunderbird's own handler
 * knows only Thunderbird's own key store, and shows an error page for everything else. Here that question goes to the
 * handler for multipart/encrypted, which is written in JavaScript and may be told what to show; so attachments, reply
 * and forward quoting, printing and saving work as with any mail.
 *
 * The background opens a message through the host, makes a MIME entity of its parts, and gives it to `reveal`; this file
 * keeps it in memory, by message, and has the window load the message again. It refuses to know keys and verdicts.
 *
 * NOTE: the search index asks, too (emitter=js): it gets nothing, for what it gets it writes to the disk.
 *
 * The names used of Thunderbird, none of them published: PgpMimeHandler, nsIPgpMimeProxy, ReloadMessage of about:message.
 */

const { PgpMimeHandler: LetterlockMimeHandler } = ChromeUtils.importESModule("resource:///modules/PgpMimeHandler.sys.mjs");
const { MailServices: LetterlockServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const CONTRACT = "@mozilla.org/mimecth;1?type=";
const REPLACED = {
  "application/pkcs7-mime": Components.ID("{0c6c4c5e-2a57-4d0f-8f0e-6c8a5d1f7a01}"),
  "application/x-pkcs7-mime": Components.ID("{0c6c4c5e-2a57-4d0f-8f0e-6c8a5d1f7a02}"),
};

/** Decrypted messages kept in memory: those on display in a few windows and tabs. */
const REVEALED = 8;
/** Messages known to be encrypted, of which nothing but their address and subject is kept. */
const KNOWN = 1000;

/** A message, whatever is asked of it: a mailbox address with its number, or an IMAP address with its UID. */
function messageKey(spec) {
  const number = /[?&]number=(\d+)/.exec(spec)?.[1];
  const base = spec.split("?")[0].replace(/\/;section=.*$/, "");
  return number === undefined ? base : `${base}?number=${number}`;
}

function keyOfUri(uri) {
  try {
    return messageKey(LetterlockServices.neckoURLForMessageURI(uri));
  } catch {
    return ""; // A message file, a news article: no message of an account.
  }
}

class Revealed {
  constructor(say) {
    this.say = say;
    /** By message: the MIME entity, one character for each octet. @type {Map<string, string>} */
    this.entities = new Map();
    /** By message: the subject inside; undefined: not opened yet. @type {Map<string, string | undefined>} */
    this.known = new Map();
  }

  install() {
    this.registrar = Components.manager.QueryInterface(Ci.nsIComponentRegistrar);
    this.factory = {
      QueryInterface: ChromeUtils.generateQI(["nsIFactory"]),
      createInstance: iid => Cc[`${CONTRACT}multipart/encrypted`].createInstance(iid),
    };
    for (const [type, id] of Object.entries(REPLACED)) {
      this.registrar.registerFactory(id, "Letterlock", CONTRACT + type, this.factory);
    }
    this.start = LetterlockMimeHandler.prototype.onStartRequest;
    const revealed = this;
    LetterlockMimeHandler.prototype.onStartRequest = function (request) {
      const proxy = request.QueryInterface(Ci.nsIPgpMimeProxy);
      if (!/^application\/(x-)?pkcs7-mime/i.test(proxy.contentType)) {
        return revealed.start.call(this, request);
      }
      const stream = Cc["@mozilla.org/scriptableinputstream;1"].createInstance(Ci.nsIScriptableInputStream);
      this._onDataAvailable = (_request, input, _offset, count) => {
        // The host reads the whole message by another way; this has to be taken, and is not needed.
        stream.init(input);
        stream.readBytes(count);
      };
      this._onStopRequest = () => {
        const shown = revealed.answer(proxy.messageURI?.spec ?? "");
        proxy.outputDecryptedData(shown, shown.length);
      };
      return undefined;
    };
  }

  uninstall() {
    LetterlockMimeHandler.prototype.onStartRequest = this.start;
    for (const id of Object.values(REPLACED)) {
      this.registrar.unregisterFactory(id, this.factory);
    }
    this.entities.clear();
    this.known.clear();
  }

  /** What libmime is told to show. @param {string} spec */
  answer(spec) {
    if (/[?&](emitter=js|header=filter)/.test(spec)) {
      return "Content-Type: text/plain\r\n\r\n";
    }
    const key = messageKey(spec);
    const entity = this.entities.get(key);
    if (!this.known.has(key)) {
      this.#know(key, undefined);
    }
    if (entity !== undefined) {
      return entity;
    }
    const waiting = unescape(encodeURIComponent(this.say("native_waiting")));
    return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${waiting}\r\n`;
  }

  /** Whether a message with that key was given out already. */
  has(key) {
    return this.entities.has(key);
  }

  keep(key, entity, subject) {
    this.entities.delete(key);
    this.entities.set(key, entity);
    this.#know(key, subject);
    if (this.entities.size > REVEALED) {
      this.entities.delete(this.entities.keys().next().value);
    }
  }

  #know(key, subject) {
    this.known.delete(key);
    this.known.set(key, subject);
    if (this.known.size > KNOWN) {
      this.known.delete(this.known.keys().next().value);
    }
  }
}

/** Every about:message window there is. */
function* messageWindows() {
  for (const window of Services.wm.getEnumerator(null)) {
    const tabs = window.gTabmail?.tabInfo ?? [];
    for (const { chromeBrowser } of tabs) {
      const inner = chromeBrowser?.contentWindow;
      const found = inner?.messageBrowser?.contentWindow ?? inner;
      if (found?.ReloadMessage) {
        yield found;
      }
    }
    const alone = window.messageBrowser?.contentWindow;
    if (alone?.ReloadMessage) {
      yield alone;
    }
  }
}

/* For compose.js, which shares this global: what is known of the message that is answered, forwarded or edited.
 * null: nothing; `shown`: its text can be had; `subject`: the one inside. */
this.letterlockOriginal = () => null;

this.letterlockReading = class extends ExtensionCommon.ExtensionAPIPersistent {
  #revealed = null;

  onStartup() {
    this.#install();
  }

  getAPI() {
    this.#install();
    const keyOf = id => {
      const header = this.extension.messageManager.get(id);
      return header?.folder ? keyOfUri(header.folder.getUriForMsg(header)) : "";
    };
    return {
      letterlockReading: {
        state: async id => {
          const key = keyOf(id);
          return this.#revealed.has(key) ? "shown" : this.#revealed.known.has(key) ? "waiting" : "ordinary";
        },
        reveal: async (id, entity, subject) => {
          const key = keyOf(id);
          if (!key || this.#revealed.has(key)) {
            return false;
          }
          const octets = new Uint8Array(await entity.arrayBuffer());
          const pieces = [];
          for (let at = 0; at < octets.length; at += 0x8000) {
            pieces.push(String.fromCharCode(...octets.subarray(at, at + 0x8000)));
          }
          this.#revealed.keep(key, pieces.join(""), subject);
          let again = false;
          for (const window of messageWindows()) {
            if (window.gMessageURI && keyOfUri(window.gMessageURI) === key) {
              window.ReloadMessage();
              again = true;
            }
          }
          return again;
        },
        forget: async () => this.#revealed.entities.clear(),
      },
    };
  }

  onShutdown(isAppShutdown) {
    if (!isAppShutdown) {
      this.#revealed?.uninstall();
    }
  }

  #install() {
    if (this.#revealed) {
      return;
    }
    this.#revealed = new Revealed((key, ...facts) => this.extension.localizeMessage(key, facts));
    this.#revealed.install();
    globalThis.letterlockOriginal = uri => {
      const key = uri ? keyOfUri(uri) : "";
      const { known } = this.#revealed;
      return known.has(key) ? { shown: this.#revealed.has(key), subject: known.get(key) ?? "" } : null;
    };
  }
};
