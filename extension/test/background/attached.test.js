/**
 * Claims about attachments on pages of their own: only one that the message has, only for the page that was opened for it.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Attached } from "../../src/background/attached.js";

const PARTS = [
  { id: "1", name: null, type: "text/plain", size: 5 },
  { id: "2", name: "offer.eml", type: "message/rfc822", size: 5 },
  { id: "3", name: "offer.pdf", type: "application/pdf", size: 5 },
  { id: "4", name: "offer.exe", type: "application/pdf", size: 5 },
];

/** @param {any} [reading] */
function desk(reading = { message: "m1", state: { phase: "opened", opened: { parts: PARTS } } }) {
  /** @type {string[]} */
  const opened = [];
  return { opened, attached: new Attached(/** @type {any} */ ({ of: () => reading }), (path) => opened.push(path)) };
}

function channel() {
  /** @type {any[]} */
  const said = [];
  return { said, port: /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) }) };
}

/** @param {string} path */
const tokenOf = (path) => new URL(path, "https://x.example").searchParams.get("part") ?? "";

test("each kind has its page, which fetches from the message it came with", () => {
  for (const [id, page] of [["2", "ui/check.html"], ["3", "ui/pdf.html"]]) {
    const { attached, opened } = desk();
    attached.open(channel().port, id);
    assert.equal(opened[0].split("?")[0], page);
    const { port, said } = channel();
    assert.equal(attached.of(port), undefined);
    attached.claim(port, tokenOf(opened[0]));
    assert.deepEqual([said[0].name, said[0].part.id, attached.of(port)?.message], ["attached", id, "m1"]);
  }
});

test("nothing is opened that is not there, is no attachment to look at, or belongs to no open message", () => {
  for (const id of ["1", "4", "5", "__proto__"]) {
    const { attached, opened } = desk();
    assert.equal(attached.open(channel().port, id), false, id);
    assert.deepEqual(opened, []);
  }
  for (const reading of [undefined, { message: null, state: { phase: "checking" } }]) {
    assert.equal(new Attached(/** @type {any} */ ({ of: () => reading }), () => {}).open(channel().port, "2"), false);
  }
});

test("a token is good once, and a made-up one never", () => {
  const { attached, opened } = desk();
  attached.open(channel().port, "2");
  attached.claim(channel().port, tokenOf(opened[0]));
  for (const token of [tokenOf(opened[0]), "", "0".repeat(36)]) {
    const { port, said } = channel();
    attached.claim(port, token);
    assert.deepEqual([said[0].name, attached.of(port)], ["attached.gone", undefined]);
  }
});
