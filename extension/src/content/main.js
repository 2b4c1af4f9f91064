/**
 * The content script: starts the adapter that knows this page, if any, and ends it with the page. It runs in every
 * frame of a granted site, whatever that is.
 *
 * This module and all it imports are linked into one classic script when the packages are made
 * (extension/content_script.py).
 */

import { carries } from "./carrying.js";
import { mailList } from "./list.js";
import { Reading } from "./reading.js";
import { writes } from "./writing.js";
import { gmail } from "../adapters/gmail/index.js";
import { roundcube } from "../adapters/roundcube/index.js";
import { sogo } from "../adapters/sogo/index.js";
import { onChannel } from "../browser/runtime.js";

/** @type {import("../adapters/adapter.js").Adapter[]} */
const ADAPTERS = [roundcube, sogo, gmail];

/** Everything in this page, until it is left. */
let page = new AbortController();

function begin() {
  // A document in a sandbox is not the site's, though it has its address (background/gate.js).
  if (globalThis.origin === "null") return;
  if (document.readyState !== "loading") return start(null);
  const { signal } = page;
  const early = foresee();
  const parsed = (/** @type {Event} */ { isTrusted }) => {
    if (!isTrusted) return;
    document.removeEventListener("DOMContentLoaded", parsed);
    start(early);
  };
  document.addEventListener("DOMContentLoaded", parsed, { signal });
}

/**
 * At the first moment of a page, of which nothing is there but its address: begins to check what it will show.
 */
function foresee() {
  const foreseen = ADAPTERS.map((adapter) => adapter.foresee?.(document) ?? null).find((each) => each !== null);
  if (!foreseen) return null;
  const end = new AbortController();
  page.signal.addEventListener("abort", () => end.abort(), { once: true });
  const reading = new Reading(end.signal);
  void reading.foresee(foreseen);
  return { reading, end };
}

/**
 * @param {{ reading: Reading, end: AbortController } | null} early
 */
function start(early) {
  const adapter = ADAPTERS.find((candidate) => candidate.matches(document));
  let foreseen = early;
  const opened = (/** @type {import("../adapters/adapter.js").OpenMessage} */ message, /** @type {AbortSignal} */ signal) => {
    const { reading, end } = foreseen ?? { reading: new Reading(signal), end: null };
    foreseen = null;
    if (end) signal.addEventListener("abort", () => end.abort(), { once: true });
    void reading.open(message);
  };
  adapter?.start({ document, opened, writes, list: mailList(adapter.name) }, page.signal);
  // It shows no message, whatever its address said.
  foreseen?.end.abort();
}

begin();

// Only the background calls, when a message is to be sent through this client.
onChannel((channel) => {
  if (channel.name !== "carry") return;
  const adapter = ADAPTERS.find((candidate) => candidate.matches(document));
  carries(channel, adapter?.carrier?.(document) ?? null, page.signal);
});

// A page that is kept for "back" must not keep its channels; when it is shown again it starts afresh.
window.addEventListener("pagehide", () => page.abort());
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  page = new AbortController();
  begin();
});
