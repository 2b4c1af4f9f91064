/**
 * The reception: lets channels in, keeps count of them, and shows out who misbehaves.
 *
 * Who somebody is takes a question to the browser, and until it is answered what they say waits, in order. Whoever is
 * shown out meanwhile is not listened to any more, whatever still waits.
 */

import { refusal } from "./gate.js";

/**
 * @typedef {import("../browser/runtime.js").Channel} Channel
 * @typedef {import("./gate.js").Role} Role
 */

/**
 * Channels that one tab may have open. A mail page needs two for each message it shows; one that makes frames without
 * end must not fill this process.
 */
const CHANNELS_OF_A_TAB = 64;

export class Reception {
  /**
   * @param {object} staff
   * @param {(channel: Channel) => Promise<Role | null>} staff.roleOf    null: nobody we talk to
   * @param {(channel: Channel, role: Role, message: any) => boolean | void} staff.handle  false: shown out
   * @param {(channel: Channel) => void} staff.leave    a channel is closed, by either side
   */
  constructor({ roleOf, handle, leave }) {
    this.roleOf = roleOf;
    this.handle = handle;
    this.leave = leave;
    /** Those who are here; null until it is known who they are. @type {Map<Channel, Role | null>} */
    this.here = new Map();
  }

  /** @param {Channel} channel */
  serve(channel) {
    const others = [...this.here.keys()].filter(({ sender }) => sender.tab === channel.sender.tab);
    if (others.length >= CHANNELS_OF_A_TAB) {
      channel.close();
      return;
    }
    this.here.set(channel, null);
    const admitted = this.#admit(channel);
    channel.onMessage((message) => void admitted.then((role) => this.#pass(channel, role, message)));
    channel.onClose(() => this.#gone(channel));
  }

  /** The grants have changed: content scripts of sites that were taken back are shown out. */
  async review() {
    for (const [channel, role] of this.here) if (role === "content") await this.#admit(channel);
  }

  /** @param {Channel} channel */
  async #admit(channel) {
    // A browser that cannot say (for an address it has no pattern for) has not said yes.
    const role = await this.roleOf(channel).catch(() => null);
    if (!this.here.has(channel)) return null;
    if (role === null) this.#showOut(channel);
    else this.here.set(channel, role);
    return role;
  }

  /**
   * @param {Channel} channel
   * @param {Role | null} role
   * @param {any} message
   */
  #pass(channel, role, message) {
    if (role === null || !this.here.has(channel)) return;
    const why = refusal(message, role);
    if (why !== null) console.warn(`Letterlock refused a message from ${channel.sender.url}: ${why}`);
    if (why !== null || this.handle(channel, role, message) === false) this.#showOut(channel);
  }

  /** @param {Channel} channel */
  #showOut(channel) {
    this.#gone(channel);
    channel.close();
  }

  /** @param {Channel} channel */
  #gone(channel) {
    if (this.here.delete(channel)) this.leave(channel);
  }
}
