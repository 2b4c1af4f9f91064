/**
 * What the pages for managing and for writing ask of the host. Each may ask for what is in its table and for nothing
 * else, and neither for anything that opens or decrypts a mail; the host checks every request itself.
 */

import { Failure } from "../lib/failure.js";

/** @typedef {import("../browser/runtime.js").Channel} Channel */

/** The operations that each page may ask for. @type {Readonly<Record<"manage" | "write", ReadonlySet<string>>>} */
export const OPERATIONS = Object.freeze({
  manage: new Set([
    "vault_status",
    "vault_create",
    "vault_unlock",
    "vault_lock",
    "vault_passphrase",
    "key_list",
    "key_create",
    "key_request",
    "key_certify",
    "key_renew",
    "key_import",
    "key_export",
    "key_default",
    "key_check",
    "key_notices",
    "people_list",
    "people_import",
    "people_remove",
    "people_lookup",
    "token_list",
    "token_lock",
    "trust_list",
    "trust_read",
    "trust_add",
    "trust_remove",
    "trust_change",
    "journal_list",
    "journal_verify",
    "account_list",
    "account_put",
    "account_remove",
    "account_find",
    "account_check",
    "outbox_list",
    "outbox_retry",
    "outbox_forget",
    "way_list",
    "way_put",
    "sign_in_begin",
    "sign_in_finish",
    "sign_in_end",
    "settings_list",
    "settings_change",
    "host_report",
  ]),
  write: new Set([
    "vault_status",
    "vault_unlock",
    "account_list",
    "way_list",
    "key_list",
    "recipients",
    "people_lookup",
    "settings_list",
    "draft_list",
    "draft_detach",
    "draft_remove",
  ]),
});

/** What the page for writing may hand over, beside letters that are sent. */
export const UPLOADS = Object.freeze(new Set(["draft_put", "draft_attach"]));

/** What changes the keys that open mail: whoever waits for one is told. */
const OPENS = new Set(["vault_create", "vault_unlock", "key_import"]);
/** And what takes them away. */
const LOCKS = new Set(["vault_lock", "token_lock"]);

/**
 * A request of a page: how it is stopped, and who waits for its next octets.
 * @typedef {{ stop: AbortController, chunk: ((octets: { data: string, last: boolean }) => void) | null }} Waiting
 */

export class Manager {
  /**
   * @param {Pick<import("../lib/host.js").Host, "ask">} host
   * @param {object} what
   * @param {() => void} what.onUnlocked  is told when a key may have become usable
   * @param {() => void} [what.onLocked]  is told when one cannot be used any more
   * @param {Pick<import("./carriers.js").Carriers, "finish" | "addresses">} [what.carriers]  where messages can be sent
   *   through a webmail's page
   */
  constructor(host, { onUnlocked, onLocked = () => {}, carriers }) {
    this.host = host;
    this.carriers = carriers;
    this.onUnlocked = onUnlocked;
    this.onLocked = onLocked;
    /** What each page waits for. @type {Map<Channel, Map<number, Waiting>>} */
    this.waiting = new Map();
  }

