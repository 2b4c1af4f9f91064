/**
 * The ways by which a letter leaves: the one place that knows of them. A way has an address that it sends from, and takes a
 * finished message (RFC 5322, its Bcc in it) and what is wanted of it; what has become of it is always told alike.
 */

import { blobSource } from "../../lib/source.js";

/**
 * @typedef {object} Wish  the parameters of the operation `send` that a letter decides
 * @property {boolean} sign
 * @property {boolean} encrypt
 * @property {boolean} quotes_decrypted  the text has words from an encrypted message
 * @property {boolean} quote_in_clear    the person was asked, and said so
 *
 * @typedef {object} Way
 * @property {string} id
 * @property {string} address
 * @property {string} words   how it is called where one is chosen
 * @property {(letter: Blob, wish: Wish, options: { signal: AbortSignal, onProgress: (done: number, total: number | null) => void })
 *   => Promise<import("../../lib/protocol.js").Sent>} send
 */

/**
 * Every way there is, the preferred ones first.
 * @param {import("../manage/asking.js").Asking} asking
 * @returns {Promise<Way[]>}
 */
export async function ways(asking) {
  const { accounts } = await asking.ask("account_list");
  return accounts.map((/** @type {{ id: string, address: string }} */ { id, address }) => ({
    id: `account ${id}`,
    address,
    words: address,
    /** @type {Way["send"]} */
    send: (letter, wish, options) => asking.send(blobSource(letter), { ...wish, account: id }, options),
  }));
}
