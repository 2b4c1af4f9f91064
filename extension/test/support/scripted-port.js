/**
 * A native port that plays the host's half of a golden conversation, and compares the client's half.
 */

import assert from "node:assert/strict";

/**
 * @param {import("./transcripts.js").Transcript} transcript
 */
export function scriptedPort({ steps }) {
  const left = steps.filter((step) => step.frame || step.exit !== undefined);
  /** Request ids: the transcript's by the client's. @type {Map<string, string>} */
  const ids = new Map();
  /** @type {(frame: unknown) => void} */
  let onFrame = () => {};
  /** @type {(cause: "ended") => void} */
  let onEnd = () => {};

  /** The host's next steps, as long as it is its turn. */
  function play() {
    while (left[0]?.from === "host") {
      const step = /** @type {import("./transcripts.js").Step} */ (left.shift());
      if (step.exit !== undefined) return onEnd("ended");
      const mine = [...ids].find(([, theirs]) => theirs === step.frame.id)?.[0];
      onFrame(mine ? { ...step.frame, id: mine } : step.frame);
    }
  }

  return {
    /** What of the conversation has not happened. */
    left,
    /** @type {import("../../src/lib/session.js").HostPort} */
    port: {
      post: (frame) => {
        const said = /** @type {any} */ (frame);
        // A client with credit left need not wait for more of it.
        if (left[0]?.frame?.type === "credit") play();
        const step = left.shift();
        assert.ok(step?.frame && step.from === "client", `the client says something unforeseen: ${JSON.stringify(said).slice(0, 200)}`);
        if (said.type === "request") ids.set(said.id, step.frame.id);
        assert.deepEqual(said.id ? { ...said, id: ids.get(said.id) } : said, step.frame);
        setTimeout(play);
      },
      onFrame: (listener) => {
        onFrame = listener;
        setTimeout(play);
      },
      onEnd: (listener) => {
        onEnd = listener;
      },
      close: () => {},
    },
  };
}

/**
 * A text as an upload, in chunks as large as are asked for.
 * @param {string} text
 * @param {number | null} [size]
 * @returns {import("../../src/lib/session.js").Source}
 */
export function textSource(text, size = Buffer.byteLength(text)) {
  let rest = Buffer.from(text);
  return {
    size,
    pull: async (max) => {
      const chunk = rest.subarray(0, max);
      rest = rest.subarray(max);
      return { data: chunk.toString("base64"), last: rest.length === 0 };
    },
  };
}
