/**
 * Claims about a reading in the mail page: what the page gets to see, and what happens when the background goes away.
 */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { enter, locale, page } from "../support/dom.js";
import { install } from "../support/fake-browser.js";

install(locale("en"), "en");
enter(page("<body><div id=header></div></body>"));

/** Channels the content script has opened, as the background sees them. @type {ReturnType<typeof port>[]} */
let ports = [];

function port() {
  /** @type {((message: any) => void)[]} */
  const messages = [];
  /** @type {(() => void)[]} */
  const ends = [];
  /** @type {any[]} */
  const said = [];
  return {
    said,
    names: () => said.map(({ name }) => name),
    say: (/** @type {object} */ message) => messages.forEach((listener) => listener(message)),
    /** The background went away. */
    die: () => ends.forEach((listener) => listener()),
    port: {
      name: "mail",
      sender: {},
      postMessage: (/** @type {object} */ message) => void said.push(message),
      disconnect: () => void said.push({ name: "(closed)" }),
      onMessage: { addListener: (/** @type {(message: any) => void} */ listener) => void messages.push(listener) },
      onDisconnect: { addListener: (/** @type {() => void} */ listener) => void ends.push(listener) },
    },
  };
}

Object.assign(/** @type {any} */ (globalThis).chrome.runtime, {
  connect: () => {
    ports.push(port());
    return ports[ports.length - 1].port;
  },
});

const { Reading } = await import("../../src/content/reading.js");

const SIGNED = "From: a@b.example\r\nContent-Type: multipart/signed; boundary=x\r\n\r\n";

/** @param {() => Promise<Blob>} [source] */
async function begin(source = async () => new Blob([SIGNED])) {
  const end = new window.AbortController(); // jsdom takes no other
  const place = (/** @type {HTMLElement} */ panel) => document.getElementById("header")?.after(panel);
  const reading = new Reading({ source, place }, end.signal);
  await reading.run();
  const mount = /** @type {HTMLElement} */ (document.querySelector("[data-letterlock]"));
  return { end, reading, mount };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 10));

beforeEach(() => {
  ports = [];
  document.querySelector("[data-letterlock]")?.remove();
});

test("the page gets one element, and cannot look into it", async () => {
  const { mount, end } = await begin();
  assert.equal(mount.shadowRoot, null);
  assert.equal(mount.children.length, 0);
  assert.equal(document.querySelector("iframe"), null);
  end.abort();
  assert.equal(document.querySelector("[data-letterlock]"), null, "it goes with the message");
});

test("an unsigned message leaves an empty element and no channel", async () => {
  const { mount } = await begin();
  ports[0].say({ name: "outcome", shown: false });
  await settled();
  assert.equal(mount.dataset.letterlock, "none");
  assert.equal(mount.style.display, "none");
  assert.ok(ports[0].names().includes("(closed)"));
});

test("a signed message shows the panel", async () => {
  const { mount } = await begin();
  assert.deepEqual(ports[0].said[0], { name: "mail.open", size: SIGNED.length, hint: true });
  ports[0].say({ name: "outcome", shown: true });
  await settled();
  assert.equal(mount.dataset.letterlock, "shown");
});

test("a source that the page does not hand out is said to the background, as no source", async () => {
  await begin(async () => Promise.reject(new Error("text/html")));
  assert.deepEqual(ports[0].names(), ["mail.failed"]);
});

test("a background that is stopped before it answered is asked once more, and not for ever", async () => {
  const { reading } = await begin();
  ports[0].die();
  await settled();
  assert.equal(ports.length, 2);
  assert.deepEqual(ports[1].names(), ["mail.panel", "mail.open"]);
  ports[1].die();
  await settled();
  assert.equal(ports.length, 2);
  await reading.run();
  assert.equal(ports.length, 3, "the person can ask again");
});

test("a background that is stopped after it answered is left alone", async () => {
  await begin();
  ports[0].say({ name: "outcome", shown: true });
  await settled();
  ports[0].die();
  await settled();
  assert.equal(ports.length, 1);
});
