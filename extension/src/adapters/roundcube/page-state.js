/**
 * What is asked of Roundcube's own variables, in the page's world. It is the page's word: good for a hint, and for
 * nothing else.
 */

/**
 * The media types of the messages in the list, by UID, as the server told Roundcube. It runs in the page, alone: nothing
 * outside of it is there.
 * @returns {Record<string, string>}
 */
export function listedTypes() {
  /** @type {Record<string, string>} */
  const types = {};
  const messages = /** @type {any} */ (globalThis).rcmail?.env?.messages ?? {};
  for (const uid of Object.keys(messages).slice(0, 1_000)) types[uid] = String(messages[uid]?.ctype ?? "").slice(0, 100);
  return types;
}
