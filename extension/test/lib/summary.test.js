/**
 * Claims about what is told of a verdict without a click.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { asides, lockedKey, summary } from "../../src/lib/summary.js";
import { SAMPLES, opened, reason } from "../support/samples.js";

/** @param {import("../../src/lib/shapes.js").Opened} sample */
const told = ({ verdict }) => [verdict.headline.sentence, ...Object.values(summary(verdict)).filter((words) => typeof words === "string")];

for (const [name, sample] of Object.entries(SAMPLES)) {
  test(`${name}: no sentence is said twice, and no address`, () => {
    const sentences = told(sample).join(" ").split(/(?<=[.;])\s+|\s·\s/);
    assert.equal(new Set(sentences).size, sentences.length, sentences.join(" | "));
    const addresses = told(sample).join(" ").match(/‹[^›]+›/g) ?? [];
    assert.equal(new Set(addresses).size, addresses.length, addresses.join(" "));
  });
}

test("a remark on a good signature is for the details", () => {
  assert.deepEqual(summary(SAMPLES.valid_with_remark.verdict), { reason: "", facts: [], advice: "" });
});

test("a mismatch for another reason than the address says that reason", () => {
  const { verdict } = SAMPLES.mismatch;
  const nameless = { ...verdict, reasons: [reason("no_address_named", "The certificate of X names no mail address.")] };
  assert.equal(summary(nameless).reason, "The certificate of X names no mail address.");
});

test("receipts and labels are told beside a good signature, and never twice", () => {
  const asks = reason("receipt_requested", "Anna asks for a signed receipt.", "You need not give one.");
  const label = reason("security_label", "The sender labels this message: secret.");
  const { verdict } = SAMPLES.valid_with_remark;
  const valid = { ...verdict, reasons: [...verdict.reasons, asks, label] };
  assert.deepEqual(asides(valid), [asks, label]);
  assert.equal(summary(valid).reason, "");
  const broken = { ...SAMPLES.invalid.verdict, reasons: [asks, label] };
  assert.deepEqual(asides(broken), [label], "the first reason stands below the headline already");
  assert.deepEqual(asides(verdict), []);
});

test("what is odd about unsigned mail is said, where a verdict is asked for", () => {
  const openpgp = opened({ ...SAMPLES.none.verdict, reasons: [reason("openpgp_message", "This message uses OpenPGP, not S/MIME.")] });
  assert.equal(summary(openpgp.verdict).reason, "This message uses OpenPGP, not S/MIME.");
});

test("what has to be unlocked: the card that is named, else the vault, also where it only may help", () => {
  const key = (/** @type {import("../../src/lib/shapes.js").Reason[]} */ ...reasons) => lockedKey({ ...SAMPLES.none.verdict, reasons });
  const card = (/** @type {Record<string, any>} */ facts) => reason("token_pin_needed", "It wants its PIN.", "", facts);
  assert.deepEqual(key(card({ token: "Karte", serial: "0815" })), { token: "0815" });
  assert.deepEqual(key(card({ token: "Karte" })), { token: "Karte" }, "an older host");
  assert.deepEqual(key(reason("vault_locked", "Locked.")), { token: "" });
  assert.deepEqual(key(reason("no_recipient_key", "None."), reason("vault_locked_may_match", "Perhaps.")), { token: "" });
  assert.equal(key(reason("no_recipient_key", "None.")), null);
});
