/**
 * Claims about what a new letter starts with on the page for writing.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Starting } from "../../src/ui/write/starting.js";

/** @param {any[]} writing */
async function bench(writing) {
  const box = () => Object.assign(new EventTarget(), { checked: true });
  const [sign, encrypt] = [box(), box()];
  const asking = { ask: async () => ({ writing }) };
  const starting = new Starting(/** @type {any} */ (asking), /** @type {any} */ ({ sign, encrypt }), () => {});
  await starting.load();
  return { starting, sign, encrypt };
}

test("the address's setting holds, and another address's when the letter is from there", async () => {
  const { starting, sign, encrypt } = await bench([
    { address: "", sign: true, encrypt: "never" },
    { address: "anna@muster.example", sign: false, encrypt: "always" },
  ]);
  starting.begin("anna@muster.example");
  assert.deepEqual([sign.checked, encrypt.checked], [false, true]);
  starting.begin("bert@muster.example");
  assert.deepEqual([sign.checked, encrypt.checked], [true, false]);
});

test("where it is possible, it is encrypted as soon as everybody can read it, and no more when somebody cannot", async () => {
  const { starting, encrypt } = await bench([{ address: "", sign: true, encrypt: "possible" }]);
  starting.begin("anna@muster.example");
  starting.known(false);
  assert.equal(encrypt.checked, false);
  starting.known(true);
  assert.equal(encrypt.checked, true);
});

test("what the person decides stays, and so does what is always encrypted", async () => {
  const decided = await bench([{ address: "", sign: true, encrypt: "possible" }]);
  decided.starting.begin("anna@muster.example");
  decided.encrypt.dispatchEvent(new Event("change"));
  decided.starting.known(false);
  decided.starting.begin("bert@muster.example");
  assert.equal(decided.encrypt.checked, true);
  const always = await bench([{ address: "", sign: true, encrypt: "always" }]);
  always.starting.begin("anna@muster.example");
  always.starting.known(false);
  assert.equal(always.encrypt.checked, true);
});

test("where nothing was set, or the host does not say, the page decides", async () => {
  const { starting, sign, encrypt } = await bench([]);
  starting.begin("anna@muster.example");
  starting.known(false);
  assert.deepEqual([sign.checked, encrypt.checked], [true, true]);
});
