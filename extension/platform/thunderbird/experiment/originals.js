"use strict";

/* The privileged part of the add-on: what a compose window takes over from an encrypted message.
 *
 * Thunderbird writes the attachments of a message that is forwarded, or edited, to temporary files, and it attaches a
 * message as it is stored, which nobody but its own recipients can read. For a decrypted message the attachments stay in
 * memory (data: addresses), and a message that was opened is attached as it was opened.
 *
 * It takes the messages from reading.js, whose globals it shares. The names used of Thunderbird, none of them published:
 * gMsgCompose, gAttachmentBucket, AddAttachments and the events compose-window-init, compose-editor-ready,
 * attachments-added of the compose window.
 */

const LetterlockMail = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const LetterlockOctets = ChromeUtils.importESModule("resource:///modules/MailStringUtils.sys.mjs").MailStringUtils;

const ORIGINALS = "chrome://messenger/content/messengercompose/messengercompose.xhtml";
const LISTENER = "letterlock-originals";

/** The header of a message as it was opened: without what described the encrypted content, with the subject inside. */
function openedHead(source, subject) {
  const fields = source
    .split(/\r?\n\r?\n/, 1)[0]
    .split(/\r?\n(?![ \t])/)
    .filter(field => !/^(content-|mime-version:|x-mozilla-|from )/i.test(field))
    .filter(field => !subject || !/^subject:/i.test(field));
  const { mimeConverter } = LetterlockMail.MailServices;
  const inside = subject ? [`Subject: ${mimeConverter.encodeMimePartIIStr_UTF8(subject, false, 9, 72)}`] : [];
  return [...fields, ...inside, "MIME-Version: 1.0"].join("\r\n");
}

this.letterlockOriginals = class extends ExtensionCommon.ExtensionAPIPersistent {
  #support = null;

  onStartup() {
    this.#watch();
  }

  getAPI() {
    this.#watch();
    return { letterlockOriginals: {} };
  }

  onShutdown(isAppShutdown) {
    if (!isAppShutdown) {
      this.#support?.unregisterWindowListener(LISTENER);
    }
  }

  #watch() {
    if (!this.#support) {
      this.#support = ChromeUtils.importESModule("resource:///modules/ExtensionSupport.sys.mjs").ExtensionSupport;
      this.#support.registerWindowListener(LISTENER, { chromeURLs: [ORIGINALS], onLoadWindow: window => this.#begin(window) });
    }
  }

  #begin(window) {
    const bucket = window.document.getElementById("attachmentBucket");
    bucket.addEventListener("attachments-added", ({ detail }) => {
      for (const attachment of detail) {
        this.#open(window, attachment).catch(console.error);
      }
    });
    window.addEventListener("compose-editor-ready", () => this.#attach(window), { once: true });
  }

  /** The attachments of the message that is forwarded or edited here. */
  #attach(window) {
    const uri = window.gMsgCompose?.originalMsgURI;
    const message = uri ? globalThis.letterlockRevealed?.take(uri) : null;
    const made = [];
    for (const { entity, files } of message?.sections.values() ?? []) {
      for (const { name, type, from, end } of files) {
        const base64 = entity.slice(from, end).replace(/\r\n/g, "");
        made.push(this.#attachment(name || "attachment", type, base64));
      }
    }
    if (made.length > 0) {
      window.AddAttachments(made, false);
      this.#quiet(window);
    }
  }

  /** A message that was attached as it is stored. */
  async #open(window, attachment) {
    const message = attachment.contentLocation ? globalThis.letterlockRevealed?.opened(attachment.contentLocation) : null;
    if (!message || !attachment.url.startsWith("file:")) {
      return;
    }
    const { entity, subject } = message;
    const stored = await IOUtils.read(Services.io.newURI(attachment.url).QueryInterface(Ci.nsIFileURL).file.path);
    const source = LetterlockOctets.uint8ArrayToByteString(stored);
    const opened = `${openedHead(source, subject)}\r\n${entity}`;
    const name = subject ? `${subject.replaceAll(/[/:*?"<>|\p{Cc}]/gu, "_").slice(0, 100)}.eml` : attachment.name;
    const made = this.#attachment(name, "message/rfc822", window.btoa(opened));
    const item = window.gAttachmentBucket.findItemForAttachment(attachment);
    Object.assign(attachment, { url: made.url, name: made.name, contentType: made.contentType, size: made.size });
    if (item) {
      window.gAttachmentBucket.invalidateItem(item);
      this.#quiet(window);
    }
  }

  #attachment(name, type, base64) {
    const made = Cc["@mozilla.org/messengercompose/attachment;1"].createInstance(Ci.nsIMsgAttachment);
    const size = (base64.length / 4) * 3 - (/=*$/.exec(base64)?.[0].length ?? 0);
    return Object.assign(made, { name, contentType: type, url: `data:${type};base64,${base64}`, size });
  }

  /** A tooltip with the whole attachment in base64 helps nobody. */
  #quiet(window) {
    for (const item of window.gAttachmentBucket.itemChildren) {
      if (item.attachment.url.startsWith("data:")) {
        item.setAttribute("tooltiptext", item.attachment.name);
      }
    }
  }
};
