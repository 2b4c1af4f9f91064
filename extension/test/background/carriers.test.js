/**
 * Claims about sending through a webmail's page: the host is told of every step before it is made, and what nobody knows
 * is never called sent.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Carriers } from "../../src/background/carriers.js";

const WAITS = /** @type {any} */ ({
  batch: "b",
  recipients: [{ address: "bea@muster.example", status: "waiting", reason: { code: "way_not_from_here", facts: { site: "https://mail.example" } } }],
  sent_copy: { status: "not_wanted", folder: null, reason: null },
});

/**
 * @param {(message: any) => object | "close" | null} page  what the content script answers
 * @param {number[]} [tabs]
 */
function desk(page, tabs = [7]) {
  /** @type {any[]} */
  const told = [];
  const host = /** @type {any} */ ({
    async ask(/** @type {string} */ operation, /** @type {any} */ params) {
      if (operation === "carry_told") told.push(params.fate);
      if (operation === "carry_take") return params.after < 0 ? { item: { id: "i", number: 0, role: "message", sender: "a", recipients: ["b"], message_id: "<x@y>", size: 3, again: false }, message: "m" } : { item: null, message: null };
      return operation === "carry_end" ? { sent: [{ batch: "b", ended: true }] } : {};
    },
    async part() {
      return { info: {}, chunks: (async function* () { yield "YWJj"; })() };
    },
    async close() {},
  });
  const call = () => {
    /** @type {(said: any) => void} */
    let hear = () => {};
    let closed = () => {};
    return /** @type {any} */ ({
      post(/** @type {any} */ message) {
        told.push(message.name);
        const said = page(message);
        if (said === "close") queueMicrotask(() => closed());
        else if (said) queueMicrotask(() => hear(said));
      },
      onMessage: (/** @type {typeof hear} */ listener) => (hear = listener),
      onClose: (/** @type {typeof closed} */ listener) => (closed = listener),
      close() {},
    });
  };
  return { carriers: new Carriers(host, { find: async () => tabs, call }, 200), told };
}

/** @param {any} go  the answer to the last word */
const willing = (go) => (/** @type {any} */ { name }) => ({ "carry.message": { name: "carry.pull" }, "carry.chunk": { name: "carry.prepared" }, "carry.go": go })[/** @type {"carry.go"} */ (name)];

test("a message is announced to the host as ending before the page is told to send it", async () => {
  const { carriers, told } = desk(willing({ name: "carry.done" }));
  assert.deepEqual(await carriers.finish(WAITS), { batch: "b", ended: true });
  assert.deepEqual(told, ["carry.message", "carry.chunk", "ending", "carry.go", "sent"]);
});

test("a page that goes away with the last word leaves the host to say that nobody knows", async () => {
  for (const end of ["close", null, { name: "carry.failed", certain: false, detail: "network" }]) {
    const { carriers, told } = desk(willing(end));
    await carriers.finish(WAITS);
    assert.deepEqual(told, ["carry.message", "carry.chunk", "ending", "carry.go"]);
  }
});

test("what the webmail refuses is refused, and what never came to it goes on waiting", async () => {
  const refused = desk(willing({ name: "carry.failed", certain: true, detail: "554" }));
  await refused.carriers.finish(WAITS);
  assert.equal(refused.told.at(-1), "refused");
  const lost = desk(() => "close");
  await lost.carriers.finish(WAITS);
  assert.deepEqual(lost.told, ["carry.message", "failed"]);
});

test("without an open webmail nothing is taken from the outbox; what needs no page is left alone", async () => {
  const { carriers, told } = desk(willing(null), []);
  await carriers.finish(WAITS);
  await assert.rejects(carriers.addresses("https://mail.example"), /webmail_not_open/);
  const sent = { ...WAITS, recipients: [] };
  assert.equal(await carriers.finish(sent), sent);
  assert.deepEqual(told, []);
});
