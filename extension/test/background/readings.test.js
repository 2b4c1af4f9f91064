/**
 * Claims about readings: who gets a verdict, and who is told what.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Deliveries } from "../../src/background/deliveries.js";
import { Readings } from "../../src/background/readings.js";
import { Failure } from "../../src/lib/failure.js";
import { SAMPLES } from "../support/samples.js";

/** @param {Partial<import("../../src/browser/runtime.js").Sender>} [deviation] */
function channel(deviation = {}) {
  /** @type {any[]} */
  const said = [];
  return {
    said,
    /** @param {string} name */
    last: (name) => said.findLast((message) => message.name === name),
    name: "test",
    sender: { extension: "x", url: "https://mail.muster.example/", tab: 3, frame: 0, ...deviation },
    post: (/** @type {object} */ message) => void said.push(message),
    onMessage: () => {},
    onClose: () => {},
    close: () => {},
  };
}

/** @param {() => Promise<import("../../src/lib/shapes.js").Opened>} open */
function bench(open) {
  /** @type {string[]} */
  const closed = [];
  /** @type {((opened: any) => void)[]} */
  const renew = [];
  const host = /** @type {any} */ ({
    open: (/** @type {any} */ source, /** @type {any} */ { onUpdate }) => {
      renew.push(onUpdate);
      return source.pull(10).then(open);
    },
    issuers: async () => SAMPLES.valid,
    close: async (/** @type {string} */ message) => void closed.push(message),
    part: async () => ({
      info: { size: 3 },
      chunks: (async function* () {
        yield "AAAA";
      })(),
    }),
  });
  const readings = new Readings(host);
  return { host, readings, closed, renew, deliveries: new Deliveries(host, readings) };
}

/**
 * Opens a message the way a content script does.
 * @param {Readings} readings
 */
async function openMail(readings, mail = channel(), hint = true) {
  readings.panel(mail);
  const done = readings.open(mail, "content", { size: 4, hint });
  assert.deepEqual(mail.last("pull"), { name: "pull", max: 10 });
  assert.ok(readings.chunk(mail, { data: "AAAA", last: true }));
  await done;
  return { mail, token: mail.last("token").token };
}

test("a signed message: the panel gets the verdict, the content script only that there is one", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const { mail, token } = await openMail(readings);
  const view = channel({ frame: 5 });
  assert.ok(readings.claim(view, token));
  assert.equal(view.last("state").state.opened, SAMPLES.valid);
  assert.deepEqual(mail.last("outcome"), { name: "outcome", shown: true });
  assert.ok(!JSON.stringify(mail.said).includes("Anna"), "nothing of the verdict reaches the content script");
});

test("an unsigned message is quiet", async () => {
  const { readings } = bench(async () => SAMPLES.none);
  const { mail } = await openMail(readings);
  assert.deepEqual(mail.last("outcome"), { name: "outcome", shown: false });
});

test("without a host, only what looks signed is worth a panel", async () => {
  for (const hint of [true, false]) {
    const { readings } = bench(async () => Promise.reject(Failure.own("host_missing")));
    const { mail, token } = await openMail(readings, channel(), hint);
    const view = channel({ frame: 5 });
    readings.claim(view, token);
    assert.equal(view.last("state").state.failure.code, "host_missing");
    assert.equal(mail.last("outcome").shown, hint);
  }
});

test("a token is good once, in its own tab, and as long as its message is open", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const { mail, token } = await openMail(readings);
  assert.ok(!readings.claim(channel({ frame: 5 }), "0".repeat(64)), "a guess");
  assert.ok(!readings.claim(channel({ frame: 5, tab: 4 }), token), "another tab");
  assert.ok(readings.claim(channel({ frame: 5 }), token));
  assert.ok(!readings.claim(channel({ frame: 6 }), token), "a second time");
  readings.panel(mail);
  const next = mail.last("token").token;
  assert.notEqual(next, token);
  readings.close(mail);
  assert.ok(!readings.claim(channel({ frame: 5 }), next), "after the message was closed");
});

test("a panel shows one message: a second token is nothing for it", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const { token } = await openMail(readings);
  const { token: other } = await openMail(readings);
  const view = channel({ frame: 5 });
  assert.ok(readings.claim(view, token));
  assert.ok(!readings.claim(view, other));
});

test("a panel whose message goes away before the verdict is told, and does not wait for ever", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const mail = channel();
  readings.panel(mail);
  const view = channel({ frame: 5 });
  readings.claim(view, mail.last("token").token);
  void readings.open(mail, "content", { size: 4, hint: true });
  readings.close(mail);
  assert.equal(view.last("state").state.failure.code, "stopped");
});

test("whoever has the message and does not hand it out is not waited for", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { readings } = bench(async () => SAMPLES.valid);
  const mail = channel();
  const opening = readings.open(mail, "content", { size: 4, hint: true });
  t.mock.timers.tick(30_001);
  await opening;
  assert.deepEqual(mail.last("outcome"), { name: "outcome", shown: true });
  assert.ok(!readings.chunk(mail, { data: "AAAA", last: true }), "too late");
});

test("a token has 256 bits and replaces the one before", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const { mail, token } = await openMail(readings);
  assert.match(token, /^[0-9a-f]{64}$/);
  readings.panel(mail);
  assert.ok(!readings.claim(channel({ frame: 5 }), token));
});

