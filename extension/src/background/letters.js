/**
 * Letters that begin with something: answers to a message that was opened, and drafts. What is in them goes from the host to
 * the page for writing, which no site can read or put into a frame; the mail page only says that an answer is wanted.
 */

import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../adapters/adapter.js").AnswerKind} AnswerKind
 * @typedef {{ message: string, parts: import("../lib/shapes.js").Part[], kind: AnswerKind }} Asked
 */

/** Answers that may wait for their page at once; the oldest is forgotten. */
const WAITING = 8;

/** @type {ReadonlySet<string>} */
const KINDS = new Set(["reply", "reply_all", "forward"]);

export class Letters {
  /**
   * @param {Pick<import("../lib/host.js").Host, "ask" | "close">} host
   * @param {(path: string) => unknown} openPage
   */
  constructor(host, openPage) {
    this.host = host;
    this.openPage = openPage;
    /** The answers that a page may claim, by token. @type {Map<string, Asked>} */
    this.asked = new Map();
    /** What a page fetches from, and whether it is its own. @type {Map<Channel, { message: string, own: boolean }>} */
    this.held = new Map();
  }

  /**
   * A person wants to answer a message; the page for it is opened.
   * @param {{ message: string, parts: import("../lib/shapes.js").Part[] } | null} shown
   * @param {string} kind
   * @returns {boolean | void} false: there is no such answer
   */
  ask(shown, kind) {
    if (!KINDS.has(kind)) return false;
    // A message whose host is gone has nothing to begin with; its view says so already.
    if (!shown) return;
    const token = crypto.randomUUID();
    this.asked.set(token, { ...shown, kind: /** @type {AnswerKind} */ (kind) });
    for (const oldest of this.asked.keys()) if (this.asked.size > WAITING) this.asked.delete(oldest);
    void this.openPage(`ui/write.html?answer=${token}`);
  }

  /**
   * The page says which answer it is about. A token is good once.
   * @param {Channel} page
   * @param {string} token
   */
  async claim(page, token) {
    const asked = this.asked.get(token);
    this.asked.delete(token);
    if (!asked) return page.post({ name: "answer", failure: Failure.own("stopped").data });
    const { message, kind, parts } = asked;
    try {
      const answer = await this.host.ask("answer", { message, kind });
      this.#hold(page, { message, own: false });
      page.post({ name: "answer", kind, answer, parts });
    } catch (thrown) {
      page.post({ name: "answer", failure: Failure.from(thrown) });
    }
  }

  /**
   * The page goes on with a draft.
   * @param {Channel} page
   * @param {string} draft
   */
  async openDraft(page, draft) {
    try {
      const opened = await this.host.ask("draft_open", { draft });
      this.#hold(page, { message: opened.message, own: true });
      page.post({ name: "draft", draft: opened });
    } catch (thrown) {
      page.post({ name: "draft", failure: Failure.from(thrown) });
    }
  }

  /** What a page fetches from. @param {Channel} page */
  of(page) {
    return this.held.get(page);
  }

  /** The page went away. @param {Channel} page */
  leave(page) {
    const held = this.held.get(page);
    this.held.delete(page);
    if (held?.own) void this.host.close(held.message);
  }

  /**
   * @param {Channel} page
   * @param {{ message: string, own: boolean }} message
   */
  #hold(page, message) {
    this.leave(page);
    this.held.set(page, message);
  }
}
