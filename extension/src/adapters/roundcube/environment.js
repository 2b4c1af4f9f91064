/**
 * The state of a Roundcube page, as its own inline script carries it.
 *
 * A content script does not see the page's variables, and should not: reading the text of the script needs no code in
 * the page's world.
 */

import { ENVIRONMENT_CALL } from "./selectors.js";

/**
 * @param {Document} document
 * @returns {Record<string, unknown> | null} null: not a Roundcube page
 */
export function environment(document) {
  // Only the head: nothing of a mail is ever in there, and Roundcube strips scripts from mails anyway.
  for (const script of document.head.querySelectorAll("script:not([src])")) {
    const text = script.textContent ?? "";
    const at = text.indexOf(ENVIRONMENT_CALL);
    if (at >= 0) return leadingObject(text.slice(at + ENVIRONMENT_CALL.length));
  }
  return null;
}

/**
 * The JSON object a text begins with.
 * @param {string} text
 * @returns {Record<string, unknown> | null}
 */
export function leadingObject(text) {
  const end = objectEnd(text);
  if (end === 0) return null;
  try {
    return JSON.parse(text.slice(0, end));
  } catch {
    return null;
  }
}

/**
 * Where the object ends: braces are counted outside of strings.
 * @param {string} text
 */
function objectEnd(text) {
  let depth = 0;
  for (const token of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token[0] === "{") depth++;
    else if (token[0] === "}" && --depth === 0) return token.index + 1;
  }
  return 0;
}
