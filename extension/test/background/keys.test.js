/**
 * Claims about the person's keys: passphrase and PIN go to the host, and only states come back.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Keys } from "../../src/background/keys.js";
import { Failure } from "../../src/lib/failure.js";
import { reason } from "../support/samples.js";

const STATUS = { exists: true, locked: false, recovery: true, keychain: false, idle_seconds: 1800 };
const CARD = {
  label: "Karte",
  serial: "0815",
  maker: "",
  model: "",
  library: "/usr/lib/card.so",
  pin_pad: false,
  pin_locked: false,
  certificates: [],
};

/**
 * @param {Partial<typeof STATUS> | Error} answer
 * @param {{ tokens?: object[], unlocked?: string[] }} [cards]
 */
function desk(answer, { tokens = [CARD], unlocked = [] } = {}) {
  /** @type {any[]} */
  const heard = [];
  /** @type {any[]} */
  const said = [];
  /** @type {string[]} */
  const opened = [];
  const counts = { unlocked: 0 };
  const reply = async () => {
    if (answer instanceof Error) throw answer;
    return { ...STATUS, ...answer };
  };
  const host = /** @type {any} */ ({
    vaultStatus: reply,
    unlock: async (/** @type {string} */ way, /** @type {string | null} */ secret) => {
      heard.push([way, secret]);
      return reply();
    },
    tokens: async () => ({ tokens, unlocked, failures: [] }),
    unlockToken: async (/** @type {string} */ token, /** @type {string} */ pin) => {
      heard.push([token, pin]);
      await reply();
      unlocked.push(token);
    },
    notices: async () => [reason("identity_expires_soon", "It ends soon.")],
  });
  const keys = new Keys(host, { openPage: (path) => opened.push(path), onUnlocked: () => counts.unlocked++ });
  const channel = /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) });
  return { keys, channel, heard, said, counts, opened };
}

test("an unlock goes to the host, and everybody who waits for it is told", async () => {
  const { keys, channel, heard, said, counts } = desk({});
  await keys.serve(channel, { name: "keys.unlock", way: "passphrase", secret: "swordfish" });
  assert.deepEqual(heard, [["passphrase", "swordfish"]]);
  assert.deepEqual(said, [{ name: "vault", status: STATUS }]);
  assert.equal(counts.unlocked, 1);
  assert.ok(!JSON.stringify(said).includes("swordfish"));
});

test("the keychain gets no secret, whatever was typed", async () => {
  const { keys, channel, heard } = desk({});
  await keys.serve(channel, { name: "keys.unlock", way: "keychain", secret: "swordfish" });
  assert.deepEqual(heard, [["keychain", null]]);
});

test("a wrong passphrase or PIN is the host's failure, and nobody is told of an unlock", async () => {
  const { keys, channel, said, counts } = desk(Failure.own("host_lost"));
  await keys.serve(channel, { name: "keys.unlock", way: "passphrase", secret: "swordfish" });
  await keys.serve(channel, { name: "token.unlock", token: "Karte", pin: "4711" });
  assert.deepEqual(said.map(({ name, failure }) => [name, failure.code]), [["vault", "host_lost"], ["token", "host_lost"]]);
  assert.equal(counts.unlocked, 0);
});

test("another way than the three never reaches the host", async () => {
  const { keys, channel, heard, said } = desk({});
  await keys.serve(channel, { name: "keys.unlock", way: "__proto__", secret: "swordfish" });
  assert.deepEqual(heard, []);
  assert.equal(said[0].failure.code, "not_allowed");
});

test("a status is asked for, and the page is opened for who asks, for the vault or for a card", async () => {
  const { keys, channel, said, opened } = desk({ locked: true });
  await keys.serve(channel, { name: "keys.status" });
  assert.deepEqual(said, [{ name: "vault", status: { ...STATUS, locked: true } }]);
  await keys.ask({ token: "" });
  await keys.ask({ token: "Änne & Co?" });
  await keys.ask({ token: "x".repeat(65) });
  assert.deepEqual(opened, ["ui/unlock.html", "ui/unlock.html?token=%C3%84nne%20%26%20Co%3F"]);
});

test("a PIN goes to the card that is meant, and nothing of it comes back", async () => {
  const { keys, channel, heard, said, counts } = desk({});
  await keys.serve(channel, { name: "token.status", token: "0815" });
  assert.deepEqual(said.pop(), { name: "token", status: { label: "Karte", padded: false, blocked: false, locked: true } });
  await keys.serve(channel, { name: "token.unlock", token: "0815", pin: "4711" });
  assert.deepEqual(heard, [["0815", "4711"]]);
  assert.deepEqual(said.pop(), { name: "token", status: { label: "Karte", padded: false, blocked: false, locked: false } });
  assert.equal(counts.unlocked, 1);
});

test("of two cards with one label that with the serial number is meant; a card that is gone is none", async () => {
  const { keys, channel, said } = desk({}, { tokens: [{ ...CARD, serial: "0001" }, { ...CARD, serial: "0002", pin_locked: true }] });
  await keys.serve(channel, { name: "token.status", token: "0002" });
  assert.equal(said.pop().status.blocked, true);
  await keys.serve(channel, { name: "token.status", token: "Bens Karte" });
  assert.deepEqual(said.pop(), { name: "token", status: null });
});

test("what ends soon is handed on in the host's words", async () => {
  const { keys, channel, said } = desk({});
  await keys.serve(channel, { name: "keys.notices" });
  assert.deepEqual(said.map(({ name, status }) => [name, status[0].code]), [["notices", "identity_expires_soon"]]);
});
