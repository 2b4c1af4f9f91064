/**
 * The raw source of a message in Gmail, by the page's own session.
 *
 * The address is the one behind "Download original". It is not documented; other extensions have used it for years.
 */

import { ACCOUNT, HOST, ID_SHAPE } from "./selectors.js";

/** Where Gmail lets its downloads be fetched from, besides its own origin. */
const DOWNLOADS = /^https:\/\/(?:mail\.google\.com|mail-attachment\.googleusercontent\.com)$/;

/**
 * @param {string} id
 * @param {string} href  the document's address
 * @returns {URL | null} null: no message of Gmail's
 */
export function originalAddress(id, href) {
  const page = new URL(href);
  const account = page.pathname.match(ACCOUNT);
  if (page.hostname !== HOST || account === null || !ID_SHAPE.test(id)) return null;
  const address = new URL(`/mail/u/${account[1] ?? "0"}/`, page.origin);
  address.search = new URLSearchParams({ view: "att", th: id, attid: "0", disp: "comp", safe: "1", zw: "" }).toString();
  return address;
}

/**
 * @param {URL} address
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function fetchOriginal(address, signal) {
  const response = await fetch(address, { credentials: "same-origin", cache: "no-store", signal });
  const type = response.headers.get("Content-Type") ?? "";
  // A session that has ended leads to a page to log in, somewhere else, with status 200.
  const strange = response.redirected && !DOWNLOADS.test(new URL(response.url).origin);
  if (!response.ok || strange || !/^(?:message\/rfc822|text\/plain|application\/octet-stream)\b/i.test(type)) {
    throw new Error(`Gmail answered ${response.status} ${type}`);
  }
  const blob = await response.blob();
  if (blob.size === 0) throw new Error("Gmail answered with nothing");
  return blob;
}
