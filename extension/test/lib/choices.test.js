/**
 * Claims about which parts are shown.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { choose, pictureOf } from "../../src/lib/choices.js";
import { SAMPLES } from "../support/samples.js";

/** @param {string} id @param {string} type @param {Partial<import("../../src/lib/shapes.js").Part>} [deviation] */
const part = (id, type, deviation = {}) => ({ ...SAMPLES.valid.parts[0], id, type, charset: null, choices: [], ...deviation });

const plain = part("1.1", "text/plain", { choices: ["1.1"] });
const html = part("1.2.1", "text/html", { choices: ["1.2"] });
const inline = part("1.2.2", "image/png", { choices: ["1.2"], content_id: "p@x" });
const invitation = part("1.3", "text/calendar", { choices: ["1.3"] });

/** @param {import("../../src/lib/shapes.js").Part[]} parts @param {{ plain?: boolean }} [wish] */
function ids(parts, wish) {
  const { texts, files, hasPlain } = choose(parts, wish);
  return { texts: texts.map(({ id }) => id), files: files.map(({ id }) => id), hasPlain };
}

test("of alternatives the richest is shown, the plain one on request, and an invitation comes along", () => {
  const parts = [plain, html, inline, invitation];
  assert.deepEqual(ids(parts), { texts: ["1.2.1"], files: ["1.2.2", "1.3"], hasPlain: true });
  assert.deepEqual(ids(parts, { plain: true }), { texts: ["1.1"], files: ["1.3"], hasPlain: true });
});

test("an alternative with nothing to show is passed over", () => {
  assert.deepEqual(ids([plain, part("1.2", "application/x-new", { choices: ["1.2"] })]), { texts: ["1.1"], files: ["1.2"], hasPlain: false });
});

test("alternatives inside alternatives", () => {
  const parts = [
    part("1.1", "text/plain", { choices: ["1.1"] }),
    part("1.2.1", "text/plain", { choices: ["1.2", "1.2.1"] }),
    part("1.2.2", "text/html", { choices: ["1.2", "1.2.2"] }),
  ];
  assert.deepEqual(ids(parts).texts, ["1.2.2"]);
});

test("parts beside each other are all shown, each for itself; attached texts are files", () => {
  const parts = [part("1.1", "text/html"), part("1.2", "text/plain"), part("1.3", "text/plain", { disposition: "attachment" })];
  assert.deepEqual(ids(parts), { texts: ["1.1", "1.2"], files: ["1.3"], hasPlain: false });
});

test("a host that knows nothing of alternatives has every part shown", () => {
  const parts = [plain, html].map((part) => ({ ...part, choices: undefined }));
  assert.deepEqual(ids(/** @type {any} */ (parts)).texts, ["1.1", "1.2.1"]);
});

test("a picture in a text came under the same protection as the text", () => {
  const signed = { ...html, id: "1:1.1", covered: true };
  const added = { ...inline, id: "1.2", covered: false };
  const own = { ...inline, id: "1:1.2", covered: true };
  assert.equal(pictureOf(signed, [added, own], "p@x"), own);
  assert.equal(pictureOf(signed, [added], "p@x"), undefined);
  assert.equal(pictureOf({ ...signed, covered: false }, [{ ...own, id: "1.2", covered: false }], "p@x"), undefined, "another layer");
  assert.equal(pictureOf(html, [{ ...inline, type: "image/svg+xml", covered: html.covered }], "p@x"), undefined, "a document");
});
