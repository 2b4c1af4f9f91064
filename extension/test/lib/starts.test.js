/**
 * Claims about what a new letter starts with.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { startsWith } from "../../src/lib/starts.js";

/** @type {import("../../src/lib/protocol.js").WritingDefault[]} */
const writing = [
  { address: "", sign: true, encrypt: "possible" },
  { address: "anna@muster.example", sign: false, encrypt: "never" },
];

test("an address's own setting comes before the one for all others, however the address is written", () => {
  assert.equal(startsWith({ writing }, " Anna@Muster.example")?.encrypt, "never");
  assert.equal(startsWith({ writing }, "bert@muster.example")?.encrypt, "possible");
});

test("where nothing was set, nothing is made up", () => {
  assert.equal(startsWith({ writing: [] }, "anna@muster.example"), null);
  assert.equal(startsWith({ writing: writing.slice(1) }, ""), null);
});
