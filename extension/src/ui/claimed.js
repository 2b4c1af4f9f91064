/**
 * The attachment that a page of ours was opened for, by the token in its address: fetched from the message it came with.
 */

import { PartFetcher } from "./fetch-part.js";
import { openChannel } from "../browser/runtime.js";
import { Failure } from "../lib/failure.js";

/** @typedef {import("../lib/shapes.js").Part} Part */

/** The token in the address; empty where the page was opened for no attachment. */
export const token = new URLSearchParams(location.search).get("part") ?? "";

/**
 * @param {(done: number, part: Part) => unknown} [onProgress]   octets
 * @returns {Promise<{ part: Part, blob: Blob }>}  rejects with a `Failure`
 */
export function claimed(onProgress) {
  const channel = openChannel("attached");
  return new Promise((resolve, reject) => {
    const fetcher = new PartFetcher(channel);
    channel.onMessage(({ name, part }) => {
      if (name === "attached.gone") reject(Failure.own("attachment_gone"));
      if (name !== "attached") return;
      fetcher.fetch(part.id, (done) => onProgress?.(done, part)).then((blob) => {
        resolve({ part, blob });
        channel.close();
      }, reject);
    });
    channel.onClose(() => reject(Failure.own("host_lost")));
    channel.post({ name: "attached.claim", token });
  });
}
