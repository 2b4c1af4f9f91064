/**
 * Questions to the host, from the page that manages everything: each is a promise, and can be stopped.
 */

import { openChannel } from "../../browser/runtime.js";
import { Failure } from "../../lib/failure.js";

/**
 * @typedef {object} Waiting
 * @property {(result: any) => void} resolve
 * @property {(failure: Failure) => void} reject
 * @property {import("../../lib/session.js").Source} [source]
 * @property {(done: number, total: number | null) => void} [onProgress]
 */

export class Asking {
  constructor() {
    /** @type {import("../../browser/runtime.js").Channel | null} */
    this.channel = null;
    /** @type {Map<number, Waiting>} */
    this.waiting = new Map();
    this.asked = 0;
  }

  /**
   * @param {string} operation  of the protocol
   * @param {Record<string, unknown>} [params]
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<any>} the host's result; rejects with a `Failure`
   */
  ask(operation, params = {}, { signal } = {}) {
    return this.#begin({ name: "host.ask", operation, params }, { signal });
  }

  /**
   * The addresses that an open webmail can send from now.
   * @param {string} site  its origin
   * @returns {Promise<{ addresses: string[] }>}
   */
  webmail(site) {
    return this.#begin({ name: "webmail.look", site }, {});
  }

  /**
   * Sends a letter.
   * @param {import("../../lib/session.js").Source} source  of the message
   * @param {Record<string, unknown>} params  of the operation `send`
   * @param {{ signal?: AbortSignal, onProgress?: (done: number, total: number | null) => void }} [options]
   * @returns {Promise<import("../../lib/protocol.js").Sent>}
   */
  send(source, params, { signal, onProgress } = {}) {
    return this.#begin({ name: "host.send", size: source.size ?? 0, params }, { signal, source, onProgress });
  }

  /**
   * Hands something over to be kept.
   * @param {string} operation  of the protocol
   * @param {import("../../lib/session.js").Source} source
   * @param {Record<string, unknown>} params
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<any>}
   */
  upload(operation, source, params, { signal } = {}) {
    return this.#begin({ name: "host.upload", operation, size: source.size ?? 0, params }, { signal, source });
  }

  /**
   * @param {Record<string, unknown>} message
   * @param {{ signal?: AbortSignal, source?: Waiting["source"], onProgress?: Waiting["onProgress"] }} options
   * @returns {Promise<any>}
   */
  #begin(message, { signal, source, onProgress }) {
    const channel = this.#open();
    const request = ++this.asked;
    signal?.addEventListener("abort", () => channel.post({ name: "host.stop", request }), { once: true });
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject, source, onProgress });
      channel.post({ ...message, request });
    });
  }

  #open() {
    if (this.channel) return this.channel;
    const channel = openChannel("manage");
    this.channel = channel;
    channel.onMessage(({ name, request, result, failure, max, done, total }) => {
      const waiting = this.waiting.get(request);
      if (name === "host.progress") return waiting?.onProgress?.(done, total);
      if (name === "host.pull") return void waiting?.source?.pull(max).then((octets) => channel.post({ name: "host.chunk", request, ...octets }));
      this.waiting.delete(request);
      if (failure) waiting?.reject(new Failure(failure));
      else waiting?.resolve(result);
    });
    // The background sleeps and is woken by the next question; what it was asked before it will not answer any more.
    channel.onClose(() => {
      this.channel = null;
      for (const { reject } of this.waiting.values()) reject(Failure.own("host_lost"));
      this.waiting.clear();
    });
    return channel;
  }
}
