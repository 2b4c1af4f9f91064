/**
 * Signing without the experiment: the popup in a compose window, with its one switch; and (`?outcome`) the window that
 * says what came of a message.
 */

import { translate } from "./page.js";
import { openChannel } from "../browser/runtime.js";
import { composeTab } from "../browser/thunderbird-plain.js";
import { say } from "../browser/words.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const sign = /** @type {HTMLInputElement} */ (byId("sign"));

translate();
const channel = openChannel("signing");
channel.onMessage(({ name, on, outcome }) => {
  if (name === "signing.state") sign.checked = on;
  if (name === "signing.outcome") byId("said").textContent = outcome ? outcome.words : say("signing_unknown");
});

if (location.search === "?outcome") channel.post({ name: "signing.outcome" });
else await offer();

async function offer() {
  const tab = await composeTab();
  if (tab === null) return;
  for (const id of ["choice", "how", "not"]) byId(id).hidden = false;
  sign.addEventListener("change", () => channel.post({ name: "signing.set", tab, on: sign.checked }));
  channel.post({ name: "signing.show", tab });
}
