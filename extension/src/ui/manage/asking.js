/**
 * Questions to the host, from the page that manages everything: each is a promise, and can be stopped.
 */

import { openChannel } from "../../browser/runtime.js";
import { Failure } from "../../lib/failure.js";

/** @typedef {{ resolve: (result: any) => void, reject: (failure: Failure) => void }} Waiting */

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
    const channel = this.#open();
    const request = ++this.asked;
    signal?.addEventListener("abort", () => channel.post({ name: "host.stop", request }), { once: true });
    return new Promise((resolve, reject) => {
      this.waiting.set(request, { resolve, reject });
      channel.post({ name: "host.ask", request, operation, params });
    });
  }

  #open() {
    if (this.channel) return this.channel;
    const channel = openChannel("manage");
    this.channel = channel;
    channel.onMessage(({ request, result, failure }) => {
      const waiting = this.waiting.get(request);
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
