/**
 * What the page that manages keys, people and trust asks of the host. It may ask for what is in the table below and for
 * nothing that opens, signs or decrypts a mail; the host checks every request itself.
 */

import { Failure } from "../lib/failure.js";

/** @typedef {import("../browser/runtime.js").Channel} Channel */

/** The operations that only this page may ask for. */
export const OPERATIONS = new Set([
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
]);

/** What changes the keys that open mail: whoever waits for one is told. */
const OPENS = new Set(["vault_create", "vault_unlock", "key_import"]);

export class Manager {
  /**
   * @param {Pick<import("../lib/host.js").Host, "ask">} host
   * @param {{ onUnlocked: () => void }} what  is told when a key may have become usable
   */
  constructor(host, { onUnlocked }) {
    this.host = host;
    this.onUnlocked = onUnlocked;
    /** What each page waits for. @type {Map<Channel, Map<number, AbortController>>} */
    this.waiting = new Map();
  }

  /**
   * @param {Channel} channel
   * @param {{ request: number, operation: string, params: Record<string, unknown> }} asked
   */
  async ask(channel, { request, operation, params }) {
    const requests = this.waiting.get(channel) ?? new Map();
    this.waiting.set(channel, requests);
    const stop = new AbortController();
    requests.set(request, stop);
    try {
      if (!OPERATIONS.has(operation)) throw Failure.own("not_allowed");
      const result = await this.host.ask(operation, params, { signal: stop.signal });
      channel.post({ name: "host.answer", request, result });
      if (OPENS.has(operation)) this.onUnlocked();
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
    this.waiting.get(channel)?.get(request)?.abort();
  }

  /** The page went away: nobody waits any more. @param {Channel} channel */
  leave(channel) {
    for (const stop of this.waiting.get(channel)?.values() ?? []) stop.abort();
    this.waiting.delete(channel);
  }
}
