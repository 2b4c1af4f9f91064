/**
 * A message that lies in another part of the extension, pulled through its channel one chunk at a time. The one who
 * holds it sends only what was asked for, so a large mail is never in this process as a whole.
 */

import { decodedLength } from "../lib/octets.js";

export class RemoteSource {
  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {number | null} size
   */
  constructor(channel, size) {
    this.channel = channel;
    this.size = size;
    /** @type {{ max: number, resolve: (chunk: { data: string, last: boolean }) => void, reject: (why: import("../lib/failure.js").Failure) => void } | null} */
    this.asked = null;
    /** @type {import("../lib/failure.js").Failure | null} */
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
    if (asked === null || decodedLength(data) > asked.max || (data === "" && !last)) return false;
    this.asked = null;
    asked.resolve({ data, last });
    return true;
  }

  /** @param {import("../lib/failure.js").Failure} failure */
  fail(failure) {
    this.failure = failure;
    this.asked?.reject(failure);
    this.asked = null;
  }
}
