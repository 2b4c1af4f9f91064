/**
 * Claims about who gets the person's own mark, and that it stays the same.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { OwnMarks } from "../../src/background/own-marks.js";

function channel() {
  /** @type {any[]} */
  const said = [];
  return /** @type {any} */ ({ said, post: (/** @type {any} */ message) => said.push(message) });
}

/** @param {Map<string, any>} database @param {any[]} [frames] */
function bench(database, frames = []) {
  return new OwnMarks({
    kept: async (key) => database.get(key),
    keep: async (key, value) => database.set(key, value),
    words: () => [["quiet", "early"], ["harbour", "otter"]],
    frames: () => frames,
  });
}

test("the first mark is drawn once, and is the same after the worker slept", async () => {
  const database = new Map();
  const [one, two, three] = [channel(), channel(), channel()];
  const marks = bench(database);
  await Promise.all([marks.tell(one), marks.tell(two)]);
  await bench(database).tell(three);
  const [{ mark }] = one.said;
  assert.match(mark.words, /^(quiet|early) (harbour|otter)$/);
  assert.deepEqual([two.said[0].mark, three.said[0].mark], [mark, mark]);
});

test("a chosen mark is kept and shown at once wherever one is on the screen", async () => {
  const database = new Map();
  const [page, panel] = [channel(), channel()];
  const marks = bench(database, [page, panel]);
  await marks.choose(page, { colour: "violet", words: "my own words" });
  assert.deepEqual(page.said, [{ name: "mark", mark: { colour: "violet", words: "my own words" }, chosen: true }]);
  assert.deepEqual(panel.said, [{ name: "mark", mark: { colour: "violet", words: "my own words" } }]);
  const later = channel();
  await bench(database).tell(later);
  assert.equal(later.said[0].mark.words, "my own words");
});

test("what is no mark changes nothing, and that is said", async () => {
  const page = channel();
  const marks = bench(new Map([["own-mark", { colour: "red", words: "early otter" }]]));
  await marks.choose(page, { colour: "transparent", words: "x" });
  assert.deepEqual(page.said, [{ name: "mark", mark: { colour: "red", words: "early otter" }, chosen: false }]);
});

test("where nothing can be kept there is no mark: one that changed each time would teach people to overlook it", async () => {
  const frame = channel();
  const refuse = async () => Promise.reject(new Error("no database"));
  const marks = new OwnMarks({ kept: refuse, keep: refuse, words: () => [["quiet"], ["harbour"]], frames: () => [] });
  await marks.tell(frame);
  await marks.choose(frame, { colour: "red", words: "early otter" });
  assert.deepEqual(frame.said.map((/** @type {any} */ { mark, chosen }) => [mark, chosen]), [[null, undefined], [null, false]]);
});
