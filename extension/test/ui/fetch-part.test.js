/**
 * Claims about parts on their way to a view.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { PartFetcher } from "../../src/ui/fetch-part.js";

/** @param {() => void} [onLost] */
function bench(onLost) {
  /** @type {any[]} */
  const said = [];
  /** @type {(message: any) => void} */
  let say = () => {};
  /** @type {() => void} */
  let end = () => {};
  const fetcher = new PartFetcher({
    name: "test",
    sender: { extension: "x", url: "", tab: 1, frame: 1 },
    post: (message) => void said.push(message),
    onMessage: (listener) => (say = listener),
    onClose: (listener) => (end = listener),
    close: () => {},
  }, onLost);
  const orders = () => said.filter(({ name }) => name === "part.fetch");
  const all = () => said;
  return { fetcher, orders, all, say: (/** @type {any} */ message) => say(message), end: () => end() };
}

test("a message of many parts fetches a few at once, and all of them", async () => {
  const { fetcher, orders, say } = bench();
  const parts = Array.from({ length: 10 }, (_, at) => fetcher.fetch(String(at)));
  assert.equal(orders().length, 4);
  for (let at = 0; at < 10; at++) {
    const { delivery } = orders()[at];
    if (at === 3) say({ name: "part.failed", delivery, failure: { code: "unknown_part", sentence: "", advice: "", fault: "user", facts: {} } });
    else say({ name: "chunk", delivery, data: "AAAA", last: true });
  }
  const outcomes = await Promise.allSettled(parts);
  assert.deepEqual(orders().map(({ part }) => part), [..."0123456789"]);
  assert.deepEqual(outcomes.map(({ status }) => status === "fulfilled"), [...Array(10).keys()].map((at) => at !== 3));
});

test("a background that was stopped fails what was ordered, what waits, and what is asked for later", async () => {
  const { fetcher, end } = bench();
  const parts = Array.from({ length: 6 }, (_, at) => fetcher.fetch(String(at)));
  end();
  for (const part of [...parts, fetcher.fetch("later")]) await assert.rejects(part, { code: "host_lost" });
});

test("text comes in the charset that the host converted it to, or left it in", async () => {
  const { fetcher, orders, say } = bench();
  const texts = [fetcher.text("1"), fetcher.text("2"), fetcher.text("3")];
  assert.deepEqual(orders().map(({ text }) => text), [true, true, true]);
  const said = [["utf-8", "w7w="], ["iso-8859-1", "/A=="], ["made-up", "w7w="]];
  said.forEach(([charset, data], at) => {
    const { delivery } = orders()[at];
    say({ name: "part", delivery, info: { size: 1, type: "text/plain", charset, name: null } });
    say({ name: "chunk", delivery, data, last: true });
  });
  assert.deepEqual(await Promise.all(texts), ["ü", "ü", "ü"]);
});

test("whoever waits for a long part is told how far it is", async () => {
  const { fetcher, orders, say } = bench();
  /** @type {number[]} */
  const told = [];
  const part = fetcher.fetch("1", (octets) => void told.push(octets));
  const { delivery } = orders()[0];
  say({ name: "chunk", delivery, data: "AAAA", last: false });
  say({ name: "chunk", delivery, data: "AAAA", last: true });
  assert.equal((await part).size, 6);
  assert.deepEqual(told, [3, 6]);
});

test("whoever wants a part of a message that is gone has it opened anew", async () => {
  let lost = 0;
  const { fetcher, end } = bench(() => lost++);
  end();
  assert.equal(lost, 0, "nobody asked yet");
  await assert.rejects(fetcher.fetch("1"), { code: "host_lost" });
  assert.equal(lost, 1);
});

test("evidence comes with the name that the host gives it", async () => {
  const { fetcher, orders, say, all } = bench();
  const evidence = fetcher.evidence();
  const { delivery } = all().find(({ name }) => name === "evidence.fetch");
  assert.equal(orders().length, 0);
  say({ name: "part", delivery, info: { size: 3, type: "application/vnd.etsi.asic-e+zip", charset: null, name: "evidence.asice" } });
  say({ name: "chunk", delivery, data: "AAAA", last: true });
  const { blob, name } = await evidence;
  assert.equal(blob.size, 3);
  assert.equal(name, "evidence.asice");
});

test("a part that nobody wants any more is stopped, waiting or on its way, and lets the next one go", async () => {
  const { fetcher, orders, all } = bench();
  const stops = [1, 2, 3, 4, 5, 6].map(() => new AbortController());
  const parts = stops.map(({ signal }, at) => fetcher.fetch(String(at), undefined, signal));
  parts.forEach((part) => part.catch(() => {}));
  const before = orders().length;
  stops[5].abort();
  await assert.rejects(parts[5], { code: "stopped" });
  assert.equal(orders().length, before, "it was waiting");
  const [{ delivery }] = orders();
  stops[0].abort();
  await assert.rejects(parts[0], { code: "stopped" });
  assert.ok(all().some((each) => each.name === "part.stop" && each.delivery === delivery));
  assert.equal(orders().length, before + 1, "the next one goes");
});
