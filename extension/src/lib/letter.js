/**
 * A letter as a MIME message (RFC 5322, RFC 2045) for the host, which signs, encrypts and sends it. Everything in it is
 * ASCII and short lines, so that no server has to rewrite it. Bcc is in it: the host takes it out.
 */

import { blobToBase64, toBase64 } from "./octets.js";

/**
 * @typedef {object} Letter
 * @property {string} from      an address, perhaps with a name: `Anna Muster <anna@muster.example>`
 * @property {string} to        addresses, separated by commas; may be empty, like the next two
 * @property {string} cc
 * @property {string} bcc
 * @property {string} subject
 * @property {string} text
 * @property {string | null} [html]  the same, formatted (rich.js)
 * @property {readonly { file: File, id: string }[]} [pictures]  those in the HTML, by Content-ID
 * @property {readonly File[]} files  attachments
 * @property {string | null} [inReplyTo]  a message identifier
 * @property {readonly string[]} [references]
 */

/** Octets of an attachment that are text at a time: whole lines of base64, 57 octets each. */
const PIECE = 57 * 8_192;
const LINE_END = "\r\n";

/**
 * A part of a message: its header fields, and its body.
 * @typedef {{ fields: string[], body: BlobPart[] }} MimePart
 */

/**
 * @param {Letter} letter
 * @returns {Promise<Blob>}
 */
export async function compose(letter) {
  const head = [
    `From: ${mailboxes(letter.from)}`,
    ...[
      ["To", letter.to],
      ["Cc", letter.cc],
      ["Bcc", letter.bcc],
    ].flatMap(([name, value]) => (value.trim() ? [`${name}: ${mailboxes(value)}`] : [])),
    `Subject: ${words(clean(letter.subject))}`,
    ...identifiers("In-Reply-To", letter.inReplyTo ? [letter.inReplyTo] : []),
    ...identifiers("References", letter.references ?? []),
    "MIME-Version: 1.0",
  ];
  const files = await Promise.all(letter.files.map(attachment));
  const whole = files.length > 0 ? multipart("mixed", [await content(letter), ...files]) : await content(letter);
  return new Blob([[...head, ...whole.fields, "", ""].join(LINE_END), ...whole.body]);
}

/**
 * What is read: the text, or the text and the same with its formatting and its pictures (RFC 2046 §5.1.4, RFC 2387).
 * @param {Letter} letter
 * @returns {Promise<MimePart>}
 */
async function content({ text, html, pictures = [] }) {
  const plain = textPart("plain", text);
  if (!html) return plain;
  const rich = textPart("html", `<!DOCTYPE html>\n<html><head><meta charset="utf-8"></head><body>${html}</body></html>\n`);
  const shown = await Promise.all(pictures.map(({ file, id }) => picture(file, id)));
  return multipart("alternative", [plain, shown.length > 0 ? multipart("related", [rich, ...shown], '; type="text/html"') : rich]);
}

/**
 * @param {"plain" | "html"} subtype
 * @param {string} text
 * @returns {MimePart}
 */
function textPart(subtype, text) {
  const fields = [`Content-Type: text/${subtype}; charset=utf-8`, "Content-Transfer-Encoding: base64"];
  return { fields, body: [lines(toBase64(utf8(crlf(text)))), LINE_END] };
}

/**
 * @param {string} subtype
 * @param {MimePart[]} parts
 * @param {string} [parameters]
 * @returns {MimePart}
 */
function multipart(subtype, parts, parameters = "") {
  const boundary = `=_${crypto.randomUUID()}`;
  const body = parts.flatMap(({ fields, body }) => [[`--${boundary}`, ...fields, "", ""].join(LINE_END), ...body, LINE_END]);
  return { fields: [`Content-Type: multipart/${subtype};${LINE_END} boundary="${boundary}"${parameters}`], body: [...body, `--${boundary}--${LINE_END}`] };
}

/** @param {File} file @returns {Promise<MimePart>} */
async function attachment(file) {
  const message = file.type === "message/rfc822" ? await asItIs(file) : null;
  const disposition = `Content-Disposition: attachment;${LINE_END} ${named(file)}`;
  if (message) return { fields: ["Content-Type: message/rfc822", disposition], body: [message, LINE_END] };
  return { fields: [`Content-Type: ${typeOf(file)}`, "Content-Transfer-Encoding: base64", disposition], body: await base64(file) };
}

/** @param {File} file @param {string} id @returns {Promise<MimePart>} */
async function picture(file, id) {
  const fields = [`Content-Type: ${typeOf(file)}`, "Content-Transfer-Encoding: base64", `Content-ID: <${clean(id)}>`, `Content-Disposition: inline;${LINE_END} ${named(file)}`];
  return { fields, body: await base64(file) };
}

