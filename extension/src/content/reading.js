/**
 * One message, open in a mail page (or about to be): fetches its source, hands it to the background as that asks for it, and shows or
 * removes the panel. The verdict itself is never in this process.
 */

import { PanelFrame } from "./frame.js";
import { answers } from "./writing.js";
import { isMozilla } from "../browser/api.js";
import { openChannel } from "../browser/runtime.js";
import { looksSecured } from "../lib/hint.js";
import { blobSource } from "../lib/source.js";

/** Longest time a panel waits unseen for a verdict, if the message looks signed. In milliseconds. */
const PATIENCE = 700;

export class Reading {
  /**
   * @param {AbortSignal} signal  aborts when the message is closed
   */
  constructor(signal) {
    this.signal = signal;
    /** @type {import("../adapters/adapter.js").OpenMessage | null} */
    this.message = null;
    /** The message that is being checked already, though the page has not shown it yet. */
    this.foreseen = "";
    /** @type {import("../browser/runtime.js").Channel | null} */
    this.channel = null;
    /** @type {Blob | null} */
    this.blob = null;
    this.loaded = false;
    /** A token for a frame that is still loading. */
    this.token = "";
    /** Whether the message looks signed or encrypted. */
    this.hint = false;
    this.settled = false;
    /** Whether there is anything to see, once that is settled. */
    this.shown = false;
    /** How the person wants to answer it, once it is opened. @type {import("../adapters/adapter.js").AnswerKind | null} */
    this.wanted = null;
    /** Whether the background still knows of it. */
    this.live = false;
    this.frame = new PanelFrame({
      onLoad: () => this.#frameLoaded(),
      onAgain: () => void this.run(),
      signal,
    });
    signal.addEventListener("abort", () => this.channel?.close(), { once: true });
  }

  /**
   * Begins before the page has shown the message, with what is known of it: a page takes a while to build itself.
   * @param {import("../adapters/adapter.js").Foreseen} message
   */
  async foresee({ id, source }) {
    // Firefox loads a frame in a shadow tree anew however it is moved (seen with Firefox 153).
    if (!isMozilla) this.frame.wait();
    if (source === null) return;
    this.foreseen = id;
    this.#connect(1);
    try {
      const blob = await source(this.signal);
      if (this.foreseen === id) this.blob = blob;
    } catch {
      this.foreseen = "";
      if (this.message && !this.signal.aborted) await this.run();
      return;
    }
    if (this.foreseen === id) await this.#offer();
  }

  /**
   * The page shows a message: the one that was foreseen, or another.
   * @param {import("../adapters/adapter.js").OpenMessage} message
   */
  async open(message) {
    this.message = message;
    this.frame.put(message.place);
    if (message.answers) answers(message.answers, this.signal, (kind) => void this.#answer(kind));
    if (!this.foreseen || this.foreseen !== message.id) {
      this.foreseen = "";
      this.blob = null;
      await this.run();
    } else if (this.settled) {
      this.#settle();
    } else {
      this.#losePatience();
    }
  }

  /** Has the message checked; once more, if it was before. */
  async run() {
    const { message } = this;
    if (message === null) return;
    this.settled = false;
    this.#connect(1);
    try {
      this.blob ??= await message.source(this.signal);
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
      if (this.blob) void this.#offer();
    });
    // Asked for at once: it is there when the frame has loaded.
    this.token = "";
    channel.post({ name: "mail.panel" });
  }

  async #offer() {
    const { blob, channel } = this;
    if (blob === null || channel === null) return;
    const hint = await looksSecured(blob);
    if (channel !== this.channel) return; // begun again meanwhile, perhaps with another message
    this.pull = blobSource(blob).pull;
    channel.post({ name: "mail.open", size: blob.size, hint });
    this.hint = hint;
    this.#losePatience();
  }

  /** Nobody waits without knowing it: if the message looks signed, the panel soon says that it is being checked. */
  #losePatience() {
    if (!this.hint || this.message === null) return;
    setTimeout(() => {
      if (!this.settled && !this.signal.aborted) this.frame.show();
    }, PATIENCE);
  }

  #letGo() {
    this.live = false;
    this.channel?.close();
  }

  #frameLoaded() {
    this.loaded = true;
    if (this.token) this.#hand(this.token);
    else this.channel?.post({ name: "mail.panel" });
  }

  /** @param {string} token  good once */
  #hand(token) {
    this.token = "";
    this.frame.hand(token);
  }

  /** It is known whether there is anything to see. */
  #settle() {
    if (this.message === null) return;
    const answering = this.wanted !== null;
    this.#askForAnswer();
    if (this.shown) {
      this.frame.show();
      this.message.shown?.();
    } else {
      this.frame.empty();
      // What is answered has to stay open until the page for writing has its text.
      if (!answering) this.#letGo();
    }
  }

  /**
   * @param {import("../browser/runtime.js").Channel} channel
   * @param {any} said  by the background
   */
  async #said(channel, said) {
    if (this.signal.aborted || channel !== this.channel) return;
    switch (said.name) {
      case "token":
        if (this.loaded) this.#hand(said.token);
        else this.token = said.token;
        return;
      case "pull": {
        const chunk = await this.pull?.(said.max);
        if (chunk) channel.post({ name: "mail.chunk", ...chunk });
        return;
      }
      case "outcome":
        this.settled = true;
        this.shown = said.shown;
        this.#settle();
    }
  }
}
