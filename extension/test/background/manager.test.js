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
  const counts = { asked: 0, unlocked: 0, locked: 0 };
  const host = /** @type {any} */ ({
    ask: (/** @type {[string, any, any]} */ ...asked) => {
      counts.asked++;
      return answer(...asked);
    },
  });
  const manager = new Manager(host, { onUnlocked: () => counts.unlocked++, onLocked: () => counts.locked++ });
  const channel = /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) });
  return { manager, channel, said, counts };
}

test("what it manages is asked of the host, and answered under its number", async () => {
  const { manager, channel, said } = desk(async (operation, params) => ({ operation, params }));
  await manager.ask(channel, "manage", { request: 7, operation: "trust_list", params: {} });
  assert.deepEqual(said, [{ name: "host.answer", request: 7, result: { operation: "trust_list", params: {} } }]);
});

test("nothing that opens, signs or decrypts a mail is asked for it", async () => {
  for (const operation of ["open", "part", "protect", "receipt_make", "token_unlock", "constructor", "__proto__"]) {
    assert.ok(!OPERATIONS.manage.has(operation) && !OPERATIONS.write.has(operation));
    const { manager, channel, said, counts } = desk(async () => ({}));
    await manager.ask(channel, "manage", { request: 1, operation, params: {} });
    assert.equal(said[0].failure.code, "not_allowed");
    assert.equal(counts.asked, 0);
  }
});

test("the page for writing manages nothing", () => {
  for (const operation of ["vault_create", "key_export", "key_import", "trust_add", "people_remove", "account_put"]) {
    assert.ok(!OPERATIONS.write.has(operation), operation);
  }
});

test("a letter is handed over piece by piece, each when the host takes it", async () => {
  /** @type {any[]} */
  const taken = [];
  const { manager, channel, said } = desk(async (operation, params, /** @type {any} */ { source }) => {
    assert.deepEqual([operation, params], ["send", { sign: true, size: 9 }]);
    taken.push(await source.pull(6), await source.pull(6));
    return { sent: true };
  });
  const sending = manager.send(channel, { request: 4, size: 9, params: { sign: true } });
  assert.equal(manager.chunk(channel, { request: 5, data: "", last: true }), false, "nobody asked for that");
  manager.chunk(channel, { request: 4, data: "one", last: false });
  await new Promise((go) => setTimeout(go));
  manager.chunk(channel, { request: 4, data: "two", last: true });
  await sending;
  assert.deepEqual(taken, [{ data: "one", last: false }, { data: "two", last: true }]);
  assert.deepEqual(said.map(({ name }) => name), ["host.pull", "host.pull", "host.answer"]);
});

test("a failure of the host comes back as it is", async () => {
  const { manager, channel, said } = desk(async () => Promise.reject(Failure.own("host_missing")));
  await manager.ask(channel, "manage", { request: 1, operation: "key_list", params: {} });
  assert.equal(said[0].failure.code, "host_missing");
});

test("an unlock is told to whoever waits for keys; a refused one is not", async () => {
  const good = desk(async () => ({}));
  await good.manager.ask(good.channel, "manage", { request: 1, operation: "vault_unlock", params: {} });
  assert.equal(good.counts.unlocked, 1);
  const bad = desk(async () => Promise.reject(Failure.own("host_lost")));
  await bad.manager.ask(bad.channel, "manage", { request: 1, operation: "vault_unlock", params: {} });
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
    const asked = manager.ask(channel, "manage", { request: 3, operation: "people_lookup", params: {} });
    if (end === "stop") manager.stop(channel, { request: 3 });
    else manager.leave(channel);
    await asked;
    assert.ok(signals[0].aborted);
  }
});

test("it is told when keys were locked, and when they could not be", async () => {
  const { manager, channel, counts } = desk(async (operation) => {
    if (operation === "token_lock") throw Failure.own("host_lost");
    return {};
  });
  await manager.ask(channel, "manage", { request: 1, operation: "vault_lock", params: {} });
  await manager.ask(channel, "manage", { request: 2, operation: "token_lock", params: {} });
  assert.deepEqual([counts.locked, counts.unlocked], [1, 0]);
});
