/**
 * Claims about characters that are not seen.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { visible } from "../../src/lib/visible.js";

test("characters that turn others around, and controls, are shown; others are left alone", () => {
  assert.equal(visible("invoice\u202efdp.exe"), "invoice⟦RLO⟧fdp.exe");
  assert.equal(visible("a\u2066b\u2069c\u0000\u001b[1m\u0085"), "a⟦LRI⟧b⟦PDI⟧c⟦U+0000⟧⟦U+001B⟧[1m⟦U+0085⟧");
  const plain = "Tab\tand\r\nline, שלום\u200f, سلام\u061c, 👩‍👩‍👧, Grüße";
  assert.equal(visible(plain), plain);
});
