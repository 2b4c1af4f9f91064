/**
 * Opens every message as it is displayed and says in the bar above it what came of it.
 *
 * It knows which message each tab shows and how far its check is. It knows nothing of signatures: the host gives
 * the verdict and its words, the bar shows them. Two things keep a verdict off every other message: what belongs to
 * a message that a tab no longer shows is aborted here, and the bar itself asks the window once more.
 */

import { Failure } from "../../lib/failure.js";
import { blobSource } from "../../lib/source.js";
import { lockedKey } from "../../lib/summary.js";
import { content, withheld } from "./content.js";
import { mayBeEncrypted, mayBeProtected } from "./source.js";

/**
 * @typedef {import("../../lib/shapes.js").Opened} Opened
 * @typedef {import("../../lib/shapes.js").ViewState} ViewState
 * @typedef {import("../../browser/thunderbird.js").BarContent} BarContent
 */

/**
 * Opens a mail through the host.
 * @callback Open
 * @param {import("../../lib/session.js").Source} source
 * @param {object} options
 * @param {AbortSignal} options.signal
 * @param {number} options.message
 * @param {(done: number, total: number | null) => void} options.onProgress
 * @param {(opened: Opened) => void} options.onUpdate  the verdict was renewed
 * @param {() => void} options.onReload  Thunderbird is about to load the message again, with its decrypted content
 * @returns {Promise<Opened>}
 */

/**
 * What is on display in one tab.
 * @typedef {object} Shown
 * @property {number} message
 * @property {AbortController} check      aborted when the tab shows something else
 * @property {boolean} awaited            selected, and not yet reported as displayed
 * @property {ViewState | null} state     what was said of it; null before
 * @property {number} reloading           until when Thunderbird may load it again on our behalf
 */

/** An answer that comes at once needs no "Checking…" before it. */
const QUIET_MS = 300;

/** How long after that Thunderbird may take to say that it displays the same message again. */
const RELOAD_MS = 3000;

/** How long Thunderbird may take to display what was selected, before the message is opened without waiting. */
const UNDISPLAYED_MS = 600;

export class Reading {
  /**
   * @param {object} needs
   * @param {Open} needs.open
   * @param {(message: number) => Promise<Blob>} needs.source
   * @param {(tab: number, message: number, content: BarContent) => Promise<boolean>} needs.show
   * @param {(tab: number) => Promise<void>} needs.clear
   * @param {(message: number, note: string) => Promise<unknown>} needs.explain  says it where the content would stand
   * @param {(tab: number) => Promise<number | null>} needs.displayedIn
   */
  constructor({ open, source, show, clear, explain, displayedIn }) {
    this.open = open;
    this.source = source;
    this.show = show;
    this.clear = clear;
    this.explain = explain;
    this.displayedIn = displayedIn;
    /** @type {Map<number, Shown>} */
    this.tabs = new Map();
  }

  /**
   * @param {number} tab
   * @param {number | null} message
   */
  displayed(tab, message) {
    const before = this.tabs.get(tab);
    if (before?.awaited) {
      // The selection told of it already; only now does Thunderbird have it. Anything else is a late report of what
      // was selected before.
      if (before.message === message) this.#begin(tab, before);
      return;
    }
    if (before && before.message === message && Date.now() < before.reloading) return;
    const shown = this.#replace(tab, message);
    if (shown) this.#begin(tab, shown);
  }

  /**
   * The person wants to know once more.
   * @param {number} tab
   * @param {number} message
   */
  again(tab, message) {
    const shown = this.#replace(tab, message);
    if (shown) this.#begin(tab, shown);
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
    if (shown.awaited && !shown.check.signal.aborted) this.#begin(tab, shown);
  }

  /**
   * A tab for one message opened. What can be displayed is reported by itself; this is for what cannot.
   * @param {number} tab
   */
  async tabOpened(tab) {
    await pause(UNDISPLAYED_MS);
    await this.found(tab);
  }

