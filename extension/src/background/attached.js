/**
 * Attachments that are looked at on a page of the extension's own, in a tab that no mail page can reach into: a message
 * gets its own verdict there, a PDF the browser's viewer. The octets go from the host to that page, past everybody else.
 */

import { opensAs } from "../lib/attached.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../lib/shapes.js").Part} Part
 */

/** Attachments that may wait for their page at once; the oldest is forgotten. */
const WAITING = 8;

/** The page for each. */
const PAGES = Object.freeze({ message: "ui/check.html", pdf: "ui/pdf.html" });

export class Attached {
  /**
   * @param {Pick<import("./readings.js").Readings, "of">} readings
   * @param {(path: string) => unknown} openPage
   */
  constructor(readings, openPage) {
    this.readings = readings;
    this.openPage = openPage;
    /** Those that a page may claim, by token. @type {Map<string, { message: string, part: Part }>} */
    this.asked = new Map();
    /** What each page shows. @type {WeakMap<Channel, { message: string, part: Part }>} */
    this.claimed = new WeakMap();
  }

  /**
   * A person wants to look at a part of the message in this view.
   * @param {Channel} view
   * @param {string} id
   * @returns {boolean | void} false: it has no such part, or none that is shown
   */
  open(view, id) {
    const reading = this.readings.of(view);
    const state = reading?.state;
    const part = state?.phase === "opened" ? state.opened.parts.find((each) => each.id === id) : undefined;
    const kind = part && opensAs(part);
    if (!part || !kind || !reading?.message) return false;
    const token = crypto.randomUUID();
    this.asked.set(token, { message: reading.message, part });
    for (const oldest of this.asked.keys()) if (this.asked.size > WAITING) this.asked.delete(oldest);
    void this.openPage(`${PAGES[kind]}?part=${token}`);
  }

  /**
   * The page says which attachment it is about. A token is good once.
   * @param {Channel} page
   * @param {string} token
   */
  claim(page, token) {
    const asked = this.asked.get(token);
    this.asked.delete(token);
    if (!asked) return page.post({ name: "attached.gone" });
    this.claimed.set(page, asked);
    page.post({ name: "attached", part: asked.part });
  }

  /** Which message a page fetches from. @param {Channel} page */
  of(page) {
    return this.claimed.get(page);
  }
}
