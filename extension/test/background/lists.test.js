/**
 * Claims about what a mail page says of its list.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Lists } from "../../src/background/lists.js";

/** @param {unknown} said  by the page @param {string} [adapter] @param {boolean} [wanted] */
async function kinds(said, adapter = "roundcube", wanted = true) {
  /** @type {any[]} */
  const posted = [];
  /** @type {any[]} */
  const asked = [];
  const lists = new Lists(async (tab, frame) => {
    asked.push([tab, frame]);
    if (said instanceof Error) throw said;
    return said;
  }, async () => wanted);
  await lists.kinds(/** @type {any} */ ({ sender: { tab: 3, frame: 2 }, post: (/** @type {any} */ message) => posted.push(message) }), { adapter });
  return { kinds: posted[0].kinds, asked };
}

test("media types become two kinds, and everything else nothing", async () => {
  const types = { 1: "multipart/signed", 2: "Application/X-PKCS7-MIME", 3: "application/pkcs7-mime", 4: "text/plain", 5: "multipart/encrypted", 6: "" };
  const { kinds: found, asked } = await kinds(types);
  assert.deepEqual(found, { 1: "signed", 2: "smime", 3: "smime" });
  assert.deepEqual(asked, [[3, 2]], "in the tab and frame of who asked");
});

test("a page that says odd things gets no further than its own list", async () => {
  for (const odd of [null, undefined, 5, "multipart/signed", [], new Error("no"), { "<img>": "multipart/signed", 1: 5, 2: { toLowerCase: 1 } }]) {
    assert.deepEqual((await kinds(odd)).kinds, {});
  }
  const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`u${at}`, "multipart/signed"]));
  assert.equal(Object.keys((await kinds(many)).kinds).length, 1_000);
});

test("only what is known is run in a page", async () => {
  const { kinds: found, asked } = await kinds({ 1: "multipart/signed" }, "constructor");
  assert.deepEqual([found, asked], [{}, []]);
});

test("who wants no badges gets none, and their page is not asked", async () => {
  const { kinds: found, asked } = await kinds({ 1: "multipart/signed" }, "roundcube", false);
  assert.deepEqual([found, asked], [{}, []]);
});
