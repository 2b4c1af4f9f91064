/**
 * The raw source of a message in SOGo.
 */

import { ESCAPES, PLACE, TOKEN_COOKIE, TOKEN_HEADER } from "./selectors.js";
import { withMailLineEnds } from "../../lib/line-ends.js";

/**
 * The address under which SOGo's own "Download message" gets the message that an address shows.
 * @param {string} href  the document's address
 * @returns {URL | null} null: it shows none
 */
export function exportAddress(href) {
  const page = new URL(href);
  const [, account, folder, uid] = page.hash.match(PLACE) ?? [];
  const mail = page.pathname.indexOf("/Mail/");
  if (!uid || mail < 0 || !/^https?:$/.test(page.protocol)) return null;
  let path;
  try {
    path = decodeURIComponent(decodeURIComponent(folder));
  } catch {
    return null;
  }
  const folders = path.split("/").map((name) => encodeURIComponent(`folder${escaped(name)}`));
  const steps = [encodeURIComponent(account), ...folders, uid, "export"];
  return new URL(`${page.pathname.slice(0, mail)}/Mail/${steps.join("/")}`, page.origin);
}

/** @param {string} name */
function escaped(name) {
  const said = ESCAPES.reduce((text, [from, to]) => text.replaceAll(from, to), name).replace(/[^\0-\x7f]/g, "");
  return /^\d/.test(said) ? `_${said}` : said;
}

/**
 * SOGo hands a message out with LF at the ends of its lines; the mail has CRLF there, and signatures count on it.
 * @param {URL} address
 * @param {Document} document  whose cookie allows the request
 * @param {AbortSignal} signal
 * @returns {Promise<Blob>}
 */
export async function fetchExport(address, document, signal) {
  const response = await fetch(address, {
    method: "POST",
    headers: { [TOKEN_HEADER]: cookie(document, TOKEN_COOKIE), Accept: "message/rfc822" },
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    signal,
  });
  const type = response.headers.get("Content-Type") ?? "";
  // Where the session has ended, a page to log in comes with status 200.
  if (!response.ok || !/^message\/rfc822\b/i.test(type)) throw new Error(`SOGo answered ${response.status} ${type}`);
  const blob = await response.blob();
  if (blob.size === 0) throw new Error("SOGo answered with nothing");
  return withMailLineEnds(blob);
}

/**
 * @param {Document} document
 * @param {string} name
 */
function cookie(document, name) {
  const start = `${name}=`;
  const found = document.cookie.split("; ").find((each) => each.startsWith(start));
  return found ? decodeURIComponent(found.slice(start.length)) : "";
}
