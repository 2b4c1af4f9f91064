/**
 * Carries finished messages from the background to the mail client: takes one over in pieces, has the adapter prepare it,
 * and sends it when the background says so. Only the background opens this channel; no page can.
 */

import { Refused } from "../adapters/carrier.js";
import { fromBase64 } from "../lib/octets.js";

/** Milliseconds between two signs that somebody still works. */
const ALIVE = 5_000;

/** @typedef {import("../adapters/carrier.js").Carrier} Carrier */
/** @typedef {import("../adapters/carrier.js").Prepared} Prepared */

/**
 * Serves one channel: it is asked what can be sent, or carries one message.
 * @param {import("../browser/runtime.js").Channel} channel
 * @param {Carrier | null} carrier  null: nothing can be sent from this page
 * @param {AbortSignal} page        aborts when the page is left
 */
export function carries(channel, carrier, page) {
  const gone = new AbortController();
  const signal = AbortSignal.any([page, gone.signal]);
  channel.onClose(() => gone.abort());
  const job = new Job(channel, carrier, signal);
  channel.onMessage((message) => void job.take(message));
}

class Job {
  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {Carrier | null} carrier
   * @param {AbortSignal} signal
   */
  constructor(channel, carrier, signal) {
    this.channel = channel;
    this.carrier = carrier;
    this.signal = signal;
    /** @type {BlobPart[]} */
    this.pieces = [];
    /** @type {any} */
    this.about = null;
    /** @type {Prepared | null} */
    this.prepared = null;
  }

  /** @param {any} message  of the background */
  async take(message) {
    switch (message.name) {
      case "carry.look":
        return this.#work(async (carrier) => ({ name: "carry.addresses", addresses: await carrier.addresses(this.signal) }));
      case "carry.message":
        this.about = message;
        return this.channel.post({ name: "carry.pull" });
      case "carry.chunk":
        this.pieces.push(fromBase64(message.data));
        if (!message.last) return this.channel.post({ name: "carry.pull" });
        return this.#work((carrier) => this.#prepare(carrier));
      case "carry.go":
        return this.#work((carrier) => this.#go(carrier));
    }
  }

  /** @param {Carrier} carrier */
  async #prepare(carrier) {
    const { role, sender, recipients, messageId } = this.about;
    if (role === "message") this.prepared = await carrier.prepare(this.#blob(), { sender, recipients, messageId }, this.signal);
    return { name: "carry.prepared" };
  }

  /** @param {Carrier} carrier */
  async #go(carrier) {
    const { role, messageId, again } = this.about;
    if (role === "copy") {
      await carrier.keep(this.#blob(), { messageId, again }, this.signal);
    } else if (this.prepared) {
      // From here it may have been sent, whatever happens to this page.
      const { submit, done } = this.prepared;
      this.prepared = null;
      try {
        await submit();
      } catch (thrown) {
        // What was refused is still where it was written; where nobody knows, what lies there may be all that is left.
        if (thrown instanceof Refused) void done();
        throw thrown;
      }
      // It is said before anything is tidied up: what is left in a folder can be removed by hand.
      this.channel.post({ name: "carry.done" });
      await done();
      return null;
    }
    return { name: "carry.done" };
  }

  #blob() {
    return new Blob(this.pieces, { type: "message/rfc822" });
  }

  /**
   * Does one step, says that it lasts, and what came of it.
   * @param {(carrier: Carrier) => Promise<object | null>} step
   */
  async #work(step) {
    const alive = setInterval(() => this.channel.post({ name: "carry.working" }), ALIVE);
    try {
      if (this.carrier === null) throw new Refused("");
      const said = await step(this.carrier);
      if (said) this.channel.post(said);
    } catch (thrown) {
      const detail = thrown instanceof Error ? thrown.message : String(thrown);
      this.channel.post({ name: "carry.failed", certain: thrown instanceof Refused, detail: detail.slice(0, 200) });
    } finally {
      clearInterval(alive);
    }
  }
}
