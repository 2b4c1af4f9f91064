/**
 * Claims about the page that manages everything: it may ask for what it manages, and for nothing about mail.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Manager, OPERATIONS } from "../../src/background/manager.js";
import { Failure } from "../../src/lib/failure.js";

/** @param {(operation: string, params: any, options: { signal: AbortSignal }) => Promise<unknown>} answer */
function desk(answer) {
  /** @type {any[]} */
  const said = [];
  const counts = { asked: 0, unlocked: 0 };
  const host = /** @type {any} */ ({
    ask: (/** @type {[string, any, any]} */ ...asked) => {
      counts.asked++;
      return answer(...asked);
    },
  });
  const manager = new Manager(host, { onUnlocked: () => counts.unlocked++ });
  const channel = /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) });
  return { manager, channel, said, counts };
}

test("what it manages is asked of the host, and answered under its number", async () => {
  const { manager, channel, said } = desk(async (operation, params) => ({ operation, params }));
  await manager.ask(channel, { request: 7, operation: "trust_list", params: {} });
  assert.deepEqual(said, [{ name: "host.answer", request: 7, result: { operation: "trust_list", params: {} } }]);
});

test("nothing that opens, signs or decrypts a mail is asked for it", async () => {
  for (const operation of ["open", "part", "protect", "receipt_make", "token_unlock", "constructor", "__proto__"]) {
    assert.ok(!OPERATIONS.has(operation));
    const { manager, channel, said, counts } = desk(async () => ({}));
    await manager.ask(channel, { request: 1, operation, params: {} });
    assert.equal(said[0].failure.code, "not_allowed");
    assert.equal(counts.asked, 0);
  }
});

test("a failure of the host comes back as it is", async () => {
  const { manager, channel, said } = desk(async () => Promise.reject(Failure.own("host_missing")));
  await manager.ask(channel, { request: 1, operation: "key_list", params: {} });
  assert.equal(said[0].failure.code, "host_missing");
});

test("an unlock is told to whoever waits for keys; a refused one is not", async () => {
  const good = desk(async () => ({}));
  await good.manager.ask(good.channel, { request: 1, operation: "vault_unlock", params: {} });
  assert.equal(good.counts.unlocked, 1);
  const bad = desk(async () => Promise.reject(Failure.own("host_lost")));
  await bad.manager.ask(bad.channel, { request: 1, operation: "vault_unlock", params: {} });
  assert.equal(bad.counts.unlocked, 0);
});

test("a page that stops or leaves waits for nothing", async () => {
  for (const end of /** @type {const} */ (["stop", "leave"])) {
    /** @type {AbortSignal[]} */
    const signals = [];
    const { manager, channel } = desk((_, __, { signal }) => {
      signals.push(signal);
      return new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))));
    });
    const asked = manager.ask(channel, { request: 3, operation: "people_lookup", params: {} });
    if (end === "stop") manager.stop(channel, { request: 3 });
    else manager.leave(channel);
    await asked;
    assert.ok(signals[0].aborted);
  }
});
