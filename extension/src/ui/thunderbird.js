/**
 * Thunderbird's details window: the verdict on one message in full. The address names the message
 * (`?message=<id>`); what is shown is found out anew by the background, so it is never older than the window.
 */

import { translate } from "./page.js";
import { VerdictView } from "./verdict.js";
import { openChannel } from "../browser/runtime.js";

translate();
const root = /** @type {HTMLElement} */ (document.getElementById("verdict"));
const message = Number(new URLSearchParams(location.search).get("message"));
const channel = openChannel("details");
const ask = (issuers = false) => channel.post({ message, issuers });
const view = new VerdictView(root, {
  again: () => ask(),
  issuers: () => ask(true),
  unlock: ({ token }) => channel.post({ unlock: token }),
  expanded: true,
});

channel.onMessage((state) => view.show(state));
ask();
