/**
 * The body of a part, fetched through a channel to the background.
 */

import { Failure } from "../lib/failure.js";
import { fromBase64 } from "../lib/octets.js";

/** Parts fetched at once; the others wait. The background allows twice as many. */
const AT_ONCE = 4;

/**
 * What shows parts asks this for them.
 * @typedef {object} Fetcher
 * @property {(part: string, onProgress?: (octets: number) => unknown, signal?: AbortSignal) => Promise<Blob>} fetch
 * @property {(part: string) => Promise<string>} text
 */

/**
 * @typedef {object} Order
 * @property {string | null} part   null: the whole message as evidence
 * @property {string | null} name   what the host calls it
 * @property {boolean} text
 * @property {string | null} charset   what the octets are in, where they are text
 * @property {number} done
 * @property {((octets: number) => unknown) | undefined} onProgress
 * @property {Uint8Array<ArrayBuffer>[]} octets
 * @property {(fetched: { blob: Blob, charset: string | null, name: string | null }) => void} resolve
 * @property {(failure: Failure) => void} reject
 */

export class PartFetcher {
  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {() => void} [onLost]  somebody wants a part, and whoever had the message is gone: it has to be opened anew
   */
  constructor(channel, onLost = () => {}) {
    this.onLost = onLost;
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
   * @param {(octets: number) => unknown} [onProgress]
   * @param {AbortSignal} [signal]
   * @returns {Promise<Blob>} without a type: a browser must not be led to render it
   */
  async fetch(part, onProgress, signal) {
    return (await this.#order(part, false, onProgress, signal)).blob;
  }

  /**
   * A part as text. The host knows every charset of mail; an older one leaves it to the browser, which knows most.
   * @param {string} part
   * @returns {Promise<string>}
   */
  async text(part) {
    const { blob, charset } = await this.#order(part, true);
    return decoderFor(charset).decode(await blob.arrayBuffer());
  }

  /**
   * The message as evidence, made now.
   * @returns {Promise<{ blob: Blob, name: string | null }>}
   */
  evidence() {
    return this.#order(null, false);
  }

  /**
   * @param {string | null} part
   * @param {boolean} text
   * @param {(octets: number) => unknown} [onProgress]
   * @param {AbortSignal} [signal]
   * @returns {Promise<{ blob: Blob, charset: string | null, name: string | null }>}
   */
  #order(part, text, onProgress, signal) {
    // A background that was stopped has forgotten the message, and a closed channel answers nothing.
    if (!this.open) {
      this.onLost();
      return Promise.reject(Failure.own("host_lost"));
    }
    return new Promise((resolve, reject) => {
      /** @type {Order} */
      const order = { part, name: null, text, charset: null, done: 0, onProgress, octets: [], resolve, reject };
      this.queue.push(order);
      signal?.addEventListener("abort", () => this.#stop(order), { once: true });
      this.#next();
    });
  }

  /** Somebody does not want it any more. @param {Order} order */
  #stop(order) {
    this.queue = this.queue.filter((each) => each !== order);
    for (const [delivery, each] of this.orders) {
      if (each !== order) continue;
      this.orders.delete(delivery);
      this.channel.post({ name: "part.stop", delivery });
    }
    order.reject(Failure.own("stopped"));
    this.#next();
  }

  #next() {
    while (this.orders.size < AT_ONCE) {
      const order = this.queue.shift();
      if (order === undefined) return;
      const delivery = crypto.randomUUID();
      this.orders.set(delivery, order);
      const { part, text } = order;
      this.channel.post(part === null ? { name: "evidence.fetch", delivery } : { name: "part.fetch", part, text, delivery });
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
    if (said.name === "part") ({ charset: order.charset, name: order.name } = said.info);
    if (said.name === "chunk") {
      const octets = fromBase64(said.data);
      order.octets.push(octets);
      order.onProgress?.((order.done += octets.length));
    }
    if (said.last) {
      this.orders.delete(said.delivery);
      const blob = new Blob(order.octets, { type: "application/octet-stream" });
      order.resolve({ blob, charset: order.charset, name: order.name });
      this.#next();
    } else {
      this.channel.post({ name: "part.more", delivery: said.delivery });
    }
  }
}

/** @param {string | null} charset  unknown names are read as UTF-8 rather than not at all */
function decoderFor(charset) {
  try {
    return new TextDecoder(charset ?? "utf-8");
  } catch {
    return new TextDecoder();
  }
}
