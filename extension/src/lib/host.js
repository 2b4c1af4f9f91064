/**
 * The host as the rest of the extension sees it: three operations, and whether it is there.
 *
 * It connects when first asked, again when asked after a loss, and never on its own: a host that crashes at start
 * must not be started in a loop. What was opened in a process that is gone is gone with it.
 */

import { Failure } from "./failure.js";
import { Session, TIMEOUTS } from "./session.js";

/**
 * @typedef {import("./session.js").HostPort} HostPort
 * @typedef {import("./session.js").Source} Source
 * @typedef {import("./session.js").Timeouts} Timeouts
 * @typedef {import("./shapes.js").Opened} Opened
 * @typedef {import("./shapes.js").PartInfo} PartInfo
 */

/**
 * Told the verdict on an opened message when the host has renewed it.
 * @callback OnUpdate
 * @param {Opened} opened
 * @returns {void}
 */

/** Renewed verdicts kept for who is about to listen: no more than a host has messages open. */
const EARLY = 8;

/** Requests kept back when the host's limit is reached are sent as others end. */
class Turnstile {
  constructor() {
    this.inside = 0;
    /** @type {(() => void)[]} */
    this.queue = [];
  }

  /**
   * @template T
   * @param {number} limit
   * @param {() => Promise<T>} visit
   * @returns {Promise<T>}
   */
  async pass(limit, visit) {
    while (this.inside >= limit) await new Promise((/** @type {(value?: any) => void} */ go) => this.queue.push(go));
    this.inside++;
    try {
      return await visit();
    } finally {
      this.inside--;
      this.queue.shift()?.();
    }
  }
}

export class Host {
  /**
   * @param {object} options
   * @param {() => HostPort} options.connect      starts a host process
   * @param {string} options.client               "chromium", "firefox", "thunderbird" or "test"
   * @param {string} options.language             "en" or "de"
   * @param {Timeouts} [options.timeouts]
   * @param {(failure: Failure) => void} [options.onLost]  a connection ended, and not by our wish
   */
  constructor({ connect, client, language, timeouts = TIMEOUTS, onLost = () => {} }) {
    this.connect = connect;
    this.options = { client, language, timeouts, onLost };
    /** Who wants to know when the verdict on an opened message is renewed. @type {Map<string, OnUpdate>} */
    this.updates = new Map();
    /** Renewed verdicts that came before anybody could listen. @type {Map<string, Opened>} */
    this.early = new Map();
    /** @type {Session | null} */
    this.session = null;
    this.turnstile = new Turnstile();
  }

  /**
   * Opens a message: uploads it and returns the verdict and the parts.
   * @param {Source} source
   * @param {object} [options]
   * @param {AbortSignal} [options.signal]
   * @param {(done: number, total: number | null) => void} [options.onProgress]
   * @param {OnUpdate} [options.onUpdate]  called until the message is closed
   * @returns {Promise<Opened>} `message` is the handle for `part` and `close`; it dies with the host process
   */
  async open(source, { signal, onProgress, onUpdate } = {}) {
    const session = await this.#ready();
    return this.turnstile.pass(session.limits.requests, async () => {
      const opened = await session.ask("open", { size: source.size }, { source, signal, onProgress });
      if (onUpdate && opened.message) this.#listen(opened.message, onUpdate);
      return opened;
    });
  }

  /**
   * Whether there is a vault, and whether it is locked in this host process.
   * @returns {Promise<import("./shapes.js").VaultStatus>}
   */
  async vaultStatus() {
    const session = await this.#ready();
    return this.turnstile.pass(session.limits.requests, () => session.ask("vault_status", {}));
  }

  /**
   * Unlocks the person's keys in this host process.
   * @param {string} way     "passphrase", "recovery" or "keychain"
   * @param {string | null} secret
   * @returns {Promise<import("./shapes.js").VaultStatus>}
   */
  async unlock(way, secret) {
    const session = await this.#ready();
    return this.turnstile.pass(session.limits.requests, () => session.ask("vault_unlock", { way, secret }));
  }

  /**
   * The smart cards and other tokens that are there.
   * @returns {Promise<import("./shapes.js").TokenList>}
   */
  async tokens() {
    const session = await this.#ready();
    return this.turnstile.pass(session.limits.requests, () => session.ask("token_list", {}));
  }

  /**
   * Unlocks a token in this host process.
   * @param {string} token  its serial number or its label
   * @param {string} pin    goes to the token; empty where its reader asks for it
   */
  async unlockToken(token, pin) {
    const session = await this.#ready();
    await this.turnstile.pass(session.limits.requests, () => session.ask("token_unlock", { token, pin }));
  }

  /**
   * What a person should know of their keys unasked: certificates that end soon, or have ended.
   * @returns {Promise<import("./shapes.js").Reason[]>}
   */
  async notices() {
    const session = await this.#ready();
    if (!session.offers("key_notices")) return [];
    const { notices } = await this.turnstile.pass(session.limits.requests, () => session.ask("key_notices", {}));
    return notices;
  }

  /**
   * The verdict on the message that was read last in Outlook on the web, and when; null where there is none.
   * @returns {Promise<import("./protocol.js").OwaLast>}
   */
  async lastInOutlook() {
    const session = await this.#ready();
    if (!session.offers("owa_last")) return { verdict: null, read: null };
    return this.turnstile.pass(session.limits.requests, () => session.ask("owa_last", {}));
  }

