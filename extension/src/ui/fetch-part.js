/**
 * The body of a part, fetched through a channel to the background.
 */

import { Failure } from "../lib/failure.js";
import { fromBase64 } from "../lib/octets.js";

/**
 * @typedef {object} Order
 * @property {Uint8Array<ArrayBuffer>[]} octets
 * @property {(blob: Blob) => void} resolve
 * @property {(failure: Failure) => void} reject
 */

export class PartFetcher {
  /** @param {import("../browser/runtime.js").Channel} channel */
  constructor(channel) {
    this.channel = channel;
    /** @type {Map<string, Order>} */
    this.orders = new Map();
    channel.onMessage((said) => this.#said(said));
    channel.onClose(() => {
      for (const order of this.orders.values()) order.reject(Failure.own("host_lost"));
      this.orders.clear();
    });
  }

  /**
   * @param {string} part
   * @returns {Promise<Blob>} without a type: a browser must not be led to render it
   */
  fetch(part) {
    const delivery = crypto.randomUUID();
    return new Promise((resolve, reject) => {
      this.orders.set(delivery, { octets: [], resolve, reject });
      this.channel.post({ name: "part.fetch", part, delivery });
    });
  }

  /** @param {any} said  by the background */
  #said(said) {
    const order = this.orders.get(said.delivery);
    if (order === undefined) return;
    if (said.name === "part.failed") {
      this.orders.delete(said.delivery);
      order.reject(new Failure(said.failure));
      return;
    }
    if (said.name === "chunk") order.octets.push(fromBase64(said.data));
    if (said.last) {
      this.orders.delete(said.delivery);
      order.resolve(new Blob(order.octets, { type: "application/octet-stream" }));
    } else {
      this.channel.post({ name: "part.more", delivery: said.delivery });
    }
  }
}
