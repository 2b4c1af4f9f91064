/**
 * Claims about a link that a person opens with the extension: the page's own session fetches it, and nobody else.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { install } from "../support/fake-browser.js";

install({ menu_open_link: { message: "Open" } }, "en");
const chrome = /** @type {any} */ (globalThis).chrome;

/** @type {any[]} */
const made = [];
/** @type {((info: any, tab: any) => void)[]} */
const clicks = [];
/** @type {(() => void)[]} */
const begins = [];
/** @type {any[]} */
const runs = [];
Object.assign(chrome, {
  contextMenus: {
    removeAll: (/** @type {() => void} */ then) => (made.splice(0), then()),
    create: (/** @type {any} */ entry) => made.push(entry),
    onClicked: { addListener: (/** @type {(info: any, tab: any) => void} */ listener) => clicks.push(listener) },
  },
  scripting: {
    executeScript: async (/** @type {any} */ { target, func, args }) => {
      runs.push(target);
      return [{ result: await func(...args) }];
    },
  },
});
chrome.runtime.onInstalled = { addListener: (/** @type {() => void} */ listener) => begins.push(listener) };
chrome.runtime.onStartup = { addListener: () => {} };
Object.assign(globalThis, {
  FileReader: class {
    /** @param {Blob} blob */
    async readAsDataURL(blob) {
      this.result = `data:;base64,${Buffer.from(await blob.arrayBuffer()).toString("base64")}`;
      this.onload?.();
    }
    /** @type {(() => void) | undefined} */ onload;
  },
});

const { onLinkChosen } = await import("../../src/browser/menus.js");
const { fetchAsPage } = await import("../../src/browser/linked.js");

test("links, and nothing else, have one entry, and a choice says where it was made", () => {
  /** @type {any[]} */
  const chosen = [];
  onLinkChosen((link) => chosen.push(link));
  for (const begin of [...begins, ...begins]) begin();
  assert.deepEqual(made.map(({ contexts }) => contexts), [["link"]]);
  const { id } = made[0];
  clicks[0]({ menuItemId: id, linkUrl: "https://mail.example/a.eml", frameId: 3 }, { id: 7 });
  clicks[0]({ menuItemId: "another", linkUrl: "https://mail.example/a.eml" }, { id: 7 });
  clicks[0]({ menuItemId: id, linkUrl: "https://mail.example/a.eml" }, undefined);
  assert.deepEqual(chosen, [{ tab: 7, frame: 3, address: "https://mail.example/a.eml" }]);
});

test("the file behind it comes octet by octet, out of that frame", async () => {
  const octets = Uint8Array.from({ length: 256 }, (_, at) => at);
  globalThis.fetch = async () => new Response(octets);
  const said = await fetchAsPage(7, 3, "https://mail.example/a.eml", 1_000);
  assert.deepEqual(new Uint8Array(Buffer.from(said ?? "", "base64")), octets);
  assert.deepEqual(runs.at(-1), { tabId: 7, frameIds: [3] });
});

test("what is refused, empty, or too large is nothing", async () => {
  for (const answer of [new Response("x", { status: 403 }), new Response(""), new Response("x".repeat(11))]) {
    globalThis.fetch = async () => answer;
    assert.equal(await fetchAsPage(7, 0, "https://mail.example/a.eml", 10), null);
  }
  globalThis.fetch = async () => Promise.reject(new TypeError("CORS"));
  assert.equal(await fetchAsPage(7, 0, "https://elsewhere.example/a.eml", 10), null);
});
