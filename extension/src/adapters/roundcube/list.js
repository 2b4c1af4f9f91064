/**
 * Badges in Roundcube's list: which messages are signed or encrypted, as far as the list knows. What a signature is worth
 * is told when the message is opened, and nowhere before.
 */

import { BADGE } from "../adapter.js";
import { LIST, LISTED_LINK, LISTED_ROW } from "./selectors.js";

/** Rows come many at once; they are looked at together. In milliseconds. */
const TOGETHER = 100;

/**
 * @param {Document} document
 * @param {import("../adapter.js").MailList} list
 * @param {AbortSignal} signal
 */
export function markList(document, list, signal) {
  const table = document.querySelector(LIST);
  if (table === null) return;
  /** @type {WeakSet<Element>} */
  const seen = new WeakSet();
  /** @type {ReturnType<typeof setTimeout> | null} */
  let due = null;

  async function look() {
    due = null;
    const rows = [.../** @type {Element} */ (table).querySelectorAll(LISTED_ROW)].filter((row) => !seen.has(row));
    if (rows.length === 0) return;
    for (const row of rows) seen.add(row);
    const kinds = await list.kinds();
    if (signal.aborted) return;
    for (const row of rows) {
      const kind = kinds[uidOf(row)];
      // Before the subject: behind it, a long one would cut the badge off.
      if (kind) row.querySelector(LISTED_LINK)?.before(list.badge(kind));
    }
  }

  const soon = () => (due ??= setTimeout(() => void look(), TOGETHER));
  const observer = new MutationObserver(soon);
  observer.observe(table, { childList: true, subtree: true });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    if (due !== null) clearTimeout(due);
    for (const badge of table.querySelectorAll(`[${BADGE}]`)) badge.remove();
  }, { once: true });
  soon();
}

/** @param {Element} row */
function uidOf(row) {
  const address = row.querySelector(LISTED_LINK)?.getAttribute("href") ?? "";
  return new URLSearchParams(address.slice(address.indexOf("?") + 1)).get("_uid") ?? "";
}
