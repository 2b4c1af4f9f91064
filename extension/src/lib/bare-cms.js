/**
 * What a signature or an encryption is when somebody has saved it without its message: the file smime.p7m.
 */

import { toBase64 } from "./octets.js";

/** The headers that say what it is (RFC 8551 §3.2). */
const HEADERS =
  "MIME-Version: 1.0\r\nContent-Type: application/pkcs7-mime; name=smime.p7m\r\nContent-Transfer-Encoding: base64\r\n\r\n";

/** The tag of a ContentInfo (RFC 5652 §3), a SEQUENCE; no header begins with it, as "0:" would need a colon next. */
const SEQUENCE = 0x30;

/** Octets of a line of base64, which are 76 characters of it (RFC 2045 §6.8). */
const LINE = 57;

/**
 * A message around a bare ContentInfo; anything else as it is.
 * @param {Blob} blob
 * @returns {Promise<Blob>}
 */
export async function asMessage(blob) {
  const [tag, length] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  // A length of more than one octet, or an indefinite one (X.690 §8.1.3): no text has octets from 0x80 there.
  if (tag !== SEQUENCE || !(length >= 0x80)) return blob;
  const octets = new Uint8Array(await blob.arrayBuffer());
  const lines = [];
  for (let at = 0; at < octets.length; at += LINE) lines.push(`${toBase64(octets.subarray(at, at + LINE))}\r\n`);
  return new Blob([HEADERS, ...lines]);
}
