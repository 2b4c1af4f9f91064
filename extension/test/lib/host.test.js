/**
 * Claims about the host as the extension sees it: everything ends, nothing is sent beyond credit, a lost host comes
 * back with the next request.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../../src/lib/failure.js";
import { Host } from "../../src/lib/host.js";
import { scriptedPort, textSource } from "../support/scripted-port.js";
import { transcript } from "../support/transcripts.js";

const MAIL =
  "From: Anna Muster <anna@muster.example>\r\nTo: bert@muster.example\r\nSubject: Lunch\r\n" +
  "Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nAt noon?\r\n";

/** @param {import("../support/transcripts.js").Transcript} conversation */
function hostFor(conversation) {
  const script = scriptedPort(conversation);
  const hello = conversation.steps.find((step) => step.from === "client" && step.frame?.type === "hello")?.frame;
  const { client, language } = hello ?? { client: "test", language: "en" };
  return { script, host: new Host({ connect: () => script.port, client, language }) };
}

/**
 * A host made of a function: what it says to each frame.
 * @param {(frame: any, say: (frame: object) => void, end: () => void) => void} answer
 */
function livePort(answer) {
  /** @type {any[]} */
  const heard = [];
  /** @type {(frame: unknown) => void} */
  let onFrame = () => {};
  /** @type {(cause: "missing" | "forbidden" | "ended") => void} */
  let onEnd = () => {};
  const say = (/** @type {object} */ frame) => setTimeout(() => onFrame(frame));
  const end = (/** @type {"missing" | "forbidden" | "ended"} */ cause = "ended") => setTimeout(() => onEnd(cause));
  return {
    heard,
    end,
    say,
    /** @type {import("../../src/lib/session.js").HostPort} */
    port: {
      post: (frame) => {
        heard.push(frame);
        answer(frame, say, end);
      },
      onFrame: (listener) => {
        onFrame = listener;
        answer({ type: "start" }, say, end);
      },
      onEnd: (listener) => {
        onEnd = listener;
      },
      close: () => {},
    },
  };
}

const HELLO = transcript("hello.json").steps[0].frame;
const REPLY = { verdict: {}, parts: [], message: "m1" };

/** A host that opens everything. @param {any} frame @param {(frame: object) => void} say */
function willing(frame, say) {
  if (frame.type === "start") say(HELLO);
  if (frame.type === "request" && frame.operation === "open") say({ type: "credit", id: frame.id, octets: 1_572_864 });
  if (frame.type === "request" && frame.operation === "close") say({ type: "reply", id: frame.id, result: {} });
  if (frame.type === "chunk" && frame.last) say({ type: "reply", id: frame.id, result: REPLY });
}

/** @param {Promise<unknown>} promise @param {string} code */
function failsWith(promise, code) {
  return assert.rejects(promise, (/** @type {unknown} */ thrown) => thrown instanceof Failure && thrown.code === code);
}

test("golden conversation open-with-credit.json, frame by frame", async () => {
  const conversation = transcript("open-with-credit.json");
  const chunks = conversation.steps.filter((step) => step.frame?.type === "chunk").map((step) => Buffer.from(step.frame.data, "base64"));
  const mail = Buffer.concat(chunks).toString();
  const { host, script } = hostFor(conversation);
  const opened = await host.open(textSource(mail));
  assert.equal(opened.verdict.signature.status, "none");
  assert.deepEqual(script.left, [], "nothing was left out");
});

test("golden conversation open-unsigned.json", async () => {
  const { host } = hostFor(transcript("open-unsigned.json"));
  assert.equal((await host.open(textSource(MAIL))).verdict.headline.code, "signature_none");
});

test("golden conversation not-a-message.json: the host's own words arrive", async () => {
  const conversation = transcript("not-a-message.json");
  const chunk = conversation.steps.find((step) => step.frame?.type === "chunk");
  const request = conversation.steps.find((step) => step.frame?.type === "request");
  const { host } = hostFor(conversation);
  const text = Buffer.from(chunk?.frame.data, "base64").toString();
  await failsWith(host.open(textSource(text, request?.frame.params.size)), "not_a_message");
  assert.equal((await host.open(textSource(MAIL))).verdict.headline.sentence, "Nicht signiert.");
});

