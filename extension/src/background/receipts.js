/**
 * Signed receipts: a message asks for one, and a person gives it on a page of the extension's own, in a tab that no site
 * can lead clicks in. Until then nothing is made, and nobody is told anything.
 */

import { Failure } from "../lib/failure.js";

/** @typedef {import("../browser/runtime.js").Channel} Channel */

/** Requests that may wait for their page at once; the oldest is forgotten. */
const WAITING = 8;

export class Receipts {
  /**
   * @param {Pick<import("../lib/host.js").Host, "receipt">} host
   * @param {{ shownIn: (view: Channel) => { message: string, verdict: import("../lib/shapes.js").Verdict } | null }} readings
   * @param {(path: string) => unknown} openPage
   */
  constructor(host, readings, openPage) {
    this.host = host;
    this.readings = readings;
    this.openPage = openPage;
    /** The requests that a page may claim, by token. @type {Map<string, { message: string, request: import("../lib/shapes.js").Reason }>} */
    this.asked = new Map();
    /** The message that a page is about. @type {WeakMap<Channel, string>} */
    this.claimed = new WeakMap();
  }

  /**
   * A person wants to answer the request of the message in this view.
   * @param {Channel} view
   * @returns {boolean | void} false: it asks for nothing
   */
  ask(view) {
    const shown = this.readings.shownIn(view);
    return shown ? this.offer(shown) : false;
  }

  /**
   * Opens the page for the request of an opened message.
   * @param {{ message: string, verdict: import("../lib/shapes.js").Verdict }} opened
   * @returns {boolean | void} false: it asks for nothing
   */
  offer({ message, verdict }) {
    const request = verdict.reasons.find(({ code }) => code === "receipt_requested");
    if (!request) return false;
    const token = crypto.randomUUID();
    this.asked.set(token, { message, request });
    for (const oldest of this.asked.keys()) if (this.asked.size > WAITING) this.asked.delete(oldest);
    void this.openPage(`ui/receipt.html?for=${token}`);
  }

  /**
   * The page says which request it is about. A token is good once.
   * @param {Channel} page
   * @param {string} token
   */
  claim(page, token) {
    const asked = this.asked.get(token);
    this.asked.delete(token);
    if (!asked) return page.post({ name: "receipt.gone" });
    this.claimed.set(page, asked.message);
    page.post({ name: "receipt.request", request: asked.request });
  }

  /** The person gives it. @param {Channel} page */
  async give(page) {
    const message = this.claimed.get(page);
    if (message === undefined) return page.post({ name: "receipt.gone" });
    try {
      page.post({ name: "receipt.given", given: await this.host.receipt(message) });
    } catch (thrown) {
      page.post({ name: "receipt.given", failure: Failure.from(thrown) });
    }
  }
}
