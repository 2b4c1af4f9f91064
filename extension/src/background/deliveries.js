/**
 * Deliveries: bodies of parts on their way from the host to whoever shows them, a chunk for each `part.more`.
 */

import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {{ chunks: AsyncGenerator<string, void, void> | null, end: AbortController }} Delivery
 */

/** Deliveries one view may have under way. */
const AT_ONCE = 8;

export class Deliveries {
  /**
   * @param {import("../lib/host.js").Host} host
   * @param {{ of: (view: Channel) => { message: string | null } | undefined }} readings   which message a view shows
   */
  constructor(host, readings) {
    this.host = host;
    this.readings = readings;
    /** @type {Map<Channel, Map<string, Delivery>>} */
    this.byView = new Map();
  }

  /**
   * @param {Channel} view
   * @param {{ part: string, text: boolean, delivery: string }} order
   */
  fetch(view, { part, text, delivery }) {
    return this.#begin(view, delivery, (message, signal) => this.host.part(message, part, { text, signal }));
  }

  /**
   * The message as evidence, on its way like a part.
   * @param {Channel} view
   * @param {{ delivery: string }} order
   */
  evidence(view, { delivery }) {
    return this.#begin(view, delivery, (message, signal) => this.host.evidence(message, { signal }));
  }

  /**
   * @param {Channel} view
   * @param {string} id
   * @param {(message: string, signal: AbortSignal) => Promise<{ info: object, chunks: AsyncGenerator<string, void, void> }>} order
   */
  async #begin(view, id, order) {
    const mine = this.byView.get(view) ?? new Map();
    this.byView.set(view, mine);
    if (mine.has(id) || mine.size >= AT_ONCE) return this.#fail(view, id, Failure.own("not_allowed"));
    /** @type {Delivery} */
    const delivery = { chunks: null, end: new AbortController() };
    mine.set(id, delivery);
    try {
      const message = this.readings.of(view)?.message;
      if (!message) throw Failure.own("host_lost");
      const { info, chunks } = await order(message, delivery.end.signal);
      delivery.chunks = chunks;
      view.post({ name: "part", delivery: id, info });
    } catch (thrown) {
      this.#fail(view, id, thrown);
    }
  }

  /**
   * @param {Channel} view
   * @param {{ delivery: string }} order
   */
  async more(view, { delivery: id }) {
    const chunks = this.byView.get(view)?.get(id)?.chunks;
    if (!chunks) return;
    try {
      const next = await chunks.next();
      if (next.done) this.byView.get(view)?.delete(id);
      view.post({ name: "chunk", delivery: id, data: next.value ?? "", last: next.done === true });
    } catch (thrown) {
      this.#fail(view, id, thrown);
    }
  }

  /**
   * @param {Channel} view
   * @param {{ delivery: string }} order
   */
  stop(view, { delivery: id }) {
    this.byView.get(view)?.get(id)?.end.abort(Failure.own("stopped"));
    this.byView.get(view)?.delete(id);
  }

  /** @param {Channel} view */
  leave(view) {
    for (const id of this.byView.get(view)?.keys() ?? []) this.stop(view, { delivery: id });
    this.byView.delete(view);
  }

  /**
   * @param {Channel} view
   * @param {string} id
   * @param {unknown} thrown
   */
  #fail(view, id, thrown) {
    this.byView.get(view)?.delete(id);
    view.post({ name: "part.failed", delivery: id, failure: Failure.from(thrown) });
  }
}
