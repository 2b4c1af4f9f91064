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
 * The names used of Thunderbird, none of them published: PgpMimeHandler, nsIPgpMimeProxy, the service for encrypted
 * addresses, ReloadMessage of about:message; and those of originals.js.
 */

extensions.loadModule("letterlockFit");

const { PgpMimeHandler: LetterlockMimeHandler } = ChromeUtils.importESModule("resource:///modules/PgpMimeHandler.sys.mjs");
const { MailStringUtils: LetterlockStrings } = ChromeUtils.importESModule("resource:///modules/MailStringUtils.sys.mjs");
const { MailServices: LetterlockServices } = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");

const CONTRACT = "@mozilla.org/mimecth;1?type=";
const REPLACED = {
  "application/pkcs7-mime": Components.ID("{0c6c4c5e-2a57-4d0f-8f0e-6c8a5d1f7a01}"),
  "application/x-pkcs7-mime": Components.ID("{0c6c4c5e-2a57-4d0f-8f0e-6c8a5d1f7a02}"),
};

/** Decrypted messages kept in memory: those on display in a few windows and tabs. */
const REVEALED = 8;
/** Characters of them together; the newest is kept whatever its size. */
const REVEALED_CHARACTERS = 100_000_000;
/** Messages known to be encrypted, of which nothing but their address, subject and a sentence is kept. */
const KNOWN = 1000;

/** Where in a message stands what the host opens: all of it, or the first part of what is signed around it. */
const OUTERMOST = /^1(\.1)*$/;

/** A message, whatever is asked of it: a mailbox address with its number, or an IMAP address with its UID. */
function messageKey(spec) {
  const number = /[?&]number=(\d+)/.exec(spec)?.[1];
  const base = spec.split("?")[0].replace(/\/;section=.*$/, "");
  return number === undefined ? base : `${base}?number=${number}`;
}

function keyOfUri(uri) {
  if (uri.startsWith("file:")) {
    // A message file, which libmime reads as a mailbox with one message.
    return `${uri.replace(/^file:/, "mailbox:").split("?")[0]}?number=0`;
  }
  try {
    return messageKey(LetterlockServices.neckoURLForMessageURI(uri));
  } catch {
    return ""; // A news article: no message of an account.
  }
}

function plain(text) {
  const octets = LetterlockStrings.stringToByteString(text);
  return `Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n${octets}\r\n`;
}

/**
 * What libmime hands over of a protected part. Its digest tells whether it is the one that was opened: numbers of messages
 * and names of files are used again.
 */
class Taken {
  #hash = Cc["@mozilla.org/security/hash;1"].createInstance(Ci.nsICryptoHash);
  #stream = Cc["@mozilla.org/binaryinputstream;1"].createInstance(Ci.nsIBinaryInputStream);
  #kept = [];
  #length = 0;

  /** @param {boolean} keeps  whether the octets themselves will be needed */
  constructor(keeps) {
    this.keeps = keeps;
    this.#hash.init(Ci.nsICryptoHash.SHA256);
  }

  /** @param {any} input @param {number} count  48, where base64 has lines of 64: this is called often */
  add(input, count) {
    this.#length += count;
    if (this.keeps) {
      this.#stream.setInputStream(input);
      this.#kept.push(this.#stream.readBytes(count));
    } else {
      this.#hash.updateFromStream(input, count);
    }
  }

  /** Empty where libmime handed over nothing, as it does when a message is taken apart for a compose window. */
  digest() {
    return this.#length ? this.#hash.finish(true) : "";
  }

  /** As it stood in the message (RFC 2045 §6.8). */
  base64() {
    const octets = this.#kept.join("");
    const stream = Cc["@mozilla.org/io/string-input-stream;1"].createInstance(Ci.nsIStringInputStream);
    stream.setByteStringData(octets);
    const encoder = Cc["@mozilla.org/scriptablebase64encoder;1"].createInstance(Ci.nsIScriptableBase64Encoder);
    return encoder.encodeToString(stream, octets.length).replace(/.{76}/g, "$&\r\n") + "\r\n";
  }
}

