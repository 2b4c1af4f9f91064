/**
 * Claims about the page on which the passphrase is typed.
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

async function shown() {
  posted = [];
  enter(page(HTML));
  await import(`../../src/ui/unlock.js?${++opened}`);
  const one = (/** @type {string} */ id) => /** @type {any} */ (document.getElementById(id));
  return { form: one("form"), secret: one("secret"), said: one("said"), recovery: one("recovery"), keychain: one("keychain") };
}

test("what is typed is sent once, and is not left in the field", async () => {
  const { form, secret, recovery, keychain } = await shown();
  answer({ name: "vault", status: STATUS });
  assert.deepEqual([form.hidden, recovery.hidden, keychain.hidden], [false, false, true]);
  assert.equal(secret.type, "password");
  secret.value = "swordfish";
  form.dispatchEvent(new window.Event("submit", { cancelable: true }));
  assert.deepEqual(posted, [{ name: "keys.status" }, { name: "keys.unlock", way: "passphrase", secret: "swordfish" }]);
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
