/**
 * The ways by which a letter leaves: the one place that knows of them. A way has an address that it sends from, and takes a
 * finished message (RFC 5322, its Bcc in it) and what is wanted of it; what has become of it is always told alike.
 */

import { line } from "./obstacles.js";
import { failureWords, say } from "../../browser/words.js";
import { Failure } from "../../lib/failure.js";
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
 * @property {() => Promise<HTMLElement[]>} obstacles   what of this way is to be known before anything is written
 */

/**
 * Every way there is, the preferred ones first.
 * @param {import("../manage/asking.js").Asking} asking
 * @returns {Promise<Way[]>}
 */
export async function ways(asking) {
  const { accounts } = await asking.ask("account_list");
  /** @type {{ ways: import("../../lib/protocol.js").KeptWay[] }} */
  const known = await asking.ask("way_list");
  return accounts.map((/** @type {{ id: string, address: string }} */ { id, address }) => ({
    id: `account ${id}`,
    address,
    words: address,
    /** @type {Way["send"]} */
    send: (letter, wish, options) => asking.send(blobSource(letter), { ...wish, account: id }, options),
    obstacles: () => obstaclesOf(asking, known.ways.find(({ account }) => account === id)),
  }));
}

/**
 * @param {import("../manage/asking.js").Asking} asking
 * @param {import("../../lib/protocol.js").KeptWay | undefined} way
 * @returns {Promise<HTMLElement[]>}
 */
async function obstaclesOf(asking, way) {
  if (way === undefined || way.way === "smtp") return [];
  if (way.way !== "webmail") {
    const size = new Intl.NumberFormat(document.documentElement.lang, { style: "unit", unit: "megabyte", maximumFractionDigits: 0 });
    return [
      ...(way.signed_in ? [] : [line("signed-out", say("write_signed_out", way.address), "#accounts")]),
      ...(way.largest ? [line("largest", say("write_largest", size.format(way.largest / 1_000_000)))] : []),
    ];
  }
  const lines = [line("webmail", say("write_webmail_plain"))];
  try {
    const { addresses } = await asking.webmail(way.site);
    if (!addresses.includes(way.address.toLowerCase())) lines.push(line("other-address", say("way_not_its_address", way.address, addresses.join(", "))));
  } catch (thrown) {
    const failure = Failure.from(thrown);
    const { sentence, advice } = failureWords(failure);
    lines.push(line(failure.code, `${sentence}. ${advice}`));
  }
  return lines;
}
