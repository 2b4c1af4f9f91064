/**
 * The body of a part, fetched through a channel to the background.
 */

import { Failure } from "../lib/failure.js";
import { fromBase64 } from "../lib/octets.js";

/** Parts fetched at once; the others wait. The background allows twice as many. */
const AT_ONCE = 4;

/**
 * @typedef {object} Order
 * @property {string} part
 * @property {Uint8Array<ArrayBuffer>[]} octets
 * @property {(blob: Blob) => void} resolve
 * @property {(failure: Failure) => void} reject
 */

export class PartFetcher {
  /** @param {import("../browser/runtime.js").Channel} channel */
  constructor(channel) {
    this.channel = channel;
    this.open = true;
    /** Orders under way, by delivery. @type {Map<string, Order>} */
    this.orders = new Map();
    /** @type {Order[]} */
    this.queue = [];
    channel.onMessage((said) => this.#said(said));
    channel.onClose(() => {
      this.open = false;
      for (const order of [...this.orders.values(), ...this.queue]) order.reject(Failure.own("host_lost"));
      this.orders.clear();
      this.queue = [];
    });
  }

  /**
   * @param {string} part
   * @returns {Promise<Blob>} without a type: a browser must not be led to render it
   */
  fetch(part) {
    // A background that was stopped has forgotten the message, and a closed channel answers nothing.
    if (!this.open) return Promise.reject(Failure.own("host_lost"));
    return new Promise((resolve, reject) => {
      this.queue.push({ part, octets: [], resolve, reject });
      this.#next();
    });
  }

  #next() {
    while (this.orders.size < AT_ONCE) {
      const order = this.queue.shift();
      if (order === undefined) return;
      const delivery = crypto.randomUUID();
      this.orders.set(delivery, order);
      this.channel.post({ name: "part.fetch", part: order.part, delivery });
    }
  }

  /** @param {any} said  by the background */
  #said(said) {
    const order = this.orders.get(said.delivery);
    if (order === undefined) return;
    if (said.name === "part.failed") {
      this.orders.delete(said.delivery);
      order.reject(new Failure(said.failure));
      this.#next();
      return;
    }
    if (said.name === "chunk") order.octets.push(fromBase64(said.data));
    if (said.last) {
      this.orders.delete(said.delivery);
      order.resolve(new Blob(order.octets, { type: "application/octet-stream" }));
      this.#next();
    } else {
      this.channel.post({ name: "part.more", delivery: said.delivery });
    }
  }
}
