/**
 * Opens every message as it is displayed and says in the bar above it what came of it.
 *
 * It knows which message each tab shows and how far its check is. It knows nothing of signatures: the host gives
 * the verdict and its words, the bar shows them. Two things keep a verdict off every other message: what belongs to
 * a message that a tab no longer shows is aborted here, and the bar itself asks the window once more.
 */

import { Failure } from "../../lib/failure.js";
import { blobSource } from "../../lib/source.js";
import { checking, failed, opened } from "./content.js";
import { mayBeProtected } from "./source.js";

/**
 * @typedef {import("../../lib/shapes.js").Opened} Opened
 * @typedef {import("../../browser/thunderbird.js").BarContent} BarContent
 */

/**
 * What is on display in one tab.
 * @typedef {object} Shown
 * @property {number} message
 * @property {AbortController} check      aborted when the tab shows something else
 * @property {boolean} awaited            selected, and not yet reported as displayed
 * @property {BarContent | null} content  what the bar says; null while it says nothing
 * @property {Opened | null} opened       once the host has answered
 */

/** An answer that comes at once needs no "Checking…" before it. */
const QUIET_MS = 300;

/** How long Thunderbird may take to display what was selected, before the message is opened without waiting. */
const UNDISPLAYED_MS = 600;

export class Reading {
  /**
   * @param {object} needs
   * @param {(source: import("../../lib/session.js").Source, options: { signal: AbortSignal,
   *   onProgress: (done: number, total: number | null) => void }) => Promise<Opened>} needs.open
   * @param {(message: number) => Promise<Blob>} needs.source
   * @param {(tab: number, message: number, content: BarContent) => Promise<boolean>} needs.show
   * @param {(tab: number) => Promise<void>} needs.clear
   */
  constructor({ open, source, show, clear }) {
    this.open = open;
    this.source = source;
    this.show = show;
    this.clear = clear;
    /** @type {Map<number, Shown>} */
    this.tabs = new Map();
  }

  /**
   * @param {number} tab
   * @param {number | null} message
   */
  displayed(tab, message) {
    const before = this.tabs.get(tab);
    if (before?.awaited && before.message === message) {
      // The selection told of it already; only now can the bar be seen.
      before.awaited = false;
      if (!before.content) void this.#check(tab, before);
      return;
    }
    const shown = this.#replace(tab, message);
    if (shown) void this.#check(tab, shown);
  }

  /**
   * @param {number} tab
   * @param {number | null} message
   */
  async selected(tab, message) {
    if (this.tabs.get(tab)?.message === message) return;
    const shown = this.#replace(tab, message);
    if (!shown) return;
    shown.awaited = true;
    await pause(UNDISPLAYED_MS);
    if (shown.awaited && !shown.check.signal.aborted) void this.#check(tab, shown);
  }

  /** @param {number} tab */
  closed(tab) {
    this.#replace(tab, null);
  }

  /** Opens the message of a tab once more: after a failure that may be mended now. @param {number} tab */
  again(tab) {
    const message = this.tabs.get(tab)?.message;
    if (message !== undefined) this.displayed(tab, message);
  }

  /**
   * The host is gone. Every bar that speaks in its name says so; a mail without a bar stays without.
   * @param {Failure} failure
   */
  lost(failure) {
    for (const [tab, shown] of this.tabs) {
      if (shown.opened && shown.content) void this.#say(tab, shown, failed(failure.data));
    }
  }

  /**
   * What is known of the message that a tab shows.
   * @param {number} tab
   * @param {number} message
   * @returns {Opened | null}
   */
  openedIn(tab, message) {
    const shown = this.tabs.get(tab);
    return shown?.message === message ? shown.opened : null;
  }

  /**
   * @param {number} tab
   * @param {number | null} message
   * @returns {Shown | null}
   */
  #replace(tab, message) {
    this.tabs.get(tab)?.check.abort();
    if (message === null) {
      this.tabs.delete(tab);
      return null;
    }
    const shown = { message, check: new AbortController(), awaited: false, content: null, opened: null };
    this.tabs.set(tab, shown);
    return shown;
  }

  /**
   * @param {number} tab
   * @param {Shown} shown
   */
  async #check(tab, shown) {
    const { signal } = shown.check;
    /** @type {Blob | null} */
    let mail = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    try {
      mail = await this.source(shown.message);
      const worthSaying = await mayBeProtected(mail);
      signal.throwIfAborted();
      if (worthSaying) timer = setTimeout(() => void this.#say(tab, shown, checking(null)), QUIET_MS);
      shown.opened = await this.open(blobSource(mail), {
        signal,
        onProgress: (done, total) => {
          if (shown.content?.status === "checking" && total) void this.#say(tab, shown, checking(done / total));
        },
      });
      clearTimeout(timer);
      await this.#say(tab, shown, opened(shown.opened.verdict));
    } catch (thrown) {
      clearTimeout(timer);
      if (signal.aborted) return;
      const quiet = mail && !(await mayBeProtected(mail));
      await this.#say(tab, shown, quiet ? null : failed(Failure.from(thrown)));
    }
  }

  /**
   * @param {number} tab
   * @param {Shown} shown
   * @param {BarContent | null} content
   */
  async #say(tab, shown, content) {
    if (shown.check.signal.aborted) return;
    shown.content = content;
    if (content) await this.show(tab, shown.message, content);
    else await this.clear(tab);
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((/** @type {(value?: any) => void} */ resolve) => setTimeout(resolve, ms));
}
