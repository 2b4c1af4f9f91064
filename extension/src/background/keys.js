/**
 * The person's keys: their passphrase goes from the page on which it is typed to the host, and nowhere else. It is not
 * kept here, and nothing of it comes back.
 */

import { Failure } from "../lib/failure.js";

/** @typedef {import("../browser/runtime.js").Channel} Channel */

/** What opens the vault, as the host names it. */
const WAYS = new Set(["passphrase", "recovery", "keychain"]);

export class Keys {
  /**
   * @param {Pick<import("../lib/host.js").Host, "vaultStatus" | "unlock">} host
   * @param {{ openPage: () => unknown, onUnlocked: () => void }} what  opens the page; is told of every unlock
   */
  constructor(host, { openPage, onUnlocked }) {
    this.host = host;
    this.openPage = openPage;
    this.onUnlocked = onUnlocked;
  }

  /** Somebody wants to read a mail for which the keys are needed. */
  async ask() {
    await this.openPage();
  }

  /** @param {Channel} channel */
  async status(channel) {
    await this.#answer(channel, () => this.host.vaultStatus());
  }

  /**
   * @param {Channel} channel
   * @param {{ way: string, secret: string }} with_
   */
  async unlock(channel, { way, secret }) {
    await this.#answer(channel, async () => {
      if (!WAYS.has(way)) throw Failure.own("not_allowed");
      const status = await this.host.unlock(way, way === "keychain" ? null : secret);
      if (!status.locked) this.onUnlocked();
      return status;
    });
  }

  /**
   * @param {Channel} channel
   * @param {() => Promise<import("../lib/shapes.js").VaultStatus>} ask
   */
  async #answer(channel, ask) {
    try {
      channel.post({ name: "vault", status: await ask() });
    } catch (thrown) {
      channel.post({ name: "vault", failure: Failure.from(thrown) });
    }
  }
}
