/**
 * Claims about the protocol without input or output.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Conversation } from "../../src/lib/conversation.js";
import { PROTOCOL_VERSION } from "../../src/lib/product.js";
import { transcripts } from "../support/transcripts.js";

const LIMITS = { frame_in: 1048576, frame_out: 1048576, chunk: 393216, requests: 16, message: 536870912, open_messages: 8 };
const HELLO = { type: "hello", protocol: PROTOCOL_VERSION, product: "0.1.0", operations: ["open", "part", "close", "issuers"], limits: LIMITS };
const REFUSABLE = new Set(["octets", "text", "flood"]);

function begun() {
  const conversation = new Conversation({ client: "test", language: "en" });
  conversation.receive(HELLO);
  return conversation;
}

for (const { name, about, steps } of transcripts()) {
  test(`golden conversation ${name}: ${about}`, () => replay(steps));
}

/**
 * Plays both halves: what the client says is made by the conversation and compared, unless it is one of the client's
 * misdeeds, which the conversation must refuse to make; what the host says must be understood.
 * @param {import("../support/transcripts.js").Step[]} steps
 */
function replay(steps) {
  const conversation = new Conversation({ client: "test", language: "en" });
  /** Ids: the conversation's by the transcript's. @type {Map<string, string>} */
  const ids = new Map();
  for (const step of steps) {
    if (step.from === "client") say(conversation, ids, step);
    else if (step.frame) hear(conversation, ids, step.frame);
  }
}

/**
 * @param {Conversation} conversation
 * @param {Map<string, string>} ids
 * @param {any} step
 */
function say(conversation, ids, step) {
  if (step.end || Object.keys(step).some((key) => REFUSABLE.has(key))) return;
  const { frame } = step;
  const id = ids.get(frame?.id) ?? "";
  const made = (/** @type {() => any} */ make) => {
    assert.deepEqual({ ...make(), ...(frame.id ? { id: frame.id } : {}) }, frame);
  };
  switch (frame?.type) {
    case "hello":
      if (frame.protocol === PROTOCOL_VERSION && frame.client === "test" && frame.language === "en") made(() => conversation.greeting());
      return;
    case "request": {
      const known = conversation.hello?.operations.includes(frame.operation);
      if (conversation.state !== "ready" || !known || ids.has(frame.id) || typeof frame.id !== "string") return;
      const request = conversation.request(frame.operation, frame.params, { downloads: frame.operation === "part" });
      ids.set(frame.id, request.id);
      return;
    }
    case "chunk": {
      const octets = Buffer.from(String(frame.data), "base64").length;
      const misdeed = !conversation.streams.has(id) || conversation.streams.get(id)?.uploaded || octets > conversation.room(id);
      if (misdeed) assert.throws(() => conversation.chunk(id, frame.data, frame.last));
      else if (typeof frame.data === "string" && typeof frame.last === "boolean" && Object.keys(frame).length === 4) {
        made(() => conversation.chunk(id, frame.data, frame.last));
      }
      return;
    }
    case "credit":
      if (conversation.streams.has(id) && Number.isSafeInteger(frame.octets)) made(() => conversation.grant(id, frame.octets));
      return;
    case "cancel":
      if (conversation.streams.has(id)) made(() => conversation.cancel(id));
  }
}

/**
 * @param {Conversation} conversation
 * @param {Map<string, string>} ids
 * @param {any} frame
 */
function hear(conversation, ids, frame) {
  const id = ids.get(frame.id);
  const known = id !== undefined && conversation.streams.has(id);
  const before = conversation.state;
  const event = conversation.receive(id ? { ...frame, id } : frame);
  if (frame.type === "hello") assert.equal(event.kind, "ready");
  else if (frame.type === "update") assert.equal(event.kind, "update");
  else if (frame.id === null) assert.equal(event.kind, before === "ready" ? "complaint" : "refused");
  else if (!known) assert.equal(event.kind, "late");
  else assert.equal(event.kind, frame.type, JSON.stringify(event));
  if (event.kind === "error") assert.equal(event.failure.code, frame.error.code);
}

test("an older host is told apart from an older extension", () => {
  for (const [protocol, older] of [["0.9", "host"], ["2.0", "extension"]]) {
    const event = new Conversation({ client: "test", language: "en" }).receive({ ...HELLO, protocol });
    assert.equal(event.kind, "refused");
    assert.equal(event.failure.code, "protocol_mismatch");
    assert.deepEqual(event.failure.data.facts, { host: protocol, client: PROTOCOL_VERSION, older });
  }
});

test("a newer minor of the same major works, whatever else its hello says", () => {
  const conversation = new Conversation({ client: "test", language: "en" });
  assert.equal(conversation.receive({ ...HELLO, protocol: "1.9", mood: "fine" }).kind, "ready");
});

test("a caller that is not allowed is refused with the host's own words", () => {
  const error = { code: "caller_not_allowed", sentence: "No.", advice: "Ask.", fault: "client", facts: {} };
  const event = new Conversation({ client: "test", language: "en" }).receive({ type: "error", id: null, error });
  assert.equal(event.kind, "refused");
  assert.equal(event.failure.data.sentence, "No.");
});

test("credit of the host is counted in octets before base64, and never exceeded", () => {
  const conversation = begun();
  const { id } = conversation.request("open", { size: 5 });
  conversation.receive({ type: "credit", id, octets: 4 });
  assert.throws(() => conversation.chunk(id, Buffer.from("12345").toString("base64"), true), /4 allowed/);
  conversation.chunk(id, Buffer.from("1234").toString("base64"), false);
  assert.equal(conversation.room(id), 0);
});

test("a host that sends beyond our credit, or a chunk before its reply, has broken the protocol", () => {
  const conversation = begun();
  const { id } = conversation.request("part", { message: "m", part: "1" }, { downloads: true });
  const chunk = { type: "chunk", id, data: Buffer.from("12345").toString("base64"), last: false };
  assert.equal(conversation.receive(chunk).kind, "broken");
  conversation.receive({ type: "reply", id, result: {} });
  conversation.grant(id, 4);
  assert.equal(conversation.receive(chunk).kind, "broken");
});

test("frames that are no frames break the protocol and nothing else", () => {
  for (const frame of [null, 7, "hello", [], {}, { type: "reply" }, { type: "credit", id: 3, octets: 1 }]) {
    assert.equal(begun().receive(frame).kind, "broken", JSON.stringify(frame));
  }
});

test("what the host says about a cancelled request is late, not an error", () => {
  const conversation = begun();
  const { id } = conversation.request("open", { size: null });
  conversation.cancel(id);
  assert.equal(conversation.receive({ type: "credit", id, octets: 1 }).kind, "late");
});
