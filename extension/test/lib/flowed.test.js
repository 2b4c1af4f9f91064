/**
 * Claims about format=flowed (RFC 3676).
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { pieces } from "../../src/lib/flowed.js";

/** @param {string[]} lines @param {boolean} [delsp] */
const flowed = (lines, delsp = false) => pieces(lines.join("\r\n") + "\r\n", { flowed: true, delsp });

test("lines that flow are one paragraph, others stand alone", () => {
  assert.deepEqual(flowed(["The roof is ready, ", "four days early.", "", "Anna"]), [
    { depth: 0, text: "The roof is ready, four days early.\n\nAnna" },
  ]);
});

test("quotes have their depth, and a space after their marks is stuffing (§4.4, §4.5)", () => {
  assert.deepEqual(flowed([">> Thou art ", ">> a villain.", "> I am not.", " > no quote", "OK"]), [
    { depth: 2, text: "Thou art a villain." },
    { depth: 1, text: "I am not." },
    { depth: 0, text: "> no quote\nOK" },
  ]);
});

test("a paragraph ends where the depth changes, even if it wanted to go on (§4.5)", () => {
  assert.deepEqual(flowed(["> cut off ", "below"]), [{ depth: 1, text: "cut off " }, { depth: 0, text: "below" }]);
});

test("the line above a signature neither flows nor is flowed into (§4.3)", () => {
  assert.deepEqual(flowed(["Bye ", "-- ", "Anna"]), [{ depth: 0, text: "Bye \n-- \nAnna" }]);
});

test("with DelSp the space at the end is not part of the text (§4.1)", () => {
  assert.deepEqual(flowed(["日本 ", "語"], true), [{ depth: 0, text: "日本語" }]);
});

test("text that does not flow stays as it is", () => {
  assert.deepEqual(pieces("> a \r\nb\r\n"), [{ depth: 0, text: "> a \nb" }]);
});

test("a text of nothing but changes of depth is not drawn as such, and costs no time", () => {
  const hostile = Array.from({ length: 200_000 }, (_, at) => ">".repeat(at % 3) + " x ").join("\n");
  const begun = performance.now();
  assert.equal(pieces(hostile, { flowed: true }).length, 1);
  assert.equal(pieces("> ".repeat(1_000_000), { flowed: true }).length, 1);
  assert.ok(performance.now() - begun < 3_000);
});