/** An entity without its attachments. */
function letter({ entity, files }) {
  const text = files.toReversed().reduce((rest, { start, end }) => rest.slice(0, start) + rest.slice(end), entity);
  return text || plain("");
}

class Revealed {
  constructor(say) {
    this.say = say;
    /** By message: by MIME part the entity, one character for each octet. @type {Map<string, any>} */
    this.messages = new Map();
    /** By message: the subject inside; undefined: not opened yet. @type {Map<string, string | undefined>} */
    this.known = new Map();
    /** The one that was last given to a compose window, and what of it is still to be attached there. */
    this.lent = null;
    /** By message: why its content is not there. @type {Map<string, string>} */
    this.notes = new Map();
    this.uris = Cc["@mozilla.org/messenger-smime/smime-encrypted-uris-service;1"].getService(Ci.nsIEncryptedSMIMEURIsService);
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
    const revealed = this;
    const { onStartRequest } = LetterlockMimeHandler.prototype;
    LetterlockMimeHandler.prototype.onStartRequest = function (request) {
      const proxy = request.QueryInterface(Ci.nsIPgpMimeProxy);
      if (!/^application\/(x-)?pkcs7-mime/i.test(proxy.contentType)) {
        return onStartRequest.call(this, request);
      }
      const spec = proxy.messageURI?.spec ?? "";
      const asked = /[?&]part=([\d.]+)/.exec(spec)?.[1] ?? "";
      // A message that this part stands in is saved or opened by itself: it stays as it is.
      const taken = new Taken(asked !== "" && proxy.mimePart.startsWith(`${asked}.`));
      this._onDataAvailable = (_request, input, _offset, count) => taken.add(input, count);
      this._onStopRequest = () => {
        const shown = taken.keeps ? taken.base64() : revealed.answer(spec, proxy.mimePart, proxy.contentType, taken.digest());
        proxy.outputDecryptedData(shown, shown.length);
      };
      return undefined;
    };
    this.restore = () => {
      LetterlockMimeHandler.prototype.onStartRequest = onStartRequest;
    };
  }

  uninstall() {
    this.restore();
    for (const id of Object.values(REPLACED)) {
      this.registrar.unregisterFactory(id, this.factory);
    }
    const shown = [...this.known.keys()];
    this.messages.clear();
    this.known.clear();
    this.notes.clear();
    shown.forEach(reload);
  }

  /**
   * What libmime is told to show.
   * @param {string} spec  of the message
   * @param {string} part  where in the message the protected part stands
   * @param {string} type  its Content-Type
   * @param {string} digest  of its octets; empty: it is asked for a compose window
   */
  answer(spec, part, type, digest) {
    if (/[?&](emitter=js|header=filter)/.test(spec)) {
      return plain("");
    }
    if (!OUTERMOST.test(part)) {
      return plain(this.say("native_nested"));
    }
    const key = messageKey(spec);
    if (!this.known.has(key)) {
      this.#know(key, undefined);
    }
    const message = this.messages.get(key);
    const section = message?.sections.get(part);
    if (section && digest) {
      section.digest ??= digest;
      if (section.digest !== digest) {
        this.messages.delete(key);
        this.notes.delete(key);
        return this.answer(spec, part, type, digest);
      }
    }
    if (section && !digest) {
      // Attachments would be written to temporary files, in clear.
      this.lent = { key, message };
      return letter(section);
    }
    if (section) {
      if (message.encrypted) {
        // Thunderbird then loads nothing from elsewhere, whatever is allowed for the sender: an address can carry the text.
        this.uris.rememberEncrypted(spec);
      }
      return section.entity;
    }
    return plain(this.notes.get(key) ?? this.say(/signed-data/i.test(type) ? "native_checking" : "native_waiting"));
  }

  /** Whether the content of a message was given out already. */
  has(key) {
    return this.messages.has(key);
  }

  /** What a compose window is given of a message, once. */
  take(uri) {
    const { lent } = this;
    if (!lent || keyOfUri(uri) !== lent.key) {
      return null;
    }
    this.lent = null;
    return lent.message;
  }