  /**
   * @param {Channel} channel
   * @param {"manage" | "write"} role
   * @param {{ request: number, operation: string, params: Record<string, unknown> }} asked
   */
  async ask(channel, role, { request, operation, params }) {
    await this.#answer(channel, request, async ({ stop }) => {
      if (!OPERATIONS[role].has(operation)) throw Failure.own("not_allowed");
      const result = await this.host.ask(operation, params, { signal: stop.signal });
      if (OPENS.has(operation)) this.onUnlocked();
      if (LOCKS.has(operation)) this.onLocked();
      if (operation === "outbox_retry") return this.#carriedOn(result, params.anyway === true, stop.signal);
      return result;
    });
  }

  /**
   * Whether a webmail can send now, and from which addresses.
   * @param {Channel} channel
   * @param {{ request: number, site: string }} asked
   */
  async look(channel, { request, site }) {
    await this.#answer(channel, request, async ({ stop }) => {
      if (!this.carriers) throw Failure.own("webmail_not_open", { site });
      return { addresses: await this.carriers.addresses(site, stop.signal) };
    });
  }

  /**
   * What waits for a webmail's page goes on there.
   * @param {import("../lib/protocol.js").OutboxRetried} result
   * @param {boolean} anyway
   * @param {AbortSignal} signal
   */
  async #carriedOn(result, anyway, signal) {
    const sent = [];
    for (const report of result.sent) sent.push((await this.carriers?.finish(report, { anyway, signal })) ?? report);
    return { ...result, sent };
  }

  /**
   * Sends a letter.
   * @param {Channel} channel
   * @param {{ request: number, size: number, params: Record<string, unknown> }} letter
   */
  async send(channel, letter) {
    await this.#handOver(channel, "send", letter);
  }

  /**
   * Keeps what is typed.
   * @param {Channel} channel
   * @param {{ request: number, operation: string, size: number, params: Record<string, unknown> }} upload
   */
  async upload(channel, upload) {
    await this.#handOver(channel, UPLOADS.has(upload.operation) ? upload.operation : null, upload);
  }

  /**
   * A request with an upload. The page hands over its octets when the host takes them, so none of it is kept here.
   * @param {Channel} channel
   * @param {string | null} operation  null: it is not allowed
   * @param {{ request: number, size: number, params: Record<string, unknown> }} upload
   */
  async #handOver(channel, operation, { request, size, params }) {
    await this.#answer(channel, request, (waiting) => {
      if (operation === null) throw Failure.own("not_allowed");
      const source = {
        size,
        /** @param {number} max @returns {Promise<{ data: string, last: boolean }>} */
        pull: (max) =>
          new Promise((resolve) => {
            waiting.chunk = resolve;
            channel.post({ name: "host.pull", request, max });
          }),
      };
      const onProgress = (/** @type {number} */ done, /** @type {number | null} */ total) => channel.post({ name: "host.progress", request, done, total });
      const { signal } = waiting.stop;
      const asked = this.host.ask(operation, { ...params, size }, { source, signal, onProgress });
      return operation === "send" ? asked.then((sent) => this.#carried(sent, { signal, onProgress })) : asked;
    });
  }

  /**
   * @param {import("../lib/protocol.js").Sent} sent
   * @param {{ signal: AbortSignal, onProgress: (done: number, total: number | null) => void }} options
   */
  async #carried(sent, options) {
    if (!this.carriers || sent.report === null) return sent;
    return { ...sent, report: await this.carriers.finish(sent.report, options) };
  }

  /**
   * @param {Channel} channel
   * @param {{ request: number, data: string, last: boolean }} octets
   */
  chunk(channel, { request, data, last }) {
    const waiting = this.waiting.get(channel)?.get(request);
    const { chunk } = waiting ?? {};
    if (!waiting || !chunk) return false;
    waiting.chunk = null;
    chunk({ data, last });
  }

  /**
   * @param {Channel} channel
   * @param {number} request
   * @param {(waiting: Waiting) => Promise<unknown> | never} work
   */
  async #answer(channel, request, work) {
    const requests = this.waiting.get(channel) ?? new Map();
    this.waiting.set(channel, requests);
    /** @type {Waiting} */
    const waiting = { stop: new AbortController(), chunk: null };
    requests.set(request, waiting);
    try {
      channel.post({ name: "host.answer", request, result: await work(waiting) });
    } catch (thrown) {
      channel.post({ name: "host.answer", request, failure: Failure.from(thrown) });
    } finally {
      requests.delete(request);
    }
  }

  /**
   * @param {Channel} channel
   * @param {{ request: number }} stopped
   */
  stop(channel, { request }) {
    this.waiting.get(channel)?.get(request)?.stop.abort();
  }

  /** The page went away: nobody waits any more. @param {Channel} channel */
  leave(channel) {
    for (const { stop } of this.waiting.get(channel)?.values() ?? []) stop.abort();
    this.waiting.delete(channel);
  }
}
