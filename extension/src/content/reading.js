/**
 * One message, open in a mail page: fetches its source, hands it to the background as that asks for it, and shows or
 * removes the panel. The verdict itself is never in this process.
 */

import { PanelFrame } from "./frame.js";
import { answers } from "./writing.js";
import { openChannel } from "../browser/runtime.js";
import { looksSecured } from "../lib/hint.js";
import { blobSource } from "../lib/source.js";

/** Longest time a panel waits unseen for a verdict, if the message looks signed. In milliseconds. */
const PATIENCE = 700;

export class Reading {
  /**
   * @param {import("../adapters/adapter.js").OpenMessage} message
   * @param {AbortSignal} signal  aborts when the message is closed
   */
  constructor(message, signal) {
    this.message = message;
    this.signal = signal;
    /** @type {import("../browser/runtime.js").Channel | null} */
    this.channel = null;
    /** @type {Blob | null} */
    this.blob = null;
    this.loaded = false;
    this.settled = false;
    /** How the person wants to answer it, once it is opened. @type {import("../adapters/adapter.js").AnswerKind | null} */
    this.wanted = null;
    /** Whether the background still knows of it. */
    this.live = false;
    this.frame = new PanelFrame({
      place: message.place,
      onLoad: () => this.#askForToken(),
      onAgain: () => void this.run(),
      signal,
    });
    signal.addEventListener("abort", () => this.channel?.close(), { once: true });
    if (message.answers) answers(message.answers, signal, (kind) => void this.#answer(kind));
  }

  /** Has the message checked; once more, if it was before. */
  async run() {
    this.settled = false;
    const channel = this.#connect(1);
    if (this.loaded) channel.post({ name: "mail.panel" });
    try {
      this.blob ??= await this.message.source(this.signal);
    } catch {
      if (!this.signal.aborted) this.channel?.post({ name: "mail.failed" });
      return;
    }
    await this.#offer();
  }

  /**
   * Has the page for writing opened with an answer. The background may have let go of the message meanwhile, of unsigned
   * mail at once: then it is opened again.
   * @param {import("../adapters/adapter.js").AnswerKind} kind
   */
  async #answer(kind) {
    this.wanted = kind;
    if (!this.settled) return;
    if (this.live) this.#askForAnswer();
    else await this.run();
  }

  #askForAnswer() {
    if (this.wanted) this.channel?.post({ name: "mail.answer", kind: this.wanted });
    this.wanted = null;
  }

  /**
   * @param {number} retries  how often to begin again if the background goes away before it has answered
   */
  #connect(retries) {
    this.channel?.close();
    const channel = openChannel("mail");
    this.channel = channel;
    this.live = true;
    channel.onMessage((said) => void this.#said(channel, said));
    channel.onClose(() => {
      if (this.channel === channel) this.live = false;
      // The worker was stopped in the middle of it. What it knew is gone; the message is still here.
      if (this.signal.aborted || this.settled || this.channel !== channel || retries === 0) return;
      this.#connect(retries - 1);
      this.#askForToken();
      if (this.blob) void this.#offer();
    });
    return channel;
  }

  async #offer() {
    const { blob, channel } = this;
    if (blob === null || channel === null) return;
    const hint = await looksSecured(blob);
    this.pull = blobSource(blob).pull;
    channel.post({ name: "mail.open", size: blob.size, hint });
    if (!hint) return;
    setTimeout(() => {
      if (!this.settled && !this.signal.aborted) this.frame.show();
    }, PATIENCE);
  }

  /** @param {import("../browser/runtime.js").Channel} channel */
  #letGo(channel) {
    this.live = false;
    channel.close();
  }

  #askForToken() {
    this.loaded = true;
    this.channel?.post({ name: "mail.panel" });
  }

  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {any} said  by the background
   */
  async #said(channel, said) {
    if (this.signal.aborted || channel !== this.channel) return;
    switch (said.name) {
      case "token":
        this.frame.hand(said.token);
        return;
      case "pull": {
        const chunk = await this.pull?.(said.max);
        if (chunk) channel.post({ name: "mail.chunk", ...chunk });
        return;
      }
      case "outcome": {
        const answering = this.wanted !== null;
        this.settled = true;
        this.#askForAnswer();
        if (said.shown) {
          this.frame.show();
          this.message.shown?.();
        } else {
          this.frame.empty();
          // What is answered has to stay open until the page for writing has its text.
          if (!answering) this.#letGo(channel);
        }
      }
    }
  }
}
