/**
 * A message's source as it arrived, from what Thunderbird stores.
 *
 * Local folders keep Thunderbird's own notes in front of the message: lines X-Mozilla-Status, X-Mozilla-Status2 and
 * X-Mozilla-Keys, which end in LF where the message ends its lines in CRLF. They are no part of the mail. Taking
 * them away by their line ends too keeps a field of that name that somebody really sent.
 */

import { storedSource } from "../../browser/thunderbird.js";

const NOTES = /^(?:X-Mozilla-(?:Status2?|Keys):[^\r\n]*\n)+/;

/** Two status lines of fixed length, and keywords: a tag is short, and a person sets few. */
const NOTES_OCTETS = 8192;

/**
 * @param {number} message
 * @returns {Promise<Blob>}
 */
export async function source(message) {
  return withoutNotes(await storedSource(message));
}

/**
 * @param {Blob} stored
 * @returns {Promise<Blob>}
 */
export async function withoutNotes(stored) {
  const start = await latin1(stored.slice(0, NOTES_OCTETS));
  return stored.slice(NOTES.exec(start)?.[0].length ?? 0);
}

/** As much of a mail as its MIME structure is looked for in, for `mayBeProtected`. */
const HINT_OCTETS = 65536;

/**
 * Whether a mail looks as if S/MIME had to do with it. Only for saying nothing about ordinary mail while the host
 * cannot be asked; no verdict rests on it.
 * @param {Blob} mail
 * @returns {Promise<boolean>}
 */
export async function mayBeProtected(mail) {
  return /application\/(?:x-)?pkcs7-(?:mime|signature)/i.test(await latin1(mail.slice(0, HINT_OCTETS)));
}

/**
 * Whether it looks encrypted. Only for what is said while the host works.
 * @param {Blob} mail
 * @returns {Promise<boolean>}
 */
export async function mayBeEncrypted(mail) {
  return /smime-type="?(?:auth)?enveloped-data/i.test(await latin1(mail.slice(0, HINT_OCTETS)));
}

/** Octets as characters, one for one: as UTF-8 their number would change. @param {Blob} blob */
async function latin1(blob) {
  return new TextDecoder("latin1").decode(await blob.arrayBuffer());
}
