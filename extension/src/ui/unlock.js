/**
 * The page on which the passphrase is typed: a tab of its own, with the extension's address, which no mail can show and
 * no site can put into a frame. What is typed goes to the host and is not kept.
 */

import { translate } from "./page.js";
import { openChannel } from "../browser/runtime.js";
import { failureWords, say } from "../browser/words.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("form"));
const secret = /** @type {HTMLInputElement} */ (document.getElementById("secret"));
const said = /** @type {HTMLElement} */ (document.getElementById("said"));
const recovery = /** @type {HTMLButtonElement} */ (document.getElementById("recovery"));
const keychain = /** @type {HTMLButtonElement} */ (document.getElementById("keychain"));

translate();
const channel = openChannel("keys");

/** What is being typed. */
let way = "passphrase";

channel.onMessage((answer) => {
  if (answer.name === "vault") show(answer);
});
channel.post({ name: "keys.status" });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  unlock(way, secret.value);
});
keychain.addEventListener("click", () => unlock("keychain", ""));
recovery.addEventListener("click", () => {
  way = way === "recovery" ? "passphrase" : "recovery";
  const label = /** @type {HTMLElement} */ (form.querySelector("label"));
  label.textContent = way === "recovery" ? say("unlock_code") : say("unlock_passphrase");
  recovery.textContent = way === "recovery" ? say("unlock_by_passphrase") : say("unlock_recovery");
  secret.value = "";
  secret.focus();
});

/**
 * @param {string} by
 * @param {string} typed
 */
function unlock(by, typed) {
  secret.value = "";
  busy(true);
  said.textContent = say("unlock_trying");
  channel.post({ name: "keys.unlock", way: by, secret: typed });
}

/** @param {{ status?: import("../lib/shapes.js").VaultStatus, failure?: import("../lib/failure.js").FailureData }} answer */
function show({ status, failure }) {
  busy(false);
  if (failure) {
    const { sentence, advice } = failureWords(failure);
    said.textContent = `${sentence} ${advice}`;
    secret.focus();
  } else if (status) {
    form.hidden = !status.exists || !status.locked;
    recovery.hidden = !status.recovery;
    keychain.hidden = !status.keychain;
    said.textContent = !status.exists ? say("unlock_no_keys") : status.locked ? "" : say("unlock_done");
  }
}

/** @param {boolean} now */
function busy(now) {
  for (const each of form.elements) /** @type {HTMLButtonElement} */ (each).disabled = now;
}
