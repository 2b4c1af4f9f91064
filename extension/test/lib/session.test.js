/**
 * Claims about a session with a host that says anything: nothing throws, nothing is sent beyond the credit, and every
 * request ends.
 */

import assert from "node:assert/strict";
import { test } from "node:test";
import { decodedLength } from "../../src/lib/octets.js";
import { Session } from "../../src/lib/session.js";
import { textSource } from "../support/scripted-port.js";
import { transcript } from "../support/transcripts.js";

const HELLO = transcript("hello.json").steps[0].frame;
const ERROR = { code: "not_a_message", sentence: "No.", advice: "", fault: "mail", facts: {} };
const ODD = [undefined, null, 0, -1, 0.5, 7, 2 ** 53, Number.NaN, "", "AAAA", "AAA", "\u0000", true, false, [], {}, [1]];

/** Always the same numbers for a seed, so that a failure can be seen again. @param {number} seed */
function dice(seed) {
  let state = seed + 1;
  const roll = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    roll,
    /** @template T @param {readonly T[]} choices @returns {T} */
    pick: (choices) => choices[Math.floor(roll() * choices.length)],
  };
}

/** @param {ReturnType<typeof dice>} d @param {string[]} ids @returns {any} */
function frame({ roll, pick }, ids) {
  const id = pick([...ids, "open-1", "part-2", "nobody", null]);
  /** @type {any} */
  const said = {
    ...pick([
      { type: "hello" },
      { type: "credit", id, octets: pick([1, 3, 4096, 2 ** 52]) },
      { type: "progress", id, done: 1, total: pick([null, 9]) },
      { type: "chunk", id, data: pick(["", "AAAA", "AAA="]), last: roll() < 0.2 },
      { type: "reply", id, result: { message: "m" } },
      { type: "error", id, error: ERROR },
      HELLO,
    ]),
  };
  // Three in ten are wrong somewhere; a conversation of nonsense alone would end with its first frame.
  if (roll() < 0.3) said[pick(Object.keys(said))] = pick(ODD);
  return roll() < 0.02 ? pick(ODD) : said;
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a host that says anything", async () => {
  for (let seed = 0; seed < 400; seed++) {
    const d = dice(seed);
    /** @type {any[]} */
    const heard = [];
    /** @type {(frame: unknown) => void} */
    let say = () => {};
    /** @type {(cause: "ended") => void} */
    let end = () => {};
    let open = true;
    const session = new Session(
      {
        post: (said) => {
          assert.ok(open, `seed ${seed}: a frame after the end`);
          heard.push(said);
        },
        onFrame: (listener) => (say = listener),
        onEnd: (listener) => (end = listener),
        close: () => (open = false),
      },
      { client: "test", language: "en" },
    );
    /** Octets granted to each upload by frames that mean something. @type {Map<string, number>} */
    const granted = new Map();
    say(HELLO);
    const requests = [
      session.ask("open", { size: null }, { source: textSource("x".repeat(10_000)) }),
      session.download("part", { message: "m", part: "1" }).then(async ({ chunks }) => {
        for await (const chunk of chunks) void chunk;
      }),
      session.ask("close", { message: "m" }),
    ].map((request) => request.then(() => "done", () => "failed"));
    for (let turn = 0; turn < 30 && open; turn++) {
      const said = frame(d, heard.filter(({ type }) => type === "request").map(({ id }) => id));
      if (said?.type === "credit" && Number.isSafeInteger(said.octets)) granted.set(said.id, (granted.get(said.id) ?? 0) + said.octets);
      say(said);
      if (d.roll() < 0.5) await settled();
    }
    end("ended");
    assert.equal((await Promise.all(requests)).length, 3, `seed ${seed}: every request ends`);
    for (const [id, octets] of granted) {
      const sent = heard.filter((said) => said.type === "chunk" && said.id === id);
      assert.ok(sent.reduce((sum, { data }) => sum + decodedLength(data), 0) <= octets, `seed ${seed}: beyond the credit`);
    }
    assert.equal(session.waiting.size, 0);
  }
});

for (const [what, hello] of /** @type {const} */ ([
  ["without limits", { ...HELLO, limits: undefined }],
  ["with room for nothing", { ...HELLO, limits: { ...HELLO.limits, chunk: 0 } }],
  ["of no version", { ...HELLO, protocol: "soon" }],
])) {
  test(`a hello ${what} is no hello`, async () => {
    const session = new Session(
      { post: () => assert.fail("nothing to say to that"), onFrame: (listener) => listener(hello), onEnd: () => {}, close: () => {} },
      { client: "test", language: "en" },
    );
    await assert.rejects(session.opened, { code: "host_broken" });
  });
}
