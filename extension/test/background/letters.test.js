/**
 * Claims about answers and drafts: a page gets what it has a token for, once, and nothing of another's.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Letters } from "../../src/background/letters.js";

const SHOWN = { message: "m1", parts: [] };

function page() {
  /** @type {any[]} */
  const said = [];
  return /** @type {any} */ ({ said, post: (/** @type {any} */ message) => said.push(message) });
}

function letters() {
  /** @type {string[]} */
  const opened = [];
  /** @type {any[]} */
  const asked = [];
  const host = {
    ask: async (/** @type {string} */ operation, /** @type {any} */ params) => {
      asked.push([operation, params]);
      return operation === "draft_open" ? { draft: params.draft, message: "d1" } : { subject: "Re: Keys" };
    },
    close: async (/** @type {string} */ message) => void asked.push(["close", message]),
  };
  return { made: new Letters(host, (path) => void opened.push(path)), opened, asked };
}

test("a token is good once, for the message and the kind that were asked for", async () => {
  const { made, opened, asked } = letters();
  made.ask(SHOWN, "reply_all");
  const token = new URL(opened[0], "x://x/").searchParams.get("answer") ?? "";
  const [first, second] = [page(), page()];
  await made.claim(first, token);
  await made.claim(second, token);
  assert.deepEqual(asked, [["answer", { message: "m1", kind: "reply_all" }]]);
  assert.deepEqual(first.said, [{ name: "answer", kind: "reply_all", answer: { subject: "Re: Keys" }, parts: [] }]);
  assert.equal(second.said[0].failure.code, "stopped");
  assert.equal(made.of(first)?.message, "m1");
  assert.equal(made.of(second), undefined);
});

test("what is no answer, or answers nothing that is open, opens no page", () => {
  const { made, opened } = letters();
  assert.equal(made.ask(SHOWN, "decrypt"), false);
  assert.equal(made.ask(null, "reply"), undefined);
  assert.deepEqual(opened, []);
});

test("answers that nobody claims are forgotten, the oldest first", async () => {
  const { made, opened } = letters();
  for (let number = 0; number < 20; number++) made.ask(SHOWN, "reply");
  const late = page();
  await made.claim(late, new URL(opened[0], "x://x/").searchParams.get("answer") ?? "");
  assert.equal(late.said[0].failure.code, "stopped");
  assert.equal(made.asked.size, 8);
});

test("a draft is let go of with its page, and a message that is only answered is not", async () => {
  const { made, opened, asked } = letters();
  const [writer, answerer] = [page(), page()];
  await made.openDraft(writer, "x");
  made.ask(SHOWN, "forward");
  await made.claim(answerer, new URL(opened[0], "x://x/").searchParams.get("answer") ?? "");
  made.leave(writer);
  made.leave(answerer);
  assert.deepEqual(asked.filter(([operation]) => operation === "close"), [["close", "d1"]]);
});
