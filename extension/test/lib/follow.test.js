/**
 * Claims about elements that come and go in a page which is never loaded anew.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { page } from "../support/dom.js";
import { follow } from "../../src/lib/follow.js";

/** @param {string} html */
function following(html) {
  const { document, MutationObserver, AbortController } = page(html);
  Object.assign(globalThis, { MutationObserver, AbortController });
  const end = new AbortController();
  /** @type {string[]} */
  const seen = [];
  follow(document, "p", (element) => element.dataset.id ?? null, (_element, name, signal) => {
    seen.push(`+${name}`);
    signal.addEventListener("abort", () => seen.push(`-${name}`));
  }, end.signal);
  return { document, end, seen };
}

/**
 * @param {Document} document
 * @param {string} id
 */
function add(document, id) {
  const element = document.createElement("p");
  element.dataset.id = id;
  document.body.appendChild(document.createElement("div")).append(element);
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 120));

test("what is there is found at once, and what comes later, later", async () => {
  const { document, seen } = following("<p data-id=a></p>");
  assert.deepEqual(seen, ["+a"]);
  add(document, "b");
  await settled();
  assert.deepEqual(seen, ["+a", "+b"]);
});

test("an element that goes ends what it began, and so does one with another content", async () => {
  const { document, seen } = following("<p data-id=a></p><p data-id=b></p>");
  document.querySelector("p")?.remove();
  const other = /** @type {HTMLElement} */ (document.querySelector("p"));
  other.dataset.id = "c";
  await settled();
  assert.deepEqual(seen, ["+a", "+b", "-a", "-b", "+c"]);
});

test("what has no name yet waits for one", async () => {
  const { document, seen } = following("<p></p>");
  assert.deepEqual(seen, []);
  const element = /** @type {HTMLElement} */ (document.querySelector("p"));
  element.dataset.id = "a";
  element.append("text");
  await settled();
  assert.deepEqual(seen, ["+a"]);
});

test("an element within another one is not looked at: a mail could hold it", () => {
  const { seen } = following("<p data-id=a><object><p data-id=forged></p></object></p>");
  assert.deepEqual(seen, ["+a"]);
});

test("the signal ends everything", async () => {
  const { document, end, seen } = following("<p data-id=a></p>");
  end.abort();
  add(document, "b");
  await settled();
  assert.deepEqual(seen, ["+a", "-a"]);
});
