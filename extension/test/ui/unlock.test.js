/**
 * Claims about the page on which the passphrase or the PIN of a smart card is typed.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";

const HTML = readFileSync(new URL("../../src/ui/unlock.html", import.meta.url), "utf8");
const STATUS = { exists: true, locked: true, recovery: true, keychain: false, idle_seconds: 1800 };

install(locale("en"), "en");
/** @type {any[]} */
let posted = [];
/** @type {(message: any) => void} */
let answer = () => {};
/** @type {any} */ (globalThis).chrome.runtime.connect = () => ({
  postMessage: (/** @type {any} */ message) => posted.push(message),
  onMessage: { addListener: (/** @type {typeof answer} */ listener) => (answer = listener) },
  onDisconnect: { addListener: () => {} },
  disconnect: () => {},
});

let opened = 0;

/** @param {string} [query] */
async function shown(query = "") {
  posted = [];
  enter(page(HTML, `https://extension.example/ui/unlock.html${query}`));
  Object.assign(globalThis, { location: window.location });
  await import(`../../src/ui/unlock.js?${++opened}`);
  const one = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  return Object.fromEntries(
    ["form", "secret", "said", "recovery", "keychain", "again", "label", "about", "heading", "notices"].map((id) => [id, one(id)]),
  );
}

test("what is typed is sent once, and is not left in the field", async () => {
  const { form, secret, recovery, keychain } = await shown();
  answer({ name: "vault", status: STATUS });
  assert.deepEqual([form.hidden, recovery.hidden, keychain.hidden], [false, false, true]);
  assert.equal(secret.type, "password");
  secret.value = "swordfish";
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.deepEqual(posted, [
    { name: "keys.status" },
    { name: "keys.notices" },
    { name: "keys.unlock", way: "passphrase", secret: "swordfish" },
  ]);
  assert.equal(secret.value, "");
  assert.ok(secret.disabled);
});

test("a wrong passphrase is said in the host's words, and may be typed again", async () => {
  const { secret, said } = await shown();
  answer({ name: "vault", failure: { code: "vault_passphrase_wrong", fault: "user", sentence: "It does not open.", advice: "Mind capitals.", facts: {} } });
  assert.equal(said.textContent, "It does not open. Mind capitals.");
  assert.equal(said.getAttribute("role"), "status");
  assert.ok(!secret.disabled);
});

test("the printed code is typed instead, and the way back is the same button", async () => {
  const { form, secret, recovery } = await shown();
  answer({ name: "vault", status: STATUS });
  recovery.click();
  assert.equal(form.querySelector("label").textContent, "Recovery code");
  secret.value = "0000";
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.deepEqual(posted.at(-1), { name: "keys.unlock", way: "recovery", secret: "0000" });
  recovery.disabled = false;
  recovery.click();
  assert.equal(form.querySelector("label").textContent, "Passphrase");
});

test("unlocked, or without any keys, nothing is asked for", async () => {
  for (const status of [{ ...STATUS, locked: false }, { ...STATUS, exists: false }]) {
    const { form, said } = await shown();
    answer({ name: "vault", status });
    assert.ok(form.hidden);
    assert.ok(said.textContent);
  }
});

const CARD = { label: "Annas Karte", padded: false, blocked: false, locked: true };

/** Opens the page for a card's PIN. @param {object | null} status */
async function forCard(status) {
  const seen = await shown("?token=0815");
  answer({ name: "token", status });
  return seen;
}

test("the PIN of the card that the mail is for is asked, sent once, and not left in the field", async () => {
  const { form, secret, label, about, heading, recovery, keychain } = await forCard(CARD);
  assert.deepEqual([form.hidden, recovery.hidden, keychain.hidden], [false, true, true]);
  assert.deepEqual([label.textContent, about.textContent, heading.textContent], ["PIN", "Card: Annas Karte", "Unlock your smart card"]);
  assert.deepEqual([secret.type, secret.autocomplete], ["password", "off"]);
  secret.value = "4711";
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.deepEqual(posted, [
    { name: "token.status", token: "0815" },
    { name: "keys.notices" },
    { name: "token.unlock", token: "0815", pin: "4711" },
  ]);
  assert.equal(secret.value, "");
});

test("a wrong PIN may be typed again; after the last the card is only looked at again", async () => {
  const { form, said, again } = await forCard(CARD);
  const failure = { fault: "user", sentence: "The card refuses this PIN.", advice: "Mind that each counts.", facts: {} };
  answer({ name: "token", failure: { ...failure, code: "token_pin_wrong" } });
  assert.equal(said.textContent, "The card refuses this PIN. Mind that each counts.");
  assert.deepEqual([form.hidden, again.hidden], [false, true]);
  answer({ name: "token", failure: { ...failure, code: "token_pin_locked" } });
  assert.deepEqual([form.hidden, again.hidden], [true, false]);
  again.click();
  assert.deepEqual(posted.at(-1), { name: "token.status", token: "0815" });
});

test("no PIN is asked for where none can be given", async () => {
  for (const status of [null, { ...CARD, blocked: true }, { ...CARD, locked: false }]) {
    const { form, said } = await forCard(status);
    assert.ok(form.hidden);
    assert.ok(said.textContent);
  }
});

test("a reader with keys of its own gets the PIN there, and none is typed here", async () => {
  const { form, secret, label, said } = await forCard({ ...CARD, padded: true });
  assert.deepEqual([form.hidden, secret.hidden, label.hidden, secret.required], [false, true, true, false]);
  assert.match(said.textContent, /on the reader/);
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.deepEqual(posted.at(-1), { name: "token.unlock", token: "0815", pin: "" });
});

test("certificates that end soon are said below", async () => {
  const { notices } = await shown();
  assert.ok(notices.hidden);
  answer({ name: "notices", status: [{ code: "identity_expires_soon", sentence: "It ends on Friday.", advice: "Renew it.", facts: {} }] });
  assert.ok(!notices.hidden);
  assert.match(notices.textContent, /It ends on Friday\. Renew it\./);
  answer({ name: "notices", failure: { code: "store_damaged" } });
  assert.ok(notices.hidden);
});