  /** A message that was opened: its entity, and the subject inside. */
  opened(uri) {
    const key = keyOfUri(uri);
    const sections = [...(this.messages.get(key)?.sections.values() ?? [])];
    return sections.length === 1 ? { entity: sections[0].entity, subject: this.known.get(key) ?? "" } : null;
  }

  keep(key, sections, subject, encrypted) {
    this.notes.delete(key);
    this.messages.delete(key);
    this.messages.set(key, { sections, encrypted, size: [...sections.values()].reduce((sum, { entity }) => sum + entity.length, 0) });
    this.#know(key, subject);
    const total = () => [...this.messages.values()].reduce((sum, { size }) => sum + size, 0);
    while (this.messages.size > REVEALED || (this.messages.size > 1 && total() > REVEALED_CHARACTERS)) {
      this.messages.delete(this.messages.keys().next().value);
    }
  }

  /** @returns {boolean} whether that is news */
  explain(key, note) {
    if (this.has(key) || this.notes.get(key) === note) {
      return false;
    }
    this.notes.set(key, note);
    if (this.notes.size > KNOWN) {
      this.notes.delete(this.notes.keys().next().value);
    }
    return true;
  }

  #know(key, subject) {
    this.known.delete(key);
    this.known.set(key, subject);
    if (this.known.size > KNOWN) {
      this.known.delete(this.known.keys().next().value);
    }
  }
}

/** Has the windows that show a message load it again. @returns {boolean} whether there are any */
function reload(key) {
  const windows = [...messageWindows()].filter(({ gMessageURI }) => gMessageURI && keyOfUri(gMessageURI) === key);
  windows.forEach(window => window.ReloadMessage());
  return windows.length > 0;
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

/* For originals.js, which shares this global. */
this.letterlockRevealed = null;

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
      const uri = header?.folder ? header.folder.getUriForMsg(header) : header?.getStringProperty("dummyMsgUrl");
      return uri ? keyOfUri(uri) : "";
    };
    return {
      letterlockReading: {
        state: async id => {
          const key = keyOf(id);
          return this.#revealed.has(key) ? "shown" : this.#revealed.known.has(key) ? "waiting" : "ordinary";
        },
        reveal: async (id, { sections, subject, encrypted }) => {
          const key = keyOf(id);
          if (!key || this.#revealed.has(key)) {
            return false;
          }
          const read = new Map();
          for (const { part, entity, files } of sections) {
            read.set(part, { files, entity: LetterlockStrings.uint8ArrayToByteString(new Uint8Array(await entity.arrayBuffer())) });
          }
          this.#revealed.keep(key, read, subject, encrypted);
          return reload(key);
        },
        explain: async (id, note) => {
          const key = keyOf(id);
          return key && this.#revealed.explain(key, note) && this.#revealed.known.has(key) ? reload(key) : false;
        },
        forget: async () => {
          if (!this.#revealed) {
            return;
          }
          this.#revealed.messages.clear();
          this.#revealed.lent = null;
        },
      },
    };
  }

  onShutdown(isAppShutdown) {
    if (isAppShutdown || !this.#revealed) {
      return;
    }
    const ours = [...messageWindows()].filter(({ gMessageURI: uri }) => uri && this.#revealed.known.has(keyOfUri(uri)));
    this.#revealed.uninstall();
    // What was decrypted leaves the screen, and the subject that was inside.
    for (const window of ours) {
      window.ReloadMessage();
    }
  }

  #install() {
    if (this.#revealed || letterlockMisfit()) {
      return;
    }
    this.#revealed = new Revealed((key, ...facts) => this.extension.localizeMessage(key, facts));
    this.#revealed.install();
    globalThis.letterlockRevealed = this.#revealed;
    globalThis.letterlockOriginal = uri => {
      const key = uri ? keyOfUri(uri) : "";
      const { known } = this.#revealed;
      return known.has(key) ? { shown: this.#revealed.has(key), subject: known.get(key) ?? "" } : null;
    };
  }
};
