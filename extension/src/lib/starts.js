/**
 * What a new letter starts with, out of the host's settings (`settings_list`): the one place where a person sets it, for
 * the editor of this extension and for Thunderbird.
 */

/** @typedef {import("./protocol.js").WritingDefault} WritingDefault */

/**
 * @param {{ writing: readonly WritingDefault[] }} settings
 * @param {string} address  of the sender
 * @returns {WritingDefault | null}  null: the person set nothing for it, and nothing for all others
 */
export function startsWith({ writing }, address) {
  const of = (/** @type {string} */ wanted) => writing.find((each) => each.address === wanted);
  return of(address.trim().toLowerCase()) ?? of("") ?? null;
}
