/**
 * The page on which the passphrase of the vault is typed, or the PIN of a smart card (`?token=<serial or label>`): a tab
 * or window of its own, with the extension's address, which no mail can show and no site can put into a frame. What is
 * typed goes to the host and is not kept.
 */

import { showNotices } from "./notices.js";
import { translate } from "./page.js";
import { openChannel } from "../browser/runtime.js";
import { failureLine, say } from "../browser/words.js";

/**
 * @typedef {import("../lib/shapes.js").VaultStatus} VaultStatus
 * @typedef {import("../lib/shapes.js").TokenStatus} TokenStatus
 * @typedef {import("../lib/failure.js").FailureData} FailureData
 */

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

const form = /** @type {HTMLFormElement} */ (byId("form"));
const secret = /** @type {HTMLInputElement} */ (byId("secret"));
const label = byId("label");
const about = byId("about");
const said = byId("said");
const recovery = byId("recovery");
const keychain = byId("keychain");
const again = byId("again");

/** Which token is meant; empty: the vault. */
const token = new URLSearchParams(location.search).get("token") ?? "";

translate();
const channel = openChannel("keys");

/** How the vault is to be opened by what is being typed. */
let way = "passphrase";

channel.onMessage(({ name, status, failure }) => {
  if (name === "notices") return showNotices(byId("notices"), status ?? []);
  busy(false);
  if (failure) fail(failure);
  else if (name === "vault") showVault(status);
  else if (name === "token") showToken(status);
});

if (token) {
  document.title = byId("heading").textContent = say("unlock_card");
  label.textContent = say("unlock_pin");
  byId("unlock").textContent = say("unlock_card");
  secret.inputMode = "numeric";
}
look();
channel.post({ name: "keys.notices" });

form.addEventListener("submit", (event) => {
  event.preventDefault();
  unlock(way, secret.value);
});
keychain.addEventListener("click", () => unlock("keychain", ""));
again.addEventListener("click", look);
recovery.addEventListener("click", () => {
  way = way === "recovery" ? "passphrase" : "recovery";
  label.textContent = way === "recovery" ? say("unlock_code") : say("unlock_passphrase");
  recovery.textContent = way === "recovery" ? say("unlock_by_passphrase") : say("unlock_recovery");
  secret.value = "";
  secret.focus();
});

/** Asks what there is to unlock. */
function look() {
  channel.post(token ? { name: "token.status", token } : { name: "keys.status" });
}

/**
 * @param {string} by
 * @param {string} typed
 */
function unlock(by, typed) {
  secret.value = "";
  busy(true);
  said.textContent = say("unlock_trying");
  channel.post(token ? { name: "token.unlock", token, pin: typed } : { name: "keys.unlock", way: by, secret: typed });
}

/** @param {FailureData} failure */
function fail(failure) {
  said.textContent = failureLine(failure);
  // A card counts wrong PINs: whether it takes another one is asked before one is typed.
  again.hidden = !token || failure.code === "token_pin_wrong";
  form.hidden = !again.hidden;
  if (!form.hidden) secret.focus();
}

/** @param {VaultStatus} status */
function showVault(status) {
  form.hidden = !status.exists || !status.locked;
  recovery.hidden = !status.recovery;
  keychain.hidden = !status.keychain;
  said.textContent = !status.exists ? say("unlock_no_keys") : status.locked ? "" : say("unlock_done");
  if (!form.hidden) secret.focus();
}

/** @param {TokenStatus} status */
function showToken(status) {
  const ready = status !== null && status.locked && !status.blocked;
  about.hidden = status === null;
  about.textContent = status ? say("unlock_card_named", status.label) : "";
  form.hidden = !ready;
  again.hidden = status !== null && !status.blocked;
  // A reader with keys of its own asks for the PIN itself: it never comes near this computer.
  label.hidden = secret.hidden = ready && status.padded;
  secret.required = !secret.hidden;
  said.textContent = tokenWords(status);
  if (ready && !secret.hidden) secret.focus();
}

/** @param {TokenStatus} status */
function tokenWords(status) {
  if (status === null) return say("unlock_card_absent");
  if (status.blocked) return say("unlock_card_blocked");
  if (!status.locked) return say("unlock_card_done");
  return status.padded ? say("unlock_pin_on_reader") : "";
}

/** @param {boolean} now */
function busy(now) {
  for (const each of form.elements) /** @type {HTMLButtonElement} */ (each).disabled = now;
}