  /**
   * Who can be encrypted to, with which certificate, and what would help the others.
   * @param {string[]} addresses  at most a hundred
   * @returns {Promise<import("./shapes.js").Recipients>}
   */
  async recipients(addresses) {
    const session = await this.#ready();
    return this.turnstile.pass(session.limits.requests, () => session.ask("recipients", { addresses }));
  }

  /**
   * Signs and encrypts a finished message, or says all that is missing. What is made is fetched with `part` and let go
   * with `close`.
   * @param {Source} source  with its Bcc
   * @param {import("./shapes.js").Wish} wish
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./shapes.js").Protected>}
   */
  async protect(source, wish, { signal } = {}) {
    const session = await this.#ready();
    if (!session.offers("protect")) throw Failure.own("host_older");
    return this.turnstile.pass(session.limits.requests, () => session.ask("protect", { size: source.size, ...wish }, { source, signal }));
  }

  /**
   * Any request that is answered at once, perhaps with an upload: for the pages that manage and that write.
   * @param {string} operation
   * @param {Record<string, unknown>} params
   * @param {{ signal?: AbortSignal, source?: Source, onProgress?: (done: number, total: number | null) => void }} [options]
   * @returns {Promise<any>} the result
   */
  async ask(operation, params, options = {}) {
    const session = await this.#ready();
    if (!session.offers(operation)) throw Failure.own("host_older");
    return this.turnstile.pass(session.limits.requests, () => session.ask(operation, params, options));
  }

  /**
   * The decoded octets of a part, as base64 chunks in order.
   * @param {string} message
   * @param {string} part
   * @param {{ text?: boolean, signal?: AbortSignal }} [options]  `text`: in UTF-8, if the host can
   * @returns {Promise<{ info: PartInfo, chunks: AsyncGenerator<string, void, void> }>}
   */
  async part(message, part, { text = false, signal } = {}) {
    // No reconnecting: a new process knows nothing of this message.
    const session = this.session;
    if (!session?.alive) throw session?.failure ?? Failure.own("host_lost");
    await session.opened;
    const converts = text && session.speaks(1, 7);
    const { result, chunks } = await session.download("part", { message, part, ...(converts ? { text } : {}) }, { signal });
    return { info: result, chunks };
  }

  /**
   * An open message as evidence, in a bundle of the host's making, as base64 chunks in order.
   * @param {string} message
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<{ info: PartInfo, chunks: AsyncGenerator<string, void, void> }>}
   */
  async evidence(message, { signal } = {}) {
    const session = this.session;
    if (!session?.alive) throw session?.failure ?? Failure.own("host_lost");
    if (!session.offers("evidence_save")) throw Failure.own("host_older");
    const saved = await session.ask("evidence_save", { message }, { signal });
    const { info, chunks } = await this.part(saved.message, saved.part, { signal });
    return { info, chunks: this.#untilTheEnd(chunks, saved.message) };
  }

  /**
   * What was made to be fetched once is forgotten after it was.
   * @param {AsyncGenerator<string, void, void>} chunks
   * @param {string} message
   */
  async *#untilTheEnd(chunks, message) {
    try {
      yield* chunks;
    } finally {
      await this.close(message);
    }
  }

  /**
   * Has the host fetch the certificates of authorities that a message lacks. The server may be the sender's, who so
   * learns that the mail is read: only for a person who asked for it.
   * @param {string} message
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<Opened>} the verdict with them
   */
  async issuers(message, { signal } = {}) {
    const session = this.session;
    if (!session?.alive) throw session?.failure ?? Failure.own("host_lost");
    return session.ask("issuers", { message }, { signal });
  }

  /**
   * Makes the signed receipt that a message asks for, and sends it. It tells the sender that the message arrived.
   * @param {string} message
   * @param {{ signal?: AbortSignal }} [options]
   * @returns {Promise<import("./protocol.js").ReceiptGiven>}
   */
  async receipt(message, { signal } = {}) {
    const session = this.session;
    if (!session?.alive) throw session?.failure ?? Failure.own("host_lost");
    return session.ask("receipt_give", { message, address: null, again: false }, { signal });
  }

  /**
   * Lets the host forget a message. Never fails: a host that is gone has forgotten already.
   * @param {string} message
   */
  async close(message) {
    this.updates.delete(message);
    if (!this.session?.alive) return;
    try {
      await this.session.ask("close", { message });
    } catch {
      // Nothing depends on it: the host drops the least recently used message by itself.
    }
  }

  /** Ends the connection; the next request starts a new one. */
  disconnect() {
    this.session?.close();
    this.session = null;
  }

  /**
   * @param {string} message
   * @param {OnUpdate} onUpdate
   */
  #listen(message, onUpdate) {
    this.updates.set(message, onUpdate);
    const early = this.early.get(message);
    // Whoever opened the message is told of its first verdict before.
    if (early && this.early.delete(message)) setTimeout(() => this.updates.get(message)?.(early));
  }

  /**
   * @param {string} message
   * @param {Opened} opened
   */
  #renewed(message, opened) {
    const listener = this.updates.get(message);
    if (listener) listener(opened);
    else if (this.early.size < EARLY) this.early.set(message, opened);
  }

  /** A session that has said hello. @returns {Promise<Session>} */
  async #ready() {
    if (!this.session?.alive) {
      // What a process that is gone had opened is renewed by nobody.
      this.updates.clear();
      this.early.clear();
      this.session = new Session(this.connect(), { ...this.options, onUpdate: (message, opened) => this.#renewed(message, opened) });
    }
    const session = this.session;
    await session.opened;
    return session;
  }
}
