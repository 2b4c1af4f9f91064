/**
 * Readings: messages being looked at. Each begins with a channel from a content script (or from the page for message
 * files) and ends with it. A reading in a mail page has a panel, which finds it by a token.
 *
 * The token is how a frame proves that our content script put it there: 32 random octets, given to the content
 * script only, good for one frame in the same tab, once. A frame that the page made, or a page that guesses, gets
 * nothing.
 */

import { Failure } from "../lib/failure.js";
import { RemoteSource } from "./remote-source.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../lib/shapes.js").ViewState} ViewState
 * @typedef {import("../lib/host.js").Host} Host
 */

export class Reading {
  /**
   * @param {Channel} channel   whoever has the message
   * @param {Channel | null} view   whoever shows the verdict; a panel is attached later
   */
  constructor(channel, view) {
    this.channel = channel;
    this.view = view;
    this.end = new AbortController();
    /** @type {ViewState} */
    this.state = { phase: "checking" };
    /** @type {RemoteSource | null} */
    this.source = null;
  }

  /** The handle of the message in the host. @returns {string | null} */
  get message() {
    return this.state.phase === "opened" ? this.state.opened.message : null;
  }

  /** @param {ViewState} state */
  show(state) {
    this.state = state;
    this.view?.post({ name: "state", state });
  }
}

export class Readings {
  /** @param {Host} host */
  constructor(host) {
    this.host = host;
    /** @type {Map<Channel, Reading>} */
    this.byChannel = new Map();
    /** @type {Map<string, Reading>} */
    this.byToken = new Map();
    /** @type {Map<Channel, Reading>} */
    this.byView = new Map();
  }

  /**
   * A message has been opened.
   * @param {Channel} channel
   * @param {"content" | "page"} role
   * @param {{ size: number | null, hint: boolean }} message  `hint`: it looks as if it were signed or encrypted
   */
  async open(channel, role, { size, hint }) {
    // The page for message files opens one after the other in one channel; a panel may have been asked for before.
    if (this.byChannel.get(channel)?.source) this.close(channel);
    const reading = this.byChannel.get(channel) ?? this.#begin(channel, role);
    const source = new RemoteSource(channel, size);
    reading.source = source;
    reading.show({ phase: "checking" });
    const { signal } = reading.end;
    try {
      const opened = await this.host.open(source, {
        signal,
        onProgress: (done, total) => reading.show({ phase: "checking", done, total }),
        onUpdate: (renewed) => {
          if (!signal.aborted && renewed.message === reading.message) reading.show({ phase: "opened", opened: renewed });
        },
      });
      if (signal.aborted) return void this.host.close(opened.message ?? "");
      reading.show({ phase: "opened", opened });
      const { signature, encryption } = opened.verdict;
      // Unsigned mail is normal: no warning, no panel.
      this.#tell(reading, signature.status !== "none" || encryption.status !== "none");
    } catch (thrown) {
      if (signal.aborted) return;
      reading.show({ phase: "failed", failure: Failure.from(thrown) });
      // Without a verdict nobody knows whether it is signed; only where it looks so is the person bothered.
      this.#tell(reading, hint);
    }
  }

  /**
   * The next part of the message has come.
   * @param {Channel} channel
   * @param {{ data: string, last: boolean }} chunk
   * @returns {boolean} false: it was not asked for
   */
  chunk(channel, { data, last }) {
    return this.byChannel.get(channel)?.source?.deliver(data, last) ?? false;
  }

  /** The mail page did not hand out the message. @param {Channel} channel */
  failed(channel) {
    const reading = this.byChannel.get(channel) ?? this.#begin(channel, "content");
    reading.show({ phase: "failed", failure: Failure.own("source_unavailable").data });
    this.#tell(reading, true);
  }

  /** A token for the panel that was just put into the page. @param {Channel} channel */
  panel(channel) {
    const reading = this.byChannel.get(channel) ?? this.#begin(channel, "content");
    this.#forgetTokens(reading);
    const token = randomToken();
    this.byToken.set(token, reading);
    channel.post({ name: "token", token });
  }