  /**
   * A tab that was there before. What it displays was reported to nobody.
   * @param {number} tab
   */
  async found(tab) {
    if (this.tabs.has(tab)) return;
    const message = await this.displayedIn(tab);
    if (message !== null && !this.tabs.has(tab)) this.displayed(tab, message);
  }

  /** @param {number} tab */
  closed(tab) {
    this.#replace(tab, null);
  }

  /** A key was unlocked: the mail that waited for one is opened again. */
  unlocked() {
    for (const [tab, { message, state }] of this.tabs) {
      if (state?.phase === "opened" && lockedKey(state.opened.verdict)) this.again(tab, message);
    }
  }

  /** Keys were locked: what they opened is closed again. */
  locked() {
    for (const [tab, { message, state }] of this.tabs) {
      if (state?.phase === "opened" && state.opened.verdict.encryption.status === "decrypted") this.again(tab, message);
    }
  }

  /**
   * What has to be unlocked for a message; null where nothing has, or where it is not known (any more).
   * @param {number} tab
   * @param {number} message
   */
  lockedKey(tab, message) {
    const { message: shown, state } = this.tabs.get(tab) ?? {};
    return shown === message && state?.phase === "opened" ? lockedKey(state.opened.verdict) : null;
  }

  /**
   * The host is gone. What it said holds, and every bar says that it is gone; a mail without a bar stays without.
   * @param {Failure} failure
   */
  lost(failure) {
    for (const [tab, shown] of this.tabs) {
      const { state } = shown;
      if (state?.phase === "opened" && content(state)) void this.#say(tab, shown, { ...state, notice: failure.data });
    }
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
    const shown = { message, check: new AbortController(), awaited: false, state: null, reloading: 0 };
    this.tabs.set(tab, shown);
    return shown;
  }

  /**
   * @param {number} tab
   * @param {Shown} shown
   */
  #begin(tab, shown) {
    shown.awaited = false;
    void this.#check(tab, shown);
  }

  /**
   * @param {number} tab
   * @param {Shown} shown
   */
  async #check(tab, shown) {
    const { signal } = shown.check;
    let worthSaying = true;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    try {
      const mail = await this.source(shown.message);
      worthSaying = await mayBeProtected(mail);
      const encrypted = await mayBeEncrypted(mail);
      signal.throwIfAborted();
      if (worthSaying) timer = setTimeout(() => void this.#say(tab, shown, { phase: "checking", encrypted }), QUIET_MS);
      const opened = await this.open(blobSource(mail), {
        signal,
        message: shown.message,
        onReload: () => this.#reloads(shown.message),
        onProgress: (done, total) => {
          if (shown.state?.phase === "checking") void this.#say(tab, shown, { phase: "checking", done, total, encrypted });
        },
        onUpdate: (renewed) => void this.#say(tab, shown, { phase: "opened", opened: renewed }),
      });
      clearTimeout(timer);
      await this.#say(tab, shown, { phase: "opened", opened });
    } catch (thrown) {
      clearTimeout(timer);
      if (worthSaying) await this.#say(tab, shown, { phase: "failed", failure: Failure.from(thrown) });
    }
  }

  /**
   * @param {number} tab
   * @param {Shown} shown
   * @param {ViewState} state
   */
  async #say(tab, shown, state) {
    if (shown.check.signal.aborted) return;
    shown.state = state;
    const said = content(state);
    if (said) await this.show(tab, shown.message, said);
    else await this.clear(tab);
    const note = withheld(state);
    if (!note || shown.check.signal.aborted) return;
    this.#reloads(shown.message);
    await this.explain(shown.message, note);
  }

  /** Thunderbird is about to load a message again, which is no news. @param {number} message */
  #reloads(message) {
    for (const each of this.tabs.values()) {
      if (each.message === message) each.reloading = Date.now() + RELOAD_MS;
    }
  }
}

/** @param {number} ms */
function pause(ms) {
  return new Promise((/** @type {(value?: any) => void} */ resolve) => setTimeout(resolve, ms));
}
