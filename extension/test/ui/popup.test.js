/**
 * Claims about the toolbar button's menu: it offers what fits the page in front, and asks for that one site only.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";
import { SAMPLES } from "../support/samples.js";

const HTML = '<html lang=en><body><section id="site"></section><button id="check" data-words="check_title"></button></body></html>';

const WHOLE = readFileSync(new URL("../../src/ui/popup.html", import.meta.url), "utf8");

install(locale("en"), "en");
/** @type {string[]} */
let granted = [];
/** @type {string[]} */
const asked = [];
let address = "";
Object.assign(/** @type {any} */ (globalThis).chrome, {
  tabs: { query: async () => [{ url: address }], create: async () => {} },
  permissions: {
    contains: async (/** @type {{ origins: string[] }} */ { origins }) => granted.includes(origins[0]),
    request: async (/** @type {{ origins: string[] }} */ { origins }) => {
      asked.push(...origins);
      granted.push(...origins);
      return true;
    },
    remove: async () => {
      granted = [];
      return true;
    },
  },
});

let opened = 0;

/** Opens the menu over a page. @param {string} url */
async function menu(url) {
  address = url;
  enter(page(HTML));
  await import(`../../src/ui/popup.js?${++opened}`);
  return /** @type {HTMLElement} */ (document.getElementById("site"));
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("over a site that was not granted: use it, after the browser's question for that site alone", async () => {
  const site = await menu("https://mail.muster.example/?_task=mail");
  assert.match(site.textContent ?? "", /Use Letterlock on this site.*mail\.muster\.example/s);
  site.querySelector("button")?.click();
  await settled();
  assert.deepEqual(asked, ["https://mail.muster.example/*"]);
  assert.match(site.textContent ?? "", /is used on mail\.muster\.example/);
});

test("over a granted site: stop using it", async () => {
  granted = ["https://mail.muster.example/*"];
  const site = await menu("https://mail.muster.example/");
  site.querySelector("button")?.click();
  await settled();
  assert.deepEqual(granted, []);
  assert.match(site.textContent ?? "", /Use Letterlock on this site/);
});

test("over a page that cannot be a site: no button, and message files all the same", async () => {
  for (const url of ["chrome://settings/", "http://mail.muster.example/", ""]) {
    const site = await menu(url);
    assert.equal(site.querySelector("button"), null);
    assert.equal(document.getElementById("check")?.textContent, "Check a message file");
  }
});

test("the whole verdict of what was read last in Outlook on the web, and nothing where nothing was", async () => {
  const { verdict } = SAMPLES.mismatch;
  for (const said of [verdict, null]) {
    address = "https://outlook.office.com/mail/";
    enter(page(WHOLE));
    /** @type {any[]} */
    const posted = [];
    /** @type {(message: any) => void} */
    let answer = () => {};
    /** @type {any} */ (globalThis).chrome.runtime.connect = () => ({
      postMessage: (/** @type {any} */ message) => posted.push(message),
      onMessage: { addListener: (/** @type {typeof answer} */ listener) => (answer = listener) },
      onDisconnect: { addListener: () => {} },
      disconnect: () => {},
    });
    await import(`../../src/ui/popup.js?${++opened}`);
    assert.ok(posted.some(({ name }) => name === "outlook.last"));
    answer({ name: "outlook", verdict: said, read: null });
    const section = /** @type {HTMLElement} */ (document.getElementById("outlook"));
    assert.equal(section.hidden, said === null);
    const shown = /** @type {HTMLElement | null} */ (section.querySelector(".verdict"));
    assert.equal(shown?.dataset.status, said?.signature.status);
    if (said) assert.ok(section.textContent?.includes(said.signers[0].certificate?.subject ?? "?"), "everything is there");
  }
});
