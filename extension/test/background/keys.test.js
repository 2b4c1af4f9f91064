/**
 * Claims about the person's keys: the passphrase goes to the host, and only states come back.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keys } from "../../src/background/keys.js";
import { Failure } from "../../src/lib/failure.js";

const STATUS = { exists: true, locked: false, recovery: true, keychain: false, idle_seconds: 1800 };

/** @param {Partial<typeof STATUS> | Error} answer */
function desk(answer) {
  /** @type {any[]} */
  const heard = [];
  /** @type {any[]} */
  const said = [];
  const counts = { unlocked: 0, opened: 0 };
  const reply = async () => {
    if (answer instanceof Error) throw answer;
    return { ...STATUS, ...answer };
  };
  const host = {
    vaultStatus: reply,
    unlock: async (/** @type {string} */ way, /** @type {string | null} */ secret) => {
      heard.push([way, secret]);
      return reply();
    },
  };
  const keys = new Keys(host, { openPage: () => counts.opened++, onUnlocked: () => counts.unlocked++ });
  const channel = /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) });
  return { keys, channel, heard, said, counts };
}

test("an unlock goes to the host, and everybody who waits for it is told", async () => {
  const { keys, channel, heard, said, counts } = desk({});
  await keys.unlock(channel, { way: "passphrase", secret: "swordfish" });
  assert.deepEqual(heard, [["passphrase", "swordfish"]]);
  assert.deepEqual(said, [{ name: "vault", status: STATUS }]);
  assert.equal(counts.unlocked, 1);
  assert.ok(!JSON.stringify(said).includes("swordfish"));
});

test("the keychain gets no secret, whatever was typed", async () => {
  const { keys, channel, heard } = desk({});
  await keys.unlock(channel, { way: "keychain", secret: "swordfish" });
  assert.deepEqual(heard, [["keychain", null]]);
});

test("a wrong passphrase is the host's failure, and nobody is told of an unlock", async () => {
  const { keys, channel, said, counts } = desk(Failure.own("host_lost"));
  await keys.unlock(channel, { way: "passphrase", secret: "swordfish" });
  assert.equal(said[0].failure.code, "host_lost");
  assert.equal(counts.unlocked, 0);
});

test("another way than the three never reaches the host", async () => {
  const { keys, channel, heard, said } = desk({});
  await keys.unlock(channel, { way: "__proto__", secret: "swordfish" });
  assert.deepEqual(heard, []);
  assert.equal(said[0].failure.code, "not_allowed");
});

test("a status is asked for, and the page is opened for who asks", async () => {
  const { keys, channel, said, counts } = desk({ locked: true });
  await keys.status(channel);
  await keys.ask();
  assert.deepEqual(said, [{ name: "vault", status: { ...STATUS, locked: true } }]);
  assert.deepEqual(counts, { unlocked: 0, opened: 1 });
});
