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
  const reading = new Reading(end.signal);
  await reading.open({ source, place });
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
  assert.deepEqual(ports[0].said, [{ name: "mail.panel" }, { name: "mail.open", size: SIGNED.length, hint: true }]);
  ports[0].say({ name: "outcome", shown: true });
  await settled();
  assert.equal(mount.dataset.letterlock, "shown");
});

test("a source that the page does not hand out is said to the background, as no source", async () => {
  await begin(async () => Promise.reject(new Error("text/html")));
  assert.deepEqual(ports[0].names(), ["mail.panel", "mail.failed"]);
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

/**
 * @param {string} id  of the message that the page then shows
 * @param {() => Promise<Blob>} foreseen
 */
async function foresee(id, foreseen) {
  const end = new window.AbortController();
  const place = (/** @type {HTMLElement} */ panel) => document.getElementById("header")?.after(panel);
  const reading = new Reading(end.signal);
  const early = reading.foresee({ id: "1", source: foreseen });
  const source = async () => new Blob([`${SIGNED}shown`]);
  return { early, open: () => reading.open({ id, source, place }), end };
}

test("a message that was foreseen is checked before the page shows it, and no panel is seen until then", async () => {
  const { early, open } = await foresee("1", async () => new Blob([SIGNED]));
  await early;
  assert.deepEqual(ports[0].names(), ["mail.panel", "mail.open"]);
  ports[0].say({ name: "outcome", shown: true });
  await settled();
  const mount = /** @type {HTMLElement} */ (document.querySelector("[data-letterlock]"));
  assert.equal(mount.dataset.letterlock, "checking");
  assert.equal(mount.style.visibility, "hidden");
  await open();
  assert.equal(mount.dataset.letterlock, "shown");
  assert.equal(mount.previousElementSibling?.id, "header");
  assert.equal(ports.length, 1, "nothing is asked twice");
});

test("where the page shows another message than was foreseen, that one is checked, and nothing is said of the first", async () => {
  const { early, open } = await foresee("2", async () => new Blob([SIGNED]));
  await early;
  await open();
  assert.ok(ports[0].names().includes("(closed)"));
  ports[0].say({ name: "outcome", shown: true });
  await settled();
  assert.equal(/** @type {HTMLElement} */ (document.querySelector("[data-letterlock]")).dataset.letterlock, "checking");
  assert.deepEqual(ports[1].said[1], { name: "mail.open", size: SIGNED.length + 5, hint: true });
});

test("another message is checked also where the first one comes late", async () => {
  /** @type {(blob: Blob) => void} */
  let come = () => {};
  const { early, open } = await foresee("2", () => new Promise((resolve) => (come = resolve)));
  await open();
  come(new Blob([SIGNED]));
  await early;
  assert.deepEqual(ports.map((each) => each.names().filter((name) => name === "mail.open").length), [0, 1]);
});

test("a source that could not be had early is asked for again", async () => {
  for (const late of [false, true]) {
    document.querySelector("[data-letterlock]")?.remove();
    ports = [];
    const { early, open } = await foresee("1", async () => {
      if (late) await settled();
      throw new Error("no token yet");
    });
    if (!late) await early;
    await open();
    await early;
    const said = ports.flatMap((each) => each.said).filter(({ name }) => /open|failed/.test(name));
    assert.deepEqual(said, [{ name: "mail.open", size: SIGNED.length + 5, hint: true }]);
  }
});
