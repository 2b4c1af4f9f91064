/**
 * A message that lies in another part of the extension, pulled through its channel one chunk at a time. The one who
 * holds it sends only what was asked for, so a large mail is never in this process as a whole.
 */

import { Failure } from "../lib/failure.js";
import { decodedLength } from "../lib/octets.js";

/**
 * How long whoever holds the message may take for one chunk. A tab can be frozen in the middle of a message, and must
 * not keep one of the few requests that the host carries out at once. In milliseconds.
 */
const PATIENCE = 30_000;

export class RemoteSource {
  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {number | null} size
   */
  constructor(channel, size) {
    this.channel = channel;
    this.size = size;
    /** @type {{ max: number, resolve: (chunk: { data: string, last: boolean }) => void, reject: (why: Failure) => void } | null} */
    this.asked = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** @type {Failure | null} */
    this.failure = null;
  }

  /**
   * @param {number} max
   * @returns {Promise<{ data: string, last: boolean }>}
   */
  pull(max) {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.asked = { max, resolve, reject };
      this.timer = setTimeout(() => this.fail(Failure.own("source_unavailable")), PATIENCE);
      this.channel.post({ name: "pull", max });
    });
  }

  /**
   * A chunk has come.
   * @param {string} data
   * @param {boolean} last
   * @returns {boolean} false: nobody asked for that
   */
  deliver(data, last) {
    const { asked } = this;
    if (asked === null || data.length % 4 !== 0 || decodedLength(data) > asked.max || (data === "" && !last)) return false;
    clearTimeout(this.timer);
    this.asked = null;
    asked.resolve({ data, last });
    return true;
  }

  /** @param {Failure} failure */
  fail(failure) {
    clearTimeout(this.timer);
    this.failure = failure;
    this.asked?.reject(failure);
    this.asked = null;
  }
}
