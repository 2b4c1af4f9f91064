/**
 * Claims about the person's own mark.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { COLOURS, drawMark, ownMark } from "../../src/lib/own-mark.js";
import { locale } from "../support/dom.js";

test("a mark is a colour of the list and words that can be seen", () => {
  assert.deepEqual(ownMark({ colour: "teal", words: "  quiet\n harbour " }), { colour: "teal", words: "quiet harbour" });
  assert.deepEqual(ownMark({ colour: "red", words: "Grüner Käfer" }), { colour: "red", words: "Grüner Käfer" });
  assert.deepEqual(ownMark({ colour: "red", words: "שקט נמל" })?.words, "שקט נמל");
  assert.deepEqual(ownMark({ colour: "red", words: "a\u202eb<c>\u200bd" })?.words, "abcd");
  for (const none of [null, {}, { colour: "teal" }, { colour: "none", words: "quiet harbour" }, { colour: "teal", words: "\u202e" }, { colour: "teal", words: "x".repeat(41) }, { colour: "teal", words: 5 }]) {
    assert.equal(ownMark(none), null);
  }
});

for (const language of ["en", "de"]) {
  test(`${language}: every mark that is drawn is one, and a page that guesses has one chance in thousands`, () => {
    const words = locale(language);
    const [first, second] = [words.mark_first_words, words.mark_second_words].map(({ message }) => message.split(" "));
    for (const list of [first, second]) assert.equal(new Set(list).size, 40);
    for (const one of first) for (const two of second) assert.ok(ownMark({ colour: "teal", words: `${one} ${two}` }));
    assert.ok(COLOURS.length * first.length * second.length > 10_000);
    const drawn = new Set(Array.from({ length: 200 }, () => JSON.stringify(drawMark(first, second))));
    assert.ok(drawn.size > 150, "by lot");
  });
}
