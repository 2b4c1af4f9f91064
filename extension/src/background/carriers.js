/**
 * Sends what the host keeps for a webmail through that webmail's own page: each message is taken from the outbox, handed to
 * the content script in the page, and what became of it is told to the host at every step. The host alone keeps messages
 * and remembers; whatever ends in the middle, the worker, the page, the network or the host, nothing is lost, and what may
 * have been sent is not sent again by itself.
 *
 * What is handed over is signed or encrypted. A page cannot open this channel, and what comes back over it is the word of
 * the webmail's server: it may lie about sending, as it may with any mail.
 */

import { Failure } from "../lib/failure.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("../lib/protocol.js").SendReport} SendReport
 * @typedef {import("../lib/protocol.js").Carried} Carried
 */

/** The host's word for: this account sends through a webmail's page. */
const THROUGH_PAGE = "way_not_from_here";
/** Milliseconds without a sign of life after which a page is given up. */
const PATIENCE = 60_000;
/** Milliseconds between two words to the host that a message is still being worked on. */
const WORKING = 10_000;

export class Carriers {
  /**
   * @param {Pick<import("../lib/host.js").Host, "ask" | "part" | "close">} host
   * @param {object} tabs
   * @param {(site: string) => Promise<number[]>} tabs.find   granted tabs of a site, the one in front first
   * @param {(tab: number) => Channel} tabs.call              a channel to the content script in a tab's top document
   * @param {number} [patience]
   */
  constructor(host, { find, call }, patience = PATIENCE) {
    this.host = host;
    this.find = find;
    this.call = call;
    this.patience = patience;
  }

  /**
   * The addresses that a site can send from now.
   * @param {string} site
   * @param {AbortSignal} [signal]
   * @returns {Promise<string[]>} rejects with `webmail_not_open` or `webmail_not_ready`
   */
  async addresses(site, signal) {
    const tabs = await this.find(site);
    if (tabs.length === 0) throw Failure.own("webmail_not_open", { site });
    for (const tab of tabs) {
      const step = new Step(this.call(tab), this.patience, signal);
      try {
        const said = await step.ask({ name: "carry.look" });
        if (said.name === "carry.addresses") return said.addresses;
      } catch {
        // Another tab of the site may do it.
      } finally {
        step.end();
      }
    }
    throw Failure.own("webmail_not_ready", { site });
  }

  /**
   * Carries on with what the host left to a page, if it did.
   * @param {SendReport} report
   * @param {{ anyway?: boolean, signal?: AbortSignal, onProgress?: (done: number, total: number | null) => void }} [options]
   * @returns {Promise<SendReport>} what became of it
   */
  async finish(report, { anyway = false, signal, onProgress } = {}) {
    const reasons = [...report.recipients.map((each) => each.reason), report.sent_copy.reason];
    const reason = reasons.find((each) => each?.code === THROUGH_PAGE);
    if (!reason) return report;
    const [tab] = await this.find(String(reason.facts.site));
    let after = -1;
    while (tab !== undefined && !signal?.aborted) {
      const { item, message } = await this.host.ask("carry_take", { batch: report.batch, after, anyway });
      if (item === null) break;
      after = item.number;
      const went = await this.#carry(tab, item, message, signal, onProgress);
      // What the first message met, the others would meet, too.
      if (!went) break;
    }
    const { sent } = await this.host.ask("carry_end", { batch: report.batch });
    return sent[0];
  }

  /**
   * @param {number} tab
   * @param {Carried} item
   * @param {string} message
   * @param {AbortSignal} [signal]
   * @param {(done: number, total: number | null) => void} [onProgress]
   * @returns {Promise<boolean>} whether it went
   */
  async #carry(tab, item, message, signal, onProgress) {
    const tell = (/** @type {string} */ fate, detail = "") => this.host.ask("carry_told", { item: item.id, fate, detail });
    const step = new Step(this.call(tab), this.patience, signal);
    const working = setInterval(() => void tell("working").catch(() => {}), WORKING);
    let begun = false;
    try {
      const prepared = await this.#handOver(step, item, message, onProgress);
      if (prepared.name !== "carry.prepared") {
        await tell(prepared.certain ? "refused" : "failed", prepared.detail);
        return false;
      }
      // The host's word that nobody else sends it, and that it remembers that it may have been sent.
      await tell("ending");
      begun = true;
      // From here only the page's answer tells: whoever wants to stop comes too late.
      const done = await step.ask({ name: "carry.go" }, false);
      if (done.name === "carry.done") await tell("sent");
      else if (done.certain) await tell("refused", done.detail);
      // Anything else: nobody knows, and the host remembers that.
      return done.name === "carry.done";
    } catch (thrown) {
      if (!begun) await tell("failed", thrown instanceof Failure ? thrown.code : "").catch(() => {});
      return false;
    } finally {
      clearInterval(working);
      step.end();
      void this.host.close(message);
    }
  }

  /**
   * @param {Step} step
   * @param {Carried} item
   * @param {string} message
   * @param {(done: number, total: number | null) => void} [onProgress]
   */
  async #handOver(step, item, message, onProgress) {
    const { role, sender, recipients, message_id: messageId, size, again } = item;
    const { chunks } = await this.host.part(message, "1");
    let said = await step.ask({ name: "carry.message", role, sender, recipients, messageId, again });
    let held = /** @type {string | null} */ (null);
    let done = 0;
    for await (const data of chunks) {
      // One is held back: only the end of them tells which is the last.
      if (held !== null) said = await step.ask({ name: "carry.chunk", data: held, last: false });
      held = data;
      if (said.name !== "carry.pull") return said;
      done += (data.length / 4) * 3;
      onProgress?.(Math.min(done, size), size);
    }
    return step.ask({ name: "carry.chunk", data: held ?? "", last: true });
  }
}

/** One message on its way through a page: a question at a time, each with an answer or an end. */
class Step {
  /**
   * @param {Channel} channel
   * @param {number} patience
   * @param {AbortSignal} [signal]
   */
  constructor(channel, patience, signal) {
    this.channel = channel;
    this.patience = patience;
    this.signal = signal;
    /** @type {((said: any) => void) | null} */
    this.answered = null;
    /** @type {((why: Failure) => void) | null} */
    this.given = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.closed = false;
    channel.onMessage((said) => {
      if (said.name === "carry.working") return this.#wait();
      this.answered?.(said);
    });
    channel.onClose(() => {
      this.closed = true;
      this.given?.(Failure.own("webmail_not_ready"));
    });
  }

  /**
   * @param {object} question
   * @param {boolean} [stops]  whether the person may still stop it
   * @returns {Promise<any>}
   */
  ask(question, stops = true) {
    if (this.closed) return Promise.reject(Failure.own("webmail_not_ready"));
    if (stops && this.signal?.aborted) return Promise.reject(Failure.own("stopped"));
    const stop = () => this.given?.(Failure.own("stopped"));
    if (stops) this.signal?.addEventListener("abort", stop, { once: true });
    return new Promise((resolve, reject) => {
      this.answered = resolve;
      this.given = reject;
      this.#wait();
      this.channel.post(question);
    }).finally(() => {
      clearTimeout(this.timer);
      this.signal?.removeEventListener("abort", stop);
      this.answered = this.given = null;
    });
  }

  end() {
    this.channel.close();
  }

  #wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.given?.(Failure.own("webmail_not_ready")), this.patience);
  }
}
