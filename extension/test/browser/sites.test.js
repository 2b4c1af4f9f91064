/**
 * Claims about granted sites: the browser's own list is the only record, and the content script follows it.
 */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { install } from "../support/fake-browser.js";

install({}, "en");

/** What the fake browser knows and does. */
const state = {
  /** @type {string[]} */ origins: [],
  /** @type {any[]} */ registered: [],
  /** @type {number[]} */ started: [],
  tabs: [{ id: 7 }, { id: 8 }],
};

Object.assign(/** @type {any} */ (globalThis).chrome, {
  permissions: {
    getAll: async () => ({ origins: state.origins }),
    contains: async (/** @type {{ origins: string[] }} */ { origins }) => origins.every((origin) => state.origins.includes(origin)),
  },
  scripting: {
    getRegisteredContentScripts: async () => state.registered,
    registerContentScripts: async (/** @type {any[]} */ scripts) => void (state.registered = scripts),
    updateContentScripts: async (/** @type {any[]} */ scripts) => void (state.registered = scripts),
    unregisterContentScripts: async () => void (state.registered = []),
    executeScript: async (/** @type {any} */ { target }) => {
      if (target.tabId === 8) throw new Error("this tab shows an error page");
      state.started.push(target.tabId);
    },
  },
  tabs: { query: async () => state.tabs },
});

const { isGranted, sitePattern, syncSites } = await import("../../src/browser/sites.js");

beforeEach(() => Object.assign(state, { origins: [], registered: [], started: [] }));

test("a site is an origin over TLS, or one on this computer", () => {
  assert.equal(sitePattern("https://mail.muster.example/inbox?x#y"), "https://mail.muster.example/*");
  assert.equal(sitePattern("https://mail.muster.example:8443/"), "https://mail.muster.example:8443/*");
  assert.equal(sitePattern("http://127.0.0.1:9000/"), "http://127.0.0.1:9000/*");
  for (const url of ["http://mail.muster.example/", "http://localhost.evil.example/", "ftp://localhost/", "about:blank", "file:///etc/passwd", "chrome://settings", ""]) {
    assert.equal(sitePattern(url), null, url);
  }
});

test("a granted site gets the content script, in its open tabs at once", async () => {
  state.origins = ["https://mail.muster.example/*"];
  await syncSites();
  assert.deepEqual(state.registered, [
    { id: "sites", js: ["content/main.js"], matches: state.origins, allFrames: true, runAt: "document_start" },
  ]);
  assert.deepEqual(state.started, [7], "a tab that cannot take it stops nobody else");
  assert.ok(await isGranted("https://mail.muster.example/x"));
  assert.ok(!(await isGranted("https://other.example/")));
});

test("a grant taken back takes the content script along", async () => {
  state.origins = ["https://mail.muster.example/*"];
  await syncSites();
  state.origins = [];
  await syncSites();
  assert.deepEqual(state.registered, []);
});

test("grants that come at once are taken one after the other", async () => {
  state.origins = ["https://a.example/*"];
  const first = syncSites();
  state.origins = ["https://a.example/*", "https://b.example/*"];
  await Promise.all([first, syncSites()]);
  assert.deepEqual(state.registered[0].matches, state.origins);
});
