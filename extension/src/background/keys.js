/**
 * The person's keys: their passphrase, or the PIN of their smart card, goes from the page on which it is typed to the
 * host, and nowhere else. It is not kept here, and nothing of it comes back.
 */

import { Failure } from "../lib/failure.js";

/** @typedef {import("../browser/runtime.js").Channel} Channel */

/** What opens the vault, as the host names it. */
const WAYS = new Set(["passphrase", "recovery", "keychain"]);

/** Longer than any token's label, which the host takes as far as this. */
const NAME_CHARACTERS = 64;

export class Keys {
  /**
   * @param {Pick<import("../lib/host.js").Host, "vaultStatus" | "unlock" | "tokens" | "unlockToken" | "notices">} host
   * @param {{ openPage: (path: string) => unknown, onUnlocked: () => void }} what  opens a page of ours; is told of
   *   every unlock
   */
  constructor(host, { openPage, onUnlocked }) {
    this.host = host;
    this.openPage = openPage;
    this.onUnlocked = onUnlocked;
  }

  /**
   * Somebody wants to read a mail for which a key is needed.
   * @param {{ token: string }} what  the token that the key is on; empty: it is in the vault
   */
  async ask({ token }) {
    if (token.length > NAME_CHARACTERS) return;
    await this.openPage(token ? `ui/unlock.html?token=${encodeURIComponent(token)}` : "ui/unlock.html");
  }

  /**
   * What the page for the passphrase and the PIN asks.
   * @param {Channel} channel
   * @param {any} message  as the gate's table describes it
   */
  async serve(channel, message) {
    switch (message.name) {
      case "keys.status":
        return this.#answer(channel, "vault", () => this.host.vaultStatus());
      case "keys.unlock":
        return this.#answer(channel, "vault", () => this.#unlock(message));
      case "token.status":
        return this.#answer(channel, "token", () => this.#token(message.token));
      case "token.unlock":
        return this.#answer(channel, "token", () => this.#unlockToken(message));
      case "keys.notices":
        return this.#answer(channel, "notices", () => this.host.notices());
    }
  }

  /** @param {{ way: string, secret: string }} with_ */
  async #unlock({ way, secret }) {
    if (!WAYS.has(way)) throw Failure.own("not_allowed");
    const status = await this.host.unlock(way, way === "keychain" ? null : secret);
    if (!status.locked) this.onUnlocked();
    return status;
  }

  /**
   * @param {string} name
   * @returns {Promise<import("../lib/shapes.js").TokenStatus>}
   */
  async #token(name) {
    const { tokens, unlocked } = await this.host.tokens();
    const found = tokens.find(({ serial }) => serial === name) ?? tokens.find(({ label }) => label === name);
    if (!found) return null;
    const { label, serial, pin_pad, pin_locked } = found;
    return { label, padded: pin_pad, blocked: pin_locked, locked: ![label, serial].some((each) => unlocked.includes(each)) };
  }

  /** @param {{ token: string, pin: string }} with_ */
  async #unlockToken({ token, pin }) {
    await this.host.unlockToken(token, pin);
    this.onUnlocked();
    return this.#token(token);
  }

  /**
   * @param {Channel} channel
   * @param {string} name  of the answer
   * @param {() => Promise<unknown>} ask
   */
  async #answer(channel, name, ask) {
    try {
      channel.post({ name, status: await ask() });
    } catch (thrown) {
      channel.post({ name, failure: Failure.from(thrown) });
    }
  }
}