  /**
   * @param {Channel} view
   * @param {string} token
   * @returns {boolean} whether the token was good
   */
  claim(view, token) {
    const reading = this.byToken.get(token);
    if (reading === undefined || reading.channel.sender.tab !== view.sender.tab || this.byView.has(view)) return false;
    this.byToken.delete(token);
    if (reading.view) this.byView.delete(reading.view);
    reading.view = view;
    this.byView.set(view, reading);
    view.post({ name: "accepted", token });
    view.post({ name: "state", state: reading.state });
    return true;
  }

  /** The reading a view shows. @param {Channel} view */
  of(view) {
    return this.byView.get(view);
  }

  /** A person wants missing certificates to be fetched, who sees the message in this view. @param {Channel} view */
  async fetchIssuers(view) {
    const reading = this.byView.get(view);
    const { message } = reading ?? {};
    if (!reading || !message) return;
    const { signal } = reading.end;
    try {
      const opened = await this.host.issuers(message, { signal });
      if (!signal.aborted && reading.message === message) reading.show({ phase: "opened", opened });
    } catch (thrown) {
      if (signal.aborted || reading.state.phase !== "opened") return;
      reading.show({ ...reading.state, notice: Failure.from(thrown) });
    }
  }

  /**
   * What a view shows, if it is an opened message.
   * @param {Channel} view
   */
  shownIn(view) {
    return opened(this.byView.get(view));
  }

  /**
   * The message that a content script has opened, whether anybody shows it or not.
   * @param {Channel} channel
   */
  openedBy(channel) {
    return opened(this.byChannel.get(channel));
  }

  /** The host ended: whoever looks at a verdict is told. @param {Failure} failure */
  hostLost(failure) {
    for (const reading of this.byChannel.values()) {
      if (reading.state.phase === "opened") reading.show({ ...reading.state, notice: failure.data });
    }
  }

  /** Whoever had the message went away, or opens another. @param {Channel} channel */
  close(channel) {
    const reading = this.byChannel.get(channel);
    if (reading === undefined) return;
    this.byChannel.delete(channel);
    this.#forgetTokens(reading);
    if (reading.view) this.byView.delete(reading.view);
    // A verdict stays true; a panel that still waits for one would wait for ever.
    if (reading.view !== channel && reading.state.phase === "checking") {
      reading.show({ phase: "failed", failure: Failure.own("stopped").data });
    }
    reading.source?.fail(Failure.own("stopped"));
    reading.end.abort();
    if (reading.message) void this.host.close(reading.message);
  }

  /** A panel went away; its reading stays. @param {Channel} view */
  leave(view) {
    const reading = this.byView.get(view);
    if (reading === undefined || reading.channel === view) return;
    reading.view = null;
    this.byView.delete(view);
  }

  /**
   * @param {Channel} channel
   * @param {"content" | "page"} role
   */
  #begin(channel, role) {
    const reading = new Reading(channel, role === "page" ? channel : null);
    this.byChannel.set(channel, reading);
    if (reading.view) this.byView.set(reading.view, reading);
    return reading;
  }

  /**
   * Tells the content script whether there is anything to see. It learns no more than that.
   * @param {Reading} reading
   * @param {boolean} shown
   */
  #tell(reading, shown) {
    reading.channel.post({ name: "outcome", shown });
  }

  /** @param {Reading} reading */
  #forgetTokens(reading) {
    for (const [token, owner] of this.byToken) if (owner === reading) this.byToken.delete(token);
  }
}

/**
 * @param {Reading | undefined} reading
 * @returns {{ message: string, parts: import("../lib/shapes.js").Part[], verdict: import("../lib/shapes.js").Verdict } | null}
 */
function opened(reading) {
  if (!reading?.message || reading.state.phase !== "opened") return null;
  const { parts, verdict } = reading.state.opened;
  return { message: reading.message, parts, verdict };
}

function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(32))].map((octet) => octet.toString(16).padStart(2, "0")).join("");
}