/**
 * A message within a message is never encoded (RFC 2046 §5.2.1), so that its own signature stays good: it goes as it is
 * where its lines are what every server carries, and else as a file like any other.
 * @param {File} file
 * @returns {Promise<string | null>}
 */
async function asItIs(file) {
  const text = new TextDecoder("latin1").decode(await file.arrayBuffer());
  return /^[!-9;-~]+:[\t\r\n\x20-\x7e]*$/.test(text) && !/[^\r\n]{999}|\r(?!\n)|(?<!\r)\n/.test(text) ? text : null;
}

/** @param {File} file @returns {Promise<BlobPart[]>} */
async function base64(file) {
  /** @type {BlobPart[]} */
  const pieces = [];
  for (let at = 0; at < file.size; at += PIECE) pieces.push(lines(await blobToBase64(file.slice(at, at + PIECE))), LINE_END);
  return pieces;
}

/**
 * A field of message identifiers (RFC 5322 §3.6.4), of which only what has their form goes in.
 * @param {string} name
 * @param {readonly string[]} ids
 */
function identifiers(name, ids) {
  const good = ids.filter((id) => /^<[!-;=?-~]{1,500}>$/.test(id));
  return good.length > 0 ? [`${name}: ${good.join(`${LINE_END} `)}`] : [];
}

/**
 * The addresses in what was typed.
 * @param {string} typed
 * @returns {{ name: string, address: string }[]}
 */
export function addresses(typed) {
  return separated(typed).map((each) => {
    const named = /^(.*?)\s*<([^<>]*)>$/.exec(each);
    return named ? { name: named[1].replace(/^"(.*)"$/, "$1").replace(/\\(.)/g, "$1"), address: named[2].trim() } : { name: "", address: each };
  });
}

/**
 * A mailbox as one types it: what `addresses` reads as the same.
 * @param {{ name: string, address: string }} one
 */
export function mailbox({ name, address }) {
  const shown = clean(name);
  if (!shown) return address;
  return `${/[^\p{L}\p{N} .'’-]/u.test(shown) ? `"${shown.replace(/(["\\])/g, "\\$1")}"` : shown} <${address}>`;
}

/**
 * Cuts at commas and semicolons that are not within quotation marks.
 * @param {string} typed
 */
function separated(typed) {
  const pieces = clean(typed).match(/(?:"(?:[^"\\]|\\.)*"|[^,;"]|")+/g) ?? [];
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== "");
}

/** @param {string} typed */
function mailboxes(typed) {
  return addresses(typed)
    .map(({ name, address }) => (name ? `${phrase(name)} <${address}>` : address))
    .join(`,${LINE_END} `);
}

/** A name beside an address (RFC 5322 §3.2.5, RFC 2047 §5). @param {string} name */
function phrase(name) {
  return isAscii(name) ? `"${name.replace(/(["\\])/g, "\\$1")}"` : words(name);
}

/** Text in a header field: encoded words where it is not plain (RFC 2047), folded. @param {string} text */
function words(text) {
  if (isAscii(text) && text.length < 60 && !text.includes("=?")) return text;
  /** @type {string[]} */
  const made = [];
  let piece = "";
  for (const character of text) {
    // A line with an encoded word has at most 76 characters (RFC 2047 §2): 39 octets in base64, and what stands around.
    if (utf8(piece + character).length > 39) {
      made.push(piece);
      piece = "";
    }
    piece += character;
  }
  made.push(piece);
  return made.map((each) => `=?utf-8?B?${toBase64(utf8(each))}?=`).join(`${LINE_END} `);
}

/** @param {File} file */
function typeOf({ type }) {
  return /^[\w.+-]+\/[\w.+-]+$/.test(type) && !/^(?:message|multipart)\//i.test(type) ? type : "application/octet-stream";
}

/** The parameter with its name, of its Content-Disposition. @param {File} file */
function named(file) {
  const name = clean(file.name).slice(0, 200);
  if (isAscii(name)) return `filename="${name.replace(/(["\\])/g, "\\$1")}"`;
  // RFC 2231 §4
  return `filename*=utf-8''${encodeURIComponent(name).replace(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`;
}

/** No line of a header may end where we did not end it. @param {string} text */
function clean(text) {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, " ").trim();
}

/** @param {string} text */
function isAscii(text) {
  return /^[\x20-\x7e]*$/.test(text);
}

/** @param {string} text */
function crlf(text) {
  return text.replace(/\r\n|\r|\n/g, LINE_END);
}

/** @param {string} text */
function utf8(text) {
  return new TextEncoder().encode(text);
}

/** @param {string} base64 */
function lines(base64) {
  return base64.match(/.{1,76}/g)?.join(LINE_END) ?? "";
}
