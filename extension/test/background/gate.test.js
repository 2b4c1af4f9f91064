/**
 * Claims about the gate: who may ask for what.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { MESSAGES, refusal, roleOf } from "../../src/background/gate.js";

const OWN = { id: "letterlock-id", origin: "chrome-extension://letterlock-id" };
const granted = async (/** @type {string} */ url) => url.startsWith("https://mail.muster.example/");

/** @param {Partial<import("../../src/browser/runtime.js").Sender>} deviation */
function role(deviation) {
  const sender = { extension: OWN.id, url: "https://mail.muster.example/?_uid=1", tab: 3, frame: 0, ...deviation };
  return roleOf(sender, OWN, granted);
}

test("a content script in a granted site is one, in any of its frames", async () => {
  assert.equal(await role({}), "content");
  assert.equal(await role({ origin: "https://mail.muster.example" }), "content");
  assert.equal(await role({ frame: 17 }), "content");
});

test("nobody else in a page is anything", async () => {
  assert.equal(await role({ url: "https://evil.example/" }), null, "a site that was not granted");
  assert.equal(await role({ url: "https://mail.muster.example.evil.example/" }), null, "a name that only begins so");
  assert.equal(await role({ url: "http://mail.muster.example/" }), null, "the same site without TLS");
  assert.equal(await role({ url: "about:srcdoc" }), null, "a document without an origin");
  assert.equal(await role({ url: "" }), null, "no address");
  assert.equal(await role({ extension: "other-id" }), null, "another extension");
  assert.equal(await role({ tab: undefined }), null, "no tab");
  assert.equal(await role({ frame: undefined }), null, "no frame");
  assert.equal(await role({ origin: "null" }), null, "an attachment that the granted site shows in a sandbox");
});

test("our panel is a panel only in a frame, our pages are pages only at the top", async () => {
  const panel = `${OWN.origin}/ui/panel.html`;
  const check = `${OWN.origin}/ui/check.html`;
  assert.equal(await role({ url: panel, frame: 4 }), "panel");
  assert.equal(await role({ url: panel, frame: 0 }), null);
  assert.equal(await role({ url: check, frame: 0 }), "page");
  assert.equal(await role({ url: check, frame: 4 }), null, "our page inside somebody's frame");
  const unlock = `${OWN.origin}/ui/unlock.html`;
  assert.equal(await role({ url: unlock, frame: 0 }), "keys");
  assert.equal(await role({ url: unlock, frame: 4 }), null, "the field for the passphrase inside somebody's frame");
  assert.equal(await role({ url: `${unlock}?token=Karte`, frame: 0 }), "keys");
  const manage = `${OWN.origin}/ui/manage.html`;
  assert.equal(await role({ url: `${manage}#trust`, frame: 0 }), "manage");
  assert.equal(await role({ url: manage, frame: 4 }), null, "what manages keys inside somebody's frame");
  const menu = `${OWN.origin}/ui/popup.html`;
  assert.equal(await role({ url: menu, tab: undefined, frame: undefined }), "menu");
  assert.equal(await role({ url: menu }), null, "the menu in a tab");
  assert.equal(await role({ url: panel, tab: undefined }), null, "in no tab there is only the menu");
  assert.equal(await role({ url: "chrome-extension://other-id/ui/panel.html", frame: 4 }), null);
});

/** A value that fits a field. @type {Record<string, unknown>} */
const FITTING = { string: "x", count: 7, "count or null": null, boolean: true, object: {} };
/** Values that do not. @type {Record<string, unknown[]>} */
const UNFITTING = {
  string: [7, null, undefined, {}, ["x"]],
  "count or null": [-1, 0.5, "7", Number.NaN, undefined, 2 ** 60],
  boolean: [0, "true", null, undefined],
  count: [-1, 0.5, "7", null, undefined],
  object: [null, "{}", 7, [], undefined],
};

for (const [name, { from, fields }] of Object.entries(MESSAGES)) {
  const good = { name, ...Object.fromEntries(Object.entries(fields).map(([field, kind]) => [field, FITTING[kind]])) };

  test(`${name} passes from ${from.join(" and ")}, and from nobody else`, () => {
    for (const sender of /** @type {const} */ (["content", "panel", "page", "keys", "menu"])) {
      assert.equal(refusal(good, sender) === null, from.includes(sender), sender);
    }
  });

  test(`${name} is refused with a field too many, too few, or of another kind`, () => {
    assert.notEqual(refusal({ ...good, more: 1 }, from[0]), null);
    for (const [field, kind] of Object.entries(fields)) {
      for (const value of UNFITTING[kind]) {
        assert.notEqual(refusal({ ...good, [field]: value }, from[0]), null, `${field}: ${String(value)}`);
      }
    }
  });
}

test("what is no message of the table is refused", () => {
  for (const message of [null, 7, "mail.open", [], {}, { name: "mail.steal" }, { name: "toString" }, { name: "__proto__" }]) {
    assert.notEqual(refusal(message, "content"), null, JSON.stringify(message));
  }
});

test("what concerns the passphrase may be asked by the page on which it is typed, and by nobody else", () => {
  const secret = Object.keys(MESSAGES).filter((each) => /^(keys|token)\.(status|unlock)$/.test(each));
  assert.equal(secret.length, 4);
  for (const name of secret) assert.deepEqual(MESSAGES[name].from, ["keys"], name);
  assert.ok(!MESSAGES["keys.ask"].from.includes("content"));
});
