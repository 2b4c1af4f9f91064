/**
 * Claims about badges in Roundcube's list, in a page that a real Roundcube made, with rows as its script makes them.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { BADGE } from "../../src/adapters/adapter.js";
import { roundcube } from "../../src/adapters/roundcube/index.js";
import { listedTypes } from "../../src/adapters/roundcube/page-state.js";
import { enter, fixture, page } from "../support/dom.js";

const settled = () => new Promise((resolve) => setTimeout(resolve, 250));

/** @param {Record<string, string>} kinds */
function bench(kinds) {
  const window = page(fixture("roundcube/list.html"), "http://127.0.0.1:9000/?_task=mail&_mbox=INBOX");
  enter(window);
  Object.assign(globalThis, { MutationObserver: window.MutationObserver });
  const { document } = window;
  const end = new AbortController();
  let asked = 0;
  const list = {
    kinds: async () => (asked++, kinds),
    badge: (/** @type {string} */ kind) => {
      const made = document.createElement("span");
      made.setAttribute(BADGE, kind);
      return made;
    },
  };
  roundcube.start({ document, opened: () => assert.fail("nothing is open"), writes: () => {}, list }, end.signal);
  /** @param {string[]} uids */
  const add = (...uids) => {
    for (const uid of uids) {
      const row = document.createElement("tr");
      row.className = "message";
      row.innerHTML = `<td class="subject"><span class="subject"><a href="./?_task=mail&amp;_mbox=INBOX&amp;_uid=${uid}&amp;_action=show"><span>x</span></a></span></td>`; // eslint-disable-line no-restricted-properties -- as Roundcube does
      document.querySelector("#messagelist tbody")?.append(row);
    }
  };
  const badges = () => [...document.querySelectorAll(`[${BADGE}]`)].map((badge) => badge.getAttribute(BADGE));
  return { document, add, badges, end, asked: () => asked };
}

test("signed and encrypted messages get their badge once, also those that come later; others get none", async () => {
  const { add, badges, asked } = bench({ 4: "signed", 6: "smime", 7: "signed" });
  add("4", "5", "6");
  await settled();
  assert.deepEqual(badges(), ["signed", "smime"]);
  assert.equal(asked(), 1, "one question for all of them");
  await settled();
  assert.equal(asked(), 1, "and no other while nothing is added");
  add("7");
  await settled();
  assert.deepEqual(badges(), ["signed", "smime", "signed"]);
  assert.equal(asked(), 2);
});

test("badges go with the signal", async () => {
  const { add, badges, end } = bench({ 4: "signed" });
  add("4");
  await settled();
  assert.deepEqual(badges(), ["signed"]);
  end.abort();
  add("4");
  await settled();
  assert.deepEqual(badges(), []);
});

test("what the page says of its messages is read whatever it is", () => {
  const host = /** @type {any} */ (globalThis);
  host.rcmail = { env: { messages: { 1: { ctype: "multipart/signed" }, 2: null, 3: { ctype: { toString: () => "x".repeat(500) } } } } };
  assert.deepEqual(listedTypes(), { 1: "multipart/signed", 2: "", 3: "x".repeat(100) });
  delete host.rcmail;
  assert.deepEqual(listedTypes(), {});
});
