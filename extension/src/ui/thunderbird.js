/**
 * Thunderbird's details window: the verdict on one message in full, and the content where Thunderbird itself cannot show
 * it. The address names the message (`?message=<id>`); what is shown is found out anew by the background, so it is never
 * older than the window. With `&proof` the proof of it is saved at once, as if its button had been pressed.
 */

import { PartFetcher } from "./fetch-part.js";
import { translate } from "./page.js";
import { partsView } from "./parts.js";
import { VerdictView } from "./verdict.js";
import { openChannel } from "../browser/runtime.js";
import { why } from "../adapters/thunderbird/plain.js";
import { misfit } from "../browser/thunderbird-plain.js";
import { hidesContent } from "../lib/summary.js";

translate();
const root = /** @type {HTMLElement} */ (document.getElementById("verdict"));
const asked = new URLSearchParams(location.search);
const message = Number(asked.get("message"));
const channel = openChannel("details");
const ask = (issuers = false) => channel.post({ message, issuers });
const view = new VerdictView(root, {
  again: () => ask(),
  issuers: () => ask(true),
  unlock: ({ token }) => channel.post({ unlock: token }),
  receipt: () => channel.post({ name: "receipt.ask" }),
  evidence: () => fetcher.evidence(),
  expanded: true,
});

const fetcher = new PartFetcher(channel);
const parts = /** @type {HTMLElement} */ (document.getElementById("parts"));
/** What the parts on the screen belong to: a verdict that is renewed leaves them alone. @type {string | null} */
let shown = null;
let proof = asked.has("proof");

channel.onMessage((said) => {
  if (typeof said.phase !== "string") return; // about a part
  view.show(said);
  if (said.phase === "opened" && proof) {
    proof = false;
    /** @type {HTMLElement | null} */ (root.querySelector("[data-does=evidence]"))?.click();
  }
  if (said.phase !== "opened" || said.opened.message === shown) return;
  shown = said.opened.message;
  parts.replaceChildren(...(hidesContent(said.opened.verdict) ? [partsView(said.opened, fetcher)] : []));
});
ask();

const limits = await misfit();
if (limits) {
  const note = /** @type {HTMLElement} */ (document.getElementById("limits"));
  note.textContent = why(limits);
  note.hidden = false;
}
