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
 * @property {readonly File[]} files  attachments
 */

/** Octets of an attachment that are text at a time: whole lines of base64, 57 octets each. */
const PIECE = 57 * 8_192;
const LINE_END = "\r\n";

/**
 * @param {Letter} letter
 * @returns {Promise<Blob>}
 */
export async function compose(letter) {
  const boundary = `=_${crypto.randomUUID()}`;
  const several = letter.files.length > 0;
  const head = [
    `From: ${mailboxes(letter.from)}`,
    ...[
      ["To", letter.to],
      ["Cc", letter.cc],
      ["Bcc", letter.bcc],
    ].flatMap(([name, value]) => (value.trim() ? [`${name}: ${mailboxes(value)}`] : [])),
    `Subject: ${words(clean(letter.subject))}`,
    "MIME-Version: 1.0",
  ];
  const body = ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "", lines(toBase64(utf8(crlf(letter.text)))), ""];
  if (!several) return new Blob([[...head, ...body].join(LINE_END)]);
  /** @type {BlobPart[]} */
  const parts = [[...head, `Content-Type: multipart/mixed; boundary="${boundary}"`, "", `--${boundary}`, ...body, ""].join(LINE_END)];
  for (const file of letter.files) {
    parts.push([`--${boundary}`, ...describe(file), "", ""].join(LINE_END));
    for (let at = 0; at < file.size; at += PIECE) parts.push(lines(await blobToBase64(file.slice(at, at + PIECE))), LINE_END);
    parts.push(LINE_END);
  }
  parts.push(`--${boundary}--${LINE_END}`);
  return new Blob(parts);
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
function describe(file) {
  const type = /^[\w.+-]+\/[\w.+-]+$/.test(file.type) && !/^(?:message|multipart)\//i.test(file.type) ? file.type : "application/octet-stream";
  const name = clean(file.name).slice(0, 200);
  const parameter = isAscii(name)
    ? `filename="${name.replace(/(["\\])/g, "\\$1")}"`
    : // RFC 2231 §4
      `filename*=utf-8''${encodeURIComponent(name).replace(/['()*!]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)}`;
  return [`Content-Type: ${type}`, "Content-Transfer-Encoding: base64", `Content-Disposition: attachment;${LINE_END} ${parameter}`];
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
