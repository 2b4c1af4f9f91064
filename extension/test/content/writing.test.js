/**
 * Claims about the button for writing: only a person's click opens the page for it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";

install(locale("en"), "en");
/** @type {any[]} */
const posted = [];
/** @type {any} */ (globalThis).chrome.runtime.connect = () => ({
  postMessage: (/** @type {any} */ message) => posted.push(message),
  onMessage: { addListener: () => {} },
  onDisconnect: { addListener: () => {} },
  disconnect: () => {},
});
const { answers, writes } = await import("../../src/content/writing.js");

test("a click that a script makes opens nothing, and goes nowhere", () => {
  const window = page('<a id="button" href="#"><span></span></a>');
  enter(window);
  const button = /** @type {HTMLElement} */ (window.document.getElementById("button"));
  writes(button, new window.AbortController().signal);
  assert.equal(button.textContent, "Write securely");
  const click = new window.MouseEvent("click", { bubbles: true, cancelable: true });
  button.dispatchEvent(click);
  assert.deepEqual(posted, []);
  assert.ok(click.defaultPrevented);
});

test("a key that a script presses answers nothing, and the client's own handling gets none of it", () => {
  const window = page('<a id="button" href="#"><span></span></a>');
  enter(window);
  const button = /** @type {HTMLElement} */ (window.document.getElementById("button"));
  /** @type {string[]} */
  const answered = [];
  let seen = 0;
  window.document.addEventListener("keydown", () => seen++);
  answers({ reply_all: button }, new window.AbortController().signal, (kind) => answered.push(kind));
  assert.equal(button.getAttribute("aria-label"), "Reply to all securely");
  assert.equal(button.textContent, "Securely");
  for (const key of ["Enter", " "]) {
    const press = new window.KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    button.dispatchEvent(press);
    assert.ok(press.defaultPrevented);
  }
  button.dispatchEvent(new window.KeyboardEvent("keydown", { key: "j", bubbles: true, cancelable: true }));
  assert.deepEqual(answered, []);
  assert.equal(seen, 1);
});
