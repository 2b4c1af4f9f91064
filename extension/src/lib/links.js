/**
 * Where a mail leads. A link is told by its true target, and whether its words name another one.
 */

import { visible } from "./visible.js";

/**
 * @typedef {object} Link
 * @property {string} words    as the mail shows it
 * @property {string} target   the whole address, as the browser understands it
 * @property {string} host     empty for mail addresses
 * @property {boolean} differs   the words name another host than the target
 */

/** Schemes that are told. `javascript:` and `data:` run, `file:` and others start programs. */
const SCHEMES = new Set(["http:", "https:", "mailto:"]);

/** Links told of one part. A text with more is no letter. */
export const LINKS = 500;

const IN_TEXT = /\bhttps?:\/\/[^\s<>"'`\u27e6\u27e7]+/gi;
const NAMED_HOST = /(?:^|[\s(<@/])((?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24})(?=$|[\s)>/:?#.,;!])/u;

/**
 * @param {string} words
 * @param {string} address
 * @returns {Link | null}  null: it leads nowhere that is told
 */
export function link(words, address) {
  if (!URL.canParse(address)) return null;
  const { protocol, href, hostname } = new URL(address);
  if (!SCHEMES.has(protocol) || href.length > 8_000) return null;
  const host = protocol === "mailto:" ? "" : hostname;
  const shown = visible(words).replace(/\s+/g, " ").trim().slice(0, 200);
  return { words: shown, target: href, host, differs: host !== "" && names(shown, host) };
}

/** @param {string} text */
export function linksIn(text) {
  /** @type {Link[]} */
  const found = [];
  for (const [written] of text.matchAll(IN_TEXT)) {
    // Punctuation after an address belongs to the sentence.
    const told = link("", written.replace(/[.,;:!?)\]}>]+$/, ""));
    if (told && !found.some(({ target }) => target === told.target)) found.push(told);
    if (found.length === LINKS) break;
  }
  return found;
}

/**
 * Whether the words name a host, and another one.
 * @param {string} words
 * @param {string} host
 */
function names(words, host) {
  const named = NAMED_HOST.exec(words)?.[1];
  if (!named || !URL.canParse(`https://${named}`)) return false;
  const { hostname } = new URL(`https://${named}`);
  return hostname !== host && !host.endsWith(`.${hostname}`) && hostname !== `www.${host}`;
}