test("golden conversation caller-not-allowed.json", async () => {
  const { host } = hostFor(transcript("caller-not-allowed.json"));
  await failsWith(host.open(textSource(MAIL)), "caller_not_allowed");
});

test("a body is downloaded at the reader's pace", async () => {
  const pieces = ["At n", "oon?", "\r\n"].map((text) => Buffer.from(text).toString("base64"));
  const live = livePort((frame, say) => {
    willing(frame, say);
    if (frame.operation === "part") say({ type: "reply", id: frame.id, result: { size: 10, type: "text/plain", charset: null, name: null } });
    if (frame.type === "credit" && pieces.length > 0) {
      const data = /** @type {string} */ (pieces.shift());
      say({ type: "chunk", id: frame.id, data, last: pieces.length === 0 });
    }
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await host.open(textSource(MAIL));
  const { info, chunks } = await host.part("m1", "1");
  assert.equal(info.size, 10);
  let text = "";
  for await (const chunk of chunks) text += Buffer.from(chunk, "base64").toString();
  assert.equal(text, "At noon?\r\n");
  // One grant for the start, one for each chunk but the last.
  assert.deepEqual(live.heard.filter((frame) => frame.type === "credit").map((frame) => frame.octets), [786432, 4, 4]);
});

test("evidence is made, fetched like a part, and forgotten by the host", async () => {
  const live = livePort((frame, say) => {
    willing(frame, say);
    const answer = (/** @type {object} */ result) => say({ type: "reply", id: frame.id, result });
    if (frame.operation === "evidence_save") answer({ message: "m2", part: "bundle", name: "e.asice", size: 3, times: [], reasons: [] });
    if (frame.operation === "part") answer({ size: 3, type: "application/vnd.etsi.asic-e+zip", charset: null, name: "e.asice" });
    if (frame.type === "credit") say({ type: "chunk", id: frame.id, data: "AAAA", last: true });
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await host.open(textSource(MAIL));
  const { info, chunks } = await host.evidence("m1");
  assert.equal(info.name, "e.asice");
  for await (const chunk of chunks) assert.equal(chunk, "AAAA");
  const asked = live.heard.filter((frame) => ["evidence_save", "part", "close"].includes(frame.operation));
  assert.deepEqual(asked.map(({ operation, params }) => [operation, params.message]), [["evidence_save", "m1"], ["part", "m2"], ["close", "m2"]]);
});

test("a reader that stops early cancels the download", async () => {
  const live = livePort((frame, say) => {
    willing(frame, say);
    if (frame.operation === "part") say({ type: "reply", id: frame.id, result: { size: 100 } });
    if (frame.type === "credit") say({ type: "chunk", id: frame.id, data: "AAAA", last: false });
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await host.open(textSource(MAIL));
  const { chunks } = await host.part("m1", "1");
  for await (const chunk of chunks) if (chunk) break;
  assert.equal(live.heard.at(-1).type, "cancel");
});

test("no host: every request says so", async () => {
  for (const [cause, code] of /** @type {const} */ ([["missing", "host_missing"], ["forbidden", "host_forbidden"], ["ended", "host_broken"]])) {
    const live = livePort(() => {});
    const host = new Host({ connect: () => live.port, client: "test", language: "en" });
    const opening = host.open(textSource(MAIL));
    live.end(cause);
    await failsWith(opening, code);
  }
});

test("a host that answers nothing ends in host_silent: at its hello, and at a request", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  for (const answers of [0, 1]) {
    let connections = 0;
    const host = new Host({
      connect: () => {
        connections++;
        return {
          post: () => {},
          onFrame: (listener) => void (answers && queueMicrotask(() => listener(HELLO))),
          onEnd: () => {},
          close: () => {},
        };
      },
      client: "test",
      language: "en",
      timeouts: { hello: 100, silence: 200 },
    });
    const opening = failsWith(host.open(textSource(MAIL)), "host_silent");
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    t.mock.timers.tick(201);
    await opening;
    // The silent process is given up; the next request has one of its own.
    const again = failsWith(host.open(textSource(MAIL)), "host_silent");
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    t.mock.timers.tick(201);
    await again;
    assert.equal(connections, 2);
  }
});

test("a host that reports progress is not silent", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {(frame: unknown) => void} */
  let say = () => {};
  let id = "";
  const host = new Host({
    connect: () => ({
      post: (frame) => void (id = /** @type {any} */ (frame).id ?? id),
      onFrame: (listener) => {
        say = listener;
        queueMicrotask(() => listener(HELLO));
      },
      onEnd: () => {},
      close: () => {},
    }),
    client: "test",
    language: "en",
    timeouts: { hello: 100, silence: 200 },
  });
  /** @type {number[]} */
  const progress = [];
  const opening = host.open(textSource(MAIL), { onProgress: (done) => progress.push(done) });
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  for (let done = 1; done <= 5; done++) {
    t.mock.timers.tick(150);
    say({ type: "progress", id, done, total: 5 });
  }
  say({ type: "reply", id, result: REPLY });
  assert.equal((await opening).message, "m1");
  assert.deepEqual(progress, [1, 2, 3, 4, 5]);
});

test("a host that dies fails what is under way, tells, and the next request starts another", async () => {
  let connections = 0;
  /** @type {string[]} */
  const lost = [];
  const host = new Host({
    connect: () => {
      connections++;
      const mortal = connections === 1;
      return livePort((frame, say, end) => {
        if (mortal && frame.type === "chunk") end();
        else willing(frame, say);
      }).port;
    },
    client: "test",
    language: "en",
    onLost: (failure) => lost.push(failure.code),
  });
  await failsWith(host.open(textSource(MAIL)), "host_lost");
  assert.deepEqual(lost, ["host_lost"]);
  await failsWith(host.part("m1", "1"), "host_lost");
  assert.equal((await host.open(textSource(MAIL))).message, "m1");
  assert.equal(connections, 2);
});

test("an aborted opening is cancelled in the host, and its source is asked no more", async () => {
  const live = livePort(willing);
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  const end = new AbortController();
  let pulls = 0;
  const source = {
    size: null,
    pull: async () => {
      if (++pulls === 2) end.abort();
      return { data: "AAAA", last: false };
    },
  };
  await assert.rejects(host.open(source, { signal: end.signal }), { name: "AbortError" });
  assert.equal(live.heard.at(-1).type, "cancel");
  assert.equal(pulls, 2);
});

test("requests beyond the host's limit wait for their turn", async () => {
  const limits = { ...HELLO.limits, requests: 2 };
  let open = 0;
  let most = 0;
  const live = livePort((frame, say) => {
    if (frame.type === "start") return say({ ...HELLO, limits });
    if (frame.type === "request") most = Math.max(most, ++open);
    if (frame.type === "chunk") open--;
    willing(frame, say);
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await Promise.all(Array.from({ length: 7 }, () => host.open(textSource(MAIL))));
  assert.equal(most, 2);
});

test("a host that breaks the protocol is given up", async () => {
  const live = livePort((frame, say) => {
    if (frame.type === "start") say(HELLO);
    if (frame.type === "request") say({ type: "riddle", id: frame.id });
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await failsWith(host.open(textSource(MAIL)), "host_broken");
});

/** A host whose verdicts are renewed when the test says so. */
function renewing() {
  /** @type {(frame: object) => void} */
  let say = () => {};
  const live = livePort((frame, answer) => {
    say = answer;
    willing(frame, answer);
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  const update = async (/** @type {string} */ message, /** @type {string} */ mark) => {
    say({ type: "update", message, result: { ...REPLY, message, verdict: { mark } } });
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { host, update, live };
}

test("golden conversation update.json: the renewed verdict reaches who opened the message", async () => {
  const { host } = hostFor(transcript("update.json"));
  const mail = "From: anna@muster.example\r\nSubject: renewed\r\n\r\nAt noon?\r\n";
  const renewed = await new Promise((resolve, reject) => {
    host.open(textSource(mail), { onUpdate: resolve }).catch(reject);
  });
  assert.equal(renewed.verdict.headline.code, "signature_none");
});

test("a renewed verdict reaches its own message only, and none that was closed", async () => {
  const { host, update } = renewing();
  /** @type {any[]} */
  const heard = [];
  await host.open(textSource(MAIL), { onUpdate: (opened) => heard.push(opened.verdict) });
  await update("m2", "of another message");
  assert.deepEqual(heard, []);
  await update("m1", "first");
  assert.deepEqual(heard, [{ mark: "first" }]);
  await host.close("m1");
  await update("m1", "too late");
  assert.equal(heard.length, 1);
});

test("an update that comes with the reply is told after it", async () => {
  const { host } = renewing();
  const live = livePort((frame, say) => {
    willing(frame, say);
    if (frame.type === "chunk" && frame.last) say({ type: "update", message: "m1", result: { ...REPLY, verdict: { mark: "early" } } });
  });
  host.connect = () => live.port;
  /** @type {string[]} */
  const order = [];
  const told = new Promise((resolve) => {
    void host
      .open(textSource(MAIL), { onUpdate: () => resolve(order.push("update")) })
      .then(() => order.push("reply"));
  });
  await told;
  assert.deepEqual(order, ["reply", "update"]);
});

test("updates for nobody do not pile up, and a new process renews nothing of the old one", async () => {
  const { host, update } = renewing();
  await host.open(textSource(MAIL));
  for (let number = 0; number < 100; number++) void update(`unknown-${number}`, "x");
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(host.early.size, 8);
  host.disconnect();
  await host.open(textSource(MAIL));
  assert.equal(host.early.size, 0);
});

test("an update without a verdict is a broken host, not a broken page", async () => {
  const live = livePort((frame, say) => {
    willing(frame, say);
    if (frame.type === "chunk" && frame.last) say({ type: "update", message: "m1", result: { verdict: null, parts: [], message: "m1" } });
  });
  /** @type {string[]} */
  const lost = [];
  const host = new Host({ connect: () => live.port, client: "test", language: "en", onLost: ({ code }) => lost.push(code) });
  await host.open(textSource(MAIL));
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.deepEqual(lost, ["host_broken"]);
});

test("missing certificates are asked for by the message's handle", async () => {
  const live = livePort((frame, say) => {
    willing(frame, say);
    if (frame.operation === "issuers") say({ type: "reply", id: frame.id, result: { ...REPLY, verdict: { mark: "longer path" } } });
  });
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await failsWith(host.issuers("m1"), "host_lost");
  await host.open(textSource(MAIL));
  assert.deepEqual((await host.issuers("m1")).verdict, { mark: "longer path" });
  assert.deepEqual(live.heard.find((frame) => frame.operation === "issuers").params, { message: "m1" });
});

test("golden conversation protect.json: what is missing is an answer, and what was made is let go", async () => {
  const { host, script } = hostFor(transcript("protect.json"));
  const note = "From: Anna <anna@muster.example>\r\nTo: bea@muster.example\r\nSubject: Offer\r\n\r\nDear Bea\r\n";
  const refused = await host.protect(textSource(note), { sign: true, encrypt: true });
  assert.deepEqual([refused.message, refused.made, refused.problems.length], [null, [], 3]);
  const made = await host.protect({ ...textSource(note), size: null }, { sign: false, encrypt: false });
  assert.deepEqual(made.made[0].recipients, ["bea@muster.example"]);
  await failsWith(host.issuers(made.message ?? ""), "unknown_message");
  await host.close(made.message ?? "");
  await failsWith(host.protect(textSource("no mail\r\n"), { sign: true, encrypt: false }), "not_a_message");
  assert.equal(script.left.length, 3, "only the malformed request is left");
});

test("a host that cannot sign or encrypt is too old, and nothing is sent to it", async () => {
  const older = { ...HELLO, operations: HELLO.operations.filter((/** @type {string} */ name) => name !== "protect") };
  const live = livePort((frame, say) => frame.type === "start" && say(older));
  const host = new Host({ connect: () => live.port, client: "test", language: "en" });
  await failsWith(host.protect(textSource(MAIL), { sign: true, encrypt: false }), "host_older");
  assert.equal(live.heard.some((frame) => frame.type === "request"), false);
});
