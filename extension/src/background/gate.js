/**
 * The gate: who may ask the background for what.
 *
 * A mail page is hostile ground, and a content script lives in the same process as it. So every message is measured
 * against what the browser says about its sender (never what the sender says): the extension's id, the document's
 * address, the tab, the frame, and whether the person granted the site. Nothing reaches the host but through here.
 */

/**
 * - `content`: our content script in a granted site
 * - `panel`: the panel, in its frame inside a mail page
 * - `page`: one of our own pages, being the top document of its tab
 * - `keys`: the page on which a passphrase or a PIN is typed, being the top document of its tab. Nobody else may ask for
 *   what concerns the person's keys: a page around the panel could lead clicks, and a content script lives with the page
 * - `manage`: the page on which keys, people and trust are managed, being the top document of its tab
 * - `write`: the page on which mail is written, being the top document of its tab
 * - `receipt`: the page on which a signed receipt is given, being the top document of its tab
 * - `menu`: the toolbar button's menu, which is in no tab
 * - `signing`: in Thunderbird, the popup of a compose window, where there is no experiment
 * @typedef {"content" | "panel" | "page" | "keys" | "manage" | "write" | "receipt" | "menu" | "signing"} Role
 */

/**
 * What a field must be.
 * @typedef {"string" | "count" | "count or null" | "boolean" | "object"} Field
 */

/**
 * Every message the background accepts: from whom, and with which fields. Names are `receiver.verb`; what each does is
 * in the file named beside it.
 * @type {Readonly<Record<string, { from: readonly Role[], fields: Readonly<Record<string, Field>> }>>}
 */
export const MESSAGES = Object.freeze({
  // readings.js: a message was opened in a mail page, or given to the page for message files
  "mail.open": { from: ["content", "page"], fields: { size: "count or null", hint: "boolean" } },
  "mail.chunk": { from: ["content", "page"], fields: { data: "string", last: "boolean" } },
  "mail.failed": { from: ["content"], fields: {} },
  "mail.panel": { from: ["content"], fields: {} },
  // lists.js: which messages of the page's list are signed or encrypted
  "list.kinds": { from: ["content"], fields: { adapter: "string" } },
  // readings.js: the panel says which reading it belongs to
  "panel.claim": { from: ["panel"], fields: { token: "string" } },
  // readings.js: a person wants missing certificates to be fetched
  "issuers.fetch": { from: ["panel", "page"], fields: {} },
  // receipts.js: a message asks for a signed receipt, and a person wants to see what giving it means; and what only the
  // page for that may ask: a page around the panel could lead clicks
  "receipt.ask": { from: ["panel", "page"], fields: {} },
  "receipt.claim": { from: ["receipt"], fields: { token: "string" } },
  "receipt.give": { from: ["receipt"], fields: {} },
  // keys.js: the page for the passphrase, or for the PIN of a token, is opened; and what only that page may ask
  "keys.ask": { from: ["panel", "page"], fields: { token: "string" } },
  "keys.status": { from: ["keys"], fields: {} },
  "keys.unlock": { from: ["keys"], fields: { way: "string", secret: "string" } },
  "token.status": { from: ["keys"], fields: { token: "string" } },
  "token.unlock": { from: ["keys"], fields: { token: "string", pin: "string" } },
  // keys.js: which certificates end soon
  "keys.notices": { from: ["keys", "menu"], fields: {} },
  // manager.js: what the pages for managing and for writing ask of the host
  "host.ask": { from: ["manage", "write"], fields: { request: "count", operation: "string", params: "object" } },
  // manager.js: whether an open webmail can send
  "webmail.look": { from: ["manage", "write"], fields: { request: "count", site: "string" } },
  "host.stop": { from: ["manage", "write"], fields: { request: "count" } },
  // letters.js: a person wants to answer the message that is shown; the page for it is opened
  "answer.ask": { from: ["panel", "page"], fields: { kind: "string" } },
  "mail.answer": { from: ["content"], fields: { kind: "string" } },
  // letters.js: what only the page for writing may ask: what an answer, or a draft, begins with
  "answer.claim": { from: ["write"], fields: { token: "string" } },
  "draft.open": { from: ["write"], fields: { draft: "string" } },
  // manager.js: what is typed is kept as a draft; its octets are handed over as the host takes them
  "host.upload": { from: ["write"], fields: { request: "count", operation: "string", size: "count", params: "object" } },
  // manager.js: a letter is sent; the same
  "host.send": { from: ["write"], fields: { request: "count", size: "count", params: "object" } },
  "host.chunk": { from: ["write"], fields: { request: "count", data: "string", last: "boolean" } },
  // main.js: what was read last in Outlook on the web
  "outlook.last": { from: ["menu"], fields: {} },
  // main.js: a person wants to write; the page for it is opened
  "write.open": { from: ["content", "menu"], fields: {} },
  // own-marks.js: what genuine frames are known by
  "mark.show": { from: ["page", "manage", "menu"], fields: {} },
  "mark.choose": { from: ["page", "manage"], fields: { colour: "string", words: "string" } },
  // thunderbird-plain.js: whether the message in a compose window is signed, and what came of the last one
  "signing.show": { from: ["signing"], fields: { tab: "count" } },
  "signing.set": { from: ["signing"], fields: { tab: "count", on: "boolean" } },
  "signing.outcome": { from: ["signing"], fields: {} },
  // deliveries.js: bodies of parts, for those who show them
  "part.fetch": { from: ["panel", "page", "write"], fields: { part: "string", text: "boolean", delivery: "string" } },
  // attached.js: an attachment is looked at on a page of its own; and what only that page may ask
  "attached.open": { from: ["panel", "page"], fields: { part: "string" } },
  "attached.claim": { from: ["page"], fields: { token: "string" } },
  "evidence.fetch": { from: ["panel", "page"], fields: { delivery: "string" } },
  "part.more": { from: ["panel", "page", "write"], fields: { delivery: "string" } },
  "part.stop": { from: ["panel", "page", "write"], fields: { delivery: "string" } },
});

