/**
 * Claims about receipts: only a message that asks for one leads anywhere, and only the page for it gives one.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Receipts } from "../../src/background/receipts.js";
import { Failure } from "../../src/lib/failure.js";
import { reason } from "../support/samples.js";

const ASKS = { message: "m1", verdict: { reasons: [reason("receipt_requested", "Anna asks.")] } };

/** @param {any} shown @param {() => Promise<unknown>} [receipt] */
function desk(shown, receipt = async () => ({ sent: true })) {
  /** @type {string[]} */
  const opened = [];
  /** @type {string[]} */
  const given = [];
  const host = /** @type {any} */ ({
    receipt: (/** @type {string} */ message) => {
      given.push(message);
      return receipt();
    },
  });
  const receipts = new Receipts(host, /** @type {any} */ ({ shownIn: () => shown }), (path) => opened.push(path));
  return { receipts, opened, given };
}

function channel() {
  /** @type {any[]} */
  const said = [];
  return { said, port: /** @type {any} */ ({ post: (/** @type {any} */ message) => said.push(message) }) };
}

/** @param {string} path */
const tokenOf = (path) => new URL(path, "https://x.example").searchParams.get("for") ?? "";

test("a message that asks for nothing leads nowhere", () => {
  for (const shown of [null, { message: "m1", verdict: { reasons: [] } }]) {
    const { receipts, opened } = desk(shown);
    assert.equal(receipts.ask(channel().port), false);
    assert.deepEqual(opened, []);
  }
});

test("looking gives nothing; the page's button gives the receipt of that message, and says what became of it", async () => {
  const { receipts, opened, given } = desk(ASKS);
  receipts.ask(channel().port);
  const { port, said } = channel();
  receipts.claim(port, tokenOf(opened[0]));
  assert.deepEqual(given, []);
  await receipts.give(port);
  assert.deepEqual(given, ["m1"]);
  assert.deepEqual(said.map(({ name }) => name), ["receipt.request", "receipt.given"]);
});

test("a token is good once, and a made-up one never", async () => {
  const { receipts, opened, given } = desk(ASKS);
  receipts.ask(channel().port);
  receipts.claim(channel().port, tokenOf(opened[0]));
  for (const token of [tokenOf(opened[0]), "", crypto.randomUUID()]) {
    const { port, said } = channel();
    receipts.claim(port, token);
    await receipts.give(port);
    assert.deepEqual(said.map(({ name }) => name), ["receipt.gone", "receipt.gone"]);
  }
  assert.deepEqual(given, []);
});

test("a refusal is said as the host says it", async () => {
  const { receipts, opened } = desk(ASKS, async () => Promise.reject(Failure.own("host_lost")));
  receipts.ask(channel().port);
  const { port, said } = channel();
  receipts.claim(port, tokenOf(opened[0]));
  await receipts.give(port);
  assert.equal(said[1].failure.code, "host_lost");
});
