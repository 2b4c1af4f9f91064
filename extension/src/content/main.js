/**
 * The content script: starts the adapter that knows this page, if any, and ends it with the page. It runs in every
 * frame of a granted site, whatever that is.
 *
 * This module and all it imports are linked into one classic script when the packages are made
 * (extension/content_script.py).
 */

import { mailList } from "./list.js";
import { Reading } from "./reading.js";
import { writes } from "./writing.js";
import { roundcube } from "../adapters/roundcube/index.js";

/** @type {import("../adapters/adapter.js").Adapter[]} */
const ADAPTERS = [roundcube];

/** Everything in this page, until it is left. */
let page = new AbortController();

function start() {
  // A document in a sandbox is not the site's, though it has its address (background/gate.js).
  if (globalThis.origin === "null") return;
  const adapter = ADAPTERS.find((candidate) => candidate.matches(document));
  if (!adapter) return;
  const opened = (/** @type {import("../adapters/adapter.js").OpenMessage} */ message, /** @type {AbortSignal} */ signal) =>
    void new Reading(message, signal).run();
  adapter.start({ document, opened, writes, list: mailList(adapter.name) }, page.signal);
}

start();

// A page that is kept for "back" must not keep its channels; when it is shown again it starts afresh.
window.addEventListener("pagehide", () => page.abort());
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  page = new AbortController();
  start();
});
