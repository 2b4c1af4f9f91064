/**
 * The page on which a signed receipt is given: who asks, what it tells them, and one button. A tab of its own, so that no
 * mail page leads the click.
 */

import { element } from "./elements.js";
import { translate } from "./page.js";
import { sentence } from "./sentences.js";
import { openChannel } from "../browser/runtime.js";
import { failureWords, say } from "../browser/words.js";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const give = /** @type {HTMLButtonElement} */ (byId("give"));
const said = byId("said");

translate();
const channel = openChannel("receipt");
channel.onMessage(({ name, request, given, failure }) => {
  if (name === "receipt.request") showRequest(request);
  else if (name === "receipt.gone") said.textContent = say("receipt_gone");
  else if (name === "receipt.given") showGiven(given, failure);
});
channel.onClose(() => {
  give.hidden = true;
  if (!said.textContent) said.textContent = say("receipt_gone");
});
channel.post({ name: "receipt.claim", token: new URLSearchParams(location.search).get("for") ?? "" });

give.addEventListener("click", () => {
  give.disabled = true;
  said.textContent = say("receipt_giving");
  channel.post({ name: "receipt.give" });
});

/** @param {import("../lib/shapes.js").Reason} request */
function showRequest(request) {
  byId("request").replaceChildren(sentence(request.sentence, Object.values(request.facts)));
  byId("meaning").hidden = give.hidden = false;
  give.focus();
}

/**
 * @param {import("../lib/protocol.js").ReceiptGiven | undefined} given
 * @param {import("../lib/failure.js").FailureData | undefined} failure
 */
function showGiven(given, failure) {
  if (!given) {
    const { sentence: words, advice } = failureWords(/** @type {import("../lib/failure.js").FailureData} */ (failure));
    said.textContent = `${words} ${advice}`.trim();
    // Nothing was made, so it can be tried again: after unlocking, for example.
    give.disabled = false;
    return;
  }
  give.hidden = true;
  said.textContent = say(given.sent ? "receipt_sent" : given.waits ? "receipt_waits" : "receipt_not_sent", given.to.join(", "));
  byId("reasons").replaceChildren(
    ...given.reasons.map((reason) => element("li", {}, sentence(`${reason.sentence} ${reason.advice}`.trim(), Object.values(reason.facts)))),
  );
}