test("chunks nobody asked for, and larger ones than asked for, are refused", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const mail = channel();
  assert.ok(!readings.chunk(mail, { data: "AAAA", last: false }), "no message");
  void readings.open(mail, "content", { size: null, hint: false });
  assert.ok(!readings.chunk(mail, { data: "A".repeat(16), last: false }), "12 octets, 10 asked for");
  assert.ok(!readings.chunk(mail, { data: "AAA", last: false }), "three quarters of something");
  assert.ok(!readings.chunk(mail, { data: "", last: false }), "nothing at all, for ever");
  assert.ok(readings.chunk(mail, { data: "AAAA", last: false }));
  assert.ok(!readings.chunk(mail, { data: "AAAA", last: false }), "twice");
});

test("the host ends: every open verdict says so and stays", async () => {
  const { readings } = bench(async () => SAMPLES.valid);
  const { token } = await openMail(readings);
  const view = channel({ frame: 5 });
  readings.claim(view, token);
  readings.hostLost(Failure.own("host_lost"));
  const { state } = view.last("state");
  assert.equal(state.phase, "opened");
  assert.equal(state.notice.code, "host_lost");
});

test("a closed message is closed in the host, also when it was closed before its verdict came", async () => {
  const { readings, closed } = bench(async () => SAMPLES.valid);
  const { mail } = await openMail(readings);
  readings.close(mail);
  assert.deepEqual(closed, ["m1"]);

  const slow = bench(async () => SAMPLES.valid);
  const gone = channel();
  const opening = slow.readings.open(gone, "content", { size: 4, hint: true });
  slow.readings.chunk(gone, { data: "AAAA", last: true });
  slow.readings.close(gone);
  await opening;
  assert.deepEqual(slow.closed, ["m1"]);
  assert.equal(gone.last("outcome"), undefined);
});

test("a part goes to the view of its message only, a chunk for each time it is asked for", async () => {
  const { readings, deliveries } = bench(async () => SAMPLES.valid);
  const { token } = await openMail(readings);
  const view = channel({ frame: 5 });
  readings.claim(view, token);
  await deliveries.fetch(view, { part: "1.1", text: false, delivery: "d1" });
  assert.deepEqual(view.last("part"), { name: "part", delivery: "d1", info: { size: 3 } });
  await deliveries.more(view, { delivery: "d1" });
  await deliveries.more(view, { delivery: "d1" });
  assert.deepEqual(view.said.filter(({ name }) => name === "chunk").map(({ data, last }) => [data, last]), [["AAAA", false], ["", true]]);

  const stranger = channel({ frame: 6 });
  await deliveries.fetch(stranger, { part: "1.1", text: false, delivery: "d1" });
  assert.equal(stranger.last("part.failed").failure.code, "host_lost");
});

test("the page for message files opens one message after the other and sees each verdict", async () => {
  const { readings, closed } = bench(async () => SAMPLES.invalid);
  const page = channel();
  for (const round of [1, 2]) {
    const opening = readings.open(page, "page", { size: 4, hint: true });
    readings.chunk(page, { data: "AAAA", last: true });
    await opening;
    assert.equal(page.last("state").state.opened, SAMPLES.invalid, String(round));
  }
  assert.deepEqual(closed, ["m1"], "the first is closed when the second is opened");
});

test("a renewed verdict is shown in the panel of its message, and in no other", async () => {
  const { readings, renew } = bench(async () => SAMPLES.valid);
  const { mail, token } = await openMail(readings);
  const { token: otherToken } = await openMail(readings);
  const [view, other] = [channel({ frame: 5 }), channel({ frame: 6 })];
  readings.claim(view, token);
  readings.claim(other, otherToken);
  const before = other.said.length;
  const renewed = { ...SAMPLES.invalid, message: SAMPLES.valid.message };
  renew[0](renewed);
  assert.equal(view.last("state").state.opened, renewed);
  assert.equal(other.said.length, before);
  assert.ok(!JSON.stringify(mail.said).includes("verdict"), "the content script learns nothing of it");
});

test("what is renewed after its message was closed, or under another handle, is shown nowhere", async () => {
  const { readings, renew } = bench(async () => SAMPLES.valid);
  const { mail, token } = await openMail(readings);
  const view = channel({ frame: 5 });
  readings.claim(view, token);
  renew[0]({ ...SAMPLES.invalid, message: "another" });
  assert.equal(view.last("state").state.opened, SAMPLES.valid);
  readings.close(mail);
  renew[0]({ ...SAMPLES.invalid, message: SAMPLES.valid.message });
  assert.equal(view.last("state").state.opened, SAMPLES.valid);
});

test("missing certificates are fetched for who sees the message, and a failure is a notice", async () => {
  const { host, readings } = bench(async () => SAMPLES.untrusted);
  const { token } = await openMail(readings);
  const view = channel({ frame: 5 });
  await readings.fetchIssuers(view);
  assert.deepEqual(view.said, [], "a view without a message");
  readings.claim(view, token);
  await readings.fetchIssuers(view);
  assert.equal(view.last("state").state.opened, SAMPLES.valid);
  host.issuers = async () => Promise.reject(Failure.own("host_lost"));
  await readings.fetchIssuers(view);
  assert.equal(view.last("state").state.notice.code, "host_lost");
  assert.equal(view.last("state").state.opened, SAMPLES.valid);
});
