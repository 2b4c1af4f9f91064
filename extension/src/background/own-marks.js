/**
 * The person's own mark, kept and handed to our own frames and pages only. A content script never gets it: what a mail
 * page could learn, a forged frame could show.
 */

import { drawMark, ownMark } from "../lib/own-mark.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../lib/own-mark.js").OwnMark} OwnMark
 */

const KEY = "own-mark";

export class OwnMarks {
  /**
   * @param {object} what
   * @param {(key: string) => Promise<any>} what.kept
   * @param {(key: string, value: unknown) => Promise<unknown>} what.keep
   * @param {() => [string[], string[]]} what.words   to draw the first mark from
   * @param {() => Iterable<Channel>} what.frames   that show the mark now
   */
  constructor({ kept, keep, words, frames }) {
    this.kept = kept;
    this.keep = keep;
    this.words = words;
    this.frames = frames;
    /** @type {Promise<OwnMark | null> | null} */
    this.known = null;
  }

  /** @param {Channel} channel  of a frame or page of ours */
  async tell(channel) {
    channel.post({ name: "mark", mark: await this.#mark() });
  }

  /**
   * @param {Channel} channel
   * @param {{ colour: string, words: string }} wish
   */
  async choose(channel, wish) {
    const mark = ownMark(wish);
    try {
      if (mark) await this.keep(KEY, mark);
    } catch {
      return channel.post({ name: "mark", mark: await this.#mark(), chosen: false });
    }
    if (mark) this.known = Promise.resolve(mark);
    channel.post({ name: "mark", mark: await this.#mark(), chosen: mark !== null });
    for (const frame of this.frames()) if (frame !== channel && mark) frame.post({ name: "mark", mark });
  }

  #mark() {
    this.known ??= this.#read();
    return this.known;
  }

  /** @returns {Promise<OwnMark | null>} null where nothing can be kept: a mark that changes would teach nobody anything */
  async #read() {
    try {
      const found = ownMark(await this.kept(KEY));
      if (found) return found;
      const drawn = drawMark(...this.words());
      await this.keep(KEY, drawn);
      return drawn;
    } catch {
      this.known = null;
      return null;
    }
  }
}