/** Our own pages that may ask for something, by path. */
const PAGES = new Set(["/ui/check.html", "/ui/mark.html", "/ui/pdf.html"]);
const PANEL = "/ui/panel.html";
const KEYS = "/ui/unlock.html";
const MANAGE = "/ui/manage.html";
const WRITE = "/ui/write.html";
const RECEIPT = "/ui/receipt.html";
const MENU = "/ui/popup.html";

/**
 * @param {import("../browser/runtime.js").Sender} sender
 * @param {{ id: string, origin: string }} own
 * @param {(url: string) => Promise<boolean>} isGranted
 * @returns {Promise<Role | null>} null: nobody we talk to
 */
export async function roleOf(sender, own, isGranted) {
  if (sender.extension !== own.id || !URL.canParse(sender.url)) return null;
  if (sender.tab === undefined) return sender.url === `${own.origin}${MENU}` ? "menu" : null;
  if (sender.frame === undefined) return null;
  // A document in a sandbox has the address of its site and not its origin: a webmail shows attachments like that, and
  // what they say is the attacker's, not the site's.
  if (sender.origin !== undefined && !sender.url.startsWith(`${sender.origin}/`)) return null;
  if (sender.url.startsWith(`${own.origin}/`)) {
    const { pathname } = new URL(sender.url);
    if (pathname === PANEL && sender.frame !== 0) return "panel";
    if (pathname === KEYS) return sender.frame === 0 ? "keys" : null;
    if (pathname === MANAGE) return sender.frame === 0 ? "manage" : null;
    if (pathname === RECEIPT) return sender.frame === 0 ? "receipt" : null;
    if (pathname === WRITE) return sender.frame === 0 ? "write" : null;
    // A page of ours inside somebody's frame is not a page: the one around it could lead the person's clicks.
    return PAGES.has(pathname) && sender.frame === 0 ? "page" : null;
  }
  return (await isGranted(sender.url)) ? "content" : null;
}

/**
 * @param {any} message
 * @param {Role} role
 * @returns {string | null} why it is refused; null: it may pass
 */
export function refusal(message, role) {
  if (typeof message !== "object" || message === null) return "not an object";
  const { name, ...fields } = message;
  const rule = Object.hasOwn(MESSAGES, name) ? MESSAGES[name] : undefined;
  if (rule === undefined) return `unknown message ${JSON.stringify(name)}`;
  if (!rule.from.includes(role)) return `${name} is not for ${role}`;
  const odd = Object.keys(fields).find((field) => !Object.hasOwn(rule.fields, field));
  if (odd !== undefined) return `${name} has no field ${JSON.stringify(odd)}`;
  const wrong = Object.entries(rule.fields).find(([field, kind]) => !fits(fields[field], kind));
  return wrong ? `${name}: ${wrong[0]} is no ${wrong[1]}` : null;
}

/**
 * @param {unknown} value
 * @param {Field} kind
 * @returns {boolean}
 */
function fits(value, kind) {
  switch (kind) {
    case "count or null":
      return value === null || fits(value, "count");
    case "count":
      return Number.isSafeInteger(value) && /** @type {number} */ (value) >= 0;
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === kind;
  }
}
